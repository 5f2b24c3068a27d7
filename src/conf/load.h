/*
 * load.h - where a generation's files come from, between load.c and keep.c.
 */
#ifndef CONF_LOAD_H
#define CONF_LOAD_H

#include "conf/conf.h"
#include "conf/files.h"

struct source {
	const char *path;	  /* of the main file, as it is called in messages */
	const char *text;	  /* that file itself; NULL: it is read */
	const struct files *kept; /* NULL: from the disk */
	struct conf_need need;
};

/* NULL: faulty, and `diag` says why. */
struct generation *generation_load(const struct source *source, struct diag *diag);

#endif
