/*
 * page_html_test.c - the page is well-formed, keeps its own policy, and no
 * foreign string can change its structure.
 */
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
#include "render/target.h"
#include "render/sha256.h"
#include "story_fixture.h"

#define FILE_CAP  (1024 * 1024)
#define DEPTH_MAX 32
#define NAME_MAX_ 16

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

/* ---- a strict reader of what we write: tags and the names of their attributes ---- */

struct reader {
	const char *at;
	struct buf *skeleton; /* "<a href><b></b></a>" */
	char open[DEPTH_MAX][NAME_MAX_];
	unsigned depth;
};

static size_t name_read(const char *at)
{
	return strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:!");
}

static bool is_void(const char *name)
{
	return strcmp(name, "meta") == 0 || strcmp(name, "link") == 0 ||
	       strcmp(name, "wbr") == 0 || strcmp(name, "!DOCTYPE") == 0;
}

/* One attribute, its value in double quotes or absent. */
static void attribute_read(struct reader *r)
{
	size_t n = name_read(r->at);

	if (n == 0)
		fail_msg("no attribute at: %.60s", r->at);
	buf_putc(r->skeleton, ' ');
	buf_add(r->skeleton, r->at, n);
	r->at += n;
	if (*r->at != '=')
		return;
	if (r->at[1] != '"')
		fail_msg("a value without quotes at: %.60s", r->at);
	r->at += 2;
	r->at += strcspn(r->at, "\"<");
	if (*r->at != '"')
		fail_msg("a '<' in a value, or no end of it, at: %.60s", r->at);
	r->at++;
}

static void open_tag(struct reader *r, const char *name)
{
	bool is_closed = false;

	while (*r->at != '>' && *r->at != '\0') {
		r->at += strspn(r->at, " ");
		if (*r->at == '/') {
			is_closed = true;
			r->at++;
		} else {
			attribute_read(r);
		}
	}
	if (is_closed || is_void(name))
		return;
	assert_true(r->depth < DEPTH_MAX);
	(void)snprintf(r->open[r->depth++], NAME_MAX_, "%s", name);
}

static void close_tag(struct reader *r, const char *name)
{
	if (r->depth == 0 || strcmp(r->open[r->depth - 1], name) != 0)
		fail_msg("</%s> closes nothing at: %.60s", name, r->at);
	r->depth--;
}

static void tag_read(struct reader *r)
{
	bool is_end = r->at[1] == '/';
	char name[NAME_MAX_];
	size_t n;

	r->at += is_end ? 2 : 1;
	n = name_read(r->at);
	if (n == 0 || n >= sizeof name)
		fail_msg("a bare '<' at: %.60s", r->at);
	memcpy(name, r->at, n);
	name[n] = '\0';
	buf_printf(r->skeleton, "<%s%s", is_end ? "/" : "", name);
	r->at += n;
	if (is_end)
		close_tag(r, name);
	else
		open_tag(r, name);
	if (*r->at != '>')
		fail_msg("no end of <%s at: %.60s", name, r->at);
	r->at++;
	buf_putc(r->skeleton, '>');
}

static bool is_reference(const char *at)
{
	return strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 ||
	       strncmp(at, "&gt;", 4) == 0 || strncmp(at, "&quot;", 6) == 0 ||
	       strncmp(at, "&#", 2) == 0;
}

static void html_read(const char *html, struct buf *skeleton)
{
	struct reader r = { .at = html, .skeleton = skeleton };

	while (*r.at != '\0') {
		r.at += strcspn(r.at, "<&");
		if (*r.at == '<')
			tag_read(&r);
		else if (*r.at == '&' && !is_reference(r.at))
			fail_msg("a bare '&' at: %.60s", r.at);
		else
			r.at += *r.at != '\0';
	}
	assert_int_equal(r.depth, 0);
}

static void page_skeleton(enum language language, struct buf *skeleton)
{
	struct buf html = BUF_INIT(FILE_CAP);

	page_index(&f->model, language, &html);
	assert_false(buf_failed(&html));
	html_read(buf_text(&html), skeleton);
	buf_done(&html);
}

/* ---- structure ---- */

typedef void (*maker)(struct fixture *);

static const maker makers[] = { model_up,	 model_stack_down,   model_site_down,
				model_witnessed, model_alarm_silent, model_isolated,
				model_unknown };

static void every_page_is_well_formed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
		for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
			struct buf skeleton = BUF_INIT(FILE_CAP);

			makers[i](f);
			page_skeleton(l, &skeleton);
			assert_false(buf_failed(&skeleton));
			buf_done(&skeleton);
		}
	}
}

static void both_languages_have_the_same_structure(void **state)
{
	struct buf en = BUF_INIT(FILE_CAP), ja = BUF_INIT(FILE_CAP);
	char *wbr;

	(void)state;
	model_stack_down(f);
	page_skeleton(LANGUAGE_EN, &en);
	page_skeleton(LANGUAGE_JA, &ja);
	wbr = strstr(ja.data, "<wbr>"); /* where a Japanese headline may break */
	assert_non_null(wbr);
	memmove(wbr, wbr + 5, strlen(wbr + 5) + 1);
	assert_string_equal(buf_text(&en), ja.data);
	buf_done(&en);
	buf_done(&ja);
}

static void nothing_asks_for_what_the_policy_forbids(void **state)
{
	struct buf skeleton = BUF_INIT(FILE_CAP);

	(void)state;
	model_stack_down(f);
	page_skeleton(LANGUAGE_EN, &skeleton);
	assert_null(strstr(buf_text(&skeleton), "<script>")); /* the one there is has a file */
	assert_null(strstr(buf_text(&skeleton), " style"));
	assert_null(strstr(buf_text(&skeleton), " on"));
	assert_null(strstr(buf_text(&skeleton), "<form"));
	assert_null(strstr(buf_text(&skeleton), "http-equiv content><meta http-equiv"));
	buf_done(&skeleton);
}

/* The text between two marks that follow one another. */
static void between(const char *html, const char *first, const char *last, char *ret, size_t max)
{
	const char *from = strstr(html, first), *to;

	assert_non_null(from);
	from += strlen(first);
	to = strstr(from, last);
	assert_non_null(to);
	assert_true((size_t)(to - from) < max);
	memcpy(ret, from, (size_t)(to - from));
	ret[to - from] = '\0';
}

static void the_policy_allows_the_one_inline_style_and_no_other(void **state)
{
	struct buf html = BUF_INIT(FILE_CAP);
	char style[128], hash[64], expected[SHA256_BASE64_TEXT];

	(void)state;
	model_up(f);
	for (uint64_t report = 1; report < 2000000000; report = report * 13 + 5) {
		f->model.report = report;
		buf_clear(&html);
		page_index(&f->model, LANGUAGE_EN, &html);
		between(buf_text(&html), "<style>", "</style>", style, sizeof style);
		between(buf_text(&html), "'sha256-", "'", hash, sizeof hash);
		sha256_base64(style, strlen(style), expected);
		assert_string_equal(hash, expected);
	}
	buf_done(&html);
}

static void the_keyframe_asks_for_the_next_report(void **state)
{
	struct buf html = BUF_INIT(FILE_CAP);

	(void)state;
	model_up(f);
	page_index(&f->model, LANGUAGE_EN, &html);
	assert_non_null(strstr(buf_text(&html), "url(alive/2911043.svg)"));
	buf_done(&html);
}

/* The default language has the plain name, whichever it is. */
static void each_language_links_the_other(void **state)
{
	struct buf html = BUF_INIT(FILE_CAP);

	(void)state;
	model_up(f);
	f->plan.language = LANGUAGE_JA;
	page_index(&f->model, LANGUAGE_JA, &html);
	assert_non_null(strstr(buf_text(&html), "hreflang=\"en\" href=\"index.en.html\""));
	buf_clear(&html);
	page_index(&f->model, LANGUAGE_EN, &html);
	assert_non_null(strstr(buf_text(&html), "hreflang=\"ja\" href=\"index.html\""));
	buf_done(&html);
}

/* ---- hostile strings ---- */

static const char *const hostile[] = {
	"</title><script>alert(1)</script>",
	"\"><img src=x onerror=alert(1)>",
	"' onmouseover='alert(1)",
	"</li></ul></section><h1>",
	"&lt;b&gt; & <!-- ",
	"a\xff\xfe\xc0\xaf<b",
	"\xe2\x80\xae\x1b[31m{up} of {n}",
	"{title}{names}{percent}",
	"\n\r\t<wbr>",
	"'];--<style>*{display:none}</style>",
};

static void poison(const char *text)
{
	for (unsigned i = 0; i < SIX; i++) {
		f->target_plans[i].title = text;
		f->target_plans[i].group = text;
		f->targets[i].note = text;
	}
	f->plan.page.title = text;
	f->plan.page.is_public_errors_full = true;
	f->plan.instance = text;
	f->stack_plans[0].title = text;
	f->model.trouble = text;
	for (unsigned i = 0; i < FIXTURE_WATCHDOGS; i++)
		(void)snprintf(f->deadmen[i].pull_note, NOTE_MAX, "%s", text);
	for (size_t i = 0; i < f->model.incidents_n; i++)
		for (unsigned k = 0; k < f->incidents[i].log_n; k++)
			if (f->incidents[i].log[k].kind == EVENT_NOTE)
				incident_text(f->incidents[i].log[k].text, text);
}

/* The same world with harmless words in all those places. */
static void hostile_text_leaves_the_structure_as_it_is(void **state)
{
	(void)state;
	for (size_t m = 0; m < sizeof makers / sizeof *makers; m++) {
		struct buf plain = BUF_INIT(FILE_CAP);

		makers[m](f);
		poison("Harmless");
		page_skeleton(LANGUAGE_EN, &plain);
		for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
			struct buf poisoned = BUF_INIT(FILE_CAP);

			poison(hostile[i]);
			page_skeleton(LANGUAGE_EN, &poisoned);
			assert_string_equal(buf_text(&plain), buf_text(&poisoned));
			buf_done(&poisoned);
		}
		buf_done(&plain);
	}
}

/* The pages of what has happened: of the open incident, and of all past ones. */
static void records_skeleton(struct buf *skeleton)
{
	const struct history history = history_of(f);
	struct buf html = BUF_INIT(FILE_CAP);
	struct telling_fixture t;

	story_of(&t, &f->incidents[0]);
	page_incident(&f->model, &t.story, LANGUAGE_EN, &html);
	page_history(&f->model, &history, LANGUAGE_EN, &html);
	assert_false(buf_failed(&html));
	html_read(buf_text(&html), skeleton);
	buf_done(&html);
}

static void hostile_text_leaves_records_as_they_are(void **state)
{
	struct buf plain = BUF_INIT(FILE_CAP);

	(void)state;
	model_witnessed(f);
	incident_affect(&f->incidents[0], "blog");
	poison("Harmless");
	records_skeleton(&plain);
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		struct buf poisoned = BUF_INIT(FILE_CAP);

		poison(hostile[i]);
		records_skeleton(&poisoned);
		assert_string_equal(buf_text(&plain), buf_text(&poisoned));
		buf_done(&poisoned);
	}
	buf_done(&plain);
}

static void an_endless_title_is_cut(void **state)
{
	static char title[5001];
	struct buf skeleton = BUF_INIT(FILE_CAP);

	(void)state;
	memset(title, '<', sizeof title - 1);
	model_stack_down(f);
	poison(title);
	page_skeleton(LANGUAGE_JA, &skeleton);
	assert_false(buf_failed(&skeleton));
	buf_done(&skeleton);
}

static void only_web_addresses_become_links(void **state)
{
	static const char *const bad[] = { "javascript:alert(1)", "data:text/html,x", "//x.example",
					   " https://x.example", "" };
	const struct target_sources blog = { .model = &f->model, .target = BLOG };
	struct buf html = BUF_INIT(FILE_CAP);

	(void)state;
	model_up(f);
	page_target(&blog, LANGUAGE_EN, &html);
	assert_non_null(strstr(buf_text(&html), "<a href=\"https://blog.nagisa.example/\">"
						"https://blog.nagisa.example/</a>"));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		f->target_plans[BLOG].link = bad[i];
		buf_clear(&html);
		page_target(&blog, LANGUAGE_EN, &html);
		assert_null(strstr(buf_text(&html), "<dt>Address</dt>"));
	}
	buf_done(&html);
}

static void the_style_is_named_after_its_content(void **state)
{
	const char *name = page_style_name();

	(void)state;
	assert_int_equal(strlen(name), strlen("style.12345678.css"));
	assert_int_equal(strspn(name + 6, "0123456789abcdef"), 8);
	assert_true(style_css_bytes > 1000);
	assert_ptr_equal(name, page_style_name());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_is_well_formed),
		cmocka_unit_test(both_languages_have_the_same_structure),
		cmocka_unit_test(nothing_asks_for_what_the_policy_forbids),
		cmocka_unit_test(the_policy_allows_the_one_inline_style_and_no_other),
		cmocka_unit_test(the_keyframe_asks_for_the_next_report),
		cmocka_unit_test(each_language_links_the_other),
		cmocka_unit_test(hostile_text_leaves_the_structure_as_it_is),
		cmocka_unit_test(hostile_text_leaves_records_as_they_are),
		cmocka_unit_test(an_endless_title_is_cut),
		cmocka_unit_test(only_web_addresses_become_links),
		cmocka_unit_test(the_style_is_named_after_its_content),
	};

	return cmocka_run_group_tests(tests, fixture_make, fixture_drop);
}
