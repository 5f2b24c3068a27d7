/*
 * nameless_test.c - names that are denied, and the addresses they had before.
 */
#include "probes/http_lab.h"

#include "io/zone.h"

enum { RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3 };

static const struct zone_row none[] = { { NULL } };
static const struct address_net loopback = { .base = { .family = FAMILY_IPV4, .bytes = { 127 } },
					     .prefix = 8 };

struct wish {
	const char *kind;
	uint16_t port;
	unsigned rcode;
	const char *names;
	bool is_private; /* 127.0.0.0/8 is not allowed */
	usec_t connect_timeout;
	const char *second; /* another resolver; NULL: none */
};

static struct observation run(const struct wish *wish, void *params)
{
	struct target_plan target = { .connect_timeout = wish->connect_timeout,
				      .allow = &loopback,
				      .allow_n = wish->is_private ? 0 : 1 };
	struct zone zone;
	const char *resolvers[2];
	struct observation seen;

	zone_start(&zone, none);
	zone.missing = wish->rcode;
	resolvers[0] = zone.at;
	resolvers[1] = wish->second;
	seen = lab_run_asking(probe_kind_find(wish->kind), params, target, wish->names, resolvers,
			      wish->second != NULL ? 2 : 1);
	zone_stop(&zone);
	return seen;
}

static struct observation run_http(const struct wish *wish)
{
	struct http_params params;
	char url[100];

	(void)snprintf(url, sizeof(url), "http://gone.test:%u/", wish->port);
	params = params_of(url);
	return run(wish, &params);
}

static struct observation run_plain(const struct wish *wish)
{
	const struct probe_kind *kind = probe_kind_find(wish->kind);
	char address[100];
	const char *at = address;
	char *params = calloc(1, kind->params_bytes);
	struct observation seen;

	(void)snprintf(address, sizeof(address), "gone.test:%u", wish->port);
	for (const struct option *row = kind->options; row->name != NULL; row++) {
		if (strcmp(row->name, "address") == 0)
			memcpy(params + row->offset, &at, sizeof(at));
	}
	seen = run(wish, params);
	free(params);
	return seen;
}

static struct observation look(struct wish wish)
{
	return strcmp(wish.kind, "http") == 0 ? run_http(&wish) : run_plain(&wish);
}

static const char *const kinds[] = { "http", "tcp", "tls" };
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void a_denied_name_whose_address_answers_is_told_so(void **state)
{
	struct peer peer = { .say = NULL };

	(void)state;
	peer_start(&peer, peer_is_silent);
	for (size_t i = 0; i < KINDS; i++) {
		struct observation seen = look((struct wish){ .kind = kinds[i],
							      .port = peer.port,
							      .rcode = RCODE_NXDOMAIN,
							      .names = "gone.test 4 127.0.0.1\n" });

		assert_outcome(&seen, "dns-nxdomain");
		assert_true(seen.is_address_good);
		assert_false(seen.is_reached);
		assert_int_equal(seen.phase_us[PHASE_CONNECT], PHASE_NOT_REACHED);
		assert_non_null(strstr(seen.note, "its last good address 127.0.0.1:"));
		assert_non_null(strstr(seen.note, " answers"));
	}
	peer_stop(&peer);
}

static void one_good_address_of_several_is_enough(void **state)
{
	struct peer peer = { .say = NULL };
	struct observation seen;

	(void)state;
	peer_start(&peer, peer_is_silent);
	seen = look((struct wish){ .kind = "tcp",
				   .port = peer.port,
				   .rcode = RCODE_SERVFAIL,
				   .names = "gone.test 4 127.0.0.2\ngone.test 4 127.0.0.1\n" });
	peer_stop(&peer);
	assert_outcome(&seen, "dns-servfail");
	assert_true(seen.is_address_good);
	assert_non_null(strstr(seen.note, "127.0.0.1:"));
}

static void an_address_that_refuses_is_no_better_than_its_name(void **state)
{
	uint16_t port = peer_closed_port();

	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct observation seen = look((struct wish){ .kind = kinds[i],
							      .port = port,
							      .rcode = RCODE_NXDOMAIN,
							      .names = "gone.test 4 127.0.0.1\n" });

		assert_outcome(&seen, "dns-nxdomain");
		assert_false(seen.is_address_good);
		assert_non_null(strstr(seen.note, "does not answer either"));
	}
}

static void a_name_that_never_had_an_address_says_nothing_of_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct observation seen = look((struct wish){
			.kind = kinds[i], .port = 1, .rcode = RCODE_NXDOMAIN, .names = "" });

		assert_outcome(&seen, "dns-nxdomain");
		assert_false(seen.is_address_good);
		assert_string_equal(seen.note, "");
	}
}

static void private_addresses_are_not_tried(void **state)
{
	struct peer peer = { .say = NULL };
	struct observation seen;

	(void)state;
	peer_start(&peer, peer_is_silent);
	seen = look((struct wish){ .kind = "tcp",
				   .port = peer.port,
				   .rcode = RCODE_NXDOMAIN,
				   .names = "gone.test 4 127.0.0.1\n",
				   .is_private = true });
	peer_stop(&peer);
	assert_false(seen.is_address_good);
	assert_string_equal(seen.note, "");
}

/* Nobody accepts, and the kernel's queue of one is full: a connection stays without an answer. */
static int listen_full(uint16_t *port, int waiting[2])
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 0), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	for (int i = 0; i < 2; i++) {
		waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)connect(waiting[i], (struct sockaddr *)&at, sizeof(at)); /* under way */
	}
	return fd;
}

static void a_silent_address_does_not_hide_how_the_name_failed(void **state)
{
	uint16_t port;
	int waiting[2], fd = listen_full(&port, waiting);

	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct observation seen = look((struct wish){ .kind = kinds[i],
							      .port = port,
							      .rcode = RCODE_NXDOMAIN,
							      .names = "gone.test 4 127.0.0.1\n",
							      .connect_timeout =
								      300 * USEC_PER_MS });

		assert_outcome(&seen, "dns-nxdomain");
		assert_false(seen.is_address_good);
		assert_non_null(strstr(seen.note, "does not answer either"));
		assert_true(seen.total_us >= 300 * USEC_PER_MS);
	}
	close(waiting[0]);
	close(waiting[1]);
	close(fd);
}

/* The second opinion takes longer than there is time to connect. */
static void a_second_resolver_that_is_silent_does_not_excuse_the_name(void **state)
{
	uint16_t port;
	int fd = peer_listen(SOCK_DGRAM, &port);
	char second[32];

	(void)state;
	(void)snprintf(second, sizeof(second), "127.0.0.1:%u", port);
	for (size_t i = 0; i < KINDS; i++) {
		struct observation seen = look((struct wish){ .kind = kinds[i],
							      .port = 1,
							      .rcode = RCODE_NXDOMAIN,
							      .names = "",
							      .second = second,
							      .connect_timeout =
								      300 * USEC_PER_MS });

		assert_outcome(&seen, "dns-nxdomain");
		assert_true(seen.total_us < 900 * USEC_PER_MS);
	}
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_denied_name_whose_address_answers_is_told_so),
		cmocka_unit_test(one_good_address_of_several_is_enough),
		cmocka_unit_test(an_address_that_refuses_is_no_better_than_its_name),
		cmocka_unit_test(a_name_that_never_had_an_address_says_nothing_of_one),
		cmocka_unit_test(private_addresses_are_not_tried),
		cmocka_unit_test(a_silent_address_does_not_hide_how_the_name_failed),
		cmocka_unit_test(a_second_resolver_that_is_silent_does_not_excuse_the_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
