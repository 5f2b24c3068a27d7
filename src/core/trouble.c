/*
 * trouble.c - ways out that fail, told by those that work.
 *
 * What waits for too long is the outbox's to say; here it becomes one notice
 * when it begins, and one when it is over. While we are cut off ourselves
 * nothing can leave by any of them, and nothing is made of it.
 */
#include "core/engine_parts.h"

/* `channel`: -1 for mail as a whole. */
static void trouble_set(struct engine *e, long channel, wall_t *known, wall_t since,
			struct now now)
{
	bool is_broken = wall_is_set(since);

	if (is_broken == wall_is_set(*known) ||
	    (is_broken && e->vantage_state == VANTAGE_ISOLATED))
		return;
	tell_trouble(e, channel, is_broken ? since : *known, !is_broken, now);
	*known = since;
	engine_dirty(e, now);
}

static wall_t broken_since(wall_t oldest, struct now now)
{
	bool is_broken = wall_is_set(oldest) && wall_span(oldest, now.wall) > TROUBLE_AFTER;

	return is_broken ? oldest : (wall_t){ 0 };
}

void trouble_mail(struct engine *e, wall_t oldest, struct now now)
{
	trouble_set(e, -1, &e->mail_trouble, broken_since(oldest, now), now);
}

void engine_channel(struct engine *e, size_t channel, wall_t oldest, struct now now)
{
	trouble_set(e, (long)channel, &e->channels[channel].trouble, broken_since(oldest, now),
		    now);
}
