/*
 * recall.h - what a daemon that does not run has left behind: its last state
 * as a model, as of the moment it was saved.
 */
#ifndef APP_RECALL_H
#define APP_RECALL_H

#include "conf/conf.h"
#include "core/engine.h"

struct store;

struct recall {
	struct engine *engine;
	struct store *store; /* for reading */
	struct now at;	     /* when the state was saved */
};

/*
 * From STATE_DIR/history.db, which is not changed. 0 or -errno: -ENOENT: nothing
 * was ever saved; -EBUSY: a daemon has it; -EACCES: not for this user; -EBADMSG:
 * not understood. The generation must outlive it.
 */
int recall_open(const struct generation *generation, struct recall *ret);
void recall_close(struct recall *recall);
/* Valid until the recall is closed. */
void recall_model(struct recall *recall, struct model *ret);

/* Five effects that do nothing: for an engine that is only looked at. */
struct engine_effects effects_none(void);

#endif
