/*
 * receiver_keys.c - tokens and what they open.
 *
 * Owns the tokens' digests; tokens are compared by SHA-256 and in constant
 * time, never as text, and never shown. A token opens one hook or one job. Watchdogs that
 * share a hook are told apart by their labels, and each counts only what came
 * with its own token.
 */
#include "io/receiver_keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io/digest.h"
#include "io/payload.h"

struct key {
	bool is_set; /* an empty token opens nothing */
	uint8_t digest[DIGEST_BYTES];
};

struct keys {
	const struct plan *plan;
	struct key metrics;
	size_t n;
	struct key key[]; /* of plan->watchdogs, then of the plan's pings */
};

static struct key key_of(const char *token)
{
	struct key key = { .is_set = token && token[0] };

	if (key.is_set)
		digest_sha256(token, strlen(token), key.digest);
	return key;
}

static uint32_t first_ping(const struct plan *plan)
{
	return (uint32_t)(plan->targets_n - plan->pings_n);
}

struct keys *keys_new(const struct plan *plan)
{
	size_t n = plan->watchdogs_n + plan->pings_n;
	struct keys *keys = calloc(1, sizeof *keys + n * sizeof keys->key[0]);

	if (!keys)
		return NULL;
	keys->plan = plan;
	keys->n = plan->watchdogs_n;
	keys->metrics = key_of(plan->listen.metrics_token);
	for (size_t i = 0; i < keys->n; i++)
		keys->key[i] = key_of(plan->watchdogs[i].token);
	for (size_t i = 0; i < plan->pings_n; i++)
		keys->key[keys->n + i] = key_of(plan->targets[first_ping(plan) + i].ping->token);
	return keys;
}

void keys_free(struct keys *keys)
{
	free(keys);
}

/* ---- what was presented ---- */

static int base64_value(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* In place of `max` bytes at most. The length, or -1: not base64. */
static ssize_t base64_read(const char *text, char *to, size_t max)
{
	unsigned bits = 0, have = 0;
	size_t n = 0;

	for (; *text && *text != '='; text++) {
		int value = base64_value(*text);

		if (value < 0 || n == max)
			return -1;
		bits = (bits << 6 | (unsigned)value) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			to[n++] = (char)(bits >> have & 0xff);
		}
	}
	return strspn(text, "=") == strlen(text) ? (ssize_t)n : -1;
}

/* "user:password": any user, the password is the token. */
static bool basic_read(const char *credentials, struct keys_token *ret)
{
	size_t max = strlen(credentials);
	char *plain = malloc(max + 1);
	bool is_fine = false;

	if (!plain)
		return false;
	ssize_t n = base64_read(credentials, plain, max);
	const char *colon = n > 0 ? memchr(plain, ':', (size_t)n) : NULL;

	if (colon) {
		digest_sha256(colon + 1, (size_t)(plain + n - colon - 1), ret->digest);
		is_fine = true;
	}
	free(plain);
	return is_fine;
}

/* The credentials behind the scheme's name; NULL: another scheme. */
static const char *scheme_skip(const char *authorization, const char *scheme)
{
	size_t n = strlen(scheme);

	if (strncasecmp(authorization, scheme, n) != 0 || authorization[n] != ' ')
		return NULL;
	authorization += n;
	return authorization + strspn(authorization, " ");
}

bool keys_token_read(const char *authorization, struct keys_token *ret, const char **ret_why)
{
	if (!authorization) {
		*ret_why = "no token: send Authorization: Bearer TOKEN";
		return false;
	}
	const char *bearer = scheme_skip(authorization, "Bearer");
	const char *basic = scheme_skip(authorization, "Basic");

	if (bearer) {
		digest_sha256(bearer, strcspn(bearer, " "), ret->digest);
		return true;
	}
	if (basic && basic_read(basic, ret))
		return true;
	*ret_why = basic ? "broken credentials: Basic needs base64 of USER:TOKEN"
			 : "wrong scheme: send Bearer TOKEN, or Basic with the token as password";
	return false;
}

/* ---- what it opens ---- */

static bool key_fits(const struct key *key, const struct keys_token *token)
{
	bool is_equal = digest_equal(key->digest, token->digest);

	return key->is_set && is_equal;
}

static bool hook_is(const struct keys *keys, size_t i, const char *hook)
{
	return strcmp(keys->plan->watchdogs[i].hook, hook) == 0;
}

bool keys_has_hook(const struct keys *keys, const char *hook)
{
	for (size_t i = 0; i < keys->n; i++)
		if (hook_is(keys, i, hook))
			return true;
	return false;
}

bool keys_opens(const struct keys *keys, const char *hook, const struct keys_token *token)
{
	unsigned opened = 0;

	for (size_t i = 0; i < keys->n; i++)
		opened |=
			(unsigned)key_fits(&keys->key[i], token) & (unsigned)hook_is(keys, i, hook);
	return opened != 0;
}

bool keys_opens_metrics(const struct keys *keys, const struct keys_token *token)
{
	return key_fits(&keys->metrics, token);
}

uint32_t keys_find_ping(const struct keys *keys, const char *name, size_t n)
{
	const struct plan *plan = keys->plan;

	for (uint32_t i = first_ping(plan); i < plan->targets_n; i++)
		if (strlen(plan->targets[i].name) == n &&
		    memcmp(plan->targets[i].name, name, n) == 0)
			return i;
	return NONE_INDEX;
}

bool keys_opens_ping(const struct keys *keys, uint32_t target, const struct keys_token *token)
{
	return key_fits(&keys->key[keys->n + target - first_ping(keys->plan)], token);
}

static void count_say(struct keys_count *count)
{
	count->status = 200;
	snprintf(count->line, sizeof count->line, "%s",
		 count->firing	   ? "counted"
		 : count->resolved ? "noted: resolved"
				   : "ignored: no firing Watchdog");
}

void keys_count(const struct keys *keys, const char *hook, const struct keys_token *token,
		const char *body, size_t n,
		enum family by, keys_beat_fn *on_beat, void *ctx, struct keys_count *ret)
{
	char fault[200] = "";
	struct payload *payload = payload_parse(body, n, fault, sizeof fault);

	*ret = (struct keys_count){ .status = 400 };
	if (!payload && errno == ENOMEM) {
		/* Alertmanager sends it again; after a 4xx it would not. */
		ret->status = 503;
		snprintf(ret->line, sizeof ret->line, "no memory; send it again");
		return;
	}
	if (!payload) {
		snprintf(ret->line, sizeof ret->line, "malformed: %s", fault);
		return;
	}
	for (size_t i = 0; i < keys->n; i++) {
		if (!hook_is(keys, i, hook) || !key_fits(&keys->key[i], token))
			continue;
		enum payload_watchdog found =
			payload_find(payload, keys->plan->watchdogs[i].labels);

		ret->firing += found == PAYLOAD_FIRING;
		ret->resolved += found == PAYLOAD_RESOLVED;
		if (found != PAYLOAD_NOTHING)
			on_beat(ctx, (uint32_t)i, found == PAYLOAD_FIRING, by);
	}
	payload_free(payload);
	count_say(ret);
}
