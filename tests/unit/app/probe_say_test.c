/*
 * probe_say_test.c - the sentence of a probe.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/probe_say.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "conf/conf.h"

static struct generation *load(const char *http)
{
	struct buf text = BUF_INIT(1u << 16);
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	buf_printf(&text,
		   "listen = { address = \"\"; }; targets = ( { name = \"blog\"; slow = \"1s\"; %s "
		   "} );\n",
		   http);
	generation = conf_load_text(buf_text(&text), "test", &diag);
	if (!generation)
		fail_msg("%s", diag.first ? diag.first->text : "?");
	buf_done(&text);
	arena_free(arena);
	return generation;
}

static struct probe_seen seen_of(const struct generation *g, enum phase phase, enum cause cause,
				 int code, usec_t us)
{
	struct probe_seen p = { .target = &g->plan.targets[0], .title = "blog" };

	p.seen.outcome = (struct outcome){ phase, cause };
	p.seen.code = code;
	p.seen.total_us = us;
	assert_true(address_parse_host("192.0.2.1", 443, &p.seen.address));
	return p;
}

static void the_sentence_says_it_plainly(void **state)
{
	static const struct {
		enum phase phase;
		enum cause cause;
		int code;
		usec_t us;
		const char *sentence;
	} cases[] = {
		{ PHASE_BODY, CAUSE_PASS, 200, 84000, "blog answers: 200 in 84 ms" },
		{ PHASE_BODY, CAUSE_PASS, 200, 1900000, "blog answers, but slowly: 200 in 1.9 s" },
		{ PHASE_CONNECT, CAUSE_REFUSED, 0, 2000,
		  "blog is down for us: TCP connection refused (192.0.2.1:443)" },
		{ PHASE_WAIT, CAUSE_STATUS, 503, 2000,
		  "blog is down for us: HTTP 503 (192.0.2.1:443)" },
	};
	struct generation *g = load("http = { url = \"https://blog.example/\"; };");
	struct buf text = BUF_INIT(4096);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct probe_seen p =
			seen_of(g, cases[i].phase, cases[i].cause, cases[i].code, cases[i].us);

		buf_clear(&text);
		probe_sentence(&p, &text);
		assert_string_equal(buf_text(&text), cases[i].sentence);
	}
	buf_done(&text);
	generation_drop(g);
}

static void our_own_faults_prove_nothing(void **state)
{
	struct generation *g = load("http = { url = \"https://blog.example/\"; };");
	struct probe_seen p = seen_of(g, PHASE_DNS, CAUSE_RESOLVER, 0, 5000000);
	struct buf text = BUF_INIT(4096);

	(void)state;
	probe_sentence(&p, &text);
	assert_non_null(strstr(buf_text(&text), "blog: nothing is proved by this run: "));
	assert_null(strstr(buf_text(&text), "down"));
	buf_done(&text);
	generation_drop(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sentence_says_it_plainly),
		cmocka_unit_test(our_own_faults_prove_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
