/*
 * mime.c - headers that fold, words and bodies that are encoded.
 *
 * The path of a mail is unknown: nothing here writes a byte above 0x7e, a line
 * longer than 78 (RFC 5322 2.1.1), or an encoded word longer than 75 columns
 * (RFC 2047 2). A value cannot end its header: it is cleaned to one line of
 * printable characters wherever it came from.
 */
#include "render/mime.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define LINE_MAX_COLUMNS 78
#define WORD_MAX_COLUMNS 75
#define BODY_COLUMNS 76 /* RFC 2045 6.7 (5), 6.8 */
#define WORD_HEAD "=?utf-8?b?"
#define WORD_TAIL "?="
#define WORD_FRAME (sizeof WORD_HEAD - 1 + sizeof WORD_TAIL - 1)
#define WORD_LEAST 8 /* columns of base64 that hold any character of UTF-8 */
#define CLEAN_BYTES_MAX 4096

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- base64 ---- */

/* Up to three bytes as four characters. */
static void base64_group(char out[4], const unsigned char *in, size_t n)
{
	uint32_t bits = (uint32_t)in[0] << 16;

	bits |= n > 1 ? (uint32_t)in[1] << 8 : 0;
	bits |= n > 2 ? (uint32_t)in[2] : 0;
	out[0] = alphabet[bits >> 18];
	out[1] = alphabet[bits >> 12 & 63];
	out[2] = '=';
	out[3] = '=';
	if (n > 1)
		out[2] = alphabet[bits >> 6 & 63];
	if (n > 2)
		out[3] = alphabet[bits & 63];
}

static void base64_run(struct buf *to, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i += 3) {
		char group[4];

		base64_group(group, (const unsigned char *)bytes + i, n - i);
		buf_add(to, group, sizeof group);
	}
}

/* ---- headers ---- */

static void header_fold(struct mime_header *h)
{
	buf_puts(h->to, "\r\n ");
	h->column = 1;
}

static void header_space(struct mime_header *h)
{
	buf_putc(h->to, ' ');
	h->column++;
}

static void header_add(struct mime_header *h, const char *bytes, size_t n)
{
	buf_add(h->to, bytes, n);
	h->column += n;
	h->tokens++;
}

/* The first token stays on the header's line: some filters lose a value that begins below. */
static void header_place(struct mime_header *h, size_t columns)
{
	if (h->tokens > 0 && h->column + 1 + columns > LINE_MAX_COLUMNS)
		header_fold(h);
	else
		header_space(h);
}

void mime_header_begin(struct mime_header *h, struct buf *to, const char *name)
{
	*h = (struct mime_header){ .to = to, .column = strlen(name) + 1 };
	buf_puts(to, name);
	buf_putc(to, ':');
}

void mime_header_end(struct mime_header *h)
{
	buf_puts(h->to, "\r\n");
}

void mime_header_token(struct mime_header *h, const char *token)
{
	struct buf clean = BUF_INIT(CLEAN_BYTES_MAX);

	for (; *token != '\0'; token++)
		if (*token > ' ' && *token < 0x7f)
			buf_putc(&clean, *token);
	header_place(h, clean.n);
	header_add(h, buf_text(&clean), clean.n);
	buf_done(&clean);
}

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/* Bytes of the characters of UTF-8 that fit `most`. */
static size_t whole_characters(const char *utf8, size_t most)
{
	size_t n = strnlen(utf8, most);

	while (n > 0 && ((unsigned char)utf8[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* Columns that an encoded word may have on this line; fewer than one character needs: none. */
static size_t word_room(const struct mime_header *h)
{
	size_t room = LINE_MAX_COLUMNS - 1 - h->column;

	if (h->column + 1 + WORD_FRAME + WORD_LEAST > LINE_MAX_COLUMNS)
		return 0;
	return room > WORD_MAX_COLUMNS ? WORD_MAX_COLUMNS : room;
}

/*
 * RFC 2047: each word is complete by itself (5), so it is cut between
 * characters; white space between two words is not shown (6.2), so folds cost
 * nothing.
 */
static void header_encoded(struct mime_header *h, const char *utf8)
{
	while (*utf8 != '\0') {
		size_t room = word_room(h), n;

		if (room == 0) {
			buf_puts(h->to, "\r\n");
			h->column = 0;
			room = WORD_MAX_COLUMNS;
		}
		n = whole_characters(utf8, (room - WORD_FRAME) / 4 * 3);
		header_space(h);
		header_add(h, WORD_HEAD, sizeof WORD_HEAD - 1);
		base64_run(h->to, utf8, n);
		h->column += (n + 2) / 3 * 4;
		header_add(h, WORD_TAIL, sizeof WORD_TAIL - 1);
		utf8 += n;
	}
}

/* Plain words, folded between them. */
static void header_plain(struct mime_header *h, const char *ascii)
{
	while (*ascii != '\0') {
		size_t n = strcspn(ascii, " ");

		if (n > 0) {
			header_place(h, n);
			header_add(h, ascii, n);
		}
		ascii += n + strspn(ascii + n, " ");
	}
}

/* What looks like an encoded word would be decoded by the reader, so it is encoded. */
static bool may_stand_plain(const char *text)
{
	return is_ascii(text) && strstr(text, "=?") == NULL;
}

void mime_header_words(struct mime_header *h, const char *utf8)
{
	struct buf clean = BUF_INIT(CLEAN_BYTES_MAX);

	text_line(&clean, utf8);
	if (may_stand_plain(buf_text(&clean)))
		header_plain(h, buf_text(&clean));
	else
		header_encoded(h, buf_text(&clean));
	buf_done(&clean);
}

/* RFC 5322 3.2.3: what may stand outside quotes in a phrase. */
static bool is_phrase_of_atoms(const char *ascii)
{
	static const char atoms[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "!#$%&'*+-/=?^_`{|}~ ";

	return strspn(ascii, atoms) == strlen(ascii);
}

static void header_quoted(struct mime_header *h, const char *ascii)
{
	struct buf quoted = BUF_INIT(CLEAN_BYTES_MAX);

	buf_putc(&quoted, '"');
	for (; *ascii != '\0'; ascii++) {
		if (*ascii == '"' || *ascii == '\\')
			buf_putc(&quoted, '\\');
		buf_putc(&quoted, *ascii);
	}
	buf_putc(&quoted, '"');
	header_plain(h, buf_text(&quoted));
	buf_done(&quoted);
}

void mime_header_phrase(struct mime_header *h, const char *utf8)
{
	struct buf clean = BUF_INIT(CLEAN_BYTES_MAX);

	text_line(&clean, utf8);
	if (!may_stand_plain(buf_text(&clean)))
		header_encoded(h, buf_text(&clean));
	else if (is_phrase_of_atoms(buf_text(&clean)))
		header_plain(h, buf_text(&clean));
	else
		header_quoted(h, buf_text(&clean));
	buf_done(&clean);
}

void mime_token(struct buf *to, const char *name, const char *token)
{
	struct mime_header h;

	mime_header_begin(&h, to, name);
	mime_header_token(&h, token);
	mime_header_end(&h);
}

void mime_words(struct buf *to, const char *name, const char *utf8)
{
	struct mime_header h;

	mime_header_begin(&h, to, name);
	mime_header_words(&h, utf8);
	mime_header_end(&h);
}

/* ---- bodies ---- */

/*
 * `at` begins what is left of a line, `n` bytes; a blank must not end it. "."
 * and "From " at the start of an encoded line are trouble on some paths.
 */
static bool must_be_quoted(const char *at, size_t n, size_t column)
{
	unsigned char byte = (unsigned char)*at;
	bool is_blank = byte == ' ' || byte == '\t';

	if (byte == '=' || byte > '~' || (byte < ' ' && byte != '\t'))
		return true;
	if (column == 0 && (byte == '.' || (n >= 5 && memcmp(at, "From ", 5) == 0)))
		return true;
	return is_blank && n == 1;
}

static void quoted_line(struct buf *to, const char *line, size_t n)
{
	size_t column = 0;

	for (size_t i = 0; i < n; i++) {
		bool is_quoted = must_be_quoted(line + i, n - i, column);
		size_t width = is_quoted ? 3 : 1;

		/* One column is kept for the soft break's own sign. */
		if (column + width > BODY_COLUMNS - 1) {
			buf_puts(to, "=\r\n");
			column = 0;
			is_quoted = must_be_quoted(line + i, n - i, column);
			width = is_quoted ? 3 : 1;
		}
		if (is_quoted)
			buf_printf(to, "=%02X", (unsigned)(unsigned char)line[i]);
		else
			buf_putc(to, line[i]);
		column += width;
	}
	buf_puts(to, "\r\n");
}

void mime_quoted_printable(struct buf *to, const char *text, size_t n)
{
	while (n > 0) {
		const char *end = memchr(text, '\n', n);
		size_t line = end ? (size_t)(end - text) : n;

		quoted_line(to, text, line);
		line += end != NULL;
		text += line;
		n -= line;
	}
}

static void base64_lines(struct buf *to, const char *bytes, size_t n)
{
	const size_t step = BODY_COLUMNS / 4 * 3;

	for (size_t i = 0; i < n; i += step) {
		base64_run(to, bytes + i, n - i < step ? n - i : step);
		buf_puts(to, "\r\n");
	}
}

void mime_base64(struct buf *to, const char *text, size_t n)
{
	struct buf lines = BUF_INIT(to->cap);

	/* RFC 2045 6.8: text is canonical, with CRLF, before it is encoded. */
	for (size_t i = 0; i < n; i++)
		buf_add(&lines, text[i] == '\n' ? "\r\n" : &text[i], text[i] == '\n' ? 2 : 1);
	base64_lines(to, buf_text(&lines), lines.n);
	to->has_failed |= buf_failed(&lines);
	buf_done(&lines);
}
