/*
 * records_test.c - replies of name servers that no server on loopback would
 * send: what can be shown of them, and what is broken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "io/records.h"

#define HEAD(n)	     "\0\1\x81\x80\0\1\0" n "\0\0\0\0\1a\4test\0\0\1\0\1"
#define ROW(type, n) "\xc0\x0c\0" type "\0\1\0\0\0\x3c\0" n

static struct records read_all(enum io_record record, const char *reply, size_t n, bool is_fine)
{
	struct records records;

	assert_int_equal(records_read(&records, record, (const unsigned char *)reply, n), is_fine);
	return records;
}

#define READ(record, reply, is_fine) read_all(record, reply, sizeof(reply) - 1, is_fine)

static void assert_one(struct records records, const char *text)
{
	assert_int_equal(records.n, 1);
	assert_string_equal(records.texts[0], text);
	assert_false(records.is_cut);
	records_done(&records);
}

static void assert_none(struct records records)
{
	assert_int_equal(records.n, 0);
	records_done(&records);
}

static void names_follow_pointers_back_and_no_other(void **state)
{
	(void)state;
	assert_one(READ(IO_RECORD_NS, HEAD("\1") ROW("\2", "\5") "\2ns\xc0\x0c", true),
		   "ns.a.test");
	assert_one(READ(IO_RECORD_NS, HEAD("\1") ROW("\2", "\1") "\0", true), ".");
	/* to itself, forward, beyond the end */
	assert_none(READ(IO_RECORD_NS, HEAD("\1") ROW("\2", "\2") "\xc0\x24", false));
	assert_none(READ(IO_RECORD_NS, HEAD("\1") ROW("\2", "\2") "\xc0\x26\0\0", false));
	assert_none(READ(IO_RECORD_NS, HEAD("\1") ROW("\2", "\2") "\xff\xff", false));
}

static void what_cannot_be_printed_is_written_as_in_a_zone_file(void **state)
{
	(void)state;
	assert_one(READ(IO_RECORD_NS,
			HEAD("\1") ROW("\2", "\7") "\5.\\ \xff"
						   "A\0",
			true),
		   "\\.\\\\ \\255A");
	assert_one(READ(IO_RECORD_TXT, HEAD("\1") ROW("\x10", "\7") "\3a\0\x1b\2\xc3\xa9", true),
		   "a\\000\\027\xc3\xa9");
}

static void records_of_other_types_are_passed_over(void **state)
{
	(void)state;
	assert_one(READ(IO_RECORD_A,
			HEAD("\2") ROW("\5", "\2") "\xc0\x0e" ROW("\1", "\4") "\xc0\0\2\7", true),
		   "192.0.2.7");
}

static void a_record_that_does_not_fill_its_room_is_broken(void **state)
{
	(void)state;
	assert_none(READ(IO_RECORD_A, HEAD("\1") ROW("\1", "\3") "\xc0\0\2", false));
	assert_none(READ(IO_RECORD_A, HEAD("\1") ROW("\1", "\5") "\xc0\0\2\7\7", false));
	assert_none(READ(IO_RECORD_A, HEAD("\2") ROW("\1", "\4") "\xc0\0\2", false));
	assert_none(READ(IO_RECORD_TXT, HEAD("\1") ROW("\x10", "\2") "\5a", false));
	assert_none(READ(IO_RECORD_A, "\0\1\x81", false));
	assert_none(READ(IO_RECORD_A, "", false));
}

static void more_records_than_are_read_are_said_to_be_missing(void **state)
{
	static char reply[sizeof(HEAD("x")) + 80 * 16] = HEAD("\x50");
	struct records records;

	(void)state;
	for (size_t i = 0; i < 80; i++)
		memcpy(reply + sizeof(HEAD("x")) - 1 + i * 16, ROW("\1", "\4") "\xc0\0\2\7", 16);
	records = READ(IO_RECORD_A, reply, true);
	assert_int_equal(records.n, RECORDS_MAX);
	assert_true(records.is_cut);
	records_done(&records);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_follow_pointers_back_and_no_other),
		cmocka_unit_test(what_cannot_be_printed_is_written_as_in_a_zone_file),
		cmocka_unit_test(records_of_other_types_are_passed_over),
		cmocka_unit_test(a_record_that_does_not_fill_its_room_is_broken),
		cmocka_unit_test(more_records_than_are_read_are_said_to_be_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
