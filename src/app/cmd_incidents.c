/*
 * cmd_incidents.c - `incidents`: the past and what is open; one of them with
 * its log, members and evidence.
 */
#include <errno.h>
#include <stdio.h>

#include "app/ask.h"
#include "app/chronicle.h"
#include "app/cli.h"
#include "app/recall.h"
#include "app/remark.h"
#include "base/buf.h"
#include "base/text.h"

#define TEXT_MAX (64u << 20)

static int refuse_number(const char *number)
{
	struct buf shown = BUF_INIT(1024);

	text_line(&shown, number);
	(void)fprintf(
		stderr,
		"shorewatch incidents: there is no incident \"%s\"; shorewatch incidents lists "
		"them\n",
		buf_text(&shown));
	buf_done(&shown);
	return EXIT_BAD_NEWS;
}

static int print_recalled(const struct arguments *a, struct recall *recall)
{
	const char *number = a->words_n > 0 ? a->words[0] : NULL;
	struct buf text = BUF_INIT(TEXT_MAX);
	struct model model;
	int status = EXIT_GOOD;

	recall_model(recall, &model);
	if (!number) {
		chronicle_list(&model, recall->store, a->is_json, &text);
	} else if (!chronicle_one(&model, recall->store, number, a->is_json, &text)) {
		status = refuse_number(number);
	}
	(void)fputs(buf_text(&text), stdout);
	buf_done(&text);
	return status;
}

static int recall_incidents(const struct arguments *a, const struct generation *generation)
{
	struct recall recall;
	int status = EXIT_BAD_NEWS, r;

	if (!ask_become_owner("incidents", &generation->plan))
		return EXIT_BAD_NEWS;
	r = recall_open(generation, &recall);
	if (r == -ENOENT) {
		(void)fprintf(stderr,
			      "shorewatch incidents: there is no history in %s; has shorewatch run "
			      "with this configuration?\n",
			      generation->plan.state_dir);
	} else if (r < 0) {
		ask_tell("incidents", &generation->plan, "history.db", r);
	} else {
		status = print_recalled(a, &recall);
		recall_close(&recall);
	}
	return status;
}

static void request_of(const struct arguments *a, struct buf *to)
{
	buf_puts(to, a->is_json ? "incidents json" : "incidents");
	if (a->words_n > 0)
		buf_printf(to, " %s", a->words[0]);
}

int command_incidents(const struct arguments *a)
{
	struct generation *generation;
	struct buf request = BUF_INIT(4096);
	struct answer answer;
	int status = EXIT_BAD_NEWS;

	if (a->words_n > 0 && !remark_is_number(a->words[0]))
		return refuse_number(a->words[0]); /* the daemon would take "json" for a wish */
	generation = cli_load_plain(a);
	if (!generation)
		return EXIT_BAD_NEWS;
	cli_set_zone(&generation->plan);
	request_of(a, &request);
	switch (ask_daemon("incidents", &generation->plan, buf_text(&request), &answer)) {
	case ASKED_ANSWERED:
		status = answer_print("incidents", &answer);
		answer_done(&answer);
		break;
	case ASKED_NOBODY:
		status = recall_incidents(a, generation);
		break;
	case ASKED_FAILED:
		break;
	}
	buf_done(&request);
	generation_drop(generation);
	return status;
}
