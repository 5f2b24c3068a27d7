/*
 * page_lede.c - the reason of the verdict, in one to three sentences.
 *
 * One row a finding: what fails, what the Watchdog says, and whose side the
 * fault is on. Names only what is visible.
 */
#include "base/buf.h"
#include "render/page_parts.h"
#include "render/speech.h"

#define LEDE_MAX_BYTES (4 * LINE_MAX_BYTES)

/* One sentence after another. */
static void lede_say(const struct sheet *s, enum word word, const struct hole *holes)
{
	page_say(s, word, holes);
	page_put(s, WORD_SPACE);
}

static void lede_counted(const struct sheet *s, enum word one, unsigned n)
{
	if (n > 0)
		lede_say(s, word_for(one, n), HOLES(hole_number("n", n)));
}

static void lede_pass_some(const struct sheet *s)
{
	const struct facts *f = s->facts;

	lede_say(s, WORD_LEDE_PASS_SOME,
		 HOLES(hole_number("up", f->targets.up - f->targets.suspect + f->deadmen_up),
		       hole_number("of", tally_of(&f->targets) + f->deadmen_of)));
}

/* Whose fault it is: believable only because we look at our own link. */
static void lede_own_link(const struct sheet *s)
{
	bool is_known = s->model->vantage == VANTAGE_OK;

	lede_say(s,
		 s->model->is_unconfirmed ? WORD_LEDE_UNCONFIRMED
		 : is_known		  ? WORD_LEDE_OWN_LINK_OK
					  : WORD_LEDE_OWN_LINK_UNCHECKED,
		 NO_HOLES);
}

/* The visible targets of the headline's stack: of one layer, or of both. */
static struct tally stack_tally(const struct sheet *s, bool has_edge, bool has_sites)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < s->model->plan->targets_n; i++) {
		const struct target_view *t = &s->model->targets[i];
		bool is_wanted = t->plan->layer == LAYER_EDGE ? has_edge : has_sites;

		if (t->plan->stack == s->facts->stack && !t->plan->is_hidden && !t->plan->ping &&
		    is_wanted)
			tally_add(&tally, s->model, t);
	}
	return tally;
}

static bool all_fail(const struct tally *tally)
{
	return tally_of(tally) > 0 && tally->failing == tally_of(tally);
}

static enum family other_family(const struct target_view *t)
{
	return t->plan->family == FAMILY_IPV6 ? FAMILY_IPV4 : FAMILY_IPV6;
}

static void lede_one_site(const struct sheet *s, const struct target_view *one)
{
	struct buf failure = BUF_INIT(LINE_MAX_BYTES);
	struct failure f = facts_failure(one);

	speech_failure(&failure, s->language, f.outcome, f.code, f.took);
	lede_say(s, WORD_LEDE_SITE_ONE, HOLES(hole_own("failure", buf_text(&failure))));
	if (facts_is_partial(s->model, one))
		lede_say(s, WORD_LEDE_OTHER_FAMILY,
			 HOLES(hole_own("family", speech_family(other_family(one)))));
	buf_done(&failure);
}

/* The one that is judged fails; of the others nothing is claimed. */
static bool lede_last_one(const struct sheet *s)
{
	const struct target_view *one;
	unsigned planned;

	if (!facts_is_last_one(s->model, s->facts->stack, &one, &planned))
		return false;
	lede_one_site(s, one);
	lede_counted(s, WORD_LEDE_REST_PLANNED_ONE, planned);
	return true;
}

/* What fails from outside: all of it, or how many of how many. */
static void lede_outside(const struct sheet *s)
{
	struct tally tally = stack_tally(s, true, true);

	if (!lede_last_one(s) && tally_of(&tally) > 0)
		lede_say(s, all_fail(&tally) ? WORD_LEDE_NOTHING_ANSWERS : WORD_LEDE_SOME_FAIL,
			 HOLES(hole_number("failing", tally.failing),
			       hole_number("of", tally_of(&tally))));
}

static void lede_stack_down(const struct sheet *s)
{
	bool is_late = s->model->stacks[s->facts->stack].sight.watchdog == WATCHDOG_LATE;
	struct tally edge = stack_tally(s, true, false), sites = stack_tally(s, false, true);

	if (all_fail(&edge) && all_fail(&sites)) {
		lede_say(s, is_late ? WORD_LEDE_ALL_AND_LATE : WORD_LEDE_ALL_AND_STOPPED, NO_HOLES);
	} else {
		lede_outside(s);
		lede_say(s, is_late ? WORD_LEDE_WATCHDOG_LATE : WORD_LEDE_WATCHDOG_STOPPED,
			 NO_HOLES);
	}
	lede_own_link(s);
}

static void lede_unreachable(const struct sheet *s)
{
	enum watchdog_level level = s->model->stacks[s->facts->stack].sight.watchdog;

	lede_outside(s);
	if (level == WATCHDOG_NONE)
		lede_say(s, WORD_LEDE_WATCHDOG_NONE, NO_HOLES);
	else if (level == WATCHDOG_NEVER)
		lede_say(s, WORD_LEDE_WATCHDOG_NEVER, NO_HOLES);
	else
		lede_say(s, WORD_LEDE_WATCHDOG_OPEN, NO_HOLES);
	lede_own_link(s);
}

static void lede_edge_down(const struct sheet *s)
{
	lede_outside(s);
	lede_say(s, WORD_LEDE_EDGE_DOWN, NO_HOLES);
}

static void lede_backends_down(const struct sheet *s)
{
	lede_outside(s);
	lede_say(s, WORD_LEDE_BACKENDS_DOWN, NO_HOLES);
}

/* A target as a sentence calls it. */
static void name_add(const struct sheet *s, struct names *names, const struct target_view *t)
{
	struct buf name = BUF_INIT(LINE_MAX_BYTES);

	facts_name(&name, s->language, s->model, t);
	names_add(names, buf_text(&name));
	buf_done(&name);
}

static void failing_names(const struct sheet *s, struct names *names)
{
	for (size_t i = 0; i < s->model->plan->targets_n; i++) {
		const struct target_view *t = &s->model->targets[i];

		if (!t->plan->is_hidden && verdict_is_failing(facts_state(s->model, t)) &&
		    !facts_is_second(s->model, t))
			name_add(s, names, t);
	}
	names_end(names);
}

static void lede_site_down(const struct sheet *s)
{
	struct buf list = BUF_INIT(LINE_MAX_BYTES);
	struct names names = { .to = &list, .sheet = s };

	if (s->facts->count == 1) {
		lede_one_site(s, s->facts->one);
	} else {
		failing_names(s, &names);
		lede_say(s, WORD_LEDE_SITE_MANY, HOLES(hole_own("names", buf_text(&list))));
	}
	lede_pass_some(s);
	buf_done(&list);
}

static void lede_isolated(const struct sheet *s)
{
	lede_say(s, WORD_LEDE_ISOLATED, HOLES(hole_number("up", s->model->references_up),
					      hole_number("of", s->model->references)));
}

static void slow_names(const struct sheet *s, struct names *names)
{
	for (size_t i = 0; i < s->model->plan->targets_n; i++) {
		const struct target_view *t = &s->model->targets[i];

		if (!t->plan->is_hidden && t->is_slow && facts_state(s->model, t) == VERDICT_UP &&
		    !facts_is_second(s->model, t))
			name_add(s, names, t);
	}
	names_end(names);
}

static void lede_slow(const struct sheet *s)
{
	struct buf text = BUF_INIT(LINE_MAX_BYTES);
	struct names names = { .to = &text, .sheet = s };

	if (s->facts->count == 1) {
		speech_waited(&text, s->language, s->facts->one->plan->slow);
		lede_say(s, WORD_LEDE_SLOW_ONE, HOLES(hole_own("limit", buf_text(&text))));
	} else {
		slow_names(s, &names);
		lede_say(s, WORD_LEDE_SLOW_MANY, HOLES(hole_own("names", buf_text(&text))));
	}
	buf_done(&text);
}

/* Every check passes, the Watchdogs' signals among them. */
static void lede_all_pass(const struct sheet *s)
{
	unsigned n = s->facts->targets.up + s->facts->deadmen_up;

	if (s->facts->deadmen_of > 0 && n > 1)
		lede_say(s, WORD_LEDE_PASS_BEATS, HOLES(hole_number("n", n)));
	else
		lede_counted(s, WORD_LEDE_PASS_ONE, n);
}

static void lede_up(const struct sheet *s)
{
	const struct tally *t = &s->facts->targets;

	if (t->suspect + t->unknown == 0 && s->facts->deadmen_late == 0 &&
	    s->facts->deadmen_up == s->facts->deadmen_of) {
		lede_all_pass(s);
		return;
	}
	lede_pass_some(s);
	lede_counted(s, WORD_LEDE_SUSPECT_ONE, t->suspect);
	lede_counted(s, WORD_LEDE_UNSEEN_ONE, t->unknown);
	if (s->facts->deadmen_late > 0)
		lede_say(s, WORD_LEDE_BEATS_LATE, NO_HOLES);
}

static void lede_planned(const struct sheet *s)
{
	lede_counted(s, WORD_LEDE_MAINT_ONE, s->facts->targets.paused);
	if (s->facts->deadmen_planned > 0)
		lede_say(s, WORD_LEDE_MAINT_BEATS, NO_HOLES);
	if (tally_of(&s->facts->targets) + s->facts->deadmen_of > 0)
		lede_pass_some(s);
}

static void lede_calm(const struct sheet *s)
{
	if (s->facts->is_stopped)
		lede_say(s, WORD_LEDE_STOPPED, HOLES(hole_time("time", s->model->stopped)));
	else if (s->facts->look == LOOK_UNKNOWN)
		lede_say(s, WORD_LEDE_UNKNOWN, NO_HOLES);
	else if (s->facts->look == LOOK_SLOW)
		lede_slow(s);
	else if (s->facts->look == LOOK_MAINT)
		lede_planned(s);
	else
		lede_up(s);
}

/* By finding: the sentences, or the one sentence, that give its reason. */
static const struct lede {
	void (*write)(const struct sheet *s);
	enum word word;
} ledes[DIAGNOSIS_COUNT] = {
	[DIAGNOSIS_NONE] = { .write = lede_calm },
	[DIAGNOSIS_ISOLATED] = { .write = lede_isolated },
	[DIAGNOSIS_STACK_DOWN] = { .write = lede_stack_down },
	[DIAGNOSIS_EDGE_DOWN] = { .write = lede_edge_down },
	[DIAGNOSIS_BACKENDS_DOWN] = { .write = lede_backends_down },
	[DIAGNOSIS_UNREACHABLE] = { .write = lede_unreachable },
	[DIAGNOSIS_DNS_FAULT] = { .word = WORD_LEDE_DNS_FAULT },
	[DIAGNOSIS_SITE_DOWN] = { .write = lede_site_down },
	[DIAGNOSIS_PROMETHEUS_DEAD] = { .word = WORD_LEDE_PROMETHEUS_DEAD },
	[DIAGNOSIS_WATCHDOG_SILENCED] = { .word = WORD_LEDE_WATCHDOG_SILENCED },
	[DIAGNOSIS_BEATS_LOST] = { .word = WORD_LEDE_BEATS_LOST },
	[DIAGNOSIS_LISTENER_BROKEN] = { .word = WORD_LEDE_LISTENER_BROKEN },
	[DIAGNOSIS_ALERTING_DEAD] = { .word = WORD_LEDE_ALERTING_DEAD },
};

void page_lede(const struct sheet *s)
{
	const struct lede *lede = &ledes[s->facts->finding];
	struct buf text = BUF_INIT(LEDE_MAX_BYTES);
	struct sheet aside = *s;

	aside.to = &text;
	if (lede->write != NULL)
		lede->write(&aside);
	else
		lede_say(&aside, lede->word, NO_HOLES);
	while (text.n > 0 && text.data[text.n - 1] == ' ')
		text.n--;
	buf_puts(s->to, "      <p class=\"lede\">");
	buf_add(s->to, buf_text(&text), text.n);
	buf_puts(s->to, "</p>\n");
	buf_done(&text);
}
