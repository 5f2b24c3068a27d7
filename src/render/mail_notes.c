/*
 * mail_notes.c - the operator's words, as far as nobody was told of them yet.
 */
#include "base/text.h"
#include "render/mail_parts.h"

#define NOTES_MAX 5

/*
 * The first entry of the log that no mail has told of. The engine notes this
 * very mail before it is written, so the one before it is the last but one;
 * the end of an incident tells of all.
 */
static unsigned first_untold(const struct mail_case *c)
{
	const struct incident *incident = c->incident;
	unsigned mails = 0;

	for (unsigned i = incident->log_n; i-- > 0 && c->change != CHANGE_OVER;) {
		enum incident_event_kind kind = incident->log[i].kind;

		if ((kind == EVENT_MAILED || kind == EVENT_STILL) && ++mails == 2)
			return i + 1;
	}
	return 0;
}

/* The newest ones, NOTES_MAX at most. */
static unsigned first_shown(const struct incident *incident, unsigned from)
{
	unsigned n = 0;

	for (unsigned i = incident->log_n; i-- > from;)
		if (incident->log[i].kind == EVENT_NOTE && ++n == NOTES_MAX)
			return i;
	return from;
}

static void add_note(struct mail_parts *p, const struct mail_case *c,
		     const struct incident_event *note)
{
	struct buf label = BUF_INIT(256), text = BUF_INIT(4096);

	mail_moment_minute(c, &label, note->at);
	text_line(&text, note->text);
	mail_parts_add(p, PART_ITEM, buf_text(&label), buf_text(&text));
	buf_done(&label);
	buf_done(&text);
}

void mail_list_notes(struct mail_parts *p, const struct mail_case *c)
{
	bool has_title = false;

	if (c->incident == NULL)
		return;
	for (unsigned i = first_shown(c->incident, first_untold(c)); i < c->incident->log_n; i++) {
		if (c->incident->log[i].kind != EVENT_NOTE)
			continue;
		if (!has_title)
			mail_parts_add(p, PART_TITLE, "", c->words->notes_title);
		has_title = true;
		add_note(p, c, &c->incident->log[i]);
	}
}
