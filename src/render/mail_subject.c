/*
 * mail_subject.c - the lock screen's line: state first, 50 columns at most.
 */
#include "render/mail_case.h"

#include <string.h>

#include "base/text.h"
#include "render/mail_parts.h"

#define SUBJECT_COLUMNS 50
#define SUBJECT_BYTES_MAX 16384
#define ELLIPSIS "…"

static size_t character_bytes(const char *at)
{
	size_t n = 1;

	while (((unsigned char)at[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Bytes of the longest beginning, cut between characters, that leaves a column for the ellipsis. */
static size_t fitting_bytes(const char *subject)
{
	struct buf head = BUF_INIT(SUBJECT_BYTES_MAX);
	size_t fits = 0;

	for (const char *at = subject; *at != '\0'; at += character_bytes(at)) {
		buf_add(&head, at, character_bytes(at));
		if (text_columns(buf_text(&head)) > SUBJECT_COLUMNS - text_columns(ELLIPSIS))
			break;
		fits = head.n;
	}
	while (fits > 0 && subject[fits - 1] == ' ')
		fits--;
	buf_done(&head);
	return fits;
}

/* The state stands first and is short, so what is cut is the end of the fact. */
static void write_cut(struct buf *to, const char *subject)
{
	if (text_columns(subject) <= SUBJECT_COLUMNS) {
		buf_puts(to, subject);
		return;
	}
	buf_add(to, subject, fitting_bytes(subject));
	buf_puts(to, ELLIPSIS);
}

static void write_prefix(const struct mail_case *c, struct buf *to)
{
	if (c->model->is_drill)
		buf_puts(to, c->words->drill_subject);
	if (c->model->is_demo)
		buf_puts(to, c->words->demo_subject);
	if (c->is_pretended)
		buf_puts(to, c->words->test_subject);
}

void mail_write_subject(const struct mail_case *c, struct buf *to)
{
	struct buf whole = BUF_INIT(SUBJECT_BYTES_MAX);
	bool is_blind = c->notice->kind == NOTICE_BLIND;

	write_prefix(c, &whole);
	mail_say(c, &whole, is_blind ? c->words->blind_subject : mail_subject_wording(c));
	write_cut(to, buf_text(&whole));
	buf_done(&whole);
}

void mail_subject(const struct mail_request *request, struct buf *to)
{
	struct mail_case c;

	mail_case_init(&c, request);
	mail_write_subject(&c, to);
	mail_case_done(&c);
}
