/*
 * drill_plan.h - what a drill's engine watches, and whom it tells.
 */
#ifndef APP_DRILL_PLAN_H
#define APP_DRILL_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"

#define DRILL_NAME "drill" /* of its stack and its target */

struct drill_plan {
	struct plan plan; /* refers to all below: not to be copied */
	struct stack_plan stack;
	struct target_plan target;
	struct channel_plan *channels; /* the addresses of mail.to, told at once and of everything */
	struct generation *real;      /* held: its mail section is the drill's, too */
	struct generation *pretended; /* holds the probe's parameters */
};

/* One target, a TCP connection to 127.0.0.1:`port`. False: no memory. */
bool drill_plan_init(struct drill_plan *p, struct generation *real, uint16_t port);
void drill_plan_done(struct drill_plan *p);

#endif
