/*
 * http_request_test.c - what is sent and to whom, and which options cannot be
 * meant.
 */
#include "probes/http_lab.h"

#include "../../../probes/http_request.h"
#include "shorewatch/io.h"

static const struct auth basic = { "Aladdin", "open sesame", NULL };
static const struct auth bearer = { .bearer = "canary-token" };

static void credentials_are_sent(void **state)
{
	struct peer peer = { .say = OK };
	struct http_params params;
	struct observation seen;
	char url[200];

	(void)state;
	peer_start(&peer, peer_says);
	params = params_of(url_of(url, "127.0.0.1", &peer, "/"));
	params.auth = &basic;
	seen = probe(params);
	assert_outcome(&seen, "pass");
	params.auth = &bearer;
	seen = probe(params);
	assert_outcome(&seen, "pass");
	peer_stop(&peer);
	assert_non_null(
		strstr(peer.heard, "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
	assert_non_null(strstr(peer.heard, "Authorization: Bearer canary-token\r\n"));
}

/* ctx is where to. */
static void peer_redirects_to(struct peer *peer, int client)
{
	if (!peer_read_head(peer, client))
		return;
	peer_write(client, "HTTP/1.1 307 Over there\r\nContent-Length: 0\r\nLocation: ");
	peer_write(client, peer->ctx);
	peer_write(client, "\r\n\r\n");
}

/* The same host, another port: another server. */
static void credentials_are_not_sent_to_another_port(void **state)
{
	struct peer home = { .say = NULL }, other = { .say = OK };
	struct http_params params;
	struct observation seen;
	char url[200], away[200];

	(void)state;
	peer_start(&other, peer_says);
	home.ctx = (void *)(uintptr_t)url_of(away, "127.0.0.1", &other, "/");
	peer_start(&home, peer_redirects_to);
	params = params_of(url_of(url, "127.0.0.1", &home, "/"));
	params.auth = &bearer;
	seen = probe(params);
	peer_stop(&home);
	peer_stop(&other);
	assert_outcome(&seen, "pass");
	assert_non_null(strstr(home.heard, "canary"));
	assert_null(strstr(other.heard, "canary"));
	assert_null(strstr(other.heard, "Authorization"));
	assert_null(strstr(seen.note, "canary"));
}

static void peer_redirects_home_once(struct peer *peer, int client)
{
	if (!peer_read_head(peer, client))
		return;
	peer_write(client, peer->clients == 1
				   ? "HTTP/1.1 302 Found\r\nLocation: there?x\r\n\r\n"
				   : OK);
}

static void credentials_go_along_within_the_same_server(void **state)
{
	struct peer peer = { .say = NULL };
	struct http_params params;
	struct observation seen;
	const char *second;
	char url[200];

	(void)state;
	peer_start(&peer, peer_redirects_home_once);
	params = params_of(url_of(url, "127.0.0.1", &peer, "/from/here"));
	params.auth = &bearer;
	seen = probe(params);
	peer_stop(&peer);
	assert_outcome(&seen, "pass");
	second = strstr(peer.heard, "GET /from/there?x HTTP/1.1\r\n");
	assert_non_null(second);
	assert_non_null(strstr(second, "Authorization: Bearer canary-token\r\n"));
}

static void secrets_do_not_stay_in_the_scratch(void **state)
{
	struct http_params params = params_of("http://x/");
	struct request request;

	(void)state;
	params.auth = &bearer;
	request_build(&request, &params, true, false);
	assert_string_equal(request.lines[0], "Authorization: Bearer canary-token");
	assert_null(request.lines[1]);
	request_done(&request);
	assert_null(memmem(request.text, sizeof(request.text), "canary", 6));
	request_build(&request, &params, false, false);
	assert_null(request.lines[0]);
}

/* The longest that the checks let through fits. */
static void the_longest_headers_fit(void **state)
{
	static char value[105], password[1200];
	static struct pair headers[HEADERS_MAX];
	static const struct auth longest = { "u", password, NULL };
	struct http_params params = params_of("http://x/");
	struct option_fault fault = { .option = "", .text = "" };
	struct request request;
	size_t n = 0;

	(void)state;
	memset(value, 'v', sizeof(value) - 1);
	memset(password, 'p', sizeof(password) - 1);
	for (size_t i = 0; i < HEADERS_MAX; i++)
		headers[i] = (struct pair){ "X", value };
	params.headers = (struct pairs){ headers, HEADERS_MAX };
	params.auth = &longest;
	params.host = "h";
	if (!http_check(&params, &fault))
		fail_msg("%s: %s", fault.option, fault.text);
	request_build(&request, &params, true, false);
	while (request.lines[n] != NULL)
		n++;
	assert_int_equal(n, HEADERS_MAX + 2);
}

/* ---- options that cannot be meant ---- */

static void assert_fault(struct http_params params, const char *option, const char *text)
{
	struct option_fault fault = { .option = "none", .text = "" };

	if (http_check(&params, &fault))
		fail_msg("%s: taken", option);
	assert_string_equal(fault.option, option);
	if (strstr(fault.text, text) == NULL)
		fail_msg("%s: \"%s\" does not say \"%s\"", option, fault.text, text);
	http_release(&params);
}

static void headers_of_ours_are_faults(void **state)
{
	static const char *const names[] = { "host",	   "Content-Length", "transfer-encoding",
					     "Connection", "Upgrade",	     "TE",
					     "Expect",	   "Accept-Encoding" };
	struct http_params params = params_of("http://x/");

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct pair header = { names[i], "x" };

		params.headers = (struct pairs){ &header, 1 };
		assert_fault(params, "headers", i == 0 ? "write host =" : "remove");
	}
	params.headers = (struct pairs){ &(const struct pair){ "Authorization", "x" }, 1 };
	params.auth = &basic;
	assert_fault(params, "headers", "remove one");
}

static void tls_options_are_checked_together(void **state)
{
	struct http_params params = params_of("https://x/");

	(void)state;
	params.client_cert = "/cert";
	assert_fault(params, "client_cert", "add client_key");
	params.client_cert = NULL;
	params.client_key = "/key";
	assert_fault(params, "client_key", "add client_cert");
	params = params_of("http://x/");
	params.client_cert = params.client_key = "/pem";
	assert_fault(params, "client_cert", "https://");
	params = params_of("http://x/");
	params.http_version = IO_HTTP_2;
	assert_fault(params, "http_version", "https://");
}

static void demands_are_checked(void **state)
{
	static const char *const many[] = { "a", "a", "a", "a", "a", "a", "a", "a", "a" };
	static const char *const broken = "(", *const no_demand = "/pong", *const moved = "301";
	static const char *const fine = "/a exists", *const no_header = "Content-Type";
	const struct auth colon = { "a:b", "c", NULL };
	struct http_params params = params_of("http://x/");

	(void)state;
	params.body_matches = (struct strings){ &broken, 1 };
	assert_fault(params, "body_matches", "at character 2");
	params.body_matches = (struct strings){ many, 9 };
	assert_fault(params, "body_matches", "at most 8");
	params = params_of("http://x/");
	params.json = (struct strings){ &no_demand, 1 };
	assert_fault(params, "json", "OPERATOR");
	params.json = (struct strings){ &fine, 1 };
	params.method = HTTP_HEAD;
	assert_fault(params, "method", "use GET");
	params = params_of("http://x/");
	params.header = (struct strings){ &no_header, 1 };
	assert_fault(params, "header", "Name: text");
	params = params_of("http://x/");
	params.status = (struct strings){ &moved, 1 };
	assert_fault(params, "status", "max_redirects = 0");
	params = params_of("http://x/");
	params.auth = &colon;
	assert_fault(params, "auth", "colon");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_are_sent),
		cmocka_unit_test(credentials_are_not_sent_to_another_port),
		cmocka_unit_test(credentials_go_along_within_the_same_server),
		cmocka_unit_test(secrets_do_not_stay_in_the_scratch),
		cmocka_unit_test(the_longest_headers_fit),
		cmocka_unit_test(headers_of_ours_are_faults),
		cmocka_unit_test(tls_options_are_checked_together),
		cmocka_unit_test(demands_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
