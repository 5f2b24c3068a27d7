/*
 * effects_test.c - a relay of this machine is no witness of our line, by
 * whatever address it is reached.
 *
 * In a network of its own, with addresses that no machine has; where the kernel
 * gives none, there is nothing to compare with and the test is skipped.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/daemon.h"

#define OURS   "203.0.113.7"
#define THEIRS "203.0.113.8"

enum { SITE, REFERENCE, RELAY, TARGETS };

static struct target_plan targets[TARGETS] = {
	[SITE] = { .role = ROLE_TARGET },
	[REFERENCE] = { .role = ROLE_REFERENCE },
	[RELAY] = { .role = ROLE_RELAY },
};
static const struct plan plan = { .targets = targets, .targets_n = 1, .references_n = 1 };

static int address_set(int fd)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct ifreq request = { .ifr_flags = 0 };

	(void)snprintf(request.ifr_name, sizeof request.ifr_name, "lo:1");
	if (inet_pton(AF_INET, OURS, &v4.sin_addr) != 1)
		return -1;
	memcpy(&request.ifr_addr, &v4, sizeof v4);
	return ioctl(fd, SIOCSIFADDR, &request);
}

/* `state` is set when we have the address. */
static int network_make(void **state)
{
	static int made;
	int fd;

	*state = NULL;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return 0;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	if (address_set(fd) == 0)
		*state = &made;
	(void)close(fd);
	return 0;
}

static bool is_own(uint32_t target, const char *host, uint16_t port, enum cause cause)
{
	struct observation o = { .target = target, .outcome = { PHASE_CONNECT, cause } };

	assert_true(address_parse_host(host, port, &o.address));
	return effects_is_own_relay(&plan, &o);
}

static void a_relay_under_our_own_address_is_ours_by_any_port(void **state)
{
	if (!*state)
		skip();
	assert_true(is_own(RELAY, OURS, 25, CAUSE_PASS));
	assert_true(is_own(RELAY, OURS, 587, CAUSE_PASS));
}

static void a_relay_elsewhere_is_a_witness(void **state)
{
	if (!*state)
		skip();
	assert_false(is_own(RELAY, THEIRS, 25, CAUSE_PASS));
	assert_false(is_own(RELAY, "2001:db8::7", 25, CAUSE_PASS));
}

/* What fails proves nothing anyhow, and a site on this machine is judged as any other. */
static void only_relays_that_answer_are_looked_at(void **state)
{
	if (!*state)
		skip();
	assert_false(is_own(RELAY, OURS, 25, CAUSE_REFUSED));
	assert_false(is_own(SITE, OURS, 443, CAUSE_PASS));
	assert_false(is_own(REFERENCE, OURS, 443, CAUSE_PASS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_relay_under_our_own_address_is_ours_by_any_port),
		cmocka_unit_test(a_relay_elsewhere_is_a_witness),
		cmocka_unit_test(only_relays_that_answer_are_looked_at),
	};

	return cmocka_run_group_tests(tests, network_make, NULL);
}
