/*
 * ledger.h - with which stamp each file of the page was drawn last. For sheaf.c.
 */
#ifndef APP_LEDGER_H
#define APP_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/sheaf.h"

/* The place of one file's stamp; 0: not drawn yet. NULL: no memory, draw it. */
uint64_t *ledger_stamp(struct ledger *ledger, size_t row, size_t which, size_t count);
/* Files that no row names any more are to be looked for: once a configuration, once a day. */
bool ledger_is_to_prune(struct ledger *ledger, wall_t now);

#endif
