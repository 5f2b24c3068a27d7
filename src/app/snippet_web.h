/*
 * snippet_web.h - configurations of a web server before shorewatch: the page
 * straight from its folder, which outlives the daemon, and what only the daemon
 * can answer handed on to it.
 */
#ifndef APP_SNIPPET_WEB_H
#define APP_SNIPPET_WEB_H

#include "shorewatch/plan.h"

/* Printed; the exit status. */
int snippet_nginx(const struct plan *plan);
int snippet_caddy(const struct plan *plan);

#endif
