/*
 * announce.c - when an incident is worth a mail, and which.
 *
 * Pure: an incident and the time in, at most one announcement out.
 *
 *   first      after group_wait at most, and as soon as waiting cannot change
 *              the finding any more (ARCHITECTURE 6)
 *   worse      the same from the moment it became worse, so that an upgrade
 *              carries its whole finding too; nothing else holds it back. The
 *              other family of a site fails as well: that is worse, too
 *   otherwise  other cause of the same weight when it has held for 2 min: the first beat of a
 *              stack that returns comes before its sites are seen again; further
 *              members: every 5 min at most; those that join within 2 min wait for the next mail
 *   milder     when it has held for 5 min: a stack that comes back does so
 *              target by target, and is one mail when all of it is back
 *   comes and goes  once, when it begins to; until it is calm nothing but worse, and who
 *              else fails
 *   acknowledged    nothing but worse, who else fails, and its end
 *   nothing    as long as no finding says what is wrong
 *   repeat     1 h, 4 h, 12 h after the first mail, then daily
 */
#include "core/engine_parts.h"

#define UPDATE_SPACING (5 * USEC_PER_MIN)
#define JOIN_WAIT (2 * USEC_PER_MIN)
#define OTHER_HOLD (2 * USEC_PER_MIN)
#define NARROW_HOLD (5 * USEC_PER_MIN)

static struct announcement say(enum notice_kind kind)
{
	return (struct announcement){ .is_due = true, .kind = kind, .wake = MONO_NEVER };
}

static struct announcement wait_until(mono_t wake)
{
	return (struct announcement){ .wake = wake };
}

static mono_t later(mono_t a, mono_t b)
{
	return a.us > b.us ? a : b;
}

static struct announcement announce_when_settled(enum notice_kind kind, mono_t at_last,
						 bool is_settled, struct now now)
{
	return is_settled || mono_reached(at_last, now.mono) ? say(kind) : wait_until(at_last);
}

static mono_t joined_due(const struct incident *i)
{
	if (i->joined.us == INT64_MAX || diagnosis_is_stack_level(i->finding))
		return MONO_NEVER;
	return later(mono_add(i->joined, JOIN_WAIT), mono_add(i->last_mail.mono, UPDATE_SPACING));
}

/* How much worse it is than people were told; below 0: milder. */
static int worse_by(const struct incident *i)
{
	return incident_weight(i->finding, i->is_partial) -
	       incident_weight(i->mailed, i->is_partial_mailed);
}

/* Another cause of the same weight: told when it has held. */
static mono_t other_due(const struct incident *i, mono_t spaced)
{
	if (i->finding == i->mailed)
		return (i->also & ~i->mailed_also) != 0 ? spaced : MONO_NEVER;
	return i->narrowed.us != INT64_MAX ? later(mono_add(i->narrowed, OTHER_HOLD), spaced)
					   : spaced;
}

/* When a change that does not press may be told: spaced from the last mail. */
static mono_t change_due(const struct incident *i)
{
	mono_t spaced = mono_add(i->last_mail.mono, UPDATE_SPACING);
	mono_t due = joined_due(i);
	int worse = worse_by(i);

	if (worse < 0 && i->narrowed.us != INT64_MAX)
		due = mono_min(due, later(mono_add(i->narrowed, NARROW_HOLD), spaced));
	if (worse == 0)
		due = mono_min(due, other_due(i, spaced));
	return due;
}

mono_t announce_narrowed(const struct incident *incident)
{
	bool is_known = incident->is_flapping || wall_is_set(incident->acknowledged);

	if (!is_known || incident->narrowed.us == INT64_MAX || worse_by(incident) >= 0)
		return MONO_NEVER;
	return mono_add(incident->narrowed, NARROW_HOLD);
}

struct announcement announce(const struct incident *incident, bool is_settled,
			     const struct mail_plan *mail, struct now now)
{
	bool is_acknowledged = wall_is_set(incident->acknowledged);
	bool is_known = incident->is_flapping || is_acknowledged;
	mono_t change, repeat;

	if (incident->finding == DIAGNOSIS_NONE)
		return wait_until(MONO_NEVER);
	if (incident->state == INCIDENT_WAITING)
		return announce_when_settled(NOTICE_DOWN, incident->group_wait_ends, is_settled,
					     now);
	if (worse_by(incident) > 0)
		return announce_when_settled(NOTICE_CHANGE,
					     mono_add(incident->worsened, mail->group_wait),
					     is_settled, now);
	if (incident->is_flapping && !incident->is_flapping_told && !is_acknowledged)
		return say(NOTICE_CHANGE);
	change = is_known ? joined_due(incident) : change_due(incident);
	repeat = is_known ? MONO_NEVER : incident_next_repeat(incident, mail);
	if (mono_reached(change, now.mono))
		return say(NOTICE_CHANGE);
	if (mono_reached(repeat, now.mono))
		return say(NOTICE_REPEAT);
	return wait_until(mono_min(change, repeat));
}
