/*
 * chronicle.c - see chronicle.h. Collects; chronicle_text.c and
 * chronicle_json.c write.
 */
#include "app/chronicle.h"

#include <stdlib.h>
#include <string.h>

#include "app/chronicle_parts.h"
#include "base/buf.h"
#include "base/words.h"
#include "io/store.h"

static const char *const event_names[EVENT_KINDS] = {
	[EVENT_FIRST_FAILURE] = "first-failure",
	[EVENT_CONFIRMED] = "confirmed",
	[EVENT_DIAGNOSIS] = "diagnosis",
	[EVENT_MAILED] = "mailed",
	[EVENT_JOINED] = "joined",
	[EVENT_RETURNED] = "returned",
	[EVENT_SILENT] = "silent",
	[EVENT_BEATS_BACK] = "beats-back",
	[EVENT_STILL] = "still",
	[EVENT_CLOSED] = "closed",
	[EVENT_NOTE] = "note",
	[EVENT_ACCUSED] = "accused",
	[EVENT_ACQUITTED] = "acquitted",
	[EVENT_ACKNOWLEDGED] = "acknowledged",
	[EVENT_FLAPPING] = "flapping",
	[EVENT_HELD] = "held",
};

const char *chronicle_event_name(enum incident_event_kind kind)
{
	return event_names[kind];
}

/* What only an older program's rows tell of has nothing but the wall clock, which may be set. */
usec_t chronicle_span(const struct chronicle *c, const struct chronicle_entry *entry)
{
	wall_t end = wall_is_set(entry->closed) ? entry->closed : c->model->now.wall;
	usec_t span = entry->lasted >= 0 ? entry->lasted : wall_span(entry->opened, end);

	return span > 0 ? span : 0;
}

bool chronicle_member(const struct chronicle *c, const struct chronicle_entry *entry,
		      size_t subject, const struct incident_member **ret, const char **ret_name)
{
	const struct plan *plan = c->model->plan;
	const struct incident_member *m = &c->model->members[subject];

	if (m->incident == 0 || m->incident != entry->id)
		return false;
	*ret = m;
	*ret_name = subject < plan->targets_n ? plan->targets[subject].name
					      : plan->watchdogs[subject - plan->targets_n].name;
	return true;
}

/* ---- which incidents there are ---- */

static struct chronicle_entry *entry_find(struct chronicle *c, uint64_t id)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->entries[i].id == id)
			return &c->entries[i];
	return NULL;
}

static struct chronicle_entry *entry_add(struct chronicle *c, uint64_t id)
{
	struct chronicle_entry *entry;

	if (c->n == CHRONICLE_ENTRIES_MAX) {
		c->is_cut = true;
		return NULL;
	}
	entry = &c->entries[c->n++];
	*entry = (struct chronicle_entry){ .id = id };
	return entry;
}

static void add_from_model(struct chronicle *c, const struct incident *i)
{
	struct chronicle_entry *entry = entry_add(c, i->id);
	struct buf affected = BUF_INIT(CHRONICLE_NAMES_MAX);

	if (!entry)
		return;
	words_copy(entry->number, sizeof entry->number, i->number);
	words_copy(entry->stack, sizeof entry->stack, i->stack);
	words_copy(entry->diagnosis, sizeof entry->diagnosis, diagnosis_name(i->finding));
	words_copy(entry->worst, sizeof entry->worst, diagnosis_name(i->worst));
	for (unsigned k = 0; k < i->affected_n; k++)
		buf_printf(&affected, "%s%s", k > 0 ? "," : "", i->affected[k]);
	words_copy(entry->affected, sizeof entry->affected, buf_text(&affected));
	buf_done(&affected);
	entry->opened = i->opened.wall;
	entry->closed = i->state == INCIDENT_CLOSED ? i->closed.wall : (wall_t){ 0 };
	entry->lasted = incident_duration(i, c->model->now);
	entry->mails = i->mails;
	entry->members = i->members;
	entry->incident = i;
}

static void add_from_store(void *ctx, const struct store_incident *i)
{
	struct chronicle *c = ctx;
	struct chronicle_entry *entry = entry_find(c, i->id) ? NULL : entry_add(c, i->id);

	if (!entry)
		return; /* the model knows it better */
	words_copy(entry->number, sizeof entry->number, i->number ? i->number : "?");
	words_copy(entry->stack, sizeof entry->stack, i->stack ? i->stack : "");
	words_copy(entry->diagnosis, sizeof entry->diagnosis, i->diagnosis ? i->diagnosis : "");
	words_copy(entry->worst, sizeof entry->worst, i->worst ? i->worst : "");
	words_copy(entry->affected, sizeof entry->affected, i->affected ? i->affected : "");
	entry->opened = i->opened;
	entry->closed = i->closed;
	entry->lasted = i->lasted;
	entry->mails = i->mails;
	entry->members = i->members;
}

static int entry_compare(const void *a, const void *b)
{
	const struct chronicle_entry *x = a, *y = b;

	return (x->opened.us < y->opened.us) - (x->opened.us > y->opened.us);
}

static void exhibit_drop(struct chronicle_failure *f)
{
	free(f->facts);
	free(f->head);
	free(f->body);
	f->facts = f->head = f->body = NULL;
}

static void chronicle_free(struct chronicle *c)
{
	for (size_t i = 0; i < c->failures_n; i++)
		exhibit_drop(&c->failures[i]);
	free(c);
}

static struct chronicle *chronicle_new(const struct model *model)
{
	struct chronicle *c = calloc(1, sizeof *c);

	if (c)
		c->model = model;
	return c;
}

static void collect_model(struct chronicle *c)
{
	for (size_t i = 0; i < c->model->incidents_n; i++)
		add_from_model(c, &c->model->incidents[i]);
	for (size_t i = 0; i < c->model->past_n; i++)
		add_from_model(c, &c->model->past[i]);
}

void chronicle_list(const struct model *model, struct store *store, bool is_json, struct buf *to)
{
	struct chronicle *c = chronicle_new(model);

	if (!c)
		return;
	collect_model(c);
	if (store) /* what cannot be read leaves what the model knows */
		(void)store_load_incidents(store, (wall_t){ 0 }, CHRONICLE_ENTRIES_MAX,
					   add_from_store, c);
	qsort(c->entries, c->n, sizeof c->entries[0], entry_compare);
	(is_json ? chronicle_list_json : chronicle_list_text)(c, to);
	chronicle_free(c);
}

/* ---- one of them ---- */

static void keep_only(struct chronicle *c, const char *number)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->entries[i].number, number) == 0)
			c->entries[kept++] = c->entries[i];
	c->n = kept;
}

bool chronicle_event_read(const struct store_event *e, struct incident_event *ret)
{
	*ret = (struct incident_event){
		.at = e->at, .kind = EVENT_KINDS, .code = e->code, .count = e->count
	};
	for (int i = 0; i < EVENT_KINDS; i++)
		if (e->kind && strcmp(event_names[i], e->kind) == 0)
			ret->kind = (enum incident_event_kind)i;
	for (int i = 0; i < DIAGNOSIS_COUNT; i++)
		if (e->diagnosis && strcmp(diagnosis_name((enum diagnosis)i), e->diagnosis) == 0)
			ret->diagnosis = (enum diagnosis)i;
	words_copy(ret->subject, sizeof ret->subject, e->subject ? e->subject : "");
	words_copy(ret->text, sizeof ret->text, e->text ? e->text : "");
	if (e->outcome && e->outcome[0])
		(void)outcome_parse(e->outcome, &ret->outcome); /* another version's stays a pass */
	return ret->kind != EVENT_KINDS;
}

static void add_event(void *ctx, const struct store_event *e)
{
	struct chronicle *c = ctx;

	if (c->events_n == CHRONICLE_EVENTS_MAX)
		c->is_cut = true;
	else if (chronicle_event_read(e, &c->events[c->events_n]))
		c->events_n++;
}

/* As a text: what would end it is made a control character, which whoever shows it escapes. */
static char *text_of(const char *bytes, size_t n)
{
	char *text = bytes ? malloc(n + 1) : NULL;

	if (!text)
		return strdup("");
	for (size_t i = 0; i < n; i++)
		text[i] = (char)(bytes[i] == '\0' ? '\x1a' : bytes[i]);
	text[n] = '\0';
	return text;
}

/* All of it or nothing. */
static void keep_exhibit(struct chronicle_failure *f, const struct store_exhibit *e)
{
	f->facts = strdup(e->facts);
	f->head = text_of(e->head, e->head_n);
	f->body = text_of(e->body, e->body_n);
	if (f->facts && f->head && f->body)
		return;
	exhibit_drop(f);
}

static void add_failure(void *ctx, const struct store_observed *o)
{
	struct chronicle *c = ctx;
	struct chronicle_failure *f;

	if (c->failures_n == CHRONICLE_EVIDENCE_MAX) {
		c->is_cut = true;
		return;
	}
	f = &c->failures[c->failures_n++];
	*f = (struct chronicle_failure){ .started = o->started,
					 .total_us = o->total_us,
					 .status = o->status,
					 .references_up = o->references_up,
					 .references = o->references };
	words_copy(f->name, sizeof f->name, o->name ? o->name : "");
	words_copy(f->outcome, sizeof f->outcome, o->outcome ? o->outcome : "");
	words_copy(f->address, sizeof f->address, o->address ? o->address : "");
	words_copy(f->note, sizeof f->note, o->note ? o->note : "");
	memcpy(f->phase_us, o->phase_us, sizeof f->phase_us);
	if (o->exhibit)
		keep_exhibit(f, o->exhibit);
}

/* The model's log is the fresher one as long as nothing had to be dropped from it. */
static void collect_log(struct chronicle *c, struct store *store)
{
	const struct incident *i = c->entries[0].incident;

	if (store && (!i || i->log_n == INCIDENT_LOG_MAX))
		(void)store_load_events(store, c->entries[0].id, add_event, c);
	if (i && c->events_n < i->log_n) {
		memcpy(c->events, i->log, i->log_n * sizeof i->log[0]);
		c->events_n = i->log_n;
	}
}

bool chronicle_one(const struct model *model, struct store *store, const char *number, bool is_json,
		   struct buf *to)
{
	struct chronicle *c = chronicle_new(model);
	bool is_found;

	if (!c)
		return false;
	collect_model(c);
	keep_only(c, number);
	if (c->n == 0 && store)
		(void)store_load_incident(store, number, add_from_store,
					  c); /* not there: not found */
	is_found = c->n > 0;
	if (is_found) {
		collect_log(c, store);
		if (store) /* what cannot be read leaves the log */
			(void)store_load_evidence(store, c->entries[0].id, add_failure, c);
		(is_json ? chronicle_one_json : chronicle_one_text)(c, to);
	}
	chronicle_free(c);
	return is_found;
}
