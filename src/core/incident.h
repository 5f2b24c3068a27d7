/*
 * incident.h - one cause, from its first failure to its end: what the page,
 * the mails and the history tell of it. Fixed size, copied by value.
 */
#ifndef CORE_INCIDENT_H
#define CORE_INCIDENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/diagnosis.h"
#include "shorewatch/outcome.h"
#include "shorewatch/plan.h"
#include "shorewatch/time.h"

#define INCIDENT_LOG_MAX 16
#define INCIDENT_AFFECTED_MAX 6
#define INCIDENT_NUMBER_MAX 24
#define INCIDENT_HOST_MAX 128
#define INCIDENT_TEXT_MAX 801 /* 200 characters of UTF-8 and the terminator */

enum incident_state {
	INCIDENT_FREE,
	INCIDENT_WAITING, /* confirmed; group_wait runs, nothing was mailed */
	INCIDENT_OPEN,	  /* mailed */
	INCIDENT_CLOSED,
};

/* Numbers are in snapshots: only ever added to. */
enum incident_event_kind {
	EVENT_FIRST_FAILURE, /* subject: the target; outcome, code */
	EVENT_CONFIRMED,     /* count: failing targets when the group wait ended */
	EVENT_DIAGNOSIS,     /* the finding is now `diagnosis` */
	EVENT_MAILED,	     /* count: recipients; code: 1 when it was partial */
	EVENT_JOINED,	     /* subject: a further target failed */
	EVENT_RETURNED,	     /* subject: answers again */
	EVENT_SILENT,	     /* subject: the watchdog */
	EVENT_BEATS_BACK,    /* subject: the watchdog */
	EVENT_STILL,	     /* a repeat went out; code likewise */
	EVENT_CLOSED,
	EVENT_NOTE,	     /* the operator's words, in `text` */
	EVENT_ACCUSED,	     /* subject: a watchdog whose beats still come; code: enum pull of what
				is held against it; count: s since its last evaluation, 0 unknown */
	EVENT_ACQUITTED,     /* subject: a watchdog whose beats never stopped */
	EVENT_ACKNOWLEDGED,  /* `text`: the operator's words, may be empty */
	EVENT_FLAPPING,	     /* subject: it fails and returns too often to tell each time */
	EVENT_HELD,	     /* its mails wait; code: enum held_by; `text`: the window's name or the
				silence's scope; subject: the target that it depends on */
	EVENT_KINDS,
};

/* Numbers are in snapshots and in the history: only ever added to. */
enum held_by {
	HELD_BY_UNKNOWN, /* an older program did not say */
	HELD_BY_WINDOW,
	HELD_BY_SILENCE,
	HELD_BY_PARENT,
	HELD_BY_COUNT,
};

struct incident_event {
	wall_t at;
	enum incident_event_kind kind;
	char subject[NAME_TEXT_MAX]; /* a target's or watchdog's name; "" none */
	struct outcome outcome;
	int code;
	unsigned count;
	enum diagnosis diagnosis;
	char text[INCIDENT_TEXT_MAX]; /* EVENT_NOTE, _ACKNOWLEDGED, _HELD; one line, UTF-8 */
};

struct incident {
	enum incident_state state;
	uint64_t id;			  /* random; in notices, Message-IDs and the ring */
	char number[INCIDENT_NUMBER_MAX]; /* "20261121-1", for people */
	char stack[NAME_TEXT_MAX];
	char host[INCIDENT_HOST_MAX];	  /* right side of its Message-IDs, frozen when it opened */
	struct now opened;		  /* start of the first failed run, or the last beat */
	struct now confirmed, closed;
	mono_t newest;			  /* when the failure that joined last began */
	bool is_adopted;		  /* rebuilt from a notice; its members are not known yet */
	mono_t group_wait_ends;
	enum diagnosis finding;
	enum diagnosis worst;		  /* that was told, or held back */
	uint32_t also;
	enum diagnosis mailed;		  /* the finding people were last told; NONE: nothing yet */
	uint32_t mailed_also;
	/* all that fails are halves of pairs whose other family answers; so it was told last */
	bool is_partial, is_partial_mailed;
	/* since when the finding is worse than `mailed`; milder, or as bad but another; MONO_NEVER */
	mono_t worsened, narrowed;
	mono_t joined;			  /* first member that no mail has named yet; MONO_NEVER */
	/* somebody knows: nothing is mailed but worse, who else fails, and its end; unset: no */
	wall_t acknowledged;
	bool is_held;			  /* a silence or a window holds back its mails */
	bool is_flapping;		  /* a member is: it ends only when all are calm */
	bool is_flapping_told;
	/* seen while our references are silent, and only a mail relay vouches for us */
	bool is_unconfirmed;
	struct now first_mail, last_mail;
	unsigned mails;			  /* also the next mail's number */
	unsigned repeats;
	enum diagnosis first_finding;	  /* of the first mail, and how many failed then */
	unsigned first_failing;
	bool is_first_partial;
	/* targets and watchdogs that belong to it; that fail now: both halves of a pair are one */
	unsigned members, failing;
	unsigned most_failing;
	char affected[INCIDENT_AFFECTED_MAX][NAME_TEXT_MAX]; /* the first ones, by name */
	unsigned affected_n;
	struct incident_event log[INCIDENT_LOG_MAX]; /* oldest first */
	unsigned log_n;
};

/* What an incident knows of one member: a target (subject < targets_n) or a watchdog. */
struct incident_member {
	uint64_t incident;	   /* id; 0 = belongs to none */
	bool is_failing;
	bool is_accused;	   /* a watchdog: by its witnesses alone, its beats never stopped */
	bool is_named;		   /* a mail has, since it fails */
	bool was_named;		   /* a mail has, in this incident */
	bool is_news;		   /* no mail has named it yet, and one is to */
	bool is_dependent;	   /* a target: one that it depends on fails, too */
	struct outcome outcome;	   /* how it failed last */
	int code;
	usec_t took;		   /* of that run */
	wall_t failing_since, last_ok;
	/* start of its first good run, or its first beat; unset: not yet */
	wall_t recovered;
	usec_t recovered_us;
	int recovered_code;
	usec_t median_us;	   /* before it failed; 0 unknown */
};

/*
 * What weighs more is told at once. A site that answers by one family still is
 * a lesser thing than one that does not answer at all.
 */
int incident_weight(enum diagnosis finding, bool is_partial);
/* What is told of it now, or held back, is what it is called if it never was worse. */
void incident_weigh(struct incident *incident);
/*
 * Nothing of it fails just now, but it comes and goes, or waits for a beat: what was found in
 * between is no news. A finding of the whole stack is kept by the one that leads.
 */
void incident_stay_with_told(struct incident *incident, bool is_lead);
/* Into the log; when it is full, what can be spared most makes room. */
void incident_note(struct incident *incident, const struct incident_event *event);
/* Words from outside as one line of at most 200 characters, without controls. */
void incident_text(char text[INCIDENT_TEXT_MAX], const char *words);
/* Seconds of the outage so far, or in all when closed. */
usec_t incident_duration(const struct incident *incident, struct now now);
/* When the next repeat is due; MONO_NEVER when none was mailed. */
mono_t incident_next_repeat(const struct incident *incident, const struct mail_plan *mail);

#endif
