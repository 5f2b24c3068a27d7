/*
 * receiver_request.c - what a request means: a beat, a job's report, the page,
 * health, metrics.
 *
 * Owns a request's body while it comes in. Everything is answered from memory
 * or from the page's folder, at once. Nothing that came in is repeated in an
 * answer; a refusal says its reason in one line, because Alertmanager logs it.
 */
#include "io/receiver_request.h"

#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "io/publish.h"
#include "io/receiver_head.h"

#define TEXT_BYTES_MAX (16u << 20) /* metrics of a hundred thousand targets */
#define HOOK_PREFIX    "/hook/"
#define PING_PREFIX    "/ping/"
#define PING_BYTES_MAX (64u << 10) /* of a body, which nobody reads */
#define PLAIN	       "text/plain; charset=utf-8"
#define METRICS	       "text/plain; version=0.0.4; charset=utf-8"

static bool is_below(const char *path, const char *prefix)
{
	return strncmp(path, prefix, strlen(prefix)) == 0;
}

static bool is_reading(const struct request *request)
{
	return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

static const char *header_of(const struct request *request, const char *name)
{
	return request->header(request->connection, name);
}

static void answer_line(struct answer *answer, int status, const char *line)
{
	answer->status = status;
	answer->type = PLAIN;
	buf_clear(&answer->text);
	buf_puts(&answer->text, line);
	buf_putc(&answer->text, '\n');
}

/* ---- the hook ---- */

static const char *hook_of(const struct request *request)
{
	return request->path + strlen(HOOK_PREFIX);
}

static void refuse(struct request *request, int status, const char *reason)
{
	request->refused = status;
	request->reason = reason;
}

/* Without a token, or with one that opens something else. `what`: "hook" or "ping". */
static void refuse_token(struct request *request, const char *what, const char *name,
			 const char *why)
{
	if (!header_of(request, "Authorization") && request->has_query)
		why = "no token: one in the address is not read; send Authorization: Bearer TOKEN";
	request->house->stats.rejected_auth++;
	log_warning("%s.refused %s=%s status=401 reason=\"%s\"", what, what, name, why);
	refuse(request, 401, why);
}

static void token_check(struct request *request)
{
	const char *why = "wrong token";

	request->is_opened =
		keys_token_read(header_of(request, "Authorization"), &request->token, &why) &&
		keys_opens(request->house->keys, hook_of(request), &request->token);
	if (!request->is_opened)
		refuse_token(request, "hook", hook_of(request), why);
}

/* The names of hooks are no secret: a wrong one is told apart from a wrong token. */
static void hook_begin(struct request *request)
{
	if (!keys_has_hook(request->house->keys, hook_of(request)))
		refuse(request, 404, "no such hook");
	else if (strcmp(request->method, "POST") != 0)
		refuse(request, 405, "only POST is a heartbeat");
	else
		token_check(request);
}

static void hook_tell(const struct request *request, const struct keys_count *count)
{
	struct receiver_stats *stats = &request->house->stats;

	stats->beats += count->firing;
	stats->rejected_malformed += count->status == 400;
	stats->ignored += count->status == 200 && count->firing == 0 && count->resolved == 0;
	stats->lost += count->status == 503;
	if (count->status != 200)
		log_warning("hook.refused hook=%s status=%d reason=\"%s\"", hook_of(request),
			    count->status, count->line);
	else
		log_debug("hook.taken hook=%s answer=\"%s\"", hook_of(request), count->line);
}

/* Behind a proxy of ours, or a tunnel, nobody knows by which family it came to us. */
static enum family came_by(const struct request *request)
{
	return request->peer && !address_is_private(request->peer) ? request->peer->family
								   : FAMILY_ANY;
}

static void hook_answer(struct request *request, struct answer *answer)
{
	const struct house *house = request->house;
	struct keys_count count = { .status = 503, .line = "no memory; send it again" };

	if (!buf_failed(&request->body))
		keys_count(house->keys, hook_of(request), &request->token,
			   buf_text(&request->body), request->body.n, came_by(request),
			   house->hooks.on_beat, house->hooks.ctx, &count);
	hook_tell(request, &count);
	answer_line(answer, count.status, count.line);
}

/* ---- jobs ---- */

/* What stands behind a job's name. */
static const struct ping_form {
	const char *path, *answer;
	enum ping ping;
} ping_forms[] = {
	{ "", "counted", PING_OK },
	{ "/start", "noted: started", PING_START },
	{ "/fail", "noted: failed", PING_FAIL },
};

/* NULL: the address means nothing. */
static const struct ping_form *ping_form_of(const char *path)
{
	for (size_t i = 0; i < sizeof ping_forms / sizeof ping_forms[0]; i++)
		if (strcmp(ping_forms[i].path, path) == 0)
			return &ping_forms[i];
	return NULL;
}

/* What a path means for the plan of this moment: a reload may come while the body does. */
struct ping_call {
	uint32_t job; /* index into plan.targets; NONE_INDEX: there is none of this name */
	const struct ping_form *form;
};

static struct ping_call ping_call_of(const struct request *request)
{
	const char *name = request->path + strlen(PING_PREFIX);
	size_t n = strcspn(name, "/");

	return (struct ping_call){ keys_find_ping(request->house->keys, name, n),
				   ping_form_of(name + n) };
}

static void ping_token_check(struct request *request, uint32_t job)
{
	const char *why = "wrong token";

	request->is_ping =
		keys_token_read(header_of(request, "Authorization"), &request->token, &why) &&
		keys_opens_ping(request->house->keys, job, &request->token);
	if (!request->is_ping)
		refuse_token(request, "ping", request->house->plan->targets[job].name, why);
}

/* As with hooks, the names are no secret. */
static void ping_begin(struct request *request)
{
	struct ping_call call = ping_call_of(request);

	if (call.job == NONE_INDEX)
		refuse(request, 404, "no such ping");
	else if (!call.form)
		refuse(request, 404, "no such report: only /start or /fail stands behind a name");
	else if (strcmp(request->method, "POST") != 0 && !is_reading(request))
		refuse(request, 405, "only POST and GET are reports");
	else
		ping_token_check(request, call.job);
}

/* A HEAD is how others look whether something is there: it says nothing of the job. */
static void ping_answer(struct request *request, struct answer *answer)
{
	struct ping_call call = ping_call_of(request);
	struct house *house = request->house;

	if (call.job == NONE_INDEX || !keys_opens_ping(house->keys, call.job, &request->token)) {
		answer_line(answer, 404, "no such ping");
		return;
	}
	answer_line(answer, 200, call.form->answer);
	if (strcmp(request->method, "HEAD") == 0)
		return;
	house->stats.pings++;
	house->hooks.on_ping(house->hooks.ctx, call.job, call.form->ping, came_by(request));
}

/* ---- health, metrics, the page ---- */

static void health_answer(struct request *request, struct answer *answer)
{
	bool is_fine = request->house->hooks.on_health(request->house->hooks.ctx, &answer->text);

	answer->status = is_fine ? 200 : 503;
	answer->type = PLAIN;
}

/* A proxy on this machine comes from loopback, too, for people who do not. */
static bool is_from_here(const struct request *request)
{
	static const char *const forwarded[] = { "Forwarded", "X-Forwarded-For", "X-Real-IP",
						 "Via" };

	for (size_t i = 0; i < sizeof forwarded / sizeof *forwarded; i++)
		if (header_of(request, forwarded[i]))
			return false;
	return request->peer && address_is_loopback(request->peer);
}

static bool may_read_metrics(const struct request *request)
{
	struct keys_token token;
	const char *why;

	if (is_from_here(request))
		return true;
	return keys_token_read(header_of(request, "Authorization"), &token, &why) &&
	       keys_opens_metrics(request->house->keys, &token);
}

static void metrics_answer(struct request *request, struct answer *answer)
{
	if (!may_read_metrics(request)) {
		answer_line(answer, 403,
			    "only from this machine, or with Authorization: Bearer metrics_token");
		return;
	}
	request->house->hooks.on_metrics(request->house->hooks.ctx, &answer->text);
	answer->status = 200;
	answer->type = METRICS;
}

static void alive_answer(struct request *request, struct answer *answer)
{
	if (!page_alive_is(request->path, request->house->report)) {
		answer_line(answer, 404, "not found");
		return;
	}
	buf_puts(&answer->text, publish_alive_svg);
	answer->status = 200;
	answer->type = "image/svg+xml";
}

static void file_answer(struct request *request, struct answer *answer)
{
	const struct page_question question = {
		.path = request->path,
		.if_none_match = header_of(request, "If-None-Match"),
		.accept_encoding = header_of(request, "Accept-Encoding"),
	};
	struct page_file file;

	page_file_open(request->house->page_dir, &question, &file);
	if (file.status == 404) {
		answer_line(answer, 404, "not found");
		return;
	}
	answer->status = file.status;
	answer->type = file.type;
	answer->fd = file.fd;
	answer->n = file.size;
	answer->is_file = true;
	answer->is_gzip = file.is_gzip;
	answer->is_for_ever = file.is_for_ever;
	answer->is_for_all = file.is_for_all;
	memcpy(answer->etag, file.etag, sizeof answer->etag);
}

static const struct route {
	const char *path; /* ends in '/': everything below it; NULL: everything else */
	void (*answer)(struct request *request, struct answer *answer);
} routes[] = {
	{ "/healthz", health_answer },
	{ "/metrics", metrics_answer },
	{ "/alive/", alive_answer },
	{ NULL, file_answer },
};

static bool route_is(const struct route *route, const char *path)
{
	size_t n = route->path ? strlen(route->path) : 0;

	if (!route->path)
		return true;
	return route->path[n - 1] == '/' ? is_below(path, route->path)
					 : strcmp(path, route->path) == 0;
}

static void route_answer(struct request *request, struct answer *answer)
{
	const struct route *route = routes;

	while (!route_is(route, request->path))
		route++;
	if (is_reading(request))
		route->answer(request, answer);
	else if (route->path)
		answer_line(answer, 405, "only GET and HEAD");
	else
		answer_line(answer, 404, "not found");
}

/* ---- requests ---- */

void request_begin(struct request *request)
{
	buf_init(&request->body, BODY_BYTES_MAX + 1); /* and a terminator */
	request->house->stats.requests++;
	if (is_below(request->path, HOOK_PREFIX))
		hook_begin(request);
	else if (is_below(request->path, PING_PREFIX))
		ping_begin(request);
}

bool request_is_over(const struct request *request)
{
	return request->refused != 0 && header_of(request, "Expect") != NULL;
}

/* The body of a refused request is read all the same: a reset would take our answer with it. */
bool request_body(struct request *request, const char *bytes, size_t n)
{
	request->seen += n;
	if (request->seen > (request->is_ping ? PING_BYTES_MAX : BODY_BYTES_MAX))
		return false;
	if (request->is_opened)
		buf_add(&request->body, bytes, n);
	return true;
}

void request_answer(struct request *request, struct answer *ret)
{
	*ret = (struct answer){ .fd = -1 };
	buf_init(&ret->text, TEXT_BYTES_MAX);
	if (request->refused)
		answer_line(ret, request->refused, request->reason);
	else if (request->is_opened)
		hook_answer(request, ret);
	else if (request->is_ping)
		ping_answer(request, ret);
	else
		route_answer(request, ret);
	if (buf_failed(&ret->text))
		answer_line(ret, 503, "no memory");
	if (ret->status == 405)
		ret->allow = is_below(request->path, HOOK_PREFIX)   ? "POST"
			     : is_below(request->path, PING_PREFIX) ? "POST, GET, HEAD"
								    : "GET, HEAD";
	if (ret->status == 401)
		ret->challenge = "Bearer";
}

void request_end(struct request *request)
{
	buf_done(&request->body);
}
