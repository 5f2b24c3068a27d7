/*
 * again_test.c - the command line that repeats a probe: what a shell makes of
 * it, and that no secret is in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/again.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "conf/conf.h"

static struct generation *load(const char *kind)
{
	struct buf text = BUF_INIT(1u << 16);
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	buf_printf(&text, "listen = { address = \"\"; }; targets = ( { name = \"blog\"; %s } );\n",
		   kind);
	generation = conf_load_text(buf_text(&text), "test", &diag);
	if (!generation)
		fail_msg("%s", diag.first ? diag.first->text : "?");
	buf_done(&text);
	arena_free(arena);
	return generation;
}

/* `at` NULL: no address was used. */
static void expect(const char *kind, const char *at, bool is_kept, const char *line)
{
	struct generation *g = load(kind);
	struct observation seen = { .target = 0 };
	struct buf text = BUF_INIT(1u << 16);

	if (at)
		assert_true(address_parse_host(at, 443, &seen.address));
	again_print(&(struct again){ &g->plan.targets[0], &seen, is_kept }, &text);
	assert_string_equal(buf_text(&text), line);
	buf_done(&text);
	generation_drop(g);
}

static void expect_curl(const char *http, const char *line)
{
	expect(http, "192.0.2.1", false, line);
}

static void the_curl_line_repeats_it(void **state)
{
	(void)state;
	expect_curl("http = { url = \"https://blog.example/?a=1&b=2\"; };",
		    "curl -v --connect-to '::192.0.2.1:443' 'https://blog.example/?a=1&b=2'");
	expect_curl(
		"http = { url = \"https://mk.example/api/ping\"; method = \"POST\"; body = "
		"\"{'a'}\"; "
		"headers = { Content-Type = \"application/json\"; }; };",
		"curl -v -X 'POST' -H 'Content-Type: application/json' --data-raw '{'\\''a'\\''}' "
		"--connect-to '::192.0.2.1:443' 'https://mk.example/api/ping'");
	expect_curl("http = { url = \"https://blog.example/\"; method = \"HEAD\"; };",
		    "curl -v -I --connect-to '::192.0.2.1:443' 'https://blog.example/'");
}

static void the_curl_line_holds_no_secret(void **state)
{
	(void)state;
	(void)setenv("SHOREWATCH_TEST_SECRET", "canary", 1);
	expect_curl("http = { url = \"https://blog.example/\"; headers = { Authorization = "
		    "\"Bearer canary\"; }; };",
		    "curl -v --connect-to '::192.0.2.1:443' 'https://blog.example/'   # without: "
		    "Authorization");
	expect_curl(
		"http = { url = \"https://blog.example/\"; auth = { bearer = "
		"\"env:SHOREWATCH_TEST_SECRET\"; }; };",
		"curl -v --connect-to '::192.0.2.1:443' 'https://blog.example/'   # without: auth");
}

static void what_is_stored_has_no_body_either(void **state)
{
	(void)state;
	expect("http = { url = \"https://mk.example/api\"; method = \"POST\"; body = \"canary\"; };",
	       "2001:db8::7", true,
	       "curl -sv --max-time 10 -X 'POST' --connect-to '::[2001:db8::7]:443' "
	       "'https://mk.example/api'   # without: body");
}

static void each_kind_has_its_tool(void **state)
{
	(void)state;
	expect("tcp = { address = \"host.example:22\"; };", "192.0.2.1", true,
	       "nc -vz -w 10 '192.0.2.1' 443");
	expect("tcp = { address = \"host.example:22\"; expect = \"SSH\"; };", NULL, true,
	       "nc -v -w 10 'host.example' 22");
	expect("tcp = { address = \"mx.example:25\"; starttls = \"smtp\"; };", "2001:db8::7", true,
	       "timeout 10 openssl s_client -connect '[2001:db8::7]:443' -starttls 'smtp' "
	       "-servername 'mx.example' -verify_hostname 'mx.example' -verify_return_error "
	       "-showcerts </dev/null");
	expect("tls = { address = \"192.0.2.1:993\"; server_name = \"mail.example\"; };", NULL, true,
	       "timeout 10 openssl s_client -connect '192.0.2.1:993' -servername 'mail.example' "
	       "-verify_hostname 'mail.example' -verify_return_error -showcerts </dev/null");
	expect("tls = { address = \"192.0.2.1:993\"; };", NULL, true,
	       "timeout 10 openssl s_client -connect '192.0.2.1:993' -verify_ip '192.0.2.1' "
	       "-verify_return_error -showcerts </dev/null");
	expect("dns = { name = \"a.example\"; type = \"MX\"; };", NULL, true,
	       "dig +tries=1 +time=5 'a.example' MX");
	expect("dns = { name = \"a.example\"; server = \"192.0.2.53\"; };", "192.0.2.53", true,
	       "dig +tries=1 +time=5 -p 443 @192.0.2.53 'a.example' A");
	expect("icmp = { address = \"host.example\"; };", NULL, true,
	       "ping -c 1 -W 10 'host.example'");
}

static void an_echo_has_no_port(void **state)
{
	struct generation *g = load("icmp = { address = \"host.example\"; };");
	struct observation seen = { .target = 0 };
	struct buf text = BUF_INIT(4096);

	(void)state;
	assert_true(address_parse_host("2001:db8::7", 0, &seen.address));
	again_print(&(struct again){ &g->plan.targets[0], &seen, true }, &text);
	assert_string_equal(buf_text(&text), "ping -c 1 -W 10 '2001:db8::7'");
	buf_clear(&text);
	assert_true(address_parse_host("192.0.2.7", 0, &seen.address));
	again_print(&(struct again){ &g->plan.targets[0], &seen, true }, &text);
	assert_string_equal(buf_text(&text), "ping -c 1 -W 10 '192.0.2.7'");
	buf_done(&text);
	generation_drop(g);
}

/* A real shell must see one word, and run nothing. */
static void a_shell_takes_nothing_of_it_for_a_command(void **state)
{
	static const char url[] = "https://blog.example/$(echo+canary)`id`?a='b'&c=d;e|f";
	struct generation *g;
	struct observation seen = { .target = 0 };
	struct buf text = BUF_INIT(4096), script = BUF_INIT(4096);
	char line[300] = "";
	FILE *said;

	(void)state;
	buf_printf(&text, "http = { url = \"%s\"; };", url);
	g = load(buf_text(&text));
	buf_clear(&text);
	again_print(&(struct again){ &g->plan.targets[0], &seen, true }, &text);
	buf_printf(&script, "curl() { for last; do :; done; printf '%%s\\n' \"$last\"; }\n%s\n",
		   buf_text(&text));
	said = popen(buf_text(&script), "r");
	assert_non_null(said);
	assert_non_null(fgets(line, sizeof line, said));
	line[strcspn(line, "\n")] = '\0';
	assert_string_equal(line, "https://blog.example/$(echo+canary)`id`?a='b'&c=d;e|f");
	assert_null(fgets(line, sizeof line, said));
	(void)pclose(said);
	buf_done(&text);
	buf_done(&script);
	generation_drop(g);
}

static void a_name_is_asked_of_the_resolver_that_denied_it(void **state)
{
	struct buf text = BUF_INIT(4096);
	struct address server;

	(void)state;
	assert_true(address_parse_host("2001:db8::53", 53, &server));
	again_print_name(&server, "it's.example", FAMILY_IPV6, &text);
	assert_string_equal(buf_text(&text),
			    "dig +tries=1 +time=5 -p 53 @2001:db8::53 'it'\\''s.example' AAAA");
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_curl_line_repeats_it),
		cmocka_unit_test(the_curl_line_holds_no_secret),
		cmocka_unit_test(what_is_stored_has_no_body_either),
		cmocka_unit_test(each_kind_has_its_tool),
		cmocka_unit_test(an_echo_has_no_port),
		cmocka_unit_test(a_shell_takes_nothing_of_it_for_a_command),
		cmocka_unit_test(a_name_is_asked_of_the_resolver_that_denied_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
