/*
 * courier_look.h - the oldest of the notices that lie on the disk and are
 * not known: a job of the worker's.
 */
#ifndef APP_COURIER_LOOK_H
#define APP_COURIER_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/notice.h"

struct looked {
	struct notice notice;
	bool is_inflight;
	char *message; /* taken over by setting it to NULL */
	size_t n;
};

struct look {
	uint64_t *known; /* in order */
	size_t known_n;
	size_t wanted;
	struct looked *found;
	size_t found_n;
	size_t all; /* unknown ones that lie there, found or not */
	bool is_short; /* there was no memory for them; then nothing is found */
};

/* For `known_n` ids, still to be filled in, and so many notices. NULL: no memory. */
struct look *look_new(size_t known_n, size_t wanted);
void look_free(struct look *look);
/* Reads all that lies in the outbox `dir`. 0 or -errno. */
int look_run(struct look *look, const char *dir);

#endif
