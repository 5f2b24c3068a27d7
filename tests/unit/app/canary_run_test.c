/*
 * canary_run_test.c - the mail canary in the daemon: nothing leaves before its
 * state is on the disk, each relay is asked once, what was lost is told once.
 *
 * Disk, worker and engine are real; relay, mailbox and clock are the test's
 * (io_now() is wrapped, see tests/more.cmake).
 */
#include "core/small_engine.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "app/canary_run.h"
#include "base/file.h"
#include "io/exchange.h"
#include "io/fixture.h"
#include "io/imap.h"
#include "io/loop.h"
#include "io/worker.h"
#include "render/canary_mail.h"
#include "shorewatch/notify.h"

#define MORNING INT64_C(1773555600) /* 15 March 2026, 06:20 UTC */
#define HOUR	INT64_C(3600)

/* ---- the far sides ---- */

struct notify_delivery {
	int unused;
};

static struct far {
	unsigned sent, looked, cancelled;
	struct notify_attempt attempt;
	char message[8192];
	struct imap_look_spec spec;
	char mark[64], word[64];
} far;

static struct notify_delivery delivery;
static void look_cancelled(struct io_exchange *exchange);
static struct io_exchange look_exchange = { look_cancelled };
static struct now now;

struct now __wrap_io_now(const struct io *io);

struct now __wrap_io_now(const struct io *io)
{
	(void)io;
	return now;
}

static struct notify_delivery *far_start(const struct notify_attempt *attempt)
{
	far.sent++;
	far.attempt = *attempt;
	(void)snprintf(far.message, sizeof far.message, "%.*s", (int)attempt->message_bytes,
		       attempt->message);
	return &delivery;
}

static bool far_cancel(struct notify_delivery *d)
{
	assert_ptr_equal(d, &delivery);
	far.cancelled++;
	return true;
}

const struct notifier notify_smtp = { .name = "smtp", .start = far_start, .cancel = far_cancel };

static void look_cancelled(struct io_exchange *exchange)
{
	assert_ptr_equal(exchange, &look_exchange);
	far.cancelled++;
}

struct io_exchange *imap_look_start(struct io *io, const struct imap_look_spec *spec)
{
	(void)io;
	far.looked++;
	far.spec = *spec;
	(void)snprintf(far.mark, sizeof far.mark, "%s", spec->mark);
	(void)snprintf(far.word, sizeof far.word, "%s", spec->word);
	return &look_exchange;
}

/* ---- our side ---- */

struct house {
	char folder[FOLDER_MAX];
	struct io *io;
	struct worker *worker;
	struct canary_run *run;
	struct engine *engine;
	struct generation generation;
	struct relay_plan relays[2];
	struct window_plan at;
	struct canary_plan canary;
	unsigned told[SELF_MATTERS];
};

static void take(void *ctx, const struct notice *notice, const struct incident *incident)
{
	struct house *h = ctx;

	assert_null(incident);
	h->told[notice->matter]++;
}

static void nothing_launched(void *ctx, uint32_t target, struct now at)
{
	(void)ctx, (void)target, (void)at;
}

static void run_open(struct house *h)
{
	h->worker = worker_new(h->io);
	h->run = canary_run_new(h->io, h->worker, h->folder);
	assert_non_null(h->run);
	assert_true(worker_drain(h->worker, 10 * USEC_PER_SEC));
}

static void run_close(struct house *h)
{
	worker_free(h->worker);
	canary_run_free(h->run);
}

static void house_plan(struct house *h)
{
	struct plan *plan = &h->generation.plan;

	h->at = (struct window_plan){ .begins = { .minutes = UINT64_C(1) << 40,
						  .hours = 1u << 6,
						  .days = UINT32_MAX - 1,
						  .months = 0x1ffe,
						  .weekdays = 0x7f },
				      .ends = WINDOW_CLOCK_NONE,
				      .duration = 1 };
	h->canary = (struct canary_plan){ .to = "canary@example.net",
					  .at = &h->at,
					  .within = 15 * USEC_PER_MIN,
					  .host = "127.0.0.1",
					  .port = 993,
					  .user = "canary",
					  .password = "x",
					  .folder = "INBOX",
					  .is_implicit_tls = true };
	*plan = small_plan;
	plan->targets_n = plan->pings_n = plan->witnesses_n = plan->watchdogs_n = 0;
	plan->instance = "vps";
	plan->mail.host = "example.net";
	plan->mail.from_address = "watch@example.net";
	plan->mail.relays = h->relays;
	plan->mail.relays_n = 2;
	plan->canary = &h->canary;
	h->generation.references = 1;
}

static int set_up(void **state)
{
	struct house *h = calloc(1, sizeof *h);
	const struct engine_effects effects = {
		.ctx = h,
		.launch = nothing_launched,
		.abort = small_abort,
		.record = small_record,
		.deliver = take,
		.publish = small_publish,
	};
	const struct io_setup setup = { .resolvers = { .n = 0 } };
	const char *why;

	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	tzset();
	far = (struct far){ .sent = 0 };
	now = (struct now){ { 5000000 * USEC_PER_SEC }, { MORNING * USEC_PER_SEC } };
	folder_make(h->folder);
	house_plan(h);
	h->io = io_new(&setup, &why);
	h->engine = engine_new(&h->generation.plan, &effects, now, 1);
	run_open(h);
	*state = h;
	return 0;
}

static int tear_down(void **state)
{
	struct house *h = *state;

	run_close(h);
	assert_int_equal(h->generation.references, 1);
	engine_free(h->engine);
	io_free(h->io);
	folder_remove(h->folder);
	free(h);
	return 0;
}

static void advance(struct house *h)
{
	(void)canary_run_advance(h->run, &h->generation, h->engine, now);
}

/* `seconds` later; the disk is done with what there was. */
static void pass(struct house *h, int64_t seconds)
{
	now.mono.us += seconds * USEC_PER_SEC;
	now.wall.us += seconds * USEC_PER_SEC;
	advance(h);
	assert_true(worker_drain(h->worker, 10 * USEC_PER_SEC));
	now.mono.us += USEC_PER_SEC;
	now.wall.us += USEC_PER_SEC;
	advance(h);
}

static void relay_says(enum mail_verdict verdict)
{
	const struct io_mail_result result = { .verdict = verdict,
					       .code = 250,
					       .reply = "words \x1b of a relay" };

	far.attempt.on_done(far.attempt.ctx, &result);
}

static void mailbox_says(enum imap_verdict verdict)
{
	const struct imap_look_result result = { .verdict = verdict, .words = "its words" };

	far.spec.on_done(far.spec.ctx, &result);
}

static struct buf file_of(struct house *h)
{
	struct buf text = BUF_INIT(8192);

	assert_int_equal(file_read(folder_path(h->folder, "canary"), &text), 0);
	return text;
}

static struct canary_view view_of(struct house *h)
{
	return canary_run_view(h->run, &h->generation.plan);
}

/* Made at 06:40, and a relay has it. */
static void send_one(struct house *h)
{
	pass(h, 0);
	pass(h, HOUR);
	assert_int_equal(far.sent, 1);
	relay_says(MAIL_ACCEPTED);
}

/* ---- tests ---- */

static void it_leaves_once_its_state_is_on_the_disk(void **state)
{
	struct house *h = *state;
	struct buf text, mark = BUF_INIT(256);

	pass(h, 0);
	now.mono.us += HOUR * USEC_PER_SEC;
	now.wall.us += HOUR * USEC_PER_SEC;
	advance(h);
	advance(h);
	assert_int_equal(far.sent, 0); /* nobody has reported yet that it is kept */
	pass(h, 0);
	assert_int_equal(far.sent, 1);
	text = file_of(h);
	assert_non_null(strstr(buf_text(&text), "phase made\n"));
	assert_string_equal(far.attempt.recipient, "canary@example.net");
	canary_mark(&h->generation.plan, &mark);
	assert_non_null(strstr(far.message, buf_text(&mark)));
	relay_says(MAIL_ACCEPTED);
	pass(h, 5);
	assert_string_equal(far.mark, buf_text(&mark));
	assert_non_null(strstr(far.message, far.word));
	assert_non_null(strstr(buf_text(&text), far.word));
	buf_done(&text);
	buf_done(&mark);
	mailbox_says(IMAP_SEEN);
	pass(h, 0);
	assert_int_equal(view_of(h).state, CANARY_STATE_OK);
	pass(h, 10 * HOUR);
	assert_int_equal(far.sent, 1);
	assert_int_equal(far.looked, 1);
}

static void what_cannot_be_kept_is_not_sent(void **state)
{
	struct house *h = *state;

	pass(h, 0);
	folder_remove(h->folder);
	pass(h, HOUR);
	pass(h, HOUR);
	assert_int_equal(far.sent, 0);
	assert_int_equal(mkdir(h->folder, 0700), 0);
	pass(h, HOUR);
	assert_int_equal(far.sent, 0); /* tomorrow */
	pass(h, 24 * HOUR);
	assert_int_equal(far.sent, 1);
}

static void death_at_any_time_sends_nothing_twice(void **state)
{
	struct house *h = *state;

	pass(h, 0);
	pass(h, HOUR);
	assert_int_equal(far.sent, 1);
	for (int i = 0; i < 5; i++) {
		run_close(h);
		run_open(h);
		pass(h, 60);
		pass(h, 10);
	}
	assert_int_equal(far.sent, 1);
	assert_int_equal(far.looked, 5);
	assert_int_equal(far.cancelled, 1 + 4); /* the attempt, and the looks under way */
}

static void each_relay_is_asked_once(void **state)
{
	struct house *h = *state;

	pass(h, 0);
	pass(h, HOUR);
	assert_int_equal(far.attempt.route, 0);
	relay_says(MAIL_LATER);
	assert_int_equal(far.attempt.route, 1);
	relay_says(MAIL_REFUSED);
	assert_int_equal(far.sent, 2);
	pass(h, HOUR);
	assert_int_equal(far.sent, 2);
	assert_int_equal(far.looked, 0);
	assert_int_equal(h->told[SELF_CANARY], 0);
}

static void what_one_relay_may_have_is_given_to_no_other(void **state)
{
	struct house *h = *state;

	pass(h, 0);
	pass(h, HOUR);
	relay_says(MAIL_IN_DOUBT);
	pass(h, HOUR);
	assert_int_equal(far.sent, 1);
	mailbox_says(IMAP_ABSENT);
	pass(h, HOUR);
	mailbox_says(IMAP_ABSENT);
	pass(h, 1);
	assert_int_equal(h->told[SELF_CANARY], 0);
}

static void what_was_lost_is_told_once_and_so_is_its_end(void **state)
{
	struct house *h = *state;

	send_one(h);
	pass(h, 5);
	mailbox_says(IMAP_ABSENT);
	pass(h, 900);
	mailbox_says(IMAP_ABSENT);
	pass(h, 1);
	assert_int_equal(h->told[SELF_CANARY], 1);
	assert_int_equal(view_of(h).state, CANARY_STATE_LOST);
	run_close(h);
	run_open(h);
	pass(h, 60);
	pass(h, 10);
	assert_int_equal(view_of(h).state, CANARY_STATE_LOST);
	assert_int_equal(h->told[SELF_CANARY], 1);
	mailbox_says(IMAP_SEEN);
	pass(h, 1);
	assert_int_equal(h->told[SELF_CANARY], 1);
	assert_int_equal(h->told[SELF_CANARY_BACK], 1);
	assert_int_equal(view_of(h).state, CANARY_STATE_OK);
}

static void a_mailbox_that_cannot_be_read_is_told_after_three_days(void **state)
{
	struct house *h = *state;

	send_one(h);
	for (int hour = 0; hour < 80; hour++) {
		unsigned looked = far.looked, sent = far.sent;

		pass(h, HOUR);
		if (far.looked != looked)
			mailbox_says(IMAP_NOT_LOOKED);
		if (far.sent != sent)
			relay_says(MAIL_ACCEPTED);
		if (hour < 70)
			assert_int_equal(h->told[SELF_CANARY_UNSEEN], 0);
	}
	assert_int_equal(h->told[SELF_CANARY_UNSEEN], 1);
	assert_int_equal(h->told[SELF_CANARY], 0);
	assert_int_equal(view_of(h).state, CANARY_STATE_UNSEEN);
	assert_string_equal(view_of(h).words, "its words");
}

static void one_that_is_not_wanted_any_more_is_shown_nowhere(void **state)
{
	struct house *h = *state;

	send_one(h);
	pass(h, 5);
	h->generation.plan.canary = NULL;
	assert_false(view_of(h).is_wanted);
	pass(h, 48 * HOUR);
	assert_int_equal(far.sent, 1);
	mailbox_says(IMAP_ABSENT);
	pass(h, 48 * HOUR);
	assert_int_equal(far.looked, 1);
}

static void a_state_that_is_not_ours_is_begun_anew(void **state)
{
	struct house *h = *state;
	int dir = file_open_dir(h->folder);

	run_close(h);
	assert_int_equal(file_replace(dir, "canary", "\x01\nboot", 6, 0600, false), 0);
	assert_int_equal(close(dir), 0);
	run_open(h);
	send_one(h);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_leaves_once_its_state_is_on_the_disk),
		TEST(what_cannot_be_kept_is_not_sent),
		TEST(death_at_any_time_sends_nothing_twice),
		TEST(each_relay_is_asked_once),
		TEST(what_one_relay_may_have_is_given_to_no_other),
		TEST(what_was_lost_is_told_once_and_so_is_its_end),
		TEST(a_mailbox_that_cannot_be_read_is_told_after_three_days),
		TEST(one_that_is_not_wanted_any_more_is_shown_nowhere),
		TEST(a_state_that_is_not_ours_is_begun_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
