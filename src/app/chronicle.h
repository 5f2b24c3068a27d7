/*
 * chronicle.h - incidents told to a person or a program: all of them in a
 * table, one with its log, members and evidence.
 *
 * The model knows the open ones and the last past ones; the history knows more
 * of them for longer. Reading it blocks: on the worker, or in a command.
 */
#ifndef APP_CHRONICLE_H
#define APP_CHRONICLE_H

#include <stdbool.h>

#include "core/model.h"

struct buf;
struct store;

/* `store` may be NULL: no history. `is_json`: shorewatch.incidents/1. */
void chronicle_list(const struct model *model, struct store *store, bool is_json, struct buf *to);
/* By its number; `is_json`: shorewatch.incident/1. False: there is no such incident, nothing is
 * written. */
bool chronicle_one(const struct model *model, struct store *store, const char *number, bool is_json,
		   struct buf *to);

#endif
