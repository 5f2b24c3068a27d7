/*
 * courier_test.c - notices on a disk that does not answer: mail leaves all the
 * same, once, and the end leaves none in doubt that was never handed over.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/courier.h"
#include "app/courier_job.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "core/engine.h"
#include "core/outbox.h"
#include "io/fixture.h"
#include "io/loop.h"
#include "io/peer.h"
#include "io/spool.h"
#include "io/worker.h"

#define LIMIT (20 * USEC_PER_SEC)

struct place {
	char folder[FOLDER_MAX];
	struct io *io;
	struct worker *worker;
	struct generation *generation;
	struct engine *engine;
	struct courier *courier;
	struct peer relay;
	usec_t ahead; /* of the courier's clock */
	unsigned delivered, wanted, answers;
	enum outbox_result answer[8]; /* how each attempt ended, */
	uint16_t answered_by[8];      /* and at which relay's port */
	mono_t give_up;
	pthread_mutex_t gate; /* locked: the disk does not answer */
	bool is_stuck;
};

/* ---- the far side, and the engine's as far as a courier needs it ---- */

static void relay_serve(struct peer *peer, int client)
{
	char line[1024];
	bool is_content = false;

	peer_write(client, "220 relay\r\n");
	while (peer_read_line(peer, client, line, sizeof line)) {
		if (is_content && strcmp(line, ".") != 0)
			continue;
		is_content = !is_content && strcmp(line, "DATA") == 0;
		peer_write(client, is_content ? "354 go on\r\n" : "250 yes\r\n");
	}
}

static void on_launch(void *ctx, uint32_t target, struct now now)
{
	(void)ctx, (void)target, (void)now;
}

static void on_abort(void *ctx, uint32_t target)
{
	(void)ctx, (void)target;
}

static void on_record(void *ctx, const struct record *record)
{
	(void)ctx, (void)record;
}

static void on_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	(void)ctx, (void)notice, (void)incident;
}

static void on_publish(void *ctx)
{
	(void)ctx;
}

static const struct engine_effects effects = { NULL,	  on_launch,  on_abort,
					       on_record, on_deliver, on_publish };

static void on_delivered(void *ctx, const struct notice *notice, const char *where)
{
	struct place *place = ctx;

	(void)notice, (void)where;
	place->delivered++;
}

static void on_answer(void *ctx, const struct notice *notice, const struct relay_plan *relay,
		      enum outbox_result result, const char *reply)
{
	struct place *place = ctx;

	(void)notice;
	assert_true(reply[0] != '\0');
	if (place->answers < 8) {
		place->answer[place->answers] = result;
		place->answered_by[place->answers] = relay->port;
	}
	place->answers++;
}

/* ---- a place ---- */

static struct generation *generation_of(const struct place *place, const char *relays)
{
	struct buf text = BUF_INIT(4096);
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	buf_printf(
		&text,
		"state_dir = \"%s\"; references = [];\n"
		"mail = { from = \"watch@lab.test\"; to = [ \"ops@lab.test\" ];\n"
		"  relays = ( %s { url = \"smtp://127.0.0.1:%u\"; starttls = \"never\"; } ); };\n"
		"targets = ( { name = \"blog\"; tcp = { address = \"127.0.0.1:9\"; }; } );\n",
		place->folder, relays, place->relay.port);
	generation = conf_load_text(buf_text(&text), "test", &diag);
	if (!generation)
		fail_msg("%s", diag.first->text);
	buf_done(&text);
	arena_free(arena);
	return generation;
}

static void open_courier(struct place *place)
{
	struct courier_hooks hooks = { .ctx = place, .on_delivered = on_delivered,
					.on_answer = on_answer };
	int r;

	place->worker = worker_new(place->io);
	place->courier = courier_new(place->io, place->worker, place->folder, &hooks, &r);
	assert_int_equal(r, 0);
	courier_restore(place->courier, place->engine, io_clock());
	assert_true(worker_drain(place->worker, LIMIT)); /* it has taken its slots */
}

static int setup(void **state)
{
	static const char *const nobody[] = { "127.0.0.1:9" };
	struct io_setup io = { .resolvers = { nobody, 1 } };
	struct place *place = calloc(1, sizeof *place);
	const char *why;

	folder_make(place->folder);
	pthread_mutex_init(&place->gate, NULL);
	peer_start(&place->relay, relay_serve);
	place->generation = generation_of(place, "");
	place->io = io_new(&io, &why);
	place->engine = engine_new(&place->generation->plan, &effects, io_clock(), 1);
	open_courier(place);
	*state = place;
	return 0;
}

static void disk_sticks(struct place *place);
static void disk_answers(struct place *place);

static void close_courier(struct place *place)
{
	courier_stop(place->courier);
	disk_answers(place);
	assert_true(worker_drain(place->worker, LIMIT));
	worker_free(place->worker);
	courier_free(place->courier);
}

static int teardown(void **state)
{
	struct place *place = *state;

	close_courier(place);
	peer_stop(&place->relay);
	engine_free(place->engine);
	io_free(place->io);
	generation_drop(place->generation);
	folder_remove(place->folder);
	free(place);
	return 0;
}

static void gate_pass(void *ctx)
{
	struct place *place = ctx;

	pthread_mutex_lock(&place->gate);
	pthread_mutex_unlock(&place->gate);
}

static void disk_sticks(struct place *place)
{
	pthread_mutex_lock(&place->gate);
	place->is_stuck = true;
	worker_queue(place->worker, place, gate_pass, NULL);
}

static void disk_answers(struct place *place)
{
	if (place->is_stuck)
		pthread_mutex_unlock(&place->gate);
	place->is_stuck = false;
}

static void take_for(struct place *place, const char *recipient, uint64_t incident, uint32_t seq)
{
	struct notice notice = { .incident = incident,
				 .seq = seq,
				 .kind = NOTICE_TEST,
				 .created = io_clock(),
				 .host = "lab.test" };
	struct model model;

	snprintf(notice.recipient, sizeof notice.recipient, "%s", recipient);
	notice.id = notice_id(&notice);
	engine_model(place->engine, notice.created, &model);
	courier_take(place->courier, place->generation, &model, &notice, NULL, notice.created);
}

static void take(struct place *place, uint64_t incident, uint32_t seq)
{
	take_for(place, "ops@lab.test", incident, seq);
}

static struct now later(const struct place *place)
{
	struct now now = io_clock();

	now.mono = mono_add(now.mono, place->ahead);
	return now;
}

static mono_t on_turn(void *ctx, struct now now)
{
	struct place *place = ctx;

	(void)now;
	(void)courier_advance(place->courier, place->generation, later(place));
	if (place->delivered >= place->wanted || mono_reached(place->give_up, io_clock().mono))
		io_loop_stop(place->io);
	return mono_add(io_clock().mono, 10 * USEC_PER_MS);
}

static void run_until_delivered(struct place *place, unsigned wanted)
{
	struct io_loop_hooks hooks = { place, on_turn, NULL };

	place->wanted = wanted;
	place->give_up = mono_add(io_clock().mono, LIMIT);
	assert_int_equal(io_loop_run(place->io, &hooks), 0);
	assert_int_equal(place->delivered, wanted);
}

struct found {
	size_t notices, in_doubt, records;
};

static void on_notice(void *ctx, uint64_t id, bool is_inflight, const char *bytes, size_t n)
{
	struct found *found = ctx;

	(void)id, (void)bytes, (void)n;
	found->notices++;
	found->in_doubt += is_inflight;
}

static void on_sent(void *ctx, uint64_t id, const char *record)
{
	struct found *found = ctx;

	(void)id, (void)record;
	found->records++;
}

/* What the next start would find. */
static struct found look_at_the_disk(struct place *place)
{
	struct found found = { 0 };
	struct spool *spool;
	char box[FOLDER_MAX + 16];

	close_courier(place);
	snprintf(box, sizeof box, "%s/outbox", place->folder);
	assert_int_equal(spool_open(box, &spool), 0);
	assert_int_equal(spool_scan(spool, on_notice, on_sent, &found), 0);
	spool_close(spool);
	open_courier(place);
	return found;
}

/* ---- tests ---- */

static void a_silent_disk_holds_no_mail_back(void **state)
{
	struct place *place = *state;

	disk_sticks(place);
	take(place, 1, 0);
	place->ahead = 4 * USEC_PER_SEC;
	(void)courier_advance(place->courier, place->generation, later(place));
	assert_false(courier_is_storage_failing(place->courier));
	place->ahead = 5 * USEC_PER_SEC;
	run_until_delivered(place, 1);
	assert_true(courier_is_storage_failing(place->courier));
}

static void what_was_sent_from_memory_is_recorded_when_the_disk_answers(void **state)
{
	struct place *place = *state;
	struct found found;

	disk_sticks(place);
	take(place, 1, 0);
	place->ahead = 5 * USEC_PER_SEC;
	run_until_delivered(place, 1);
	disk_answers(place);
	assert_true(worker_drain(place->worker, LIMIT));
	assert_false(courier_is_storage_failing(place->courier));
	found = look_at_the_disk(place);
	assert_int_equal(found.notices, 0);
	assert_int_equal(found.records, 1);
}

static void the_next_mail_of_an_incident_does_not_wait_for_the_record_of_the_last(void **state)
{
	struct place *place = *state;

	disk_sticks(place);
	for (uint32_t seq = 0; seq < 8; seq++)
		take(place, 1, seq);
	place->ahead = 5 * USEC_PER_SEC;
	run_until_delivered(place, 8);
	assert_true(courier_is_busy(place->courier)); /* the disk still has all of it before it */
}

static void a_disk_that_sticks_before_the_attempt_holds_no_mail_back(void **state)
{
	struct place *place = *state;

	take(place, 1, 0);
	assert_true(worker_drain(place->worker, LIMIT)); /* durable */
	disk_sticks(place);
	(void)courier_advance(place->courier, place->generation, later(place));
	assert_int_equal(place->delivered, 0);
	place->ahead = 5 * USEC_PER_SEC;
	run_until_delivered(place, 1);
	disk_answers(place);
	assert_int_equal(look_at_the_disk(place).notices, 0);
}

static void at_the_end_a_silent_disk_is_waited_for_shortly(void **state)
{
	struct place *place = *state;

	disk_sticks(place);
	take(place, 1, 0);
	courier_hurry(place->courier, 500 * USEC_PER_MS);
	place->ahead = 600 * USEC_PER_MS;
	run_until_delivered(place, 1);
}

static void what_the_end_found_on_its_way_is_in_no_doubt(void **state)
{
	struct place *place = *state;
	struct found found;

	take(place, 1, 0);
	assert_true(worker_drain(place->worker, LIMIT));
	disk_sticks(place);
	/* begin is at the worker */
	(void)courier_advance(place->courier, place->generation, later(place));
	found = look_at_the_disk(place);
	assert_int_equal(found.notices, 1);
	assert_int_equal(found.in_doubt, 0);
	assert_int_equal(place->delivered, 0);
}

static void what_was_cut_before_its_content_was_out_is_in_no_doubt(void **state)
{
	struct place *place = *state;
	struct found found;

	take(place, 1, 0);
	assert_true(worker_drain(place->worker, LIMIT));
	(void)courier_advance(place->courier, place->generation, later(place));
	assert_true(worker_drain(place->worker, LIMIT)); /* begun: the attempt has just started */
	found = look_at_the_disk(place);
	assert_int_equal(found.notices, 1);
	assert_int_equal(found.in_doubt, 0);
}

/* As kill -9 leaves it: handed to some relay, or not. */
static void put_in_doubt(struct place *place)
{
	struct notice notice = { .incident = 1, .kind = NOTICE_TEST, .created = io_clock(),
				 .recipient = "ops@lab.test" };
	struct buf file = BUF_INIT(4096);
	struct spool *spool;
	char box[FOLDER_MAX + 16];

	close_courier(place);
	snprintf(box, sizeof box, "%s/outbox", place->folder);
	notice.id = notice_id(&notice);
	notice_write(&notice, 0, &file);
	buf_puts(&file, "Subject: x\r\n\r\nx\r\n");
	assert_int_equal(spool_open(box, &spool), 0);
	assert_int_equal(spool_put(spool, notice.id, buf_text(&file), file.n), 0);
	assert_int_equal(spool_begin(spool, notice.id), 0);
	spool_close(spool);
	buf_done(&file);
	open_courier(place);
}

static void what_a_crash_left_in_doubt_is_not_bound_to_a_dead_relay(void **state)
{
	struct place *place = *state;
	struct generation *first;
	char dead[128];

	snprintf(dead, sizeof dead, "{ url = \"smtp://127.0.0.1:%u\"; starttls = \"never\"; },",
		 peer_closed_port());
	first = place->generation; /* the engine's */
	place->generation = generation_of(place, dead);
	put_in_doubt(place);
	run_until_delivered(place, 1);
	generation_drop(place->generation);
	place->generation = first;
}

/* An outage that was over before anything about it could leave. */
static struct notice of_an_outage(enum notice_kind kind, uint32_t seq)
{
	struct notice notice = { .incident = 7, .seq = seq, .kind = kind, .created = io_clock(),
				 .diagnosis = DIAGNOSIS_SITE_DOWN, .recipient = "ops@lab.test",
				 .host = "lab.test", .number = "20260101-1", .stack = "default" };

	notice.created.wall.us -= USEC_PER_HOUR;
	notice.opened = notice.created;
	notice.id = notice_id(&notice);
	if (kind == NOTICE_RECOVERED)
		notice.merges = notice.opened.wall;
	return notice;
}

static void put_notice(struct spool *spool, const struct notice *notice)
{
	struct buf file = BUF_INIT(4096);

	notice_write(notice, 0, &file);
	buf_puts(&file, "Subject: x\r\n\r\nx\r\n");
	assert_int_equal(spool_put(spool, notice->id, buf_text(&file), file.n), 0);
	buf_done(&file);
}

/* DOWN and UP wait; or the UP is recorded as delivered, and nothing is of the DOWN. */
static void leave_an_outage(struct place *place, bool is_end_recorded)
{
	struct notice down = of_an_outage(NOTICE_DOWN, 0), up = of_an_outage(NOTICE_RECOVERED, 1);
	struct courier_order order;
	struct spool *spool;
	char box[FOLDER_MAX + 16];

	close_courier(place);
	snprintf(box, sizeof box, "%s/outbox", place->folder);
	assert_int_equal(spool_open(box, &spool), 0);
	put_notice(spool, &down);
	put_notice(spool, &up);
	courier_record(&order, &up, "250 taken");
	if (is_end_recorded) {
		assert_int_equal(spool_begin(spool, up.id), 0);
		assert_int_equal(spool_finish(spool, up.id, order.record, up.created.wall), 0);
	}
	spool_close(spool);
	open_courier(place);
}

static void what_its_end_tells_is_final_with_the_end(void **state)
{
	struct place *place = *state;
	struct found found;

	leave_an_outage(place, false);
	run_until_delivered(place, 1);
	assert_true(worker_drain(place->worker, LIMIT));
	found = look_at_the_disk(place);
	assert_int_equal(found.notices, 0);
	assert_int_equal(found.records, 2);
}

/* Killed between the two records. */
static void what_a_recorded_end_has_told_is_not_sent(void **state)
{
	struct place *place = *state;
	wall_t oldest;
	struct found found;

	leave_an_outage(place, true);
	assert_int_equal(courier_waiting(place->courier, &oldest), 0);
	assert_true(worker_drain(place->worker, LIMIT));
	found = look_at_the_disk(place);
	assert_int_equal(found.notices, 0);
	assert_int_equal(found.records, 2);
}

static void every_relays_word_is_told_with_the_relay(void **state)
{
	struct place *place = *state;
	struct generation *first = place->generation; /* the engine's */
	uint16_t closed = peer_closed_port();
	char dead[128];

	snprintf(dead, sizeof dead, "{ url = \"smtp://127.0.0.1:%u\"; starttls = \"never\"; },",
		 closed);
	place->generation = generation_of(place, dead);
	take(place, 1, 0);
	run_until_delivered(place, 1);
	assert_int_equal(place->answers, 2);
	assert_int_equal(place->answer[0], OUTBOX_UNREACHED);
	assert_int_equal(place->answered_by[0], closed);
	assert_int_equal(place->answer[1], OUTBOX_ACCEPTED);
	assert_int_equal(place->answered_by[1], place->relay.port);
	generation_drop(place->generation);
	place->generation = first;
}

/* ---- by another way than mail ---- */

/* Any POST is taken; what was asked for stands in `heard`. */
static void hook_serve(struct peer *peer, int client)
{
	char byte;

	if (!peer_read_head(peer, client))
		return;
	peer_write(client, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
	(void)shutdown(client, SHUT_WR);
	while (read(client, &byte, 1) > 0) /* or what is unread would reset the answer away */
		;
}

static struct generation *generation_with(const struct place *place, const char *channels)
{
	struct buf text = BUF_INIT(4096);
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	buf_printf(&text,
		   "state_dir = \"%s\"; references = []; channels = ( %s );\n"
		   "targets = ( { name = \"blog\"; tcp = { address = \"127.0.0.1:9\"; }; } );\n",
		   place->folder, channels);
	generation = conf_load_text(buf_text(&text), "test", &diag);
	if (!generation)
		fail_msg("%s", diag.first->text);
	buf_done(&text);
	arena_free(arena);
	return generation;
}

static void a_channel_is_handed_what_its_kind_makes(void **state)
{
	struct place *place = *state;
	struct generation *first = place->generation; /* the engine's */
	struct peer hook;
	struct found found;
	char channel[160];

	peer_start(&hook, hook_serve);
	snprintf(channel, sizeof channel,
		 "{ name = \"chat\"; webhook = { url = \"http://127.0.0.1:%u/x\"; }; }", hook.port);
	place->generation = generation_with(place, channel);
	take_for(place, "chat", 1, 0);
	run_until_delivered(place, 1);
	found = look_at_the_disk(place);
	assert_int_equal(found.notices, 0);
	assert_int_equal(found.records, 1);
	peer_stop(&hook);
	assert_non_null(strstr(hook.heard, "POST /x HTTP/1.1"));
	assert_non_null(strstr(hook.heard, "Idempotency-Key"));
	generation_drop(place->generation);
	place->generation = first;
}

static void run_for(struct place *place, usec_t span);

static void a_channel_that_is_gone_gives_its_notices_up_with_a_record(void **state)
{
	struct place *place = *state;
	struct found found;

	take_for(place, "chat", 1, 0);
	run_for(place, 200 * USEC_PER_MS);
	found = look_at_the_disk(place);
	assert_int_equal(place->delivered, 0);
	assert_int_equal(found.notices, 0);
	assert_int_equal(found.records, 1);
}

/* ---- our own want ---- */

static void run_for(struct place *place, usec_t span)
{
	struct io_loop_hooks hooks = { place, on_turn, NULL };

	place->wanted = UINT_MAX;
	place->give_up = mono_add(io_clock().mono, span);
	assert_int_equal(io_loop_run(place->io, &hooks), 0);
}

/* No descriptor is left from here on. */
static struct rlimit descriptors_away(void)
{
	struct rlimit before, none;
	int spare = dup(0);

	assert_true(spare >= 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = (rlim_t)spare;
	close(spare);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	return before;
}

static struct rlimit held(struct place *place)
{
	struct rlimit before;

	take(place, 1, 0);
	assert_true(worker_drain(place->worker, LIMIT));
	before = descriptors_away();
	run_for(place, 100 * USEC_PER_MS);
	assert_int_equal(place->answers, 0);
	return before;
}

static void an_attempt_that_found_no_descriptor_is_none_and_made_again_in_a_moment(void **state)
{
	struct place *place = *state;
	struct rlimit before = held(place);

	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	run_for(place, 100 * USEC_PER_MS);
	assert_int_equal(place->answers, 0);
	place->ahead = 2 * USEC_PER_SEC;
	run_until_delivered(place, 1);
	assert_int_equal(place->answers, 1);
	assert_int_equal(place->answer[0], OUTBOX_ACCEPTED);
}

static void a_want_that_lasts_counts_in_the_end(void **state)
{
	struct place *place = *state;
	struct rlimit before = held(place);

	place->ahead = 2 * USEC_PER_SEC;
	run_for(place, 500 * USEC_PER_MS);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(place->answers, 1);
	assert_int_equal(place->answer[0], OUTBOX_UNREACHED);
	place->ahead = 50 * USEC_PER_SEC;
	run_for(place, 50 * USEC_PER_MS);
	assert_int_equal(place->answers, 1);
	place->ahead = 60 * USEC_PER_SEC;
	run_until_delivered(place, 1);
	assert_int_equal(place->answers, 2);
}

static void what_the_end_finds_waiting_for_a_descriptor_is_in_no_doubt(void **state)
{
	struct place *place = *state;
	struct rlimit before = held(place);
	struct found found;

	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	found = look_at_the_disk(place);
	assert_int_equal(found.notices, 1);
	assert_int_equal(found.in_doubt, 0);
}

static void a_full_outbox_is_said_and_survived(void **state)
{
	struct place *place = *state;
	wall_t oldest;

	disk_sticks(place);
	for (uint32_t i = 0; i < OUTBOX_MAX + 3; i++)
		take(place, i + 1, 0);
	assert_int_equal(courier_waiting(place->courier, &oldest), OUTBOX_MAX + 3);
	assert_true(courier_has_undurable(place->courier));
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACED(a_silent_disk_holds_no_mail_back),
		PLACED(what_was_sent_from_memory_is_recorded_when_the_disk_answers),
		PLACED(the_next_mail_of_an_incident_does_not_wait_for_the_record_of_the_last),
		PLACED(a_disk_that_sticks_before_the_attempt_holds_no_mail_back),
		PLACED(at_the_end_a_silent_disk_is_waited_for_shortly),
		PLACED(what_the_end_found_on_its_way_is_in_no_doubt),
		PLACED(what_was_cut_before_its_content_was_out_is_in_no_doubt),
		PLACED(what_a_crash_left_in_doubt_is_not_bound_to_a_dead_relay),
		PLACED(what_its_end_tells_is_final_with_the_end),
		PLACED(what_a_recorded_end_has_told_is_not_sent),
		PLACED(a_channel_is_handed_what_its_kind_makes),
		PLACED(a_channel_that_is_gone_gives_its_notices_up_with_a_record),
		PLACED(every_relays_word_is_told_with_the_relay),
		PLACED(an_attempt_that_found_no_descriptor_is_none_and_made_again_in_a_moment),
		PLACED(a_want_that_lasts_counts_in_the_end),
		PLACED(what_the_end_finds_waiting_for_a_descriptor_is_in_no_doubt),
		PLACED(a_full_outbox_is_said_and_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
