/*
 * telegram.c - a notice as a message of a Telegram bot (core.telegram.org/bots/api, sendMessage).
 *
 * No parse_mode: the text is shown as it is. The token stands in the URL's
 * path, and like the chat it is added at the attempt. Telegram knows no key
 * for a repeat: after a lost answer the notice may show twice.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json_writer.h"
#include "base/words.h"
#include "notify/fit.h"
#include "notify/place.h"
#include "notify/post.h"
#include "shorewatch/json.h"

#define TEXT_MAX 4096 /* counted in UTF-16 */

struct telegram_params {
	const char *url, *token, *chat, *ca_file;
	int64_t topic;
	char shown[PLACE_TEXT_MAX];
};

static const struct option telegram_options[] = {
	{ "token", OPTION_SECRET, offsetof(struct telegram_params, token), .is_required = true,
	  .help = "the bot's token, as @BotFather gave it" },
	{ "chat", OPTION_STRING, offsetof(struct telegram_params, chat), .is_required = true,
	  .help = "where to: a chat's number, such as \"-1001234567890\", or \"@channel\"" },
	{ "topic", OPTION_INT, offsetof(struct telegram_params, topic), .min = 0, .max = INT32_MAX,
	  .help = "the topic of a group that has topics (message_thread_id)" },
	{ "url", OPTION_STRING, offsetof(struct telegram_params, url),
	  .fallback = "https://api.telegram.org", .help = "another server of the Bot API" },
	{ "ca_file", OPTION_PATH, offsetof(struct telegram_params, ca_file),
	  .help = "PEM file of the CA that its certificate is verified by; else the system's" },
	{ .name = NULL },
};

/* ---- the body ---- */

static void telegram_write(const struct notify_words *n, const void *params, struct buf *to)
{
	struct buf whole = BUF_INIT(1024 * 1024), fit = BUF_INIT(65536);
	struct json_writer w;

	(void)params;
	buf_printf(&whole, "%s\n\n%s\n%s", n->subject, n->text, n->footer);
	fit_text(&fit, buf_text(&whole), TEXT_MAX, FIT_UTF16, FIT_CALM);
	json_begin(&w, to);
	json_object(&w);
	json_key(&w, "text");
	json_text(&w, buf_text(&fit));
	json_key(&w, "link_preview_options");
	json_object(&w);
	json_key(&w, "is_disabled");
	json_bool(&w, true);
	json_object_end(&w);
	json_object_end(&w);
	to->has_failed |= buf_failed(&whole) || buf_failed(&fit);
	buf_done(&whole);
	buf_done(&fit);
}

/* ---- the attempt ---- */

static bool is_taken(const struct answer *a)
{
	bool is_ok = false;

	(void)json_as_bool(json_member(a->json, "ok"), &is_ok); /* else it stays false */
	return is_ok;
}

static void body_build(struct post *post, const struct notify_attempt *attempt,
		       const struct telegram_params *p)
{
	buf_printf(&post->body, "{\"chat_id\":\"%s\",", p->chat); /* see is_chat() */
	if (p->topic > 0)
		buf_printf(&post->body, "\"message_thread_id\":%" PRId64 ",", p->topic);
	buf_add(&post->body, attempt->message + 1, attempt->message_bytes - 1);
}

static struct notify_delivery *telegram_start(const struct notify_attempt *attempt)
{
	const struct telegram_params *p = attempt->params;
	size_t n = strlen(p->url);
	struct post post;

	post_prepare(&post);
	while (n > 0 && p->url[n - 1] == '/')
		n--;
	buf_printf(&post.url, "%.*s/bot%s/sendMessage", (int)n, p->url, p->token);
	body_build(&post, attempt, p);
	post.ca_file = p->ca_file;
	post.is_taken = is_taken;
	return post_start(attempt, &post);
}

/* ---- the configuration ---- */

static bool is_name(const char *text)
{
	size_t n = strlen(text);

	return n >= 4 && n <= 64 &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

static bool is_chat(const char *text)
{
	int64_t number;

	return text[0] == '@' ? is_name(text + 1)
			      : words_int(text, INT64_MIN + 1, INT64_MAX, &number);
}

/* "123456:ABC-DEF…": it becomes part of a path. */
static bool is_token(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	const char *rest = text + digits + 1;

	return digits > 0 && text[digits] == ':' && rest[0] != '\0' &&
	       rest[strspn(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789_-")] == '\0';
}

static bool telegram_check(void *params, struct option_fault *fault)
{
	struct telegram_params *p = params;

	if (strcmp(p->token, OPTION_SECRET_UNREAD) != 0 && !is_token(p->token))
		return fault_say(fault, "token", "is no token of a bot: digits, a colon, letters");
	if (!is_chat(p->chat))
		return fault_say(fault, "chat",
				 "is neither a chat's number, such as \"-1001234567890\", nor "
				 "\"@channel\"");
	if (strchr(p->url, '?') != NULL)
		return fault_say(fault, "url", "holds a '?'");
	return place_check("url", p->url, p->shown, fault);
}

static const char *telegram_endpoint(const void *params)
{
	return ((const struct telegram_params *)params)->shown;
}

const struct notify_kind notify_telegram = {
	.name = "telegram",
	.summary = "a message of a Telegram bot",
	.options = telegram_options,
	.params_bytes = sizeof(struct telegram_params),
	.check = telegram_check,
	.endpoint = telegram_endpoint,
	.write = telegram_write,
	.start = telegram_start,
	.cancel = post_cancel,
};
