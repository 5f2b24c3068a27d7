/*
 * page_facts.c - the public side of a model.
 *
 * Every output for the public (page, status.json, favicon, headline) counts
 * and names through here, so that "hidden" is decided in one place. Pure.
 */
#include "render/page_facts.h"

#include <string.h>

#include "render/page_quiet.h"

/* Colours of the head are written twice, here for the browser's own bar and in style.css. */
static const struct look_row looks[LOOK_COUNT] = {
	[LOOK_UP] = { "v-up", "up", "up", "#edf5f2", "#10201e" },
	[LOOK_SLOW] = { "v-warn", "slow", "slow", "#fdf3dc", "#251d0d" },
	[LOOK_MAINT] = { "v-maint", "maint", "maint", "#ebf0fc", "#141c30" },
	[LOOK_UNKNOWN] = { "v-unknown", "unknown", "none", "#eef1f3", "#181f25" },
	[LOOK_SITE] = { "v-site", "down", "down", "#fdeeec", "#2a1514" },
	[LOOK_STACK] = { "v-stack", "down", NULL, "#8c1a12", "#84190f" },
};

const struct look_row *look_of(const struct facts *facts)
{
	return &looks[facts->look];
}

/* ---- targets ---- */

bool facts_is_cut_off(const struct model *model, enum family family)
{
	return (family == FAMILY_IPV4 || family == FAMILY_IPV6) &&
	       model->vantage_family[family == FAMILY_IPV6] == VANTAGE_ISOLATED;
}

enum verdict_state facts_state(const struct model *model, const struct target_view *target)
{
	if (wall_is_set(model->stopped))
		return VERDICT_UNKNOWN;
	if (wall_is_set(target->planned_until))
		return VERDICT_PAUSED;
	if (model->vantage == VANTAGE_ISOLATED && target->state != VERDICT_PAUSED)
		return VERDICT_UNKNOWN;
	/* What was known to fail by it goes on to, as its incident does. */
	if (facts_is_cut_off(model, target->plan->family) && !verdict_is_failing(target->state) &&
	    target->state != VERDICT_PAUSED)
		return VERDICT_UNKNOWN;
	return target->state;
}

/* ---- tallies ---- */

void tally_add(struct tally *tally, const struct model *model, const struct target_view *target)
{
	uint32_t index = (uint32_t)(target->plan - model->plan->targets);
	const struct target_view *twin = facts_twin(model, target);

	if (target_is_second(model->plan, index))
		return;
	tally->all++;
	switch (facts_state_of_pair(model, target)) {
	case VERDICT_UNKNOWN:
		tally->unknown++;
		return;
	case VERDICT_PAUSED:
		tally->paused++;
		return;
	case VERDICT_DOWN:
	case VERDICT_RECOVERING:
		tally->failing++;
		return;
	case VERDICT_SUSPECT:
		tally->suspect++;
		break;
	case VERDICT_UP:
	case VERDICT_COUNT:
		break;
	}
	tally->up++;
	tally->slow += target->is_slow || (twin != NULL && twin->is_slow);
}

bool tally_is_blind(const struct tally *tally)
{
	return tally->unknown > 0 && tally->unknown + tally->paused == tally->all;
}

unsigned tally_of(const struct tally *tally)
{
	return tally->all - tally->paused;
}

unsigned tally_seen(const struct tally *tally)
{
	return tally->up + tally->failing;
}

unsigned facts_failing(const struct model *model, size_t stack,
		       const struct target_view **ret_first)
{
	unsigned n = 0;

	*ret_first = NULL;
	for (size_t i = 0; i < model->plan->targets_n; i++) {
		const struct target_view *t = &model->targets[i];

		if (t->plan->stack != stack || t->plan->is_hidden ||
		    !verdict_is_failing(facts_state(model, t)) || facts_is_second(model, t))
			continue;
		if (n++ == 0)
			*ret_first = t;
	}
	return n;
}

/* While a target is up its view carries the code of a good run, not the failure's. */
struct failure facts_failure(const struct target_view *target)
{
	return (struct failure){
		.outcome = target->failure,
		.code = target->state == VERDICT_UP ? 0 : target->code,
		.took = target->failure_us,
	};
}

/* ---- findings ---- */

/* A finding that no visible target need bear witness to: the Watchdog is public by itself. */
static bool finding_is_public(enum diagnosis d)
{
	return d == DIAGNOSIS_NONE || d == DIAGNOSIS_ISOLATED || d == DIAGNOSIS_STACK_DOWN ||
	       diagnosis_is_pipeline(d);
}

enum diagnosis facts_finding(const struct model *model, size_t stack)
{
	enum diagnosis d = model->stacks[stack].finding.primary;
	const struct target_view *first;

	if (!finding_is_public(d) && facts_failing(model, stack, &first) == 0)
		return DIAGNOSIS_NONE;
	return d;
}

/* The engine's choice of the worst stack holds unless nothing of it is public. */
static void finding_choose(const struct model *model, struct facts *facts)
{
	facts->stack = model->worst;
	if (wall_is_set(model->stopped))
		return;
	if (model->vantage == VANTAGE_ISOLATED) {
		facts->finding = DIAGNOSIS_ISOLATED;
		return;
	}
	if (model->plan->stacks_n > 0)
		facts->finding = facts_finding(model, model->worst);
	if (facts->finding != DIAGNOSIS_NONE)
		return;
	for (size_t i = 0; i < model->plan->stacks_n; i++) {
		enum diagnosis d = facts_finding(model, i);

		if (diagnosis_severity(d) <= diagnosis_severity(facts->finding))
			continue;
		facts->finding = d;
		facts->stack = i;
	}
}

/* "3 checks are down" counts those of every stack whose trouble is single checks. */
static void failing_count(const struct model *model, struct facts *facts)
{
	for (size_t i = 0; i < model->plan->stacks_n; i++) {
		const struct target_view *first;

		if (facts_finding(model, i) != DIAGNOSIS_SITE_DOWN)
			continue;
		facts->count += facts_failing(model, i, &first);
		if (facts->one == NULL)
			facts->one = first;
	}
}

static void slow_count(const struct model *model, struct facts *facts)
{
	for (size_t i = 0; i < model->plan->targets_n; i++) {
		const struct target_view *t = &model->targets[i];

		if (t->plan->is_hidden || !facts_is_slow(model, t) || facts_is_second(model, t))
			continue;
		if (facts->count++ == 0)
			facts->one = t;
	}
}

static enum look look_choose(const struct facts *facts)
{
	const struct tally *t = &facts->targets;

	if (facts->finding == DIAGNOSIS_ISOLATED)
		return LOOK_UNKNOWN;
	if (diagnosis_is_red(facts->finding))
		return LOOK_STACK;
	if (diagnosis_is_pipeline(facts->finding))
		return LOOK_SLOW;
	if (facts->finding != DIAGNOSIS_NONE)
		return LOOK_SITE;
	if (tally_is_blind(t) ||
	    (t->all == 0 && facts->deadmen_up + facts->deadmen_planned == 0))
		return LOOK_UNKNOWN;
	if (facts->count > 0)
		return LOOK_SLOW;
	return t->paused + facts->deadmen_planned > 0 ? LOOK_MAINT : LOOK_UP;
}

static void deadmen_count(const struct model *model, struct facts *facts)
{
	for (size_t i = 0; i < model->plan->watchdogs_n; i++) {
		enum deadman_state state = model->deadmen[i].state;

		if (wall_is_set(model->deadmen[i].planned_until)) {
			facts->deadmen_planned++;
			continue;
		}
		facts->deadmen_of++;
		facts->deadmen_up += state == DEADMAN_UP || state == DEADMAN_LATE;
		facts->deadmen_late += state == DEADMAN_LATE;
		facts->deadmen_dead += state == DEADMAN_SILENT || state == DEADMAN_RESOLVED ||
				       state == DEADMAN_RETURNING;
	}
}

void facts_gather(const struct model *model, struct facts *ret)
{
	struct facts facts = { .finding = DIAGNOSIS_NONE };

	for (size_t i = 0; i < model->plan->targets_n; i++)
		if (!model->targets[i].plan->is_hidden)
			tally_add(&facts.targets, model, &model->targets[i]);
	deadmen_count(model, &facts);
	finding_choose(model, &facts);
	if (facts.finding == DIAGNOSIS_SITE_DOWN)
		failing_count(model, &facts);
	else if (facts.finding == DIAGNOSIS_NONE)
		slow_count(model, &facts);
	facts.is_stopped = wall_is_set(model->stopped);
	facts.look = facts.is_stopped ? LOOK_UNKNOWN : look_choose(&facts);
	page_calendar_read(model, &facts.calendar);
	*ret = facts;
}

bool facts_is_last_one(const struct model *model, size_t stack, const struct target_view **ret_one,
		       unsigned *ret_planned)
{
	enum diagnosis finding = facts_finding(model, stack);

	*ret_planned = 0;
	if ((finding != DIAGNOSIS_EDGE_DOWN && finding != DIAGNOSIS_UNREACHABLE) ||
	    facts_failing(model, stack, ret_one) != 1)
		return false;
	for (size_t i = 0; i < model->plan->targets_n; i++) {
		const struct target_view *t = &model->targets[i];

		*ret_planned += t->plan->stack == stack && !t->plan->is_hidden && !t->plan->ping &&
				wall_is_set(t->planned_until) &&
				!target_is_second(model->plan, (uint32_t)i);
	}
	return *ret_planned > 0;
}

wall_t facts_since(const struct model *model, const struct facts *facts)
{
	if (facts->finding == DIAGNOSIS_ISOLATED)
		return model->isolated_since;
	if (facts->finding == DIAGNOSIS_NONE)
		return (wall_t){ 0 };
	return model->stacks[facts->stack].since;
}

usec_t facts_lasting(const struct model *model, const struct facts *facts)
{
	wall_t since = facts_since(model, facts);
	usec_t span;

	for (size_t i = 0; i < model->incidents_n; i++)
		if (model->incidents[i].opened.wall.us == since.us)
			return incident_duration(&model->incidents[i], model->now);
	span = wall_is_set(since) ? wall_span(since, model->now.wall) : 0;
	return span > 0 ? span : 0;
}

/* ---- incidents ---- */

static const struct target_plan *target_find(const struct model *model, const char *name)
{
	for (size_t i = 0; i < model->plan->targets_n; i++)
		if (strcmp(model->plan->targets[i].name, name) == 0)
			return &model->plan->targets[i];
	return NULL;
}

const struct target_plan *facts_target(const struct model *model, const char *name)
{
	const struct target_plan *target = target_find(model, name);

	return target != NULL && !target->is_hidden ? target : NULL;
}

bool facts_is_watchdog(const struct model *model, const char *name)
{
	for (size_t i = 0; i < model->plan->watchdogs_n; i++)
		if (strcmp(model->plan->watchdogs[i].name, name) == 0)
			return true;
	return false;
}

/* Of a stack as a whole, if any of its targets is visible. */
static bool stack_is_public(const struct model *model, const char *stack)
{
	for (size_t i = 0; i < model->plan->targets_n; i++) {
		const struct target_plan *t = &model->plan->targets[i];

		if (!t->is_hidden && strcmp(model->plan->stacks[t->stack].name, stack) == 0)
			return true;
	}
	return false;
}

/*
 * A name the plan no longer knows says nothing: it may have been hidden. An
 * incident of such names only is shown, without them.
 */
bool facts_shows_incident(const struct model *model, const struct incident *incident)
{
	bool has_hidden = false;

	if (diagnosis_is_stack_level(incident->worst) && stack_is_public(model, incident->stack))
		return true;
	for (unsigned i = 0; i < incident->affected_n; i++) {
		const char *name = incident->affected[i];

		if (facts_target(model, name) != NULL || facts_is_watchdog(model, name))
			return true;
		has_hidden = has_hidden || target_find(model, name) != NULL;
	}
	return !has_hidden;
}

bool facts_shows_event(const struct model *model, const struct incident_event *event)
{
	return event->subject[0] == '\0' || facts_target(model, event->subject) != NULL ||
	       facts_is_watchdog(model, event->subject);
}

struct incident_event facts_event(const struct model *model, const struct incident_event *event)
{
	struct incident_event told = *event;
	unsigned visible = (unsigned)model->plan->watchdogs_n;

	for (uint32_t i = 0; i < model->plan->targets_n; i++)
		visible += !model->plan->targets[i].is_hidden &&
			   !target_is_second(model->plan, i);
	if (told.kind == EVENT_CONFIRMED && told.count > visible)
		told.count = visible;
	if (told.kind == EVENT_HELD && !quiet_shows_held(model, event)) {
		told.code = HELD_BY_UNKNOWN;
		told.text[0] = '\0';
	}
	return told;
}

unsigned facts_members(const struct model *model, const struct incident *incident,
		       const struct target_view **ret_first)
{
	unsigned n = 0;

	*ret_first = NULL;
	for (size_t i = 0; i < model->plan->targets_n; i++) {
		const struct incident_member *member = &model->members[i];

		if (member->incident != incident->id || !member->is_failing ||
		    model->plan->targets[i].is_hidden ||
		    facts_is_second(model, &model->targets[i]))
			continue;
		if (n++ == 0)
			*ret_first = &model->targets[i];
	}
	return n;
}

/* ---- words for machines ---- */

const char *facts_pull_name(enum pull pull)
{
	static const char *const names[PULL_COUNT] = {
		[PULL_NONE] = "none",		  [PULL_OK] = "ok",
		[PULL_STALE] = "stale",		  [PULL_SUPPRESSED] = "suppressed",
		[PULL_MISSING] = "missing",	  [PULL_UNREACHABLE] = "unreachable",
		[PULL_BROKEN] = "broken",
	};

	return names[pull];
}

const char *facts_listener_name(enum listener listener)
{
	static const char *const names[LISTENER_COUNT] = {
		[LISTENER_UNKNOWN] = "unknown", [LISTENER_OK] = "ok", [LISTENER_FAILS] = "fails",
	};

	return names[listener];
}
