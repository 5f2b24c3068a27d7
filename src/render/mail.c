/*
 * mail.c - one notice as one message: headers around the two bodies.
 *
 * The same request gives the same bytes: nothing here is random, and the
 * boundary is made of the notice's id.
 */
#include "render/mail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "render/mail_case.h"
#include "render/mail_parts.h"
#include "render/mime.h"

#define THREAD_MAX 20 /* ids in References: the first and the last ones */
#define BOUNDARY_MAX 40

static const char *const language_tags[LANGUAGE_COUNT] = {
	[LANGUAGE_EN] = "en",
	[LANGUAGE_JA] = "ja",
};

/* English is mostly ASCII; Japanese takes half of what quoted-printable would. */
static const struct encoding {
	const char *name;
	void (*write)(struct buf *to, const char *text, size_t n);
} encodings[LANGUAGE_COUNT] = {
	[LANGUAGE_EN] = { "quoted-printable", mime_quoted_printable },
	[LANGUAGE_JA] = { "base64", mime_base64 },
};

/* ---- headers ---- */

/* "Name <local@domain>" as configured, or the address alone. */
static void write_from(const struct mail_case *c, struct buf *to)
{
	const char *from = c->plan->mail.from, *open = strrchr(from, '<');
	struct buf name = BUF_INIT(1024), address = BUF_INIT(1024);
	struct mime_header h;

	buf_add(&name, from, open != NULL ? (size_t)(open - from) : 0);
	while (name.n > 0 && name.data[name.n - 1] == ' ')
		name.data[--name.n] = '\0';
	buf_printf(&address, name.n > 0 ? "<%s>" : "%s", c->plan->mail.from_address);
	mime_header_begin(&h, to, "From");
	if (name.n > 0)
		mime_header_phrase(&h, buf_text(&name));
	mime_header_token(&h, buf_text(&address));
	mime_header_end(&h);
	buf_done(&name);
	buf_done(&address);
}

static void write_subject(const struct mail_case *c, struct buf *to)
{
	struct buf subject = BUF_INIT(1024);

	mail_write_subject(c, &subject);
	mime_words(to, "Subject", buf_text(&subject));
	buf_done(&subject);
}

static void write_date(const struct mail_case *c, struct buf *to)
{
	buf_puts(to, "Date: ");
	calendar_print_rfc5322(to, c->notice->created.wall);
	buf_puts(to, "\r\n");
}

static void add_message_id(const struct mail_case *c, struct mime_header *h, uint32_t seq)
{
	struct buf id = BUF_INIT(1024);

	notice_message_id(c->notice, seq, &id);
	mime_header_token(h, buf_text(&id));
	buf_done(&id);
}

static void write_message_id(const struct mail_case *c, struct buf *to, const char *name,
			     uint32_t seq)
{
	struct mime_header h;

	mime_header_begin(&h, to, name);
	add_message_id(c, &h, seq);
	mime_header_end(&h);
}

/* Steps were passed over, so the thread is told by bits. */
static void write_certificate_thread(const struct mail_case *c, struct buf *to)
{
	uint32_t told = c->notice->told;
	uint32_t last = 31;
	struct mime_header h;

	if (told == 0)
		return;
	while ((told >> last & 1) == 0)
		last--;
	write_message_id(c, to, "In-Reply-To", last);
	mime_header_begin(&h, to, "References");
	for (uint32_t i = 0; i <= last; i++)
		if ((told >> i & 1) != 0)
			add_message_id(c, &h, i);
	mime_header_end(&h);
}

/* RFC 5322 3.6.4: all before this one. A long thread keeps its root and its newest. */
static void write_references(const struct mail_case *c, struct buf *to)
{
	uint32_t seq = c->notice->seq;
	uint32_t first_kept = seq > THREAD_MAX ? seq - (THREAD_MAX - 1) : 1;
	struct mime_header h;

	mime_header_begin(&h, to, "References");
	add_message_id(c, &h, 0);
	for (uint32_t i = first_kept; i < seq; i++)
		add_message_id(c, &h, i);
	mime_header_end(&h);
}

static void write_thread(const struct mail_case *c, struct buf *to)
{
	write_message_id(c, to, "Message-ID", c->notice->seq);
	if (c->notice->kind == NOTICE_CERTIFICATE)
		write_certificate_thread(c, to);
	if (c->notice->incident == 0 || c->notice->seq == 0)
		return;
	write_message_id(c, to, "In-Reply-To", c->notice->seq - 1);
	write_references(c, to);
}

const char *mail_diagnosis_word(const struct mail_case *c)
{
	switch (c->notice->kind) {
	case NOTICE_RECOVERED:
		return "recovered";
	case NOTICE_BLIND:
		return "blind";
	case NOTICE_TEST:
		return "test";
	case NOTICE_CERTIFICATE:
		return mail_is_renewal(c) ? "cert-renewed" : "cert-expiring";
	case NOTICE_SELF:
		return "self";
	case NOTICE_WEEK:
		return "weekly";
	case NOTICE_DIGEST:
		return "digest";
	case NOTICE_DOWN:
	case NOTICE_CHANGE:
	case NOTICE_REPEAT:
	case NOTICE_KINDS:
		break;
	}
	return diagnosis_name(c->notice->diagnosis);
}

/* No List-Id, no Precedence, no X-Priority: email.md, "Not used, on purpose". */
static void write_marks(const struct mail_case *c, struct buf *to)
{
	mime_token(to, "Auto-Submitted", "auto-generated"); /* RFC 3834 */
	mime_token(to, "X-Auto-Response-Suppress", "All");
	if (c->notice->is_important) {
		mime_token(to, "Importance", "high");
		mime_token(to, "Priority", "urgent");
	}
	if (c->notice->is_drill)
		mime_token(to, "Shorewatch-Drill", "yes");
	mime_token(to, "Shorewatch-Diagnosis", mail_diagnosis_word(c));
	if (c->notice->number[0] != '\0')
		mime_token(to, "Shorewatch-Incident", c->notice->number);
}

static void write_headers(const struct mail_case *c, const char *boundary, struct buf *to)
{
	write_from(c, to);
	mime_token(to, "To", c->notice->recipient);
	write_subject(c, to);
	write_date(c, to);
	write_thread(c, to);
	write_marks(c, to);
	mime_token(to, "MIME-Version", "1.0");
	buf_printf(to, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n", boundary);
	mime_token(to, "Content-Language", language_tags[c->language]);
}

/* ---- bodies ---- */

static void write_body(const struct mail_case *c, const char *boundary, const char *subtype,
		       const struct buf *text, struct buf *to)
{
	const struct encoding *encoding = &encodings[c->language];

	buf_printf(to, "\r\n--%s\r\n", boundary);
	buf_printf(to, "Content-Type: text/%s; charset=\"utf-8\"\r\n", subtype);
	buf_printf(to, "Content-Transfer-Encoding: %s\r\n\r\n", encoding->name);
	encoding->write(to, buf_text(text), text->n);
	to->has_failed |= buf_failed(text);
}

static void write_bodies(const struct mail_case *c, const char *boundary, struct buf *to)
{
	struct buf subject = BUF_INIT(1024), plain = BUF_INIT(MAIL_BYTES_MAX);
	struct buf html = BUF_INIT(MAIL_BYTES_MAX);
	struct mail_parts parts;

	mail_parts_build(&parts, c);
	mail_write_subject(c, &subject);
	mail_write_text(&parts, c, &plain);
	mail_write_html(&parts, c, buf_text(&subject), &html);
	write_body(c, boundary, "plain", &plain, to);
	write_body(c, boundary, "html", &html, to);
	buf_printf(to, "\r\n--%s--\r\n", boundary);
	to->has_failed |= buf_failed(&parts.text);
	mail_parts_done(&parts);
	buf_done(&subject);
	buf_done(&plain);
	buf_done(&html);
}

void mail_render(const struct mail_request *request, struct buf *to)
{
	struct mail_case c;
	char boundary[BOUNDARY_MAX];

	/* "_" after "=" occurs neither in quoted-printable nor in base64. */
	(void)snprintf(boundary, sizeof boundary, "=_shorewatch_%016" PRIx64, request->notice->id);
	mail_case_init(&c, request);
	write_headers(&c, boundary, to);
	write_bodies(&c, boundary, to);
	mail_case_done(&c);
}
