/*
 * cmd_status.c - `status`: what is true now, from the daemon; and when none
 * runs, what the last one wrote.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/ask.h"
#include "app/cli.h"
#include "app/table.h"
#include "base/buf.h"
#include "base/file.h"

#define TEXT_MAX (64u << 20)

static void path_of(const struct plan *plan, bool is_json, struct buf *to)
{
	if (!is_json)
		buf_printf(to, "%s/status.txt", plan->state_dir);
	else if (plan->page.dir)
		buf_printf(to, "%s/status.json", plan->page.dir);
	else
		buf_printf(to, "%s/public/status.json", plan->state_dir);
}

/* Nobody watches: that is bad news, whatever the last report says. */
static void tell_age(const char *path)
{
	struct buf when = BUF_INIT(64);
	struct stat is;

	if (stat(path, &is) == 0)
		table_time(&when, (wall_t){ (int64_t)is.st_mtime * USEC_PER_SEC });
	(void)fprintf(stderr,
		      "shorewatch status: shorewatch is not running, nobody watches; above is its "
		      "last report, of %s\n",
		      buf_text(&when));
	buf_done(&when);
}

static void print_last_report(const struct plan *plan, bool is_json)
{
	struct buf path = BUF_INIT(8192), text = BUF_INIT(TEXT_MAX);
	int r;

	path_of(plan, is_json, &path);
	r = file_read(buf_text(&path), &text);
	if (r == 0) {
		(void)fputs(buf_text(&text), stdout);
		(void)fflush(stdout);
		tell_age(buf_text(&path));
	} else if (r == -EACCES) {
		ask_tell("status", plan, "status.txt", r);
	} else {
		(void)fprintf(stderr,
			      "shorewatch status: shorewatch is not running, and there is no "
			      "report at %s (%s); start it\n",
			      buf_text(&path), strerror(-r));
	}
	buf_done(&path);
	buf_done(&text);
}

int command_status(const struct arguments *a)
{
	struct generation *generation = cli_load_plain(a);
	struct answer answer;
	int status = EXIT_BAD_NEWS;

	if (!generation)
		return EXIT_BAD_NEWS;
	cli_set_zone(&generation->plan);
	switch (ask_daemon("status", &generation->plan, a->is_json ? "status json" : "status",
			   &answer)) {
	case ASKED_ANSWERED:
		status = answer_print("status", &answer);
		answer_done(&answer);
		break;
	case ASKED_NOBODY:
		print_last_report(&generation->plan, a->is_json);
		break;
	case ASKED_FAILED:
		break;
	}
	generation_drop(generation);
	return status;
}
