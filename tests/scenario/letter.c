/*
 * letter.c - a message read as a mail program would: its headers, its plain
 * text. Every message of every scenario is looked at here (email.md, "Message
 * format"): 7-bit, CRLF, short lines, a subject that fits a lock screen.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "scenario.h"

#define HEADER_LINE_MAX	    998 /* RFC 5322 2.1.1 */
#define SUBJECT_COLUMNS_MAX 50

/* ---- shape ---- */

static bool is_line_sound(const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)line[i] >= 128 || line[i] == '\r' || line[i] == '\0')
			return false;
	return n <= HEADER_LINE_MAX;
}

static bool is_shape_sound(const char *message, size_t n)
{
	size_t at = 0;

	while (at < n) {
		const char *end = memchr(message + at, '\n', n - at);
		size_t length;

		if (!end || end == message + at || end[-1] != '\r')
			return false;
		length = (size_t)(end - 1 - (message + at));
		if (!is_line_sound(message + at, length))
			return false;
		at += length + 2;
	}
	return n > 0;
}

/* ---- headers ---- */

/* The value of a header, unfolded; NULL: none. free() it. */
static char *header_of(const char *message, const char *name)
{
	size_t name_n = strlen(name);
	const char *line = message;

	while (*line != '\0' && strncmp(line, "\r\n", 2) != 0) {
		const char *end = strstr(line, "\r\n");

		while (end && (end[2] == ' ' || end[2] == '\t'))
			end = strstr(end + 2, "\r\n");
		if (!end)
			return NULL;
		if (strncasecmp(line, name, name_n) == 0 && line[name_n] == ':')
			return strndup(line + name_n + 1, (size_t)(end - line) - name_n - 1);
		line = end + 2;
	}
	return NULL;
}

/* ---- the plain part ---- */

static int hex_digit(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *at = c ? strchr(digits, toupper((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

static void decode_quoted(const char *from, size_t n, struct buf *to)
{
	for (size_t i = 0; i < n; i++) {
		if (from[i] == '\r')
			continue;
		if (from[i] != '=') {
			buf_putc(to, from[i]);
		} else if (i + 2 < n && from[i + 1] == '\r') {
			i += 2; /* a soft line break */
		} else if (i + 2 < n && hex_digit(from[i + 1]) >= 0 &&
			   hex_digit(from[i + 2]) >= 0) {
			buf_putc(to, (char)(16 * hex_digit(from[i + 1]) + hex_digit(from[i + 2])));
			i += 2;
		}
	}
}

static void decode_base64(const char *from, size_t n, struct buf *to)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < n; i++) {
		const char *at = from[i] ? strchr(alphabet, from[i]) : NULL;

		if (!at)
			continue;
		bits = (bits << 6 | (unsigned)(at - alphabet)) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_putc(to, (char)(bits >> have & 0xff));
		}
	}
}

static char *plain_text_of(const char *message)
{
	const char *part = strstr(message, "\r\nContent-Type: text/plain");
	const char *body = part ? strstr(part, "\r\n\r\n") : NULL;
	const char *end = body ? strstr(body + 4, "\r\n--=_") : NULL;
	struct buf text = BUF_INIT(1u << 20);
	char *encoding = part ? header_of(part + 2, "Content-Transfer-Encoding") : NULL;
	size_t n;

	if (!body)
		return NULL;
	body += 4;
	n = end ? (size_t)(end - body) : strlen(body);
	if (encoding && strstr(encoding, "base64"))
		decode_base64(body, n, &text);
	else
		decode_quoted(body, n, &text);
	free(encoding);
	return buf_take(&text, &n);
}

/* ---- the whole ---- */

static bool read_thread(struct letter *letter)
{
	char *id = header_of(letter->message, "Message-ID");
	bool is_there = id && strlen(id) < sizeof letter->message_id && strchr(id, '<');

	if (is_there)
		memcpy(letter->message_id, strchr(id, '<'), strlen(strchr(id, '<')) + 1);
	free(id);
	letter->references = header_of(letter->message, "References");
	return is_there;
}

/* For a reader that is not ours (tests/tools/mail_check.py): its length, a newline, its bytes. */
static bool letter_copy(const struct letter *letter)
{
	const char *path = getenv("SCENARIO_MAILS");
	FILE *file;
	bool is_written;

	if (path == NULL || strchr(letter->notice.recipient, '@') == NULL)
		return true; /* what takes another way is no mail */
	file = fopen(path, "ab");
	if (file == NULL)
		return false;
	is_written = fprintf(file, "%zu\n", letter->message_n) > 0 &&
		     fwrite(letter->message, 1, letter->message_n, file) == letter->message_n;
	return fclose(file) == 0 && is_written;
}

bool letter_read(struct scenario *s, struct letter *letter)
{
	if (!is_shape_sound(letter->message, letter->message_n))
		return scenario_fail(s, "not 7-bit lines that end in CRLF:\n%s", letter->message);
	if (!letter_copy(letter))
		return scenario_fail(s, "SCENARIO_MAILS: a mail cannot be written there");
	if (!read_thread(letter))
		return scenario_fail(s, "no Message-ID:\n%s", letter->message);
	if (text_columns(letter->subject) > SUBJECT_COLUMNS_MAX || strpbrk(letter->subject, "\r\n"))
		return scenario_fail(s, "the subject does not fit %d columns: %s",
				     SUBJECT_COLUMNS_MAX, letter->subject);
	letter->text = plain_text_of(letter->message);
	if (!letter->text || strlen(letter->text) < 20)
		return scenario_fail(s, "no plain text:\n%s", letter->message);
	return true;
}

void letter_free(struct letter *letter)
{
	free(letter->head);
	free(letter->message);
	free(letter->subject);
	free(letter->text);
	free(letter->references);
	free(letter);
}
