/*
 * chronicle_text.c - incidents for people, on a terminal.
 */
#include <string.h>

#include "app/chronicle_parts.h"
#include "app/exhibit.h"
#include "app/table.h"
#include "base/buf.h"
#include "base/text.h"
#include "render/speech.h"

#define NUMBER_COLUMNS	  11
#define STATE_COLUMNS	  6
#define DIAGNOSIS_COLUMNS 18
#define STACK_COLUMNS	  12
#define SPAN_COLUMNS	  12
#define NAME_COLUMNS	  16

/* Of an open one: somebody is on it. */
static bool is_acknowledged(const struct chronicle_entry *entry)
{
	return entry->incident && wall_is_set(entry->incident->acknowledged);
}

static const char *state_word(const struct chronicle_entry *entry)
{
	if (wall_is_set(entry->closed))
		return "closed";
	return is_acknowledged(entry) ? "acked" : "open";
}

static void put_span_cell(struct buf *to, usec_t span)
{
	struct buf text = BUF_INIT(64);

	speech_duration(&text, LANGUAGE_EN, span);
	table_cell(to, buf_text(&text), SPAN_COLUMNS);
	buf_done(&text);
}

static void put_entry(const struct chronicle *c, const struct chronicle_entry *entry,
		      struct buf *to)
{
	table_cell(to, entry->number, NUMBER_COLUMNS);
	table_cell(to, state_word(entry), STATE_COLUMNS);
	table_cell(to, entry->worst, DIAGNOSIS_COLUMNS);
	table_cell(to, entry->stack, STACK_COLUMNS);
	table_time_cell(to, entry->opened);
	put_span_cell(to, chronicle_span(c, entry));
	buf_printf(to, "%5u  ", entry->mails);
	text_line(to, entry->affected);
	buf_putc(to, '\n');
}

static void put_heads(struct buf *to)
{
	table_cell(to, "NUMBER", NUMBER_COLUMNS);
	table_cell(to, "STATE", STATE_COLUMNS);
	table_cell(to, "WORST", DIAGNOSIS_COLUMNS);
	table_cell(to, "STACK", STACK_COLUMNS);
	table_cell(to, "OPENED", strlen("2026-11-21 14:01:40"));
	table_cell(to, "LASTED", SPAN_COLUMNS);
	buf_puts(to, "MAILS  AFFECTED\n");
}

void chronicle_list_text(const struct chronicle *c, struct buf *to)
{
	if (c->n == 0) {
		buf_puts(to, "no incident so far\n");
		return;
	}
	put_heads(to);
	for (size_t i = 0; i < c->n; i++)
		put_entry(c, &c->entries[i], to);
	if (c->is_cut)
		buf_printf(to, "(only the newest %zu)\n", c->n);
	buf_printf(to, "\n\"shorewatch incidents %s\" tells more of that one.\n",
		   c->entries[0].number);
}

/* ---- one ---- */

static void put_standing(const struct incident *i, struct buf *to)
{
	if (wall_is_set(i->acknowledged)) {
		buf_puts(to, "\n  acked     ");
		table_time(to, i->acknowledged);
	}
	if (i->is_flapping)
		buf_puts(to, "\n  flapping  it comes and goes; it ends when it has been calm");
	if (i->is_held)
		buf_puts(to,
			 "\n  held      its mails wait for a silence or planned work to end, or "
			 "for what it depends on");
}

static void put_head(const struct chronicle *c, const struct chronicle_entry *entry, struct buf *to)
{
	bool is_open = !wall_is_set(entry->closed);

	buf_printf(to, "incident %s (%s): %s", entry->number, state_word(entry),
		   is_open ? entry->diagnosis : entry->worst);
	if (is_open && strcmp(entry->diagnosis, entry->worst) != 0)
		buf_printf(to, ", was %s", entry->worst);
	buf_puts(to, "\n  stack     ");
	text_line(to, entry->stack);
	buf_puts(to, "\n  opened    ");
	table_time(to, entry->opened);
	buf_puts(to, is_open ? "\n  lasting   " : "\n  closed    ");
	if (!is_open) {
		table_time(to, entry->closed);
		buf_puts(to, ", after ");
	}
	speech_duration(to, LANGUAGE_EN, chronicle_span(c, entry));
	if (is_open && entry->incident)
		put_standing(entry->incident, to);
	buf_printf(to, "\n  mails     %u\n  affected  ", entry->mails);
	text_line(to, entry->affected);
	buf_putc(to, '\n');
}

static void put_log(const struct chronicle *c, struct buf *to)
{
	if (c->events_n == 0)
		return;
	buf_puts(to, "\nlog\n");
	for (size_t i = 0; i < c->events_n; i++) {
		buf_puts(to, "  ");
		table_time_cell(to, c->events[i].at);
		speech_event(to, c->model->plan->language, &c->events[i], c->model->plan);
		buf_putc(to, '\n');
	}
}

static void put_member(const struct chronicle *c, const struct incident_member *m, const char *name,
		       struct buf *to)
{
	enum language language = c->model->plan->language;

	buf_puts(to, "  ");
	table_cell(to, name, NAME_COLUMNS);
	if (m->is_failing) {
		buf_puts(to, "failing since ");
		table_time(to, m->failing_since);
		if (m->outcome.cause != CAUSE_PASS) {
			buf_puts(to, ": ");
			speech_failure(to, language, m->outcome, m->code, m->took);
		}
	} else {
		buf_puts(to, "answers again since ");
		table_time(to, m->recovered);
	}
	buf_puts(to, "; last good ");
	table_time(to, m->last_ok);
	buf_puts(to, m->is_failing && m->is_dependent ? "; what it depends on fails, too" : "");
	buf_putc(to, '\n');
}

static void put_members(const struct chronicle *c, struct buf *to)
{
	size_t subjects = c->model->plan->targets_n + c->model->plan->watchdogs_n;
	const struct incident_member *m;
	const char *name;
	bool has_head = false;

	for (size_t i = 0; i < subjects; i++) {
		if (!chronicle_member(c, &c->entries[0], i, &m, &name))
			continue;
		buf_puts(to, has_head ? "" : "\nmembers\n");
		has_head = true;
		put_member(c, m, name, to);
	}
}

static void put_phases(const struct chronicle_failure *f, struct buf *to)
{
	for (int i = 0; i < PHASE_COUNT; i++)
		if (f->phase_us[i] != PHASE_NOT_REACHED && f->phase_us[i] > 0)
			buf_printf(to, "  %s %.1f ms", phase_name((enum phase)i),
				   (double)f->phase_us[i] / 1000.0);
}

static void put_failure(const struct chronicle_failure *f, struct buf *to)
{
	buf_puts(to, "  ");
	table_time_cell(to, f->started);
	table_cell(to, f->name, NAME_COLUMNS);
	buf_puts(to, f->outcome);
	if (f->status != 0)
		buf_printf(to, "  HTTP %d", f->status);
	buf_printf(to, "  after %.1f ms", (double)f->total_us / 1000.0);
	put_phases(f, to);
	if (f->address[0])
		buf_printf(to, "  %s", f->address);
	if (f->references > 0)
		buf_printf(to, "  references %d/%d", f->references_up, f->references);
	if (f->note[0]) {
		buf_puts(to, "  \"");
		text_line(to, f->note);
		buf_putc(to, '"');
	}
	buf_putc(to, '\n');
	if (f->facts)
		exhibit_text(f->facts, f->head, f->body, to);
}

static void put_failures(const struct chronicle *c, struct buf *to)
{
	if (c->failures_n == 0)
		return;
	buf_puts(to, "\nevidence (what the verdicts rest on)\n");
	for (size_t i = 0; i < c->failures_n; i++)
		put_failure(&c->failures[i], to);
}

void chronicle_one_text(const struct chronicle *c, struct buf *to)
{
	put_head(c, &c->entries[0], to);
	put_log(c, to);
	put_members(c, to);
	put_failures(c, to);
	if (c->is_cut)
		buf_puts(to, "(there is more than is shown)\n");
}
