/*
 * auth.h - who we are to a server, as an Authorization header. Pure.
 *
 * To whom it is sent is the business of whoever asks: the scheme, host and port
 * of the configured URL and no other (SR-04).
 */
#ifndef SHOREWATCH_AUTH_H
#define SHOREWATCH_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/option.h"

#define AUTH_HEADER_MAX 2048 /* the value of Authorization, with its terminator */

/* NULL: it can be sent; else what is wrong, static text without a secret. */
const char *auth_fault(const struct auth *auth);
/* "Basic …" (RFC 7617) or "Bearer …" (RFC 6750). Only what auth_fault() has found fine. */
void auth_print(const struct auth *auth, char value[AUTH_HEADER_MAX]);

#endif
