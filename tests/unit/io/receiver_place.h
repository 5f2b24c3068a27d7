/*
 * receiver_place.h - a listener with five watchdogs, and how the tests talk to it.
 */
#ifndef TEST_IO_RECEIVER_PLACE_H
#define TEST_IO_RECEIVER_PLACE_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "client.h"
#include "fixture.h"
#include "io/publish.h"
#include "io/receiver.h"

#define TOKEN	   "example-token"
#define RIGHT	   "Authorization: Bearer " TOKEN "\r\n"
#define WATCHDOGS  5
#define PING_TOKEN "backup-token"
#define MAY_PING   "Authorization: Bearer " PING_TOKEN "\r\n"
#define PROMETHEUS "monitoring/kube-prometheus-stack-prometheus"

enum { HOME, PROM_A, PROM_B, OTHER_TOKEN, ELSEWHERE };

static const struct pair home_labels[] = { { "prometheus", PROMETHEUS } };
static const struct pair a_labels[] = { { "prometheus", "a" } };
static const struct pair b_labels[] = { { "prometheus", "b" } };

static const struct watchdog_plan watchdogs[WATCHDOGS] = {
	[HOME] = { .name = "home", .hook = "home", .token = TOKEN, .labels = { home_labels, 1 } },
	[PROM_A] = { .name = "prom-a", .hook = "home", .token = TOKEN, .labels = { a_labels, 1 } },
	[PROM_B] = { .name = "prom-b", .hook = "home", .token = TOKEN, .labels = { b_labels, 1 } },
	[OTHER_TOKEN] = { .name = "other", .hook = "home", .token = "other-token" },
	[ELSEWHERE] = { .name = "elsewhere", .hook = "elsewhere", .token = "elsewhere-token" },
};

/* Before the jobs stands one target that is probed. */
enum { BLOG, BACKUP, REPORT, TARGETS };

static const struct ping_plan backup = { .token = PING_TOKEN },
			      report = { .token = "report-token" };
static const struct target_plan targets[TARGETS] = {
	[BLOG] = { .name = "blog" },
	[BACKUP] = { .name = "backup", .ping = &backup },
	[REPORT] = { .name = "report", .ping = &report },
};

struct place {
	struct crowd crowd;
	struct receiver *receiver;
	struct plan plan;
	char folder[FOLDER_MAX];
	unsigned beats[WATCHDOGS], resolved[WATCHDOGS];
	unsigned pings[TARGETS][PING_FAIL + 1];
	bool is_healthy;
};

static inline void beat_counted(void *ctx, uint32_t watchdog, bool is_firing, enum family by)
{
	struct place *place = ctx;

	assert_true(watchdog < WATCHDOGS);
	assert_int_equal(by, FAMILY_ANY); /* from this machine: by whatever a proxy was asked */
	(is_firing ? place->beats : place->resolved)[watchdog]++;
}

static inline void ping_counted(void *ctx, uint32_t target, enum ping ping, enum family by)
{
	struct place *place = ctx;

	assert_true(target < TARGETS && ping <= PING_FAIL);
	assert_int_equal(by, FAMILY_ANY);
	place->pings[target][ping]++;
}

static inline void metrics_told(void *ctx, struct buf *to)
{
	(void)ctx;
	buf_puts(to, "shorewatch_up 1\n");
}

static inline bool health_told(void *ctx, struct buf *to)
{
	const struct place *place = ctx;

	buf_puts(to, place->is_healthy ? "ok\n" : "the loop is late\n");
	return place->is_healthy;
}

static inline int place_make(void **state)
{
	struct place *place = calloc(1, sizeof *place);
	const struct receiver_hooks hooks = { place, beat_counted, ping_counted, metrics_told,
					      health_told };
	const char *error;

	folder_make(place->folder);
	place->is_healthy = true;
	place->plan = (struct plan){ .watchdogs = watchdogs,
				     .watchdogs_n = WATCHDOGS,
				     .targets = targets,
				     .targets_n = TARGETS,
				     .pings_n = TARGETS - BACKUP,
				     .listen = { .address = "127.0.0.1:0",
						 .metrics_token = "metrics-token" } };
	crowd_init(&place->crowd);
	place->receiver =
		receiver_new(place->crowd.io, &place->plan, place->folder, &hooks, &error);
	if (!place->receiver)
		fail_msg("%s", error);
	*state = place;
	return 0;
}

static inline int place_remove(void **state)
{
	struct place *place = *state;

	receiver_free(place->receiver);
	crowd_done(&place->crowd);
	folder_remove(place->folder);
	free(place);
	return 0;
}

/* ---- talking to it ---- */

static inline void say_bytes(struct place *place, struct client *client, const void *request,
			     size_t n, size_t piece)
{
	client_start(client, &place->crowd, receiver_port(place->receiver), request, n, piece);
	if (!crowd_run(&place->crowd))
		fail_msg("no end after: %.200s", (const char *)request);
}

static inline void say(struct place *place, struct client *client, const char *request)
{
	say_bytes(place, client, request, strlen(request), SIZE_MAX);
}

/* `request` is answered with `status`, and the body says `words`. */
static inline void assert_answer(struct place *place, const char *request, int status,
				 const char *words)
{
	struct client client;

	say(place, &client, request);
	if (client_status(&client) != status || !strstr(client_body(&client), words))
		fail_msg("not %d \"%s\" but: %s", status, words, buf_text(&client.response));
	if (!client_has(&client, "Connection: close"))
		fail_msg("stays open: %s", buf_text(&client.response));
	client_done(&client);
}

static inline struct buf post(const char *headers, const char *body, size_t n)
{
	struct buf request = BUF_INIT(4u << 20);

	buf_printf(&request,
		   "POST /hook/home HTTP/1.1\r\nHost: status.example.net\r\n"
		   "User-Agent: Alertmanager/0.25.0\r\nContent-Length: %zu\r\n%s"
		   "Content-Type: application/json\r\n\r\n",
		   n, headers);
	buf_add(&request, body, n);
	return request;
}

static inline void assert_post(struct place *place, const char *headers, const char *body,
			       int status, const char *words)
{
	struct buf request = post(headers, body, strlen(body));

	assert_answer(place, buf_text(&request), status, words);
	buf_done(&request);
}

static inline void assert_fixture(struct place *place, const char *name, const char *words)
{
	struct buf body = fixture_read(name);

	assert_post(place, RIGHT, buf_text(&body), 200, words);
	buf_done(&body);
}

static inline unsigned beats(const struct place *place)
{
	unsigned n = 0;

	for (size_t i = 0; i < WATCHDOGS; i++)
		n += place->beats[i];
	return n;
}

#define FIRING_OF(prometheus)                                                                      \
	"{\"status\":\"firing\",\"labels\":{\"alertname\":\"Watchdog\",\"prometheus\":"            \
	"\"" prometheus "\"}}"
#define RESOLVED_OF(prometheus)                                                                    \
	"{\"status\":\"resolved\",\"labels\":{\"alertname\":\"Watchdog\",\"prometheus\":"          \
	"\"" prometheus "\"}}"
#define ALERTS(list) "{\"alerts\":[" list "]}"

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

#endif
