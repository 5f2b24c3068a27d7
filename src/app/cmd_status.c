/*
 * cmd_status.c - `status`: the last report, wherever the daemon is.
 *
 * The daemon writes STATE_DIR/status.txt (0600) beside every report; the JSON
 * is the page's own status.json.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/cli.h"
#include "base/buf.h"
#include "base/file.h"
#include "io/loop.h"

#define TEXT_MAX (64u << 20)
#define STALE_AFTER (5 * USEC_PER_MIN)

static void path_of(const struct plan *plan, bool is_json, struct buf *to)
{
	if (!is_json)
		buf_printf(to, "%s/status.txt", plan->state_dir);
	else if (plan->page.dir)
		buf_printf(to, "%s/status.json", plan->page.dir);
	else
		buf_printf(to, "%s/public/status.json", plan->state_dir);
}

static bool is_stale(const char *path)
{
	struct stat st;
	wall_t now = io_clock().wall;

	return stat(path, &st) == 0 && now.us - (int64_t)st.st_mtime * USEC_PER_SEC > STALE_AFTER;
}

/* The words of a state are translated; incidents are not: a line of its own for each that is open. */
static bool has_incident(const char *text)
{
	return strstr(text, "\nincident ") != NULL || strstr(text, "\"state\":\"open\"") != NULL ||
	       strstr(text, "\"state\": \"open\"") != NULL;
}

int command_status(const struct arguments *a)
{
	struct generation *generation = cli_load(a->config, false);
	struct buf path = BUF_INIT(4096), text = BUF_INIT(TEXT_MAX);
	int status = EXIT_BAD_NEWS, r;

	if (!generation)
		return EXIT_BAD_NEWS;
	path_of(&generation->plan, a->is_json, &path);
	r = file_read(buf_text(&path), &text);
	if (r < 0) {
		(void)fprintf(stderr, "shorewatch status: no report at %s (%s); has shorewatch run with this configuration?\n",
			      buf_text(&path), strerror(-r));
		goto out;
	}
	(void)fputs(buf_text(&text), stdout);
	status = has_incident(buf_text(&text)) ? EXIT_BAD_NEWS : EXIT_GOOD;
	if (is_stale(buf_text(&path))) {
		(void)fprintf(stderr, "shorewatch status: this report is more than 5 minutes old; is shorewatch running?\n");
		status = EXIT_BAD_NEWS;
	}
out:
	buf_done(&path);
	buf_done(&text);
	generation_drop(generation);
	return status;
}
