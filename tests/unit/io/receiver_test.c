/*
 * receiver_test.c - which POST is a heartbeat (watchdog.md 11).
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "receiver_place.h"

/* ---- heartbeats ---- */

static void a_recorded_heartbeat_is_counted(void **state)
{
	struct place *place = *state;

	assert_fixture(place, "webhook-firing-replica-0", "counted\n");
	assert_int_equal(place->beats[HOME], 1);
	assert_int_equal(beats(place), 1);
	assert_int_equal(receiver_stats(place->receiver).beats, 1);
	assert_int_equal(receiver_stats(place->receiver).requests, 1);
}

static void both_replicas_at_once_are_two_beats(void **state)
{
	struct place *place = *state;
	struct buf body = fixture_read("webhook-firing-replica-0");
	struct buf request = post(RIGHT, body.data, body.n);
	struct client client[2];

	for (size_t i = 0; i < 2; i++)
		client_start(&client[i], &place->crowd, receiver_port(place->receiver),
			     request.data, request.n, SIZE_MAX);
	assert_true(crowd_run(&place->crowd));
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(client_status(&client[i]), 200);
		client_done(&client[i]);
	}
	assert_int_equal(place->beats[HOME], 2);
	buf_done(&request);
	buf_done(&body);
}

static void recorded_bodies_count_as_they_should(void **state)
{
	struct place *place = *state;

	assert_fixture(place, "webhook-firing-replica-1", "counted\n");
	assert_fixture(place, "webhook-grouped-watchdog-and-others", "counted\n");
	assert_fixture(place, "webhook-grouped-by-namespace-watchdog-and-kube", "counted\n");
	assert_fixture(place, "webhook-firing-0.34-shape-constructed", "counted\n");
	assert_int_equal(beats(place), 4);
	assert_fixture(place, "webhook-other-alert-only", "ignored: no firing Watchdog\n");
	assert_fixture(place, "webhook-grouped-others-firing-watchdog-gone",
		       "ignored: no firing Watchdog\n");
	assert_fixture(place, "webhook-grouped-truncated-watchdog-missing",
		       "ignored: no firing Watchdog\n");
	assert_int_equal(receiver_stats(place->receiver).ignored, 3);
	assert_fixture(place, "webhook-resolved", "noted: resolved\n");
	assert_fixture(place, "webhook-grouped-watchdog-resolved-others-firing",
		       "noted: resolved\n");
	assert_int_equal(place->resolved[HOME], 2);
	assert_int_equal(beats(place), 4);
}

static void every_recorded_way_to_authenticate_is_judged(void **state)
{
	struct place *place = *state;

	/* Basic c2hvcmV3YXRjaDpzM2NyZXQ= is shorewatch:s3cret, as recorded; then ours. */
	assert_post(place, "Authorization: Basic c2hvcmV3YXRjaDpzM2NyZXQ=\r\n", ALERTS(""), 401,
		    "wrong token\n");
	assert_post(place, "Authorization: Basic c2hvcmV3YXRjaDpleGFtcGxlLXRva2Vu\r\n",
		    ALERTS(FIRING_OF("a")), 200, "counted\n");
	assert_post(place, "authorization: bearer   " TOKEN "\r\n", ALERTS(FIRING_OF("a")), 200,
		    "counted\n");
	assert_int_equal(place->beats[PROM_A], 2);
	assert_post(place, "Authorization: ApiKey " TOKEN "\r\n", ALERTS(FIRING_OF("a")), 401,
		    "wrong scheme");
	assert_post(place, "Authorization: " TOKEN "\r\n", ALERTS(FIRING_OF("a")), 401,
		    "wrong scheme");
	assert_post(place, "Authorization: Basic !!!\r\n", ALERTS(FIRING_OF("a")), 401,
		    "broken credentials");
	assert_post(place, "Authorization: Basic ZXhhbXBsZS10b2tlbg==\r\n", ALERTS(FIRING_OF("a")),
		    401, "broken credentials");
	assert_post(place, "", ALERTS(FIRING_OF("a")), 401, "no token");
	assert_post(place, "Authorization: Bearer example-toke\r\n", ALERTS(FIRING_OF("a")), 401,
		    "wrong token\n");
	assert_post(place, "Authorization: Bearer example-tokens\r\n", ALERTS(FIRING_OF("a")), 401,
		    "wrong token\n");
	assert_post(place, "Authorization: Bearer \r\n", ALERTS(FIRING_OF("a")), 401, "");
	assert_int_equal(beats(place), 2);
	assert_int_equal(receiver_stats(place->receiver).rejected_auth, 9);
}

static void a_refusal_asks_for_a_token_and_keeps_nothing(void **state)
{
	struct place *place = *state;
	struct buf request = post("Authorization: Bearer nonsense\r\n", "{}", 2);
	struct client client;

	say(place, &client, buf_text(&request));
	assert_true(client_has(&client, "WWW-Authenticate: Bearer"));
	assert_true(client_has(&client, "Cache-Control: no-store"));
	assert_null(strstr(buf_text(&client.response), "nonsense"));
	client_done(&client);
	buf_done(&request);
}

static void a_token_in_the_address_is_not_read(void **state)
{
	struct place *place = *state;

	assert_answer(place,
		      "POST /hook/home?token=" TOKEN
		      " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
		      401, "one in the address is not read");
	assert_answer(place,
		      "POST /hook/home/" TOKEN
		      " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
		      404, "");
	assert_int_equal(beats(place), 0);
}

static void a_token_opens_one_hook_only(void **state)
{
	struct place *place = *state;

	assert_post(place, "Authorization: Bearer elsewhere-token\r\n", ALERTS(FIRING_OF("a")), 401,
		    "wrong token");
	assert_post(place, "Authorization: Bearer metrics-token\r\n", ALERTS(FIRING_OF("a")), 401,
		    "wrong token");
	assert_int_equal(beats(place), 0);
}

static void watchdogs_of_one_hook_are_told_apart_by_labels(void **state)
{
	struct place *place = *state;

	assert_post(place, RIGHT, ALERTS(FIRING_OF("a") "," FIRING_OF("b")), 200, "counted\n");
	assert_int_equal(place->beats[PROM_A], 1);
	assert_int_equal(place->beats[PROM_B], 1);
	assert_post(place, RIGHT, ALERTS(FIRING_OF("a") "," RESOLVED_OF("b")), 200, "counted\n");
	assert_int_equal(place->beats[PROM_A], 2);
	assert_int_equal(place->beats[PROM_B], 1);
	assert_int_equal(place->resolved[PROM_B], 1);
	assert_post(place, RIGHT, ALERTS(FIRING_OF("another cluster")), 200,
		    "ignored: no firing Watchdog\n");
	assert_int_equal(beats(place), 3);
}

static void a_watchdog_counts_what_came_with_its_own_token(void **state)
{
	struct place *place = *state;

	assert_post(place, "Authorization: Bearer other-token\r\n", ALERTS(FIRING_OF("a")), 200,
		    "counted\n");
	assert_int_equal(place->beats[OTHER_TOKEN], 1);
	assert_int_equal(beats(place), 1);
}

static void only_post_is_a_heartbeat(void **state)
{
	static const char *const methods[] = { "GET", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW" };
	struct place *place = *state;
	struct client client;
	char request[512];

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		snprintf(request, sizeof request,
			 "%s /hook/home HTTP/1.1\r\nHost: a\r\n" RIGHT
			 "Content-Type: application/json\r\n"
			 "Referer: http://status.example.net/hook/home\r\n\r\n",
			 methods[i]);
		assert_answer(place, request, 405, "only POST");
	}
	say(place, &client, "HEAD /hook/home HTTP/1.1\r\nHost: a\r\n" RIGHT "\r\n");
	assert_int_equal(client_status(&client), 405);
	assert_true(client_has(&client, "Allow: POST"));
	assert_string_equal(client_body(&client), "");
	client_done(&client);
	assert_int_equal(beats(place), 0);
}

static void five_hundred_alerts_are_counted(void **state)
{
	struct place *place = *state;
	struct buf body = BUF_INIT(1u << 20);

	buf_puts(&body, "{\"alerts\":[");
	for (int i = 0; i < 500; i++)
		buf_printf(&body,
			   "{\"status\":\"firing\",\"labels\":{\"alertname\":\"A%d\"},\"x\":\"%"
			   "0700d\"},",
			   i, i);
	buf_puts(&body, FIRING_OF("a") "]}");
	assert_post(place, RIGHT, buf_text(&body), 200, "counted\n");
	buf_done(&body);
}

static void malformed_bodies_are_told_why(void **state)
{
	struct place *place = *state;
	struct buf nested = BUF_INIT(1u << 20);

	buf_puts(&nested, "{\"alerts\":");
	for (int i = 0; i < 10000; i++)
		buf_putc(&nested, '[');
	assert_post(place, RIGHT, "", 400, "empty");
	assert_post(place, RIGHT, "hello", 400, "not JSON");
	assert_post(place, RIGHT, "{\"alerts\":[", 400, "ends too early");
	assert_post(place, RIGHT, "{\"alerts\":null}", 400, "alerts is not a list");
	assert_post(place, RIGHT, "{\"alerts\":[{\"status\":\"firing\",\"labels\":{\"a\":1}}]}",
		    400, "not a string");
	assert_post(place, RIGHT, "{\"alerts\":[],\"a\":\"\xff\"}", 400, "UTF-8");
	assert_post(place, RIGHT, "{\"alerts\":[],\"alerts\":[]}", 400, "twice");
	assert_post(place, RIGHT, buf_text(&nested), 400, "nested deeper");
	assert_int_equal(receiver_stats(place->receiver).rejected_malformed, 8);
	assert_int_equal(beats(place), 0);
	buf_done(&nested);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(a_recorded_heartbeat_is_counted),
		placed(both_replicas_at_once_are_two_beats),
		placed(recorded_bodies_count_as_they_should),
		placed(every_recorded_way_to_authenticate_is_judged),
		placed(a_refusal_asks_for_a_token_and_keeps_nothing),
		placed(a_token_in_the_address_is_not_read),
		placed(a_token_opens_one_hook_only),
		placed(watchdogs_of_one_hook_are_told_apart_by_labels),
		placed(a_watchdog_counts_what_came_with_its_own_token),
		placed(only_post_is_a_heartbeat),
		placed(five_hundred_alerts_are_counted),
		placed(malformed_bodies_are_told_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
