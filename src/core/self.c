/*
 * self.c - what people must know about ourselves: said once while it lasts.
 *
 * That a configuration is broken, or our clock wrong, belongs to no incident
 * and no stack; it is mailed to everybody.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/words.h"
#include "core/engine_parts.h"

void engine_self(struct engine *e, enum self_matter matter, const char *detail, struct now now)
{
	char text[INCIDENT_TEXT_MAX], line[NOTICE_AFFECTED_MAX];
	uint64_t key;

	if (!detail) {
		if (e->self[matter] != 0)
			engine_dirty(e, now);
		e->self[matter] = 0;
		return;
	}
	incident_text(text, detail);
	words_copy(line, sizeof line, text);
	key = self_key(matter, line);
	if (e->self[matter] == key)
		return;
	tell_self(e, matter, line, now);
	e->self[matter] = key;
	engine_dirty(e, now);
}

void self_clock(struct engine *e, bool is_wrong, usec_t off, struct now now)
{
	char seconds[32];

	(void)snprintf(seconds, sizeof seconds, "%" PRId64, (int64_t)(off / USEC_PER_SEC));
	engine_self(e, SELF_CLOCK, is_wrong ? seconds : NULL, now);
}
