/*
 * lab.h - a channel's attempt against a service that is one connection's
 * script: what was asked of it, and what the channel makes of its answer.
 */
#ifndef TESTS_NOTIFY_LAB_H
#define TESTS_NOTIFY_LAB_H

#include "io/turns.h"

#include "base/buf.h"
#include "io/peer.h"
#include "shorewatch/json.h"
#include "shorewatch/notify.h"

#define LAB_ID UINT64_C(0x1a2b3c4d5e6f7081)

struct lab {
	struct peer peer;
	struct io_mail_result result;
	bool is_over;
	size_t body_at; /* of the request, in peer.heard */
	char url[64];	/* "http://127.0.0.1:PORT" */
};

/* ---- the service ---- */

static inline size_t lab_body_bytes(const char *head)
{
	const char *field = strstr(head, "Content-Length: ");

	return field != NULL ? strtoul(field + strlen("Content-Length: "), NULL, 10) : 0;
}

static inline bool lab_read_request(struct peer *peer, int client)
{
	struct lab *lab = peer->ctx;
	char byte;
	size_t left;

	if (!peer_read_head(peer, client))
		return false;
	lab->body_at = peer->heard_n;
	left = lab_body_bytes(peer->heard);
	while (left > 0 && recv(client, &byte, 1, 0) == 1) {
		peer_hear(peer, &byte, 1);
		left--;
	}
	return left == 0;
}

static inline void lab_answers(struct peer *peer, int client)
{
	if (lab_read_request(peer, client))
		peer_write(client, peer->say);
}

static inline void lab_resets(struct peer *peer, int client)
{
	(void)lab_read_request(peer, client); /* whatever came, it ends here */
	peer_reset(client);
}

/* The script begins; `lab->url` is then where it is. */
static inline void lab_open(struct lab *lab, void (*serve)(struct peer *peer, int client),
			    const char *say)
{
	*lab = (struct lab){ .peer = { .say = say } };
	lab->peer.ctx = lab;
	peer_start(&lab->peer, serve);
	(void)snprintf(lab->url, sizeof lab->url, "http://127.0.0.1:%u", lab->peer.port);
}

/* ---- the attempt ---- */

static inline void lab_on_done(void *ctx, const struct io_mail_result *result)
{
	struct lab *lab = ctx;

	assert_false(lab->is_over);
	lab->result = *result;
	lab->is_over = true;
}

/* One attempt from its start to its end; the service is gone afterwards. */
static inline void lab_send(struct lab *lab, const struct notify_kind *kind, const void *params,
			    const char *message)
{
	struct io *io = turns_io(NULL, 0);
	const struct notify_attempt attempt = {
		.io = io,
		.params = params,
		.message = message,
		.message_bytes = strlen(message),
		.id = LAB_ID,
		.on_done = lab_on_done,
		.ctx = lab,
	};

	(void)kind->start(&attempt); /* it ends by itself */
	turns_until(io, &lab->is_over);
	io_free(io);
	peer_stop(&lab->peer);
}

static inline const char *lab_body(const struct lab *lab)
{
	return lab->peer.heard + lab->body_at;
}

static inline void assert_asked(const struct lab *lab, const char *line)
{
	char whole[512];

	(void)snprintf(whole, sizeof whole, "%s\r\n", line);
	if (strstr(lab->peer.heard, whole) == NULL)
		fail_msg("no \"%s\" in: %s", line, lab->peer.heard);
}

/* JSON to a strict reader; the caller frees it. */
static inline struct json *lab_json(const char *text)
{
	char why[JSON_WHY_MAX];
	struct json *json = json_parse(text, strlen(text), why);

	if (json == NULL)
		fail_msg("%s: %s", why, text);
	return json;
}

static inline void assert_json_text(const struct json *json, const char *pointer, const char *text)
{
	const char *is = json_as_text(json_at(json, pointer));

	if (is == NULL || strcmp(is, text) != 0)
		fail_msg("%s is \"%s\", not \"%s\"", pointer, is != NULL ? is : "(none)", text);
}

/* ---- what each kind has to make of what its service may say ---- */

struct lab_case {
	const char *says;
	enum mail_verdict verdict;
	int code;
	usec_t retry_after;
	const char *reply; /* what the kept reply must hold */
};

#define LAB_HEAD(status) "HTTP/1.1 " status "\r\nConnection: close\r\n"
#define LAB_JSON(status) LAB_HEAD(status) "Content-Type: application/json\r\n\r\n"

/* `params_of` makes the parameters for a service at `url`. */
static inline void assert_cases(const struct notify_kind *kind,
				const void *(*params_of)(const char *url), const char *message,
				const struct lab_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct lab lab;

		lab_open(&lab, lab_answers, cases[i].says);
		lab_send(&lab, kind, params_of(lab.url), message);
		if (lab.result.verdict != cases[i].verdict || lab.result.code != cases[i].code ||
		    lab.result.retry_after != cases[i].retry_after ||
		    strstr(lab.result.reply, cases[i].reply) == NULL)
			fail_msg("case %zu: verdict %d code %d retry %lld: %s", i,
				 lab.result.verdict, lab.result.code,
				 (long long)lab.result.retry_after, lab.result.reply);
	}
}

/* The same for all kinds: what comes before any answer, and what every server may say. */
static inline void assert_manners(const struct notify_kind *kind,
				  const void *(*params_of)(const char *url), const char *message)
{
	static const struct lab_case cases[] = {
		{ LAB_HEAD("302 Found") "Location: http://127.0.0.1:1/\r\n\r\n", MAIL_REFUSED, 302,
		  0, "redirect" },
		{ LAB_HEAD("400 Bad Request") "\r\nno", MAIL_REFUSED, 400, 0, "no" },
		{ LAB_HEAD("401 Unauthorized") "\r\n", MAIL_REFUSED, 401, 0, "401" },
		{ LAB_HEAD("404 Not Found") "\r\n<html>", MAIL_REFUSED, 404, 0, "404" },
		{ LAB_HEAD("408 Request Timeout") "\r\n", MAIL_LATER, 408, 0, "408" },
		{ LAB_HEAD("413 Content Too Large") "\r\n", MAIL_REFUSED, 413, 0, "413" },
		{ LAB_HEAD("425 Too Early") "\r\n", MAIL_LATER, 425, 0, "425" },
		{ LAB_HEAD("429 Too Many") "Retry-After: 7\r\n\r\n", MAIL_LATER, 429,
		  7 * USEC_PER_SEC, "429" },
		{ LAB_HEAD("500 Oops") "\r\n", MAIL_LATER, 500, 0, "500" },
		{ LAB_HEAD("503 Busy") "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n\r\n",
		  MAIL_LATER, 503, 0, "503" },
		/* the answer never came, or broke off before its status */
		{ "", MAIL_IN_DOUBT, 0, 0, "reset" },
		{ "HTTP/1.1 20", MAIL_IN_DOUBT, 0, 0, "" },
	};
	struct lab lab;
	char url[64];

	assert_cases(kind, params_of, message, cases, sizeof cases / sizeof cases[0]);
	lab_open(&lab, lab_resets, NULL);
	lab_send(&lab, kind, params_of(lab.url), message);
	assert_int_equal(lab.result.verdict, MAIL_IN_DOUBT);
	lab = (struct lab){ .is_over = false };
	peer_start(&lab.peer, lab_answers);
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u", peer_closed_port());
	lab_send(&lab, kind, params_of(url), message);
	assert_int_equal(lab.result.verdict, MAIL_LATER);
	assert_non_null(strstr(lab.result.reply, "connect-refused"));
}

/* ---- check() ---- */

static inline void assert_fault(const struct notify_kind *kind, void *params, const char *option,
				const char *words)
{
	struct option_fault fault = { .option = "" };

	assert_false(kind->check(params, &fault));
	assert_string_equal(fault.option, option);
	if (strstr(fault.text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", fault.text, words);
}

static inline void assert_fine(const struct notify_kind *kind, void *params, const char *endpoint)
{
	struct option_fault fault = { .option = "" };

	if (!kind->check(params, &fault))
		fail_msg("%s: %s", fault.option, fault.text);
	assert_string_equal(kind->endpoint(params), endpoint);
}

/* The field of an option in params of any layout, by its row. */
static inline void *lab_field(const struct notify_kind *kind, void *params, const char *name)
{
	for (const struct option *o = kind->options; o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return (char *)params + o->offset;
	fail_msg("%s has no option %s", kind->name, name);
	return NULL;
}

/* Params as the configuration would fill them: static, one set at a time, zeroed. */
static inline void *lab_params(const struct notify_kind *kind)
{
	static _Alignas(16) char params[8192];

	assert_true(kind->params_bytes <= sizeof params);
	memset(params, 0, sizeof params);
	return params;
}

static inline void lab_set(const struct notify_kind *kind, void *params, const char *name,
			   const char *value)
{
	*(const char **)lab_field(kind, params, name) = value;
}

#endif
