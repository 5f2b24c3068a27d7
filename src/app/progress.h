/*
 * progress.h - do we get on? Facts in, what is stuck out.
 */
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include <stdbool.h>

#include "shorewatch/time.h"

struct buf;

struct progress_facts {
	usec_t lag;		/* of this turn */
	/* more probes are due than may run at once: a mass outage, not a fault of ours */
	bool is_crowded;
	/* of the probe that waits longest: beyond twice its interval; 0: none */
	usec_t probe_late;
	usec_t mail_late;	/* of the queue's head: beyond its time; 0: none */
	bool is_listening, has_answered; /* to a request of our own, in this life */
	usec_t listener_silent;	/* since it answered last */
	usec_t disk_age;	/* of the oldest job of the writer */
};

enum stuck {
	STUCK_LOOP = 1 << 0,
	STUCK_PROBES = 1 << 1,
	STUCK_MAIL = 1 << 2,
	STUCK_LISTENER = 1 << 3,
	STUCK_DISK = 1 << 4,
	STUCK_CROWD = 1 << 5, /* late, because everything fails at once */
	STUCK_DEAF = 1 << 6,  /* the listener has never answered to us in this life */
};

/* A set of enum stuck; 0: all is well. */
unsigned progress_judge(const struct progress_facts *facts);
/* A restart may help: systemd is not told that we live. */
bool progress_is_fatal(unsigned stuck);
/* Nobody is told that we live who only watches from afar. */
bool progress_is_unsound(unsigned stuck);
/* "the listener does not answer, the disk does not answer" */
void progress_print(unsigned stuck, struct buf *to);

#endif
