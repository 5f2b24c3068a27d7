/*
 * remark.h - the operator's own words on a command line, for an incident or a
 * silence: cleaned, and short enough to be shown whole.
 */
#ifndef APP_REMARK_H
#define APP_REMARK_H

#include <stdbool.h>

#include "app/cli.h"
#include "base/buf.h"

/* "20261121-1": a day, a dash, a count. */
bool remark_is_number(const char *word);
/* The first word is meant as such a number, and is none. */
bool remark_is_mistyped(const struct arguments *arguments);
/* Says so on standard error. */
void remark_refuse_number(const struct arguments *arguments);
/*
 * The words from `first` on as one clean line behind what `to` holds; may be
 * none. False: they have more than 200 characters; what would be cut is
 * refused, since whoever wrote it can say best what matters.
 */
bool remark_read(const struct arguments *arguments, int first, struct buf *to);
/* The same refusal on standard error. */
void remark_refuse(const char *command);

#endif
