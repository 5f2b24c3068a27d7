/*
 * seats.c - see seats.h. All at once: one that is silent would use up the time
 * of the others.
 */
#include "seats.h"

#include "shorewatch/probe.h"
#include "vet.h"

static void on_done(void *ctx, enum cause cause, bool is_reached, const char *note)
{
	struct seat *seat = ctx;
	struct seats *seats = seat->seats;

	(void)is_reached;
	(void)note;
	seat->socket = NULL;
	seat->is_good = cause == CAUSE_PASS;
	seats->good += seat->is_good;
	seats->open--;
	if (!seats->is_starting && seats->on_change != NULL)
		seats->on_change(seats->ctx);
}

void seats_add(struct seats *seats, const struct probe_run *run, const struct address *address)
{
	if (seats->n == SEATS_MAX || !vet_allows(run->target, address))
		return;
	seats->seat[seats->n++] = (struct seat){ .seats = seats, .address = *address };
}

void seats_start(struct seats *seats, struct io *io)
{
	seats->open = seats->n;
	seats->is_starting = true;
	for (size_t i = 0; i < seats->n; i++) {
		struct seat *seat = &seats->seat[i];
		const struct io_socket_spec spec = {
			.address = seat->address, .on_done = on_done, .ctx = seat
		};
		struct io_socket *socket = io_socket_start(io, &spec);

		/* NULL: on_done has been here. */
		if (socket != NULL)
			seat->socket = socket;
	}
	seats->is_starting = false;
}

const struct address *seats_good(const struct seats *seats)
{
	for (size_t i = 0; i < seats->n; i++) {
		if (seats->seat[i].is_good)
			return &seats->seat[i].address;
	}
	return NULL;
}

void seats_cancel(struct seats *seats)
{
	for (size_t i = 0; i < seats->n; i++) {
		io_socket_cancel(seats->seat[i].socket);
		seats->seat[i].socket = NULL;
	}
}
