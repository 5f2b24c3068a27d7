/*
 * mail_back.c - the lists of what came back, and of what is worth a look then.
 */
#include "render/mail_parts.h"

#include <stdio.h>

#include "base/calendar.h"
#include "base/text.h"
#include "render/speech.h"

#define ITEM_BYTES_MAX 8192
#define SLOW_FACTOR 3 /* times the median */
#define SLOW_MAX 3
#define DAYS 90

static const char *answer_wording(const struct mail_case *c, const struct incident_member *m)
{
	if (m->recovered_us <= 0)
		return c->words->first_answer_bare;
	return m->recovered_code > 0 ? c->words->first_answer_code : c->words->first_answer;
}

/* "was 231 ms" is said only where it differs enough to be worth a look. */
static void write_was(const struct mail_case *c, struct buf *to, const struct incident_member *m)
{
	if (m->median_us > 0 && m->recovered_us / SLOW_FACTOR >= m->median_us)
		sentence_fill(to, c->language, c->words->was,
			      HOLES(hole_latency("median", m->median_us)));
}

static void write_answer(const struct mail_case *c, struct buf *to, const struct incident_member *m)
{
	struct buf time = BUF_INIT(256), was = BUF_INIT(ITEM_BYTES_MAX);

	mail_moment(c, &time, m->recovered);
	write_was(c, &was, m);
	sentence_fill(to, c->language, answer_wording(c, m),
		      HOLES(hole_own("time", buf_text(&time)), hole_own("was", buf_text(&was)),
			    hole_number("code", m->recovered_code),
			    hole_latency("latency", m->recovered_us)));
	buf_done(&time);
	buf_done(&was);
}

static void add_answer(struct mail_parts *p, const struct mail_case *c, uint32_t subject)
{
	uint32_t targets = (uint32_t)c->plan->targets_n;
	struct buf label = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);

	if (subject < targets)
		speech_target(&label, c->language, c->plan, subject);
	else
		speech_watchdog(&label, c->language, c->plan, subject - targets);
	write_answer(c, &text, &c->model->members[subject]);
	mail_parts_add(p, PART_ITEM, buf_text(&label), buf_text(&text));
	buf_done(&label);
	buf_done(&text);
}

static bool is_back(const struct mail_case *c, uint32_t subject)
{
	const struct incident_member *m = &c->model->members[subject];

	return mail_is_member(c, subject) && !m->is_failing && wall_is_set(m->recovered);
}

/* Earlier, or at the same time and before it in the plan. */
static bool is_before(const struct incident_member *members, uint32_t a, uint32_t b)
{
	int64_t x = members[a].recovered.us, y = members[b].recovered.us;

	return x < y || (x == y && a < b);
}

/* The next one to have come back after `after`; NONE_INDEX: there is no other. */
static uint32_t next_back(const struct mail_case *c, uint32_t after)
{
	uint32_t subjects = (uint32_t)(c->plan->targets_n + c->plan->watchdogs_n);
	const struct incident_member *members = c->model->members;
	uint32_t next = NONE_INDEX;

	for (uint32_t i = 0; i < subjects; i++) {
		if (!is_back(c, i) || (after != NONE_INDEX && !is_before(members, after, i)))
			continue;
		if (next == NONE_INDEX || is_before(members, i, next))
			next = i;
	}
	return next;
}

/* Those that came back, in the order in which they did. */
static void add_answers(struct mail_parts *p, const struct mail_case *c, const char *title)
{
	uint32_t at = next_back(c, NONE_INDEX);
	unsigned n = 0;

	if (at == NONE_INDEX)
		return;
	mail_parts_title(p, c, title, 0, 0);
	for (; at != NONE_INDEX && n < MAIL_NAMED_MAX; at = next_back(c, at), n++)
		add_answer(p, c, at);
	mail_list_more(p, c, c->change == CHANGE_OVER ? STANDS_FAILING : STANDS_RETURNED);
}

void mail_list_back(struct mail_parts *p, const struct mail_case *c)
{
	add_answers(p, c, c->words->back_title);
}

void mail_list_evidence(struct mail_parts *p, const struct mail_case *c)
{
	add_answers(p, c, c->words->evidence_title);
}

/* ---- worth a look ---- */

static bool is_slow(const struct mail_case *c, uint32_t target)
{
	usec_t median = c->model->members[target].median_us;

	return is_back(c, target) && median > 0 &&
	       c->model->targets[target].ok_total_us / SLOW_FACTOR >= median;
}

static void add_slow(struct mail_parts *p, const struct mail_case *c, uint32_t target)
{
	usec_t factor = c->model->targets[target].ok_total_us / c->model->members[target].median_us;
	struct buf who = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);

	speech_target(&who, c->language, c->plan, target);
	sentence_fill(&text, c->language, c->words->slow,
		      HOLES(hole_own("who", buf_text(&who)), hole_number("n", factor)));
	mail_parts_add(p, PART_ITEM, "", buf_text(&text));
	buf_done(&who);
	buf_done(&text);
}

static void add_days(struct mail_parts *p, const struct mail_case *c)
{
	int32_t today = calendar_day(c->model->now.wall);
	struct day_sums sums = rollup_window(&c->model->rollups[c->first], today, DAYS);
	struct buf who = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);
	int uptime = rollup_uptime(&sums);
	char percent[16];

	if (uptime < 0 || sums.down_s == 0)
		return;
	(void)snprintf(percent, sizeof percent, "%d.%03d", uptime / 1000 % 1000, uptime % 1000);
	speech_target(&who, c->language, c->plan, c->first);
	sentence_fill(&text, c->language, c->words->days,
		      HOLES(hole_own("who", buf_text(&who)),
			    hole_own("percent", percent),
			    hole_span("span", (usec_t)sums.down_s * USEC_PER_SEC)));
	mail_parts_add(p, PART_ITEM, c->words->days_label, buf_text(&text));
	buf_done(&who);
	buf_done(&text);
}

void mail_list_look(struct mail_parts *p, const struct mail_case *c)
{
	unsigned slow = 0;
	size_t title = p->n;

	mail_parts_title(p, c, c->words->look_title, 0, 0);
	for (uint32_t i = 0; i < c->plan->targets_n && slow < SLOW_MAX; i++) {
		if (!is_slow(c, i))
			continue;
		add_slow(p, c, i);
		slow++;
	}
	if (c->first != NONE_INDEX && !c->notice->is_drill) /* what is pretended has no past */
		add_days(p, c);
	if (p->n == title + 1)
		p->n = title; /* nothing is worth one: no title without a list */
}
