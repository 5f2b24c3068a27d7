/*
 * ending_test.c - whose fault it was that a transfer ended for want of memory:
 * ours, but for a peer that sends a header without end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/ending.h"

static const struct tls_seen no_tls;

/* libcurl said that memory had run out, which it also says of an endless header. */
static struct ending ending_of_memory(void)
{
	return (struct ending){
		.cause = CAUSE_LOCAL,
		.hint = ENDING_MEMORY,
		.note = "ENOMEM",
		.words = "",
		.ends = { [PHASE_CONNECT] = 1, [PHASE_BODY] = 2 },
		.tls = &no_tls,
	};
}

static void a_peer_that_sends_a_header_without_end_is_told_so(void **state)
{
	struct ending ending = ending_of_memory();
	struct io_http_result result;

	(void)state;
	ending.has_bytes = true;
	result = ending_result(&ending);
	assert_int_equal(result.cause, CAUSE_PROTOCOL);
	assert_string_equal(result.note, "a header without end");
}

static void memory_that_is_missing_before_the_first_byte_is_ours(void **state)
{
	struct ending ending = ending_of_memory();
	struct io_http_result result = ending_result(&ending);

	(void)state;
	assert_int_equal(result.cause, CAUSE_LOCAL);
	assert_string_equal(result.note, "ENOMEM");
}

static void in_a_session_of_mail_missing_memory_is_always_ours(void **state)
{
	struct ending ending = ending_of_memory();
	struct io_http_result result;

	(void)state;
	ending.has_bytes = ending.is_session = true;
	result = ending_result(&ending);
	assert_int_equal(result.cause, CAUSE_LOCAL);
	assert_string_equal(result.note, "ENOMEM");
}

static void openssls_missing_memory_is_ours_whatever_libcurl_makes_of_it(void **state)
{
	static const enum ending_hint hints[] = { ENDING_ERRNO, ENDING_HANDSHAKE };

	(void)state;
	for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
		struct ending ending = ending_of_memory();
		struct io_http_result result;

		ending.cause = CAUSE_RESET;
		ending.hint = hints[i];
		ending.is_tls = true;
		ending.words = "OpenSSL SSL_read: error:0A0C0100:SSL routines::malloc failure, "
			       "errno 0";
		result = ending_result(&ending);
		assert_int_equal(result.cause, CAUSE_LOCAL);
		assert_string_equal(result.note, "ENOMEM");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_peer_that_sends_a_header_without_end_is_told_so),
		cmocka_unit_test(memory_that_is_missing_before_the_first_byte_is_ours),
		cmocka_unit_test(in_a_session_of_mail_missing_memory_is_always_ours),
		cmocka_unit_test(openssls_missing_memory_is_ours_whatever_libcurl_makes_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
