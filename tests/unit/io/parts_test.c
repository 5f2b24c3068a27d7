/*
 * parts_test.c - the small pure parts of the network half: SMTP replies,
 * remembered names, causes of errno, digests.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/names.h"
#include "io/reply.h"

/* ---- replies ---- */

static void a_reply_is_whole_only_with_its_last_line(void **state)
{
	static const char text[] = "250-one\r\n250-two\r\n250 three\r\n";
	struct reply_reader reader = { .n = 0 };
	enum reply_step steps[8];
	size_t steps_n = 0;
	int code = 0;

	(void)state;
	for (size_t at = 0; at < strlen(text);) {
		bool is_line;

		/* Byte by byte: nothing may depend on how the stream is cut. */
		at += reply_feed(&reader, text + at, 1, &is_line);
		if (is_line)
			steps[steps_n++] = reply_step(&reader, &code);
	}
	assert_int_equal(steps_n, 3);
	assert_int_equal(steps[0], REPLY_MORE);
	assert_int_equal(steps[1], REPLY_MORE);
	assert_int_equal(steps[2], REPLY_WHOLE);
	assert_int_equal(code, 250);
	assert_string_equal(reader.line, "250 three");
}

static void what_is_no_reply_is_broken(void **state)
{
	static const char *const wrong[] = { "hello", "25", "250x", "650 x", "", "-50 a" };
	bool is_last;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(reply_code(wrong[i], &is_last), 0);
	assert_int_equal(reply_code("354", &is_last), 354);
	assert_true(is_last);
}

static void a_long_line_is_cut_and_an_endless_reply_given_up(void **state)
{
	struct reply_reader reader = { .n = 0 };
	char line[3000];
	bool is_line;
	int code;

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "250-", 4);
	line[sizeof(line) - 1] = '\n';
	for (int i = 0; i < REPLY_LINES_MAX; i++) {
		assert_int_equal(reply_feed(&reader, line, sizeof(line), &is_line), sizeof(line));
		assert_true(is_line);
		assert_int_equal(reader.n, REPLY_LINE_MAX - 1);
		assert_int_equal(reply_step(&reader, &code), REPLY_MORE);
	}
	(void)reply_feed(&reader, line, sizeof(line), &is_line);
	assert_int_equal(reply_step(&reader, &code), REPLY_BROKEN);
}

/* ---- names ---- */

static struct address address_of(const char *text)
{
	struct address address;

	assert_true(address_parse_host(text, 0, &address));
	return address;
}

static void a_family_is_replaced_without_the_other(void **state)
{
	struct names *names = names_new();
	struct address v4 = address_of("192.0.2.1"), v6 = address_of("2001:db8::1"), got[4];

	(void)state;
	names_put(names, "a.test", FAMILY_IPV4, &v4, 1);
	names_put(names, "a.test", FAMILY_IPV6, &v6, 1);
	v4 = address_of("192.0.2.2");
	names_put(names, "a.test", FAMILY_IPV4, &v4, 1);
	assert_int_equal(names_get(names, "a.test", FAMILY_ANY, 80, got, 4), 2);
	assert_int_equal(got[0].bytes[3], 2);
	assert_int_equal(got[0].port, 80);
	assert_int_equal(got[1].family, FAMILY_IPV6);
	assert_int_equal(names_get(names, "a.test", FAMILY_IPV6, 80, got, 4), 1);
	assert_int_equal(names_get(names, "b.test", FAMILY_ANY, 80, got, 4), 0);
	names_free(names);
}

static void the_table_has_an_end_and_keeps_the_newest(void **state)
{
	struct names *names = names_new();
	struct address v4 = address_of("192.0.2.1"), got;
	char host[32];

	(void)state;
	for (int i = 0; i < 16500; i++) {
		(void)snprintf(host, sizeof(host), "n%d.test", i);
		names_put(names, host, FAMILY_IPV4, &v4, 1);
	}
	assert_int_equal(names_get(names, "n0.test", FAMILY_ANY, 80, &got, 1), 0);
	assert_int_equal(names_get(names, "n16499.test", FAMILY_ANY, 80, &got, 1), 1);
	assert_int_equal(names_get(names, "n1000.test", FAMILY_ANY, 80, &got, 1), 1);
	names_free(names);
}

static void what_is_saved_can_be_loaded(void **state)
{
	static const char text[] = "a.test 4 192.0.2.1\na.test 4 192.0.2.2\nb.test 6 2001:db8::1\n";
	struct names *names = names_new();
	struct buf saved = BUF_INIT(1000);

	(void)state;
	names_load(names, text);
	names_save(names, &saved);
	assert_string_equal(buf_text(&saved), text);
	buf_done(&saved);
	names_free(names);
}

/* ---- causes, digests ---- */

static void our_own_want_is_local_and_theirs_is_not(void **state)
{
	static const int ours[] = { EMFILE,	   ENFILE, ENOMEM, ENOBUFS,
				    EADDRNOTAVAIL, EACCES, EPERM,  EINVAL };

	(void)state;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		assert_int_equal(fault_cause(ours[i]), CAUSE_LOCAL);
	assert_int_equal(fault_cause(ECONNREFUSED), CAUSE_REFUSED);
	assert_int_equal(fault_cause(EHOSTUNREACH), CAUSE_UNREACHABLE);
	assert_int_equal(fault_cause(ETIMEDOUT), CAUSE_TIMEOUT);
	assert_string_equal(fault_name(EMFILE), "EMFILE");
	assert_string_equal(fault_name(-5), "unknown error");
}

static void a_digest_is_sha256(void **state)
{
	/* FIPS 180-2, "abc" */
	static const uint8_t expected[4] = { 0xba, 0x78, 0x16, 0xbf };
	uint8_t a[DIGEST_BYTES], b[DIGEST_BYTES];

	(void)state;
	digest_sha256("abc", 3, a);
	assert_memory_equal(a, expected, sizeof(expected));
	digest_sha256("abc", 3, b);
	assert_true(digest_equal(a, b));
	b[DIGEST_BYTES - 1] ^= 1;
	assert_false(digest_equal(a, b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_is_whole_only_with_its_last_line),
		cmocka_unit_test(what_is_no_reply_is_broken),
		cmocka_unit_test(a_long_line_is_cut_and_an_endless_reply_given_up),
		cmocka_unit_test(a_family_is_replaced_without_the_other),
		cmocka_unit_test(the_table_has_an_end_and_keeps_the_newest),
		cmocka_unit_test(what_is_saved_can_be_loaded),
		cmocka_unit_test(our_own_want_is_local_and_theirs_is_not),
		cmocka_unit_test(a_digest_is_sha256),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
