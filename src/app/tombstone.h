/*
 * tombstone.h - the model of a watcher that was stopped: what was known, and
 * that nothing is known any more.
 */
#ifndef APP_TOMBSTONE_H
#define APP_TOMBSTONE_H

#include "core/model.h"

/* A copy, as of `stopped`; free() releases it. NULL: no memory. */
struct model *tombstone_model(const struct model *model, struct now stopped);

#endif
