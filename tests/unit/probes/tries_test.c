/*
 * tries_test.c - several addresses of one name: which one is tried, and whose
 * failure is told.
 */
#include "probes/http_lab.h"

#include <netinet/in.h>
#include <unistd.h>

#include "../../../probes/tries.h"

struct failure_case {
	const char *host;
	enum cause cause;
	const char *note;
};

/* All of them fail in turn; returns the cause that is told. */
static enum cause all_fail(const struct failure_case *cases, size_t n, struct probe_run *run)
{
	struct io_answer answer = { .n = n };
	struct tries tries = { .n = 0 };
	enum cause cause = CAUSE_PASS;

	for (size_t i = 0; i < n; i++)
		assert_true(address_parse_host(cases[i].host, 443, &answer.address[i]));
	*run = (struct probe_run){ .target = NULL };
	tries_begin(&tries, run, &answer);
	for (size_t i = 0; i < n; i++) {
		if (cases[i].cause == CAUSE_TIMEOUT) {
			run->overdue = CAUSE_PASS;
			tries_give_up(&tries, run);
			return run->overdue;
		}
		cause = cases[i].cause;
		if (!tries_go_on(&tries, run, &cause, cases[i].note))
			return cause;
	}
	fail_msg("none of %zu was the last", n);
	return cause;
}

static void assert_told(const struct probe_run *run, const char *address, const char *note)
{
	char text[ADDRESS_TEXT_MAX];

	address_print(&run->seen.address, text);
	assert_string_equal(text, address);
	assert_string_equal(run->seen.note, note);
}

static void a_machine_without_ipv6_sees_the_refusal_over_ipv4(void **state)
{
	const struct failure_case cases[] = { { "192.0.2.1", CAUSE_REFUSED, "ECONNREFUSED" },
					      { "2001:db8::1", CAUSE_UNREACHABLE, "ENETUNREACH" } };
	struct probe_run run;

	(void)state;
	assert_int_equal(all_fail(cases, 2, &run), CAUSE_REFUSED);
	assert_told(&run, "192.0.2.1:443", "ECONNREFUSED; [2001:db8::1]:443: ENETUNREACH");
}

static void a_machine_without_ipv4_sees_the_refusal_over_ipv6(void **state)
{
	const struct failure_case cases[] = { { "192.0.2.1", CAUSE_UNREACHABLE, "ENETUNREACH" },
					      { "2001:db8::1", CAUSE_REFUSED, "ECONNREFUSED" } };
	struct probe_run run;

	(void)state;
	assert_int_equal(all_fail(cases, 2, &run), CAUSE_REFUSED);
	assert_told(&run, "[2001:db8::1]:443", "ECONNREFUSED; 192.0.2.1:443: ENETUNREACH");
}

static void of_equal_failures_the_first_is_told(void **state)
{
	const struct failure_case cases[] = { { "192.0.2.1", CAUSE_UNREACHABLE, "EHOSTUNREACH" },
					      { "192.0.2.2", CAUSE_REFUSED, "ECONNREFUSED" },
					      { "2001:db8::1", CAUSE_REFUSED, "ECONNREFUSED" } };
	struct probe_run run;

	(void)state;
	assert_int_equal(all_fail(cases, 3, &run), CAUSE_UNREACHABLE);
	assert_told(&run, "192.0.2.1:443",
		    "EHOSTUNREACH; 192.0.2.2:443: ECONNREFUSED; [2001:db8::1]:443: ECONNREFUSED");
}

static void no_way_at_all_is_told_of_the_first(void **state)
{
	const struct failure_case cases[] = { { "192.0.2.1", CAUSE_UNREACHABLE, "ENETUNREACH" },
					      { "2001:db8::1", CAUSE_UNREACHABLE, "ENETUNREACH" } };
	struct probe_run run;

	(void)state;
	assert_int_equal(all_fail(cases, 2, &run), CAUSE_UNREACHABLE);
	assert_told(&run, "192.0.2.1:443", "ENETUNREACH; [2001:db8::1]:443: ENETUNREACH");
}

static void a_silence_after_a_refusal_is_a_refusal(void **state)
{
	const struct failure_case cases[] = { { "192.0.2.1", CAUSE_REFUSED, "ECONNREFUSED" },
					      { "2001:db8::1", CAUSE_TIMEOUT, "" } };
	struct probe_run run;

	(void)state;
	assert_int_equal(all_fail(cases, 2, &run), CAUSE_REFUSED);
	assert_told(&run, "192.0.2.1:443", "ECONNREFUSED; [2001:db8::1]:443: no answer in time");
}

static void a_silence_after_no_way_is_a_silence(void **state)
{
	const struct failure_case cases[] = { { "192.0.2.1", CAUSE_UNREACHABLE, "ENETUNREACH" },
					      { "2001:db8::1", CAUSE_TIMEOUT, "" } };
	struct probe_run run;

	(void)state;
	assert_int_equal(all_fail(cases, 2, &run), CAUSE_TIMEOUT);
	assert_told(&run, "[2001:db8::1]:443", "no answer in time; 192.0.2.1:443: ENETUNREACH");
}

/* Our own want of a descriptor must not hide what the first one said. */
static void a_want_of_ours_after_a_refusal_is_a_refusal(void **state)
{
	const struct failure_case cases[] = { { "192.0.2.1", CAUSE_REFUSED, "ECONNREFUSED" },
					      { "192.0.2.2", CAUSE_LOCAL, "EMFILE" } };
	struct probe_run run;

	(void)state;
	assert_int_equal(all_fail(cases, 2, &run), CAUSE_REFUSED);
}

static void sixteen_failures_fit_into_a_note(void **state)
{
	struct failure_case cases[IO_ADDRESSES_MAX];
	struct probe_run run;

	(void)state;
	for (size_t i = 0; i < IO_ADDRESSES_MAX; i++)
		cases[i] = (struct failure_case){ "2001:db8:1111:2222:3333:4444:5555:6666",
						  CAUSE_REFUSED, "ECONNREFUSED" };
	assert_int_equal(all_fail(cases, IO_ADDRESSES_MAX, &run), CAUSE_REFUSED);
	assert_int_equal(strlen(run.seen.note), NOTE_MAX - 1);
}

/* ---- a real one: nobody at 127.0.0.1, a site at ::1 ---- */

static bool peer_start_v6(struct peer *peer)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	socklen_t n = sizeof(at);
	int one = 1;

	peer->fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (peer->fd < 0)
		return false;
	setsockopt(peer->fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(peer->fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		close(peer->fd);
		return false;
	}
	assert_int_equal(listen(peer->fd, 16), 0);
	assert_int_equal(getsockname(peer->fd, (struct sockaddr *)&at, &n), 0);
	peer->port = ntohs(at.sin6_port);
	peer->serve = peer_says;
	assert_int_equal(pthread_create(&peer->thread, NULL, peer_run, peer), 0);
	return true;
}

static struct observation probe_localhost(const struct peer *peer, const char *kind_name)
{
	const struct probe_kind *kind = probe_kind_find(kind_name);
	char url[200], address[100];
	struct http_params http = params_of(url_of(url, "localhost", peer, "/"));
	struct observation seen;
	void *params = calloc(1, kind->params_bytes);

	(void)snprintf(address, sizeof(address), "localhost:%u", peer->port);
	*(const char **)params = address; /* the first field of tcp and tls */
	seen = lab_run(kind, strcmp(kind_name, "http") == 0 ? (void *)&http : params,
		       (struct target_plan){ .timeout = 2 * USEC_PER_SEC }, "");
	free(params);
	return seen;
}

static void whoever_answers_by_ipv6_alone_is_up(void **state)
{
	struct peer peer = { .say = OK };
	struct observation seen;
	char note[100];

	(void)state;
	if (!peer_start_v6(&peer))
		skip(); /* no IPv6 on this machine */
	(void)snprintf(note, sizeof(note), "not at 127.0.0.1:%u (ECONNREFUSED)", peer.port);
	seen = probe_localhost(&peer, "http");
	assert_outcome(&seen, "pass");
	assert_int_equal(seen.address.family, FAMILY_IPV6);
	assert_string_equal(seen.note, note);
	seen = probe_localhost(&peer, "tcp");
	assert_outcome(&seen, "pass");
	assert_int_equal(seen.address.family, FAMILY_IPV6);
	peer_stop(&peer);
	seen = probe_localhost(&peer, "tls");
	assert_outcome(&seen, "connect-refused");
	assert_int_equal(seen.address.family, FAMILY_IPV4);
	(void)snprintf(note, sizeof(note), "ECONNREFUSED; [::1]:%u: ECONNREFUSED", peer.port);
	assert_string_equal(seen.note, note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_machine_without_ipv6_sees_the_refusal_over_ipv4),
		cmocka_unit_test(a_machine_without_ipv4_sees_the_refusal_over_ipv6),
		cmocka_unit_test(of_equal_failures_the_first_is_told),
		cmocka_unit_test(no_way_at_all_is_told_of_the_first),
		cmocka_unit_test(a_silence_after_a_refusal_is_a_refusal),
		cmocka_unit_test(a_silence_after_no_way_is_a_silence),
		cmocka_unit_test(a_want_of_ours_after_a_refusal_is_a_refusal),
		cmocka_unit_test(sixteen_failures_fit_into_a_note),
		cmocka_unit_test(whoever_answers_by_ipv6_alone_is_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
