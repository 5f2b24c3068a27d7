/*
 * isolation.c - are we online? What follows when we are not, and when we are again.
 *
 * While no family of references answers nothing is claimed of others: silences
 * do not count, what passes is booked as not observed, and on the return all is
 * asked at once. Whether we are is vantage.c's.
 */
#include "core/engine_parts.h"

#define BLIND_WORTH_A_MAIL (5 * USEC_PER_MIN)
/* A reference is asked so often: our link may have been gone before one failed. */
#define GONE_BEFORE (45 * USEC_PER_SEC)
#define ASK_SPACING (20 * USEC_PER_MS)
#define FIRST_ANSWERS (75 * USEC_PER_SEC) /* as long as a review may take */

void silences_excuse(struct engine *e, usec_t span, struct now now)
{
	for (size_t i = 0; i < e->plan->watchdogs_n; i++)
		deadman_excuse(&e->deadmen[i], span, now.mono);
	witnesses_excuse(e, span);
	jobs_excuse(e, span, now);
}

static enum booking booking_of(const struct engine *e, uint32_t subject)
{
	bool is_target = subject < e->plan->targets_n;
	const struct deadman *d =
		is_target ? NULL : &e->deadmen[subject - e->plan->targets_n];

	if (is_planned(e, subject))
		return BOOK_PLANNED;
	if (is_target ? e->checks[subject].verdict.state == VERDICT_UNKNOWN
		      : d->state == DEADMAN_NEW)
		return BOOK_UNOBSERVED;
	if (is_target ? verdict_is_failing(e->checks[subject].verdict.state)
		      : deadman_is_dead(d) || pull_is_guilty(&e->pulls[d - e->deadmen]))
		return BOOK_DOWN;
	return BOOK_UP;
}

void blind_book(struct engine *e, uint32_t subject, wall_t from, struct now now)
{
	if (!wall_is_set(e->rollups[subject].settled))
		return;
	rollup_book(&e->rollups[subject], from, booking_of(e, subject));
	rollup_book(&e->rollups[subject], now.wall, BOOK_UNOBSERVED);
}

void blind_book_all(struct engine *e, wall_t from, struct now now)
{
	for (uint32_t i = 0; i < e->plan->targets_n + e->plan->watchdogs_n; i++)
		blind_book(e, i, from, now);
}

/* `family` is gone since `lost`, as far as we know. */
static void retract(struct engine *e, enum family family, mono_t lost, struct now now)
{
	checks_retract(e, family, (mono_t){ lost.us - GONE_BEFORE }, now);
}

static void isolation_begins(struct engine *e, struct now now)
{
	usec_t already = mono_span(vantage_lost(&e->vantage), now.mono);

	/* What passed before we were last stopped is not known, and what was lost then is put off. */
	if (already > mono_span(e->resumed, now.mono))
		already = mono_span(e->resumed, now.mono);
	if (already < 0)
		already = 0;
	e->isolated_since = (struct now){ { now.mono.us - already }, { now.wall.us - already } };
	silences_excuse(e, already, now);
	/* Of whom no family is known; families follow, but for those that were cut off before. */
	retract(e, FAMILY_ANY, e->isolated_since.mono, now);
}

/* What happened meanwhile is found now, not when its interval has passed. */
void review_begin(struct engine *e, struct now now)
{
	e->reviewed = now.mono;
	for (uint32_t i = 0; i < e->plan->targets_n; i++)
		check_due_now(e, i, mono_add(now.mono, (usec_t)i * ASK_SPACING));
	witnesses_ask(e, NONE_INDEX, now);
}

static void isolation_ends(struct engine *e, struct now now)
{
	blind_book_all(e, e->isolated_since.wall, now);
	if (mono_span(e->isolated_since.mono, now.mono) >= BLIND_WORTH_A_MAIL && doubt_may_tell(e))
		tell_blind(e, e->isolated_since.wall, now);
	e->isolated_since = (struct now){ 0 };
	e->isolated_until = now.mono;
	review_begin(e, now);
	cases_touch_all(e);
}

static void record_vantage(struct engine *e, enum vantage_state from, struct now now)
{
	struct record record = {
		.kind = RECORD_TRANSITION,
		.now = now,
		.name = "vantage",
		.from = vantage_name(from),
		.to = vantage_name(e->vantage_state),
		.outcome = { PHASE_BODY, CAUSE_PASS },
	};

	e->effects.record(e->effects.ctx, &record);
	engine_dirty(e, now);
	e->effects.publish(e->effects.ctx);
}

/*
 * We were cut off when the last life ended, or when the references were others: until one has
 * answered in this one, or had the time to, we still are.
 */
static bool is_inherited(const struct engine *e, struct now now)
{
	return e->is_isolation_inherited && !mono_reached(isolation_known(e), now.mono) &&
	       !vantage_vouches(&e->vantage, FAMILY_ANY, e->began);
}

/*
 * Whoever is reached by it counts nowhere while it is cut off, and is looked at when it is back,
 * unless he answered all the time. With all of us, it is gone since we are.
 */
static void family_judge(struct engine *e, enum family family, struct now now)
{
	bool is_cut = vantage_judge(&e->vantage, family) == VANTAGE_ISOLATED;
	bool *was_cut = &e->is_family_cut[family == FAMILY_IPV6];
	mono_t at = now.mono;

	if (is_cut == *was_cut)
		return;
	*was_cut = is_cut;
	cases_touch_all(e);
	if (is_cut)
		retract(e, family,
			e->vantage_state == VANTAGE_ISOLATED
				? e->isolated_since.mono
				: vantage_family_lost(&e->vantage, family),
			now);
	else
		e->family_cut_until[family == FAMILY_IPV6] = at;
	for (uint32_t i = 0; !is_cut && i < e->plan->targets_n; i++) {
		const struct check *c = &e->checks[i];

		if (is_job(e, i) || family_of(e, i) != family || c->is_answering)
			continue;
		check_due_now(e, i, at);
		at = mono_add(at, ASK_SPACING);
	}
}

static void whole_judge(struct engine *e, struct now now)
{
	enum vantage_state was = e->vantage_state, is = vantage_judge(&e->vantage, FAMILY_ANY);

	e->is_isolation_inherited = is_inherited(e, now);
	if (e->is_isolation_inherited)
		is = VANTAGE_ISOLATED;
	if (was == VANTAGE_ISOLATED && is == VANTAGE_ISOLATED)
		silences_excuse(e, mono_span(e->advanced, now.mono), now);
	if (was == is)
		return;
	e->vantage_state = is;
	if (is == VANTAGE_ISOLATED)
		isolation_begins(e, now);
	if (was == VANTAGE_ISOLATED)
		isolation_ends(e, now);
	record_vantage(e, was, now);
}

void isolation_judge(struct engine *e, struct now now)
{
	whole_judge(e, now);
	family_judge(e, FAMILY_IPV4, now);
	family_judge(e, FAMILY_IPV6, now);
}

mono_t isolation_known(const struct engine *e)
{
	return e->is_isolation_inherited ? mono_add(e->began, FIRST_ANSWERS) : MONO_NEVER;
}
