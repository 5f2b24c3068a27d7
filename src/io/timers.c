/*
 * timers.c - times to be called at.
 */
#include "io/timers.h"

#include <stdlib.h>

#include "io/loop_fd.h"
#include "io/parts.h"

struct io_timer {
	mono_t due;
	void (*on_due)(void *ctx);
	void *ctx;
	bool is_freed; /* its own call, or that of a neighbour, may be going on: released later */
	struct io_timer *next;
};

struct io_timer *io_timer_new(struct io *io, void (*on_due)(void *ctx), void *ctx)
{
	struct timers *timers = io_parts(io)->timers;
	struct io_timer *timer = calloc(1, sizeof(*timer));

	if (timer == NULL)
		return NULL;
	*timer = (struct io_timer){
		.due = MONO_NEVER, .on_due = on_due, .ctx = ctx, .next = timers->first
	};
	timers->first = timer;
	return timer;
}

void io_timer_set(struct io_timer *timer, mono_t due)
{
	timer->due = due;
}

void io_timer_free(struct io_timer *timer)
{
	if (timer == NULL)
		return;
	timer->is_freed = true;
	timer->due = MONO_NEVER;
}

mono_t timers_due(const struct timers *timers)
{
	mono_t due = MONO_NEVER;

	for (const struct io_timer *timer = timers->first; timer != NULL; timer = timer->next)
		due = mono_min(due, timer->due);
	return due;
}

void timers_serve(struct timers *timers, mono_t now)
{
	for (struct io_timer *timer = timers->first; timer != NULL; timer = timer->next) {
		if (!mono_reached(timer->due, now))
			continue;
		timer->due = MONO_NEVER;
		timer->on_due(timer->ctx);
	}
	timers_sweep(timers);
}

void timers_sweep(struct timers *timers)
{
	struct io_timer **link = &timers->first;

	while (*link != NULL) {
		struct io_timer *timer = *link;

		if (timer->is_freed) {
			*link = timer->next;
			free(timer);
		} else {
			link = &timer->next;
		}
	}
}
