/*
 * mail_self.c - what a mail about ourselves says: a broken configuration, a
 * wrong clock, a way out that is closed.
 */
#include <stdlib.h>

#include "base/text.h"
#include "base/words.h"
#include "render/mail_parts.h"

#define SECONDS_MAX (INT64_MAX / USEC_PER_SEC)

/* How far our clock is off, with its direction; or which channel fails, or a canary of when. */
void mail_fill_self(struct mail_case *c)
{
	int64_t seconds = 0;

	if (c->notice->matter != SELF_CONFIGURATION && c->notice->matter != SELF_CLOCK)
		text_line(&c->fills[FILL_OFF], c->notice->detail);
	if (c->notice->matter != SELF_CLOCK)
		return;
	/* What is no number, or none that we wrote, is told as no time at all. */
	(void)words_int(c->notice->detail, -SECONDS_MAX, SECONDS_MAX, &seconds);
	sentence_fill(&c->fills[FILL_OFF], c->language,
		      seconds < 0 ? c->words->clock_ahead : c->words->clock_behind,
		      HOLES(hole_roughly("span", llabs(seconds) * USEC_PER_SEC)));
}

static void add_fault(struct mail_parts *p, const struct mail_case *c)
{
	struct buf text = BUF_INIT(4096);

	text_line(&text, c->notice->detail);
	mail_parts_add(p, PART_TITLE, "", c->words->self_fault);
	mail_parts_add(p, PART_ITEM, "", buf_text(&text));
	buf_done(&text);
}

void mail_list_self(struct mail_parts *p, const struct mail_case *c)
{
	const char *const *steps = c->words->self_steps[c->notice->matter];

	if (c->notice->matter == SELF_CONFIGURATION)
		add_fault(p, c);
	mail_list_now(p, c);
	if (steps[0])
		mail_parts_title(p, c, c->words->next_title, 0, 0);
	for (int i = 0; i < MATTER_STEPS_MAX && steps[i]; i++)
		mail_parts_add(p, PART_STEP, "", steps[i]);
}
