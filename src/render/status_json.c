/*
 * status_json.c - the public model for machines: shorewatch.status/1.
 *
 * Says what the page says and no more (page_facts.c); additive within /1.
 * Sums of days are sparse: a day that is not listed had none.
 */
#include "base/buf.h"
#include "base/calendar.h"
#include "base/words.h"
#include "render/page.h"
#include "render/status_parts.h"

#define STALE_AFTER (5 * USEC_PER_MIN) /* as style.css has it */

/* ---- head ---- */

static void page_write(struct document *d)
{
	json_key(&d->json, "page");
	json_object(&d->json);
	text_field(d, "name", page_title(d->model));
	text_field(d, "url", d->model->plan->page.url);
	text_field(d, "time_zone", d->model->plan->timezone);
	json_object_end(&d->json);
}

static void head_write(struct document *d)
{
	wall_t now = d->model->now.wall, due = d->model->next_report;

	text_field(d, "schema", "shorewatch.status/1");
	time_field(d, "generated_at", now);
	if (wall_is_set(d->model->stopped))
		due = (wall_t){ 0 };
	else if (!wall_is_set(due))
		due = (wall_t){ now.us + REPORT_PERIOD };
	time_field(d, "next_due", due);
	time_field(d, "stale_after",
		   wall_is_set(d->model->stopped) ? now : (wall_t){ now.us + STALE_AFTER });
	int_field(d, "report", (int64_t)d->model->report);
	text_field(d, "generator", "shorewatch " SHOREWATCH_VERSION);
	page_write(d);
}

/* ---- diagnosis ---- */

static void headline_say(struct buf *to, const struct sheet *s, const void *what)
{
	(void)what;
	page_write_headline(to, s);
}

static void stack_say(struct buf *to, const struct sheet *s, const void *what)
{
	page_write_stack_headline(to, s, *(const size_t *)what);
}

static void diagnosis_write(struct document *d)
{
	json_key(&d->json, "diagnosis");
	json_object(&d->json);
	text_field(d, "id", diagnosis_name(d->facts->finding));
	text_field(d, "state", look_of(d->facts)->favicon);
	time_field(d, "since", facts_since(d->model, d->facts));
	languages_field(d, "text", headline_say, NULL);
	json_object_end(&d->json);
}

/* Stacks with something visible: a target or a Watchdog. */
static bool stack_is_shown(const struct model *m, size_t stack)
{
	for (size_t i = 0; i < m->plan->targets_n; i++)
		if (m->plan->targets[i].stack == stack && !m->plan->targets[i].is_hidden)
			return true;
	for (size_t i = 0; i < m->plan->watchdogs_n; i++)
		if (m->plan->watchdogs[i].stack == stack)
			return true;
	return false;
}

static void stack_write(struct document *d, size_t stack)
{
	enum diagnosis finding = facts_finding(d->model, stack);
	const struct stack_view *view = &d->model->stacks[stack];

	json_object(&d->json);
	text_field(d, "id", view->plan->name);
	text_field(d, "title", view->plan->title);
	text_field(d, "diagnosis", diagnosis_name(finding));
	time_field(d, "since", finding == DIAGNOSIS_NONE ? (wall_t){ 0 } : view->since);
	if (finding != DIAGNOSIS_NONE)
		languages_field(d, "text", stack_say, &stack);
	json_object_end(&d->json);
}

static void stacks_write(struct document *d)
{
	json_key(&d->json, "stacks");
	json_array(&d->json);
	for (size_t i = 0; i < d->model->plan->stacks_n; i++)
		if (stack_is_shown(d->model, i))
			stack_write(d, i);
	json_array_end(&d->json);
}

/* ---- evidence ---- */

static void up_of_write(struct document *d, const char *key, unsigned up, unsigned of)
{
	json_key(&d->json, key);
	json_object(&d->json);
	int_field(d, "up", up);
	int_field(d, "of", of);
	json_object_end(&d->json);
}

static void layer_write(struct document *d, const char *key, bool is_edge)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < d->model->plan->targets_n; i++) {
		const struct target_plan *plan = d->model->targets[i].plan;

		if (!plan->is_hidden && (plan->layer == LAYER_EDGE) == is_edge)
			tally_add(&tally, d->model, &d->model->targets[i]);
	}
	up_of_write(d, key, tally.up, tally_seen(&tally));
}

/* The Watchdog of the stack that makes the headline, else the first. */
static const struct deadman_view *deadman_shown(const struct document *d)
{
	const struct plan *plan = d->model->plan;

	for (size_t i = 0; i < plan->watchdogs_n; i++)
		if (plan->watchdogs[i].stack == d->facts->stack)
			return &d->model->deadmen[i];
	return plan->watchdogs_n > 0 ? &d->model->deadmen[0] : NULL;
}

static void watchdog_write(struct document *d)
{
	const struct deadman_view *view = deadman_shown(d);

	json_key(&d->json, "watchdog");
	if (view == NULL) {
		json_null(&d->json);
		return;
	}
	json_object(&d->json);
	status_deadman(d, view);
	json_object_end(&d->json);
}

static void evidence_write(struct document *d)
{
	json_key(&d->json, "evidence");
	json_object(&d->json);
	layer_write(d, "sites", false);
	layer_write(d, "cluster", true);
	watchdog_write(d);
	if (d->model->vantage == VANTAGE_UNCHECKED) {
		json_key(&d->json, "own_link");
		json_null(&d->json);
	} else {
		up_of_write(d, "own_link", d->model->references_up, d->model->references);
	}
	json_object_end(&d->json);
}

/* ---- what watches over us ---- */

static void canary_field(struct document *d)
{
	const struct canary_view *canary = &d->model->canary;

	json_key(&d->json, "canary");
	if (!canary->is_wanted) {
		json_null(&d->json);
		return;
	}
	json_object(&d->json);
	text_field(d, "state", canary_state_name(canary->state));
	time_field(d, "last_success", canary->found);
	json_key(&d->json, "delay_seconds");
	if (wall_is_set(canary->found))
		json_decimal(&d->json, canary->delay / USEC_PER_MS, 3);
	else
		json_null(&d->json);
	time_field(d, "lost_since", canary->lost);
	time_field(d, "unseen_since", canary->unseen);
	json_object_end(&d->json);
}

static void watcher_write(struct document *d)
{
	json_key(&d->json, "watcher");
	json_object(&d->json);
	text_field(d, "vantage", vantage_name(d->model->vantage));
	bool_field(d, "mail_broken", model_is_mail_broken(d->model));
	text_field(d, "mail_hold", outbox_hold_name(d->model->mail_hold));
	canary_field(d);
	bool_field(d, "storage_failing", d->model->is_storage_failing);
	text_field(d, "listener", facts_listener_name(d->model->listener));
	bool_field(d, "configuration_broken", d->model->trouble != NULL);
	bool_field(d, "clock_wrong", d->model->is_clock_wrong);
	bool_field(d, "drill", d->model->is_drill);
	time_field(d, "stopped_at", d->model->stopped);
	json_object_end(&d->json);
}

static void dates_write(struct document *d)
{
	for (unsigned i = 0; i < d->facts->calendar.n; i++) {
		struct buf date = BUF_INIT(sizeof d->dates[i] - 1);

		calendar_print_date(&date, d->facts->calendar.first + (int32_t)i);
		(void)words_copy(d->dates[i], sizeof d->dates[i], buf_text(&date));
		buf_done(&date);
	}
}

void page_status_json_drained(const struct model *model, struct buf *to,
			      const struct page_drain *drain)
{
	struct facts facts;

	facts_gather(model, &facts);
	struct document d = { .model = model, .facts = &facts, .drain = drain };

	dates_write(&d);
	json_begin(&d.json, to);
	json_object(&d.json);
	head_write(&d);
	diagnosis_write(&d);
	stacks_write(&d);
	evidence_write(&d);
	watcher_write(&d);
	status_targets(&d);
	status_watchdogs(&d);
	status_incidents(&d);
	status_planned(&d);
	status_silences(&d);
	json_object_end(&d.json);
	buf_putc(to, '\n');
}

void page_status_json(const struct model *model, struct buf *to)
{
	page_status_json_drained(model, to, NULL);
}
