/*
 * query_parts.h - the resolver's inside, for its own files only:
 *
 *   resolvers.c  which name servers, and the channels to them
 *   query.c      who asks for a name, and what he is told
 *   panel.c      each server by itself, once one of them has denied a name
 */
#ifndef IO_QUERY_PARTS_H
#define IO_QUERY_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "io/query.h"
#include "io/resolve.h"
#include "shorewatch/io.h"

#define RETIRED_MAX    8 /* channels that wait for their last replies */
#define QUERY_HOST_MAX 256
#define PANEL_MAX      3 /* servers that are heard one by one */

enum { HALF_V4, HALF_V6, HALVES };

struct hearing;
struct names;

/* The question for one family. */
struct half {
	struct io_query *query;
	struct question *question; /* NULL: nothing is owed to us */
	bool is_wanted, is_done;
	enum cause cause; /* once done */
};

struct io_query {
	struct resolver *resolver;
	struct half halves[HALVES];
	char host[QUERY_HOST_MAX];
	uint16_t port;
	enum family family;
	mono_t began, due;
	bool is_asked, is_ready;
	struct address asked; /* him alone, this time; FAMILY_ANY: all of them */
	struct hearing *hearing; /* NULL: nobody has denied the name, or he is the only one */
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
	struct channel *panel[PANEL_MAX]; /* to one server each; NULL: not needed yet */
	struct io_query *queries;
	struct address servers[SERVERS_MAX];
	size_t servers_n; /* 0: the system's */
	struct timespec conf_changed;
	mono_t looked;
	bool is_silent; /* the last we heard of the servers was nothing */
	bool is_stale;	/* a new channel is wanted */
};

/* resolvers.c */
/* Has resolv.conf changed, or have the sockets gone dead? */
void resolver_review(struct resolver *resolver);
/* How long until resolver_tick() has something to do; negative: nothing. */
usec_t resolver_wait(const struct resolver *resolver);
void resolver_tick(struct resolver *resolver);

/* query.c */
/* Whoever can be told now is told; the time of the next is armed. `ctx` is the resolver. */
void resolver_settle(void *ctx);
/* The resolver's timer. */
void resolver_on_due(void *ctx);
void query_free(struct io_query *query);
/* IPv4 goes before what is there. */
void answer_add(struct io_answer *answer, const struct address *addresses, size_t n, uint16_t port);
/* What the halves say together, without addresses: how IPv4 failed says more than "none of the
 * other family either". */
enum cause halves_cause(const struct half halves[HALVES]);

/* panel.c */
/* To the `turn`th server and no other; NULL: there is but one, or no memory. */
struct channel *panel_channel(struct resolver *resolver, unsigned turn, struct address *ret_server);
/* The name was denied and others can be asked: they are. False: there are none, or no memory. */
bool hearing_begin(struct io_query *query, enum cause denial);
/* What was denied first. */
enum cause hearing_denial(const struct hearing *hearing);
/* Their words and addresses go into the query's answer, which gets its cause. */
void hearing_judge(struct io_query *query);
/* NULL is fine. */
void hearing_free(struct hearing *hearing);

#endif
