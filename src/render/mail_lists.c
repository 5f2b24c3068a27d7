/*
 * mail_lists.c - the lists of what fails and what to try.
 *
 * Every list is bounded: MAIL_NAMED_MAX targets by name, then counts per group.
 */
#include "render/mail_parts.h"

#include <string.h>

#include "base/text.h"
#include "render/speech.h"

#define ITEM_BYTES_MAX 8192
#define GROUPS_MAX 6
#define WATCHDOGS_MAX 6
#define STEPS_MAX 6
#define STEP_LABEL_MAX 40 /* columns */

void mail_parts_title(struct mail_parts *p, const struct mail_case *c, const char *wording,
		      unsigned n, unsigned m)
{
	struct buf title = BUF_INIT(ITEM_BYTES_MAX);

	sentence_fill(&title, c->language, wording,
		      HOLES(hole_number("n", n), hole_number("m", m)));
	mail_parts_add(p, PART_TITLE, "", buf_text(&title));
	buf_done(&title);
}

static void add_target(struct mail_parts *p, const struct mail_case *c, uint32_t target,
		       const struct buf *text)
{
	struct buf label = BUF_INIT(ITEM_BYTES_MAX);

	speech_target(&label, c->language, c->plan, target);
	mail_parts_add(p, PART_ITEM, buf_text(&label), buf_text(text));
	buf_done(&label);
}

/* ---- the rest of a long list, by group ---- */

struct group_count {
	const char *group; /* NULL: all others */
	unsigned n;
};

/* The last place is for groups that found none. */
static void group_add(struct group_count groups[GROUPS_MAX + 1], const char *group)
{
	unsigned i = 0;

	while (i < GROUPS_MAX && groups[i].group != NULL && strcmp(groups[i].group, group) != 0)
		i++;
	if (i < GROUPS_MAX)
		groups[i].group = group;
	groups[i].n++;
}

static void groups_write(const struct mail_case *c, struct buf *to,
			 const struct group_count groups[GROUPS_MAX + 1])
{
	for (unsigned i = 0; i <= GROUPS_MAX; i++) {
		if (groups[i].n == 0)
			continue;
		if (i > 0)
			buf_puts(to, c->words->comma);
		sentence_fill(to, c->language,
			      groups[i].group ? c->words->group_count : c->words->other_groups,
			      HOLES(hole_foreign("group", groups[i].group),
				    hole_number("n", groups[i].n)));
	}
}

void mail_list_more(struct mail_parts *p, const struct mail_case *c, enum standing standing)
{
	struct group_count groups[GROUPS_MAX + 1] = { 0 };
	struct buf counts = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);
	unsigned n = 0;

	for (uint32_t i = 0; i < c->plan->targets_n; i++)
		if (mail_standing(c, i) == standing && ++n > MAIL_NAMED_MAX)
			group_add(groups, c->plan->targets[i].group);
	groups_write(c, &counts, groups);
	sentence_fill(&text, c->language, c->words->and_more,
		      HOLES(hole_own("groups", buf_text(&counts)),
			    hole_number("n", n - MAIL_NAMED_MAX)));
	if (n > MAIL_NAMED_MAX)
		mail_parts_add(p, PART_ITEM, "", buf_text(&text));
	buf_done(&counts);
	buf_done(&text);
}

/* ---- what fails ---- */

/* errno's name adds nothing to "connection refused"; a certificate's fault does. */
static bool has_telling_note(const struct mail_case *c, uint32_t target, struct outcome outcome)
{
	const struct target_view *view = &c->model->targets[target];
	bool is_plain = outcome.cause == CAUSE_TIMEOUT || outcome.cause == CAUSE_REFUSED ||
			outcome.cause == CAUSE_RESET || outcome.cause == CAUSE_UNREACHABLE;

	return !c->is_pretended && !is_plain && view->note &&
	       view->failure.cause == outcome.cause && view->failure.phase == outcome.phase;
}

static void write_last_good(const struct mail_case *c, struct buf *to, wall_t last_ok)
{
	if (wall_is_set(last_ok))
		mail_moment(c, to, last_ok);
	else
		buf_puts(to, c->words->never);
}

/* A timeout's own words tell the time, and with a certificate it means nothing. */
static bool is_time_told(const struct incident_member *m)
{
	return m->took > 0 && m->outcome.cause != CAUSE_TIMEOUT &&
	       m->outcome.cause != CAUSE_SILENT && m->outcome.cause != CAUSE_REPORTED &&
	       m->outcome.cause != CAUSE_CERTIFICATE && m->outcome.cause != CAUSE_EXPIRED;
}

/* How it failed, and how long that took. */
static void write_failure(const struct mail_case *c, struct buf *to,
			  const struct incident_member *m)
{
	struct buf what = BUF_INIT(ITEM_BYTES_MAX);

	speech_failure_short(&what, c->language, m->outcome, m->code, m->took);
	sentence_fill(to, c->language, is_time_told(m) ? c->words->failed_after : "{what}",
		      HOLES(hole_own("what", buf_text(&what)), hole_latency("took", m->took)));
	buf_done(&what);
}

static void add_failing(struct mail_parts *p, const struct mail_case *c, uint32_t target)
{
	struct incident_member m = mail_member(c, target);
	struct buf what = BUF_INIT(ITEM_BYTES_MAX), last = BUF_INIT(256);
	struct buf text = BUF_INIT(ITEM_BYTES_MAX);
	bool has_note = has_telling_note(c, target, m.outcome);

	write_failure(c, &what, &m);
	write_last_good(c, &last, m.last_ok);
	sentence_fill(&text, c->language, has_note ? c->words->failed_note : c->words->failed,
		      HOLES(hole_own("what", buf_text(&what)), hole_own("last", buf_text(&last)),
			    hole_foreign("note", c->model->targets[target].note)));
	add_target(p, c, target, &text);
	buf_done(&what);
	buf_done(&last);
	buf_done(&text);
}

static const char *silence_wording(const struct mail_case *c, const struct deadman_view *view)
{
	if (c->is_pretended)
		return c->words->silent;
	if (view->state == DEADMAN_UP)
		return c->words->still_comes;
	if (!wall_is_set(view->last))
		return c->words->silent_never;
	return view->state == DEADMAN_RESOLVED ? c->words->resolved : c->words->silent;
}

static void add_silent(struct mail_parts *p, const struct mail_case *c, uint32_t watchdog)
{
	const struct deadman_view *view = &c->model->deadmen[watchdog];
	const struct watchdog_plan *plan = &c->plan->watchdogs[watchdog];
	usec_t silence = c->is_pretended ? 2 * plan->period : view->silence;
	struct buf label = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);
	struct buf every = BUF_INIT(256), last = BUF_INIT(256);

	speech_watchdog(&label, c->language, c->plan, watchdog);
	speech_every(&every, c->language, plan->period);
	write_last_good(c, &last, view->last);
	sentence_fill(&text, c->language, silence_wording(c, view),
		      HOLES(hole_span("span", silence), hole_own("every", buf_text(&every)),
			    hole_own("last", buf_text(&last))));
	mail_parts_add(p, PART_ITEM, buf_text(&label), buf_text(&text));
	buf_done(&label);
	buf_done(&text);
	buf_done(&every);
	buf_done(&last);
}

static const char *pull_wording(const struct mail_case *c, const struct deadman_view *view)
{
	bool is_forgotten = view->pull == PULL_STALE && !view->is_listed && !view->is_pull_own;

	if (view->pull == PULL_STALE && view->pull_age < 0)
		return c->words->pull[PULL_MISSING];
	if (view->pull == PULL_BROKEN && view->is_disputed)
		return c->words->pull_disputed;
	return is_forgotten ? c->words->pull_stale_gone : c->words->pull[view->pull];
}

static void write_pull(const struct mail_case *c, struct buf *to, const struct deadman_view *view)
{
	struct buf note = BUF_INIT(ITEM_BYTES_MAX);

	buf_puts(&note, view->pull_note[0] ? c->words->colon : "");
	text_line(&note, view->pull_note);
	sentence_fill(
		to, c->language, pull_wording(c, view),
		HOLES(hole_span("age", view->pull_age), hole_own("note", buf_text(&note)),
		      hole_own("witness", view->is_pull_own ? "Prometheus" : "Alertmanager")));
	if (!view->is_pull_own && view->prometheus == PULL_UNREACHABLE)
		buf_puts(to, c->words->pull_prometheus_mute);
	if (!view->is_pull_own && view->prometheus == PULL_OK && view->pull != PULL_OK)
		buf_puts(to, c->words->pull_prometheus_fine);
	if (c->model->listener == LISTENER_FAILS)
		buf_puts(to, c->words->pull_listener);
	buf_done(&note);
}

/* What its witnesses say when asked: that tells where the silence comes from. */
static void add_pull(struct mail_parts *p, const struct mail_case *c, uint32_t watchdog)
{
	const struct deadman_view *view = &c->model->deadmen[watchdog];
	struct buf time = BUF_INIT(256), label = BUF_INIT(256), text = BUF_INIT(ITEM_BYTES_MAX);

	if (c->is_pretended || !wall_is_set(view->pulled) || view->pull == PULL_NONE)
		return;
	mail_moment(c, &time, view->pulled);
	sentence_fill(&label, c->language, c->words->asked,
		      HOLES(hole_own("time", buf_text(&time))));
	write_pull(c, &text, view);
	mail_parts_add(p, PART_ITEM, buf_text(&label), buf_text(&text));
	buf_done(&time);
	buf_done(&label);
	buf_done(&text);
}

/* All fail in the same way and nobody is new to it: one line says so. */
static bool is_uniform(const struct mail_case *c)
{
	struct outcome first = { 0 };
	const struct mail_tally *t = &c->tally;

	if (c->change != CHANGE_STILL || t->failing < 2 || t->dependent > 0 ||
	    t->up + t->partly + t->undetermined + t->elsewhere + t->out_of_sight > 0)
		return false;
	for (uint32_t i = 0; i < c->plan->targets_n; i++) {
		struct outcome is = c->model->members[i].outcome;

		if (mail_standing(c, i) != STANDS_FAILING)
			continue;
		if (i == c->first)
			first = is;
		if (is.cause == CAUSE_STATUS || is.cause != first.cause || is.phase != first.phase)
			return false;
	}
	return true;
}

static void add_uniform(struct mail_parts *p, const struct mail_case *c)
{
	struct buf label = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);

	mail_say(c, &label, c->words->all_outside);
	mail_say(c, &text, c->words->all_fail);
	mail_parts_add(p, PART_ITEM, buf_text(&label), buf_text(&text));
	buf_done(&label);
	buf_done(&text);
}

/* Their failure is no news while what they depend on fails. */
static void add_dependents(struct mail_parts *p, const struct mail_case *c)
{
	struct buf names = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);
	unsigned n = c->tally.dependent;

	mail_names(c, &names, STANDS_DEPENDENT, MAIL_NAMED_MAX);
	sentence_fill(&text, c->language, wording_for(&c->words->and_dependents, n),
		      HOLES(hole_number("n", n), hole_own("names", buf_text(&names))));
	if (n > 0)
		mail_parts_add(p, PART_ITEM, "", buf_text(&text));
	buf_done(&names);
	buf_done(&text);
}

static void add_failing_ones(struct mail_parts *p, const struct mail_case *c)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < c->plan->targets_n && n < MAIL_NAMED_MAX; i++) {
		if (mail_standing(c, i) != STANDS_FAILING)
			continue;
		add_failing(p, c, i);
		n++;
	}
	mail_list_more(p, c, STANDS_FAILING);
	add_dependents(p, c);
}

void mail_list_fails(struct mail_parts *p, const struct mail_case *c)
{
	const struct mail_tally *t = &c->tally;
	unsigned failing = t->failing + t->watchdogs_failing, shown = 0;

	if (failing == 0)
		return;
	mail_parts_title(p, c, c->words->fails_title, failing,
		  t->failing + t->up + t->undetermined + t->elsewhere + t->watchdogs);
	if (is_uniform(c))
		add_uniform(p, c);
	else
		add_failing_ones(p, c);
	for (uint32_t i = 0; i < c->plan->watchdogs_n && shown < WATCHDOGS_MAX; i++) {
		if (!mail_watchdog_fails(c, i))
			continue;
		add_silent(p, c, i);
		add_pull(p, c, i);
		shown++;
	}
}

/* ---- try next ---- */

/*
 * Bytes of the condition in a short "condition: what to do"; 0: it has none.
 * Only the language's own colon divides, so that nothing is spelt anew.
 */
static size_t step_label_bytes(const struct mail_case *c, const char *step)
{
	const char *colon = strstr(step, c->words->colon);
	struct buf label = BUF_INIT(ITEM_BYTES_MAX);
	size_t bytes;

	if (colon == NULL)
		return 0;
	buf_add(&label, step, (size_t)(colon - step));
	bytes = text_columns(buf_text(&label)) <= STEP_LABEL_MAX ? label.n : 0;
	buf_done(&label);
	return bytes;
}

static void add_step(struct mail_parts *p, const struct mail_case *c, const char *wording,
		     bool is_ours)
{
	struct buf step = BUF_INIT(ITEM_BYTES_MAX), label = BUF_INIT(ITEM_BYTES_MAX);
	size_t bytes, skip;

	if (is_ours)
		mail_say(c, &step, wording);
	else
		text_line(&step, wording);
	bytes = step_label_bytes(c, buf_text(&step));
	skip = bytes > 0 ? bytes + strlen(c->words->colon) : 0;
	buf_add(&label, buf_text(&step), bytes);
	mail_parts_add(p, PART_STEP, buf_text(&label), buf_text(&step) + skip);
	buf_done(&step);
	buf_done(&label);
}

/*
 * A stack's own steps are for when nothing of it is reached: the router does
 * not help against a 504. Narrower failures have the steps of their target, a
 * silence ours.
 */
static struct strings configured_steps(const struct mail_case *c)
{
	struct strings none = { NULL, 0 };
	bool is_unreached = c->matter == MATTER_STACK || c->matter == MATTER_EDGE ||
			    c->matter == MATTER_UNREACHABLE;

	if (is_unreached && c->stack != NONE_INDEX)
		return c->plan->stacks[c->stack].try_next;
	if (c->first != NONE_INDEX && !mail_is_silence(c))
		return c->plan->targets[c->first].try_next;
	return none;
}

void mail_list_steps(struct mail_parts *p, const struct mail_case *c)
{
	struct strings steps = configured_steps(c);
	/* None has ever come, and it is known why: then that is where to begin. */
	bool is_known = c->cause != MATTER_ALERTING && c->cause != MATTER_BEATS_LOST;
	const char *const *ours = c->words->matters[is_known ? c->cause : c->matter].steps;

	mail_parts_title(p, c, c->words->next_title, 0, 0);
	if (c->notice->is_drill) {
		add_step(p, c, c->words->drill_step, true);
		return;
	}
	if (mail_hint(c) != HINT_NONE)
		add_step(p, c, c->words->hint_step, true);
	for (size_t i = 0; i < steps.n && i < STEPS_MAX; i++)
		add_step(p, c, steps.v[i], false);
	for (; steps.n == 0 && *ours != NULL; ours++)
		add_step(p, c, *ours, true);
}
