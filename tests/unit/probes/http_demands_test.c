/*
 * http_demands_test.c - the pure parts that judge an answer: JSON demands,
 * header demands, dates; and the Authorization header.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shorewatch/auth.h"
#include "../../../probes/http_date.h"
#include "../../../probes/http_expect.h"
#include "../../../probes/http_json.h"
#include "shorewatch/json.h"

/* ---- JSON ---- */

static const char document_text[] =
	"{ \"pong\": 1700000000000, \"ok\": true, \"none\": null, \"software\": { \"name\": "
	"\"misskey\", \"version\": \"2025.1.0\" }, \"items\": [ { \"id\": 7 } ], \"a b\": "
	"2, \"zero\": 0, \"half\": 0.5, \"text\": \"5\" }";

static bool holds(const char *text, char note[NOTE_MAX])
{
	char why[JSON_WHY_MAX], fault[160] = "";
	struct json *document = json_parse(document_text, strlen(document_text), why);
	struct demand *demand = demand_new(text, fault);
	bool is_met;

	if (demand == NULL)
		fail_msg("%s", fault);
	is_met = demand_holds(demand, document, note);
	demand_free(demand);
	json_free(document);
	return is_met;
}

static void demands_that_hold(void **state)
{
	static const char *const good[] = {
		"/pong > 0",
		"/ok == true",
		"/ok != false",
		"/none == null",
		"/none exists",
		"/nothing absent",
		"/software/name == \"misskey\"",
		"/software/name != \"mastodon\"",
		"/software exists",
		"/items/0/id == 7",
		"/items/0/id <= 7.0",
		"/items/1 absent",
		"/zero >= 0",
		"/zero < 0.1",
		"/half == 5e-1",
		"/text == \"5\"",
		"/text != 5",
		"  /zero   ==   0  ",
		"/zero == 0.0",
	};
	char note[NOTE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!holds(good[i], note))
			fail_msg("%s: %s", good[i], note);
	}
}

static void demands_that_fail_say_what_is_there(void **state)
{
	static const struct {
		const char *text, *note;
	} bad[] = {
		{ "/pong < 0", "/pong is 1700000000000, not < 0" },
		{ "/ok == false", "/ok is true, not false" },
		{ "/gone == 1", "/gone is missing, not 1" },
		{ "/gone != 1", "/gone is missing, not != 1" },
		{ "/gone exists", "/gone is missing" },
		{ "/none absent", "/none is null" },
		{ "/software == \"misskey\"", "/software is an object, not \"misskey\"" },
		{ "/items == 1", "/items is a list of 1, not 1" },
		{ "/text == 5", "/text is \"5\", not 5" },
		{ "/text > 4", "/text is \"5\", not > 4" },
		{ "/none > 0", "/none is null, not > 0" },
		{ "/zero > 0", "/zero is 0, not > 0" },
		{ "/zero != 0", "/zero is 0, not != 0" },
		{ "/software/name == \"Misskey\"",
		  "/software/name is \"misskey\", not \"Misskey\"" },
	};
	char note[NOTE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (holds(bad[i].text, note))
			fail_msg("%s holds", bad[i].text);
		assert_string_equal(note, bad[i].note);
	}
}

static void a_name_may_hold_spaces(void **state)
{
	char note[NOTE_MAX];

	(void)state;
	assert_true(holds("/a b exists", note));
	assert_false(holds("/a c exists", note));
	assert_string_equal(note, "/a c is missing");
}

static void what_is_no_demand_is_refused_with_advice(void **state)
{
	static const struct {
		const char *text, *why;
	} wrong[] = {
		{ "", "OPERATOR" },
		{ "/pong", "OPERATOR" },
		{ "/pong>0", "OPERATOR" },
		{ "/pong = 1", "OPERATOR" },
		{ "pong > 0", "begin with" },
		{ "/a~2 > 0", "~0" },
		{ "/pong >", "its value" },
		{ "/pong == misskey", "quotes" },
		{ "/pong == [1]", "its value" },
		{ "/pong == {}", "its value" },
		{ "/pong > \"1\"", "only numbers" },
		{ "/pong >= true", "only numbers" },
		{ "/pong exists 1", "nothing follows" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char why[160] = "";

		if (demand_new(wrong[i].text, why) != NULL)
			fail_msg("taken: %s", wrong[i].text);
		if (strstr(why, wrong[i].why) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", why, wrong[i].why);
	}
}

static void the_whole_document_has_a_pointer_too(void **state)
{
	char why[160], note[NOTE_MAX];
	struct json *document = json_parse("true", 4, why);
	struct demand *demand = demand_new(" == true", why);

	(void)state;
	assert_non_null(demand);
	assert_true(demand_holds(demand, document, note));
	demand_free(demand);
	json_free(document);
}

/* ---- headers ---- */

static bool are_met(const char *wanted, const char *name, const char *value, char note[NOTE_MAX])
{
	struct strings texts = { &wanted, 1 };
	struct expects expects;

	assert_true(expect_is_fine(wanted));
	expects_init(&expects, &texts);
	expects_see(&expects, "X-Other", "application/json");
	if (name != NULL)
		expects_see(&expects, name, value);
	return expects_are_met(&expects, note);
}

static void a_header_must_be_there_and_hold_the_text(void **state)
{
	char note[NOTE_MAX] = "";

	(void)state;
	assert_true(are_met("Content-Type: application/json", "content-type",
			    "Application/JSON; charset=utf-8", note));
	assert_true(are_met("ETag:", "ETag", "", note));
	assert_false(are_met("ETag:", NULL, NULL, note));
	assert_string_equal(note, "there is no header ETag");
	assert_false(are_met("Content-Type: application/json", "Content-Type", "text/html", note));
	assert_string_equal(note, "Content-Type is \"text/html\", without \"application/json\"");
	assert_false(are_met("Set-Cookie: x=2", "Set-Cookie", "session=canary", note));
	assert_null(strstr(note, "canary"));
}

static void one_of_several_headers_is_enough(void **state)
{
	static const char *const wanted[] = { "Vary: Accept", "Via: a" };
	struct strings texts = { wanted, 2 };
	struct expects expects;
	char note[NOTE_MAX];

	(void)state;
	expects_init(&expects, &texts);
	expects_see(&expects, "Vary", "Cookie");
	expects_see(&expects, "Vary", "Accept");
	assert_false(expects_are_met(&expects, note));
	assert_string_equal(note, "there is no header Via");
	expects_see(&expects, "Via", "1.1 a");
	assert_true(expects_are_met(&expects, note));
}

static void what_is_no_header_demand_is_refused(void **state)
{
	(void)state;
	assert_false(expect_is_fine(""));
	assert_false(expect_is_fine("Content-Type"));
	assert_false(expect_is_fine(": x"));
	assert_false(expect_is_fine("Content Type: x"));
	assert_false(expect_is_fine("X: a\r\nY: b"));
}

/* ---- dates ---- */

#define NEAR ((wall_t){ (int64_t)1795000000 * USEC_PER_SEC }) /* November 2026 */

static void the_three_forms_of_a_date_are_one(void **state)
{
	static const char *const forms[] = {
		"Sun, 06 Nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994",
	};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(http_date_read(forms[i], NEAR).us,
				 (int64_t)784111777 * USEC_PER_SEC);
	assert_int_equal(http_date_read("Thu, 29 Feb 2024 23:59:60 GMT", NEAR).us,
			 (int64_t)1709251200 * USEC_PER_SEC);
	assert_int_equal(http_date_read("Sun Nov 22 00:00:00 2026", NEAR).us,
			 (int64_t)1795305600 * USEC_PER_SEC);
	assert_int_equal(http_date_read("Saturday, 06-Nov-27 08:49:37 GMT", NEAR).us,
			 (int64_t)1825490977 * USEC_PER_SEC);
}

static void what_is_no_date_is_unset(void **state)
{
	static const char *const wrong[] = {
		"",
		"now",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 CET",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 06 Foo 1994 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, 06 Nov 1894 08:49:37 GMT",
		"Sun Nov 06 08:49:37",
		"Sun, 06 Nov -994 08:49:37 GMT",
		"1994-11-06T08:49:37Z",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (wall_is_set(http_date_read(wrong[i], NEAR)))
			fail_msg("taken: %s", wrong[i]);
	}
}

/* ---- credentials ---- */

/* The pairs of RFC 7617 2 and of RFC 4648 10. */
static void credentials_are_written_as_the_rfcs_say(void **state)
{
	static const struct {
		const char *user, *password, *value;
	} cases[] = {
		{ "Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" },
		{ "test", "123\xc2\xa3", "Basic dGVzdDoxMjPCow==" },
		{ "f", "oobar", "Basic Zjpvb2Jhcg==" },
		{ "fo", "obar", "Basic Zm86b2Jhcg==" },
		{ "u", "", "Basic dTo=" },
		{ "u", "p", "Basic dTpw" },
	};
	char value[AUTH_HEADER_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct auth auth = { cases[i].user, cases[i].password, NULL };

		assert_null(auth_fault(&auth));
		auth_print(&auth, value);
		assert_string_equal(value, cases[i].value);
	}
	auth_print(&(const struct auth){ .bearer = "a.b-c" }, value);
	assert_string_equal(value, "Bearer a.b-c");
}

static void credentials_that_break_a_header_are_refused(void **state)
{
	char longest[2000];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_non_null(auth_fault(&(const struct auth){ "a:b", "c", NULL }));
	assert_non_null(auth_fault(&(const struct auth){ "a\r\nX: y", "c", NULL }));
	assert_non_null(auth_fault(&(const struct auth){ "a", "c\n", NULL }));
	assert_non_null(auth_fault(&(const struct auth){ "a", longest, NULL }));
	assert_non_null(auth_fault(&(const struct auth){ .bearer = "a b" }));
	assert_non_null(auth_fault(&(const struct auth){ .bearer = "a\n" }));
	assert_non_null(auth_fault(&(const struct auth){ .bearer = longest }));
	assert_null(auth_fault(&(const struct auth){ .user = "a" })); /* secrets not read */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(demands_that_hold),
		cmocka_unit_test(demands_that_fail_say_what_is_there),
		cmocka_unit_test(a_name_may_hold_spaces),
		cmocka_unit_test(what_is_no_demand_is_refused_with_advice),
		cmocka_unit_test(the_whole_document_has_a_pointer_too),
		cmocka_unit_test(a_header_must_be_there_and_hold_the_text),
		cmocka_unit_test(one_of_several_headers_is_enough),
		cmocka_unit_test(what_is_no_header_demand_is_refused),
		cmocka_unit_test(the_three_forms_of_a_date_are_one),
		cmocka_unit_test(what_is_no_date_is_unset),
		cmocka_unit_test(credentials_are_written_as_the_rfcs_say),
		cmocka_unit_test(credentials_that_break_a_header_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
