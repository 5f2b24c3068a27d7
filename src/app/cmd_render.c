/*
 * cmd_render.c - `render`: the page, once, as the daemon sees it; and when none
 * runs, from the state that the last one saved.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/ask.h"
#include "app/cli.h"
#include "app/recall.h"
#include "app/sheaf.h"
#include "base/buf.h"
#include "base/words.h"
#include "io/publish.h"

/* One "NAME BYTES" line and its bytes, onto the disk. -EBADMSG: the answer is not whole. */
static int file_take(const char **at, const char *end, const char *dir, unsigned ways)
{
	const char *newline = memchr(*at, '\n', (size_t)(end - *at)), *space;
	char size[24], name[256];
	int64_t n;

	if (!newline)
		return -EBADMSG;
	space = memchr(*at, ' ', (size_t)(newline - *at));
	if (!space || space - *at >= (ptrdiff_t)sizeof name ||
	    newline - space > (ptrdiff_t)sizeof size)
		return -EBADMSG;
	(void)snprintf(name, sizeof name, "%.*s", (int)(space - *at), *at);
	(void)snprintf(size, sizeof size, "%.*s", (int)(newline - space - 1), space + 1);
	if (!words_int(size, 0, end - newline - 1, &n))
		return -EBADMSG;
	*at = newline + 1 + n;
	return publish_files(dir, &(struct publish_file){ name, newline + 1, (size_t)n, ways }, 1,
			     0);
}

/* The first error; -EBADMSG ends it. */
static int files_take(const struct buf *bytes, const char *dir, unsigned ways)
{
	const char *at = buf_text(bytes), *end = at + bytes->n;
	int first = at < end ? 0 : -EBADMSG;

	while (at < end && first != -EBADMSG) {
		int r = file_take(&at, end, dir, ways);

		if (r < 0 && (first == 0 || r == -EBADMSG))
			first = r;
	}
	return first;
}

static int tell_written(int r, const char *dir)
{
	if (r < 0) {
		(void)fprintf(stderr, "shorewatch render: %s: %s\n", dir, strerror(-r));
		return EXIT_BAD_NEWS;
	}
	(void)printf("the page is in %s/index.html\n", dir);
	return EXIT_GOOD;
}

static int write_answer(const struct answer *answer, const struct plan *plan, const char *dir)
{
	int r;

	if (answer->status != EXIT_GOOD)
		return answer_print("render", answer);
	r = files_take(&answer->out, dir, plan->page.is_precompressed ? PUBLISH_COMPRESSED : 0);
	if (r == 0)
		r = publish_files(dir, NULL, 0, publish_last_report(dir) + 1);
	if (r != -EBADMSG)
		return tell_written(r, dir);
	(void)fprintf(stderr, "shorewatch render: the daemon is of another version; restart it\n");
	return EXIT_BAD_NEWS;
}

static int write_recalled(const struct generation *generation, const char *dir, bool is_own_dir)
{
	struct recall recall;
	struct model model;
	int status, r;

	if (!ask_become_owner("render", &generation->plan))
		return EXIT_BAD_NEWS;
	r = recall_open(generation, &recall);
	if (r < 0) {
		ask_tell("render", &generation->plan, "history.db", r);
		return EXIT_BAD_NEWS;
	}
	recall_model(&recall, &model);
	model.report = publish_last_report(dir) + 1;
	if (!is_own_dir)
		ask_become_self();
	status = tell_written(sheaf_publish(&(struct sources){ .model = &model, .store = recall.store }, dir), dir);
	recall_close(&recall);
	return status;
}

static void dir_of(const struct arguments *a, const struct plan *plan, struct buf *to)
{
	if (a->words_n > 0)
		buf_puts(to, a->words[0]);
	else
		sheaf_dir(plan, to);
}

int command_render(const struct arguments *a)
{
	struct generation *generation = cli_load_plain(a);
	bool is_own_dir = a->words_n == 0;
	struct buf dir = BUF_INIT(8192);
	struct answer answer;
	int status = EXIT_BAD_NEWS;

	if (!generation)
		return EXIT_BAD_NEWS;
	cli_set_zone(&generation->plan);
	dir_of(a, &generation->plan, &dir);
	/* Its own folder is the running daemon's alone: two writers would give a report the same
	 * number. */
	switch (ask_daemon("render", &generation->plan, is_own_dir ? "render" : "pages", &answer)) {
	case ASKED_ANSWERED:
		status = is_own_dir ? answer_print("render", &answer)
				    : write_answer(&answer, &generation->plan, buf_text(&dir));
		answer_done(&answer);
		break;
	case ASKED_NOBODY:
		status = write_recalled(generation, buf_text(&dir), is_own_dir);
		break;
	case ASKED_FAILED:
		break;
	}
	buf_done(&dir);
	generation_drop(generation);
	return status;
}
