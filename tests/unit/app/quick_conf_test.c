/*
 * quick_conf_test.c - URLs become targets: named after themselves, told apart,
 * refused with what to write instead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "app/quick_conf.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "conf/conf.h"

static struct generation *generation_of(const char *const *urls, int n)
{
	struct quick_place place = { "/var/lib/shorewatch/quick-x", "127.0.0.1:8080" };
	struct buf text = BUF_INIT(1u << 18);
	struct arena *arena = arena_new();
	struct generation *generation;
	char what[QUICK_WHAT_MAX];
	struct diag diag;

	diag_init(&diag, arena);
	assert_true(quick_conf(urls, n, &place, &text, what));
	generation = conf_load_text(buf_text(&text), "test", &diag);
	assert_non_null(generation);
	assert_int_equal(generation->plan.targets_n, n);
	buf_done(&text);
	arena_free(arena);
	return generation;
}

static void names_and_titles_are_made_of_the_url(void **state)
{
	static const char *const urls[] = { "https://Blog.Example.com/a/b?c=d",
					    "tcp://k8s.example.com:6443" };
	struct generation *g = generation_of(urls, 2);

	(void)state;
	assert_memory_equal(g->plan.targets[0].name, "blog-example-com-a-b-c-d-", 25);
	assert_string_equal(g->plan.targets[0].title, "Blog.Example.com/a/b?c=d");
	assert_memory_equal(g->plan.targets[1].name, "k8s-example-com-6443-", 21);
	assert_int_equal(g->plan.targets[1].layer, LAYER_EDGE);
	generation_drop(g);
}

static void what_differs_only_in_its_end_has_another_name(void **state)
{
	static const char *const urls[] = {
		"https://x.example/?a=1",
		"https://x.example/a/1",
		"http://x.example/a/1",
		"https://x.example/"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"https://x.example/"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
	};

	(void)state;
	generation_drop(generation_of(urls, 5)); /* doubled names would be a fault */
}

static void the_same_url_has_the_same_name_among_others(void **state)
{
	static const char *const alone[] = { "https://x.example/" };
	static const char *const second[] = { "https://y.example/", "https://x.example/" };
	struct generation *a = generation_of(alone, 1), *b = generation_of(second, 2);

	(void)state;
	assert_string_equal(a->plan.targets[0].name, b->plan.targets[1].name);
	generation_drop(a);
	generation_drop(b);
}

static void schemes_may_be_written_in_capitals(void **state)
{
	static const char *const urls[] = { "HTTP://X.example/Path", "TCP://h.example:22" };
	struct generation *g = generation_of(urls, 2);

	(void)state;
	assert_string_equal(g->plan.targets[0].kind->endpoint(g->plan.targets[0].params),
			    "http://X.example/Path");
	generation_drop(g);
}

static const char *folder_of(const char *const *urls, int n, struct buf *to)
{
	quick_conf_folder(urls, n, to);
	return buf_text(to);
}

static void a_set_of_urls_has_its_own_folder(void **state)
{
	static const char *const one[] = { "https://x.example/", "https://y.example/" };
	static const char *const turned[] = { "https://y.example/", "https://x.example/" };
	struct buf a = BUF_INIT(512), b = BUF_INIT(512), c = BUF_INIT(512);

	(void)state;
	assert_string_not_equal(folder_of(one, 2, &a), folder_of(one, 1, &b));
	assert_memory_equal(buf_text(&a), "quick-x-example-and-1-", 22);
	(void)folder_of(turned, 2, &c); /* only which one it is called after differs */
	assert_string_equal(buf_text(&a) + a.n - 8, buf_text(&c) + c.n - 8);
	buf_done(&a);
	buf_done(&b);
	buf_done(&c);
}

static void what_cannot_be_is_refused_with_advice(void **state)
{
	static const struct {
		const char *url, *advice;
	} cases[] = {
		{ "blog.example.com",
		  "write https://blog.example.com or tcp://blog.example.com:PORT" },
		{ "blog.example.com:22", "tcp://blog.example.com:22" },
		{ "ftp://x/", "http:// https:// tcp://host:port" },
		{ "https://", "has no host" },
		{ "https:///path", "has no host" },
		{ "tcp://host", "has no port" },
		{ "https://a b/", "percent-encoded" },
		{ "https://a\"; name = \"b", "percent-encoded" },
		{ "", "percent-encoded" },
	};
	struct buf text = BUF_INIT(1u << 16);
	char what[QUICK_WHAT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_false(quick_conf_probe(cases[i].url, &text, what));
		if (!strstr(what, cases[i].advice))
			fail_msg("%s: %s", cases[i].url, what);
	}
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_titles_are_made_of_the_url),
		cmocka_unit_test(what_differs_only_in_its_end_has_another_name),
		cmocka_unit_test(the_same_url_has_the_same_name_among_others),
		cmocka_unit_test(schemes_may_be_written_in_capitals),
		cmocka_unit_test(a_set_of_urls_has_its_own_folder),
		cmocka_unit_test(what_cannot_be_is_refused_with_advice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
