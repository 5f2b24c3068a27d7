/*
 * cmd_mails.c - `mails`: what was sent, to whom, the relay's last word, and
 * what waits.
 */
#include <errno.h>
#include <stdio.h>

#include "app/ask.h"
#include "app/cli.h"
#include "app/post.h"
#include "base/buf.h"

#define TEXT_MAX (64u << 20)

static int print_folder(const struct arguments *a, const struct plan *plan)
{
	struct buf dir = BUF_INIT(8192), text = BUF_INIT(TEXT_MAX);
	struct post post;
	int r, status = EXIT_BAD_NEWS;

	post_init(&post);
	buf_printf(&dir, "%s/outbox", plan->state_dir);
	r = post_add_folder(&post, buf_text(&dir));
	if (r == 0 || r == -ENOENT) {
		post_write(&post, a->is_json, &text);
		(void)fputs(buf_text(&text), stdout);
		/* Nobody sends them. */
		status = post_has_older(&post, (wall_t){ INT64_MAX }) ? EXIT_BAD_NEWS : EXIT_GOOD;
		if (status == EXIT_BAD_NEWS)
			(void)fprintf(stderr, "shorewatch mails: shorewatch is not running; what "
					      "waits is sent when it starts\n");
	} else {
		ask_tell("mails", plan, "outbox", r);
	}
	post_done(&post);
	buf_done(&dir);
	buf_done(&text);
	return status;
}

int command_mails(const struct arguments *a)
{
	struct generation *generation = cli_load_plain(a);
	struct answer answer;
	int status = EXIT_BAD_NEWS;

	if (!generation)
		return EXIT_BAD_NEWS;
	cli_set_zone(&generation->plan);
	switch (ask_daemon("mails", &generation->plan, a->is_json ? "mails json" : "mails",
			   &answer)) {
	case ASKED_ANSWERED:
		status = answer_print("mails", &answer);
		answer_done(&answer);
		break;
	case ASKED_NOBODY:
		if (ask_become_owner("mails", &generation->plan))
			status = print_folder(a, &generation->plan);
		break;
	case ASKED_FAILED:
		break;
	}
	generation_drop(generation);
	return status;
}
