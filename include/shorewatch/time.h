/*
 * time.h - the two clocks, as two types on purpose.
 *
 * mono_t decides, wall_t shows. A span between two readings of the same clock
 * is a usec_t; there is no way from one clock to the other.
 */
#ifndef SHOREWATCH_TIME_H
#define SHOREWATCH_TIME_H

#include <stdbool.h>
#include <stdint.h>

typedef int64_t usec_t;			   /* a span, microseconds */
typedef struct { int64_t us; } mono_t;	   /* CLOCK_BOOTTIME, microseconds */
typedef struct { int64_t us; } wall_t;	   /* since 1970-01-01 UTC, microseconds; 0 = never */

/* One turn's reading of both clocks. */
struct now {
	mono_t mono;
	wall_t wall;
};

#define USEC_PER_MS  ((usec_t)1000)
#define USEC_PER_SEC ((usec_t)1000000)
#define USEC_PER_MIN (60 * USEC_PER_SEC)
#define USEC_PER_HOUR (60 * USEC_PER_MIN)
#define USEC_PER_DAY (24 * USEC_PER_HOUR)

#define MONO_NEVER ((mono_t){ INT64_MAX })

static inline mono_t mono_add(mono_t t, usec_t span)
{
	return span > 0 && t.us > INT64_MAX - span ? MONO_NEVER : (mono_t){ t.us + span };
}

/* The span from `a` to `b`; negative when b is earlier. */
static inline usec_t mono_span(mono_t a, mono_t b)
{
	return b.us - a.us;
}

static inline mono_t mono_min(mono_t a, mono_t b)
{
	return a.us < b.us ? a : b;
}

static inline bool mono_reached(mono_t deadline, mono_t now)
{
	return now.us >= deadline.us;
}

static inline usec_t wall_span(wall_t a, wall_t b)
{
	return b.us - a.us;
}

static inline bool wall_is_set(wall_t t)
{
	return t.us != 0;
}

#endif
