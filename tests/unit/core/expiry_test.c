/*
 * expiry_test.c - which certificates and dates are taken at their word, and whom
 * nobody asks without need.
 */
#include "small_engine.h"

#define FIVE_DAYS (5 * INT64_C(86400))

/* A good answer of `target` at `at` seconds. */
static struct observation good(uint32_t target, int64_t at)
{
	return (struct observation){ .target = target,
				     .started = small_at(at),
				     .ended = small_at(at).mono,
				     .outcome = { PHASE_BODY, CAUSE_PASS },
				     .code = 200,
				     .address = { .family = FAMILY_IPV4, .port = 443 },
				     .certificate = { .not_before = small_at(-8000000).wall } };
}

/* The two sites alone: from everybody else nothing is to be heard first. */
static struct plan plan_of_sites(void)
{
	struct plan plan = small_plan;

	plan.targets_n = 2;
	plan.pings_n = plan.witnesses_n = plan.watchdogs_n = 0;
	return plan;
}

/* What cannot be told from another is not warned of: nobody would know when it is renewed. */
static void a_certificate_without_a_fingerprint_is_not_warned_of(void **state)
{
	const struct plan plan = plan_of_sites();

	(void)state;
	for (uint64_t fingerprint = 0; fingerprint < 2; fingerprint++) {
		struct heard heard = { .notices = 0 };
		struct engine *engine = small_engine_of(&plan, &heard, small_at(0));

		for (int64_t at = 0; at < 600; at += 5) {
			struct observation o = good(at % 10 ? BLOG : WIKI, at);

			if (o.target == BLOG) {
				o.certificate.not_after = small_at(FIVE_DAYS).wall;
				o.certificate.fingerprint = fingerprint;
			}
			(void)engine_advance(engine, small_at(at));
			engine_observe(engine, &o, small_at(at));
		}
		assert_int_equal(heard.kinds[NOTICE_CERTIFICATE], fingerprint);
		engine_free(engine);
	}
}

/* Two hosts are needed to accuse our clock, and a host is told from another by its address. */
static void a_date_of_nobody_accuses_nobody(void **state)
{
	const struct plan plan = plan_of_sites();

	(void)state;
	for (int is_known = 0; is_known < 2; is_known++) {
		struct heard heard = { .notices = 0 };
		struct engine *engine = small_engine_of(&plan, &heard, small_at(0));

		for (int64_t at = 0; at < 600; at += 5) {
			struct observation o = good(at % 10 ? BLOG : WIKI, at);

			o.date = small_at(at + 3 * INT64_C(86400)).wall;
			o.address.bytes[3] = (uint8_t)(1 + o.target);
			if (!is_known)
				o.address = (struct address){ .family = FAMILY_ANY };
			(void)engine_advance(engine, small_at(at));
			engine_observe(engine, &o, small_at(at));
		}
		assert_int_equal(heard.kinds[NOTICE_SELF], is_known);
		engine_free(engine);
	}
}

enum { SITE, RELAY };

/* `shorewatch probe` is about what is watched; a relay that is probed for nothing complains. */
static void a_relay_is_not_probed_on_demand(void **state)
{
	static const struct target_plan targets[] = {
		[SITE] = SMALL_SITE("blog"),
		[RELAY] = { .name = "relay", .role = ROLE_RELAY, .interval = 30 * USEC_PER_SEC,
			    .timeout = 5 * USEC_PER_SEC, .fall = 1, .rise = 1, .kind = &small_kind,
			    .watchdog = NONE_INDEX, .twin = NONE_INDEX },
	};
	struct plan plan = small_plan;
	struct heard heard = { .notices = 0 };
	struct engine *engine;
	struct observation o = good(SITE, 1);

	(void)state;
	plan.targets = targets, plan.targets_n = plan.witnesses_n = 1;
	plan.pings_n = plan.watchdogs_n = 0;
	engine = small_engine_of(&plan, &heard, small_at(0));
	for (int64_t at = 0; at < 2; at++)
		(void)engine_advance(engine, small_at(at));
	engine_observe(engine, &o, small_at(1));
	assert_int_equal(heard.launched[SITE], 1);
	engine_probe_all(engine, small_at(30));
	(void)engine_advance(engine, small_at(30));
	assert_int_equal(heard.launched[SITE], 2);
	assert_int_equal(heard.launched[RELAY], 0);
	engine_free(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_without_a_fingerprint_is_not_warned_of),
		cmocka_unit_test(a_date_of_nobody_accuses_nobody),
		cmocka_unit_test(a_relay_is_not_probed_on_demand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
