/*
 * canary_run.h - the mail canary in the daemon: made, sent, looked for, told.
 */
#ifndef APP_CANARY_RUN_H
#define APP_CANARY_RUN_H

#include "conf/conf.h"
#include "core/canary.h"
#include "core/engine.h"
#include "shorewatch/io.h"

struct canary_run;
struct worker;

/* NULL: no memory. Freed after the worker and before io. */
struct canary_run *canary_run_new(struct io *io, struct worker *worker, const char *state_dir);
/* What is under way is cancelled; its state says that it may have left. NULL is fine. */
void canary_run_free(struct canary_run *run);
/* Every turn. What people must know is told by the engine. Returns when to be called next. */
mono_t canary_run_advance(struct canary_run *run, struct generation *generation,
			  struct engine *engine, struct now now);
struct canary_view canary_run_view(const struct canary_run *run, const struct plan *plan);
/* Nothing more is begun. */
void canary_run_stop(struct canary_run *run);

#endif
