/*
 * speech.h - what page and mail say alike: outcomes, states, durations and
 * times in each language. Whole sentences with named holes, never fragments.
 *
 * What is written is one line of plain text; names from the configuration are
 * cleaned (text_line). The caller escapes it for its place.
 */
#ifndef RENDER_SPEECH_H
#define RENDER_SPEECH_H

#include "core/model.h"

struct buf;

/*
 * Class of error only, as the public page shows it: "TCP connect timed out
 * after 10 s", "HTTP 504". A `took` of 0 is not told.
 */
void speech_failure(struct buf *to, enum language language, struct outcome outcome, int code,
		    usec_t took);
/* The same, short, for mails and subjects: "connect timeout 10.0 s", "HTTP 504". */
void speech_failure_short(struct buf *to, enum language language, struct outcome outcome, int code,
			  usec_t took);
/* Two units: "1 h 17 min", "23 min 32 s"; "1時間17分". */
void speech_duration(struct buf *to, enum language language, usec_t span);
/* One unit, rounded down: "1 hour", "12 hours"; "1時間". */
void speech_duration_roughly(struct buf *to, enum language language, usec_t span);
/* "184 ms", "1.9 s"; "1.9 秒" */
void speech_latency(struct buf *to, enum language language, usec_t span);
/* How long somebody waited in vain: "10 s", "4.7 s"; "10 秒" */
void speech_waited(struct buf *to, enum language language, usec_t span);
/* A rhythm: "every minute", "every 30 s"; "1 分ごと" */
void speech_every(struct buf *to, enum language language, usec_t period);
/* The same of a gap that was measured, rounded: "every 10 minutes". */
void speech_rhythm(struct buf *to, enum language language, usec_t gap);
/* "Sat 21 Nov 2026, 14:25:12 JST" / "2026年11月21日(土) 14:25:12 JST" */
void speech_full_time(struct buf *to, enum language language, wall_t at);
/* "Sat 21 Nov 2026" / "2026年11月21日(土)" */
void speech_full_date(struct buf *to, enum language language, int32_t day);
/* "21 Nov" / "11月21日" */
void speech_short_date(struct buf *to, enum language language, int32_t day);
/* "Nov 2026" / "2026年11月" */
void speech_month(struct buf *to, enum language language, int year, int month);
/* "Up", "Slow", "Down", "Planned", "Not observed" */
const char *speech_state(enum language language, const struct target_view *target);
/* "Planned": what is shown in place of a state while the work lasts. */
const char *speech_planned(enum language language);
const char *speech_deadman_state(enum language language, enum deadman_state state);
/* "Watchdog alert"; with its name when the plan has several: "Watchdog alert (home)". */
void speech_watchdog(struct buf *to, enum language language, const struct plan *plan,
		     size_t watchdog);
/* How one half of a pair (a target that is judged per family) is called. */
enum half {
	HALF_BOTH,   /* it speaks for both, or is no half: "Blog" */
	HALF_ITSELF, /* "Blog (IPv6)" */
	HALF_ONLY,   /* and the other one is well: "Blog (IPv6 only)" */
};
/* "IPv4" or "IPv6". */
const char *speech_family(enum family family);
void speech_half(struct buf *to, enum language language, const struct target_plan *target,
		 enum half half);
/* A target by itself: its title, and of a pair which half it is. */
void speech_target(struct buf *to, enum language language, const struct plan *plan,
		   uint32_t target);
/*
 * The page's headline for a finding; `target` is the one site of site-down,
 * `count` how many fail. Pipeline findings say that the sites are up: for a
 * stack that has no other target, speech_headline_alone() does not.
 */
void speech_headline(struct buf *to, enum language language, enum diagnosis diagnosis,
		     const char *target, unsigned count);
void speech_headline_alone(struct buf *to, enum language language, enum diagnosis diagnosis);
/* A silence's scope: everything, a stack or group by its title, a target or watchdog by its
 * name. */
void speech_scope(struct buf *to, enum language language, const char *scope,
		  const struct plan *plan);
/*
 * What holds back an incident's mails, by EVENT_HELD: the work's title, whom the silence is about,
 * or what it depends on. Nothing: not known.
 */
void speech_held(struct buf *to, enum language language, const struct incident_event *event,
		 const struct plan *plan);
/* One log entry of an incident as a sentence. */
void speech_event(struct buf *to, enum language language, const struct incident_event *event,
		  const struct plan *plan);

#endif
