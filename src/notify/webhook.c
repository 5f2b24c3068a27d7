/*
 * webhook.c - a notice as JSON of our own, for programs (etc/webhook.schema.json).
 *
 * The body never changes over attempts and carries the notice's id, which is
 * also the Idempotency-Key: a repeat after a lost answer is seen as one. With
 * a key, each attempt is signed together with its time, so that what was
 * overheard cannot be sent again later:
 *
 *   Shorewatch-Timestamp: 1795237388
 *   Shorewatch-Signature: v1=<hex of HMAC-SHA256(key, timestamp "." body)>
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/json_writer.h"
#include "notify/place.h"
#include "notify/post.h"

/* Of what is written below. It grows when a reader of the older one would err: not with a field. */
#define SCHEMA_VERSION 1
#define TEXT_MAX (64 * 1024)
#define SIGNED_BYTES_MAX (1024 * 1024)
#define SIGNATURE_TEXT (3 + 2 * IO_SIGNATURE_BYTES + 1) /* "v1=", hex digits, the terminator */

struct webhook_params {
	const char *url, *key, *bearer, *ca_file;
	char shown[PLACE_TEXT_MAX];
};

static const struct option webhook_options[] = {
	{ "url", OPTION_STRING, offsetof(struct webhook_params, url), .is_required = true,
	  .help = "where to POST the notice to" },
	{ "key", OPTION_SECRET, offsetof(struct webhook_params, key),
	  .help = "signs each request (HMAC-SHA256)" },
	{ "bearer", OPTION_SECRET, offsetof(struct webhook_params, bearer),
	  .help = "token for an Authorization header" },
	{ "ca_file", OPTION_PATH, offsetof(struct webhook_params, ca_file),
	  .help = "PEM file of the CA that its certificate is verified by; else the system's" },
	{ .name = NULL },
};

/* ---- the body ---- */

static const char *const levels[] = {
	[NOTIFY_DOWN] = "down",
	[NOTIFY_WARNING] = "warning",
	[NOTIFY_UP] = "up",
};

static void field_text(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_text(w, text);
}

/* "" means that there is none, and is told as null. */
static void field_some(struct json_writer *w, const char *key, const char *text)
{
	field_text(w, key, text[0] != '\0' ? text : NULL);
}

static void field_bool(struct json_writer *w, const char *key, bool value)
{
	json_key(w, key);
	json_bool(w, value);
}

static void field_time(struct json_writer *w, const char *key, wall_t at)
{
	struct buf text = BUF_INIT(64);

	if (wall_is_set(at))
		calendar_print_iso(&text, at);
	field_some(w, key, buf_text(&text));
	w->to->has_failed |= buf_failed(&text);
	buf_done(&text);
}

static void write_identity(struct json_writer *w, const struct notify_words *n)
{
	char id[17];

	(void)snprintf(id, sizeof id, "%016" PRIx64, n->id);
	json_key(w, "version");
	json_int(w, SCHEMA_VERSION);
	field_text(w, "id", id);
	field_text(w, "thread", n->thread);
	json_key(w, "sequence");
	json_int(w, n->seq);
	field_text(w, "instance", n->instance);
	field_some(w, "incident", n->incident);
	field_text(w, "kind", n->kind);
	field_text(w, "level", levels[n->level]);
	field_text(w, "diagnosis", n->diagnosis);
}

static void write_words(struct json_writer *w, const struct notify_words *n)
{
	field_text(w, "language", n->language == LANGUAGE_JA ? "ja" : "en");
	field_text(w, "subject", n->subject);
	field_text(w, "summary", n->lead);
	field_text(w, "text", n->text);
	field_some(w, "page", n->page_url);
	field_some(w, "runbook", n->runbook_url);
}

static void write_member(struct json_writer *w, const struct notify_member *m)
{
	json_object(w);
	field_text(w, "type", m->is_watchdog ? "watchdog" : "target");
	field_text(w, "name", m->name);
	field_text(w, "title", m->title);
	field_bool(w, "failing", m->is_failing);
	field_some(w, "outcome", m->outcome);
	json_key(w, "code");
	if (m->code != 0)
		json_int(w, m->code);
	else
		json_null(w);
	field_some(w, "reason", m->reason);
	json_object_end(w);
}

static void write_members(struct json_writer *w, const struct notify_words *n)
{
	json_key(w, "stack");
	if (n->stack_title[0] != '\0') {
		json_object(w);
		field_text(w, "name", n->stack);
		field_text(w, "title", n->stack_title);
		json_object_end(w);
	} else {
		json_null(w);
	}
	json_key(w, "members");
	json_array(w);
	for (size_t i = 0; i < n->members_n; i++)
		write_member(w, &n->members[i]);
	json_array_end(w);
	json_key(w, "members_total");
	json_int(w, (int64_t)n->members_all);
}

static void webhook_write(const struct notify_words *n, const void *params, struct buf *to)
{
	struct json_writer w;

	(void)params; /* nothing of the configuration goes into what may wait for days */
	json_begin(&w, to);
	json_object(&w);
	write_identity(&w, n);
	write_words(&w, n);
	write_members(&w, n);
	field_time(&w, "created", n->created);
	field_time(&w, "opened", n->opened);
	field_time(&w, "ended", n->ended);
	field_time(&w, "expires", n->expires);
	field_bool(&w, "important", n->is_important);
	field_bool(&w, "over", n->is_over);
	field_bool(&w, "drill", n->is_drill);
	field_bool(&w, "test", n->is_test);
	json_object_end(&w);
	buf_putc(to, '\n');
}

/* ---- the attempt ---- */

static void signature_print(const uint8_t bytes[IO_SIGNATURE_BYTES], char text[SIGNATURE_TEXT])
{
	(void)snprintf(text, SIGNATURE_TEXT, "v1=");
	for (size_t i = 0; i < IO_SIGNATURE_BYTES; i++)
		(void)snprintf(text + 3 + 2 * i, 3, "%02x", bytes[i]);
}

static void sign(struct post *post, const struct notify_attempt *attempt, const char *key)
{
	int64_t seconds = io_now(attempt->io).wall.us / USEC_PER_SEC;
	struct buf text = BUF_INIT(SIGNED_BYTES_MAX);
	uint8_t signature[IO_SIGNATURE_BYTES] = { 0 };
	char shown[SIGNATURE_TEXT], stamp[24];

	(void)snprintf(stamp, sizeof stamp, "%" PRId64, seconds);
	buf_printf(&text, "%s.", stamp);
	buf_add(&text, attempt->message, attempt->message_bytes);
	post->headers.has_failed |= buf_failed(&text) ||
				    !io_sign(key, buf_text(&text), text.n, signature);
	signature_print(signature, shown);
	post_header(post, "Shorewatch-Timestamp", stamp);
	post_header(post, "Shorewatch-Signature", shown);
	buf_done(&text);
}

static struct notify_delivery *webhook_start(const struct notify_attempt *attempt)
{
	const struct webhook_params *p = attempt->params;
	struct post post;
	char id[24];

	post_prepare(&post);
	buf_puts(&post.url, p->url);
	post.ca_file = p->ca_file;
	/* draft-ietf-httpapi-idempotency-key-header 2.1: a string of structured fields, in quotes */
	(void)snprintf(id, sizeof id, "\"%016" PRIx64 "\"", attempt->id);
	post_header(&post, "Idempotency-Key", id);
	if (p->key != NULL)
		sign(&post, attempt, p->key);
	if (p->bearer != NULL)
		post_auth(&post, &(struct auth){ .bearer = p->bearer });
	return post_start(attempt, &post);
}

static bool webhook_check(void *params, struct option_fault *fault)
{
	struct webhook_params *p = params;
	const char *wrong = p->bearer ? auth_fault(&(struct auth){ .bearer = p->bearer }) : NULL;

	if (wrong != NULL)
		return fault_say(fault, "bearer", wrong);
	return place_check("url", p->url, p->shown, fault);
}

static const char *webhook_endpoint(const void *params)
{
	return ((const struct webhook_params *)params)->shown;
}

const struct notify_kind notify_webhook = {
	.name = "webhook",
	.summary = "the notice as JSON, POSTed to a program of yours, signed",
	.options = webhook_options,
	.params_bytes = sizeof(struct webhook_params),
	.check = webhook_check,
	.endpoint = webhook_endpoint,
	.write = webhook_write,
	.start = webhook_start,
	.cancel = post_cancel,
};
