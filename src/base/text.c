/*
 * text.c - one reader of foreign bytes, and one writer for each place.
 *
 * The reader decodes and cleans; a writer only says what stands for a
 * character that means something in its place. Nothing is ever passed on as
 * bytes: what is written is encoded again from what was understood.
 */
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"

#define REPLACEMENT 0xfffd
#define ELLIPSIS    0x2026

struct range {
	uint32_t first, last;
};

/* ---- decoding ---- */

/* What may follow a first byte (Unicode, table 3-7): no overlong forms, no surrogates. */
static const struct lead {
	uint8_t first, last;		   /* of the first byte */
	uint8_t second_first, second_last; /* of the byte after it */
	uint8_t more;			   /* bytes after the first */
} leads[] = {
	{0xc2, 0xdf, 0x80, 0xbf, 1}, {0xe0, 0xe0, 0xa0, 0xbf, 2}, {0xe1, 0xec, 0x80, 0xbf, 2},
	{0xed, 0xed, 0x80, 0x9f, 2}, {0xee, 0xef, 0x80, 0xbf, 2}, {0xf0, 0xf0, 0x90, 0xbf, 3},
	{0xf1, 0xf3, 0x80, 0xbf, 3}, {0xf4, 0xf4, 0x80, 0x8f, 3},
};

static const struct lead *lead_find(uint8_t byte)
{
	for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
		if (byte >= leads[i].first && byte <= leads[i].last)
			return &leads[i];
	}
	return NULL;
}

/*
 * Takes one character, or the longest beginning of one as U+FFFD, so that a
 * good byte after a broken sequence is never swallowed. The terminator is no
 * continuation byte, and so nothing behind it is read. 0 at the end.
 */
static uint32_t decode(const unsigned char **at)
{
	const unsigned char *s = *at;
	const struct lead *lead = lead_find(s[0]);
	uint32_t c;

	if (s[0] == '\0')
		return 0;
	*at = s + 1;
	if (s[0] < 0x80)
		return s[0];
	if (lead == NULL || s[1] < lead->second_first || s[1] > lead->second_last)
		return REPLACEMENT;
	c = s[0] & (0x3fU >> lead->more);
	for (unsigned i = 1; i <= lead->more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return REPLACEMENT;
		c = c << 6 | (s[i] & 0x3fU);
		*at = s + i + 1;
	}
	return c;
}

static void encode(struct buf *to, uint32_t c)
{
	unsigned more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	char bytes[4];

	bytes[0] = (char)(more == 0 ? c : (0xff00U >> (more + 1) & 0xffU) | c >> (6 * more));
	for (unsigned i = 1; i <= more; i++)
		bytes[i] = (char)(0x80U | (c >> (6 * (more - i)) & 0x3fU));
	buf_add(to, bytes, more + 1);
}

/* ---- cleaning ---- */

static bool range_has(const struct range *ranges, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++) {
		if (c <= ranges[i].last)
			return c >= ranges[i].first;
	}
	return false;
}

#define RANGE_HAS(ranges, c) range_has((ranges), sizeof(ranges) / sizeof((ranges)[0]), (c))

/* Ascending, as all tables of ranges here. */
static const struct range breaks[] = {{'\t', '\r'}, {0x2028, 0x2029}};
static const struct range controls[] = {
	{0x01, 0x1f},	  {0x7f, 0x9f},	    {0x061c, 0x061c},
	{0x200e, 0x200f}, {0x202a, 0x202e}, {0x2066, 0x2069},
};

struct reader {
	const unsigned char *at;
	bool is_after_space;
	bool keeps_breaks; /* a line break is given as '\n', not as a space */
	size_t left;	   /* characters that may still be shown */
	bool is_cut;	   /* then an ellipsis is shown behind them */
};

static bool reader_next(struct reader *r, uint32_t *ret)
{
	uint32_t c;

	while ((c = decode(&r->at)) != 0) {
		if (r->keeps_breaks && c == '\n') {
			*ret = c;
			return true;
		}
		if (RANGE_HAS(breaks, c)) {
			if (r->is_after_space)
				continue;
			c = ' ';
		} else if (RANGE_HAS(controls, c)) {
			continue;
		} else if (c == 0xfffe || c == 0xffff) {
			c = REPLACEMENT; /* no character, and the feed's XML forbids them */
		}
		r->is_after_space = c == ' ';
		*ret = c;
		return true;
	}
	return false;
}

/* As reader_next, up to the cut. */
static bool reader_shown(struct reader *r, uint32_t *ret)
{
	if (r->left > 0) {
		r->left--;
		return reader_next(r, ret);
	}
	if (!r->is_cut)
		return false;
	r->is_cut = false;
	*ret = ELLIPSIS;
	return true;
}

/* Counts to one more than may be shown; the rest of a megabyte is not read. */
static struct reader reader_begin(const char *text)
{
	struct reader r = {.at = (const unsigned char *)text, .left = TEXT_SHOWN_MAX};
	struct reader ahead = r;
	uint32_t c;

	for (size_t n = 0; n <= TEXT_SHOWN_MAX; n++) {
		if (!reader_next(&ahead, &c))
			return r;
	}
	r.left = TEXT_SHOWN_MAX - 1;
	r.is_cut = true;
	return r;
}

/* ---- places ---- */

/* What stands for `c` in a place; NULL: itself. */
typedef const char *stand_in(uint32_t c);

static const char *stand_in_none(uint32_t c)
{
	(void)c;
	return NULL;
}

static const char *stand_in_html(uint32_t c)
{
	return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : NULL;
}

static const char *stand_in_attr(uint32_t c)
{
	return c == '"' ? "&quot;" : c == '\'' ? "&#39;" : stand_in_html(c);
}

static const char *stand_in_quoted(uint32_t c)
{
	return c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : NULL;
}

static void put(struct buf *to, uint32_t c, stand_in *find)
{
	const char *text = find(c);

	if (text != NULL)
		buf_puts(to, text);
	else
		encode(to, c);
}

static void put_shown(struct buf *to, const char *text, stand_in *find)
{
	struct reader r = reader_begin(text);
	uint32_t c;

	while (reader_shown(&r, &c))
		put(to, c, find);
}

void text_line(struct buf *to, const char *text)
{
	put_shown(to, text, stand_in_none);
}

void text_html(struct buf *to, const char *text)
{
	put_shown(to, text, stand_in_html);
}

void text_attr(struct buf *to, const char *text)
{
	put_shown(to, text, stand_in_attr);
}

void text_json(struct buf *to, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	uint32_t c;

	buf_putc(to, '"');
	while ((c = decode(&at)) != 0) {
		if (c < 0x20 || (c >= 0x7f && c <= 0x9f))
			buf_printf(to, "\\u%04x", (unsigned)c);
		else
			put(to, c, stand_in_quoted);
	}
	buf_putc(to, '"');
}

static bool log_needs_quotes(const char *text)
{
	struct reader r = reader_begin(text);
	bool is_empty = true;
	uint32_t c;

	while (reader_shown(&r, &c)) {
		is_empty = false;
		if (c == ' ' || c == '=' || c == '"')
			return true;
	}
	return is_empty;
}

void text_log(struct buf *to, const char *text)
{
	if (!log_needs_quotes(text)) {
		put_shown(to, text, stand_in_none);
		return;
	}
	buf_putc(to, '"');
	put_shown(to, text, stand_in_quoted);
	buf_putc(to, '"');
}

void text_label(struct buf *to, const char *text)
{
	struct reader r = {.at = (const unsigned char *)text, .keeps_breaks = true};
	uint32_t c;

	while (reader_next(&r, &c))
		put(to, c, stand_in_quoted);
}

/* ---- columns ---- */

/* East Asian Width W and F, in blocks: a column too many in an unassigned place harms nobody. */
static const struct range wide[] = {
	{0x1100, 0x115f}, /* Hangul, leading consonants */
	{0x2e80, 0x303e}, /* radicals, CJK punctuation: 「」【】、。 */
	{0x3041, 0x33ff}, /* kana, CJK squares */
	{0x3400, 0x4dbf},   {0x4e00, 0xa4cf},	{0xa960, 0xa97f},   {0xac00, 0xd7a3},
	{0xf900, 0xfaff},   {0xfe10, 0xfe19},	{0xfe30, 0xfe6f},   {0xff01, 0xff60},
	{0xffe0, 0xffe6},   {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
	{0x20000, 0x3fffd},
};

static const struct range without_width[] = {
	{0x01, 0x1f},	  {0x7f, 0x9f}, /* controls */
	{0x0300, 0x036f},		/* combining marks */
	{0x061c, 0x061c}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2069}, {0x302a, 0x302f},
	{0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
};

size_t text_columns(const char *utf8)
{
	const unsigned char *at = (const unsigned char *)utf8;
	size_t columns = 0;
	uint32_t c;

	while ((c = decode(&at)) != 0) {
		if (!RANGE_HAS(without_width, c))
			columns += RANGE_HAS(wide, c) ? 2 : 1;
	}
	return columns;
}
