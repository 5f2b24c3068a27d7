/*
 * notify.h - the contract between a notifier and the outbox.
 *
 * A notifier makes one attempt to hand one rendered message to one recipient
 * and reports once. When to try, and whether to try again, is not its business.
 */
#ifndef SHOREWATCH_NOTIFY_H
#define SHOREWATCH_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/io.h"
#include "shorewatch/option.h"
#include "shorewatch/plan.h"

struct buf;

/* ---- what is told, to whoever does not read mail ---- */

#define NOTIFY_MEMBERS_MAX 12 /* as many as a mail names */

/* A target or Watchdog that the notice is about. */
struct notify_member {
	const char *name, *title;
	const char *outcome; /* "connect-timeout"; "" where it says nothing */
	const char *reason;  /* for people; "" none */
	int code;	     /* HTTP status; 0: none */
	bool is_failing, is_watchdog;
};

/*
 * One notice in the recipient's language. UTF-8 without controls; every text
 * is one line but `text`, whose lines end in LF. "" rather than NULL. Foreign
 * words stand in it as they came: who writes them escapes them for the place.
 */
struct notify_words {
	enum language language;
	const char *kind;	/* "down" "change" "repeat" "recovered" "blind" ... */
	const char *diagnosis;	/* "stack-down"; the kind's own word where there is none */
	enum notify_level { NOTIFY_DOWN, NOTIFY_WARNING, NOTIFY_UP } level;
	unsigned levels_told;	/* 1 << level of this one and of each before it in the thread */
	uint64_t id;		/* the notice's: the same at every attempt */
	const char *thread;	/* the same for all of one incident or certificate; never "" */
	uint32_t seq;		/* which notice of the thread, from 0 */
	const char *instance;
	const char *incident;	/* "20261121-1"; "" none */
	const char *subject, *lead, *text, *footer;
	const char *stack, *stack_title; /* "" none, or only the implicit one */
	const char *page_url, *runbook_url;
	const struct notify_member *members; /* the first ones */
	size_t members_n, members_all;
	wall_t created, opened, ended; /* unset: none */
	wall_t expires;		       /* of a certificate */
	bool is_important, is_over, is_drill, is_test;
};

/* ---- one attempt ---- */

struct notify_attempt {
	struct io *io;
	const struct plan *plan;
	const char *recipient;
	const char *message;	 /* whole and final: a repeated attempt is byte for byte the same */
	size_t message_bytes;
	unsigned route;		 /* which relay, 0 = the first */
	const void *params;	 /* of a kind: the channel's, until on_done */
	uint64_t id;		 /* of a kind: the notice's, for whoever can tell a repeat by it */
	void (*on_line)(void *ctx, bool is_sent, const char *line, size_t n); /* may be NULL */
	void (*on_done)(void *ctx, const struct io_mail_result *result);
	void *ctx;
};

struct notify_delivery;

struct notifier {
	const char *name;
	/* NULL: on_done was already called. */
	struct notify_delivery *(*start)(const struct notify_attempt *attempt);
	/* True: the content was handed over and nobody will know what became of it. */
	bool (*cancel)(struct notify_delivery *delivery);
};

extern const struct notifier notify_smtp;

/* ---- the kinds of channels ---- */

/*
 * One way of telling other than by mail. The message is written once, when the
 * notice is made, and stays as it is over attempts, restarts and reloads; what
 * is secret, or may change with the configuration, is added at the attempt.
 */
struct notify_kind {
	const char *name;	      /* the group's name in the configuration: "ntfy" */
	const char *summary;	      /* one line for `shorewatch options` */
	const struct option *options; /* ends with a row without a name */
	size_t params_bytes;
	/*
	 * After the options are read: parse and cross-check, into params. False: `fault` is filled.
	 * A secret may be OPTION_SECRET_UNREAD.
	 */
	bool (*check)(void *params, struct option_fault *fault);
	/* Where it leads, for people: scheme and host, never a secret. Points into params. */
	const char *(*endpoint)(const void *params);
	/* The message's final bytes, without a secret. */
	void (*write)(const struct notify_words *words, const void *params, struct buf *to);
	/*
	 * One attempt, which ends by itself within NOTIFY_PATIENCE. NULL: on_done was already
	 * called. result.code is the HTTP status.
	 */
	struct notify_delivery *(*start)(const struct notify_attempt *attempt);
	/* As a notifier's. */
	bool (*cancel)(struct notify_delivery *delivery);
	/*
	 * State, not news: what is open is posted again each minute (app/refresh.c), since the
	 * other side forgets it otherwise.
	 */
	bool is_refreshed;
};

#define NOTIFY_PATIENCE (30 * USEC_PER_SEC)

/* All kinds, in the order of src/notify/kinds.def. */
extern const struct notify_kind *const notify_kinds[];
extern const size_t notify_kinds_n;
/* NULL: no such kind. */
const struct notify_kind *notify_kind_find(const char *name);

#endif
