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

bool redirect_is(int status);
/* Moves `hop` on. NULL: fine; else why it is not followed, and `hop` is as it was. */
const char *redirect_follow(struct hop *hop, int status, const char *location);
/* SR-04: credentials and Host are for the origin they were configured for; a body's type for a
 * body. */
bool redirect_keeps_header(const char *name, bool is_same_origin, bool has_body);

#endif
