/*
 * json_test.c - foreign JSON: what is refused, what is found, and where.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shorewatch/json.h"

static struct json *parse(const char *text)
{
	char why[JSON_WHY_MAX] = "";
	struct json *document = json_parse(text, strlen(text), why);

	if (document == NULL)
		fail_msg("refused: %s", why);
	return document;
}

static void assert_refused(const char *text, size_t n, const char *wanted)
{
	char why[JSON_WHY_MAX] = "";

	if (json_parse(text, n, why) != NULL)
		fail_msg("taken: %.60s", text);
	if (strstr(why, wanted) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", why, wanted);
}

#define assert_refused_text(text, why) assert_refused(text, strlen(text), why)

static void every_type_is_told_apart(void **state)
{
	static const struct {
		const char *text;
		enum json_type type;
	} cases[] = {
		{ "null", JSON_NULL },	 { "true", JSON_BOOL },	   { "false", JSON_BOOL },
		{ "-7", JSON_NUMBER },	 { "1.5e3", JSON_NUMBER }, { "\"x\"", JSON_STRING },
		{ "[1,2]", JSON_ARRAY }, { "{\"a\":1}", JSON_OBJECT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json *document = parse(cases[i].text);

		if (json_type(document) != cases[i].type)
			fail_msg("%s is taken for %d", cases[i].text, (int)json_type(document));
		json_free(document);
	}
}

static void scalars_come_out_as_they_went_in(void **state)
{
	struct json *document = parse(
		" { \"n\": -12, \"r\": 0.25, \"t\": true, \"f\": false, \"s\": \"\\u00e9\" } ");
	double number = 0;
	bool is_true = false;

	(void)state;
	assert_true(json_as_number(json_member(document, "n"), &number) && number == -12.0);
	assert_true(json_as_number(json_member(document, "r"), &number) && number == 0.25);
	assert_true(json_as_bool(json_member(document, "t"), &is_true) && is_true);
	assert_true(json_as_bool(json_member(document, "f"), &is_true) && !is_true);
	assert_string_equal(json_as_text(json_member(document, "s")), "\xc3\xa9");
	json_free(document);
}

static void a_value_of_another_type_is_nothing(void **state)
{
	struct json *document = parse("{ \"s\": \"1\", \"n\": 1, \"z\": null }");
	double number = 7;
	bool is_true = true;

	(void)state;
	assert_false(json_as_number(json_member(document, "s"), &number));
	assert_false(json_as_number(NULL, &number));
	assert_false(json_as_bool(json_member(document, "n"), &is_true));
	assert_false(json_as_bool(NULL, &is_true));
	assert_null(json_as_text(json_member(document, "n")));
	assert_null(json_as_text(NULL));
	assert_null(json_member(json_member(document, "s"), "x"));
	assert_null(json_member(NULL, "x"));
	assert_null(json_element(document, 0));
	assert_int_equal(json_count(json_member(document, "s")), 0);
	assert_int_equal(json_count(NULL), 0);
	assert_int_equal(json_count(document), 3);
	assert_true(number == 7 && is_true);
	json_free(document);
}

/* The document of RFC 6901 5, and its pointers. */
static void pointers_lead_where_the_rfc_says(void **state)
{
	static const struct {
		const char *pointer;
		double number;
	} cases[] = {
		{ "/", 0 },	{ "/a~1b", 1 }, { "/c%d", 2 }, { "/e^f", 3 }, { "/g|h", 4 },
		{ "/i\\j", 5 }, { "/k\"l", 6 }, { "/ ", 7 },   { "/m~0n", 8 },
	};
	struct json *document =
		parse("{ \"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3,"
		      "\"g|h\": 4, \"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8 }");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double number = -1;

		if (!json_as_number(json_at(document, cases[i].pointer), &number) ||
		    number != cases[i].number)
			fail_msg("%s leads to %f", cases[i].pointer, number);
	}
	assert_ptr_equal(json_at(document, ""), document);
	assert_int_equal(json_count(json_at(document, "/foo")), 2);
	assert_string_equal(json_as_text(json_at(document, "/foo/0")), "bar");
	assert_string_equal(json_as_text(json_at(document, "/foo/1")), "baz");
	json_free(document);
}

static void pointers_to_nothing_find_nothing(void **state)
{
	static const char *const pointers[] = {
		"/foo/2", "/foo/-", "/foo/01", "/foo/1x", "/foo/", "/foo/0/x", "/bar",
		"foo",	  "/~",	    "/~2",     "/foo/99999999999999999999999",
	};
	struct json *document = parse("{ \"foo\": [1, 2], \"~\": 1 }");
	char longest[600] = "/";

	(void)state;
	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
		if (json_at(document, pointers[i]) != NULL)
			fail_msg("%s finds something", pointers[i]);
	}
	memset(longest + 1, 'x', sizeof(longest) - 2);
	assert_null(json_at(document, longest));
	assert_null(json_at(NULL, "/foo"));
	json_free(document);
}

static void a_text_that_is_no_pointer_is_told(void **state)
{
	(void)state;
	assert_true(json_pointer_is_fine(""));
	assert_true(json_pointer_is_fine("/"));
	assert_true(json_pointer_is_fine("/a~0b/~1/0"));
	assert_false(json_pointer_is_fine("pong"));
	assert_false(json_pointer_is_fine("/a~"));
	assert_false(json_pointer_is_fine("/a~2"));
}

static bool add_up(void *ctx, const char *name, const struct json *value)
{
	double number = 0;

	(void)name;
	(void)json_as_number(value, &number);
	*(double *)ctx += number;
	return number < 100;
}

static void every_member_is_shown_until_one_says_no(void **state)
{
	struct json *small = parse("{ \"a\": 1, \"b\": 2, \"c\": 4 }");
	struct json *large = parse("{ \"a\": 100 }"), *list = parse("[1, 2]");
	double sum = 0;

	(void)state;
	assert_true(json_each(small, add_up, &sum));
	assert_true(sum == 7);
	assert_false(json_each(large, add_up, &sum));
	assert_true(json_each(list, add_up, &sum));
	assert_true(sum == 107);
	json_free(small);
	json_free(large);
	json_free(list);
}

static void what_is_not_json_is_refused_with_a_place(void **state)
{
	(void)state;
	assert_refused_text("", "empty");
	assert_refused_text("<html>", "not JSON (near byte 1)");
	assert_refused_text("{\"a\":", "ends too early");
	assert_refused_text("{} {}", "follows");
	assert_refused_text("{\"a\":1,\"a\":2}", "twice");
	assert_refused_text("[1e999999]", "too large");
	assert_refused_text("[99999999999999999999]", "too large");
	assert_refused_text("[\"\\u0000\"]", "NUL");
	assert_refused_text("[\"\xff\"]", "UTF-8");
	assert_refused_text("\xef\xbb\xbf{}", "not JSON");
	assert_refused("{}\0", 3, "near byte");
}

static void nest(char *text, size_t depth)
{
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	text[2 * depth] = '\0';
}

static void nesting_ends_at_its_limit(void **state)
{
	static char text[20001];

	(void)state;
	nest(text, JSON_DEPTH_MAX);
	json_free(parse(text));
	nest(text, JSON_DEPTH_MAX + 1);
	assert_refused_text(text, "nested deeper than 64");
	nest(text, 10000);
	assert_refused_text(text, "nested deeper than 64");
	json_free(parse(
		"\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\""));
}

/* A megabyte of empty arrays would be more than 40 of memory. */
static void many_tiny_values_are_refused(void **state)
{
	static char text[1 << 20];
	size_t n = 0;

	(void)state;
	text[n++] = '[';
	while (n < sizeof(text) - 4) {
		memcpy(text + n, "[],", 3);
		n += 3;
	}
	memcpy(text + n, "1]", 2);
	assert_refused(text, n + 2, "more than 250000 values");
}

static void the_reason_repeats_nothing_foreign(void **state)
{
	char why[JSON_WHY_MAX] = "";

	(void)state;
	assert_null(json_parse("{\"a\":secret}", 12, why));
	assert_null(strstr(why, "secret"));
}

static void errno_tells_whose_limit_it_was(void **state)
{
	char why[JSON_WHY_MAX], deep[80];

	(void)state;
	memset(deep, '[', sizeof(deep));
	errno = 0;
	assert_null(json_parse("<", 1, why));
	assert_int_equal(errno, EBADMSG);
	assert_null(json_parse(deep, sizeof(deep), why));
	assert_int_equal(errno, E2BIG);
	assert_null(json_parse("", 0, why));
	assert_int_equal(errno, EBADMSG);
}

static void nothing_can_be_freed(void **state)
{
	(void)state;
	json_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_told_apart),
		cmocka_unit_test(scalars_come_out_as_they_went_in),
		cmocka_unit_test(a_value_of_another_type_is_nothing),
		cmocka_unit_test(pointers_lead_where_the_rfc_says),
		cmocka_unit_test(pointers_to_nothing_find_nothing),
		cmocka_unit_test(a_text_that_is_no_pointer_is_told),
		cmocka_unit_test(every_member_is_shown_until_one_says_no),
		cmocka_unit_test(what_is_not_json_is_refused_with_a_place),
		cmocka_unit_test(nesting_ends_at_its_limit),
		cmocka_unit_test(many_tiny_values_are_refused),
		cmocka_unit_test(the_reason_repeats_nothing_foreign),
		cmocka_unit_test(errno_tells_whose_limit_it_was),
		cmocka_unit_test(nothing_can_be_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
