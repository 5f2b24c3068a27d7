/*
 * tcp_test.c - the tcp kind.
 */
#include "probes/lab.h"

/* As in probes/tcp.c; the rows say where the fields are, and this test that they are right. */
static void *params_make(const char *address, const char *send, const char *expect)
{
	const struct probe_kind *kind = probe_kind_find("tcp");
	char *params = calloc(1, kind->params_bytes);

	for (const struct option *row = kind->options; row->name != NULL; row++) {
		const char *value = strcmp(row->name, "address") == 0  ? address
				    : strcmp(row->name, "send") == 0   ? send
				    : strcmp(row->name, "expect") == 0 ? expect
								       : NULL;

		if (row->type != OPTION_STRING)
			continue; /* starttls_test.c has those */
		memcpy(params + row->offset, &value, sizeof(value));
	}
	return params;
}

static struct observation probe(const char *host, uint16_t port, const char *send,
				const char *expect, struct target_plan target)
{
	char address[300];
	struct observation seen;
	void *params;

	(void)snprintf(address, sizeof(address), "%s:%u", host, port);
	params = params_make(address, send, expect);
	seen = lab_run(probe_kind_find("tcp"), params, target, "");
	free(params);
	return seen;
}

static void peer_greets(struct peer *peer, int client)
{
	peer_write(client, peer->say);
	peer_wait_gone(client);
}

static void a_connection_passes(void **state)
{
	struct peer peer = { .say = NULL };
	struct observation seen;
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	peer_start(&peer, peer_is_silent);
	seen = probe("127.0.0.1", peer.port, NULL, NULL, (struct target_plan){ 0 });
	peer_stop(&peer);
	assert_outcome(&seen, "pass");
	assert_true(seen.is_reached);
	assert_true(seen.phase_us[PHASE_CONNECT] >= 0);
	assert_int_equal(seen.phase_us[PHASE_WAIT], PHASE_NOT_REACHED);
	address_print(&seen.address, text);
	assert_non_null(strstr(text, "127.0.0.1:"));
}

static void a_greeting_passes_and_another_does_not(void **state)
{
	struct peer peer = { .say = "SSH-2.0-x\r\n" };
	struct observation seen;

	(void)state;
	peer_start(&peer, peer_greets);
	seen = probe("localhost", peer.port, NULL, "SSH-2.0", (struct target_plan){ 0 });
	assert_outcome(&seen, "pass");
	seen = probe("localhost", peer.port, NULL, "220 ",
		     (struct target_plan){ .timeout = 200 * USEC_PER_MS });
	peer_stop(&peer);
	assert_outcome(&seen, "wait-timeout");
	assert_true(seen.is_reached);
	assert_string_equal(seen.note, "not expected: SSH-2.0-x\\r\\n");
}

static void peer_greets_and_goes(struct peer *peer, int client)
{
	peer_write(client, peer->say);
}

static void what_came_instead_is_told_in_harmless_letters(void **state)
{
	struct peer peer = { .say = "554 \x1b[31mno\xff\r\n" };
	struct observation seen;
	char longest[300];

	(void)state;
	peer_start(&peer, peer_greets_and_goes);
	seen = probe("127.0.0.1", peer.port, NULL, "220 ", (struct target_plan){ 0 });
	peer_stop(&peer);
	assert_outcome(&seen, "wait-mismatch");
	assert_string_equal(seen.note, "not expected: 554 \\x1b[31mno\\xff\\r\\n");
	memset(longest, '\x01', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	peer = (struct peer){ .say = longest };
	peer_start(&peer, peer_greets_and_goes);
	seen = probe("127.0.0.1", peer.port, NULL, "220 ", (struct target_plan){ 0 });
	peer_stop(&peer);
	assert_outcome(&seen, "wait-mismatch");
	assert_non_null(strstr(seen.note, "\\x01…"));
}

static void silence_ends_with_the_deadline(void **state)
{
	struct peer peer = { .say = NULL };
	struct observation seen;

	(void)state;
	peer_start(&peer, peer_is_silent);
	seen = probe("127.0.0.1", peer.port, "hello", "world",
		     (struct target_plan){ .timeout = 100 * USEC_PER_MS });
	peer_stop(&peer);
	assert_outcome(&seen, "wait-timeout");
	assert_false(seen.is_reached);
	assert_true(seen.total_us >= 100 * USEC_PER_MS);
}

static void a_closed_port_is_refused(void **state)
{
	struct observation seen =
		probe("127.0.0.1", peer_closed_port(), NULL, NULL, (struct target_plan){ 0 });

	(void)state;
	assert_outcome(&seen, "connect-refused");
	assert_string_equal(seen.note, "ECONNREFUSED");
}

static void dead_resolvers_are_not_the_targets_fault(void **state)
{
	struct observation seen = probe("site.test", 1, NULL, NULL, (struct target_plan){ 0 });

	(void)state;
	assert_outcome(&seen, "dns-resolver");
	assert_int_equal(outcome_fault(seen.outcome), FAULT_VANTAGE);
}

static void addresses_without_a_port_are_faults(void **state)
{
	static const char *const wrong[] = { "host",	   "host:", "host:0",
					     "host:70000", ":22",   "::1:22" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct option_fault fault = { .option = NULL };
		void *params = params_make(wrong[i], NULL, NULL);

		assert_false(probe_kind_find("tcp")->check(params, &fault));
		assert_string_equal(fault.option, "address");
		free(params);
	}
}

static void kinds_are_found_by_name(void **state)
{
	(void)state;
	assert_non_null(probe_kind_find("http"));
	assert_non_null(probe_kind_find("tcp"));
	for (size_t i = 0; i < probe_kinds_n; i++)
		assert_ptr_equal(probe_kind_find(probe_kinds[i]->name), probe_kinds[i]);
	assert_null(probe_kind_find("gopher"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_passes),
		cmocka_unit_test(a_greeting_passes_and_another_does_not),
		cmocka_unit_test(what_came_instead_is_told_in_harmless_letters),
		cmocka_unit_test(silence_ends_with_the_deadline),
		cmocka_unit_test(a_closed_port_is_refused),
		cmocka_unit_test(dead_resolvers_are_not_the_targets_fault),
		cmocka_unit_test(addresses_without_a_port_are_faults),
		cmocka_unit_test(kinds_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
