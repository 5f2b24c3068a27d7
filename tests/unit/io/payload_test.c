/*
 * payload_test.c - which webhook bodies are a heartbeat (watchdog.md 11).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "io/payload.h"

#define PROMETHEUS "monitoring/kube-prometheus-stack-prometheus"

static const struct pairs any = { 0 };

static struct payload *parse(const char *body, size_t n)
{
	char fault[200] = "";
	struct payload *payload = payload_parse(body, n, fault, sizeof fault);

	if (!payload)
		fail_msg("refused: %s", fault);
	return payload;
}

static enum payload_watchdog find_in(const char *body, struct pairs labels)
{
	struct payload *payload = parse(body, strlen(body));
	enum payload_watchdog found = payload_find(payload, labels);

	payload_free(payload);
	return found;
}

static enum payload_watchdog find_in_fixture(const char *name)
{
	struct buf body = fixture_read(name);
	enum payload_watchdog found = find_in(buf_text(&body), any);

	buf_done(&body);
	return found;
}

/* The body is refused, and the reason says `why`. */
static void assert_refused(const char *body, size_t n, const char *why)
{
	char fault[200] = "";
	struct payload *payload = payload_parse(body, n, fault, sizeof fault);

	if (payload)
		fail_msg("taken: %.60s", body);
	if (!strstr(fault, why))
		fail_msg("\"%s\" does not say \"%s\"", fault, why);
}

#define assert_refused_text(body, why) assert_refused(body, strlen(body), why)

static void recorded_heartbeats_are_counted(void **state)
{
	static const char *const names[] = {
		"webhook-firing-replica-0",
		"webhook-firing-replica-1",
		"webhook-grouped-watchdog-and-others",
		"webhook-grouped-by-namespace-watchdog-and-kube",
		"webhook-firing-0.34-shape-constructed",
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (find_in_fixture(names[i]) != PAYLOAD_FIRING)
			fail_msg("%s is not counted", names[i]);
}

static void recorded_bodies_without_a_firing_watchdog_are_not(void **state)
{
	static const char *const names[] = {
		"webhook-other-alert-only",
		"webhook-grouped-others-firing-watchdog-gone",
		"webhook-grouped-truncated-watchdog-missing",
		"webhook-api-posted-alert-no-endsat-resolved",
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (find_in_fixture(names[i]) != PAYLOAD_NOTHING)
			fail_msg("%s is counted", names[i]);
}

static void resolved_is_told_apart_whatever_the_group_says(void **state)
{
	(void)state;
	assert_int_equal(find_in_fixture("webhook-resolved"), PAYLOAD_RESOLVED);
	assert_int_equal(find_in_fixture("webhook-grouped-watchdog-resolved-others-firing"),
			 PAYLOAD_RESOLVED);
}

static void the_word_elsewhere_is_no_heartbeat(void **state)
{
	(void)state;
	assert_int_equal(
		find_in("{\"status\":\"firing\",\"groupKey\":\"{alertname=\\\"Watchdog\\\"}\","
			"\"commonLabels\":{\"alertname\":\"Watchdog\"},"
			"\"groupLabels\":{\"alertname\":\"Watchdog\"},\"alerts\":[{\"status\":"
			"\"firing\","
			"\"labels\":{\"alertname\":\"WatchdogRenamed\",\"job\":\"Watchdog\"},"
			"\"annotations\":{\"alertname\":\"Watchdog\"},"
			"\"generatorURL\":\"Watchdog\"}]}",
			any),
		PAYLOAD_NOTHING);
	assert_int_equal(find_in("{\"alerts\":[]}", any), PAYLOAD_NOTHING);
}

static void every_label_must_be_equal(void **state)
{
	static const struct pair right[] = { { "prometheus", PROMETHEUS }, { "severity", "none" } };
	static const struct pair wrong[] = { { "prometheus", PROMETHEUS }, { "severity", "page" } };
	static const struct pair absent[] = { { "cluster", "home" } };
	struct buf body = fixture_read("webhook-firing-replica-0");

	(void)state;
	assert_int_equal(find_in(buf_text(&body), (struct pairs){ right, 2 }), PAYLOAD_FIRING);
	assert_int_equal(find_in(buf_text(&body), (struct pairs){ wrong, 2 }), PAYLOAD_NOTHING);
	assert_int_equal(find_in(buf_text(&body), (struct pairs){ absent, 1 }), PAYLOAD_NOTHING);
	buf_done(&body);
}

static void two_clusters_in_one_body_are_both_found(void **state)
{
	static const struct pair a[] = { { "cluster", "a" } }, b[] = { { "cluster", "b" } };
	struct payload *payload;
	const char *body = "{\"alerts\":[{\"status\":\"firing\",\"labels\":{\"alertname\":"
			   "\"Watchdog\",\"cluster\":\"a\"}},"
			   "{\"labels\":{\"cluster\":\"b\",\"alertname\":\"Watchdog\"},\"status\":"
			   "\"resolved\"}]}";

	(void)state;
	payload = parse(body, strlen(body));
	assert_int_equal(payload_find(payload, (struct pairs){ a, 1 }), PAYLOAD_FIRING);
	assert_int_equal(payload_find(payload, (struct pairs){ b, 1 }), PAYLOAD_RESOLVED);
	payload_free(payload);
}

static void firing_wins_over_resolved_in_any_order(void **state)
{
#define FIRING	 "{\"status\":\"firing\",\"labels\":{\"alertname\":\"Watchdog\",\"x\":\"1\"}}"
#define RESOLVED "{\"status\":\"resolved\",\"labels\":{\"alertname\":\"Watchdog\",\"x\":\"2\"}}"
	(void)state;
	assert_int_equal(find_in("{\"alerts\":[" FIRING "," RESOLVED "]}", any), PAYLOAD_FIRING);
	assert_int_equal(find_in("{\"alerts\":[" RESOLVED "," FIRING "]}", any), PAYLOAD_FIRING);
}

static void unknown_nested_keys_and_strange_times_are_fine(void **state)
{
	(void)state;
	assert_int_equal(
		find_in("{\"new\":{\"deep\":[1,2,{\"x\":null}]},\"alerts\":[{\"more\":[true],"
			"\"startsAt\":\"2026-11-22T09:33:08Z\",\"endsAt\":\"0001-01-01T00:00:00Z\","
			"\"labels\":{\"alertname\":\"Watchdog\"},\"status\":\"firing\"}]}\n",
			any),
		PAYLOAD_FIRING);
	assert_int_equal(
		find_in("{\"alerts\":[{\"startsAt\":\"2026-11-22T09:33:08.123456789+09:00\","
			"\"endsAt\":7,\"labels\":{\"alertname\":\"Watchdog\"},\"status\":"
			"\"firing\"}]}",
			any),
		PAYLOAD_FIRING);
}

static void five_hundred_alerts_with_the_watchdog_last_are_counted(void **state)
{
	struct buf body = BUF_INIT(1u << 20);

	(void)state;
	buf_puts(&body, "{\"alerts\":[");
	for (int i = 0; i < 500; i++)
		buf_printf(
			&body,
			"{\"status\":\"firing\",\"labels\":{\"alertname\":\"A%d\"},\"annotations\":"
			"{\"text\":\"%0700d\"}},",
			i, i);
	buf_puts(&body, FIRING "]}");
	assert_false(buf_failed(&body));
	assert_true(body.n > 370000);
	assert_int_equal(find_in(buf_text(&body), any), PAYLOAD_FIRING);
	buf_done(&body);
}

static void every_cut_of_a_real_body_is_refused(void **state)
{
	struct buf body = fixture_read("webhook-firing-replica-0");
	char fault[200];

	(void)state;
	for (size_t n = 0; n + 1 < body.n; n++) /* without its line break it is whole */
		if (payload_parse(body.data, n, fault, sizeof fault))
			fail_msg("taken with %zu bytes", n);
	assert_refused(body.data, body.n / 2, "ends too early");
	buf_done(&body);
}

static void malformed_bodies_are_refused_with_the_reason(void **state)
{
	(void)state;
	assert_refused_text("", "empty");
	assert_refused_text("hello", "not JSON");
	assert_refused_text("<html>", "not JSON");
	assert_refused_text("null", "not JSON");
	assert_refused_text("[]", "not a JSON object");
	assert_refused_text("{}", "alerts is missing");
	assert_refused_text("{\"alerts\":null}", "alerts is not a list");
	assert_refused_text("{\"alerts\":{}}", "alerts is not a list");
	assert_refused_text("{\"alerts\":[1]}", "alerts[0] is not an object");
	assert_refused_text("{\"alerts\":[{}]}", "alerts[0] has no status");
	assert_refused_text("{\"alerts\":[" FIRING ",{\"status\":\"firing\"}]}",
			    "alerts[1] has no labels");
	assert_refused_text("{\"alerts\":[{\"status\":\"firing\",\"labels\":[]}]}", "no labels");
	assert_refused_text("{\"alerts\":[{\"status\":\"firing\",\"labels\":{\"alertname\":1}}]}",
			    "not a string");
	assert_refused_text("{\"alerts\":[]}{}", "follows");
	assert_refused_text("{\"alerts\":[],\"alerts\":[" FIRING "]}", "twice");
	assert_refused_text("{\"a\":1e999999,\"alerts\":[]}", "too large");
	assert_refused_text("{\"a\":99999999999999999999,\"alerts\":[]}", "too large");
}

static void foreign_bytes_are_refused(void **state)
{
	static const char nul[] = "{\"alerts\":[],\"a\":\"x\0y\"}", late[] = "{\"alerts\":[]}\0";

	(void)state;
	assert_refused(nul, sizeof nul - 1, "near byte");
	assert_refused(late, sizeof late - 1, "near byte");
	assert_refused_text("{\"alerts\":[],\"a\":\"\\u0000\"}", "NUL");
	assert_refused_text("{\"alerts\":[],\"a\":\"\xff\xfe\"}", "UTF-8");
	assert_refused_text("{\"alerts\":[],\"a\":\"\xc0\xaf\"}", "UTF-8");
	assert_refused_text("{\"alerts\":[],\"a\":\"\xed\xa0\x80\"}", "UTF-8");
}

static void nest(struct buf *body, size_t depth)
{
	buf_puts(body, "{\"alerts\":[],\"a\":");
	for (size_t i = 1; i < depth; i++)
		buf_putc(body, '[');
	for (size_t i = 1; i < depth; i++)
		buf_putc(body, ']');
	buf_putc(body, '}');
}

static void nesting_ends_at_thirty_two(void **state)
{
	struct buf fine = BUF_INIT(1u << 20), deep = BUF_INIT(1u << 20), abyss = BUF_INIT(1u << 20);

	(void)state;
	nest(&fine, 32);
	nest(&deep, 33);
	nest(&abyss, 10000);
	assert_int_equal(find_in(buf_text(&fine), any), PAYLOAD_NOTHING);
	assert_refused(deep.data, deep.n, "nested deeper than 32");
	assert_refused(abyss.data, abyss.n, "nested deeper than 32");
	assert_refused(abyss.data, 5000, "nested deeper than 32");
	assert_int_equal(
		find_in("{\"alerts\":[],\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[\"}",
			any),
		PAYLOAD_NOTHING);
	buf_done(&fine);
	buf_done(&deep);
	buf_done(&abyss);
}

/* A place in the file, no word of the sender's: it goes into logs over there. */
static void the_reason_repeats_nothing_of_the_body(void **state)
{
	char fault[200] = "";
	const char *body = "{\"alerts\":[],\"a\":secret-word}";

	(void)state;
	assert_null(payload_parse(body, strlen(body), fault, sizeof fault));
	assert_null(strstr(fault, "secret"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_heartbeats_are_counted),
		cmocka_unit_test(recorded_bodies_without_a_firing_watchdog_are_not),
		cmocka_unit_test(resolved_is_told_apart_whatever_the_group_says),
		cmocka_unit_test(the_word_elsewhere_is_no_heartbeat),
		cmocka_unit_test(every_label_must_be_equal),
		cmocka_unit_test(two_clusters_in_one_body_are_both_found),
		cmocka_unit_test(firing_wins_over_resolved_in_any_order),
		cmocka_unit_test(unknown_nested_keys_and_strange_times_are_fine),
		cmocka_unit_test(five_hundred_alerts_with_the_watchdog_last_are_counted),
		cmocka_unit_test(every_cut_of_a_real_body_is_refused),
		cmocka_unit_test(malformed_bodies_are_refused_with_the_reason),
		cmocka_unit_test(foreign_bytes_are_refused),
		cmocka_unit_test(nesting_ends_at_thirty_two),
		cmocka_unit_test(the_reason_repeats_nothing_of_the_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
