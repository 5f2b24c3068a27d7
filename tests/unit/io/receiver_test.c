/*
 * receiver_test.c - the listener on a real socket: heartbeats (watchdog.md 11),
 * the page, and those who mean no good. Limits and deadlines: receiver_door_test.c.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "client.h"
#include "fixture.h"
#include "io/publish.h"
#include "io/receiver.h"

#define TOKEN	   "example-token"
#define RIGHT	   "Authorization: Bearer " TOKEN "\r\n"
#define WATCHDOGS  5
#define PROMETHEUS "monitoring/kube-prometheus-stack-prometheus"

enum { HOME, PROM_A, PROM_B, OTHER_TOKEN, ELSEWHERE };

static const struct pair home_labels[] = { { "prometheus", PROMETHEUS } };
static const struct pair a_labels[] = { { "prometheus", "a" } };
static const struct pair b_labels[] = { { "prometheus", "b" } };

static const struct watchdog_plan watchdogs[WATCHDOGS] = {
	[HOME] = { .name = "home", .hook = "home", .token = TOKEN, .labels = { home_labels, 1 } },
	[PROM_A] = { .name = "prom-a", .hook = "home", .token = TOKEN, .labels = { a_labels, 1 } },
	[PROM_B] = { .name = "prom-b", .hook = "home", .token = TOKEN, .labels = { b_labels, 1 } },
	[OTHER_TOKEN] = { .name = "other", .hook = "home", .token = "other-token" },
	[ELSEWHERE] = { .name = "elsewhere", .hook = "elsewhere", .token = "elsewhere-token" },
};

struct place {
	struct crowd crowd;
	struct receiver *receiver;
	struct plan plan;
	char folder[FOLDER_MAX];
	unsigned beats[WATCHDOGS], resolved[WATCHDOGS];
	bool is_healthy;
};

static void beat_counted(void *ctx, uint32_t watchdog, bool is_firing)
{
	struct place *place = ctx;

	assert_true(watchdog < WATCHDOGS);
	(is_firing ? place->beats : place->resolved)[watchdog]++;
}

static void metrics_told(void *ctx, struct buf *to)
{
	(void)ctx;
	buf_puts(to, "shorewatch_up 1\n");
}

static bool health_told(void *ctx, struct buf *to)
{
	const struct place *place = ctx;

	buf_puts(to, place->is_healthy ? "ok\n" : "the loop is late\n");
	return place->is_healthy;
}

static int place_make(void **state)
{
	struct place *place = calloc(1, sizeof *place);
	const struct receiver_hooks hooks = { place, beat_counted, metrics_told, health_told };
	const char *error;

	folder_make(place->folder);
	place->is_healthy = true;
	place->plan = (struct plan){ .watchdogs = watchdogs,
				     .watchdogs_n = WATCHDOGS,
				     .listen = { .address = "127.0.0.1:0",
						 .metrics_token = "metrics-token" } };
	crowd_init(&place->crowd);
	place->receiver =
		receiver_new(place->crowd.io, &place->plan, place->folder, &hooks, &error);
	if (!place->receiver)
		fail_msg("%s", error);
	*state = place;
	return 0;
}

static int place_remove(void **state)
{
	struct place *place = *state;

	receiver_free(place->receiver);
	crowd_done(&place->crowd);
	folder_remove(place->folder);
	free(place);
	return 0;
}

/* ---- talking to it ---- */

static void say_bytes(struct place *place, struct client *client, const void *request, size_t n,
		      size_t piece)
{
	client_start(client, &place->crowd, receiver_port(place->receiver), request, n, piece);
	if (!crowd_run(&place->crowd))
		fail_msg("no end after: %.200s", (const char *)request);
}

static void say(struct place *place, struct client *client, const char *request)
{
	say_bytes(place, client, request, strlen(request), SIZE_MAX);
}

/* `request` is answered with `status`, and the body says `words`. */
static void assert_answer(struct place *place, const char *request, int status, const char *words)
{
	struct client client;

	say(place, &client, request);
	if (client_status(&client) != status || !strstr(client_body(&client), words))
		fail_msg("not %d \"%s\" but: %s", status, words, buf_text(&client.response));
	if (!client_has(&client, "Connection: close"))
		fail_msg("stays open: %s", buf_text(&client.response));
	client_done(&client);
}

static struct buf post(const char *headers, const char *body, size_t n)
{
	struct buf request = BUF_INIT(4u << 20);

	buf_printf(&request,
		   "POST /hook/home HTTP/1.1\r\nHost: status.example.net\r\n"
		   "User-Agent: Alertmanager/0.25.0\r\nContent-Length: %zu\r\n%s"
		   "Content-Type: application/json\r\n\r\n",
		   n, headers);
	buf_add(&request, body, n);
	return request;
}

static void assert_post(struct place *place, const char *headers, const char *body, int status,
			const char *words)
{
	struct buf request = post(headers, body, strlen(body));

	assert_answer(place, buf_text(&request), status, words);
	buf_done(&request);
}

static void assert_fixture(struct place *place, const char *name, const char *words)
{
	struct buf body = fixture_read(name);

	assert_post(place, RIGHT, buf_text(&body), 200, words);
	buf_done(&body);
}

static unsigned beats(const struct place *place)
{
	unsigned n = 0;

	for (size_t i = 0; i < WATCHDOGS; i++)
		n += place->beats[i];
	return n;
}

#define FIRING_OF(prometheus)                                                                      \
	"{\"status\":\"firing\",\"labels\":{\"alertname\":\"Watchdog\",\"prometheus\":"            \
	"\"" prometheus "\"}}"
#define RESOLVED_OF(prometheus)                                                                    \
	"{\"status\":\"resolved\",\"labels\":{\"alertname\":\"Watchdog\",\"prometheus\":"          \
	"\"" prometheus "\"}}"
#define ALERTS(list) "{\"alerts\":[" list "]}"

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

/* ---- how a body may come ---- */

static void one_byte_at_a_time_is_fine(void **state)
{
	struct place *place = *state;
	struct buf request = post(RIGHT, ALERTS(FIRING_OF("a")), strlen(ALERTS(FIRING_OF("a"))));
	struct client client;

	say_bytes(place, &client, request.data, request.n, 1);
	assert_int_equal(client_status(&client), 200);
	assert_int_equal(place->beats[PROM_A], 1);
	client_done(&client);
	buf_done(&request);
}

static struct buf chunked(const char *body, size_t piece)
{
	struct buf request = BUF_INIT(8u << 20);
	size_t n = strlen(body);

	buf_puts(&request, "POST /hook/home HTTP/1.1\r\nHost: a\r\n" RIGHT
			   "Transfer-Encoding: chunked\r\n\r\n");
	for (size_t at = 0; at < n; at += piece) {
		size_t part = n - at < piece ? n - at : piece;

		buf_printf(&request, "%zx\r\n%.*s\r\n", part, (int)part, body + at);
	}
	buf_puts(&request, "0\r\n\r\n");
	return request;
}

static void chunked_bodies_are_fine(void **state)
{
	struct place *place = *state;
	struct buf body = fixture_read("webhook-grouped-watchdog-and-others");
	struct buf whole = chunked(buf_text(&body), 100000), pieces = chunked(buf_text(&body), 7);

	assert_answer(place, buf_text(&whole), 200, "counted\n");
	assert_answer(place, buf_text(&pieces), 200, "counted\n");
	assert_int_equal(place->beats[HOME], 2);
	buf_done(&body);
	buf_done(&whole);
	buf_done(&pieces);
}

static void a_bad_chunk_is_refused(void **state)
{
	struct place *place = *state;

	assert_answer(place,
		      "POST /hook/home HTTP/1.1\r\nHost: a\r\n" RIGHT
		      "Transfer-Encoding: chunked\r\n\r\n"
		      "zz\r\n{}\r\n0\r\n\r\n",
		      400, "");
	assert_int_equal(beats(place), 0);
}

static void a_sender_that_waits_for_continue_is_served(void **state)
{
	struct place *place = *state;
	struct buf request = post(RIGHT "Expect: 100-continue\r\n", ALERTS(FIRING_OF("a")),
				  strlen(ALERTS(FIRING_OF("a"))));
	struct client client;

	say_bytes(place, &client, request.data, request.n, SIZE_MAX);
	assert_non_null(strstr(buf_text(&client.response), "counted\n"));
	assert_int_equal(place->beats[PROM_A], 1);
	client_done(&client);
	/* A wrong token is told before the body: it never has to be sent. */
	assert_answer(place,
		      "POST /hook/home HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n"
		      "Expect: 100-continue\r\n\r\n",
		      401, "no token");
	buf_done(&request);
}

static void a_second_request_on_the_line_is_never_looked_at(void **state)
{
	struct place *place = *state;
	struct buf first = post(RIGHT, ALERTS(FIRING_OF("a")), strlen(ALERTS(FIRING_OF("a"))));
	struct buf both = BUF_INIT(1u << 20);
	struct client client;

	buf_add(&both, first.data, first.n);
	buf_add(&both, first.data, first.n);
	say(place, &client, buf_text(&both));
	assert_int_equal(place->beats[PROM_A], 1);
	assert_null(strstr(client_body(&client), "HTTP/1.1"));
	assert_int_equal(receiver_stats(place->receiver).requests, 1);
	client_done(&client);
	buf_done(&first);
	buf_done(&both);
}

static void smuggling_is_refused(void **state)
{
	struct place *place = *state;

	assert_answer(
		place,
		"POST /hook/home HTTP/1.1\r\nHost: a\r\n" RIGHT "Content-Length: 4\r\n"
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
		400, "contradict");
	assert_answer(place,
		      "POST /hook/home HTTP/1.1\r\nHost: a\r\n" RIGHT "Content-Length: 4\r\n"
		      "Content-Length: 5\r\n\r\n12345",
		      400, "twice");
	assert_answer(place, "GET / HTTP/1.1\nHost: a\n\n", 400, "CR LF");
	assert_int_equal(receiver_stats(place->receiver).requests, 0);
	assert_int_equal(receiver_stats(place->receiver).rejected_malformed, 3);
}

static void a_long_body_is_refused_early(void **state)
{
	struct place *place = *state;
	struct buf body = BUF_INIT(3u << 20), request;

	while (body.n < 2u << 20)
		buf_puts(&body, "                                                                ");
	request = post(RIGHT, body.data, body.n);
	assert_answer(place, buf_text(&request), 413, "longer than 1 MiB");
	buf_done(&request);
	request = chunked(buf_text(&body), 65536);
	assert_answer(place, buf_text(&request), 413, "longer than 1 MiB");
	buf_done(&request);
	assert_answer(place,
		      "POST /hook/home HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413,
		      "1 MiB");
	buf_done(&body);
	assert_fixture(place, "webhook-firing-replica-0", "counted\n");
	assert_int_equal(beats(place), 1);
}

static void the_longest_body_is_read(void **state)
{
	struct place *place = *state;
	struct buf body = BUF_INIT(2u << 20);

	buf_puts(&body, ALERTS(FIRING_OF("a")));
	while (body.n < 1u << 20)
		buf_putc(&body, ' ');
	assert_post(place, RIGHT, buf_text(&body), 200, "counted\n");
	buf_done(&body);
}

static void a_sender_that_breaks_off_is_no_beat(void **state)
{
	struct place *place = *state;
	struct buf request = post(RIGHT, ALERTS(FIRING_OF("a")), strlen(ALERTS(FIRING_OF("a"))));
	const struct linger reset = { 1, 0 };
	struct client client;

	client_start(&client, &place->crowd, receiver_port(place->receiver), request.data,
		     request.n - 5, SIZE_MAX);
	crowd_run_for(&place->crowd, 50 * USEC_PER_MS);
	assert_int_equal(receiver_stats(place->receiver).requests, 1);
	assert_int_equal(setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
	client_done(&client);
	crowd_run_for(&place->crowd, 50 * USEC_PER_MS);
	assert_fixture(place, "webhook-firing-replica-0", "counted\n");
	assert_int_equal(place->beats[PROM_A], 0);
	assert_int_equal(place->beats[HOME], 1);
	buf_done(&request);
}

#define CROWD 80 /* more than the 64 that may be inside */

static void a_crowd_inside_does_not_keep_a_beat_out(void **state)
{
	static struct client slow[CROWD];
	static const char half[] =
		"POST /hook/home HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{";
	struct place *place = *state;

	for (size_t i = 0; i < CROWD; i++)
		client_start(&slow[i], &place->crowd, receiver_port(place->receiver), half,
			     sizeof half - 1, SIZE_MAX);
	for (size_t i = 0; i < CROWD; i++)
		slow[i].is_awaited = false;
	place->crowd.open = 0;
	mono_t began = io_clock().mono;

	assert_fixture(place, "webhook-firing-replica-0", "counted\n");
	assert_true(mono_span(began, io_clock().mono) < 2 * USEC_PER_SEC);
	assert_true(receiver_stats(place->receiver).refused_full >= CROWD - 63);
	for (size_t i = 0; i < CROWD; i++)
		client_done(&slow[i]);
}

/* The end of the daemon, with guests still inside. */
static void a_listener_ends_with_guests_inside(void **state)
{
	static const char half[] =
		"POST /hook/home HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{";
	struct place *place = *state;
	struct client inside, outside;

	client_start(&inside, &place->crowd, receiver_port(place->receiver), half, sizeof half - 1,
		     SIZE_MAX);
	client_start(&outside, &place->crowd, receiver_port(place->receiver), half, 20, SIZE_MAX);
	crowd_run_for(&place->crowd, 30 * USEC_PER_MS);
	assert_int_equal(receiver_stats(place->receiver).requests, 1);
	receiver_free(place->receiver);
	place->receiver = NULL;
	assert_true(crowd_run(&place->crowd));
	client_done(&inside);
	client_done(&outside);
}

/* ---- the page ---- */

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static void page_write(struct place *place, const char *name, const char *text)
{
	const struct publish_file file = { name, text, strlen(text) };

	assert_int_equal(publish_files(place->folder, &file, 1, 0), 0);
}

static void the_page_is_served_from_its_folder(void **state)
{
	struct place *place = *state;
	struct client client;

	page_write(place, "index.html", "<p>all well</p>");
	page_write(place, "api/v2/status.json", "{}");
	page_write(place, "empty.txt", "");
	say(place, &client, GET("/"));
	assert_int_equal(client_status(&client), 200);
	assert_string_equal(client_body(&client), "<p>all well</p>");
	assert_true(client_has(&client, "Content-Type: text/html; charset=utf-8"));
	assert_true(client_has(&client, "Content-Length: 15"));
	assert_true(client_has(&client, "Cache-Control: no-cache"));
	assert_true(client_has(&client, "X-Content-Type-Options: nosniff"));
	assert_true(client_has(&client, "Referrer-Policy: no-referrer"));
	assert_true(client_has(&client, "Content-Security-Policy: frame-ancestors 'none'"));
	assert_true(client_has(&client, "Connection: close"));
	assert_null(strstr(buf_text(&client.response), "X-Robots-Tag"));
	client_done(&client);
	assert_answer(place, GET("/api/v2/status.json?x=1"), 200, "{}");
	assert_answer(place, GET("/empty.txt"), 200, "");
}

static void head_is_get_without_the_body(void **state)
{
	struct place *place = *state;
	struct client client;

	page_write(place, "style.css", "a { color: red }");
	say(place, &client, "HEAD /style.css HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_int_equal(client_status(&client), 200);
	assert_true(client_has(&client, "Content-Length: 16"));
	assert_true(client_has(&client, "Content-Type: text/css; charset=utf-8"));
	assert_string_equal(client_body(&client), "");
	client_done(&client);
}

static void an_unchanged_file_is_not_sent_again(void **state)
{
	struct place *place = *state;
	char etag[128] = "", request[512];
	struct client client;

	page_write(place, "index.html", "one");
	say(place, &client, GET("/"));
	const char *at = strstr(buf_text(&client.response), "ETag: ");

	assert_non_null(at);
	snprintf(etag, sizeof etag, "%.*s", (int)strcspn(at + 6, "\r"), at + 6);
	client_done(&client);
	snprintf(request, sizeof request,
		 "GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\", W/%s\r\n\r\n", etag);
	say(place, &client, request);
	assert_int_equal(client_status(&client), 304);
	assert_string_equal(client_body(&client), "");
	client_done(&client);
	page_write(place, "index.html", "two");
	assert_answer(place, request, 200, "two");
}

static void what_is_not_ours_to_show_is_not_found(void **state)
{
	static const char *const paths[] = {
		"/nothing.html", "/../secret",	 "/t/../../secret", "/.hidden",
		"/t/.hidden",	 "//index.html", "/index.html/",    "/%69ndex.html",
		"/link.html",	 "/out/secret",	 "/fifo",	    "/t",
		"/t/",		 "/a\\b",	 "/index.html%00",  "*"
	};
	struct place *place = *state;
	char request[512];

	page_write(place, "index.html", "x");
	page_write(place, "t/blog.html", "x");
	for (unsigned i = 0; i < 2; i++) {
		int fd = open(folder_path(place->folder, i ? "t/.hidden" : ".hidden"),
			      O_CREAT | O_WRONLY, 0644);

		close(fd);
	}
	assert_int_equal(symlink("index.html", folder_path(place->folder, "link.html")), 0);
	assert_int_equal(symlink("/etc", folder_path(place->folder, "out")), 0);
	assert_int_equal(mkfifo(folder_path(place->folder, "fifo"), 0644), 0);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct client client;

		snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i]);
		say(place, &client, request);
		if (client_status(&client) != 404 ||
		    strcmp(client_body(&client), "not found\n") != 0)
			fail_msg("%s: %s", paths[i], buf_text(&client.response));
		client_done(&client);
	}
}

static void other_methods_are_refused(void **state)
{
	struct place *place = *state;

	page_write(place, "index.html", "x");
	assert_answer(place, "DELETE /index.html HTTP/1.1\r\nHost: a\r\n\r\n", 404, "");
	assert_answer(place, "POST /hooks/home HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
		      404, "not found");
	assert_answer(place, "POST /hook/nobody HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
		      404, "no such hook");
	assert_answer(place, "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
		      405, "only GET");
	assert_answer(place, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 404, "");
}

static void only_the_newest_pictures_are_alive(void **state)
{
	struct place *place = *state;

	assert_answer(place, GET("/alive/1.svg"), 404, "");
	receiver_report_set(place->receiver, 1000);
	assert_answer(place, GET("/alive/1000.svg"), 200, "<svg");
	assert_answer(place, GET("/alive/881.svg"), 200, "height=\"400\"");
	assert_answer(place, GET("/alive/880.svg"), 404, "");
	assert_answer(place, GET("/alive/1001.svg"), 404, "");
	assert_answer(place, GET("/alive/01000.svg"), 404, "");
	assert_answer(place, GET("/alive/1000"), 404, "");
	assert_answer(place, GET("/alive/.svg"), 404, "");
	assert_answer(place, GET("/alive/-1.svg"), 404, "");
	assert_answer(place, GET("/alive/18446744073709552616.svg"), 404, "");
}

static void a_page_that_hides_says_so_everywhere(void **state)
{
	struct place *place = *state;
	struct client client;

	place->plan.page.is_noindex = true;
	page_write(place, "index.html", "x");
	say(place, &client, GET("/"));
	assert_true(client_has(&client, "X-Robots-Tag: noindex"));
	client_done(&client);
}

/* ---- health and metrics ---- */

static void health_is_told_to_everybody(void **state)
{
	struct place *place = *state;

	assert_answer(place, GET("/healthz"), 200, "ok\n");
	place->is_healthy = false;
	assert_answer(place, GET("/healthz"), 503, "the loop is late\n");
}

static void metrics_are_for_this_machine_or_a_token(void **state)
{
	struct place *place = *state;

	assert_answer(place, GET("/metrics"), 200, "shorewatch_up 1\n");
	assert_answer(place,
		      "GET /metrics HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n", 403,
		      "only from");
	assert_answer(place,
		      "GET /metrics HTTP/1.1\r\nHost: a\r\nForwarded: for=192.0.2.9\r\n" RIGHT
		      "\r\n",
		      403, "");
	assert_answer(place,
		      "GET /metrics HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.9\r\n"
		      "Authorization: Bearer metrics-token\r\n\r\n",
		      200, "shorewatch_up 1\n");
}

/* ---- a new generation ---- */

static void a_new_plan_has_other_tokens(void **state)
{
	static const struct watchdog_plan one[] = {
		{ .name = "new", .hook = "home", .token = "new-token" }
	};
	struct place *place = *state;
	struct plan plan = place->plan;

	plan.watchdogs = one;
	plan.watchdogs_n = 1;
	receiver_plan_set(place->receiver, &plan);
	assert_post(place, RIGHT, ALERTS(FIRING_OF("a")), 401, "wrong token");
	assert_post(place, "Authorization: Bearer new-token\r\n", ALERTS(FIRING_OF("a")), 200,
		    "counted\n");
	assert_int_equal(place->beats[0], 1);
	receiver_plan_set(place->receiver, &place->plan);
}

static void an_empty_token_opens_nothing(void **state)
{
	static const struct watchdog_plan one[] = {
		{ .name = "new", .hook = "home", .token = "" }
	};
	struct place *place = *state;
	struct plan plan = place->plan;

	plan.watchdogs = one;
	plan.watchdogs_n = 1;
	plan.listen.metrics_token = NULL;
	receiver_plan_set(place->receiver, &plan);
	assert_post(place, "Authorization: Bearer \r\n", ALERTS(FIRING_OF("a")), 401, "");
	assert_post(place, "Authorization: Basic YTo=\r\n", ALERTS(FIRING_OF("a")), 401,
		    "wrong token");
	assert_answer(
		place,
		"GET /metrics HTTP/1.1\r\nHost: a\r\nVia: x\r\nAuthorization: Basic YTo=\r\n\r\n",
		403, "");
	receiver_plan_set(place->receiver, &place->plan);
}

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

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
		placed(one_byte_at_a_time_is_fine),
		placed(chunked_bodies_are_fine),
		placed(a_bad_chunk_is_refused),
		placed(a_sender_that_waits_for_continue_is_served),
		placed(a_second_request_on_the_line_is_never_looked_at),
		placed(smuggling_is_refused),
		placed(a_long_body_is_refused_early),
		placed(the_longest_body_is_read),
		placed(a_sender_that_breaks_off_is_no_beat),
		placed(a_crowd_inside_does_not_keep_a_beat_out),
		placed(a_listener_ends_with_guests_inside),
		placed(the_page_is_served_from_its_folder),
		placed(head_is_get_without_the_body),
		placed(an_unchanged_file_is_not_sent_again),
		placed(what_is_not_ours_to_show_is_not_found),
		placed(other_methods_are_refused),
		placed(only_the_newest_pictures_are_alive),
		placed(a_page_that_hides_says_so_everywhere),
		placed(health_is_told_to_everybody),
		placed(metrics_are_for_this_machine_or_a_token),
		placed(a_new_plan_has_other_tokens),
		placed(an_empty_token_opens_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
