/*
 * slack.c - a notice through an incoming webhook of Slack, Mattermost or Rocket.Chat.
 *
 * All three take `text` and `attachments`, so that is what is sent; blocks are
 * Slack's alone. Its markup is switched off where it can be, and for the
 * others, which read Markdown, links and calls are defused (fit.h). There is
 * no key that would make a repeat known: after a lost answer it may show twice.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json_writer.h"
#include "notify/fit.h"
#include "notify/place.h"
#include "notify/post.h"
#include "shorewatch/json.h"

#define SUBJECT_MAX 500
#define TEXT_MAX    3000 /* characters: what each of them shows in one piece */
#define FOOTER_MAX  300	 /* api.slack.com, "Legacy attachments": footer */

struct slack_params {
	const char *url, *ca_file;
	char shown[PLACE_TEXT_MAX];
};

static const struct option slack_options[] = {
	{ "url", OPTION_SECRET, offsetof(struct slack_params, url), .is_required = true,
	  .help = "the incoming webhook's address, which is a secret in itself" },
	{ "ca_file", OPTION_PATH, offsetof(struct slack_params, ca_file),
	  .help = "PEM file of the CA that its certificate is verified by; else the system's" },
	{ .name = NULL },
};

/* The colours of the mail's bar. */
static const char *const colours[] = {
	[NOTIFY_DOWN] = "#d1362f",
	[NOTIFY_WARNING] = "#b06f00",
	[NOTIFY_UP] = "#1d8a4a",
};

static void field_fit(struct json_writer *w, const char *key, const char *text, size_t max)
{
	struct buf fit = BUF_INIT(32768);

	fit_text(&fit, text, max, FIT_UTF16, FIT_SLACK);
	json_key(w, key);
	json_text(w, buf_text(&fit));
	w->to->has_failed |= buf_failed(&fit);
	buf_done(&fit);
}

static void write_attachment(struct json_writer *w, const struct notify_words *n)
{
	json_object(w);
	json_key(w, "color");
	json_text(w, colours[n->level]);
	field_fit(w, "fallback", n->lead, SUBJECT_MAX);
	field_fit(w, "text", n->text, TEXT_MAX);
	field_fit(w, "footer", n->footer, FOOTER_MAX);
	json_key(w, "mrkdwn_in"); /* in none of them */
	json_array(w);
	json_array_end(w);
	json_object_end(w);
}

static void slack_write(const struct notify_words *n, const void *params, struct buf *to)
{
	struct json_writer w;

	(void)params;
	json_begin(&w, to);
	json_object(&w);
	field_fit(&w, "text", n->subject, SUBJECT_MAX);
	json_key(&w, "mrkdwn");
	json_bool(&w, false);
	json_key(&w, "unfurl_links");
	json_bool(&w, false);
	json_key(&w, "attachments");
	json_array(&w);
	write_attachment(&w, n);
	json_array_end(&w);
	json_object_end(&w);
}

/* Slack and Mattermost answer "ok"; Rocket.Chat {"success":true}. */
static bool is_taken(const struct answer *a)
{
	bool is_success = false;

	(void)json_as_bool(json_member(a->json, "success"), &is_success); /* else it stays false */
	return is_success || strcmp(a->body, "ok") == 0;
}

static struct notify_delivery *slack_start(const struct notify_attempt *attempt)
{
	const struct slack_params *p = attempt->params;
	struct post post;

	post_prepare(&post);
	buf_puts(&post.url, p->url);
	post.ca_file = p->ca_file;
	post.is_taken = is_taken;
	return post_start(attempt, &post);
}

static bool slack_check(void *params, struct option_fault *fault)
{
	struct slack_params *p = params;

	return place_check("url", p->url, p->shown, fault);
}

static const char *slack_endpoint(const void *params)
{
	return ((const struct slack_params *)params)->shown;
}

const struct notify_kind notify_slack = {
	.name = "slack",
	.summary = "a message in a channel of Slack, Mattermost or Rocket.Chat",
	.options = slack_options,
	.params_bytes = sizeof(struct slack_params),
	.check = slack_check,
	.endpoint = slack_endpoint,
	.write = slack_write,
	.start = slack_start,
	.cancel = post_cancel,
};
