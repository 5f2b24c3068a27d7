/*
 * starttls.c - the words before TLS: a table of what we say, and which line we
 * want to hear.
 *
 * An answer is one line or several, of which only the last counts; a line that
 * is not what we want ends the talk. Bytes after the peer's last word would be
 * believed to have come encrypted, so they end it, too.
 */
#include "io/starttls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "io/fault.h"
#include "io/loop_fd.h"
#include "io/socket.h"

#define LINE_MAX_BYTES 1024 /* RFC 5321 4.5.3.1.5: 512; others are not longer in practice */
#define LINES_MAX      100
#define STEPS_MAX      3
#define SAY_MAX	       96

static const struct step {
	const char *say;  /* "%s": our address as a literal; NULL: it is the peer's turn */
	const char *want; /* how the last line of the answer begins */
	const char *more; /* how the lines before it begin */
} scripts[][STEPS_MAX] = {
	/* RFC 5321 4.2, RFC 3207 4 */
	[IO_STARTTLS_SMTP] = { { NULL, "220", "220-" },
			       { "EHLO %s\r\n", "250", "250-" },
			       { "STARTTLS\r\n", "220", "220-" } },
	/* RFC 9051 7.1, 6.2.1 */
	[IO_STARTTLS_IMAP] = { { NULL, "* OK", "" }, { "a STARTTLS\r\n", "a OK", "* " } },
	/* RFC 1939 4, RFC 2595 4 */
	[IO_STARTTLS_POP3] = { { NULL, "+OK", "" }, { "STLS\r\n", "+OK", "" } },
};

struct starttls {
	struct io *io;
	struct starttls_spec spec;
	int fd;
	struct io_fd *watch;
	bool is_connected, has_heard;
	size_t step, lines;
	char line[LINE_MAX_BYTES];
	size_t n; /* bytes in it */
};

static void talk_free(struct starttls *talk)
{
	io_fd_close(talk->watch);
	if (talk->fd >= 0)
		io_fd_end(talk->io, talk->fd);
	free(talk);
}

static void talk_finish(struct starttls *talk, enum cause cause, const char *note)
{
	const struct starttls_spec spec = talk->spec;
	struct starttls_result result = { .phase = talk->is_connected ? PHASE_WAIT : PHASE_CONNECT,
					  .cause = cause,
					  .is_reached = talk->has_heard,
					  .note = note,
					  .fd = -1 };

	if (cause == CAUSE_PASS) {
		result.fd = talk->fd;
		talk->fd = -1;
	}
	talk_free(talk);
	spec.on_done(spec.ctx, &result);
}

static void talk_fail(struct starttls *talk, int error)
{
	talk_finish(talk, fault_cause(error), fault_name(error));
}

/* ---- what we say ---- */

/* RFC 5321 4.1.3: whoever has no name says his address. */
static void own_literal(int fd, char text[INET6_ADDRSTRLEN + 8])
{
	struct sockaddr_storage own = { .ss_family = AF_INET };
	socklen_t n = sizeof(own);
	char address[INET6_ADDRSTRLEN] = "127.0.0.1";
	const void *bytes = &((const struct sockaddr_in *)&own)->sin_addr;
	bool is_v6;

	(void)getsockname(fd, (struct sockaddr *)&own, &n); /* a wrong word is better than none */
	is_v6 = own.ss_family == AF_INET6;
	if (is_v6)
		bytes = &((const struct sockaddr_in6 *)&own)->sin6_addr;
	(void)inet_ntop(own.ss_family, bytes, address, sizeof(address));
	(void)snprintf(text, INET6_ADDRSTRLEN + 8, "[%s%s]", is_v6 ? "IPv6:" : "", address);
}

/* A line goes out whole: nothing but short lines was sent before it. False: the talk is gone. */
static bool step_say(struct starttls *talk, const char *say)
{
	char literal[INET6_ADDRSTRLEN + 8] = "", line[SAY_MAX];
	const char *gap = strstr(say, "%s");
	int n;

	if (gap != NULL)
		own_literal(talk->fd, literal);
	n = snprintf(line, sizeof(line), "%.*s%s%s", gap != NULL ? (int)(gap - say) : SAY_MAX, say,
		     literal, gap != NULL ? gap + 2 : "");
	if (send(talk->fd, line, (size_t)n, MSG_NOSIGNAL) == n)
		return true;
	talk_fail(talk, errno);
	return false;
}

/* ---- what we hear ---- */

static bool begins(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

static bool is_last_step(const struct starttls *talk)
{
	const struct step *script = scripts[talk->spec.protocol];

	return talk->step + 1 == STEPS_MAX || script[talk->step + 1].want == NULL;
}

static void line_refuse(struct starttls *talk)
{
	char note[NOTE_MAX];

	socket_note(talk->line, strcspn(talk->line, "\r"), note);
	talk_finish(talk, CAUSE_MISMATCH, note);
}

/* False: the talk is over. `left` bytes stand behind the line. */
static bool line_hear(struct starttls *talk, size_t left)
{
	const struct step *step = &scripts[talk->spec.protocol][talk->step];

	if (++talk->lines > LINES_MAX) {
		talk_finish(talk, CAUSE_PROTOCOL, "more than 100 lines before TLS");
		return false;
	}
	if (*step->more != '\0' && begins(talk->line, step->more))
		return true;
	if (!begins(talk->line, step->want)) {
		line_refuse(talk);
		return false;
	}
	if (left > 0) {
		talk_finish(talk, CAUSE_PROTOCOL, "more was said than asked for before TLS");
		return false;
	}
	if (is_last_step(talk)) {
		talk_finish(talk, CAUSE_PASS, "");
		return false;
	}
	talk->step++;
	return step_say(talk, scripts[talk->spec.protocol][talk->step].say);
}

/* Whole lines are heard one after the other; false: the talk is over. */
static bool lines_hear(struct starttls *talk)
{
	char *end;

	while ((end = memchr(talk->line, '\n', talk->n)) != NULL) {
		size_t taken = (size_t)(end - talk->line) + 1, left = talk->n - taken;

		*end = '\0';
		if (!line_hear(talk, left))
			return false;
		memmove(talk->line, talk->line + taken, left);
		talk->n = left;
	}
	if (talk->n < sizeof(talk->line))
		return true;
	talk_finish(talk, CAUSE_PROTOCOL, "a line without end before TLS");
	return false;
}

static void talk_receive(struct starttls *talk)
{
	ssize_t n = recv(talk->fd, talk->line + talk->n, sizeof(talk->line) - talk->n, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		talk_fail(talk, errno);
		return;
	}
	if (n == 0) {
		talk_finish(talk, CAUSE_RESET,
			    talk->has_heard ? "closed before TLS" : "closed without an answer");
		return;
	}
	talk->has_heard = true;
	talk->n += (size_t)n;
	(void)lines_hear(talk);
}

static void talk_ready(void *ctx, unsigned events)
{
	struct starttls *talk = ctx;
	int error;

	(void)events;
	if (talk->is_connected) {
		talk_receive(talk);
		return;
	}
	error = socket_error(talk->fd);
	if (error != 0) {
		talk_fail(talk, error);
		return;
	}
	talk->is_connected = true;
	talk->spec.on_connected(talk->spec.ctx);
	io_fd_change(talk->watch, IO_READABLE);
}

/* ---- for the handshake ---- */

struct starttls *starttls_start(struct io *io, const struct starttls_spec *spec)
{
	struct starttls *talk = calloc(1, sizeof(*talk));
	int error;

	if (talk == NULL) {
		spec->on_done(spec->ctx, &(struct starttls_result){ .phase = PHASE_CONNECT,
								    .cause = CAUSE_LOCAL,
								    .note = "ENOMEM",
								    .fd = -1 });
		return NULL;
	}
	*talk = (struct starttls){ .io = io, .spec = *spec, .fd = -1 };
	error = socket_dial(&spec->address, &talk->fd);
	if (error == 0) {
		talk->watch = io_fd_watch(io, talk->fd, IO_WRITABLE, talk_ready, talk);
		error = talk->watch != NULL ? 0 : ENOMEM;
	}
	if (error == 0)
		return talk;
	talk_fail(talk, error);
	return NULL;
}

void starttls_cancel(struct starttls *talk)
{
	if (talk != NULL)
		talk_free(talk);
}
