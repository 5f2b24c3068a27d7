/*
 * http_test.c - the http kind against servers that answer, redirect, lie,
 * stall and flood.
 */
#include "probes/http_lab.h"

#include <fcntl.h>
#include <time.h>

static struct observation probe_answer(const char *answer)
{
	return probe_peer(peer_says, answer, params_of(""), (struct target_plan){ 0 });
}

/* ---- status and body ---- */

static void a_good_answer_passes_with_its_spans(void **state)
{
	struct observation seen = probe_answer(OK);

	(void)state;
	assert_outcome(&seen, "pass");
	assert_int_equal(seen.code, 200);
	assert_true(seen.is_reached);
	assert_true(seen.phase_us[PHASE_DNS] >= 0);
	assert_true(seen.phase_us[PHASE_CONNECT] > 0);
	assert_int_equal(seen.phase_us[PHASE_TLS], PHASE_NOT_REACHED);
	assert_true(seen.phase_us[PHASE_BODY] >= 0);
	assert_true(seen.total_us > 0);
	assert_string_equal(seen.note, "");
}

static void another_status_fails_and_is_reached(void **state)
{
	struct observation seen = probe_answer("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");

	(void)state;
	assert_outcome(&seen, "wait-status");
	assert_int_equal(seen.code, 503);
	assert_true(seen.is_reached);
	assert_string_equal(seen.note, "HTTP status 503");
}

static void a_status_that_is_wanted_passes(void **state)
{
	static const char *const wanted[] = { "401", "500-503" };
	struct http_params params = params_of("");
	struct observation seen;

	(void)state;
	params.status = (struct strings){ wanted, 2 };
	seen = probe_peer(peer_says, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", params,
			  (struct target_plan){ 0 });
	assert_outcome(&seen, "pass");
}

static struct observation probe_text(const char *contains, const char *not_contains)
{
	struct http_params params = params_of("");

	if (contains != NULL)
		params.body_contains = (struct strings){ &contains, 1 };
	if (not_contains != NULL)
		params.body_not_contains = (struct strings){ &not_contains, 1 };
	return probe_peer(peer_says, OK, params, (struct target_plan){ 0 });
}

static void the_body_is_searched(void **state)
{
	struct observation seen = probe_text("and good", "bad");

	(void)state;
	assert_outcome(&seen, "pass");
	seen = probe_text("parked", NULL);
	assert_outcome(&seen, "body-mismatch");
	assert_string_equal(seen.note, "the body does not contain \"parked\"");
	seen = probe_text(NULL, "good");
	assert_outcome(&seen, "body-mismatch");
	assert_string_equal(seen.note, "the body contains \"good\"");
}

/* The pause makes two pieces of it; nothing waits longer than it must. */
static void peer_says_in_chunks(struct peer *peer, int client)
{
	const struct timespec pause = { .tv_nsec = 30 * 1000 * 1000 };

	if (!peer_read_head(peer, client))
		return;
	peer_write(client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n</ht");
	nanosleep(&pause, NULL);
	peer_write(client, "\r\n4\r\nml>\n\r\n0\r\n\r\n");
}

static void a_text_across_two_pieces_is_found(void **state)
{
	const char *text = "</html>";
	struct http_params params = params_of("");
	struct observation seen;

	(void)state;
	params.body_contains = (struct strings){ &text, 1 };
	seen = probe_peer(peer_says_in_chunks, NULL, params, (struct target_plan){ 0 });
	assert_outcome(&seen, "pass");
}

static void peer_never_ends(struct peer *peer, int client)
{
	char block[4096];

	memset(block, 'x', sizeof(block));
	if (peer_read_head(peer, client) && peer_write(client, "HTTP/1.1 200 OK\r\n\r\nfirst"))
		while (peer_write_bytes(client, block, sizeof(block)))
			;
}

static void an_endless_body_is_cut_and_judged_by_what_was_seen(void **state)
{
	const char *first = "first", *absent = "absent";
	struct http_params params = params_of("");
	struct observation seen;

	(void)state;
	params.max_body = 20000;
	seen = probe_peer(peer_never_ends, NULL, params, (struct target_plan){ 0 });
	assert_outcome(&seen, "pass"); /* nothing was looked for */
	params.body_contains = (struct strings){ &first, 1 };
	seen = probe_peer(peer_never_ends, NULL, params, (struct target_plan){ 0 });
	assert_outcome(&seen, "pass");
	params.body_contains = (struct strings){ &absent, 1 };
	seen = probe_peer(peer_never_ends, NULL, params, (struct target_plan){ 0 });
	assert_outcome(&seen, "body-cut");
	assert_int_equal(outcome_fault(seen.outcome), FAULT_VANTAGE);
}

/* ---- time ---- */

static void silence_ends_with_the_deadline(void **state)
{
	struct observation seen = probe_peer(peer_is_silent, NULL, params_of(""),
					     (struct target_plan){ .timeout = 200 * USEC_PER_MS });

	(void)state;
	assert_outcome(&seen, "wait-timeout");
	assert_false(seen.is_reached);
	assert_true(seen.total_us >= 200 * USEC_PER_MS && seen.total_us < 5 * USEC_PER_SEC);
}

static void peer_drips(struct peer *peer, int client)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };

	if (!peer_read_head(peer, client))
		return;
	peer_write(client, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
	while (peer_write(client, "x"))
		nanosleep(&pause, NULL);
}

static void a_dripping_body_ends_with_the_deadline_too(void **state)
{
	struct observation seen = probe_peer(peer_drips, NULL, params_of(""),
					     (struct target_plan){ .timeout = 300 * USEC_PER_MS });

	(void)state;
	assert_outcome(&seen, "body-timeout");
	assert_true(seen.is_reached);
}

static void a_full_backlog_is_a_connect_timeout(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct observation seen;
	struct peer peer = { .fd = socket(AF_INET, SOCK_STREAM, 0) };
	socklen_t n = sizeof(at);
	int fillers[4];
	char url[200];

	(void)state;
	assert_int_equal(bind(peer.fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(peer.fd, 0), 0);
	assert_int_equal(getsockname(peer.fd, (struct sockaddr *)&at, &n), 0);
	peer.port = ntohs(at.sin_port);
	for (size_t i = 0; i < 4; i++) {
		fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(fillers[i], (struct sockaddr *)&at, sizeof(at));
	}
	seen = probe_as(params_of(url_of(url, "127.0.0.1", &peer, "/")),
			(struct target_plan){ .connect_timeout = 200 * USEC_PER_MS });
	for (size_t i = 0; i < 4; i++)
		close(fillers[i]);
	close(peer.fd);
	assert_outcome(&seen, "connect-timeout");
	assert_false(seen.is_reached);
}

/* ---- redirects ---- */

/* Location: whatever ctx says; the second request is answered with OK. */
static void peer_redirects_once(struct peer *peer, int client)
{
	char answer[600];

	if (!peer_read_head(peer, client))
		return;
	(void)snprintf(answer, sizeof(answer),
		       "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 4\r\n\r\ngone",
		       peer->say);
	peer_write(client, peer->clients == 1 ? answer : OK);
}

static void peer_redirects_for_ever(struct peer *peer, int client)
{
	if (peer_read_head(peer, client))
		peer_write(client, "HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n");
}

static void a_redirect_is_followed_and_the_last_answer_counts(void **state)
{
	const char *text = "hello";
	struct http_params params = params_of("");
	struct observation seen;

	(void)state;
	params.body_contains = (struct strings){ &text, 1 };
	seen = probe_peer(peer_redirects_once, "/new", params, (struct target_plan){ 0 });
	assert_outcome(&seen, "pass");
	assert_int_equal(seen.code, 200);
}

static void a_redirect_loop_ends(void **state)
{
	struct observation seen =
		probe_peer(peer_redirects_for_ever, NULL, params_of(""), (struct target_plan){ 0 });

	(void)state;
	assert_outcome(&seen, "wait-redirect");
	assert_string_equal(seen.note, "more than 5 redirects, in a loop");
	assert_true(seen.is_reached);
}

static void without_redirects_the_3xx_itself_is_judged(void **state)
{
	static const char *const wanted[] = { "302" };
	struct http_params params = params_of("");
	struct observation seen;

	(void)state;
	params.max_redirects = 0;
	seen = probe_peer(peer_redirects_once, "/new", params, (struct target_plan){ 0 });
	assert_outcome(&seen, "wait-status");
	assert_int_equal(seen.code, 302);
	params.status = (struct strings){ wanted, 1 };
	seen = probe_peer(peer_redirects_once, "/new", params, (struct target_plan){ 0 });
	assert_outcome(&seen, "pass");
}

static void redirects_to_other_schemes_are_refused(void **state)
{
	static const char *const wrong[] = { "file:///etc/passwd", "gopher://127.0.0.1/",
					     "smtp://127.0.0.1/", "http://u:p@127.0.0.1/",
					     "http://" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct observation seen = probe_peer(peer_redirects_once, wrong[i], params_of(""),
						     (struct target_plan){ 0 });

		assert_outcome(&seen, "wait-redirect");
	}
}

static void redirects_to_private_addresses_are_refused(void **state)
{
	static const char *const wrong[] = {
		"http://10.0.0.1/", "http://169.254.169.254/",	  "http://127.0.0.2/",
		"http://[::1]/",    "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct observation seen = probe_peer(peer_redirects_once, wrong[i], params_of(""),
						     (struct target_plan){ 0 });

		assert_outcome(&seen, "dns-forbidden");
	}
}

static void a_public_name_must_not_lead_to_loopback(void **state)
{
	struct address_net loopback;
	struct peer peer = { .say = OK };
	struct observation seen;
	char url[200];

	(void)state;
	peer_start(&peer, peer_says);
	seen = probe(params_of(url_of(url, "site.test", &peer, "/")));
	assert_outcome(&seen, "dns-forbidden");
	assert_non_null(strstr(seen.note, "leads to the private address 127.0.0.1"));
	assert_false(seen.is_reached);
	assert_true(address_net_parse("127.0.0.0/8", &loopback));
	seen = probe_as(params_of(url_of(url, "site.test", &peer, "/")),
			(struct target_plan){ .allow = &loopback, .allow_n = 1 });
	assert_outcome(&seen, "pass");
	assert_string_equal(seen.note, "no resolver answers; the last good address was used");
	peer_stop(&peer);
	assert_int_equal(peer.clients, 1);
}

static void credentials_are_not_sent_to_another_host(void **state)
{
	static const struct pair headers[] = { { "Authorization", "Bearer canary" },
					       { "Cookie", "canary=1" },
					       { "X-Other", "stays" } };
	struct address_net loopback;
	struct peer home = { .say = NULL }, other = { .say = OK };
	struct http_params params;
	char url[200], away[200];
	struct observation seen;

	(void)state;
	assert_true(address_net_parse("127.0.0.0/8", &loopback));
	peer_start(&other, peer_says);
	home.say = url_of(away, "other.test", &other, "/");
	peer_start(&home, peer_redirects_once);
	params = params_of(url_of(url, "site.test", &home, "/"));
	params.headers = (struct pairs){ headers, 3 };
	params.host = "virtual.test";
	seen = probe_as(params, (struct target_plan){ .allow = &loopback, .allow_n = 1 });
	peer_stop(&home);
	peer_stop(&other);
	assert_outcome(&seen, "pass");
	assert_non_null(strstr(home.heard, "Authorization: Bearer canary\r\n"));
	assert_non_null(strstr(home.heard, "Host: virtual.test\r\n"));
	assert_non_null(strstr(other.heard, "X-Other: stays\r\n"));
	assert_non_null(strstr(other.heard, "Host: other.test:"));
	assert_null(strstr(other.heard, "canary"));
	assert_null(strstr(other.heard, "virtual"));
}

static void the_deadline_holds_over_all_hops(void **state)
{
	struct peer silent = { .say = NULL }, home = { .say = NULL };
	char url[200], away[200];
	struct observation seen;

	(void)state;
	peer_start(&silent, peer_is_silent);
	home.say = url_of(away, "127.0.0.1", &silent, "/");
	peer_start(&home, peer_redirects_once);
	seen = probe_as(params_of(url_of(url, "127.0.0.1", &home, "/")),
			(struct target_plan){ .timeout = 200 * USEC_PER_MS });
	peer_stop(&home);
	peer_stop(&silent);
	assert_outcome(&seen, "wait-timeout");
	assert_true(seen.total_us < 5 * USEC_PER_SEC);
	assert_true(seen.is_reached); /* the first hop has answered */
	assert_int_equal(seen.code, 0);
}

/* ---- where and how ---- */

static void an_address_leads_there_whatever_the_name(void **state)
{
	struct peer peer = { .say = OK };
	struct http_params params = params_of("http://nowhere.test/path");
	struct observation seen;
	char address[64];

	(void)state;
	peer_start(&peer, peer_says);
	(void)snprintf(address, sizeof(address), "127.0.0.1:%u", peer.port);
	params.address = address;
	seen = probe(params);
	peer_stop(&peer);
	assert_outcome(&seen, "pass");
	assert_non_null(strstr(peer.heard, "GET /path HTTP/1.1\r\n"));
	assert_non_null(strstr(peer.heard, "Host: nowhere.test\r\n"));
}

static void peer_takes_two_bytes(struct peer *peer, int client)
{
	char body[2];

	assert(peer_read_head(peer, client));
	assert(recv(client, body, 2, MSG_WAITALL) == 2);
	peer_hear(peer, body, 2);
	peer_write(client, peer->say);
}

static void a_body_is_posted_with_its_headers(void **state)
{
	static const struct pair headers[] = { { "Content-Type", "application/json" } };
	struct peer peer = { .say = OK };
	struct http_params params;
	struct observation seen;
	char url[200];

	(void)state;
	peer_start(&peer, peer_takes_two_bytes);
	params = params_of(url_of(url, "localhost", &peer, "/api/ping"));
	params.method = HTTP_POST;
	params.headers = (struct pairs){ headers, 1 };
	params.body = "{}";
	seen = probe(params);
	peer_stop(&peer);
	assert_outcome(&seen, "pass");
	assert_non_null(strstr(peer.heard, "POST /api/ping HTTP/1.1\r\n"));
	assert_non_null(strstr(peer.heard, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(peer.heard, "\r\n\r\n{}"));
	assert_true(seen.phase_us[PHASE_SEND] >= 0);
}

/* ---- many ---- */

#define MANY 200

struct crowd {
	bool is_over;
	unsigned passed, seen;
};

static void crowd_seen(void *ctx, const struct observation *observation)
{
	struct crowd *crowd = ctx;

	crowd->passed += observation->outcome.cause == CAUSE_PASS;
	crowd->is_over = ++crowd->seen == MANY;
}

static unsigned descriptors_open(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void many_runs_at_once_leave_no_descriptor_behind(void **state)
{
	struct peer peer = { .say = OK };
	struct io *io = turns_io(NULL, 0);
	struct crowd crowd = { .is_over = false };
	struct runs *runs = runs_new(io, 20, crowd_seen, &crowd);
	struct target_plan target = { .timeout = 10 * USEC_PER_SEC,
				      .connect_timeout = 10 * USEC_PER_SEC,
				      .kind = probe_kind_find("http") };
	struct http_params params;
	unsigned before;
	char url[200];

	(void)state;
	peer_start(&peer, peer_says);
	params = params_of(url_of(url, "127.0.0.1", &peer, "/"));
	lab_check(target.kind, &params);
	target.params = &params;
	before = descriptors_open();
	for (uint32_t i = 0; i < MANY; i++)
		runs_start(runs, i, &target);
	turns_until(io, &crowd.is_over);
	peer_stop(&peer);
	assert_int_equal(crowd.passed, MANY);
	assert_true(descriptors_open() <= before); /* the peer's own is closed, too */
	runs_free(runs);
	io_free(io);
}

/* ---- options ---- */

static void assert_fault(struct http_params params, const char *option)
{
	struct option_fault fault = { .option = NULL };

	assert_false(probe_kind_find("http")->check(&params, &fault));
	assert_string_equal(fault.option, option);
	assert_true(fault.text[0] != '\0');
	probe_kind_find("http")->release(&params);
}

static void wrong_options_are_faults(void **state)
{
	static const struct pair evil[] = { { "X", "a\r\nHost: b" } }, odd[] = { { "X Y", "a" } };
	static const char *const none[] = { "" }, *const odd_status[] = { "20x" };
	struct http_params params = params_of("ftp://x/");

	(void)state;
	assert_fault(params, "url");
	params = params_of("http://x/");
	params.address = "x";
	assert_fault(params, "address");
	params = params_of("http://x/");
	params.ca_file = "/x";
	assert_fault(params, "ca_file");
	params = params_of("http://x/");
	params.headers = (struct pairs){ evil, 1 };
	assert_fault(params, "headers");
	params.headers = (struct pairs){ odd, 1 };
	assert_fault(params, "headers");
	params = params_of("http://x/");
	params.status = (struct strings){ odd_status, 1 };
	assert_fault(params, "status");
	params.status.n = 0;
	assert_fault(params, "status");
	params = params_of("http://x/");
	params.body_contains = (struct strings){ none, 1 };
	assert_fault(params, "body_contains");
	params.method = HTTP_HEAD;
	assert_fault(params, "method");
	params = params_of("http://x/");
	params.host = "a\nb";
	assert_fault(params, "host");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_answer_passes_with_its_spans),
		cmocka_unit_test(another_status_fails_and_is_reached),
		cmocka_unit_test(a_status_that_is_wanted_passes),
		cmocka_unit_test(the_body_is_searched),
		cmocka_unit_test(a_text_across_two_pieces_is_found),
		cmocka_unit_test(an_endless_body_is_cut_and_judged_by_what_was_seen),
		cmocka_unit_test(silence_ends_with_the_deadline),
		cmocka_unit_test(a_dripping_body_ends_with_the_deadline_too),
		cmocka_unit_test(a_full_backlog_is_a_connect_timeout),
		cmocka_unit_test(a_redirect_is_followed_and_the_last_answer_counts),
		cmocka_unit_test(a_redirect_loop_ends),
		cmocka_unit_test(without_redirects_the_3xx_itself_is_judged),
		cmocka_unit_test(redirects_to_other_schemes_are_refused),
		cmocka_unit_test(redirects_to_private_addresses_are_refused),
		cmocka_unit_test(a_public_name_must_not_lead_to_loopback),
		cmocka_unit_test(credentials_are_not_sent_to_another_host),
		cmocka_unit_test(the_deadline_holds_over_all_hops),
		cmocka_unit_test(an_address_leads_there_whatever_the_name),
		cmocka_unit_test(a_body_is_posted_with_its_headers),
		cmocka_unit_test(many_runs_at_once_leave_no_descriptor_behind),
		cmocka_unit_test(wrong_options_are_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
