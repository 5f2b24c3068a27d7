/*
 * http_parts_test.c - the pure parts of the http kind: URLs, redirects, status
 * sets, body searches.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "../../../probes/http_assert.h"
#include "../../../probes/http_redirect.h"
#include "../../../probes/http_url.h"

/* ---- URLs ---- */

static void a_url_is_taken_apart_and_built_anew(void **state)
{
	static const struct {
		const char *text, *built, *host;
		uint16_t port;
		bool is_tls;
	} good[] = {
		{ "http://site.test", "http://site.test/", "site.test", 80, false },
		{ "HTTPS://Site.Test:443/A?b#c", "https://site.test/A?b", "site.test", 443, true },
		{ "http://site.test:8080?x", "http://site.test:8080/?x", "site.test", 8080, false },
		{ "https://[2001:DB8::1]/", "https://[2001:db8::1]/", "2001:db8::1", 443, true },
		{ "http://127.0.0.1:81/ a\xc3\xa9", "http://127.0.0.1:81/%20a%C3%A9", "127.0.0.1",
		  81, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct url url;

		assert_null(url_read(good[i].text, &url));
		assert_string_equal(url.text, good[i].built);
		assert_string_equal(url.host, good[i].host);
		assert_int_equal(url.port, good[i].port);
		assert_int_equal(url.is_tls, good[i].is_tls);
	}
}

static void what_is_no_http_url_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		"site.test",
		"ftp://site.test/",
		"file:///etc/passwd",
		"http:/site.test",
		"http://",
		"http:///x",
		"http://user:pass@site.test/",
		"http://site.test@evil.test/",
		"http://site.test:0/",
		"http://site.test:65536/",
		"http://site.test:99999999999/",
		"http://site.test:80x/",
		"http://[::1/",
		"http://[::1]x/",
		"http://[127.0.0.1]/",
		"http://a%20b/",
		"http://a b/",
		"http://site.test\\evil.test/",
		"http://site.test/\r\nX: y",
		"http://\xe6\x97\xa5\xe6\x9c\xac.test/",
	};
	struct url url;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_non_null(url_read(wrong[i], &url));
}

static void a_long_url_is_refused_not_cut(void **state)
{
	char text[URL_MAX + 100];
	struct url url;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "http://site.test/", 17);
	text[sizeof(text) - 1] = '\0';
	assert_non_null(url_read(text, &url));
	text[URL_MAX - 1] = '\0';
	assert_null(url_read(text, &url));
	assert_string_equal(url.text, text);
	/* Percent signs make it longer than what was given. */
	text[100] = ' ';
	assert_non_null(url_read(text, &url));
}

static void references_are_seen_from_their_base(void **state)
{
	static const struct {
		const char *reference, *expected;
	} cases[] = {
		{ "/x", "https://site.test:8443/x" },
		{ "x", "https://site.test:8443/a/x" },
		{ "x/../y?z", "https://site.test:8443/a/x/../y?z" },
		{ "?z", "https://site.test:8443/a/b?z" },
		{ "", "https://site.test:8443/a/b?c/d" },
		{ "#top", "https://site.test:8443/a/b?c/d" },
		{ "//other.test/x", "https://other.test/x" },
		{ "http://other.test", "http://other.test/" },
		{ "x:y/z", NULL }, /* a scheme that we do not speak */
		{ "file:///etc/passwd", NULL },
		{ "//", NULL },
		{ "/\x01", NULL },
	};
	struct url base, url;

	(void)state;
	assert_null(url_read("https://site.test:8443/a/b?c/d", &base));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *fault = url_join(&base, cases[i].reference, &url);

		assert_int_equal(fault == NULL, cases[i].expected != NULL);
		if (fault == NULL)
			assert_string_equal(url.text, cases[i].expected);
	}
}

/* ---- redirects ---- */

static void a_method_changes_as_browsers_do_it(void **state)
{
	static const struct {
		enum http_method before;
		int status;
		enum http_method after;
		bool has_body;
	} cases[] = {
		{ HTTP_POST, 301, HTTP_GET, false }, { HTTP_POST, 302, HTTP_GET, false },
		{ HTTP_POST, 303, HTTP_GET, false }, { HTTP_PUT, 303, HTTP_GET, false },
		{ HTTP_POST, 307, HTTP_POST, true }, { HTTP_POST, 308, HTTP_POST, true },
		{ HTTP_PUT, 301, HTTP_PUT, true },   { HTTP_HEAD, 303, HTTP_HEAD, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hop hop = { .method = cases[i].before, .has_body = true };

		assert_null(url_read("http://site.test/", &hop.url));
		assert_null(redirect_follow(&hop, cases[i].status, "/x"));
		assert_int_equal(hop.method, cases[i].after);
		assert_int_equal(hop.has_body, cases[i].has_body);
	}
}

static void https_never_leads_to_http(void **state)
{
	struct hop hop = { .method = HTTP_GET };

	(void)state;
	assert_null(url_read("https://site.test/", &hop.url));
	assert_non_null(redirect_follow(&hop, 302, "http://site.test/"));
	assert_string_equal(hop.url.text, "https://site.test/");
}

static void credentials_stay_at_home(void **state)
{
	(void)state;
	assert_false(redirect_keeps_header("authorization", false, true));
	assert_false(redirect_keeps_header("COOKIE", false, true));
	assert_false(redirect_keeps_header("Host", false, true));
	assert_true(redirect_keeps_header("Authorization", true, true));
	assert_true(redirect_keeps_header("X-Other", false, false));
	assert_false(redirect_keeps_header("Content-Type", true, false));
}

/* ---- status ---- */

static void ranges_of_status_hold_what_they_say(void **state)
{
	static const char *const wrong[] = { "",    "20",   "2000",    "099",	  "2XX",
					     "xx2", "200-", "300-200", "200-2xx", "-200" };
	static const char *const right[] = { "2xx", "404", "500-503" };
	const struct strings ranges = { right, 3 };
	struct status_range range;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(status_range_read(wrong[i], &range));
	for (int status = 0; status < 1000; status++)
		assert_int_equal(status_is_among(&ranges, status),
				 (status >= 200 && status <= 299) || status == 404 ||
					 (status >= 500 && status <= 503));
}

/* ---- searches ---- */

static bool is_found_in_pieces(const char *text, const char *body, size_t piece)
{
	const struct strings texts = { &text, 1 };
	struct search search;

	search_init(&search, &texts);
	for (size_t at = 0; at < strlen(body); at += piece) {
		size_t left = strlen(body) - at;

		search_feed(&search, body + at, left < piece ? left : piece);
	}
	return search_has_all(&search);
}

static void a_text_is_found_however_the_body_is_cut(void **state)
{
	static const char body[] = "<html><body>aaab all is well aab</body></html>";

	(void)state;
	for (size_t piece = 1; piece <= sizeof(body); piece++) {
		assert_true(is_found_in_pieces("all is well", body, piece));
		assert_true(is_found_in_pieces("</html>", body, piece));
		assert_true(is_found_in_pieces("aab<", body, piece));
		assert_true(is_found_in_pieces(body, body, piece));
		assert_false(is_found_in_pieces("all is Well", body, piece));
		assert_false(is_found_in_pieces("</html>x", body, piece));
	}
}

static void the_longest_text_is_found_across_any_border(void **state)
{
	char text[SEARCH_TEXT_MAX + 1], body[3 * SEARCH_TEXT_MAX + 1];

	(void)state;
	memset(body, 'y', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	for (size_t i = 0; i < SEARCH_TEXT_MAX; i++)
		text[i] = (char)('a' + i % 7);
	text[SEARCH_TEXT_MAX] = '\0';
	memcpy(body + SEARCH_TEXT_MAX - 3, text, SEARCH_TEXT_MAX);
	for (size_t piece = 1; piece <= sizeof(body); piece++)
		assert_true(is_found_in_pieces(text, body, piece));
}

static void each_text_is_told_apart(void **state)
{
	static const char *const words[] = { "one", "two", "three" };
	const struct strings texts = { words, 3 };
	struct search search;

	(void)state;
	search_init(&search, &texts);
	assert_false(search_has_any(&search));
	search_feed(&search, "three one", 9);
	assert_true(search_has_any(&search));
	assert_false(search_has_all(&search));
	assert_string_equal(search_first(&search, true), "one");
	assert_string_equal(search_first(&search, false), "two");
	search_feed(&search, " two", 4);
	assert_true(search_has_all(&search));
	assert_null(search_first(&search, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_is_taken_apart_and_built_anew),
		cmocka_unit_test(what_is_no_http_url_is_refused),
		cmocka_unit_test(a_long_url_is_refused_not_cut),
		cmocka_unit_test(references_are_seen_from_their_base),
		cmocka_unit_test(a_method_changes_as_browsers_do_it),
		cmocka_unit_test(https_never_leads_to_http),
		cmocka_unit_test(credentials_stay_at_home),
		cmocka_unit_test(ranges_of_status_hold_what_they_say),
		cmocka_unit_test(a_text_is_found_however_the_body_is_cut),
		cmocka_unit_test(the_longest_text_is_found_across_any_border),
		cmocka_unit_test(each_text_is_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
