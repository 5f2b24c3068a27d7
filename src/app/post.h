/*
 * post.h - mails told to a person or a program: what waits, what was sent, to
 * whom, and the relay's last word.
 */
#ifndef APP_POST_H
#define APP_POST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/notice.h"

struct buf;
struct courier;
struct spool;

#define POST_REPLY_MAX 480

/* POST_WRITTEN: to an .eml file, because no relay is configured; nobody was told. */
enum post_state {
	POST_STORING,
	POST_WAITING,
	POST_SENDING,
	POST_IN_DOUBT,
	POST_SENT,
	POST_WRITTEN,
	POST_GIVEN_UP,
	POST_MERGED, /* the mail of its incident's end has told of it */
};

struct post_row {
	enum post_state state;
	struct notice notice;
	wall_t at; /* of the last word; of one that waits: the next attempt; unset: not known */
	unsigned attempts;
	char reply[POST_REPLY_MAX]; /* "" none yet */
};

/* Collected, then written once. */
struct post {
	struct post_row *rows;
	size_t n, room;
	bool has_failed; /* no memory: some are missing */
};

void post_init(struct post *post);
void post_done(struct post *post);
/* What the running courier knows; from memory. */
void post_add_courier(struct post *post, const struct courier *courier, struct now now);
/* What the ring remembers; blocks: on the worker. */
void post_add_sent(struct post *post, const struct spool *spool);
/* Both from the folder, while no daemon runs. 0 or -errno. */
int post_add_folder(struct post *post, const char *outbox);
/* Waiting ones first, oldest first, then the newest sent ones. `is_json`: shorewatch.mails/1. */
void post_write(struct post *post, bool is_json, struct buf *to);
/* The oldest one that waits was made before `since`. */
bool post_has_older(const struct post *post, wall_t since);

#endif
