/*
 * panel.c - each of our name servers by itself, once one of them has denied a
 * name.
 *
 * One that is broken, or lies, must not bring a site down: what counts is what
 * two of them say, or the only one that says anything (DECISIONS 2). c-ares
 * does not tell who gave an answer, so all are asked, the one we have heard as
 * well; what each says is evidence besides. Nothing here happens as long as
 * names have addresses.
 *
 * Values: 1 s is ten times what a server near us takes, and leaves most of the
 * time to connect for the last good address. Two that deny it, or one that does
 * and one that knows it, are not kept waiting for a third.
 */
#include <stdlib.h>
#include <string.h>

#include "io/loop.h"
#include "io/names.h"
#include "io/query_parts.h"

#define HEARING_US (1 * USEC_PER_SEC)

/* What one server says of one family. */
struct voice {
	struct half half;
	struct address address[IO_ADDRESSES_MAX];
	size_t n;
};

struct hearing {
	enum cause denial;
	struct voice voices[PANEL_MAX][HALVES];
	struct io_word words[PANEL_MAX];
	size_t n;
};

/* ---- one server ---- */

static bool is_denial(enum cause cause)
{
	return cause == CAUSE_NXDOMAIN || cause == CAUSE_SERVFAIL || cause == CAUSE_NODATA;
}

static bool has_ended(const struct voice *voice)
{
	return !voice->half.is_wanted || voice->half.is_done;
}

/* RESOLVER: nothing of use, or not yet. */
static enum cause word_of(const struct voice voices[HALVES])
{
	const struct half halves[HALVES] = { voices[HALF_V4].half, voices[HALF_V6].half };
	enum cause cause;

	if (voices[HALF_V4].n + voices[HALF_V6].n > 0)
		return CAUSE_PASS;
	cause = halves_cause(halves);
	return is_denial(cause) ? cause : CAUSE_RESOLVER;
}

/* A name that does not exist has nothing of the other family either. */
static bool is_final(const struct voice voices[HALVES])
{
	return (has_ended(&voices[HALF_V4]) && has_ended(&voices[HALF_V6])) ||
	       word_of(voices) == CAUSE_NXDOMAIN;
}

/* ---- all of them ---- */

static bool is_decided(const struct hearing *hearing)
{
	size_t ended = 0, denials = 0, known = 0;

	for (size_t i = 0; i < hearing->n; i++) {
		if (!is_final(hearing->voices[i]))
			continue;
		known += word_of(hearing->voices[i]) == CAUSE_PASS;
		denials += is_denial(word_of(hearing->voices[i]));
		ended++;
	}
	return denials >= 2 || (denials > 0 && known > 0) || ended == hearing->n;
}

/* From inside the library: only take note. */
static void voice_heard(void *ctx, enum cause cause, const struct address *addresses, size_t n)
{
	struct voice *voice = ctx;
	struct io_query *query = voice->half.query;

	voice->half.is_done = true;
	voice->half.cause = cause;
	voice->n = n;
	memcpy(voice->address, addresses, n * sizeof(addresses[0]));
	query->is_ready = query->is_ready || is_decided(query->hearing);
}

static struct channel *channel_to(struct resolver *resolver, size_t i, const struct address *server)
{
	if (resolver->panel[i] == NULL)
		resolver->panel[i] =
			channel_new_exact(resolver->io, server, resolver_settle, resolver);
	return resolver->panel[i];
}

struct channel *panel_channel(struct resolver *resolver, unsigned turn, struct address *ret_server)
{
	struct address servers[PANEL_MAX];
	size_t n = channel_servers(resolver->channel, servers, PANEL_MAX);

	if (n < 2)
		return NULL;
	*ret_server = servers[turn % n];
	return channel_to(resolver, turn % n, ret_server);
}

static void voice_ask(struct voice *voice, struct channel *channel, enum family family)
{
	if (voice->half.is_wanted &&
	    (channel == NULL || channel_ask(channel, voice->half.query->host, family, voice_heard,
					    voice, &voice->half.question) < 0))
		voice_heard(voice, CAUSE_RESOLVER, voice->address, 0);
}

static void server_ask(struct io_query *query, size_t i)
{
	struct hearing *hearing = query->hearing;
	struct channel *channel = channel_to(query->resolver, i, &hearing->words[i].server);

	voice_ask(&hearing->voices[i][HALF_V4], channel, FAMILY_IPV4);
	voice_ask(&hearing->voices[i][HALF_V6], channel, FAMILY_IPV6);
}

/* All seats are filled before anybody is asked: a reply may come at once. */
static struct hearing *hearing_new(struct io_query *query, const struct address *servers, size_t n)
{
	struct hearing *hearing = calloc(1, sizeof(*hearing));

	if (hearing == NULL)
		return NULL;
	hearing->n = n;
	for (size_t i = 0; i < n; i++) {
		hearing->words[i].server = servers[i];
		for (int half = HALF_V4; half <= HALF_V6; half++)
			hearing->voices[i][half].half = (struct half){
				.query = query, .is_wanted = query->halves[half].is_wanted
			};
	}
	return hearing;
}

bool hearing_begin(struct io_query *query, enum cause denial)
{
	struct address servers[PANEL_MAX];
	size_t n = channel_servers(query->resolver->channel, servers, PANEL_MAX);

	query->hearing = n >= 2 ? hearing_new(query, servers, n) : NULL;
	if (query->hearing == NULL)
		return false;
	query->hearing->denial = denial;
	query->is_ready = false;
	query->due = mono_add(io_now(query->resolver->io).mono, HEARING_US);
	for (size_t i = 0; i < n; i++)
		server_ask(query, i);
	return true;
}

enum cause hearing_denial(const struct hearing *hearing)
{
	return hearing->denial;
}

/* ---- the end ---- */

static void addresses_take(struct io_query *query, const struct voice *voice)
{
	if (voice->n == 0)
		return;
	answer_add(&query->answer, voice->address, voice->n, query->port);
	names_put(query->resolver->names, query->host, voice->address[0].family, voice->address,
		  voice->n);
}

void hearing_judge(struct io_query *query)
{
	struct hearing *hearing = query->hearing;
	struct io_answer *answer = &query->answer;

	answer->cause = hearing->denial;
	for (size_t i = 0; i < hearing->n; i++) {
		hearing->words[i].cause = word_of(hearing->voices[i]);
		if (hearing->words[i].cause != CAUSE_PASS || answer->n > 0)
			continue;
		answer->cause = CAUSE_PASS;
		addresses_take(query, &hearing->voices[i][HALF_V4]);
		addresses_take(query, &hearing->voices[i][HALF_V6]);
	}
	answer->words = hearing->words;
	answer->words_n = hearing->n;
}

void hearing_free(struct hearing *hearing)
{
	if (hearing == NULL)
		return;
	for (size_t i = 0; i < hearing->n; i++) {
		for (int half = HALF_V4; half <= HALF_V6; half++) {
			if (hearing->voices[i][half].half.question != NULL)
				question_abandon(hearing->voices[i][half].half.question);
		}
	}
	free(hearing);
}
