/*
 * quick_conf.h - the text of a configuration for URLs given on the command line.
 */
#ifndef APP_QUICK_CONF_H
#define APP_QUICK_CONF_H

#include <stdbool.h>

struct buf;

/* False: `what` (at least 200 bytes) says which URL cannot be, and why. */
bool quick_conf(const char *const *urls, int n, const char *state_dir, const char *listen, struct buf *to, char *what);
/* One URL as a target's group: "http = { url = ...; };". False: neither http(s) nor tcp://host:port. */
bool quick_conf_probe(const char *url, struct buf *to);

#endif
