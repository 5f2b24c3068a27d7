/*
 * resolve.h - the resolver's life, for loop.c; questions are asked through io.h.
 */
#ifndef IO_RESOLVE_H
#define IO_RESOLVE_H

struct io;
struct resolver;

/* Without servers until io_resolvers_set(). NULL: no memory. */
struct resolver *resolver_new(struct io *io);
/* Questions in flight are dropped. */
void resolver_free(struct resolver *resolver);

#endif
