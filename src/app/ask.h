/*
 * ask.h - a command asks the daemon of its configuration, if one runs.
 */
#ifndef APP_ASK_H
#define APP_ASK_H

#include <stdbool.h>

#include "base/buf.h"
#include "shorewatch/plan.h"

struct answer {
	int status;	     /* the command's exit status */
	struct buf out, err; /* for standard output and standard error */
};

enum asked {
	ASKED_ANSWERED, /* answer_done() it */
	ASKED_NOBODY,	/* no daemon runs with this state directory; nothing was said */
	ASKED_FAILED,	/* said on standard error: not for this user, no answer in time */
};

/* `request`: the verb and its words, without the greeting. */
enum asked ask_daemon(const char *command, const struct plan *plan, const char *request,
		      struct answer *ret);
/* Prints both parts; gives the exit status back. */
int answer_print(const char *command, const struct answer *answer);
void answer_done(struct answer *answer);

/* For verbs that only a running daemon can do: asks, prints, says so when nobody runs. The exit
 * status. */
int ask_and_print(const char *command, const struct plan *plan, const char *request);

/*
 * Root reads a dead daemon's files as their owner, so that nothing of root's
 * is left among them. False: said on standard error.
 */
bool ask_become_owner(const char *command, const struct plan *plan);
/* And back, for files that the user named. */
void ask_become_self(void);
/* One line: why the state cannot be read (-errno), and what to do. */
void ask_tell(const char *command, const struct plan *plan, const char *what, int r);

#endif
