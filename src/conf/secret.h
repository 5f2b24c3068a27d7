/*
 * secret.h - what only its owner may know, fetched from where it may lie.
 */
#ifndef CONF_SECRET_H
#define CONF_SECRET_H

#include <stdbool.h>

struct loader;
struct setting;

/*
 * The secret that `at`, a text of the option `name`, points to: "file:PATH",
 * "credential:NAME" or "env:NAME". NULL: a fault was told, which never shows
 * what stood there. Where this load needs no secrets just now, it is not
 * fetched, and secret_unread is returned.
 */
const char *secret_read(struct loader *l, const char *name, const struct setting *at);

extern const char secret_unread[];
/* Not NULL, and not secret_unread. */
bool secret_is_read(const char *secret);

#endif
