/*
 * query.c - who asks for a name, how long he waits, and what he is told when
 * nobody answers.
 *
 * The resolver only takes note of replies; askers are told from settle(), so
 * that nobody is ever called from inside the library, and never before
 * io_resolve() has returned.
 *
 * Values: we wait 4 s in all, so that the default connect deadline of 5 s
 * leaves time for the last good address; once the resolvers are known to be
 * silent, 0.3 s is enough for a name that has one, so that also the shortest
 * connect deadline that makes sense (0.5 s) leaves time for it. A and AAAA are
 * asked side by side; once A has brought something, AAAA has 0.2 s left: servers that drop
 * such questions must not make every probe late. In a re-test the one whose turn
 * it is has 1 s to himself. A name that is denied is put
 * to each server by itself before anybody is told, see panel.c.
 */
#include "io/query.h"

#include <stdlib.h>
#include <string.h>

#include "io/loop.h"
#include "io/loop_fd.h"
#include "io/names.h"
#include "io/parts.h"
#include "io/query_parts.h"

#define WAIT_US	       (4 * USEC_PER_SEC)
#define WAIT_SILENT_US (300 * USEC_PER_MS)
#define WAIT_ONE_US    (1 * USEC_PER_SEC)
#define WAIT_SECOND_US (200 * USEC_PER_MS)

/* ---- replies ---- */

void answer_add(struct io_answer *answer, const struct address *addresses, size_t n, uint16_t port)
{
	size_t at = n > 0 && addresses[0].family == FAMILY_IPV4 ? 0 : answer->n;
	size_t room = IO_ADDRESSES_MAX - at, behind = answer->n - at;

	n = n < room ? n : room;
	behind = behind < room - n ? behind : room - n;
	memmove(&answer->address[at + n], &answer->address[at],
		behind * sizeof(answer->address[0]));
	for (size_t i = 0; i < n; i++) {
		answer->address[at + i] = addresses[i];
		answer->address[at + i].port = port;
	}
	answer->n = at + n + behind;
}

static bool is_open(const struct half *half)
{
	return half->is_wanted && !half->is_done;
}

enum cause halves_cause(const struct half halves[HALVES])
{
	const struct half *v4 = &halves[HALF_V4], *v6 = &halves[HALF_V6];
	enum cause cause_v4 = v4->is_done ? v4->cause : CAUSE_RESOLVER;

	if (v4->is_wanted && (cause_v4 != CAUSE_NODATA || !v6->is_wanted))
		return cause_v4;
	return v6->is_done ? v6->cause : CAUSE_RESOLVER;
}

static enum cause cause_of(const struct io_query *query)
{
	return query->answer.n > 0 ? CAUSE_PASS : halves_cause(query->halves);
}

static void half_end(struct half *half, enum cause cause)
{
	struct io_query *query = half->query;

	half->is_done = true;
	half->cause = cause;
	query->is_ready = !is_open(&query->halves[HALF_V4]) && !is_open(&query->halves[HALF_V6]);
	/* IPv4 is what will be used: the other is for when it says no. */
	if (half == &query->halves[HALF_V4] && cause == CAUSE_PASS)
		query->due = mono_min(query->due,
				      mono_add(io_now(query->resolver->io).mono, WAIT_SECOND_US));
}

static void half_replied(void *ctx, enum cause cause, const struct address *addresses, size_t n)
{
	struct half *half = ctx;
	struct io_query *query = half->query;
	struct resolver *resolver = query->resolver;

	if (query->asked.family == FAMILY_ANY)
		resolver->is_silent = cause == CAUSE_RESOLVER;
	answer_add(&query->answer, addresses, n, query->port);
	if (n > 0)
		names_put(resolver->names, query->host, addresses[0].family, addresses, n);
	half_end(half, cause);
}

static void half_ask(struct half *half, struct channel *channel, enum family family)
{
	struct io_query *query = half->query;

	if (half->is_wanted && channel_ask(channel, query->host, family, half_replied, half,
					   &half->question) < 0)
		half_end(half, CAUSE_LOCAL);
}

/* Side by side, so that the second family costs no time. */
static void query_ask(struct io_query *query, struct channel *channel)
{
	query->halves[HALF_V4] =
		(struct half){ .query = query, .is_wanted = query->family != FAMILY_IPV6 };
	query->halves[HALF_V6] =
		(struct half){ .query = query, .is_wanted = query->family != FAMILY_IPV4 };
	half_ask(&query->halves[HALF_V4], channel, FAMILY_IPV4);
	half_ask(&query->halves[HALF_V6], channel, FAMILY_IPV6);
}

static void halves_abandon(struct io_query *query)
{
	for (int i = HALF_V4; i <= HALF_V6; i++) {
		if (query->halves[i].question != NULL)
			question_abandon(query->halves[i].question);
		query->halves[i].question = NULL;
	}
}

/* False: it is not his turn, or there are no others. */
static bool query_ask_one(struct io_query *query, unsigned turn)
{
	struct channel *channel =
		turn > 0 ? panel_channel(query->resolver, turn, &query->asked) : NULL;

	if (channel == NULL)
		return false;
	query->due = mono_add(query->began, WAIT_ONE_US);
	query_ask(query, channel);
	return true;
}

/* ---- answers ---- */

void query_free(struct io_query *query)
{
	halves_abandon(query);
	hearing_free(query->hearing);
	*query->link = query->next;
	if (query->next != NULL)
		query->next->link = query->link;
	free(query);
}

/* The one whose turn it was says nothing: that is no finding, so all are asked. */
static bool query_asks_all(struct io_query *query)
{
	if (query->asked.family == FAMILY_ANY || query->hearing != NULL ||
	    cause_of(query) != CAUSE_RESOLVER)
		return false;
	halves_abandon(query);
	query->asked.family = FAMILY_ANY;
	query->is_ready = false;
	query->due = mono_add(query->began, WAIT_US);
	query_ask(query, query->resolver->channel);
	return true;
}

/* One word against a name is not enough where others can be asked (DECISIONS 2). */
static bool query_is_doubted(struct io_query *query)
{
	enum cause cause = cause_of(query);

	return query->is_asked && query->hearing == NULL &&
	       (cause == CAUSE_NXDOMAIN || cause == CAUSE_SERVFAIL || cause == CAUSE_NODATA) &&
	       hearing_begin(query, cause);
}

/* Our resolvers are silent, which says nothing about the target. */
static void answer_remember(struct io_query *query)
{
	struct io_answer *answer = &query->answer;

	query->resolver->is_stale = true;
	answer->n = names_get(query->resolver->names, query->host, query->family, query->port,
			      answer->address, IO_ADDRESSES_MAX);
	answer->is_remembered = answer->n > 0;
	if (answer->is_remembered)
		answer->cause = CAUSE_PASS;
}

static void query_answer(struct io_query *query)
{
	io_on_answer *on_answer = query->on_answer;
	void *ctx = query->ctx;
	struct hearing *hearing = query->hearing;
	const struct io_word word = { .server = query->asked, .cause = CAUSE_PASS };
	struct io_answer answer;

	if (hearing != NULL)
		hearing_judge(query);
	else if (query->is_asked)
		query->answer.cause = cause_of(query);
	if (query->answer.cause == CAUSE_RESOLVER)
		answer_remember(query);
	answer = query->answer;
	if (hearing == NULL && query->asked.family != FAMILY_ANY && answer.cause == CAUSE_PASS) {
		answer.words = &word;
		answer.words_n = 1;
	}
	query->hearing = NULL; /* its words live until he was told */
	query_free(query);
	on_answer(ctx, &answer);
	hearing_free(hearing);
}

static bool is_late(const struct io_query *query)
{
	return mono_reached(query->due, io_now(query->resolver->io).mono);
}

/* One that is ready or out of patience. */
static struct io_query *query_next(struct resolver *resolver)
{
	struct io_query *query = resolver->queries;

	while (query != NULL && !query->is_ready && !is_late(query))
		query = query->next;
	if (query != NULL && query->is_asked && query->asked.family == FAMILY_ANY &&
	    !query->halves[HALF_V4].is_done &&
	    !query->halves[HALF_V6].is_done)
		resolver->is_silent = true;
	return query;
}

static void resolver_arm(struct resolver *resolver)
{
	mono_t now = io_now(resolver->io).mono, due = MONO_NEVER;
	usec_t wait = resolver_wait(resolver);

	for (const struct io_query *query = resolver->queries; query != NULL; query = query->next)
		due = mono_min(due, query->is_ready ? now : query->due);
	if (wait >= 0)
		due = mono_min(due, mono_add(now, wait));
	io_timer_set(resolver->timer, due);
}

/* From the top after every answer: whoever is told may ask, cancel and change the servers. */
void resolver_settle(void *ctx)
{
	struct resolver *resolver = ctx;
	struct io_query *query;

	while ((query = query_next(resolver)) != NULL) {
		if (!query_asks_all(query) && !query_is_doubted(query))
			query_answer(query);
	}
	resolver_arm(resolver);
}

void resolver_on_due(void *ctx)
{
	struct resolver *resolver = ctx;

	resolver_tick(resolver);
	resolver_settle(resolver);
}

/* ---- queries ---- */

/* A name without a dot may be known on this host; others are always asked for. */
static void query_find_local(struct io_query *query)
{
	const struct channel *channel = query->resolver->channel;
	struct address found[IO_ADDRESSES_MAX];

	if (strchr(query->host, '.') != NULL)
		return;
	if (query->family != FAMILY_IPV6)
		answer_add(&query->answer, found,
			   channel_hosts(channel, query->host, FAMILY_IPV4, found), query->port);
	if (query->family != FAMILY_IPV4)
		answer_add(&query->answer, found,
			   channel_hosts(channel, query->host, FAMILY_IPV6, found), query->port);
	query->is_ready = query->answer.n > 0;
}

static bool host_copy(char to[QUERY_HOST_MAX], const char *host)
{
	size_t n = strlen(host);

	if (n == 0 || n >= QUERY_HOST_MAX)
		return false;
	for (size_t i = 0; i <= n; i++)
		to[i] = (char)(host[i] >= 'A' && host[i] <= 'Z' ? host[i] + ('a' - 'A') : host[i]);
	return true;
}

static void query_start(struct io_query *query, const char *host, unsigned turn)
{
	struct resolver *resolver = query->resolver;
	struct address known;

	if (!host_copy(query->host, host)) {
		query->answer.cause = CAUSE_NXDOMAIN; /* no name is that long, or empty */
		query->is_ready = true;
		return;
	}
	query->due = mono_add(query->began, WAIT_US);
	if (resolver->is_silent &&
	    names_get(resolver->names, query->host, query->family, 0, &known, 1) > 0)
		query->due = mono_add(query->began, WAIT_SILENT_US);
	query_find_local(query);
	query->is_asked = !query->is_ready;
	if (query->is_asked && !query_ask_one(query, turn))
		query_ask(query, resolver->channel);
}

struct io_query *io_resolve_turn(struct io *io, const char *host, uint16_t port, enum family family,
				 unsigned turn, io_on_answer *on_answer, void *ctx)
{
	struct resolver *resolver = io_parts(io)->resolver;
	struct io_answer literal = { .n = 1 };
	struct io_query *query;

	if (address_parse_host(host, port, &literal.address[0])) {
		on_answer(ctx, &literal);
		return NULL;
	}
	query = calloc(1, sizeof(*query));
	if (query == NULL) {
		on_answer(ctx, &(struct io_answer){ .cause = CAUSE_LOCAL });
		return NULL;
	}
	*query = (struct io_query){ .resolver = resolver,
				    .port = port,
				    .family = family,
				    .on_answer = on_answer,
				    .ctx = ctx,
				    .began = io_now(io).mono,
				    .next = resolver->queries,
				    .link = &resolver->queries };
	if (query->next != NULL)
		query->next->link = &query->next;
	resolver->queries = query;
	resolver_review(resolver);
	query_start(query, host, turn);
	resolver_arm(resolver);
	return query;
}

struct io_query *io_resolve(struct io *io, const char *host, uint16_t port, enum family family,
			    io_on_answer *on_answer, void *ctx)
{
	return io_resolve_turn(io, host, port, family, 0, on_answer, ctx);
}

/* Whoever loses patience after so long has learned something for those who ask next. */
void io_query_cancel(struct io_query *query)
{
	if (query == NULL)
		return;
	if (mono_span(query->began, io_now(query->resolver->io).mono) >= WAIT_SILENT_US)
		query->resolver->is_silent = true;
	query_free(query);
}

enum cause io_query_denial(const struct io_query *query)
{
	return query != NULL && query->hearing != NULL ? hearing_denial(query->hearing)
						       : CAUSE_PASS;
}

size_t io_names_last(const struct io *io, const char *host, uint16_t port, enum family family,
		     struct address *ret, size_t max)
{
	char name[QUERY_HOST_MAX];

	return host_copy(name, host)
		       ? names_get(io_parts((struct io *)io)->resolver->names, name, family, port,
				   ret, max)
		       : 0;
}
