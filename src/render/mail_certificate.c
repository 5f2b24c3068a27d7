/*
 * mail_certificate.c - what a mail about a certificate says of it.
 *
 * It speaks of every target that shows the same one: those that the notice
 * names lead to the certificate, the model knows all who show it now.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "core/certificate.h"
#include "render/mail_parts.h"
#include "render/speech.h"

#define ITEM_BYTES_MAX 8192
#define HOST_BYTES_MAX 256
#define HOSTS_MAX 32
#define AUTOMATIC_MAX (100 * USEC_PER_DAY) /* made for so short that a program must renew it */
#define HOURS_UP_TO (48 * USEC_PER_HOUR)

/* ---- who shows it ---- */

static uint32_t target_named(const struct plan *plan, const char *name, size_t n)
{
	for (uint32_t i = 0; i < plan->targets_n; i++)
		if (strlen(plan->targets[i].name) == n &&
		    memcmp(plan->targets[i].name, name, n) == 0)
			return i;
	return NONE_INDEX;
}

/* The first target of the notice that the plan still knows. */
uint32_t mail_certificate_first(const struct mail_case *c)
{
	for (const char *at = c->notice->affected; *at; at += *at == ',') {
		size_t n = strcspn(at, ",");
		uint32_t target = target_named(c->plan, at, n);

		if (target != NONE_INDEX)
			return target;
		at += n;
	}
	return NONE_INDEX;
}

static uint64_t shown_fingerprint(const struct mail_case *c)
{
	return c->first == NONE_INDEX ? 0 : c->model->targets[c->first].certificate.fingerprint;
}

static bool shows_it(const struct mail_case *c, uint32_t target)
{
	uint64_t shown = shown_fingerprint(c);

	return target == c->first ||
	       (shown != 0 && c->model->targets[target].certificate.fingerprint == shown);
}

/* "https://[2001:db8::1]:8443/path" or "host:port": what stands between. */
static void host_of(const char *endpoint, char host[HOST_BYTES_MAX])
{
	const char *scheme = strstr(endpoint, "://"), *at = scheme ? scheme + 3 : endpoint;
	size_t n = *at == '[' ? strcspn(at, "]") + 1 : strcspn(at, ":/?#");

	if (n > strlen(at))
		n = strlen(at);
	if (n >= HOST_BYTES_MAX)
		n = HOST_BYTES_MAX - 1;
	memcpy(host, at, n);
	host[n] = '\0';
}

/* A certificate is a host's; who is not asked by a host's name is called by its title. */
static void host_of_target(const struct target_plan *t, char host[HOST_BYTES_MAX])
{
	host[0] = '\0';
	if (t->kind && t->kind->endpoint)
		host_of(t->kind->endpoint(t->params), host);
	if (host[0] == '\0')
		(void)snprintf(host, HOST_BYTES_MAX, "%s", t->title); /* cut if need be */
}

/* Hosts, each once; those beyond HOSTS_MAX are not told apart. */
static unsigned hosts_of(const struct mail_case *c, char hosts[HOSTS_MAX][HOST_BYTES_MAX])
{
	unsigned n = 0;

	for (uint32_t i = 0; i < c->plan->targets_n && n < HOSTS_MAX; i++) {
		unsigned k = 0;

		if (!shows_it(c, i))
			continue;
		host_of_target(&c->plan->targets[i], hosts[n]);
		while (k < n && strcmp(hosts[k], hosts[n]) != 0)
			k++;
		n += k == n;
	}
	return n;
}

static void fill_host(const struct mail_case *c, struct buf *to, const char *one, const char *more)
{
	char hosts[HOSTS_MAX][HOST_BYTES_MAX];
	unsigned n = hosts_of(c, hosts);

	sentence_fill(to, c->language, n > 1 ? more : one,
		      HOLES(hole_foreign("names", n > 0 ? hosts[0] : c->notice->affected),
			    hole_number("n", n - 1)));
}

/* ---- how long ---- */

static usec_t left_of(const struct mail_case *c)
{
	usec_t left = wall_span(c->notice->created.wall, c->notice->to);

	return left > 0 ? left : 0;
}

static bool is_soon(const struct mail_case *c)
{
	return left_of(c) <= HOURS_UP_TO;
}

/* Rounded up: on the fourteenth day before its end there are 14 days left. */
static void fill_left(const struct mail_case *c, struct buf *to)
{
	usec_t unit = is_soon(c) ? USEC_PER_HOUR : USEC_PER_DAY;

	speech_duration_roughly(to, c->language, (left_of(c) + unit - 1) / unit * unit);
}

void mail_fill_certificate(struct mail_case *c)
{
	fill_host(c, &c->fills[FILL_HOST], c->words->cert_host, c->words->names_more);
	fill_host(c, &c->fills[FILL_HOST_SHORT], "{names}", "{names} +{n}");
	fill_left(c, &c->fills[FILL_LEFT]);
	speech_full_date(&c->fills[FILL_END], c->language, calendar_day(c->notice->to));
	calendar_print_minute(&c->fills[FILL_UNTIL], c->notice->to);
}

bool mail_is_renewal(const struct mail_case *c)
{
	return c->notice->kind == NOTICE_CERTIFICATE && c->notice->seq == CERTIFICATE_RENEWED;
}

const char *mail_certificate_lead(const struct mail_case *c)
{
	if (mail_is_renewal(c))
		return c->words->cert_renewed_lead;
	return is_soon(c) ? c->words->cert_lead_soon : c->words->cert_lead;
}

/* ---- verdict ---- */

static bool is_seen_up(const struct target_view *view)
{
	return view->state == VERDICT_UP && !view->is_out_of_sight;
}

static bool is_all_up(const struct mail_case *c, bool is_only_shown)
{
	for (uint32_t i = 0; i < c->plan->targets_n; i++)
		if ((!is_only_shown || shows_it(c, i)) && !is_seen_up(&c->model->targets[i]))
			return false;
	for (uint32_t i = 0; i < c->plan->watchdogs_n && !is_only_shown; i++)
		if (c->model->deadmen[i].state != DEADMAN_UP)
			return false;
	return true;
}

static const char *state_wording(const struct mail_case *c)
{
	if (is_all_up(c, false))
		return c->words->cert_all_up;
	return is_all_up(c, true) ? c->words->cert_up : NULL;
}

/* Programs renew when two thirds of the lifetime are over. */
static usec_t overdue(const struct mail_case *c)
{
	usec_t lifetime = wall_span(c->notice->from, c->notice->to);

	if (!wall_is_set(c->notice->from) || lifetime > AUTOMATIC_MAX)
		return 0;
	return wall_span(c->notice->from, c->notice->created.wall) - lifetime / 3 * 2;
}

void mail_certificate_verdict(const struct mail_case *c, struct buf *to)
{
	const char *state = state_wording(c);
	usec_t ago = overdue(c);

	if (mail_is_renewal(c)) {
		mail_say(c, to, c->words->cert_renewed_verdict);
		return;
	}
	if (state) {
		mail_say(c, to, state);
		buf_puts(to, c->language == LANGUAGE_EN ? " " : "");
	}
	sentence_fill(to, c->language,
		      ago >= USEC_PER_HOUR ? c->words->cert_overdue : c->words->cert_not_renewed,
		      HOLES(hole_roughly("ago", ago)));
}

/* ---- evidence ---- */

/* As openssl prints it: the first 8 bytes tell one from another. */
static void write_digest(const struct mail_case *c, struct buf *to)
{
	uint64_t fingerprint = shown_fingerprint(c);
	char digest[24];
	size_t n = 0;

	for (int shift = 56; shift >= 0; shift -= 8)
		n += (size_t)snprintf(digest + n, sizeof digest - n, shift > 0 ? "%02X:" : "%02X",
				      (unsigned)(fingerprint >> shift & 0xff));
	sentence_fill(to, c->language, c->words->cert_digest, HOLES(hole_own("digest", digest)));
}

static void add_served(struct mail_parts *p, const struct mail_case *c)
{
	struct buf label = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);
	struct buf time = BUF_INIT(256);

	mail_moment(c, &time, c->model->targets[c->first].last_seen);
	sentence_fill(&label, c->language, c->words->cert_served,
		      HOLES(hole_own("time", buf_text(&time))));
	write_digest(c, &text);
	mail_parts_add(p, PART_ITEM, buf_text(&label), buf_text(&text));
	buf_done(&label);
	buf_done(&text);
	buf_done(&time);
}

static void write_day_and_minute(const struct mail_case *c, struct buf *to, wall_t at)
{
	speech_full_date(to, c->language, calendar_day(at));
	buf_putc(to, ' ');
	calendar_print_minute(to, at);
}

static void add_valid(struct mail_parts *p, const struct mail_case *c)
{
	struct buf from = BUF_INIT(256), until = BUF_INIT(256), text = BUF_INIT(ITEM_BYTES_MAX);

	write_day_and_minute(c, &from, c->notice->from);
	write_day_and_minute(c, &until, c->notice->to);
	sentence_fill(&text, c->language, c->words->cert_span,
		      HOLES(hole_own("from", buf_text(&from)), hole_own("to", buf_text(&until)),
			    hole_own("zone", buf_text(&c->fills[FILL_ZONE]))));
	if (wall_is_set(c->notice->from))
		mail_parts_add(p, PART_ITEM, c->words->cert_valid, buf_text(&text));
	buf_done(&from);
	buf_done(&until);
	buf_done(&text);
}

static void add_shown_by(struct mail_parts *p, const struct mail_case *c)
{
	struct buf names = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);
	unsigned n = 0;

	for (uint32_t i = 0; i < c->plan->targets_n; i++) {
		bool is_told = target_is_second(c->plan, i) &&
			       shows_it(c, target_twin(c->plan, i));

		if (!shows_it(c, i) || is_told || n++ >= MAIL_NAMED_MAX)
			continue;
		buf_puts(&names, n > 1 ? c->words->comma : "");
		text_line(&names, c->plan->targets[i].title);
	}
	sentence_fill(
		&text, c->language, n > MAIL_NAMED_MAX ? c->words->names_more : "{names}",
		HOLES(hole_own("names", buf_text(&names)), hole_number("n", n - MAIL_NAMED_MAX)));
	mail_parts_add(p, PART_ITEM, c->words->cert_on, buf_text(&text));
	buf_done(&names);
	buf_done(&text);
}

void mail_list_certificate(struct mail_parts *p, const struct mail_case *c)
{
	if (c->first == NONE_INDEX)
		return;
	mail_parts_title(p, c, c->words->cert_title, 0, 0);
	add_served(p, c);
	add_valid(p, c);
	add_shown_by(p, c);
	if (mail_is_renewal(c))
		return;
	mail_parts_title(p, c, c->words->next_title, 0, 0);
	for (int i = 0; i < MATTER_STEPS_MAX; i++)
		mail_parts_add(p, PART_STEP, "", c->words->cert_steps[i]);
}

/* ---- the next mail ---- */

/* Whole days still to come, of the steps after this one. */
static unsigned days_to_come(const struct mail_case *c, usec_t days[CERTIFICATE_STEPS])
{
	struct certificate certificate = { .not_before = c->notice->from,
					   .not_after = c->notice->to };
	unsigned n = 0;

	for (int step = (int)c->notice->seq + 1; step < CERTIFICATE_STEPS; step++) {
		usec_t ahead = certificate_ahead(&certificate, step);

		if (ahead < left_of(c) && ahead % USEC_PER_DAY == 0)
			days[n++] = ahead / USEC_PER_DAY;
	}
	return n;
}

/* "7, 3 and 1 days" */
static void write_days(const struct mail_case *c, struct buf *to, const usec_t *days, unsigned n)
{
	struct buf list = BUF_INIT(256);

	for (unsigned i = 0; i < n; i++) {
		if (i > 0)
			buf_puts(&list, i + 1 == n ? c->words->and : c->words->comma);
		buf_printf(&list, "%" PRId64, days[i]);
	}
	sentence_fill(to, c->language,
		      n == 1 && days[0] == 1 ? c->words->cert_day : c->words->cert_days,
		      HOLES(hole_own("days", buf_text(&list))));
	buf_done(&list);
}

void mail_certificate_next(const struct mail_case *c, struct buf *to)
{
	struct buf list = BUF_INIT(256);
	usec_t days[CERTIFICATE_STEPS];
	unsigned n = days_to_come(c, days);

	write_days(c, &list, days, n);
	if (mail_is_renewal(c))
		buf_puts(to, c->words->cert_next_renewed);
	else
		sentence_fill(to, c->language,
			      n > 0 ? c->words->cert_next : c->words->cert_next_last,
			      HOLES(hole_own("days", buf_text(&list))));
	buf_done(&list);
}
