/*
 * speech.c - what page and mail say alike, in the words of a language.
 *
 * Chooses wordings and fills them; holds no words itself (speech_words_*.c).
 */
#include "render/speech.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/sentence.h"
#include "render/speech_words.h"

const struct speech_words *speech_words(enum language language)
{
	return language == LANGUAGE_JA ? &speech_words_ja : &speech_words_en;
}

/* ---- failures ---- */

static const struct failure_words *failure_find(enum language language, struct outcome outcome)
{
	const struct failure_words *row = speech_words(language)->failures;

	while (row->cause != outcome.cause ||
	       (row->phase != outcome.phase && row->phase != ANY_PHASE)) {
		row++;
		assert(row->full != NULL);
	}
	return row;
}

/* Timeouts are the rows that tell the time, status faults those that tell the code. */
static bool failure_is_bare(struct outcome outcome, int code, usec_t took)
{
	return outcome.cause == CAUSE_STATUS ? code <= 0 : took <= 0;
}

void speech_failure(struct buf *to, enum language language, struct outcome outcome, int code,
		    usec_t took)
{
	const struct failure_words *row = failure_find(language, outcome);
	bool is_bare = row->full_bare != NULL && failure_is_bare(outcome, code, took);

	sentence_fill(to, language, is_bare ? row->full_bare : row->full,
		      HOLES(hole_waited("took", took), hole_number("code", code)));
}

void speech_failure_short(struct buf *to, enum language language, struct outcome outcome, int code,
			  usec_t took)
{
	const struct failure_words *row = failure_find(language, outcome);
	bool is_bare = row->brief_bare != NULL && failure_is_bare(outcome, code, took);

	sentence_fill(to, language, is_bare ? row->brief_bare : row->brief,
		      HOLES(hole_latency("took", took), hole_number("code", code)));
}

/* ---- spans ---- */

static void span_fill(struct buf *to, enum language language, const char *wording, int64_t a,
		      int64_t b)
{
	char digits[24];

	(void)snprintf(digits, sizeof digits, "%02" PRId64, b); /* always fits 64 bits */
	sentence_fill(to, language, wording,
		      HOLES(hole_number("a", a), hole_number("b", b), hole_own("bb", digits)));
}

void speech_duration(struct buf *to, enum language language, usec_t span)
{
	const struct speech_words *words = speech_words(language);
	int64_t s = span > 0 ? span / USEC_PER_SEC : 0;

	if (s >= 86400)
		span_fill(to, language, words->days_hours, s / 86400, s % 86400 / 3600);
	else if (s >= 3600)
		span_fill(to, language, words->hours_minutes, s / 3600, s % 3600 / 60);
	else if (s >= 60 && s % 60 != 0)
		span_fill(to, language, words->minutes_seconds, s / 60, s % 60);
	else if (s >= 60)
		span_fill(to, language, words->minutes, s / 60, 0);
	else
		span_fill(to, language, words->seconds, 0, s);
}

static void counted_fill(struct buf *to, enum language language, const struct wording *wording,
			 int64_t n)
{
	sentence_fill(to, language, wording_for(wording, n == 1 ? 1 : 2),
		      HOLES(hole_number("n", n)));
}

void speech_duration_roughly(struct buf *to, enum language language, usec_t span)
{
	const struct speech_words *words = speech_words(language);
	int64_t s = span > 0 ? span / USEC_PER_SEC : 0;

	/* From two days on in days: "36 hours" says more than "1 day". */
	if (s >= 2 * 86400)
		counted_fill(to, language, &words->roughly_days, s / 86400);
	else if (s >= 3600)
		counted_fill(to, language, &words->roughly_hours, s / 3600);
	else if (s >= 60)
		counted_fill(to, language, &words->roughly_minutes, s / 60);
	else
		counted_fill(to, language, &words->roughly_seconds, s);
}

void speech_every(struct buf *to, enum language language, usec_t period)
{
	const struct speech_words *words = speech_words(language);
	int64_t s = period / USEC_PER_SEC;

	if (s >= 86400 && s % 86400 == 0)
		counted_fill(to, language, &words->every_days, s / 86400);
	else if (s >= 3600 && s % 3600 == 0)
		counted_fill(to, language, &words->every_hours, s / 3600);
	else if (s >= 60 && s % 60 == 0)
		counted_fill(to, language, &words->every_minutes, s / 60);
	else
		counted_fill(to, language, &words->every_seconds, s);
}

/* To the minute from two minutes on, to the hour from two hours on: a rhythm is no appointment. */
void speech_rhythm(struct buf *to, enum language language, usec_t gap)
{
	usec_t unit = USEC_PER_SEC;

	if (gap >= 2 * USEC_PER_HOUR)
		unit = USEC_PER_HOUR;
	else if (gap >= 2 * USEC_PER_MIN)
		unit = USEC_PER_MIN;
	speech_every(to, language, (gap + unit / 2) / unit * unit);
}

/* `tenths` of a unit, with their digit after the point. */
static void tenths_fill(struct buf *to, enum language language, const char *wording, int64_t tenths)
{
	char digits[32];

	(void)snprintf(digits, sizeof digits, "%" PRId64 ".%" PRId64, tenths / 10, tenths % 10);
	sentence_fill(to, language, wording, HOLES(hole_own("n", digits)));
}

static void whole_fill(struct buf *to, enum language language, const char *wording, int64_t n)
{
	sentence_fill(to, language, wording, HOLES(hole_number("n", n)));
}

void speech_latency(struct buf *to, enum language language, usec_t span)
{
	const struct speech_words *words = speech_words(language);
	usec_t us = span > 0 ? span : 0;
	int64_t ms = (us + USEC_PER_MS / 2) / USEC_PER_MS;

	if (ms >= 1000)
		tenths_fill(to, language, words->latency_s,
			    (us + 50 * USEC_PER_MS) / (100 * USEC_PER_MS));
	else if (us < USEC_PER_MS && us > 0)
		tenths_fill(to, language, words->latency_ms, us < 100 ? 1 : us / 100);
	else
		whole_fill(to, language, words->latency_ms, ms);
}

void speech_waited(struct buf *to, enum language language, usec_t span)
{
	int64_t tenths = (span + 50 * USEC_PER_MS) / (100 * USEC_PER_MS);

	if (tenths >= 10 && tenths % 10 == 0)
		whole_fill(to, language, speech_words(language)->latency_s, tenths / 10);
	else
		speech_latency(to, language, span);
}

/* ---- times ---- */

void speech_full_time(struct buf *to, enum language language, wall_t at)
{
	const struct speech_words *words = speech_words(language);
	struct calendar_date date = calendar_date(calendar_day(at));

	sentence_fill(to, language, words->full_time,
		      HOLES(hole_own("weekday", words->weekdays[date.weekday]),
			    hole_own("month", words->months[date.month - 1]),
			    hole_number("day", date.day), hole_number("year", date.year),
			    hole_time("time", at), hole_zone("zone", at)));
}

void speech_full_date(struct buf *to, enum language language, int32_t day)
{
	const struct speech_words *words = speech_words(language);
	struct calendar_date date = calendar_date(day);

	sentence_fill(to, language, words->full_date,
		      HOLES(hole_own("weekday", words->weekdays[date.weekday]),
			    hole_own("month", words->months[date.month - 1]),
			    hole_number("day", date.day), hole_number("year", date.year)));
}

void speech_short_date(struct buf *to, enum language language, int32_t day)
{
	const struct speech_words *words = speech_words(language);
	struct calendar_date date = calendar_date(day);

	sentence_fill(to, language, words->short_date,
		      HOLES(hole_own("month", words->months[date.month - 1]),
			    hole_number("day", date.day)));
}

void speech_month(struct buf *to, enum language language, int year, int month)
{
	const struct speech_words *words = speech_words(language);

	sentence_fill(to, language, words->month_of_year,
		      HOLES(hole_own("month", words->months[month - 1]),
			    hole_number("year", year)));
}

/* ---- states and findings ---- */

const char *speech_state(enum language language, const struct target_view *target)
{
	const struct speech_words *words = speech_words(language);

	if (target->state == VERDICT_UP && target->is_slow)
		return words->slow;
	return words->states[target->state];
}

const char *speech_planned(enum language language)
{
	return speech_words(language)->states[VERDICT_PAUSED];
}

const char *speech_deadman_state(enum language language, enum deadman_state state)
{
	return speech_words(language)->deadman_states[state];
}

void speech_watchdog(struct buf *to, enum language language, const struct plan *plan,
		     size_t watchdog)
{
	const struct speech_words *words = speech_words(language);

	if (plan->watchdogs_n > 1)
		sentence_fill(to, language, words->watchdog_named,
			      HOLES(hole_foreign("name", plan->watchdogs[watchdog].name)));
	else
		buf_puts(to, words->watchdog);
}

const char *speech_family(enum family family)
{
	return family == FAMILY_IPV6 ? "IPv6" : "IPv4";
}

void speech_half(struct buf *to, enum language language, const struct target_plan *target,
		 enum half half)
{
	const struct speech_words *words = speech_words(language);

	if (half == HALF_BOTH)
		text_line(to, target->title);
	else
		sentence_fill(to, language, half == HALF_ONLY ? words->half_only : words->half,
			      HOLES(hole_foreign("name", target->title),
				    hole_own("family", speech_family(target->family))));
}

void speech_target(struct buf *to, enum language language, const struct plan *plan, uint32_t target)
{
	bool is_half = target_twin(plan, target) != NONE_INDEX;

	speech_half(to, language, &plan->targets[target], is_half ? HALF_ITSELF : HALF_BOTH);
}

void speech_headline(struct buf *to, enum language language, enum diagnosis diagnosis,
		     const char *target, unsigned count)
{
	const struct wording *wording = &speech_words(language)->headlines[diagnosis];
	bool is_one = count == 1 && target != NULL;

	sentence_fill(to, language, wording_for(wording, is_one ? 1 : 2),
		      HOLES(hole_foreign("who", target), hole_number("n", count)));
}

void speech_headline_alone(struct buf *to, enum language language, enum diagnosis diagnosis)
{
	const char *alone = speech_words(language)->headlines_alone[diagnosis];

	if (alone != NULL)
		buf_puts(to, alone);
	else
		speech_headline(to, language, diagnosis, NULL, 0);
}

/* ---- an incident's log ---- */

static const struct target_plan *target_named(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->targets_n; i++)
		if (strcmp(plan->targets[i].name, name) == 0)
			return &plan->targets[i];
	return NULL;
}

static const struct watchdog_plan *watchdog_named(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->watchdogs_n; i++)
		if (strcmp(plan->watchdogs[i].name, name) == 0)
			return &plan->watchdogs[i];
	return NULL;
}

/*
 * The subject for people: as it is called while the plan still knows it, else by
 * its name. A target and a watchdog may share a name: the kind of event decides.
 */
static void subject_write(struct buf *to, enum language language,
			  const struct incident_event *event, const struct plan *plan)
{
	bool is_signal = event->kind == EVENT_SILENT || event->kind == EVENT_BEATS_BACK ||
			 event->kind == EVENT_ACCUSED || event->kind == EVENT_ACQUITTED;
	const struct target_plan *target = is_signal ? NULL : target_named(plan, event->subject);
	const struct watchdog_plan *watchdog = watchdog_named(plan, event->subject);

	if (target != NULL)
		speech_target(to, language, plan, (uint32_t)(target - plan->targets));
	else if (watchdog != NULL)
		speech_watchdog(to, language, plan, (size_t)(watchdog - plan->watchdogs));
	else
		text_line(to, event->subject);
}

/* By what its witnesses said; a code of another version says nothing. */
static const char *accusation(const struct speech_words *words, const struct incident_event *event)
{
	bool is_known = event->code > 0 && event->code < PULL_COUNT && words->accused[event->code];

	if (!is_known)
		return words->events[EVENT_ACCUSED].other;
	return event->code == PULL_STALE && event->count == 0 ? words->accused_ageless
							      : words->accused[event->code];
}

static void window_write(struct buf *to, const char *name, const struct plan *plan)
{
	for (size_t i = 0; i < plan->windows_n; i++)
		if (strcmp(plan->windows[i].name, name) == 0) {
			text_line(to, plan->windows[i].title);
			return;
		}
	text_line(to, name);
}

static const char *stack_title(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->stacks_n; i++)
		if (strcmp(plan->stacks[i].name, name) == 0 && plan->stacks[i].title)
			return plan->stacks[i].title;
	return name;
}

void speech_scope(struct buf *to, enum language language, const char *scope,
		  const struct plan *plan)
{
	const struct target_plan *target = target_named(plan, scope);
	const struct watchdog_plan *watchdog = watchdog_named(plan, scope);

	if (strcmp(scope, "all") == 0)
		buf_puts(to, speech_words(language)->everything);
	else if (strncmp(scope, "stack:", 6) == 0)
		text_line(to, stack_title(plan, scope + 6));
	else if (strncmp(scope, "group:", 6) == 0)
		text_line(to, scope + 6);
	else if (target != NULL) /* the first half's name means both */
		speech_half(to, language, target,
			    target_is_second(plan, (uint32_t)(target - plan->targets))
				    ? HALF_ITSELF
				    : HALF_BOTH);
	else if (watchdog != NULL)
		speech_watchdog(to, language, plan, (size_t)(watchdog - plan->watchdogs));
	else
		text_line(to, scope);
}

void speech_held(struct buf *to, enum language language, const struct incident_event *event,
		 const struct plan *plan)
{
	if (event->code == HELD_BY_WINDOW)
		window_write(to, event->text, plan);
	else if (event->code == HELD_BY_SILENCE)
		speech_scope(to, language, event->text, plan);
	else if (event->code == HELD_BY_PARENT)
		subject_write(to, language, event, plan);
}

/* A code of another version says nothing. */
static const char *holding(const struct speech_words *words, const struct incident_event *event)
{
	bool is_known = event->code > HELD_BY_UNKNOWN && event->code < HELD_BY_COUNT;

	if (event->code == HELD_BY_PARENT && event->subject[0] == '\0')
		return words->held_parent_bare;
	return is_known ? words->held[event->code] : words->events[EVENT_HELD].other;
}

static const char *event_wording(const struct speech_words *words,
				 const struct incident_event *event)
{
	if (event->kind == EVENT_HELD)
		return holding(words, event);
	if (event->kind == EVENT_ACCUSED)
		return accusation(words, event);
	if (event->kind == EVENT_DIAGNOSIS)
		return words->verdicts[event->diagnosis];
	if (event->kind == EVENT_JOINED && event->outcome.cause == CAUSE_PASS)
		return words->joined_bare;
	if (event->kind == EVENT_ACKNOWLEDGED && event->text[0] == '\0')
		return words->acknowledged_bare;
	if (event->kind == EVENT_FLAPPING && event->subject[0] == '\0')
		return words->flapping_bare;
	return wording_for(&words->events[event->kind], event->count);
}

void speech_event(struct buf *to, enum language language, const struct incident_event *event,
		  const struct plan *plan)
{
	struct buf who = BUF_INIT(4096), what = BUF_INIT(4096), held = BUF_INIT(4096);

	subject_write(&who, language, event, plan);
	speech_failure(&what, language, event->outcome, event->code, 0);
	if (event->kind == EVENT_HELD)
		speech_held(&held, language, event, plan);
	sentence_fill(to, language, event_wording(speech_words(language), event),
		      HOLES(hole_own("who", buf_text(&who)), hole_own("what", buf_text(&what)),
			    hole_foreign("text", event->text), hole_own("held", buf_text(&held)),
			    hole_span("age", (usec_t)event->count * USEC_PER_SEC),
			    hole_number("n", event->count)));
	buf_done(&who);
	buf_done(&what);
	buf_done(&held);
}
