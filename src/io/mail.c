/*
 * mail.c - one mail to one recipient: MAIL, RCPT, DATA, and an honest word
 * about what became of it.
 *
 * libcurl opens the session (greeting, STARTTLS, AUTH); the rest is spoken
 * here, because libcurl waits for the reply to the final dot, and for that to
 * QUIT, inside one call: measured 4 s against a server that takes 2 s for
 * each, and it may be ten minutes.
 *
 * The rule of reliability.md 1.9: once the final dot has been handed to the
 * kernel and no final reply came, nobody can know: in doubt. Before that,
 * nothing was handed over. A refused login is "later": it is the operator's to
 * mend, and the mail is as good as before.
 *
 * Values: 30 s to connect, 60 s for a reply (RFC 5321 4.5.3.2 asks for
 * minutes, which matter to queues that give up; ours does not), 600 s for the
 * reply to the final dot, as the RFC has it: giving up there makes doubles.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "io/exchange.h"
#include "io/fault.h"
#include "io/loop_fd.h"
#include "io/parts.h"
#include "io/reply.h"
#include "io/transfer.h"
#include "shorewatch/io.h"

#define CONNECT_US  (30 * USEC_PER_SEC)
#define REPLY_US    (60 * USEC_PER_SEC)
#define FINAL_US    (600 * USEC_PER_SEC)
#define SESSION_US  (5 * USEC_PER_MIN) /* however busily it talks */
#define ADDRESS_MAX 254
#define OUT_CAP	    (64 * 1024 * 1024)
#define READ_BYTES  4096

enum step { STEP_SESSION, STEP_SENDER, STEP_RECIPIENT, STEP_DATA, STEP_CONTENT };

struct mail_exchange {
	struct io_exchange base;
	struct io *io;
	struct io_mail_spec
		spec; /* message and callbacks live on; the other texts are copied below */
	char sender[ADDRESS_MAX + 1], recipient[ADDRESS_MAX + 1];
	char *ca_file;
	struct transfer *transfer;
	struct io_fd *watch;
	struct io_timer *timer;
	enum step step;
	mono_t session_due;
	bool is_secret; /* what we send next is a password */
	bool is_short;	/* our own memory or descriptors have run out */
	struct buf out;
	size_t out_at;
	struct reply_reader reader;
	int code;
	char reply[REPLY_LINE_MAX];
};

/* ---- the end ---- */

static void mail_free(struct mail_exchange *mail)
{
	io_fd_close(mail->watch);
	transfer_end(mail->transfer);
	io_timer_free(mail->timer);
	buf_done(&mail->out);
	free(mail->ca_file);
	free(mail);
}

static void mail_finish(struct mail_exchange *mail, enum mail_verdict verdict)
{
	const struct io_mail_spec spec = mail->spec;
	struct io_mail_result result = {
		.verdict = verdict,
		.code = mail->code,
		.is_short = verdict == MAIL_LATER && mail->is_short,
	};

	memcpy(result.reply, mail->reply, sizeof(result.reply));
	mail_free(mail);
	spec.on_done(spec.ctx, &result);
}

/* The connection ended without the reply that was due; `words` are ours. */
static void mail_break(struct mail_exchange *mail, const char *words)
{
	(void)snprintf(mail->reply, sizeof(mail->reply), "%s", words);
	mail_finish(mail, io_mail_is_out(&mail->base) ? MAIL_IN_DOUBT : MAIL_LATER);
}

/* Nothing was handed over: there is none to send it with. */
static void mail_break_short(struct mail_exchange *mail)
{
	mail->is_short = true;
	mail_break(mail, "no memory for the mail");
}

static void line_tell(const struct mail_exchange *mail, bool is_sent, const char *line, size_t n)
{
	if (mail->spec.on_line != NULL)
		mail->spec.on_line(mail->spec.ctx, is_sent, line, n);
}

static void wait_for(struct mail_exchange *mail, usec_t span)
{
	mono_t due = mono_add(io_now(mail->io).mono, span);

	io_timer_set(mail->timer,
		     mail->step == STEP_SESSION ? mono_min(due, mail->session_due) : due);
}

static void on_due(void *ctx)
{
	struct mail_exchange *mail = ctx;

	mail_break(mail,
		   mail->step == STEP_CONTENT ? "no final reply in time" : "no reply in time");
}

/* ---- what we say ---- */

/* False: the mail is gone. */
static bool out_flush(struct mail_exchange *mail)
{
	while (mail->out_at < mail->out.n) {
		int n = transfer_send(mail->transfer, mail->out.data + mail->out_at,
				      mail->out.n - mail->out_at);

		if (n < 0) {
			mail_break(mail, "the relay hung up");
			return false;
		}
		if (n == 0)
			break;
		mail->out_at += (size_t)n;
		wait_for(mail, mail->step == STEP_CONTENT ? FINAL_US : REPLY_US);
	}
	io_fd_change(mail->watch,
		     mail->out_at < mail->out.n ? IO_READABLE | IO_WRITABLE : IO_READABLE);
	return true;
}

static void __attribute__((format(printf, 3, 4)))
command_say(struct mail_exchange *mail, enum step step, const char *format, ...)
{
	va_list args;

	mail->step = step;
	buf_clear(&mail->out);
	mail->out_at = 0;
	va_start(args, format);
	buf_vprintf(&mail->out, format, args);
	va_end(args);
	if (buf_failed(&mail->out)) {
		mail_break_short(mail);
		return;
	}
	line_tell(mail, true, mail->out.data, mail->out.n);
	(void)out_flush(mail); /* when it is gone, so is our caller's business */
}

/* Every line that begins with a dot gets another (RFC 5321 4.5.2), then the dot that ends it. */
static void content_build(struct buf *out, const char *message, size_t n)
{
	const char *end = message + n;
	bool is_ended = n >= 2 && end[-2] == '\r' && end[-1] == '\n';

	while (message < end) {
		const char *line_end = memchr(message, '\n', (size_t)(end - message));
		size_t taken = line_end != NULL ? (size_t)(line_end - message) + 1
						: (size_t)(end - message);

		if (*message == '.')
			buf_putc(out, '.');
		buf_add(out, message, taken);
		message += taken;
	}
	buf_puts(out, is_ended ? ".\r\n" : "\r\n.\r\n");
}

static void content_say(struct mail_exchange *mail)
{
	buf_clear(&mail->out);
	mail->out_at = 0;
	content_build(&mail->out, mail->spec.message, mail->spec.message_bytes);
	if (buf_failed(&mail->out)) {
		mail_break_short(mail); /* still in DATA */
		return;
	}
	mail->step = STEP_CONTENT;
	line_tell(mail, true, "(the mail)", 10);
	(void)out_flush(mail);
}

/* Politeness; whether it arrives changes nothing any more. */
static void quit_say(struct mail_exchange *mail)
{
	(void)transfer_send(mail->transfer, "QUIT\r\n", 6);
	line_tell(mail, true, "QUIT\r\n", 6);
}

/* ---- what we hear ---- */

static bool is_login_wanted(int code)
{
	return code == 530 || code == 534 || code == 535 || code == 538; /* RFC 4954 6 */
}

static void refusal_take(struct mail_exchange *mail)
{
	bool is_final = mail->code >= 500 && !is_login_wanted(mail->code);

	quit_say(mail);
	mail_finish(mail, is_final ? MAIL_REFUSED : MAIL_LATER);
}

/* The mail may be gone afterwards. */
static void reply_take(struct mail_exchange *mail)
{
	int wanted = mail->step == STEP_DATA ? 3 : 2;

	if (mail->code / 100 != wanted) {
		refusal_take(mail);
		return;
	}
	switch (mail->step) {
	case STEP_SESSION:
		break; /* libcurl's */
	case STEP_SENDER:
		command_say(mail, STEP_RECIPIENT, "RCPT TO:<%s>\r\n", mail->recipient);
		break;
	case STEP_RECIPIENT:
		command_say(mail, STEP_DATA, "DATA\r\n");
		break;
	case STEP_DATA:
		content_say(mail);
		break;
	case STEP_CONTENT:
		quit_say(mail);
		mail_finish(mail, MAIL_ACCEPTED);
		break;
	}
}

/* One whole line. False: stop reading, the mail may be gone. */
static bool line_take(struct mail_exchange *mail)
{
	enum reply_step step;

	line_tell(mail, false, mail->reader.line, mail->reader.n);
	step = reply_step(&mail->reader, &mail->code);
	if (step == REPLY_MORE)
		return true;
	if (step == REPLY_BROKEN) {
		mail_break(mail, "the relay does not speak SMTP");
		return false;
	}
	memcpy(mail->reply, mail->reader.line, sizeof(mail->reply));
	reply_take(mail);
	return false;
}

/*
 * One reply at a time: what comes after it before we have spoken is not an
 * answer to us, and is dropped.
 */
static void session_read(struct mail_exchange *mail)
{
	char bytes[READ_BYTES];

	for (;;) {
		int n = transfer_receive(mail->transfer, bytes, sizeof(bytes));

		if (n == 0)
			return;
		if (n < 0) {
			mail_break(mail, "the relay hung up");
			return;
		}
		for (size_t at = 0; at < (size_t)n;) {
			bool is_line;

			at += reply_feed(&mail->reader, bytes + at, (size_t)n - at, &is_line);
			if (is_line && !line_take(mail))
				return;
		}
	}
}

static void session_ready(void *ctx, unsigned events)
{
	struct mail_exchange *mail = ctx;

	if ((events & IO_WRITABLE) && mail->out_at < mail->out.n && !out_flush(mail))
		return;
	if (events & IO_READABLE)
		session_read(mail);
}

/* ---- the session, opened by libcurl ---- */

static void on_phase(void *ctx, enum phase phase)
{
	(void)phase;
	wait_for(ctx, REPLY_US);
}

static bool on_line(void *ctx, const char *line, size_t n)
{
	struct mail_exchange *mail = ctx;
	bool is_last, is_whole;

	mail->reader.is_line_whole = true;
	(void)reply_feed(&mail->reader, line, n, &is_whole);
	mail->code = reply_code(mail->reader.line, &is_last);
	mail->is_secret = mail->code == 334;
	memcpy(mail->reply, mail->reader.line, sizeof(mail->reply));
	wait_for(mail, REPLY_US);
	return true;
}

/* SR-29: a command is shown, its credentials are not. */
static void on_talk(void *ctx, bool is_sent, const char *text, size_t n)
{
	struct mail_exchange *mail = ctx;

	if (is_sent && (mail->is_secret || (n > 5 && strncasecmp(text, "AUTH ", 5) == 0)))
		line_tell(mail, true, mail->is_secret ? "***" : "AUTH ***",
			  mail->is_secret ? 3 : 8);
	else
		line_tell(mail, is_sent, text, n);
	if (is_sent)
		mail->is_secret = false;
}

static void session_failed(struct mail_exchange *mail, const struct io_http_result *result)
{
	struct outcome outcome = { result->phase, result->cause };
	bool has_word = result->cause == CAUSE_PROTOCOL && mail->code >= 400;

	mail->transfer = NULL;
	if (!has_word)
		(void)snprintf(mail->reply, sizeof(mail->reply), "%s%s%s", outcome_code(outcome),
			       result->note[0] != '\0' ? ": " : "", result->note);
	mail->is_short = result->cause == CAUSE_LOCAL && fault_tells_shortage(result->note);
	mail_finish(mail, MAIL_LATER);
}

static void on_end(void *ctx, const struct io_http_result *result)
{
	struct mail_exchange *mail = ctx;

	if (result->cause != CAUSE_PASS) {
		session_failed(mail, result);
		return;
	}
	mail->reader = (struct reply_reader){ .n = 0 };
	mail->watch = io_fd_watch(mail->io, transfer_fd(mail->transfer), IO_READABLE, session_ready,
				  mail);
	if (mail->watch == NULL) {
		mail_break_short(mail);
		return;
	}
	command_say(mail, STEP_SENDER, "MAIL FROM:<%s>\r\n", mail->sender);
}

/* ---- start ---- */

/* SR-14: what is put between the brackets must not leave them. */
static bool is_wire_safe(const char *address)
{
	size_t n = strlen(address);

	for (const unsigned char *c = (const unsigned char *)address; *c != '\0'; c++) {
		if (*c <= ' ' || *c >= 0x7f || *c == '<' || *c == '>')
			return false;
	}
	return n > 0 && n <= ADDRESS_MAX;
}

static struct io_exchange *start_refuse(const struct io_mail_spec *spec, enum mail_verdict verdict,
					bool is_short, const char *words)
{
	struct io_mail_result result = { .verdict = verdict, .is_short = is_short };

	(void)snprintf(result.reply, sizeof(result.reply), "%s", words);
	spec->on_done(spec->ctx, &result);
	return NULL;
}

static bool session_start(struct mail_exchange *mail, const struct io_mail_spec *spec)
{
	char url[300];
	bool is_v6 = strchr(spec->host, ':') != NULL;
	const struct transfer_spec transfer = {
		.url = url,
		.address = spec->address,
		.tls = spec->is_implicit_tls ? TRANSFER_TLS_ALWAYS
		       : spec->is_plain	     ? TRANSFER_TLS_NEVER
					     : TRANSFER_TLS_REQUIRED,
		.ca_file = mail->ca_file,
		.is_session = true,
		.username = spec->username,
		.password = spec->password,
		.on_phase = on_phase,
		.on_line = on_line,
		.on_talk = spec->on_line != NULL ? on_talk : NULL,
		.on_end = on_end,
		.ctx = mail,
	};

	(void)snprintf(url, sizeof(url), "%s://%s%s%s:%u", spec->is_implicit_tls ? "smtps" : "smtp",
		       is_v6 ? "[" : "", spec->host, is_v6 ? "]" : "", spec->address.port);
	mail->transfer = transfer_start(io_parts(mail->io)->mail, &transfer);
	return mail->transfer != NULL;
}

static void mail_cancel(struct io_exchange *base)
{
	mail_free((struct mail_exchange *)base);
}

static struct mail_exchange *mail_new(struct io *io, const struct io_mail_spec *spec)
{
	struct mail_exchange *mail = calloc(1, sizeof(*mail));

	if (mail == NULL)
		return NULL;
	mail->base.cancel = mail_cancel;
	mail->io = io;
	mail->spec = *spec;
	buf_init(&mail->out, OUT_CAP);
	(void)snprintf(mail->sender, sizeof(mail->sender), "%s", spec->sender);
	(void)snprintf(mail->recipient, sizeof(mail->recipient), "%s", spec->recipient);
	mail->ca_file = spec->ca_file != NULL ? strdup(spec->ca_file) : NULL;
	mail->timer = io_timer_new(io, on_due, mail);
	if (mail->timer != NULL && (spec->ca_file == NULL || mail->ca_file != NULL))
		return mail;
	mail_free(mail);
	return NULL;
}

bool io_mail_is_out(const struct io_exchange *base)
{
	const struct mail_exchange *mail = (const struct mail_exchange *)base;

	return mail->step == STEP_CONTENT && mail->out_at == mail->out.n;
}

struct io_exchange *io_mail_start(struct io *io, const struct io_mail_spec *spec)
{
	struct mail_exchange *mail;

	if (!is_wire_safe(spec->sender) || !is_wire_safe(spec->recipient))
		return start_refuse(spec, MAIL_REFUSED, false, "not an address that can be sent");
	if (spec->is_plain && !address_is_loopback(&spec->address))
		return start_refuse(spec, MAIL_LATER, false, "without TLS only on loopback");
	mail = mail_new(io, spec);
	if (mail == NULL)
		return start_refuse(spec, MAIL_LATER, true, "no memory");
	mail->session_due = mono_add(io_now(io).mono, SESSION_US);
	wait_for(mail, CONNECT_US);
	if (session_start(mail, spec))
		return &mail->base;
	mail_free(mail);
	return start_refuse(spec, MAIL_LATER, true, "too many mails at once, or no memory");
}
