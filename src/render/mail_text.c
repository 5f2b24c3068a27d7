/*
 * mail_text.c - the parts as plain text, for those who read it so.
 *
 * Not hard-wrapped: phones wrap better than we do, and the transfer encoding
 * keeps lines legal. Lines end in LF; mime.c makes them CRLF.
 */
#include "render/mail_parts.h"

static char raised(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* English titles are set in capitals, Japanese ones get a mark: there is no bold here. */
static void write_title(const struct mail_case *c, struct buf *to, const char *title)
{
	if (c->language == LANGUAGE_JA)
		buf_puts(to, "■ ");
	for (; *title != '\0'; title++)
		buf_putc(to, c->language == LANGUAGE_EN ? raised(*title) : *title);
}

static void write_labelled(const struct mail_parts *p, const struct mail_case *c, struct buf *to,
			   size_t i)
{
	if (mail_part_label(p, i)[0] != '\0') {
		buf_puts(to, mail_part_label(p, i));
		buf_puts(to, c->words->colon);
	}
	buf_puts(to, mail_part_text(p, i));
}

/* Parts of one list stand together; everything else is set off by an empty line. */
static bool is_set_off(const struct mail_parts *p, size_t i)
{
	enum mail_part_kind kind = p->v[i].kind;

	if (i == 0 || kind == PART_ITEM || kind == PART_STEP)
		return false;
	if (kind == PART_LINK || kind == PART_NEXT)
		return p->v[i - 1].kind != PART_LINK;
	return true;
}

static void write_part(const struct mail_parts *p, const struct mail_case *c, struct buf *to,
		       size_t i, unsigned step)
{
	switch (p->v[i].kind) {
	case PART_TITLE:
		write_title(c, to, mail_part_text(p, i));
		break;
	case PART_ITEM:
		buf_puts(to, "- ");
		write_labelled(p, c, to, i);
		break;
	case PART_STEP:
		buf_printf(to, "%u. ", step);
		write_labelled(p, c, to, i);
		break;
	case PART_SIGNATURE:
		buf_puts(to, "-- \n"); /* RFC 3676 4.3 */
		write_labelled(p, c, to, i);
		break;
	case PART_LEAD:
	case PART_MARK:
	case PART_VERDICT:
	case PART_LINK:
	case PART_NEXT:
		write_labelled(p, c, to, i);
		break;
	}
	buf_putc(to, '\n');
}

void mail_write_text(const struct mail_parts *p, const struct mail_case *c, struct buf *to)
{
	unsigned step = 0;

	for (size_t i = 0; i < p->n; i++) {
		step = p->v[i].kind == PART_STEP ? step + 1 : 0;
		if (is_set_off(p, i))
			buf_putc(to, '\n');
		write_part(p, c, to, i, step);
	}
}
