/*
 * places.h - where in its files a plan's parts were written.
 */
#ifndef CONF_PLACES_H
#define CONF_PLACES_H

#include "conf/conf.h"

struct arena;
struct setting;

/* Of a plan without faults, read from the main file's `root`. Everything lives in `arena`. */
struct conf_places places_of(const struct plan *plan, const struct setting *root,
			     struct arena *arena);

#endif
