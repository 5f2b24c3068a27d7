/*
 * witness.h - what one witness of a Watchdog has said lately: an Alertmanager,
 * a Prometheus, or our own listener.
 */
#ifndef CORE_WITNESS_H
#define CORE_WITNESS_H

#include <stdbool.h>

#include "core/diagnosis.h"
#include "shorewatch/observation.h"

/* What one answer says. Numbers are in snapshots: only ever added to. */
enum said {
	SAID_NOTHING,	  /* never asked, or no answer that counts */
	SAID_FRESH,	  /* firing, and the news is young enough */
	SAID_OLD,	  /* firing or suppressed, but nothing has reached it for too long */
	SAID_SUPPRESSED,  /* silenced or inhibited, and fresh */
	SAID_ABSENT,	  /* it knows of no such alert */
	SAID_UNREACHABLE, /* no answer, or an ingress in its place; references vouch for us */
	SAID_BROKEN,	  /* an answer that says nothing: 401, 403, HTML, a certificate, too long */
	SAID_COUNT,
};

/* One Alertmanager, Prometheus or listener, and what it has said lately. */
struct witness {
	usec_t valid;	  /* how long an answer tells of the present; the plan's */
	enum said said;	  /* the last answer */
	unsigned times;	  /* so often in a row */
	mono_t since;	  /* the first of these was asked; put off by our own absences */
	struct now asked; /* the last one was asked; wall unset: never */
	usec_t age;	  /* of the news in it */
	mono_t news; /* the latest evaluation seen in any answer, likewise put off; MONO_NEVER */
	unsigned without_news; /* answers in a row, from the first old one on, that held nothing
				  newer */
	wall_t date;	       /* the last answer's Date ... */
	mono_t dated;	       /* ... and when it was seen first: a cache repeats it */
	char note[NOTE_MAX];
};

/* The deadman's times, from which all of a pull's derive; see pull.c. */
struct pull_rule {
	usec_t period, window; /* window: period + grace */
};

/* How old news may be; how long an absence or a silence must last. See pull.c. */
usec_t pull_stale_after(const struct pull_rule *rule);
usec_t pull_hold(const struct pull_rule *rule);

void witness_init(struct witness *w, usec_t valid);
/* Nobody answered in its name: it counts only when references vouch for us. */
bool witness_is_silent(const struct observation *o);
/* An answer that counts, of a run that is_silent() is not true of. */
void witness_hear(struct witness *w, const struct pull_rule *rule, const struct observation *o);
/* The listener has answered: nothing else is asked of it. */
void witness_greet(struct witness *w, struct now started);
/* No answer to a run that began at `started`, and it is not our fault. */
void witness_miss(struct witness *w, struct now started, const char *note);
/* We were not there for `span`: it does not count for or against anybody. */
void witness_excuse(struct witness *w, usec_t span);
/* Its last answer still tells of the present. NULL is fine. */
bool witness_is_current(const struct witness *w, mono_t now);
/* For how long it has been saying the same. */
usec_t witness_lasted(const struct witness *w);
/* The next answer decides something: ask again soon instead of in its turn. */
bool witness_needs_confirmation(const struct witness *w);
/* When an answer could decide what has been said for some time; MONO_NEVER. */
mono_t witness_decides(const struct witness *w, const struct pull_rule *rule);

/* The listener, of which only one thing is asked. `was`: judged so before. */
enum listener listener_judge(const struct witness *w, enum listener was, mono_t now);

#endif
