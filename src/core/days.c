/*
 * days.c - what was seen becomes seconds of a day: up, slow, down, planned, or
 * not observed.
 *
 * Only what is certain is booked: while a target is suspect or recovering its
 * time waits for what it turns out to be (status-page.md 4).
 */
#include "core/engine_parts.h"

#define DAY_RECORD_PAUSE (15 * USEC_PER_MIN) /* a running day's sums are stored this often */

void day_record(struct engine *e, uint32_t subject, struct now now)
{
	struct rollup *r = &e->rollups[subject];
	bool is_target = subject < e->plan->targets_n;

	if (r->newest == 0)
		return;
	for (int32_t day = r->newest - 1; day <= r->newest; day++) {
		struct record record = {
			.kind = RECORD_DAY,
			.now = now,
			.name = is_target ? e->plan->targets[subject].name
					  : e->plan->watchdogs[subject - e->plan->targets_n].name,
			.day = day,
			.sums = rollup_day(r, day),
		};

		if (record.sums.observed_s + record.sums.planned_s > 0)
			e->effects.record(e->effects.ctx, &record);
	}
}

/*
 * From one interval after the last check until this one nothing was observed, when the gap is long.
 */
static void book_gap(struct rollup *r, const struct target_plan *t, wall_t at)
{
	usec_t gap = wall_span(r->settled, at);

	if (!wall_is_set(r->settled) || gap <= 2 * t->interval + t->timeout + 60 * USEC_PER_SEC)
		return;
	rollup_book(r, (wall_t){ r->settled.us + t->interval }, BOOK_UP);
	rollup_book(r, at, BOOK_UNOBSERVED);
}

void day_book(struct engine *e, uint32_t index, wall_t at)
{
	struct check *c = &e->checks[index];
	struct rollup *r = &e->rollups[index];

	if (is_planned(e, index)) {
		rollup_book(r, at, BOOK_PLANNED);
		return;
	}
	switch (c->verdict.state) {
	case VERDICT_UP:
		book_gap(r, &e->plan->targets[index], at);
		rollup_book(r, at, c->is_slow ? BOOK_SLOW : BOOK_UP);
		break;
	case VERDICT_DOWN:
		rollup_book(r, at, BOOK_DOWN);
		break;
	case VERDICT_UNKNOWN:
	case VERDICT_PAUSED:
		rollup_book(r, at, BOOK_UNOBSERVED);
		break;
	case VERDICT_SUSPECT:
	case VERDICT_RECOVERING:
	case VERDICT_COUNT:
		break; /* not certain yet: booked when it is */
	}
}

void day_record_sometimes(struct engine *e, uint32_t index, bool is_transition,
				       struct now now)
{
	struct check *c = &e->checks[index];

	if (!is_transition && mono_span(c->day_recorded, now.mono) < DAY_RECORD_PAUSE)
		return;
	c->day_recorded = now.mono;
	day_record(e, index, now);
}

/* While nobody renews the alert, its beats are echoes: no proof of life. */
void deadman_book(struct engine *e, uint32_t watchdog, struct now now)
{
	const struct deadman *d = &e->deadmen[watchdog];
	bool is_echo = (d->state == DEADMAN_UP || d->state == DEADMAN_LATE) &&
		       pull_is_guilty(&e->pulls[watchdog]);
	uint32_t subject = member_of_watchdog(e, watchdog);
	struct rollup *r = &e->rollups[subject];

	if (e->vantage_state == VANTAGE_ISOLATED && !is_planned(e, subject)) {
		blind_book(e, subject, e->isolated_since.wall, now);
		return;
	}
	if (is_planned(e, subject) || is_echo) {
		rollup_book(r, now.wall, is_planned(e, subject) ? BOOK_PLANNED : BOOK_DOWN);
		return;
	}
	switch (d->state) {
	case DEADMAN_NEW:
		rollup_book(r, now.wall, BOOK_UNOBSERVED);
		break;
	case DEADMAN_UP:
		rollup_book(r, now.wall, BOOK_UP);
		break;
	case DEADMAN_SILENT:
	case DEADMAN_RESOLVED:
		rollup_book(r, now.wall, BOOK_DOWN);
		break;
	case DEADMAN_LATE:
	case DEADMAN_RETURNING:
	case DEADMAN_COUNT:
		break;
	}
}

void deadmen_book(struct engine *e, struct now now)
{
	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++)
		if (deadman_is_dead(&e->deadmen[i]) || pull_is_guilty(&e->pulls[i]) ||
		    is_planned(e, member_of_watchdog(e, i)))
			deadman_book(e, i, now);
}

mono_t deadmen_book_sometimes(struct engine *e, struct now now)
{
	bool is_due = mono_span(e->deadmen_booked, now.mono) >= DAY_RECORD_PAUSE;
	bool is_any_dead = false;

	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++) {
		if (!deadman_is_dead(&e->deadmen[i]))
			continue;
		is_any_dead = true;
		if (!is_due)
			continue;
		deadman_book(e, i, now);
		day_record(e, member_of_watchdog(e, i), now);
	}
	if (is_due)
		e->deadmen_booked = now.mono;
	return is_any_dead ? mono_add(e->deadmen_booked, DAY_RECORD_PAUSE) : MONO_NEVER;
}

void deadmen_resume(struct engine *e, struct now now)
{
	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++)
		if (deadman_is_dead(&e->deadmen[i]))
			rollup_book(&e->rollups[member_of_watchdog(e, i)], now.wall,
				    BOOK_UNOBSERVED);
}

void deadman_miss(struct engine *e, uint32_t watchdog, struct now now)
{
	struct rollup *r = &e->rollups[member_of_watchdog(e, watchdog)];
	wall_t began = { now.wall.us - mono_span(e->began, now.mono) };
	wall_t last = e->deadmen[watchdog].last.wall;

	if (!wall_is_set(r->settled))
		rollup_book(r, last.us > began.us ? last : began, BOOK_UNOBSERVED);
}

/*
 * The start of a failure that is older than this life: what was before it, and our absence, nobody
 * can book any more.
 */
static wall_t failing_from(const struct engine *e, uint32_t index, struct now started)
{
	const struct now *since = &e->checks[index].verdict.failing_since;

	if (wall_is_set(e->rollups[index].settled) || since->mono.us >= e->began.us)
		return since->wall;
	return (wall_t){ started.wall.us - mono_span(e->began, started.mono) };
}

/* `from` it was, up to `at`: well, as far as it was looked at, or nobody knows. */
static void book_before(struct engine *e, uint32_t index, enum verdict_state from, wall_t at)
{
	struct rollup *r = &e->rollups[index];

	if (from != VERDICT_UNKNOWN && !is_job(e, index))
		book_gap(r, &e->plan->targets[index], at);
	rollup_book(r, at, from == VERDICT_UNKNOWN ? BOOK_UNOBSERVED : BOOK_UP);
}

/*
 * Time up to the transition is booked under what it turned out to be: an
 * outage from its first failed run, a recovery from its first good one.
 */
void day_settle(struct engine *e, uint32_t index, enum verdict_state from,
			    struct now started)
{
	const struct verdict *v = &e->checks[index].verdict;
	struct rollup *r = &e->rollups[index];

	if (is_planned(e, index)) {
		rollup_book(r, started.wall, BOOK_PLANNED);
	} else if (v->state == VERDICT_DOWN && from != VERDICT_RECOVERING) {
		book_before(e, index, from, failing_from(e, index, started));
		rollup_book(r, started.wall, BOOK_DOWN);
	} else if (v->state == VERDICT_DOWN) {
		rollup_book(r, started.wall, BOOK_DOWN);
	} else if (v->state == VERDICT_UP && verdict_is_failing(from)) {
		if (wall_is_set(r->settled) || e->setbacks[index].first_good.mono.us >= e->began.us)
			rollup_book(r, e->setbacks[index].first_good.wall, BOOK_DOWN);
		rollup_book(r, started.wall, BOOK_UP);
	} else if (v->state == VERDICT_UP) {
		book_before(e, index, from, started.wall);
	}
}
