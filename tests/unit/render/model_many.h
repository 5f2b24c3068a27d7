/*
 * model_many.h - a model of any number of targets, in groups: what the page
 * must stay light for.
 *
 * Begin with many_make(); everything is up then, with ten special days a
 * target, no two targets having the same ones. many_free() takes it away.
 */
#ifndef TESTS_MODEL_MANY_H
#define TESTS_MODEL_MANY_H

#include "model_fixture.h"

struct many {
	struct fixture *base; /* of which the rest is borrowed */
	struct plan plan;
	struct model model;
	struct target_plan *plans;
	struct target_view *views;
	struct rollup *rollups;
	struct daybook daybook;
	struct incident_member *members;
	char (*names)[NAME_TEXT_MAX], (*groups)[NAME_TEXT_MAX];
	size_t n;
};

static inline void many_days(struct rollup *r, unsigned i)
{
	for (unsigned k = 0; k < 10; k++)
		rollup_day_was(r, (int32_t)(k * 8 + (i * 5 + k * k) % 7 + 1),
			       (i * 977 + k * 7919) % 20000, k % 3 == 0 ? (i * 37 + k) % 4000 : 0,
			       k % 4 == 1 ? 3600 + i % 3600 : 0,
			       k % 5 == 2 ? 1800 * (k + 1) + i % 1800 : 0);
}

static inline void many_target(struct many *m, unsigned i, size_t groups)
{
	(void)snprintf(m->names[i], NAME_TEXT_MAX, "target-%u", i);
	(void)snprintf(m->groups[i], NAME_TEXT_MAX, "Group %zu", i % groups + 1);
	m->plans[i] = m->base->target_plans[i % SIX];
	m->plans[i].name = m->plans[i].title = m->names[i];
	m->plans[i].group = m->groups[i];
	m->plans[i].link = NULL;
	m->views[i] = m->base->targets[i % SIX];
	m->views[i].plan = &m->plans[i];
	m->members[i] = m->base->members[i % SIX];
	rollup_init(&m->rollups[i], &m->daybook);
	rollup_fill(&m->rollups[i], m->model.now.wall);
	many_days(&m->rollups[i], i);
}

static inline void many_refer(struct many *m)
{
	m->plan = m->base->plan;
	m->plan.targets = m->plans;
	m->plan.targets_n = m->n;
	m->model = m->base->model;
	m->model.plan = &m->plan;
	m->model.targets = m->views;
	m->model.rollups = m->rollups;
	m->model.members = m->members;
}

/* `n` targets as `make` has its six, over `groups` groups. Ends the program without memory. */
static inline void many_make(struct many *m, size_t n, size_t groups,
			     void (*make)(struct fixture *f))
{
	*m = (struct many){ .base = malloc(sizeof *m->base), .n = n };
	m->plans = calloc(n, sizeof *m->plans);
	m->views = calloc(n, sizeof *m->views);
	m->rollups = calloc(n + 1, sizeof *m->rollups);
	m->daybook.odd = calloc(ODD_DAYS_MAX(n + 1), sizeof *m->daybook.odd);
	m->members = calloc(n + 1, sizeof *m->members);
	m->names = calloc(n, sizeof *m->names);
	m->groups = calloc(n, sizeof *m->groups);
	if (!m->base || !m->plans || !m->views || !m->rollups || !m->daybook.odd || !m->members || !m->names ||
	    !m->groups)
		abort();
	make(m->base);
	many_refer(m);
	for (unsigned i = 0; i < n; i++)
		many_target(m, i, groups);
	rollup_init(&m->rollups[n], &m->daybook);
	rollup_copy(&m->rollups[n], &m->base->rollups[SIX]);
	m->members[n] = m->base->members[SIX];
}

static inline void many_free(struct many *m)
{
	free(m->base);
	free(m->plans);
	free(m->views);
	free(m->rollups);
	free(m->daybook.odd);
	free(m->members);
	free(m->names);
	free(m->groups);
}

#endif
