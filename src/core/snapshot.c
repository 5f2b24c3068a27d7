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
#include "core/engine_state.h"
#include "core/fields.h"
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

void engine_snapshot(const struct engine *e, struct now now, struct buf *to)
{
	const struct plan *plan = e->plan;
	struct general general = {
		.saved = now,
		.number_day = e->number_day,
		.number_count = e->number_count,
		.made = e->made,
		.isolated = e->vantage_state == VANTAGE_ISOLATED ? e->isolated_since
								 : e->isolated_before,
		.reviewed = e->reviewed,
	};

	buf_puts(to, MAGIC "\n");
	put(to, "general", "-", general_rows, &general);
	for (size_t i = 0; i < plan->targets_n; i++)
		put_target(to, e, i);
	for (size_t i = 0; i < plan->pings_n; i++)
		put(to, "job", plan->targets[plan->targets_n - plan->pings_n + i].name, job_rows,
		    &e->jobs[i]);
	for (size_t i = 0; i < e->told.n; i++)
		put(to, "certificate", "-", told_rows, &e->told.v[i]);
	for (int i = SELF_NONE + 1; i < SELF_MATTERS; i++)
		if (e->self[i] != 0)
			put(to, "self", self_matter_name((enum self_matter)i), self_rows,
			    &(struct self_line){ e->self[i] });
	for (size_t i = 0; i < plan->watchdogs_n; i++)
		put(to, "watchdog", plan->watchdogs[i].name, deadman_rows, &e->deadmen[i]);
	for (size_t i = 0; i < plan->witnesses_n; i++)
		put(to, "witness", plan->targets[plan->targets_n + plan->references_n + i].name,
		    witness_rows, &e->witnesses[i]);
	for (size_t i = 0; i < plan->watchdogs_n; i++)
		put(to, "pull", plan->watchdogs[i].name, pull_rows, &e->pulls[i]);
	for (size_t i = 0; i < e->incidents_max; i++)
		if (e->incidents[i].state != INCIDENT_FREE)
			put_incident(to, "incident", &e->incidents[i]);
	for (size_t i = e->past_n; i > 0; i--)
		put_incident(to, "past", &e->past[i - 1]);
	for (size_t i = 0; i < plan->targets_n; i++)
		if (e->members[i].incident)
			put(to, "member-target", plan->targets[i].name, member_rows,
			    &e->members[i]);
	for (uint32_t i = 0; i < plan->watchdogs_n; i++)
		if (e->members[member_of_watchdog(e, i)].incident)
			put(to, "member-watchdog", plan->watchdogs[i].name, member_rows,
			    &e->members[member_of_watchdog(e, i)]);
	for (size_t i = 0; i < e->silences_n; i++)
		put(to, "silence", "-", silence_rows, &e->silences[i]);
	for (uint32_t i = 0; i < plan->targets_n + plan->watchdogs_n; i++)
		if (e->flaps[i].at[0].us != 0 &&
		    mono_span(e->flaps[i].at[0], now.mono) <= FLAP_WITHIN)
			put(to, i < plan->targets_n ? "flap-target" : "flap-watchdog",
			    i < plan->targets_n ? plan->targets[i].name
						: plan->watchdogs[i - plan->targets_n].name,
			    flap_rows, &e->flaps[i]);
	buf_puts(to, LAST_LINE "\n");
}

/* ---- reading ---- */

struct reading {
	struct engine *e;
	bool is_trial; /* nothing is kept */
	usec_t shift;
	const char *rest; /* of the line, behind the name */
	size_t rest_n;
	char name[NAME_TEXT_MAX];
	struct incident *incident; /* that event and affected lines belong to; NULL: passed over */
};

static bool read_rows(const struct reading *r, const struct row *rows, void *to)
{
	return rows_read(r->rest, r->rest_n, rows, r->shift, to);
}

/*
 * Names come in the plan's order, or one name many times: the search goes on where the last one
 * ended.
 */
static long find_target(struct engine *e, const char *name)
{
	size_t n = e->plan->targets_n;

	for (size_t k = 0; k < n; k++) {
		size_t i = (e->found + k) % n;

		if (strcmp(e->plan->targets[i].name, name) == 0) {
			e->found = i;
			return (long)i;
		}
	}
	return -1;
}

static long find_watchdog(const struct engine *e, const char *name)
{
	for (size_t i = 0; i < e->plan->watchdogs_n; i++)
		if (strcmp(e->plan->watchdogs[i].name, name) == 0)
			return (long)i;
	return -1;
}

static bool read_general(struct reading *r)
{
	struct general general = { 0 };

	if (!read_rows(r, general_rows, &general))
		return false;
	if (r->is_trial)
		return true;
	r->e->restored = general.saved.wall;
	r->e->number_day = general.number_day;
	r->e->number_count = general.number_count;
	r->e->made = general.made;
	r->e->isolated_before = general.isolated;
	r->e->reviewed = general.reviewed;
	return true;
}

static bool read_target(struct reading *r)
{
	long i = find_target(r->e, r->name);
	struct setback setback = { .code = 0 };
	struct check c;

	if (i < 0)
		return true;
	c = r->e->checks[i];
	if (!read_rows(r, setback_rows, &setback) || !read_rows(r, check_rows, &c) ||
	    (int)c.verdict.state < VERDICT_UNKNOWN ||
	    c.verdict.state >= VERDICT_COUNT || (int)c.family < FAMILY_ANY ||
	    c.family > FAMILY_BOTH)
		return false;
	if (r->is_trial)
		return true;
	r->e->checks[i] = c;
	if (setback.outcome.cause != CAUSE_PASS || wall_is_set(setback.first_good.wall))
		r->e->setbacks[i] = setback;
	return true;
}

static bool read_job(struct reading *r)
{
	long i = find_target(r->e, r->name);
	struct job j;

	if (i < 0 || !is_job(r->e, (uint32_t)i))
		return true;
	j = *job_at(r->e, (uint32_t)i);
	if (!read_rows(r, job_rows, &j) || j.put_off < 0)
		return false;
	if (!r->is_trial)
		*job_at(r->e, (uint32_t)i) = j;
	return true;
}

static bool read_watchdog(struct reading *r)
{
	long i = find_watchdog(r->e, r->name);
	struct deadman d;

	if (i < 0)
		return true;
	d = r->e->deadmen[i];
	if (!read_rows(r, deadman_rows, &d) || (int)d.state < DEADMAN_NEW ||
	    d.state >= DEADMAN_COUNT)
		return false;
	if (!r->is_trial)
		r->e->deadmen[i] = d;
	return true;
}

static long find_witness(const struct engine *e, const char *name)
{
	const struct plan *plan = e->plan;

	for (size_t i = 0; i < plan->witnesses_n; i++)
		if (strcmp(plan->targets[plan->targets_n + plan->references_n + i].name, name) == 0)
			return (long)i;
	return -1;
}

static bool read_witness(struct reading *r)
{
	long i = find_witness(r->e, r->name);
	struct witness w;

	if (i < 0)
		return true;
	w = r->e->witnesses[i];
	if (!read_rows(r, witness_rows, &w) || (int)w.said < SAID_NOTHING || w.said >= SAID_COUNT)
		return false;
	if (!r->is_trial)
		r->e->witnesses[i] = w;
	return true;
}

static bool is_pull(enum pull pull)
{
	return (int)pull >= PULL_NONE && pull < PULL_COUNT;
}

static bool read_pull(struct reading *r)
{
	long i = find_watchdog(r->e, r->name);
	struct pull_state p = { .verdict = PULL_NONE };

	if (i < 0)
		return true;
	if (!read_rows(r, pull_rows, &p) || !is_pull(p.verdict) || !is_pull(p.believed) ||
	    !is_pull(p.blame))
		return false;
	if (!r->is_trial)
		r->e->pulls[i] = p;
	return true;
}

static bool is_diagnosis(int d)
{
	return d >= DIAGNOSIS_NONE && d < DIAGNOSIS_COUNT;
}

static bool read_into(struct reading *r, struct incident *slot)
{
	struct incident one = { .worsened = MONO_NEVER,
				.narrowed = MONO_NEVER,
				.joined = MONO_NEVER };

	if (!read_rows(r, incident_rows, &one) || one.state <= INCIDENT_FREE ||
	    one.state > INCIDENT_CLOSED || !is_diagnosis((int)one.finding) ||
	    !is_diagnosis((int)one.worst) || !is_diagnosis((int)one.mailed) ||
	    !is_diagnosis((int)one.first_finding) || one.id == 0)
		return false;
	if (r->is_trial)
		return true;
	*slot = one;
	r->incident = slot;
	return true;
}

static bool read_incident(struct reading *r)
{
	struct incident one = { 0 };
	struct incident *slots;
	long stack;

	r->incident = NULL;
	if (!read_rows(r, incident_rows, &one))
		return false;
	stack = stack_find(r->e, one.stack);
	if (stack < 0)
		stack = (long)r->e->plan->stacks_n; /* it is ended when all is read */
	slots = r->e->incidents + (size_t)stack * CASES_PER_STACK;
	for (size_t i = 0; i < CASES_PER_STACK; i++)
		if (slots[i].state == INCIDENT_FREE)
			return read_into(r, &slots[i]);
	return true;
}

static bool read_past(struct reading *r)
{
	struct engine *e = r->e;

	r->incident = NULL;
	if (r->is_trial)
		return read_into(r, NULL);
	memmove(e->past + 1, e->past, (PAST_MAX - 1) * sizeof e->past[0]);
	if (!read_into(r, &e->past[0]))
		return false;
	if (e->past_n < PAST_MAX)
		e->past_n++;
	return true;
}

static bool read_affected(struct reading *r)
{
	struct incident *i = r->incident;

	if (i && i->affected_n < INCIDENT_AFFECTED_MAX)
		memcpy(i->affected[i->affected_n++], r->name, sizeof r->name);
	return true;
}

static bool read_event(struct reading *r)
{
	struct incident_event event = { 0 };

	if (!read_rows(r, event_rows, &event) || (int)event.kind < 0 || event.kind >= EVENT_KINDS ||
	    !is_diagnosis((int)event.diagnosis))
		return false;
	if (r->incident)
		incident_note(r->incident, &event);
	return true;
}

static bool read_member(struct reading *r, long subject)
{
	struct incident_member m = { 0 };

	if (subject >= 0 && !read_rows(r, member_rows, &m))
		return false;
	if (subject >= 0 && !r->is_trial)
		r->e->members[subject] = m;
	return true;
}

static bool read_member_target(struct reading *r)
{
	return read_member(r, find_target(r->e, r->name));
}

static bool read_member_watchdog(struct reading *r)
{
	long i = find_watchdog(r->e, r->name);

	return read_member(r, i < 0 ? i : (long)member_of_watchdog(r->e, (uint32_t)i));
}

static bool read_certificate(struct reading *r)
{
	struct certificate_told told = { .fingerprint = 0 };

	if (!read_rows(r, told_rows, &told))
		return false;
	if (!r->is_trial && told.fingerprint != 0)
		ledger_open(&r->e->told, told.fingerprint, told.not_after)->steps = told.steps;
	return true;
}

static bool read_self(struct reading *r)
{
	struct self_line line = { 0 };

	if (!read_rows(r, self_rows, &line))
		return false;
	for (int i = SELF_NONE + 1; i < SELF_MATTERS && !r->is_trial; i++)
		if (strcmp(r->name, self_matter_name((enum self_matter)i)) == 0)
			r->e->self[i] = line.told;
	return true;
}

static bool read_silence(struct reading *r)
{
	struct silence s = { .scope = "" };

	if (!read_rows(r, silence_rows, &s))
		return false;
	if (!r->is_trial && r->e->silences_n < SILENCES_MAX)
		r->e->silences[r->e->silences_n++] = s;
	return true;
}

static bool read_flap(struct reading *r, long subject)
{
	struct flap f = { .at[0] = { 0 } };

	if (subject >= 0 && !read_rows(r, flap_rows, &f))
		return false;
	if (subject >= 0 && !r->is_trial)
		r->e->flaps[subject] = f;
	return true;
}

static bool read_flap_target(struct reading *r)
{
	return read_flap(r, find_target(r->e, r->name));
}

static bool read_flap_watchdog(struct reading *r)
{
	long i = find_watchdog(r->e, r->name);

	return read_flap(r, i < 0 ? i : (long)member_of_watchdog(r->e, (uint32_t)i));
}

static const struct reader {
	const char *what;
	bool (*read)(struct reading *r);
} readers[] = {
	{ "general", read_general },	     { "target", read_target },
	{ "watchdog", read_watchdog },	     { "incident", read_incident },
	{ "witness", read_witness },	     { "pull", read_pull },
	{ "past", read_past },		     { "affected", read_affected },
	{ "event", read_event },	     { "member-target", read_member_target },
	{ "member-watchdog", read_member_watchdog }, { "certificate", read_certificate },
	{ "self", read_self },		     { "job", read_job },
	{ "silence", read_silence },	     { "flap-target", read_flap_target },
	{ "flap-watchdog", read_flap_watchdog },
};

static bool read_line(struct reading *r, const char *line, size_t n)
{
	struct fields f = fields_of(line, n);
	char what[32];

	fields_word(&f, what, sizeof what);
	fields_word(&f, r->name, sizeof r->name);
	if (f.has_failed)
		return false;
	r->rest = f.at;
	r->rest_n = (size_t)(f.end - f.at);
	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
		if (strcmp(readers[i].what, what) == 0)
			return readers[i].read(r);
	return true; /* a newer version's */
}

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
	for (size_t i = 0; i < e->incidents_max; i++)
		if (e->incidents[i].state != INCIDENT_FREE && !has_members(e, &e->incidents[i]))
			end_quietly(e, &e->incidents[i], now);
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
		if (n > 0 && !read_line(&r, line, n))
			return false;
	}
	return false; /* cut off */
}

int engine_restore(struct engine *e, const char *text, usec_t shift, usec_t absence, struct now now)
{
	if (!read_all(e, text, shift, true) || !read_all(e, text, shift, false))
		return -EBADMSG;
	for (size_t i = 0; i < e->plan->watchdogs_n; i++)
		deadman_excuse(&e->deadmen[i], absence, now.mono);
	witnesses_excuse(e, absence);
	jobs_excuse(e, absence, now);
	/* A crash loop must not put off what is to be said: once an hour everything is seen anew. */
	if (mono_span(e->reviewed, now.mono) > USEC_PER_HOUR)
		e->reviewed = now.mono;
	windows_resume(e, now);
	snapshot_tidy(e, now);
	reschedule(e, now);
	cases_touch_all(e);
	return 0;
}

void engine_restore_day(struct engine *e, const char *name, int32_t day,
			const struct day_sums *sums)
{
	long i = find_target(e, name);

	if (i < 0) {
		i = find_watchdog(e, name);
		i = i < 0 ? i : (long)member_of_watchdog(e, (uint32_t)i);
	}
	if (i >= 0)
		rollup_restore(&e->rollups[i], day, sums);
}

static void carry_target(struct engine *e, uint32_t to, const struct engine *before, uint32_t i)
{
	rollup_copy(&e->rollups[to], &before->rollups[i]);
	e->latencies[to] = before->latencies[i];
}

void engine_carry(struct engine *e, const struct engine *before)
{
	e->reviewed = before->reviewed;
	for (size_t i = 0; i < before->plan->targets_n; i++) {
		long to = find_target(e, before->plan->targets[i].name);

		if (to >= 0)
			carry_target(e, (uint32_t)to, before, (uint32_t)i);
	}
	for (uint32_t i = 0; i < before->plan->watchdogs_n; i++) {
		long to = find_watchdog(e, before->plan->watchdogs[i].name);

		if (to >= 0)
			rollup_copy(&e->rollups[member_of_watchdog(e, (uint32_t)to)],
				    &before->rollups[member_of_watchdog(before, i)]);
	}
}
