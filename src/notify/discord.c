/*
 * discord.c - a notice through a webhook of a Discord channel
 * (docs.discord.com, "Execute Webhook").
 *
 * With wait=true Discord answers when the message stands in the channel, with
 * the message, rather than when the request was read. allowed_mentions is
 * empty: nothing in it calls anybody. It knows no key for a repeat: after a
 * lost answer the notice may show twice.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/json_writer.h"
#include "notify/fit.h"
#include "notify/place.h"
#include "notify/post.h"
#include "shorewatch/json.h"

#define CONTENT_MAX	1000 /* of 2000 */
#define DESCRIPTION_MAX 4096
#define FOOTER_MAX	500  /* of 2048; all of an embed together: 6000 */

struct discord_params {
	const char *url, *ca_file;
	char shown[PLACE_TEXT_MAX];
};

static const struct option discord_options[] = {
	{ "url", OPTION_SECRET, offsetof(struct discord_params, url), .is_required = true,
	  .help = "the webhook's address, which is a secret in itself" },
	{ "ca_file", OPTION_PATH, offsetof(struct discord_params, ca_file),
	  .help = "PEM file of the CA that its certificate is verified by; else the system's" },
	{ .name = NULL },
};

/* The colours of the mail's bar. */
static const int colours[] = {
	[NOTIFY_DOWN] = 0xd1362f,
	[NOTIFY_WARNING] = 0xb06f00,
	[NOTIFY_UP] = 0x1d8a4a,
};

static void field_fit(struct json_writer *w, const char *key, const char *text, size_t max,
		      enum fit_place place)
{
	struct buf fit = BUF_INIT(32768);

	fit_text(&fit, text, max, FIT_UTF16, place);
	json_key(w, key);
	json_text(w, buf_text(&fit));
	w->to->has_failed |= buf_failed(&fit);
	buf_done(&fit);
}

static void write_embed(struct json_writer *w, const struct notify_words *n)
{
	struct buf stamp = BUF_INIT(64);

	calendar_print_iso(&stamp, n->created);
	json_object(w);
	field_fit(w, "description", n->text, DESCRIPTION_MAX, FIT_DISCORD);
	json_key(w, "color");
	json_int(w, colours[n->level]);
	json_key(w, "timestamp");
	json_text(w, buf_text(&stamp));
	json_key(w, "footer"); /* there Markdown means nothing */
	json_object(w);
	field_fit(w, "text", n->footer, FOOTER_MAX, FIT_CALM);
	json_object_end(w);
	json_object_end(w);
	w->to->has_failed |= buf_failed(&stamp);
	buf_done(&stamp);
}

static void discord_write(const struct notify_words *n, const void *params, struct buf *to)
{
	struct json_writer w;

	(void)params;
	json_begin(&w, to);
	json_object(&w);
	field_fit(&w, "content", n->subject, CONTENT_MAX, FIT_DISCORD);
	json_key(&w, "embeds");
	json_array(&w);
	write_embed(&w, n);
	json_array_end(&w);
	json_key(&w, "allowed_mentions");
	json_object(&w);
	json_key(&w, "parse");
	json_array(&w);
	json_array_end(&w);
	json_object_end(&w);
	json_object_end(&w);
}

/* The message, as it stands in the channel. */
static bool is_taken(const struct answer *a)
{
	return json_as_text(json_member(a->json, "id")) != NULL;
}

static struct notify_delivery *discord_start(const struct notify_attempt *attempt)
{
	const struct discord_params *p = attempt->params;
	struct post post;

	post_prepare(&post);
	buf_printf(&post.url, "%s%cwait=true", p->url, strchr(p->url, '?') != NULL ? '&' : '?');
	post.ca_file = p->ca_file;
	post.is_taken = is_taken;
	return post_start(attempt, &post);
}

static bool discord_check(void *params, struct option_fault *fault)
{
	struct discord_params *p = params;

	return place_check("url", p->url, p->shown, fault);
}

static const char *discord_endpoint(const void *params)
{
	return ((const struct discord_params *)params)->shown;
}

const struct notify_kind notify_discord = {
	.name = "discord",
	.summary = "a message in a channel of Discord",
	.options = discord_options,
	.params_bytes = sizeof(struct discord_params),
	.check = discord_check,
	.endpoint = discord_endpoint,
	.write = discord_write,
	.start = discord_start,
	.cancel = post_cancel,
};
