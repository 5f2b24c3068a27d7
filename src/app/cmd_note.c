/*
 * cmd_note.c - `note` and `reload`: what only a running daemon can do.
 */
#include <stdio.h>
#include <string.h>

#include "app/ask.h"
#include "app/cli.h"
#include "base/buf.h"
#include "base/text.h"
#include "io/control.h"

/* "20261121-1": a day, a dash, a count. */
static bool is_number(const char *word)
{
	size_t digits = strspn(word, "0123456789");

	return digits == 8 && word[8] == '-' && word[9] &&
	       strspn(word + 9, "0123456789") == strlen(word + 9);
}

static size_t characters(const char *utf8)
{
	size_t n = 0;

	for (; *utf8; utf8++)
		n += ((unsigned char)*utf8 & 0xc0) != 0x80;
	return n;
}

/* What would be cut is refused: whoever wrote it can say best what matters. */
static bool note_request(const struct arguments *a, struct buf *to)
{
	int first = is_number(a->words[0]) ? 1 : 0;
	struct buf text = BUF_INIT(CONTROL_REQUEST_MAX), clean = BUF_INIT(8 * CONTROL_REQUEST_MAX);
	bool is_good;

	for (int i = first; i < a->words_n; i++)
		buf_printf(&text, "%s%s", i > first ? " " : "", a->words[i]);
	text_line(&clean, buf_text(&text));
	is_good =
		!buf_failed(&text) && clean.n > 0 && characters(buf_text(&text)) <= TEXT_SHOWN_MAX;
	buf_printf(to, "note %s %s", first ? a->words[0] : "-", buf_text(&clean));
	buf_done(&text);
	buf_done(&clean);
	return is_good;
}

int command_note(const struct arguments *a)
{
	struct buf request = BUF_INIT(16384);
	struct generation *generation;
	int status = EXIT_USAGE;

	if (!note_request(a, &request)) {
		(void)fprintf(
			stderr,
			"shorewatch note: a note has from 1 to %d characters; say it shorter\n",
			TEXT_SHOWN_MAX);
		goto out;
	}
	status = EXIT_BAD_NEWS;
	generation = cli_load_plain(a->config);
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
	struct generation *generation = cli_load_quietly(a->config);
	int status;

	if (!generation) {
		generation_drop(
			cli_load(a->config, (struct conf_need){ .secrets = CONF_SECRETS_NONE }));
		(void)fprintf(
			stderr,
			"shorewatch reload: nothing was changed; mend the faults above first\n");
		return EXIT_BAD_NEWS;
	}
	status = ask_and_print("reload", &generation->plan, "reload");
	generation_drop(generation);
	return status;
}
