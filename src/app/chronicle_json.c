/*
 * chronicle_json.c - incidents for programs: shorewatch.incidents/1 and
 * shorewatch.incident/1, additive within /1.
 */
#include "app/chronicle_parts.h"
#include "app/exhibit.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/json_writer.h"
#include "render/speech.h"

static void put_text(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_text(w, text && text[0] ? text : NULL);
}

static void put_int(struct json_writer *w, const char *key, int64_t value)
{
	json_key(w, key);
	json_int(w, value);
}

static void put_bool(struct json_writer *w, const char *key, bool value)
{
	json_key(w, key);
	json_bool(w, value);
}

static void put_time(struct json_writer *w, const char *key, wall_t at)
{
	struct buf text = BUF_INIT(64);

	json_key(w, key);
	if (wall_is_set(at))
		calendar_print_iso(&text, at);
	json_text(w, wall_is_set(at) ? buf_text(&text) : NULL);
	buf_done(&text);
}

static void put_ms(struct json_writer *w, const char *key, usec_t us)
{
	json_key(w, key);
	if (us == PHASE_NOT_REACHED)
		json_null(w);
	else
		json_decimal(w, us, 3);
}

static void put_names(struct json_writer *w, const char *names)
{
	struct buf one = BUF_INIT(CHRONICLE_NAMES_MAX);

	json_key(w, "affected");
	json_array(w);
	for (const char *at = names; *at; at++) {
		if (*at != ',')
			buf_putc(&one, *at);
		if (one.n > 0 && (*at == ',' || !at[1])) {
			json_text(w, buf_text(&one));
			buf_clear(&one);
		}
	}
	json_array_end(w);
	buf_done(&one);
}

static void put_entry(struct json_writer *w, const struct chronicle *c,
		      const struct chronicle_entry *entry)
{
	const struct incident *i = entry->incident;
	bool is_open = !wall_is_set(entry->closed);

	put_text(w, "number", entry->number);
	put_text(w, "state", is_open ? "open" : "closed");
	put_text(w, "stack", entry->stack);
	put_text(w, "diagnosis", entry->diagnosis);
	put_text(w, "worst", entry->worst);
	put_time(w, "opened", entry->opened);
	put_time(w, "closed", entry->closed);
	put_int(w, "duration_s", chronicle_span(c, entry) / USEC_PER_SEC);
	put_time(w, "acknowledged", i ? i->acknowledged : (wall_t){ 0 });
	put_bool(w, "flapping", is_open && i && i->is_flapping);
	put_bool(w, "mails_held", is_open && i && i->is_held);
	put_int(w, "mails", entry->mails);
	put_int(w, "members", entry->members);
	put_names(w, entry->affected);
}

void chronicle_list_json(const struct chronicle *c, struct buf *to)
{
	struct json_writer w;

	json_begin(&w, to);
	json_object(&w);
	put_text(&w, "schema", "shorewatch.incidents/1");
	json_key(&w, "incidents");
	json_array(&w);
	for (size_t i = 0; i < c->n; i++) {
		json_object(&w);
		put_entry(&w, c, &c->entries[i]);
		json_object_end(&w);
	}
	json_array_end(&w);
	json_key(&w, "is_cut");
	json_bool(&w, c->is_cut);
	json_object_end(&w);
	buf_putc(to, '\n');
}

/* ---- one ---- */

/* The operator's own. */
static bool is_words(const struct incident_event *e)
{
	return e->kind == EVENT_NOTE || (e->kind == EVENT_ACKNOWLEDGED && e->text[0]);
}

static void put_event(struct json_writer *w, const struct chronicle *c,
		      const struct incident_event *e)
{
	struct buf said = BUF_INIT(4096);

	json_object(w);
	put_time(w, "at", e->at);
	put_text(w, "kind", chronicle_event_name(e->kind));
	put_text(w, "subject", e->subject);
	put_text(w, "outcome", e->outcome.cause == CAUSE_PASS ? NULL : outcome_code(e->outcome));
	speech_event(&said, c->model->plan->language, e, c->model->plan);
	put_text(w, "text", is_words(e) ? e->text : buf_text(&said));
	json_object_end(w);
	buf_done(&said);
}

static void put_member(struct json_writer *w, const struct incident_member *m, const char *name)
{
	json_object(w);
	put_text(w, "name", name);
	put_bool(w, "failing", m->is_failing);
	put_bool(w, "dependent", m->is_failing && m->is_dependent);
	put_text(w, "outcome", m->outcome.cause == CAUSE_PASS ? NULL : outcome_code(m->outcome));
	put_time(w, "failing_since", m->failing_since);
	put_time(w, "last_ok", m->last_ok);
	put_time(w, "recovered", m->recovered);
	json_object_end(w);
}

static void put_failure(struct json_writer *w, const struct chronicle_failure *f)
{
	json_object(w);
	put_text(w, "name", f->name);
	put_time(w, "started", f->started);
	put_text(w, "outcome", f->outcome);
	put_int(w, "http_status", f->status);
	put_ms(w, "total_ms", f->total_us);
	json_key(w, "phases_ms");
	json_object(w);
	for (int i = 0; i < PHASE_COUNT; i++)
		put_ms(w, phase_name((enum phase)i), f->phase_us[i]);
	json_object_end(w);
	put_text(w, "address", f->address);
	put_text(w, "note", f->note);
	put_int(w, "references_up", f->references_up);
	put_int(w, "references", f->references);
	if (f->facts)
		exhibit_json(f->facts, f->head, f->body, w);
	json_object_end(w);
}

static void put_members(struct json_writer *w, const struct chronicle *c)
{
	size_t subjects = c->model->plan->targets_n + c->model->plan->watchdogs_n;
	const struct incident_member *m;
	const char *name;

	json_key(w, "current_members");
	json_array(w);
	for (size_t i = 0; i < subjects; i++)
		if (chronicle_member(c, &c->entries[0], i, &m, &name))
			put_member(w, m, name);
	json_array_end(w);
}

void chronicle_one_json(const struct chronicle *c, struct buf *to)
{
	struct json_writer w;

	json_begin(&w, to);
	json_object(&w);
	put_text(&w, "schema", "shorewatch.incident/1");
	put_entry(&w, c, &c->entries[0]);
	json_key(&w, "log");
	json_array(&w);
	for (size_t i = 0; i < c->events_n; i++)
		put_event(&w, c, &c->events[i]);
	json_array_end(&w);
	put_members(&w, c);
	json_key(&w, "evidence");
	json_array(&w);
	for (size_t i = 0; i < c->failures_n; i++)
		put_failure(&w, &c->failures[i]);
	json_array_end(&w);
	json_key(&w, "is_cut");
	json_bool(&w, c->is_cut);
	json_object_end(&w);
	buf_putc(to, '\n');
}
