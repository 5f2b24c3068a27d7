/*
 * mail_parts.h - one list of parts, from which both writers write.
 *
 * Internal to render. Every text is plain UTF-8 of one line, foreign bytes
 * cleaned; a writer escapes it for its place and adds no words of its own.
 */
#ifndef RENDER_MAIL_PARTS_H
#define RENDER_MAIL_PARTS_H

#include "base/buf.h"
#include "render/mail_case.h"

enum mail_part_kind {
	PART_LEAD,     /* the whole thing in one sentence */
	PART_MARK,     /* a drill, a demonstration, our own trouble */
	PART_VERDICT,
	PART_TITLE,    /* of the list that follows */
	PART_ITEM,     /* label (may be empty) and text */
	PART_STEP,     /* likewise, numbered */
	PART_LINK,     /* label and address */
	PART_NEXT,     /* label and text */
	PART_SIGNATURE,
};

enum mail_colour { COLOUR_DOWN, COLOUR_SILENT, COLOUR_UP };

/* Offsets into mail_parts.text: the buffer may move while it grows. */
struct mail_part {
	enum mail_part_kind kind;
	size_t label, text;
};

#define MAIL_PARTS_MAX 96 /* lists are bounded; see mail_lists.c */

struct mail_parts {
	struct mail_part v[MAIL_PARTS_MAX];
	size_t n;
	enum mail_colour colour;
	struct buf text;
};

/* Everything the mail says, in the order in which it says it. */
void mail_parts_build(struct mail_parts *p, const struct mail_case *c);
void mail_parts_done(struct mail_parts *p);
const char *mail_part_label(const struct mail_parts *p, size_t i);
const char *mail_part_text(const struct mail_parts *p, size_t i);

/* Append one part; both texts are copied. */
void mail_parts_add(struct mail_parts *p, enum mail_part_kind kind, const char *label,
		    const char *text);

/* mail_subject.c */
void mail_write_subject(const struct mail_case *c, struct buf *to);

/* mail.c: "stack-down", "recovered", "cert-expiring": for filters. */
const char *mail_diagnosis_word(const struct mail_case *c);

/* mail_verdict.c: which side the fault is on, in words. */
void mail_silence(const struct mail_case *c, struct buf *to); /* of a Watchdog's matters */
void mail_verdict(const struct mail_case *c, struct buf *to);

/* mail_lists.c */
/* A title with its numbers. */
void mail_parts_title(struct mail_parts *p, const struct mail_case *c, const char *wording,
		      unsigned n, unsigned m);
/* All that stand so beyond the first MAIL_NAMED_MAX, by group; nothing if there are none. */
void mail_list_more(struct mail_parts *p, const struct mail_case *c, enum standing standing);
void mail_list_fails(struct mail_parts *p, const struct mail_case *c);
void mail_list_steps(struct mail_parts *p, const struct mail_case *c);

/* mail_back.c */
/* Who returned while the outage goes on; and who returned at its end. */
void mail_list_back(struct mail_parts *p, const struct mail_case *c);
void mail_list_evidence(struct mail_parts *p, const struct mail_case *c);
void mail_list_look(struct mail_parts *p, const struct mail_case *c);

/* mail_standing.c */
void mail_list_up(struct mail_parts *p, const struct mail_case *c);
/* Every stack, after a blindness. */
void mail_list_now(struct mail_parts *p, const struct mail_case *c);

/* mail_certificate.c */
const char *mail_certificate_lead(const struct mail_case *c);
void mail_certificate_verdict(const struct mail_case *c, struct buf *to);
void mail_list_certificate(struct mail_parts *p, const struct mail_case *c);
void mail_certificate_next(const struct mail_case *c, struct buf *to);

/* mail_self.c */
void mail_list_self(struct mail_parts *p, const struct mail_case *c);

/* mail_week.c */
const char *mail_week_subject(const struct mail_case *c);
const char *mail_week_lead(const struct mail_case *c);
const char *mail_week_verdict(const struct mail_case *c);
void mail_list_week(struct mail_parts *p, const struct mail_case *c);
/* mail_week_days.c: the uptime of each, the worst MAIL_NAMED_MAX of many; and our own. */
void mail_list_week_days(struct mail_parts *p, const struct mail_case *c);
void mail_week_next(const struct mail_case *c, struct buf *to);

/* mail_digest.c: what stands open, one line each. */
void mail_list_digest(struct mail_parts *p, const struct mail_case *c);

/* mail_notes.c: the operator's words since the mail before, all of them at the end. */
void mail_list_notes(struct mail_parts *p, const struct mail_case *c);

/* mail_text.c, mail_html.c: the two writers; lines end in LF. */
void mail_write_text(const struct mail_parts *p, const struct mail_case *c, struct buf *to);
void mail_write_html(const struct mail_parts *p, const struct mail_case *c, const char *subject,
		     struct buf *to);

#endif
