/*
 * bind.c - the engine's five effects, and what outlives the engine.
 *
 * What is durable is what the daemon would have on disk: every notice at once
 * (post.c), then the state as it was at the last RECORD_STATE, then the days.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "scenario.h"

#define SNAPSHOT_MAX (8u << 20)

/* ---- journal ---- */

void journal_say(struct scenario *s, const char *format, ...)
{
	size_t room = sizeof s->journal.lines / sizeof s->journal.lines[0];
	char *line = s->journal.lines[s->journal.lines_n++ % room];
	size_t line_max = sizeof s->journal.lines[0];
	int n = snprintf(line, line_max, "%10.3f  ", (double)s->elapsed / USEC_PER_SEC);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line + n, line_max - (size_t)n, format, args);
	va_end(args);
	if (s->is_told)
		puts(line);
}

int memory_of_incident(const struct scenario *s, uint64_t id)
{
	for (size_t i = 0; i < s->journal.seen_n; i++)
		if (s->journal.seen[i].id == id)
			return (int)i;
	return -1;
}

static void remember_incident(struct scenario *s, const struct incident *incident)
{
	struct journal *j = &s->journal;
	int at = memory_of_incident(s, incident->id);

	if (at < 0) {
		if (j->seen_n == INCIDENTS_SEEN_MAX)
			return;
		at = (int)j->seen_n++;
	}
	j->seen[at] = (struct seen_incident){ incident->id, *incident };
	journal_say(s, "incident %d %s %s members=%u failing=%u", at + 1,
		    diagnosis_name(incident->finding),
		    incident->state == INCIDENT_CLOSED ? "closed" : "open", incident->members,
		    incident->failing);
}

static void remember_transition(struct scenario *s, const struct record *record)
{
	struct journal *j = &s->journal;

	journal_say(s, "%s %s -> %s %s", record->name, record->from, record->to,
		    outcome_code(record->outcome));
	if (j->marks_n == MARKS_MAX)
		return;
	j->marks[j->marks_n] = (struct mark){ .at = s->elapsed, .to = record->to };
	words_copy(j->marks[j->marks_n++].name, NAME_TEXT_MAX, record->name);
}

/* ---- memory ---- */

static void remember_day(struct memory *m, const struct record *record)
{
	struct stored_day *day = NULL;

	for (size_t i = 0; i < m->days_n && !day; i++)
		if (m->days[i].day == record->day && strcmp(m->days[i].name, record->name) == 0)
			day = &m->days[i];
	if (!day) {
		if (m->days_n == m->days_room) {
			m->days_room = m->days_room ? 2 * m->days_room : 64;
			m->days = realloc(m->days, m->days_room * sizeof *m->days);
			if (!m->days)
				abort();
		}
		day = &m->days[m->days_n++];
	}
	*day = (struct stored_day){ .day = record->day, .sums = record->sums };
	words_copy(day->name, sizeof day->name, record->name);
}

void engine_save(struct scenario *s)
{
	struct buf text = BUF_INIT(SNAPSHOT_MAX);
	size_t n;

	engine_snapshot(s->engine, scenario_now(s), &text);
	free(s->memory.state);
	s->memory.state = buf_take(&text, &n);
	s->memory.state_at = scenario_now(s);
	trace_text(s, "saves", "", s->memory.state, s->memory.state ? n : 0);
	if (!s->memory.state)
		(void)scenario_fail(s, "the snapshot does not fit");
	s->is_dirty = false;
}

static void keep_state_before_notice(struct memory *m)
{
	free(m->state_before_notice);
	m->state_before_notice = m->state ? strdup(m->state) : NULL;
	m->before_at = m->state_at;
}

void memory_done(struct memory *m)
{
	free(m->state);
	free(m->state_before_notice);
	free(m->days);
}

/* ---- effects ---- */

static void on_launch(void *ctx, uint32_t target, struct now now)
{
	const struct scenario *s = ctx;

	trace_text(s, "launch", s->plan->targets[target].name, NULL, 0);
	world_launch(ctx, target, now);
}

static void on_abort(void *ctx, uint32_t target)
{
	struct scenario *s = ctx;

	s->world.runs[target].is_active = false;
}

static void on_record(void *ctx, const struct record *record)
{
	struct scenario *s = ctx;

	switch (record->kind) {
	case RECORD_OBSERVATION:
		if (record->observation->outcome.cause != CAUSE_PASS)
			journal_say(s, "%s saw %s", record->name,
				    outcome_code(record->observation->outcome));
		break;
	case RECORD_TRANSITION:
		remember_transition(s, record);
		break;
	case RECORD_INCIDENT:
		remember_incident(s, record->incident);
		break;
	case RECORD_DAY:
		trace_text(s, "day", record->name, &record->sums, sizeof record->sums);
		remember_day(&s->memory, record);
		break;
	case RECORD_STATE:
		s->is_dirty = true;
		break;
	}
}

static void on_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	struct scenario *s = ctx;

	if (!s->has_new_letter)
		keep_state_before_notice(&s->memory);
	s->has_new_letter = true;
	post_take(s, notice, incident);
}

static void on_publish(void *ctx)
{
	/* The page is rendered at every expectation instead. */
	trace_text(ctx, "publish", "", NULL, 0);
}

/* ---- life ---- */

bool engine_make(struct scenario *s, usec_t shift, usec_t absence)
{
	const struct engine_effects effects = { s,	   on_launch,  on_abort,
						on_record, on_deliver, on_publish };
	int r = 0;

	s->engine = engine_new(s->plan, &effects, scenario_now(s), s->seed++ * 1000003);
	for (size_t i = 0; i < s->memory.days_n; i++)
		engine_restore_day(s->engine, s->memory.days[i].name, s->memory.days[i].day,
				   &s->memory.days[i].sums);
	if (s->memory.state)
		r = engine_restore(s->engine, s->memory.state, shift, absence, scenario_now(s));
	if (r < 0)
		return scenario_fail(s, "the engine refuses its own state: %s", strerror(-r));
	return true;
}

bool engine_start(struct scenario *s, usec_t shift, usec_t absence)
{
	if (!engine_make(s, shift, absence))
		return false;
	post_recover(s);
	return engine_turn(s);
}

void engine_end(struct scenario *s)
{
	engine_free(s->engine);
	s->engine = NULL;
	post_die(s);
}

bool engine_turn(struct scenario *s)
{
	s->wake = engine_advance(s->engine, scenario_now(s));
	if (!post_turn(s))
		return false;
	s->has_new_letter = false;
	if (s->is_dirty)
		engine_save(s);
	if (s->wake.us <= scenario_now(s).mono.us)
		s->wake = scenario_now(s).mono;
	return !s->has_failed;
}
