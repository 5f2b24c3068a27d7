/*
 * get.h - one small GET at a time whose answer is only counted: our own
 * listener asked by ourselves, and the heartbeat to whoever watches us.
 */
#ifndef APP_GET_H
#define APP_GET_H

#include <stdbool.h>

#include "shorewatch/io.h"

struct get;

struct get_result {
	struct outcome outcome; /* CAUSE_PASS: a whole answer came, whatever its status */
	int status;
	bool is_reached;
};

typedef void get_on_done(void *ctx, const struct get_result *result);

/* NULL: no memory. on_done comes once for each get_start(), perhaps before it returns. */
struct get *get_new(struct io *io, get_on_done *on_done, void *ctx);
/* What is under way is cancelled without a word. NULL is fine. */
void get_free(struct get *get);
/*
 * `url` must live until on_done; `at` is where to connect, NULL: its host is
 * looked up. Not while one is under way. Redirects are not followed.
 */
void get_start(struct get *get, const char *url, const struct address *at, usec_t patience);
bool get_is_busy(const struct get *get);
/* Ends what has taken too long; returns when to be called next. */
mono_t get_advance(struct get *get, struct now now);

#endif
