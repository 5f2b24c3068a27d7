/*
 * proof_test.c - the evidence of failed runs: what is in it, and which secrets
 * are not.
 */
#include "probes/http_lab.h"
#include "probes/tls_lab.h"

#include "../../../probes/proof.h"
#include "io/zone.h"

/* ---- runs of one target, one after the other ---- */

struct bench {
	struct io *io;
	struct runs *runs;
	struct target_plan target;
	bool is_over;
	struct observation seen;
	struct evidence evidence;
	bool has_evidence;
};

static void on_observation(void *ctx, const struct observation *seen)
{
	struct bench *b = ctx;
	const struct evidence *evidence = runs_evidence(b->runs);

	b->seen = *seen;
	b->has_evidence = evidence != NULL;
	if (evidence != NULL)
		b->evidence = *evidence;
	b->is_over = true;
}

static void bench_open(struct bench *b, const char *kind, void *params,
		       const char *const *resolvers, size_t n)
{
	*b = (struct bench){ .io = turns_io(resolvers, n) };
	b->runs = runs_new(b->io, 4, on_observation, b);
	b->target = (struct target_plan){ .kind = probe_kind_find(kind),
					  .params = params,
					  .timeout = 3 * USEC_PER_SEC,
					  .connect_timeout = 2 * USEC_PER_SEC };
	lab_check(b->target.kind, params);
}

static void bench_run(struct bench *b)
{
	b->is_over = false;
	b->evidence = (struct evidence){ .head_n = 0 };
	runs_start(b->runs, 0, &b->target);
	turns_until(b->io, &b->is_over);
	assert_null(runs_evidence(b->runs));
}

static void bench_close(struct bench *b)
{
	runs_free(b->runs);
	io_free(b->io);
	if (b->target.kind->release != NULL)
		b->target.kind->release((void *)(uintptr_t)b->target.params);
}

/* ---- an answer ---- */

static const char bad[] = "HTTP/1.1 502 Bad Gateway\r\nServer: x\r\nSet-Cookie: sid=1\r\n"
			  "X-Said: canary-token\r\nContent-Length: 28\r\n\r\n"
			  "<h1>it's canary-token</h1>\r\n";

static void what_a_bad_answer_says_is_kept_without_our_secrets(void **state)
{
	struct auth auth = { .bearer = "canary-token" };
	struct peer peer = { .say = bad };
	struct http_params params;
	struct bench b;
	char url[200];

	(void)state;
	peer_start(&peer, peer_says);
	params = params_of(url_of(url, "127.0.0.1", &peer, "/"));
	params.auth = &auth;
	bench_open(&b, "http", &params, NULL, 0);
	for (int i = 0; i < 2; i++) { /* the first time as well as in a re-test */
		bench_run(&b);
		assert_outcome(&b.seen, "wait-status");
		assert_true(b.has_evidence);
		b.evidence.head[b.evidence.head_n] = '\0';
		assert_string_equal(b.evidence.head,
				    "Server: x\nSet-Cookie: (hidden)\nX-Said: (hidden)\n"
				    "Content-Length: 28\n");
		assert_int_equal(b.evidence.body_n, 24);
		assert_memory_equal(b.evidence.body, "<h1>it's (hidden)</h1>\r\n", 24);
	}
	bench_close(&b);
	peer_stop(&peer);
}

static void a_good_status_with_a_wrong_body_is_kept_in_the_retest(void **state)
{
	const char *wanted = "never there";
	struct peer peer = { .say = OK };
	struct http_params params;
	struct bench b;
	char url[200];

	(void)state;
	peer_start(&peer, peer_says);
	params = params_of(url_of(url, "127.0.0.1", &peer, "/"));
	params.body_contains = (struct strings){ &wanted, 1 };
	bench_open(&b, "http", &params, NULL, 0);
	bench_run(&b);
	assert_outcome(&b.seen, "body-mismatch");
	assert_true(b.has_evidence);
	assert_int_equal(b.evidence.body_n, 0);
	bench_run(&b);
	assert_int_equal(b.evidence.body_n, 16);
	assert_memory_equal(b.evidence.body, "hello and good by", 16);
	bench_close(&b);
	peer_stop(&peer);
}

static void nothing_is_kept_of_what_passes(void **state)
{
	struct peer peer = { .say = OK };
	struct http_params params;
	struct bench b;
	char url[200];

	(void)state;
	peer_start(&peer, peer_says);
	params = params_of(url_of(url, "127.0.0.1", &peer, "/"));
	bench_open(&b, "http", &params, NULL, 0);
	bench_run(&b);
	assert_outcome(&b.seen, "pass");
	assert_false(b.has_evidence);
	bench_close(&b);
	peer_stop(&peer);
}

static void of_a_long_outage_three_are_kept(void **state)
{
	struct http_params params = params_of("http://127.0.0.1:1/");
	struct bench b;

	(void)state;
	bench_open(&b, "http", &params, NULL, 0);
	for (int i = 0; i < 5; i++) {
		bench_run(&b);
		assert_outcome(&b.seen, "connect-refused");
		assert_int_equal(b.has_evidence, i < 3);
	}
	runs_abort_all(b.runs); /* a reload: the place may be another target's */
	bench_run(&b);
	assert_true(b.has_evidence);
	bench_close(&b);
}

/* ---- names ---- */

static void the_answers_of_the_name_are_kept(void **state)
{
	static const struct zone_row rows[] = {
		ZONE_ROW("two.test", 1, "\x7f\x00\x00\x02"),
		ZONE_ROW("two.test", 1, "\x7f\x00\x00\x03"),
		{ NULL },
	};
	static const struct address_net loopback = {
		.base = { .family = FAMILY_IPV4, .bytes = { 127 } }, .prefix = 8
	};
	struct http_params params;
	struct zone zone;
	const char *at;
	char url[100];
	struct bench b;

	(void)state;
	zone_start(&zone, rows);
	at = zone.at;
	(void)snprintf(url, sizeof(url), "http://two.test:%u/", peer_closed_port());
	params = params_of(url);
	bench_open(&b, "http", &params, &at, 1);
	b.target.allow = &loopback;
	b.target.allow_n = 1;
	for (int i = 0; i < 2; i++) {
		bench_run(&b);
		assert_outcome(&b.seen, "connect-refused");
		assert_string_equal(b.evidence.host, "two.test");
		assert_int_equal(b.evidence.answers_n, 2);
		assert_int_equal(b.evidence.answers[1].bytes[3] +
					 b.evidence.answers[0].bytes[3], 5);
		assert_int_equal(b.evidence.words_n, 1);
		assert_int_equal(b.evidence.words[0].server.port, zone.port);
		assert_false(b.evidence.is_each_asked);
	}
	bench_close(&b);
	zone_stop(&zone);
}

/* The one whose turn it is in a re-test is dead: it must be judged all the same, and each time. */
static void a_retest_is_no_prisoner_of_a_dead_resolver(void **state)
{
	static const struct zone_row rows[] = { ZONE_ROW("one.test", 1, "\x7f\x00\x00\x01"),
						{ NULL } };
	static const struct address_net loopback = {
		.base = { .family = FAMILY_IPV4, .bytes = { 127 } }, .prefix = 8
	};
	uint16_t port;
	int mute = peer_listen(SOCK_DGRAM, &port);
	char url[100], dead[32];
	struct http_params params;
	const char *at[2];
	struct zone zone;
	struct bench b;

	(void)state;
	zone_start(&zone, rows);
	(void)snprintf(dead, sizeof(dead), "127.0.0.1:%u", port);
	at[0] = zone.at, at[1] = dead;
	(void)snprintf(url, sizeof(url), "http://one.test:%u/", peer_closed_port());
	params = params_of(url);
	bench_open(&b, "http", &params, at, 2);
	b.target.allow = &loopback;
	b.target.allow_n = 1;
	for (int i = 0; i < 4; i++) {
		b.target.connect_timeout = i < 2 ? 3 * USEC_PER_SEC : 800 * USEC_PER_MS;
		b.target.timeout = 4 * USEC_PER_SEC;
		bench_run(&b);
		assert_outcome(&b.seen, "connect-refused");
	}
	bench_close(&b);
	zone_stop(&zone);
	close(mute);
}

static void what_each_resolver_said_is_kept(void **state)
{
	static const struct zone_row none[] = { { NULL } };
	struct http_params params = params_of("http://gone.test/");
	struct zone first, second;
	const char *at[2];
	struct bench b;

	(void)state;
	zone_start(&first, none);
	zone_start(&second, none);
	first.missing = 3;
	second.missing = 2;
	at[0] = first.at, at[1] = second.at;
	bench_open(&b, "http", &params, at, 2);
	bench_run(&b);
	assert_outcome(&b.seen, "dns-nxdomain");
	assert_true(b.evidence.is_each_asked);
	assert_int_equal(b.evidence.words_n, 2);
	assert_int_equal(b.evidence.words[0].cause, CAUSE_NXDOMAIN);
	assert_int_equal(b.evidence.words[1].cause, CAUSE_SERVFAIL);
	bench_close(&b);
	zone_stop(&first);
	zone_stop(&second);
}

/* ---- the other addresses ---- */

/* Nobody accepts, and the kernel's queue of one is full: a connection stays without an answer. */
static int listen_full(const char *host, uint16_t port, int waiting[2])
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(inet_pton(AF_INET, host, &at.sin_addr), 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 0), 0);
	for (int i = 0; i < 2; i++) {
		waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)connect(waiting[i], (struct sockaddr *)&at, sizeof(at)); /* under way */
	}
	return fd;
}

static void a_retest_says_which_of_the_addresses_answer(void **state)
{
	static const char *const kinds[] = { "tcp", "tls", "http" };
	static const struct address_net loopback = {
		.base = { .family = FAMILY_IPV4, .bytes = { 127 } }, .prefix = 8
	};
	struct peer peer = { .say = NULL };
	int waiting[2], fd;

	(void)state;
	peer_start(&peer, peer_is_silent);
	fd = listen_full("127.0.0.2", peer.port, waiting);
	for (size_t i = 0; i < 3; i++) {
		const struct probe_kind *kind = probe_kind_find(kinds[i]);
		char place[100], url[110], expected[NOTE_MAX];
		struct http_params http;
		void *params = calloc(1, kind->params_bytes);
		struct bench b;

		(void)snprintf(place, sizeof(place), "two.test:%u", peer.port);
		(void)snprintf(url, sizeof(url), "http://%s/", place);
		http = params_of(url);
		if (strcmp(kinds[i], "http") != 0)
			site_set(kind, params, "address", place);
		bench_open(&b, kinds[i], strcmp(kinds[i], "http") == 0 ? &http : params, NULL, 0);
		io_names_load(b.io, "two.test 4 127.0.0.2\ntwo.test 4 127.0.0.1\n");
		b.target.allow = &loopback;
		b.target.allow_n = 1;
		b.target.connect_timeout = 1500 * USEC_PER_MS; /* the resolver takes 1 s of it */
		bench_run(&b);
		assert_outcome(&b.seen, "connect-timeout");
		assert_null(strstr(b.seen.note, "127.0.0.1"));
		bench_run(&b);
		assert_outcome(&b.seen, "connect-timeout");
		(void)snprintf(expected, sizeof(expected),
			       "no answer in time; 127.0.0.1:%u answers, 1 of 2", peer.port);
		assert_string_equal(b.seen.note, expected);
		bench_close(&b);
		free(params);
	}
	close(waiting[0]);
	close(waiting[1]);
	close(fd);
	peer_stop(&peer);
}

/* ---- certificates ---- */

static void the_chain_that_was_shown_is_kept(void **state)
{
	struct site site;
	const struct probe_kind *kind = probe_kind_find("tls");
	void *params = calloc(1, kind->params_bytes);
	struct bench b;

	(void)state;
	site_start(&site, "DNS:other.test", 86400, peer_serves_tls);
	site_set(kind, params, "address", site.address);
	site_set(kind, params, "server_name", "mail.test");
	site_set(kind, params, "ca_file", site.ca_file);
	bench_open(&b, "tls", params, NULL, 0);
	bench_run(&b);
	assert_outcome(&b.seen, "tls-certificate");
	bench_run(&b); /* what is shown is looked at in the re-test */
	assert_outcome(&b.seen, "tls-certificate");
	assert_true(b.evidence.chain_n >= 1);
	assert_true(wall_is_set(b.evidence.chain[0].not_after));
	assert_true(b.evidence.chain[0].not_before.us < b.evidence.chain[0].not_after.us);
	assert_true(strlen(b.evidence.chain[0].subject) > 0);
	assert_int_equal(b.evidence.verify_error, 0); /* the chain is good, the name is not */
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(b.evidence.chain[0].sha256[i],
				 b.seen.certificate.fingerprint >> (56 - 8 * i) & 0xff);
	bench_close(&b);
	free(params);
	site_stop(&site);
}

/* ---- secrets ---- */

static struct evidence *body_of(const char *text)
{
	static struct evidence e;

	e = (struct evidence){ .body_n = 0 };
	proof_body(&e, text, strlen(text));
	return &e;
}

static void expect_hidden(const char *text, const char *secret, const char *expected)
{
	struct evidence *e = body_of(text);

	proof_hide(e, secret);
	assert_int_equal(e->body_n, strlen(expected));
	assert_memory_equal(e->body, expected, e->body_n);
}

static void a_secret_is_hidden_wherever_it_stands(void **state)
{
	(void)state;
	expect_hidden("secret", "secret", "(hidden)");
	expect_hidden("a secret b secretsecret", "secret", "a (hidden) b (hidden)(hidden)");
	expect_hidden("nothing", "secret", "nothing");
	expect_hidden("", "secret", "");
	expect_hidden("abc", "abc", "abc"); /* too short to be told from any text */
	expect_hidden("(hidden)", "hidden", "((hidden))");
	proof_hide(NULL, "secret");
	proof_hide(body_of("x"), NULL);
}

/* For every place, every length around the end of what is kept. */
static void a_secret_that_is_cut_is_hidden_too(void **state)
{
	char text[EVIDENCE_BODY_MAX + 40];

	(void)state;
	for (size_t at = EVIDENCE_BODY_MAX - 24; at < EVIDENCE_BODY_MAX + 4; at++) {
		struct evidence *e;

		memset(text, '.', sizeof(text) - 1);
		text[sizeof(text) - 1] = '\0';
		memcpy(text + at, "canary-secret-of-ours", 21);
		e = body_of(text);
		proof_hide(e, "canary-secret-of-ours");
		assert_true(e->body_n <= EVIDENCE_BODY_MAX);
		assert_null(memmem(e->body, e->body_n, "canary", 6));
		assert_null(memmem(e->body, e->body_n, "cana", 4));
	}
}

static void headers_that_speak_of_secrets_keep_their_names(void **state)
{
	struct evidence e = { .head_n = 0 };

	(void)state;
	proof_header(&e, "Server", "nginx");
	proof_header(&e, "X-Auth-Token", "a");
	proof_header(&e, "set-cookie", "b");
	proof_header(&e, "X-Api-KEY", "c");
	e.head[e.head_n] = '\0';
	assert_string_equal(e.head, "Server: nginx\nX-Auth-Token: (hidden)\nset-cookie: (hidden)\n"
				    "X-Api-KEY: (hidden)\n");
	for (int i = 0; i < 200; i++)
		proof_header(&e, "Filler", "0123456789");
	assert_int_equal(e.head_n, EVIDENCE_HEAD_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_bad_answer_says_is_kept_without_our_secrets),
		cmocka_unit_test(a_good_status_with_a_wrong_body_is_kept_in_the_retest),
		cmocka_unit_test(nothing_is_kept_of_what_passes),
		cmocka_unit_test(of_a_long_outage_three_are_kept),
		cmocka_unit_test(the_answers_of_the_name_are_kept),
		cmocka_unit_test(a_retest_is_no_prisoner_of_a_dead_resolver),
		cmocka_unit_test(what_each_resolver_said_is_kept),
		cmocka_unit_test(a_retest_says_which_of_the_addresses_answer),
		cmocka_unit_test(the_chain_that_was_shown_is_kept),
		cmocka_unit_test(a_secret_is_hidden_wherever_it_stands),
		cmocka_unit_test(a_secret_that_is_cut_is_hidden_too),
		cmocka_unit_test(headers_that_speak_of_secrets_keep_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
