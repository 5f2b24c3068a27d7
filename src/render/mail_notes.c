/*
 * mail_notes.c - the operator's words, as far as nobody was told of them yet.
 */
#include "render/mail_parts.h"
#include "render/speech.h"

#define NOTES_MAX 5

static bool is_note(const struct incident_event *event)
{
	return event->kind == EVENT_NOTE || event->kind == EVENT_ACKNOWLEDGED;
}

/* The newest ones, NOTES_MAX at most. */
static unsigned first_shown(const struct incident *incident, unsigned from)
{
	unsigned n = 0;

	for (unsigned i = incident->log_n; i-- > from;)
		if (is_note(&incident->log[i]) && ++n == NOTES_MAX)
			return i;
	return from;
}

static void add_note(struct mail_parts *p, const struct mail_case *c,
		     const struct incident_event *note)
{
	struct buf label = BUF_INIT(256), text = BUF_INIT(4096);

	mail_moment_minute(c, &label, note->at);
	speech_event(&text, c->language, note, c->plan);
	mail_parts_add(p, PART_ITEM, buf_text(&label), buf_text(&text));
	buf_done(&label);
	buf_done(&text);
}

void mail_list_notes(struct mail_parts *p, const struct mail_case *c)
{
	bool has_title = false;

	if (c->incident == NULL)
		return;
	for (unsigned i = first_shown(c->incident, mail_first_untold(c)); i < c->incident->log_n;
	     i++) {
		if (!is_note(&c->incident->log[i]))
			continue;
		if (!has_title)
			mail_parts_add(p, PART_TITLE, "", c->words->notes_title);
		has_title = true;
		add_note(p, c, &c->incident->log[i]);
	}
}
