/*
 * receiver_page_test.c - the page, health and metrics, and a new generation.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "receiver_place.h"

/* ---- the page ---- */

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static void page_write(struct place *place, const char *name, const char *text)
{
	const struct publish_file file = { name, text, strlen(text), 0 };

	assert_int_equal(publish_files(place->folder, &file, 1, 0), 0);
}

static void the_page_is_served_from_its_folder(void **state)
{
	struct place *place = *state;
	struct client client;

	page_write(place, "index.html", "<p>all well</p>");
	page_write(place, "api/v2/status.json", "{}");
	page_write(place, "empty.txt", "");
	say(place, &client, GET("/"));
	assert_int_equal(client_status(&client), 200);
	assert_string_equal(client_body(&client), "<p>all well</p>");
	assert_true(client_has(&client, "Content-Type: text/html; charset=utf-8"));
	assert_true(client_has(&client, "Content-Length: 15"));
	assert_true(client_has(&client, "Cache-Control: no-cache"));
	assert_true(client_has(&client, "X-Content-Type-Options: nosniff"));
	assert_true(client_has(&client, "Referrer-Policy: no-referrer"));
	assert_true(client_has(&client, "Content-Security-Policy: frame-ancestors 'none'"));
	assert_true(client_has(&client, "Connection: close"));
	assert_null(strstr(buf_text(&client.response), "X-Robots-Tag"));
	client_done(&client);
	assert_answer(place, GET("/api/v2/status.json?x=1"), 200, "{}");
	assert_answer(place, GET("/empty.txt"), 200, "");
}

static void head_is_get_without_the_body(void **state)
{
	struct place *place = *state;
	struct client client;

	page_write(place, "style.css", "a { color: red }");
	say(place, &client, "HEAD /style.css HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_int_equal(client_status(&client), 200);
	assert_true(client_has(&client, "Content-Length: 16"));
	assert_true(client_has(&client, "Content-Type: text/css; charset=utf-8"));
	assert_string_equal(client_body(&client), "");
	client_done(&client);
}

static void an_unchanged_file_is_not_sent_again(void **state)
{
	struct place *place = *state;
	char etag[128] = "", request[512];
	struct client client;

	page_write(place, "index.html", "one");
	say(place, &client, GET("/"));
	const char *at = strstr(buf_text(&client.response), "ETag: ");

	assert_non_null(at);
	snprintf(etag, sizeof etag, "%.*s", (int)strcspn(at + 6, "\r"), at + 6);
	client_done(&client);
	snprintf(request, sizeof request,
		 "GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\", W/%s\r\n\r\n", etag);
	say(place, &client, request);
	assert_int_equal(client_status(&client), 304);
	assert_string_equal(client_body(&client), "");
	client_done(&client);
	page_write(place, "index.html", "two");
	assert_answer(place, request, 200, "two");
}

static void gzip_asked(struct place *place, const char *accepts, bool is_given)
{
	struct client client;
	char request[512];

	snprintf(request, sizeof request,
		 "GET /a.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: %s\r\n\r\n", accepts);
	say(place, &client, request);
	assert_int_equal(client_status(&client), 200);
	assert_true(client_has(&client, "Vary: Accept-Encoding"));
	assert_true(client_has(&client, "Content-Type: text/html; charset=utf-8"));
	if (client_has(&client, "Content-Encoding: gzip") != is_given)
		fail_msg("Accept-Encoding: %s", accepts);
	assert_string_equal(client_body(&client), is_given ? "packed" : "plain");
	client_done(&client);
}

/* RFC 9110 12.5.3 */
static void who_takes_gzip_gets_what_lies_beside(void **state)
{
	static const char *const takes[] = { "gzip", "GZIP", "br, gzip", "br,gzip;q=0.5,*",
					     "x-gzip", "gzip; q=0.001", " ,, gzip ,", "gzip ;q=1" };
	static const char *const refuses[] = { "",	    "br",	   "gzip;q=0", "gzip;q=0.000",
					       "gzip; q=0", "notgzip", "gzipx",    "deflate, gzip;q=0" };
	struct place *place = *state;

	page_write(place, "a.html", "plain");
	gzip_asked(place, "gzip", false); /* there is none */
	page_write(place, "a.html.gz", "packed");
	for (size_t i = 0; i < sizeof takes / sizeof *takes; i++)
		gzip_asked(place, takes[i], true);
	for (size_t i = 0; i < sizeof refuses / sizeof *refuses; i++)
		gzip_asked(place, refuses[i], false);
}

static void etag_of(struct place *place, const char *request, char etag[128])
{
	struct client client;

	say(place, &client, request);
	const char *at = strstr(buf_text(&client.response), "ETag: ");

	assert_non_null(at);
	snprintf(etag, 128, "%.*s", (int)strcspn(at + 6, "\r"), at + 6);
	client_done(&client);
}

/* A cache that mixed them up would show binary. */
static void the_two_codings_have_two_tags(void **state)
{
	struct place *place = *state;
	char plain[128], packed[128];

	page_write(place, "a.html", "plain");
	page_write(place, "a.html.gz", "plain");
	etag_of(place, GET("/a.html"), plain);
	etag_of(place, "GET /a.html HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n",
		packed);
	assert_string_not_equal(plain, packed);
}

static void scripts_of_other_sites_may_read_what_is_for_machines(void **state)
{
	static const struct {
		const char *name, *field;
		bool is_there;
	} rows[] = {
		{ "status.json", "Access-Control-Allow-Origin: *", true },
		{ "feed.atom", "Access-Control-Allow-Origin: *", true },
		{ "index.html", "Access-Control-Allow-Origin", false },
		{ "feed.atom", "Content-Type: application/atom+xml; charset=utf-8", true },
		{ "style.0a1b2c3d.css", "Cache-Control: public, max-age=31536000, immutable",
		  true },
		{ "status.json", "Cache-Control: no-cache", true },
	};
	struct place *place = *state;
	char request[512];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct client client;

		page_write(place, rows[i].name, "x");
		snprintf(request, sizeof request, "GET /%s HTTP/1.1\r\nHost: a\r\n\r\n",
			 rows[i].name);
		say(place, &client, request);
		if ((strstr(buf_text(&client.response), rows[i].field) != NULL) !=
		    rows[i].is_there)
			fail_msg("%s: %s", rows[i].name, buf_text(&client.response));
		client_done(&client);
	}
}

static void what_is_not_ours_to_show_is_not_found(void **state)
{
	static const char *const paths[] = {
		"/nothing.html", "/../secret",	 "/t/../../secret", "/.hidden",
		"/t/.hidden",	 "//index.html", "/index.html/",    "/%69ndex.html",
		"/link.html",	 "/out/secret",	 "/fifo",	    "/t",
		"/t/",		 "/a\\b",	 "/index.html%00",  "*"
	};
	struct place *place = *state;
	char request[512];

	page_write(place, "index.html", "x");
	page_write(place, "t/blog.html", "x");
	for (unsigned i = 0; i < 2; i++) {
		int fd = open(folder_path(place->folder, i ? "t/.hidden" : ".hidden"),
			      O_CREAT | O_WRONLY, 0644);

		close(fd);
	}
	assert_int_equal(symlink("index.html", folder_path(place->folder, "link.html")), 0);
	assert_int_equal(symlink("/etc", folder_path(place->folder, "out")), 0);
	assert_int_equal(mkfifo(folder_path(place->folder, "fifo"), 0644), 0);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct client client;

		snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i]);
		say(place, &client, request);
		if (client_status(&client) != 404 ||
		    strcmp(client_body(&client), "not found\n") != 0)
			fail_msg("%s: %s", paths[i], buf_text(&client.response));
		client_done(&client);
	}
}

static void other_methods_are_refused(void **state)
{
	struct place *place = *state;

	page_write(place, "index.html", "x");
	assert_answer(place, "DELETE /index.html HTTP/1.1\r\nHost: a\r\n\r\n", 404, "");
	assert_answer(place, "POST /hooks/home HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
		      404, "not found");
	assert_answer(place, "POST /hook/nobody HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
		      404, "no such hook");
	assert_answer(place, "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
		      405, "only GET");
	assert_answer(place, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 404, "");
}

static void only_the_newest_pictures_are_alive(void **state)
{
	struct place *place = *state;

	assert_answer(place, GET("/alive/1.svg"), 404, "");
	receiver_report_set(place->receiver, 1000);
	assert_answer(place, GET("/alive/1000.svg"), 200, "<svg");
	assert_answer(place, GET("/alive/881.svg"), 200, "height=\"400\"");
	assert_answer(place, GET("/alive/880.svg"), 404, "");
	assert_answer(place, GET("/alive/1001.svg"), 404, "");
	assert_answer(place, GET("/alive/01000.svg"), 404, "");
	assert_answer(place, GET("/alive/1000"), 404, "");
	assert_answer(place, GET("/alive/.svg"), 404, "");
	assert_answer(place, GET("/alive/-1.svg"), 404, "");
	assert_answer(place, GET("/alive/18446744073709552616.svg"), 404, "");
}

static void a_page_that_hides_says_so_everywhere(void **state)
{
	struct place *place = *state;
	struct client client;

	place->plan.page.is_noindex = true;
	page_write(place, "index.html", "x");
	say(place, &client, GET("/"));
	assert_true(client_has(&client, "X-Robots-Tag: noindex"));
	client_done(&client);
}

/* ---- health and metrics ---- */

static void health_is_told_to_everybody(void **state)
{
	struct place *place = *state;

	assert_answer(place, GET("/healthz"), 200, "ok\n");
	place->is_healthy = false;
	assert_answer(place, GET("/healthz"), 503, "the loop is late\n");
}

static void metrics_are_for_this_machine_or_a_token(void **state)
{
	struct place *place = *state;

	assert_answer(place, GET("/metrics"), 200, "shorewatch_up 1\n");
	assert_answer(place,
		      "GET /metrics HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n", 403,
		      "only from");
	assert_answer(place,
		      "GET /metrics HTTP/1.1\r\nHost: a\r\nForwarded: for=192.0.2.9\r\n" RIGHT
		      "\r\n",
		      403, "");
	assert_answer(place,
		      "GET /metrics HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.9\r\n"
		      "Authorization: Bearer metrics-token\r\n\r\n",
		      200, "shorewatch_up 1\n");
}

/* ---- a new generation ---- */

static void a_new_plan_has_other_tokens(void **state)
{
	static const struct watchdog_plan one[] = {
		{ .name = "new", .hook = "home", .token = "new-token" }
	};
	struct place *place = *state;
	struct plan plan = place->plan;

	plan.watchdogs = one;
	plan.watchdogs_n = 1;
	receiver_plan_set(place->receiver, &plan);
	assert_post(place, RIGHT, ALERTS(FIRING_OF("a")), 401, "wrong token");
	assert_post(place, "Authorization: Bearer new-token\r\n", ALERTS(FIRING_OF("a")), 200,
		    "counted\n");
	assert_int_equal(place->beats[0], 1);
	receiver_plan_set(place->receiver, &place->plan);
}

static void an_empty_token_opens_nothing(void **state)
{
	static const struct watchdog_plan one[] = {
		{ .name = "new", .hook = "home", .token = "" }
	};
	struct place *place = *state;
	struct plan plan = place->plan;

	plan.watchdogs = one;
	plan.watchdogs_n = 1;
	plan.listen.metrics_token = NULL;
	receiver_plan_set(place->receiver, &plan);
	assert_post(place, "Authorization: Bearer \r\n", ALERTS(FIRING_OF("a")), 401, "");
	assert_post(place, "Authorization: Basic YTo=\r\n", ALERTS(FIRING_OF("a")), 401,
		    "wrong token");
	assert_answer(
		place,
		"GET /metrics HTTP/1.1\r\nHost: a\r\nVia: x\r\nAuthorization: Basic YTo=\r\n\r\n",
		403, "");
	receiver_plan_set(place->receiver, &place->plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(the_page_is_served_from_its_folder),
		placed(head_is_get_without_the_body),
		placed(an_unchanged_file_is_not_sent_again),
		placed(who_takes_gzip_gets_what_lies_beside),
		placed(the_two_codings_have_two_tags),
		placed(scripts_of_other_sites_may_read_what_is_for_machines),
		placed(what_is_not_ours_to_show_is_not_found),
		placed(other_methods_are_refused),
		placed(only_the_newest_pictures_are_alive),
		placed(a_page_that_hides_says_so_everywhere),
		placed(health_is_told_to_everybody),
		placed(metrics_are_for_this_machine_or_a_token),
		placed(a_new_plan_has_other_tokens),
		placed(an_empty_token_opens_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
