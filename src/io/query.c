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
 * silent, 1 s is enough for a name that has one. A and AAAA are asked side by
 * side; once A has brought something, AAAA has 0.2 s left: servers that drop
 * such questions must not make every probe late. resolv.conf is looked at at
 * most every 30 s. A channel keeps its sockets open; they may be bound to an
 * address that we have lost, and would then be silent for ever: so silence,
 * too, makes a new channel.
 */
#include "io/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/loop.h"
#include "io/loop_fd.h"
#include "io/names.h"
#include "io/parts.h"
#include "io/resolve.h"

#define WAIT_US	       (4 * USEC_PER_SEC)
#define WAIT_SILENT_US (1 * USEC_PER_SEC)
#define WAIT_SECOND_US (200 * USEC_PER_MS)
#define LOOK_EVERY_US  (30 * USEC_PER_SEC)
#define RETIRED_MAX    8 /* channels that wait for their last replies */
#define HOST_MAX       256
#define DNS_PORT       53
#define RESOLV_CONF    "/etc/resolv.conf"

enum { HALF_V4, HALF_V6 };

/* The question for one family. */
struct half {
	struct io_query *query;
	struct question *question; /* NULL: nothing is owed to us */
	bool is_wanted, is_done;
	enum cause cause; /* once done */
};

struct io_query {
	struct resolver *resolver;
	struct half halves[2];
	char host[HOST_MAX];
	uint16_t port;
	enum family family;
	mono_t began, due;
	bool is_asked, is_ready;
	struct io_answer answer;
	io_on_answer *on_answer;
	void *ctx;
	struct io_query *next, **link;
};

struct resolver {
	struct io *io;
	struct names *names;
	struct io_timer *timer;
	struct channel *channel;
	struct channel *retired[RETIRED_MAX];
	struct io_query *queries;
	struct address servers[SERVERS_MAX];
	size_t servers_n; /* 0: the system's */
	struct timespec conf_changed;
	mono_t looked;
	bool is_silent; /* the last we heard of the servers was nothing */
	bool is_stale;	/* a new channel is wanted */
};

static void settle(void *ctx);

/* ---- channels ---- */

static void retired_sweep(struct resolver *resolver)
{
	for (size_t i = 0; i < RETIRED_MAX; i++) {
		struct channel *channel = resolver->retired[i];

		if (channel != NULL && channel_open(channel) == 0) {
			channel_free(channel);
			resolver->retired[i] = NULL;
		}
	}
}

/* Questions in flight end as they will, unless there have been too many changes to wait for. */
static void channel_retire(struct resolver *resolver)
{
	size_t i = 0;

	retired_sweep(resolver);
	while (i < RETIRED_MAX - 1 && resolver->retired[i] != NULL)
		i++;
	channel_free(resolver->retired[i]);
	resolver->retired[i] = resolver->channel;
	resolver->channel = NULL;
}

/* 0 or -errno; on failure the current channel stays. */
static int channel_renew(struct resolver *resolver)
{
	struct channel *channel =
		channel_new(resolver->io, resolver->servers, resolver->servers_n, settle, resolver);

	if (channel == NULL)
		return -EINVAL;
	channel_retire(resolver);
	resolver->channel = channel;
	resolver->is_stale = false;
	return 0;
}

/* Has resolv.conf changed, or have the sockets gone dead? */
static void channel_review(struct resolver *resolver)
{
	mono_t now = io_now(resolver->io).mono;
	struct stat st;

	if (mono_span(resolver->looked, now) < LOOK_EVERY_US)
		return;
	resolver->looked = now;
	if (resolver->servers_n == 0 && stat(RESOLV_CONF, &st) == 0) {
		const struct timespec *was = &resolver->conf_changed;

		if (st.st_mtim.tv_sec != was->tv_sec || st.st_mtim.tv_nsec != was->tv_nsec)
			resolver->is_stale = true;
		resolver->conf_changed = st.st_mtim;
	}
	if (resolver->is_stale)
		(void)channel_renew(resolver); /* the old one is better than none */
}

/* ---- replies ---- */

/* IPv4 goes before what is there. */
static void answer_add(struct io_answer *answer, const struct address *addresses, size_t n,
		       uint16_t port)
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

/* How IPv4 failed says more than "none of the other family either". */
static enum cause cause_of(const struct io_query *query)
{
	const struct half *v4 = &query->halves[HALF_V4], *v6 = &query->halves[HALF_V6];
	enum cause cause_v4 = v4->is_done ? v4->cause : CAUSE_RESOLVER;

	if (query->answer.n > 0)
		return CAUSE_PASS;
	if (v4->is_wanted && (cause_v4 != CAUSE_NODATA || !v6->is_wanted))
		return cause_v4;
	return v6->is_done ? v6->cause : CAUSE_RESOLVER;
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

	resolver->is_silent = cause == CAUSE_RESOLVER;
	answer_add(&query->answer, addresses, n, query->port);
	if (n > 0)
		names_put(resolver->names, query->host, addresses[0].family, addresses, n);
	half_end(half, cause);
}

static void half_ask(struct half *half, enum family family)
{
	struct io_query *query = half->query;

	if (half->is_wanted && channel_ask(query->resolver->channel, query->host, family,
					   half_replied, half, &half->question) < 0)
		half_end(half, CAUSE_LOCAL);
}

/* Side by side, so that the second family costs no time. */
static void query_ask(struct io_query *query)
{
	query->halves[HALF_V4] =
		(struct half){ .query = query, .is_wanted = query->family != FAMILY_IPV6 };
	query->halves[HALF_V6] =
		(struct half){ .query = query, .is_wanted = query->family != FAMILY_IPV4 };
	half_ask(&query->halves[HALF_V4], FAMILY_IPV4);
	half_ask(&query->halves[HALF_V6], FAMILY_IPV6);
}

/* ---- answers ---- */

static void query_free(struct io_query *query)
{
	for (int i = HALF_V4; i <= HALF_V6; i++) {
		if (query->halves[i].question != NULL)
			question_abandon(query->halves[i].question);
	}
	*query->link = query->next;
	if (query->next != NULL)
		query->next->link = query->link;
	free(query);
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
	struct io_answer answer;

	if (query->is_asked)
		query->answer.cause = cause_of(query);
	if (query->answer.cause == CAUSE_RESOLVER)
		answer_remember(query);
	answer = query->answer;
	query_free(query);
	on_answer(ctx, &answer);
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
	if (query != NULL && query->is_asked && !query->halves[HALF_V4].is_done &&
	    !query->halves[HALF_V6].is_done)
		resolver->is_silent = true;
	return query;
}

static void resolver_arm(struct resolver *resolver)
{
	mono_t now = io_now(resolver->io).mono, due = MONO_NEVER;
	usec_t wait = channel_wait(resolver->channel);

	for (const struct io_query *query = resolver->queries; query != NULL; query = query->next)
		due = mono_min(due, query->is_ready ? now : query->due);
	if (wait >= 0)
		due = mono_min(due, mono_add(now, wait));
	for (size_t i = 0; i < RETIRED_MAX; i++) {
		wait = resolver->retired[i] != NULL ? channel_wait(resolver->retired[i]) : -1;
		if (wait >= 0)
			due = mono_min(due, mono_add(now, wait));
	}
	io_timer_set(resolver->timer, due);
}

/* From the top after every answer: whoever is told may ask, cancel and change the servers. */
static void settle(void *ctx)
{
	struct resolver *resolver = ctx;
	struct io_query *query;

	while ((query = query_next(resolver)) != NULL)
		query_answer(query);
	resolver_arm(resolver);
}

static void on_due(void *ctx)
{
	struct resolver *resolver = ctx;

	channel_tick(resolver->channel);
	for (size_t i = 0; i < RETIRED_MAX; i++) {
		if (resolver->retired[i] != NULL)
			channel_tick(resolver->retired[i]);
	}
	retired_sweep(resolver);
	settle(resolver);
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

static bool host_copy(char to[HOST_MAX], const char *host)
{
	size_t n = strlen(host);

	if (n == 0 || n >= HOST_MAX)
		return false;
	for (size_t i = 0; i <= n; i++)
		to[i] = (char)(host[i] >= 'A' && host[i] <= 'Z' ? host[i] + ('a' - 'A') : host[i]);
	return true;
}

static void query_start(struct io_query *query, const char *host)
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
	if (query->is_asked)
		query_ask(query);
}

struct io_query *io_resolve(struct io *io, const char *host, uint16_t port, enum family family,
			    io_on_answer *on_answer, void *ctx)
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
	channel_review(resolver);
	query_start(query, host);
	resolver_arm(resolver);
	return query;
}

/* Whoever loses patience after a second has learned something for those who ask next. */
void io_query_cancel(struct io_query *query)
{
	if (query == NULL)
		return;
	if (mono_span(query->began, io_now(query->resolver->io).mono) >= WAIT_SILENT_US)
		query->resolver->is_silent = true;
	query_free(query);
}

/* ---- settings ---- */

static bool server_read(const char *text, struct address *ret)
{
	char host[64];
	uint16_t port;

	return address_parse_host(text, DNS_PORT, ret) ||
	       (address_split(text, host, sizeof(host), &port) &&
		address_parse_host(host, port, ret));
}

int io_resolvers_set(struct io *io, struct strings resolvers)
{
	struct resolver *resolver = io_parts(io)->resolver;
	struct address servers[SERVERS_MAX];
	size_t n = resolvers.n < SERVERS_MAX ? resolvers.n : SERVERS_MAX;

	for (size_t i = 0; i < n; i++) {
		if (!server_read(resolvers.v[i], &servers[i]))
			return -EINVAL;
	}
	memcpy(resolver->servers, servers, n * sizeof(servers[0]));
	resolver->servers_n = n;
	return channel_renew(resolver);
}

size_t resolver_servers(const struct resolver *resolver, struct address *ret)
{
	memcpy(ret, resolver->servers, resolver->servers_n * sizeof(ret[0]));
	return resolver->servers_n;
}

void io_names_save(const struct io *io, struct buf *to)
{
	names_save(io_parts((struct io *)io)->resolver->names, to);
}

void io_names_load(struct io *io, const char *text)
{
	names_load(io_parts(io)->resolver->names, text);
}

/* ---- life ---- */

struct resolver *resolver_new(struct io *io)
{
	struct resolver *resolver = calloc(1, sizeof(*resolver));
	struct stat st;

	if (resolver == NULL)
		return NULL;
	resolver->io = io;
	resolver->names = names_new();
	resolver->timer = io_timer_new(io, on_due, resolver);
	resolver->looked = io_now(io).mono;
	if (stat(RESOLV_CONF, &st) == 0)
		resolver->conf_changed = st.st_mtim;
	if (resolver->names == NULL || resolver->timer == NULL) {
		resolver_free(resolver);
		return NULL;
	}
	return resolver;
}

void resolver_free(struct resolver *resolver)
{
	if (resolver == NULL)
		return;
	while (resolver->queries != NULL)
		query_free(resolver->queries);
	channel_free(resolver->channel);
	for (size_t i = 0; i < RETIRED_MAX; i++)
		channel_free(resolver->retired[i]);
	io_timer_free(resolver->timer);
	names_free(resolver->names);
	free(resolver);
}
