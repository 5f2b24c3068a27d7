/*
 * news.c - who fails and was in no mail yet.
 *
 * A member is news from when it joins an incident of which people know until a
 * mail has named it, or it is back. While the finding is one of the whole stack
 * nobody is: that names them all.
 */
#include "core/engine_parts.h"

void news_note(struct incident *incident, struct incident_member *m, struct now now)
{
	if (incident->state != INCIDENT_OPEN || diagnosis_is_stack_level(incident->mailed))
		return;
	incident->joined = mono_min(incident->joined, now.mono);
	m->is_news = true;
}

static bool is_unnamed(const struct engine *e, uint32_t subject, const struct incident *incident)
{
	const struct incident_member *m = &e->members[subject];

	return m->incident == incident->id && m->is_failing && !m->is_named &&
	       !is_planned(e, subject);
}

bool news_is_any_unnamed(const struct engine *e, const struct incident *incident)
{
	for (uint32_t i = 0; i < e->plan->targets_n + e->plan->watchdogs_n; i++)
		if (is_unnamed(e, i, incident))
			return true;
	return false;
}

void news_note_unnamed(struct engine *e, struct incident *incident)
{
	for (uint32_t i = 0; i < e->plan->targets_n + e->plan->watchdogs_n; i++) {
		if (!is_unnamed(e, i, incident))
			continue;
		e->members[i].is_news = true;
		incident->joined = incident->narrowed;
	}
}

void news_look(const struct engine *e, struct incident *incident)
{
	size_t subjects = e->plan->targets_n + e->plan->watchdogs_n;

	for (size_t i = 0; i < subjects; i++)
		if (e->members[i].incident == incident->id && e->members[i].is_news)
			return;
	incident->joined = MONO_NEVER;
}

void news_forget(struct engine *e, struct incident *incident, struct incident_member *m)
{
	if (!m->is_news)
		return;
	m->is_news = false;
	news_look(e, incident);
}

void news_void(struct engine *e, uint32_t subject)
{
	struct incident_member *m = &e->members[subject];
	struct incident *incident = cases_find(e, m->incident);

	if (incident)
		news_forget(e, incident, m);
}

void news_acknowledged(struct engine *e, struct incident *incident)
{
	size_t subjects = e->plan->targets_n + e->plan->watchdogs_n;

	for (size_t i = 0; i < subjects; i++)
		if (e->members[i].incident == incident->id && e->members[i].is_named)
			news_forget(e, incident, &e->members[i]);
}

void news_mailed(struct engine *e, const struct incident *incident)
{
	size_t subjects = e->plan->targets_n + e->plan->watchdogs_n;

	for (size_t i = 0; i < subjects; i++) {
		struct incident_member *m = &e->members[i];

		if (m->incident != incident->id)
			continue;
		m->is_named |= m->is_failing;
		m->was_named |= m->is_named;
		m->is_news = false;
	}
}

/* People know that it comes and goes, if a mail has named it. */
static bool is_old_news(const struct engine *e, uint32_t subject, struct now now)
{
	return e->members[subject].was_named && flap_is_on(&e->flaps[subject], now.mono);
}

/*
 * The notice of an adopted one has named those who are its members. Of one that comes and goes
 * nobody wants to hear each time, but that it joins.
 */
bool news_is_old(const struct engine *e, const struct incident *incident, uint32_t subject,
		 struct now now)
{
	return incident->is_adopted || is_old_news(e, subject, now);
}
