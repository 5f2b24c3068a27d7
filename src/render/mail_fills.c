/*
 * mail_fills.c - the composed holes of a mail's sentences: who, what, when.
 */
#include "render/mail_case.h"

#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "render/speech.h"

#define FILL_BYTES_MAX 16384
#define LEAD_NAMES_MAX 3 /* in a sentence; the list below names the rest */

void mail_moment(const struct mail_case *c, struct buf *to, wall_t at)
{
	struct buf date = BUF_INIT(256);
	int32_t day = calendar_day(at);

	speech_short_date(&date, c->language, day);
	sentence_fill(to, c->language,
		      day == calendar_day(c->notice->created.wall) ? "{time}"
								    : c->words->moment_other_day,
		      HOLES(hole_own("date", buf_text(&date)), hole_time("time", at)));
	buf_done(&date);
}

void mail_moment_minute(const struct mail_case *c, struct buf *to, wall_t at)
{
	struct buf date = BUF_INIT(256);
	int32_t day = calendar_day(at);

	speech_short_date(&date, c->language, day);
	sentence_fill(to, c->language,
		      day == calendar_day(c->notice->created.wall) ? "{time}"
								    : c->words->moment_other_day,
		      HOLES(hole_own("date", buf_text(&date)), hole_minute("time", at)));
	buf_done(&date);
}

static unsigned affected_n(const struct mail_case *c)
{
	return c->incident ? c->incident->affected_n : 0;
}

/* Where the sentence says the family of all of them, the names need not. */
static enum half named_half(const struct mail_case *c, uint32_t target)
{
	enum half half = mail_half(c, target);

	return c->matter == MATTER_SITES_FAMILY && half == HALF_ONLY ? HALF_BOTH : half;
}

/* Where no member is left, the names that the incident kept stand in for the failing ones. */
void mail_names(const struct mail_case *c, struct buf *to, enum standing standing, unsigned most)
{
	struct buf names = BUF_INIT(FILL_BYTES_MAX);
	unsigned n = 0;

	for (uint32_t i = 0; i < c->plan->targets_n; i++) {
		if (mail_standing(c, i) != standing || mail_is_second(c, i) || n++ >= most)
			continue;
		if (n > 1)
			buf_puts(&names, c->words->comma);
		speech_half(&names, c->language, &c->plan->targets[i], named_half(c, i));
	}
	for (unsigned i = 0; n == 0 && standing == STANDS_FAILING && i < affected_n(c); i++) {
		buf_puts(&names, i > 0 ? c->words->comma : "");
		text_line(&names, c->incident->affected[i]);
	}
	sentence_fill(to, c->language, n > most ? c->words->names_more : "{names}",
		      HOLES(hole_own("names", buf_text(&names)), hole_number("n", n - most)));
	buf_done(&names);
}

bool mail_is_one_of_several(const struct plan *plan, uint32_t stack)
{
	for (size_t i = 0; i < plan->targets_n; i++)
		if (plan->targets[i].stack != stack)
			return true;
	for (size_t i = 0; i < plan->watchdogs_n; i++)
		if (plan->watchdogs[i].stack != stack)
			return true;
	return false;
}

static void fill_of(struct mail_case *c, struct buf *to)
{
	if (c->stack != NONE_INDEX && mail_is_one_of_several(c->plan, c->stack))
		sentence_fill(to, c->language, c->words->of,
			      HOLES(hole_foreign("name", c->plan->stacks[c->stack].title)));
}

/* In Japanese mail nobody needs to be told that times are Japanese. */
static void fill_zone(struct mail_case *c, struct buf *to)
{
	bool is_plain = c->language == LANGUAGE_JA && c->plan->timezone != NULL &&
			strcmp(c->plan->timezone, "Asia/Tokyo") == 0;
	struct buf name = BUF_INIT(256);

	if (is_plain)
		return;
	calendar_print_zone(&name, c->notice->created.wall);
	sentence_fill(to, c->language, c->words->zone, HOLES(hole_own("name", buf_text(&name))));
	buf_done(&name);
}

/* Since when: of one site its own first failure, of a silence the last beat. */
static wall_t began(const struct mail_case *c)
{
	uint32_t subject = NONE_INDEX;
	wall_t since = { 0 };

	if (c->change == CHANGE_FLAPPING)
		subject = NONE_INDEX; /* its last failure is not how it began */
	else if (c->change != CHANGE_OVER &&
		 (c->matter == MATTER_SITE || c->matter == MATTER_SITE_FAMILY ||
		  c->matter == MATTER_JOB))
		subject = c->first;
	else if (c->change != CHANGE_OVER && mail_is_silence(c) && c->first_watchdog != NONE_INDEX)
		subject = (uint32_t)c->plan->targets_n + c->first_watchdog;
	if (subject != NONE_INDEX)
		since = c->model->members[subject].failing_since;
	if (wall_is_set(since))
		return since;
	return wall_is_set(c->notice->opened.wall) ? c->notice->opened.wall
						   : c->notice->created.wall;
}

static wall_t ended(const struct mail_case *c)
{
	bool is_known = c->incident && c->change == CHANGE_OVER &&
			wall_is_set(c->incident->closed.wall);

	return is_known ? c->incident->closed.wall : c->notice->created.wall;
}

static usec_t span_of(const struct mail_case *c)
{
	if (c->notice->kind == NOTICE_BLIND)
		return wall_span(c->notice->from, c->notice->to);
	return c->incident ? incident_duration(c->incident, c->notice->created) : 0;
}

/* The first target concerned; where its member is gone, the name the incident kept. */
static void fill_who(struct mail_case *c, struct buf *to)
{
	if (c->first != NONE_INDEX)
		speech_half(to, c->language, &c->plan->targets[c->first],
			    mail_half(c, c->first));
	else if (affected_n(c) > 0)
		text_line(to, c->incident->affected[0]);
}

static void fill_what(struct mail_case *c, struct buf *to)
{
	struct incident_member m = { 0 };

	if (c->first != NONE_INDEX)
		m = mail_member(c, c->first);
	speech_failure_short(to, c->language, m.outcome, m.code, 0);
}

static void fill_sites(struct mail_case *c, struct buf *sites, struct buf *fact)
{
	bool is_up = c->tally.up > 0 && c->tally.failing + c->tally.undetermined == 0 &&
		     c->tally.elsewhere + c->tally.out_of_sight == 0;

	if (is_up)
		buf_puts(sites, c->words->lead_sites_up);
	mail_say(c, fact, is_up ? c->words->subject_sites_up : c->words->subject_alone);
}

static void fill_partly(struct mail_case *c, struct buf *to)
{
	bool is_back = c->tally.services_up > 0 && c->tally.services_failing == 0;

	buf_puts(to, is_back ? c->words->sites_back : c->words->part_back);
}

/* How often in a row each has answered before it is believed. */
static void fill_times(struct mail_case *c, struct buf *to)
{
	unsigned rise = c->first != NONE_INDEX ? c->plan->targets[c->first].rise : 2;

	sentence_fill(to, c->language, rise == 2 ? c->words->twice : c->words->times,
		      HOLES(hole_number("n", rise)));
}

void mail_say(const struct mail_case *c, struct buf *to, const char *wording)
{
	const struct mail_tally *t = &c->tally;
	const struct buf *f = c->fills;
	bool is_v6 = c->first != NONE_INDEX && c->plan->targets[c->first].family == FAMILY_IPV6;
	unsigned counted = t->failing + t->up + t->undetermined + t->elsewhere;

	sentence_fill(to, c->language, wording,
		      HOLES(hole_own("of", buf_text(&f[FILL_OF])),
			    hole_own("zone", buf_text(&f[FILL_ZONE])),
			    hole_own("at", buf_text(&f[FILL_AT])),
			    hole_own("back", buf_text(&f[FILL_BACK])),
			    hole_own("last", buf_text(&f[FILL_LAST])),
			    hole_own("from", buf_text(&f[FILL_FROM])),
			    hole_own("to", buf_text(&f[FILL_TO])),
			    hole_own("who", buf_text(&f[FILL_WHO])),
			    hole_own("what", buf_text(&f[FILL_WHAT])),
			    hole_own("names", buf_text(&f[FILL_NAMES])),
			    hole_own("sites", buf_text(&f[FILL_SITES])),
			    hole_own("fact", buf_text(&f[FILL_FACT])),
			    hole_own("partly", buf_text(&f[FILL_PARTLY])),
			    hole_own("times", buf_text(&f[FILL_TIMES])),
			    hole_own("host", buf_text(&f[FILL_HOST])),
			    hole_own("host_short", buf_text(&f[FILL_HOST_SHORT])),
			    hole_own("left", buf_text(&f[FILL_LEFT])),
			    hole_own("end", buf_text(&f[FILL_END])),
			    hole_own("until", buf_text(&f[FILL_UNTIL])),
			    hole_own("off", buf_text(&f[FILL_OFF])),
			    hole_own("cadence", buf_text(&f[FILL_CADENCE])),
			    hole_own("every", buf_text(&f[FILL_EVERY])),
			    hole_own("dates", buf_text(&f[FILL_DATES])),
			    hole_own("total", buf_text(&f[FILL_TOTAL])),
			    hole_number("outages", mail_week_outages(c)),
			    hole_number("held", c->notice->held),
			    hole_minute("since", c->notice->held_from),
			    hole_minute("waited", c->notice->merges),
			    hole_number("cap", c->plan->mail.cap),
			    hole_own("family", speech_family(is_v6 ? FAMILY_IPV6 : FAMILY_IPV4)),
			    hole_own("other", speech_family(is_v6 ? FAMILY_IPV4 : FAMILY_IPV6)),
			    hole_own("record", is_v6 ? "AAAA" : "A"),
			    hole_own("digit", is_v6 ? "6" : "4"),
			    hole_number("beats", mail_signals(c)),
			    hole_minute("minute", began(c)), hole_span("span", span_of(c)),
			    hole_roughly("roughly", span_of(c)),
			    hole_number("n", mail_concerned(c)), hole_number("m", counted),
			    hole_number("d", t->dependent), hole_number("up", t->up),
			    hole_number("unseen", t->out_of_sight),
			    hole_number("planned", t->planned)));
}

void mail_fill_all(struct mail_case *c)
{
	struct buf *fills = c->fills;

	for (int i = 0; i < FILL_COUNT; i++)
		buf_init(&fills[i], FILL_BYTES_MAX);
	fill_of(c, &fills[FILL_OF]);
	fill_zone(c, &fills[FILL_ZONE]);
	mail_moment(c, &fills[FILL_AT], began(c));
	mail_moment(c, &fills[FILL_BACK], ended(c));
	if (c->stack != NONE_INDEX)
		mail_moment(c, &fills[FILL_LAST], c->model->stacks[c->stack].last_answer);
	mail_moment_minute(c, &fills[FILL_FROM], c->notice->from);
	mail_moment_minute(c, &fills[FILL_TO], c->notice->to);
	fill_who(c, &fills[FILL_WHO]);
	fill_what(c, &fills[FILL_WHAT]);
	mail_names(c, &fills[FILL_NAMES], STANDS_FAILING, LEAD_NAMES_MAX);
	fill_partly(c, &fills[FILL_PARTLY]);
	fill_times(c, &fills[FILL_TIMES]);
	fill_sites(c, &fills[FILL_SITES], &fills[FILL_FACT]);
	if (c->notice->kind == NOTICE_CERTIFICATE)
		mail_fill_certificate(c);
	mail_fill_self(c);
	mail_fill_week(c);
	mail_fill_rhythm(c);
}
