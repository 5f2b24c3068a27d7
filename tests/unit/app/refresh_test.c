/*
 * refresh_test.c - which incidents are told again, to whom, when, and when no
 * more. The kind is one of the test's own, which notes what it is given.
 */
#include "render/mail_fixture.h"

#include "app/refresh.h"
#include "conf/conf.h"

#define RECIPIENT "channel:am"

/* The far side: one attempt at a time stays open until the test ends it. */
static struct far {
	unsigned starts, cancels;
	char body[64 * 1024];
	struct notify_attempt attempt;
	bool is_open, ends_at_once;
} far;

struct notify_delivery {
	int unused;
};

static struct notify_delivery delivery;

static void far_end(enum mail_verdict verdict)
{
	const struct io_mail_result result = { .verdict = verdict, .code = 200 };

	far.is_open = false;
	far.attempt.on_done(far.attempt.ctx, &result);
}

static struct notify_delivery *far_start(const struct notify_attempt *attempt)
{
	assert_false(far.is_open);
	far.starts++;
	far.attempt = *attempt;
	far.is_open = true;
	(void)snprintf(far.body, sizeof far.body, "%s", attempt->message);
	if (!far.ends_at_once)
		return &delivery;
	far_end(MAIL_ACCEPTED);
	return NULL;
}

static bool far_cancel(struct notify_delivery *d)
{
	assert_ptr_equal(d, &delivery);
	assert_true(far.is_open);
	far.cancels++;
	far.is_open = false;
	return false;
}

static void far_write(const struct notify_words *words, const void *params, struct buf *to)
{
	(void)params;
	buf_printf(to, "%s %s %s %u", words->kind, words->incident, words->diagnosis,
		   words->levels_told);
}

static const struct notify_kind kinds[] = {
	{ .name = "state", .write = far_write, .start = far_start, .cancel = far_cancel,
	  .is_refreshed = true },
	{ .name = "news", .write = far_write, .start = far_start, .cancel = far_cancel },
};

/* ---- the watcher's side ---- */

struct house {
	struct world *world;
	struct generation generation;
	struct refresh *refresh;
	struct refresh_way way;
	struct refresh_view view;
	struct now now;
};

static void look(void *ctx, struct model *ret)
{
	const struct house *h = ctx;

	*ret = h->world->model;
	ret->now = h->now;
}

static int setup(void **state)
{
	struct house *h = calloc(1, sizeof *h);

	far = (struct far){ .ends_at_once = true };
	h->world = world_new();
	world_fail_all(h->world, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_tell(h->world, NOTICE_DOWN, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_NONE);
	(void)snprintf(h->world->notice.recipient, NOTICE_RECIPIENT_MAX, RECIPIENT);
	h->world->model.incidents = &h->world->incident;
	h->world->model.incidents_n = 1;
	h->generation.references = 1;
	h->now = now_at(at(14, 3, 10));
	h->way = (struct refresh_way){ .recipient = RECIPIENT, .name = "am", .kind = &kinds[0] };
	h->view = (struct refresh_view){ &h->generation, &h->way, 1, look, h };
	h->refresh = refresh_new(NULL);
	*state = h;
	return h->refresh == NULL;
}

static int teardown(void **state)
{
	struct house *h = *state;

	refresh_free(h->refresh);
	assert_int_equal(h->generation.references, 1);
	free(h->world);
	free(h);
	return 0;
}

static void pass(struct house *h, usec_t span)
{
	h->now.mono = mono_add(h->now.mono, span);
	h->now.wall.us += span;
	(void)refresh_advance(h->refresh, &h->view, h->now);
}

static void deliver(struct house *h, enum notice_kind kind)
{
	h->world->notice.kind = kind;
	refresh_delivered(h->refresh, &h->world->notice);
}

/* ---- tests ---- */

static void nothing_is_told_before_it_was_delivered(void **state)
{
	for (int i = 0; i < 5; i++)
		pass(*state, USEC_PER_MIN);
	assert_int_equal(far.starts, 0);
}

static void what_is_open_is_told_each_minute(void **state)
{
	struct house *h = *state;

	deliver(h, NOTICE_DOWN);
	pass(h, 0);
	assert_int_equal(far.starts, 1);
	assert_string_equal(far.body, "repeat 20261121-1 stack-down 1");
	for (int i = 0; i < 59; i++)
		pass(h, USEC_PER_SEC);
	assert_int_equal(far.starts, 1);
	pass(h, USEC_PER_SEC);
	assert_int_equal(far.starts, 2);
	deliver(h, NOTICE_REPEAT); /* the same incident: still one */
	pass(h, USEC_PER_MIN);
	assert_int_equal(far.starts, 3);
}

static void the_last_notice_ends_it(void **state)
{
	struct house *h = *state;

	deliver(h, NOTICE_DOWN);
	pass(h, 0);
	deliver(h, NOTICE_RECOVERED);
	pass(h, USEC_PER_MIN);
	assert_int_equal(far.starts, 1);
}

static void nothing_under_way_outlives_the_incident(void **state)
{
	struct house *h = *state;

	far.ends_at_once = false;
	deliver(h, NOTICE_DOWN);
	pass(h, 0);
	assert_true(far.is_open);
	refresh_ended(h->refresh, INCIDENT_ID + 1);
	assert_int_equal(far.cancels, 0);
	refresh_ended(h->refresh, INCIDENT_ID);
	assert_int_equal(far.cancels, 1);
	pass(h, USEC_PER_MIN);
	assert_int_equal(far.starts, 1);
}

static void an_incident_that_is_gone_is_forgotten(void **state)
{
	struct house *h = *state;

	deliver(h, NOTICE_DOWN);
	h->world->model.incidents_n = 0;
	pass(h, 0);
	h->world->model.incidents_n = 1;
	pass(h, USEC_PER_MIN);
	assert_int_equal(far.starts, 0);
}

static void a_slow_attempt_is_not_doubled(void **state)
{
	struct house *h = *state;

	far.ends_at_once = false;
	deliver(h, NOTICE_DOWN);
	pass(h, 0);
	pass(h, USEC_PER_MIN);
	assert_int_equal(far.starts, 1);
	far_end(MAIL_LATER);
	pass(h, USEC_PER_MIN);
	assert_int_equal(far.starts, 2);
	far_end(MAIL_ACCEPTED);
}

static void news_is_not_repeated_nor_a_drill(void **state)
{
	struct house *h = *state;

	h->way.kind = &kinds[1];
	deliver(h, NOTICE_DOWN);
	pass(h, 0);
	h->way.kind = &kinds[0];
	h->world->notice.incident++;
	h->world->incident.id++;
	h->world->notice.is_drill = true;
	deliver(h, NOTICE_DOWN);
	pass(h, USEC_PER_MIN);
	assert_int_equal(far.starts, 0);
}

static void a_way_that_is_taken_away_is_told_no_more(void **state)
{
	struct house *h = *state;

	deliver(h, NOTICE_DOWN);
	h->view.ways_n = 0;
	pass(h, 0);
	assert_int_equal(far.starts, 0);
}

static void at_the_end_what_is_under_way_is_cut(void **state)
{
	struct house *h = *state;

	far.ends_at_once = false;
	deliver(h, NOTICE_DOWN);
	pass(h, 0);
	assert_int_equal(h->generation.references, 2);
	/* teardown frees it, and wants the generation back */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_told_before_it_was_delivered),
		TEST(what_is_open_is_told_each_minute),
		TEST(the_last_notice_ends_it),
		TEST(nothing_under_way_outlives_the_incident),
		TEST(an_incident_that_is_gone_is_forgotten),
		TEST(a_slow_attempt_is_not_doubled),
		TEST(news_is_not_repeated_nor_a_drill),
		TEST(a_way_that_is_taken_away_is_told_no_more),
		TEST(at_the_end_what_is_under_way_is_cut),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
