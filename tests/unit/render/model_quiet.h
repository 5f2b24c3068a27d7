/*
 * model_quiet.h - the invented site with what the operator said and planned:
 * windows, silences, an incident that is acknowledged, held back, or flaps.
 */
#ifndef TESTS_MODEL_QUIET_H
#define TESTS_MODEL_QUIET_H

#include "model_fixture.h"

#define QUIET_MAX 12

struct quiet {
	struct window_plan plans[QUIET_MAX];
	struct window_view views[QUIET_MAX];
	const char *scopes[QUIET_MAX];
	struct silence silences[QUIET_MAX];
};

/* A window over `scope`; under way when it has begun. */
static inline struct window_view *window_add(struct fixture *f, struct quiet *q, const char *title,
					     const char *scope, wall_t from, wall_t until)
{
	size_t n = f->model.windows_n++;

	q->scopes[n] = scope;
	q->plans[n] = (struct window_plan){ .name = "upgrade",
					    .title = title,
					    .scope = { &q->scopes[n], 1 },
					    .from = from,
					    .until = until };
	q->views[n] = (struct window_view){ &q->plans[n],
					    { from, until },
					    from.us <= f->model.now.wall.us };
	f->model.windows = q->views;
	f->plan.windows = q->plans;
	f->plan.windows_n = f->model.windows_n;
	return &q->views[n];
}

static inline void silence_add(struct fixture *f, struct quiet *q, const char *scope, wall_t until,
			       const char *words)
{
	struct silence *s = &q->silences[f->model.silences_n++];

	*s = (struct silence){ .since = clock_of(14, 0, 0), .until = until };
	(void)snprintf(s->scope, sizeof s->scope, "%s", scope);
	(void)snprintf(s->text, sizeof s->text, "%s", words);
	f->model.silences = q->silences;
}

static inline void target_planned(struct fixture *f, enum fixture_target i, wall_t until)
{
	f->targets[i].planned_until = until;
	rollup_day_was(&f->rollups[i], 0, 0, 0, 3000, 0);
}

/* Work on the ingress and its Watchdog; more in a week. What is worked at fails, of course. */
static inline void model_planned(struct fixture *f, struct quiet *q)
{
	model_up(f);
	memset(q, 0, sizeof *q);
	window_add(f, q, "Ingress controller upgrade", "ingress", clock_of(14, 0, 0),
		   clock_of(15, 30, 0));
	window_add(f, q, "New disks", "stack:home", wall_of(FIXTURE_TODAY + 8 * 86400 + 2 * 3600),
		   wall_of(FIXTURE_TODAY + 8 * 86400 + 3 * 3600));
	target_planned(f, INGRESS, clock_of(15, 30, 0));
	f->targets[INGRESS].state = VERDICT_DOWN;
	f->targets[INGRESS].last_ok = clock_of(14, 3, 20);
	f->targets[INGRESS].failure = (struct outcome){ PHASE_CONNECT, CAUSE_UNREACHABLE };
}

/* All but the API are worked at, and that fails: nothing else is judged. */
static inline void model_last_one(struct fixture *f, struct quiet *q)
{
	struct incident *i;

	model_site_down(f);
	memset(q, 0, sizeof *q);
	window_add(f, q, "New disks", "blog", clock_of(14, 0, 0), clock_of(15, 30, 0));
	for (unsigned t = 0; t < f->plan.targets_n; t++)
		if (t != MKAPI)
			target_planned(f, t, clock_of(15, 30, 0));
	f->stacks[0].finding.primary = DIAGNOSIS_UNREACHABLE;
	f->stacks[0].sight.watchdog = WATCHDOG_UNDETERMINED;
	i = &f->incidents[0];
	i->finding = i->worst = DIAGNOSIS_UNREACHABLE;
}

/* One site fails and is silenced, acknowledged and comes and goes; another is silenced and up. */
static inline void model_hushed(struct fixture *f, struct quiet *q)
{
	struct incident *i;

	model_site_down(f);
	memset(q, 0, sizeof *q);
	silence_add(f, q, "mkapi", clock_of(18, 0, 0), "moving the database");
	silence_add(f, q, "group:Cluster", wall_of(FIXTURE_TODAY + 86400 + 9 * 3600), "");
	f->targets[MKAPI].is_silenced = f->targets[KAPI].is_silenced = true;
	f->targets[INGRESS].is_silenced = f->targets[SSH].is_silenced = true;
	f->targets[MKAPI].is_flapping = true;
	i = &f->incidents[0];
	i->acknowledged = clock_of(14, 12, 0);
	i->is_held = i->is_flapping = true;
	event_add(i, clock_of(14, 11, 0), EVENT_FLAPPING, "", 1, DIAGNOSIS_NONE);
	event_add(i, clock_of(14, 12, 0), EVENT_ACKNOWLEDGED, "", 0, DIAGNOSIS_NONE);
	(void)snprintf(i->log[i->log_n - 1].text, INCIDENT_TEXT_MAX, "Ann looks into it");
	event_add(i, clock_of(14, 13, 0), EVENT_HELD, "", 1, DIAGNOSIS_NONE);
	i->log[i->log_n - 1].code = HELD_BY_SILENCE;
	(void)snprintf(i->log[i->log_n - 1].text, INCIDENT_TEXT_MAX, "mkapi");
}

#endif
