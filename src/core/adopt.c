/*
 * adopt.c - a notice that outlived the state it was made from.
 *
 * The notice is durable before the state is (ARCHITECTURE 6), so a crash, a
 * full disk or a lost database can leave a mail whose incident nobody
 * remembers. The notice tells enough to go on: its incident is rebuilt, takes
 * its members in again once they have been judged, and is not mailed twice.
 */
#include <string.h>

#include "core/engine_state.h"

static bool is_past(const struct engine *e, uint64_t id)
{
	for (size_t i = 0; i < e->past_n; i++)
		if (e->past[i].id == id)
			return true;
	return false;
}

/* The file may be of another boot: only its wall time means anything. */
static struct now rebase(struct now then, struct now now)
{
	usec_t ago = wall_span(then.wall, now.wall);

	return (struct now){ { now.mono.us - (ago > 0 ? ago : 0) }, then.wall };
}

static struct incident *adopt(struct engine *e, const struct notice *notice, struct now now)
{
	long stack = stack_find(e, notice->stack);
	struct incident *slots;

	if (stack < 0)
		return NULL;
	slots = e->incidents + (size_t)stack * CASES_PER_STACK;
	for (size_t i = 0; i < CASES_PER_STACK; i++) {
		if (slots[i].state != INCIDENT_FREE)
			continue;
		slots[i] = (struct incident){
			.state = INCIDENT_OPEN, .id = notice->incident, .is_adopted = true,
			.opened = rebase(notice->opened, now),
			.confirmed = rebase(notice->created, now),
			.first_mail = rebase(notice->created, now),
			.newest = rebase(notice->opened, now).mono, .worsened = MONO_NEVER, .narrowed = MONO_NEVER, .joined = MONO_NEVER,
		};
		memcpy(slots[i].number, notice->number, sizeof slots[i].number);
		memcpy(slots[i].stack, notice->stack, sizeof slots[i].stack);
		memcpy(slots[i].host, notice->host, sizeof slots[i].host);
		return &slots[i];
	}
	return NULL;
}

void engine_adopt(struct engine *e, const struct notice *notice, struct now now)
{
	struct incident *incident = cases_find(e, notice->incident);

	if (notice->incident == 0 || is_past(e, notice->incident) ||
	    (wall_is_set(e->restored) && notice->created.wall.us <= e->restored.us))
		return;
	if (notice->kind == NOTICE_RECOVERED) {
		if (incident)
			incident->state = INCIDENT_FREE;
		snapshot_tidy(e);
		return;
	}
	if (!incident)
		incident = adopt(e, notice, now);
	if (!incident || notice->seq < incident->mails)
		return;
	incident->state = INCIDENT_OPEN;
	incident->mails = notice->seq + 1;
	incident->last_mail = rebase(notice->created, now);
	incident->finding = incident->mailed = notice->diagnosis;
	if (diagnosis_severity(notice->diagnosis) > diagnosis_severity(incident->worst))
		incident->worst = notice->diagnosis;
}
