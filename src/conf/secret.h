/*
 * secret.h - what only its owner may know, fetched from where it may lie.
 */
#ifndef CONF_SECRET_H
#define CONF_SECRET_H

struct loader;
struct setting;

/*
 * The secret that `at`, a text of the option `name`, points to: "file:PATH",
 * "credential:NAME" or "env:NAME". NULL: a fault was told, which never shows
 * what stood there.
 */
const char *secret_read(struct loader *l, const char *name, const struct setting *at);

#endif
