/*
 * cmd_tombstone.c - `tombstone`: the page of a watcher that was stopped, as the
 * service's last act (ExecStopPost=). A page that goes on saying "up" would be
 * believed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/ask.h"
#include "app/cli.h"
#include "app/recall.h"
#include "app/sheaf.h"
#include "app/tombstone.h"
#include "base/buf.h"
#include "io/publish.h"

static int write_pages(const struct model *last, struct store *store, struct now stopped,
		       const char *dir)
{
	struct model *model = tombstone_model(last, stopped);
	int r = -ENOMEM;

	if (model) {
		model->report = publish_last_report(dir);
		r = sheaf_publish(&(struct sources){ .model = model, .store = store }, dir);
	}
	free(model);
	return r;
}

static int write_tombstone(const struct generation *generation, const char *dir)
{
	struct recall recall;
	struct model model;
	int r;

	if (!ask_become_owner("tombstone", &generation->plan))
		return EXIT_BAD_NEWS;
	r = recall_open(generation, &recall);
	if (r < 0) {
		ask_tell("tombstone", &generation->plan, "history.db", r);
		return EXIT_BAD_NEWS;
	}
	recall_model(&recall, &model);
	r = write_pages(&model, recall.store, recall.at, dir);
	recall_close(&recall);
	if (r < 0) {
		(void)fprintf(stderr, "shorewatch tombstone: %s: %s\n", dir, strerror(-r));
		return EXIT_BAD_NEWS;
	}
	(void)printf("the page in %s says that nobody watches\n", dir);
	return EXIT_GOOD;
}

int command_tombstone(const struct arguments *a)
{
	struct generation *generation = cli_load_plain(a);
	struct buf dir = BUF_INIT(8192);
	struct answer answer;
	int status = EXIT_BAD_NEWS;

	if (!generation)
		return EXIT_BAD_NEWS;
	cli_set_zone(&generation->plan);
	sheaf_dir(&generation->plan, &dir);
	switch (ask_daemon("tombstone", &generation->plan, "status", &answer)) {
	case ASKED_ANSWERED:
		(void)fprintf(stderr, "shorewatch tombstone: the daemon runs and renews its page; "
				      "stop it first\n");
		answer_done(&answer);
		break;
	case ASKED_NOBODY:
		status = write_tombstone(generation, buf_text(&dir));
		break;
	case ASKED_FAILED:
		break;
	}
	buf_done(&dir);
	generation_drop(generation);
	return status;
}
