/*
 * notice.h - one message to be sent to one recipient, and the text of its file.
 */
#ifndef CORE_NOTICE_H
#define CORE_NOTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/diagnosis.h"
#include "core/incident.h"
#include "shorewatch/plan.h"
#include "shorewatch/time.h"

struct buf;

#define NOTICE_RECIPIENT_MAX 256
#define NOTICE_AFFECTED_MAX 160

enum notice_kind {
	NOTICE_DOWN,	  /* the first of an incident */
	NOTICE_CHANGE,	  /* worse, milder, or more members */
	NOTICE_REPEAT,	  /* still down */
	NOTICE_RECOVERED, /* the last of an incident */
	NOTICE_BLIND,	  /* we could not see from .. to ..; belongs to no incident */
	NOTICE_TEST,
	NOTICE_CERTIFICATE, /* one comes to its end, or was renewed; belongs to no incident:
			       `affected` names targets that show it, `from` and `to` are its
			       validity, `seq` is the step */
	NOTICE_SELF,	    /* about ourselves, see enum self_matter; belongs to no incident */
	NOTICE_WEEK,	    /* the week from `from` to `to`, summed up; belongs to no incident */
	NOTICE_DIGEST,	    /* what the cap held back: `held` and `held_from`; of no incident */
	NOTICE_KINDS,
};

/* What a NOTICE_SELF is about. */
enum self_matter {
	SELF_NONE,
	/* it is broken, the last good copy runs; `detail` names the first fault */
	SELF_CONFIGURATION,
	/* our wall clock is far off; `detail` is how far, in whole seconds: theirs minus ours */
	SELF_CLOCK,
	/* mail cannot leave since `from`; and does again, `to` */
	SELF_MAIL,
	SELF_MAIL_BACK,
	/* the same of the channel that `detail` names */
	SELF_CHANNEL,
	SELF_CHANNEL_BACK,
	/* for ten minutes nothing could be written to our disk */
	SELF_STORAGE,
	/* a relay took the mail canary of `detail`, and it did not arrive; one did at `detail` */
	SELF_CANARY,
	SELF_CANARY_BACK,
	/* since `detail` its mailbox could not be read, for three days */
	SELF_CANARY_UNSEEN,
	SELF_MATTERS,
};

struct notice {
	uint64_t id;		/* of (incident, seq, recipient): making it again is a no-op */
	uint64_t incident;	/* 0: none */
	uint32_t seq;		/* which mail of the incident, from 0 */
	/*
	 * Grows with every mail about incidents that the engine makes: a state knows what was made
	 * before it, whatever the clocks say. 0: of a program that did not count yet, or no
	 * incident's.
	 */
	uint64_t serial;
	enum notice_kind kind;
	enum diagnosis diagnosis;
	bool is_important;	/* first mail of a down */
	bool is_partial;	/* what fails answers by its other family */
	struct now created;
	char recipient[NOTICE_RECIPIENT_MAX];
	char number[INCIDENT_NUMBER_MAX];
	char stack[NAME_TEXT_MAX];
	char host[INCIDENT_HOST_MAX];
	struct now opened;	/* the incident's */
	char affected[NOTICE_AFFECTED_MAX]; /* names of its first members, with commas between */
	wall_t from, to;	/* NOTICE_BLIND, _CERTIFICATE, _WEEK, _SELF */
	/* NOTICE_CERTIFICATE: whose thread it is; renewed: of the old one */
	uint64_t fingerprint;
	uint32_t told;		/* NOTICE_CERTIFICATE: 1 << seq of each earlier mail about it */
	enum self_matter matter; /* NOTICE_SELF */
	char detail[NOTICE_AFFECTED_MAX]; /* NOTICE_SELF: one line */
	/* mails to this recipient that the cap has swallowed since then, told of here; 0: none */
	uint32_t held;
	wall_t held_from;
	wall_t not_before; /* the recipient's quiet hours last until then; unset: at once */
	/* NOTICE_RECOVERED: nothing about it could leave since then, and it tells all; unset: no */
	wall_t merges;
	bool is_drill; /* its outage is pretended: it says so, and no state is made of it */
};

/*
 * What tells one trouble of ours from another: the detail, but not how far a clock is off; never 0.
 */
uint64_t self_key(enum self_matter matter, const char *detail);

/*
 * id = f(cause, seq, recipient), and so the same when it is made again after a
 * crash. The cause is the incident; else the certificate, by its fingerprint;
 * else the matter with its detail and `from`, or day (the same trouble is told at most
 * once a day); the week by its end, a digest by what it begins with; else the
 * time of creation.
 */
uint64_t notice_id(const struct notice *notice);
/*
 * "<incident.seq.recipient@host>", the same for every attempt; `seq` names an earlier one of the
 * thread.
 */
void notice_message_id(const struct notice *notice, uint32_t seq, struct buf *to);
const char *notice_kind_name(enum notice_kind kind);
const char *self_matter_name(enum self_matter matter); /* "configuration" */

/*
 * The file's head: versioned lines "key value", ended by an empty line; the
 * message follows it. Parsing tolerates unknown keys, so that an older program
 * reads a newer one's files.
 */
void notice_write(const struct notice *notice, unsigned attempts, struct buf *to);
/* The head's length in bytes, or -EBADMSG. */
long notice_read(const char *text, size_t n, struct notice *ret, unsigned *ret_attempts);

#endif
