/*
 * scenario.c - a file of timed lines, replayed to the microsecond.
 *
 * A line is TIME COMMAND ; COMMAND ... with TIME as "0s", "2m30s", or "+30s"
 * after the line before. What is due at TIME happens before the line does.
 * "sweep 0s..60s step 7s" replays the file once for each step, with every
 * later line shifted by it: a failure may begin anywhere between two checks.
 * '#' begins a comment. A line that ends in a backslash goes on in the next.
 */
#include "scenario.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/words.h"

#define FILE_BYTES_MAX (1 << 20)
#define LINE_BYTES_MAX 8192
#define WALL_START INT64_C(1795222800) /* Sat 21 Nov 2026 10:00 in Japan, the day of the design's samples */
#define MONO_START (50000 * USEC_PER_SEC)
#define TURNS_AT_ONCE_MAX 5000

struct sweep {
	usec_t from, to, step;
	unsigned line;
};

/* ---- words and spans ---- */

static const char *skip_spaces(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

bool word_next(const char **at, char ret[WORD_MAX])
{
	const char *from = skip_spaces(*at), *to;
	bool is_quoted = *from == '"';
	size_t n;

	if (*from == '\0')
		return false;
	from += is_quoted;
	to = from + strcspn(from, is_quoted ? "\"" : " \t");
	n = (size_t)(to - from);
	if (n >= WORD_MAX)
		n = WORD_MAX - 1;
	memcpy(ret, from, n);
	ret[n] = '\0';
	*at = to + (is_quoted && *to == '"');
	return true;
}

bool word_is(const char **at, const char *word)
{
	const char *then = *at;
	char next[WORD_MAX];

	if (!word_next(&then, next) || strcmp(next, word) != 0)
		return false;
	*at = then;
	return true;
}

static bool unit_read(const char **at, usec_t *ret)
{
	static const struct {
		const char *name;
		usec_t span;
	} units[] = {
		{ "ms", USEC_PER_MS },	{ "us", 1 },		 { "s", USEC_PER_SEC },
		{ "m", USEC_PER_MIN },	{ "h", USEC_PER_HOUR }, { "d", USEC_PER_DAY },
	};

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		size_t n = strlen(units[i].name);

		if (strncmp(*at, units[i].name, n) != 0)
			continue;
		*at += n;
		*ret = units[i].span;
		return true;
	}
	return false;
}

bool span_parse(const char *text, usec_t *ret)
{
	usec_t sum = 0, unit;

	if (*text == '\0')
		return false;
	while (*text != '\0') {
		char *end;
		long long n = strtoll(text, &end, 10);

		if (end == text || n < 0)
			return false;
		text = end;
		if (!unit_read(&text, &unit))
			return false;
		sum += n * unit;
	}
	*ret = sum;
	return true;
}

bool span_next(const char **at, usec_t *ret)
{
	const char *then = *at;
	char word[WORD_MAX];

	if (!word_next(&then, word) || !span_parse(word, ret))
		return false;
	*at = then;
	return true;
}

/* ---- failing ---- */

static void print_where(const struct scenario *s)
{
	fprintf(stderr, "%s:%u: ", s->file, s->line);
	if (s->shift > 0)
		fprintf(stderr, "(shifted by %.3f s) ", (double)s->shift / USEC_PER_SEC);
}

static void print_journal(const struct scenario *s)
{
	size_t room = sizeof s->journal.lines / sizeof s->journal.lines[0];
	size_t from = s->journal.lines_n > room ? s->journal.lines_n - room : 0;

	for (size_t i = from; i < s->journal.lines_n; i++)
		fprintf(stderr, "    %s\n", s->journal.lines[i % room]);
}

bool scenario_fail(struct scenario *s, const char *format, ...)
{
	va_list args;

	if (s->has_failed)
		return false;
	s->has_failed = true;
	print_where(s);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n  at %.3f s, after:\n", (double)s->elapsed / USEC_PER_SEC);
	print_journal(s);
	return false;
}

bool scenario_misspelt(struct scenario *s, const char *what, const char *text)
{
	if (!s->has_failed) {
		print_where(s);
		fprintf(stderr, "%s: \"%s\"\n", what, text);
	}
	s->has_failed = true;
	return false;
}

/* ---- time ---- */

struct now scenario_now(const struct scenario *s)
{
	return (struct now){ { s->elapsed + s->mono_base }, { s->elapsed + s->wall_base } };
}

static usec_t least(usec_t a, usec_t b)
{
	return a < b ? a : b;
}

static usec_t next_event(const struct scenario *s)
{
	usec_t wake = FOREVER;

	if (!s->engine)
		return FOREVER;
	if (s->wake.us != INT64_MAX)
		wake = s->wake.us - s->mono_base;
	if (wake < s->elapsed)
		wake = s->elapsed;
	return least(wake, least(world_next(s), post_next(s)));
}

static bool is_spinning(struct scenario *s)
{
	if (s->turn_at != s->elapsed)
		s->turns_at_once = 0;
	s->turn_at = s->elapsed;
	return ++s->turns_at_once > TURNS_AT_ONCE_MAX;
}

bool scenario_run(struct scenario *s, usec_t until)
{
	usec_t next;

	while (!s->has_failed && (next = next_event(s)) <= until) {
		if (next > s->elapsed)
			s->elapsed = next;
		if (is_spinning(s))
			return scenario_fail(s, "the engine wants to be woken again and again without a pause");
		world_turn(s);
		if (!engine_turn(s))
			return false;
	}
	if (until > s->elapsed)
		s->elapsed = until;
	return !s->has_failed;
}

/* ---- lines ---- */

/* The end of a command: " ; " outside quotes. */
static const char *command_end(const char *text)
{
	bool is_quoted = false;

	for (; *text != '\0'; text++) {
		if (*text == '"')
			is_quoted = !is_quoted;
		if (*text == ';' && !is_quoted)
			return text;
	}
	return text;
}

static bool commands_run(struct scenario *s, const char *text)
{
	char command[LINE_BYTES_MAX];

	while (!s->has_failed) {
		const char *end = command_end(text);
		size_t n;

		text = skip_spaces(text);
		/* A reload takes the rest of the line: a configuration has semicolons of its own. */
		if (strncmp(text, "reload ", 7) == 0)
			end = text + strlen(text);
		n = (size_t)(end - text);
		while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
			n--;
		memcpy(command, text, n);
		command[n] = '\0';
		if (n > 0 && !command_run(s, command))
			return false;
		if (*end == '\0')
			return !s->has_failed;
		text = end + 1;
	}
	return false;
}

static bool sweep_read(struct scenario *s, const char *text, struct sweep *ret)
{
	char from[WORD_MAX], *dots;

	if (!word_next(&text, from) || !(dots = strstr(from, "..")))
		return scenario_misspelt(s, "a sweep is FROM..TO step STEP", text);
	*dots = '\0';
	if (!span_parse(from, &ret->from) || !span_parse(dots + 2, &ret->to) ||
	    !word_is(&text, "step") || !span_next(&text, &ret->step) || ret->step <= 0)
		return scenario_misspelt(s, "a sweep is FROM..TO step STEP", text);
	ret->line = s->line;
	return true;
}

static bool timed_line(struct scenario *s, const char *text, bool is_shifted)
{
	char word[WORD_MAX];
	bool is_relative;
	usec_t at;

	if (!word_next(&text, word))
		return true;
	is_relative = word[0] == '+';
	if (!span_parse(word + is_relative, &at))
		return scenario_misspelt(s, "not a time", word);
	at += is_relative ? s->elapsed : is_shifted ? s->shift : 0;
	if (at < s->elapsed)
		return scenario_misspelt(s, "this time has passed already", word);
	return scenario_run(s, at) && commands_run(s, text);
}

static bool config_line(struct scenario *s, const char *text)
{
	if (s->plan)
		return scenario_misspelt(s, "only one config; later ones are", "reload");
	s->config = strdup(text);
	s->plan = config_read(s, text, &s->arena);
	return s->plan && engine_start(s, 0, 0);
}

static bool line_run(struct scenario *s, const char *line, struct sweep *sweep)
{
	const char *rest = skip_spaces(line);

	if (*rest == '\0' || *rest == '#')
		return true;
	if (word_is(&rest, "config"))
		return config_line(s, rest);
	if (word_is(&rest, "sweep"))
		return sweep_read(s, rest, sweep);
	if (!s->plan)
		return scenario_misspelt(s, "config must come first", line);
	return timed_line(s, rest, sweep->step > 0);
}

/* One line without its comment, joined with those it goes on in. */
static const char *line_take(const char *text, char line[LINE_BYTES_MAX], unsigned *lines)
{
	size_t n = 0;
	bool goes_on = true;

	while (goes_on && *text != '\0') {
		size_t length = strcspn(text, "\n"), shown = length;

		goes_on = length > 0 && text[length - 1] == '\\';
		shown -= goes_on;
		if (n == 0 && skip_spaces(text)[0] == '#')
			shown = 0;
		if (n + shown + 2 > LINE_BYTES_MAX)
			shown = 0;
		memcpy(line + n, text, shown);
		n += shown;
		text += length + (text[length] == '\n');
		(*lines)++;
	}
	line[n] = '\0';
	return text;
}

/* ---- one replay ---- */

static void scenario_done(struct scenario *s)
{
	engine_end(s);
	post_done(&s->post);
	memory_done(&s->memory);
	if (s->arena)
		arena_free(s->arena);
	free(s->config);
	free(s);
}

/* `sweep` comes out as the file says it. */
static bool replay(const char *file, const char *text, usec_t shift, struct sweep *sweep)
{
	struct scenario *s = calloc(1, sizeof *s);
	char line[LINE_BYTES_MAX];
	unsigned lines = 0;
	bool is_good = true;

	if (!s)
		return false;
	s->file = file;
	s->shift = shift;
	s->mono_base = MONO_START;
	s->wall_base = WALL_START * USEC_PER_SEC;
	s->seed = 1;
	*sweep = (struct sweep){ .step = 0 };
	while (is_good && *text != '\0') {
		s->line = lines + 1;
		text = line_take(text, line, &lines);
		is_good = line_run(s, line, sweep);
	}
	is_good = is_good && !s->has_failed;
	scenario_done(s);
	return is_good;
}

static bool replay_all(const char *file, const char *text)
{
	struct sweep sweep;
	usec_t shift = 0;

	do {
		if (!replay(file, text, shift, &sweep))
			return false;
		shift = shift < sweep.from ? sweep.from : shift + sweep.step;
	} while (sweep.step > 0 && shift <= sweep.to);
	return true;
}

int main(int argc, char **argv)
{
	bool is_good = true;

	if (argc < 2) {
		fprintf(stderr, "usage: scenario FILE.scn ...\n");
		return 2;
	}
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	for (int i = 1; i < argc; i++) {
		struct buf text = BUF_INIT(FILE_BYTES_MAX);
		int r = file_read(argv[i], &text);

		if (r < 0)
			fprintf(stderr, "%s: %s\n", argv[i], strerror(-r));
		is_good = r == 0 && replay_all(argv[i], buf_text(&text)) && is_good;
		buf_done(&text);
	}
	return is_good ? 0 : 1;
}
