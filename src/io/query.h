/*
 * query.h - the resolver's life, for loop.c; names are asked for through io.h.
 */
#ifndef IO_QUERY_H
#define IO_QUERY_H

#include <stddef.h>

struct address;
struct io;
struct resolver;

/* Without servers until io_resolvers_set(). NULL: no memory. */
struct resolver *resolver_new(struct io *io);
/* Queries in flight are dropped. */
void resolver_free(struct resolver *resolver);
/* Those that were set, at most SERVERS_MAX; 0: the system's. Returns how many. */
size_t resolver_servers(const struct resolver *resolver, struct address *ret);

#endif
