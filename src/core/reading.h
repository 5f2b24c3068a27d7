/*
 * reading.h - one line of a saved state, back into the engine.
 */
#ifndef CORE_READING_H
#define CORE_READING_H

#include "core/engine_state.h"

struct reading {
	struct engine *e;
	bool is_trial; /* nothing is kept */
	usec_t shift;
	const char *rest; /* of the line, behind the name */
	size_t rest_n;
	char name[NAME_TEXT_MAX];
	bool is_by_channel; /* it says which channel was told of which incident */
	struct incident *incident; /* that event and affected lines belong to; NULL: passed over */
};

/* False: it cannot be understood. A kind that is not known is a newer version's, and passed over. */
bool reading_line(struct reading *r, const char *line, size_t n);
/* Their places in the plan by name; -1: it has none. */
long subject_target(struct engine *e, const char *name);
long subject_watchdog(const struct engine *e, const char *name);

#endif
