/*
 * window.h - a plan's window as spans of time. Pure.
 */
#ifndef CORE_WINDOW_H
#define CORE_WINDOW_H

#include <stdbool.h>

#include "shorewatch/window.h"

/* From `from` on, before `until`; both unset: there is none. */
struct span {
	wall_t from, until;
};

/*
 * The span that `at` lies in, of several the one that ends last; else the next
 * one, begun within 400 days. A start that the clock leaps over is the first
 * instant that exists; one that it passes twice is the first of the two, and a
 * span that ends by the clock ends when it reads so for the last time. An end
 * that the clock leaps over comes as if it had not leapt, so that no span is lost.
 */
struct span window_span(const struct window_plan *window, wall_t at);
/* The last one that has begun by `at`, not more than 32 days ago; it may be over. */
struct span window_last(const struct window_plan *window, wall_t at);
bool span_has(const struct span *span, wall_t at);

#endif
