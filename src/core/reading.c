/*
 * reading.c - the lines of a saved state, one kind each.
 *
 * The text may be of another version, of another plan, or damaged: what is not
 * named any more is passed over, and values that cannot be are refused.
 */
#include "core/reading.h"

#include <string.h>

#include "base/key.h"
#include "core/engine_parts.h"
#include "core/fields.h"
#include "core/state_rows.h"

static bool read_rows(const struct reading *r, const struct row *rows, void *to)
{
	return rows_read(r->rest, r->rest_n, rows, r->shift, to);
}

/*
 * Names come in the plan's order, or one name many times: the search goes on where the last one
 * ended.
 */
long subject_target(struct engine *e, const char *name)
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

long subject_watchdog(const struct engine *e, const char *name)
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
	r->is_by_channel = general.is_by_channel;
	if (r->is_trial)
		return true;
	r->e->mail_trouble = general.mail_trouble;
	r->e->restored = general.saved.wall;
	r->e->number_day = general.number_day;
	r->e->number_count = general.number_count;
	r->e->made = general.made;
	r->e->serial = r->e->restored_serial = general.serial;
	r->e->isolated_since = general.isolated;
	r->e->is_isolation_inherited = wall_is_set(general.isolated.wall);
	if (r->e->is_isolation_inherited)
		r->e->vantage_state = VANTAGE_ISOLATED;
	r->e->reviewed = general.reviewed;
	return true;
}

static bool read_target(struct reading *r)
{
	long i = subject_target(r->e, r->name);
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
	long i = subject_target(r->e, r->name);
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
	long i = subject_watchdog(r->e, r->name);
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
	long i = subject_watchdog(r->e, r->name);
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

static bool read_open(struct reading *r, struct incident *slot)
{
	if (!read_into(r, slot))
		return false;
	if (r->incident && !r->is_by_channel && slot->mails > 0)
		telling_note_all(r->e, slot);
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
			return read_open(r, &slots[i]);
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

/* -1: the plan has none whose name has this key. */
static long find_channel(const struct engine *e, uint64_t key)
{
	for (size_t i = 0; i < e->plan->channels_n; i++)
		if (key_text(e->plan->channels[i].name) == key)
			return (long)i;
	return -1;
}

static bool is_of_engine(const struct reading *r)
{
	return r->incident >= r->e->incidents &&
	       r->incident < r->e->incidents + r->e->incidents_max;
}

static bool read_told(struct reading *r)
{
	struct told_line line = { .channel = 0 };
	long channel;

	if (!read_rows(r, told_line_rows, &line) || !is_diagnosis((int)line.telling.finding))
		return false;
	channel = find_channel(r->e, line.channel);
	if (channel >= 0 && r->incident && is_of_engine(r))
		telling_set(r->e, r->incident, (size_t)channel, &line.telling);
	return true;
}

static bool read_channel(struct reading *r)
{
	struct channel_line line = { .channel = 0 };
	long channel;

	if (!read_rows(r, channel_line_rows, &line) || line.state.began.us > INT64_MAX / 4 ||
	    line.state.began.us < INT64_MIN / 4)
		return false; /* so that a span can be told */
	channel = find_channel(r->e, line.channel);
	if (channel >= 0 && !r->is_trial)
		r->e->channels[channel] = line.state;
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
	return read_member(r, subject_target(r->e, r->name));
}

static bool read_member_watchdog(struct reading *r)
{
	long i = subject_watchdog(r->e, r->name);

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

	if (!read_rows(r, silence_rows, &s) || s.since.us < 0 || s.until.us < 0)
		return false;
	if (!r->is_trial && r->e->silences_n < SILENCES_MAX)
		r->e->silences[r->e->silences_n++] = s;
	return true;
}

/* Far from the ends of time, so that a span between two of them can be told. */
static bool is_flap(const struct flap *f)
{
	for (size_t i = 0; i < FLAP_CHANGES; i++)
		if (f->at[i].us > INT64_MAX / 4 || f->at[i].us < INT64_MIN / 4)
			return false;
	return true;
}

static bool read_flap(struct reading *r, long subject)
{
	struct flap f = { .at[0] = { 0 } };

	if (subject >= 0 && (!read_rows(r, flap_rows, &f) || !is_flap(&f)))
		return false;
	if (subject >= 0 && !r->is_trial)
		r->e->flaps[subject] = f;
	return true;
}

static bool read_flap_target(struct reading *r)
{
	return read_flap(r, subject_target(r->e, r->name));
}

static bool read_flap_watchdog(struct reading *r)
{
	long i = subject_watchdog(r->e, r->name);

	return read_flap(r, i < 0 ? i : (long)member_of_watchdog(r->e, (uint32_t)i));
}

static bool read_weekly(struct reading *r)
{
	struct weekly w = r->e->weekly; /* its outages have lines of their own */

	if (!read_rows(r, weekly_rows, &w))
		return false;
	if (!r->is_trial)
		r->e->weekly = w;
	return true;
}

static bool read_outage(struct reading *r)
{
	struct outage outage = { .opened = { 0 } };

	if (!read_rows(r, outage_rows, &outage) || !is_diagnosis((int)outage.worst))
		return false;
	if (!r->is_trial)
		weekly_add(&r->e->weekly, &outage);
	return true;
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
	{ "flap-watchdog", read_flap_watchdog }, { "weekly", read_weekly },
	{ "outage", read_outage },	     { "told", read_told },
	{ "channel", read_channel },
};

bool reading_line(struct reading *r, const char *line, size_t n)
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
