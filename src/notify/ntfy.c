/*
 * ntfy.c - a notice as a push message of ntfy (docs.ntfy.sh/publish, "Publish as JSON").
 *
 * The topic may be as good as a password, and may be changed while a notice
 * waits: it is put in front at the attempt. A repeat carries the same
 * sequence_id; from ntfy 2.16 on it takes the place of the first instead of
 * standing beside it, and an older server does not look at it.
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

/*
 * A message beyond 4096 bytes becomes an attachment, and the server reads no
 * more than twice that of JSON, in which each sign may take two bytes.
 */
#define MESSAGE_BYTES_MAX 3600
#define TITLE_BYTES_MAX	  200
#define CLICK_BYTES_MAX	  200
#define TOPIC_MAX 65 /* server.go: [-_A-Za-z0-9]{1,64}, and the terminator */

struct ntfy_params {
	const char *url, *topic, *token, *ca_file;
	char shown[PLACE_TEXT_MAX];
	char inner[TOPIC_MAX]; /* the topic that the url ends with; "" when it is given apart */
};

static const struct option ntfy_options[] = {
	{ "url", OPTION_STRING, offsetof(struct ntfy_params, url), .is_required = true,
	  .help = "the server and the topic: \"https://ntfy.sh/TOPIC\"" },
	{ "topic", OPTION_SECRET, offsetof(struct ntfy_params, topic),
	  .help = "the topic, where the url shall not show it" },
	{ "token", OPTION_SECRET, offsetof(struct ntfy_params, token),
	  .help = "access token, for a server that wants one" },
	{ "ca_file", OPTION_PATH, offsetof(struct ntfy_params, ca_file),
	  .help = "PEM file of the CA that its certificate is verified by; else the system's" },
	{ .name = NULL },
};

/* ---- the body ---- */

static const struct level {
	int priority; /* 1 to 5; 5 rings through */
	const char *tag;
} levels[] = {
	[NOTIFY_DOWN] = { 4, "rotating_light" },
	[NOTIFY_WARNING] = { 3, "warning" },
	[NOTIFY_UP] = { 3, "white_check_mark" },
};

static int priority_of(const struct notify_words *n)
{
	if (n->is_drill || n->is_test)
		return 3;
	return n->is_important ? 5 : levels[n->level].priority;
}

static void field_fit(struct json_writer *w, const char *key, const char *text, size_t max)
{
	struct buf fit = BUF_INIT(8192);

	fit_text(&fit, text, max, FIT_BYTES, FIT_PLAIN);
	json_key(w, key);
	json_text(w, buf_text(&fit));
	w->to->has_failed |= buf_failed(&fit);
	buf_done(&fit);
}

static void ntfy_write(const struct notify_words *n, const void *params, struct buf *to)
{
	struct json_writer w;
	char id[17];

	(void)params;
	(void)snprintf(id, sizeof id, "%016" PRIx64, n->id);
	json_begin(&w, to);
	json_object(&w);
	field_fit(&w, "title", n->subject, TITLE_BYTES_MAX);
	field_fit(&w, "message", n->text, MESSAGE_BYTES_MAX);
	json_key(&w, "priority");
	json_int(&w, priority_of(n));
	json_key(&w, "tags");
	json_array(&w);
	json_text(&w, levels[n->level].tag);
	json_array_end(&w);
	if (n->page_url[0] != '\0' && strlen(n->page_url) <= CLICK_BYTES_MAX) {
		json_key(&w, "click");
		json_text(&w, n->page_url);
	}
	json_key(&w, "sequence_id");
	json_text(&w, id);
	json_object_end(&w);
}

/* ---- the attempt ---- */

static bool is_taken(const struct answer *a)
{
	const char *event = json_as_text(json_member(a->json, "event"));

	return event != NULL && strcmp(event, "message") == 0;
}

static const char *topic_of(const struct ntfy_params *p)
{
	return p->topic != NULL ? p->topic : p->inner;
}

/* JSON is published to the server's root. */
static void url_build(struct post *post, const struct ntfy_params *p)
{
	buf_printf(&post->url, "%s/", p->shown);
}

static void body_build(struct post *post, const struct notify_attempt *attempt, const char *topic)
{
	buf_printf(&post->body, "{\"topic\":\"%s\",", topic); /* letters, digits, '-' and '_' */
	buf_add(&post->body, attempt->message + 1, attempt->message_bytes - 1);
}

static struct notify_delivery *ntfy_start(const struct notify_attempt *attempt)
{
	const struct ntfy_params *p = attempt->params;
	struct post post;

	post_prepare(&post);
	url_build(&post, p);
	body_build(&post, attempt, topic_of(p));
	post.ca_file = p->ca_file;
	post.is_taken = is_taken;
	if (p->token != NULL)
		post_auth(&post, &(struct auth){ .bearer = p->token });
	return post_start(attempt, &post);
}

/* ---- the configuration ---- */

static bool is_topic(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && n < TOPIC_MAX &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == n;
}

/* What follows the host: nothing, "/" or "/TOPIC". */
static bool inner_read(struct ntfy_params *p, struct option_fault *fault)
{
	struct place place;
	const char *inner;

	if (place_read(p->url, &place) != NULL)
		return false; /* has just been found fine */
	inner = place.rest[0] == '/' ? place.rest + 1 : place.rest;
	if (inner[0] == '\0')
		return p->topic != NULL ||
		       fault_say(fault, "url", "names no topic: \"https://ntfy.sh/TOPIC\"");
	if (!is_topic(inner))
		return fault_say(fault, "url",
				 "ends with something that is no topic: letters, digits, '-' and "
				 "'_', up to 64");
	if (p->topic != NULL)
		return fault_say(fault, "topic", "the url names one already");
	(void)words_copy(p->inner, sizeof p->inner, inner); /* a topic: it fits */
	return true;
}

static bool ntfy_check(void *params, struct option_fault *fault)
{
	struct ntfy_params *p = params;
	const char *wrong = p->token ? auth_fault(&(struct auth){ .bearer = p->token }) : NULL;

	if (wrong != NULL)
		return fault_say(fault, "token", wrong);
	if (p->topic != NULL && !is_topic(p->topic))
		return fault_say(fault, "topic", "is no topic: letters, digits, '-' and '_', up to 64");
	return place_check("url", p->url, p->shown, fault) && inner_read(p, fault);
}

static const char *ntfy_endpoint(const void *params)
{
	return ((const struct ntfy_params *)params)->shown;
}

const struct notify_kind notify_ntfy = {
	.name = "ntfy",
	.summary = "a push message through ntfy.sh, or a server of your own",
	.options = ntfy_options,
	.params_bytes = sizeof(struct ntfy_params),
	.check = ntfy_check,
	.endpoint = ntfy_endpoint,
	.write = ntfy_write,
	.start = ntfy_start,
	.cancel = post_cancel,
};
