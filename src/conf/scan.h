/*
 * scan.h - a look at a file's text before libconfig gets it.
 *
 * Finds what libconfig tells badly or not at all, and puts in the place of
 * every @include what it names, so that libconfig itself opens no file.
 */
#ifndef CONF_SCAN_H
#define CONF_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/scanned.h"

struct loader;

/* False: a fault was told, and the text must not be given to libconfig. End it in any case. */
bool scan_text(struct loader *l, const char *file, const char *text, size_t n, struct scanned *ret);

#endif
