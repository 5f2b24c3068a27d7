/*
 * imap.c - SELECT, SEARCH, FETCH; and of what is ours STORE and EXPUNGE.
 *
 * libcurl opens the session (greeting, TLS, login), as for mail.c; the rest is
 * spoken here, because libcurl takes no literal of a FETCH by a command of ours
 * whole, and reads without bounds.
 *
 * Once FETCH has been answered the verdict stands: what goes wrong with the
 * removal afterwards is the next one's to mend. A server without UIDPLUS knows no
 * UID EXPUNGE; then ours stay marked as deleted, for a plain EXPUNGE would remove
 * what others have marked.
 *
 * Values: 30 s to connect and for a reply, 60 s in all; 256 KiB of answers.
 */
#include "io/imap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/words.h"
#include "io/exchange.h"
#include "io/imap_reply.h"
#include "io/loop_fd.h"
#include "io/parts.h"
#include "io/transfer.h"

#define REPLY_US    (30 * USEC_PER_SEC)
#define LOOK_US	    (60 * USEC_PER_SEC)
#define ANSWERS_MAX (256 * 1024)
#define COMMAND_MAX 4096
#define READ_BYTES  4096
#define TAG_MAX	    8

enum step { STEP_SESSION, STEP_SELECT, STEP_SEARCH, STEP_FETCH, STEP_STORE, STEP_EXPUNGE };

struct look {
	struct io_exchange base;
	struct io *io;
	struct imap_look_spec spec; /* callbacks and ca_file; the texts are below */
	char *folder, *header, *mark, *word;
	struct transfer *transfer;
	struct io_fd *watch;
	struct io_timer *timer;
	mono_t due;
	enum step step;
	char tag[TAG_MAX];
	struct buf out;
	size_t out_at, answers_bytes;
	struct imap_reader reader;
	bool has_searched;
	struct imap_uids found, ours;
	struct imap_look_result result;
};

/* ---- the end ---- */

static void look_free(struct look *look)
{
	io_fd_close(look->watch);
	transfer_end(look->transfer);
	io_timer_free(look->timer);
	imap_reader_done(&look->reader);
	buf_done(&look->out);
	free(look->folder);
	free(look->header);
	free(look->mark);
	free(look->word);
	free(look);
}

static void look_finish(struct look *look)
{
	const struct imap_look_spec spec = look->spec;
	const struct imap_look_result result = look->result;

	look_free(look);
	spec.on_done(spec.ctx, &result);
}

/* Whoever reads it takes what is left of it: not looked, unless we know by now. */
static void look_break(struct look *look, const char *words)
{
	(void)words_copy(look->result.words, sizeof look->result.words, words);
	look_finish(look);
}

static void wait_on(struct look *look)
{
	io_timer_set(look->timer, mono_min(mono_add(io_now(look->io).mono, REPLY_US), look->due));
}

static void on_due(void *ctx)
{
	look_break(ctx, "no answer in time");
}

/* ---- what we say ---- */

/* False: the look is gone. */
static bool out_flush(struct look *look)
{
	while (look->out_at < look->out.n) {
		int n = transfer_send(look->transfer, look->out.data + look->out_at,
				      look->out.n - look->out_at);

		if (n < 0) {
			look_break(look, "the mailbox's server hung up");
			return false;
		}
		if (n == 0)
			break;
		look->out_at += (size_t)n;
	}
	io_fd_change(look->watch,
		     look->out_at < look->out.n ? IO_READABLE | IO_WRITABLE : IO_READABLE);
	return true;
}

static struct buf *command_begin(struct look *look, enum step step)
{
	look->step = step;
	(void)snprintf(look->tag, sizeof look->tag, "S%d", (int)step);
	buf_clear(&look->out);
	look->out_at = 0;
	buf_printf(&look->out, "%s ", look->tag);
	return &look->out;
}

static void command_say(struct look *look)
{
	buf_puts(&look->out, "\r\n");
	if (buf_failed(&look->out)) {
		look_break(look, "no memory for the look");
		return;
	}
	wait_on(look);
	(void)out_flush(look); /* when it is gone, so is our caller's business */
}

static void select_say(struct look *look)
{
	struct buf *out = command_begin(look, STEP_SELECT);

	buf_puts(out, "SELECT ");
	(void)imap_quoted(out, look->folder); /* looked at before the start */
	command_say(look);
}

/* By its subject as well, for servers that find headers only if they know them. */
static void search_say(struct look *look)
{
	struct buf *out = command_begin(look, STEP_SEARCH);

	buf_printf(out, "UID SEARCH UNDELETED OR HEADER %s ", look->header);
	(void)imap_quoted(out, look->mark);
	buf_puts(out, " SUBJECT ");
	(void)imap_quoted(out, look->word);
	command_say(look);
}

static void fetch_say(struct look *look)
{
	struct buf *out = command_begin(look, STEP_FETCH);

	buf_puts(out, "UID FETCH ");
	imap_uids_print(&look->found, out);
	buf_printf(out, " (UID BODY.PEEK[HEADER.FIELDS (%s)])", look->header);
	command_say(look);
}

static void store_say(struct look *look)
{
	struct buf *out = command_begin(look, STEP_STORE);

	buf_puts(out, "UID STORE ");
	imap_uids_print(&look->ours, out);
	buf_puts(out, " +FLAGS.SILENT (\\Deleted)");
	command_say(look);
}

static void expunge_say(struct look *look)
{
	struct buf *out = command_begin(look, STEP_EXPUNGE);

	buf_puts(out, "UID EXPUNGE ");
	imap_uids_print(&look->ours, out);
	command_say(look);
}

/* Politeness; whether it arrives changes nothing any more. */
static void logout_say(struct look *look)
{
	(void)transfer_send(look->transfer, "S9 LOGOUT\r\n", 11);
	look_finish(look);
}

/* ---- what we hear ---- */

static void search_take(struct look *look)
{
	bool is_broken;

	if (imap_search(&look->reader.text, &look->found, &is_broken))
		look->has_searched = !is_broken;
}

static void fetch_take(struct look *look)
{
	struct imap_fetched message;
	size_t n = strlen(look->mark);

	if (!imap_fetch(&look->reader.text, look->header, &message) || message.uid == 0 ||
	    strncmp(message.value, look->mark, n) != 0)
		return;
	imap_uids_add(&look->ours, message.uid);
	if (strcmp(message.value + n, look->word) == 0)
		look->result.verdict = IMAP_SEEN;
}

static void untagged_take(struct look *look)
{
	if (look->step == STEP_SEARCH)
		search_take(look);
	if (look->step == STEP_FETCH)
		fetch_take(look);
}

static void fetch_over(struct look *look)
{
	if (look->result.verdict != IMAP_SEEN)
		look->result.verdict = IMAP_ABSENT;
	if (look->ours.n > 0)
		store_say(look);
	else
		logout_say(look);
}

/* A search that does not say what it has found is none (RFC 9051 7.3.4: it must). */
static void search_over(struct look *look)
{
	if (!look->has_searched) {
		look_break(look, "the search was answered without a result");
	} else if (look->found.n > 0) {
		fetch_say(look);
	} else {
		look->result.verdict = IMAP_ABSENT;
		logout_say(look);
	}
}

/* The look may be gone afterwards. */
static void step_over(struct look *look)
{
	switch (look->step) {
	case STEP_SESSION:
		break; /* libcurl's */
	case STEP_SELECT:
		search_say(look);
		break;
	case STEP_SEARCH:
		search_over(look);
		break;
	case STEP_FETCH:
		fetch_over(look);
		break;
	case STEP_STORE:
		look->result.removed = look->ours.n;
		expunge_say(look);
		break;
	case STEP_EXPUNGE:
		logout_say(look);
		break;
	}
}

/* What was seen under a FETCH that is refused in the end was seen. */
static void refused(struct look *look)
{
	const char *words = buf_text(&look->reader.text) + strlen(look->tag);

	(void)words_copy(look->result.words, sizeof look->result.words, words + (*words == ' '));
	logout_say(look);
}

/* One whole response. False: stop reading, the look may be gone. */
static bool response_take(struct look *look)
{
	switch (imap_status(buf_text(&look->reader.text), look->tag)) {
	case IMAP_STATUS_NONE:
		untagged_take(look);
		return true;
	case IMAP_STATUS_OK:
		step_over(look);
		return false;
	case IMAP_STATUS_REFUSED:
		refused(look);
		return false;
	case IMAP_STATUS_BYE:
		look_break(look, "the mailbox's server says goodbye");
		return false;
	}
	return false;
}

/* One command at a time: what comes after its answer before we have spoken is dropped. */
static bool bytes_take(struct look *look, const char *bytes, size_t n)
{
	look->answers_bytes += n;
	if (look->answers_bytes > ANSWERS_MAX) {
		look_break(look, "the mailbox's server says too much");
		return false;
	}
	for (size_t at = 0, taken; at < n; at += taken) {
		switch (imap_feed(&look->reader, bytes + at, n - at, &taken)) {
		case IMAP_FED_MORE:
			break;
		case IMAP_FED_WHOLE:
			if (!response_take(look))
				return false;
			break;
		case IMAP_FED_BROKEN:
			look_break(look, "the mailbox's server does not speak IMAP");
			return false;
		}
	}
	return true;
}

static void session_read(struct look *look)
{
	char bytes[READ_BYTES];

	for (;;) {
		int n = transfer_receive(look->transfer, bytes, sizeof bytes);

		if (n == 0)
			return;
		if (n < 0) {
			look_break(look, "the mailbox's server hung up");
			return;
		}
		if (!bytes_take(look, bytes, (size_t)n))
			return;
	}
}

static void session_ready(void *ctx, unsigned events)
{
	struct look *look = ctx;

	if ((events & IO_WRITABLE) && look->out_at < look->out.n && !out_flush(look))
		return;
	if (events & IO_READABLE)
		session_read(look);
}

/* ---- the session, opened by libcurl ---- */

static void on_phase(void *ctx, enum phase phase)
{
	(void)phase;
	wait_on(ctx);
}

static bool on_line(void *ctx, const char *line, size_t n)
{
	struct look *look = ctx;
	size_t max = sizeof look->result.words - 1;

	look->answers_bytes += n;
	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		n--;
	if (n > 0 && line[0] != '*' && line[0] != '+')
		(void)snprintf(look->result.words, sizeof look->result.words, "%.*s",
			       (int)(n < max ? n : max), line);
	wait_on(look);
	return look->answers_bytes <= ANSWERS_MAX;
}

static void session_failed(struct look *look, const struct io_http_result *result)
{
	struct outcome outcome = { result->phase, result->cause };
	bool has_word = result->cause == CAUSE_PROTOCOL && look->result.words[0] != '\0';

	look->transfer = NULL;
	if (!has_word)
		(void)snprintf(look->result.words, sizeof look->result.words, "%s%s%s",
			       outcome_code(outcome), result->note[0] != '\0' ? ": " : "",
			       result->note);
	look_finish(look);
}

static void on_end(void *ctx, const struct io_http_result *result)
{
	struct look *look = ctx;

	if (result->cause != CAUSE_PASS) {
		session_failed(look, result);
		return;
	}
	look->result.words[0] = '\0';
	look->watch = io_fd_watch(look->io, transfer_fd(look->transfer), IO_READABLE, session_ready,
				  look);
	if (look->watch == NULL)
		look_break(look, "no memory for the look");
	else
		select_say(look);
}

/* ---- start ---- */

static struct io_exchange *start_refuse(const struct imap_look_spec *spec, const char *words)
{
	struct imap_look_result result = { .verdict = IMAP_NOT_LOOKED };

	(void)words_copy(result.words, sizeof result.words, words);
	spec->on_done(spec->ctx, &result);
	return NULL;
}

/* What becomes a quoted string in a command of ours must not leave it. */
static bool is_wire_safe(const char *text)
{
	struct buf quoted = BUF_INIT(COMMAND_MAX / 4);
	bool is_safe = imap_quoted(&quoted, text) && !buf_failed(&quoted);

	buf_done(&quoted);
	return is_safe;
}

static bool session_start(struct look *look, const struct imap_look_spec *spec)
{
	char url[300];
	bool is_v6 = strchr(spec->host, ':') != NULL;
	const struct transfer_spec transfer = {
		.url = url,
		.address = spec->address,
		.tls = spec->is_implicit_tls ? TRANSFER_TLS_ALWAYS
		       : spec->is_plain	     ? TRANSFER_TLS_NEVER
					     : TRANSFER_TLS_REQUIRED,
		.ca_file = spec->ca_file,
		.is_session = true,
		.username = spec->username,
		.password = spec->password,
		.on_phase = on_phase,
		.on_line = on_line,
		.on_end = on_end,
		.ctx = look,
	};

	(void)snprintf(url, sizeof url, "%s://%s%s%s:%u", spec->is_implicit_tls ? "imaps" : "imap",
		       is_v6 ? "[" : "", spec->host, is_v6 ? "]" : "", spec->address.port);
	look->transfer = transfer_start(io_parts(look->io)->mail, &transfer);
	return look->transfer != NULL;
}

static void look_cancel(struct io_exchange *base)
{
	look_free((struct look *)base);
}

static struct look *look_new(struct io *io, const struct imap_look_spec *spec)
{
	struct look *look = calloc(1, sizeof *look);

	if (look == NULL)
		return NULL;
	look->base.cancel = look_cancel;
	look->io = io;
	look->spec = *spec;
	look->result.verdict = IMAP_NOT_LOOKED;
	buf_init(&look->out, COMMAND_MAX);
	imap_reader_init(&look->reader);
	look->folder = strdup(spec->folder);
	look->header = strdup(spec->header);
	look->mark = strdup(spec->mark);
	look->word = strdup(spec->word);
	look->timer = io_timer_new(io, on_due, look);
	look->due = mono_add(io_now(io).mono, LOOK_US);
	if (look->folder && look->header && look->mark && look->word && look->timer)
		return look;
	look_free(look);
	return NULL;
}

struct io_exchange *imap_look_start(struct io *io, const struct imap_look_spec *spec)
{
	struct look *look;

	if (!is_wire_safe(spec->folder) || !is_wire_safe(spec->mark) || !is_wire_safe(spec->word))
		return start_refuse(spec, "the folder's name cannot be put into a command");
	if (spec->is_plain && !address_is_loopback(&spec->address))
		return start_refuse(spec, "without TLS only on loopback");
	look = look_new(io, spec);
	if (look == NULL)
		return start_refuse(spec, "no memory");
	wait_on(look);
	if (session_start(look, spec))
		return &look->base;
	look_free(look);
	return start_refuse(spec, "too many mails at once, or no memory");
}
