/*
 * log.c - the sink: lines to standard error, one write each.
 *
 * Owns the program's one mutable global. Two things are counted instead of
 * written, and told before the next line that is: a line equal to the last one
 * ("log.repeated repeated=3") and lines of daily life beyond 20 in one second
 * ("log.suppressed lines=41").
 *
 * The clock: only io/loop.c may ask for the time, and this is the allowed
 * exception. The limit protects the journal from us, also from a loop that has
 * lost its mind and does not turn any more; nothing is decided by this reading.
 */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/words.h"

#define LINE_BYTES	 2048 /* journald would cut at 48 KiB; a line is for reading */
#define LINES_PER_SECOND 20

struct line {
	enum log_level level;
	char text[LINE_BYTES];
};

static struct {
	pthread_mutex_t lock; /* the worker thread may log as well */
	enum log_level most;
	bool has_prefix;
	struct line last;
	unsigned long repeated; /* times that `last` came again and was not written */
	time_t second;		/* the second that `lines` are counted in */
	unsigned lines;
	unsigned long suppressed; /* beyond the limit, not yet told */
} sink = {.lock = PTHREAD_MUTEX_INITIALIZER, .most = LOG_LEVEL_INFO};

/* A line must stay one line, and no terminal may be commanded by it. */
static void controls_blank(char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = ' ';
	}
}

static void line_format(struct line *line, const char *format, va_list args)
{
	char text[2 * LINE_BYTES]; /* longer than the line, so that the cut is seen and shown */

	(void)vsnprintf(text, sizeof text, format, args);
	(void)words_copy(line->text, sizeof line->text, text); /* the cut is visible */
	controls_blank(line->text);
}

static void sink_write(enum log_level level, const char *text)
{
	char out[LINE_BYTES + 8];
	int n;

	if (sink.has_prefix)
		n = snprintf(out, sizeof out, "<%d>%s\n", (int)level, text);
	else
		n = snprintf(out, sizeof out, "%s\n", text);
	/* A log that nobody takes is lost: there is no other place to say so. */
	while (n > 0 && write(STDERR_FILENO, out, (size_t)n) < 0 && errno == EINTR)
		;
}

static bool sink_is_repeat(const struct line *line)
{
	return line->level == sink.last.level && strcmp(line->text, sink.last.text) == 0;
}

/* False: this second's lines are used up. */
static bool sink_admit(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
	if (now.tv_sec != sink.second) {
		sink.second = now.tv_sec;
		sink.lines = 0;
	}
	return sink.lines++ < LINES_PER_SECOND;
}

static void sink_tell_counts(void)
{
	char text[64];

	if (sink.repeated > 0) {
		(void)snprintf(text, sizeof text, "log.repeated repeated=%lu", sink.repeated);
		sink_write(sink.last.level, text);
	}
	if (sink.suppressed > 0) {
		(void)snprintf(text, sizeof text, "log.suppressed lines=%lu", sink.suppressed);
		sink_write(LOG_LEVEL_WARNING, text);
	}
	sink.repeated = 0;
	sink.suppressed = 0;
}

static void sink_put(const struct line *line)
{
	if (sink_is_repeat(line)) {
		sink.repeated++;
		return;
	}
	if (line->level > LOG_LEVEL_NOTICE && !sink_admit()) {
		sink.suppressed++;
		return;
	}
	sink_tell_counts();
	sink_write(line->level, line->text);
	sink.last = *line;
}

static void line_put(const struct line *line)
{
	(void)pthread_mutex_lock(&sink.lock); /* a plain mutex cannot fail */
	if (line->level <= sink.most)
		sink_put(line);
	(void)pthread_mutex_unlock(&sink.lock);
}

void log_setup(enum log_level most, bool has_prefix)
{
	(void)pthread_mutex_lock(&sink.lock);
	sink.most = most;
	sink.has_prefix = has_prefix;
	(void)pthread_mutex_unlock(&sink.lock);
}

bool log_is_wanted(enum log_level level)
{
	return level <= sink.most;
}

void log_line(enum log_level level, const char *format, ...)
{
	struct line line = {.level = level};
	int saved = errno;
	va_list args;

	va_start(args, format);
	line_format(&line, format, args);
	va_end(args);
	line_put(&line);
	errno = saved;
}

int log_fail(int r, const char *format, ...)
{
	struct line line = {.level = LOG_LEVEL_ERR};
	const char *name = strerrorname_np(r < 0 ? -r : r);
	char text[LINE_BYTES - 32]; /* shorter than a line: the cause must not be cut off */
	int saved = errno;
	va_list args;

	va_start(args, format);
	line_format(&line, format, args);
	va_end(args);
	(void)words_copy(text, sizeof text, line.text); /* the cut is visible */
	if (name != NULL)
		(void)snprintf(line.text, sizeof line.text, "%s error=%s", text, name);
	else
		(void)snprintf(line.text, sizeof line.text, "%s error=%d", text, r);
	line_put(&line);
	errno = saved;
	return r;
}

void log_die(const char *format, ...)
{
	struct line line = {.level = LOG_LEVEL_ERR};
	va_list args;

	va_start(args, format);
	line_format(&line, format, args);
	va_end(args);
	sink_write(line.level, line.text); /* without the lock: whoever holds it may be us */
	abort();
}
