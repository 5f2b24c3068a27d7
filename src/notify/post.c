/*
 * post.c - one attempt to hand one message to one service over HTTP.
 *
 * Owns the attempt from the name to the answer. As long as nothing was handed
 * over, the name's next address is tried; once the request is out, whatever
 * ends it without an answer leaves it in doubt. No redirect is followed, no
 * proxy asked, and the certificate is verified (io.h).
 */
#include "notify/post.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "notify/place.h"

#define URL_BYTES_MAX	  4096
#define HEADERS_MAX	  8
#define HEADERS_BYTES_MAX 16384
#define BODY_BYTES_MAX	  (1024 * 1024)
#define ADDRESSES_MAX	  4
/* A dead address must leave time for the next one. */
#define CONNECT_PATIENCE (7 * USEC_PER_SEC)

struct notify_delivery {
	struct notify_attempt attempt;
	struct post post;
	struct place place;
	struct address addresses[ADDRESSES_MAX];
	size_t addresses_n, next;
	struct io_query *query;
	struct io_exchange *exchange;
	struct io_timer *timer;
	mono_t deadline;
	enum phase phase;
	struct buf answer; /* its body, as much as is read */
	usec_t retry_after;
	struct io_mail_result result;
	/* As in smtp.c: what ends it is acted on when the last open call returns. */
	unsigned calls_open;
	bool is_over;
	bool is_cancelled;
};

/* ---- what is sent ---- */

void post_prepare(struct post *post)
{
	*post = (struct post){ 0 };
	buf_init(&post->url, URL_BYTES_MAX);
	buf_init(&post->headers, HEADERS_BYTES_MAX);
	buf_init(&post->body, BODY_BYTES_MAX);
	post_header(post, "Content-Type", "application/json");
}

void post_header(struct post *post, const char *name, const char *value)
{
	buf_printf(&post->headers, "%s: %s", name, value);
	buf_add(&post->headers, "", 1);
}

void post_auth(struct post *post, const struct auth *auth)
{
	char value[AUTH_HEADER_MAX];

	if (auth == NULL)
		return;
	auth_print(auth, value);
	post_header(post, "Authorization", value);
	explicit_bzero(value, sizeof value);
}

static void wipe(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->room);
	buf_done(b);
}

static void post_done(struct post *post)
{
	wipe(&post->url);
	wipe(&post->headers);
	wipe(&post->body);
}

static bool post_failed(const struct post *post)
{
	return buf_failed(&post->url) || buf_failed(&post->headers) || buf_failed(&post->body);
}

/* ---- the end ---- */

static void result_set(struct io_mail_result *result, enum mail_verdict verdict, const char *words)
{
	*result = (struct io_mail_result){ .verdict = verdict };
	(void)snprintf(result->reply, sizeof result->reply, "%s", words); /* ours, known to fit */
}

static void delivery_free(struct notify_delivery *d)
{
	if (d->query != NULL)
		io_query_cancel(d->query);
	io_exchange_cancel(d->exchange);
	io_timer_free(d->timer);
	buf_done(&d->answer);
	post_done(&d->post);
	free(d);
}

static void delivery_report(struct notify_delivery *d)
{
	struct notify_attempt attempt = d->attempt;
	struct io_mail_result result = d->result;

	delivery_free(d);
	attempt.on_done(attempt.ctx, &result);
}

static void delivery_enter(struct notify_delivery *d)
{
	d->calls_open++;
}

/* False: the delivery has ended and is gone. */
static bool delivery_leave(struct notify_delivery *d)
{
	if (--d->calls_open > 0)
		return true;
	if (d->is_cancelled) {
		delivery_free(d);
		return false;
	}
	if (d->is_over) {
		delivery_report(d);
		return false;
	}
	return true;
}

static void end_with(struct notify_delivery *d, enum mail_verdict verdict, const char *words)
{
	result_set(&d->result, verdict, words);
	d->is_over = true;
}

/* "connect-timeout: words" */
static void end_by(struct notify_delivery *d, enum mail_verdict verdict, struct outcome outcome,
		   const char *words)
{
	char text[sizeof d->result.reply];

	(void)snprintf(text, sizeof text, "%s%s%.200s", outcome_code(outcome),
		       words[0] ? ": " : "", words);
	end_with(d, verdict, text);
}

/* ---- the exchange ---- */

static bool on_header(void *ctx, const char *name, const char *value)
{
	struct notify_delivery *d = ctx;

	if (strcasecmp(name, "Retry-After") == 0)
		d->retry_after = answer_retry_after(value);
	return true;
}

/* False: enough; the exchange then ends as CAUSE_CUT. */
static bool on_body(void *ctx, const void *bytes, size_t n)
{
	struct notify_delivery *d = ctx;

	buf_add(&d->answer, bytes, n);
	return !buf_failed(&d->answer);
}

static void on_phase(void *ctx, enum phase phase)
{
	struct notify_delivery *d = ctx;

	d->phase = phase;
}

static void judge(struct notify_delivery *d, int status)
{
	answer_judge(status, buf_text(&d->answer), d->answer.n, d->retry_after, d->post.is_taken,
		     &d->result);
	d->is_over = true;
}

/*
 * The answer began and was cut, by them, or by us since it was too long: a status of another class
 * than 2xx has said all. Of a 2xx the service's own word may be what is missing.
 */
static void judge_cut(struct notify_delivery *d, const struct io_http_result *r)
{
	judge(d, r->status);
	if (r->status < 200 || r->status > 299 || d->result.verdict == MAIL_ACCEPTED)
		return;
	end_by(d, MAIL_IN_DOUBT, (struct outcome){ r->phase, r->cause }, "the answer was cut");
	d->result.code = r->status;
}

static void connect_next(struct notify_delivery *d);

static void exchange_failed(struct notify_delivery *d, const struct io_http_result *r)
{
	struct outcome outcome = { r->phase, r->cause };

	if (r->cause == CAUSE_LOCAL) {
		end_by(d, MAIL_LATER, outcome, r->note);
		d->result.is_short = true;
	} else if (r->phase == PHASE_CONNECT && d->next < d->addresses_n) {
		connect_next(d);
	} else if (r->status > 0) {
		judge_cut(d, r);
	} else {
		end_by(d, r->phase >= PHASE_WAIT ? MAIL_IN_DOUBT : MAIL_LATER, outcome, r->note);
	}
}

static void on_http_done(void *ctx, const struct io_http_result *r)
{
	struct notify_delivery *d = ctx;

	delivery_enter(d);
	d->exchange = NULL;
	if (r->cause == CAUSE_PASS)
		judge(d, r->status);
	else
		exchange_failed(d, r);
	(void)delivery_leave(d); /* nothing follows */
}

/* Lines of the buffer, as io wants them. */
static void headers_list(const struct buf *headers, const char *lines[HEADERS_MAX + 1])
{
	size_t n = 0;

	for (size_t at = 0; at < headers->n; at += strlen(headers->data + at) + 1) {
		assert(n < HEADERS_MAX);
		lines[n++] = headers->data + at;
	}
	lines[n] = NULL;
}

static void connect_to(struct notify_delivery *d, const struct address *address)
{
	const char *lines[HEADERS_MAX + 1];
	bool is_own = d->post.body.n > 0;
	const struct io_http_spec spec = {
		.url = buf_text(&d->post.url),
		.address = *address,
		.method = "POST",
		.headers = lines,
		.body = is_own ? buf_text(&d->post.body) : d->attempt.message,
		.body_bytes = is_own ? d->post.body.n : d->attempt.message_bytes,
		.ca_file = d->post.ca_file,
		.on_header = on_header,
		.on_body = on_body,
		.on_phase = on_phase,
		.on_done = on_http_done,
		.ctx = d,
	};
	struct io_exchange *exchange;

	headers_list(&d->post.headers, lines);
	d->phase = PHASE_CONNECT;
	buf_clear(&d->answer);
	d->retry_after = 0;
	exchange = io_http_start(d->attempt.io, &spec);
	if (exchange != NULL)
		d->exchange = exchange; /* else it is done, and may have gone on already */
}

static void connect_next(struct notify_delivery *d)
{
	const struct address *address = &d->addresses[d->next++];
	mono_t patience = mono_add(io_now(d->attempt.io).mono, CONNECT_PATIENCE);
	bool is_last = d->next == d->addresses_n;

	if (!place_allows(&d->place, address)) {
		end_with(d, MAIL_LATER,
			 "the name leads to a public address, where http:// would be readable on "
			 "the way: use https://");
		return;
	}
	io_timer_set(d->timer, is_last ? d->deadline : mono_min(d->deadline, patience));
	connect_to(d, address);
}

/* ---- time ---- */

static void time_is_up(struct notify_delivery *d)
{
	struct outcome outcome = { d->phase, CAUSE_TIMEOUT };

	end_by(d, d->phase >= PHASE_WAIT ? MAIL_IN_DOUBT : MAIL_LATER, outcome, "");
}

/* Where it has got further than to connect, the address was good and gets all the time there is. */
static void on_due(void *ctx)
{
	struct notify_delivery *d = ctx;
	bool is_late = mono_reached(d->deadline, io_now(d->attempt.io).mono);

	delivery_enter(d);
	if (is_late || d->exchange == NULL) {
		time_is_up(d);
	} else if (d->phase != PHASE_CONNECT) {
		io_timer_set(d->timer, d->deadline);
	} else {
		io_exchange_cancel(d->exchange);
		d->exchange = NULL;
		connect_next(d);
	}
	(void)delivery_leave(d); /* nothing follows */
}

/* ---- the beginning ---- */

static void on_answer(void *ctx, const struct io_answer *answer)
{
	struct notify_delivery *d = ctx;
	size_t n = answer->n < ADDRESSES_MAX ? answer->n : ADDRESSES_MAX;

	delivery_enter(d);
	d->query = NULL;
	memcpy(d->addresses, answer->address, n * sizeof d->addresses[0]);
	d->addresses_n = n;
	if (n > 0) {
		connect_next(d);
	} else {
		end_by(d, MAIL_LATER, (struct outcome){ PHASE_DNS, answer->cause }, "");
		d->result.is_short = answer->cause == CAUSE_LOCAL;
	}
	(void)delivery_leave(d); /* nothing follows */
}

/* Nothing is to be freed yet but `post`. */
static struct notify_delivery *start_fail(const struct notify_attempt *attempt, struct post *post,
					  enum mail_verdict verdict, const char *words)
{
	struct io_mail_result result;

	post_done(post);
	result_set(&result, verdict, words);
	result.is_short = verdict == MAIL_LATER;
	attempt->on_done(attempt->ctx, &result);
	return NULL;
}

static struct notify_delivery *delivery_new(const struct notify_attempt *attempt)
{
	struct notify_delivery *d = calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	d->attempt = *attempt;
	d->phase = PHASE_DNS;
	buf_init(&d->answer, ANSWER_BYTES_MAX);
	d->deadline = mono_add(io_now(attempt->io).mono, NOTIFY_PATIENCE);
	d->timer = io_timer_new(attempt->io, on_due, d);
	if (d->timer == NULL) {
		free(d);
		return NULL;
	}
	io_timer_set(d->timer, d->deadline);
	return d;
}

struct notify_delivery *post_start(const struct notify_attempt *attempt, struct post *post)
{
	struct notify_delivery *d;
	struct place place;

	assert(attempt->on_done != NULL);
	if (post_failed(post))
		return start_fail(attempt, post, MAIL_LATER, "no memory for the attempt");
	if (place_read(buf_text(&post->url), &place) != NULL)
		return start_fail(attempt, post, MAIL_REFUSED, "its address is not one of the web");
	d = delivery_new(attempt);
	if (d == NULL)
		return start_fail(attempt, post, MAIL_LATER, "no memory for the attempt");
	d->post = *post;
	d->place = place;
	delivery_enter(d);
	d->query = io_resolve(attempt->io, place.host, place.port, FAMILY_ANY, on_answer, d);
	return delivery_leave(d) ? d : NULL;
}

bool post_cancel(struct notify_delivery *d)
{
	bool is_in_doubt = d->exchange != NULL && d->phase >= PHASE_WAIT;

	delivery_enter(d);
	d->is_cancelled = true;
	(void)delivery_leave(d); /* nothing follows */
	return is_in_doubt;
}
