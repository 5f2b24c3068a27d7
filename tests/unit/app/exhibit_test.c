/*
 * exhibit_test.c - the lines of an exhibit, and what a person and a program
 * are told of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "app/exhibit.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/json_writer.h"
#include "conf/conf.h"

static struct generation *load(void)
{
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	generation = conf_load_text(
		"listen = { address = \"\"; }; references = [ \"192.0.2.1:443\", \"192.0.2.2:443\" ];"
		"targets = ( { name = \"blog\"; http = { url = \"https://blog.example/\"; }; } );\n",
		"test", &diag);
	if (!generation)
		fail_msg("%s", diag.first ? diag.first->text : "?");
	arena_free(arena);
	return generation;
}

static struct address address(const char *host, uint16_t port)
{
	struct address a;

	assert_true(address_parse_host(host, port, &a));
	return a;
}

static void expect(const struct observation *seen, const struct evidence *evidence,
		   const char *lines)
{
	struct generation *g = load();
	struct buf facts = BUF_INIT(8192);

	exhibit_print(&(struct exhibit){ &g->plan, seen, evidence, 1 }, &facts);
	assert_string_equal(buf_text(&facts), lines);
	buf_done(&facts);
	generation_drop(g);
}

static void a_name_that_two_deny_says_who_and_how_to_ask_again(void **state)
{
	struct evidence e = { .host = "blog.example\x1b[1m", .words_n = 2, .is_each_asked = true };
	struct observation seen = { .outcome = { PHASE_DNS, CAUSE_NXDOMAIN },
				    .is_address_good = true };

	(void)state;
	e.words[0] = (struct io_word){ address("192.0.2.53", 53), CAUSE_NXDOMAIN };
	e.words[1] = (struct io_word){ address("192.0.2.54", 53), CAUSE_RESOLVER };
	expect(&seen, &e,
	       "name blog.example[1m\n"
	       "resolver 192.0.2.53:53 nxdomain\n"
	       "resolver 192.0.2.54:53 says nothing\n"
	       "reached no\n"
	       "address_good yes\n"
	       "reference 192.0.2.1:443 answers\n"
	       "reference 192.0.2.2:443 silent\n"
	       "again dig +tries=1 +time=5 -p 53 @192.0.2.53 'blog.example[1m' A\n"
	       "again dig +tries=1 +time=5 -p 53 @192.0.2.54 'blog.example[1m' A\n"
	       "again curl -sv --max-time 10 'https://blog.example/'\n");
}

static void a_certificate_is_told_by_its_whole_digest(void **state)
{
	struct evidence e = { .host = "blog.example", .answers_n = 1, .words_n = 1,
			      .chain_n = 1, .verify_error = 10 };
	struct observation seen = { .outcome = { PHASE_TLS, CAUSE_EXPIRED }, .is_reached = true };

	(void)state;
	e.words[0].server = address("192.0.2.53", 53);
	e.answers[0] = seen.address = address("2001:db8::7", 443);
	e.chain[0] = (struct evidence_link){ .not_before = { 1767225600 * USEC_PER_SEC },
					     .not_after = { 1775001600 * USEC_PER_SEC },
					     .subject = "/CN=blog\nexample" };
	memset(e.chain[0].sha256, 0xab, 32);
	expect(&seen, &e,
	       "name blog.example\n"
	       "resolver 192.0.2.53:53\n"
	       "answer [2001:db8::7]:443\n"
	       "address [2001:db8::7]:443 IPv6\n"
	       "reached yes\n"
	       "verify_error 10\n"
	       "certificate abababababababababababababababababababababababababababababababab "
	       "2026-01-01T00:00:00+00:00 2026-04-01T00:00:00+00:00 /CN=blog example\n"
	       "reference 192.0.2.1:443 answers\n"
	       "reference 192.0.2.2:443 silent\n"
	       "again curl -sv --max-time 10 --connect-to '::[2001:db8::7]:443' "
	       "'https://blog.example/'\n");
}

static const char facts[] = "name a\nresolver x\nresolver y z\nbroken\nagain curl 'q'\n";

static void a_person_sees_each_key_once_and_no_controls(void **state)
{
	struct buf text = BUF_INIT(8192);

	(void)state;
	exhibit_text(facts, "Server: x\nA: b\n", "<p>\x1b[31m\r\n\xff""end", &text);
	assert_string_equal(buf_text(&text), "      name          a\n"
					     "      resolver      x\n"
					     "                    y z\n"
					     "      again         curl 'q'\n"
					     "      head          | Server: x\n"
					     "                    | A: b\n"
					     "      body          | <p>[31m \n"
					     "                    | \xef\xbf\xbd""end\n");
	buf_done(&text);
}

static void a_program_gets_a_list_for_every_key(void **state)
{
	struct buf text = BUF_INIT(8192);
	struct json_writer w;

	(void)state;
	json_begin(&w, &text);
	json_object(&w);
	exhibit_json(facts, "", "a\x1a\"b\n", &w);
	json_object_end(&w);
	assert_string_equal(buf_text(&text),
			    "{\"facts\":{\"name\":[\"a\"],\"resolver\":[\"x\",\"y z\"],"
			    "\"again\":[\"curl 'q'\"]},\"head\":null,\"body\":\"a\\u001a\\\"b\\u000a\"}");
	buf_done(&text);
}

/* Of an older or newer version, or damaged: shown as far as it is understood. */
static void lines_of_another_form_do_no_harm(void **state)
{
	static const char *const others[] = { "", "\n", " \n", "x", "x ", " x", "\n\n a b\n",
					      "averyveryveryveryveryveryverylongkey value\n" };
	struct buf text = BUF_INIT(8192);
	struct json_writer w;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		exhibit_text(others[i], "", "", &text);
		buf_clear(&text);
		json_begin(&w, &text);
		json_object(&w);
		exhibit_json(others[i], "", "", &w);
		json_object_end(&w);
		assert_string_equal(buf_text(&text), "{\"facts\":{},\"head\":null,\"body\":null}");
		buf_clear(&text);
	}
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_two_deny_says_who_and_how_to_ask_again),
		cmocka_unit_test(a_certificate_is_told_by_its_whole_digest),
		cmocka_unit_test(a_person_sees_each_key_once_and_no_controls),
		cmocka_unit_test(a_program_gets_a_list_for_every_key),
		cmocka_unit_test(lines_of_another_form_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
