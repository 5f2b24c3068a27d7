/*
 * remedy.c - see remedy.h. One `sudo shorewatch run` leaves root's files in a
 * folder that belongs to the service: the most frequent reason for EACCES.
 */
#include "app/remedy.h"

#include <errno.h>
#include <pwd.h>
#include <stddef.h>
#include <unistd.h>

#include "base/log.h"

static const char *our_name(void)
{
	const struct passwd *us = getpwuid(geteuid());

	return us ? us->pw_name : "shorewatch";
}

void remedy_log(int r, const char *event, const char *path, const char *dir)
{
	if (r != -EACCES && r != -EPERM) {
		log_fail(r, "%s path=%s", event, path);
		return;
	}
	log_fail(r,
		 "%s path=%s what=\"something there belongs to another user, as after one sudo "
		 "shorewatch run\""
		 " do=\"chown -R %s: %s\"",
		 event, path, our_name(), dir);
}
