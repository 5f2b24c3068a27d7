/*
 * http_body.h - the body of an answer, as it comes, against what is demanded
 * of it.
 *
 * Texts are looked for on the stream and nothing is kept; expressions and JSON
 * need the body whole, and only then it is, up to max_body.
 */
#ifndef PROBES_HTTP_BODY_H
#define PROBES_HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "http_assert.h"
#include "shorewatch/observation.h"

struct http_params;

struct body {
	const struct http_params *params;
	struct search wanted, unwanted;
	size_t n;	   /* seen, at most max_body */
	bool is_cut;	   /* by max_body */
	bool has_no_memory;
	char *kept;	   /* owned; NULL: nothing is kept */
	size_t room;
};

/* Once, before anything else. */
void body_init(struct body *body);
/* Empty for the next answer. */
void body_begin(struct body *body, const struct http_params *params);
/* False: enough. */
bool body_feed(struct body *body, const void *bytes, size_t n);
/* CAUSE_PASS, or why not, with a note that may hold foreign bytes. */
enum cause body_judge(const struct body *body, char note[NOTE_MAX]);
void body_done(struct body *body);

#endif
