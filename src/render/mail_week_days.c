/*
 * mail_week_days.c - the weekly summary's numbers: the uptime of each, and of
 * the watcher itself; what became of its mails.
 */
#include "base/calendar.h"
#include "render/mail_parts.h"
#include "render/mail_week_words.h"
#include "render/speech.h"

#define ITEM_BYTES_MAX 8192
#define WEEK 7
#define DAYS 90

static const struct week_words *words_of(const struct mail_case *c)
{
	return c->language == LANGUAGE_JA ? &week_words_ja : &week_words_en;
}

static int32_t last_day(const struct mail_case *c)
{
	return calendar_day(c->notice->to) - 1;
}

/* ---- the uptime of each ---- */

/* Of a target, or of a watchdog after them; -1: nothing was observed. */
static int uptime(const struct mail_case *c, uint32_t subject, unsigned days)
{
	struct day_sums sums = rollup_window(&c->model->rollups[subject], last_day(c), days);

	return rollup_uptime(&sums);
}

static void write_percent(struct buf *to, int share)
{
	buf_printf(to, "%d.%03d", share / 1000 % 1000, share % 1000);
}

static void add_percents(struct mail_parts *p, const struct mail_case *c, uint32_t subject)
{
	const struct week_words *w = words_of(c);
	uint32_t targets = (uint32_t)c->plan->targets_n;
	int week = uptime(c, subject, WEEK), days = uptime(c, subject, DAYS);
	struct buf label = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);
	struct buf of_week = BUF_INIT(64), of_days = BUF_INIT(64);

	if (subject < targets)
		speech_target(&label, c->language, c->plan, subject);
	else
		speech_watchdog(&label, c->language, c->plan, subject - targets);
	write_percent(&of_week, week < 0 ? 0 : week);
	write_percent(&of_days, days < 0 ? 0 : days);
	sentence_fill(&text, c->language, week < 0 ? w->percents_none : w->percents,
		      HOLES(hole_own("week", buf_text(&of_week)),
			    hole_own("days", buf_text(&of_days))));
	mail_parts_add(p, PART_ITEM, buf_text(&label), buf_text(&text));
	buf_done(&label);
	buf_done(&text);
	buf_done(&of_week);
	buf_done(&of_days);
}

/* Lower, or as low and before it in the plan. */
static bool is_before(const struct mail_case *c, uint32_t a, uint32_t b)
{
	int x = uptime(c, a, WEEK), y = uptime(c, b, WEEK);

	return x < y || (x == y && a < b);
}

static bool is_observed(const struct mail_case *c, uint32_t subject)
{
	return uptime(c, subject, DAYS) >= 0;
}

/* The next one after `after`, the lowest first; NONE_INDEX: there is no other. */
static uint32_t next_lowest(const struct mail_case *c, uint32_t after)
{
	uint32_t subjects = (uint32_t)(c->plan->targets_n + c->plan->watchdogs_n);
	uint32_t next = NONE_INDEX;

	for (uint32_t i = 0; i < subjects; i++) {
		if (!is_observed(c, i) || (after != NONE_INDEX && !is_before(c, after, i)))
			continue;
		if (next == NONE_INDEX || is_before(c, i, next))
			next = i;
	}
	return next;
}

static void add_rest(struct mail_parts *p, const struct mail_case *c, unsigned n, uint32_t lowest)
{
	struct buf percent = BUF_INIT(64), text = BUF_INIT(ITEM_BYTES_MAX);
	int share = uptime(c, lowest, WEEK);

	write_percent(&percent, share < 0 ? 0 : share);
	sentence_fill(&text, c->language, words_of(c)->rest,
		      HOLES(hole_number("n", n), hole_own("week", buf_text(&percent))));
	mail_parts_add(p, PART_ITEM, "", buf_text(&text));
	buf_done(&percent);
	buf_done(&text);
}

static void add_lowest(struct mail_parts *p, const struct mail_case *c, unsigned observed)
{
	uint32_t at = next_lowest(c, NONE_INDEX);

	for (unsigned n = 0; at != NONE_INDEX && n < MAIL_NAMED_MAX; n++) {
		add_percents(p, c, at);
		at = next_lowest(c, at);
	}
	if (at != NONE_INDEX)
		add_rest(p, c, observed - MAIL_NAMED_MAX, at);
}

/* In the plan's order where all find room; else those that need a look. */
static void add_uptimes(struct mail_parts *p, const struct mail_case *c)
{
	uint32_t subjects = (uint32_t)(c->plan->targets_n + c->plan->watchdogs_n);
	unsigned observed = 0;

	for (uint32_t i = 0; i < subjects; i++)
		observed += is_observed(c, i);
	if (observed > 0)
		mail_parts_add(p, PART_TITLE, "", words_of(c)->uptime);
	for (uint32_t i = 0; i < subjects && observed <= MAIL_NAMED_MAX; i++)
		if (is_observed(c, i))
			add_percents(p, c, i);
	if (observed > MAIL_NAMED_MAX)
		add_lowest(p, c, observed);
}

/* ---- the watcher itself ---- */

/* The least that any of those were not observed who were there all the time: then nobody was. */
static usec_t unobserved(const struct mail_case *c)
{
	usec_t week = wall_span(c->notice->from, c->notice->to) / USEC_PER_SEC, least = week;

	for (size_t i = 0; i < c->plan->targets_n; i++) {
		struct day_sums sums = rollup_window(&c->model->rollups[i], last_day(c), WEEK);
		usec_t seen = (usec_t)sums.observed_s + (usec_t)sums.planned_s;

		if (week - seen < least)
			least = week - seen;
	}
	return least > 0 ? least * USEC_PER_SEC : 0;
}

static void add_observed(struct mail_parts *p, const struct mail_case *c)
{
	struct buf text = BUF_INIT(ITEM_BYTES_MAX);
	usec_t lasted = unobserved(c);

	sentence_fill(&text, c->language,
		      lasted > 0 ? words_of(c)->unobserved : words_of(c)->observed,
		      HOLES(hole_span("lasted", lasted)));
	mail_parts_add(p, PART_ITEM, "", buf_text(&text));
	buf_done(&text);
}

static void add_line(struct mail_parts *p, const struct mail_case *c, const char *wording,
		     unsigned n, unsigned late)
{
	struct buf text = BUF_INIT(ITEM_BYTES_MAX);

	sentence_fill(&text, c->language, wording,
		      HOLES(hole_number("n", n), hole_number("late", late)));
	mail_parts_add(p, PART_ITEM, "", buf_text(&text));
	buf_done(&text);
}

static void add_mails(struct mail_parts *p, const struct mail_case *c)
{
	const struct weekly *week = c->model->weekly;
	const struct week_words *w = words_of(c);
	unsigned late;

	if (week == NULL)
		return;
	late = week->mails - week->mails_at_once;
	add_line(p, c,
		 week->mails == 0 ? w->mails_none
				  : wording_for(late > 0 ? &w->mails_late : &w->mails, week->mails),
		 week->mails, late);
	if (week->mails_lost > 0)
		add_line(p, c, wording_for(&w->mails_lost, week->mails_lost), week->mails_lost, 0);
}

void mail_list_week_days(struct mail_parts *p, const struct mail_case *c)
{
	add_uptimes(p, c);
	mail_parts_add(p, PART_TITLE, "", words_of(c)->self);
	add_observed(p, c);
	add_mails(p, c);
}
