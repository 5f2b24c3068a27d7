/*
 * remark.c - see remark.h.
 */
#include "app/remark.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "io/control.h"

#define BLANKS		" \t\r\n"
#define DIGITS_OF_A_DAY 6 /* with a year of two digits, or some forgotten */

bool remark_is_number(const char *word)
{
	size_t digits = strspn(word, "0123456789");

	return digits == 8 && word[8] == '-' && word[9] &&
	       strspn(word + 9, "0123456789") == strlen(word + 9);
}

/*
 * A number that was mistyped must not become the words for another incident:
 * nobody says only "99" of one, or begins with "2026112-1".
 */
bool remark_is_mistyped(const struct arguments *a)
{
	const char *word = a->words_n > 0 ? a->words[0] : "";
	size_t digits = strspn(word, "0123456789");
	bool is_long = digits >= DIGITS_OF_A_DAY && word[digits] == '-';

	if (word[0] == '\0' || word[strspn(word, "0123456789-")] != '\0')
		return false;
	return !remark_is_number(word) && (a->words_n == 1 || is_long);
}

void remark_refuse_number(const struct arguments *a)
{
	(void)fprintf(stderr,
		      "shorewatch %s: \"%s\" is no incident's number, which is written 20261121-1; "
		      "shorewatch incidents lists them\n",
		      a->command->name, a->words[0]);
}

static size_t characters(const char *utf8)
{
	size_t n = 0;

	for (; *utf8; utf8++)
		n += ((unsigned char)*utf8 & 0xc0) != 0x80;
	return n;
}

bool remark_read(const struct arguments *a, int first, struct buf *to)
{
	struct buf text = BUF_INIT(CONTROL_REQUEST_MAX);
	bool is_short;

	for (int i = first; i < a->words_n; i++)
		if (a->words[i][strspn(a->words[i], BLANKS)] != '\0')
			buf_printf(&text, "%s%s", text.n > 0 ? " " : "", a->words[i]);
	text_line(to, buf_text(&text));
	is_short = !buf_failed(&text) && characters(buf_text(&text)) <= TEXT_SHOWN_MAX;
	buf_done(&text);
	return is_short;
}

void remark_refuse(const char *command)
{
	(void)fprintf(stderr, "shorewatch %s: your words may have %d characters; say it shorter\n",
		      command, TEXT_SHOWN_MAX);
}
