/*
 * http.c - one request and whatever redirects it takes, to one verdict about
 * the answer.
 *
 * Each hop is resolved and vetted anew, and has its own time to connect; the
 * deadline of the run is for all of them. The spans of the phases add up over
 * the hops. What is read of a body is searched as it comes and then forgotten.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "http_assert.h"
#include "http_params.h"
#include "http_redirect.h"
#include "http_url.h"
#include "shorewatch/io.h"
#include "shorewatch/plan.h"
#include "shorewatch/probe.h"
#include "vet.h"

#define LINES_MAX   40 /* header lines; http_params.c allows 32 */
#define LINES_BYTES 4096

struct http_run {
	struct probe_run *run;
	struct io_query *query;
	struct io_exchange *exchange;
	struct hop hop;
	struct url first;     /* where credentials may go */
	struct address given; /* that the configuration itself leads to; FAMILY_ANY: none */
	bool is_given;	      /* this hop goes where the configuration says */
	int64_t redirects;
	char location[URL_MAX]; /* of this hop's answer; empty: none */
	bool is_location_cut;
	struct search wanted, unwanted;
	int64_t body_bytes;
	bool is_cut;			  /* by max_body */
	usec_t spans_before[PHASE_COUNT]; /* of the hops before */
	const char *lines[LINES_MAX];
	char lines_text[LINES_BYTES];
};

static void hop_start(struct http_run *http);

/* ---- the request ---- */

static bool line_add(struct http_run *http, size_t *n, size_t *at, const char *name,
		     const char *value)
{
	size_t room = sizeof(http->lines_text) - *at;
	/* libcurl takes "Name:" as "leave it out", and "Name;" as "send it empty". */
	int length = *value != '\0' ? snprintf(http->lines_text + *at, room, "%s: %s", name, value)
				    : snprintf(http->lines_text + *at, room, "%s;", name);

	if (*n == LINES_MAX - 1 || length < 0 || (size_t)length >= room)
		return false;
	http->lines[(*n)++] = http->lines_text + *at;
	*at += (size_t)length + 1;
	http->lines[*n] = NULL;
	return true;
}

/* check() has seen to it that they fit. */
static void lines_build(struct http_run *http)
{
	const struct http_params *params = http->run->params;
	bool is_first = url_same_origin(&http->hop.url, &http->first);
	size_t n = 0, at = 0;

	http->lines[0] = NULL;
	if (params->host != NULL && is_first)
		(void)line_add(http, &n, &at, "Host", params->host);
	for (size_t i = 0; i < params->headers.n; i++) {
		const struct pair *header = &params->headers.v[i];

		if (redirect_keeps_header(header->name, is_first, http->hop.has_body))
			(void)line_add(http, &n, &at, header->name, header->value);
	}
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

static bool on_header(void *ctx, const char *name, const char *value)
{
	struct http_run *http = ctx;

	if (strcasecmp(name, "Location") != 0 || http->location[0] != '\0')
		return true;
	http->is_location_cut = strlen(value) >= sizeof(http->location);
	(void)snprintf(http->location, sizeof(http->location), "%s", value);
	return true;
}

static bool on_body(void *ctx, const void *bytes, size_t n)
{
	struct http_run *http = ctx;
	const struct http_params *params = http->run->params;
	int64_t room = params->max_body - http->body_bytes;

	http->is_cut = (int64_t)n > room;
	if (http->is_cut)
		n = (size_t)room;
	http->body_bytes += (int64_t)n;
	search_feed(&http->wanted, bytes, n);
	search_feed(&http->unwanted, bytes, n);
	return !http->is_cut;
}

/* ---- the verdict ---- */

static void finish(struct http_run *http, enum phase phase, enum cause cause)
{
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

static void body_judge(struct http_run *http)
{
	const struct http_params *params = http->run->params;
	bool is_searched = params->body_contains.n > 0 || params->body_not_contains.n > 0;
	bool is_open = !search_has_all(&http->wanted) || params->body_not_contains.n > 0;

	if (search_has_any(&http->unwanted))
		finish_note(http, PHASE_BODY, CAUSE_MISMATCH, "the body contains \"%.80s\"",
			    search_first(&http->unwanted, true));
	else if (http->is_cut && is_searched && is_open)
		finish_note(http, PHASE_BODY, CAUSE_CUT,
			    "not decided within max_body, %lld bytes; raise it",
			    (long long)params->max_body);
	else if (!search_has_all(&http->wanted))
		finish_note(http, PHASE_BODY, CAUSE_MISMATCH, "the body does not contain \"%.80s\"",
			    search_first(&http->wanted, false));
	else
		finish(http, PHASE_BODY, CAUSE_PASS);
}

static void redirect_take(struct http_run *http, int status)
{
	const struct http_params *params = http->run->params;
	const char *fault;

	if (++http->redirects > params->max_redirects) {
		finish_note(http, PHASE_WAIT, CAUSE_REDIRECT, "more than %lld redirects",
			    (long long)params->max_redirects);
		return;
	}
	fault = http->is_location_cut ? "longer than 2000 characters"
				      : redirect_follow(&http->hop, status, http->location);
	if (fault != NULL)
		finish_note(http, PHASE_WAIT, CAUSE_REDIRECT, "redirect: %s", fault);
	else
		hop_start(http);
}

static void answer_judge(struct http_run *http, int status)
{
	const struct http_params *params = http->run->params;

	if (redirect_is(status) && http->location[0] != '\0' && params->max_redirects > 0)
		redirect_take(http, status);
	else if (!status_set_has(&params->wanted, status))
		finish_note(http, PHASE_WAIT, CAUSE_STATUS, "HTTP status %d", status);
	else
		body_judge(http);
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
	if (wall_is_set(result->cert_not_after))
		seen->cert_not_after = result->cert_not_after;
}

static void on_done(void *ctx, const struct io_http_result *result)
{
	struct http_run *http = ctx;

	http->exchange = NULL;
	result_keep(http, result);
	if (result->cause == CAUSE_PASS || (result->cause == CAUSE_CUT && http->is_cut)) {
		answer_judge(http, result->status);
		return;
	}
	if (result->note[0] != '\0')
		probe_run_note(http->run, result->note);
	finish(http, result->phase, result->cause);
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

static void hop_connect(struct http_run *http, const struct address *address)
{
	const struct http_params *params = http->run->params;
	const struct io_http_spec spec = {
		.url = http->hop.url.text,
		.address = *address,
		.method = http_methods[http->hop.method],
		.headers = http->lines,
		.body = http->hop.has_body ? params->body : NULL,
		.body_bytes = http->hop.has_body ? strlen(params->body) : 0,
		.ca_file = params->ca_file,
		.on_header = on_header,
		.on_body = on_body,
		.on_phase = on_phase,
		.on_done = on_done,
		.ctx = http,
	};

	http->run->seen.address = *address;
	if (!is_allowed(http, address)) {
		vet_note(http->run, address);
		finish(http, PHASE_DNS, CAUSE_FORBIDDEN);
		return;
	}
	lines_build(http);
	search_init(&http->wanted, &params->body_contains);
	search_init(&http->unwanted, &params->body_not_contains);
	memcpy(http->spans_before, http->run->seen.phase_us, sizeof(http->spans_before));
	probe_run_enter(http->run, PHASE_CONNECT);
	http->exchange = io_http_start(http->run->io, &spec);
}

static void on_answer(void *ctx, const struct io_answer *answer)
{
	struct http_run *http = ctx;

	http->query = NULL;
	if (answer->is_remembered)
		probe_run_note(http->run, "no resolver answers; the last good address was used");
	if (answer->cause == CAUSE_PASS)
		hop_connect(http, &answer->address[0]);
	else
		finish(http, PHASE_DNS, answer->cause);
}

/* dns + connect have their own time in each hop. */
static void hop_start(struct http_run *http)
{
	struct probe_run *run = http->run;
	const struct http_params *params = run->params;
	char host[URL_HOST_MAX];
	uint16_t port = http->hop.url.port;
	bool is_first = url_same_origin(&http->hop.url, &http->first);

	http->location[0] = '\0';
	http->is_location_cut = http->is_cut = false;
	http->body_bytes = 0;
	run->seen.code = 0;
	(void)snprintf(host, sizeof(host), "%s", http->hop.url.host);
	if (params->address != NULL && is_first)
		(void)address_split(params->address, host, sizeof(host), &port); /* checked */
	http->is_given = is_first && vet_is_given(host);
	run->connect_deadline = mono_add(io_now(run->io).mono, run->target->connect_timeout);
	probe_run_enter(run, PHASE_DNS);
	http->query = io_resolve(run->io, host, port, run->target->family, on_answer, http);
}

static void http_start(struct probe_run *run)
{
	const struct http_params *params = run->params;
	struct http_run *http = run->scratch;

	http->run = run;
	if (url_read(params->url, &http->first) != NULL) {
		/* check() has read it before. */
		finish(http, PHASE_DNS, CAUSE_LOCAL);
		return;
	}
	http->hop = (struct hop){ .url = http->first,
				  .method = (enum http_method)params->method,
				  .has_body = params->body != NULL };
	hop_start(http);
}

static void http_cancel(struct probe_run *run)
{
	struct http_run *http = run->scratch;

	io_query_cancel(http->query);
	io_exchange_cancel(http->exchange);
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
	.check = http_check,
	.endpoint = http_endpoint,
	.start = http_start,
	.cancel = http_cancel,
};
