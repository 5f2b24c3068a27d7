/*
 * payload.c - Alertmanager's webhook body, read with suspicion.
 *
 * Owns the parsed JSON for the length of one request. Believes only the
 * elements of alerts[]: the top-level status, the common labels and the group
 * key say "firing" and "Watchdog" also when no Watchdog fires (watchdog.md 1, 9).
 * Unknown keys and any order are fine; times are never looked at.
 */
#include "io/payload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/json_measure.h"
#include "shorewatch/json.h"

#define NESTING_MAX 32 /* SR-17; no webhook body comes near it */

struct payload {
	struct json *root;
	const struct json *alerts;
};

static bool is_text(void *ctx, const char *name, const struct json *value)
{
	(void)ctx;
	(void)name;
	return json_type(value) == JSON_STRING;
}

static bool is_object(const struct json *value)
{
	return value != NULL && json_type(value) == JSON_OBJECT;
}

/* NULL: as it should be. */
static const char *alert_fault(const struct json *alert)
{
	const struct json *labels = json_member(alert, "labels");

	if (!is_object(alert))
		return "is not an object";
	if (json_as_text(json_member(alert, "status")) == NULL)
		return "has no status, or it is not a string";
	if (!is_object(labels))
		return "has no labels, or they are not an object";
	if (!json_each(labels, is_text, NULL))
		return "has a label that is not a string";
	return NULL;
}

static bool shape_is_fine(const struct json *root, char *fault, size_t fault_max)
{
	const struct json *alerts = json_member(root, "alerts");

	if (!is_object(root)) {
		bool is_bare = json_type(root) != JSON_ARRAY;

		snprintf(fault, fault_max,
			 is_bare ? "not JSON with an object" : "not a JSON object");
		return false;
	}
	if (alerts == NULL || json_type(alerts) != JSON_ARRAY) {
		snprintf(fault, fault_max, alerts ? "alerts is not a list" : "alerts is missing");
		return false;
	}
	for (size_t i = 0; i < json_count(alerts); i++) {
		const char *why = alert_fault(json_element(alerts, i));

		if (why) {
			snprintf(fault, fault_max, "alerts[%zu] %s", i, why);
			return false;
		}
	}
	return true;
}

static bool label_is(const struct json *labels, const char *name, const char *value)
{
	const char *is = json_as_text(json_member(labels, name));

	return is && strcmp(is, value) == 0;
}

static bool alert_matches(const struct json *alert, struct pairs wanted)
{
	const struct json *labels = json_member(alert, "labels");

	if (!label_is(labels, "alertname", "Watchdog"))
		return false;
	for (size_t i = 0; i < wanted.n; i++)
		if (!label_is(labels, wanted.v[i].name, wanted.v[i].value))
			return false;
	return true;
}

static struct json *body_parse(const char *body, size_t n, char *fault, size_t fault_max)
{
	char why[JSON_WHY_MAX];
	struct json *root;

	errno = EBADMSG;
	if (n == 0) {
		snprintf(fault, fault_max, "the body is empty");
		return NULL;
	}
	if (json_measure(body, n).depth > NESTING_MAX) {
		snprintf(fault, fault_max, "nested deeper than %d", NESTING_MAX);
		return NULL;
	}
	root = json_parse(body, n, why);
	if (!root)
		snprintf(fault, fault_max, "%s", why);
	return root;
}

struct payload *payload_parse(const char *body, size_t n, char *fault, size_t fault_max)
{
	struct json *root = body_parse(body, n, fault, fault_max);
	struct payload *payload = NULL;

	if (!root)
		return NULL;
	if (!shape_is_fine(root, fault, fault_max)) {
		json_free(root);
		errno = EBADMSG;
		return NULL;
	}
	payload = malloc(sizeof *payload);
	if (!payload) {
		snprintf(fault, fault_max, "no memory");
		json_free(root);
		errno = ENOMEM;
		return NULL;
	}
	*payload = (struct payload){ .root = root, .alerts = json_member(root, "alerts") };
	return payload;
}

void payload_free(struct payload *payload)
{
	if (!payload)
		return;
	json_free(payload->root);
	free(payload);
}

enum payload_watchdog payload_find(const struct payload *payload, struct pairs labels)
{
	enum payload_watchdog found = PAYLOAD_NOTHING;

	for (size_t i = 0; i < json_count(payload->alerts); i++) {
		const struct json *alert = json_element(payload->alerts, i);
		const char *status = json_as_text(json_member(alert, "status"));

		if (!alert_matches(alert, labels))
			continue;
		if (strcmp(status, "firing") == 0)
			return PAYLOAD_FIRING;
		if (strcmp(status, "resolved") == 0)
			found = PAYLOAD_RESOLVED;
	}
	return found;
}
