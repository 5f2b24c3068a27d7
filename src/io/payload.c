/*
 * payload.c - Alertmanager's webhook body, read with suspicion.
 *
 * Owns the parsed JSON for the length of one request. Believes only the
 * elements of alerts[]: the top-level status, the common labels and the group
 * key say "firing" and "Watchdog" also when no Watchdog fires (watchdog.md 1, 9).
 * Unknown keys and any order are fine; times are never looked at.
 */
#include "io/payload.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* SR-17; jansson's own limit is a constant of its build and far higher. */
#define NESTING_MAX 32

struct payload {
	json_t *root, *alerts;
};

static const struct {
	enum json_error_code code;
	const char *text;
} syntax_faults[] = {
	{ json_error_premature_end_of_input, "the JSON ends too early" },
	{ json_error_end_of_input_expected, "something follows the JSON" },
	{ json_error_invalid_utf8, "not valid UTF-8" },
	{ json_error_null_character, "a NUL inside a string" },
	{ json_error_null_byte_in_key, "a NUL inside a key" },
	{ json_error_duplicate_key, "a key is there twice" },
	{ json_error_numeric_overflow, "a number is too large" },
	{ json_error_out_of_memory, "no memory" },
};

/*
 * The depth of brackets outside strings, so that a hostile body is refused
 * before anything is allocated for it. What is not JSON at all may be counted
 * wrongly here; the parser refuses it afterwards.
 */
static bool nesting_is_fine(const char *body, size_t n)
{
	bool is_in_string = false;
	unsigned depth = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_in_string) {
			if (body[i] == '\\')
				i++;
			else if (body[i] == '"')
				is_in_string = false;
		} else if (body[i] == '"') {
			is_in_string = true;
		} else if (body[i] == '{' || body[i] == '[') {
			if (++depth > NESTING_MAX)
				return false;
		} else if ((body[i] == '}' || body[i] == ']') && depth > 0) {
			depth--;
		}
	}
	return true;
}

/* Our words and a place, never the sender's bytes. */
static void explain_syntax(const json_error_t *error, char *fault, size_t fault_max)
{
	const char *text = "not JSON";

	for (size_t i = 0; i < sizeof syntax_faults / sizeof *syntax_faults; i++)
		if (json_error_code(error) == syntax_faults[i].code)
			text = syntax_faults[i].text;
	snprintf(fault, fault_max, "%s (near byte %d)", text, error->position);
}

static bool labels_are_strings(json_t *labels)
{
	const char *name;
	json_t *value;

	json_object_foreach(labels, name, value) if (!json_is_string(value)) return false;
	return true;
}

/* NULL: as it should be. */
static const char *alert_fault(json_t *alert)
{
	if (!json_is_object(alert))
		return "is not an object";
	if (!json_is_string(json_object_get(alert, "status")))
		return "has no status, or it is not a string";
	if (!json_is_object(json_object_get(alert, "labels")))
		return "has no labels, or they are not an object";
	if (!labels_are_strings(json_object_get(alert, "labels")))
		return "has a label that is not a string";
	return NULL;
}

static bool shape_is_fine(json_t *root, char *fault, size_t fault_max)
{
	json_t *alerts = json_object_get(root, "alerts");
	json_t *alert;
	size_t i;

	if (!json_is_object(root)) {
		snprintf(fault, fault_max, "not a JSON object");
		return false;
	}
	if (!json_is_array(alerts)) {
		snprintf(fault, fault_max, alerts ? "alerts is not a list" : "alerts is missing");
		return false;
	}
	json_array_foreach(alerts, i, alert)
	{
		const char *why = alert_fault(alert);

		if (why) {
			snprintf(fault, fault_max, "alerts[%zu] %s", i, why);
			return false;
		}
	}
	return true;
}

static bool label_is(json_t *labels, const char *name, const char *value)
{
	const char *is = json_string_value(json_object_get(labels, name));

	return is && strcmp(is, value) == 0;
}

static bool alert_matches(json_t *alert, struct pairs wanted)
{
	json_t *labels = json_object_get(alert, "labels");

	if (!label_is(labels, "alertname", "Watchdog"))
		return false;
	for (size_t i = 0; i < wanted.n; i++)
		if (!label_is(labels, wanted.v[i].name, wanted.v[i].value))
			return false;
	return true;
}

struct payload *payload_parse(const char *body, size_t n, char *fault, size_t fault_max)
{
	struct payload *payload = NULL;
	json_error_t error;

	if (n == 0) {
		snprintf(fault, fault_max, "the body is empty");
		return NULL;
	}
	if (!nesting_is_fine(body, n)) {
		snprintf(fault, fault_max, "nested deeper than %d", NESTING_MAX);
		return NULL;
	}
	json_t *root = json_loadb(body, n, JSON_REJECT_DUPLICATES, &error);

	if (!root) {
		explain_syntax(&error, fault, fault_max);
		return NULL;
	}
	if (shape_is_fine(root, fault, fault_max)) {
		payload = malloc(sizeof *payload);
		if (!payload)
			snprintf(fault, fault_max, "no memory");
	}
	if (!payload) {
		json_decref(root);
		return NULL;
	}
	*payload = (struct payload){ .root = root, .alerts = json_object_get(root, "alerts") };
	return payload;
}

void payload_free(struct payload *payload)
{
	if (!payload)
		return;
	json_decref(payload->root);
	free(payload);
}

enum payload_watchdog payload_find(const struct payload *payload, struct pairs labels)
{
	enum payload_watchdog found = PAYLOAD_NOTHING;
	json_t *alert;
	size_t i;

	json_array_foreach(payload->alerts, i, alert)
	{
		if (!alert_matches(alert, labels))
			continue;
		const char *status = json_string_value(json_object_get(alert, "status"));

		if (strcmp(status, "firing") == 0)
			return PAYLOAD_FIRING;
		if (strcmp(status, "resolved") == 0)
			found = PAYLOAD_RESOLVED;
	}
	return found;
}
