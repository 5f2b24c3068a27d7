/*
 * summary_components.c - groups, targets and Watchdogs as Statuspage's
 * components.
 *
 * That API knows neither "not observed" nor what is slow: both are
 * degraded_performance, and the description says which. Groups come in the
 * order of their first target, each before its members.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/groups.h"
#include "render/summary_parts.h"

#define GROUP_ID_MAX (6 + GROUP_SLUG_MAX)

/* ---- states ---- */

enum component_state { OPERATIONAL, DEGRADED, PARTIAL, MAJOR, MAINTENANCE };

static const char *const state_names[] = {
	[OPERATIONAL] = "operational",
	[DEGRADED] = "degraded_performance",
	[PARTIAL] = "partial_outage",
	[MAJOR] = "major_outage",
	[MAINTENANCE] = "under_maintenance",
};

struct component {
	const char *id, *name, *group_id; /* NULL: in no group */
	enum component_state state;
	const char *description; /* NULL: none */
	wall_t updated;
	unsigned position;
};

static enum component_state target_state(const struct model *m, const struct target_view *t)
{
	switch (facts_state(m, t)) {
	case VERDICT_DOWN:
	case VERDICT_RECOVERING:
		return MAJOR;
	case VERDICT_PAUSED:
		return MAINTENANCE;
	case VERDICT_UNKNOWN:
		return DEGRADED;
	case VERDICT_UP:
	case VERDICT_SUSPECT:
	case VERDICT_COUNT:
		break;
	}
	return t->is_slow ? DEGRADED : OPERATIONAL;
}

static const char *target_description(const struct model *m, const struct target_view *t)
{
	if (facts_state(m, t) == VERDICT_UNKNOWN)
		return "not observed";
	return target_state(m, t) == DEGRADED ? "slow" : NULL;
}

static enum component_state group_state(const struct tally *t)
{
	if (t->failing > 0)
		return t->failing == tally_of(t) ? MAJOR : PARTIAL;
	if (t->unknown + t->slow > 0)
		return DEGRADED;
	return t->paused > 0 && t->paused == t->all ? MAINTENANCE : OPERATIONAL;
}

static enum component_state deadman_state(const struct model *m, const struct deadman_view *view)
{
	if (wall_is_set(view->planned_until))
		return MAINTENANCE;
	if (view->state == DEADMAN_UP || view->state == DEADMAN_LATE)
		return OPERATIONAL;
	return view->state == DEADMAN_NEW || m->vantage == VANTAGE_ISOLATED ? DEGRADED : MAJOR;
}

/* ---- one component ---- */

/* Since when there is one is not kept: the first of the days that are shown. */
static wall_t beginning(const struct document *d)
{
	return calendar_day_start(d->facts->calendar.first);
}

static void component_write(struct document *d, const struct component *c, bool is_group)
{
	struct buf date = BUF_INIT(16);

	calendar_print_date(&date, d->facts->calendar.first);
	text_field(d, "id", c->id);
	text_field(d, "name", c->name);
	text_field(d, "status", state_names[c->state]);
	summary_time(d, "created_at", beginning(d));
	summary_time(d, "updated_at", wall_is_set(c->updated) ? c->updated : beginning(d));
	int_field(d, "position", c->position);
	text_field(d, "description", c->description);
	bool_field(d, "showcase", true);
	text_field(d, "start_date", buf_text(&date));
	text_field(d, "group_id", c->group_id);
	summary_page_id(d, "page_id");
	bool_field(d, "group", is_group);
	bool_field(d, "only_show_if_degraded", false);
	buf_done(&date);
}

/* ---- groups ---- */

/* "group-public-sites" */
static void group_id(const char *title, char ret[GROUP_ID_MAX])
{
	char slug[GROUP_SLUG_MAX];

	group_slug(title, slug);
	(void)snprintf(ret, GROUP_ID_MAX, "group-%s", slug);
}

static bool is_member(const struct model *m, size_t target, const char *group)
{
	const struct target_plan *plan = &m->plan->targets[target];

	return !plan->is_hidden && strcmp(plan->group, group) == 0;
}

static bool is_first_of_group(const struct model *m, size_t target)
{
	if (m->plan->targets[target].is_hidden)
		return false;
	for (size_t i = 0; i < target; i++)
		if (is_member(m, i, m->plan->targets[target].group))
			return false;
	return true;
}

/* Its state, and when a member's changed last. */
static void group_look(const struct document *d, const char *group, struct component *c)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < d->model->plan->targets_n; i++) {
		const struct target_view *t = &d->model->targets[i];

		if (!is_member(d->model, i, group))
			continue;
		tally_add(&tally, d->model, t);
		if (t->since.us > c->updated.us)
			c->updated = t->since;
	}
	c->state = group_state(&tally);
}

static void group_write(struct document *d, const char *group, const char *id, unsigned position)
{
	struct component c = { .id = id, .name = group, .position = position };

	group_look(d, group, &c);
	json_object(&d->json);
	component_write(d, &c, true);
	json_key(&d->json, "components");
	json_array(&d->json);
	for (size_t i = 0; i < d->model->plan->targets_n; i++)
		if (is_member(d->model, i, group))
			json_text(&d->json, d->model->plan->targets[i].name);
	json_array_end(&d->json);
	json_object_end(&d->json);
}

/* ---- all of them ---- */

static void target_write(struct document *d, uint32_t target, const char *group,
			 unsigned position)
{
	const struct target_view *t = &d->model->targets[target];
	struct buf name = BUF_INIT(LINE_MAX_BYTES);
	struct component c = {
		.id = t->plan->name,
		.group_id = group,
		.state = target_state(d->model, t),
		.description = target_description(d->model, t),
		.updated = t->since,
		.position = position,
	};

	speech_target(&name, d->model->plan->language, d->model->plan, target);
	c.name = buf_text(&name);
	json_object(&d->json);
	component_write(d, &c, false);
	json_object_end(&d->json);
	buf_done(&name);
	status_part_end(d);
}

void summary_target(struct document *d, uint32_t target)
{
	char id[GROUP_ID_MAX];

	group_id(d->model->plan->targets[target].group, id);
	target_write(d, target, id, target + 1);
}

uint32_t summary_target_of(const struct model *m, const char *name)
{
	const struct target_plan *plan = facts_target(m, name);

	return plan != NULL ? (uint32_t)(plan - m->plan->targets) : NONE_INDEX;
}

static void deadman_write(struct document *d, size_t watchdog, unsigned position)
{
	const struct deadman_view *view = &d->model->deadmen[watchdog];
	struct buf name = BUF_INIT(LINE_MAX_BYTES);
	struct component c = {
		.id = view->plan->name,
		.state = deadman_state(d->model, view),
		.updated = view->since,
		.position = position,
	};

	speech_watchdog(&name, d->model->plan->language, d->model->plan, watchdog);
	c.name = buf_text(&name);
	c.description = c.state == DEGRADED ? "not observed" : NULL;
	json_object(&d->json);
	component_write(d, &c, false);
	json_object_end(&d->json);
	buf_done(&name);
}

void summary_components(struct document *d)
{
	const struct plan *plan = d->model->plan;
	unsigned position = 0;
	char id[GROUP_ID_MAX];

	json_key(&d->json, "components");
	json_array(&d->json);
	for (size_t i = 0; i < plan->targets_n; i++) {
		if (!is_first_of_group(d->model, i))
			continue;
		group_id(plan->targets[i].group, id);
		group_write(d, plan->targets[i].group, id, ++position);
		for (size_t k = i; k < plan->targets_n; k++)
			if (is_member(d->model, k, plan->targets[i].group))
				target_write(d, (uint32_t)k, id, ++position);
	}
	for (size_t i = 0; i < plan->watchdogs_n; i++)
		deadman_write(d, i, ++position);
	json_array_end(&d->json);
}
