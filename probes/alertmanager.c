/*
 * alertmanager.c - what an Alertmanager knows of the Watchdog (API v2).
 *
 * Asks for the alert by name and compares every label again itself: an answer
 * is foreign, and may hold more than was asked for. `silenced=false` is never
 * sent, since it makes a silence look like an empty list.
 *
 * Age is Date - updatedAt: both are this Alertmanager's clock, so it needs no
 * agreement between its clock and ours. Where there is no Date, or one from
 * before the update (no clock of the same host says that), ours has to do.
 *
 * /api/v2/status, which knows the number of replicas, is not asked: it shows
 * the whole configuration, webhook addresses in clear, and nobody should open
 * it to the world for a number that never alarms.
 */
#include <stdio.h>
#include <string.h>

#include "shorewatch/io.h"
#include "shorewatch/json.h"
#include "stamp.h"
#include "witness.h"

#define QUESTION       "/api/v2/alerts?filter=alertname%3D%22Watchdog%22"
#define DATE_TOLERANCE (2 * USEC_PER_SEC) /* a Date has whole seconds */
#define ID_SHOWN       40		  /* characters of a silence's id; they have 36 */

/* One alert of the answer that is ours. */
struct alert {
	bool is_suppressed;
	wall_t updated;
	const struct json *status;
};

static const struct option alertmanager_options[] = { WITNESS_OPTIONS("Alertmanager") };

static bool has_label(const struct json *labels, const char *name, const char *value)
{
	const char *text = json_as_text(json_member(labels, name));

	return text != NULL && strcmp(text, value) == 0;
}

static bool is_ours(const struct witness_params *params, const struct json *labels)
{
	if (!has_label(labels, "alertname", "Watchdog"))
		return false;
	for (size_t i = 0; i < params->labels.n; i++)
		if (!has_label(labels, params->labels.v[i].name, params->labels.v[i].value))
			return false;
	return true;
}

/* False: not an alert as the API describes it. */
static bool alert_read(const struct json *from, struct alert *ret)
{
	const char *updated = json_as_text(json_member(from, "updatedAt"));
	const char *state;

	ret->status = json_member(from, "status");
	state = json_as_text(json_member(ret->status, "state"));
	if (state == NULL || updated == NULL || !stamp_read_rfc3339(updated, &ret->updated))
		return false;
	ret->is_suppressed = strcmp(state, "suppressed") == 0;
	/* "unprocessed" has reached it and not gone through its rules yet. */
	return ret->is_suppressed || strcmp(state, "active") == 0 ||
	       strcmp(state, "unprocessed") == 0;
}

/* An active one counts before a suppressed one, the fresher before the older. */
static bool is_better(const struct alert *a, const struct alert *b)
{
	if (a->is_suppressed != b->is_suppressed)
		return !a->is_suppressed;
	return a->updated.us > b->updated.us;
}

static usec_t age_of(struct probe_run *run, wall_t updated)
{
	usec_t age = wall_span(updated, run->seen.date);

	if (!wall_is_set(run->seen.date) || age < -DATE_TOLERANCE)
		age = wall_span(updated, io_now(run->io).wall);
	return age > 0 ? age : 0;
}

/* "silenced by ID and 2 others" */
static bool note_by(struct probe_run *run, const char *verb, const struct json *ids)
{
	const char *first = json_as_text(json_element(ids, 0));
	size_t n = json_count(ids);
	char others[32] = "";

	if (first == NULL)
		return false;
	if (n > 1)
		(void)snprintf(others, sizeof(others), " and %zu more", n - 1);
	witness_note(run, "%s by %.*s%s", verb, ID_SHOWN, first, others);
	return true;
}

static void suppressed_note(struct probe_run *run, const struct json *status)
{
	if (!note_by(run, "silenced", json_member(status, "silencedBy")) &&
	    !note_by(run, "inhibited", json_member(status, "inhibitedBy")))
		probe_run_note(run, "suppressed, and it does not say by what");
}

static void testify(struct probe_run *run, const struct alert *alert)
{
	run->seen.testimony = alert->is_suppressed ? TESTIMONY_SUPPRESSED : TESTIMONY_ACTIVE;
	run->seen.age_us = age_of(run, alert->updated);
	if (alert->is_suppressed)
		suppressed_note(run, alert->status);
}

static enum cause alertmanager_answer(struct probe_run *run, const struct json *answer)
{
	struct alert best = { .status = NULL }, one;

	if (json_type(answer) != JSON_ARRAY) {
		probe_run_note(run, "not a list of alerts");
		return CAUSE_MISMATCH;
	}
	for (size_t i = 0; i < json_count(answer); i++) {
		const struct json *alert = json_element(answer, i);

		if (!is_ours(run->params, json_member(alert, "labels")))
			continue;
		if (!alert_read(alert, &one)) {
			probe_run_note(run, "an alert without state or updatedAt");
			return CAUSE_MISMATCH;
		}
		if (best.status == NULL || is_better(&one, &best))
			best = one;
	}
	if (best.status != NULL)
		testify(run, &best);
	else
		run->seen.testimony = TESTIMONY_ABSENT;
	return CAUSE_PASS;
}

static void alertmanager_start(struct probe_run *run)
{
	witness_ask(run, QUESTION, alertmanager_answer);
}

const struct probe_kind probe_alertmanager = {
	.name = "alertmanager",
	.summary = "asks an Alertmanager for its Watchdog alert, and how old the news is",
	.is_made = true,
	.options = alertmanager_options,
	.params_bytes = sizeof(struct witness_params),
	.scratch_bytes = sizeof(struct witness_run),
	.check = witness_check,
	.endpoint = witness_endpoint,
	.start = alertmanager_start,
	.cancel = witness_cancel,
};
