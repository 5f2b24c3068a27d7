/*
 * scan.c - what is wrong with a file's text, said better than libconfig can.
 *
 * libconfig 1.5 wraps integers beyond 32 bits without a word, tells a string
 * without its closing quote only where the next one begins, says "syntax
 * error" for everything else, and opens any file that an @include names. So
 * includes are followed here: only what lies beside the configuration may be
 * read, and a kept copy is not on the disk at all.
 *
 * This walks the text once by the same lexical rules and stops at the first
 * fault. What it does not know it leaves to libconfig: it must never refuse
 * what libconfig reads rightly, except for strings over several lines, which
 * nobody needs here and which are nearly always a forgotten quote.
 */
#include "conf/scan.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "conf/loader.h"
#include "conf/scanned.h"
#include "conf/settings.h"

#define DEPTH_MAX	  24 /* brackets in brackets; the deepest sensible file needs 6 */
#define INCLUDES_MAX	  64 /* of one load: files that include each other end here */
#define INCLUDE_DEPTH_MAX 9  /* libconfig ends at 10 */
#define NUMBER_MAX	  40 /* characters of a number */

enum last { LAST_NOTHING, LAST_EQUALS, LAST_COMMA, LAST_OPEN, LAST_STRING, LAST_OTHER };

struct scan {
	struct loader *l;
	const char *file;
	const char *at, *end;
	unsigned line;
	enum last last; /* the token before */
	unsigned last_line;
	struct bracket {
		char sign;
		unsigned line;
	} open[DEPTH_MAX];
	unsigned depth;
	unsigned include_depth;
	bool is_sound;
	struct scanned *out;
	const char *copied; /* up to here the text is in out */
	unsigned copied_line;
};

static void scan_whole(struct scan *s, size_t n);

#define scan_fault(s, line, ...)                                                                   \
	((s)->is_sound = false, fault_in((s)->l, (s)->file, (line), __VA_ARGS__))

/* ---- what libconfig gets ---- */

/* Everything up to here that is not out yet. */
static void scan_copy(struct scan *s, const char *end)
{
	scanned_mark(s->l, s->out, s->file, s->copied_line);
	scanned_add(s->out, s->copied, (size_t)(end - s->copied));
	s->copied = s->at;
	s->copied_line = s->line;
}

/* ---- tokens ---- */

static bool scan_sees(const struct scan *s, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(s->end - s->at) >= n && memcmp(s->at, word, n) == 0;
}

static void scan_step(struct scan *s)
{
	if (*s->at == '\n')
		s->line++;
	s->at++;
}

static void scan_line_comment(struct scan *s)
{
	while (s->at < s->end && *s->at != '\n')
		s->at++;
}

static void scan_block_comment(struct scan *s)
{
	unsigned began = s->line;

	while (s->at < s->end && !scan_sees(s, "*/"))
		scan_step(s);
	if (s->at == s->end)
		scan_fault(s, began, "this comment is never closed; end it with */");
	else
		s->at += 2;
}

/*
 * A text is a value or an element, or goes on with the one before. Elsewhere it
 * is most often the rest of a line in which a quote was forgotten; and libconfig
 * 1.5 leaks it.
 */
static bool is_string_place(const struct scan *s)
{
	bool is_group = s->depth == 0 || s->open[s->depth - 1].sign == '{';

	if (s->last == LAST_EQUALS || s->last == LAST_STRING)
		return true;
	return !is_group && (s->last == LAST_OPEN || s->last == LAST_COMMA);
}

static void scan_string(struct scan *s)
{
	unsigned began = s->line;

	if (!is_string_place(s)) {
		scan_fault(s, began,
			   "no text belongs here; look for a missing quote, comma or "
			   "name = before it");
		return;
	}
	s->at++;
	while (s->at < s->end && *s->at != '"' && *s->at != '\n') {
		if (*s->at == '\\' && s->at + 1 < s->end && s->at[1] != '\n')
			s->at++;
		s->at++;
	}
	if (s->at == s->end || *s->at == '\n') {
		scan_fault(s, began,
			   "a text that begins on this line has no closing quote; "
			   "end it with \" (a longer one is written \"as several\" \"texts\")");
		return;
	}
	s->at++;
}

/* A word where a value belongs, that is neither true nor false. It is not shown: it may be a
 * secret. */
static void scan_word(struct scan *s)
{
	const char *began = s->at;
	size_t n;

	while (s->at < s->end && (isalnum((unsigned char)*s->at) || strchr("-_*", *s->at) != NULL))
		s->at++;
	n = (size_t)(s->at - began);
	if (s->last != LAST_EQUALS)
		return;
	if ((n == 4 && strncasecmp(began, "true", 4) == 0) ||
	    (n == 5 && strncasecmp(began, "false", 5) == 0))
		return;
	scan_fault(s, s->line,
		   "a value that is not a number, true or false needs quotes: "
		   "name = \"value\";");
}

static bool is_fraction(const char *text)
{
	char *end;

	(void)strtod(text, &end); /* only its form matters here */
	return *end == '\0' && strpbrk(text, ".eE") != NULL;
}

/* Ends a whole number: nothing, or C's suffix for a long one. */
static bool is_whole_end(const char *end)
{
	return strcmp(end, "") == 0 || strcmp(end, "L") == 0 || strcmp(end, "LL") == 0;
}

static void number_check(struct scan *s, const char *text)
{
	const char *digits = text[0] == '-' || text[0] == '+' ? text + 1 : text;
	bool is_hex = strncasecmp(digits, "0x", 2) == 0;
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(digits, &end, is_hex ? 16 : 10);
	if (is_whole_end(end)) {
		if (errno == ERANGE || value > INT32_MAX)
			scan_fault(s, s->line, "the number %s is too large; at most 2147483647",
				   text);
	} else if (is_hex || !is_fraction(text)) {
		scan_fault(s, s->line, "%s needs quotes: \"%s\"", text, text);
	}
}

static void scan_number(struct scan *s)
{
	char text[NUMBER_MAX + 1];
	const char *began = s->at;
	size_t n;

	s->at++;
	while (s->at < s->end &&
	       (isalnum((unsigned char)*s->at) || *s->at == '.' ||
		(strchr("+-", *s->at) != NULL && strchr("eE", s->at[-1]) != NULL)))
		s->at++;
	n = (size_t)(s->at - began);
	if (n > NUMBER_MAX) {
		scan_fault(s, s->line, "a number of %zu characters is too long", n);
		return;
	}
	memcpy(text, began, n);
	text[n] = '\0';
	number_check(s, text);
}

static void scan_open(struct scan *s)
{
	if (s->depth == DEPTH_MAX) {
		scan_fault(s, s->line, "nested too deep: at most %d brackets in each other",
			   DEPTH_MAX);
		return;
	}
	s->open[s->depth++] = (struct bracket){ *s->at++, s->line };
}

static char bracket_end(char open)
{
	if (open == '{')
		return '}';
	return open == '(' ? ')' : ']';
}

static void scan_close(struct scan *s)
{
	char sign = *s->at++;
	const struct bracket *open = s->depth > 0 ? &s->open[s->depth - 1] : NULL;

	if (open == NULL)
		scan_fault(s, s->line,
			   "this %c closes nothing; remove it, or look for an earlier "
			   "bracket that is closed too soon",
			   sign);
	else if (bracket_end(open->sign) != sign)
		scan_fault(s, s->line, "this %c meets the %c of line %u, which needs a %c first",
			   sign, open->sign, open->line, bracket_end(open->sign));
	else if (s->last == LAST_COMMA && sign != '}')
		scan_fault(s, s->last_line, "remove the comma after the last element before %c",
			   sign);
	else
		s->depth--;
}

/* The path within the quotes of an @include; NULL when it is not written as libconfig wants it. */
static const char *include_path(struct scan *s)
{
	const char *began, *path;

	s->at += strlen("@include");
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
		s->at++;
	if (s->at == s->end || *s->at != '"')
		return NULL;
	began = ++s->at;
	while (s->at < s->end && strchr("\"\\\n", *s->at) == NULL)
		s->at++;
	if (s->at == s->end || *s->at != '"')
		return NULL;
	path = arena_strndup(s->l->arena, began, (size_t)(s->at - began));
	s->at++;
	return path;
}

/* On lines of its own, so that every line has one origin. */
static void include_put(struct scan *s, const char *shown, const struct buf *text)
{
	struct scan included = {
		.l = s->l,
		.file = shown,
		.at = buf_text(text),
		.include_depth = s->include_depth + 1,
		.out = s->out,
	};

	scanned_add(s->out, "\n", 1);
	scan_whole(&included, text->n);
	scanned_add(s->out, "\n", 1);
	s->is_sound = included.is_sound;
}

static void include_follow(struct scan *s, const char *path, const char *began)
{
	const char *shown = arena_printf(s->l->arena, "%s/%s", s->l->dir, path);
	struct buf text = BUF_INIT(SETTINGS_FILE_MAX);
	int r = loader_read(s->l, FILE_INCLUDED, shown, &text);

	if (r < 0) {
		scan_fault(s, s->line, "@include: %s cannot be read: %s", loader_shown(s->l, shown),
			   r == -EFBIG ? "it is larger than 1 MiB" : strerror(-r));
	} else {
		scan_copy(s, began);
		include_put(s, shown, &text);
	}
	buf_done(&text);
}

/* `real`: an absolute path in which every link was followed (SR-35). */
static bool is_within(const char *real, const char *root)
{
	size_t n = strlen(root);

	return strncmp(real, root, n) == 0 && (real[n] == '/' || strcmp(root, "/") == 0);
}

/* In a kept copy there is nothing else to be read; on the disk only what lies beside the main
 * file, whatever links lead to (SR-35). */
static bool include_is_ours(struct scan *s, const char *path)
{
	char real[PATH_MAX];

	if (s->l->kept != NULL)
		return true;
	if (realpath(arena_printf(s->l->scratch, "%s/%s", s->l->root, path), real) == NULL)
		scan_fault(s, s->line, "@include: \"%s\" beside the configuration: %s",
			   loader_shown(s->l, path), strerror(errno));
	else if (!is_within(real, s->l->root))
		scan_fault(s, s->line,
			   "@include: \"%s\" lies outside of the configuration's "
			   "directory; move it into %s",
			   loader_shown(s->l, path), s->l->root);
	else
		return true;
	return false;
}

static void scan_include(struct scan *s)
{
	const char *began = s->at;
	const char *path = include_path(s);

	if (path == NULL)
		scan_fault(s, s->line, "write it as @include \"file.cfg\" on one line");
	else if (path[0] == '/')
		scan_fault(s, s->line,
			   "@include: name the file relative to the configuration's "
			   "directory");
	else if (++s->l->includes > INCLUDES_MAX || s->include_depth >= INCLUDE_DEPTH_MAX)
		scan_fault(s, s->line,
			   "@include: too many; at most %d, and %d in each other "
			   "(does a file include itself?)",
			   INCLUDES_MAX, INCLUDE_DEPTH_MAX);
	else if (include_is_ours(s, path))
		include_follow(s, path, began);
}

static void scan_sign(struct scan *s)
{
	if (strchr("{([", *s->at) != NULL)
		scan_open(s);
	else if (strchr("})]", *s->at) != NULL)
		scan_close(s);
	else
		s->at++; /* libconfig says what it thinks of it */
}

static bool is_number_start(const struct scan *s)
{
	char next = s->at + 1 < s->end ? s->at[1] : '\0';

	return isdigit((unsigned char)*s->at) ||
	       (strchr("+-.", *s->at) != NULL && isdigit((unsigned char)next));
}

static enum last last_of(char sign)
{
	switch (sign) {
	case '=':
	case ':':
		return LAST_EQUALS;
	case ',':
		return LAST_COMMA;
	case '(':
	case '[':
	case '{':
		return LAST_OPEN;
	case '"':
		return LAST_STRING;
	default:
		return LAST_OTHER;
	}
}

static void scan_token(struct scan *s)
{
	char sign = *s->at;

	if (sign == '"')
		scan_string(s);
	else if (scan_sees(s, "@include"))
		scan_include(s);
	else if (is_number_start(s))
		scan_number(s);
	else if (isalpha((unsigned char)sign) || sign == '*')
		scan_word(s);
	else
		scan_sign(s);
	s->last = last_of(sign);
	s->last_line = s->line;
}

static void scan_next(struct scan *s)
{
	if (isspace((unsigned char)*s->at))
		scan_step(s);
	else if (*s->at == '#' || scan_sees(s, "//"))
		scan_line_comment(s);
	else if (scan_sees(s, "/*"))
		scan_block_comment(s);
	else
		scan_token(s);
}

static void scan_tokens(struct scan *s)
{
	while (s->at < s->end && s->is_sound)
		scan_next(s);
	if (s->is_sound && s->depth > 0)
		scan_fault(s, s->open[s->depth - 1].line,
			   "the %c on this line is never closed; "
			   "it needs a %c",
			   s->open[s->depth - 1].sign, bracket_end(s->open[s->depth - 1].sign));
}

static void scan_whole(struct scan *s, size_t n)
{
	s->end = s->at + n;
	s->line = s->copied_line = 1;
	s->copied = s->at;
	s->is_sound = true;
	loader_meet(s->l, s->file);
	if (memchr(s->at, '\0', n) != NULL)
		scan_fault(s, 0, "it holds NUL bytes; save it as plain UTF-8 text");
	else if (scan_sees(s, "\xef\xbb\xbf"))
		scan_fault(s, 1, "it begins with a byte order mark; save it as UTF-8 without BOM");
	else
		scan_tokens(s);
	if (s->is_sound)
		scan_copy(s, s->end);
}

bool scan_text(struct loader *l, const char *file, const char *text, size_t n, struct scanned *ret)
{
	struct scan s = { .l = l, .file = file, .at = text, .out = ret };

	scanned_init(ret);
	scan_whole(&s, n);
	if (s.is_sound && buf_failed(&ret->text))
		scan_fault(&s, 0, "with all that it includes it is too large");
	return s.is_sound;
}
