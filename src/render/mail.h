/*
 * mail.h - one notice as one RFC 5322 message (email.md).
 *
 * One list of parts, two writers (text and HTML), two languages. The same
 * inputs give the same bytes, so that a repeated attempt is the same message.
 */
#ifndef RENDER_MAIL_H
#define RENDER_MAIL_H

#include "core/model.h"
#include "core/notice.h"

struct buf;

struct mail_request {
	const struct model *model;	 /* at the instant of the notice */
	const struct incident *incident; /* NULL: NOTICE_BLIND, NOTICE_TEST */
	const struct notice *notice;
	enum language language;
};

#define MAIL_BYTES_MAX (512 * 1024) /* a cap for `to` that no message passes; most have 10 KB */

/* CRLF, 7-bit, whole. */
void mail_render(const struct mail_request *request, struct buf *to);
/* The subject alone, UTF-8, at most 50 columns: for logs, tests and demo. */
void mail_subject(const struct mail_request *request, struct buf *to);

#endif
