/*
 * cmd_drill.c - `drill`: asks the running daemon for a pretended outage, and
 * follows it to the relay's last word.
 *
 * Only the daemon plays; this end looks on. Ctrl-C ends the drill, which still
 * brings the UP that follows a DOWN; a second one ends the looking on.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/ask.h"
#include "app/cli.h"
#include "base/buf.h"
#include "base/words.h"
#include "io/loop.h"

#define LOOK_MS	     250
#define PATIENCE     (2 * USEC_PER_MIN) /* without --timeout */
#define REQUEST_MAX  128
#define DRILL_ID_MAX 20

struct following {
	const struct plan *plan;
	bool is_json;
	char id[DRILL_ID_MAX];
	size_t from; /* the first step not seen yet */
	bool is_over, is_ended;
	bool is_lost; /* nobody answers any more, and that has been said */
	int status;
	int signals; /* INT and TERM, as a descriptor */
	mono_t give_up;
};

/* ---- asking ---- */

static void tell_nobody(const struct following *f)
{
	if (f->id[0])
		(void)fprintf(stderr, "shorewatch drill: the daemon ended in the middle of the "
				      "drill; a mail of it that waits is sent, marked as a drill, "
				      "when it runs again\n");
	else
		(void)fprintf(stderr,
			      "shorewatch drill: shorewatch is not running with %s; start "
			      "it first\n",
			      f->plan->state_dir);
}

/* False: it is over for us, and `status` is set; why has been said. */
static bool ask(struct following *f, const char *request, struct answer *ret)
{
	switch (ask_daemon("drill", f->plan, request, ret)) {
	case ASKED_ANSWERED:
		return true;
	case ASKED_NOBODY:
		tell_nobody(f);
		break;
	case ASKED_FAILED:
		break;
	}
	f->status = EXIT_BAD_NEWS;
	f->is_lost = true;
	return false;
}

/* The first word of the answer is the drill's id. */
static bool begin(struct following *f)
{
	struct answer answer;
	bool is_begun;

	if (!ask(f, "drill begin", &answer))
		return false;
	is_begun =
		answer.status == EXIT_GOOD && answer.out.n > 1 && answer.out.n < sizeof f->id + 1;
	if (is_begun)
		memcpy(f->id, buf_text(&answer.out), answer.out.n - 1);
	else
		f->status = answer_print("drill", &answer);
	answer_done(&answer);
	return is_begun;
}

/* "running 12" or "over 12", then the steps before number 12; all of them are shown. */
static bool steps_show(struct following *f, const struct answer *answer)
{
	const char *text = buf_text(&answer->out), *newline = strchr(text, '\n');
	const char *space = strchr(text, ' ');
	char number[16] = "";
	int64_t steps;

	if (!newline || !space || space > newline || newline - space > (long)sizeof number)
		return false;
	memcpy(number, space + 1, (size_t)(newline - space - 1));
	if (!words_int(number, 0, INT32_MAX, &steps))
		return false;
	f->is_over = strncmp(text, "over ", 5) == 0;
	f->from = (size_t)steps;
	if (!f->is_json)
		(void)fputs(newline + 1, stdout);
	(void)fflush(stdout);
	return true;
}

static bool look(struct following *f)
{
	struct answer answer;
	struct buf request = BUF_INIT(REQUEST_MAX);
	bool is_good;

	buf_printf(&request, "drill look %s %zu", f->id, f->from);
	is_good = ask(f, buf_text(&request), &answer);
	buf_done(&request);
	if (!is_good)
		return false;
	f->status = answer.status;
	is_good = steps_show(f, &answer);
	buf_clear(&answer.out); /* shown */
	if (!is_good || f->is_over)
		f->status = answer_print("drill", &answer);
	answer_done(&answer);
	return is_good;
}

static void end(struct following *f)
{
	struct buf request = BUF_INIT(REQUEST_MAX);
	struct answer answer;

	buf_printf(&request, "drill end %s", f->id);
	if (ask(f, buf_text(&request), &answer))
		answer_done(&answer);
	buf_done(&request);
	f->is_ended = true;
}

static void json_show(struct following *f)
{
	struct buf request = BUF_INIT(REQUEST_MAX);
	struct answer answer;

	buf_printf(&request, "drill json look %s 0", f->id);
	if (ask(f, buf_text(&request), &answer)) {
		(void)fwrite(buf_text(&answer.out), 1, answer.out.n, stdout);
		answer_done(&answer);
	}
	buf_done(&request);
}

/* ---- following ---- */

/* A moment; true: somebody wants us to end. */
static bool is_interrupted(struct following *f)
{
	struct pollfd p = { .fd = f->signals, .events = POLLIN };
	struct signalfd_siginfo info;

	if (poll(&p, 1, LOOK_MS) != 1)
		return false;
	return read(f->signals, &info, sizeof info) == sizeof info;
}

/* False: looking on has an end. */
static bool interrupt(struct following *f)
{
	if (f->is_ended)
		return false;
	end(f);
	(void)fprintf(stderr, "shorewatch drill: ending it; if its DOWN was mailed its UP follows "
			      "(once more: do not wait for that)\n");
	return true;
}

static void run_late(struct following *f)
{
	end(f);
	f->status = EXIT_BAD_NEWS;
	(void)fprintf(stderr, "shorewatch drill: not over in time, and so ended; a mail of it that "
			      "waits is tried again, shorewatch mails tells when\n");
}

static void follow(struct following *f)
{
	while (look(f) && !f->is_over) {
		if (mono_reached(f->give_up, io_clock().mono)) {
			run_late(f);
			break;
		}
		if (is_interrupted(f) && !interrupt(f)) {
			f->status = EXIT_BAD_NEWS;
			break;
		}
	}
	if (f->is_json && !f->is_lost)
		json_show(f);
	else if (!f->is_json && f->is_over && f->status == EXIT_GOOD)
		(void)puts("every mail of the drill was taken; nothing of it stays behind");
}

/* From here on they are read, and end nobody. -errno: no descriptor for them. */
static int signals_catch(void)
{
	sigset_t set;
	int fd;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	return fd;
}

static int drill(const struct arguments *a, const struct plan *plan)
{
	struct following f = { .plan = plan, .is_json = a->is_json, .signals = signals_catch() };

	if (f.signals < 0) {
		(void)fprintf(stderr, "shorewatch drill: %s\n", strerror(-f.signals));
		return EXIT_BAD_NEWS;
	}
	f.give_up = mono_add(io_clock().mono, a->timeout > 0 ? a->timeout : PATIENCE);
	if (begin(&f))
		follow(&f);
	(void)close(f.signals);
	return f.status;
}

int command_drill(const struct arguments *a)
{
	struct generation *generation = cli_load_plain(a);
	int status = EXIT_BAD_NEWS;

	if (generation)
		status = drill(a, &generation->plan);
	generation_drop(generation);
	return status;
}
