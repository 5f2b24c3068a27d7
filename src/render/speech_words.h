/*
 * speech_words.h - the tables behind speech.c, one per language, same keys.
 *
 * Internal to render. A test compares the languages key by key and hole by
 * hole.
 */
#ifndef RENDER_SPEECH_WORDS_H
#define RENDER_SPEECH_WORDS_H

#include "core/deadman.h"
#include "core/diagnosis.h"
#include "core/incident.h"
#include "core/verdict.h"
#include "render/sentence.h"
#include "shorewatch/outcome.h"

#define ANY_PHASE PHASE_COUNT

/*
 * How one kind of failure is told; holes {took} and {code}. The bare forms are
 * for when neither is known; NULL: the form before names neither.
 */
struct failure_words {
	enum phase phase; /* ANY_PHASE: the row serves every phase not named before it */
	enum cause cause;
	const char *full, *full_bare;
	const char *brief, *brief_bare;
};

struct speech_words {
	const struct failure_words *failures; /* ends with a row without `full` */
	const char *states[VERDICT_COUNT], *slow;
	const char *deadman_states[DEADMAN_COUNT];
	const char *watchdog, *watchdog_named; /* {name} */
	const char *half, *half_only; /* of a pair: {name} {family} */
	struct wording headlines[DIAGNOSIS_COUNT]; /* {n}; `one`: {who}, a single named site */
	const char *headlines_alone[DIAGNOSIS_COUNT]; /* pipeline, of a stack without sites */
	struct wording events[EVENT_KINDS];	   /* {who}, {what}, {n}, {text} */
	const char *joined_bare;		   /* EVENT_JOINED without {what} */
	const char *acknowledged_bare;		   /* EVENT_ACKNOWLEDGED without {text} */
	const char *flapping_bare;		   /* EVENT_FLAPPING without {who} */
	const char *held[HELD_BY_COUNT];	   /* EVENT_HELD: {held}; UNKNOWN: NULL */
	const char *held_parent_bare;		   /* HELD_BY_PARENT without {held} */
	const char *everything;			   /* what a silence of all is about */
	/* EVENT_ACCUSED: {who}, {age}; NULL: as an event */
	const char *accused[PULL_COUNT];
	const char *accused_ageless;		   /* PULL_STALE without {age} */
	const char *verdicts[DIAGNOSIS_COUNT];	   /* EVENT_DIAGNOSIS */
	/* {a} {b} {bb}: the larger unit, the smaller one, the smaller one in two digits */
	const char *days_hours, *hours_minutes, *minutes_seconds, *minutes, *seconds;
	struct wording roughly_days, roughly_hours, roughly_minutes, roughly_seconds; /* {n} */
	const char *latency_ms, *latency_s;	   /* {n} */
	struct wording every_days, every_hours, every_minutes, every_seconds; /* {n} */
	const char *full_time;		/* {weekday} {day} {month} {year} {time} {zone} */
	const char *full_date;			   /* {weekday} {day} {month} {year} */
	const char *short_date;			   /* {day} {month} */
	const char *month_of_year;		   /* {month} {year} */
	const char *weekdays[7], *months[12];
};

extern const struct speech_words speech_words_en, speech_words_ja;
/* The table of a language. */
const struct speech_words *speech_words(enum language language);

#endif
