/*
 * drill_test.c - the parts of a drill by themselves: the pretended service,
 * what its engine is told to watch, and what is said of the steps.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/drill_parts.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

/* ---- the pretended service ---- */

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr = { htonl(INADDR_LOOPBACK) } };
}

/* 0 or -errno. */
static int visit(uint16_t port)
{
	struct sockaddr_in at = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0), r;

	r = connect(fd, (struct sockaddr *)&at, sizeof at) < 0 ? -errno : 0;
	(void)close(fd);
	return r;
}

static int take(uint16_t port)
{
	struct sockaddr_in at = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0), r;

	r = bind(fd, (struct sockaddr *)&at, sizeof at) < 0 ? -errno : 0;
	(void)close(fd);
	return r;
}

static void a_door_opens_shuts_and_opens_again_on_its_port(void **state)
{
	struct drill_door door = DRILL_DOOR_NONE;
	uint16_t port;

	(void)state;
	assert_int_equal(drill_door_open(&door), 0);
	port = door.port;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(visit(port), 0);
		drill_door_serve(&door);
		assert_int_equal(drill_door_shut(&door), 0);
		assert_int_equal(visit(port), -ECONNREFUSED);
		drill_door_serve(&door); /* nobody has come */
		assert_int_equal(drill_door_open(&door), 0);
		assert_int_equal(door.port, port);
	}
	drill_door_done(&door);
	assert_int_equal(visit(port), -ECONNREFUSED);
}

static void nobody_else_gets_the_port_of_a_shut_door(void **state)
{
	struct drill_door door = DRILL_DOOR_NONE;

	(void)state;
	assert_int_equal(drill_door_open(&door), 0);
	assert_int_equal(drill_door_shut(&door), 0);
	assert_int_equal(take(door.port), -EADDRINUSE);
	drill_door_done(&door);
}

static void a_door_lets_in_all_who_come(void **state)
{
	struct drill_door door = DRILL_DOOR_NONE;

	(void)state;
	assert_int_equal(drill_door_open(&door), 0);
	for (int i = 0; i < 200; i++) {
		assert_int_equal(visit(door.port), 0);
		drill_door_serve(&door);
	}
	drill_door_done(&door);
}

/* ---- the plan ---- */

static struct generation *real_load(const char *language)
{
	struct buf text = BUF_INIT(4096);
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	(void)setenv("DRILL_TEST_TOKEN", "0123456789abcdef", 1);
	buf_printf(
		&text,
		"instance = \"vps\"; language = \"%s\"; references = [ \"127.0.0.1:9\" ];\n"
		"page = { url = \"https://status.example/\"; };\n"
		"mail = { from = \"w@lab.test\"; to = ( \"a@lab.test\", { address = "
		"\"b@lab.test\"; language = \"ja\"; } ); group_wait = \"60s\";\n"
		"  relays = ( { url = \"smtps://relay.test\"; } ); };\n"
		"heartbeat_url = \"http://127.0.0.1:9/\";\n"
		"windows = ( { name = \"w\"; scope = \"all\"; weekly = \"Sun 02:00-03:00\"; } );\n"
		"watchdogs = ( { name = \"home\"; token = \"env:DRILL_TEST_TOKEN\"; } );\n"
		"listen = { address = \"127.0.0.1:8080\"; };\n"
		"targets = ( { name = \"blog\"; tcp = { address = \"127.0.0.1:9\"; }; },\n"
		"  { name = \"drill\"; tcp = { address = \"127.0.0.1:9\"; }; } );\n",
		language);
	generation = conf_load_text(buf_text(&text), "test", &diag);
	if (!generation)
		fail_msg("%s", diag.first->text);
	buf_done(&text);
	arena_free(arena);
	return generation;
}

static void a_drill_watches_only_the_pretended_service(void **state)
{
	struct generation *real = real_load("en");
	struct drill_plan p;

	(void)state;
	assert_true(drill_plan_init(&p, real, 4711));
	assert_int_equal(p.plan.targets_n, 1);
	assert_int_equal(p.plan.stacks_n, 1);
	assert_int_equal(p.plan.references_n + p.plan.witnesses_n + p.plan.pings_n, 0);
	assert_int_equal(p.plan.watchdogs_n + p.plan.windows_n, 0);
	assert_null(p.plan.heartbeat_url);
	assert_string_equal(p.target.kind->name, "tcp");
	assert_string_equal(p.target.kind->endpoint(p.target.params), "127.0.0.1:4711");
	drill_plan_done(&p);
	generation_drop(real);
}

/* From the shutting to the third failure, and a last wait for others that there are not. */
static void a_drill_is_found_down_within_its_minute(void **state)
{
	struct generation *real = real_load("en");
	struct drill_plan p;
	usec_t sum;

	(void)state;
	assert_true(drill_plan_init(&p, real, 4711));
	assert_int_equal(p.target.fall, 3);
	assert_int_equal(p.target.retests, 2);
	sum = p.target.interval + p.target.retest[0] + p.target.retest[1] + 3 * p.target.timeout +
	      p.plan.mail.group_wait;
	assert_true(sum <= 15 * USEC_PER_SEC);
	drill_plan_done(&p);
	generation_drop(real);
}

static void a_drill_tells_whom_the_real_plan_tells(void **state)
{
	struct generation *real = real_load("ja");
	struct drill_plan p;

	(void)state;
	assert_true(drill_plan_init(&p, real, 4711));
	generation_drop(real); /* a reload takes it away meanwhile */
	assert_string_equal(p.plan.instance, "vps");
	assert_string_equal(p.plan.page.url, "https://status.example/");
	assert_string_equal(p.plan.mail.from, "w@lab.test");
	assert_int_equal(p.plan.mail.to_n, 2);
	assert_string_equal(p.plan.mail.to[1].address, "b@lab.test");
	assert_int_equal(p.plan.mail.to[1].language, LANGUAGE_JA);
	assert_int_equal(p.plan.channels_n, 2);
	assert_string_equal(p.plan.channels[1].name, "b@lab.test");
	assert_string_equal(p.plan.mail.relays[0].host, "relay.test");
	assert_string_equal(p.stack.title, "訓練");
	drill_plan_done(&p);
}

/* ---- mails, as far as the outbox has no part in it ---- */

static struct notice notice_of(uint64_t id, enum notice_kind what, const char *to)
{
	struct notice n = { .id = id, .kind = what, .is_drill = true };

	(void)snprintf(n.recipient, sizeof n.recipient, "%s", to);
	return n;
}

struct book {
	struct drill drill;
	struct drill_mail mails[4];
	struct notice down_a, down_b, up_a, up_b;
};

static struct book *book_new(void)
{
	struct book *b = calloc(1, sizeof *b);

	assert_non_null(b);
	b->drill.began = (struct now){ { USEC_PER_SEC }, { INT64_C(1795222800) * USEC_PER_SEC } };
	b->drill.mails = b->mails;
	b->drill.mails_max = 4;
	b->down_a = notice_of(1, NOTICE_DOWN, "a@lab.test");
	b->down_b = notice_of(2, NOTICE_DOWN, "b@lab.test");
	b->up_a = notice_of(3, NOTICE_RECOVERED, "a@lab.test");
	b->up_b = notice_of(4, NOTICE_RECOVERED, "b@lab.test");
	return b;
}

static void book_free(struct book *b)
{
	free(b->drill.steps);
	free(b);
}

static void answer(struct book *b, const struct notice *n, enum outbox_result result,
		   const char *reply)
{
	const struct relay_plan relay = { .host = "relay.test" };

	drill_answered(&b->drill, n, &relay, result, reply, b->drill.began);
}

static void a_drill_waits_for_every_recipient(void **state)
{
	struct book *b = book_new();

	(void)state;
	assert_false(drill_mails_accepted(&b->drill)); /* of none at all nothing was shown */
	assert_non_null(drill_mail_add(&b->drill, &b->down_a));
	assert_non_null(drill_mail_add(&b->drill, &b->down_b));
	assert_int_equal(drill_mails_made(&b->drill, false), 2);
	assert_int_equal(drill_mails_made(&b->drill, true), 0);
	answer(b, &b->down_a, OUTBOX_ACCEPTED, "250 yes");
	assert_false(drill_mails_settled(&b->drill, false));
	answer(b, &b->down_b, OUTBOX_ACCEPTED, "250 yes");
	assert_true(drill_mails_settled(&b->drill, false));
	assert_true(drill_mails_accepted(&b->drill));
	book_free(b);
}

static void an_up_behind_a_down_that_waits_is_not_waited_for(void **state)
{
	struct book *b = book_new();

	(void)state;
	(void)drill_mail_add(&b->drill, &b->down_a);
	(void)drill_mail_add(&b->drill, &b->down_b);
	answer(b, &b->down_a, OUTBOX_ACCEPTED, "250 yes");
	answer(b, &b->down_b, OUTBOX_REFUSED, "550 no");
	assert_false(drill_mails_settled(&b->drill, false)); /* another relay may be next */
	b->mails[1].is_given_up = true;
	assert_true(drill_mails_settled(&b->drill, false));
	(void)drill_mail_add(&b->drill, &b->up_a);
	(void)drill_mail_add(&b->drill, &b->up_b);
	assert_false(drill_mails_settled(&b->drill, true));
	answer(b, &b->up_a, OUTBOX_ACCEPTED, "250 yes");
	assert_true(drill_mails_settled(&b->drill, true));
	assert_false(drill_mails_accepted(&b->drill));
	book_free(b);
}

static void a_notice_of_another_drill_is_nobodys(void **state)
{
	struct book *b = book_new();

	(void)state;
	(void)drill_mail_add(&b->drill, &b->down_a);
	answer(b, &b->down_b, OUTBOX_ACCEPTED, "250 yes");
	assert_int_equal(drill_steps(&b->drill), 0);
	assert_false(drill_mails_accepted(&b->drill));
	drill_answered(NULL, &b->down_a, NULL, OUTBOX_ACCEPTED, "250", b->drill.began);
	book_free(b);
}

/* ---- what is said ---- */

static void a_relays_words_are_told_in_one_line(void **state)
{
	struct buf lines = BUF_INIT(4096);
	struct book *b = book_new();
	const char *text;

	(void)state;
	(void)drill_mail_add(&b->drill, &b->down_a);
	answer(b, &b->down_a, OUTBOX_ACCEPTED, "250 2.0.0 Ok: queued as \x1b[31m4F\nover 9");
	drill_write_steps(&b->drill, 0, &lines);
	text = buf_text(&lines);
	assert_non_null(
		strstr(text, "relay relay.test took the DOWN for a@lab.test: 250 2.0.0 Ok"));
	assert_ptr_equal(strchr(text, '\n'), text + lines.n - 1);
	assert_null(strchr(text, '\x1b'));
	buf_done(&lines);
	book_free(b);
}

static void steps_are_told_from_where_one_has_read(void **state)
{
	struct buf lines = BUF_INIT(4096);
	struct book *b = book_new();

	(void)state;
	drill_say(&b->drill, STEP_OPENED, b->drill.began, "one");
	drill_say(&b->drill, STEP_SHUT, b->drill.began, "two");
	drill_say(&b->drill, STEP_FAULT, b->drill.began, "wrong");
	drill_write_steps(&b->drill, 1, &lines);
	assert_null(strstr(buf_text(&lines), "one"));
	assert_non_null(strstr(buf_text(&lines), "+  0.0 s  two\n"));
	assert_null(strstr(buf_text(&lines), "wrong")); /* told at the end */
	buf_clear(&lines);
	drill_write_faults(&b->drill, &lines);
	assert_string_equal(buf_text(&lines), "wrong\n");
	buf_done(&lines);
	book_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_door_opens_shuts_and_opens_again_on_its_port),
		cmocka_unit_test(nobody_else_gets_the_port_of_a_shut_door),
		cmocka_unit_test(a_door_lets_in_all_who_come),
		cmocka_unit_test(a_drill_watches_only_the_pretended_service),
		cmocka_unit_test(a_drill_is_found_down_within_its_minute),
		cmocka_unit_test(a_drill_tells_whom_the_real_plan_tells),
		cmocka_unit_test(a_drill_waits_for_every_recipient),
		cmocka_unit_test(an_up_behind_a_down_that_waits_is_not_waited_for),
		cmocka_unit_test(a_notice_of_another_drill_is_nobodys),
		cmocka_unit_test(a_relays_words_are_told_in_one_line),
		cmocka_unit_test(steps_are_told_from_where_one_has_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
