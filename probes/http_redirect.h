/*
 * http_redirect.h - where an answer sends us, and what goes along. Pure.
 */
#ifndef PROBES_HTTP_REDIRECT_H
#define PROBES_HTTP_REDIRECT_H

#include <stdbool.h>

#include "http_params.h"
#include "http_url.h"

/* What the next request is made of. */
struct hop {
	struct url url;
	enum http_method method;
	bool has_body;
};

/* The requests of a run, so that a loop can be told from a long way. */
struct trail {
	uint64_t seen[32]; /* hashes */
	size_t n;
	bool is_loop; /* one of them came twice */
};

bool redirect_is(int status);
/* Moves `hop` on. NULL: fine; else why it is not followed, and `hop` is as it was. */
const char *redirect_follow(struct hop *hop, int status, const char *location);
/* SR-04: credentials and cookies are for the origin they were configured for; a body's type is for
 * a body. */
bool redirect_keeps_header(const char *name, bool is_same_origin, bool has_body);
void trail_begin(struct trail *trail);
void trail_add(struct trail *trail, const struct hop *hop);

#endif
