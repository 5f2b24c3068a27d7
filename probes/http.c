/*
 * http.c - one request and whatever redirects it takes, to one verdict about
 * the answer.
 *
 * Each hop is resolved and vetted anew, and has its own time to connect; the
 * deadline of the run is for all of them. The spans of the phases add up over
 * the hops, and over the addresses of a host that refuse.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "http_assert.h"
#include "http_body.h"
#include "http_date.h"
#include "http_expect.h"
#include "http_params.h"
#include "http_proof.h"
#include "http_redirect.h"
#include "http_request.h"
#include "http_url.h"
#include "nameless.h"
#include "proof.h"
#include "shorewatch/io.h"
#include "shorewatch/plan.h"
#include "shorewatch/probe.h"
#include "tries.h"
#include "vet.h"

struct http_run {
	struct probe_run *run;
	struct io_query *query;
	struct io_exchange *exchange;
	struct nameless *nameless;
	struct address given; /* that the configuration itself leads to; FAMILY_ANY: none */
	bool is_given;	      /* this hop goes where the configuration says */
	bool is_location_cut;
	int64_t redirects;
	/* From here on nothing is zeroed: it is much, and each begins when it is needed. */
	struct trail trail;
	struct tries tries;		  /* the addresses of this hop */
	usec_t spans_before[PHASE_COUNT]; /* of the connections before */
	struct hop hop;
	char location[URL_MAX]; /* of this hop's answer; empty: none */
	struct expects expects;
	struct body body;
	struct request request;
};

static void hop_start(struct http_run *http);
static void hop_connect(struct http_run *http);

/* To the scheme, host and port of the configured URL: there credentials may go. */
static bool is_first(const struct http_run *http)
{
	const struct http_params *params = http->run->params;
	struct url first;

	return http->redirects == 0 || (url_read(params->url, &first) == NULL &&
					url_same_origin(&http->hop.url, &first));
}

/* ---- the answer, as it comes ---- */

static void on_phase(void *ctx, enum phase phase)
{
	struct http_run *http = ctx;

	/* Whoever has got past TLS has been answered; the first byte is an answer in any case. */
	if ((phase > PHASE_TLS && http->hop.url.is_tls) || phase == PHASE_BODY)
		http->run->seen.is_reached = true;
	probe_run_enter(http->run, phase);
}

/* From here on the answer is evidence, the first time as well. */
static void on_refusal(void *ctx, int status)
{
	const struct http_run *http = ctx;
	const struct http_params *params = http->run->params;

	if (!redirect_is(status) && !status_is_among(&params->status, status))
		(void)probe_run_evidence(http->run);
}

static void location_keep(struct http_run *http, const char *value)
{
	if (http->location[0] != '\0')
		return;
	http->is_location_cut = strlen(value) >= sizeof(http->location);
	(void)snprintf(http->location, sizeof(http->location), "%s", value);
}

/* Most are told apart by their first letter. */
static bool is_named(const char *name, const char *wanted)
{
	return (*name | ' ') == (*wanted | ' ') && strcasecmp(name, wanted) == 0;
}

static bool on_header(void *ctx, const char *name, const char *value)
{
	struct http_run *http = ctx;
	struct probe_run *run = http->run;

	if (is_named(name, "Location"))
		location_keep(http, value);
	else if (is_named(name, "Date"))
		run->seen.date = http_date_read(value, io_now(run->io).wall);
	expects_see(&http->expects, name, value);
	if (run->evidence != NULL)
		proof_header(run->evidence, name, value);
	return true;
}

static bool on_body(void *ctx, const void *bytes, size_t n)
{
	struct http_run *http = ctx;

	if (http->run->evidence != NULL)
		proof_body(http->run->evidence, bytes, n);
	return body_feed(&http->body, bytes, n);
}

/* ---- the verdict ---- */

/* What the run owns beyond its scratch, and its secrets. */
static void leave(struct http_run *http)
{
	tries_done(&http->tries);
	body_done(&http->body);
	request_done(&http->request);
}

/* What this hop's host is resolved as: the configuration may lead the first one elsewhere. */
static uint16_t hop_place(const struct http_run *http, char host[URL_HOST_MAX]);

/* It has failed; what the answer repeated of our secrets goes. */
static void prove(struct http_run *http)
{
	char host[URL_HOST_MAX];

	if (http->run->phase > PHASE_DNS) {
		(void)hop_place(http, host);
		proof_tries(http->run, host, &http->tries);
	}
	http_proof_hide(http->run->evidence, http->run->params);
}

static void finish(struct http_run *http, enum phase phase, enum cause cause)
{
	if (cause != CAUSE_PASS)
		prove(http);
	leave(http);
	probe_run_finish(http->run, (struct outcome){ phase, cause });
}

static void __attribute__((format(printf, 4, 5)))
finish_note(struct http_run *http, enum phase phase, enum cause cause, const char *format, ...)
{
	char note[NOTE_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(note, sizeof(note), format, args);
	va_end(args);
	probe_run_note(http->run, note);
	finish(http, phase, cause);
}

static void redirect_take(struct http_run *http, int status)
{
	const struct http_params *params = http->run->params;
	const char *fault;

	if (++http->redirects > params->max_redirects) {
		finish_note(http, PHASE_WAIT, CAUSE_REDIRECT, "more than %lld redirects%s",
			    (long long)params->max_redirects,
			    http->trail.is_loop ? ", in a loop" : "");
		return;
	}
	fault = http->is_location_cut ? "longer than 2000 characters"
				      : redirect_follow(&http->hop, status, http->location);
	if (fault != NULL)
		finish_note(http, PHASE_WAIT, CAUSE_REDIRECT, "redirect: %s", fault);
	else
		hop_start(http);
}

static void content_judge(struct http_run *http)
{
	char note[NOTE_MAX];
	enum cause cause;

	if (!expects_are_met(&http->expects, note)) {
		finish_note(http, PHASE_WAIT, CAUSE_MISMATCH, "%s", note);
		return;
	}
	cause = body_judge(&http->body, note);
	if (cause == CAUSE_PASS)
		finish(http, PHASE_BODY, CAUSE_PASS);
	else
		finish_note(http, PHASE_BODY, cause, "%s", note);
}

static void answer_judge(struct http_run *http, int status)
{
	const struct http_params *params = http->run->params;

	if (redirect_is(status) && http->location[0] != '\0' && params->max_redirects > 0)
		redirect_take(http, status);
	else if (!status_is_among(&params->status, status))
		finish_note(http, PHASE_WAIT, CAUSE_STATUS, "HTTP status %d", status);
	else
		content_judge(http);
}

/* libcurl's spans are finer than the turns of our loop, on which the run's own are taken. */
static void result_keep(struct http_run *http, const struct io_http_result *result)
{
	struct observation *seen = &http->run->seen;

	probe_run_enter(http->run, result->phase);
	for (enum phase p = PHASE_CONNECT; p < PHASE_COUNT; p++) {
		usec_t before = http->spans_before[p], here = result->phase_us[p];

		if (here == PHASE_NOT_REACHED)
			seen->phase_us[p] = before;
		else
			seen->phase_us[p] = here + (before == PHASE_NOT_REACHED ? 0 : before);
	}
	seen->code = result->status;
	seen->is_reached = seen->is_reached || result->is_reached;
	if (wall_is_set(result->certificate.not_after))
		seen->certificate = result->certificate;
}

/* We stopped reading ourselves: what was read is judged. */
static bool is_enough(const struct http_run *http, enum cause cause)
{
	return cause == CAUSE_CUT && (http->body.is_cut || http->body.has_no_memory);
}

static void on_done(void *ctx, const struct io_http_result *result)
{
	struct http_run *http = ctx;
	enum cause cause = result->cause;

	http->exchange = NULL;
	result_keep(http, result);
	if (cause == CAUSE_PASS || is_enough(http, cause)) {
		answer_judge(http, result->status);
	} else if (result->phase == PHASE_CONNECT) {
		if (tries_go_on(&http->tries, http->run, &cause, result->note))
			hop_connect(http);
		else
			finish(http, PHASE_CONNECT, cause);
	} else {
		if (result->note[0] != '\0')
			probe_run_note(http->run, result->note);
		finish(http, result->phase, cause);
	}
}

/* ---- a hop ---- */

static bool is_allowed(struct http_run *http, const struct address *address)
{
	struct address same = *address;

	if (http->is_given)
		http->given = *address;
	same.port = http->given.port;
	return address_equal(&same, &http->given) || vet_allows(http->run->target, address);
}

static void exchange_start(struct http_run *http, const struct address *address)
{
	const struct http_params *params = http->run->params;
	bool has_body = http->hop.has_body, is_ours = is_first(http);
	const struct io_http_spec spec = {
		.url = http->hop.url.text,
		.address = *address,
		.method = http_methods[http->hop.method],
		.headers = http->request.lines,
		.body = has_body ? params->body : NULL,
		.body_bytes = has_body ? strlen(params->body) : 0,
		.ca_file = params->ca_file,
		.client_cert = is_ours ? params->client_cert : NULL,
		.client_key = is_ours ? params->client_key : NULL,
		.version = (enum io_http_version)params->http_version,
		.on_refusal = on_refusal,
		.on_header = on_header,
		.on_body = on_body,
		.on_phase = on_phase,
		.on_done = on_done,
		.ctx = http,
		.evidence = http->run->evidence,
	};
	struct io_exchange *exchange;

	request_build(&http->request, params, is_ours, has_body);
	expects_init(&http->expects, &params->header);
	if (http->run->evidence != NULL)
		proof_begin(http->run->evidence);
	body_begin(&http->body, params);
	http->location[0] = '\0';
	http->is_location_cut = false;
	memcpy(http->spans_before, http->run->seen.phase_us, sizeof(http->spans_before));
	probe_run_enter(http->run, PHASE_CONNECT);
	exchange = io_http_start(http->run->io, &spec);
	/* NULL: on_done has been here, and perhaps the next address is on its way. */
	if (exchange != NULL)
		http->exchange = exchange;
}

static void hop_connect(struct http_run *http)
{
	const struct address *address = tries_address(&http->tries);

	http->run->seen.address = *address;
	if (is_allowed(http, address)) {
		exchange_start(http, address);
		return;
	}
	vet_note(http->run, address);
	finish(http, PHASE_DNS, CAUSE_FORBIDDEN);
}

static uint16_t hop_place(const struct http_run *http, char host[URL_HOST_MAX])
{
	const struct http_params *params = http->run->params;
	uint16_t port = http->hop.url.port;

	memcpy(host, http->hop.url.host, strlen(http->hop.url.host) + 1);
	if (params->address != NULL && is_first(http))
		(void)address_split(params->address, host, URL_HOST_MAX, &port); /* checked */
	return port;
}

static void on_nameless(void *ctx, enum cause cause)
{
	finish(ctx, PHASE_DNS, cause);
}

static void name_failed(struct http_run *http, enum cause cause)
{
	char host[URL_HOST_MAX];
	uint16_t port = hop_place(http, host);

	nameless_begin(http->run, &(struct nameless_spec){ .host = host,
							   .port = port,
							   .cause = cause,
							   .place = &http->nameless,
							   .on_over = on_nameless,
							   .ctx = http });
}

static void on_answer(void *ctx, const struct io_answer *answer)
{
	struct http_run *http = ctx;

	http->query = NULL;
	if (answer->is_remembered)
		probe_run_note(http->run, "no resolver answers; the last good address was used");
	if (answer->cause != CAUSE_PASS || http->run->evidence != NULL) {
		char host[URL_HOST_MAX];

		(void)hop_place(http, host);
		proof_answer(http->run, host, answer);
	}
	if (answer->cause != CAUSE_PASS) {
		name_failed(http, answer->cause);
		return;
	}
	tries_begin(&http->tries, http->run, answer);
	hop_connect(http);
}

/* dns + connect have their own time in each hop. */
static void hop_start(struct http_run *http)
{
	struct probe_run *run = http->run;
	char host[URL_HOST_MAX];
	uint16_t port;

	trail_add(&http->trail, &http->hop);
	run->seen.code = 0;
	port = hop_place(http, host);
	http->is_given = is_first(http) && vet_is_given(host);
	run->connect_deadline = mono_add(io_now(run->io).mono, run->target->connect_timeout);
	probe_run_enter(run, PHASE_DNS);
	http->query = io_resolve_turn(run->io, host, port, run->target->family, tries_turn(run),
				      on_answer, http);
}

static void http_start(struct probe_run *run)
{
	const struct http_params *params = run->params;
	struct http_run *http = run->scratch;

	http->run = run;
	if (run->failed_before > 0)
		(void)probe_run_evidence(run); /* from the start, to have what the answer says */
	http->hop.method = (enum http_method)params->method;
	http->hop.has_body = params->body != NULL;
	trail_begin(&http->trail);
	tries_init(&http->tries);
	body_init(&http->body);
	request_init(&http->request);
	if (url_read(params->url, &http->hop.url) == NULL)
		hop_start(http);
	else /* check() has read it before */
		finish(http, PHASE_DNS, CAUSE_LOCAL);
}

static void http_cancel(struct probe_run *run)
{
	struct http_run *http = run->scratch;

	nameless_cancel(http->nameless, run, http->query);
	io_query_cancel(http->query);
	io_exchange_cancel(http->exchange);
	if (run->phase == PHASE_CONNECT)
		tries_give_up(&http->tries, run);
	prove(http);
	leave(http);
}

static const char *http_endpoint(const void *params)
{
	return ((const struct http_params *)params)->url;
}

const struct probe_kind probe_http = {
	.name = "http",
	.summary = "an HTTP or HTTPS request, its status and its body",
	.options = http_options,
	.params_bytes = sizeof(struct http_params),
	.scratch_bytes = sizeof(struct http_run),
	.scratch_clean_bytes = offsetof(struct http_run, trail),
	.check = http_check,
	.release = http_release,
	.endpoint = http_endpoint,
	.start = http_start,
	.cancel = http_cancel,
};
