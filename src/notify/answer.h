/*
 * answer.h - what an HTTP answer says of a notice: taken, later, refused. Pure.
 */
#ifndef NOTIFY_ANSWER_H
#define NOTIFY_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/io.h"

struct json;

/*
 * Of the body; more is not read. Discord and Telegram answer with the whole message, in which each
 * of 4096 characters may take six bytes.
 */
#define ANSWER_BYTES_MAX (128 * 1024)

struct answer {
	int status;
	const char *body;	 /* terminated; what came of it */
	size_t n;
	const struct json *json; /* the body, where it is JSON; else NULL */
	usec_t retry_after;	 /* by its header; 0: none */
};

/*
 * A status of 2xx alone may be anybody's: a captive portal's, a proxy's. Whether this is the
 * service's own word that it has taken the notice. NULL: its word is the status.
 */
typedef bool answer_is_taken(const struct answer *answer);

/*
 * RFC 9110 15, RFC 6585 4: 2xx that is taken; 408, 425, 429 and 5xx later; anything else refused.
 * The reply kept is the service's own words.
 */
void answer_judge(int status, const char *body, size_t n, usec_t retry_after,
		  answer_is_taken *is_taken, struct io_mail_result *ret);
/* Seconds of a Retry-After header (RFC 9110 10.2.3); a date counts as none. */
usec_t answer_retry_after(const char *value);

#endif
