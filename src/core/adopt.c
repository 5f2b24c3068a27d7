/*
 * adopt.c - a notice that outlived the state it was made from.
 *
 * The notice is durable before the state is (ARCHITECTURE 6), so a crash, a
 * full disk or a lost database can leave a mail whose incident nobody
 * remembers. The notice tells enough to go on: its incident is rebuilt, takes
 * its members in again once they have been judged, and is not mailed twice.
 */
#include <string.h>

#include "base/words.h"
#include "core/engine_parts.h"

/* Its UP is known: of the same outbox, whatever the order in which its files are read. */
static void note_end(struct engine *e, uint64_t id)
{
	e->ended[e->ended_n++ % ENDED_MAX] = id;
}

static bool is_past(const struct engine *e, uint64_t id)
{
	for (size_t i = 0; i < ENDED_MAX && i < e->ended_n; i++)
		if (e->ended[i] == id)
			return true;
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

static bool is_named(const char *names, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = names; *at; at += *at == ',') {
		size_t length = strcspn(at, ",");

		if (length == n && memcmp(at, name, n) == 0)
			return true;
		at += length;
	}
	return false;
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
			.state = INCIDENT_OPEN,
			.id = notice->incident,
			.is_adopted = true,
			.opened = rebase(notice->opened, now),
			.confirmed = rebase(notice->created, now),
			.first_mail = rebase(notice->created, now),
			.newest = rebase(notice->opened, now).mono,
			.worsened = MONO_NEVER,
			.narrowed = MONO_NEVER,
			.joined = MONO_NEVER,
		};
		memcpy(slots[i].number, notice->number, sizeof slots[i].number);
		memcpy(slots[i].stack, notice->stack, sizeof slots[i].stack);
		memcpy(slots[i].host, notice->host, sizeof slots[i].host);
		return &slots[i];
	}
	return NULL;
}

static const char *name_of(const struct plan *plan, size_t subject)
{
	return subject < plan->targets_n ? plan->targets[subject].name
					 : plan->watchdogs[subject - plan->targets_n].name;
}

/* The next notice names them, too, and so does the history. */
static void adopt_names(struct engine *e, struct incident *incident, const struct notice *notice)
{
	for (size_t i = 0; i < e->plan->targets_n + e->plan->watchdogs_n; i++)
		if (is_named(notice->affected, name_of(e->plan, i)))
			members_remember(incident, name_of(e->plan, i));
}

/* The members it was known to have; whether they still fail is seen when they are judged. */
static void adopt_members(struct engine *e, const struct notice *notice)
{
	for (size_t i = 0; i < e->plan->targets_n + e->plan->watchdogs_n; i++) {
		struct incident_member *m = &e->members[i];

		if (m->incident == 0 && is_named(notice->affected, name_of(e->plan, i)))
			*m = (struct incident_member){ .incident = notice->incident,
						       .is_failing = true,
						       .failing_since = notice->opened.wall };
	}
}

/* A job is asked nothing: that it reported is all that will be known of it for long. */
static void believe_target(struct engine *e, uint32_t target, struct now now)
{
	const struct verdict_rule at_once = { .fall = 1, .rise = 1 };
	struct verdict *v = &e->checks[target].verdict;

	if (is_job(e, target)) {
		(void)verdict_step(v, &at_once, SIGNAL_PASS, true, now, now);
		job_trust(job_at(e, target), now);
	} else {
		verdict_forget(v, now);
	}
}

/* Its UP is on the way already: what the older state still holds against its members is void. */
static void believe_recovery(struct engine *e, struct incident *incident, struct now now)
{
	for (uint32_t i = 0; i < e->plan->targets_n; i++)
		if (e->members[i].incident == incident->id &&
		    verdict_is_failing(e->checks[i].verdict.state))
			believe_target(e, i, now);
	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++) {
		const struct incident_member *m = &e->members[member_of_watchdog(e, i)];

		/* What it has begun since it returned is its own. */
		if (m->incident != incident->id || !m->is_failing)
			continue;
		witnesses_forget(e, i);
		if (e->deadmen[i].state != DEADMAN_NEW)
			deadman_trust(&e->deadmen[i], now);
	}
}

/*
 * It is past, so that an earlier notice of it, read later, does not bring it back to take new
 * failures in.
 */
static void adopt_end(struct engine *e, struct incident *incident, const struct notice *notice,
		      struct now now)
{
	if (!incident)
		incident = adopt(e, notice, now);
	if (!incident)
		return;
	believe_recovery(e, incident, now);
	incident->closed = incident->last_mail = rebase(notice->created, now);
	incident->finding = incident->mailed = incident->worst = notice->diagnosis;
	incident->mails = notice->seq + 1;
	adopt_names(e, incident, notice);
	incident->state = INCIDENT_CLOSED;
	e->effects.record(e->effects.ctx, &(struct record){ .kind = RECORD_INCIDENT, .now = now,
							     .incident = incident });
	cases_bury(e, incident);
	incident->state = INCIDENT_FREE;
	snapshot_tidy(e, now);
}

/*
 * It was made before the state was saved. Its serial tells, and no clock; only what an older
 * program wrote has none.
 */
static bool is_older_than_state(const struct engine *e, const struct notice *notice)
{
	if (!wall_is_set(e->restored))
		return false;
	return notice->serial != 0 && e->restored_serial != 0
		       ? notice->serial <= e->restored_serial
		       : notice->created.wall.us <= e->restored.us;
}

/* Each notice tells of its own channel, whichever number it has. */
static void note_channel(struct engine *e, struct incident *incident, const struct notice *notice,
			 struct now now)
{
	long channel = channel_find(e, notice->recipient);
	struct now made = rebase(notice->created, now);

	if (channel >= 0 && notice->kind != NOTICE_RECOVERED)
		telling_note(e, incident, (size_t)channel, notice);
	if (incident->is_adopted && made.mono.us < incident->first_mail.mono.us)
		incident->first_mail = made; /* others are told so long after it */
}

void engine_adopt(struct engine *e, const struct notice *notice, struct now now)
{
	struct incident *incident = cases_find(e, notice->incident);

	if (notice->is_drill)
		return; /* of an outage that never was; its serial is another engine's */
	if (notice->serial > e->serial)
		e->serial = notice->serial;
	if (notice->incident == 0 || is_past(e, notice->incident))
		return;
	if (notice->kind == NOTICE_RECOVERED)
		note_end(e, notice->incident);
	/* Of an incident that is open the number of the mail tells. */
	if (!incident && is_older_than_state(e, notice))
		return;
	if (incident)
		note_channel(e, incident, notice, now);
	if (incident && notice->seq < incident->mails)
		return;
	if (notice->kind == NOTICE_RECOVERED) {
		adopt_end(e, incident, notice, now);
		return;
	}
	if (!incident) {
		incident = adopt(e, notice, now);
		if (incident)
			adopt_members(e, notice);
	}
	if (!incident)
		return;
	note_channel(e, incident, notice, now);
	adopt_names(e, incident, notice);
	if (incident_weight(notice->diagnosis, notice->is_partial) >
	    incident_weight(incident->mailed, incident->is_partial_mailed))
		incident->acknowledged = (wall_t){ 0 }; /* of something milder */
	incident->state = INCIDENT_OPEN;
	if (incident->mails == 0)
		incident->first_mail = rebase(notice->created, now);
	incident->mails = notice->seq + 1;
	incident->last_mail = rebase(notice->created, now);
	incident->finding = incident->mailed = notice->diagnosis;
	incident->is_partial_mailed = notice->is_partial;
	incident->worsened = incident->narrowed = incident->joined = MONO_NEVER;
	incident_weigh(incident);
	news_mailed(e, incident);
}
