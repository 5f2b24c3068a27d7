/*
 * channels_test.c - who hears of what belongs to no incident: of a way out that
 * fails, of the week, of a notice that was read again.
 */
#include "small_engine.h"

#include "shorewatch/notify.h"

#define LONG_SINCE (20 * USEC_PER_MIN)

enum { OPS, PHONE, WEB, CHAT, CHANNELS };

struct told {
	unsigned n[CHANNELS], kinds[NOTICE_KINDS];
	enum self_matter matter;
	char detail[160];
};

static const struct notify_kind kind = { .name = "webhook" };
static const struct channel_plan channels[CHANNELS] = {
	[OPS] = { .name = "ops@example.com" },
	[PHONE] = { .name = "phone@example.com", .after = USEC_PER_HOUR },
	[WEB] = { .name = "web", .kind = &kind },
	[CHAT] = { .name = "chat", .kind = &kind },
};

static void take(void *ctx, const struct notice *notice, const struct incident *incident)
{
	struct told *told = ctx;

	(void)incident;
	for (size_t i = 0; i < CHANNELS; i++)
		told->n[i] += strcmp(notice->recipient, channels[i].name) == 0;
	told->kinds[notice->kind]++;
	told->matter = notice->matter;
	(void)snprintf(told->detail, sizeof told->detail, "%s", notice->detail);
}

static void no_launch(void *ctx, uint32_t target, struct now now)
{
	(void)ctx, (void)target, (void)now;
}

static void no_abort(void *ctx, uint32_t target)
{
	(void)ctx, (void)target;
}

static void no_record(void *ctx, const struct record *record)
{
	(void)ctx, (void)record;
}

static void no_publish(void *ctx)
{
	(void)ctx;
}

static struct plan plan_with(size_t mailboxes)
{
	struct plan plan = small_plan;

	plan.channels = channels;
	plan.channels_n = CHANNELS;
	plan.mail.to_n = mailboxes;
	return plan;
}

static struct engine *engine_with(const struct plan *plan, struct told *told, struct now now)
{
	const struct engine_effects effects = { told, no_launch, no_abort, no_record, take,
						no_publish };

	*told = (struct told){ .matter = 0 };
	return engine_new(plan, &effects, now, 42);
}

static wall_t long_before(struct now now)
{
	return (wall_t){ now.wall.us - LONG_SINCE };
}

/* ---- a way out that fails ---- */

static void of_mail_every_other_way_tells(void **state)
{
	struct plan plan = plan_with(2);
	struct told told;
	struct engine *engine = engine_with(&plan, &told, small_at(0));

	(void)state;
	engine_outbox(engine, 1, long_before(small_at(60)), false, small_at(60));
	assert_int_equal(told.n[OPS] + told.n[PHONE], 0);
	assert_int_equal(told.n[WEB], 1);
	assert_int_equal(told.n[CHAT], 1);
	assert_int_equal(told.matter, SELF_MAIL);
	engine_outbox(engine, 0, (wall_t){ 0 }, false, small_at(120));
	assert_int_equal(told.n[WEB], 2);
	assert_int_equal(told.matter, SELF_MAIL_BACK);
	engine_free(engine);
}

static void of_another_way_mail_tells(void **state)
{
	struct plan plan = plan_with(2);
	struct told told;
	struct engine *engine = engine_with(&plan, &told, small_at(0));

	(void)state;
	engine_channel(engine, WEB, long_before(small_at(60)), small_at(60));
	assert_int_equal(told.n[OPS], 1);
	assert_int_equal(told.n[WEB] + told.n[CHAT], 0);
	assert_int_equal(told.matter, SELF_CHANNEL);
	assert_string_equal(told.detail, "web");
	engine_free(engine);
}

static void of_another_way_where_there_is_no_mail_the_others_tell(void **state)
{
	struct plan plan = plan_with(0);
	struct told told;
	struct engine *engine;

	(void)state;
	plan.channels = channels + WEB;
	plan.channels_n = 2;
	engine = engine_with(&plan, &told, small_at(0));
	engine_channel(engine, 0, long_before(small_at(60)), small_at(60));
	assert_int_equal(told.n[WEB], 0);
	assert_int_equal(told.n[CHAT], 1);
	engine_free(engine);
}

static void of_trouble_that_is_over_in_the_next_life_is_told(void **state)
{
	struct plan plan = plan_with(2);
	struct told told;
	struct engine *engine = engine_with(&plan, &told, small_at(0));
	char *text;

	(void)state;
	engine_channel(engine, WEB, long_before(small_at(60)), small_at(60));
	text = small_state(engine, small_at(61));
	engine_free(engine);
	engine = engine_with(&plan, &told, small_at(70));
	assert_int_equal(engine_restore(engine, text, 0, 0, small_at(70)), 0);
	engine_channel(engine, WEB, (wall_t){ 0 }, small_at(80));
	assert_int_equal(told.n[OPS], 1);
	assert_int_equal(told.matter, SELF_CHANNEL_BACK);
	free(text);
	engine_free(engine);
}

/* ---- the week ---- */

static void the_week_is_for_mailboxes_that_are_told_everything(void **state)
{
	/* Mondays at 09:00; from a Saturday a week goes by. */
	struct window_plan weekly = {
		.begins = { .minutes = 1, .hours = UINT32_C(1) << 9, .days = UINT32_MAX - 1,
			    .months = 0x1ffe, .weekdays = 1 << 1 },
		.ends = WINDOW_CLOCK_NONE,
		.duration = 1,
	};
	struct plan plan = plan_with(2);
	struct told told;
	struct engine *engine;

	(void)state;
	plan.targets_n = plan.pings_n = plan.witnesses_n = plan.watchdogs_n = 0;
	plan.mail.weekly = &weekly;
	engine = engine_with(&plan, &told, small_at(0));
	for (int64_t hour = 0; hour <= 7 * 24; hour++)
		(void)engine_advance(engine, small_at(hour * 3600));
	assert_int_equal(told.kinds[NOTICE_WEEK], 1);
	assert_int_equal(told.n[OPS], told.kinds[NOTICE_WEEK]);
	assert_int_equal(told.n[PHONE] + told.n[WEB] + told.n[CHAT], 0);
	engine_free(engine);
}

/* ---- notices that are read again ---- */

static struct notice down_of(const char *recipient, uint32_t seq, struct now created)
{
	struct notice notice = {
		.incident = 77, .seq = seq, .kind = NOTICE_DOWN,
		.diagnosis = DIAGNOSIS_SITE_DOWN, .created = created, .opened = small_at(0),
	};

	(void)snprintf(notice.number, sizeof notice.number, "20261121-1");
	(void)snprintf(notice.stack, sizeof notice.stack, "home");
	(void)snprintf(notice.recipient, sizeof notice.recipient, "%s", recipient);
	(void)snprintf(notice.affected, sizeof notice.affected, "blog");
	return notice;
}

/* Whichever is read first, the incident's first mail is the earlier one of them. */
static void escalation_counts_from_the_first_of_them(void **state)
{
	struct notice early = down_of("ops@example.com", 0, small_at(10));
	struct notice late = down_of("web", 1, small_at(300));

	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		struct plan plan = plan_with(2);
		struct told told;
		struct engine *engine = engine_with(&plan, &told, small_at(600));
		struct model model;

		engine_adopt(engine, turn ? &late : &early, small_at(600));
		engine_adopt(engine, turn ? &early : &late, small_at(600));
		model = small_model(engine, small_at(600));
		assert_int_equal(model.incidents_n, 1);
		assert_int_equal(model.incidents[0].mails, 2);
		assert_int_equal(model.incidents[0].first_mail.mono.us, small_at(10).mono.us);
		engine_free(engine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_mail_every_other_way_tells),
		cmocka_unit_test(of_another_way_mail_tells),
		cmocka_unit_test(of_another_way_where_there_is_no_mail_the_others_tell),
		cmocka_unit_test(of_trouble_that_is_over_in_the_next_life_is_told),
		cmocka_unit_test(the_week_is_for_mailboxes_that_are_told_everything),
		cmocka_unit_test(escalation_counts_from_the_first_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
