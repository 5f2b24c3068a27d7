/*
 * absorb.c - one cause, one incident, also when it shows itself late.
 *
 * What begins as one failure among others may turn out to be part of what the
 * whole stack has. As long as nobody was told of it, it is no incident of its
 * own: its members, and what its log says, go over to the one that leads.
 */
#include "core/engine_parts.h"

static void move_members(struct engine *e, const struct incident *from, struct incident *to)
{
	for (size_t i = 0; i < e->plan->targets_n + e->plan->watchdogs_n; i++) {
		struct incident_member *m = &e->members[i];

		if (m->incident != from->id)
			continue;
		m->incident = to->id;
		m->is_news |= to->state == INCIDENT_OPEN && m->is_failing;
	}
	for (unsigned i = 0; i < from->log_n; i++)
		incident_note(to, &from->log[i]);
	for (unsigned i = 0; i < from->affected_n; i++)
		members_remember(to, from->affected[i]);
}

void absorb_untold(struct engine *e, struct incident *slots, struct incident *lead)
{
	for (size_t i = 0; i < CASES_PER_STACK; i++) {
		struct incident *slot = &slots[i];

		if (slot == lead || slot->state != INCIDENT_WAITING || slot->is_held ||
		    slot->is_adopted)
			continue;
		move_members(e, slot, lead);
		if (lead->mails == 0 && slot->opened.mono.us < lead->opened.mono.us)
			lead->opened = slot->opened;
		if (slot->newest.us > lead->newest.us)
			lead->newest = slot->newest;
		slot->state = INCIDENT_FREE;
	}
}
