/*
 * view.c - the engine's state as a model.
 */
#include <string.h>

#include "base/pages.h"
#include "base/words.h"
#include "core/engine_parts.h"

#define PLANNED_AHEAD (14 * 24 * USEC_PER_HOUR)

static wall_t planned_until(const struct engine *e, uint32_t subject)
{
	return e->planned ? e->planned[subject].until : (wall_t){ 0 };
}

static void view_target(const struct engine *e, uint32_t index, struct target_view *view,
			struct now now)
{
	const struct check *c = &e->checks[index];
	const struct setback *setback = &e->setbacks[index];

	*view = (struct target_view){
		.plan = &e->plan->targets[index],
		.state = c->verdict.state,
		.is_slow = c->is_slow && c->verdict.state == VERDICT_UP,
		.is_out_of_sight = c->verdict.state == VERDICT_UP && !is_job(e, index) &&
				   is_out_of_sight(e, index),
		.streak = c->verdict.streak,
		.since = c->verdict.since.wall,
		.failing_since = c->verdict.failing_since.wall,
		.last_seen = c->last_seen,
		.last_ok = c->last_ok,
		.ok_total_us = c->ok_total_us,
		.failure = setback->outcome,
		.code = c->verdict.state == VERDICT_UP ? c->code : setback->code,
		.failure_us = setback->took,
		.certificate = c->certificate,
		.cert_days = expiry_days(e, index),
		.note = setback->note[0] ? setback->note : NULL,
		.median_us = latency_median(&e->latencies[index], now.wall),
		.incident = e->members[index].incident,
		.planned_until = planned_until(e, index),
		.is_silenced = is_silenced(e, index),
		.is_flapping = flap_is_on(&e->flaps[index], now.mono),
	};
	memcpy(view->ok_phase_us, c->ok_phase_us, sizeof view->ok_phase_us);
}

static wall_t later(wall_t a, wall_t b)
{
	return a.us > b.us ? a : b;
}

/* While isolated nothing is known of anybody. */
static void view_pull(const struct engine *e, uint32_t index, struct deadman_view *view)
{
	const struct pull_state *p = &e->pulls[index];
	struct pull_evidence ev = evidence_of(e, index);
	const struct witness *w = pull_speaker(p, &ev);

	if (!w || e->vantage_state == VANTAGE_ISOLATED)
		return;
	view->pull = p->verdict;
	view->found = pull_effective(p, &e->deadmen[index]);
	view->prometheus = p->own;
	view->is_pull_own = w == ev.prometheus;
	view->is_listed = p->verdict == PULL_STALE && w->said != SAID_ABSENT;
	view->is_disputed = pull_is_disputed(p, &ev);
	view->pulled = w->asked.wall;
	if (ev.prometheus)
		view->pulled = later(view->pulled, ev.prometheus->asked.wall);
	if (p->verdict == PULL_OK)
		view->pull_age = w->age;
	else if (p->verdict == PULL_STALE)
		view->pull_age = w->news.us == INT64_MAX ? -1 : mono_span(w->news, w->asked.mono);
	words_copy(view->pull_note, sizeof view->pull_note, pull_note(p, &ev));
}

static void view_deadman(const struct engine *e, uint32_t index, struct deadman_view *view,
			 struct now now)
{
	const struct deadman *d = &e->deadmen[index];

	*view = (struct deadman_view){
		.plan = &e->plan->watchdogs[index],
		.state = d->state,
		.last = d->last.wall,
		.since = d->since.wall,
		.silence = mono_span(d->began, now.mono),
		.cadence = d->cadence,
		.beats = d->beats,
		.duplicates = d->duplicates,
		.incident = e->members[member_of_watchdog(e, index)].incident,
		.planned_until = planned_until(e, member_of_watchdog(e, index)),
		.is_silenced = is_silenced(e, member_of_watchdog(e, index)),
		.is_flapping = flap_is_on(&e->flaps[member_of_watchdog(e, index)], now.mono),
	};
	view_pull(e, index, view);
}

static wall_t since_of_incidents(const struct engine *e, uint32_t stack)
{
	wall_t since = { 0 };

	for (size_t i = 0; i < CASES_PER_STACK; i++) {
		const struct incident *one = &e->incidents[(size_t)stack * CASES_PER_STACK + i];

		if ((one->state == INCIDENT_WAITING || one->state == INCIDENT_OPEN) &&
		    (!wall_is_set(since) || one->opened.wall.us < since.us))
			since = one->opened.wall;
	}
	return since;
}

static void view_stack(const struct engine *e, uint32_t index, struct stack_view *view)
{
	const struct stack_state *state = &e->stacks[index];

	*view = (struct stack_view){
		.plan = &e->plan->stacks[index],
		.sight = stack_sight(e, index),
		.since = since_of_incidents(e, index),
	};
	view->finding = diagnose(&view->sight);
	for (size_t i = 0; i < state->targets_n; i++)
		if (!is_job(e, state->targets[i])) /* it is asked nothing */
			view->last_answer =
				later(view->last_answer, e->checks[state->targets[i]].last_ok);
}

/* Worst first; of equals the older one. */
static bool precedes(const struct incident *a, const struct incident *b)
{
	int x = diagnosis_severity(a->finding), y = diagnosis_severity(b->finding);

	return x != y ? x > y : a->opened.mono.us < b->opened.mono.us;
}

static size_t view_incidents(struct engine *e)
{
	struct incident *views = e->incident_views;
	size_t n = 0;

	for (size_t i = 0; i < e->incidents_max; i++) {
		const struct incident *one = &e->incidents[i];
		size_t at = n;

		if (one->state != INCIDENT_WAITING && one->state != INCIDENT_OPEN)
			continue;
		for (; at > 0 && precedes(one, &views[at - 1]); at--)
			views[at] = views[at - 1];
		views[at] = *one;
		n++;
	}
	return n;
}

/* Under way, or soon: by their beginning. */
static size_t view_windows(struct engine *e, struct now now)
{
	struct window_view *views = e->window_views;
	size_t n = 0;

	for (size_t i = 0; i < e->plan->windows_n; i++) {
		const struct window_state *w = &e->windows[i];
		size_t at = n;

		if (!wall_is_set(w->span.from) ||
		    wall_span(now.wall, w->span.from) > PLANNED_AHEAD)
			continue;
		for (; at > 0 && views[at - 1].span.from.us > w->span.from.us; at--)
			views[at] = views[at - 1];
		views[at] = (struct window_view){ &e->plan->windows[i], w->span, w->is_active };
		n++;
	}
	return n;
}

static size_t worst_stack(const struct engine *e)
{
	size_t worst = 0;

	for (size_t i = 1; i < e->plan->stacks_n; i++)
		if (diagnosis_severity(e->stack_views[i].finding.primary) >
		    diagnosis_severity(e->stack_views[worst].finding.primary))
			worst = i;
	return worst;
}

void views_forget(struct engine *e)
{
	if (e->is_viewed)
		pages_forget(e->target_views, e->plan->targets_n * sizeof *e->target_views);
	e->is_viewed = false;
}

void engine_model(struct engine *e, struct now now, struct model *ret)
{
	e->is_viewed = true;
	for (uint32_t i = 0; i < e->plan->targets_n; i++)
		view_target(e, i, &e->target_views[i], now);
	deadmen_book(e, now);
	jobs_book(e, now);
	for (uint32_t i = 0; i < e->plan->watchdogs_n; i++)
		view_deadman(e, i, &e->deadman_views[i], now);
	for (uint32_t i = 0; i < e->plan->stacks_n; i++)
		view_stack(e, i, &e->stack_views[i]);
	*ret = (struct model){
		.plan = e->plan,
		.now = now,
		.vantage = e->vantage_state,
		.vantage_family = { vantage_judge(&e->vantage, FAMILY_IPV4),
				    vantage_judge(&e->vantage, FAMILY_IPV6) },
		.isolated_since = e->isolated_since.wall,
		.is_unconfirmed = e->vantage.is_overruled,
		.listener = e->vantage_state == VANTAGE_ISOLATED ? LISTENER_UNKNOWN : e->listener,
		.targets = e->target_views,
		.rollups = e->rollups,
		.deadmen = e->deadman_views,
		.stacks = e->stack_views,
		.incidents = e->incident_views,
		.incidents_n = view_incidents(e),
		.past = e->past,
		.weekly = &e->weekly,
		.past_n = e->past_n,
		.members = e->members,
		.windows = e->window_views,
		.windows_n = view_windows(e, now),
		.silences = e->silences,
		.silences_n = e->silences_n,
		.waiting_notices = e->waiting_notices,
		.oldest_notice = e->oldest_notice,
		.is_mail_broken = e->is_mail_broken,
		.is_storage_failing = e->is_storage_failing,
		.is_clock_wrong = e->is_clock_wrong,
		.worst = worst_stack(e),
	};
	vantage_count(&e->vantage, &ret->references_up, &ret->references);
}
