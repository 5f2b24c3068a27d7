/*
 * ask.c - see ask.h.
 *
 * Whether a daemon runs is not guessed from the age of files: either its socket
 * answers, or it holds the outbox's lock.
 */
#include "app/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/cli.h"
#include "app/control.h"
#include "base/words.h"
#include "io/control.h"

#define ANSWER_MAX (128u << 20)

/* ---- what to say when it does not work ---- */

static const char *owner_of(const char *path)
{
	const struct passwd *owner;
	struct stat is;

	if (stat(path, &is) < 0)
		return NULL;
	owner = getpwuid(is.st_uid);
	return owner ? owner->pw_name : "another user";
}

void ask_tell(const char *command, const struct plan *plan, const char *what, int r)
{
	const char *owner = owner_of(plan->state_dir);

	if (r == -EACCES || r == -EPERM)
		(void)fprintf(
			stderr,
			"shorewatch %s: %s/%s is only for root and %s; try: sudo shorewatch %s\n",
			command, plan->state_dir, what, owner ? owner : "its owner", command);
	else
		(void)fprintf(stderr, "shorewatch %s: %s/%s: %s\n", command, plan->state_dir, what,
			      strerror(-r));
}

/* ---- does one run? ---- */

/* 1: the lock is held, 0: it is free or there is none, else -errno. */
static int lock_look(const struct plan *plan)
{
	struct buf path = BUF_INIT(8192);
	int fd, r = 0;

	buf_printf(&path, "%s/outbox/lock", plan->state_dir);
	fd = open(buf_text(&path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	buf_done(&path);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (flock(fd, LOCK_SH | LOCK_NB) < 0)
		r = errno == EWOULDBLOCK ? 1 : -errno;
	(void)close(fd); /* which also gives the lock back */
	return r;
}

static enum asked nobody_answers(const char *command, const struct plan *plan)
{
	int r = lock_look(plan);

	if (r == 0)
		return ASKED_NOBODY;
	if (r == 1)
		(void)fprintf(stderr,
			      "shorewatch %s: shorewatch runs, but its socket %s/control is gone; "
			      "restart it\n",
			      command, plan->state_dir);
	else
		ask_tell(command, plan, "outbox", r);
	return ASKED_FAILED;
}

/* ---- asking ---- */

static int control_ask(const struct plan *plan, const char *request, struct buf *ret)
{
	struct buf path = BUF_INIT(8192), line = BUF_INIT(CONTROL_REQUEST_MAX + 1);
	int r;

	buf_printf(&path, "%s/control", plan->state_dir);
	buf_printf(&line, CONTROL_GREETING "%s", request);
	r = buf_failed(&line) ? -E2BIG : io_control_ask(buf_text(&path), buf_text(&line), ret);
	buf_done(&path);
	buf_done(&line);
	return r;
}

/* "shorewatch/1 STATUS OUT ERR": false unless the bytes are as many as it says. */
static bool answer_read(const struct buf *bytes, struct answer *ret)
{
	const char *text = buf_text(bytes), *newline = memchr(text, '\n', bytes->n);
	size_t greeting = strlen(CONTROL_GREETING), body;
	char head[64];
	int64_t field[3];
	char *at = head;

	if (!newline || bytes->n < greeting || memcmp(text, CONTROL_GREETING, greeting) != 0 ||
	    (size_t)(newline - text) - greeting >= sizeof head)
		return false;
	(void)snprintf(head, sizeof head, "%.*s", (int)(newline - text - (ptrdiff_t)greeting),
		       text + greeting);
	for (int i = 0; i < 3; i++) {
		const char *word = strsep(&at, " ");

		if (!word || !words_int(word, 0, INT32_MAX, &field[i]))
			return false;
	}
	body = bytes->n - (size_t)(newline + 1 - text);
	if (at || field[0] > EXIT_USAGE || body != (size_t)(field[1] + field[2]))
		return false;
	*ret = (struct answer){ .status = (int)field[0],
				.out = BUF_INIT(ANSWER_MAX),
				.err = BUF_INIT(ANSWER_MAX) };
	buf_add(&ret->out, newline + 1, (size_t)field[1]);
	buf_add(&ret->err, newline + 1 + field[1], (size_t)field[2]);
	return true;
}

enum asked ask_daemon(const char *command, const struct plan *plan, const char *request,
		      struct answer *ret)
{
	struct buf bytes = BUF_INIT(ANSWER_MAX);
	enum asked asked = ASKED_FAILED;
	int r = control_ask(plan, request, &bytes);

	if (r == -ENOENT || r == -ECONNREFUSED || r == -ENOTSOCK)
		asked = nobody_answers(command, plan);
	else if (r == -E2BIG)
		(void)fprintf(stderr, "shorewatch %s: that is too long; say it in fewer words\n",
			      command);
	else if (r == -ETIMEDOUT)
		(void)fprintf(stderr,
			      "shorewatch %s: the daemon did not answer in time; its log says "
			      "whether the disk is slow\n",
			      command);
	else if (r < 0)
		ask_tell(command, plan, "control", r);
	else if (answer_read(&bytes, ret))
		asked = ASKED_ANSWERED;
	else
		(void)fprintf(stderr,
			      "shorewatch %s: the daemon's answer was cut off, or is of another "
			      "version; try again, or restart it\n",
			      command);
	buf_done(&bytes);
	return asked;
}

/* Every line of an error begins like those of other errors. */
static void print_errors(const char *command, const struct buf *err)
{
	const char *line = buf_text(err), *end;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1)
		(void)fprintf(stderr, "shorewatch %s: %.*s\n", command, (int)(end - line), line);
}

int answer_print(const char *command, const struct answer *answer)
{
	(void)fwrite(buf_text(&answer->out), 1, answer->out.n, stdout);
	print_errors(command, &answer->err);
	return answer->status;
}

void answer_done(struct answer *answer)
{
	buf_done(&answer->out);
	buf_done(&answer->err);
}

int ask_and_print(const char *command, const struct plan *plan, const char *request)
{
	struct answer answer;
	int status = EXIT_BAD_NEWS;

	switch (ask_daemon(command, plan, request, &answer)) {
	case ASKED_ANSWERED:
		status = answer_print(command, &answer);
		answer_done(&answer);
		break;
	case ASKED_NOBODY:
		(void)fprintf(stderr,
			      "shorewatch %s: shorewatch is not running with %s; start it first\n",
			      command, plan->state_dir);
		break;
	case ASKED_FAILED:
		break;
	}
	return status;
}

/* ---- whose files ---- */

bool ask_become_owner(const char *command, const struct plan *plan)
{
	struct stat is;

	if (geteuid() != 0 || stat(plan->state_dir, &is) < 0 || is.st_uid == 0)
		return true;
	if (setegid(is.st_gid) == 0 && seteuid(is.st_uid) == 0)
		return true;
	(void)fprintf(stderr, "shorewatch %s: cannot act for the owner of %s: %s\n", command,
		      plan->state_dir, strerror(errno));
	return false;
}

void ask_become_self(void)
{
	/* Only ever back to whom the command was started as: neither can be refused. */
	if (seteuid(getuid()) < 0 || setegid(getgid()) < 0)
		_exit(EXIT_BAD_NEWS);
}
