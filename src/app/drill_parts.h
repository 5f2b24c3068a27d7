/*
 * drill_parts.h - between the files of a drill (drill.h).
 */
#ifndef APP_DRILL_PARTS_H
#define APP_DRILL_PARTS_H

#include "app/drill.h"
#include "app/drill_door.h"
#include "app/drill_plan.h"
#include "core/engine.h"
#include "core/verdict.h"

struct runs;

/* What an act waits for is in drill.c's table of acts. */
enum drill_act {
	DRILL_ANSWERS, /* the service is open, and is to be seen up */
	DRILL_FAILS,   /* it is shut, and is to be found down */
	DRILL_TELLS,   /* the DOWN is on its way to everybody */
	DRILL_RETURNS, /* it is open again, and is to be found up */
	DRILL_RETELLS, /* the UP is on its way */
	DRILL_OVER,
};

enum drill_step_kind {
	STEP_REMARK, /* what is to be known beforehand */
	STEP_OPENED,
	STEP_SHUT,
	STEP_PASSED,
	STEP_FAILED,
	STEP_DOWN,
	STEP_UP,
	STEP_QUEUED,
	STEP_ACCEPTED,
	STEP_NOT_TAKEN,
	STEP_ENDED, /* from outside */
	STEP_FAULT, /* why it has not passed */
};

#define DRILL_TEXT_MAX	600
#define DRILL_REPLY_MAX 200
#define DRILL_RELAY_MAX 256
#define DRILL_STEPS_MAX 4096

struct drill_step {
	enum drill_step_kind kind;
	wall_t at;
	usec_t after;	 /* since the drill began */
	uint64_t notice; /* 0: it is of no mail; then the next three are "" */
	char recipient[NOTICE_RECIPIENT_MAX];
	char relay[DRILL_RELAY_MAX]; /* "": none has spoken */
	char reply[DRILL_REPLY_MAX]; /* a relay's words as one line, or an .eml file's path */
	char text[DRILL_TEXT_MAX];   /* one line for people */
};

/* One of its notices. */
struct drill_mail {
	uint64_t id;
	bool is_up;	/* the UP; else the DOWN */
	bool is_queued; /* on the disk, and said */
	bool is_accepted;
	bool is_given_up; /* for this drill: no relay took it in its first round, or it was lost */
	char recipient[NOTICE_RECIPIENT_MAX];
	char relay[DRILL_RELAY_MAX];
	char reply[DRILL_REPLY_MAX]; /* the last one */
};

struct drill {
	struct daemon *daemon;
	uint64_t id;
	char number[INCIDENT_NUMBER_MAX]; /* in the place of an incident's, and unlike any */
	enum drill_act act;
	struct now began, shut, opened;
	mono_t limit; /* of this act */
	/* the scene; gone when it is over */
	struct drill_plan *plan;
	struct engine *engine;
	struct runs *runs;
	struct drill_door door;
	/* what the scene has shown so far */
	bool is_seen_up;
	enum verdict_state verdict; /* new, and not told yet; VERDICT_UNKNOWN: none */
	unsigned failures;
	bool is_ended; /* from outside */
	unsigned faults;
	struct drill_mail *mails; /* two for each recipient at most */
	size_t mails_n, mails_max;
	struct drill_step *steps;
	size_t steps_n, steps_room;
};

/* drill_scene.c */
/* 0 or -errno; drill_free() takes back what was made. */
int drill_scene_open(struct drill *drill, struct now now);
void drill_scene_close(struct drill *drill);

/* drill_mails.c */
struct drill_mail *drill_mail_add(struct drill *drill, const struct notice *notice);
/* After the courier's turn: what is on the disk, what no relay has taken. */
void drill_mails_look(struct drill *drill, struct now now);
/* Of one kind: how many were made; whether nothing more is to be waited for. */
size_t drill_mails_made(const struct drill *drill, bool is_up);
bool drill_mails_settled(const struct drill *drill, bool is_up);
bool drill_mails_accepted(const struct drill *drill);

/* drill_say.c: one more line. */
void drill_say(struct drill *drill, enum drill_step_kind kind, struct now now, const char *format,
	       ...) __attribute__((format(printf, 4, 5)));
void drill_say_mail(struct drill *drill, enum drill_step_kind kind, struct now now,
		    const struct drill_mail *mail, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

#endif
