/*
 * cmd_silence.c - `silence`, `unsilence`, `ack`: the operator knows, and wants
 * no mails for a while. Only a running daemon can hold them back.
 *
 * What can be seen to be wrong here is refused here; what depends on the time
 * or on what is watched is the daemon's to judge (control_hush.c).
 */
#include <stdio.h>
#include <string.h>

#include "app/ask.h"
#include "app/cli.h"
#include "app/control_hush.h"
#include "app/remark.h"
#include "app/until.h"
#include "base/buf.h"
#include "base/text.h"

#define REQUEST_MAX 16384

/* Asks with the configuration's daemon. */
static int ask(const char *command, const struct arguments *a, const struct buf *request)
{
	struct generation *generation = cli_load_plain(a);
	int status = EXIT_BAD_NEWS;

	if (generation)
		status = ask_and_print(command, &generation->plan, buf_text(request));
	generation_drop(generation);
	return status;
}

/* "VERB " or "VERB json ". */
static void put_verb(const char *verb, const struct arguments *a, struct buf *request)
{
	buf_printf(request, a->is_json ? "%s json " : "%s ", verb);
}

/* It travels as one line: what is cleaned away cannot be the name of anything. */
static bool put_scope(const char *command, const struct arguments *a, struct buf *request)
{
	const char *scope = a->words[0];
	struct buf clean = BUF_INIT(REQUEST_MAX);
	bool is_good;

	text_line(&clean, scope);
	is_good = scope[0] != '\0' && strcmp(buf_text(&clean), scope) == 0;
	buf_done(&clean);
	put_verb(command, a, request);
	if (is_good)
		buf_printf(request, "%zu %s", strlen(scope), scope);
	else
		(void)fprintf(stderr,
			      "shorewatch %s: say what: a name, group:NAME, stack:NAME or all\n",
			      command);
	return is_good;
}

/* ---- silence ---- */

static int refuse_until(const char *word)
{
	(void)fprintf(stderr,
		      "shorewatch silence: %s%s%s; write how long (30m, 2h, 7d), or until when: "
		      "until 18:00, until 2026-11-23T08:00\n",
		      word ? "\"" : "until when", word ? word : "",
		      word ? "\" is no such time" : " is missing");
	return EXIT_USAGE;
}

/* How many words behind the scope say how long; 0: they do not. */
static int words_of_until(const struct arguments *a, struct until *ret)
{
	if (a->words_n > 1 && until_read_span(a->words[1], ret))
		return 1;
	if (a->words_n > 2 && strcmp(a->words[1], "until") == 0 &&
	    until_read_clock(a->words[2], ret))
		return 2;
	return 0;
}

static int silence_request(const struct arguments *a, struct buf *request)
{
	bool is_clock = a->words_n > 1 && strcmp(a->words[1], "until") == 0;
	int when = is_clock ? 2 : 1; /* the word that says it; past the last one: it is missing */
	struct until until;
	int used;

	if (!put_scope("silence", a, request))
		return EXIT_USAGE;
	used = words_of_until(a, &until);
	if (used == 0)
		return refuse_until(when < a->words_n ? a->words[when] : NULL);
	if (until.span > SILENCE_MAX) {
		(void)fprintf(stderr, "shorewatch silence: " SILENCE_TOO_LONG "\n");
		return EXIT_USAGE;
	}
	buf_printf(request, " %s ", a->words[used]);
	if (remark_read(a, 1 + used, request))
		return EXIT_GOOD;
	remark_refuse("silence");
	return EXIT_USAGE;
}

int command_silence(const struct arguments *a)
{
	struct buf request = BUF_INIT(REQUEST_MAX);
	int status = EXIT_GOOD;

	if (a->words_n == 0)
		buf_puts(&request, a->is_json ? "silence json" : "silence");
	else
		status = silence_request(a, &request);
	if (status == EXIT_GOOD)
		status = ask("silence", a, &request);
	buf_done(&request);
	return status;
}

int command_unsilence(const struct arguments *a)
{
	struct buf request = BUF_INIT(REQUEST_MAX);
	int status = EXIT_USAGE;

	if (put_scope("unsilence", a, &request))
		status = ask("unsilence", a, &request);
	buf_done(&request);
	return status;
}

/* ---- ack ---- */

int command_ack(const struct arguments *a)
{
	struct buf request = BUF_INIT(REQUEST_MAX);
	int first = a->words_n > 0 && remark_is_number(a->words[0]) ? 1 : 0;
	int status = EXIT_USAGE;

	if (remark_is_mistyped(a)) {
		remark_refuse_number(a);
		return EXIT_USAGE;
	}
	put_verb("ack", a, &request);
	buf_printf(&request, "%s ", first ? a->words[0] : "-");
	if (remark_read(a, first, &request))
		status = ask("ack", a, &request);
	else
		remark_refuse("ack");
	buf_done(&request);
	return status;
}
