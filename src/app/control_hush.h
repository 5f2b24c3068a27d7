/*
 * control_hush.h - what `silence` and the daemon must agree on.
 */
#ifndef APP_CONTROL_HUSH_H
#define APP_CONTROL_HUSH_H

#include "shorewatch/time.h"

/* Longer ones are forgotten, and with them the target. */
#define SILENCE_MAX (30 * USEC_PER_DAY)
#define SILENCE_TOO_LONG                                                                           \
	"a silence lasts 30 days at most; for planned work put a window into the configuration, "  \
	"and what need not be watched, take out of it"

#endif
