/*
 * witness.c - see witness.h.
 *
 * A redirect is never followed: what it leads to is somebody's login page, and
 * the credentials are for this server only.
 */
#include "witness.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fault.h"
#include "http_date.h"
#include "shorewatch/io.h"
#include "shorewatch/json.h"
#include "shorewatch/plan.h"
#include "vet.h"

#define PREFIX_MAX  1000 /* characters of the url, so that every question fits behind it */
#define LABELS_MAX  16
#define BODY_BEGINS 4096

/* ---- options ---- */

bool witness_check(void *ctx, struct option_fault *fault)
{
	const struct witness_params *params = ctx;
	struct url url;
	const char *wrong = url_read(params->url, &url);

	if (wrong != NULL)
		return fault_say(fault, "url", wrong);
	if (strchr(params->url, '?') != NULL || strlen(url.text) > PREFIX_MAX)
		return fault_say(fault, "url",
				 "give the server, such as \"https://am.example.com\": no query, "
				 "at most 1000 characters");
	if (params->labels.n > LABELS_MAX)
		return fault_say(fault, "labels", "at most 16");
	wrong = params->auth != NULL ? auth_fault(params->auth) : NULL;
	return wrong == NULL || fault_say(fault, "auth", wrong);
}

const char *witness_endpoint(const void *params)
{
	return ((const struct witness_params *)params)->url;
}

/* ---- the question ---- */

/* check() has seen to it that it fits. */
static void authorization_line(char line[WITNESS_LINE_MAX], const struct auth *auth)
{
	char value[AUTH_HEADER_MAX];

	auth_print(auth, value);
	(void)snprintf(line, WITNESS_LINE_MAX, "Authorization: %s", value);
}

static void lines_build(struct witness_run *w)
{
	const struct witness_params *params = w->run->params;
	size_t n = 0;

	/* What a cache in between remembers is not what the witness says now. */
	w->lines[n++] = "Cache-Control: no-cache";
	w->lines[n++] = "Accept: application/json";
	if (params->auth != NULL) {
		authorization_line(w->line, params->auth);
		w->lines[n++] = w->line;
	}
	w->lines[n] = NULL;
}

/* The server's URL, without the slash at its end, and the question. */
static bool url_build(struct witness_run *w)
{
	const struct witness_params *params = w->run->params;
	struct url base;
	char text[URL_MAX];
	size_t n;

	if (url_read(params->url, &base) != NULL)
		return false;
	n = strlen(base.text);
	while (n > base.path_at && base.text[n - 1] == '/')
		n--;
	return (size_t)snprintf(text, sizeof(text), "%.*s%s", (int)n, base.text, w->question) <
		       sizeof(text) &&
	       url_read(text, &w->url) == NULL;
}

/* ---- the answer ---- */

void witness_note(struct probe_run *run, const char *format, ...)
{
	char note[NOTE_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(note, sizeof(note), format, args);
	va_end(args);
	probe_run_note(run, note);
}

static void body_drop(struct witness_run *w)
{
	free(w->body);
	w->body = NULL;
	w->body_n = w->body_room = 0;
}

static void finish(struct witness_run *w, enum phase phase, enum cause cause)
{
	body_drop(w);
	probe_run_finish(w->run, (struct outcome){ phase, cause });
}

static void on_phase(void *ctx, enum phase phase)
{
	struct witness_run *w = ctx;

	if ((phase > PHASE_TLS && w->url.is_tls) || phase == PHASE_BODY)
		w->run->seen.is_reached = true;
	probe_run_enter(w->run, phase);
}

static bool on_header(void *ctx, const char *name, const char *value)
{
	struct witness_run *w = ctx;

	if (strcasecmp(name, "Date") == 0)
		(void)snprintf(w->date, sizeof(w->date), "%s", value);
	return true;
}

static bool body_grow(struct witness_run *w, size_t wanted)
{
	size_t room = w->body_room > 0 ? w->body_room : BODY_BEGINS;
	char *body;

	while (room < wanted)
		room *= 2;
	if (room == w->body_room)
		return true;
	body = realloc(w->body, room);
	if (body == NULL)
		return false;
	w->body = body;
	w->body_room = room;
	return true;
}

static bool on_body(void *ctx, const void *bytes, size_t n)
{
	struct witness_run *w = ctx;

	w->is_cut = n > WITNESS_BODY_MAX - w->body_n;
	if (w->is_cut || !body_grow(w, w->body_n + n))
		return false;
	memcpy(w->body + w->body_n, bytes, n);
	w->body_n += n;
	return true;
}

/* A name for what came instead of JSON, for whoever looks at the page. */
static const char *kind_of_body(const struct witness_run *w)
{
	size_t at = 0;

	while (at < w->body_n && strchr(" \t\r\n", w->body[at]) != NULL)
		at++;
	if (at == w->body_n)
		return "an empty answer";
	return w->body[at] == '<' ? "an HTML page (a login page?)" : "something else";
}

static enum cause body_judge(struct witness_run *w)
{
	char why[JSON_WHY_MAX];
	struct json *answer = json_parse(w->body != NULL ? w->body : "", w->body_n, why);
	enum cause cause = CAUSE_MISMATCH;

	if (answer == NULL)
		witness_note(w->run, "not JSON but %s", kind_of_body(w));
	else
		cause = w->on_answer(w->run, answer);
	json_free(answer);
	return cause;
}

static void status_note(struct probe_run *run, int status)
{
	static const struct {
		int status;
		const char *text;
	} meanings[] = {
		{ 401, "HTTP status 401: the credentials under `auth` are not accepted" },
		{ 403, "HTTP status 403: asking is forbidden to us" },
		{ 404, "HTTP status 404: nothing of the kind at this address" },
	};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (meanings[i].status == status) {
			probe_run_note(run, meanings[i].text);
			return;
		}
	}
	witness_note(run, "HTTP status %d", status);
}

static void answer_judge(struct witness_run *w, int status)
{
	if (status >= 300 && status < 400 && status != 304) {
		witness_note(w->run, "HTTP status %d leads elsewhere (a login page?)", status);
		finish(w, PHASE_WAIT, CAUSE_REDIRECT);
	} else if (status != 200) {
		status_note(w->run, status);
		finish(w, PHASE_WAIT, CAUSE_STATUS);
	} else if (w->is_cut) {
		probe_run_note(w->run, "an answer of more than 1 MiB, which is not read");
		finish(w, PHASE_BODY, CAUSE_CUT);
	} else {
		finish(w, PHASE_BODY, body_judge(w));
	}
}

static void result_keep(struct witness_run *w, const struct io_http_result *result)
{
	struct observation *seen = &w->run->seen;

	probe_run_enter(w->run, result->phase);
	for (enum phase p = PHASE_CONNECT; p < PHASE_COUNT; p++)
		seen->phase_us[p] = result->phase_us[p];
	seen->code = result->status;
	seen->is_reached = seen->is_reached || result->is_reached;
	if (wall_is_set(result->certificate.not_after))
		seen->certificate = result->certificate;
	seen->date = http_date_read(w->date, io_now(w->run->io).wall);
}

static void witness_connect(struct witness_run *w);

static void on_done(void *ctx, const struct io_http_result *result)
{
	struct witness_run *w = ctx;
	enum cause cause = result->cause;

	w->exchange = NULL;
	result_keep(w, result);
	if (cause == CAUSE_PASS || (cause == CAUSE_CUT && w->is_cut)) {
		answer_judge(w, result->status);
	} else if (result->phase == PHASE_CONNECT) {
		if (tries_go_on(&w->tries, w->run, &cause, result->note))
			witness_connect(w);
		else
			finish(w, PHASE_CONNECT, cause);
	} else {
		if (result->note[0] != '\0')
			probe_run_note(w->run, result->note);
		/* Stopped by us, and not for its length: no memory for it. */
		finish(w, result->phase, cause == CAUSE_CUT ? CAUSE_LOCAL : cause);
	}
}

/* ---- the run ---- */

static void exchange_start(struct witness_run *w, const struct address *address)
{
	const struct witness_params *params = w->run->params;
	const struct io_http_spec spec = {
		.url = w->url.text,
		.address = *address,
		.method = "GET",
		.headers = w->lines,
		.ca_file = params->ca_file,
		.on_header = on_header,
		.on_body = on_body,
		.on_phase = on_phase,
		.on_done = on_done,
		.ctx = w,
	};

	struct io_exchange *exchange;

	lines_build(w);
	probe_run_enter(w->run, PHASE_CONNECT);
	exchange = io_http_start(w->run->io, &spec);
	/* NULL: on_done has been here, and perhaps the next address is on its way. */
	if (exchange != NULL)
		w->exchange = exchange;
}

static void witness_connect(struct witness_run *w)
{
	const struct address *address = tries_address(&w->tries);

	w->run->seen.address = *address;
	if (vet_is_given(w->url.host) || vet_allows(w->run->target, address)) {
		exchange_start(w, address);
		return;
	}
	vet_note(w->run, address);
	finish(w, PHASE_DNS, CAUSE_FORBIDDEN);
}

static void on_answer(void *ctx, const struct io_answer *answer)
{
	struct witness_run *w = ctx;

	w->query = NULL;
	if (answer->cause != CAUSE_PASS) {
		finish(w, PHASE_DNS, answer->cause);
		return;
	}
	tries_begin(&w->tries, NULL, answer);
	witness_connect(w);
}

void witness_ask(struct probe_run *run, const char *question,
		 enum cause (*on_json)(struct probe_run *run, const struct json *answer))
{
	struct witness_run *w = run->scratch;

	w->run = run;
	w->question = question;
	w->on_answer = on_json;
	if (!url_build(w)) {
		finish(w, PHASE_DNS, CAUSE_LOCAL); /* check() has read it before */
		return;
	}
	w->query = io_resolve(run->io, w->url.host, w->url.port, run->target->family, on_answer, w);
}

void witness_cancel(struct probe_run *run)
{
	struct witness_run *w = run->scratch;

	io_query_cancel(w->query);
	io_exchange_cancel(w->exchange);
	if (run->phase == PHASE_CONNECT)
		tries_give_up(&w->tries, run);
	body_drop(w);
}
