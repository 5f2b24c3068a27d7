/*
 * receiver_keys.h - which token opens which hook or job, and what a body that
 * came with it counts for. For the receiver's files only.
 */
#ifndef IO_RECEIVER_KEYS_H
#define IO_RECEIVER_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/plan.h"

struct keys;

/* Digests of all tokens of the plan, which must live as long. NULL: no memory. */
struct keys *keys_new(const struct plan *plan);
void keys_free(struct keys *keys);

/* What the Authorization field (NULL: absent) holds: true and `token`, else `why` not. */
struct keys_token {
	uint8_t digest[32];
};
bool keys_token_read(const char *authorization, struct keys_token *ret, const char **ret_why);

bool keys_has_hook(const struct keys *keys, const char *hook);
/* Takes the same time whichever token is right, or none. */
bool keys_opens(const struct keys *keys, const char *hook, const struct keys_token *token);
bool keys_opens_metrics(const struct keys *keys, const struct keys_token *token);

/*
 * The index into plan.targets of the job whose name is the first `n` bytes; NONE_INDEX: there is
 * none.
 */
uint32_t keys_find_ping(const struct keys *keys, const char *name, size_t n);
/* Takes the same time whether the token is right or not. */
bool keys_opens_ping(const struct keys *keys, uint32_t target, const struct keys_token *token);

/* A beat for plan.watchdogs[watchdog]; `by`: see engine_beat(). */
typedef void keys_beat_fn(void *ctx, uint32_t watchdog, bool is_firing, enum family by);

/* One body, for all watchdogs of the hook that the token opens. */
struct keys_count {
	int status;
	char line[240]; /* the answer's one line, without its end */
	unsigned firing, resolved;
};
void keys_count(const struct keys *keys, const char *hook, const struct keys_token *token,
		const char *body, size_t n,
		enum family by, keys_beat_fn *on_beat, void *ctx, struct keys_count *ret);

#endif
