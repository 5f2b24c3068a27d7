/*
 * witness.h - one bounded question over HTTP that is answered in JSON, for the
 * kinds that ask about a Watchdog.
 *
 * A witness is asked once, never redirected, and its answer is read whole or
 * not at all. What the answer says is the kind's; what it means the engine's.
 */
#ifndef PROBES_WITNESS_H
#define PROBES_WITNESS_H

#include <stdbool.h>
#include <stddef.h>

#include "http_url.h"
#include "shorewatch/auth.h"
#include "shorewatch/option.h"
#include "shorewatch/probe.h"
#include "tries.h"

struct json;

#define WITNESS_BODY_MAX (1 << 20) /* bytes of an answer; a list of 1,000 alerts is 700 kB */
#define WITNESS_LINE_MAX (AUTH_HEADER_MAX + 16)

/* The same for every witness; its option rows are WITNESS_OPTIONS. */
struct witness_params {
	const char *url; /* of the server; a path in it is a prefix, as with --web.route-prefix */
	struct pairs labels;	 /* that the alert must carry */
	const struct auth *auth; /* NULL: none */
	const char *ca_file;
};

#define WITNESS_OPTIONS(what)                                                                      \
	{ .name = "url",                                                                           \
	  .type = OPTION_STRING,                                                                   \
	  .offset = offsetof(struct witness_params, url),                                          \
	  .is_required = true,                                                                     \
	  .help = "of the " what ", with its path prefix if it has one" },                         \
		{ .name = "labels",                                                                \
		  .type = OPTION_PAIRS,                                                            \
		  .offset = offsetof(struct witness_params, labels),                               \
		  .help = "labels that the Watchdog alert must carry" },                           \
		{ .name = "auth",                                                                  \
		  .type = OPTION_AUTH,                                                             \
		  .offset = offsetof(struct witness_params, auth),                                 \
		  .help = "who we are to it" },                                                    \
		{ .name = "ca_file",                                                               \
		  .type = OPTION_PATH,                                                             \
		  .offset = offsetof(struct witness_params, ca_file),                              \
		  .help = "certificates to trust instead of the system's" },                       \
	{                                                                                          \
		.name = NULL                                                                       \
	}

struct witness_run {
	struct probe_run *run;
	const char *question;
	/* A whole answer with status 200: fills seen, returns how the run has ended. */
	enum cause (*on_answer)(struct probe_run *run, const struct json *answer);
	struct url url;
	struct tries tries;
	struct io_query *query;
	struct io_exchange *exchange;
	char line[WITNESS_LINE_MAX]; /* Authorization */
	const char *lines[4];
	char date[64];
	char *body; /* owned */
	size_t body_n, body_room;
	bool is_cut;
};

/* probe_kind.check and .endpoint of every witness. */
bool witness_check(void *params, struct option_fault *fault);
const char *witness_endpoint(const void *params);

/* Ask `question`, a path with its query, from run->scratch, a struct witness_run. */
void witness_ask(struct probe_run *run, const char *question,
		 enum cause (*on_answer)(struct probe_run *run, const struct json *answer));
void witness_cancel(struct probe_run *run);

void witness_note(struct probe_run *run, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
