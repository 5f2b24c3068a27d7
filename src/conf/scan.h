/*
 * scan.h - a look at a file's text before libconfig gets it.
 *
 * Finds what libconfig tells badly or not at all, and follows @include, so
 * that nothing outside of the configuration's directory is ever opened.
 */
#ifndef CONF_SCAN_H
#define CONF_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct loader;

/* False: a fault was told; the text must not be given to libconfig. */
bool scan_text(struct loader *l, const char *file, const char *text, size_t n);

#endif
