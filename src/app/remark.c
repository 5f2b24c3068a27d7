/*
 * remark.c - see remark.h.
 */
#include "app/remark.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "io/control.h"

bool remark_is_number(const char *word)
{
	size_t digits = strspn(word, "0123456789");

	return digits == 8 && word[8] == '-' && word[9] &&
	       strspn(word + 9, "0123456789") == strlen(word + 9);
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
		buf_printf(&text, "%s%s", i > first ? " " : "", a->words[i]);
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
