/*
 * hush.c - the operator's word that mails are not wanted: silences for a
 * while, and the acknowledgement of one incident.
 *
 * What it holds back is cases.c's; here is who has been silenced, and until
 * when. A silence goes by the wall clock, as it was spoken.
 */
#include <errno.h>
#include <string.h>

#include "base/words.h"
#include "core/engine_parts.h"

#define CLOCK_FAR_OFF USEC_PER_DAY

static void hush_changed(struct engine *e, struct now now)
{
	cases_touch_all(e);
	engine_dirty(e, now);
	e->effects.publish(e->effects.ctx);
}

static void silence_remove(struct engine *e, size_t at)
{
	e->silences_n--;
	memmove(e->silences + at, e->silences + at + 1,
		(e->silences_n - at) * sizeof e->silences[0]);
}

bool engine_unsilence(struct engine *e, const char *scope, struct now now)
{
	for (size_t i = 0; i < e->silences_n; i++) {
		if (strcmp(e->silences[i].scope, scope) != 0)
			continue;
		silence_remove(e, i);
		hush_changed(e, now);
		return true;
	}
	return false;
}

int engine_silence(struct engine *e, const char *scope, wall_t until, const char *words,
		   struct now now)
{
	struct silence *s;

	if (strlen(scope) >= SCOPE_TEXT_MAX || !scope_is_known(e->plan, scope))
		return -ENOENT;
	if (until.us <= now.wall.us)
		return -EINVAL;
	(void)engine_unsilence(e, scope, now);
	if (e->silences_n == SILENCES_MAX)
		return -ENOSPC;
	s = &e->silences[e->silences_n++];
	*s = (struct silence){ .since = now.wall, .until = until };
	words_copy(s->scope, sizeof s->scope, scope);
	incident_text(s->text, words);
	hush_changed(e, now);
	return 0;
}

/*
 * Before a clock that was far ahead is set right, a silence must not last for
 * the years between: it begins anew.
 */
static void follow_clock(struct silence *s, struct now now)
{
	usec_t ahead = wall_span(now.wall, s->since);

	if (ahead <= CLOCK_FAR_OFF)
		return;
	s->since = now.wall;
	s->until.us -= ahead;
}

mono_t silences_advance(struct engine *e, struct now now)
{
	mono_t wake = MONO_NEVER;

	for (size_t i = e->silences_n; i-- > 0;) {
		usec_t left;

		follow_clock(&e->silences[i], now);
		left = wall_span(now.wall, e->silences[i].until);
		if (left > 0) {
			wake = mono_min(wake, mono_add(now.mono, left));
			continue;
		}
		silence_remove(e, i);
		hush_changed(e, now);
	}
	return wake;
}

const struct silence *silence_of(const struct engine *e, uint32_t subject)
{
	bool is_target = subject < e->plan->targets_n;

	for (size_t i = 0; i < e->silences_n; i++)
		if (is_target ? scope_has_target(e->plan, e->silences[i].scope, subject)
			      : scope_has_watchdog(e->plan, e->silences[i].scope,
						   subject - (uint32_t)e->plan->targets_n))
			return &e->silences[i];
	return NULL;
}

bool is_silenced(const struct engine *e, uint32_t subject)
{
	return silence_of(e, subject) != NULL;
}

const struct silence *silence_of_stack(const struct engine *e, uint32_t stack)
{
	for (size_t i = 0; i < e->silences_n; i++)
		if (scope_has_stack(e->plan, e->silences[i].scope, stack))
			return &e->silences[i];
	return NULL;
}

bool engine_acknowledge(struct engine *e, const char *number, const char *words, struct now now)
{
	for (size_t i = 0; i < e->incidents_max; i++) {
		struct incident *incident = &e->incidents[i];
		struct incident_event event = { .at = now.wall, .kind = EVENT_ACKNOWLEDGED };

		if ((incident->state != INCIDENT_WAITING && incident->state != INCIDENT_OPEN) ||
		    strcmp(incident->number, number) != 0)
			continue;
		incident->acknowledged = now.wall;
		news_acknowledged(e, incident);
		incident_text(event.text, words);
		incident_note(incident, &event);
		e->effects.record(e->effects.ctx,
				  &(struct record){
					  .kind = RECORD_INCIDENT, .now = now, .incident = incident });
		hush_changed(e, now);
		return true;
	}
	return false;
}
