/*
 * http_token.h - which characters may stand where in a header. Pure.
 */
#ifndef PROBES_HTTP_TOKEN_H
#define PROBES_HTTP_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

/* A header's name (RFC 9110 5.6.2): from 1 character on. */
bool token_is_fine(const char *text, size_t n);
/* Anything that must not stand in a header's value, such as a line break. A tab may. */
bool text_has_controls(const char *text);

#endif
