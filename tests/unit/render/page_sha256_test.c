/*
 * page_sha256_test.c - the hash of the inline style is SHA-256, by the
 * standard's own examples.
 */
#include "render/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void hex_is(const void *bytes, size_t n, const char *expected)
{
	uint8_t digest[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1];

	sha256(bytes, n, digest);
	for (size_t i = 0; i < SHA256_BYTES; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(hex, expected);
}

/* FIPS 180-2, appendix B, and the empty message. */
static void the_examples_of_the_standard_hold(void **state)
{
	(void)state;
	hex_is("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hex_is("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hex_is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
	       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void a_million_bytes_need_many_blocks(void **state)
{
	const size_t n = 1000000;
	char *a = malloc(n);

	(void)state;
	assert_non_null(a);
	memset(a, 'a', n);
	hex_is(a, n, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(a);
}

/* Around the ends of blocks, where the padding takes one more. */
static void every_length_around_a_block_is_padded_rightly(void **state)
{
	static const struct {
		size_t n;
		const char *digest;
	} cases[] = {
		{ 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
		{ 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a" },
		{ 63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34" },
		{ 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
		{ 65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0" },
	};
	char a[65];

	(void)state;
	memset(a, 'a', sizeof a);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		hex_is(a, cases[i].n, cases[i].digest);
}

static void the_digest_in_base64_is_what_a_policy_wants(void **state)
{
	char text[SHA256_BASE64_TEXT];
	const char *keyframe = "@keyframes alive{to{content:url(alive/2911043.svg)}}";

	(void)state;
	sha256_base64("", 0, text);
	assert_string_equal(text, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
	/* Accepted by three browsers while the page was designed. */
	sha256_base64(keyframe, strlen(keyframe), text);
	assert_string_equal(text, "HAXI17GxvlDLNAFEcPCBH6neiD3Itp1lREx1di9Aino=");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_standard_hold),
		cmocka_unit_test(a_million_bytes_need_many_blocks),
		cmocka_unit_test(every_length_around_a_block_is_padded_rightly),
		cmocka_unit_test(the_digest_in_base64_is_what_a_policy_wants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
