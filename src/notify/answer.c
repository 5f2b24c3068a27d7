/*
 * answer.c - see answer.h.
 *
 * A redirect is an answer like any other and followed by nobody: the token
 * that goes along is meant for the configured place alone.
 */
#include "notify/answer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "shorewatch/json.h"

#define RETRY_AFTER_MAX USEC_PER_DAY

usec_t answer_retry_after(const char *value)
{
	int64_t seconds;

	return words_int(value, 0, RETRY_AFTER_MAX / USEC_PER_SEC, &seconds)
		       ? seconds * USEC_PER_SEC
		       : 0;
}

/* Telegram's and Discord's own way of saying it; Discord's has fractions. */
static usec_t retry_in_body(const struct json *json)
{
	static const char *const places[] = { "/parameters/retry_after", "/retry_after" };
	double seconds;

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		if (json_as_number(json_at(json, places[i]), &seconds) && seconds > 0 &&
		    seconds <= (double)(RETRY_AFTER_MAX / USEC_PER_SEC))
			return (usec_t)(seconds * (double)USEC_PER_SEC) + 1;
	return 0;
}

/* Where the services say in words what is wrong. */
static const char *words_in_body(const struct answer *a)
{
	static const char *const places[] = { "/description", "/error", "/message", "/reason" };

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		const char *words = json_as_text(json_at(a->json, places[i]));

		if (words != NULL)
			return words;
	}
	if (json_as_text(a->json) != NULL)
		return json_as_text(a->json);
	return a->json != NULL || a->body[0] == '<' ? "" : a->body; /* a page is no sentence */
}

static void reply_write(const struct answer *a, const char *ours, struct io_mail_result *ret)
{
	const char *words = words_in_body(a);
	char text[sizeof ret->reply];

	(void)snprintf(text, sizeof text, "HTTP %d%s%s%s%.400s", a->status, ours[0] ? ", " : "",
		       ours, words[0] ? ": " : "", words);
	(void)words_copy(ret->reply, sizeof ret->reply, text); /* whoever shows it cleans it */
}

static bool is_later(int status)
{
	return status == 408 || status == 425 || status == 429 || status >= 500;
}

/* `is_unread`: it is there, and we have no memory to read it. */
static void judge(const struct answer *a, bool is_unread, answer_is_taken *is_taken,
		  struct io_mail_result *ret)
{
	bool is_fine = a->status >= 200 && a->status < 300;

	if (is_fine && is_taken != NULL && is_unread) {
		ret->verdict = MAIL_IN_DOUBT;
		reply_write(a, "and no memory to read whether it was taken", ret);
	} else if (is_fine && (is_taken == NULL || is_taken(a))) {
		ret->verdict = MAIL_ACCEPTED;
		reply_write(a, "", ret);
	} else if (is_fine) {
		ret->verdict = MAIL_LATER;
		reply_write(a, "but this is not how the service says that it has taken it", ret);
	} else if (is_later(a->status)) {
		ret->verdict = MAIL_LATER;
		reply_write(a, "", ret);
	} else {
		ret->verdict = MAIL_REFUSED;
		reply_write(a, a->status >= 300 && a->status < 400
				       ? "a redirect, which is not followed: write the address it leads to"
				       : "",
			    ret);
	}
}

void answer_judge(int status, const char *body, size_t n, usec_t retry_after,
		  answer_is_taken *is_taken, struct io_mail_result *ret)
{
	char why[JSON_WHY_MAX];
	struct json *json = json_parse(body, n, why);
	bool is_unread = json == NULL && n > 0 && errno == ENOMEM;
	const struct answer a = { status, body, n, json, retry_after };

	*ret = (struct io_mail_result){ .code = status };
	judge(&a, is_unread, is_taken, ret);
	if (ret->verdict == MAIL_LATER) {
		usec_t in_body = retry_in_body(json);

		ret->retry_after = in_body > retry_after ? in_body : retry_after;
	}
	json_free(json);
}
