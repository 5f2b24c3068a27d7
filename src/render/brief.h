/*
 * brief.h - one notice as plain values, in the words of its mail: for whoever
 * is told otherwise than by mail (shorewatch/notify.h).
 */
#ifndef RENDER_BRIEF_H
#define RENDER_BRIEF_H

#include <stdbool.h>

#include "base/buf.h"
#include "render/mail.h"
#include "shorewatch/notify.h"

enum brief_text {
	BRIEF_THREAD,
	BRIEF_NUMBER,
	BRIEF_INSTANCE,
	BRIEF_SUBJECT,
	BRIEF_LEAD,
	BRIEF_TEXT,
	BRIEF_FOOTER,
	BRIEF_STACK,
	BRIEF_STACK_TITLE,
	BRIEF_PAGE,
	BRIEF_RUNBOOK,
	BRIEF_TEXTS,
};

/* What the words point to. Must not be copied or moved while they are in use. */
struct brief {
	struct notify_words words;
	struct notify_member members[NOTIFY_MEMBERS_MAX];
	struct buf texts[BRIEF_TEXTS];
	struct buf titles[NOTIFY_MEMBERS_MAX], reasons[NOTIFY_MEMBERS_MAX];
};

/*
 * The same request gives the same words. Names of members are the plan's or the notice's own
 * texts, and must live as long as the brief; everything else is copied.
 */
void brief_init(struct brief *brief, const struct mail_request *request);
void brief_done(struct brief *brief);
/* No memory, or a text beyond its bounds: the words must not be sent. */
bool brief_failed(const struct brief *brief);

#endif
