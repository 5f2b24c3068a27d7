/*
 * page_quiet_test.c - planned work, silences, acknowledgements and what comes
 * and goes, as the page, status.json, `status` and /metrics tell of them.
 */
#include "render/page_quiet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model_quiet.h"
#include "render/page.h"
#include "render/status_text.h"

#define FILE_CAP (1024 * 1024)

static struct fixture *f; /* too large for a stack */
static struct quiet q;

static int fixture_make(void **state)
{
	(void)state;
	f = malloc(sizeof *f);
	return f == NULL ? -1 : 0;
}

static int fixture_drop(void **state)
{
	(void)state;
	free(f);
	return 0;
}

static void write_page(const struct model *m, struct buf *to)
{
	page_index(m, LANGUAGE_EN, to);
}

static void write_page_ja(const struct model *m, struct buf *to)
{
	page_index(m, LANGUAGE_JA, to);
}

typedef void writer(const struct model *model, struct buf *to);

static void says(writer *write, const char *text)
{
	struct buf b = BUF_INIT(FILE_CAP);

	write(&f->model, &b);
	if (strstr(buf_text(&b), text) == NULL)
		fail_msg("'%s' is not said", text);
	buf_done(&b);
}

static void lacks(writer *write, const char *text)
{
	struct buf b = BUF_INIT(FILE_CAP);

	write(&f->model, &b);
	if (strstr(buf_text(&b), text) != NULL)
		fail_msg("'%s' is said", text);
	buf_done(&b);
}

static void headline_is(const char *expected)
{
	struct buf b = BUF_INIT(4096);

	assert_string_equal(page_headline(&f->model, LANGUAGE_EN, &b), expected);
	buf_done(&b);
}

/* ---- planned work ---- */

static void what_is_worked_at_is_planned_though_it_fails(void **state)
{
	(void)state;
	model_planned(f, &q);
	headline_is("Planned work in progress");
	says(write_page, "<body class=\"v-maint\">");
	says(write_page, "<span>until 15:30 (Ingress controller upgrade), not counted</span>"
			 "<span>last answer 14:03:20</span>");
	says(write_page_ja, "<span>15:30 まで（Ingress controller upgrade、集計から除外）</span>");
	says(write_page, "2 of 2 up");
	lacks(write_page, "unreachable");
	says(page_status_json, "\"state\":\"paused\",\"slow\":false,"
			       "\"planned_until\":\"2026-11-21T15:30:00+09:00\"");
}

static void planned_work_never_masks_others(void **state)
{
	(void)state;
	model_planned(f, &q);
	target_fails(f, BLOG, clock_of(14, 20, 0), (struct outcome){ PHASE_WAIT, CAUSE_STATUS },
		     502, 0);
	f->stacks[0].finding.primary = DIAGNOSIS_SITE_DOWN;
	headline_is("Blog is down");
	says(write_page, "<body class=\"v-site\">");
	says(write_page, "until 15:30 (Ingress controller upgrade), not counted");
}

static void planned_work_outlasts_isolation(void **state)
{
	(void)state;
	model_planned(f, &q);
	f->model.vantage = VANTAGE_ISOLATED;
	assert_int_equal(facts_state(&f->model, &f->targets[INGRESS]), VERDICT_PAUSED);
	assert_int_equal(facts_state(&f->model, &f->targets[BLOG]), VERDICT_UNKNOWN);
}

static void a_watchdog_in_planned_work_is_no_silence(void **state)
{
	(void)state;
	model_up(f);
	memset(&q, 0, sizeof q);
	window_add(f, &q, "Prometheus upgrade", "cluster", clock_of(14, 0, 0), clock_of(15, 0, 0));
	f->deadmen[0].planned_until = clock_of(15, 0, 0);
	f->deadmen[0].state = DEADMAN_SILENT;
	headline_is("Planned work in progress");
	says(write_page, "The Watchdog signal is in planned work and is not counted. 6 of 6");
	says(write_page, "<b>Watchdog signal</b><span class=\"val\">planned work</span>");
	says(write_page, "<span>until 15:00 (Prometheus upgrade), not counted</span>");
	lacks(write_page, ">Silent<");
}

static void everything_in_planned_work_is_blue_not_unknown(void **state)
{
	(void)state;
	model_up(f);
	memset(&q, 0, sizeof q);
	window_add(f, &q, "Move", "all", clock_of(14, 0, 0), clock_of(15, 0, 0));
	for (unsigned i = 0; i < SIX; i++)
		target_planned(f, i, clock_of(15, 0, 0));
	f->deadmen[0].planned_until = clock_of(15, 0, 0);
	says(write_page, "<body class=\"v-maint\">");
	says(write_page, "6 checks are in planned work and are not counted. The Watchdog signal is "
			 "in planned work and is not counted.</p>");
}

static void a_window_to_come_says_when_and_for_whom(void **state)
{
	(void)state;
	model_planned(f, &q);
	says(write_page,
	     "<h3>New disks</h3><p><time datetime=\"2026-11-29T02:00:00+09:00\">Sun 29 "
	     "Nov 2026, 02:00</time>–<time datetime=\"2026-11-29T03:00:00+09:00\">03:00 "
	     "JST</time></p>");
	says(write_page, "Concerns Blog, Misskey web, Misskey API, kube-apiserver, Ingress and 2 "
			 "more.");
	says(write_page_ja, "2026年11月29日(日) 02:00");
	f->model.windows_n = 0;
	lacks(write_page, "s-plan");
}

static void of_many_windows_ten_are_listed(void **state)
{
	(void)state;
	model_up(f);
	memset(&q, 0, sizeof q);
	for (int i = 0; i < QUIET_MAX; i++)
		window_add(f, &q, i == 10 ? "The eleventh" : "Work", "blog", clock_of(15, i, 0),
			   clock_of(16, 0, 0));
	lacks(write_page, "The eleventh");
	says(write_page, "and 2 more");
	says(page_status_json, "The eleventh");
}

static void planned_work_at_hidden_targets_is_nobodys_business(void **state)
{
	(void)state;
	model_planned(f, &q);
	f->target_plans[INGRESS].is_hidden = true;
	lacks(write_page, "controller upgrade");
	lacks(page_status_json, "controller upgrade");
	lacks(page_status_json, "\"ingress\"");
	says(page_metrics, "shorewatch_target_planned{target=\"ingress\",stack=\"home\"} 1");
}

static void what_a_title_holds_is_text(void **state)
{
	(void)state;
	model_planned(f, &q);
	q.plans[0].title = "<script>alert(1)</script>";
	says(write_page, "&lt;script&gt;");
	lacks(write_page, "<script>");
	lacks(write_page_ja, "<script>");
}

static void in_planned_work_no_metric_says_up_or_down(void **state)
{
	(void)state;
	model_planned(f, &q);
	lacks(page_metrics, "shorewatch_target_up{target=\"ingress\"");
	says(page_metrics, "shorewatch_target_up{target=\"blog\",stack=\"home\"} 1");
	says(page_metrics, "shorewatch_target_planned{target=\"blog\",stack=\"home\"} 0");
	model_up(f);
	lacks(page_metrics, "shorewatch_target_planned{");
}

/* ---- silences ---- */

static void a_silence_is_told_with_its_end_and_reason(void **state)
{
	(void)state;
	model_hushed(f, &q);
	says(write_page, "Mails about Misskey API are held back until 18:00: moving the database");
	says(write_page, "Mails about Cluster are held back until 22 Nov, 09:00.");
	says(write_page, "<span>mails held back until 18:00</span>");
	says(page_status_json, "{\"scope\":\"mkapi\",\"since\":\"2026-11-21T14:00:00+09:00\","
			       "\"until\":\"2026-11-21T18:00:00+09:00\",\"why\":\"moving the "
			       "database\"");
	says(page_metrics, "shorewatch_silences 2\n");
	headline_is("Misskey API is down");
}

static void of_two_silences_the_later_end_is_told_in_the_row(void **state)
{
	(void)state;
	model_hushed(f, &q);
	silence_add(f, &q, "all", clock_of(20, 0, 0), "");
	says(write_page, "<span>mails held back until 20:00</span>");
	says(write_page, "No mails go out until 20:00.");
	says(write_page_ja, "20:00 までメールの送信を止めています。");
}

static void a_stacks_silence_carries_its_title(void **state)
{
	(void)state;
	model_up(f);
	memset(&q, 0, sizeof q);
	silence_add(f, &q, "stack:home", clock_of(20, 0, 0), "<b>moving</b>");
	says(write_page, "Mails about Home cluster are held back until 20:00: "
			 "&lt;b&gt;moving&lt;/b&gt;");
	lacks(write_page, "<b>moving");
}

static void of_many_silences_five_are_listed(void **state)
{
	(void)state;
	model_up(f);
	memset(&q, 0, sizeof q);
	for (int i = 0; i < 7; i++)
		silence_add(f, &q, "blog", clock_of(20, i, 0), "");
	says(write_page, "until 20:04.");
	lacks(write_page, "until 20:05.");
	says(write_page, "Mails about other things are held back as well (2 more).");
}

static void a_silence_of_a_hidden_target_is_nobodys_business(void **state)
{
	(void)state;
	model_hushed(f, &q);
	f->target_plans[MKAPI].is_hidden = true;
	lacks(write_page, "moving the database");
	lacks(page_status_json, "moving the database");
	says(status_text, "moving the database");
}

/* ---- incidents ---- */

/* Who may see the page may not see whom the silence is about. */
static void what_holds_mails_back_may_be_nobodys_business(void **state)
{
	(void)state;
	model_hushed(f, &q);
	says(write_page, "Its mails are held back by a silence: Misskey API.");
	says(page_status_json, "Its mails are held back by a silence: Misskey API.");
	f->target_plans[BLOG].is_hidden = true;
	(void)snprintf(f->incidents[0].log[f->incidents[0].log_n - 1].text, INCIDENT_TEXT_MAX,
		       "blog");
	says(write_page, "Its mails are held back for now.");
	lacks(write_page, "by a silence: ");
	lacks(page_status_json, "by a silence: ");
}

static void an_acknowledged_incident_says_who_is_on_it(void **state)
{
	(void)state;
	model_hushed(f, &q);
	says(write_page, "<p class=\"sub\">Somebody is on it since 14:12: Ann looks into it</p>");
	says(write_page, "Somebody is on it: Ann looks into it<span class=\"who\">");
	says(page_status_json,
	     "\"acknowledged_at\":\"2026-11-21T14:12:00+09:00\",\"flapping\":true,"
	     "\"mails_held\":true");
	says(page_status_json, "\"kind\":\"acknowledged\"");
	says(status_text, "Somebody is on it since 14:12: Ann looks into it");
	f->incidents[0].log_n -= 2;
	says(write_page, "Somebody is on it since 14:12.</p>");
}

static void what_comes_and_goes_is_told_in_row_and_incident(void **state)
{
	(void)state;
	model_hushed(f, &q);
	says(write_page, "<span>comes and goes: 4 changes or more within 30 min</span>");
	says(write_page, "It comes and goes (4 changes or more within 30 min). It is over when it "
			 "has been calm for 15 min.");
	says(page_status_json, "\"silenced\":true,\"flapping\":true");
	says(status_text, "silenced  flapping");
	says(write_page, "Its mails are held back.");
}

static void a_watchdog_that_comes_and_goes_is_marked_as_a_target_is(void **state)
{
	(void)state;
	model_up(f);
	lacks(write_page, "comes and goes");
	lacks(page_status_json, "\"flapping\":true");
	f->deadmen[0].is_flapping = true;
	says(write_page, "<span>comes and goes: 4 changes or more within 30 min</span>");
	says(page_status_json, "\"silenced\":false,\"flapping\":true,\"since\"");
	says(status_text, "  flapping");
}

/* That everything is down would claim what nobody looks at. */
static void of_what_is_worked_at_nothing_is_claimed(void **state)
{
	(void)state;
	model_last_one(f, &q);
	headline_is("Misskey API is down");
	says(write_page, "checks are under planned work and not judged.");
	lacks(write_page, "outside checks");
	f->targets[BLOG].planned_until = (wall_t){ 0 };
	target_fails(f, BLOG, clock_of(14, 20, 0), (struct outcome){ PHASE_WAIT, CAUSE_STATUS },
		     502, 0);
	headline_is("Nothing answers from outside");
}

static void nothing_of_it_is_said_when_there_is_nothing(void **state)
{
	(void)state;
	model_site_down(f);
	lacks(write_page, "held back");
	lacks(write_page, "Somebody");
	lacks(write_page, "comes and goes");
	says(page_status_json, "\"planned\":[],\"silences\":[]");
	says(page_metrics, "shorewatch_silences 0\n");
}

static void status_tells_of_planned_work(void **state)
{
	(void)state;
	model_planned(f, &q);
	says(status_text, "planned-until=2026-11-21T15:30:00+09:00");
	says(status_text, "planned now 2026-11-21T14:00:00+09:00 to 2026-11-21T15:30:00+09:00: "
			  "Ingress controller upgrade\n");
	says(status_text, "planned 2026-11-29T02:00:00+09:00 to");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_worked_at_is_planned_though_it_fails),
		cmocka_unit_test(planned_work_never_masks_others),
		cmocka_unit_test(planned_work_outlasts_isolation),
		cmocka_unit_test(a_watchdog_in_planned_work_is_no_silence),
		cmocka_unit_test(everything_in_planned_work_is_blue_not_unknown),
		cmocka_unit_test(a_window_to_come_says_when_and_for_whom),
		cmocka_unit_test(of_many_windows_ten_are_listed),
		cmocka_unit_test(planned_work_at_hidden_targets_is_nobodys_business),
		cmocka_unit_test(what_a_title_holds_is_text),
		cmocka_unit_test(in_planned_work_no_metric_says_up_or_down),
		cmocka_unit_test(a_silence_is_told_with_its_end_and_reason),
		cmocka_unit_test(of_two_silences_the_later_end_is_told_in_the_row),
		cmocka_unit_test(a_stacks_silence_carries_its_title),
		cmocka_unit_test(of_many_silences_five_are_listed),
		cmocka_unit_test(a_silence_of_a_hidden_target_is_nobodys_business),
		cmocka_unit_test(what_holds_mails_back_may_be_nobodys_business),
		cmocka_unit_test(an_acknowledged_incident_says_who_is_on_it),
		cmocka_unit_test(what_comes_and_goes_is_told_in_row_and_incident),
		cmocka_unit_test(a_watchdog_that_comes_and_goes_is_marked_as_a_target_is),
		cmocka_unit_test(of_what_is_worked_at_nothing_is_claimed),
		cmocka_unit_test(nothing_of_it_is_said_when_there_is_nothing),
		cmocka_unit_test(status_tells_of_planned_work),
	};

	return cmocka_run_group_tests(tests, fixture_make, fixture_drop);
}
