/*
 * recent.h - the runs of the last 24 hours of each check, for its own page.
 *
 * Read from the history once, afterwards what is new with each report: of a
 * hundred checks a day's runs are some MB, and asking for them every 30 s
 * would cost more than all the rest of a report. Of more checks than that
 * (page_target_is_rare()) nothing is kept. On the worker thread only.
 */
#ifndef APP_RECENT_H
#define APP_RECENT_H

#include "app/outputs.h"
#include "render/target.h"

struct recent *recent_new(void); /* NULL: no memory */
void recent_free(struct recent *recent);
/* Another configuration: all is read again. */
void recent_forget(struct recent *recent);
/*
 * What the history tells of a target as of the model's time. Without from->recent, or for too many
 * checks, only the sums of the last day. Without a store nothing: false.
 */
bool recent_past(const struct sources *from, size_t target, struct target_past *ret);

#endif
