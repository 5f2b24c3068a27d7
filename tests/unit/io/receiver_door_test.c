/*
 * receiver_door_test.c - the slow, the many and the last descriptor: none of
 * them keeps a true sender out (SR-18, SR-20).
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "client.h"
#include "fixture.h"
#include "io/receiver_door.h"
#include "io/receiver_listen.h"

#define SHORT  (300 * USEC_PER_MS) /* the deadline here; the receiver's own is 10 s */
#define CROWD  200
#define GET    "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define ANSWER "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"

/* In the place of the HTTP library: answers a guest at once, or sits there and reads until it is
 * shut. */
struct host {
	struct place *place;
	int fd;
	struct io_fd *watch;
};

struct place {
	struct crowd crowd;
	struct door *door;
	struct host host[DOOR_GUESTS_MAX];
	bool is_silent;
	unsigned guests, shut;
};

static void host_leave(struct host *host)
{
	io_fd_close(host->watch);
	door_leave(host->place->door, host->fd);
	close(host->fd);
	host->fd = -1;
}

static void host_ready(void *ctx, unsigned events)
{
	struct host *host = ctx;
	char block[4096];

	(void)events;
	if (recv(host->fd, block, sizeof block, MSG_DONTWAIT) == 0)
		host_leave(host);
}

static void guest_come(void *ctx, int fd, const struct sockaddr *peer, socklen_t n)
{
	struct place *place = ctx;
	struct host *host = place->host;

	(void)peer;
	(void)n;
	while (host->fd >= 0)
		host++;
	place->guests++;
	*host = (struct host){ .place = place, .fd = fd };
	assert_non_null(door_peer(place->door, fd));
	assert_true(address_is_loopback(door_peer(place->door, fd)));
	if (place->is_silent) {
		host->watch = io_fd_watch(place->crowd.io, fd, IO_READABLE, host_ready, host);
		return;
	}
	char block[4096];

	assert_true(recv(fd, block, sizeof block, MSG_DONTWAIT) > 0); /* only looked at so far */
	assert_int_equal(send(fd, ANSWER, strlen(ANSWER), MSG_NOSIGNAL), strlen(ANSWER));
	host_leave(host);
}

static void guests_shut(void *ctx)
{
	struct place *place = ctx;

	place->shut++;
	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++)
		if (place->host[i].fd >= 0)
			host_ready(&place->host[i], IO_READABLE);
}

static int place_make(void **state)
{
	struct place *place = calloc(1, sizeof *place);
	const struct door_hooks hooks = { place, guest_come, guests_shut };
	const char *error;

	crowd_init(&place->crowd);
	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++)
		place->host[i].fd = -1;
	place->door = door_new(place->crowd.io, "127.0.0.1:0", SHORT, &hooks, &error);
	assert_non_null(place->door);
	*state = place;
	return 0;
}

static int place_remove(void **state)
{
	struct place *place = *state;

	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++)
		if (place->host[i].fd >= 0)
			host_leave(&place->host[i]);
	door_free(place->door);
	crowd_done(&place->crowd);
	free(place);
	return 0;
}

static void start(struct place *place, struct client *client, const char *request)
{
	client_start(client, &place->crowd, door_port(place->door), request, strlen(request),
		     SIZE_MAX);
}

static usec_t run(struct place *place)
{
	mono_t began = io_clock().mono;

	assert_true(crowd_run(&place->crowd));
	return mono_span(began, io_clock().mono);
}

static void assert_served(struct place *place)
{
	struct client client;

	start(place, &client, GET);
	run(place);
	assert_string_equal(client_body(&client), "hello");
	client_done(&client);
}

static void a_strict_head_comes_in(void **state)
{
	struct place *place = *state;

	assert_served(place);
	assert_int_equal(place->guests, 1);
}

static void a_loose_head_is_told_and_never_handed_on(void **state)
{
	struct place *place = *state;
	struct client client;

	start(place, &client, "GET / HTTP/1.1\nHost: a\n\n");
	run(place);
	assert_int_equal(client_status(&client), 400);
	assert_false(client.is_reset);
	assert_int_equal(place->guests, 0);
	assert_int_equal(door_stats(place->door).refused_malformed, 1);
	client_done(&client);
}

/* Three kinds of slowness, one deadline, counted from the accept. */
static void the_idle_are_cut_at_the_deadline(void **state)
{
	struct place *place = *state;
	struct client silent, half;
	usec_t took;

	start(place, &silent, "");
	start(place, &half, "POST /hook/home HTTP/1.1\r\nHost: a\r\nX: ");
	took = run(place);
	assert_true(took >= SHORT - 10 * USEC_PER_MS && took < SHORT + USEC_PER_SEC);
	assert_int_equal(place->guests, 0);
	client_done(&silent);
	client_done(&half);
}

struct drip {
	struct place *place;
	struct client client;
	struct io_timer *timer;
	unsigned drops;
};

static void drip_drop(void *ctx)
{
	struct drip *drip = ctx;

	drip->drops++;
	(void)send(drip->client.fd, "a", 1, MSG_DONTWAIT | MSG_NOSIGNAL); /* cut at last */
	io_timer_set(drip->timer, mono_add(io_now(drip->place->crowd.io).mono, 30 * USEC_PER_MS));
}

static usec_t drip_run(struct place *place, struct drip *drip, const char *begin)
{
	*drip = (struct drip){ .place = place };
	drip->timer = io_timer_new(place->crowd.io, drip_drop, drip);
	start(place, &drip->client, begin);
	io_timer_set(drip->timer, io_clock().mono);
	usec_t took = run(place);

	io_timer_free(drip->timer);
	client_done(&drip->client);
	return took;
}

static void a_head_byte_by_byte_is_cut_at_the_deadline(void **state)
{
	struct place *place = *state;
	struct drip drip;
	usec_t took = drip_run(place, &drip, "GET / HTTP/1.1\r\nX: ");

	assert_true(drip.drops >= 3);
	assert_true(took < SHORT + USEC_PER_SEC);
	assert_int_equal(place->guests, 0);
}

static void a_body_byte_by_byte_is_cut_at_the_deadline(void **state)
{
	struct place *place = *state;
	struct drip drip;

	place->is_silent = true;
	usec_t took = drip_run(place, &drip,
			       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");

	assert_true(drip.drops >= 3);
	assert_true(took < SHORT + USEC_PER_SEC);
	assert_int_equal(place->guests, 1);
	assert_int_equal(place->shut, 1);
}

/* What waits for more bytes must not be looked at again and again. */
static void a_half_head_costs_no_turns(void **state)
{
	struct place *place = *state;
	struct client client;
	uint64_t before;

	start(place, &client, "GET / HTTP/1.1\r\nHo");
	crowd_run_for(&place->crowd, 50 * USEC_PER_MS);
	before = io_loop_stats(place->crowd.io).turns;
	crowd_run_for(&place->crowd, 150 * USEC_PER_MS);
	assert_in_range(io_loop_stats(place->crowd.io).turns - before, 0, 5);
	if (shutdown(client.fd, SHUT_WR) < 0) /* cut off already, when this machine stood still */
		assert_int_equal(errno, ENOTCONN);
	run(place); /* a half-closed one is closed, and costs no turns either */
	assert_in_range(io_loop_stats(place->crowd.io).turns - before, 0, 15);
	client_done(&client);
}

static void two_hundred_slow_ones_do_not_keep_a_true_one_out(void **state)
{
	static struct client slow[CROWD];
	struct place *place = *state;
	struct client client;

	place->is_silent = false;
	for (size_t i = 0; i < CROWD; i++) {
		start(place, &slow[i], "GET / HTTP/1.1\r\n");
		slow[i].is_awaited = false; /* nobody waits for them */
		place->crowd.open--;
	}
	start(place, &client, GET);
	assert_true(run(place) < 2 * USEC_PER_SEC);
	assert_string_equal(client_body(&client), "hello");
	assert_true(door_stats(place->door).refused_full > 0);
	client_done(&client);
	for (size_t i = 0; i < CROWD; i++)
		client_done(&slow[i]);
}

static void guests_of_the_library_are_put_out_as_well(void **state)
{
	static struct client slow[DOOR_GUESTS_MAX];
	struct place *place = *state;
	struct client client;

	place->is_silent = true;
	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++)
		start(place, &slow[i], GET);
	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++)
		slow[i].is_awaited = false;
	place->crowd.open = 0;
	crowd_run_for(&place->crowd, 30 * USEC_PER_MS);
	assert_int_equal(place->guests, DOOR_GUESTS_MAX);
	place->is_silent = false;
	start(place, &client, GET);
	run(place);
	assert_string_equal(client_body(&client), "hello");
	assert_int_equal(door_stats(place->door).refused_full, 1);
	client_done(&client);
	for (size_t i = 0; i < DOOR_GUESTS_MAX; i++)
		client_done(&slow[i]);
}

static int lowest_unused(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static void without_descriptors_it_waits_and_does_not_spin(void **state)
{
	struct place *place = *state;
	struct rlimit before, none;
	struct client client;
	uint64_t turns;

	start(place, &client, GET);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = (rlim_t)lowest_unused();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	turns = io_loop_stats(place->crowd.io).turns;
	crowd_run_for(&place->crowd, 300 * USEC_PER_MS);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_in_range(io_loop_stats(place->crowd.io).turns - turns, 1, 20);
	assert_int_equal(place->guests, 0);
	assert_in_range(door_stats(place->door).lost, 1, 2);
	assert_true(run(place) < 2 * USEC_PER_SEC);
	assert_string_equal(client_body(&client), "hello");
	client_done(&client);
}

static void what_is_wrong_with_an_address_is_said(void **state)
{
	static const struct {
		const char *address, *words;
	} wrong[] = {
		{ "localhost", "is not \"192.0.2.1:8080\"" },
		{ "nonsense:80", "is not \"192.0.2.1:8080\"" },
		{ "127.0.0.1:70000", "is not \"192.0.2.1:8080\"" },
		{ "192.0.2.77:8080", "is not an address of this machine" },
	};
	struct place *place = *state;
	const struct door_hooks hooks = { place, guest_come, guests_shut };
	char taken[64];
	const char *error;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		error = "";
		assert_null(door_new(place->crowd.io, wrong[i].address, SHORT, &hooks, &error));
		assert_non_null(strstr(error, wrong[i].words));
	}
	snprintf(taken, sizeof taken, "127.0.0.1:%u", (unsigned)door_port(place->door));
	assert_null(door_new(place->crowd.io, taken, SHORT, &hooks, &error));
	assert_non_null(strstr(error, "is in use"));
}

static void a_listener_on_both_families_knows_loopback(void **state)
{
	struct sockaddr_in6 mapped = { .sin6_family = AF_INET6, .sin6_port = htons(7) };
	struct sockaddr_storage name = { 0 };
	struct address a;

	(void)state;
	assert_int_equal(inet_pton(AF_INET6, "::ffff:127.0.0.1", &mapped.sin6_addr), 1);
	memcpy(&name, &mapped, sizeof mapped);
	a = listener_address(&name);
	assert_int_equal(a.family, FAMILY_IPV4);
	assert_int_equal(a.port, 7);
	assert_true(address_is_loopback(&a));
}

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(a_strict_head_comes_in),
		placed(a_loose_head_is_told_and_never_handed_on),
		placed(the_idle_are_cut_at_the_deadline),
		placed(a_head_byte_by_byte_is_cut_at_the_deadline),
		placed(a_body_byte_by_byte_is_cut_at_the_deadline),
		placed(a_half_head_costs_no_turns),
		placed(two_hundred_slow_ones_do_not_keep_a_true_one_out),
		placed(guests_of_the_library_are_put_out_as_well),
		placed(without_descriptors_it_waits_and_does_not_spin),
		placed(what_is_wrong_with_an_address_is_said),
		placed(a_listener_on_both_families_knows_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
