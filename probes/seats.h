/*
 * seats.h - plain TCP connections to several addresses at once, to see which of
 * them answer. What they are to somebody is his business.
 */
#ifndef PROBES_SEATS_H
#define PROBES_SEATS_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/io.h"

#define SEATS_MAX 4

struct probe_run;
struct seats;

struct seat {
	struct seats *seats;
	struct address address;
	struct io_socket *socket; /* NULL: it has ended */
	bool is_good;
};

struct seats {
	struct seat seat[SEATS_MAX];
	size_t n, open, good;
	bool is_starting;
	/* One has ended, but none of those that end while seats_start() runs; may free all this.
	 * NULL: nobody waits. */
	void (*on_change)(void *ctx);
	void *ctx;
};

/* Zeroed before. Those that vet.h allows, as many as there is room for. */
void seats_add(struct seats *seats, const struct probe_run *run, const struct address *address);
void seats_start(struct seats *seats, struct io *io);
/* The first good one; NULL: none is. */
const struct address *seats_good(const struct seats *seats);
/* What is still under way is dropped. */
void seats_cancel(struct seats *seats);

#endif
