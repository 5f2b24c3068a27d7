/*
 * expect.c - what a line may demand of the engine's model and of the page.
 *
 *   NAME STATE [within SPAN of TIME]     a target's verdict, a watchdog's state
 *   watchdog STATE                       of the only one
 *   incident N DIAGNOSIS [open|closed]   the n-th there ever was
 *   incidents N   open N                 ever; now
 *   worst N DIAGNOSIS   duration N SPAN..SPAN
 *   pull VERDICT [WATCHDOG]   listener ok|fails|unknown     witness.c
 *   diagnosis D [STACK]   also D   vantage V   waiting N   page [ja] "..."   no page "..."
 *   uptime NAME 99.9..100   down NAME SPAN..SPAN   observed NAME SPAN..SPAN
 *   mail ... , last mail ... , no mail   expect_mail.c
 *
 * At every expectation the page is rendered in both languages, with status.json
 * and the metrics: whatever state a scenario reaches can be shown.
 */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "render/page.h"
#include "scenario.h"

#define PAGE_MAX (8u << 20)

static struct model model_of(struct scenario *s)
{
	struct model model;

	engine_model(s->engine, scenario_now(s), &model);
	return model;
}

/* ---- the page ---- */

static bool is_whole(const struct buf *b, const char *ending)
{
	size_t n = strlen(ending);

	return !buf_failed(b) && b->n > n && strcmp(buf_text(b) + b->n - n, ending) == 0;
}

static bool render_everything(struct scenario *s)
{
	struct model model = model_of(s);
	struct buf page = BUF_INIT(PAGE_MAX);
	bool is_good = true;

	for (int language = 0; language < LANGUAGE_COUNT && is_good; language++) {
		buf_clear(&page);
		page_index(&model, (enum language)language, &page);
		is_good = is_whole(&page, "</html>\n");
		trace_text(s, "shows", "page", buf_text(&page), page.n);
		buf_clear(&page);
		is_good = is_good &&
			  strlen(page_headline(&model, (enum language)language, &page)) > 0;
	}
	buf_clear(&page);
	page_status_json(&model, &page);
	is_good = is_good && buf_text(&page)[0] == '{' && !buf_failed(&page);
	trace_text(s, "shows", "status.json", buf_text(&page), page.n);
	buf_clear(&page);
	page_metrics(&model, &page);
	is_good = is_good && !buf_failed(&page) && page.n > 0;
	buf_clear(&page);
	page_favicon(page_favicon_name(&model), &page);
	is_good = is_good && page.n > 0;
	buf_done(&page);
	return is_good || scenario_fail(s, "the page cannot be rendered whole");
}

/* The text between the tags, so that words across tags are found. */
static void strip_tags(const char *html, struct buf *to)
{
	bool is_tag = false;

	for (; *html != '\0'; html++) {
		if (*html == '<')
			is_tag = true;
		else if (*html == '>')
			is_tag = false;
		else if (!is_tag)
			buf_putc(to, *html);
	}
}

static bool page_has(struct scenario *s, enum language language, const char *text)
{
	struct model model = model_of(s);
	struct buf page = BUF_INIT(PAGE_MAX), words = BUF_INIT(PAGE_MAX);
	bool is_there;

	page_index(&model, language, &page);
	strip_tags(buf_text(&page), &words);
	is_there = strstr(buf_text(&page), text) || strstr(buf_text(&words), text);
	buf_done(&page);
	buf_done(&words);
	return is_there;
}

static bool expect_page(struct scenario *s, const char *at)
{
	enum language language = word_is(&at, "ja") ? LANGUAGE_JA : LANGUAGE_EN;
	struct model model = model_of(s);
	struct buf scratch = BUF_INIT(4096);
	char text[WORD_MAX];
	bool is_good;

	if (!word_next(&at, text))
		return scenario_misspelt(s, "which text?", at);
	is_good = page_has(s, language, text) ||
		  scenario_fail(s, "expected \"%s\" on the page, whose headline is \"%s\"", text,
				page_headline(&model, language, &scratch));
	buf_done(&scratch);
	return is_good;
}

static bool expect_no(struct scenario *s, const char *at)
{
	char text[WORD_MAX];

	if (word_is(&at, "mail"))
		return expect_no_mail(s, at);
	if (!word_is(&at, "page") || !word_next(&at, text))
		return scenario_misspelt(s, "no what?", at);
	return !page_has(s, LANGUAGE_EN, text) ||
	       scenario_fail(s, "expected no \"%s\" on the page", text);
}

/* ---- incidents ---- */

static bool number_next(struct scenario *s, const char **at, size_t *ret)
{
	char word[WORD_MAX], *end;

	if (!word_next(at, word))
		return scenario_misspelt(s, "a number is missing", *at);
	*ret = strtoul(word, &end, 10);
	return *end == '\0' || scenario_misspelt(s, "not a number", word);
}

static const struct incident *incident_next(struct scenario *s, const char **at, size_t *ret_n)
{
	size_t n;

	if (!number_next(s, at, &n))
		return NULL;
	*ret_n = n;
	if (n == 0 || n > s->journal.seen_n) {
		(void)scenario_fail(s, "expected an incident %zu, there were %zu", n,
				    s->journal.seen_n);
		return NULL;
	}
	return &s->journal.seen[n - 1].last;
}

/* As it is now when it is open; what was recorded of its end when it is not. */
static const struct incident *incident_now(const struct model *model,
					   const struct incident *recorded)
{
	for (size_t i = 0; i < model->incidents_n; i++)
		if (model->incidents[i].id == recorded->id)
			return &model->incidents[i];
	return recorded;
}

static bool expect_incident(struct scenario *s, const char *at)
{
	struct model model = model_of(s);
	size_t n;
	const struct incident *i = incident_next(s, &at, &n);
	char name[WORD_MAX], state[WORD_MAX];
	enum diagnosis finding;
	bool is_closed, is_worst;

	if (!i || !word_next(&at, name))
		return false;
	if (!diagnosis_parse(name, &finding))
		return scenario_misspelt(s, "no such diagnosis", name);
	i = incident_now(&model, i);
	is_closed = i->state == INCIDENT_CLOSED;
	is_worst = i->worst == finding;
	if (i->finding != finding && !(is_closed && is_worst))
		return scenario_fail(s, "expected incident %zu to be %s, it is %s", n, name,
				     diagnosis_name(i->finding));
	if (word_next(&at, state) && is_closed != (strcmp(state, "closed") == 0))
		return scenario_fail(s, "expected incident %zu to be %s, it is not", n, state);
	return true;
}

static bool expect_worst(struct scenario *s, const char *at)
{
	struct model model = model_of(s);
	size_t n;
	const struct incident *i = incident_next(s, &at, &n);
	char name[WORD_MAX];

	if (!i || !word_next(&at, name))
		return false;
	i = incident_now(&model, i);
	return strcmp(name, diagnosis_name(i->worst)) == 0 ||
	       scenario_fail(s, "expected incident %zu at its worst to be %s, it was %s", n, name,
			     diagnosis_name(i->worst));
}

/* "5m..6m", or one span that must be met to the microsecond. */
static bool range_next(struct scenario *s, const char **at, usec_t *ret_from, usec_t *ret_to)
{
	char word[WORD_MAX], *dots;

	if (!word_next(at, word))
		return scenario_misspelt(s, "a span is missing", *at);
	dots = strstr(word, "..");
	if (dots)
		*dots = '\0';
	if (!span_parse(word, ret_from) || !span_parse(dots ? dots + 2 : word, ret_to))
		return scenario_misspelt(s, "not FROM..TO", word);
	return true;
}

static bool expect_duration(struct scenario *s, const char *at)
{
	struct model model = model_of(s);
	size_t n;
	const struct incident *i = incident_next(s, &at, &n);
	usec_t from, to, is;

	if (!i || !range_next(s, &at, &from, &to))
		return false;
	is = incident_duration(incident_now(&model, i), scenario_now(s));
	return (is >= from && is <= to) ||
	       scenario_fail(s, "expected another duration of incident %zu than %.3f s", n,
			     (double)is / USEC_PER_SEC);
}

static bool expect_count(struct scenario *s, const char *at, const char *what, size_t is)
{
	size_t n;

	if (!number_next(s, &at, &n))
		return false;
	return n == is || scenario_fail(s, "expected %zu %s, there are %zu", n, what, is);
}

static bool expect_incidents(struct scenario *s, const char *at)
{
	return expect_count(s, at, "incidents ever", s->journal.seen_n);
}

static bool expect_open(struct scenario *s, const char *at)
{
	return expect_count(s, at, "open incidents", model_of(s).incidents_n);
}

static bool expect_waiting(struct scenario *s, const char *at)
{
	return expect_count(s, at, "waiting notices", model_of(s).waiting_notices);
}

/* ---- stacks and us ---- */

static const struct stack_view *stack_next(struct scenario *s, const char **at,
					   const struct model *model)
{
	char word[WORD_MAX];

	if (!word_next(at, word))
		return &model->stacks[0];
	for (size_t i = 0; i < s->plan->stacks_n; i++)
		if (strcmp(s->plan->stacks[i].name, word) == 0)
			return &model->stacks[i];
	(void)scenario_misspelt(s, "no such stack", word);
	return NULL;
}

static bool expect_diagnosis(struct scenario *s, const char *at)
{
	struct model model = model_of(s);
	const struct stack_view *stack;
	char name[WORD_MAX];

	if (!word_next(&at, name) || !(stack = stack_next(s, &at, &model)))
		return false;
	return strcmp(name, diagnosis_name(stack->finding.primary)) == 0 ||
	       scenario_fail(s, "expected the diagnosis %s, it is %s", name,
			     diagnosis_name(stack->finding.primary));
}

static bool expect_also(struct scenario *s, const char *at)
{
	struct model model = model_of(s);
	const struct stack_view *stack;
	char name[WORD_MAX];
	enum diagnosis also;

	if (!word_next(&at, name) || !diagnosis_parse(name, &also) ||
	    !(stack = stack_next(s, &at, &model)))
		return scenario_misspelt(s, "also which diagnosis?", at);
	return (stack->finding.also & 1u << also) != 0 ||
	       scenario_fail(s, "expected also %s", name);
}

static bool expect_vantage(struct scenario *s, const char *at)
{
	enum vantage_state is = model_of(s).vantage;
	char name[WORD_MAX];

	if (!word_next(&at, name))
		return scenario_misspelt(s, "which vantage?", at);
	return strcmp(name, vantage_name(is)) == 0 ||
	       scenario_fail(s, "expected the vantage %s, it is %s", name, vantage_name(is));
}

/* ---- targets and watchdogs ---- */

static const char *state_of(struct scenario *s, const char *name)
{
	struct model model = model_of(s);

	for (size_t i = 0; i < s->plan->targets_n; i++)
		if (strcmp(s->plan->targets[i].name, name) == 0)
			return verdict_name(model.targets[i].state);
	for (size_t i = 0; i < s->plan->watchdogs_n; i++)
		if (strcmp(s->plan->watchdogs[i].name, name) == 0)
			return deadman_name(model.deadmen[i].state);
	return NULL;
}

static bool expect_mark(struct scenario *s, const char *name, const char *state, const char *at)
{
	usec_t span, of;

	if (!word_is(&at, "within"))
		return true;
	if (!span_next(&at, &span) || !word_is(&at, "of") || !span_next(&at, &of))
		return scenario_misspelt(s, "within SPAN of TIME", at);
	of += s->shift;
	for (size_t i = 0; i < s->journal.marks_n; i++) {
		const struct mark *m = &s->journal.marks[i];

		if (strcmp(m->name, name) != 0 || strcmp(m->to, state) != 0 || m->at < of)
			continue;
		return m->at <= of + span ||
		       scenario_fail(s, "expected %s to be %s within %.3f s, it took %.3f s", name,
				     state, (double)span / USEC_PER_SEC,
				     (double)(m->at - of) / USEC_PER_SEC);
	}
	return scenario_fail(s, "%s never became %s", name, state);
}

static bool expect_state(struct scenario *s, const char *name, const char *at)
{
	const char *is = state_of(s, name);
	char state[WORD_MAX];

	if (!is || !word_next(&at, state))
		return scenario_misspelt(s, "nothing has this name, or no state is given", name);
	return (strcmp(is, state) == 0 ||
		scenario_fail(s, "expected %s %s, it is %s", name, state, is)) &&
	       expect_mark(s, name, state, at);
}

static bool expect_watchdog(struct scenario *s, const char *at)
{
	if (s->plan->watchdogs_n == 0)
		return scenario_misspelt(s, "there is no watchdog", at);
	return expect_state(s, s->plan->watchdogs[0].name, at);
}

/* ---- days ---- */

static bool sums_next(struct scenario *s, const char **at, struct day_sums *ret)
{
	struct model model = model_of(s);
	size_t subjects = s->plan->targets_n + s->plan->watchdogs_n;
	char name[WORD_MAX];

	if (!word_next(at, name))
		return scenario_misspelt(s, "whose?", *at);
	for (size_t i = 0; i < subjects; i++) {
		const char *is = i < s->plan->targets_n
					 ? s->plan->targets[i].name
					 : s->plan->watchdogs[i - s->plan->targets_n].name;

		if (strcmp(is, name) != 0)
			continue;
		*ret = rollup_window(&model.rollups[i], calendar_day(scenario_now(s).wall),
				     ROLLUP_DAYS);
		return true;
	}
	return scenario_misspelt(s, "nothing has this name", name);
}

static bool expect_uptime(struct scenario *s, const char *at)
{
	struct day_sums sums;
	char word[WORD_MAX], *end;
	double from, to, is;

	if (!sums_next(s, &at, &sums) || !word_next(&at, word))
		return false;
	from = strtod(word, &end);
	to = strncmp(end, "..", 2) == 0 ? strtod(end + 2, NULL) : from;
	is = rollup_uptime(&sums) / 1000.0;
	return (is >= from && is <= to) ||
	       scenario_fail(s, "expected an uptime of %s, it is %.3f %%", word, is);
}

static bool expect_seconds(struct scenario *s, const char *at, bool is_down)
{
	struct day_sums sums;
	usec_t from, to, is;

	if (!sums_next(s, &at, &sums) || !range_next(s, &at, &from, &to))
		return false;
	is = (is_down ? sums.down_s : sums.observed_s) * USEC_PER_SEC;
	return (is >= from && is <= to) ||
	       scenario_fail(s, "expected other than %lld s %s", (long long)(is / USEC_PER_SEC),
			     is_down ? "down" : "observed");
}

static bool expect_down(struct scenario *s, const char *at)
{
	return expect_seconds(s, at, true);
}

static bool expect_observed(struct scenario *s, const char *at)
{
	return expect_seconds(s, at, false);
}

static const struct {
	const char *name;
	bool (*run)(struct scenario *s, const char *at);
} rows[] = {
	{ "incident", expect_incident },   { "incidents", expect_incidents },
	{ "open", expect_open },	   { "worst", expect_worst },
	{ "duration", expect_duration },   { "waiting", expect_waiting },
	{ "diagnosis", expect_diagnosis }, { "also", expect_also },
	{ "vantage", expect_vantage },	   { "watchdog", expect_watchdog },
	{ "page", expect_page },	   { "no", expect_no },
	{ "uptime", expect_uptime },	   { "down", expect_down },
	{ "observed", expect_observed },   { "mail", expect_mail },
	{ "last", expect_last_mail },	   { "pull", expect_pull },
	{ "listener", expect_listener },
};

bool expect_run(struct scenario *s, const char *text)
{
	char name[WORD_MAX];

	if (!render_everything(s) || !word_next(&text, name))
		return false;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].run(s, text);
	return expect_state(s, name, text);
}
