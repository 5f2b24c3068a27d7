/*
 * resolve.h - one set of name servers and the questions put to it: c-ares,
 * turned into our words. Who asks, how long he waits and what he does when
 * nobody answers is query.c's.
 */
#ifndef IO_RESOLVE_H
#define IO_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/io.h"

#define SERVERS_MAX 8

struct channel;
struct question;

/*
 * `servers` with their ports; none: those of resolv.conf as it is now.
 * `on_worked` is called after replies were read: the place to act on them.
 * NULL: no memory, or servers that c-ares refuses.
 */
struct channel *channel_new(struct io *io, const struct address *servers, size_t n,
			    void (*on_worked)(void *ctx), void *ctx);
/* To one server and no other, whose answer is taken as it is; nothing of this host's is read. */
struct channel *channel_new_exact(struct io *io, const struct address *server,
				  void (*on_worked)(void *ctx), void *ctx);
/* Questions still open are dropped, their on_reply is not called. Never from inside on_reply. */
void channel_free(struct channel *channel);
/* How many questions are open, abandoned ones included. */
size_t channel_open(const struct channel *channel);
/* Whom it asks, in this order; as many as there is room for. Returns how many. */
size_t channel_servers(const struct channel *channel, struct address *ret, size_t max);
/* How long until channel_tick() has something to do; negative: nothing. */
usec_t channel_wait(const struct channel *channel);
/* Repeats what was not answered in time, and ends what was repeated often enough. */
void channel_tick(struct channel *channel);

/*
 * Called from inside the library: only take note. CAUSE_RESOLVER: the servers
 * did not answer, or answered nonsense. Addresses have no port.
 */
typedef void channel_on_reply(void *ctx, enum cause cause, const struct address *addresses,
			      size_t n);

/*
 * The addresses of one family, IPV4 or IPV6. The reply may come before this
 * returns. `host` must live until then. *ret_question is set before that and until the reply; no
 * memory: -ENOMEM.
 */
int channel_ask(struct channel *channel, const char *host, enum family family,
		channel_on_reply *on_reply, void *ctx, struct question **ret_question);
/*
 * Any one type, by its number (RFC 1035 3.2.2). The reply as it came, if one
 * did, good until on_record returns: called from inside the library like
 * on_reply. Here also TIMEOUT, REFUSED (there is no such server) and PROTOCOL;
 * RESOLVER is whatever else means that we were not told.
 */
typedef void channel_on_record(void *ctx, enum cause cause, const unsigned char *reply, size_t n);
int channel_ask_record(struct channel *channel, const char *name, unsigned type,
		       channel_on_record *on_record, void *ctx, struct question **ret_question);
/* The reply is no longer wanted. */
void question_abandon(struct question *question);
/* What /etc/hosts says, and what localhost is without it (RFC 6761 6.3). Returns how many. */
size_t channel_hosts(const struct channel *channel, const char *host, enum family family,
		     struct address ret[IO_ADDRESSES_MAX]);

#endif
