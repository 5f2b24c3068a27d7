/*
 * fate_check.h - warnings of shared fate, for `check`.
 */
#ifndef APP_FATE_CHECK_H
#define APP_FATE_CHECK_H

#include "conf/conf.h"

/*
 * Looks up whatever the plan of `generation` needs, for 5 s at most, and warns on standard error
 * of what lives with a target. What could not be looked at is said in one line. Blocks: never in
 * the daemon.
 */
void fate_check(const struct generation *generation);

#endif
