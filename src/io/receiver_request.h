/*
 * receiver_request.h - one request and what is answered to it, without the HTTP
 * library. For the receiver's files only.
 */
#ifndef IO_RECEIVER_REQUEST_H
#define IO_RECEIVER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "io/receiver.h"
#include "io/receiver_files.h"
#include "io/receiver_keys.h"

/* What answers are made from. */
struct house {
	const struct plan *plan;
	struct keys *keys;
	struct receiver_hooks hooks;
	char *page_dir;
	uint64_t report;
	struct receiver_stats stats;
};

struct request {
	struct house *house;
	const char *method, *path; /* without the query */
	bool has_query;
	const struct address *peer;				   /* NULL: unknown */
	const char *(*header)(void *connection, const char *name); /* NULL: absent */
	void *connection;
	/* Its own. */
	bool is_opened; /* a hook, and the token is right */
	bool is_ping;	/* a job calls, and the token is its own */
	struct keys_token token;
	int refused; /* the status of the answer to come; 0: not refused */
	const char *reason;
	size_t seen;
	struct buf body; /* of an opened hook only */
};

struct answer {
	int status;
	const char *type; /* NULL: none */
	struct buf text;
	int fd;		       /* -1: the text; else given away with the answer */
	uint64_t n;	       /* bytes of the file */
	const char *allow;     /* 405 */
	const char *challenge; /* 401 */
	char etag[ETAG_MAX];   /* "": not to be kept at all */
	/* as in page_file */
	bool is_file, is_gzip, is_for_ever, is_for_all;
};

/* The head is here. */
void request_begin(struct request *request);
/* Refused, and the sender waits for our word before it sends the body. */
bool request_is_over(const struct request *request);
/* False: too long. */
bool request_body(struct request *request, const char *bytes, size_t n);
/* The body has ended. buf_done() the text, close the file. */
void request_answer(struct request *request, struct answer *ret);
void request_end(struct request *request);

#endif
