/*
 * icmp_test.c - the icmp kind. What the kernel lets us send decides how much of
 * it runs: in a network of our own when we may make one, where echoes are
 * allowed, where they can be left unanswered, and where we can forge them.
 */
#include "probes/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define RANGE "/proc/sys/net/ipv4/ping_group_range"
#define QUIET "/proc/sys/net/ipv4/icmp_echo_ignore_all"

static bool is_in_own_net;

static bool file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool is_good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return is_good;
}

static bool loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool is_good = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;

	if (fd >= 0)
		close(fd);
	return is_good;
}

/* Whoever is not root becomes it in a world of his own. */
static bool own_net_enter(void)
{
	unsigned uid = getuid(), gid = getgid();
	char uids[32], gids[32];

	if (uid != 0) {
		(void)snprintf(uids, sizeof(uids), "0 %u 1", uid);
		(void)snprintf(gids, sizeof(gids), "0 %u 1", gid);
		if (unshare(CLONE_NEWUSER) != 0 || !file_put("/proc/self/setgroups", "deny") ||
		    !file_put("/proc/self/uid_map", uids) || !file_put("/proc/self/gid_map", gids))
			return false;
	}
	return unshare(CLONE_NEWNET) == 0 && loopback_up();
}

static void own_net_or_skip(void)
{
	if (is_in_own_net)
		return;
	(void)fprintf(stderr,
		      "SKIPPED: no network of our own can be made here (%s), so echoes "
		      "cannot be tested\n",
		      strerror(errno));
	skip();
}

static struct observation ping(const char *address, usec_t timeout)
{
	const struct probe_kind *kind = probe_kind_find("icmp");
	void *params = calloc(1, kind->params_bytes);
	struct observation seen;

	*(const char **)((char *)params + kind->options[0].offset) = address;
	seen = lab_run(kind, params,
		       (struct target_plan){ .timeout = timeout, .connect_timeout = timeout }, "");
	free(params);
	return seen;
}

static void an_echo_comes_back(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost", "::1" };

	(void)state;
	own_net_or_skip();
	assert_true(file_put(RANGE, "0 0"));
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct observation seen = ping(hosts[i], 2 * USEC_PER_SEC);

		if (seen.outcome.cause != CAUSE_PASS)
			fail_msg("%s: %s, %s", hosts[i], outcome_code(seen.outcome), seen.note);
		assert_true(seen.is_reached);
		assert_true(seen.phase_us[PHASE_CONNECT] >= 0);
		assert_int_equal(seen.address.family, i < 2 ? FAMILY_IPV4 : FAMILY_IPV6);
	}
}

static void silence_is_told_as_such_and_not_reached(void **state)
{
	struct observation seen;

	(void)state;
	own_net_or_skip();
	assert_true(file_put(QUIET, "1"));
	seen = ping("127.0.0.1", 300 * USEC_PER_MS);
	assert_true(file_put(QUIET, "0"));
	assert_outcome(&seen, "connect-silent");
	assert_string_equal(seen.note, "no echo came back");
	assert_false(seen.is_reached);
}

static void no_way_there_is_unreachable(void **state)
{
	struct observation seen;

	(void)state;
	own_net_or_skip();
	seen = ping("192.0.2.1", 1 * USEC_PER_SEC);
	assert_outcome(&seen, "connect-unreachable");
	assert_string_equal(seen.note, "ENETUNREACH");
}

/* ---- lies (SR-38) ---- */

struct liar {
	int raw;
	pthread_t thread;
	bool is_other_source, is_true; /* else another payload */
	unsigned answers;
};

static uint16_t checksum(const unsigned char *bytes, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Its own source address is 127.0.0.2 when it lies about who it is. */
static void liar_send(const struct liar *liar, const unsigned char *icmp, size_t n)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (liar->is_other_source ? 1 : 0));
	assert(fd >= 0 && bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0);
	assert(sendto(fd, icmp, n, 0, (struct sockaddr *)&to, sizeof(to)) == (ssize_t)n);
	close(fd);
}

static void *liar_run(void *ctx)
{
	struct liar *liar = ctx;
	unsigned char bytes[256], *icmp;
	ssize_t n;

	while ((n = recv(liar->raw, bytes, sizeof(bytes), 0)) > 0) {
		size_t head = (size_t)(bytes[0] & 15) * 4;
		uint16_t sum;

		icmp = bytes + head;
		if ((size_t)n < head + 8 || icmp[0] != ICMP_ECHO)
			continue;
		icmp[0] = ICMP_ECHOREPLY;
		if (!liar->is_true && !liar->is_other_source)
			icmp[12] ^= 1;
		icmp[2] = icmp[3] = 0;
		sum = checksum(icmp, (size_t)n - head);
		icmp[2] = (unsigned char)(sum >> 8);
		icmp[3] = (unsigned char)sum;
		liar_send(liar, icmp, (size_t)n - head);
		liar->answers++;
	}
	return NULL;
}

static struct observation ping_past(struct liar *liar)
{
	struct timeval patience = { .tv_sec = 1 };
	struct observation seen;

	liar->raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
	assert_true(liar->raw >= 0);
	assert_int_equal(
		setsockopt(liar->raw, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
	assert_true(file_put(QUIET, "1"));
	assert_int_equal(pthread_create(&liar->thread, NULL, liar_run, liar), 0);
	seen = ping("127.0.0.1", 500 * USEC_PER_MS);
	pthread_join(liar->thread, NULL);
	assert_true(file_put(QUIET, "0"));
	close(liar->raw);
	assert_true(liar->answers > 0);
	return seen;
}

static void forged_replies_are_not_heard(void **state)
{
	struct liar honest = { .is_true = true }, payload = { .is_true = false },
		    source = { .is_other_source = true };
	struct observation seen;

	(void)state;
	own_net_or_skip();
	seen = ping_past(&honest); /* the forger can do it right */
	assert_outcome(&seen, "pass");
	seen = ping_past(&payload);
	assert_outcome(&seen, "connect-silent");
	seen = ping_past(&source);
	assert_outcome(&seen, "connect-silent");
}

/* ---- without permission ---- */

/* As every network is at first; the tests after this one allow it. */
static void a_forbidden_echo_is_ours_and_says_what_to_do(void **state)
{
	struct observation seen;

	(void)state;
	own_net_or_skip();
	seen = ping("127.0.0.1", 1 * USEC_PER_SEC);
	assert_outcome(&seen, "connect-local");
	assert_int_equal(outcome_fault(seen.outcome), FAULT_VANTAGE);
	assert_non_null(strstr(seen.note, "net.ipv4.ping_group_range"));
}

static void what_cannot_be_meant_is_a_fault(void **state)
{
	static const char *const wrong[] = { "", "host:7", "https://host", "a b", "[::1]" };
	const struct probe_kind *kind = probe_kind_find("icmp");

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct option_fault fault = { .option = NULL };
		void *params = calloc(1, kind->params_bytes);

		*(const char **)((char *)params + kind->options[0].offset) = wrong[i];
		assert_false(kind->check(params, &fault));
		assert_string_equal(fault.option, "address");
		free(params);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_forbidden_echo_is_ours_and_says_what_to_do),
		cmocka_unit_test(an_echo_comes_back),
		cmocka_unit_test(silence_is_told_as_such_and_not_reached),
		cmocka_unit_test(no_way_there_is_unreachable),
		cmocka_unit_test(forged_replies_are_not_heard),
		cmocka_unit_test(what_cannot_be_meant_is_a_fault),
	};

	is_in_own_net = own_net_enter();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
