/*
 * resolvers.c - our name servers: which they are, the channels to them, and
 * when those are made anew.
 *
 * Values: resolv.conf is looked at at most every 30 s. A channel keeps its
 * sockets open; they may be bound to an address that we have lost, and would
 * then be silent for ever: so silence, too, makes a new channel.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "io/loop.h"
#include "io/loop_fd.h"
#include "io/names.h"
#include "io/parts.h"
#include "io/query_parts.h"

#define LOOK_EVERY_US (30 * USEC_PER_SEC)
#define DNS_PORT      53
#define RESOLV_CONF   "/etc/resolv.conf"

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

/* Whom they still owe a reply goes by what he has heard. */
static void panel_drop(struct resolver *resolver)
{
	for (size_t i = 0; i < PANEL_MAX; i++) {
		channel_free(resolver->panel[i]);
		resolver->panel[i] = NULL;
	}
}

/* 0 or -errno; on failure the current channel stays. */
static int channel_renew(struct resolver *resolver)
{
	struct channel *channel = channel_new(resolver->io, resolver->servers, resolver->servers_n,
					      resolver_settle, resolver);

	if (channel == NULL)
		return -EINVAL;
	channel_retire(resolver);
	panel_drop(resolver);
	resolver->channel = channel;
	resolver->is_stale = false;
	return 0;
}

/* Has resolv.conf changed, or have the sockets gone dead? */
void resolver_review(struct resolver *resolver)
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

/* ---- time ---- */

static struct channel *channel_at(const struct resolver *resolver, size_t i)
{
	if (i == 0)
		return resolver->channel;
	return i <= RETIRED_MAX ? resolver->retired[i - 1] : resolver->panel[i - 1 - RETIRED_MAX];
}

usec_t resolver_wait(const struct resolver *resolver)
{
	usec_t least = -1;

	for (size_t i = 0; i < 1 + RETIRED_MAX + PANEL_MAX; i++) {
		const struct channel *channel = channel_at(resolver, i);
		usec_t wait = channel != NULL ? channel_wait(channel) : -1;

		if (wait >= 0 && (least < 0 || wait < least))
			least = wait;
	}
	return least;
}

void resolver_tick(struct resolver *resolver)
{
	for (size_t i = 0; i < 1 + RETIRED_MAX + PANEL_MAX; i++) {
		if (channel_at(resolver, i) != NULL)
			channel_tick(channel_at(resolver, i));
	}
	retired_sweep(resolver);
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

size_t io_resolvers(const struct io *io, struct address *ret, size_t max)
{
	const struct resolver *resolver = io_parts((struct io *)io)->resolver;

	return channel_servers(resolver->channel, ret, max);
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
	resolver->timer = io_timer_new(io, resolver_on_due, resolver);
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
	panel_drop(resolver);
	io_timer_free(resolver->timer);
	names_free(resolver->names);
	free(resolver);
}
