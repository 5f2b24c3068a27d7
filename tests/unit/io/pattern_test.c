/*
 * pattern_test.c - expressions over foreign bytes: what matches, what is
 * refused, and that nothing hostile holds up the loop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shorewatch/pattern.h"

static struct pattern *compile(const char *expression)
{
	char why[PATTERN_WHY_MAX] = "";
	struct pattern *pattern = pattern_new(expression, why);

	if (pattern == NULL)
		fail_msg("%s: %s", expression, why);
	return pattern;
}

static enum pattern_verdict match_bytes(const char *expression, const void *bytes, size_t n)
{
	struct pattern *pattern = compile(expression);
	enum pattern_verdict verdict = pattern_match(pattern, bytes, n);

	pattern_free(pattern);
	return verdict;
}

#define match(expression, text) match_bytes(expression, text, strlen(text))

static void assert_refused(const char *expression, const char *wanted)
{
	char why[PATTERN_WHY_MAX] = "";

	if (pattern_new(expression, why) != NULL)
		fail_msg("taken: %s", expression);
	if (strstr(why, wanted) == NULL)
		fail_msg("%s: \"%s\" does not say \"%s\"", expression, why, wanted);
}

static void expressions_match_anywhere(void **state)
{
	(void)state;
	assert_int_equal(match("[0-9]+ posts", "<p>12 posts</p>"), PATTERN_MATCHES);
	assert_int_equal(match("^[0-9]+ posts", "<p>12 posts</p>"), PATTERN_DIFFERS);
	assert_int_equal(match("(?i)</html>\\s*$", "</HTML>\n"), PATTERN_MATCHES);
	assert_int_equal(match("a.b", "a\nb"), PATTERN_DIFFERS);
	assert_int_equal(match("(?s)a.b", "a\nb"), PATTERN_MATCHES);
	assert_int_equal(match("(?m)^two$", "one\ntwo\nthree"), PATTERN_MATCHES);
	assert_int_equal(match("x", ""), PATTERN_DIFFERS);
	assert_int_equal(match_bytes("^$", NULL, 0), PATTERN_MATCHES);
}

static void any_bytes_are_matched(void **state)
{
	static const char bytes[] = "\xff\xfe\0caf\xc3\xa9\0\x80";

	(void)state;
	assert_int_equal(match_bytes("caf\xc3\xa9", bytes, sizeof(bytes) - 1), PATTERN_MATCHES);
	assert_int_equal(match_bytes("\\xff\\xfe\\x00caf", bytes, sizeof(bytes) - 1),
			 PATTERN_MATCHES);
	assert_int_equal(match_bytes("\\x80$", bytes, sizeof(bytes) - 1), PATTERN_MATCHES);
	assert_int_equal(match_bytes("tea", bytes, sizeof(bytes) - 1), PATTERN_DIFFERS);
	assert_int_equal(match("\xe6\x8a\x95\xe7\xa8\xbf (?:\xe4\xb8\x80|\xe4\xba\x8c)+",
			       "\xe6\x8a\x95\xe7\xa8\xbf \xe4\xba\x8c"),
			 PATTERN_MATCHES);
}

static void faults_name_the_place(void **state)
{
	char longest[1100];

	(void)state;
	assert_refused("(", "missing closing parenthesis (at character 2)");
	assert_refused("a{2,1}", "at character");
	assert_refused("(?<=a+)b", "lookbehind");
	assert_refused("(*UTF)x", "UTF");
	assert_refused("(.)\\1", "back references");
	assert_refused("[a\xc3\xa9]", "ASCII only");
	assert_refused("[]\xc3\xa9]", "ASCII only");
	assert_refused("[^]\xc3\xa9]", "ASCII only");
	assert_refused("caf\xc3\xa9+", "repeat");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_refused(longest, "1024");
	pattern_free(NULL);
}

static void what_only_looks_like_a_class_is_taken(void **state)
{
	(void)state;
	assert_int_equal(match("\\[\xc3\xa9\\]", "[\xc3\xa9]"), PATTERN_MATCHES);
	assert_int_equal(match("[a]\xc3\xa9[]]", "a\xc3\xa9]"), PATTERN_MATCHES);
	assert_int_equal(match("\xc3\xa9{x", "\xc3\xa9{x"), PATTERN_MATCHES);
}

/* Without limits each of these runs from minutes to the end of time. */
static void hostile_bytes_are_given_up(void **state)
{
	static const char *const expressions[] = {
		"(a+)+$",	  "(a|aa)+$",	"(a*)*$",	      "^(a+)+$",
		"a[^b]*(?:b|c)[yz]", "(?s)a.*(?:b|c)[yz]",
		"(*LIMIT_MATCH=4000000000)(a+)+$",
		"(?:a?){50}a{50}$",
		"(?=a*!)(?=a*!)(?:z|y)",
	};
	size_t n = 65536;
	char *bytes = malloc(n);

	(void)state;
	memset(bytes, 'a', n);
	bytes[n - 2] = '!';
	bytes[n - 1] = 'b';
	for (size_t i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++) {
		enum pattern_verdict verdict = match_bytes(expressions[i], bytes, n);

		if (verdict != PATTERN_GAVE_UP)
			fail_msg("%s ends in %d", expressions[i], (int)verdict);
	}
	free(bytes);
}

static void endless_recursion_is_given_up(void **state)
{
	(void)state;
	assert_int_equal(match("(?R)?x", "xxxx"), PATTERN_GAVE_UP);
	assert_int_equal(match("^(\\((?1)*\\))$", "(()(()))"), PATTERN_MATCHES);
}

/* The largest body that is read by default, with numbers all over it. */
static void an_honest_megabyte_is_decided(void **state)
{
	static const char *const expressions[] = {
		"\"count\":[0-9]{9}",
		"[0-9]+ posts",
		"(?i)</HTML>\\s*$",
		"\"id\":[0-9]+,\"name\":\"nobody\"",
	};
	size_t room = 1 << 20, n = 0;
	char *bytes = malloc(room);

	(void)state;
	for (int i = 0; n + 80 < room; i++)
		n += (size_t)snprintf(bytes + n, 80,
				      "{\"id\":%d,\"name\":\"somebody %d\",\"count\":%d},\n", i,
				      i * 7, i * 31 % 1000);
	for (size_t i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++) {
		enum pattern_verdict verdict = match_bytes(expressions[i], bytes, n);

		if (verdict != PATTERN_DIFFERS)
			fail_msg("%s ends in %d", expressions[i], (int)verdict);
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_match_anywhere),
		cmocka_unit_test(any_bytes_are_matched),
		cmocka_unit_test(faults_name_the_place),
		cmocka_unit_test(what_only_looks_like_a_class_is_taken),
		cmocka_unit_test(hostile_bytes_are_given_up),
		cmocka_unit_test(endless_recursion_is_given_up),
		cmocka_unit_test(an_honest_megabyte_is_decided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
