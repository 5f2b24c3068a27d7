/*
 * page_family_test.c - a site that is judged per family: one name and one count
 * for people, two rows and two percentages, on the page and for machines.
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
#include "model_quiet.h"
#include "render/page.h"
#include "render/status_text.h"

#define FILE_CAP (1024 * 1024)

enum { FIRST = BLOG, SECOND = MKWEB }; /* the halves */

typedef void writer(const struct model *model, struct buf *to);

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

static void write_page(const struct model *m, struct buf *to)
{
	page_index(m, LANGUAGE_EN, to);
}

static void write_page_ja(const struct model *m, struct buf *to)
{
	page_index(m, LANGUAGE_JA, to);
}

static void says(writer *write, const char *text)
{
	struct buf b = BUF_INIT(FILE_CAP);

	write(&f->model, &b);
	if (strstr(buf_text(&b), text) == NULL)
		fail_msg("'%s' is not said in:\n%s", text, buf_text(&b));
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

static void headline_is(enum language language, const char *expected)
{
	struct buf b = BUF_INIT(4096);

	assert_string_equal(page_headline(&f->model, language, &b), expected);
	buf_done(&b);
}

/* ---- the page ---- */

static void the_headline_says_which_family_is_down(void **state)
{
	(void)state;
	model_family_down(f);
	headline_is(LANGUAGE_EN, "Blog (IPv6 only) is down");
	headline_is(LANGUAGE_JA, "Blog（IPv6 のみ） が停止しています");
	says(write_page, "Over IPv4 it answers.");
	says(write_page_ja, "IPv4 では応答しています。");
}

static void both_halves_down_are_one_site(void **state)
{
	(void)state;
	model_family_down(f);
	target_fails(f, FIRST, clock_of(14, 10, 0),
		     (struct outcome){ PHASE_CONNECT, CAUSE_TIMEOUT }, 0, 10 * USEC_PER_SEC);
	headline_is(LANGUAGE_EN, "Blog is down");
	headline_is(LANGUAGE_JA, "Blog が停止しています");
	lacks(write_page, "only)");
	lacks(write_page, "Blog, Blog");
}

static void a_pair_is_one_of_the_sites(void **state)
{
	(void)state;
	model_family_down(f);
	says(write_page, "1 of 2 up");
	says(write_page, "1 of 2 answer");
}

static void each_half_has_its_row(void **state)
{
	(void)state;
	model_family_down(f);
	says(write_page, "Blog</a> <span class=\"in\">IPv4</span>");
	says(write_page, "Blog</a> <span class=\"in\">IPv6</span>");
	says(write_page, "Blog (IPv6), last 90 days");
	says(write_page_ja, "Blog（IPv6） の過去 90 日");
}

static void the_log_says_which_half_failed(void **state)
{
	(void)state;
	model_family_down(f);
	says(write_page, "First failure: Blog (IPv6), ");
	says(write_page_ja, "最初の失敗：Blog（IPv6）");
}

static void the_past_names_a_site_once(void **state)
{
	(void)state;
	model_up(f);
	fixture_pair(f, FIRST, SECOND, "blog-ipv6");
	incident_affect(&f->past[2], "blog-ipv6");
	f->past[2].members = 1;
	says(write_page, ">Blog down</a></b>");
	f->past[2].affected_n = 1;
	(void)snprintf(f->past[2].affected[0], NAME_TEXT_MAX, "blog-ipv6");
	says(write_page, ">Blog (IPv6) down</a></b>");
}

static void while_our_own_ipv6_is_gone_its_half_is_not_observed(void **state)
{
	struct facts facts;

	(void)state;
	model_up(f);
	fixture_pair(f, FIRST, SECOND, "blog-ipv6");
	f->model.vantage_family[1] = VANTAGE_ISOLATED;
	assert_int_equal(facts_state(&f->model, &f->targets[SECOND]), VERDICT_UNKNOWN);
	assert_int_equal(facts_state(&f->model, &f->targets[FIRST]), VERDICT_UP);
	facts_gather(&f->model, &facts);
	assert_int_equal(facts.targets.up, 5);
	assert_int_equal(facts.targets.unknown, 0);
}

static void a_silence_of_the_name_is_told_by_the_title(void **state)
{
	static struct silence silence = { .scope = "blog", .until = { 0 } };

	(void)state;
	model_up(f);
	fixture_pair(f, FIRST, SECOND, "blog-ipv6");
	silence.until = (wall_t){ f->model.now.wall.us + USEC_PER_HOUR };
	f->model.silences = &silence;
	f->model.silences_n = 1;
	says(status_text, "silence blog: ");
	lacks(write_page, "Blog (IPv6) are held");
	(void)snprintf(silence.scope, sizeof silence.scope, "blog-ipv6");
	says(write_page, "Blog (IPv6)");
}

/* ---- machines ---- */

static void machines_are_told_family_and_twin(void **state)
{
	(void)state;
	model_family_down(f);
	says(page_status_json, "\"id\":\"blog-ipv6\",\"name\":\"Blog\"");
	says(page_status_json, "\"family\":\"ipv6\",\"twin\":\"blog\",\"state\":\"down\"");
	says(page_status_json, "\"family\":\"ipv4\",\"twin\":\"blog-ipv6\",\"state\":\"up\"");
	says(page_status_json, "\"family\":\"any\",\"twin\":null");
	says(page_metrics, "{target=\"blog-ipv6\",stack=\"home\",family=\"ipv6\"} 0\n");
	says(page_metrics, "{target=\"mkapi\",stack=\"home\"} 1\n");
	says(status_text, "Blog (IPv6)");
}

#define PAGE(f) cmocka_unit_test_setup_teardown(f, fixture_make, fixture_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAGE(the_headline_says_which_family_is_down),
		PAGE(both_halves_down_are_one_site),
		PAGE(a_pair_is_one_of_the_sites),
		PAGE(each_half_has_its_row),
		PAGE(the_log_says_which_half_failed),
		PAGE(the_past_names_a_site_once),
		PAGE(while_our_own_ipv6_is_gone_its_half_is_not_observed),
		PAGE(a_silence_of_the_name_is_told_by_the_title),
		PAGE(machines_are_told_family_and_twin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
