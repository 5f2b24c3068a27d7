/*
 * telling.c - what each channel was told of each incident, and what it is told
 * now.
 *
 *   after  nothing before so much time has passed since the incident's first
 *          notice, and nothing of what somebody has acknowledged by then
 *   only   nothing before the finding is one of these; who was told of one is
 *          told when it turns into another, and of its end
 *   quiet  hours in which only an outage of everything and an end are told;
 *          what was held is told when they are over, as it stands then
 *
 * The first notice of an incident to a channel is its DOWN, whatever the others
 * are told at that moment, and whoever was told of no DOWN is told of no UP.
 */
#include <assert.h>
#include <string.h>

#include "core/engine_parts.h"
#include "core/window.h"

/* The wall clock may be set: what waits for it looks again so often. */
#define QUIET_LOOK USEC_PER_MIN

/* ---- quiet hours ---- */

/* The end of the span that `at` lies in; unset: it lies in none. */
static wall_t span_end(const struct channel_plan *c, wall_t at)
{
	for (size_t i = 0; i < c->quiet_n; i++) {
		struct span span = window_span(&c->quiet[i], at);

		if (span_has(&span, at))
			return span.until;
	}
	return (wall_t){ 0 };
}

/* Spans may follow each other; those that do for ever are refused by conf. */
wall_t telling_quiet_until(const struct channel_plan *c, wall_t at)
{
	wall_t until = { 0 }, end = span_end(c, at);

	for (size_t i = 0; i <= c->quiet_n && wall_is_set(end); i++) {
		until = end;
		end = span_end(c, until);
	}
	return until;
}

static bool is_hushed(const struct channel_plan *c, enum diagnosis finding, struct now now)
{
	return !diagnosis_is_red(finding) && wall_is_set(span_end(c, now.wall));
}

static mono_t hushed_until(const struct channel_plan *c, struct now now)
{
	usec_t rest = wall_span(now.wall, telling_quiet_until(c, now.wall));

	return mono_add(now.mono, rest < QUIET_LOOK ? rest : QUIET_LOOK);
}

/* ---- what it was told ---- */

static struct telling *telling_at(const struct engine *e, const struct incident *incident,
				  size_t channel)
{
	size_t slot = (size_t)(incident - e->incidents);

	assert(slot < e->incidents_max);
	return &e->tellings[slot * e->plan->channels_n + channel];
}

const struct telling *telling_of(const struct engine *e, const struct incident *incident,
				 size_t channel)
{
	const struct telling *t = telling_at(e, incident, channel);

	return t->incident == incident->id ? t : NULL;
}

void telling_set(struct engine *e, const struct incident *incident, size_t channel,
		 const struct telling *told)
{
	struct telling *t = telling_at(e, incident, channel);

	*t = *told;
	t->incident = incident->id;
}

void telling_note(struct engine *e, const struct incident *incident, size_t channel,
		  const struct notice *notice)
{
	const struct telling *before = telling_of(e, incident, channel);

	if (before && before->seq > notice->seq)
		return; /* read from the outbox in any order */
	telling_set(e, incident, channel,
		    &(struct telling){ .seq = notice->seq, .finding = notice->diagnosis });
}

void telling_note_all(struct engine *e, const struct incident *incident)
{
	for (size_t i = 0; i < e->plan->channels_n; i++)
		telling_set(e, incident, i, &(struct telling){ .finding = incident->mailed });
}

long channel_find(const struct engine *e, const char *name)
{
	for (size_t i = 0; i < e->plan->channels_n; i++)
		if (strcmp(e->plan->channels[i].name, name) == 0)
			return (long)i;
	return -1;
}

/* ---- what it is told with the others ---- */

static bool wants(const struct channel_plan *c, enum diagnosis finding)
{
	return c->only == 0 || (c->only & 1u << finding) != 0;
}

/* When its first notice is due, as far as that is a matter of time. */
static mono_t first_due(const struct channel_plan *c, const struct incident *incident,
			struct now now)
{
	return mono_add(incident->mails > 0 ? incident->first_mail.mono : now.mono, c->after);
}

static bool takes_first(const struct channel_plan *c, const struct incident *incident,
			struct now now)
{
	if (!wants(c, incident->finding) || is_hushed(c, incident->finding, now))
		return false;
	return c->after == 0 || (!wall_is_set(incident->acknowledged) &&
				 mono_reached(first_due(c, incident, now), now.mono));
}

static bool is_of_interest(const struct channel_plan *c, const struct telling *told,
			   const struct incident *incident, enum notice_kind kind)
{
	return wants(c, incident->finding) || (kind != NOTICE_REPEAT && wants(c, told->finding));
}

enum telling_turn telling_turn(const struct engine *e, const struct incident *incident,
			       size_t channel, enum notice_kind *kind, struct now now)
{
	const struct channel_plan *c = &e->plan->channels[channel];
	const struct telling *told = telling_of(e, incident, channel);

	if (*kind == NOTICE_RECOVERED)
		return told ? TELLING_NOW : TELLING_NOTHING;
	if (!told) {
		*kind = NOTICE_DOWN;
		return takes_first(c, incident, now) ? TELLING_NOW : TELLING_NOTHING;
	}
	if (!is_of_interest(c, told, incident, *kind))
		return TELLING_NOTHING;
	return is_hushed(c, incident->finding, now) ? TELLING_HELD : TELLING_NOW;
}

void telling_hold(struct engine *e, const struct incident *incident, size_t channel)
{
	telling_at(e, incident, channel)->is_held = true;
}

/* ---- what it is told alone ---- */

/* What was held, if it is still news. */
static bool is_due_again(const struct channel_plan *c, const struct telling *told,
			 const struct incident *incident, enum notice_kind *ret)
{
	bool is_other = told->finding != incident->finding;

	*ret = is_other ? NOTICE_CHANGE : NOTICE_REPEAT;
	return told->is_held && is_of_interest(c, told, incident, *ret) &&
	       (is_other || !wall_is_set(incident->acknowledged));
}

mono_t telling_late(const struct engine *e, const struct incident *incident, size_t channel,
		    enum notice_kind *ret, struct now now)
{
	const struct channel_plan *c = &e->plan->channels[channel];
	const struct telling *told = telling_of(e, incident, channel);
	mono_t due;

	if (told) {
		if (!is_due_again(c, told, incident, ret))
			return MONO_NEVER;
		due = now.mono;
	} else {
		*ret = NOTICE_DOWN;
		if (!wants(c, incident->finding) || wall_is_set(incident->acknowledged))
			return MONO_NEVER;
		due = first_due(c, incident, now);
	}
	if (mono_reached(due, now.mono) && is_hushed(c, incident->finding, now))
		return hushed_until(c, now);
	return due;
}

/* The first moment at which a channel is told something alone. */
static mono_t late_due(const struct engine *e, const struct incident *incident, struct now now)
{
	mono_t due = MONO_NEVER;
	enum notice_kind kind;

	for (size_t i = 0; i < e->plan->channels_n; i++)
		due = mono_min(due, telling_late(e, incident, i, &kind, now));
	return due;
}

/* What is true now is what people were told last, and is about to stay so. */
static bool is_told_as_it_is(const struct engine *e, const struct incident *incident)
{
	return incident->state == INCIDENT_OPEN && incident->mails > 0 && incident->failing > 0 &&
	       incident_weight(incident->finding, incident->is_partial) ==
		       incident_weight(incident->mailed, incident->is_partial_mailed) &&
	       !due_all_return(e, incident);
}

/* As with what is told to everybody; `ret_until`: when to ask again, if nothing happens before. */
static bool is_withheld(const struct engine *e, uint32_t stack, const struct incident *incident,
			mono_t *ret_until, struct now now)
{
	if (stack_is_under_review(e, stack, now)) {
		*ret_until = review_ends(e);
		return true;
	}
	*ret_until = awaited_until(e, incident->id, now);
	return ret_until->us > now.mono.us || quiet_holds(e, stack, incident, now, ret_until);
}

mono_t telling_advance(struct engine *e, uint32_t stack, struct incident *incident,
		       struct now now)
{
	mono_t due, until;

	if (!is_told_as_it_is(e, incident))
		return MONO_NEVER;
	due = late_due(e, incident, now);
	if (!mono_reached(due, now.mono))
		return due;
	if (is_withheld(e, stack, incident, &until, now))
		return until;
	tell_late(e, incident, now);
	return late_due(e, incident, now);
}
