/*
 * prometheus.c - what a Prometheus knows of the Watchdog: how long ago it
 * evaluated the rule.
 *
 * ALERTS by itself is answered with a sample up to 5 minutes old after a crash;
 * time()-timestamp() says how old. Prometheus shows its alerts without the
 * external labels that it sends to Alertmanager, and a watchdog is most often
 * told apart by just those (cluster = "home"). So a label that a series lacks
 * is taken to be an external one; only a label with another value says that
 * the series is another Watchdog's.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shorewatch/json.h"
#include "witness.h"

/* time()-timestamp(ALERTS{alertname="Watchdog",alertstate="firing"}) */
#define QUESTION                                                                                   \
	"/api/v1/query?query=time%28%29-timestamp%28ALERTS%7Balertname%3D%22Watchdog%22%2C"        \
	"alertstate%3D%22firing%22%7D%29"
#define AGE_MAX_S 1e9

static const struct option prometheus_options[] = { WITNESS_OPTIONS("Prometheus") };

static bool is_ours(const struct witness_params *params, const struct json *metric)
{
	for (size_t i = 0; i < params->labels.n; i++) {
		const char *value = json_as_text(json_member(metric, params->labels.v[i].name));

		if (value != NULL && strcmp(value, params->labels.v[i].value) != 0)
			return false;
	}
	return true;
}

/* "value": [ 1795340245.546, "17.016000032424927" ] */
static bool age_read(const struct json *series, usec_t *ret)
{
	const char *text = json_as_text(json_element(json_member(series, "value"), 1));
	char *end;
	double age;

	if (text == NULL || *text == '\0')
		return false;
	age = strtod(text, &end);
	if (*end != '\0' || !isfinite(age) || fabs(age) > AGE_MAX_S)
		return false;
	*ret = age > 0 ? (usec_t)(age * (double)USEC_PER_SEC) : 0;
	return true;
}

static enum cause mismatch(struct probe_run *run, const char *text)
{
	probe_run_note(run, text);
	return CAUSE_MISMATCH;
}

static enum cause result_judge(struct probe_run *run, const struct json *result)
{
	run->seen.testimony = TESTIMONY_ABSENT;
	for (size_t i = 0; i < json_count(result); i++) {
		const struct json *series = json_element(result, i);
		usec_t age;

		if (json_type(series) != JSON_OBJECT || !age_read(series, &age)) {
			run->seen.testimony = TESTIMONY_NONE;
			return mismatch(run, "a series without an age");
		}
		if (!is_ours(run->params, json_member(series, "metric")))
			continue;
		if (run->seen.testimony == TESTIMONY_ABSENT || age < run->seen.age_us)
			run->seen.age_us = age;
		run->seen.testimony = TESTIMONY_ACTIVE;
	}
	return CAUSE_PASS;
}

static enum cause prometheus_answer(struct probe_run *run, const struct json *answer)
{
	const char *status = json_as_text(json_member(answer, "status"));
	const char *type = json_as_text(json_at(answer, "/data/resultType"));
	const struct json *result = json_at(answer, "/data/result");

	if (status == NULL)
		return mismatch(run, "not an answer of Prometheus' API");
	if (strcmp(status, "success") != 0)
		return mismatch(run, "the query was answered with an error");
	if (type == NULL || strcmp(type, "vector") != 0 || result == NULL ||
	    json_type(result) != JSON_ARRAY)
		return mismatch(run, "the query was not answered with a vector");
	return result_judge(run, result);
}

static void prometheus_start(struct probe_run *run)
{
	witness_ask(run, QUESTION, prometheus_answer);
}

const struct probe_kind probe_prometheus = {
	.name = "prometheus",
	.summary = "asks a Prometheus how long ago it evaluated its Watchdog rule",
	.is_made = true,
	.options = prometheus_options,
	.params_bytes = sizeof(struct witness_params),
	.scratch_bytes = sizeof(struct witness_run),
	.check = witness_check,
	.endpoint = witness_endpoint,
	.start = prometheus_start,
	.cancel = witness_cancel,
};
