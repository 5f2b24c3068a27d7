/*
 * mail_html.c - the parts as HTML: the same words in the same order.
 *
 * Inline styles only, nothing external, no columns. State is a bar beside the
 * first line and its words. Colours of text and ground are not set, so that
 * dark mode is the client's; the bar's hold 3.5:1 on white and on #1f1f1f.
 */
#include "render/mail_parts.h"

#include <string.h>

#include "base/text.h"

#define PIECE_BYTES 96

static const char *const bars[] = {
	[COLOUR_DOWN] = "#d63a2b",
	[COLOUR_SILENT] = "#b07400",
	[COLOUR_UP] = "#17866a",
};

static const char *const languages[LANGUAGE_COUNT] = {
	[LANGUAGE_EN] = "en",
	[LANGUAGE_JA] = "ja",
};

/* Never inside a character of UTF-8. */
static size_t piece_bytes(const char *text)
{
	size_t n = strnlen(text, PIECE_BYTES);

	while (n > 0 && text[n] != '\0' && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/*
 * A part is one line that was cleaned piece by piece and may be longer than
 * the escaping functions show; so it is handed to them in pieces.
 */
static void write_pieces(struct buf *to, const char *text,
			 void (*escape)(struct buf *to, const char *text))
{
	char piece[PIECE_BYTES + 1];

	for (size_t n; (n = piece_bytes(text)) > 0; text += n) {
		memcpy(piece, text, n);
		piece[n] = '\0';
		escape(to, piece);
	}
}

static void write_words(struct buf *to, const char *text)
{
	write_pieces(to, text, text_html);
}

/* ---- one part ---- */

static void write_labelled(const struct mail_parts *p, const struct mail_case *c, struct buf *to,
			   size_t i, bool is_bold)
{
	if (mail_part_label(p, i)[0] != '\0') {
		buf_puts(to, is_bold ? "<b>" : "");
		write_words(to, mail_part_label(p, i));
		buf_puts(to, is_bold ? "</b>" : "");
		write_words(to, c->words->colon);
	}
	write_words(to, mail_part_text(p, i));
}

static void write_lead(const struct mail_parts *p, struct buf *to, size_t i)
{
	buf_printf(to,
		   "<h1 style=\"margin:0 0 10px;font-size:22px;line-height:1.3;"
		   "border-left:6px solid %s;padding-left:12px\">",
		   bars[p->colour]);
	write_words(to, mail_part_text(p, i));
	buf_puts(to, "</h1>\n");
}

static void write_paragraph(const struct mail_parts *p, const struct mail_case *c, struct buf *to,
			    size_t i, const char *style)
{
	buf_printf(to, "<p style=\"%s\">", style);
	write_labelled(p, c, to, i, false);
	buf_puts(to, "</p>\n");
}

static void write_title(const struct mail_parts *p, struct buf *to, size_t i)
{
	buf_puts(to, "<h2 style=\"margin:24px 0 6px;font-size:15px;line-height:1.4\">");
	write_words(to, mail_part_text(p, i));
	buf_puts(to, "</h2>\n");
}

static bool is_kind(const struct mail_parts *p, size_t i, enum mail_part_kind kind)
{
	return i < p->n && p->v[i].kind == kind;
}

static void write_entry(const struct mail_parts *p, const struct mail_case *c, struct buf *to,
			size_t i)
{
	enum mail_part_kind kind = p->v[i].kind;
	const char *list = kind == PART_STEP ? "ol" : "ul";

	if (i == 0 || !is_kind(p, i - 1, kind))
		buf_printf(to, "<%s style=\"margin:0;padding-left:20px\">\n", list);
	buf_puts(to, "<li style=\"margin:0 0 4px\">");
	write_labelled(p, c, to, i, true);
	buf_puts(to, "</li>\n");
	if (!is_kind(p, i + 1, kind))
		buf_printf(to, "</%s>\n", list);
}

/* An address of another scheme is shown, and leads nowhere. */
static bool is_web(const char *address)
{
	return strncmp(address, "https://", 8) == 0 || strncmp(address, "http://", 7) == 0;
}

static void write_link(const struct mail_parts *p, const struct mail_case *c, struct buf *to,
		       size_t i)
{
	const char *address = mail_part_text(p, i);

	buf_puts(to, is_kind(p, i - 1, PART_LINK) ? " · " : "<p style=\"margin:24px 0 0\">");
	if (is_web(address)) {
		buf_puts(to, "<a href=\"");
		write_pieces(to, address, text_attr);
		buf_puts(to, "\">");
		write_words(to, mail_part_label(p, i));
		buf_puts(to, "</a>");
	} else {
		write_labelled(p, c, to, i, false);
	}
	if (!is_kind(p, i + 1, PART_LINK))
		buf_puts(to, "</p>\n");
}

static void write_part(const struct mail_parts *p, const struct mail_case *c, struct buf *to,
		       size_t i)
{
	switch (p->v[i].kind) {
	case PART_LEAD:
		write_lead(p, to, i);
		break;
	case PART_MARK:
		write_paragraph(p, c, to, i, "margin:10px 0;font-weight:bold");
		break;
	case PART_VERDICT:
		write_paragraph(p, c, to, i, "margin:0");
		break;
	case PART_TITLE:
		write_title(p, to, i);
		break;
	case PART_ITEM:
	case PART_STEP:
		write_entry(p, c, to, i);
		break;
	case PART_LINK:
		write_link(p, c, to, i);
		break;
	case PART_NEXT:
		write_paragraph(p, c, to, i, "margin:8px 0 0");
		break;
	case PART_SIGNATURE:
		write_paragraph(p, c, to, i, "margin:24px 0 0;font-size:12px;opacity:.75");
		break;
	}
}

/* ---- the document ---- */

static void write_head(const struct mail_case *c, const char *subject, struct buf *to)
{
	buf_printf(to, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n", languages[c->language]);
	buf_puts(to, "<meta charset=\"utf-8\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width\">\n"
		     "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	write_words(to, subject);
	buf_puts(to, "</title>\n</head>\n"
		     "<body style=\"margin:0;padding:20px;font:16px/1.6 -apple-system,system-ui,"
		     "'Segoe UI',Roboto,'Hiragino Sans','Noto Sans JP',sans-serif\">\n"
		     "<div style=\"max-width:36em;margin:0 auto\">\n");
}

void mail_write_html(const struct mail_parts *p, const struct mail_case *c, const char *subject,
		     struct buf *to)
{
	write_head(c, subject, to);
	for (size_t i = 0; i < p->n; i++)
		write_part(p, c, to, i);
	buf_puts(to, "</div>\n</body>\n</html>\n");
}
