/*
 * pulse_test.c - a daemon that does all it should is never kept from telling
 * systemd so, whatever its schedule; one that forgets a target is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/pulse.h"
#include "core/schedule.h"
#include "io/fixture.h"
#include "io/loop.h"

#define SEC USEC_PER_SEC
#define PATIENCE (60 * SEC) /* WatchdogSec= of our unit */

struct systemd {
	int fd;
	char path[64];
	mono_t heard; /* the last WATCHDOG=1 */
};

static void systemd_begin(struct systemd *s)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	(void)snprintf(s->path, sizeof s->path, "@shorewatch-pulse-%ld", (long)getpid());
	memcpy(name.sun_path + 1, s->path + 1, strlen(s->path) - 1);
	s->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(s->fd >= 0);
	assert_int_equal(
		bind(s->fd, (struct sockaddr *)&name,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(s->path))),
		0);
	assert_int_equal(setenv("NOTIFY_SOCKET", s->path, 1), 0);
	assert_int_equal(setenv("WATCHDOG_USEC", "60000000", 1), 0);
}

static void systemd_hear(struct systemd *s, struct now now)
{
	char text[512];
	ssize_t n;

	while ((n = recv(s->fd, text, sizeof text - 1, 0)) > 0) {
		text[n] = '\0';
		if (strcmp(text, "WATCHDOG=1") == 0)
			s->heard = now.mono;
	}
}

static void systemd_end(struct systemd *s)
{
	(void)close(s->fd); /* only read from */
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
}

struct life {
	struct systemd systemd;
	struct pulse *pulse;
	struct now now;
	usec_t longest; /* without a word to systemd */
};

static void life_begin(struct life *life, struct io *io, const struct plan *plan)
{
	*life = (struct life){ .now = io_clock() };
	systemd_begin(&life->systemd);
	life->pulse = pulse_new(io, plan, life->now);
	assert_non_null(life->pulse);
	life->systemd.heard = life->now.mono;
}

static void life_turn(struct life *life)
{
	const struct pulse_view view = { .mail_due = MONO_NEVER };

	(void)pulse_advance(life->pulse, &view, life->now);
	systemd_hear(&life->systemd, life->now);
	if (mono_span(life->systemd.heard, life->now.mono) > life->longest)
		life->longest = mono_span(life->systemd.heard, life->now.mono);
	life->now.mono.us += SEC;
	life->now.wall.us += SEC;
}

static void life_end(struct life *life)
{
	pulse_free(life->pulse);
	systemd_end(&life->systemd);
}

static struct target_plan target_of(usec_t interval, usec_t settle)
{
	return (struct target_plan){
		.name = "blog",
		.interval = interval,
		.timeout = interval * 9 / 10 < 10 * SEC ? interval * 9 / 10 : 10 * SEC,
		.settle = settle,
		.retest = { interval < 60 * SEC ? interval : 60 * SEC },
		.retests = 1,
		.fall = 3,
		.rise = 2,
	};
}

/* Each run takes its whole timeout, and its end plans the next one. */
static void live(struct life *life, const struct target_plan *t, enum verdict_state state,
		 int seconds)
{
	struct verdict v = { .state = state, .streak = 1 };
	mono_t due = life->now.mono;

	for (int i = 0; i < seconds; i++) {
		if (mono_reached(due, life->now.mono)) {
			mono_t started = life->now.mono, ended = mono_add(started, t->timeout);

			pulse_launched(life->pulse, 0, life->now);
			due = schedule_next(t, &v, true, started, ended);
		}
		life_turn(life);
	}
}

static void no_schedule_of_ours_looks_forgotten(void **state)
{
	static const usec_t intervals[] = { SEC, 10 * SEC, 60 * SEC, 600 * SEC };
	static const usec_t settles[] = { 0, 30 * SEC, 120 * SEC, 3600 * SEC };

	for (size_t i = 0; i < sizeof intervals / sizeof intervals[0]; i++)
		for (size_t k = 0; k < sizeof settles / sizeof settles[0]; k++)
			for (int v = VERDICT_UNKNOWN; v < VERDICT_COUNT; v++) {
				struct target_plan t = target_of(intervals[i], settles[k]);
				struct plan plan = { .targets = &t, .targets_n = 1 };
				struct life life;

				life_begin(&life, *state, &plan);
				live(&life, &t, (enum verdict_state)v, 1500);
				assert_true(life.longest < PATIENCE / 2);
				life_end(&life);
			}
}

static void who_reports_himself_is_never_launched_and_not_missed(void **state)
{
	struct ping_plan ping = { .period = 60 * SEC, .grace = 60 * SEC };
	struct target_plan t = target_of(60 * SEC, 0);
	struct plan plan = { .targets = &t, .targets_n = 1, .pings_n = 1 };
	struct life life;

	t.ping = &ping;
	life_begin(&life, *state, &plan);
	for (int i = 0; i < 1500; i++)
		life_turn(&life);
	assert_true(life.longest < PATIENCE / 2);
	life_end(&life);
}

static void a_forgotten_target_silences_us(void **state)
{
	struct target_plan t = target_of(60 * SEC, 0);
	struct plan plan = { .targets = &t, .targets_n = 1 };
	struct life life;

	life_begin(&life, *state, &plan);
	for (int i = 0; i < 400; i++)
		life_turn(&life);
	assert_true(life.longest > PATIENCE);
	life_end(&life);
}

static int setup(void **state)
{
	static const char *const nobody[] = { "127.0.0.1:9" };
	struct io_setup io = { .resolvers = { nobody, 1 } };
	const char *why;

	*state = io_new(&io, &why);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	io_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_schedule_of_ours_looks_forgotten),
		cmocka_unit_test(who_reports_himself_is_never_launched_and_not_missed),
		cmocka_unit_test(a_forgotten_target_silences_us),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
