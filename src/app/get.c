/*
 * get.c - see get.h. Nothing of the answer is kept but its status.
 */
#include "app/get.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"

#define HOST_MAX 256
#define PORT_TEXT_MAX 8

struct get {
	struct io *io;
	get_on_done *on_done;
	void *ctx;
	const char *url;
	bool is_busy;
	struct io_query *query;
	struct io_exchange *exchange;
	mono_t deadline;
};

struct place {
	char host[HOST_MAX];
	uint16_t port;
};

/* ---- where a URL leads ---- */

static const char *authority_of(const char *url, uint16_t *ret_port)
{
	if (strncmp(url, "https://", 8) == 0) {
		*ret_port = 443;
		return url + 8;
	}
	*ret_port = 80;
	return strncmp(url, "http://", 7) == 0 ? url + 7 : NULL;
}

/* "host", "host:port", "[v6]", "[v6]:port"; somebody@host is not for us. */
static bool place_read(const char *url, struct place *ret)
{
	const char *from = authority_of(url, &ret->port);
	size_t n = from ? strcspn(from, "/?#") : 0;
	char text[HOST_MAX + PORT_TEXT_MAX], host[HOST_MAX];

	if (n == 0 || n >= sizeof text || memchr(from, '@', n))
		return false;
	memcpy(text, from, n);
	text[n] = '\0';
	if (address_split(text, host, sizeof host, &ret->port))
		return words_copy(ret->host, sizeof ret->host, host);
	if (text[0] == '[' && text[n - 1] == ']') {
		text[n - 1] = '\0';
		return words_copy(ret->host, sizeof ret->host, text + 1);
	}
	return !strchr(text, ':') && words_copy(ret->host, sizeof ret->host, text);
}

/* ---- the exchange ---- */

static void finish(struct get *get, const struct get_result *result)
{
	get->is_busy = false;
	get->query = NULL;
	get->exchange = NULL;
	get->on_done(get->ctx, result);
}

static void fail(struct get *get, enum phase phase, enum cause cause)
{
	finish(get, &(struct get_result){ .outcome = { phase, cause } });
}

static bool drop_body(void *ctx, const void *bytes, size_t n)
{
	(void)ctx, (void)bytes, (void)n;
	return false; /* the head has told all we want */
}

static void on_answered(void *ctx, const struct io_http_result *r)
{
	struct get_result result = { .outcome = { r->phase, r->cause }, .status = r->status,
				     .is_reached = r->is_reached };

	if (r->cause == CAUSE_CUT)
		result.outcome.cause = CAUSE_PASS; /* that was us */
	finish(ctx, &result);
}

static void connect_to(struct get *get, const struct address *at)
{
	const struct io_http_spec spec = {
		.url = get->url,
		.address = *at,
		.method = "GET",
		.on_body = drop_body,
		.on_done = on_answered,
		.ctx = get,
	};
	struct io_exchange *exchange = io_http_start(get->io, &spec);

	if (exchange)
		get->exchange = exchange; /* else it is done, and may even have begun anew */
}

static void on_resolved(void *ctx, const struct io_answer *answer)
{
	struct get *get = ctx;

	get->query = NULL;
	if (answer->n > 0)
		connect_to(get, &answer->address[0]);
	else
		fail(get, PHASE_DNS, answer->cause);
}

void get_start(struct get *get, const char *url, const struct address *at, usec_t patience)
{
	struct place place;
	struct io_query *query;

	assert(!get->is_busy);
	get->url = url;
	get->is_busy = true;
	get->deadline = mono_add(io_now(get->io).mono, patience);
	if (at) {
		connect_to(get, at);
		return;
	}
	if (!place_read(url, &place)) {
		fail(get, PHASE_DNS, CAUSE_PROTOCOL);
		return;
	}
	query = io_resolve(get->io, place.host, place.port, FAMILY_ANY, on_resolved, get);
	if (query)
		get->query = query;
}

bool get_is_busy(const struct get *get)
{
	return get->is_busy;
}

static void cancel(struct get *get)
{
	if (get->query)
		io_query_cancel(get->query);
	if (get->exchange)
		io_exchange_cancel(get->exchange);
	get->query = NULL;
	get->exchange = NULL;
}

mono_t get_advance(struct get *get, struct now now)
{
	enum phase phase = get->query ? PHASE_DNS : PHASE_WAIT;

	if (!get->is_busy)
		return MONO_NEVER;
	if (!mono_reached(get->deadline, now.mono))
		return get->deadline;
	cancel(get);
	fail(get, phase, CAUSE_TIMEOUT);
	return MONO_NEVER;
}

struct get *get_new(struct io *io, get_on_done *on_done, void *ctx)
{
	struct get *get = calloc(1, sizeof *get);

	if (!get)
		return NULL;
	get->io = io;
	get->on_done = on_done;
	get->ctx = ctx;
	return get;
}

void get_free(struct get *get)
{
	if (!get)
		return;
	cancel(get);
	free(get);
}
