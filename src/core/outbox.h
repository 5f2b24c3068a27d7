/*
 * outbox.h - when to try to deliver which notice.
 *
 * Owns the delivery state of every notice that is not final. Pure: no clock,
 * no disk, no network. The app stores, sends and reports back.
 */
#ifndef CORE_OUTBOX_H
#define CORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "core/notice.h"

/* Notices that wait at once: a relay that is dead for a week, beside a site that comes and goes. */
#define OUTBOX_MAX 4096
/* attempts at once: one relay that hangs must not hold up everybody */
#define OUTBOX_AT_ONCE 8
#define OUTBOX_LIFE (7 * USEC_PER_DAY) /* then it is given up, with a record */

enum outbox_state {
	OUTBOX_FREE,
	/* not durable yet: nothing is sent before it is, or is known not to become so */
	OUTBOX_STORING,
	OUTBOX_WAITING,
	OUTBOX_SENDING,
};

enum outbox_result {
	OUTBOX_ACCEPTED,
	OUTBOX_LATER,	  /* whoever was asked says so: its own time is kept */
	OUTBOX_REFUSED,
	OUTBOX_IN_DOUBT,
	OUTBOX_UNREACHED, /* later, and nobody has said a word: due as soon as others are served */
};

/* What holds a mail back. */
enum outbox_hold {
	HOLD_NONE, /* it was not tried yet */
	HOLD_UNREACHED,
	HOLD_PUT_OFF,
	HOLD_REFUSED,
	HOLD_IN_DOUBT,
};

struct outbox_entry {
	enum outbox_state state;
	struct notice notice;
	bool is_durable, is_in_doubt, is_accepted;
	/* found on the disk as handed over: a relay may have taken it, nobody knows which */
	bool may_be_there;
	bool is_refused;   /* in the last round every relay answered with a 5xx */
	bool is_shunned;   /* and others were served shortly before: it is this recipient's own */
	mono_t added, finished; /* when it came in; when its last attempt ended */
	unsigned attempts; /* finished rounds over all routes */
	unsigned route;	   /* which relay the next attempt takes */
	unsigned refusals; /* of relays, in this round; */
	unsigned words;	   /* so many of them said anything, */
	unsigned passed;   /* and so many were not to be asked */
	bool is_unreached; /* in the last round none said a word */
	mono_t next;
	/* the mail before it of the same incident and recipient, that waits as well; NULL: none */
	struct outbox_entry *before;
	/* of the same incident and recipient: its end, that tells of it as well; NULL: none */
	struct outbox_entry *end;
	char reply[200];   /* the last word of a relay, for the page and `mails` */
};

struct outbox {
	struct outbox_entry entries[OUTBOX_MAX];
	size_t n;
	size_t used;	 /* beyond these entries all are free, and their memory is untouched */
	mono_t accepted; /* when a relay last took anything for anybody */
};

/* `o` is all zero, or was in use: memory that no notice has needed yet is not touched. */
void outbox_init(struct outbox *o);
/*
 * A new notice, OUTBOX_STORING; or one found on the disk at start, OUTBOX_WAITING
 * and tried at once. NULL: known already, or the outbox is full.
 */
struct outbox_entry *outbox_add(struct outbox *o, const struct notice *notice, bool is_found,
				bool is_in_doubt, struct now now);
struct outbox_entry *outbox_find(struct outbox *o, uint64_t id);
/* The disk has answered; a notice that could not be stored is sent from memory. */
void outbox_stored(struct outbox_entry *entry, bool is_durable, struct now now);
/*
 * The next notice to attempt now, OUTBOX_SENDING from here on; NULL: none. Call until NULL. What
 * was never tried goes first, then what has been due for longest, then the oldest.
 */
struct outbox_entry *outbox_next(struct outbox *o, struct now now);
/*
 * How the attempt ended. True: final (accepted, or its life is over), the caller records and
 * releases it.
 */
bool outbox_finish(struct outbox_entry *entry, enum outbox_result result, unsigned routes,
		   const char *reply, struct now now);
/*
 * Its relay is to be left alone until then and was not asked: the next one is, or, when that holds
 * for all of them, it waits without having made an attempt. In doubt it counts as one, so that it
 * is not bound for ever. `why`: for people, "" leaves the last word. True: final, as above.
 */
bool outbox_pass(struct outbox_entry *entry, unsigned routes, const char *why, mono_t until,
		 struct now now);
/* Its turn was too early, nothing else has changed: it comes again then. */
void outbox_not_yet(struct outbox_entry *entry, mono_t until);
/*
 * What could reach nobody may reach somebody now (another configuration): due at once. `is_by_others`:
 * other relays will be asked, or in another name, so that a mail that was refused is asked for again.
 */
void outbox_recall(struct outbox *o, bool is_by_others, struct now now);
/* Nobody can take it any more: final, the caller records and releases it. */
void outbox_give_up(struct outbox_entry *entry, const char *why, struct now now);
/* Whoever was asked wants to be left alone until then. */
void outbox_put_off(struct outbox_entry *entry, mono_t until);
/* After an acceptance, what could reach nobody by the same way is due at once. */
void outbox_release(struct outbox *o, struct outbox_entry *entry);
/* To an address; else to a channel. */
bool outbox_is_mail(const struct notice *notice);
/* Made before the other one, by the engine's own count where both have it. */
bool outbox_is_older(const struct notice *a, const struct notice *b);
/* The one made last of those that wait for their turn; NULL: none does. */
struct outbox_entry *outbox_newest(struct outbox *o);
mono_t outbox_wake(const struct outbox *o);
/* How many wait, and since when the oldest of those that are mails: to an address, not a channel. */
size_t outbox_waiting(const struct outbox *o, wall_t *ret_oldest);
/* Since when the oldest to `recipient` waits; it counts from the end of his quiet hours. */
wall_t outbox_oldest(const struct outbox *o, const char *recipient);
/* Of the mail that has waited for longest. */
enum outbox_hold outbox_hold(const struct outbox *o);
/* "unreached", "put-off", "refused", "in-doubt"; NULL of HOLD_NONE. */
const char *outbox_hold_name(enum outbox_hold hold);
/* The pause before the next attempt after `attempts` failed ones. */
usec_t outbox_pause(unsigned attempts);

/* merge.c */
/* Of one incident, to one recipient, and made before the other one. */
bool outbox_precedes(const struct notice *a, const struct notice *b);
/*
 * `notice`, which is about to be written, is to tell what waits of its incident as well: since when
 * the DOWN does. Unset: what waits is told by itself.
 */
wall_t outbox_merges(const struct outbox *o, const struct notice *notice, struct now now);
/* It waits for nothing but the end of its incident to be accepted. */
bool outbox_is_told_by_end(const struct outbox_entry *entry);
/*
 * The next one that `end`, which was accepted, has told of: final, the caller records and releases
 * it before the end itself. NULL: none is left.
 */
struct outbox_entry *outbox_told_by(struct outbox *o, const struct notice *end);
void outbox_link_end(struct outbox *o, struct outbox_entry *entry);
void outbox_unlink_end(struct outbox *o, const struct outbox_entry *entry);

#endif
