/*
 * windows.c - planned work begins and ends for the targets and watchdogs in
 * its scope.
 *
 * Meanwhile they are probed and shown as ever, but count nowhere, join no
 * incident, and their time is neither up nor down. Whoever is a member of an
 * incident already stays one until it returns: a mailed DOWN gets its UP. At
 * the end everything is judged anew: a failure that outlasts the window begins
 * there, with its full round of re-tests. Windows go by the wall clock, so that
 * a step of it is seen at the next look.
 */
#include "base/arena.h"
#include "core/engine_parts.h"

#define WORK_PIECES 64 /* of one work that are looked for */

static size_t subjects_of(const struct engine *e)
{
	return e->plan->targets_n + e->plan->watchdogs_n;
}

static bool has_subject(const struct engine *e, const struct window_plan *w, uint32_t subject)
{
	bool is_target = subject < e->plan->targets_n;

	for (size_t i = 0; i < w->scope.n; i++)
		if (is_target ? scope_has_target(e->plan, w->scope.v[i], subject)
			      : scope_has_watchdog(e->plan, w->scope.v[i],
						   subject - (uint32_t)e->plan->targets_n))
			return true;
	return false;
}

/* The monotonic time of a wall time, as the clocks stand to each other now. */
static struct now moment(wall_t at, struct now now)
{
	return (struct now){ { now.mono.us - (now.wall.us - at.us) }, at };
}

/* ---- one target or watchdog ---- */

static wall_t earlier(wall_t a, wall_t b)
{
	return a.us < b.us ? a : b;
}

/* What was suspected when the work began will never be known. */
static void target_begins(struct engine *e, uint32_t index, wall_t began)
{
	const struct verdict *v = &e->checks[index].verdict;
	struct rollup *r = &e->rollups[index];

	if (v->state == VERDICT_RECOVERING)
		rollup_book(r, earlier(e->setbacks[index].first_good.wall, began), BOOK_DOWN);
	if (v->state == VERDICT_SUSPECT)
		rollup_book(r, earlier(v->failing_since.wall, began), BOOK_UP);
	rollup_book(r, began,
		    v->state == VERDICT_DOWN    ? BOOK_DOWN
		    : verdict_is_open(v->state) ? BOOK_UNOBSERVED
						: BOOK_UP);
}

/* Up to where the work began it is booked as it was, also when that was before a reload. */
static void book_begin(struct engine *e, uint32_t subject, struct now began)
{
	if (e->vantage_state == VANTAGE_ISOLATED)
		blind_book(e, subject, earlier(e->isolated_since.wall, began.wall), began);
	else if (subject >= e->plan->targets_n)
		deadman_book(e, subject - (uint32_t)e->plan->targets_n, began);
	else if (is_job(e, subject))
		job_book(e, subject, began);
	else
		target_begins(e, subject, began.wall);
}

/*
 * Since when somebody is worked at who is so from `from` on: windows that overlap, and one that comes
 * again before its end, are one piece of work. Asked only as far back as something is to be booked.
 */
static wall_t worked_since(const struct engine *e, uint32_t subject, wall_t from)
{
	wall_t settled = e->rollups[subject].settled;

	for (unsigned n = 0; n < WORK_PIECES && from.us > settled.us; n++) {
		wall_t before = { from.us - 1 }, since = from;

		for (size_t i = 0; i < e->plan->windows_n; i++) {
			struct span span = window_span(&e->plan->windows[i], before);

			if (span_has(&span, before) && has_subject(e, &e->plan->windows[i], subject))
				since = earlier(since, span.from);
		}
		if (since.us == from.us)
			break;
		from = since;
	}
	return from;
}

static void subject_begins(struct engine *e, uint32_t subject, struct span span, struct now now)
{
	struct now began = moment(worked_since(e, subject, span.from), now);

	if (wall_is_set(e->rollups[subject].settled))
		book_begin(e, subject, began);
	rollup_book(&e->rollups[subject], now.wall, BOOK_PLANNED);
	e->planned[subject].began = began;
}

/* What failed during the work proves nothing of the time after it. */
static void target_ends(struct engine *e, uint32_t index, struct now now)
{
	struct check *c = &e->checks[index];

	if (c->verdict.state == VERDICT_UP)
		return;
	verdict_forget(&c->verdict, now);
	news_void(e, index);
	check_due_now(e, index, now.mono);
	engine_dirty(e, now);
}

/* Nobody can run it while the machine is worked at: its next run may come that much later. */
static void job_ends(struct engine *e, uint32_t index, struct now end, struct now now)
{
	struct check *c = &e->checks[index];

	job_excuse_planned(e, index, end.mono, now);
	if (verdict_is_failing(c->verdict.state))
		c->verdict.failing_since = end;
}

static void subject_ends(struct engine *e, uint32_t subject, struct now end, struct now now)
{
	/* In a new life nothing was booked yet, and up to now nothing was seen. */
	if (wall_is_set(e->rollups[subject].settled))
		rollup_book(&e->rollups[subject], end.wall, BOOK_PLANNED);
	e->planned[subject].until = (wall_t){ 0 };
	e->planned[subject].ended = end;
	if (subject >= e->plan->targets_n)
		return;
	if (is_job(e, subject))
		job_ends(e, subject, end, now);
	else
		target_ends(e, subject, now);
}

/* ---- all of them ---- */

const struct window_plan *window_of(const struct engine *e, uint32_t subject, struct span *ret)
{
	const struct window_plan *found = NULL;
	struct span last = { { 0 }, { 0 } };

	for (size_t i = 0; i < e->plan->windows_n; i++) {
		const struct window_state *w = &e->windows[i];

		if (!w->is_active || w->span.until.us <= last.until.us ||
		    !has_subject(e, &e->plan->windows[i], subject))
			continue;
		found = &e->plan->windows[i];
		last = w->span;
	}
	*ret = last;
	return found;
}

static void apply(struct engine *e, wall_t ended, struct now now)
{
	for (uint32_t i = 0; i < subjects_of(e); i++) {
		struct span span;
		bool was = is_planned(e, i), is = window_of(e, i, &span) != NULL;

		if (is && !was)
			subject_begins(e, i, span, now);
		if (was && !is)
			subject_ends(e, i, moment(ended, now), now);
		e->planned[i].until = span.until;
	}
	cases_touch_all(e);
	e->effects.publish(e->effects.ctx);
}

/* True: it began, ended or was followed by its next span; `ret_ended` is when it ended. */
static bool window_look(const struct window_plan *plan, struct window_state *w, struct now now,
			wall_t *ret_ended)
{
	bool was = w->is_active;
	wall_t until = w->span.until;

	if (!w->is_known || now.wall.us < w->looked.us ||
	    (wall_is_set(w->span.until) && now.wall.us >= w->span.until.us))
		w->span = window_span(plan, now.wall);
	w->is_known = true;
	w->looked = now.wall;
	w->is_active = span_has(&w->span, now.wall);
	if (was && !w->is_active)
		*ret_ended = earlier(until, now.wall);
	return was != w->is_active || (was && until.us != w->span.until.us);
}

static mono_t window_wake(const struct window_state *w, struct now now)
{
	wall_t next = w->is_active ? w->span.until : w->span.from;

	return wall_is_set(next) ? moment(next, now).mono : MONO_NEVER;
}

mono_t windows_advance(struct engine *e, struct now now)
{
	mono_t wake = MONO_NEVER;
	bool is_changed = false;
	wall_t ended = now.wall;

	for (size_t i = 0; i < e->plan->windows_n; i++) {
		is_changed |= window_look(&e->plan->windows[i], &e->windows[i], now, &ended);
		wake = mono_min(wake, window_wake(&e->windows[i], now));
	}
	if (is_changed)
		apply(e, ended, now);
	return wake;
}

/* The one that was under way when the state was saved, else the last one that has come since. */
static struct span span_missed(const struct window_plan *w, wall_t since, struct now now)
{
	struct span span = window_span(w, since);

	return span_has(&span, since) ? span : window_last(w, now.wall);
}

/* One that is over by now, and was not at `since`, ended while we were away. */
static void window_missed(struct engine *e, const struct window_plan *w, wall_t since,
			  struct now now)
{
	struct span span = span_missed(w, since, now);

	if (!wall_is_set(span.until) || span.until.us <= since.us || span_has(&span, now.wall))
		return;
	for (uint32_t s = 0; s < subjects_of(e); s++) {
		if (!has_subject(e, w, s) || e->planned[s].until.us >= span.until.us)
			continue; /* or another one lasts longer */
		/* Of a clock that was set back since, both would lie ahead of us. */
		e->planned[s].began = moment(earlier(span.from, now.wall), now);
		subject_ends(e, s, moment(earlier(span.until, now.wall), now), now);
	}
}

void windows_resume(struct engine *e, wall_t since, struct now now)
{
	for (size_t i = 0; wall_is_set(since) && i < e->plan->windows_n; i++)
		if (!e->windows[i].is_active)
			window_missed(e, &e->plan->windows[i], since, now);
}

const struct window_plan *window_of_stack(const struct engine *e, uint32_t stack)
{
	for (size_t i = 0; i < e->plan->windows_n; i++) {
		const struct window_plan *w = &e->plan->windows[i];

		for (size_t k = 0; e->windows[i].is_active && k < w->scope.n; k++)
			if (scope_has_stack(e->plan, w->scope.v[k], stack))
				return w;
	}
	return NULL;
}

void windows_begin(struct engine *e)
{
	if (e->plan->windows_n == 0)
		return;
	e->windows = arena_alloc(e->arena, e->plan->windows_n, sizeof *e->windows);
	e->window_views = arena_alloc(e->arena, e->plan->windows_n, sizeof *e->window_views);
	e->planned = arena_alloc(e->arena, subjects_of(e), sizeof *e->planned);
}
