/*
 * mail_digest.c - what the cap held back, as one mail: how every open incident
 * stands now, one line each.
 *
 * The mails themselves are not repeated: each of them told how it stood then.
 */
#include "render/mail_parts.h"

#include <string.h>

#include "base/text.h"
#include "render/speech.h"

#define ITEM_BYTES_MAX 8192
#define MEMBERS_NAMED  6

/* The first one that was part of it, as he is called; "" when the plan knows him no more. */
static void write_first(const struct mail_case *c, struct buf *to, const struct incident *incident)
{
	for (uint32_t i = 0; i < c->plan->targets_n; i++) {
		if (incident->affected_n == 0 ||
		    strcmp(c->plan->targets[i].name, incident->affected[0]) != 0)
			continue;
		text_line(to, c->plan->targets[i].title);
		return;
	}
	if (incident->affected_n > 0)
		text_line(to, incident->affected[0]);
}

/* Who fails of it now, the first ones; "" where there is no more than one. */
static void write_members(const struct mail_case *c, struct buf *to,
			  const struct incident *incident)
{
	unsigned n = 0;

	for (uint32_t i = 0; incident->failing > 1 && i < c->plan->targets_n; i++) {
		const struct incident_member *m = &c->model->members[i];

		if (m->incident != incident->id || !m->is_failing)
			continue;
		if (n == MEMBERS_NAMED) {
			buf_puts(to, " …");
			return;
		}
		buf_puts(to, n++ > 0 ? c->words->comma : "");
		text_line(to, c->plan->targets[i].title);
	}
}

static void add_incident(struct mail_parts *p, const struct mail_case *c,
			 const struct incident *incident)
{
	struct buf first = BUF_INIT(ITEM_BYTES_MAX), headline = BUF_INIT(ITEM_BYTES_MAX);
	struct buf at = BUF_INIT(256), text = BUF_INIT(ITEM_BYTES_MAX);
	struct buf names = BUF_INIT(ITEM_BYTES_MAX);

	write_members(c, &names, incident);
	write_first(c, &first, incident);
	speech_headline(&headline, c->language, incident->finding, buf_text(&first),
			incident->failing);
	mail_moment_minute(c, &at, incident->opened.wall);
	sentence_fill(&text, c->language,
		      names.n > 0 ? c->words->digest_incident_of : c->words->digest_incident,
		      HOLES(hole_own("headline", buf_text(&headline)),
			    hole_own("at", buf_text(&at)), hole_own("names", buf_text(&names))));
	mail_parts_add(p, PART_ITEM, incident->number, buf_text(&text));
	buf_done(&first);
	buf_done(&headline);
	buf_done(&at);
	buf_done(&text);
	buf_done(&names);
}

static void add_more(struct mail_parts *p, const struct mail_case *c, unsigned n)
{
	struct buf text = BUF_INIT(ITEM_BYTES_MAX);

	sentence_fill(&text, c->language, c->words->digest_more, HOLES(hole_number("n", n)));
	mail_parts_add(p, PART_ITEM, "", buf_text(&text));
	buf_done(&text);
}

void mail_list_digest(struct mail_parts *p, const struct mail_case *c)
{
	unsigned n = 0;

	for (size_t i = 0; i < c->model->incidents_n; i++) {
		if (c->model->incidents[i].state != INCIDENT_OPEN)
			continue;
		if (n == 0)
			mail_parts_add(p, PART_TITLE, "", c->words->digest_title);
		if (n++ < MAIL_NAMED_MAX)
			add_incident(p, c, &c->model->incidents[i]);
	}
	if (n > MAIL_NAMED_MAX)
		add_more(p, c, n - MAIL_NAMED_MAX);
	mail_list_now(p, c);
}
