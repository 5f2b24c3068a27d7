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
 * silent, 1 s is enough for a name that has one. resolv.conf is looked at at
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
#define LOOK_EVERY_US  (30 * USEC_PER_SEC)
#define RETIRED_MAX    8 /* channels that wait for their last replies */
#define HOST_MAX       256
#define DNS_PORT       53
#define RESOLV_CONF    "/etc/resolv.conf"

struct io_query {
	struct resolver *resolver;
	struct question *question; /* NULL: nothing is owed to us */
	char host[HOST_MAX];
	uint16_t port;
	enum family family;
	mono_t began, due;
	bool is_ready;
	enum family asked;
	enum cause cause_v4; /* how the A question ended, while AAAA is asked */
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

static void query_ask(struct io_query *query, enum family family);

static void answer_add(struct io_answer *answer, const struct address *addresses, size_t n,
		       uint16_t port)
{
	for (size_t i = 0; i < n && answer->n < IO_ADDRESSES_MAX; i++) {
		answer->address[answer->n] = addresses[i];
		answer->address[answer->n].port = port;
		answer->n++;
	}
}

/*
 * Any family: IPv4 is what will be used, so AAAA is asked only when there is
 * none. Both: the second question follows whatever the first one brought.
 */
static bool wants_v6(const struct io_query *query, enum cause cause_v4)
{
	return query->family == FAMILY_BOTH ||
	       (query->family == FAMILY_ANY && cause_v4 == CAUSE_NODATA);
}

static void query_replied(void *ctx, enum cause cause, const struct address *addresses, size_t n)
{
	struct io_query *query = ctx;
	struct resolver *resolver = query->resolver;

	resolver->is_silent = cause == CAUSE_RESOLVER;
	answer_add(&query->answer, addresses, n, query->port);
	if (n > 0)
		names_put(resolver->names, query->host, query->asked, addresses, n);
	if (query->asked == FAMILY_IPV4 && wants_v6(query, cause)) {
		query->cause_v4 = cause;
		query_ask(query, FAMILY_IPV6);
		return;
	}
	/* How the first question failed says more than "none of these either". */
	if (query->asked == FAMILY_IPV6 && query->family != FAMILY_IPV6 && cause == CAUSE_NODATA)
		cause = query->cause_v4;
	query->answer.cause = query->answer.n > 0 ? CAUSE_PASS : cause;
	query->is_ready = true;
}

static void query_ask(struct io_query *query, enum family family)
{
	query->asked = family;
	if (channel_ask(query->resolver->channel, query->host, family, query_replied, query,
			&query->question) == 0)
		return;
	query->answer.cause = CAUSE_LOCAL;
	query->is_ready = true;
}

/* ---- answers ---- */

static void query_free(struct io_query *query)
{
	if (query->question != NULL)
		question_abandon(query->question);
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
	if (query != NULL && !query->is_ready) {
		resolver->is_silent = true;
		query->answer.cause = query->answer.n > 0 ? CAUSE_PASS : CAUSE_RESOLVER;
	}
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
	size_t v4 = 0;

	if (strchr(query->host, '.') != NULL)
		return;
	if (query->family != FAMILY_IPV6) {
		v4 = channel_hosts(channel, query->host, FAMILY_IPV4, found);
		answer_add(&query->answer, found, v4, query->port);
	}
	if (query->family == FAMILY_IPV6 || query->family == FAMILY_BOTH ||
	    (query->family == FAMILY_ANY && v4 == 0))
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
	if (!query->is_ready)
		query_ask(query, query->family == FAMILY_IPV6 ? FAMILY_IPV6 : FAMILY_IPV4);
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
