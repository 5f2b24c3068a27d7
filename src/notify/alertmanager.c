/*
 * alertmanager.c - a notice as an alert of another Alertmanager (API v2), so
 * that a team's own routes, silences and inhibitions work on it.
 *
 * An alert is known by its labels alone. What an incident keeps all its life
 * is in them: instance, incident, stack, and severity. What changes with every
 * look is in the annotations: the finding, the subject, the text. Only the
 * severity can change: sites that are back while the pipeline stays silent
 * make "critical" a "warning". Then the alert of the other severity is ended in
 * the same request, so that none is left over.
 *
 * A firing alert has no endsAt. It ends by the Alertmanager's resolve_timeout
 * (5 min by default) unless it is posted again, which app/refresh.c does each
 * minute: when we die, our alarms do not stand for ever. What belongs to no
 * incident is news and ends by itself in the same way; a certificate's alert
 * lasts until it expires, or until a renewal ends it.
 *
 * A repeat is the same alert: nothing shows twice.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/json_writer.h"
#include "notify/fit.h"
#include "notify/place.h"
#include "notify/post.h"

#define PATH		"/api/v2/alerts"
#define TEXT_BYTES_MAX	8192 /* an annotation goes into chats and mails */
#define LABEL_BYTES_MAX 256
#define LABELS_MAX	10

struct alertmanager_params {
	const char *url, *ca_file;
	const struct auth *auth;
	struct pairs labels;
	char shown[PLACE_TEXT_MAX];
};

static const struct option alertmanager_options[] = {
	{ "url", OPTION_STRING, offsetof(struct alertmanager_params, url), .is_required = true,
	  .help = "the Alertmanager, with its route prefix: what stands before /api/v2" },
	{ "labels", OPTION_PAIRS, offsetof(struct alertmanager_params, labels),
	  .help = "further labels of each alert, for its routes: { team = \"web\"; }" },
	{ "auth", OPTION_AUTH, offsetof(struct alertmanager_params, auth),
	  .help = "who we are to it: { basic; password } or { bearer }" },
	{ "ca_file", OPTION_PATH, offsetof(struct alertmanager_params, ca_file),
	  .help = "PEM file of the CA that its certificate is verified by; else the system's" },
	{ .name = NULL },
};

/* ---- labels ---- */

static const char *const severities[] = {
	[NOTIFY_DOWN] = "critical",
	[NOTIFY_WARNING] = "warning",
};

static bool belongs_to_incident(const struct notify_words *n)
{
	return n->incident[0] != '\0';
}

static const char *name_of(const struct notify_words *n)
{
	if (belongs_to_incident(n))
		return "ShorewatchIncident";
	if (wall_is_set(n->expires))
		return "ShorewatchCertificate";
	return n->is_test ? "ShorewatchTest" : "ShorewatchNotice";
}

static void field_fit(struct json_writer *w, const char *key, const char *text, size_t max)
{
	struct buf fit = BUF_INIT(TEXT_BYTES_MAX + 16);

	if (text[0] == '\0')
		return; /* to Alertmanager an empty label is none */
	fit_text(&fit, text, max, FIT_BYTES, FIT_PLAIN);
	json_key(w, key);
	json_text(w, buf_text(&fit));
	w->to->has_failed |= buf_failed(&fit);
	buf_done(&fit);
}

static void write_labels(struct json_writer *w, const struct notify_words *n,
			 const struct alertmanager_params *p, enum notify_level level)
{
	json_key(w, "labels");
	json_object(w);
	field_fit(w, "alertname", name_of(n), LABEL_BYTES_MAX);
	field_fit(w, "severity", severities[level], LABEL_BYTES_MAX);
	field_fit(w, "instance", n->instance, LABEL_BYTES_MAX);
	field_fit(w, "stack", belongs_to_incident(n) ? n->stack : "", LABEL_BYTES_MAX);
	if (belongs_to_incident(n))
		field_fit(w, "incident", n->incident, LABEL_BYTES_MAX);
	else
		field_fit(w, "notice", n->thread, LABEL_BYTES_MAX);
	if (n->is_drill)
		field_fit(w, "drill", "yes", LABEL_BYTES_MAX);
	for (size_t i = 0; i < p->labels.n; i++)
		field_fit(w, p->labels.v[i].name, p->labels.v[i].value, LABEL_BYTES_MAX);
	json_object_end(w);
}

/* ---- the alert ---- */

static void write_annotations(struct json_writer *w, const struct notify_words *n)
{
	json_key(w, "annotations");
	json_object(w);
	field_fit(w, "summary", n->subject, TEXT_BYTES_MAX);
	field_fit(w, "description", n->text, TEXT_BYTES_MAX);
	field_fit(w, "diagnosis", n->diagnosis, LABEL_BYTES_MAX);
	field_fit(w, "runbook_url", n->runbook_url, TEXT_BYTES_MAX);
	json_object_end(w);
}

/* The generator's address is read as a URI: what is none makes the whole request a fault. */
static void write_generator(struct json_writer *w, const struct notify_words *n)
{
	struct place place;

	if (place_read(n->page_url, &place) != NULL)
		return;
	json_key(w, "generatorURL");
	json_text(w, n->page_url);
}

static void field_time(struct json_writer *w, const char *key, wall_t at)
{
	struct buf text = BUF_INIT(64);

	calendar_print_iso(&text, at);
	json_key(w, key);
	json_text(w, buf_text(&text));
	w->to->has_failed |= buf_failed(&text);
	buf_done(&text);
}

/* It must not lie behind the end. */
static wall_t begin_of(const struct notify_words *n)
{
	return wall_is_set(n->opened) && n->opened.us < n->created.us ? n->opened : n->created;
}

static void write_alert(struct json_writer *w, const struct notify_words *n,
			const struct alertmanager_params *p, enum notify_level level, wall_t end)
{
	json_object(w);
	write_labels(w, n, p, level);
	write_annotations(w, n);
	field_time(w, "startsAt", begin_of(n));
	if (wall_is_set(end))
		field_time(w, "endsAt", end);
	write_generator(w, n);
	json_object_end(w);
}

/* Of what is over: the time of the notice rather than of the end, which may lie before a change. */
static wall_t end_of(const struct notify_words *n, enum notify_level level)
{
	if (level != n->level)
		return n->created;
	return wall_is_set(n->expires) && n->expires.us > n->created.us ? n->expires
									: (wall_t){ 0 };
}

static void alertmanager_write(const struct notify_words *n, const void *params, struct buf *to)
{
	struct json_writer w;

	json_begin(&w, to);
	json_array(&w);
	for (enum notify_level level = NOTIFY_DOWN; level < NOTIFY_UP; level++)
		if (level == n->level || (n->levels_told >> level & 1) != 0)
			write_alert(&w, n, params, level, end_of(n, level));
	json_array_end(&w);
}

/* ---- the attempt ---- */

static struct notify_delivery *alertmanager_start(const struct notify_attempt *attempt)
{
	const struct alertmanager_params *p = attempt->params;
	size_t n = strlen(p->url);
	struct post post;

	post_prepare(&post);
	while (n > 0 && p->url[n - 1] == '/')
		n--;
	buf_printf(&post.url, "%.*s" PATH, (int)n, p->url);
	post.ca_file = p->ca_file;
	post_auth(&post, p->auth);
	return post_start(attempt, &post);
}

/* ---- the configuration ---- */

/* [a-zA-Z_][a-zA-Z0-9_]*, and none of ours, which make the alert what it is. */
static const char *label_fault(const struct pairs *labels)
{
	static const char *const ours[] = { "alertname", "severity", "instance", "stack",
					    "incident", "notice", "drill" };

	if (labels->n > LABELS_MAX)
		return "are more than 10";
	for (size_t i = 0; i < labels->n; i++) {
		const char *name = labels->v[i].name;
		size_t n = strlen(name);

		if (n == 0 || (name[0] >= '0' && name[0] <= '9') ||
		    strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789_") != n)
			return "hold a name that no label has: letters, digits and '_'";
		for (size_t k = 0; k < sizeof ours / sizeof ours[0]; k++)
			if (strcmp(name, ours[k]) == 0)
				return "name one that shorewatch sets itself: alertname, severity, "
				       "instance, stack, incident, notice, drill";
	}
	return NULL;
}

static bool alertmanager_check(void *params, struct option_fault *fault)
{
	struct alertmanager_params *p = params;
	const char *labels = label_fault(&p->labels);
	const char *auth = p->auth != NULL ? auth_fault(p->auth) : NULL;

	if (labels != NULL)
		return fault_say(fault, "labels", labels);
	if (auth != NULL)
		return fault_say(fault, "auth", auth);
	if (strchr(p->url, '?') != NULL)
		return fault_say(fault, "url", "holds a '?'");
	return place_check("url", p->url, p->shown, fault);
}

static const char *alertmanager_endpoint(const void *params)
{
	return ((const struct alertmanager_params *)params)->shown;
}

const struct notify_kind notify_alertmanager = {
	.name = "alertmanager",
	.summary = "an alert of another Alertmanager, firing as long as the incident is open",
	.options = alertmanager_options,
	.params_bytes = sizeof(struct alertmanager_params),
	.check = alertmanager_check,
	.endpoint = alertmanager_endpoint,
	.write = alertmanager_write,
	.start = alertmanager_start,
	.cancel = post_cancel,
	.is_refreshed = true,
};
