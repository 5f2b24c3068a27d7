/*
 * reply.c - SMTP replies: three digits, '-' while more lines follow.
 *
 * Long lines are cut and endless replies given up (SR-27).
 */
#include "io/reply.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int reply_code(const char *line, bool *ret_is_last)
{
	if (!(line[0] >= '2' && line[0] <= '5') || !is_digit(line[1]) || !is_digit(line[2]))
		return 0;
	if (line[3] != '\0' && line[3] != ' ' && line[3] != '-' && line[3] != '\r' &&
	    line[3] != '\n')
		return 0;
	*ret_is_last = line[3] != '-';
	return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

size_t reply_feed(struct reply_reader *reader, const char *bytes, size_t n, bool *ret_is_line)
{
	const char *end = memchr(bytes, '\n', n);
	size_t taken = end != NULL ? (size_t)(end - bytes) + 1 : n;
	size_t room;

	if (reader->is_line_whole)
		reader->n = 0;
	room = sizeof(reader->line) - 1 - reader->n;
	room = taken < room ? taken : room;
	memcpy(reader->line + reader->n, bytes, room);
	reader->n += room;
	*ret_is_line = reader->is_line_whole = end != NULL;
	while (end != NULL && reader->n > 0 && strchr("\r\n", reader->line[reader->n - 1]) != NULL)
		reader->n--;
	reader->line[reader->n] = '\0';
	return taken;
}

enum reply_step reply_step(struct reply_reader *reader, int *ret_code)
{
	bool is_last = false;
	int code = reply_code(reader->line, &is_last);

	if (code == 0 || ++reader->lines > REPLY_LINES_MAX)
		return REPLY_BROKEN;
	if (!is_last)
		return REPLY_MORE;
	reader->lines = 0;
	*ret_code = code;
	return REPLY_WHOLE;
}
