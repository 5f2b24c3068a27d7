/*
 * log.h - one line an event to standard error: event, then key=value.
 *
 * The sink is the program's one mutable global. base, core and render do not
 * log; whoever stops a fault logs it once. Repeats of the same line are
 * counted, not written; of info and debug more than 20 lines a second are
 * counted, not written: what somebody must see is never held back.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

#include "shorewatch/time.h"

enum log_level {
	LOG_LEVEL_ERR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

/* journald takes the level from "<N>" when it is our standard error; elsewhere none is written. */
void log_setup(enum log_level most, bool has_prefix);
/* Whether such a line would be written: asked before words are gathered that cost something. */
bool log_is_wanted(enum log_level level);
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As log_line at LOG_LEVEL_ERR with the errno's name; gives `r` back. */
int log_fail(int r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes the line whatever the limits say, then aborts: memory is gone, or the like. */
_Noreturn void log_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define log_err(...) log_line(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
