/*
 * probe_say.c - see probe_say.h.
 */
#include "app/probe_say.h"

#include <string.h>

#include "app/again.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "render/speech.h"

#define BAR_COLUMNS 40

static void put_again(const struct probe_seen *p, struct buf *to)
{
	again_print(&(struct again){ .target = p->target, .seen = &p->seen }, to);
}

static void put_curl(const struct probe_seen *p, struct buf *to)
{
	if (strcmp(p->target->kind->name, "http") == 0)
		put_again(p, to);
}

/* ---- words ---- */

static void put_title(const struct probe_seen *p, struct buf *to)
{
	text_line(to, p->title);
}

static void say_good(const struct probe_seen *p, struct buf *to)
{
	bool is_slow = p->target->slow > 0 && p->seen.total_us > p->target->slow;

	put_title(p, to);
	buf_puts(to, is_slow ? " answers, but slowly: " : " answers: ");
	if (p->seen.code)
		buf_printf(to, "%d in ", p->seen.code);
	else
		buf_puts(to,
			 p->seen.outcome.phase == PHASE_DNS ? "looked up in " : "connected in ");
	speech_latency(to, LANGUAGE_EN, p->seen.total_us);
}

static void say_bad(const struct probe_seen *p, struct buf *to)
{
	bool is_theirs = outcome_fault(p->seen.outcome) == FAULT_TARGET;
	char address[ADDRESS_TEXT_MAX];

	put_title(p, to);
	buf_puts(to, is_theirs ? " is down for us: " : ": nothing is proved by this run: ");
	speech_failure(to, LANGUAGE_EN, p->seen.outcome, p->seen.code, p->seen.total_us);
	if (p->seen.address.family != FAMILY_ANY) {
		address_print(&p->seen.address, address);
		buf_printf(to, " (%s)", address);
	}
}

void probe_sentence(const struct probe_seen *p, struct buf *to)
{
	(p->seen.outcome.cause == CAUSE_PASS ? say_good : say_bad)(p, to);
}

/* ---- for people ---- */

static void put_bar(usec_t us, usec_t total, struct buf *to)
{
	int width = total > 0 ? (int)(us * BAR_COLUMNS / total) : 0;

	for (int k = 0; k < width; k++)
		buf_puts(to, "█");
	buf_puts(to, width > 0 ? "\n" : "▏\n");
}

static void put_phases(const struct observation *o, struct buf *to)
{
	for (int i = 0; i < PHASE_COUNT; i++) {
		usec_t us = o->phase_us[i];

		if (us == PHASE_NOT_REACHED || (us == 0 && i != (int)o->outcome.phase))
			continue;
		buf_printf(to, "  %-8s %9.1f ms  ", phase_name((enum phase)i), (double)us / 1000.0);
		put_bar(us, o->total_us, to);
	}
}

static long long days_left(const struct observation *o)
{
	return (long long)(wall_span(o->started.wall, o->certificate.not_after) / USEC_PER_DAY);
}

static void put_certificate(const struct observation *o, struct buf *to)
{
	long long days;

	if (!wall_is_set(o->certificate.not_after))
		return;
	days = days_left(o);
	buf_puts(to, "  certificate ends ");
	calendar_print_iso(to, o->certificate.not_after);
	if (wall_span(o->started.wall, o->certificate.not_after) < 0)
		buf_puts(to, ": it has expired\n");
	else
		buf_printf(to, ", in %lld day%s\n", days, days == 1 ? "" : "s");
}

static void put_addresses(const struct probe_seen *p, struct buf *to)
{
	char address[ADDRESS_TEXT_MAX];

	if (p->names.n == 0 && p->seen.address.family == FAMILY_ANY)
		return;
	buf_puts(to, "  address  ");
	if (p->seen.address.family != FAMILY_ANY) {
		address_print(&p->seen.address, address);
		buf_puts(to, address);
	} else {
		buf_puts(to, "none was tried");
	}
	for (size_t i = 0; i < p->names.n; i++) {
		address_print(&p->names.address[i], address);
		buf_printf(to, "%s%s", i == 0 ? "; the name has " : ", ", address);
	}
	buf_putc(to, '\n');
}

void probe_text(const struct probe_seen *p, bool has_colour, struct buf *to)
{
	const struct observation *o = &p->seen;
	bool is_good = o->outcome.cause == CAUSE_PASS;
	struct buf again = BUF_INIT(1u << 16);

	text_line(to, p->target->kind->endpoint(p->target->params));
	if (!is_good)
		buf_printf(to, "  %s", outcome_code(o->outcome));
	buf_putc(to, '\n');
	put_phases(o, to);
	put_certificate(o, to);
	put_addresses(p, to);
	if (o->note[0]) {
		buf_puts(to, "  it says  ");
		text_line(to, o->note);
		buf_putc(to, '\n');
	}
	put_again(p, &again);
	if (again.n > 0)
		buf_printf(to, "  again    %s\n", buf_text(&again));
	buf_puts(to, has_colour ? (is_good ? "\033[32m" : "\033[31m") : "");
	probe_sentence(p, to);
	buf_puts(to, has_colour ? "\033[0m\n" : "\n");
	buf_done(&again);
}

/* ---- for programs ---- */

static void put_ms(struct json_writer *w, usec_t us)
{
	if (us == PHASE_NOT_REACHED)
		json_null(w);
	else
		json_decimal(w, us, 3);
}

static void json_address(struct json_writer *w, const struct address *a)
{
	char text[ADDRESS_TEXT_MAX];

	address_print(a, text);
	json_text(w, a->family == FAMILY_ANY ? NULL : text);
}

static void json_filled(struct json_writer *w, const char *key, const struct probe_seen *p,
			void (*fill)(const struct probe_seen *p, struct buf *to))
{
	struct buf text = BUF_INIT(1u << 16);

	fill(p, &text);
	json_key(w, key), json_text(w, text.n > 0 ? buf_text(&text) : NULL);
	buf_done(&text);
}

static void json_certificate(struct json_writer *w, const struct observation *o)
{
	struct buf text = BUF_INIT(64);

	json_key(w, "certificate");
	if (!wall_is_set(o->certificate.not_after)) {
		json_null(w);
		return;
	}
	calendar_print_iso(&text, o->certificate.not_after);
	json_object(w);
	json_key(w, "not_after"), json_text(w, buf_text(&text));
	json_key(w, "days_left"), json_int(w, days_left(o));
	json_object_end(w);
	buf_done(&text);
}

void probe_json(const struct probe_seen *p, struct buf *to)
{
	const struct observation *o = &p->seen;
	struct json_writer w;

	json_begin(&w, to);
	json_object(&w);
	json_key(&w, "schema"), json_text(&w, "shorewatch.probe/1");
	json_key(&w, "target"), json_text(&w, p->title);
	json_key(&w, "endpoint"), json_text(&w, p->target->kind->endpoint(p->target->params));
	json_filled(&w, "sentence", p, probe_sentence);
	json_key(&w, "outcome"), json_text(&w, outcome_code(o->outcome));
	json_key(&w, "http_status"), o->code ? json_int(&w, o->code) : json_null(&w);
	json_key(&w, "address"), json_address(&w, &o->address);
	json_key(&w, "addresses"), json_array(&w);
	for (size_t i = 0; i < p->names.n; i++)
		json_address(&w, &p->names.address[i]);
	json_array_end(&w);
	json_key(&w, "reached"), json_bool(&w, o->is_reached);
	json_key(&w, "total_ms"), put_ms(&w, o->total_us);
	json_key(&w, "phases_ms"), json_object(&w);
	for (int i = 0; i < PHASE_COUNT; i++)
		json_key(&w, phase_name((enum phase)i)), put_ms(&w, o->phase_us[i]);
	json_object_end(&w);
	json_certificate(&w, o);
	json_key(&w, "note"), json_text(&w, o->note[0] ? o->note : NULL);
	json_filled(&w, "curl", p, put_curl);
	json_filled(&w, "again", p, put_again);
	json_object_end(&w);
	buf_putc(to, '\n');
}
