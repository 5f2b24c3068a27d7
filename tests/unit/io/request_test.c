/*
 * request_test.c - what an exchange says on the wire, whatever its URL looks
 * like and whatever the handle that it uses was used for before.
 */
#include "io/turns.h"

#include <stdlib.h>

#include "io/ask.h"
#include "io/url_parts.h"

/* One request after the other: the handle that was used last is used again. */
struct place {
	struct io *io;
	struct peer peer;
};

static void place_open(struct place *place)
{
	*place = (struct place){ .io = turns_io(NULL, 0), .peer = { .say = OK } };
	peer_start(&place->peer, peer_says);
}

static void place_close(struct place *place)
{
	io_free(place->io);
	peer_stop(&place->peer);
}

static void place_ask(struct place *place, struct io_http_spec spec)
{
	struct seen seen = { .is_over = false };

	spec.ctx = &seen;
	place->peer.heard_n = 0;
	memset(place->peer.heard, 0, sizeof(place->peer.heard));
	assert_non_null(io_http_start(place->io, &spec));
	turns_until(place->io, &seen.is_over);
	assert_int_equal(seen.result.cause, CAUSE_PASS);
}

static void assert_heard(const struct place *place, const char *line)
{
	char whole[256];

	(void)snprintf(whole, sizeof(whole), "%s\r\n", line);
	if (strstr(place->peer.heard, whole) == NULL)
		fail_msg("no \"%s\" in: %s", line, place->peer.heard);
}

/* ---- the URL ---- */

static const struct {
	const char *url, *line, *host;
	bool is_plain;
} urls[] = {
	{ "http://site.test/a?b=c", "GET /a?b=c HTTP/1.1", "Host: site.test", true },
	{ "http://site.test:8080/", "GET / HTTP/1.1", "Host: site.test:8080", true },
	{ "http://site.test/a/../b", "GET /b HTTP/1.1", "Host: site.test", false },
	{ "http://127.0.0.1:81/@user", "GET /@user HTTP/1.1", "Host: 127.0.0.1:81", true },
	{ "http://site.test/%2F%2f", "GET /%2F%2f HTTP/1.1", "Host: site.test", false },
	{ "http://site.test:80/a//b", "GET /a//b HTTP/1.1", "Host: site.test", true },
	{ "http://[::1]:8080/", "GET / HTTP/1.1", "Host: [::1]:8080", false },
	{ "http://site.test", "GET / HTTP/1.1", "Host: site.test", false },
	{ "http://site.test?x=/y", "GET /?x=/y HTTP/1.1", "Host: site.test", false },
	{ "http://site.test/?a=b?c&d=1:2", "GET /?a=b?c&d=1:2 HTTP/1.1", "Host: site.test", true },
	{ "http://site.test/#top", "GET / HTTP/1.1", "Host: site.test", false },
	{ "HTTP://site.test/", "GET / HTTP/1.1", "Host: site.test", false },
};

#define URLS (sizeof(urls) / sizeof(urls[0]))

static void every_url_makes_its_request_whatever_came_before(void **state)
{
	struct seen seen;
	struct place place;

	(void)state;
	place_open(&place);
	for (size_t i = 0; i < 2 * URLS; i++) {
		/* Forth and back, so that each follows two others. */
		size_t at = i < URLS ? i : 2 * URLS - 1 - i;

		place_ask(&place, ask_of(&seen, urls[at].url, place.peer.port));
		assert_heard(&place, urls[at].line);
		assert_heard(&place, urls[at].host);
	}
	place_close(&place);
}

static void only_a_plain_url_is_cut_into_parts(void **state)
{
	struct url_parts parts;
	char url[URL_PARTS_PATH_MAX + 64] = "http://site.test/";
	size_t n = strlen(url);

	(void)state;
	for (size_t i = 0; i < URLS; i++)
		assert_int_equal(url_parts_cut(urls[i].url, &parts), urls[i].is_plain);
	assert_false(url_parts_cut("ftp://site.test/", &parts));
	assert_false(url_parts_cut("http:///", &parts));
	assert_false(url_parts_cut("http://site.test:/", &parts));
	assert_false(url_parts_cut("http://site.test:655350/", &parts));
	assert_false(url_parts_cut("http://user@site.test/", &parts));
	assert_false(url_parts_cut("http://site.test/a b", &parts));
	assert_false(url_parts_cut("http://site.test/?", &parts));
	assert_true(url_parts_cut("https://site.test:8443/x?y", &parts));
	assert_string_equal(parts.scheme, "https");
	assert_string_equal(parts.host, "site.test");
	assert_string_equal(parts.port, "8443");
	assert_string_equal(parts.path, "/x");
	assert_string_equal(parts.query, "y");
	/* The path has room for so much, and not for one more. */
	memset(url + n, 'x', URL_PARTS_PATH_MAX - 2);
	assert_true(url_parts_cut(url, &parts));
	assert_null(parts.query);
	url[n + URL_PARTS_PATH_MAX - 2] = 'x';
	assert_false(url_parts_cut(url, &parts));
}

/* ---- the header lines ---- */

static void a_run_may_say_itself_who_asks(void **state)
{
	const char *const headers[] = { "user-agent: somebody", "X-One: 1", NULL };
	struct seen seen;
	struct place place;
	struct io_http_spec spec;

	(void)state;
	place_open(&place);
	spec = ask_of(&seen, "http://site.test/", place.peer.port);
	spec.headers = headers;
	place_ask(&place, spec);
	assert_heard(&place, "user-agent: somebody");
	assert_heard(&place, "X-One: 1");
	assert_heard(&place, "Connection: close");
	assert_null(strstr(place.peer.heard, "shorewatch"));
	spec.headers = NULL;
	place_ask(&place, spec);
	assert_heard(&place, "User-Agent: shorewatch/" SHOREWATCH_VERSION);
	assert_heard(&place, "Connection: close");
	assert_null(strstr(place.peer.heard, "X-One"));
	place_close(&place);
}

/* ---- the method ---- */

static void take_body(struct peer *peer, int client)
{
	char body[4];

	assert(peer_read_head(peer, client));
	if (strncmp(peer->heard, "PUT", 3) == 0)
		assert(recv(client, body, sizeof(body), MSG_WAITALL) == sizeof(body));
	peer_write(client, strncmp(peer->heard, "HEAD", 4) == 0
				   ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
				   : peer->say);
}

static void nothing_stays_of_the_request_before(void **state)
{
	static const char *const methods[] = { "GET", "HEAD", "GET", "PUT",  "GET",
					       "GET", "PUT",  "HEAD", "DELETE", "GET" };
	struct place place = { .io = turns_io(NULL, 0), .peer = { .say = OK } };
	struct seen seen;

	(void)state;
	peer_start(&place.peer, take_body);
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		struct io_http_spec spec = ask_of(&seen, "http://site.test/", place.peer.port);
		bool has_body = strcmp(methods[i], "PUT") == 0;
		char line[64];

		spec.method = methods[i];
		spec.body = has_body ? "data" : NULL;
		spec.body_bytes = has_body ? 4 : 0;
		place_ask(&place, spec);
		(void)snprintf(line, sizeof(line), "%s / HTTP/1.1", methods[i]);
		assert_heard(&place, line);
		assert_int_equal(strstr(place.peer.heard, "Content-Length") != NULL, has_body);
		assert_null(strstr(place.peer.heard, "Expect"));
	}
	place_close(&place);
}

/* ---- whom we do not ask (SR-30) ---- */

/* By a proxy it would be "GET http://site.test/path". */
static void the_environment_names_no_proxy(void **state)
{
	struct seen seen;
	struct place place;

	(void)state;
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:9", 1), 0);
	assert_int_equal(setenv("ALL_PROXY", "http://127.0.0.1:9", 1), 0);
	place_open(&place);
	place_ask(&place, ask_of(&seen, "http://site.test/path", place.peer.port));
	assert_heard(&place, "GET /path HTTP/1.1");
	assert_heard(&place, "Host: site.test");
	place_close(&place);
	(void)unsetenv("http_proxy");
	(void)unsetenv("ALL_PROXY");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_url_makes_its_request_whatever_came_before),
		cmocka_unit_test(only_a_plain_url_is_cut_into_parts),
		cmocka_unit_test(a_run_may_say_itself_who_asks),
		cmocka_unit_test(nothing_stays_of_the_request_before),
		cmocka_unit_test(the_environment_names_no_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
