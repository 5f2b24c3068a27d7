/*
 * alertmanager_test.c - watchdog.md 11, cases 40 to 47, on the captured answers.
 */
#include "probes/witness_lab.h"

#define OK(date)   "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" date
#define DATE(text) "Date: " text " GMT\r\n"
#define ASKED	   DATE("Sun, 22 Nov 2026 09:37:25")

static struct observation ask(const char *name, const char *head)
{
	char text[FIXTURE_MAX];

	return witness_probe("alertmanager", (struct said){ head, fixture(name, text), 0 },
			     (struct witness_params){ 0 }, NULL);
}

static struct observation ask_text(const char *head, const char *body)
{
	return witness_probe("alertmanager", (struct said){ head, body, 0 },
			     (struct witness_params){ 0 }, NULL);
}

static void a_firing_one_is_active_and_as_old_as_its_own_clock_says(void **state)
{
	struct observation seen;

	(void)state;
	for (int replica = 0; replica < 2; replica++) {
		seen = ask(replica == 0 ? "am-alerts-firing-replica-0"
					: "am-alerts-firing-replica-1",
			   OK(ASKED));
		assert_outcome(&seen, "pass");
		assert_int_equal(seen.testimony, TESTIMONY_ACTIVE);
		assert_int_equal(seen.age_us, seconds(76.466)); /* 09:36:08.534 */
		assert_int_equal(seen.date.us, INT64_C(1795340245) * USEC_PER_SEC);
		assert_string_equal(seen.note, "");
	}
}

static void a_silence_is_named(void **state)
{
	struct observation seen = ask("am-alerts-silenced", OK(ASKED));

	(void)state;
	assert_int_equal(seen.testimony, TESTIMONY_SUPPRESSED);
	assert_string_equal(seen.note, "silenced by cd454c87-fb7e-4867-b711-5741f1435574");
}

static void an_inhibition_is_named(void **state)
{
	struct observation seen = ask("am-alerts-inhibited", OK(DATE("Sun, 22 Nov 2026 09:38:33")));

	(void)state;
	assert_int_equal(seen.testimony, TESTIMONY_SUPPRESSED);
	assert_string_equal(seen.note, "inhibited by 3357c87da03fe6b2");
}

static void an_empty_list_is_an_absence(void **state)
{
	struct observation seen = ask("am-alerts-empty", OK(ASKED));

	(void)state;
	assert_outcome(&seen, "pass");
	assert_int_equal(seen.testimony, TESTIMONY_ABSENT);
	seen = ask("am-alerts-prometheus-dead-270s", OK(ASKED));
	assert_int_equal(seen.testimony, TESTIMONY_ABSENT);
}

static void the_age_grows_after_prometheus_died(void **state)
{
	struct observation seen;

	(void)state;
	seen = ask("am-alerts-prometheus-dead-2s", OK(DATE("Sun, 22 Nov 2026 09:44:30")));
	assert_int_equal(seen.age_us, seconds(51.464));
	seen = ask("am-alerts-prometheus-dead-120s", OK(DATE("Sun, 22 Nov 2026 09:46:28")));
	assert_int_equal(seen.age_us, seconds(169.464));
	seen = ask("am-alerts-prometheus-dead-120s", OK(DATE("Sun, 22 Nov 2026 09:47:10")));
	assert_int_equal(seen.testimony, TESTIMONY_ACTIVE);
	assert_int_equal(seen.age_us, seconds(211.464));
}

/* Ours stands far from theirs here, and so it shows which one was used. */
static void without_a_date_of_its_own_our_clock_has_to_do(void **state)
{
	struct observation without, old;
	usec_t by_ours;

	(void)state;
	without = ask("am-alerts-firing-replica-0", OK(""));
	by_ours = without.started.wall.us - (INT64_C(1795340168) * USEC_PER_SEC + 534000);
	assert_outcome(&without, "pass");
	assert_int_equal(without.date.us, 0);
	if (by_ours > 0)
		assert_in_range(without.age_us - by_ours + seconds(5), 0, seconds(25));
	else
		assert_int_equal(without.age_us, 0);
	/* a date from before the update is of no clock of the same host */
	old = ask("am-alerts-firing-replica-0", OK(DATE("Sun, 06 Nov 1994 08:49:37")));
	assert_outcome(&old, "pass");
	assert_in_range(old.age_us - without.age_us + seconds(5), 0, seconds(30));
	assert_outcome(&without, "pass");
	without = ask("am-alerts-firing-replica-0", OK("Date: yesterday\r\n"));
	assert_int_equal(without.date.us, 0);
}

static void a_chunked_answer_is_the_same(void **state)
{
	static const size_t chunks[] = { 1, 7, 1000 };
	char text[FIXTURE_MAX];

	(void)state;
	fixture("am-alerts-all", text);
	for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
		struct observation seen =
			witness_probe("alertmanager", (struct said){ OK(ASKED), text, chunks[i] },
				      (struct witness_params){ 0 }, NULL);

		assert_int_equal(seen.testimony, TESTIMONY_ACTIVE);
		assert_int_equal(seen.age_us, seconds(76.466));
	}
}

/* /alerts/groups is another list: a group by the Watchdog's name is not the alert. */
static void a_list_of_groups_says_nothing(void **state)
{
	char text[FIXTURE_MAX];
	struct observation seen = witness_probe(
		"alertmanager", (struct said){ OK(ASKED), fixture("am-alerts-groups", text), 100 },
		(struct witness_params){ 0 }, NULL);

	(void)state;
	assert_outcome(&seen, "body-mismatch");
	assert_int_equal(seen.testimony, TESTIMONY_NONE);
}

static void labels_are_compared_here_as_well(void **state)
{
	struct pair right[] = { { "severity", "none" },
				{ "prometheus", "monitoring/kube-prometheus-stack-prometheus" } };
	struct pair wrong[] = { { "severity", "none" }, { "cluster", "home" } };
	struct witness_params params = { .labels = { right, 2 } };
	char text[FIXTURE_MAX];
	struct said said = { OK(ASKED), fixture("am-alerts-firing-replica-0", text), 0 };
	struct observation seen = witness_probe("alertmanager", said, params, NULL);

	(void)state;
	assert_int_equal(seen.testimony, TESTIMONY_ACTIVE);
	params.labels = (struct pairs){ wrong, 2 };
	seen = witness_probe("alertmanager", said, params, NULL);
	assert_int_equal(seen.testimony, TESTIMONY_ABSENT);
}

#define ALERT(state, at, by)                                                                       \
	"{\"labels\":{\"alertname\":\"Watchdog\"},\"updatedAt\":\"" at                             \
	"\",\"status\":{\"state\":\"" state "\",\"silencedBy\":[" by "],\"inhibitedBy\":[]}}"

static void of_several_the_freshest_active_one_counts(void **state)
{
	struct observation seen = ask_text(
		OK(ASKED),
		"[" ALERT("active", "2026-11-22T09:30:00Z", "") "," ALERT(
			"active", "2026-11-22T18:37:05.5+09:00",
			"") "," ALERT("suppressed", "2026-11-22T09:37:25.123456789Z", "\"a\"") "]");

	(void)state;
	assert_int_equal(seen.testimony, TESTIMONY_ACTIVE);
	assert_int_equal(seen.age_us, seconds(19.5));
	seen = ask_text(OK(ASKED),
			"[" ALERT("suppressed", "2026-11-22T09:37:00Z", "\"a\",\"b\",\"c\"") "]");
	assert_int_equal(seen.testimony, TESTIMONY_SUPPRESSED);
	assert_string_equal(seen.note, "silenced by a and 2 more");
	seen = ask_text(OK(ASKED), "[" ALERT("unprocessed", "2026-11-22T09:37:00Z", "") "]");
	assert_int_equal(seen.testimony, TESTIMONY_ACTIVE);
}

static void what_is_no_list_of_alerts_says_nothing(void **state)
{
	static const char *const bodies[] = {
		"\"bad matcher format: bogus\"",
		"{}",
		"null",
		"",
		"<!DOCTYPE html><title>Log in</title>",
		"[{\"labels\":{\"alertname\":\"Watchdog\"}}]",
		"[" ALERT("active", "just now", "") "]",
		"[" ALERT("perhaps", "2026-11-22T09:37:00Z", "") "]",
		"[" ALERT("active", "2026-11-22T09:37:00Z", ""),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct observation seen = ask_text(OK(ASKED), bodies[i]);

		assert_outcome(&seen, "body-mismatch");
		assert_int_equal(seen.testimony, TESTIMONY_NONE);
		assert_string_not_equal(seen.note, "");
	}
}

static void odd_members_of_a_list_are_not_ours(void **state)
{
	struct observation seen = ask_text(
		OK(ASKED), "[1, null, [], {}, {\"labels\":[]}, {\"labels\":{\"alertname\":7}}, "
			   "{\"labels\":{\"alertname\":\"WatchdogRenamed\"}}]");

	(void)state;
	assert_outcome(&seen, "pass");
	assert_int_equal(seen.testimony, TESTIMONY_ABSENT);
}

static void a_status_tells_what_is_wrong(void **state)
{
	static const struct {
		const char *head, *outcome, *note;
		int code;
	} rows[] = {
		{ "HTTP/1.1 401 Unauthorized\r\n", "wait-status",
		  "HTTP status 401: the credentials under `auth` are not accepted", 401 },
		{ "HTTP/1.1 403 Forbidden\r\n", "wait-status",
		  "HTTP status 403: asking is forbidden to us", 403 },
		{ "HTTP/1.1 502 Bad Gateway\r\n", "wait-status", "HTTP status 502", 502 },
		{ "HTTP/1.1 503 Service Unavailable\r\n", "wait-status", "HTTP status 503", 503 },
		{ "HTTP/1.1 504 Gateway Timeout\r\n", "wait-status", "HTTP status 504", 504 },
		{ "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/login\r\n", "wait-redirect",
		  "HTTP status 302 leads elsewhere (a login page?)", 302 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct observation seen = ask("am-alerts-firing-replica-0", rows[i].head);

		assert_outcome(&seen, rows[i].outcome);
		assert_int_equal(seen.code, rows[i].code);
		assert_string_equal(seen.note, rows[i].note);
		assert_int_equal(seen.testimony, TESTIMONY_NONE);
	}
	assert_outcome(&(struct observation){ .outcome = ask("am-error-bad-filter",
							     "HTTP/1.1 400 Bad Request\r\n")
								 .outcome },
		       "wait-status");
}

/* It never ends: what is read of it is bounded. */
static void says_for_ever(struct peer *peer, int client)
{
	char piece[16384];

	memset(piece, ' ', sizeof(piece));
	if (!peer_read_head(peer, client) || !peer_write(client, "HTTP/1.1 200 OK\r\n\r\n["))
		return;
	while (peer_write_bytes(client, piece, sizeof(piece)))
		;
}

static void an_answer_without_an_end_is_cut(void **state)
{
	struct peer peer = { .fd = -1 };
	struct observation seen;
	char url[100];
	struct witness_params params = { .url = url };

	(void)state;
	peer_start(&peer, says_for_ever);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", peer.port);
	seen = lab_run(probe_kind_find("alertmanager"), &params, (struct target_plan){ 0 }, "");
	peer_stop(&peer);
	assert_outcome(&seen, "body-cut");
	assert_int_equal(seen.testimony, TESTIMONY_NONE);
}

static void a_list_of_almost_1_mib_is_read(void **state)
{
	size_t n = WITNESS_BODY_MAX;
	char *body = malloc(n + 2);
	struct observation seen;

	(void)state;
	assert_non_null(body);
	memset(body, ' ', n);
	memcpy(body, "[]", 2);
	body[n] = '\0';
	seen = ask_text(OK(ASKED), body);
	assert_outcome(&seen, "pass");
	body[n] = ' ';
	body[n + 1] = '\0';
	seen = ask_text(OK(ASKED), body);
	assert_outcome(&seen, "body-cut");
	free(body);
}

static void the_question_keeps_the_prefix_and_carries_the_credentials(void **state)
{
	static const struct auth basic = { .user = "watch", .password = "s3cret" };
	static const struct auth bearer = { .bearer = "t0ken" };
	char heard[PEER_HEARD_MAX];

	(void)state;
	(void)witness_probe("alertmanager", (struct said){ OK(ASKED), "[]", 0 },
			    (struct witness_params){ .url = "/am/", .auth = &basic }, heard);
	assert_non_null(
		strstr(heard, "GET /am/api/v2/alerts?filter=alertname%3D%22Watchdog%22 HTTP/1.1"));
	assert_non_null(strstr(heard, "Authorization: Basic d2F0Y2g6czNjcmV0"));
	assert_null(strstr(heard, "silenced="));
	(void)witness_probe("alertmanager", (struct said){ OK(ASKED), "[]", 0 },
			    (struct witness_params){ .auth = &bearer }, heard);
	assert_non_null(strstr(heard, "GET /api/v2/alerts?"));
	assert_non_null(strstr(heard, "Authorization: Bearer t0ken"));
}

static void nobody_there_is_refused(void **state)
{
	char url[100];
	struct witness_params params = { .url = url };
	struct observation seen;

	(void)state;
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", peer_closed_port());
	seen = lab_run(probe_kind_find("alertmanager"), &params, (struct target_plan){ 0 }, "");
	assert_outcome(&seen, "connect-refused");
}

/* Cancelled with half an answer in hand: nothing is lost (LeakSanitizer looks). */
static void says_half(struct peer *peer, int client)
{
	if (peer_read_head(peer, client) &&
	    peer_write(client, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[   "))
		peer_wait_gone(client);
}

static void a_half_answer_is_a_timeout(void **state)
{
	struct peer peer = { .fd = -1 };
	char url[100];
	struct witness_params params = { .url = url };
	struct observation seen;

	(void)state;
	peer_start(&peer, says_half);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", peer.port);
	seen = lab_run(probe_kind_find("alertmanager"), &params,
		       (struct target_plan){ .timeout = USEC_PER_SEC / 2,
					     .connect_timeout = USEC_PER_SEC / 4 },
		       "");
	peer_stop(&peer);
	assert_outcome(&seen, "body-timeout");
}

static void a_private_address_behind_a_name_is_refused(void **state)
{
	struct witness_params params = { .url = "http://am.test:9093" };
	struct observation seen = lab_run(probe_kind_find("alertmanager"), &params,
					  (struct target_plan){ 0 }, "am.test 4 10.1.2.3\n");

	(void)state;
	assert_outcome(&seen, "dns-forbidden");
}

static void a_query_in_the_address_is_a_fault(void **state)
{
	const struct probe_kind *kind = probe_kind_find("alertmanager");
	static const char *const bad[] = { "https://am.example/?x=1", "am.example",
					   "https://u:p@am.example/" };
	struct option_fault fault = { .option = NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct witness_params params = { .url = bad[i] };

		assert_false(kind->check(&params, &fault));
		assert_string_equal(fault.option, "url");
	}
	assert_true(kind->is_made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_firing_one_is_active_and_as_old_as_its_own_clock_says),
		cmocka_unit_test(a_silence_is_named),
		cmocka_unit_test(an_inhibition_is_named),
		cmocka_unit_test(an_empty_list_is_an_absence),
		cmocka_unit_test(the_age_grows_after_prometheus_died),
		cmocka_unit_test(without_a_date_of_its_own_our_clock_has_to_do),
		cmocka_unit_test(a_chunked_answer_is_the_same),
		cmocka_unit_test(a_list_of_groups_says_nothing),
		cmocka_unit_test(labels_are_compared_here_as_well),
		cmocka_unit_test(of_several_the_freshest_active_one_counts),
		cmocka_unit_test(what_is_no_list_of_alerts_says_nothing),
		cmocka_unit_test(odd_members_of_a_list_are_not_ours),
		cmocka_unit_test(a_status_tells_what_is_wrong),
		cmocka_unit_test(an_answer_without_an_end_is_cut),
		cmocka_unit_test(a_list_of_almost_1_mib_is_read),
		cmocka_unit_test(the_question_keeps_the_prefix_and_carries_the_credentials),
		cmocka_unit_test(nobody_there_is_refused),
		cmocka_unit_test(a_half_answer_is_a_timeout),
		cmocka_unit_test(a_private_address_behind_a_name_is_refused),
		cmocka_unit_test(a_query_in_the_address_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
