/*
 * post.h - one POST as one attempt: what all kinds of channels share.
 */
#ifndef NOTIFY_POST_H
#define NOTIFY_POST_H

#include "base/buf.h"
#include "notify/answer.h"
#include "shorewatch/auth.h"
#include "shorewatch/notify.h"

/*
 * Filled by a kind, then handed to post_start(), which takes over the buffers
 * and wipes them: what is secret stands in here and nowhere else.
 */
struct post {
	struct buf url;
	struct buf headers;	   /* lines with a NUL behind each: post_header() */
	struct buf body;	   /* empty: the attempt's message as it is */
	const char *ca_file;	   /* NULL: the system's; the channel's own text */
	answer_is_taken *is_taken; /* NULL: the status says it */
};

/* With "Content-Type: application/json" in it. */
void post_prepare(struct post *post);
void post_header(struct post *post, const char *name, const char *value);
/* As an Authorization header. NULL: none. */
void post_auth(struct post *post, const struct auth *auth);
/* As notify_kind.start; `post` is taken over whatever comes of it. */
struct notify_delivery *post_start(const struct notify_attempt *attempt, struct post *post);
bool post_cancel(struct notify_delivery *delivery);

#endif
