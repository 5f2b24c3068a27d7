/*
 * heartbeat_test.c - heartbeat_url is called each minute while everything due
 * is done, and not while any of the conditions a to e of reliability.md 7 does
 * not hold; then it is called again.
 *
 * The loop, the listener that is asked and the one that takes the beats are
 * real; the clock is moved (clock_gettime() is wrapped, see tests/more.cmake).
 */
#include "io/turns.h"

#include <stdlib.h>
#include <time.h>

#include "app/pulse.h"
#include "io/peer.h"

#define SEC USEC_PER_SEC
#define STEP (20 * SEC)	   /* our listener is asked once in each */
#define STEPS_A_MINUTE 3
#define SETTLING 4	   /* minutes in which each condition has begun to fail */
#define WATCHED 3	   /* minutes in which no beat may come then */
/* Of real time: for what is on its way, and for what never comes. */
#define LINGER (40 * USEC_PER_MS)
#define PATIENCE (5 * SEC)

/* ---- a clock that is moved ---- */

static usec_t moved;

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = __real_clock_gettime(clock, ret);

	ret->tv_sec += moved / SEC;
	return r;
}

/* ---- a life ---- */

/* Written by the peers' threads alone. */
static unsigned beats, answers;

static void answer(struct peer *peer, int client, const char *begins, unsigned *count)
{
	peer->heard_n = 0;
	if (!peer_read_head(peer, client))
		return;
	assert_int_equal(strncmp(peer->heard, begins, strlen(begins)), 0);
	peer_write(client, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
	__atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
}

static void take_beat(struct peer *peer, int client)
{
	answer(peer, client, "GET /ping/0a1b ", &beats);
}

static void be_well(struct peer *peer, int client)
{
	answer(peer, client, "GET /healthz ", &answers);
}

struct life {
	struct io *io;
	struct peer beaten, own;
	struct target_plan target;
	struct plan plan;
	char url[64];
	struct pulse *pulse;
	struct pulse_view view;
	usec_t mail_late; /* of the queue's head; 0: none waits */
	bool is_probing, is_listening;
	const unsigned *count; /* the turns end when it is `wanted`, and after a while */
	unsigned wanted;
	mono_t until;
};

static void listen_again(struct life *life)
{
	struct address own;

	peer_start(&life->own, be_well);
	life->is_listening = true;
	own = peer_address(&life->own);
	pulse_listener(life->pulse, &own);
}

static void life_begin(struct life *life)
{
	*life = (struct life){ .io = turns_io(NULL, 0), .is_probing = true };
	moved = 0;
	beats = answers = 0;
	peer_start(&life->beaten, take_beat);
	(void)snprintf(life->url, sizeof life->url, "http://127.0.0.1:%u/ping/0a1b",
		       life->beaten.port);
	life->target = (struct target_plan){ .name = "blog", .interval = 60 * SEC,
					     .timeout = 10 * SEC };
	life->plan = (struct plan){ .targets = &life->target, .targets_n = 1,
				    .heartbeat_url = life->url };
	life->pulse = pulse_new(life->io, &life->plan, io_clock());
	assert_non_null(life->pulse);
	listen_again(life);
}

static void life_end(struct life *life)
{
	pulse_free(life->pulse);
	if (life->is_listening)
		peer_stop(&life->own);
	peer_stop(&life->beaten);
	io_free(life->io);
}

/* ---- minutes ---- */

static unsigned count_of(const unsigned *count)
{
	return __atomic_load_n(count, __ATOMIC_SEQ_CST);
}

static mono_t on_turn(void *ctx, struct now now)
{
	struct life *life = ctx;

	life->view.mail_due = life->mail_late > 0 ? mono_add(now.mono, -life->mail_late)
						  : MONO_NEVER;
	(void)pulse_advance(life->pulse, &life->view, now);
	if (count_of(life->count) >= life->wanted)
		life->until = mono_min(life->until, mono_add(now.mono, LINGER));
	if (mono_reached(life->until, now.mono))
		io_loop_stop(life->io);
	return mono_add(now.mono, 2 * USEC_PER_MS);
}

static void turns_until_count(struct life *life, const unsigned *count, unsigned wanted)
{
	struct io_loop_hooks hooks = { .ctx = life, .on_turn = on_turn };

	life->count = count;
	life->wanted = wanted;
	life->until = mono_add(io_clock().mono, PATIENCE);
	assert_int_equal(io_loop_run(life->io, &hooks), 0);
}

static void a_step(struct life *life)
{
	moved += STEP;
	if (life->is_probing)
		pulse_launched(life->pulse, 0, io_clock());
	turns_until_count(life, &answers, count_of(&answers) + life->is_listening);
}

static unsigned beats_in(struct life *life, unsigned minutes, unsigned expected)
{
	unsigned before = count_of(&beats);

	for (unsigned i = 0; i < minutes * STEPS_A_MINUTE; i++)
		a_step(life);
	turns_until_count(life, &beats, before + expected);
	return count_of(&beats) - before;
}

static void assert_beats(struct life *life)
{
	assert_in_range(beats_in(life, WATCHED, WATCHED), WATCHED, WATCHED + 1);
}

/* ---- the conditions ---- */

static void lag(struct life *life)
{
	life->view.lag = 6 * SEC;
}

static void lag_no_more(struct life *life)
{
	life->view.lag = 0;
}

static void forget_a_probe(struct life *life)
{
	life->is_probing = false;
}

static void probe_again(struct life *life)
{
	life->is_probing = true;
}

static void leave_the_queue(struct life *life)
{
	life->mail_late = 61 * SEC;
}

static void try_the_queue(struct life *life)
{
	life->mail_late = 0;
}

static void stop_listening(struct life *life)
{
	peer_stop(&life->own);
	life->is_listening = false;
}

static void stall_the_disk(struct life *life)
{
	life->view.disk_age = 601 * SEC;
}

static void the_disk_answers(struct life *life)
{
	life->view.disk_age = 0;
}

static void no_beat_while(void (*breaks)(struct life *), void (*mends)(struct life *))
{
	struct life life;

	life_begin(&life);
	assert_beats(&life);
	breaks(&life);
	(void)beats_in(&life, SETTLING, 0); /* some conditions allow for a while */
	assert_int_equal(beats_in(&life, WATCHED, 0), 0);
	mends(&life);
	a_step(&life); /* which finds it out */
	assert_beats(&life);
	life_end(&life);
}

static void a_no_beat_while_the_loop_lags(void **state)
{
	(void)state;
	no_beat_while(lag, lag_no_more);
}

static void b_no_beat_while_a_probe_is_forgotten(void **state)
{
	(void)state;
	no_beat_while(forget_a_probe, probe_again);
}

static void c_no_beat_while_the_queue_is_left_alone(void **state)
{
	(void)state;
	no_beat_while(leave_the_queue, try_the_queue);
}

static void d_no_beat_while_our_listener_does_not_answer(void **state)
{
	(void)state;
	no_beat_while(stop_listening, listen_again);
}

static void e_no_beat_while_the_disk_stalls(void **state)
{
	(void)state;
	no_beat_while(stall_the_disk, the_disk_answers);
}

/* What an outage of everything does is no fault of ours: the beats go on. */
static void a_mass_outage_is_no_reason_to_be_silent(void **state)
{
	struct life life;

	(void)state;
	life_begin(&life);
	life.view.runs_waiting = 100;
	life.view.lag = 6 * SEC;
	life.is_probing = false;
	assert_beats(&life);
	assert_beats(&life);
	life_end(&life);
}

/* Mails that wait for a relay, each at its time, are work that is done. */
static void mails_that_wait_for_their_time_are_no_reason(void **state)
{
	struct life life;

	(void)state;
	life_begin(&life);
	life.mail_late = 59 * SEC;
	assert_beats(&life);
	assert_beats(&life);
	life_end(&life);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_no_beat_while_the_loop_lags),
		cmocka_unit_test(b_no_beat_while_a_probe_is_forgotten),
		cmocka_unit_test(c_no_beat_while_the_queue_is_left_alone),
		cmocka_unit_test(d_no_beat_while_our_listener_does_not_answer),
		cmocka_unit_test(e_no_beat_while_the_disk_stalls),
		cmocka_unit_test(a_mass_outage_is_no_reason_to_be_silent),
		cmocka_unit_test(mails_that_wait_for_their_time_are_no_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
