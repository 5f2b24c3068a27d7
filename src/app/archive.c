/*
 * archive.c - see archive.h.
 *
 * An entry is half a kilobyte; a struct incident, with its log, would be thirty
 * times that. What the model has is taken from there with each report: it is
 * the fresher one, and it may still be noted upon.
 */
#include "app/archive.h"

#include <stdlib.h>
#include <string.h>

#include "app/chronicle_parts.h"
#include "app/outputs_parts.h"
#include "base/words.h"
#include "io/store.h"

#define EVENTS_MAX  CHRONICLE_EVENTS_MAX
#define AGAIN_AFTER USEC_PER_HOUR

struct entry {
	uint64_t id; /* 0: an empty place */
	char number[INCIDENT_NUMBER_MAX], stack[NAME_TEXT_MAX];
	enum diagnosis worst;
	wall_t opened, closed;
	usec_t lasted;
	unsigned members, affected_n;
	char affected[INCIDENT_AFFECTED_MAX][NAME_TEXT_MAX];
	char first[NAME_TEXT_MAX]; /* whose failure was the first one; "": not known */
	struct outcome outcome;	   /* of it */
	int code;
	bool is_first_read; /* there is no more to know of it */
	bool is_found;	    /* by the reading under way */
	/* Whether it has a page: to ask that of each with every report would cost too much. */
	enum { ASK, PUBLIC, SECRET } sort;
};

struct archive {
	struct entry entries[ARCHIVE_MAX];
	struct incident shown; /* one of them, unfolded */
	wall_t read_at;	       /* unset: never */
	uint64_t report;       /* that it was brought up to; 0: none */
	size_t rows;	       /* of the history, one more than there is room for at most */
};

struct archive *archive_new(void)
{
	return calloc(1, sizeof(struct archive));
}

void archive_free(struct archive *archive)
{
	free(archive);
}

void archive_forget(struct archive *archive)
{
	memset(archive, 0, sizeof *archive);
}

/* ---- places ---- */

static struct entry *entry_find(struct archive *a, uint64_t id)
{
	for (size_t i = 0; i < ARCHIVE_MAX; i++)
		if (a->entries[i].id == id)
			return &a->entries[i];
	return NULL;
}

static struct entry *entry_oldest(struct archive *a)
{
	struct entry *oldest = &a->entries[0];

	for (size_t i = 1; i < ARCHIVE_MAX; i++)
		if (a->entries[i].opened.us < oldest->opened.us)
			oldest = &a->entries[i];
	return oldest;
}

/* Its own place, an empty one, or that of an older one. NULL: it is the oldest of too many. */
static struct entry *entry_place(struct archive *a, uint64_t id, wall_t opened)
{
	struct entry *entry = entry_find(a, id);

	if (!entry)
		entry = entry_find(a, 0);
	if (!entry)
		entry = entry_oldest(a);
	if (entry->id == id)
		return entry;
	if (entry->id != 0 && entry->opened.us >= opened.us)
		return NULL;
	*entry = (struct entry){ .id = id, .opened = opened };
	return entry;
}

/* ---- out of the model ---- */

static void first_take(struct entry *entry, const struct incident_event *event)
{
	if (entry->is_first_read || event->kind != EVENT_FIRST_FAILURE)
		return;
	words_copy(entry->first, sizeof entry->first, event->subject);
	entry->outcome = event->outcome;
	entry->code = event->code;
	entry->is_first_read = true;
}

static void take_incident(struct archive *a, const struct incident *i, struct now now)
{
	struct entry *entry = entry_place(a, i->id, i->opened.wall);

	if (!entry)
		return;
	words_copy(entry->number, sizeof entry->number, i->number);
	words_copy(entry->stack, sizeof entry->stack, i->stack);
	entry->worst = i->worst;
	entry->closed = i->state == INCIDENT_CLOSED ? i->closed.wall : (wall_t){ 0 };
	entry->lasted = incident_duration(i, now);
	entry->members = i->members;
	entry->affected_n = i->affected_n;
	memcpy(entry->affected, i->affected, sizeof entry->affected);
	for (unsigned k = 0; k < i->log_n; k++)
		first_take(entry, &i->log[k]);
	entry->sort = ASK;
	entry->is_found = true;
}

static void take_model(struct archive *a, const struct model *m)
{
	for (size_t i = 0; i < m->incidents_n; i++)
		take_incident(a, &m->incidents[i], m->now);
	for (size_t i = m->past_n; i-- > 0;)
		take_incident(a, &m->past[i], m->now);
}

static const struct incident *incident_of(const struct model *m, uint64_t id)
{
	for (size_t i = 0; i < m->incidents_n; i++)
		if (m->incidents[i].id == id)
			return &m->incidents[i];
	for (size_t i = 0; i < m->past_n; i++)
		if (m->past[i].id == id)
			return &m->past[i];
	return NULL;
}

/* ---- out of the history ---- */

/* "blog,misskey" */
static void affected_take(struct entry *entry, const char *names)
{
	while (*names != '\0' && entry->affected_n < INCIDENT_AFFECTED_MAX) {
		size_t n = strcspn(names, ",");
		char *to = entry->affected[entry->affected_n];

		if (n > 0 && n < NAME_TEXT_MAX) {
			memcpy(to, names, n);
			to[n] = '\0';
			entry->affected_n++;
		}
		names += n + (names[n] == ',');
	}
}

static void entry_fill(struct entry *entry, const struct store_incident *i)
{
	words_copy(entry->number, sizeof entry->number, i->number ? i->number : "");
	words_copy(entry->stack, sizeof entry->stack, i->stack ? i->stack : "");
	entry->worst = DIAGNOSIS_NONE;
	for (int d = 0; d < DIAGNOSIS_COUNT; d++)
		if (i->worst && strcmp(diagnosis_name((enum diagnosis)d), i->worst) == 0)
			entry->worst = (enum diagnosis)d;
	entry->closed = i->closed;
	entry->lasted = i->lasted >= 0 ? i->lasted : wall_span(i->opened, i->closed);
	entry->members = i->members;
	entry->affected_n = 0;
	affected_take(entry, i->affected);
	entry->sort = ASK;
}

/* One that is open there, but not in the model, is of a life whose end was lost. */
static void take_row(void *ctx, const struct store_incident *i)
{
	struct archive *a = ctx;
	struct entry *entry = entry_find(a, i->id);

	a->rows++;
	if (i->id == 0 || (entry && entry->is_found) || !wall_is_set(i->closed))
		return; /* the model knows it better */
	entry = entry_place(a, i->id, i->opened);
	if (!entry)
		return;
	entry_fill(entry, i);
	entry->is_found = true;
}

static void take_event(void *ctx, const struct store_event *e)
{
	struct incident_event event;

	if (chronicle_event_read(e, &event))
		first_take(ctx, &event);
}

/* Once of each: how it began does not change. What cannot be read is asked for again. */
static void firsts_read(struct archive *a, struct store *store)
{
	for (size_t i = 0; i < ARCHIVE_MAX; i++) {
		struct entry *entry = &a->entries[i];

		if (entry->id != 0 && !entry->is_first_read &&
		    store_load_events(store, entry->id, take_event, entry) == 0)
			entry->is_first_read = true;
	}
}

static void drop_lost(struct archive *a)
{
	for (size_t i = 0; i < ARCHIVE_MAX; i++)
		if (!a->entries[i].is_found)
			a->entries[i] = (struct entry){ 0 };
}

/* Without a history, or with one that cannot be read, what was known stays. */
static void history_read(struct archive *a, const struct sources *from)
{
	wall_t now = from->model->now.wall;
	bool is_fresh = wall_is_set(a->read_at) && a->read_at.us <= now.us &&
			wall_span(a->read_at, now) < AGAIN_AFTER;

	if (is_fresh || !from->store)
		return;
	a->rows = 0;
	if (store_load_incidents(from->store, (wall_t){ 0 }, ARCHIVE_MAX + 1, take_row, a) < 0)
		return;
	drop_lost(a);
	firsts_read(a, from->store);
	a->read_at = now;
}

/* Once a report. */
static struct archive *archive_read(const struct sources *from)
{
	struct archive *a = from->archive;

	if (!a || (a->report == from->model->report && a->report > 0))
		return a;
	for (size_t i = 0; i < ARCHIVE_MAX; i++)
		a->entries[i].is_found = false;
	take_model(a, from->model);
	history_read(a, from);
	a->report = from->model->report;
	return a;
}

/* ---- telling ---- */

static struct entry *entry_at(const struct sources *from, size_t place)
{
	struct archive *a = archive_read(from);

	return a && a->entries[place].id != 0 ? &a->entries[place] : NULL;
}

/* The boot clock of another life means nothing here: only its span is put back. */
static void entry_unfold(const struct entry *entry, struct incident *ret)
{
	*ret = (struct incident){ .state = INCIDENT_CLOSED,
				  .id = entry->id,
				  .opened = { .wall = entry->opened },
				  .closed = { .mono = { entry->lasted }, .wall = entry->closed },
				  .worst = entry->worst,
				  .members = entry->members,
				  .affected_n = entry->affected_n };
	words_copy(ret->number, sizeof ret->number, entry->number);
	words_copy(ret->stack, sizeof ret->stack, entry->stack);
	memcpy(ret->affected, entry->affected, sizeof ret->affected);
	if (entry->first[0] == '\0')
		return;
	ret->log[ret->log_n++] = (struct incident_event){ .at = entry->opened,
							  .kind = EVENT_FIRST_FAILURE,
							  .outcome = entry->outcome,
							  .code = entry->code };
	words_copy(ret->log[0].subject, sizeof ret->log[0].subject, entry->first);
}

size_t archive_places(const struct sources *from)
{
	return from->archive ? ARCHIVE_MAX : 0;
}

const struct incident *archive_incident(const struct sources *from, size_t place)
{
	const struct entry *entry = entry_at(from, place);
	const struct incident *known = entry ? incident_of(from->model, entry->id) : NULL;

	if (!entry || known)
		return known;
	entry_unfold(entry, &from->archive->shown);
	return &from->archive->shown;
}

const struct incident *archive_public(const struct sources *from, size_t place)
{
	struct entry *entry = entry_at(from, place);
	const struct incident *incident;

	if (!entry || entry->sort == SECRET)
		return NULL;
	incident = archive_incident(from, place);
	if (entry->sort == ASK)
		entry->sort = page_has_incident(from->model, incident) ? PUBLIC : SECRET;
	return entry->sort == PUBLIC ? incident : NULL;
}

bool archive_is_cut(const struct sources *from)
{
	const struct archive *a = archive_read(from);

	return a && a->rows > ARCHIVE_MAX;
}

uint64_t archive_stamp(const struct sources *from, size_t place)
{
	const struct entry *entry = entry_at(from, place);
	const struct incident *known = entry ? incident_of(from->model, entry->id) : NULL;
	uint64_t stamp = stamp_mix(STAMP_BEGIN, entry ? entry->id : 0);

	if (!entry)
		return stamp;
	stamp = stamp_mix(stamp, (uint64_t)entry->closed.us);
	if (known && known->state != INCIDENT_CLOSED)
		return stamp_mix(stamp, from->model->report);
	for (unsigned i = 0; known && i < known->log_n; i++)
		stamp = stamp_text(stamp_mix(stamp, (uint64_t)known->log[i].at.us),
				   known->log[i].text);
	return stamp;
}

/* ---- with its log ---- */

struct log {
	struct incident incident;
	struct incident_event events[EVENTS_MAX];
	size_t n;
	bool is_cut;
};

static void log_take(void *ctx, const struct store_event *e)
{
	struct log *log = ctx;

	if (log->n == EVENTS_MAX)
		log->is_cut = true;
	else if (chronicle_event_read(e, &log->events[log->n]))
		log->n++;
}

/* The model's log is the fresher one as long as nothing had to be dropped from it. */
static void log_read(struct log *log, struct store *store, bool is_in_model)
{
	const struct incident *i = &log->incident;

	if (store && (!is_in_model || i->log_n == INCIDENT_LOG_MAX))
		(void)store_load_events(store, i->id, log_take, log); /* else what is known */
	if (log->n >= i->log_n)
		return;
	memcpy(log->events, i->log, i->log_n * sizeof i->log[0]);
	log->n = i->log_n;
}

bool archive_story(const struct sources *from, size_t place, struct story *ret)
{
	const struct incident *incident = archive_incident(from, place);
	struct log *log = incident ? calloc(1, sizeof *log) : NULL;

	if (!log)
		return false;
	log->incident = *incident;
	log_read(log, from->store, incident_of(from->model, incident->id) != NULL);
	*ret = (struct story){ .incident = &log->incident,
			       .events = log->events,
			       .events_n = log->n,
			       .is_cut = log->is_cut };
	return true;
}

/* The incident is the first thing in its log. */
void story_free(struct story *story)
{
	free((void *)(uintptr_t)story->incident);
	*story = (struct story){ .incident = NULL };
}
