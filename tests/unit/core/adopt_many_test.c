/*
 * adopt_many_test.c - notices that outlived the state: more of them than there
 * is room for, of stacks that are gone, older than the state.
 */
#include "small_engine.h"

static struct notice notice_of(uint64_t incident, enum notice_kind kind, const char *names)
{
	struct notice n = {
		.incident = incident,
		.seq = kind == NOTICE_RECOVERED,
		.kind = kind,
		.diagnosis = DIAGNOSIS_SITE_DOWN,
		.created = small_at(100),
		.opened = small_at(90),
		.recipient = "ops@example.com",
		.number = "20261121-1",
		.stack = "home",
		.host = "h.example",
	};

	(void)snprintf(n.affected, sizeof n.affected, "%s", names);
	n.id = notice_id(&n);
	return n;
}

static void adopt(struct engine *engine, uint64_t incident, enum notice_kind kind, const char *names)
{
	struct notice n = notice_of(incident, kind, names);

	engine_adopt(engine, &n, small_at(200));
}

static void a_notice_of_a_stack_that_is_gone_brings_nothing(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(200));
	struct notice down = notice_of(1, NOTICE_DOWN, "blog");
	struct notice up = notice_of(2, NOTICE_RECOVERED, "wiki");

	(void)state;
	memcpy(down.stack, "gone", 5);
	memcpy(up.stack, "gone", 5);
	engine_adopt(engine, &down, small_at(200));
	engine_adopt(engine, &up, small_at(200));
	assert_int_equal(small_model(engine, small_at(200)).incidents_n, 0);
	assert_int_equal(small_model(engine, small_at(200)).past_n, 0);
	assert_true(small_model(engine, small_at(200)).targets[BLOG].incident == 0);
	engine_free(engine);
}

static void eight_of_a_stack_are_brought_back_and_no_more(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(200));

	(void)state;
	for (uint64_t i = 1; i <= 10; i++)
		adopt(engine, i, NOTICE_DOWN, i == 10 ? "blog" : "");
	assert_int_equal(small_model(engine, small_at(200)).incidents_n, 8);
	assert_true(small_model(engine, small_at(200)).targets[BLOG].incident == 0);
	engine_free(engine);
}

/* What the state knows of a member is newer than what a mail named. */
static void a_member_of_another_incident_stays_there(void **state)
{
	static const char lines[] =
		"incident - stack=home state=2 id=0000000000000007 finding=7 mails=1\n"
		"member-target blog incident=0000000000000007 failing=1";
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(200));

	(void)state;
	assert_int_equal(small_restore(engine, lines, small_at(200)), 0);
	adopt(engine, 8, NOTICE_DOWN, "blog,wiki");
	assert_true(small_model(engine, small_at(200)).targets[BLOG].incident == 7);
	assert_true(small_model(engine, small_at(200)).targets[WIKI].incident == 8);
	engine_free(engine);
}

/* Its UP says that it returned; but this engine has not heard one beat yet. */
static void an_up_of_a_watchdog_is_no_beat(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(200));

	(void)state;
	adopt(engine, 1, NOTICE_DOWN, "beats");
	adopt(engine, 1, NOTICE_RECOVERED, "beats");
	assert_int_equal(small_model(engine, small_at(200)).incidents_n, 0);
	assert_int_equal(small_model(engine, small_at(200)).deadmen[0].state, DEADMAN_NEW);
	engine_free(engine);
}

/* The files of an outbox come in any order: after its UP an incident does not begin again. */
static void a_down_that_is_read_after_its_up_brings_nothing(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(200));

	(void)state;
	for (uint64_t i = 1; i <= 300; i++) {
		struct notice up = notice_of(i, NOTICE_RECOVERED, "");

		memcpy(up.stack, "gone", 5);
		engine_adopt(engine, &up, small_at(200));
	}
	for (uint64_t i = 100; i <= 300; i++)
		adopt(engine, i, NOTICE_DOWN, "");
	assert_int_equal(small_model(engine, small_at(200)).incidents_n, 0);
	engine_free(engine);
}

#define SITES 8

/* All of them are members, although an incident lists fewer by name. */
static void everybody_whom_a_mail_named_is_a_member_again(void **state)
{
	static char names[SITES][2];
	struct target_plan targets[SITES];
	struct plan plan = small_plan;
	struct heard heard = { .notices = 0 };
	struct engine *engine;
	struct model model;

	(void)state;
	for (size_t i = 0; i < SITES; i++) {
		names[i][0] = (char)('a' + i);
		targets[i] = small_targets[BLOG];
		targets[i].name = names[i];
	}
	plan.targets = targets, plan.targets_n = SITES, plan.pings_n = plan.witnesses_n = 0;
	engine = small_engine_of(&plan, &heard, small_at(200));
	adopt(engine, 1, NOTICE_DOWN, "a,b,c,d,e,f,g,h");
	model = small_model(engine, small_at(200));
	assert_int_equal(model.incidents[0].affected_n, INCIDENT_AFFECTED_MAX);
	for (size_t i = 0; i < SITES; i++)
		assert_true(model.targets[i].incident == 1);
	engine_free(engine);
}

static void restore_serial(struct engine *engine, uint64_t serial)
{
	char line[160];

	(void)snprintf(line, sizeof line, "general - saved=%lld,%lld serial=%llu",
		       (long long)small_at(150).mono.us, (long long)small_at(150).wall.us,
		       (unsigned long long)serial);
	assert_int_equal(small_restore(engine, line, small_at(200)), 0);
}

/* By the serial where both have one, else by the clock. */
static void what_is_older_than_the_state_is_known_to_it(void **state)
{
	static const struct {
		uint64_t of_state, of_notice;
		int64_t created;
		size_t open;
	} cases[] = {
		{ 5, 5, 190, 0 }, { 5, 6, 100, 1 }, { 5, 0, 100, 0 }, { 5, 0, 190, 1 },
		{ 0, 6, 100, 0 }, { 0, 6, 190, 1 }, { 0, 0, 150, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct heard heard = { .notices = 0 };
		struct engine *engine = small_engine(&heard, small_at(200));
		struct notice n = notice_of(1, NOTICE_DOWN, "blog");

		n.serial = cases[i].of_notice;
		n.created = small_at(cases[i].created);
		restore_serial(engine, cases[i].of_state);
		engine_adopt(engine, &n, small_at(200));
		if (small_model(engine, small_at(200)).incidents_n != cases[i].open)
			fail_msg("case %zu", i);
		engine_free(engine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_notice_of_a_stack_that_is_gone_brings_nothing),
		cmocka_unit_test(eight_of_a_stack_are_brought_back_and_no_more),
		cmocka_unit_test(a_member_of_another_incident_stays_there),
		cmocka_unit_test(an_up_of_a_watchdog_is_no_beat),
		cmocka_unit_test(a_down_that_is_read_after_its_up_brings_nothing),
		cmocka_unit_test(everybody_whom_a_mail_named_is_a_member_again),
		cmocka_unit_test(what_is_older_than_the_state_is_known_to_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
