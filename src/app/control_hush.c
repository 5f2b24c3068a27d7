/*
 * control_hush.c - the daemon's side of `silence`, `unsilence` and `ack`.
 *
 * How long is told by the daemon's own clock and zone, what is meant by the
 * configuration that it runs with.
 *
 *   silence BYTES SCOPE WHEN WORDS    BYTES: of the scope, which may hold spaces
 *   silence                           those that last
 *   unsilence BYTES SCOPE
 *   ack NUMBER|- WORDS                "-": the one that is open
 */
#include "app/control_hush.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli.h"
#include "app/control_parts.h"
#include "app/publisher.h"
#include "app/table.h"
#include "app/until.h"
#include "base/calendar.h"
#include "base/log.h"
#include "base/scope.h"
#include "base/text.h"
#include "base/words.h"

#define WHEN_MAX      64
#define SCOPE_COLUMNS 20
#define HOLDS_COLUMNS 24
#define NEAR_MAX      4096 /* names looked at for a likely misspelling */

/* ---- reading ---- */

/* "18 group:Public sites" and what follows a space behind it; false: another version's line. */
static bool scope_read(const char *at, char scope[SCOPE_TEXT_MAX], const char **ret_rest)
{
	char *text;
	unsigned long n = strtoul(at, &text, 10);

	if (*text != ' ' || n == 0 || strlen(text + 1) < n)
		return false;
	if (text[1 + n] != '\0' && text[1 + n] != ' ')
		return false;
	*ret_rest = text[1 + n] ? text + 2 + n : text + 1 + n;
	if (n >= SCOPE_TEXT_MAX)
		n = 0; /* nothing has so long a name */
	memcpy(scope, text + 1, n);
	scope[n] = '\0';
	return true;
}

static bool until_read(const char *at, struct until *ret, const char **ret_rest)
{
	size_t n = strcspn(at, " ");
	char word[WHEN_MAX];

	if (n >= sizeof word)
		return false;
	memcpy(word, at, n);
	word[n] = '\0';
	*ret_rest = at[n] ? at + n + 1 : at + n;
	return until_read_span(word, ret) || until_read_clock(word, ret);
}

static void refuse_request(struct request *r)
{
	request_refuse(r, "the running daemon does not understand this; it is of another version: "
			  "restart it");
}

/* ---- which is meant ---- */

/* The name that a scope like this one may have, without its prefix; NULL: none. */
static const char *name_of_kind(const struct plan *plan, const char *prefix, size_t i)
{
	if (strcmp(prefix, "stack:") == 0)
		return i < plan->stacks_n ? plan->stacks[i].name : NULL;
	if (i < plan->targets_n)
		return prefix[0] ? plan->targets[i].group : plan->targets[i].name;
	i -= plan->targets_n;
	return !prefix[0] && i < plan->watchdogs_n ? plan->watchdogs[i].name : NULL;
}

static const char *prefix_of(const char *scope)
{
	static const char *const prefixes[] = { "stack:", "group:" };

	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if (strncmp(scope, prefixes[i], strlen(prefixes[i])) == 0)
			return prefixes[i];
	return "";
}

static const char *nearest_of_kind(const struct plan *plan, const char *prefix, const char *text)
{
	const char **names = calloc(NEAR_MAX + 1, sizeof *names);
	const char *near;

	for (size_t i = 0; names && i < NEAR_MAX; i++) {
		names[i] = name_of_kind(plan, prefix, i);
		if (!names[i])
			break;
	}
	near = names ? words_nearest(text, names) : NULL;
	free(names);
	return near;
}

/* A group or stack by its bare name; NULL: there is none. */
static const char *prefix_forgotten(const struct plan *plan, const char *scope)
{
	static const char *const prefixes[] = { "group:", "stack:" };
	const char *name;

	for (size_t k = 0; k < sizeof prefixes / sizeof prefixes[0]; k++)
		for (size_t i = 0; (name = name_of_kind(plan, prefixes[k], i)); i++)
			if (strcmp(name, scope) == 0)
				return prefixes[k];
	return NULL;
}

static void refuse_scope(struct request *r, const struct plan *plan, const char *scope)
{
	const char *prefix = prefix_of(scope);
	const char *forgotten = prefix_forgotten(plan, scope);
	const char *near = forgotten ? NULL : nearest_of_kind(plan, prefix, scope + strlen(prefix));

	buf_puts(&r->err, "nothing is called \"");
	text_line(&r->err, scope);
	if (forgotten)
		buf_printf(&r->err, "\"; did you mean \"%s%s\"?\n", forgotten, scope);
	else if (near)
		buf_printf(&r->err, "\"; did you mean \"%s%s\"?\n", prefix, near);
	else
		buf_puts(&r->err, "\"; shorewatch check -v names every target, ping and watchdog; "
				  "group:NAME, stack:NAME and all are more than one\n");
	r->status = EXIT_BAD_NEWS;
}

/* ---- silence ---- */

static void put_moment(struct buf *to, wall_t at)
{
	table_time(to, at);
	buf_putc(to, ' ');
	calendar_print_zone(to, at);
}

/* What is said of it must be found after a crash, and on the page at once. */
static void hush_done(struct daemon *d)
{
	d->is_state_dirty = true;
	publisher_touch(d->publisher);
}

static void silences_json(struct request *r)
{
	struct model m;

	daemon_model(r->control->daemon, &m);
	hush_put_silences(&m, &r->out);
}

static void put_begun(struct buf *to, const char *scope, wall_t until, const char *words)
{
	buf_puts(to, "mails about ");
	text_line(to, scope);
	buf_puts(to, " are held back until ");
	put_moment(to, until);
	buf_puts(to, words[0] ? ": " : "");
	text_line(to, words);
	buf_puts(to, "\nWhat still fails then is mailed then; \"shorewatch unsilence\" ends it "
		     "earlier.\n");
}

static void tell_silence(struct request *r, const char *scope, wall_t until, const char *words)
{
	struct buf name = BUF_INIT(1024);

	if (r->is_json)
		silences_json(r);
	else
		put_begun(&r->out, scope, until, words);
	text_log(&name, scope);
	log_notice("silence scope=%s seconds=%lld", buf_text(&name),
		   (long long)(wall_span(r->control->daemon->now.wall, until) / USEC_PER_SEC));
	buf_done(&name);
	hush_done(r->control->daemon);
}

/* Status 2: it was asked for in a way that can never be. */
static void refuse_when(struct request *r, const char *why)
{
	request_refuse(r, why);
	r->status = EXIT_USAGE;
}

static void silence_begin(struct request *r, const char *scope, const struct until *until,
			  const char *words)
{
	struct daemon *d = r->control->daemon;
	wall_t now = d->now.wall, end = { 0 };
	bool is_long = until->span > SILENCE_MAX;
	int error;

	if (!is_long)
		end = until_end(until, now);
	if (is_long || wall_span(now, end) > SILENCE_MAX) {
		refuse_when(r, SILENCE_TOO_LONG);
		return;
	}
	error = engine_silence(d->engine, scope, end, words, d->now);
	if (error == -ENOENT)
		refuse_scope(r, &d->generation->plan, scope);
	else if (error == -EINVAL)
		refuse_when(r, "that time has passed, or the calendar has no such day");
	else if (error == -ENOSPC)
		request_refuse(r, "there are too many silences; end some, or silence a group, a "
				  "stack or all (shorewatch silence lists them)");
	else
		tell_silence(r, scope, end, words);
}

/* ---- those that last ---- */

static bool covers(const struct model *m, const struct silence *s, size_t subject)
{
	size_t targets_n = m->plan->targets_n;

	return subject < targets_n
		       ? scope_has_target(m->plan, s->scope, (uint32_t)subject)
		       : scope_has_watchdog(m->plan, s->scope, (uint32_t)(subject - targets_n));
}

/* One of the incident's failing members is silenced by this one. */
bool hush_holds(const struct model *m, const struct silence *s, const struct incident *incident)
{
	for (size_t i = 0; incident->is_held && i < m->plan->targets_n + m->plan->watchdogs_n; i++)
		if (m->members[i].incident == incident->id && m->members[i].is_failing &&
		    covers(m, s, i))
			return true;
	return false;
}

static void put_held(const struct model *m, const struct silence *s, struct buf *to)
{
	struct buf held = BUF_INIT(1024);

	for (size_t i = 0; i < m->incidents_n; i++)
		if (hush_holds(m, s, &m->incidents[i]))
			buf_printf(&held, "%s%s", held.n > 0 ? ", " : "", m->incidents[i].number);
	table_cell(to, held.n > 0 ? buf_text(&held) : "nothing now", HOLDS_COLUMNS);
	buf_done(&held);
}

static void put_silence(const struct model *m, const struct silence *s, struct buf *to)
{
	table_cell(to, s->scope, SCOPE_COLUMNS);
	table_time_cell(to, s->since);
	table_time_cell(to, s->until);
	put_held(m, s, to);
	text_line(to, s->text);
	buf_putc(to, '\n');
}

static void silences_list(struct request *r)
{
	struct model m;

	daemon_model(r->control->daemon, &m);
	if (m.silences_n == 0) {
		buf_puts(&r->out, "no mails are held back\n");
		return;
	}
	table_cell(&r->out, "SCOPE", SCOPE_COLUMNS);
	table_cell(&r->out, "SINCE", strlen("2026-11-21 14:01:40"));
	table_cell(&r->out, "UNTIL", strlen("2026-11-21 14:01:40"));
	table_cell(&r->out, "HOLDS BACK", HOLDS_COLUMNS);
	buf_puts(&r->out, "WHY\n");
	for (size_t i = 0; i < m.silences_n; i++)
		put_silence(&m, &m.silences[i], &r->out);
}

void on_silence(struct request *r)
{
	char scope[SCOPE_TEXT_MAX];
	struct until until;
	const char *rest;

	if (!r->rest[0] && r->is_json)
		silences_json(r);
	else if (!r->rest[0])
		silences_list(r);
	else if (!scope_read(r->rest, scope, &rest) || !until_read(rest, &until, &rest))
		refuse_request(r);
	else
		silence_begin(r, scope, &until, rest);
}

static void refuse_unsilence(struct request *r, const char *scope)
{
	const char *names[SILENCES_MAX + 1] = { NULL }, *near;
	struct model m;

	daemon_model(r->control->daemon, &m);
	for (size_t i = 0; i < m.silences_n && i < SILENCES_MAX; i++)
		names[i] = m.silences[i].scope;
	near = words_nearest(scope, names);
	buf_printf(&r->err,
		   "no silence is called that%s%s%s; shorewatch silence lists those that "
		   "last\n",
		   near ? " (\"" : "", near ? near : "", near ? "\" is)" : "");
	r->status = EXIT_BAD_NEWS;
}

static void tell_ended(struct request *r, const char *scope)
{
	struct buf name = BUF_INIT(1024);

	if (r->is_json) {
		silences_json(r);
	} else {
		buf_puts(&r->out, "mails about ");
		text_line(&r->out, scope);
		buf_puts(&r->out, " go out again\n");
	}
	text_log(&name, scope);
	log_notice("unsilence scope=%s", buf_text(&name));
	buf_done(&name);
	hush_done(r->control->daemon);
}

void on_unsilence(struct request *r)
{
	struct daemon *d = r->control->daemon;
	char scope[SCOPE_TEXT_MAX];
	const char *rest;

	if (!scope_read(r->rest, scope, &rest))
		refuse_request(r);
	else if (!engine_unsilence(d->engine, scope, d->now))
		refuse_unsilence(r, scope);
	else
		tell_ended(r, scope);
}

/* ---- ack ---- */

/* The one that is open; NULL: refused, since there is none, or more than one. */
static const char *incident_meant(struct request *r, struct buf *scratch)
{
	struct model m;

	daemon_model(r->control->daemon, &m);
	if (m.incidents_n == 1) {
		buf_puts(scratch, m.incidents[0].number);
		return buf_text(scratch);
	}
	if (m.incidents_n == 0) {
		request_refuse(r, "no incident is open: there is nothing to acknowledge");
		return NULL;
	}
	buf_printf(&r->err, "%zu incidents are open, name one:", m.incidents_n);
	for (size_t i = 0; i < m.incidents_n; i++)
		buf_printf(&r->err, " %s (%s)", m.incidents[i].number,
			   diagnosis_name(m.incidents[i].finding));
	buf_putc(&r->err, '\n');
	r->status = EXIT_BAD_NEWS;
	return NULL;
}

static void tell_acknowledged(struct request *r, const char *number, const char *words)
{
	struct model m;

	daemon_model(r->control->daemon, &m);
	if (r->is_json)
		hush_put_ack(&m, number, words, &r->out);
	else
		buf_printf(&r->out,
			   "incident %s is acknowledged: no more repeats; its end, and anything "
			   "worse, are mailed\n",
			   number);
}

static void acknowledge(struct request *r, const char *number, const char *words)
{
	struct daemon *d = r->control->daemon;

	if (!engine_acknowledge(d->engine, number, words, d->now)) {
		request_refuse(r, "no open incident has this number; shorewatch incidents lists "
				  "them");
		return;
	}
	tell_acknowledged(r, number, words);
	log_notice("ack incident=%s", number);
	hush_done(d);
}

void on_ack(struct request *r)
{
	const char *words = strchrnul(r->rest, ' ');
	struct buf asked = BUF_INIT(INCIDENT_NUMBER_MAX), open = BUF_INIT(INCIDENT_NUMBER_MAX);
	const char *number;

	buf_add(&asked, r->rest, (size_t)(words - r->rest));
	number = buf_text(&asked);
	if (strcmp(number, "-") == 0)
		number = incident_meant(r, &open);
	if (number)
		acknowledge(r, number, *words ? words + 1 : words);
	buf_done(&asked);
	buf_done(&open);
}
