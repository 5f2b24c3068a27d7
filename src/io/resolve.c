/*
 * resolve.c - c-ares on our loop: its sockets, its time, its answers.
 *
 * Never getaddrinfo: it blocks, or brings a thread whose join blocks
 * (reliability.md 1.1). A question is repeated after 1.5 s, shortened at random
 * by c-ares by up to a half, in two rounds over all servers. A SERVFAIL, a
 * refusal or no answer of one server leads to the next one at once.
 *
 * When all of them have failed, c-ares 1.18 only says "refused", whatever they
 * said. So such a question is put once more, to one server whose answer is
 * taken as it is: c-ares knows that as a setting of a channel, hence two.
 */
#include "io/resolve.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "io/loop_fd.h"

#define TRY_MS	    1500
#define TRIES	    2
#define TRIES_EXACT 6 /* the asker loses patience before */

/* Both have the same servers. */
enum { ASK_ALL, ASK_ONE, ASKS };

struct ask {
	struct channel *channel;
	ares_channel ares; /* NULL: not made */
	struct channel_fd *fds;
};

/* One socket of c-ares. */
struct channel_fd {
	struct ask *ask;
	ares_socket_t fd;
	struct io_fd *watch;
	struct channel_fd *next;
};

struct channel {
	struct io *io;
	struct ask asks[ASKS];
	size_t open;
	bool is_ending; /* being destroyed answers every open question once more: nobody must hear
			   that */
	void (*on_worked)(void *ctx);
	void *ctx;
};

struct question {
	struct channel *channel;
	int ask;
	const char *host; /* the asker's, good as long as he has not abandoned us */
	unsigned type;
	channel_on_reply *on_reply; /* both NULL: abandoned */
	channel_on_record *on_record;
	void *ctx;
	struct question **place; /* where the asker keeps us */
};

struct addresses {
	struct address rows[IO_ADDRESSES_MAX];
	size_t n;
};

/* ---- sockets ---- */

static void fd_ready(void *ctx, unsigned events)
{
	const struct channel_fd *fd = ctx;
	struct channel *channel = fd->ask->channel;

	ares_process_fd(fd->ask->ares, (events & IO_READABLE) ? fd->fd : ARES_SOCKET_BAD,
			(events & IO_WRITABLE) ? fd->fd : ARES_SOCKET_BAD);
	channel->on_worked(channel->ctx);
}

static void fd_drop(struct channel_fd **link)
{
	struct channel_fd *fd = *link;

	*link = fd->next;
	io_fd_close(fd->watch);
	free(fd);
}

static void fd_add(struct ask *ask, ares_socket_t s, unsigned events)
{
	struct channel_fd *fd = calloc(1, sizeof(*fd));

	if (fd == NULL)
		return;
	*fd = (struct channel_fd){ .ask = ask, .fd = s, .next = ask->fds };
	fd->watch = io_fd_watch(ask->channel->io, s, events, fd_ready, fd);
	if (fd->watch == NULL)
		free(fd);
	else
		ask->fds = fd;
}

/* c-ares says what it waits for. A socket that cannot be watched is one that does not answer. */
static void socket_state(void *ctx, ares_socket_t s, int is_in, int is_out)
{
	struct ask *ask = ctx;
	unsigned events = (is_in ? IO_READABLE : 0u) | (is_out ? IO_WRITABLE : 0u);
	struct channel_fd **link = &ask->fds;

	while (*link != NULL && (*link)->fd != s)
		link = &(*link)->next;
	if (*link == NULL && events != 0)
		fd_add(ask, s, events);
	else if (*link != NULL && events == 0)
		fd_drop(link);
	else if (*link != NULL)
		io_fd_change((*link)->watch, events);
}

/* ---- answers ---- */

/* c-ares has many more: timeout, refused, an answer that is none. They all mean that nobody told
 * us. */
static const struct status_row {
	int status;
	enum cause cause;
} status_rows[] = {
	{ ARES_SUCCESS, CAUSE_PASS },	    { ARES_ENODATA, CAUSE_NODATA },
	{ ARES_ENOTFOUND, CAUSE_NXDOMAIN }, { ARES_EBADNAME, CAUSE_NXDOMAIN },
	{ ARES_ESERVFAIL, CAUSE_SERVFAIL }, { ARES_ENOMEM, CAUSE_LOCAL },
};

/* What is told only to those who ask for a record. */
static const struct status_row record_rows[] = {
	{ ARES_EREFUSED, CAUSE_SERVFAIL },    { ARES_ENOTIMP, CAUSE_SERVFAIL },
	{ ARES_EFORMERR, CAUSE_SERVFAIL },    { ARES_ETIMEOUT, CAUSE_TIMEOUT },
	{ ARES_ECONNREFUSED, CAUSE_REFUSED }, { ARES_EBADRESP, CAUSE_PROTOCOL },
};

static enum cause status_cause(int status)
{
	for (size_t i = 0; i < sizeof(status_rows) / sizeof(status_rows[0]); i++) {
		if (status_rows[i].status == status)
			return status_rows[i].cause;
	}
	return CAUSE_RESOLVER;
}

static enum cause status_cause_record(int status)
{
	for (size_t i = 0; i < sizeof(record_rows) / sizeof(record_rows[0]); i++) {
		if (record_rows[i].status == status)
			return record_rows[i].cause;
	}
	return status_cause(status);
}

static void address_add(struct addresses *to, enum family family, const void *bytes)
{
	struct address *address = &to->rows[to->n];

	if (to->n == IO_ADDRESSES_MAX)
		return;
	*address = (struct address){ .family = family };
	memcpy(address->bytes, bytes, family == FAMILY_IPV6 ? 16 : 4);
	to->n++;
}

static int reply_read_v4(struct addresses *to, const unsigned char *reply, int n)
{
	struct ares_addrttl rows[IO_ADDRESSES_MAX];
	int rows_n = IO_ADDRESSES_MAX;
	int status = ares_parse_a_reply(reply, n, NULL, rows, &rows_n);

	for (int i = 0; status == ARES_SUCCESS && i < rows_n; i++)
		address_add(to, FAMILY_IPV4, &rows[i].ipaddr);
	return status;
}

static int reply_read_v6(struct addresses *to, const unsigned char *reply, int n)
{
	struct ares_addr6ttl rows[IO_ADDRESSES_MAX];
	int rows_n = IO_ADDRESSES_MAX;
	int status = ares_parse_aaaa_reply(reply, n, NULL, rows, &rows_n);

	for (int i = 0; status == ARES_SUCCESS && i < rows_n; i++)
		address_add(to, FAMILY_IPV6, &rows[i].ip6addr);
	return status;
}

static void question_put(struct question *question, int ask);

static int reply_read(const struct question *question, struct addresses *to,
		      const unsigned char *reply, int n)
{
	int status = question->type == ns_t_aaaa ? reply_read_v6(to, reply, n)
						 : reply_read_v4(to, reply, n);

	return status == ARES_SUCCESS && to->n == 0 ? ARES_ENODATA : status;
}

static void reply_tell(const struct question *question, int status, const unsigned char *reply,
		       int n)
{
	struct addresses found = { .n = 0 };

	if (question->on_record != NULL) {
		question->on_record(question->ctx, status_cause_record(status), reply,
				    reply != NULL ? (size_t)n : 0);
		return;
	}
	if (status == ARES_SUCCESS)
		status = reply_read(question, &found, reply, n);
	question->on_reply(question->ctx, status_cause(status), found.rows, found.n);
}

static void reply_arrived(void *ctx, int status, int timeouts, unsigned char *reply, int n)
{
	struct question *question = ctx;
	bool is_abandoned = question->on_reply == NULL && question->on_record == NULL;

	(void)timeouts;
	question->channel->open--;
	if (!is_abandoned && !question->channel->is_ending && status == ARES_ECONNREFUSED &&
	    question->ask == ASK_ALL) {
		question_put(question, ASK_ONE);
		return;
	}
	if (!is_abandoned)
		*question->place = NULL;
	if (!is_abandoned && !question->channel->is_ending)
		reply_tell(question, status, reply, n);
	free(question);
}

/* ---- questions ---- */

static void question_put(struct question *question, int ask)
{
	question->ask = ask;
	question->channel->open++;
	ares_query(question->channel->asks[ask].ares, question->host, ns_c_in, (int)question->type,
		   reply_arrived, question);
}

/* Takes what it is given. */
static int question_ask(const struct question *wanted)
{
	struct question *question = malloc(sizeof(*question));
	bool is_exact = wanted->channel->asks[ASK_ALL].ares == NULL;

	if (question == NULL)
		return -ENOMEM;
	*question = *wanted;
	*question->place = question;
	question_put(question, is_exact ? ASK_ONE : ASK_ALL);
	return 0;
}

int channel_ask(struct channel *channel, const char *host, enum family family,
		channel_on_reply *on_reply, void *ctx, struct question **ret_question)
{
	return question_ask(&(struct question){ .channel = channel,
						.host = host,
						.type = family == FAMILY_IPV6 ? ns_t_aaaa : ns_t_a,
						.on_reply = on_reply,
						.ctx = ctx,
						.place = ret_question });
}

int channel_ask_record(struct channel *channel, const char *name, unsigned type,
		       channel_on_record *on_record, void *ctx, struct question **ret_question)
{
	return question_ask(&(struct question){ .channel = channel,
						.host = name,
						.type = type,
						.on_record = on_record,
						.ctx = ctx,
						.place = ret_question });
}

void question_abandon(struct question *question)
{
	question->on_reply = NULL;
	question->on_record = NULL;
}

size_t channel_hosts(const struct channel *channel, const char *host, enum family family,
		     struct address ret[IO_ADDRESSES_MAX])
{
	bool is_v6 = family == FAMILY_IPV6;
	struct hostent *entry = NULL;
	struct addresses found = { .n = 0 };

	if (strcmp(host, "localhost") == 0) {
		(void)address_parse_host(is_v6 ? "::1" : "127.0.0.1", 0, ret);
		return 1;
	}
	if (ares_gethostbyname_file(channel->asks[ASK_ALL].ares, host, is_v6 ? AF_INET6 : AF_INET,
				    &entry) != ARES_SUCCESS)
		return 0;
	for (char **row = entry->h_addr_list; *row != NULL; row++)
		address_add(&found, family, *row);
	ares_free_hostent(entry);
	memcpy(ret, found.rows, found.n * sizeof(ret[0]));
	return found.n;
}

usec_t channel_wait(const struct channel *channel)
{
	usec_t wait = -1;

	for (int i = 0; i < ASKS; i++) {
		ares_channel ares = channel->asks[i].ares;
		struct timeval tv;
		usec_t here;

		if (ares == NULL || ares_timeout(ares, NULL, &tv) == NULL)
			continue;
		here = tv.tv_sec * USEC_PER_SEC + tv.tv_usec;
		wait = wait < 0 || here < wait ? here : wait;
	}
	return wait;
}

void channel_tick(struct channel *channel)
{
	for (int i = 0; i < ASKS; i++) {
		if (channel->asks[i].ares != NULL)
			ares_process_fd(channel->asks[i].ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	}
}

size_t channel_open(const struct channel *channel)
{
	return channel->open;
}

size_t channel_servers(const struct channel *channel, struct address *ret, size_t max)
{
	struct ares_addr_port_node *nodes = NULL;
	size_t n = 0;

	if (ares_get_servers_ports(channel->asks[ASK_ALL].ares, &nodes) != ARES_SUCCESS)
		return 0;
	for (const struct ares_addr_port_node *node = nodes; node != NULL && n < max;
	     node = node->next, n++) {
		bool is_v6 = node->family == AF_INET6;

		ret[n] = (struct address){
			.family = is_v6 ? FAMILY_IPV6 : FAMILY_IPV4,
			.port = (uint16_t)(node->udp_port != 0 ? node->udp_port : NS_DEFAULTPORT)
		};
		memcpy(ret[n].bytes, &node->addr, is_v6 ? 16 : 4);
	}
	ares_free_data(nodes);
	return n;
}

/* ---- life ---- */

static int servers_set(ares_channel ares, const struct address *servers, size_t n)
{
	struct ares_addr_port_node nodes[SERVERS_MAX] = { 0 };

	if (n == 0)
		return ARES_SUCCESS;
	for (size_t i = 0; i < n; i++) {
		bool is_v6 = servers[i].family == FAMILY_IPV6;

		nodes[i].next = i + 1 < n ? &nodes[i + 1] : NULL;
		nodes[i].family = is_v6 ? AF_INET6 : AF_INET;
		nodes[i].udp_port = nodes[i].tcp_port = servers[i].port;
		memcpy(&nodes[i].addr, servers[i].bytes, is_v6 ? 16 : 4);
	}
	return ares_set_servers_ports(ares, nodes);
}

static struct ares_options options_of(struct ask *ask, int extra_flags)
{
	return (struct ares_options){
		.flags =
			ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_STAYOPEN | extra_flags,
		.timeout = TRY_MS,
		.tries = TRIES,
		.sock_state_cb = socket_state,
		.sock_state_cb_data = ask,
	};
}

#define OPTIONS_MASK (ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB)

static bool ask_open(struct ask *ask, struct ares_options *options, int mask,
		     const struct address *servers, size_t n)
{
	if (ares_init_options(&ask->ares, options, mask) != ARES_SUCCESS) {
		ask->ares = NULL;
		return false;
	}
	return servers_set(ask->ares, servers, n) == ARES_SUCCESS;
}

static bool ask_init(struct ask *ask, int extra_flags, const struct address *servers, size_t n)
{
	struct ares_options options = options_of(ask, extra_flags);

	return ask_open(ask, &options, OPTIONS_MASK, servers, n);
}

/* With everything given, c-ares has no reason to read this host's files. */
static bool ask_init_exact(struct ask *ask, const struct address *server)
{
	struct ares_options options = options_of(ask, ARES_FLAG_NOCHECKRESP);
	struct in_addr nowhere = { .s_addr = htonl(INADDR_LOOPBACK) }; /* replaced at once */
	char lookups[] = "b";

	options.tries = TRIES_EXACT;
	options.servers = &nowhere;
	options.nservers = 1;
	options.ndots = 1;
	options.lookups = lookups;
	return ask_open(ask, &options,
			OPTIONS_MASK | ARES_OPT_SERVERS | ARES_OPT_NDOTS | ARES_OPT_LOOKUPS |
				ARES_OPT_DOMAINS | ARES_OPT_SORTLIST,
			server, 1);
}

static struct channel *channel_make(struct io *io, void (*on_worked)(void *ctx), void *ctx)
{
	struct channel *channel = calloc(1, sizeof(*channel));

	if (channel == NULL || ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
		free(channel);
		return NULL;
	}
	*channel = (struct channel){ .io = io, .on_worked = on_worked, .ctx = ctx };
	for (int i = 0; i < ASKS; i++)
		channel->asks[i].channel = channel;
	return channel;
}

struct channel *channel_new(struct io *io, const struct address *servers, size_t n,
			    void (*on_worked)(void *ctx), void *ctx)
{
	struct channel *channel = channel_make(io, on_worked, ctx);

	if (channel == NULL ||
	    (ask_init(&channel->asks[ASK_ALL], 0, servers, n) &&
	     ask_init(&channel->asks[ASK_ONE], ARES_FLAG_NOCHECKRESP, servers, n)))
		return channel;
	channel_free(channel);
	return NULL;
}

struct channel *channel_new_exact(struct io *io, const struct address *server,
				  void (*on_worked)(void *ctx), void *ctx)
{
	struct channel *channel = channel_make(io, on_worked, ctx);

	if (channel == NULL || ask_init_exact(&channel->asks[ASK_ONE], server))
		return channel;
	channel_free(channel);
	return NULL;
}

void channel_free(struct channel *channel)
{
	if (channel == NULL)
		return;
	channel->is_ending = true;
	for (int i = 0; i < ASKS; i++) {
		if (channel->asks[i].ares != NULL)
			ares_destroy(channel->asks[i].ares);
		while (channel->asks[i].fds != NULL)
			fd_drop(&channel->asks[i].fds);
	}
	free(channel);
	ares_library_cleanup();
}
