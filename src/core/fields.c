/*
 * fields.c - see fields.h. Checked everywhere: a state file may have been cut,
 * edited or written by another version.
 */
#include "core/fields.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/words.h"

#define WORD_MAX 300

struct fields fields_of(const char *line, size_t n)
{
	return (struct fields){ .at = line, .end = line + n };
}

bool fields_line(const char **text, const char **ret_line, size_t *ret_n)
{
	const char *end;

	if (**text == '\0')
		return false;
	end = strchr(*text, '\n');
	*ret_line = *text;
	*ret_n = end ? (size_t)(end - *text) : strlen(*text);
	*text += *ret_n + (end ? 1 : 0);
	return true;
}

void fields_word(struct fields *f, char *ret, size_t max)
{
	const char *start;
	size_t n;

	while (f->at < f->end && *f->at == ' ')
		f->at++;
	start = f->at;
	while (f->at < f->end && *f->at != ' ')
		f->at++;
	n = (size_t)(f->at - start);
	ret[0] = '\0';
	/* A NUL is no character of a word: it is what a disk leaves of a file that was cut. */
	if (n == 0 || n >= max || memchr(start, '\0', n)) {
		f->has_failed = true;
		return;
	}
	if (n == 1 && *start == '-')
		return;
	memcpy(ret, start, n);
	ret[n] = '\0';
}

int64_t fields_int(struct fields *f, int64_t min, int64_t max)
{
	char word[WORD_MAX];
	int64_t value = 0;

	fields_word(f, word, sizeof word);
	if (!words_int(word, min, max, &value)) {
		f->has_failed = true;
		return 0;
	}
	return value;
}

unsigned fields_count(struct fields *f)
{
	return (unsigned)fields_int(f, 0, INT32_MAX);
}

bool fields_bool(struct fields *f)
{
	return fields_int(f, 0, 1) == 1;
}

uint64_t fields_hex(struct fields *f)
{
	char word[WORD_MAX];
	uint64_t value = 0;

	fields_word(f, word, sizeof word);
	if (!words_hex64(word, &value))
		f->has_failed = true;
	return value;
}

struct now fields_now(struct fields *f)
{
	struct now now;

	now.mono = fields_mono(f);
	now.wall = fields_wall(f);
	return now;
}

mono_t fields_mono(struct fields *f)
{
	return (mono_t){ fields_int(f, INT64_MIN, INT64_MAX) };
}

wall_t fields_wall(struct fields *f)
{
	return (wall_t){ fields_int(f, INT64_MIN, INT64_MAX) };
}

void fields_put_now(struct buf *to, struct now now)
{
	buf_printf(to, " %" PRId64 " %" PRId64, now.mono.us, now.wall.us);
}
