/*
 * cmd_note.c - `note` and `reload`: what only a running daemon can do.
 */
#include <stdio.h>

#include "app/ask.h"
#include "app/cli.h"
#include "app/remark.h"
#include "base/buf.h"
#include "base/text.h"

static bool note_request(const struct arguments *a, struct buf *to)
{
	int first = remark_is_number(a->words[0]) ? 1 : 0;
	size_t before;
	bool is_good;

	buf_printf(to, "note %s ", first ? a->words[0] : "-");
	before = to->n;
	is_good = remark_read(a, first, to);
	return is_good && to->n > before;
}

int command_note(const struct arguments *a)
{
	struct buf request = BUF_INIT(16384);
	struct generation *generation;
	int status = EXIT_USAGE;

	if (remark_is_mistyped(a)) {
		remark_refuse_number(a);
		goto out;
	}
	if (!note_request(a, &request)) {
		(void)fprintf(
			stderr,
			"shorewatch note: a note has from 1 to %d characters; say it shorter\n",
			TEXT_SHOWN_MAX);
		goto out;
	}
	status = EXIT_BAD_NEWS;
	generation = cli_load_plain(a);
	if (generation)
		status = ask_and_print("note", &generation->plan, buf_text(&request));
	generation_drop(generation);
out:
	buf_done(&request);
	return status;
}

/* The daemon tells the faults; only where it cannot be found by a faulty file they are told from
 * here. */
int command_reload(const struct arguments *a)
{
	struct generation *generation = cli_load_quietly(a);
	int status;

	if (!generation) {
		(void)fprintf(stderr, "shorewatch reload: nothing was changed\n");
		return EXIT_BAD_NEWS;
	}
	status = ask_and_print("reload", &generation->plan, "reload");
	generation_drop(generation);
	return status;
}
