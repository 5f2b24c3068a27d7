/*
 * page_facts_test.c - headline, look, and what the public may know.
 */
#include "render/page_facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model_fixture.h"
#include "render/page.h"

#define FILE_CAP (1024 * 1024)

static struct fixture *f; /* too large for a stack */

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

static void headline_is(enum language language, const char *expected)
{
	struct buf b = BUF_INIT(4096);

	assert_string_equal(page_headline(&f->model, language, &b), expected);
	buf_done(&b);
}

static void page_has(const char *text)
{
	struct buf b = BUF_INIT(FILE_CAP);

	page_index(&f->model, LANGUAGE_EN, &b);
	if (strstr(buf_text(&b), text) == NULL)
		fail_msg("the page lacks '%s'", text);
	buf_done(&b);
}

static void outputs_lack(const char *text)
{
	struct buf b = BUF_INIT(FILE_CAP);

	page_index(&f->model, LANGUAGE_EN, &b);
	page_index(&f->model, LANGUAGE_JA, &b);
	page_status_json(&f->model, &b);
	if (strstr(buf_text(&b), text) != NULL)
		fail_msg("'%s' is public", text);
	buf_done(&b);
}

static void look_is(const char *class, const char *favicon)
{
	char body[64], link[64];

	(void)snprintf(body, sizeof body, "<body class=\"%s\">", class);
	(void)snprintf(link, sizeof link, "href=\"favicon-%s.svg\"", favicon);
	page_has(body);
	page_has(link);
	assert_string_equal(page_favicon_name(&f->model), favicon);
}

/* ---- headlines and looks ---- */

static void everything_up_is_green(void **state)
{
	(void)state;
	model_up(f);
	headline_is(LANGUAGE_EN, "Everything is up");
	headline_is(LANGUAGE_JA, "すべて正常です");
	look_is("v-up", "up");
	page_has("<title>All up · Nagisa server status</title>");
	page_has("All 7 checks pass, and the cluster is still sending its Watchdog signal.");
}

static void a_stack_down_takes_the_whole_page(void **state)
{
	(void)state;
	model_stack_down(f);
	headline_is(LANGUAGE_EN, "The whole stack is down");
	look_is("v-stack", "down");
	page_has("<title>DOWN: whole stack · Nagisa server status</title>");
	page_has("content=\"#8c1a12\" media=\"(prefers-color-scheme: light)\"");
	page_has("<dt>Last answer from anything</dt>");
}

static void every_red_finding_has_the_band(void **state)
{
	(void)state;
	for (enum diagnosis d = DIAGNOSIS_NONE; d < DIAGNOSIS_COUNT; d++) {
		struct buf b = BUF_INIT(FILE_CAP);
		bool has_band;

		model_stack_down(f);
		finding_is(f, 0, d, clock_of(14, 1, 40));
		page_index(&f->model, LANGUAGE_EN, &b);
		has_band = strstr(buf_text(&b), "<body class=\"v-stack\">") != NULL;
		assert_int_equal(has_band, diagnosis_is_red(d));
		buf_done(&b);
	}
}

static void one_site_down_is_named_with_its_class_of_error(void **state)
{
	(void)state;
	model_site_down(f);
	headline_is(LANGUAGE_EN, "Misskey API is down");
	look_is("v-site", "down");
	page_has("<title>DOWN: Misskey API · Nagisa server status</title>");
	page_has("<p class=\"lede\">HTTP 504. 6 of 7 checks pass.</p>");
}

static void several_sites_down_are_counted(void **state)
{
	(void)state;
	model_site_down(f);
	target_fails(f, BLOG, clock_of(14, 9, 40), (struct outcome){ PHASE_TLS, CAUSE_EXPIRED }, 0,
		     0);
	headline_is(LANGUAGE_EN, "2 checks are down");
	page_has("Failing: Blog, Misskey API.");
}

static void a_silent_alarm_is_amber(void **state)
{
	(void)state;
	model_alarm_silent(f);
	headline_is(LANGUAGE_EN, "Sites are up; the cluster’s alarm is silent");
	look_is("v-warn", "slow");
	page_has("silent since 14:01:06");
}

static void a_silent_alarm_without_sites_does_not_say_that_they_are_up(void **state)
{
	(void)state;
	model_alarm_silent(f);
	f->plan.targets_n = 0;
	f->stacks[0].sight.edge_up = f->stacks[0].sight.service_up = 0;
	headline_is(LANGUAGE_EN, "The cluster’s alarm is silent");
}

static void isolation_claims_nothing(void **state)
{
	(void)state;
	model_isolated(f);
	headline_is(LANGUAGE_EN, "The watcher has lost its own link");
	look_is("v-unknown", "unknown");
	page_has("0 of 2 references answer");
	outputs_lack("<span>Up</span>");
}

static void how_long_it_lasts_goes_by_the_boot_clock(void **state)
{
	struct facts facts;
	usec_t lasting;

	(void)state;
	model_site_down(f);
	facts_gather(&f->model, &facts);
	lasting = facts_lasting(&f->model, &facts);
	assert_true(lasting > 0);
	page_has("<dt>So far</dt>");
	f->model.now.wall.us += USEC_PER_HOUR; /* it was set */
	facts_gather(&f->model, &facts);
	assert_int_equal(facts_lasting(&f->model, &facts), lasting);
	model_up(f);
	facts_gather(&f->model, &facts);
	assert_int_equal(facts_lasting(&f->model, &facts), 0);
}

static void nothing_observed_yet_is_no_verdict(void **state)
{
	(void)state;
	model_unknown(f);
	headline_is(LANGUAGE_EN, "Not enough checks yet");
	look_is("v-unknown", "unknown");
	page_has("<b>–</b> nothing observed in 90 days");
}

static void one_unknown_target_is_not_claimed_to_be_up(void **state)
{
	(void)state;
	model_up(f);
	target_unknown(f, SSH);
	headline_is(LANGUAGE_EN, "Everything checked so far is up");
	page_has("6 of 7 checks pass. 1 has not been observed yet.");
}

static void a_suspect_is_up_and_checked_again(void **state)
{
	(void)state;
	model_up(f);
	target_suspect(f, BLOG, 1);
	headline_is(LANGUAGE_EN, "Everything is up");
	page_has("6 of 7 checks pass. 1 has just failed and is being checked again.");
	page_has("<span>1 failure, checking again</span>");
	page_has("3 of 3 up");
}

static void a_recovering_target_is_down_and_answered_once(void **state)
{
	(void)state;
	model_site_down(f);
	f->targets[MKAPI].state = VERDICT_RECOVERING;
	headline_is(LANGUAGE_EN, "Misskey API is down");
	page_has("<span>answered once, checking again</span>");
}

static void a_slow_site_is_amber(void **state)
{
	(void)state;
	model_up(f);
	f->targets[MKAPI].is_slow = true;
	headline_is(LANGUAGE_EN, "Misskey API is slow");
	look_is("v-warn", "slow");
	page_has("slower than its limit of 2 s.");
}

static void planned_work_alone_is_blue(void **state)
{
	(void)state;
	model_up(f);
	f->targets[INGRESS].state = VERDICT_PAUSED;
	headline_is(LANGUAGE_EN, "Planned work in progress");
	look_is("v-maint", "maint");
	page_has("2 of 2 up");
}

static void failures_of_our_own_are_told(void **state)
{
	(void)state;
	model_up(f);
	f->model.is_mail_broken = true;
	f->model.oldest_notice = clock_of(14, 3, 8);
	f->model.mail_hold = HOLD_REFUSED;
	f->model.is_storage_failing = true;
	f->model.vantage = VANTAGE_UNCHECKED;
	page_has("Mail cannot leave; the oldest notice waits since 14:03:08. "
		 "The mail relay refuses it.");
	page_has("The watcher cannot write to its disk.");
	page_has("<b>Watcher’s own link</b><span class=\"val\">not checked</span>");
}

static void a_line_of_sight_without_members_is_absent(void **state)
{
	(void)state;
	model_up(f);
	page_has("Cluster endpoints");
	page_has("Watchdog signal");
	f->plan.targets_n = 3;
	f->plan.watchdogs_n = 0;
	outputs_lack("Cluster endpoints");
	outputs_lack("Watchdog signal");
	outputs_lack("クラスターの入口");
}

static void a_plan_without_anything_is_a_page_all_the_same(void **state)
{
	(void)state;
	model_up(f);
	f->plan.targets_n = f->plan.watchdogs_n = f->plan.stacks_n = 0;
	f->model.past_n = 0;
	headline_is(LANGUAGE_EN, "Not enough checks yet");
	look_is("v-unknown", "unknown");
	f->model.vantage = VANTAGE_ISOLATED;
	headline_is(LANGUAGE_JA, "監視側の回線が切れています");
	page_has("</html>");
}

static void the_newest_six_past_incidents_are_listed(void **state)
{
	(void)state;
	model_up(f);
	page_has(">All sites down behind the ingress</a></b>");
	outputs_lack("Watchdog signal silent");
	f->target_plans[MKAPI].is_hidden = true; /* two of the six are gone */
	page_has(">Watchdog signal silent</a></b>");
	page_has("Blog, Misskey web, kube-apiserver, Watchdog signal</span>");
}

static void a_check_that_is_no_longer_watched_is_not_named(void **state)
{
	(void)state;
	model_up(f);
	(void)snprintf(f->past[2].affected[0], NAME_TEXT_MAX, "secret");
	(void)snprintf(f->past[2].log[0].subject, NAME_TEXT_MAX, "secret");
	page_has(">A check that is no longer watched</a></b></span>");
	outputs_lack("secret");
}

static void yesterdays_times_carry_their_date(void **state)
{
	(void)state;
	model_site_down(f);
	f->targets[MKAPI].last_ok = wall_of(FIXTURE_TODAY - 3600);
	page_has("last answer 20 Nov, 23:00:00");
}

/* ---- several stacks ---- */

static void each_stack_that_is_not_fine_gets_a_line(void **state)
{
	(void)state;
	model_stack_down(f);
	f->plan.stacks_n = 2;
	outputs_lack("Other checks:");
	f->target_plans[BLOG].stack = 1;
	finding_is(f, 1, DIAGNOSIS_SITE_DOWN, clock_of(14, 1, 40));
	headline_is(LANGUAGE_EN, "The whole stack is down");
	page_has("<li>Home cluster: The whole stack is down</li>");
	page_has("<li>Other checks: Blog is down</li>");
}

static void the_worst_stack_makes_the_headline(void **state)
{
	(void)state;
	model_stack_down(f);
	f->plan.stacks_n = 2;
	f->model.worst = 1;
	for (unsigned i = 0; i < SIX; i++)
		f->target_plans[i].stack = 1;
	f->stacks[1].finding.primary = DIAGNOSIS_STACK_DOWN;
	f->stacks[1].since = clock_of(13, 0, 0);
	f->stacks[0].finding.primary = DIAGNOSIS_NONE;
	page_has("<dd><time datetime=\"2026-11-21T13:00:00+09:00\">13:00:00</time></dd>");
}

/* ---- hidden ---- */

static void a_hidden_target_is_nowhere(void **state)
{
	(void)state;
	model_stack_down(f);
	f->target_plans[BLOG].is_hidden = true;
	outputs_lack("Blog");
	outputs_lack("\"blog\"");
	outputs_lack("blog.nagisa.example");
	page_has("0 of 2 up");
	page_has("0 of 2 answer");
}

static void a_hidden_site_that_is_down_leaves_the_page_green(void **state)
{
	(void)state;
	model_site_down(f);
	f->target_plans[MKAPI].is_hidden = true;
	headline_is(LANGUAGE_EN, "Everything is up");
	look_is("v-up", "up");
	outputs_lack("Misskey API");
	outputs_lack("20261121-1");
	outputs_lack("HTTP 504");
	outputs_lack("What happened");
}

static void of_two_failures_only_the_visible_one_is_told(void **state)
{
	(void)state;
	model_site_down(f);
	target_fails(f, BLOG, clock_of(14, 9, 40), (struct outcome){ PHASE_TLS, CAUSE_EXPIRED }, 0,
		     0);
	f->target_plans[BLOG].is_hidden = true;
	headline_is(LANGUAGE_EN, "Misskey API is down");
}

static void a_hidden_targets_trouble_does_not_hide_a_visible_stacks(void **state)
{
	(void)state;
	model_site_down(f);
	f->plan.stacks_n = 2;
	f->target_plans[MKAPI].is_hidden = true;
	f->target_plans[BLOG].stack = 1;
	target_fails(f, BLOG, clock_of(14, 9, 40), (struct outcome){ PHASE_TLS, CAUSE_EXPIRED }, 0,
		     0);
	finding_is(f, 1, DIAGNOSIS_SITE_DOWN, clock_of(14, 9, 40));
	headline_is(LANGUAGE_EN, "Blog is down");
}

static void metrics_do_name_hidden_targets(void **state)
{
	struct buf b = BUF_INIT(FILE_CAP);

	(void)state;
	model_up(f);
	f->target_plans[BLOG].is_hidden = true;
	page_metrics(&f->model, &b);
	assert_non_null(strstr(buf_text(&b),
			       "shorewatch_target_up{target=\"blog\",stack=\"home\"} 1\n"));
	buf_done(&b);
}

static void an_errors_text_is_public_only_when_allowed(void **state)
{
	(void)state;
	model_stack_down(f);
	outputs_lack("192.0.2.10");
	f->plan.page.is_public_errors_full = true;
	page_has("<span>TCP connect timed out after 10 s: connect to 192.0.2.10");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_long_it_lasts_goes_by_the_boot_clock),
		cmocka_unit_test(everything_up_is_green),
		cmocka_unit_test(a_stack_down_takes_the_whole_page),
		cmocka_unit_test(every_red_finding_has_the_band),
		cmocka_unit_test(one_site_down_is_named_with_its_class_of_error),
		cmocka_unit_test(several_sites_down_are_counted),
		cmocka_unit_test(a_silent_alarm_is_amber),
		cmocka_unit_test(a_silent_alarm_without_sites_does_not_say_that_they_are_up),
		cmocka_unit_test(isolation_claims_nothing),
		cmocka_unit_test(nothing_observed_yet_is_no_verdict),
		cmocka_unit_test(one_unknown_target_is_not_claimed_to_be_up),
		cmocka_unit_test(a_suspect_is_up_and_checked_again),
		cmocka_unit_test(a_recovering_target_is_down_and_answered_once),
		cmocka_unit_test(a_slow_site_is_amber),
		cmocka_unit_test(planned_work_alone_is_blue),
		cmocka_unit_test(failures_of_our_own_are_told),
		cmocka_unit_test(a_line_of_sight_without_members_is_absent),
		cmocka_unit_test(a_plan_without_anything_is_a_page_all_the_same),
		cmocka_unit_test(the_newest_six_past_incidents_are_listed),
		cmocka_unit_test(a_check_that_is_no_longer_watched_is_not_named),
		cmocka_unit_test(yesterdays_times_carry_their_date),
		cmocka_unit_test(each_stack_that_is_not_fine_gets_a_line),
		cmocka_unit_test(the_worst_stack_makes_the_headline),
		cmocka_unit_test(a_hidden_target_is_nowhere),
		cmocka_unit_test(a_hidden_site_that_is_down_leaves_the_page_green),
		cmocka_unit_test(of_two_failures_only_the_visible_one_is_told),
		cmocka_unit_test(a_hidden_targets_trouble_does_not_hide_a_visible_stacks),
		cmocka_unit_test(metrics_do_name_hidden_targets),
		cmocka_unit_test(an_errors_text_is_public_only_when_allowed),
	};

	return cmocka_run_group_tests(tests, fixture_make, fixture_drop);
}
