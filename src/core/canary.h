/*
 * canary.h - the mail canary: once a day a mail to a mailbox that we can read,
 * so that mail which relays take and nobody gets does not go unnoticed.
 *
 * Pure: it says what to do (make one, look for it) and is told how that went.
 */
#ifndef CORE_CANARY_H
#define CORE_CANARY_H

#include <stdbool.h>

#include "shorewatch/time.h"
#include "shorewatch/window.h"

struct buf;

#define CANARY_WORDS_MAX 256
#define CANARY_NONCE_MAX 33 /* 128 bits as hex digits, and a terminator */

struct canary_rule {
	const struct window_plan *at; /* each day's moment, a span of no length */
	usec_t within;		      /* so long after the relay's word it is there */
};

struct canary {
	enum canary_phase {
		CANARY_RESTS,
		CANARY_MADE, /* its nonce is kept: it may leave, or has left */
		CANARY_OUT,  /* it has left, or may have: it is looked for */
	} phase;
	wall_t moment; /* the last one that was served or passed over; unset: none yet */
	char nonce[CANARY_NONCE_MAX];
	struct now made;
	struct now out;	     /* a relay has taken it then, or we were told that one may have */
	bool is_accepted;    /* a relay has said so */
	wall_t lost;	     /* when the first one left that did not come; unset: they come */
	wall_t again;	     /* the first one that came after such a loss; unset: none yet */
	wall_t found;	     /* the last one that came; unset: none yet */
	usec_t delay;	     /* of that one, from the relay's word to the look that found it */
	struct now unseen;   /* since then the mailbox could not be read; wall unset: it could */
	bool is_unseen_long; /* for three days */
	/* not kept over a restart: */
	bool is_looking;
	mono_t look;	   /* when the next one is due; while one is under way: when it began */
	unsigned failures; /* looks in a row */
};

enum canary_turn {
	CANARY_WAIT,
	CANARY_MAKE, /* canary_make(), keep the state, send, then say how that went */
	CANARY_LOOK, /* look for canary.nonce, then canary_looked() */
};

/* What there is to do; CANARY_WAIT: `ret_wake` says until when at the latest. */
enum canary_turn canary_advance(struct canary *canary, const struct canary_rule *rule,
				struct now now, mono_t *ret_wake);
/* A new one, with this nonce. It must not be sent before its state is kept. */
void canary_make(struct canary *canary, const char *nonce, struct now now);
/* How the attempts to hand it in have ended. */
enum canary_sent {
	CANARY_ACCEPTED,
	CANARY_IN_DOUBT, /* nobody knows: if it comes that is good, if not that says nothing */
	CANARY_NOT_SENT,
};
void canary_sent(struct canary *canary, enum canary_sent sent, struct now now);

enum canary_look {
	CANARY_SEEN,
	CANARY_ABSENT,	   /* the mailbox was searched, and it is not there */
	CANARY_NOT_LOOKED, /* the mailbox could not be reached, or does not let us in */
};
enum canary_news {
	CANARY_NO_NEWS,
	CANARY_CAME,
	CANARY_CAME_AGAIN,  /* after others that were lost */
	CANARY_IS_LOST,	    /* the first one */
	CANARY_IS_LOST_TOO, /* as the one before */
	CANARY_UNSEEN,	    /* the mailbox could not be read, for the first time in a row */
	CANARY_UNSEEN_LONG, /* for three days */
};
enum canary_news canary_looked(struct canary *canary, const struct canary_rule *rule,
			       enum canary_look look, struct now now);

/*
 * State as versioned text. `shift` is what must be added to its monotonic times (0 within one
 * boot). What had been made and was not known to have left is looked for, and never sent again.
 * -EBADMSG: not ours, or not whole; then nothing was taken.
 */
void canary_write(const struct canary *canary, struct buf *to);
int canary_read(struct canary *canary, const char *text, usec_t shift, struct now now);

/* What people and programs are shown of it. */
struct canary_view {
	bool is_wanted; /* one is configured */
	enum canary_state {
		CANARY_STATE_WAITING, /* none has come yet, and none was lost */
		CANARY_STATE_OK,
		CANARY_STATE_LOST,
		CANARY_STATE_UNSEEN,
	} state;
	char nonce[CANARY_NONCE_MAX]; /* of the last one */
	wall_t lost, found, unseen;
	usec_t delay;		      /* of the one that was found; only with `found` */
	char words[CANARY_WORDS_MAX]; /* of whoever keeps us from looking; foreign text */
};

struct canary_view canary_view(const struct canary *canary);
const char *canary_state_name(enum canary_state state); /* "lost" */

#endif
