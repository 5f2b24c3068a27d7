/*
 * target.h - one check's own page (t/NAME.html), and what the history tells of
 * its last day.
 */
#ifndef RENDER_TARGET_H
#define RENDER_TARGET_H

#include "core/model.h"

struct buf;
struct groups;

#define TARGET_QUARTERS 96 /* quarter hours of a day */
#define TARGET_CHECKS	10
#define TARGET_P95_OF	20 /* of fewer runs only the median is told */

/* One quarter hour. Times are of runs that passed; 0: none did. */
struct target_quarter {
	unsigned passes, failures;
	usec_t median, p95;
};

struct target_check {
	wall_t started;
	usec_t total_us;
	struct outcome outcome;
	int code; /* of an answer that was not the right one; 0: none */
};

struct target_past {
	/* The sums of the 24 h before now; `observed_s` and `planned_s` 0: nothing is known. */
	struct day_sums last_day;
	/* Oldest first; the last one ends at `ends`, which may be some minutes ahead. */
	struct target_quarter quarters[TARGET_QUARTERS];
	wall_t ends;
	unsigned passes, failures; /* of all of them */
	usec_t median, p95;	   /* likewise, by nearest rank; 0: none */
	struct target_check checks[TARGET_CHECKS]; /* newest first */
	size_t checks_n;
};

/* What a check's page is written from. */
struct target_sources {
	const struct model *model;
	size_t target;			/* in plan.targets; not hidden */
	const struct target_past *past; /* NULL: no history is at hand */
	const struct groups *groups;	/* that have a page of their own; NULL: none has */
};

void page_target(const struct target_sources *from, enum language language, struct buf *to);
/*
 * Above this many visible checks their pages are written when something changes, and each quarter
 * hour: such a page must not wait for the next report's picture.
 */
bool page_target_is_rare(const struct model *model);

#endif
