/*
 * mail_week.c - the weekly summary: how many outages, how long, which.
 *
 * A silent alarm pipeline is listed, but is no outage: nothing was down for
 * visitors. What had begun before the week, or goes on, counts with as much of
 * it as lies in the week.
 */
#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "render/mail_parts.h"
#include "render/mail_week_words.h"
#include "render/speech.h"

#define ITEM_BYTES_MAX 8192

static const struct week_words *words_of(const struct mail_case *c)
{
	return c->language == LANGUAGE_JA ? &week_words_ja : &week_words_en;
}

/* ---- what there was ---- */

/* Ended ones, then open ones; oldest first within each. */
static size_t outages_n(const struct mail_case *c)
{
	return c->model->weekly ? c->model->weekly->outages_n + c->model->incidents_n : 0;
}

static struct outage outage_of_open(const struct mail_case *c, const struct incident *incident)
{
	struct outage outage = {
		.opened = incident->opened.wall,
		.lasted = incident_duration(incident, c->notice->created),
		.worst = incident->worst != DIAGNOSIS_NONE ? incident->worst : incident->finding,
		.most_failing = incident->most_failing,
	};

	memcpy(outage.stack, incident->stack, sizeof outage.stack);
	if (incident->affected_n > 0)
		memcpy(outage.first, incident->affected[0], sizeof outage.first);
	if (incident->log_n > 0 && incident->log[0].kind == EVENT_FIRST_FAILURE) {
		outage.outcome = incident->log[0].outcome;
		outage.code = incident->log[0].code;
	}
	return outage;
}

/* As much of it as lies in the week; 0: nothing of it does. */
static usec_t lasted_within(const struct mail_case *c, const struct outage *outage)
{
	wall_t until = wall_is_set(outage->closed) ? outage->closed : c->notice->created.wall;
	wall_t from = outage->opened.us > c->notice->from.us ? outage->opened : c->notice->from;
	usec_t within;

	if (until.us > c->notice->to.us)
		until = c->notice->to;
	within = wall_span(from, until);
	if (within <= 0 || outage->opened.us >= c->notice->to.us)
		return 0;
	return outage->lasted < within ? outage->lasted : within;
}

/* False: it lies outside the week, or nobody was told that anything is wrong. */
static bool outage_at(const struct mail_case *c, size_t i, struct outage *ret)
{
	size_t ended = c->model->weekly->outages_n;

	if (i >= ended && c->model->incidents[i - ended].state != INCIDENT_OPEN)
		return false;
	*ret = i < ended ? c->model->weekly->outages[i]
			 : outage_of_open(c, &c->model->incidents[i - ended]);
	return lasted_within(c, ret) > 0;
}

unsigned mail_week_outages(const struct mail_case *c)
{
	struct outage outage;
	unsigned n = 0;

	if (c->notice->kind != NOTICE_WEEK)
		return 0;
	for (size_t i = 0; i < outages_n(c); i++)
		n += outage_at(c, i, &outage) && !diagnosis_is_pipeline(outage.worst);
	return n;
}

static usec_t total_of(const struct mail_case *c)
{
	struct outage outage;
	usec_t total = 0;

	for (size_t i = 0; i < outages_n(c); i++)
		if (outage_at(c, i, &outage) && !diagnosis_is_pipeline(outage.worst))
			total += lasted_within(c, &outage);
	return total;
}

/* ---- the head ---- */

static void fill_dates(const struct mail_case *c, struct buf *to)
{
	const struct week_words *w = words_of(c);
	struct calendar_date from = calendar_date(calendar_day(c->notice->from));
	struct calendar_date last = calendar_date(calendar_day(c->notice->to) - 1);

	sentence_fill(to, c->language, from.month == last.month ? w->dates : w->dates_of_two,
		      HOLES(hole_number("from", from.day), hole_number("to", last.day),
			    hole_own("month", w->months[from.month - 1]),
			    hole_own("until", w->months[last.month - 1])));
}

void mail_fill_week(struct mail_case *c)
{
	if (c->notice->kind != NOTICE_WEEK)
		return;
	fill_dates(c, &c->fills[FILL_DATES]);
	speech_duration(&c->fills[FILL_TOTAL], c->language, total_of(c));
}

const char *mail_week_subject(const struct mail_case *c)
{
	unsigned n = mail_week_outages(c);

	return n == 0 ? words_of(c)->subject_none : wording_for(&words_of(c)->subject, n);
}

const char *mail_week_lead(const struct mail_case *c)
{
	unsigned n = mail_week_outages(c);
	bool is_whole = c->model->weekly == NULL ||
			c->model->weekly->forgotten.us <= c->notice->from.us;

	if (n > 1 && !is_whole)
		return words_of(c)->lead_at_least;
	return n == 0 ? words_of(c)->lead_none : wording_for(&words_of(c)->lead, n);
}

const char *mail_week_verdict(const struct mail_case *c)
{
	return c->is_message ? words_of(c)->verdict_message : words_of(c)->verdict;
}

/* ---- one outage ---- */

static void write_day(const struct mail_case *c, struct buf *to, wall_t at)
{
	const struct week_words *w = words_of(c);
	struct calendar_date date = calendar_date(calendar_day(at));

	sentence_fill(to, c->language, w->day,
		      HOLES(hole_own("weekday", w->weekdays[date.weekday]),
			    hole_number("day", date.day),
			    hole_own("month", w->months[date.month - 1])));
}

static void write_span(const struct mail_case *c, struct buf *to, const struct outage *outage)
{
	const struct week_words *w = words_of(c);
	bool is_open = !wall_is_set(outage->closed);
	bool is_of_day = calendar_day(outage->opened) == calendar_day(outage->closed);
	struct buf day = BUF_INIT(256), end = BUF_INIT(256);

	write_day(c, &day, outage->opened);
	if (!is_open)
		write_day(c, &end, outage->closed);
	sentence_fill(to, c->language,
		      is_open	  ? w->span_open
		      : is_of_day ? w->span
				  : w->span_days,
		      HOLES(hole_own("day", buf_text(&day)), hole_own("to", buf_text(&end)),
			    hole_minute("from", outage->opened),
			    hole_minute("until", outage->closed)));
	buf_done(&day);
	buf_done(&end);
}

/* By the title; whom the plan knows no more, by the name. */
static void write_first(const struct mail_case *c, struct buf *to, const char *name)
{
	for (size_t i = 0; i < c->plan->targets_n; i++) {
		if (strcmp(c->plan->targets[i].name, name) != 0)
			continue;
		text_line(to, c->plan->targets[i].title);
		return;
	}
	text_line(to, name);
}

static void write_stack(const struct mail_case *c, struct buf *to, const struct outage *outage,
			const char *who)
{
	uint32_t stack = mail_stack_named(c->plan, outage->stack);
	bool is_named = stack == NONE_INDEX || mail_is_one_of_several(c->plan, stack);
	const char *title = stack != NONE_INDEX ? c->plan->stacks[stack].title : outage->stack;

	sentence_fill(to, c->language, is_named ? words_of(c)->of : "{who}",
		      HOLES(hole_own("who", who), hole_foreign("name", title)));
}

static void write_who(const struct mail_case *c, struct buf *to, const struct outage *outage)
{
	const struct week_words *w = words_of(c);
	const char *name = w->names[outage->worst];
	struct buf first = BUF_INIT(ITEM_BYTES_MAX);

	write_first(c, &first, outage->first);
	if (name != NULL)
		write_stack(c, to, outage, name);
	else
		sentence_fill(to, c->language, wording_for(&w->sites, outage->most_failing),
			      HOLES(hole_own("who", buf_text(&first)),
				    hole_number("n", outage->most_failing)));
	buf_done(&first);
}

/* Why is told of one site; of many, each has his own reason. */
static void write_item(const struct mail_case *c, struct buf *to, const struct outage *outage)
{
	const struct week_words *w = words_of(c);
	struct buf who = BUF_INIT(ITEM_BYTES_MAX), why = BUF_INIT(ITEM_BYTES_MAX);
	bool is_one = outage->worst == DIAGNOSIS_SITE_DOWN && outage->most_failing == 1;

	write_who(c, &who, outage);
	if (is_one && outage->outcome.cause != CAUSE_PASS)
		speech_failure_short(&why, c->language, outage->outcome, outage->code, 0);
	sentence_fill(to, c->language,
		      !wall_is_set(outage->closed) ? w->item_open
		      : why.n > 0		   ? w->item_why
						   : w->item,
		      HOLES(hole_own("who", buf_text(&who)), hole_own("why", buf_text(&why)),
			    hole_span("lasted", outage->lasted)));
	buf_done(&who);
	buf_done(&why);
}

static void add_outage(struct mail_parts *p, const struct mail_case *c,
		       const struct outage *outage)
{
	struct buf label = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);

	write_span(c, &label, outage);
	write_item(c, &text, outage);
	mail_parts_add(p, PART_ITEM, buf_text(&label), buf_text(&text));
	buf_done(&label);
	buf_done(&text);
}

/* ---- all of them ---- */

static void add_outages_title(struct mail_parts *p, const struct mail_case *c)
{
	struct buf title = BUF_INIT(ITEM_BYTES_MAX);

	sentence_fill(&title, c->language, words_of(c)->outages,
		      HOLES(hole_own("zone", buf_text(&c->fills[FILL_ZONE]))));
	mail_parts_add(p, PART_TITLE, "", buf_text(&title));
	buf_done(&title);
}

static void add_more(struct mail_parts *p, const struct mail_case *c, unsigned n, usec_t lasted)
{
	struct buf text = BUF_INIT(ITEM_BYTES_MAX);

	sentence_fill(&text, c->language, words_of(c)->more,
		      HOLES(hole_number("n", n), hole_span("lasted", lasted)));
	mail_parts_add(p, PART_ITEM, "", buf_text(&text));
	buf_done(&text);
}

void mail_list_week(struct mail_parts *p, const struct mail_case *c)
{
	struct outage outage;
	unsigned n = 0;
	usec_t rest = 0;

	for (size_t i = 0; i < outages_n(c); i++) {
		if (!outage_at(c, i, &outage))
			continue;
		if (n == 0)
			add_outages_title(p, c);
		if (n++ < MAIL_NAMED_MAX)
			add_outage(p, c, &outage);
		else
			rest += outage.lasted;
	}
	if (n > MAIL_NAMED_MAX)
		add_more(p, c, n - MAIL_NAMED_MAX, rest);
	mail_list_week_days(p, c);
}

void mail_week_next(const struct mail_case *c, struct buf *to)
{
	wall_t next = { 0 };
	struct buf day = BUF_INIT(256);

	if (c->plan->mail.weekly != NULL)
		next = weekly_next(c->plan->mail.weekly, c->notice->created.wall);
	write_day(c, &day, next);
	if (wall_is_set(next))
		sentence_fill(to, c->language, words_of(c)->next,
			      HOLES(hole_own("day", buf_text(&day)),
				    hole_minute("time", next)));
	buf_done(&day);
}
