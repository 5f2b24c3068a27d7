/*
 * dns_test.c - the dns kind, asked of a name server on loopback.
 */
#include "probes/lab.h"

#include "io/zone.h"

#define LONG_TEXT                                                                                  \
	"\xff"                                                                                     \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567" \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567" \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678"

static const struct zone_row rows[] = {
	ZONE_ROW("a.test", 1, "\xc0\x00\x02\x07"),
	ZONE_ROW("a.test", 1, "\xc0\x00\x02\x08"),
	ZONE_ROW("a.test", 28, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"),
	ZONE_ROW("a.test", 15, "\x00\x0a\x04Mail\xc0\x0c"),
	ZONE_ROW("a.test", 2, "\x02ns\xc0\x0e"),
	ZONE_ROW("a.test", 16,
		 "\x08v=spf1 -\x03"
		 "all"),
	ZONE_ROW("a.test", 6,
		 "\x02ns\xc0\x0c\x04host\xc0\x0c\x78\xa5\x9b\xa9\0\0\x1c\x20\0\0\x0e\x10\0\x12\x75"
		 "\0\0\0\x01\x2c"),
	ZONE_ROW("a.test", 257, "\x00\x05issueletsencrypt.org"),
	ZONE_ROW("_imaps._tcp.a.test", 33, "\x00\x01\x00\x02\x03\xe1\x04mail\xc0\x18"),
	ZONE_ROW("www.a.test", 5, "\xc0\x10"),
	ZONE_ROW("broken.a.test", 15, "\x00"),
	ZONE_ROW("cut.test", 1, "\xc0\x00\x02\x09"),
	ZONE_ROW("liar.test", 1, "\xc0\x00\x02\x09"),
	ZONE_ROW("wrong.test", 1, "\xc0\x00\x02\x09"),
	ZONE_ROW("garbage.test", 1, "\xc0\x00\x02\x09"),
	ZONE_ROW("long.test", 16, LONG_TEXT),
	{ .name = NULL },
};

/* Where the rows say that the fields are. */
static void *field(void *params, const char *name)
{
	const struct option *row = probe_kind_find("dns")->options;

	while (strcmp(row->name, name) != 0)
		row++;
	return (char *)params + row->offset;
}

static int type_index(const char *type)
{
	const struct option *row = probe_kind_find("dns")->options;
	int i = 0;

	while (strcmp(row->name, "type") != 0)
		row++;
	while (strcmp(row->words[i], type) != 0)
		i++;
	return i;
}

static void *params_make(const char *name, const char *type, const char *server,
			 const struct strings *expect)
{
	void *params = calloc(1, probe_kind_find("dns")->params_bytes);

	*(const char **)field(params, "name") = name;
	*(const char **)field(params, "server") = server;
	*(int *)field(params, "type") = type_index(type);
	if (expect != NULL)
		*(struct strings *)field(params, "expect") = *expect;
	return params;
}

static struct observation ask_for(const char *name, const char *type, const char *server,
				  const char *expect, usec_t timeout)
{
	const struct strings one = { &expect, 1 };
	void *params = params_make(name, type, server, expect != NULL ? &one : NULL);
	struct observation seen =
		lab_run(probe_kind_find("dns"), params,
			(struct target_plan){ .timeout = timeout, .connect_timeout = timeout }, "");

	free(params);
	return seen;
}

/* Asks the zone; NULL: nothing is expected. */
static struct observation ask(const char *name, const char *type, const char *expect)
{
	struct observation seen;
	struct zone zone;

	zone_start(&zone, rows);
	seen = ask_for(name, type, zone.at, expect, 3 * USEC_PER_SEC);
	zone_stop(&zone);
	return seen;
}

static void each_type_passes_with_what_is_expected(void **state)
{
	static const char *const good[][3] = {
		{ "a.test", "A", "192.0.2.8" },
		{ "A.Test.", "A", "192.0.2.7" },
		{ "a.test", "AAAA", "2001:0DB8::0007" },
		{ "a.test", "MX", "10 mail.a.test" },
		{ "a.test", "MX", "MAIL.a.test." },
		{ "a.test", "NS", "ns.test" },
		{ "a.test", "TXT", "v=spf1 -all" },
		{ "a.test", "SOA", "2024119209" },
		{ "a.test", "SOA", "ns.a.test. host.a.test. 2024119209 7200 3600 1209600 300" },
		{ "a.test", "CAA", "0 issue \"letsencrypt.org\"" },
		{ "a.test", "CAA", "letsencrypt.org" },
		{ "_imaps._tcp.a.test", "SRV", "1 2 993 mail.a.test" },
		{ "www.a.test", "CNAME", "a.test" },
		{ "long.test", "TXT", LONG_TEXT + 1 },
		{ "a.test", "A", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct observation seen = ask(good[i][0], good[i][1], good[i][2]);

		if (seen.outcome.cause != CAUSE_PASS)
			fail_msg("%s %s %s: %s, %s", good[i][0], good[i][1], good[i][2],
				 outcome_code(seen.outcome), seen.note);
		assert_true(seen.is_reached);
		assert_int_equal(seen.address.family, FAMILY_IPV4);
		assert_true(seen.phase_us[PHASE_DNS] >= 0);
	}
}

static void another_answer_is_told(void **state)
{
	struct observation seen = ask("a.test", "A", "192.0.2.99");

	(void)state;
	assert_outcome(&seen, "dns-mismatch");
	assert_true(seen.is_reached);
	assert_string_equal(seen.note, "no 192.0.2.99 but 192.0.2.7, 192.0.2.8");
	seen = ask("a.test", "MX", "20 mail.a.test");
	assert_outcome(&seen, "dns-mismatch");
	assert_string_equal(seen.note, "no 20 mail.a.test but 10 Mail.a.test");
	seen = ask("a.test", "TXT", "V=SPF1 -all"); /* a text is no name */
	assert_outcome(&seen, "dns-mismatch");
}

static void what_the_server_denies_is_its_own_word(void **state)
{
	static const char *const denied[][3] = {
		{ "nx.test", "dns-nxdomain", "" },
		{ "four.test", "dns-nodata", "there is no MX record" },
		{ "servfail.test", "dns-servfail", "" },
		{ "refused.test", "dns-servfail", "the server says REFUSED" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++) {
		struct observation seen = ask(denied[i][0], "MX", NULL);

		assert_outcome(&seen, denied[i][1]);
		assert_string_equal(seen.note, denied[i][2]);
		assert_int_equal(outcome_fault(seen.outcome), FAULT_TARGET);
		assert_false(seen.is_reached);
		assert_true(seen.total_us < 1 * USEC_PER_SEC);
	}
}

static void broken_replies_are_no_answers(void **state)
{
	struct observation seen = ask("broken.a.test", "MX", NULL);

	(void)state;
	assert_outcome(&seen, "dns-protocol");
	assert_false(seen.is_reached);
	seen = ask("garbage.test", "A", NULL);
	assert_outcome(&seen, "dns-protocol");
}

static void replies_to_another_question_are_not_heard(void **state)
{
	struct zone zone;
	struct observation seen;

	(void)state;
	zone_start(&zone, rows);
	seen = ask_for("liar.test", "A", zone.at, NULL, 500 * USEC_PER_MS);
	assert_outcome(&seen, "dns-timeout");
	seen = ask_for("wrong.test", "A", zone.at, NULL, 500 * USEC_PER_MS);
	assert_outcome(&seen, "dns-timeout");
	zone_stop(&zone);
}

static void the_silence_of_a_named_server_is_its_own(void **state)
{
	struct zone zone;
	struct observation seen;

	(void)state;
	zone_start(&zone, rows);
	seen = ask_for("silent.test", "A", zone.at, NULL, 400 * USEC_PER_MS);
	zone_stop(&zone);
	assert_outcome(&seen, "dns-timeout");
	assert_int_equal(outcome_fault(seen.outcome), FAULT_TARGET);
	assert_false(seen.is_reached);
	seen = ask_for("a.test", "A", zone.at, NULL, 3 * USEC_PER_SEC);
	assert_outcome(&seen, "dns-refused");
	assert_int_equal(outcome_fault(seen.outcome), FAULT_TARGET);
}

/* lab_run's resolvers are nobody. */
static void the_silence_of_our_resolvers_is_ours(void **state)
{
	struct observation seen = ask_for("a.test", "A", NULL, NULL, 3 * USEC_PER_SEC);

	(void)state;
	assert_outcome(&seen, "dns-resolver");
	assert_int_equal(outcome_fault(seen.outcome), FAULT_VANTAGE);
	assert_int_equal(seen.address.family, FAMILY_ANY);
}

static void a_cut_answer_is_asked_for_again_over_tcp(void **state)
{
	struct zone zone;
	struct observation seen;

	(void)state;
	zone_start(&zone, rows);
	seen = ask_for("cut.test", "A", zone.at, "192.0.2.9", 3 * USEC_PER_SEC);
	zone_stop(&zone);
	assert_outcome(&seen, "pass");
	assert_int_equal(zone.asked_udp, 1);
	assert_int_equal(zone.asked_tcp, 1);
}

static void questions_are_recursive_and_their_ids_fresh(void **state)
{
	struct zone zone;
	uint16_t ids[4];

	(void)state;
	zone_start(&zone, rows);
	for (int i = 0; i < 4; i++) {
		(void)ask_for("a.test", "A", zone.at, NULL, 3 * USEC_PER_SEC);
		ids[i] = zone.last_id;
	}
	zone_stop(&zone);
	assert_int_equal(zone.asked_udp, 4);
	assert_true(zone.has_seen_rd);
	assert_false(ids[0] + 1 == ids[1] && ids[1] + 1 == ids[2]);
	assert_false(ids[0] == ids[1] && ids[1] == ids[2] && ids[2] == ids[3]);
}

/* ---- the configuration ---- */

static void assert_fault(const char *name, const char *type, const char *server, const char *expect,
			 const char *option)
{
	const struct strings one = { &expect, 1 };
	void *params = params_make(name, type, server, expect != NULL ? &one : NULL);
	struct option_fault fault = { .option = NULL };

	if (probe_kind_find("dns")->check(params, &fault))
		fail_msg("%s %s %s %s is taken", name, type, server, expect);
	assert_string_equal(fault.option, option);
	assert_true(strlen(fault.text) > 0);
	free(params);
}

static void what_cannot_be_meant_is_a_fault(void **state)
{
	char label[80] = { 0 };

	(void)state;
	memset(label, 'a', 64);
	assert_fault("192.0.2.1", "A", NULL, NULL, "name");
	assert_fault("", "A", NULL, NULL, "name");
	assert_fault("a..test", "A", NULL, NULL, "name");
	assert_fault("https://a.test", "A", NULL, NULL, "name");
	assert_fault(label, "A", NULL, NULL, "name");
	assert_fault("a.test", "A", "ns.test", NULL, "server");
	assert_fault("a.test", "A", "127.0.0.1:0", NULL, "server");
	assert_fault("a.test", "A", NULL, "a.test", "expect");
	assert_fault("a.test", "A", NULL, "2001:db8::1", "expect");
	assert_fault("a.test", "AAAA", NULL, "192.0.2.1", "expect");
	assert_fault("a.test", "TXT", NULL, "", "expect");
}

static void the_endpoint_says_what_is_asked_of_whom(void **state)
{
	const struct probe_kind *kind = probe_kind_find("dns");
	void *params = params_make("a.test", "MX", "[2001:db8::53]:5353", NULL);

	(void)state;
	lab_check(kind, params);
	assert_string_equal(kind->endpoint(params), "dns://[2001:db8::53]:5353/a.test?type=MX");
	free(params);
	params = params_make("a.test", "A", NULL, NULL);
	lab_check(kind, params);
	assert_string_equal(kind->endpoint(params), "dns:///a.test?type=A");
	free(params);
}

/* ---- our own resolvers ---- */

static struct observation ask_ours(const char *name, const char *const *resolvers, size_t n,
				   usec_t timeout)
{
	void *params = params_make(name, "A", NULL, NULL);
	struct observation seen = lab_run_asking(
		probe_kind_find("dns"), params,
		(struct target_plan){ .timeout = timeout, .connect_timeout = timeout }, "",
		resolvers, n);

	free(params);
	return seen;
}

static void what_one_of_ours_denies_is_put_to_another(void **state)
{
	static const struct zone_row none[] = { { .name = NULL } };
	struct zone knowing, denying, failing;
	struct observation seen;
	const char *at[3];

	(void)state;
	zone_start(&knowing, rows);
	zone_start(&denying, none);
	zone_start(&failing, none);
	denying.missing = 3;
	failing.missing = 2;
	at[0] = denying.at, at[1] = knowing.at;
	seen = ask_ours("a.test", at, 2, 5 * USEC_PER_SEC);
	assert_outcome(&seen, "pass");
	at[1] = failing.at, at[2] = knowing.at;
	seen = ask_ours("a.test", at, 3, 5 * USEC_PER_SEC);
	assert_outcome(&seen, "dns-nxdomain"); /* two have denied it */
	zone_stop(&knowing);
	zone_stop(&denying);
	zone_stop(&failing);
}

static void the_word_of_the_only_one_that_speaks_stands(void **state)
{
	static const struct zone_row none[] = { { .name = NULL } };
	struct zone denying;
	struct observation seen;
	const char *at[2];
	char mute[32];
	uint16_t port;
	int fd = peer_listen(SOCK_DGRAM, &port);

	(void)state;
	(void)snprintf(mute, sizeof(mute), "127.0.0.1:%u", port);
	zone_start(&denying, none);
	denying.missing = 3;
	at[0] = denying.at, at[1] = mute;
	seen = ask_ours("a.test", at, 2, 5 * USEC_PER_SEC);
	assert_outcome(&seen, "dns-nxdomain");
	assert_true(seen.total_us < 2 * USEC_PER_SEC);
	seen = ask_ours("a.test", at, 2, 300 * USEC_PER_MS);
	assert_outcome(&seen, "dns-nxdomain");
	zone_stop(&denying);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_passes_with_what_is_expected),
		cmocka_unit_test(another_answer_is_told),
		cmocka_unit_test(what_the_server_denies_is_its_own_word),
		cmocka_unit_test(broken_replies_are_no_answers),
		cmocka_unit_test(replies_to_another_question_are_not_heard),
		cmocka_unit_test(the_silence_of_a_named_server_is_its_own),
		cmocka_unit_test(the_silence_of_our_resolvers_is_ours),
		cmocka_unit_test(a_cut_answer_is_asked_for_again_over_tcp),
		cmocka_unit_test(questions_are_recursive_and_their_ids_fresh),
		cmocka_unit_test(what_cannot_be_meant_is_a_fault),
		cmocka_unit_test(the_endpoint_says_what_is_asked_of_whom),
		cmocka_unit_test(what_one_of_ours_denies_is_put_to_another),
		cmocka_unit_test(the_word_of_the_only_one_that_speaks_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
