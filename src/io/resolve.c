/*
 * resolve.c - names to addresses, by c-ares, one fresh question each time.
 *
 * Never getaddrinfo: it would block, or bring a thread whose join blocks
 * (reliability.md 1.1). c-ares answers into a query; the caller is told later,
 * from settle(), so that nobody is ever called from inside the library and a
 * channel can be destroyed without looking who stands on it.
 *
 * Values: a question is repeated by c-ares after 1.5 s (shortened at random by
 * up to a half), two rounds over all servers. We wait 4 s in all, so that the
 * default connect deadline of 5 s leaves time for the last good address; once
 * the resolvers are known to be silent, 1 s is enough for names that we know.
 *
 * A channel keeps its sockets open. They may be bound to an address that we
 * have lost, and then stay silent for ever: silence makes a new channel, too.
 */
#include "io/resolve.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "base/buf.h"
#include "io/loop.h"
#include "io/loop_fd.h"
#include "io/names.h"
#include "io/parts.h"

#define TRY_MS 1500
#define TRIES 2
#define WAIT_US (4 * USEC_PER_SEC)
#define WAIT_SILENT_US (1 * USEC_PER_SEC)
#define LOOK_EVERY_US (30 * USEC_PER_SEC) /* at resolv.conf, and for a new channel after silence */
#define SERVERS_MAX 8
#define HOST_MAX 256
#define DNS_PORT 53
#define RESOLV_CONF "/etc/resolv.conf"

/* One socket of c-ares. */
struct channel_fd {
	struct channel *channel;
	ares_socket_t fd;
	struct io_fd *watch;
	struct channel_fd *next;
};

/* One set of servers. An old one lives until its last question is answered. */
struct channel {
	struct resolver *resolver;
	ares_channel ares;
	struct channel_fd *fds;
	size_t open; /* questions */
	struct channel *next;
};

struct io_query {
	struct resolver *resolver;
	struct question *question; /* NULL: c-ares owes nothing */
	char host[HOST_MAX];
	uint16_t port;
	enum family family;
	mono_t due;
	bool is_ready;
	enum cause cause_v4; /* of the A question, while AAAA is asked */
	struct io_answer answer;
	io_on_answer *on_answer;
	void *ctx;
	struct io_query *next, **link;
};

/* What c-ares holds; `query` is NULL when nobody waits for it any more. */
struct question {
	struct channel *channel;
	struct io_query *query;
	enum family family;
};

struct resolver {
	struct io *io;
	struct names *names;
	struct io_timer *timer;
	struct channel *channels; /* the first one is current */
	struct io_query *queries;
	struct ares_addr_port_node servers[SERVERS_MAX];
	size_t servers_n; /* 0: the system's */
	struct timespec conf_changed;
	mono_t looked;
	bool is_silent, is_stale;
};

/* ---- channels ---- */

static void resolver_arm(struct resolver *resolver);
static void settle(struct resolver *resolver);

static void channel_process(struct channel *channel, ares_socket_t in, ares_socket_t out)
{
	struct resolver *resolver = channel->resolver;

	ares_process_fd(channel->ares, in, out);
	settle(resolver);
}

static void fd_ready(void *ctx, unsigned events)
{
	const struct channel_fd *fd = ctx;

	channel_process(fd->channel, (events & IO_READABLE) ? fd->fd : ARES_SOCKET_BAD,
			(events & IO_WRITABLE) ? fd->fd : ARES_SOCKET_BAD);
}

static void fd_drop(struct channel_fd **link)
{
	struct channel_fd *fd = *link;

	*link = fd->next;
	io_fd_close(fd->watch);
	free(fd);
}

/* c-ares: watch this socket for that. A socket we fail to watch times out, and is repeated. */
static void socket_state(void *ctx, ares_socket_t s, int is_in, int is_out)
{
	struct channel *channel = ctx;
	unsigned events = (is_in ? IO_READABLE : 0u) | (is_out ? IO_WRITABLE : 0u);
	struct channel_fd **link = &channel->fds, *fd;

	while (*link != NULL && (*link)->fd != s)
		link = &(*link)->next;
	if (*link != NULL) {
		if (events == 0)
			fd_drop(link);
		else
			io_fd_change((*link)->watch, events);
		return;
	}
	fd = events != 0 ? calloc(1, sizeof(*fd)) : NULL;
	if (fd == NULL)
		return;
	*fd = (struct channel_fd){ .channel = channel, .fd = s };
	fd->watch = io_fd_watch(channel->resolver->io, s, events, fd_ready, fd);
	if (fd->watch == NULL)
		free(fd);
	else
		*link = fd;
}

static int channel_init(struct channel *channel)
{
	struct resolver *resolver = channel->resolver;
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_STAYOPEN,
		.timeout = TRY_MS,
		.tries = TRIES,
		.sock_state_cb = socket_state,
		.sock_state_cb_data = channel,
	};
	int status = ares_init_options(&channel->ares, &options,
				       ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
					       ARES_OPT_SOCK_STATE_CB);

	if (status != ARES_SUCCESS)
		return -EIO;
	if (resolver->servers_n > 0)
		status = ares_set_servers_ports(channel->ares, resolver->servers);
	if (status == ARES_SUCCESS)
		return 0;
	ares_destroy(channel->ares);
	return -EINVAL;
}

/* 0 or -errno; on failure the current channel stays. */
static int channel_renew(struct resolver *resolver)
{
	struct channel *channel = calloc(1, sizeof(*channel));
	int r;

	if (channel == NULL)
		return -ENOMEM;
	channel->resolver = resolver;
	r = channel_init(channel);
	if (r < 0) {
		free(channel);
		return r;
	}
	channel->next = resolver->channels;
	resolver->channels = channel;
	resolver->is_stale = false;
	return 0;
}

static void channel_destroy(struct channel *channel)
{
	ares_destroy(channel->ares); /* closes its sockets through socket_state */
	while (channel->fds != NULL)
		fd_drop(&channel->fds);
	free(channel);
}

static void channels_sweep(struct resolver *resolver)
{
	struct channel **link = resolver->channels != NULL ? &resolver->channels->next : NULL;

	while (link != NULL && *link != NULL) {
		struct channel *channel = *link;

		if (channel->open > 0) {
			link = &channel->next;
			continue;
		}
		*link = channel->next;
		channel_destroy(channel);
	}
}

/* resolv.conf may have changed, or the sockets may be dead: looked at now and then. */
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

/* ---- answers ---- */

/* False: the resolvers themselves did not answer, which is ours, not the name's. */
static bool status_cause(int status, enum cause *ret)
{
	switch (status) {
	case ARES_SUCCESS:
		*ret = CAUSE_PASS;
		return true;
	case ARES_ENOTFOUND:
	case ARES_EBADNAME:
		*ret = CAUSE_NXDOMAIN;
		return true;
	case ARES_ENODATA:
		*ret = CAUSE_NODATA;
		return true;
	case ARES_ESERVFAIL:
		*ret = CAUSE_SERVFAIL;
		return true;
	case ARES_ENOMEM:
		*ret = CAUSE_LOCAL;
		return true;
	default: /* timeout, refused, an answer that is none: a library's int, not our enum */
		*ret = CAUSE_RESOLVER;
		return false;
	}
}

static void query_add(struct io_query *query, enum family family, const void *bytes)
{
	struct address *address = &query->answer.address[query->answer.n];

	if (query->answer.n == IO_ADDRESSES_MAX)
		return;
	*address = (struct address){ .family = family, .port = query->port };
	memcpy(address->bytes, bytes, family == FAMILY_IPV6 ? 16 : 4);
	query->answer.n++;
}

static int reply_read_v4(struct io_query *query, const unsigned char *reply, int n)
{
	struct ares_addrttl rows[IO_ADDRESSES_MAX];
	int rows_n = IO_ADDRESSES_MAX;
	int status = ares_parse_a_reply(reply, n, NULL, rows, &rows_n);

	for (int i = 0; status == ARES_SUCCESS && i < rows_n; i++)
		query_add(query, FAMILY_IPV4, &rows[i].ipaddr);
	return status == ARES_SUCCESS && rows_n == 0 ? ARES_ENODATA : status;
}

static int reply_read_v6(struct io_query *query, const unsigned char *reply, int n)
{
	struct ares_addr6ttl rows[IO_ADDRESSES_MAX];
	int rows_n = IO_ADDRESSES_MAX;
	int status = ares_parse_aaaa_reply(reply, n, NULL, rows, &rows_n);

	for (int i = 0; status == ARES_SUCCESS && i < rows_n; i++)
		query_add(query, FAMILY_IPV6, &rows[i].ip6addr);
	return status == ARES_SUCCESS && rows_n == 0 ? ARES_ENODATA : status;
}

static void query_ask(struct io_query *query, enum family family);

/*
 * Any family: IPv4 is what will be used, so AAAA is asked only when there is
 * none. Both: the other question follows whatever the first one brought.
 */
static void query_step(struct io_query *query, enum family family, enum cause cause)
{
	bool is_first = family == FAMILY_IPV4;

	if (is_first && (query->family == FAMILY_BOTH ||
			 (query->family == FAMILY_ANY && cause == CAUSE_NODATA))) {
		query->cause_v4 = cause;
		query_ask(query, FAMILY_IPV6);
		return;
	}
	/* The first question's failure says more than "no such record" of the second. */
	if (!is_first && cause == CAUSE_NODATA && query->family != FAMILY_IPV6)
		cause = query->cause_v4;
	query->answer.cause = query->answer.n > 0 ? CAUSE_PASS : cause;
	query->is_ready = true;
}

static void on_reply(void *ctx, int status, int timeouts, unsigned char *reply, int n)
{
	struct question *question = ctx;
	struct io_query *query = question->query;
	enum family family = question->family;
	size_t before = query != NULL ? query->answer.n : 0;
	enum cause cause;

	(void)timeouts;
	question->channel->open--;
	free(question);
	if (query == NULL)
		return;
	query->question = NULL;
	if (status == ARES_SUCCESS && reply != NULL)
		status = family == FAMILY_IPV6 ? reply_read_v6(query, reply, n)
					       : reply_read_v4(query, reply, n);
	query->resolver->is_silent = !status_cause(status, &cause);
	if (query->answer.n > before)
		names_put(query->resolver->names, query->host, family, &query->answer.address[before],
			  query->answer.n - before);
	query_step(query, family, cause);
}

static void query_ask(struct io_query *query, enum family family)
{
	struct channel *channel = query->resolver->channels;
	struct question *question = calloc(1, sizeof(*question));

	if (question == NULL) {
		query_step(query, FAMILY_IPV6, CAUSE_LOCAL);
		return;
	}
	*question = (struct question){ .channel = channel, .query = query, .family = family };
	query->question = question;
	channel->open++;
	ares_query(channel->ares, query->host, ns_c_in, family == FAMILY_IPV6 ? ns_t_aaaa : ns_t_a,
		   on_reply, question);
}

/* ---- queries ---- */

static void query_free(struct io_query *query)
{
	if (query->question != NULL)
		query->question->query = NULL;
	*query->link = query->next;
	if (query->next != NULL)
		query->next->link = query->link;
	free(query);
}

static void query_answer(struct io_query *query)
{
	struct resolver *resolver = query->resolver;
	struct io_answer *answer = &query->answer;
	io_on_answer *on_answer = query->on_answer;
	struct io_answer copy;
	void *ctx = query->ctx;

	if (answer->cause == CAUSE_RESOLVER) {
		resolver->is_stale = true;
		answer->n = names_get(resolver->names, query->host, query->family, query->port,
				      answer->address, IO_ADDRESSES_MAX);
		answer->is_remembered = answer->n > 0;
		if (answer->is_remembered)
			answer->cause = CAUSE_PASS;
	}
	copy = *answer;
	query_free(query);
	on_answer(ctx, &copy);
}

/* The first query that is ready or out of patience; callers may change the list at every answer. */
static struct io_query *query_next(struct resolver *resolver)
{
	mono_t now = io_now(resolver->io).mono;

	for (struct io_query *query = resolver->queries; query != NULL; query = query->next) {
		if (query->is_ready)
			return query;
		if (mono_reached(query->due, now)) {
			resolver->is_silent = true;
			query->answer.cause = query->answer.n > 0 ? CAUSE_PASS : CAUSE_RESOLVER;
			return query;
		}
	}
	return NULL;
}

static void settle(struct resolver *resolver)
{
	struct io_query *query;

	while ((query = query_next(resolver)) != NULL)
		query_answer(query);
	resolver_arm(resolver);
}

static void resolver_arm(struct resolver *resolver)
{
	mono_t now = io_now(resolver->io).mono, due = MONO_NEVER;
	struct timeval tv;

	for (const struct io_query *query = resolver->queries; query != NULL; query = query->next)
		due = mono_min(due, query->is_ready ? now : query->due);
	for (struct channel *channel = resolver->channels; channel != NULL; channel = channel->next) {
		if (ares_timeout(channel->ares, NULL, &tv) != NULL)
			due = mono_min(due, mono_add(now, tv.tv_sec * USEC_PER_SEC + tv.tv_usec));
	}
	io_timer_set(resolver->timer, due);
}

static void on_due(void *ctx)
{
	struct resolver *resolver = ctx;

	for (struct channel *channel = resolver->channels; channel != NULL; channel = channel->next)
		ares_process_fd(channel->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	settle(resolver);
	channels_sweep(resolver);
}

/* ---- what needs no question ---- */

/* RFC 6761 6.3: localhost is loopback, whatever a server says. Other names without a dot: /etc/hosts. */
static bool hosts_find(struct io_query *query, enum family family)
{
	static const uint8_t loopback_v4[4] = { 127, 0, 0, 1 }, loopback_v6[16] = { [15] = 1 };
	bool is_v6 = family == FAMILY_IPV6;
	struct hostent *entry = NULL;

	if (strcmp(query->host, "localhost") == 0) {
		query_add(query, family, is_v6 ? loopback_v6 : loopback_v4);
		return true;
	}
	if (ares_gethostbyname_file(query->resolver->channels->ares, query->host,
				    is_v6 ? AF_INET6 : AF_INET, &entry) != ARES_SUCCESS)
		return false;
	for (char **row = entry->h_addr_list; *row != NULL; row++)
		query_add(query, family, *row);
	ares_free_hostent(entry);
	return true;
}

static bool query_is_local(struct io_query *query)
{
	if (strchr(query->host, '.') != NULL)
		return false;
	if (query->family != FAMILY_IPV6)
		(void)hosts_find(query, FAMILY_IPV4);
	if (query->family == FAMILY_IPV6 || query->family == FAMILY_BOTH || query->answer.n == 0)
		(void)(query->family != FAMILY_IPV4 && hosts_find(query, FAMILY_IPV6));
	query->is_ready = query->answer.n > 0;
	return query->is_ready;
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

static struct io_query *query_new(struct resolver *resolver, const char *host)
{
	struct io_query *query = calloc(1, sizeof(*query));
	size_t known;

	if (query == NULL)
		return NULL;
	query->resolver = resolver;
	if (!host_copy(query->host, host)) {
		query->answer.cause = CAUSE_NXDOMAIN; /* no name can be that long or short */
		query->is_ready = true;
	}
	known = names_get(resolver->names, query->host, FAMILY_ANY, 0, query->answer.address, 1);
	query->due = mono_add(io_now(resolver->io).mono,
			      resolver->is_silent && known > 0 ? WAIT_SILENT_US : WAIT_US);
	query->next = resolver->queries;
	query->link = &resolver->queries;
	if (query->next != NULL)
		query->next->link = &query->next;
	resolver->queries = query;
	return query;
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
	channel_review(resolver);
	query = query_new(resolver, host);
	if (query == NULL) {
		on_answer(ctx, &(struct io_answer){ .cause = CAUSE_LOCAL });
		return NULL;
	}
	query->port = port;
	query->family = family;
	query->on_answer = on_answer;
	query->ctx = ctx;
	if (!query->is_ready && !query_is_local(query))
		query_ask(query, family == FAMILY_IPV6 ? FAMILY_IPV6 : FAMILY_IPV4);
	resolver_arm(resolver);
	return query;
}

void io_query_cancel(struct io_query *query)
{
	if (query != NULL)
		query_free(query);
}

/* ---- settings ---- */

static bool server_read(const char *text, struct ares_addr_port_node *ret)
{
	struct address address;
	char host[64];
	uint16_t port;

	if (!address_parse_host(text, DNS_PORT, &address) &&
	    (!address_split(text, host, sizeof(host), &port) ||
	     !address_parse_host(host, port, &address)))
		return false;
	*ret = (struct ares_addr_port_node){ .udp_port = address.port, .tcp_port = address.port };
	ret->family = address.family == FAMILY_IPV6 ? AF_INET6 : AF_INET;
	memcpy(&ret->addr, address.bytes, address.family == FAMILY_IPV6 ? 16 : 4);
	return true;
}

int io_resolvers_set(struct io *io, struct strings resolvers)
{
	struct resolver *resolver = io_parts(io)->resolver;
	struct ares_addr_port_node servers[SERVERS_MAX];
	size_t n = resolvers.n < SERVERS_MAX ? resolvers.n : SERVERS_MAX;

	for (size_t i = 0; i < n; i++) {
		if (!server_read(resolvers.v[i], &servers[i]))
			return -EINVAL;
	}
	memcpy(resolver->servers, servers, n * sizeof(servers[0]));
	for (size_t i = 0; i < n; i++)
		resolver->servers[i].next = i + 1 < n ? &resolver->servers[i + 1] : NULL;
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
	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
		free(resolver);
		return NULL;
	}
	resolver->io = io;
	resolver->names = names_new();
	resolver->timer = io_timer_new(io, on_due, resolver);
	resolver->looked = io_now(io).mono;
	if (stat(RESOLV_CONF, &st) == 0)
		resolver->conf_changed = st.st_mtim;
	if (resolver->names != NULL && resolver->timer != NULL)
		return resolver;
	resolver_free(resolver);
	return NULL;
}

void resolver_free(struct resolver *resolver)
{
	if (resolver == NULL)
		return;
	while (resolver->queries != NULL)
		query_free(resolver->queries);
	while (resolver->channels != NULL) {
		struct channel *channel = resolver->channels;

		resolver->channels = channel->next;
		channel_destroy(channel);
	}
	io_timer_free(resolver->timer);
	names_free(resolver->names);
	free(resolver);
	ares_library_cleanup();
}
