/*
 * address_test.c - addresses at their edges: what is read, refused, and judged private.
 */
#include "shorewatch/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct address parsed(const char *host)
{
	struct address a;

	if (!address_parse_host(host, 443, &a))
		fail_msg("%s was refused", host);
	return a;
}

static void assert_printed(const char *host, uint16_t port, const char *expected)
{
	char text[ADDRESS_TEXT_MAX];
	struct address a;

	assert_true(address_parse_host(host, port, &a));
	address_print(&a, text);
	assert_string_equal(text, expected);
}

static void addresses_are_printed_as_they_are_written_in_urls(void **state)
{
	(void)state;
	assert_printed("192.0.2.1", 443, "192.0.2.1:443");
	assert_printed("255.255.255.255", 65535, "255.255.255.255:65535");
	assert_printed("2001:DB8:0:0::1", 443, "[2001:db8::1]:443");
	assert_printed("::", 1, "[::]:1");
	assert_printed("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535,
		       "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
}

static void the_longest_address_fits(void **state)
{
	char text[ADDRESS_TEXT_MAX];
	struct address a = {.family = FAMILY_IPV6, .port = 65535};

	(void)state;
	/* The C library writes the last 32 bits of a mapped address with dots. */
	memset(a.bytes + 10, 0xff, 6);
	address_print(&a, text);
	assert_string_equal(text, "[::ffff:255.255.255.255]:65535");
}

static void no_address_is_printed_as_a_dash(void **state)
{
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	address_print(&(struct address){.port = 80}, text);
	assert_string_equal(text, "-");
	address_print(&(struct address){.family = FAMILY_BOTH}, text);
	assert_string_equal(text, "-");
}

static void what_is_not_an_address_is_refused(void **state)
{
	static const char *const wrong[] = {"",
					    " ",
					    "192.0.2",
					    "192.0.2.256",
					    "192.0.2.1 ",
					    " 192.0.2.1",
					    "192.0.2.01",
					    "0x7f.0.0.1",
					    "2130706433",
					    "192.0.2.1.",
					    "example.org",
					    "fe80::1%eth0",
					    "[2001:db8::1]",
					    "1::2::3",
					    ":::",
					    "12345::",
					    "192.0.2.1:80",
					    "2001:db8::1/64",
					    NULL};
	struct address a = {.port = 7};

	(void)state;
	for (size_t i = 0; wrong[i] != NULL; i++) {
		if (address_parse_host(wrong[i], 80, &a))
			fail_msg("'%s' was taken", wrong[i]);
	}
	assert_int_equal(a.port, 7);
}

static void host_and_port_are_split(void **state)
{
	char host[64];
	uint16_t port;

	(void)state;
	assert_true(address_split("mail.example.org:465", host, sizeof host, &port));
	assert_string_equal(host, "mail.example.org");
	assert_int_equal(port, 465);
	assert_true(address_split("[2001:db8::1]:65535", host, sizeof host, &port));
	assert_string_equal(host, "2001:db8::1");
	assert_int_equal(port, 65535);
	assert_true(address_split("192.0.2.1:1", host, sizeof host, &port));
	assert_string_equal(host, "192.0.2.1");
	assert_int_equal(port, 1);
}

static void what_is_not_host_and_port_is_not_split(void **state)
{
	static const char *const wrong[] = {"",		 "host",
					    "host:",	 ":80",
					    "host:0",	 "host:65536",
					    "host:-1",	 "host:+1",
					    "host: 80",	 "host:80 ",
					    "host:80a",	 "a:b:80",
					    "::1:80",	 "[::1]",
					    "[::1]80",	 "[::1",
					    "[]:80",	 "[192.0.2.1]:80",
					    "[host]:80", "[::1]]:80",
					    "[[::1]:80", "host:99999999999999999999",
					    NULL};
	char host[64];
	uint16_t port = 7;

	(void)state;
	for (size_t i = 0; wrong[i] != NULL; i++) {
		if (address_split(wrong[i], host, sizeof host, &port))
			fail_msg("'%s' was split", wrong[i]);
	}
	assert_int_equal(port, 7);
}

static void a_host_longer_than_its_room_is_refused(void **state)
{
	char host[5];
	uint16_t port;

	(void)state;
	assert_true(address_split("abcd:80", host, sizeof host, &port));
	assert_string_equal(host, "abcd");
	assert_false(address_split("abcde:80", host, sizeof host, &port));
	assert_false(address_split("[2001:db8::1]:80", host, sizeof host, &port));
	assert_false(address_split("a:80", host, 0, &port));
}

static void equal_means_family_port_and_address(void **state)
{
	struct address a = parsed("192.0.2.1"), b = a, none = {0};

	(void)state;
	assert_true(address_equal(&a, &b));
	b.bytes[15] = 9; /* beyond the four bytes of IPv4, and so without meaning */
	assert_true(address_equal(&a, &b));
	b.port++;
	assert_false(address_equal(&a, &b));
	b = parsed("192.0.2.2");
	assert_false(address_equal(&a, &b));
	b = parsed("::ffff:192.0.2.1");
	assert_false(address_equal(&a, &b));
	assert_true(address_equal(&none, &none));
	assert_false(address_equal(&a, &none));
}

static void private_networks_end_where_they_end(void **state)
{
	static const char *const inside[] = {
		"0.0.0.0",	   "0.255.255.255",   "10.0.0.0",	 "10.255.255.255",
		"100.64.0.0",	   "100.127.255.255", "127.0.0.1",	 "127.255.255.255",
		"169.254.169.254", "172.16.0.0",      "172.31.255.255",	 "192.0.0.1",
		"192.0.2.255",	   "192.168.0.0",     "192.168.255.255", "198.18.0.0",
		"198.19.255.255",  "198.51.100.7",    "203.0.113.9",	 "224.0.0.1",
		"239.255.255.255", "240.0.0.1",	      "255.255.255.255", NULL};
	static const char *const outside[] = {
		"1.0.0.0",     "9.255.255.255",	  "11.0.0.0",	 "100.63.255.255",
		"100.128.0.0", "126.255.255.255", "128.0.0.0",	 "169.253.255.255",
		"169.255.0.0", "172.15.255.255",  "172.32.0.0",	 "192.0.1.0",
		"192.0.3.0",   "192.167.255.255", "192.169.0.0", "198.17.255.255",
		"198.20.0.0",  "198.51.101.0",	  "203.0.114.0", "223.255.255.255",
		NULL};
	struct address a;

	(void)state;
	for (size_t i = 0; inside[i] != NULL; i++) {
		a = parsed(inside[i]);
		if (!address_is_private(&a))
			fail_msg("%s was not private", inside[i]);
	}
	for (size_t i = 0; outside[i] != NULL; i++) {
		a = parsed(outside[i]);
		if (address_is_private(&a))
			fail_msg("%s was private", outside[i]);
	}
}

static void private_networks_of_ipv6_are_known(void **state)
{
	static const char *const inside[] = {
		"::",	   "::1",	  "fc00::",	      "fdff::1",
		"fe80::1", "febf::1",	  "fec0::1",	      "feff::1",
		"ff02::1", "2001:db8::1", "2001:db8:ffff::1", "100::1",
		"3fff::1", "3fff:fff::1", "64:ff9b:1::1",     "2001:0:1::1",
		NULL};
	static const char *const outside[] = {
		"2000::1",	    "2606:4700::1111", "2001:4860:4860::8888",
		"2001:db7:ffff::1", "2001:db9::",      "fbff::1",
		"3fff:1000::1",	    "100:0:0:1::1",    NULL};
	struct address a;

	(void)state;
	for (size_t i = 0; inside[i] != NULL; i++) {
		a = parsed(inside[i]);
		if (!address_is_private(&a))
			fail_msg("%s was not private", inside[i]);
	}
	for (size_t i = 0; outside[i] != NULL; i++) {
		a = parsed(outside[i]);
		if (address_is_private(&a))
			fail_msg("%s was private", outside[i]);
	}
}

static void an_address_carried_by_another_is_judged_itself(void **state)
{
	static const char *const inside[] = {"::ffff:127.0.0.1",  "::ffff:10.0.0.1",
					     "::10.1.2.3",	  "64:ff9b::192.168.1.1",
					     "2002:0a00:0001::1", NULL};
	static const char *const outside[] = {"::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
					      "2002:0808:0808::1", NULL};
	struct address a;

	(void)state;
	for (size_t i = 0; inside[i] != NULL; i++) {
		a = parsed(inside[i]);
		if (!address_is_private(&a))
			fail_msg("%s was not private", inside[i]);
	}
	for (size_t i = 0; outside[i] != NULL; i++) {
		a = parsed(outside[i]);
		if (address_is_private(&a))
			fail_msg("%s was private", outside[i]);
	}
}

static void loopback_is_loopback_in_both_families(void **state)
{
	static const char *const inside[] = {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1",
					     NULL};
	static const char *const outside[] = {"128.0.0.1", "0.0.0.0",	      "::", "::2",
					      "10.0.0.1",  "::ffff:10.0.0.1", NULL};
	struct address a, none = {0};

	(void)state;
	for (size_t i = 0; inside[i] != NULL; i++) {
		a = parsed(inside[i]);
		assert_true(address_is_loopback(&a));
	}
	for (size_t i = 0; outside[i] != NULL; i++) {
		a = parsed(outside[i]);
		assert_false(address_is_loopback(&a));
	}
	assert_false(address_is_loopback(&none));
	assert_false(address_is_private(&none));
}

static bool net_has(const char *net_text, const char *host)
{
	struct address_net net;
	struct address a = parsed(host);

	if (!address_net_parse(net_text, &net))
		fail_msg("%s was refused", net_text);
	return address_net_contains(&net, &a);
}

static void a_net_contains_what_shares_its_prefix(void **state)
{
	(void)state;
	assert_true(net_has("10.0.0.0/8", "10.255.0.1"));
	assert_false(net_has("10.0.0.0/8", "11.0.0.0"));
	assert_true(net_has("10.9.9.9/8", "10.1.1.1"));
	assert_true(net_has("172.16.0.0/12", "172.31.0.1"));
	assert_false(net_has("172.16.0.0/12", "172.32.0.1"));
	assert_true(net_has("0.0.0.0/0", "203.0.113.1"));
	assert_false(net_has("0.0.0.0/0", "2001:db8::1"));
	assert_true(net_has("192.0.2.128/25", "192.0.2.200"));
	assert_false(net_has("192.0.2.128/25", "192.0.2.127"));
	assert_true(net_has("192.0.2.7", "192.0.2.7"));
	assert_false(net_has("192.0.2.7", "192.0.2.6"));
	assert_true(net_has("fd00::/8", "fdab::1"));
	assert_false(net_has("fd00::/8", "fc00::1"));
	assert_true(net_has("2001:db8::1", "2001:db8::1"));
	assert_false(net_has("2001:db8::1/128", "2001:db8::2"));
	assert_true(net_has("::/0", "2001:db8::2"));
	assert_false(net_has("10.0.0.0/8", "::ffff:10.0.0.1"));
}

static void what_is_not_a_net_is_refused(void **state)
{
	static const char *const wrong[] = {"",
					    "/8",
					    "10.0.0.0/",
					    "10.0.0.0/33",
					    "10.0.0.0/-1",
					    "10.0.0.0/8 ",
					    "10.0.0.0/8/8",
					    "10/8",
					    "::/129",
					    "host/8",
					    "10.0.0.0/ 8",
					    "10.0.0.0/0x8",
					    "1111111111111111111111111111111111111111111111111/8",
					    NULL};
	struct address_net net;

	(void)state;
	for (size_t i = 0; wrong[i] != NULL; i++) {
		if (address_net_parse(wrong[i], &net))
			fail_msg("'%s' was taken", wrong[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_printed_as_they_are_written_in_urls),
		cmocka_unit_test(the_longest_address_fits),
		cmocka_unit_test(no_address_is_printed_as_a_dash),
		cmocka_unit_test(what_is_not_an_address_is_refused),
		cmocka_unit_test(host_and_port_are_split),
		cmocka_unit_test(what_is_not_host_and_port_is_not_split),
		cmocka_unit_test(a_host_longer_than_its_room_is_refused),
		cmocka_unit_test(equal_means_family_port_and_address),
		cmocka_unit_test(private_networks_end_where_they_end),
		cmocka_unit_test(private_networks_of_ipv6_are_known),
		cmocka_unit_test(an_address_carried_by_another_is_judged_itself),
		cmocka_unit_test(loopback_is_loopback_in_both_families),
		cmocka_unit_test(a_net_contains_what_shares_its_prefix),
		cmocka_unit_test(what_is_not_a_net_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
