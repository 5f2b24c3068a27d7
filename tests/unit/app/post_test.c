/*
 * post_test.c - mails in a table: what waits comes first, what nobody took is
 * not called sent, and a foreign reply cannot draw on the terminal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/courier_job.h"
#include "app/post.h"
#include "base/buf.h"
#include "base/words.h"
#include "io/fixture.h"
#include "io/spool.h"

#define NOON ((wall_t){ 1795579200000000 })

struct place {
	char folder[FOLDER_MAX], box[FOLDER_MAX + 16];
	struct spool *spool;
	struct buf text;
};

static int place_make(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	folder_make(place->folder);
	snprintf(place->box, sizeof place->box, "%s/outbox", place->folder);
	assert_int_equal(spool_open(place->box, &place->spool), 0);
	buf_init(&place->text, 1u << 20);
	*state = place;
	return 0;
}

static int place_remove(void **state)
{
	struct place *place = *state;

	spool_close(place->spool);
	buf_done(&place->text);
	folder_remove(place->folder);
	free(place);
	return 0;
}

static struct notice notice_of(uint64_t seq, const char *recipient)
{
	struct notice n = { .incident = 7,
			    .seq = (uint32_t)seq,
			    .kind = NOTICE_DOWN,
			    .diagnosis = DIAGNOSIS_STACK_DOWN };

	n.created.wall.us = NOON.us + (int64_t)seq * USEC_PER_SEC;
	words_copy(n.recipient, sizeof n.recipient, recipient);
	words_copy(n.number, sizeof n.number, "20261125-1");
	words_copy(n.stack, sizeof n.stack, "home");
	words_copy(n.host, sizeof n.host, "example.org");
	n.id = notice_id(&n);
	return n;
}

static void finish(struct place *place, uint64_t seq, const char *recipient, const char *reply)
{
	struct notice n = notice_of(seq, recipient);
	struct courier_order order = { .id = n.id };
	wall_t at = { NOON.us + (int64_t)(seq + 60) * USEC_PER_SEC };

	courier_record(&order, &n, reply);
	assert_int_equal(spool_finish(place->spool, n.id, order.record, at), 0);
}

static void wait_for_relay(struct place *place, uint64_t seq, const char *recipient)
{
	struct notice n = notice_of(seq, recipient);
	struct buf file = BUF_INIT(1u << 16);

	notice_write(&n, 3, &file);
	buf_puts(&file, "Subject: x\r\n\r\n");
	assert_int_equal(spool_put(place->spool, n.id, buf_text(&file), file.n), 0);
	buf_done(&file);
}

static const char *told(struct place *place, bool is_json)
{
	struct post post;

	post_init(&post);
	assert_int_equal(post_add_folder(&post, place->box), 0);
	buf_clear(&place->text);
	post_write(&post, is_json, &place->text);
	post_done(&post);
	return buf_text(&place->text);
}

static void nothing_was_mailed(void **state)
{
	assert_string_equal(told(*state, false), "no mail so far\n");
	assert_string_equal(told(*state, true),
			    "{\"schema\":\"shorewatch.mails/1\",\"mails\":[],\"older\":0}\n");
}

static void each_says_to_whom_and_what_the_relay_said(void **state)
{
	struct place *place = *state;
	const char *text;

	finish(place, 0, "ops@example.org", "250 2.0.0 Ok: queued as 4F");
	finish(place, 1, "old@example.org", COURIER_GIVEN_UP "550 no such user");
	finish(place, 2, "you@example.org", "/var/lib/shorewatch/outbox/x.eml");
	wait_for_relay(place, 3, "ops@example.org");
	text = told(place, false);
	assert_true(strstr(text, "\nwaits ") < strstr(text, "\nwritten "));
	assert_true(strstr(text, "\nwritten ") < strstr(text, "\ngiven-up "));
	assert_true(strstr(text, "\ngiven-up ") < strstr(text, "\nsent "));
	assert_non_null(strstr(text, "3 attempts"));
	assert_non_null(strstr(text, "ops@example.org           2026-11-"));
	assert_non_null(strstr(text, "  250 2.0.0 Ok: queued as 4F\n"));
	assert_non_null(strstr(text, "  550 no such user\n"));
	text = told(place, true);
	assert_non_null(strstr(text, "\"state\":\"given-up\""));
	assert_non_null(strstr(text, "\"last_word\":\"550 no such user\""));
}

static void a_foreign_reply_cannot_draw_on_the_terminal(void **state)
{
	struct place *place = *state;

	finish(place, 0, "ops@example.org", "250 \033[2Jhello\007");
	assert_null(strchr(told(place, false), '\033'));
	assert_null(strchr(told(place, true), '\033'));
}

static void only_the_newest_are_shown(void **state)
{
	struct place *place = *state;

	for (uint64_t i = 0; i < 120; i++)
		finish(place, i, "ops@example.org", "250");
	assert_non_null(strstr(told(place, false), "(and 20 older ones)\n"));
	assert_non_null(strstr(told(place, true), "\"older\":20}"));
}

static void how_long_the_oldest_waits(void **state)
{
	struct place *place = *state;
	struct post post;

	wait_for_relay(place, 5, "ops@example.org");
	post_init(&post);
	assert_int_equal(post_add_folder(&post, place->box), 0);
	assert_false(post_has_older(&post, NOON));
	assert_true(post_has_older(&post, (wall_t){ NOON.us + 6 * USEC_PER_SEC }));
	post_done(&post);
}

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(nothing_was_mailed),
		placed(each_says_to_whom_and_what_the_relay_said),
		placed(a_foreign_reply_cannot_draw_on_the_terminal),
		placed(only_the_newest_are_shown),
		placed(how_long_the_oldest_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
