/*
 * scenario.c - a file of timed lines, replayed to the microsecond.
 *
 * A line is TIME COMMAND ; COMMAND ... with TIME as "0s", "2m30s", or "+30s"
 * after the line before. What is due at TIME happens before the line does.
 *
 *   sweep 0s..60s step 7s    replays the file once for each step, with every
 *                            line below shifted by it; lines are replayed in the
 *                            order of their times, so that what is swept may fall
 *                            anywhere among those above
 *   vary kill | restart      replays the file once for each, put where '@' stands
 *   tell                     prints what happens from here on, after "= FILE"
 *
 * Where SCENARIO_MAILS names a file, every mail is appended to it (letter.c).
 * With --trace before the files, all that each does and shows is printed (trace.c).
 *
 * '#' begins a comment line. A line that ends in a backslash goes on in the next.
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
#define WALL_START                                                                                 \
	INT64_C(1795222800) /* Sat 21 Nov 2026 10:00 in Japan, the day of the design's samples */
#define MONO_START	  (50000 * USEC_PER_SEC)
#define TURNS_AT_ONCE_MAX 5000

struct source {
	const char *file, *text;
	bool is_traced;
};

struct sweep {
	usec_t from, to, step;
};

struct line {
	usec_t at;
	unsigned number;
	char *commands;
};

#define LINES_MAX 512

struct script {
	struct sweep sweep;
	struct line lines[LINES_MAX];
	size_t lines_n;
};

/* ---- failing ---- */

static void print_where(const struct scenario *s)
{
	fprintf(stderr, "%s:%u: ", s->file, s->line);
	if (s->variant[0] != '\0')
		fprintf(stderr, "(with %s) ", s->variant);
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
		trace_until(s, next - 1);
		if (next > s->elapsed)
			s->elapsed = next;
		if (is_spinning(s))
			return scenario_fail(
				s, "the engine wants to be woken again and again without a pause");
		world_turn(s);
		if (!engine_turn(s))
			return false;
	}
	trace_until(s, until);
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
		/* A reload takes the rest of the line: a configuration has semicolons of its own.
		 */
		if (strncmp(text, "reload ", 7) == 0 && strncmp(text, "reload same", 11) != 0)
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
	return true;
}

/* The commands with the word '@' replaced by what varies. */
static char *with_variant(const char *text, const char *variant)
{
	struct buf to = BUF_INIT(LINE_BYTES_MAX);
	size_t n;

	for (const char *from = text; *text != '\0'; text++) {
		if (*text == '@' && (text == from || text[-1] == ' ') &&
		    (text[1] == ' ' || text[1] == '\0'))
			buf_puts(&to, variant);
		else
			buf_putc(&to, *text);
	}
	buf_puts(&to, " ");
	return buf_take(&to, &n);
}

static bool timed_line(struct scenario *s, const char *text, struct script *script,
		       const char *variant)
{
	usec_t before = script->lines_n > 0 ? script->lines[script->lines_n - 1].at : 0, at;
	struct line *line = &script->lines[script->lines_n];
	char word[WORD_MAX];
	bool is_relative;

	if (!word_next(&text, word))
		return true;
	is_relative = word[0] == '+';
	if (!span_parse(word + is_relative, &at) || script->lines_n == LINES_MAX)
		return scenario_misspelt(s, "not a time, or too many lines", word);
	at += is_relative ? before : script->sweep.step > 0 ? s->shift : 0;
	*line = (struct line){ at, s->line, with_variant(text, variant) };
	script->lines_n++;
	return true;
}

static bool config_line(struct scenario *s, const char *text)
{
	if (s->plan)
		return scenario_misspelt(s, "only one config; later ones are", "reload");
	s->config = strdup(text);
	s->plan = config_read(s, text, &s->arena);
	return s->plan && engine_start(s, 0, 0);
}

static bool tell_line(struct scenario *s)
{
	s->is_told = true;
	printf("= %s\n", s->file);
	return true;
}

static bool line_read(struct scenario *s, const char *line, struct script *script,
		      const char *variant)
{
	const char *rest = skip_spaces(line);

	if (*rest == '\0' || *rest == '#')
		return true;
	if (word_is(&rest, "config"))
		return config_line(s, rest);
	if (word_is(&rest, "sweep"))
		return sweep_read(s, rest, &script->sweep);
	if (word_is(&rest, "vary"))
		return true; /* read beforehand */
	if (word_is(&rest, "tell"))
		return tell_line(s);
	if (!s->plan)
		return scenario_misspelt(s, "config must come first", line);
	return timed_line(s, rest, script, variant);
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

static void script_done(struct script *script)
{
	for (size_t i = 0; i < script->lines_n; i++)
		free(script->lines[i].commands);
	free(script);
}

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static bool script_read(struct scenario *s, const char *text, struct script *script,
			const char *variant)
{
	char line[LINE_BYTES_MAX];
	unsigned lines = 0;

	while (*text != '\0') {
		s->line = lines + 1;
		text = line_take(text, line, &lines);
		if (!line_read(s, line, script, variant))
			return false;
	}
	qsort(script->lines, script->lines_n, sizeof script->lines[0], compare_lines);
	return true;
}

static bool script_run(struct scenario *s, const struct script *script)
{
	for (size_t i = 0; i < script->lines_n; i++) {
		const struct line *line = &script->lines[i];

		s->line = line->number;
		if (!scenario_run(s, line->at) || !commands_run(s, line->commands))
			return false;
	}
	return !s->has_failed;
}

/* `sweep` comes out as the file says it. */
static bool replay(const struct source *source, usec_t shift, const char *variant,
		   struct sweep *sweep)
{
	struct scenario *s = calloc(1, sizeof *s);
	struct script *script = calloc(1, sizeof *script);
	bool is_good;

	if (!s || !script)
		abort();
	s->file = source->file;
	s->is_traced = s->is_told = source->is_traced;
	s->shift = shift;
	s->variant = variant;
	s->mono_base = MONO_START;
	s->wall_base = WALL_START * USEC_PER_SEC;
	s->seed = 1;
	is_good = script_read(s, source->text, script, variant) && script_run(s, script);
	*sweep = script->sweep;
	script_done(script);
	scenario_done(s);
	return is_good;
}

/* Every step of the sweep. The first one of a sweep that begins later is a replay without a shift.
 */
static bool replay_sweep(const struct source *source, const char *variant)
{
	struct sweep sweep;
	usec_t shift = 0;

	do {
		if (!replay(source, shift, variant, &sweep))
			return false;
		shift = shift < sweep.from ? sweep.from : shift + sweep.step;
	} while (sweep.step > 0 && shift <= sweep.to);
	return true;
}

/* What the file varies, without replaying it. */
static void variants_read(const char *text, char ret[WORD_MAX])
{
	const char *at = strncmp(text, "vary ", 5) == 0 ? text : strstr(text, "\nvary ");

	ret[0] = '\0';
	if (at) {
		at = strchr(at, ' ') + 1;
		(void)snprintf(ret, WORD_MAX, "%.*s", (int)strcspn(at, "\n"), at);
	}
}

static bool replay_all(const struct source *source)
{
	char all[WORD_MAX], one[WORD_MAX];
	const char *at = all;

	variants_read(source->text, all);
	if (all[0] == '\0')
		return replay_sweep(source, "");
	while (*at != '\0') {
		size_t n = strcspn(at, "|");

		(void)snprintf(one, sizeof one, "%.*s", (int)n, skip_spaces(at));
		if (strchr(one, '|'))
			*strchr(one, '|') = '\0';
		if (!replay_sweep(source, one))
			return false;
		at += n + (at[n] == '|');
	}
	return true;
}

static bool replay_file(const char *file, bool is_traced)
{
	struct buf text = BUF_INIT(FILE_BYTES_MAX);
	int r = file_read(file, &text);
	bool is_good;

	if (r < 0)
		fprintf(stderr, "%s: %s\n", file, strerror(-r));
	if (is_traced)
		printf("= %s\n", file);
	is_good = r == 0 && replay_all(&(struct source){ file, buf_text(&text), is_traced });
	buf_done(&text);
	return is_good;
}

int main(int argc, char **argv)
{
	bool is_traced = argc > 1 && strcmp(argv[1], "--trace") == 0, is_good = true;

	if (argc < 2 + is_traced) {
		fprintf(stderr, "usage: scenario [--trace] FILE.scn ...\n");
		return 2;
	}
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	for (int i = 1 + is_traced; i < argc; i++)
		is_good = replay_file(argv[i], is_traced) && is_good;
	return is_good ? 0 : 1;
}
