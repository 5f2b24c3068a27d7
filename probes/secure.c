/*
 * secure.c - a name, its addresses, TLS with whichever answers first. What the
 * certificate says is kept however it ends.
 */
#include "secure.h"

#include <stdio.h>
#include <string.h>

#include "http_url.h"
#include "nameless.h"
#include "proof.h"
#include "shorewatch/plan.h"
#include "shorewatch/probe.h"
#include "vet.h"

static void secure_connect(struct secure *secure);

static void finish(struct secure *secure, enum phase phase, enum cause cause)
{
	if (cause != CAUSE_PASS && secure->tries.n > 0)
		proof_tries(secure->run, secure->host, &secure->tries);
	tries_done(&secure->tries);
	probe_run_finish(secure->run, (struct outcome){ phase, cause });
}

static void on_phase(void *ctx, enum phase phase)
{
	const struct secure *secure = ctx;

	/* Past the words before TLS, the peer has said its part. */
	if (phase == PHASE_TLS && secure->spec.starttls != IO_STARTTLS_NONE)
		secure->run->seen.is_reached = true;
	if (phase != PHASE_CONNECT)
		probe_run_enter(secure->run, phase);
}

/* libcurl's spans are finer than the turns of our loop. */
static void result_keep(struct secure *secure, const struct io_http_result *result)
{
	struct observation *seen = &secure->run->seen;

	probe_run_enter(secure->run, result->phase);
	if (secure->spec.starttls == IO_STARTTLS_NONE &&
	    result->phase_us[PHASE_CONNECT] != PHASE_NOT_REACHED && secure->tries.at == 0)
		seen->phase_us[PHASE_CONNECT] = result->phase_us[PHASE_CONNECT];
	if (result->phase_us[PHASE_TLS] != PHASE_NOT_REACHED)
		seen->phase_us[PHASE_TLS] = result->phase_us[PHASE_TLS];
	seen->is_reached = seen->is_reached || result->is_reached;
	if (wall_is_set(result->certificate.not_after))
		seen->certificate = result->certificate;
}

static void on_done(void *ctx, const struct io_http_result *result)
{
	struct secure *secure = ctx;
	enum cause cause = result->cause;

	secure->exchange = NULL;
	result_keep(secure, result);
	if (cause != CAUSE_PASS && result->phase == PHASE_CONNECT) {
		if (tries_go_on(&secure->tries, secure->run, &cause, result->note))
			secure_connect(secure);
		else
			finish(secure, PHASE_CONNECT, cause);
		return;
	}
	if (cause != CAUSE_PASS && result->note[0] != '\0')
		probe_run_note(secure->run, result->note);
	finish(secure, result->phase, cause);
}

static void handshake_start(struct secure *secure, const struct address *address)
{
	const struct secure_spec *wanted = &secure->spec;
	const struct io_tls_spec spec = {
		.address = *address,
		.server_name = wanted->server_name != NULL ? wanted->server_name : secure->host,
		.starttls = wanted->starttls,
		.ca_file = wanted->ca_file,
		.on_phase = on_phase,
		.on_done = on_done,
		.ctx = secure,
		.evidence = secure->run->evidence,
	};
	struct io_exchange *exchange;

	probe_run_enter(secure->run, PHASE_CONNECT);
	exchange = io_tls_start(secure->run->io, &spec);
	/* NULL: on_done has been here, and perhaps the next address is on its way. */
	if (exchange != NULL)
		secure->exchange = exchange;
}

static void secure_connect(struct secure *secure)
{
	const struct address *address = tries_address(&secure->tries);

	secure->run->seen.address = *address;
	if (vet_is_given(secure->host) || vet_allows(secure->run->target, address)) {
		handshake_start(secure, address);
		return;
	}
	vet_note(secure->run, address);
	finish(secure, PHASE_DNS, CAUSE_FORBIDDEN);
}

static void on_nameless(void *ctx, enum cause cause)
{
	finish(ctx, PHASE_DNS, cause);
}

static void name_failed(struct secure *secure, enum cause cause)
{
	nameless_begin(secure->run, &(struct nameless_spec){ .host = secure->host,
							     .port = secure->port,
							     .cause = cause,
							     .place = &secure->nameless,
							     .on_over = on_nameless,
							     .ctx = secure });
}

static void on_answer(void *ctx, const struct io_answer *answer)
{
	struct secure *secure = ctx;

	secure->query = NULL;
	if (answer->is_remembered)
		probe_run_note(secure->run, "no resolver answers; the last good address was used");
	if (answer->cause != CAUSE_PASS) {
		proof_answer(secure->run, secure->host, answer);
		name_failed(secure, answer->cause);
		return;
	}
	tries_begin(&secure->tries, secure->run, answer);
	secure_connect(secure);
}

void secure_start(struct secure *secure, struct probe_run *run, const struct secure_spec *spec)
{
	secure->run = run;
	if (run->failed_before > 0)
		(void)probe_run_evidence(run); /* from the start, to have the chain */
	secure->spec = *spec;
	(void)address_split(spec->address, secure->host, sizeof(secure->host),
			    &secure->port); /* checked */
	secure->query = io_resolve_turn(run->io, secure->host, secure->port, run->target->family,
					tries_turn(run), on_answer, secure);
}

void secure_cancel(struct secure *secure)
{
	nameless_cancel(secure->nameless, secure->run, secure->query);
	io_query_cancel(secure->query);
	io_exchange_cancel(secure->exchange);
	if (secure->run->phase == PHASE_CONNECT)
		tries_give_up(&secure->tries, secure->run);
	if (secure->tries.n > 0)
		proof_tries(secure->run, secure->host, &secure->tries);
	tries_done(&secure->tries);
}

const char *secure_name_fault(const char *server_name)
{
	char text[SECURE_HOST_MAX + 16];
	struct address address;
	struct url url;

	if (address_parse_host(server_name, 0, &address))
		return NULL;
	if ((size_t)snprintf(text, sizeof(text), "https://%s/", server_name) >= sizeof(text) ||
	    url_read(text, &url) != NULL || strpbrk(server_name, "/?#:@[]") != NULL)
		return "write a host name alone, such as \"mail.example.com\"";
	return NULL;
}
