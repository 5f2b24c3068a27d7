/*
 * sentence.h - whole sentences with named holes: "{who} is down since {at}".
 *
 * A wording stands complete in the table of its language; only the holes are
 * filled here, so that word order stays the language's own business. What is
 * written is plain text; whoever places it escapes it for its place.
 */
#ifndef RENDER_SENTENCE_H
#define RENDER_SENTENCE_H

#include "shorewatch/plan.h"
#include "shorewatch/time.h"

struct buf;

enum hole_kind {
	HOLE_END,
	HOLE_OWN,     /* our words, taken as they are */
	HOLE_FOREIGN, /* from outside: cleaned by text_line */
	HOLE_NUMBER,
	HOLE_SPAN,    /* "1 h 17 min" */
	HOLE_ROUGHLY, /* "1 hour" */
	HOLE_WAITED,  /* "10 s", "4.7 s": how long somebody waited in vain */
	HOLE_LATENCY, /* "184 ms", "10.0 s" */
	HOLE_TIME,    /* "14:01:40" */
	HOLE_MINUTE,  /* "14:01" */
	HOLE_ZONE,    /* "JST", as it was at that time */
};

struct hole {
	enum hole_kind kind;
	const char *name;
	const char *text;
	int64_t number;
	wall_t at;
};

/* A list of holes for one call. */
#define HOLES(...) ((const struct hole[]){ __VA_ARGS__, { .kind = HOLE_END } })
#define hole_own(NAME, TEXT) { .kind = HOLE_OWN, .name = (NAME), .text = (TEXT) }
#define hole_foreign(NAME, TEXT) { .kind = HOLE_FOREIGN, .name = (NAME), .text = (TEXT) }
#define hole_number(NAME, N) { .kind = HOLE_NUMBER, .name = (NAME), .number = (int64_t)(N) }
#define hole_span(NAME, US) { .kind = HOLE_SPAN, .name = (NAME), .number = (US) }
#define hole_roughly(NAME, US) { .kind = HOLE_ROUGHLY, .name = (NAME), .number = (US) }
#define hole_waited(NAME, US) { .kind = HOLE_WAITED, .name = (NAME), .number = (US) }
#define hole_latency(NAME, US) { .kind = HOLE_LATENCY, .name = (NAME), .number = (US) }
#define hole_time(NAME, AT) { .kind = HOLE_TIME, .name = (NAME), .at = (AT) }
#define hole_minute(NAME, AT) { .kind = HOLE_MINUTE, .name = (NAME), .at = (AT) }
#define hole_zone(NAME, AT) { .kind = HOLE_ZONE, .name = (NAME), .at = (AT) }

/* One meaning in one language. `one` is for a count of exactly 1; NULL: there is no such form. */
struct wording {
	const char *other, *one;
};

/* The form for a count of `n`. */
const char *wording_for(const struct wording *wording, unsigned n);
/* Every hole the wording names must be among `holes`; more may be given than are used. */
void sentence_fill(struct buf *to, enum language language, const char *wording,
		   const struct hole *holes);

#endif
