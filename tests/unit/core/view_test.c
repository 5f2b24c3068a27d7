/*
 * view_test.c - what the model shows of what the engine was told.
 */
#include "small_engine.h"

static void see(struct engine *engine, uint32_t target, struct observation o, int64_t at)
{
	o.target = target;
	o.started = small_at(at);
	o.ended = small_at(at).mono;
	o.address = (struct address){ .family = FAMILY_IPV4, .port = 443 };
	engine_observe(engine, &o, small_at(at));
}

static struct observation passed(void)
{
	return (struct observation){ .outcome = { PHASE_BODY, CAUSE_PASS },
				     .code = 200,
				     .total_us = 20000 };
}

static struct observation failed(struct outcome outcome, const char *note)
{
	struct observation o = { .outcome = outcome };

	(void)snprintf(o.note, sizeof o.note, "%s", note);
	return o;
}

static void the_words_of_the_last_failure_are_shown(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));

	(void)state;
	assert_null(small_model(engine, small_at(0)).targets[BLOG].note);
	see(engine, BLOG, failed((struct outcome){ PHASE_BODY, CAUSE_MISMATCH }, "no \"pong\""), 1);
	assert_string_equal(small_model(engine, small_at(1)).targets[BLOG].note, "no \"pong\"");
	assert_null(small_model(engine, small_at(1)).targets[WIKI].note);
	engine_free(engine);
}

/* A phase of an hour is somebody's clock; it must not become a negative one. */
static void a_phase_that_took_for_ever_is_cut(void **state)
{
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));
	struct observation o = passed();

	(void)state;
	o.phase_us[PHASE_WAIT] = USEC_PER_HOUR;
	o.phase_us[PHASE_DNS] = 700;
	see(engine, BLOG, o, 1);
	assert_int_equal(small_model(engine, small_at(1)).targets[BLOG].ok_phase_us[PHASE_WAIT],
			 INT32_MAX);
	assert_int_equal(small_model(engine, small_at(1)).targets[BLOG].ok_phase_us[PHASE_DNS], 700);
	engine_free(engine);
}

/* People see when a wrong one ends, until a good one is known; after that it is no renewal. */
static void a_certificate_that_does_not_verify_is_kept_where_nothing_better_is_known(void **state)
{
	const struct certificate wrong = { .not_after = small_at(900000).wall, .fingerprint = 1 };
	const struct certificate good = { .not_after = small_at(800000).wall, .fingerprint = 2 };
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine(&heard, small_at(0));
	struct observation bad = failed((struct outcome){ PHASE_TLS, CAUSE_CERTIFICATE }, "");
	struct observation well = passed();

	(void)state;
	bad.certificate = wrong;
	well.certificate = good;
	see(engine, BLOG, bad, 1);
	assert_true(small_model(engine, small_at(1)).targets[BLOG].certificate.fingerprint == 1);
	see(engine, BLOG, well, 60);
	assert_true(small_model(engine, small_at(60)).targets[BLOG].certificate.fingerprint == 2);
	see(engine, BLOG, bad, 120);
	assert_true(small_model(engine, small_at(120)).targets[BLOG].certificate.fingerprint == 2);
	engine_free(engine);
}

/* ---- planned work ---- */

static const char *const of_blog[] = { "blog" };

static struct window_plan window_at(const char *name, int64_t from, int64_t until)
{
	return (struct window_plan){ .name = name, .title = name, .scope = { of_blog, 1 },
				     .from = small_at(from).wall, .until = small_at(until).wall,
				     .ends = WINDOW_CLOCK_NONE };
}

static void planned_work_is_listed_by_its_beginning(void **state)
{
	const struct window_plan windows[] = {
		window_at("third", 9000, 9100), window_at("first", -50, 100),
		window_at("past", -100, -60),	window_at("second", 5000, 9500),
		window_at("next year", 30000000, 30000100), window_at("fourth", 9000, 9050),
	};
	static const char *const listed[] = { "first", "second", "third", "fourth" };
	struct plan plan = small_plan;
	struct heard heard = { .notices = 0 };
	struct engine *engine;
	struct model model;

	(void)state;
	plan.windows = windows, plan.windows_n = sizeof windows / sizeof windows[0];
	engine = small_engine_of(&plan, &heard, small_at(0));
	(void)engine_advance(engine, small_at(0));
	model = small_model(engine, small_at(0));
	assert_int_equal(model.windows_n, 4);
	for (size_t i = 0; i < model.windows_n; i++) {
		assert_string_equal(model.windows[i].plan->name, listed[i]);
		assert_int_equal(model.windows[i].is_active, i == 0);
	}
	engine_free(engine);
}

/* ---- a reload ---- */

enum { SITE, REFERENCE };

static const struct target_plan cut_off[] = {
	[SITE] = SMALL_SITE("blog"),
	[REFERENCE] = { .name = "a", .role = ROLE_REFERENCE, .interval = 60 * USEC_PER_SEC,
			.timeout = 5 * USEC_PER_SEC, .fall = 1, .rise = 1, .family = FAMILY_IPV4,
			.kind = &small_kind, .twin = NONE_INDEX },
};

static struct plan plan_with(const struct target_plan *targets)
{
	struct plan plan = small_plan;

	plan.targets = targets;
	plan.targets_n = plan.references_n = 1;
	plan.pings_n = plan.witnesses_n = plan.watchdogs_n = 0;
	return plan;
}

/* What a reference said that nobody asks any more is no reason to be silent. */
static void isolation_goes_on_over_a_reload_only_with_the_same_references(void **state)
{
	const struct plan plan = plan_with(cut_off);
	struct target_plan renamed[] = { cut_off[SITE], cut_off[REFERENCE] };
	struct plan other;
	struct heard heard = { .notices = 0 };
	struct engine *engine = small_engine_of(&plan, &heard, small_at(0)), *next;

	(void)state;
	(void)engine_advance(engine, small_at(0));
	see(engine, REFERENCE, failed((struct outcome){ PHASE_CONNECT, CAUSE_TIMEOUT }, ""), 1);
	(void)engine_advance(engine, small_at(1));
	assert_int_equal(small_model(engine, small_at(1)).vantage, VANTAGE_ISOLATED);
	for (int i = 0; i < 3; i++) {
		renamed[REFERENCE].name = i == 1 ? "b" : "a";
		renamed[REFERENCE].family = i == 2 ? FAMILY_IPV6 : FAMILY_IPV4;
		other = plan_with(renamed);
		next = small_engine_of(&other, &heard, small_at(2));
		engine_carry(next, engine);
		assert_int_equal(small_model(next, small_at(2)).vantage == VANTAGE_ISOLATED, i == 0);
		engine_free(next);
	}
	engine_free(engine);
	engine_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_words_of_the_last_failure_are_shown),
		cmocka_unit_test(a_phase_that_took_for_ever_is_cut),
		cmocka_unit_test(
			a_certificate_that_does_not_verify_is_kept_where_nothing_better_is_known),
		cmocka_unit_test(planned_work_is_listed_by_its_beginning),
		cmocka_unit_test(isolation_goes_on_over_a_reload_only_with_the_same_references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
