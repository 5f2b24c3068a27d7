/*
 * page_canary_test.c - what page, status.json, metrics and status say of the
 * mail canary: nothing without one, and that mail is broken when it is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model_fixture.h"
#include "render/canary_mail.h"
#include "render/page.h"
#include "render/status_text.h"

#define FILE_CAP (4 * 1024 * 1024)

struct outputs {
	struct buf en, ja, json, metrics, text;
};

static void outputs_draw(struct outputs *o, const struct canary_view *canary)
{
	struct fixture *f = malloc(sizeof *f);

	assert_non_null(f);
	model_up(f);
	f->model.canary = *canary;
	buf_init(&o->en, FILE_CAP);
	buf_init(&o->ja, FILE_CAP);
	buf_init(&o->json, FILE_CAP);
	buf_init(&o->metrics, FILE_CAP);
	buf_init(&o->text, FILE_CAP);
	page_index(&f->model, LANGUAGE_EN, &o->en);
	page_index(&f->model, LANGUAGE_JA, &o->ja);
	page_status_json(&f->model, &o->json);
	page_metrics(&f->model, &o->metrics);
	status_text(&f->model, &o->text);
	free(f);
}

static void outputs_done(struct outputs *o)
{
	buf_done(&o->en);
	buf_done(&o->ja);
	buf_done(&o->json);
	buf_done(&o->metrics);
	buf_done(&o->text);
}

static void has(const struct buf *text, const char *words)
{
	if (strstr(buf_text(text), words) == NULL)
		fail_msg("\"%s\" is not in\n%.4000s", words, buf_text(text));
}

static void has_not(const struct buf *text, const char *words)
{
	assert_null(strstr(buf_text(text), words));
}

static void without_one_nothing_is_said(void **state)
{
	struct outputs o;

	(void)state;
	outputs_draw(&o, &(struct canary_view){ .state = CANARY_STATE_LOST });
	has(&o.json, "\"mail_broken\":false");
	has(&o.json, "\"canary\":null");
	has(&o.metrics, "\nshorewatch_mail_broken 0\n");
	has_not(&o.metrics, "\nshorewatch_canary");
	has_not(&o.text, "canary");
	has_not(&o.en, "does not arrive");
	outputs_done(&o);
}

static void one_that_came_is_shown_with_its_delay(void **state)
{
	const struct canary_view view = { .is_wanted = true,
					  .state = CANARY_STATE_OK,
					  .found = clock_of(6, 40, 5),
					  .delay = 5250000 };
	struct outputs o;

	(void)state;
	outputs_draw(&o, &view);
	has(&o.json, "\"mail_broken\":false");
	has(&o.json, "\"canary\":{\"state\":\"ok\",\"last_success\":\"2026-");
	has(&o.json, "T06:40:05+09:00\",\"delay_seconds\":5.250,\"lost_since\":null,"
		     "\"unseen_since\":null}");
	has(&o.metrics, "\nshorewatch_canary_delay_seconds 5.250000\n");
	has(&o.metrics, "\nshorewatch_canary_last_success_timestamp_seconds 1");
	has(&o.text, "mail canary");
	has(&o.text, "after 5 s");
	has_not(&o.en, "does not arrive");
	outputs_done(&o);
}

static void one_that_is_lost_means_that_mail_is_broken(void **state)
{
	const struct canary_view view = { .is_wanted = true,
					  .state = CANARY_STATE_LOST,
					  .nonce = "00aa",
					  .lost = clock_of(6, 40, 0) };
	struct outputs o;

	(void)state;
	outputs_draw(&o, &view);
	has(&o.json, "\"mail_broken\":true");
	has(&o.json, "\"state\":\"lost\"");
	has(&o.metrics, "\nshorewatch_mail_broken 1\n");
	has_not(&o.metrics, "\nshorewatch_canary_delay");
	has(&o.text, "nonce=00aa");
	has(&o.en, "Mail leaves, but does not arrive: the test mail of 06:40:00 is missing.");
	has(&o.ja, "の確認用メールが見つかりません");
	outputs_done(&o);
}

static void a_mailbox_that_cannot_be_read_is_no_broken_mail(void **state)
{
	const struct canary_view view = { .is_wanted = true,
					  .state = CANARY_STATE_UNSEEN,
					  .unseen = clock_of(6, 40, 0),
					  .words = "NO \x1b[1mlogin <b>refused" };
	struct outputs o;

	(void)state;
	outputs_draw(&o, &view);
	has(&o.json, "\"mail_broken\":false");
	has(&o.json, "\"state\":\"unseen\"");
	has(&o.text, "unseen-since=");
	has(&o.text, "NO [1mlogin <b>refused\n");
	has_not(&o.json, "[1mlogin");
	has_not(&o.en, "[1mlogin");
	outputs_done(&o);
}

/* ---- the mail ---- */

static void mark_of(const char *instance, const char *host, char mark[64])
{
	const struct plan plan = { .instance = instance, .mail = { .host = host } };
	struct buf text = BUF_INIT(64);

	canary_mark(&plan, &text);
	(void)snprintf(mark, 64, "%s", buf_text(&text));
	buf_done(&text);
}

static void watchers_have_marks_of_their_own(void **state)
{
	char a[64], b[64], c[64], again[64];

	(void)state;
	mark_of("tokyo", "example.net", a);
	mark_of("osaka", "example.net", b);
	mark_of("tokyo", "example.org", c);
	mark_of("tokyo", "example.net", again);
	assert_string_not_equal(a, b);
	assert_string_not_equal(a, c);
	assert_string_equal(a, again);
}

static void the_mail_is_plain_and_says_what_it_is(void **state)
{
	const struct canary_plan canary = { .to = "canary@example.net" };
	const struct plan plan = { .instance = "日本",
				   .canary = &canary,
				   .mail = { .host = "example.net",
					     .from_address = "watch@example.net" } };
	struct buf mail = BUF_INIT(8192);

	(void)state;
	canary_mail(&plan, "00112233", clock_of(6, 40, 0), &mail);
	assert_false(buf_failed(&mail));
	has(&mail, "From: watch@example.net\r\nTo: canary@example.net\r\n"
		   "Subject: shorewatch canary 00112233\r\nX-Shorewatch-Canary: id=");
	has(&mail, "; nonce=00112233\r\nDate: ");
	has(&mail, "Message-ID: <canary.00112233@example.net>\r\n");
	has(&mail, "Auto-Submitted: auto-generated\r\n");
	for (size_t i = 0; i < mail.n; i++) {
		assert_in_range(mail.data[i], 1, 126);
		if (mail.data[i] == '\n')
			assert_int_equal(mail.data[i - 1], '\r');
	}
	buf_done(&mail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_one_nothing_is_said),
		cmocka_unit_test(one_that_came_is_shown_with_its_delay),
		cmocka_unit_test(one_that_is_lost_means_that_mail_is_broken),
		cmocka_unit_test(a_mailbox_that_cannot_be_read_is_no_broken_mail),
		cmocka_unit_test(watchers_have_marks_of_their_own),
		cmocka_unit_test(the_mail_is_plain_and_says_what_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
