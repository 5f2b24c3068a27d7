/*
 * snapshot.c - the engine's state as text, by name, and back.
 *
 * A line a thing: "target NAME key=value ...". What a plan no longer names is
 * passed over; an incident whose members are all gone, or are of another stack
 * now, ends without a word (nothing recovered, it was removed). A restart, an
 * upgrade and a reload take this one way. All of a text is taken or nothing: it
 * is read twice, the first time only to see whether every line of it, up to the
 * last, can be understood.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/key.h"
#include "core/engine_parts.h"
#include "core/fields.h"
#include "core/reading.h"
#include "core/schedule.h"
#include "core/state_rows.h"

#define MAGIC "shorewatch-state 1"
#define LAST_LINE "end -"

/* ---- writing ---- */

static void put(struct buf *to, const char *what, const char *name, const struct row *rows,
		const void *from)
{
	buf_printf(to, "%s %s", what, name);
	rows_write(to, rows, from);
}

static void put_target(struct buf *to, const struct engine *e, size_t i)
{
	buf_printf(to, "target %s", e->plan->targets[i].name);
	rows_add(to, check_rows, &e->checks[i]);
	rows_write(to, setback_rows, &e->setbacks[i]);
}

static void put_incident(struct buf *to, const char *what, const struct incident *incident)
{
	put(to, what, "-", incident_rows, incident);
	for (unsigned i = 0; i < incident->affected_n; i++)
		buf_printf(to, "affected %s\n", incident->affected[i]);
	for (unsigned i = 0; i < incident->log_n; i++)
		put(to, "event", "-", event_rows, &incident->log[i]);
}

static void put_told_of(struct buf *to, const struct engine *e, const struct incident *incident)
{
	for (size_t i = 0; i < e->plan->channels_n; i++) {
		const struct telling *t = telling_of(e, incident, i);

		if (t)
			put(to, "told", "-", told_line_rows,
			    &(struct told_line){ key_text(e->plan->channels[i].name), *t });
	}
}

static void put_channels(struct buf *to, const struct engine *e)
{
	for (size_t i = 0; i < e->plan->channels_n; i++) {
		const struct channel_state *c = &e->channels[i];

		if (c->mails > 0 || wall_is_set(c->trouble))
			put(to, "channel", "-", channel_line_rows,
			    &(struct channel_line){ key_text(e->plan->channels[i].name), *c });
	}
}

static void put_general(struct buf *to, const struct engine *e, struct now now)
{
	struct general general = {
		.saved = now,
		.number_day = e->number_day,
		.number_count = e->number_count,
		.made = e->made,
		.serial = e->serial,
		.isolated = e->isolated_since,
		.reviewed = e->reviewed,
		.is_by_channel = true,
		.mail_trouble = e->mail_trouble,
	};

	put(to, "general", "-", general_rows, &general);
}

static void put_targets(struct buf *to, const struct engine *e)
{
	const struct plan *plan = e->plan;

	for (size_t i = 0; i < plan->targets_n; i++)
		put_target(to, e, i);
	for (size_t i = 0; i < plan->pings_n; i++)
		put(to, "job", plan->targets[plan->targets_n - plan->pings_n + i].name, job_rows,
		    &e->jobs[i]);
}

static void put_told(struct buf *to, const struct engine *e)
{
	for (size_t i = 0; i < e->told.n; i++)
		put(to, "certificate", "-", told_rows, &e->told.v[i]);
	for (int i = SELF_NONE + 1; i < SELF_MATTERS; i++)
		if (e->self[i] != 0)
			put(to, "self", self_matter_name((enum self_matter)i), self_rows,
			    &(struct self_line){ e->self[i] });
}

static void put_weekly(struct buf *to, const struct engine *e)
{
	if (wall_is_set(e->weekly.told))
		put(to, "weekly", "-", weekly_rows, &e->weekly);
	for (size_t i = 0; i < e->weekly.outages_n; i++)
		put(to, "outage", "-", outage_rows, &e->weekly.outages[i]);
}

static void put_watchdogs(struct buf *to, const struct engine *e)
{
	const struct plan *plan = e->plan;

	for (size_t i = 0; i < plan->watchdogs_n; i++)
		put(to, "watchdog", plan->watchdogs[i].name, deadman_rows, &e->deadmen[i]);
	for (size_t i = 0; i < plan->witnesses_n; i++)
		put(to, "witness", plan->targets[plan->targets_n + plan->references_n + i].name,
		    witness_rows, &e->witnesses[i]);
	for (size_t i = 0; i < plan->watchdogs_n; i++)
		put(to, "pull", plan->watchdogs[i].name, pull_rows, &e->pulls[i]);
}

static void put_incidents(struct buf *to, const struct engine *e)
{
	for (size_t i = 0; i < e->incidents_max; i++) {
		if (e->incidents[i].state == INCIDENT_FREE)
			continue;
		put_incident(to, "incident", &e->incidents[i]);
		put_told_of(to, e, &e->incidents[i]);
	}
	for (size_t i = e->past_n; i > 0; i--)
		put_incident(to, "past", &e->past[i - 1]);
}

/* `subject`: a target or a watchdog, as a member. */
static void put_subject(struct buf *to, const struct engine *e, const char *of_target,
			const char *of_watchdog, uint32_t subject, const struct row *rows,
			const void *from)
{
	const struct plan *plan = e->plan;
	bool is_target = subject < plan->targets_n;

	put(to, is_target ? of_target : of_watchdog,
	    is_target ? plan->targets[subject].name
		      : plan->watchdogs[subject - plan->targets_n].name,
	    rows, from);
}

static void put_subjects(struct buf *to, const struct engine *e, struct now now)
{
	uint32_t n = (uint32_t)(e->plan->targets_n + e->plan->watchdogs_n);

	for (uint32_t i = 0; i < n; i++)
		if (e->members[i].incident)
			put_subject(to, e, "member-target", "member-watchdog", i, member_rows,
				    &e->members[i]);
	for (uint32_t i = 0; i < n; i++)
		if (e->flaps[i].at[0].us != 0 &&
		    mono_span(e->flaps[i].at[0], now.mono) <= FLAP_WITHIN)
			put_subject(to, e, "flap-target", "flap-watchdog", i, flap_rows,
				    &e->flaps[i]);
}

void engine_snapshot(const struct engine *e, struct now now, struct buf *to)
{
	buf_puts(to, MAGIC "\n");
	put_general(to, e, now);
	put_targets(to, e);
	put_told(to, e);
	put_watchdogs(to, e);
	put_incidents(to, e);
	for (size_t i = 0; i < e->silences_n; i++)
		put(to, "silence", "-", silence_rows, &e->silences[i]);
	put_channels(to, e);
	put_weekly(to, e);
	put_subjects(to, e, now);
	buf_puts(to, LAST_LINE "\n");
}

/* ---- putting in order ---- */

/* The group of slots that an incident lies in; plan.stacks_n: of stacks that are gone. */
static size_t home_of(const struct engine *e, const struct incident *incident)
{
	return (size_t)(incident - e->incidents) / CASES_PER_STACK;
}

static uint32_t stack_of(const struct plan *plan, size_t subject)
{
	return subject < plan->targets_n ? plan->targets[subject].stack
					 : plan->watchdogs[subject - plan->targets_n].stack;
}

static bool has_members(const struct engine *e, const struct incident *incident)
{
	size_t subjects = e->plan->targets_n + e->plan->watchdogs_n;

	if (incident->is_adopted && home_of(e, incident) < e->plan->stacks_n)
		return true; /* they are found when they are judged */
	for (size_t i = 0; i < subjects; i++)
		if (e->members[i].incident == incident->id)
			return true;
	return false;
}

/* Nothing has recovered, so nobody is told; but the history must not show it as open for ever. */
static void end_quietly(struct engine *e, struct incident *incident, struct now now)
{
	if (incident->state == INCIDENT_OPEN) {
		incident->closed = now;
		incident->failing = 0;
		incident->state = INCIDENT_CLOSED;
		incident_note(incident, &(struct incident_event){ .at = now.wall,
								  .kind = EVENT_CLOSED,
								  .diagnosis = incident->finding });
		cases_bury(e, incident);
		e->effects.record(e->effects.ctx, &(struct record){ .kind = RECORD_INCIDENT,
								    .now = now,
								    .incident = incident });
	}
	incident->state = INCIDENT_FREE;
}

/* Who was moved to another stack fails there anew; in the old one he would look recovered. */
void snapshot_tidy(struct engine *e, struct now now)
{
	size_t subjects = e->plan->targets_n + e->plan->watchdogs_n;

	for (size_t i = 0; i < subjects; i++) {
		const struct incident *incident = cases_find(e, e->members[i].incident);

		if (e->members[i].incident == 0)
			continue; /* nothing is written where nothing was: it would take memory */
		if (!incident || home_of(e, incident) != stack_of(e->plan, i))
			e->members[i] = (struct incident_member){ 0 };
	}
	for (size_t i = 0; i < e->incidents_max; i++) {
		if (e->incidents[i].state == INCIDENT_FREE)
			continue;
		news_look(e, &e->incidents[i]);
		if (!has_members(e, &e->incidents[i]))
			end_quietly(e, &e->incidents[i], now);
	}
}

/*
 * All are looked at soon. A re-test keeps its time, counted from the end of the
 * run before it: restarts neither hurry a verdict nor put it off.
 */
static void reschedule(struct engine *e, struct now now)
{
	for (uint32_t i = 0; i < e->plan->targets_n; i++) {
		const struct target_plan *t = &e->plan->targets[i];
		struct check *c = &e->checks[i];

		c->last_started.us = INT64_MIN / 2;
		if (is_job(e, i))
			continue;
		if (c->verdict.streak > 0 && !verdict_is_failing(c->verdict.state))
			heap_set(&e->due, i,
				 schedule_next(t, &c->verdict, true, c->last_ended, c->last_ended));
		else
			heap_set(&e->due, i, schedule_first(t, e->plan->targets_n, now.mono));
	}
}

static bool is_line(const char *line, size_t n, const char *wanted)
{
	return n == strlen(wanted) && memcmp(line, wanted, n) == 0;
}

static bool read_all(struct engine *e, const char *text, usec_t shift, bool is_trial)
{
	struct reading r = { .e = e, .shift = shift, .is_trial = is_trial };
	const char *line;
	size_t n;

	if (!fields_line(&text, &line, &n) || !is_line(line, n, MAGIC))
		return false;
	while (fields_line(&text, &line, &n)) {
		if (is_line(line, n, LAST_LINE))
			return true;
		if (n > 0 && !reading_line(&r, line, n))
			return false;
	}
	return false; /* cut off */
}

int engine_restore(struct engine *e, const char *text, usec_t shift, usec_t absence, struct now now)
{
	if (!read_all(e, text, shift, true) || !read_all(e, text, shift, false))
		return -EBADMSG;
	for (size_t i = 0; i < e->plan->watchdogs_n; i++) {
		struct deadman_rule rule = deadman_rule_of(&e->plan->watchdogs[i]);

		deadman_excuse(&e->deadmen[i], absence, now.mono);
		if (absence > rule.period)
			deadman_expect(&e->deadmen[i], &rule, now);
	}
	witnesses_excuse(e, absence);
	jobs_excuse(e, absence, now);
	/* A crash loop must not put off what is to be said: once an hour everything is seen anew. */
	if (mono_span(e->reviewed, now.mono) > USEC_PER_HOUR)
		e->reviewed = now.mono;
	deadmen_resume(e, now);
	windows_resume(e, e->restored, now);
	snapshot_tidy(e, now);
	reschedule(e, now);
	cases_touch_all(e);
	return 0;
}

void engine_restore_day(struct engine *e, const char *name, int32_t day,
			const struct day_sums *sums)
{
	long i = subject_target(e, name);

	if (i < 0) {
		i = subject_watchdog(e, name);
		i = i < 0 ? i : (long)member_of_watchdog(e, (uint32_t)i);
	}
	if (i >= 0)
		rollup_restore(&e->rollups[i], day, sums);
}

static void carry_target(struct engine *e, uint32_t to, const struct engine *before, uint32_t i)
{
	rollup_copy(&e->rollups[to], &before->rollups[i]);
	e->latencies[to] = before->latencies[i];
	if (is_job(e, to) && is_job(before, i))
		*way_of_job(e, to) = *way_of_job(before, i);
}

static void carry_watchdog(struct engine *e, uint32_t to, const struct engine *before, uint32_t i)
{
	rollup_copy(&e->rollups[member_of_watchdog(e, to)],
		    &before->rollups[member_of_watchdog(before, i)]);
	*way_of_watchdog(e, to) = *way_of_watchdog(before, i);
}

static bool has_same_references(const struct plan *a, const struct plan *b)
{
	if (a->references_n != b->references_n)
		return false;
	for (size_t i = 0; i < a->references_n; i++) {
		const struct target_plan *x = &a->targets[a->targets_n + i];
		const struct target_plan *y = &b->targets[b->targets_n + i];

		if (strcmp(x->name, y->name) != 0 || x->family != y->family)
			return false;
	}
	return true;
}

/*
 * A reload while we are cut off ends nothing, and puts off no doubt in the
 * references. Where they are others we begin anew.
 */
static void carry_vantage(struct engine *e, const struct engine *before)
{
	if (!has_same_references(e->plan, before->plan))
		return;
	e->vantage = before->vantage;
	e->vantage_state = before->vantage_state;
	e->isolated_since = before->isolated_since;
	e->is_isolation_inherited = before->is_isolation_inherited;
	e->isolated_until = before->isolated_until;
	memcpy(e->family_cut_until, before->family_cut_until, sizeof e->family_cut_until);
	e->doubt = before->doubt;
}

void engine_carry(struct engine *e, const struct engine *before)
{
	e->reviewed = before->reviewed;
	for (size_t i = 0; i < before->plan->targets_n; i++) {
		long to = subject_target(e, before->plan->targets[i].name);

		if (to >= 0)
			carry_target(e, (uint32_t)to, before, (uint32_t)i);
	}
	for (uint32_t i = 0; i < before->plan->watchdogs_n; i++) {
		long to = subject_watchdog(e, before->plan->watchdogs[i].name);

		if (to >= 0)
			carry_watchdog(e, (uint32_t)to, before, i);
	}
	carry_vantage(e, before);
}
