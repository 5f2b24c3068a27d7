/*
 * stage.h - a pretended cluster in a process of its own: a blog, Misskey, an
 * apiserver and an Alertmanager, on loopback.
 */
#ifndef APP_STAGE_H
#define APP_STAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "shorewatch/time.h"

enum stage_door {
	STAGE_BLOG,
	STAGE_MISSKEY,
	STAGE_APISERVER,
	STAGE_ALERTMANAGER,
	STAGE_REFERENCE,
	STAGE_DOORS
};

struct stage {
	pid_t pid;
	int orders; /* write end of a pipe */
	uint16_t port[STAGE_DOORS];
};

/* Starts it, all up. It ends by itself when the orders' pipe closes. 0 or -errno. */
int stage_start(struct stage *stage);
/* From now on beats go to this port and hook, every `period`. */
void stage_beats(struct stage *stage, uint16_t port, const char *token, usec_t period);
/* Down: every door of the cluster is shut and no beat comes. The references stay. */
void stage_turn(struct stage *stage, bool is_up);
void stage_end(struct stage *stage);

#endif
