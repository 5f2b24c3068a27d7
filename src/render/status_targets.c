/*
 * status_targets.c - targets and Watchdogs in status.json, with their days.
 */
#include <stdio.h>

#include "base/buf.h"
#include "render/page_days.h"
#include "render/status_parts.h"

#define PART_BYTES (32u << 10) /* handed on at once; doubling has not yet made the buffer larger */

/* ---- days and uptime ---- */

/* Which of a day's sums an object lists. */
typedef uint32_t (*day_sum)(const struct page_day *day);

static uint32_t down_of(const struct page_day *day)
{
	return day->down_s;
}

static uint32_t slow_of(const struct page_day *day)
{
	return day->slow_s;
}

static uint32_t planned_of(const struct page_day *day)
{
	return day->planned_s;
}

/* A day of which nothing is known is not observed from end to end. */
static uint32_t unobserved_of(const struct page_day *day)
{
	return day->is_blank ? day->span_s : day->unobserved_s;
}

static void sums_write(struct document *d, const char *key, const struct page_window *w,
		       day_sum sum)
{
	json_key(&d->json, key);
	json_object(&d->json);
	for (unsigned i = 0; i < w->n; i++)
		if (sum(&w->days[i]) > 0)
			int_field(d, d->dates[i], sum(&w->days[i]));
	json_object_end(&d->json);
}

static void days_write(struct document *d, const struct page_window *w)
{
	json_key(&d->json, "days");
	json_object(&d->json);
	text_field(d, "first", d->dates[0]);
	sums_write(d, "down_s", w, down_of);
	sums_write(d, "slow_s", w, slow_of);
	sums_write(d, "planned_s", w, planned_of);
	sums_write(d, "unobserved_s", w, unobserved_of);
	json_object_end(&d->json);
}

static void uptime_write(struct document *d, const struct page_window *w)
{
	int uptime = rollup_share(w->observed_s, w->down_s);
	char key[16];

	(void)snprintf(key, sizeof key, "%ud", w->n);
	json_key(&d->json, "uptime");
	json_object(&d->json);
	json_key(&d->json, key);
	json_object(&d->json);
	json_key(&d->json, "ratio");
	if (uptime < 0)
		json_null(&d->json);
	else
		json_decimal(&d->json, uptime, 5);
	int_field(d, "down_s", (int64_t)w->down_s);
	int_field(d, "observed_s", (int64_t)w->observed_s);
	json_object_end(&d->json);
	json_object_end(&d->json);
}

static void history_write(struct document *d, const struct rollup *r)
{
	struct page_window window;

	page_window_read(&d->facts->calendar, r, &window);
	uptime_write(d, &window);
	days_write(d, &window);
}

/* Planned work, whether a silence holds back its mails, and whether it comes and goes. */
static void quiet_write(struct document *d, wall_t planned_until, bool is_silenced,
			bool is_flapping)
{
	time_field(d, "planned_until", planned_until);
	bool_field(d, "silenced", is_silenced);
	bool_field(d, "flapping", is_flapping);
}

/* ---- targets ---- */

static void error_write(struct document *d, const struct target_view *t)
{
	struct failure f = facts_failure(t);

	json_key(&d->json, "last_error");
	if (f.outcome.cause == CAUSE_PASS) {
		json_null(&d->json);
		return;
	}
	json_object(&d->json);
	text_field(d, "phase", phase_name(f.outcome.phase));
	text_field(d, "code", outcome_code(f.outcome));
	if (f.outcome.cause == CAUSE_STATUS && f.code > 0)
		int_field(d, "status", f.code);
	int_field(d, "after_ms", f.took / USEC_PER_MS);
	json_object_end(&d->json);
}

/* Of the last good run: what it took is known to the end, or not at all. */
static void latency_write(struct document *d, const struct target_view *t)
{
	static const struct {
		const char *key;
		enum phase phase;
	} phases[] = {
		{ "dns", PHASE_DNS }, { "connect", PHASE_CONNECT }, { "tls", PHASE_TLS },
		{ "first_byte", PHASE_WAIT }, { "body", PHASE_BODY },
	};
	bool is_known = wall_is_set(t->last_ok) && !t->plan->ping;

	json_key(&d->json, "latency_ms");
	json_object(&d->json);
	for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
		usec_t span = t->ok_phase_us[phases[i].phase];

		ms_field(d, phases[i].key, is_known && span != PHASE_NOT_REACHED, span);
	}
	ms_field(d, "total", is_known || t->ok_total_us > 0, t->ok_total_us);
	ms_field(d, "median_24h", t->median_us > 0, t->median_us);
	json_object_end(&d->json);
}

/* What was shown last; `warned_days` is the step that the owner was told of. */
static void certificate_write(struct document *d, const struct target_view *t)
{
	json_key(&d->json, "certificate");
	if (!wall_is_set(t->certificate.not_after)) {
		json_null(&d->json);
		return;
	}
	json_object(&d->json);
	time_field(d, "not_before", t->certificate.not_before);
	time_field(d, "not_after", t->certificate.not_after);
	json_key(&d->json, "warned_days");
	if (t->cert_days > 0)
		json_int(&d->json, t->cert_days);
	else
		json_null(&d->json);
	json_object_end(&d->json);
}

/* By which family it is looked at; `twin`: who is the same site by the other one. */
static void family_write(struct document *d, uint32_t target)
{
	static const char *const names[] = {
		[FAMILY_ANY] = "any", [FAMILY_IPV4] = "ipv4", [FAMILY_IPV6] = "ipv6",
		[FAMILY_BOTH] = "any",
	};
	const struct plan *plan = d->model->plan;
	uint32_t twin = target_twin(plan, target);

	text_field(d, "family", names[plan->targets[target].family]);
	text_field(d, "twin", twin != NONE_INDEX ? plan->targets[twin].name : NULL);
}

static void target_write(struct document *d, size_t target)
{
	const struct target_view *t = &d->model->targets[target];

	json_object(&d->json);
	text_field(d, "id", t->plan->name);
	text_field(d, "name", t->plan->title);
	text_field(d, "group", t->plan->group);
	text_field(d, "kind", t->plan->kind->name);
	text_field(d, "stack", d->model->plan->stacks[t->plan->stack].name);
	family_write(d, (uint32_t)target);
	text_field(d, "state", verdict_name(facts_state(d->model, t)));
	bool_field(d, "slow", t->is_slow);
	quiet_write(d, t->planned_until, t->is_silenced, t->is_flapping);
	time_field(d, "since", t->since);
	time_field(d, "last_ok", t->last_ok);
	error_write(d, t);
	latency_write(d, t);
	certificate_write(d, t);
	if (t->plan->ping)
		int_field(d, "expected_every_s", t->plan->ping->period / USEC_PER_SEC);
	history_write(d, &d->model->rollups[target]);
	json_object_end(&d->json);
}

void status_part_end(struct document *d)
{
	if (d->drain != NULL && d->json.to->n >= PART_BYTES)
		d->drain->drain(d->drain->ctx, d->json.to);
}

void status_targets(struct document *d)
{
	json_key(&d->json, "targets");
	json_array(&d->json);
	for (size_t i = 0; i < d->model->plan->targets_n; i++)
		if (!d->model->targets[i].plan->is_hidden) {
			target_write(d, i);
			status_part_end(d);
		}
	json_array_end(&d->json);
}

/* What its witnesses say when asked; null when nobody is. */
static void pull_write(struct document *d, const struct deadman_view *view)
{
	json_key(&d->json, "pull");
	if (view->pull == PULL_NONE) {
		json_null(&d->json);
		return;
	}
	json_object(&d->json);
	text_field(d, "state", facts_pull_name(view->pull));
	time_field(d, "asked", view->pulled);
	json_key(&d->json, "age_s");
	if ((view->pull == PULL_OK || view->pull == PULL_STALE) && view->pull_age >= 0)
		json_int(&d->json, view->pull_age / USEC_PER_SEC);
	else
		json_null(&d->json);
	json_object_end(&d->json);
}

/* How they come, as measured; null while too few have come. */
static void cadence_write(struct document *d, const struct deadman_view *view)
{
	json_key(&d->json, "comes_every_s");
	if (view->cadence > 0)
		json_int(&d->json, view->cadence / USEC_PER_SEC);
	else
		json_null(&d->json);
	bool_field(d, "comes_too_rarely", deadman_is_slow(view->cadence, view->plan->period));
}

void status_deadman(struct document *d, const struct deadman_view *view)
{
	text_field(d, "state", deadman_name(view->state));
	time_field(d, "last", view->last);
	int_field(d, "expected_every_s", view->plan->period / USEC_PER_SEC);
	cadence_write(d, view);
	pull_write(d, view);
}

void status_watchdogs(struct document *d)
{
	const struct plan *plan = d->model->plan;

	json_key(&d->json, "watchdogs");
	json_array(&d->json);
	for (size_t i = 0; i < plan->watchdogs_n; i++) {
		const struct rollup *r = &d->model->rollups[plan->targets_n + i];
		const struct deadman_view *view = &d->model->deadmen[i];

		json_object(&d->json);
		text_field(d, "id", plan->watchdogs[i].name);
		text_field(d, "stack", plan->stacks[plan->watchdogs[i].stack].name);
		status_deadman(d, view);
		quiet_write(d, view->planned_until, view->is_silenced, view->is_flapping);
		time_field(d, "since", view->since);
		history_write(d, r);
		json_object_end(&d->json);
	}
	json_array_end(&d->json);
}
