/*
 * later.h - keys that people may know from our documents and that no part of
 * this version acts on.
 *
 * Accepted, they would be a promise that nobody keeps; so they are refused,
 * with what to do instead.
 */
#ifndef CONF_LATER_H
#define CONF_LATER_H

/* What to do without `key` in this section. NULL: not one of them. */
const char *later_advice(const char *section, const char *key);

#endif
