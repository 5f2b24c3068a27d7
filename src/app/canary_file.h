/*
 * canary_file.h - the state of the mail canary as a file of the state directory,
 * read and written by the worker. Apart from the history, for without one the
 * canary goes on, and nothing leaves before its state is on the disk.
 */
#ifndef APP_CANARY_FILE_H
#define APP_CANARY_FILE_H

#include "core/canary.h"

struct canary_file;
struct worker;

/* Begins to read it. NULL: no memory. Freed after the worker. */
struct canary_file *canary_file_new(struct worker *worker, const char *state_dir);
void canary_file_free(struct canary_file *file);
/* False: it is still being read. Once true, `ret` is as it was kept, or as if there was none. */
bool canary_file_take(struct canary_file *file, struct now now, struct canary *ret);
/* Keep this; what was to be kept before it and is not yet, is passed over. */
void canary_file_keep(struct canary_file *file, const struct canary *canary, struct now now);
/* All that was to be kept is on the disk. `ret_error`: the last -errno when it could not be; 0. */
bool canary_file_is_kept(const struct canary_file *file, int *ret_error);

#endif
