/*
 * tcp.c - a TCP connection can be made, and perhaps the right thing comes back,
 * or TLS after STARTTLS.
 */
#include <string.h>

#include "fault.h"
#include "nameless.h"
#include "proof.h"
#include "secure.h"
#include "shorewatch/io.h"
#include "shorewatch/plan.h"
#include "shorewatch/probe.h"
#include "tries.h"
#include "vet.h"

#define HOST_MAX   256
#define SEND_MAX   4096
#define EXPECT_MAX 1024

struct tcp_params {
	const char *address, *send, *expect, *ca_file;
	int starttls; /* enum io_starttls */
};

static const char *const starttls_words[] = {
	[IO_STARTTLS_NONE] = "none",
	[IO_STARTTLS_SMTP] = "smtp",
	[IO_STARTTLS_IMAP] = "imap",
	[IO_STARTTLS_POP3] = "pop3",
	NULL,
};

/* The plain way; with STARTTLS the scratch is a struct secure. */
struct tcp_run {
	struct io_query *query;
	struct io_socket *socket;
	struct nameless *nameless;
	struct tries tries;
	char host[HOST_MAX];
	uint16_t port;
};

union tcp_scratch {
	struct tcp_run plain;
	struct secure secure;
};

static const struct option tcp_options[] = {
	{ .name = "address",
	  .type = OPTION_STRING,
	  .offset = offsetof(struct tcp_params, address),
	  .is_required = true,
	  .help = "where to connect, host:port or [v6]:port" },
	{ .name = "send",
	  .type = OPTION_STRING,
	  .offset = offsetof(struct tcp_params, send),
	  .help = "what to send once connected; \"\\r\\n\" ends a line, \"\\x01\" is a byte" },
	{ .name = "expect",
	  .type = OPTION_STRING,
	  .offset = offsetof(struct tcp_params, expect),
	  .help = "a text that must come within the first 4 KiB of the answer" },
	{ .name = "starttls",
	  .type = OPTION_WORD,
	  .offset = offsetof(struct tcp_params, starttls),
	  .fallback = "none",
	  .words = starttls_words,
	  .help = "ask for TLS as this protocol does, and verify the certificate for the host" },
	{ .name = "ca_file",
	  .type = OPTION_PATH,
	  .offset = offsetof(struct tcp_params, ca_file),
	  .help = "with starttls: believe these authorities (PEM) instead of the system's" },
	{ .name = NULL },
};

static bool tls_check(const struct tcp_params *params, const char *host, struct option_fault *fault)
{
	const char *wrong;

	if (params->starttls == IO_STARTTLS_NONE)
		return params->ca_file == NULL ||
		       fault_say(
			       fault, "ca_file",
			       "belongs to starttls; for TLS from the first byte use a tls group");
	if (params->send != NULL || params->expect != NULL)
		return fault_say(
			fault, "starttls",
			"says and expects its own words: take send and expect away, or make "
			"a second target of them");
	wrong = secure_name_fault(host);
	return wrong == NULL || fault_say(fault, "address", wrong);
}

static bool tcp_check(void *ctx, struct option_fault *fault)
{
	const struct tcp_params *params = ctx;
	char host[HOST_MAX];
	uint16_t port;

	if (!address_split(params->address, host, sizeof(host), &port))
		return fault_say(fault, "address",
				 "write host:port or [v6]:port, such as \"host.example:22\"");
	if (params->send != NULL && strlen(params->send) > SEND_MAX)
		return fault_say(fault, "send", "at most 4096 bytes");
	if (params->expect != NULL &&
	    (*params->expect == '\0' || strlen(params->expect) > EXPECT_MAX))
		return fault_say(fault, "expect", "from 1 to 1024 bytes");
	return tls_check(params, host, fault);
}

static const char *tcp_endpoint(const void *params)
{
	return ((const struct tcp_params *)params)->address;
}

static void on_connected(void *ctx)
{
	struct probe_run *run = ctx;
	const struct tcp_params *params = run->params;

	if (params->send != NULL)
		probe_run_enter(run, PHASE_SEND);
	if (params->expect != NULL)
		probe_run_enter(run, PHASE_WAIT);
}

static void tcp_connect(struct probe_run *run);

static void on_done(void *ctx, enum cause cause, bool is_reached, const char *note)
{
	struct probe_run *run = ctx;
	struct tcp_run *tcp = run->scratch;

	tcp->socket = NULL;
	run->seen.is_reached = is_reached;
	if (cause != CAUSE_PASS && run->phase == PHASE_CONNECT) {
		if (tries_go_on(&tcp->tries, run, &cause, note)) {
			tcp_connect(run);
			return;
		}
	} else if (*note != '\0') {
		probe_run_note(run, note);
	}
	if (cause != CAUSE_PASS)
		proof_tries(run, tcp->host, &tcp->tries);
	tries_done(&tcp->tries);
	probe_run_finish(run, (struct outcome){ run->phase, cause });
}

static void tcp_connect(struct probe_run *run)
{
	const struct tcp_params *params = run->params;
	struct tcp_run *tcp = run->scratch;
	const struct address *address = tries_address(&tcp->tries);
	const struct io_socket_spec spec = {
		.address = *address,
		.send = params->send,
		.expect = params->expect,
		.on_connected = on_connected,
		.on_done = on_done,
		.ctx = run,
	};
	struct io_socket *socket;

	run->seen.address = *address;
	if (!vet_is_given(tcp->host) && !vet_allows(run->target, address)) {
		vet_note(run, address);
		tries_done(&tcp->tries);
		probe_run_finish(run, (struct outcome){ PHASE_DNS, CAUSE_FORBIDDEN });
		return;
	}
	probe_run_enter(run, PHASE_CONNECT);
	socket = io_socket_start(run->io, &spec);
	/* NULL: on_done has been here, and perhaps the next address is on its way, or nothing is
	 * left. */
	if (socket != NULL)
		tcp->socket = socket;
}

static void on_nameless(void *ctx, enum cause cause)
{
	probe_run_finish(ctx, (struct outcome){ PHASE_DNS, cause });
}

static void name_failed(struct probe_run *run, enum cause cause)
{
	struct tcp_run *tcp = run->scratch;

	nameless_begin(run, &(struct nameless_spec){ .host = tcp->host,
						     .port = tcp->port,
						     .cause = cause,
						     .place = &tcp->nameless,
						     .on_over = on_nameless,
						     .ctx = run });
}

static void on_answer(void *ctx, const struct io_answer *answer)
{
	struct probe_run *run = ctx;
	struct tcp_run *tcp = run->scratch;

	tcp->query = NULL;
	if (answer->is_remembered)
		probe_run_note(run, "no resolver answers; the last good address was used");
	if (answer->cause != CAUSE_PASS) {
		proof_answer(run, tcp->host, answer);
		name_failed(run, answer->cause);
		return;
	}
	tries_begin(&tcp->tries, run, answer);
	tcp_connect(run);
}

static void tcp_start_tls(struct probe_run *run)
{
	const struct tcp_params *params = run->params;
	const struct secure_spec spec = { .address = params->address,
					  .ca_file = params->ca_file,
					  .starttls = (enum io_starttls)params->starttls };

	secure_start(run->scratch, run, &spec);
}

static void tcp_start(struct probe_run *run)
{
	const struct tcp_params *params = run->params;
	struct tcp_run *tcp = run->scratch;

	if (params->starttls != IO_STARTTLS_NONE) {
		tcp_start_tls(run);
		return;
	}
	(void)address_split(params->address, tcp->host, sizeof(tcp->host), &tcp->port); /* checked */
	tcp->query = io_resolve_turn(run->io, tcp->host, tcp->port, run->target->family,
				     tries_turn(run), on_answer, run);
}

static void tcp_cancel(struct probe_run *run)
{
	const struct tcp_params *params = run->params;
	struct tcp_run *tcp = run->scratch;
	char note[NOTE_MAX];

	if (params->starttls != IO_STARTTLS_NONE) {
		secure_cancel(run->scratch);
		return;
	}
	nameless_cancel(tcp->nameless, run, tcp->query);
	io_query_cancel(tcp->query);
	if (io_socket_has_answered(tcp->socket, note)) {
		run->seen.is_reached = true;
		probe_run_note(run, note);
	}
	io_socket_cancel(tcp->socket);
	if (run->phase == PHASE_CONNECT)
		tries_give_up(&tcp->tries, run);
	if (run->phase > PHASE_DNS)
		proof_tries(run, tcp->host, &tcp->tries);
	tries_done(&tcp->tries);
}

const struct probe_kind probe_tcp = {
	.name = "tcp",
	.summary = "a TCP connection, and perhaps an expected answer or STARTTLS",
	.options = tcp_options,
	.params_bytes = sizeof(struct tcp_params),
	.scratch_bytes = sizeof(union tcp_scratch),
	.check = tcp_check,
	.endpoint = tcp_endpoint,
	.start = tcp_start,
	.cancel = tcp_cancel,
};
