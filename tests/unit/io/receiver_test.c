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

/* ---- jobs that report themselves ---- */

static void assert_ping(struct place *place, const char *line, const char *headers, int status,
			const char *words)
{
	char request[512];

	snprintf(request, sizeof request, "%s HTTP/1.1\r\nHost: a\r\n%s\r\n", line, headers);
	assert_answer(place, request, status, words);
}

static unsigned pings(const struct place *place)
{
	unsigned n = 0;

	for (size_t i = 0; i < TARGETS; i++)
		for (size_t k = 0; k <= PING_FAIL; k++)
			n += place->pings[i][k];
	return n;
}

static void a_job_reports_by_post_and_by_get(void **state)
{
	struct place *place = *state;

	assert_ping(place, "GET /ping/backup", MAY_PING, 200, "counted\n");
	assert_ping(place, "POST /ping/backup", MAY_PING "Content-Length: 0\r\n", 200, "counted\n");
	assert_int_equal(place->pings[BACKUP][PING_OK], 2);
	assert_ping(place, "GET /ping/backup/start", MAY_PING, 200, "noted: started\n");
	assert_ping(place, "POST /ping/backup/fail", MAY_PING "Content-Length: 0\r\n", 200,
		    "noted: failed\n");
	assert_int_equal(place->pings[BACKUP][PING_START], 1);
	assert_int_equal(place->pings[BACKUP][PING_FAIL], 1);
	assert_ping(place, "GET /ping/report", "Authorization: Bearer report-token\r\n", 200,
		    "counted\n");
	assert_ping(place, "GET /ping/backup?rid=1", MAY_PING, 200, "counted\n");
	/* Basic: curl -u any:TOKEN */
	assert_ping(place, "GET /ping/backup", "Authorization: Basic YW55OmJhY2t1cC10b2tlbg==\r\n",
		    200, "counted\n");
	assert_int_equal(place->pings[REPORT][PING_OK], 1);
	assert_int_equal(pings(place), 7);
	assert_int_equal(receiver_stats(place->receiver).pings, 7);
	assert_int_equal(beats(place), 0);
}

static void a_head_is_no_report(void **state)
{
	struct place *place = *state;
	struct client client;

	say(place, &client, "HEAD /ping/backup HTTP/1.1\r\nHost: a\r\n" MAY_PING "\r\n");
	assert_int_equal(client_status(&client), 200);
	client_done(&client);
	say(place, &client, "HEAD /ping/backup/fail HTTP/1.1\r\nHost: a\r\n" MAY_PING "\r\n");
	assert_int_equal(client_status(&client), 200);
	client_done(&client);
	assert_ping(place, "HEAD /ping/backup", "", 401, "");
	assert_int_equal(pings(place), 0);
}

static void a_token_opens_one_job_only(void **state)
{
	struct place *place = *state;

	assert_ping(place, "GET /ping/backup", "", 401, "no token");
	assert_ping(place, "GET /ping/backup?token=" PING_TOKEN, "", 401,
		    "one in the address is not read");
	assert_ping(place, "GET /ping/backup", "Authorization: Bearer report-token\r\n", 401,
		    "wrong token");
	assert_ping(place, "GET /ping/backup", RIGHT, 401, "wrong token");
	assert_ping(place, "GET /ping/backup", "Authorization: Bearer metrics-token\r\n", 401,
		    "wrong token");
	assert_ping(place, "GET /ping/backup", "Authorization: Bearer backup-toke\r\n", 401,
		    "wrong token");
	assert_ping(place, "GET /ping/backup", "Authorization: Bearer backup-token2\r\n", 401,
		    "wrong token");
	assert_ping(place, "GET /ping/backup", "Authorization: Bearer \r\n", 401, "");
	assert_ping(place, "POST /hook/home", MAY_PING "Content-Length: 0\r\n", 401, "wrong token");
	assert_int_equal(receiver_stats(place->receiver).rejected_auth, 9);
	assert_int_equal(pings(place) + beats(place), 0);
}

static void what_is_no_report_is_refused(void **state)
{
	static const char *const lines[] = {
		"GET /ping/",	     "GET /ping/blog",		"GET /ping/home",
		"GET /ping/backup/", "GET /ping/backup/start/", "GET /ping/backup/stop",
		"GET /ping/backu",   "GET /ping/backups",	"GET /ping//start",
	};
	static const char *const methods[] = { "PUT", "DELETE", "OPTIONS", "PATCH", "BREW" };
	struct place *place = *state;
	struct client client;
	char line[64];

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		assert_ping(place, lines[i], MAY_PING, 404, "no such");
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		snprintf(line, sizeof line, "%s /ping/backup", methods[i]);
		assert_ping(place, line, MAY_PING "Content-Length: 0\r\n", 405,
			    "only POST and GET");
	}
	say(place, &client,
	    "PUT /ping/backup HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n" MAY_PING "\r\n");
	assert_true(client_has(&client, "Allow: POST, GET, HEAD"));
	client_done(&client);
	assert_int_equal(pings(place), 0);
}

static void a_jobs_words_are_not_read_and_have_an_end(void **state)
{
	static const size_t sizes[] = { 1, 65536, 65537 };
	struct place *place = *state;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct buf request = BUF_INIT(1u << 20);

		buf_printf(
			&request,
			"POST /ping/backup HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n" MAY_PING
			"\r\n%0*d",
			sizes[i], (int)sizes[i], 1);
		assert_answer(place, buf_text(&request), i < 2 ? 200 : 413,
			      i < 2 ? "counted" : "longer than 64 KiB");
		buf_done(&request);
	}
	assert_int_equal(place->pings[BACKUP][PING_OK], 2);
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
		placed(a_job_reports_by_post_and_by_get),
		placed(a_head_is_no_report),
		placed(a_token_opens_one_job_only),
		placed(what_is_no_report_is_refused),
		placed(a_jobs_words_are_not_read_and_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
