/*
 * fate_gather.h - what a plan holds of ours and of targets, each with the host
 * it needs.
 */
#ifndef APP_FATE_GATHER_H
#define APP_FATE_GATHER_H

#include "app/fate.h"
#include "app/fate_look.h"
#include "conf/conf.h"

struct arena;

/* Nothing is asked yet; `look` knows what is wanted. All of it lives in `arena`. */
struct fate fate_gather(const struct generation *generation, struct fate_look *look,
			struct arena *arena);

#endif
