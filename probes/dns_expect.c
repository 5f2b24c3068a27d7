/*
 * dns_expect.c - is a record among those that came?
 *
 * Addresses are compared as addresses, texts byte by byte, and all else as
 * names are: without regard to case (RFC 4343) and to a last dot. Quotes in a
 * CAA record and spaces beyond one are how a zone file is written, not what
 * it says. Of records of several words, one word is enough: "mail.example.com"
 * for "10 mail.example.com".
 */
#include "dns_expect.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fault.h"
#include "shorewatch/address.h"

#define EXPECT_MAX 16
#define TEXT_MAX   1024

/* ---- words ---- */

static bool has_words(enum io_record record)
{
	return record == IO_RECORD_MX || record == IO_RECORD_SRV || record == IO_RECORD_SOA ||
	       record == IO_RECORD_CAA;
}

/* The next word and how long it is, without quotes around it and a last dot. NULL: no more. */
static const char *word_next(const char **at, size_t *ret_n)
{
	const char *word = *at + strspn(*at, " \t\"");
	size_t n = strcspn(word, " \t\"");

	*at = word + n;
	*ret_n = n > 1 && word[n - 1] == '.' ? n - 1 : n;
	return n > 0 ? word : NULL;
}

static bool is_same_word(const char *a, size_t a_n, const char *b, size_t b_n)
{
	return a_n == b_n && strncasecmp(a, b, a_n) == 0;
}

static bool is_same_words(const char *a, const char *b)
{
	for (;;) {
		size_t a_n, b_n;
		const char *x = word_next(&a, &a_n), *y = word_next(&b, &b_n);

		if (x == NULL || y == NULL)
			return x == y;
		if (!is_same_word(x, a_n, y, b_n))
			return false;
	}
}

static bool has_word(const char *text, const char *wanted)
{
	size_t wanted_n, n;
	const char *word = word_next(&wanted, &wanted_n), *here;

	while (word != NULL && (here = word_next(&text, &n)) != NULL) {
		if (is_same_word(here, n, word, wanted_n))
			return true;
	}
	return false;
}

static bool is_one_word(const char *text)
{
	size_t n;

	return word_next(&text, &n) != NULL && word_next(&text, &n) == NULL;
}

/* ---- one expectation ---- */

static bool is_same_address(const char *a, const char *b)
{
	struct address x, y;

	return address_parse_host(a, 0, &x) && address_parse_host(b, 0, &y) &&
	       address_equal(&x, &y);
}

static bool is_met_by(const char *wanted, const char *text, enum io_record record)
{
	if (record == IO_RECORD_A || record == IO_RECORD_AAAA)
		return is_same_address(wanted, text);
	if (record == IO_RECORD_TXT)
		return strcmp(wanted, text) == 0;
	if (has_words(record) && is_one_word(wanted))
		return has_word(text, wanted);
	return is_same_words(wanted, text);
}

static bool is_among(const char *wanted, const struct dns_answers *answers)
{
	for (size_t i = 0; i < answers->n; i++) {
		if (is_met_by(wanted, answers->texts[i], answers->record))
			return true;
	}
	return false;
}

/* ---- for the kind ---- */

/* "no \"192.0.2.1\" but 192.0.2.7, 192.0.2.8" */
static void missing_note(const char *wanted, const struct dns_answers *answers, char note[NOTE_MAX])
{
	size_t n = (size_t)snprintf(note, NOTE_MAX, "no %.40s%s but ", wanted,
				    strlen(wanted) > 40 ? "…" : "");

	for (size_t i = 0; i < answers->n && n < NOTE_MAX; i++)
		n += (size_t)snprintf(note + n, NOTE_MAX - n, "%s%s", i > 0 ? ", " : "",
				      answers->texts[i]);
}

bool dns_expect_is_met(const struct strings *expect, const struct dns_answers *answers,
		       char note[NOTE_MAX])
{
	for (size_t i = 0; i < expect->n; i++) {
		if (is_among(expect->v[i], answers))
			continue;
		missing_note(expect->v[i], answers, note);
		return false;
	}
	return true;
}

static bool is_address_of(const char *text, enum io_record record)
{
	struct address address;
	enum family family = record == IO_RECORD_AAAA ? FAMILY_IPV6 : FAMILY_IPV4;

	return address_parse_host(text, 0, &address) && address.family == family;
}

bool dns_expect_check(const struct strings *expect, enum io_record record,
		      struct option_fault *fault)
{
	if (expect->n > EXPECT_MAX)
		return fault_say(fault, "expect", "at most 16");
	for (size_t i = 0; i < expect->n; i++) {
		const char *text = expect->v[i];

		if (*text == '\0' || strlen(text) > TEXT_MAX)
			return fault_say(fault, "expect", "from 1 to 1024 bytes each");
		if (record == IO_RECORD_A && !is_address_of(text, record))
			return fault_say(fault, "expect", "type A needs IPv4 addresses here");
		if (record == IO_RECORD_AAAA && !is_address_of(text, record))
			return fault_say(fault, "expect", "type AAAA needs IPv6 addresses here");
	}
	return true;
}
