/*
 * fate_test.c - what counts as shared fate, and how it is said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/fate.h"
#include "app/fate_machine.h"
#include "base/buf.h"

#define THINGS_MAX 8

/* One host for each thing, by its place. */
struct scene {
	struct fate_host hosts[2 * THINGS_MAX];
	struct fate_home homes[2 * THINGS_MAX];
	struct fate_thing ours[THINGS_MAX], targets[THINGS_MAX];
	struct fate fate;
	size_t hosts_n;
	char said[4096]; /* a line for each finding */
	size_t findings_n;
};

static struct scene *scene_new(void)
{
	static struct scene scene;

	memset(&scene, 0, sizeof(scene));
	scene.fate.ours = scene.ours;
	scene.fate.targets = scene.targets;
	return &scene;
}

static void host_add(struct fate_host *host, const char *address)
{
	assert_true(address_parse_host(address, 0, &host->addresses[host->n]));
	host->n++;
}

static struct fate_host *thing_fill(struct scene *scene, struct fate_thing *thing, const char *name,
				    const char *address, uint16_t port)
{
	struct fate_host *host = &scene->hosts[scene->hosts_n];
	struct fate_home *home = &scene->homes[scene->hosts_n++];

	host->name = name;
	if (address != NULL)
		host_add(host, address);
	*home = (struct fate_home){ host, false };
	thing->name = name;
	thing->port = port;
	thing->homes = home;
	thing->homes_n = 1;
	return host;
}

static struct fate_host *ours(struct scene *scene, enum fate_part part, const char *name,
			      const char *address)
{
	struct fate_thing *thing = &scene->ours[scene->fate.ours_n++];

	thing->part = part;
	return thing_fill(scene, thing, name, address, 443);
}

static struct fate_host *target(struct scene *scene, const char *name, const char *address)
{
	return thing_fill(scene, &scene->targets[scene->fate.targets_n++], name, address, 80);
}

static void on_finding(void *ctx, const struct fate_finding *finding)
{
	struct scene *scene = ctx;
	struct buf line = BUF_INIT(4096);
	size_t n = strlen(scene->said);

	fate_say(finding, &line);
	assert_false(buf_failed(&line));
	assert_null(strchr(buf_text(&line), '\n'));
	(void)snprintf(scene->said + n, sizeof(scene->said) - n, "%s\n", buf_text(&line));
	buf_done(&line);
	scene->findings_n++;
}

static const char *said(struct scene *scene)
{
	scene->said[0] = '\0';
	scene->findings_n = 0;
	fate_find(&scene->fate, on_finding, scene);
	return scene->said;
}

static void expect_word(struct scene *scene, const char *word)
{
	if (strstr(said(scene), word) == NULL)
		fail_msg("\"%s\" is not said in:\n%s", word, scene->said);
}

/* ---- addresses ---- */

static void one_address_is_told_with_what_it_means(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	ours(scene, FATE_RELAY, "mail.example.org", "203.0.113.7");
	target(scene, "blog", "203.0.113.7");
	assert_string_equal(said(scene),
			    "the relay mail.example.org (203.0.113.7) has the same address as the "
			    "target \"blog\": when the host dies, so does your alarm; use a relay "
			    "elsewhere\n");
}

static void many_targets_behind_one_address_are_one_warning(void **state)
{
	static const char *const names[] = { "blog", "misskey", "a", "b", "c" };
	struct scene *scene = scene_new();

	(void)state;
	ours(scene, FATE_PAGE, "status.example.org", "203.0.113.7");
	for (size_t i = 0; i < 5; i++) {
		target(scene, names[i], "203.0.113.7");
		if (i == 1)
			expect_word(scene, " the targets blog and misskey: ");
		if (i == 2)
			expect_word(scene, " the targets blog, misskey and a: ");
	}
	expect_word(scene, " the targets blog, misskey and 3 more: ");
	assert_int_equal(scene->findings_n, 1);
}

static void a_target_is_told_of_in_its_closest_tie_only(void **state)
{
	static const struct fate_zone zone = { "example.org", { "ns.example.org" }, 1 };
	struct scene *scene = scene_new();
	struct fate_host *relay, *blog;

	(void)state;
	relay = ours(scene, FATE_RELAY, "mail.example.org", "203.0.113.200");
	host_add(relay, "203.0.113.7");
	blog = target(scene, "blog", "203.0.113.7");
	relay->zones[relay->zones_n++] = blog->zones[blog->zones_n++] = &zone;
	expect_word(scene, "(203.0.113.7) has the same address as the target \"blog\"");
	assert_int_equal(scene->findings_n, 1);
}

static void each_tie_is_a_warning_of_its_own(void **state)
{
	static const struct fate_zone zone = { "example.org", { "ns.example.org" }, 1 };
	struct scene *scene = scene_new();
	struct fate_host *relay, *far;

	(void)state;
	relay = ours(scene, FATE_RELAY, "mail.example.org", "203.0.113.7");
	target(scene, "near", "203.0.113.8");
	target(scene, "same", "203.0.113.7");
	far = target(scene, "far", "198.51.100.1");
	relay->zones[relay->zones_n++] = far->zones[far->zones_n++] = &zone;
	expect_word(scene, "same address as the target \"same\"");
	expect_word(scene, "same network (203.0.113.0/24) as the target \"near\"");
	expect_word(scene, "same name server (ns.example.org) as the target \"far\"");
	assert_int_equal(scene->findings_n, 3);
}

/* The closest neighbour within, the first address behind. */
static void networks_end_at_24_and_48_bits(void **state)
{
	static const struct {
		const char *a, *b;
		bool is_tied;
	} rows[] = {
		{ "203.0.113.0", "203.0.113.255", true },
		{ "203.0.113.255", "203.0.114.0", false },
		{ "203.0.112.255", "203.0.113.0", false },
		{ "2001:db8:1::1", "2001:db8:1:ffff::", true },
		{ "2001:db8:1:ffff::1", "2001:db8:2::", false },
		{ "203.0.113.7", "2001:db8:1::7", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scene *scene = scene_new();

		ours(scene, FATE_RELAY, "mail.example.org", rows[i].a);
		target(scene, "blog", rows[i].b);
		if ((said(scene)[0] != '\0') != rows[i].is_tied)
			fail_msg("%s and %s: %s", rows[i].a, rows[i].b, scene->said);
	}
}

static void an_ipv6_network_is_shown_as_one(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	ours(scene, FATE_RELAY, "mail.example.org", "2001:db8:1:2::3");
	target(scene, "blog", "2001:db8:1:ffff::4");
	expect_word(scene, "(2001:db8:1:2::3) is in the same network (2001:db8:1::/48) as ");
}

/* A tunnel's neighbours stand anywhere; the very same address is the same host. */
static void private_neighbours_do_not_count_but_one_address_does(void **state)
{
	static const char *const pairs[][2] = {
		{ "10.8.0.1", "10.8.0.2" },	  { "192.168.1.1", "192.168.1.2" },
		{ "172.17.0.1", "172.17.0.2" },	  { "100.64.0.1", "100.64.0.2" },
		{ "169.254.1.1", "169.254.1.2" }, { "fd00:1:2::1", "fd00:1:2::2" },
		{ "fe80::1", "fe80::2" },	  { "127.0.0.1", "127.0.0.2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct scene *scene = scene_new();

		ours(scene, FATE_RELAY, "mail.example.org", pairs[i][0]);
		target(scene, "blog", pairs[i][1]);
		if (said(scene)[0] != '\0')
			fail_msg("%s and %s: %s", pairs[i][0], pairs[i][1], scene->said);
	}
	for (size_t i = 0; i + 1 < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct scene *scene = scene_new();

		ours(scene, FATE_RELAY, "mail.example.org", pairs[i][0]);
		target(scene, "blog", pairs[i][0]);
		expect_word(scene, "has the same address");
	}
}

static void loopback_counts_only_with_the_same_port(void **state)
{
	static const char *const addresses[] = { "127.0.0.1", "127.0.0.53", "::1",
						 "::ffff:127.0.0.1" };

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		struct scene *scene = scene_new();

		ours(scene, FATE_RELAY, "localhost", addresses[i]);
		target(scene, "blog", addresses[i]);
		assert_string_equal(said(scene), "");
		scene->targets[0].port = scene->ours[0].port;
		expect_word(scene, "has the same address as the target \"blog\"");
	}
}

/* RFC 6052: with DNS64 every IPv4 host of the world would be in one /48. */
static void translated_addresses_are_what_they_carry(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	ours(scene, FATE_RELAY, "mail.example.org", "64:ff9b::203.0.113.7");
	target(scene, "far", "64:ff9b::198.51.100.1");
	assert_string_equal(said(scene), "");
	target(scene, "blog", "203.0.113.7");
	expect_word(scene, "(203.0.113.7) has the same address as the target \"blog\"");
}

static void more_addresses_in_common_are_said_to_be(void **state)
{
	struct scene *scene = scene_new();
	struct fate_host *relay = ours(scene, FATE_RELAY, "mail.example.org", "203.0.113.7");

	(void)state;
	host_add(relay, "198.51.100.7");
	target(scene, "blog", "203.0.113.7");
	target(scene, "shop", "198.51.100.7");
	expect_word(scene, "(203.0.113.7 and others) has the same address as the targets blog and "
			   "shop: ");
	assert_int_equal(scene->findings_n, 1);
}

static void the_name_is_not_said_twice_where_it_is_the_address(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	ours(scene, FATE_RELAY, "203.0.113.7", "203.0.113.7");
	target(scene, "blog", "203.0.113.7");
	expect_word(scene, "the relay 203.0.113.7 has the same address");
}

/* ---- name servers ---- */

static void how_many_name_servers_are_shared_is_said(void **state)
{
	static const struct fate_zone our_zone = { "a.org", { "ns1.x", "ns2.x", "ns3.x" }, 3 };
	struct fate_zone their_zone = { "b.org", { "ns2.x", "ns9.y" }, 2 };
	struct scene *scene = scene_new();
	struct fate_host *relay = ours(scene, FATE_RELAY, "mail.a.org", "203.0.113.7");
	struct fate_host *blog = target(scene, "blog", "198.51.100.7");

	(void)state;
	relay->zones[relay->zones_n++] = &our_zone;
	blog->zones[blog->zones_n++] = &their_zone;
	expect_word(scene, "the relay mail.a.org has 1 of its 3 name servers (ns2.x) in common "
			   "with the target \"blog\": when they fail, ");
	their_zone.servers[1] = "ns1.x";
	their_zone.servers[2] = "ns3.x";
	their_zone.n = 3;
	expect_word(scene, "has the same name servers (ns1.x, ns2.x and 1 more) as the target "
			   "\"blog\": ");
	their_zone.servers[0] = their_zone.servers[1] = their_zone.servers[2] = "ns4.x";
	assert_string_equal(said(scene), "");
}

/* An alias breaks with the zone that it leads to. */
static void every_zone_of_a_chain_counts(void **state)
{
	static const struct fate_zone own = { "a.org", { "ns.a.org" }, 1 };
	static const struct fate_zone behind = { "cdn.net", { "ns.cdn.net" }, 1 };
	struct scene *scene = scene_new();
	struct fate_host *page = ours(scene, FATE_PAGE, "status.a.org", "203.0.113.7");
	struct fate_host *blog = target(scene, "blog", "198.51.100.7");

	(void)state;
	page->zones[0] = &own;
	page->zones[1] = &behind;
	page->zones_n = 2;
	blog->zones[blog->zones_n++] = &behind;
	expect_word(scene, "has the same name server (ns.cdn.net) as the target \"blog\"");
}

static void a_name_alone_has_no_address(void **state)
{
	static const struct fate_zone zone = { "a.org", { "ns.a.org" }, 1 };
	struct scene *scene = scene_new();
	struct fate_host *relay = ours(scene, FATE_RELAY, "mail.a.org", "203.0.113.7");
	struct fate_host *names = target(scene, "zone", "203.0.113.7");

	(void)state;
	scene->homes[1].is_name_only = true;
	assert_string_equal(said(scene), "");
	relay->zones[relay->zones_n++] = names->zones[names->zones_n++] = &zone;
	expect_word(scene, "same name server (ns.a.org) as the target \"zone\"");
}

/* ---- what it means ---- */

static void another_relay_that_lives_apart_is_a_comfort(void **state)
{
	struct scene *scene = scene_new();
	struct fate_host *other;

	(void)state;
	ours(scene, FATE_RELAY, "mail.example.org", "203.0.113.7");
	target(scene, "blog", "203.0.113.7");
	expect_word(scene, "so does your alarm");
	other = ours(scene, FATE_RELAY, "relay.example.net", NULL);
	expect_word(scene, "so does your alarm"); /* nobody knows where that one lives */
	host_add(other, "203.0.113.8");
	expect_word(scene, "so does your alarm"); /* it lives next door */
	assert_int_equal(scene->findings_n, 2);
	assert_true(address_parse_host("198.51.100.1", 0, &other->addresses[0]));
	expect_word(scene, "this relay is gone, too, and only the others are left");
	assert_int_equal(scene->findings_n, 1);
	scene->ours[1].part = FATE_RESOLVER;
	expect_word(scene, "so does your alarm"); /* not of its kind */
}

/* Every part with every tie that it can have: no word is missing, and each says what to do. */
static void every_part_has_words(void **state)
{
	static const struct fate_zone zone = { "a.org", { "ns.a.org" }, 1 };
	static const char *const addresses[] = { "203.0.113.7", "203.0.113.8", "198.51.100.1" };

	(void)state;
	for (int part = 0; part < FATE_PARTS; part++) {
		bool has_no_name =
			part == FATE_OURSELVES || part == FATE_RESOLVER || part == FATE_REFERENCE;

		for (int tie = 0; tie < FATE_TIES - (int)has_no_name; tie++) {
			struct scene *scene = scene_new();
			struct fate_host *host =
				ours(scene, (enum fate_part)part, "x.a.org", "203.0.113.7");
			struct fate_host *blog = target(scene, "blog", addresses[tie]);

			host->zones[host->zones_n++] = blog->zones[blog->zones_n++] = &zone;
			assert_null(strstr(said(scene), "(null)"));
			assert_int_equal(scene->findings_n, 1);
			expect_word(scene, ": when ");
			expect_word(scene, "; ");
		}
	}
}

static void the_watcher_on_a_target_is_not_outside(void **state)
{
	struct scene *scene = scene_new();

	(void)state;
	ours(scene, FATE_OURSELVES, "this machine", "203.0.113.7");
	target(scene, "blog", "203.0.113.7");
	assert_string_equal(said(scene),
			    "this machine (203.0.113.7) has the same address as the target "
			    "\"blog\": when the host dies, so does the watcher, and nobody is "
			    "told; shorewatch has to run outside, on a machine that shares nothing "
			    "with it\n");
}

static void the_worst_comes_first(void **state)
{
	struct scene *scene = scene_new();
	const char *relay, *page, *machine;

	(void)state;
	ours(scene, FATE_PAGE, "status.example.org", "203.0.113.7");
	ours(scene, FATE_RELAY, "mail.example.org", "203.0.113.7");
	ours(scene, FATE_OURSELVES, "this machine", "203.0.113.7");
	target(scene, "blog", "203.0.113.7");
	machine = strstr(said(scene), "this machine");
	relay = strstr(scene->said, "the relay");
	page = strstr(scene->said, "the page");
	assert_non_null(machine);
	assert_true(machine < relay && relay < page);
}

/* ---- this machine ---- */

static void resolv_conf_is_read_as_the_system_does(void **state)
{
	char servers[FATE_RESOLVERS_MAX][ADDRESS_TEXT_MAX];

	(void)state;
	assert_int_equal(fate_resolvers_read("# nameserver 192.0.2.1\nsearch lan\n"
					     "nameserver 192.0.2.53\nnameserver\t2001:db8::53\r\n"
					     "nameserver\nnameserver not-an-address\n"
					     "nameservers 192.0.2.9\nnameserver 192.0.2.54",
					     servers),
			 3);
	assert_string_equal(servers[0], "192.0.2.53");
	assert_string_equal(servers[1], "2001:db8::53");
	assert_string_equal(servers[2], "192.0.2.54");
	assert_int_equal(fate_resolvers_read("", servers), 0);
	assert_int_equal(fate_resolvers_read("nameserver 192.0.2.1\nnameserver 192.0.2.2\n"
					     "nameserver 192.0.2.3\nnameserver 192.0.2.4\n",
					     servers),
			 3);
}

static void our_own_addresses_are_not_those_of_loopback(void **state)
{
	struct address addresses[FATE_ADDRESSES_MAX];
	size_t n = fate_machine_addresses(addresses, FATE_ADDRESSES_MAX);

	(void)state;
	for (size_t i = 0; i < n; i++)
		assert_false(address_is_loopback(&addresses[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_address_is_told_with_what_it_means),
		cmocka_unit_test(many_targets_behind_one_address_are_one_warning),
		cmocka_unit_test(a_target_is_told_of_in_its_closest_tie_only),
		cmocka_unit_test(each_tie_is_a_warning_of_its_own),
		cmocka_unit_test(networks_end_at_24_and_48_bits),
		cmocka_unit_test(an_ipv6_network_is_shown_as_one),
		cmocka_unit_test(private_neighbours_do_not_count_but_one_address_does),
		cmocka_unit_test(loopback_counts_only_with_the_same_port),
		cmocka_unit_test(translated_addresses_are_what_they_carry),
		cmocka_unit_test(more_addresses_in_common_are_said_to_be),
		cmocka_unit_test(the_name_is_not_said_twice_where_it_is_the_address),
		cmocka_unit_test(how_many_name_servers_are_shared_is_said),
		cmocka_unit_test(every_zone_of_a_chain_counts),
		cmocka_unit_test(a_name_alone_has_no_address),
		cmocka_unit_test(another_relay_that_lives_apart_is_a_comfort),
		cmocka_unit_test(every_part_has_words),
		cmocka_unit_test(the_watcher_on_a_target_is_not_outside),
		cmocka_unit_test(the_worst_comes_first),
		cmocka_unit_test(resolv_conf_is_read_as_the_system_does),
		cmocka_unit_test(our_own_addresses_are_not_those_of_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
