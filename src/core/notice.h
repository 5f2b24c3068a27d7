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
	NOTICE_KINDS,
};

struct notice {
	uint64_t id;		/* of (incident, seq, recipient): making it again is a no-op */
	uint64_t incident;	/* 0: none */
	uint32_t seq;		/* which mail of the incident, from 0 */
	enum notice_kind kind;
	enum diagnosis diagnosis;
	bool is_important;	/* first mail of a down */
	struct now created;
	char recipient[NOTICE_RECIPIENT_MAX];
	char number[INCIDENT_NUMBER_MAX];
	char stack[NAME_TEXT_MAX];
	char host[INCIDENT_HOST_MAX];
	struct now opened;	/* the incident's */
	char affected[NOTICE_AFFECTED_MAX]; /* names of its first members, with commas between */
	wall_t from, to;	/* NOTICE_BLIND */
};

/* id = f(incident, seq, recipient); for notices without an incident `created` takes its part. */
uint64_t notice_id(const struct notice *notice);
/* "<incident.seq.recipient@host>", the same for every attempt; `seq` names an earlier one of the thread. */
void notice_message_id(const struct notice *notice, uint32_t seq, struct buf *to);
const char *notice_kind_name(enum notice_kind kind);

/*
 * The file's head: versioned lines "key value", ended by an empty line; the
 * message follows it. Parsing tolerates unknown keys, so that an older program
 * reads a newer one's files.
 */
void notice_write(const struct notice *notice, unsigned attempts, struct buf *to);
/* The head's length in bytes, or -EBADMSG. */
long notice_read(const char *text, size_t n, struct notice *ret, unsigned *ret_attempts);

#endif
