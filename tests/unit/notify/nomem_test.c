/*
 * nomem_test.c - the n-th allocation fails, for every n, in what each kind
 * writes and in its attempt: no crash, no leak, no word that is cut, and what
 * was not taken is never held to be (SR-42).
 *
 * The allocations of our own code are counted (see tests/more.cmake), and one
 * for each call into a library that may find no memory.
 */
#include "notify/lab.h"

#include <errno.h>

#include "shortage.h"

#define PLACES 5000 /* far more allocations than there are */
#define ROW 20	    /* that fail one after the other */

/* ---- libraries that find no memory ---- */

struct json *__real_json_parse(const void *text, size_t n, char why[JSON_WHY_MAX]);
struct json *__wrap_json_parse(const void *text, size_t n, char why[JSON_WHY_MAX]);
bool __real_io_sign(const char *key, const void *bytes, size_t n, uint8_t ret[IO_SIGNATURE_BYTES]);
bool __wrap_io_sign(const char *key, const void *bytes, size_t n, uint8_t ret[IO_SIGNATURE_BYTES]);

static bool is_short(void)
{
	void *p = malloc(1);

	free(p);
	return p == NULL;
}

struct json *__wrap_json_parse(const void *text, size_t n, char why[JSON_WHY_MAX])
{
	if (!is_short())
		return __real_json_parse(text, n, why);
	errno = ENOMEM;
	return NULL;
}

bool __wrap_io_sign(const char *key, const void *bytes, size_t n, uint8_t ret[IO_SIGNATURE_BYTES])
{
	return !is_short() && __real_io_sign(key, bytes, n, ret);
}

/* ---- the kinds, and how their services say that they have taken it ---- */

static const struct service {
	const char *kind, *path, *says;
} services[] = {
	{ "webhook", "/hook", LAB_HEAD("204 No Content") "\r\n" },
	{ "ntfy", "/alarm", LAB_JSON("200 OK") "{\"id\":\"sPs71M8A2T\",\"event\":\"message\"}" },
	{ "slack", "/services/T000/B000/XXXX", LAB_HEAD("200 OK") "\r\nok" },
	{ "discord", "/api/webhooks/1/token",
	  LAB_JSON("200 OK") "{\"id\":\"1160\",\"type\":0,\"content\":\"\",\"channel_id\":\"7\"}" },
	{ "telegram", "",
	  LAB_JSON("200 OK") "{\"ok\":true,\"result\":{\"message_id\":7,\"chat\":{\"id\":1}}}" },
	{ "alertmanager", "", LAB_HEAD("200 OK") "\r\n" },
};

#define SERVICES (sizeof services / sizeof services[0])

static bool has_option(const struct notify_kind *kind, const char *name)
{
	for (const struct option *o = kind->options; o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return true;
	return false;
}

static const void *params_at(const struct notify_kind *kind, const char *url, const char *path)
{
	static char whole[256];
	void *params = lab_params(kind);

	(void)snprintf(whole, sizeof whole, "%s%s", url, path);
	lab_set(kind, params, "url", whole);
	if (has_option(kind, "chat")) {
		lab_set(kind, params, "chat", "-1001234567890");
		lab_set(kind, params, "token", "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1");
	} else if (has_option(kind, "key")) {
		lab_set(kind, params, "key", "sesame");
		lab_set(kind, params, "bearer", "tk_1");
	}
	assert_fine(kind, params, url);
	return params;
}

/* ---- what is written ---- */

static const struct notify_member members[] = {
	{ .name = "blog", .title = "Blog", .outcome = "connect-timeout",
	  .reason = "connect timeout 10.0 s", .is_failing = true },
	{ .name = "home", .title = "Watchdog alert", .outcome = "", .reason = "silent 2 min",
	  .is_failing = true, .is_watchdog = true },
};

static const struct notify_words words = {
	.language = LANGUAGE_EN,
	.kind = "down",
	.diagnosis = "stack-down",
	.level = NOTIFY_DOWN,
	.levels_told = 1u << NOTIFY_DOWN,
	.id = LAB_ID,
	.thread = "5eed5eed5eed5eed",
	.instance = "watch1",
	.incident = "20261121-1",
	.subject = "DOWN: whole stack, since 14:01 JST",
	.lead = "The whole stack is down since 14:01:40 JST.",
	.text = "The whole stack is down since 14:01:40 JST.\n\nWHAT FAILS: 2 OF 2\n- Blog\n",
	.footer = "shorewatch on watch1",
	.stack = "home",
	.stack_title = "Home",
	.page_url = "https://status.example.net/",
	.runbook_url = "https://status.example.net/runbook.html",
	.members = members,
	.members_n = 2,
	.members_all = 2,
	.created = { 1795600000 * USEC_PER_SEC },
	.opened = { 1795599900 * USEC_PER_SEC },
	.is_important = true,
};

/* As the courier does: into a bounded buffer that remembers that it has failed. */
static void write_short_of(const struct notify_kind *kind, const void *params, unsigned at,
			   unsigned row, struct buf *to, unsigned *ret_count)
{
	buf_init(to, 256 * 1024);
	shortage_begin(at, row);
	kind->write(&words, params, to);
	*ret_count = shortage_end();
}

static void assert_whole_or_failed(const struct notify_kind *kind, const struct buf *is,
				   const struct buf *whole, unsigned at)
{
	if (buf_failed(is))
		return;
	if (is->n != whole->n || memcmp(is->data, whole->data, is->n) != 0)
		fail_msg("%s, allocation %u: %s", kind->name, at, buf_text(is));
}

static void what_is_written_is_whole_or_known_to_be_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < SERVICES; i++) {
		const struct notify_kind *kind = notify_kind_find(services[i].kind);
		const void *params = params_at(kind, "http://127.0.0.1:9", services[i].path);
		struct buf whole, is;
		unsigned count, none;

		write_short_of(kind, params, 0, 0, &whole, &count);
		assert_false(buf_failed(&whole));
		assert_in_range(count, 1, PLACES);
		for (unsigned at = 1; at <= count; at++) {
			write_short_of(kind, params, at, at % 2 ? 1 : ROW, &is, &none);
			assert_whole_or_failed(kind, &is, &whole, at);
			buf_done(&is);
		}
		buf_done(&whole);
	}
}

/* ---- the attempt ---- */

static unsigned taken; /* whole requests; written by the service's thread alone */

static void take(struct peer *peer, int client)
{
	peer->heard_n = 0;
	if (!lab_read_request(peer, client))
		return;
	__atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST);
	peer_write(client, peer->say);
}

static const char message[] = "{\"text\":\"The whole stack is down.\"}";

/* Everything but the attempt is ours to begin with. Returns how many allocations there were. */
static unsigned attempt_short_of(struct lab *lab, const struct notify_kind *kind,
				 const void *params, unsigned at, unsigned row)
{
	struct io *io = turns_io(NULL, 0);
	const struct notify_attempt attempt = {
		.io = io,
		.params = params,
		.message = message,
		.message_bytes = sizeof message - 1,
		.id = LAB_ID,
		.on_done = lab_on_done,
		.ctx = lab,
	};
	unsigned count;

	lab->is_over = false;
	shortage_begin(at, row);
	(void)kind->start(&attempt); /* it ends by itself */
	turns_until(io, &lab->is_over);
	count = shortage_end();
	io_free(io);
	return count;
}

/*
 * Accepted: the service has it. Later: it has it not, so that trying again doubles nothing. In
 * doubt: perhaps. Refused it never was.
 */
static void assert_honest(const struct lab *lab, const char *kind, unsigned at)
{
	unsigned n = __atomic_load_n(&taken, __ATOMIC_SEQ_CST);
	enum mail_verdict verdict = lab->result.verdict;
	bool is_honest = (verdict == MAIL_ACCEPTED && n == 1) ||
			 (verdict == MAIL_LATER && n == 0) ||
			 (verdict == MAIL_IN_DOUBT && n <= 1);

	if (!is_honest)
		fail_msg("%s, allocation %u: verdict %d, taken %u: %s", kind, at, verdict, n,
			 lab->result.reply);
}

static void try_all(const struct service *service, unsigned row)
{
	const struct notify_kind *kind = notify_kind_find(service->kind);
	struct lab lab;
	const void *params;
	unsigned count, at = 0;

	lab_open(&lab, take, service->says);
	params = params_at(kind, lab.url, service->path);
	do {
		__atomic_store_n(&taken, 0, __ATOMIC_SEQ_CST);
		count = attempt_short_of(&lab, kind, params, ++at, row);
		assert_honest(&lab, kind->name, at);
		assert_in_range(at, 1, PLACES);
	} while (count >= at);
	assert_int_equal(lab.result.verdict, MAIL_ACCEPTED); /* the last one was short of nothing */
	peer_stop(&lab.peer);
	print_message("%s, %u in a row: %u allocations\n", kind->name, row, at - 1);
	assert_true(at > 5);
}

static void an_attempt_short_of_memory_tells_the_truth(void **state)
{
	(void)state;
	for (size_t i = 0; i < SERVICES; i++)
		try_all(&services[i], 1);
}

static void nor_does_it_lie_when_memory_stays_away_for_a_while(void **state)
{
	(void)state;
	for (size_t i = 0; i < SERVICES; i++)
		try_all(&services[i], ROW);
}

static void every_kind_is_tried(void **state)
{
	(void)state;
	assert_int_equal(SERVICES, notify_kinds_n);
	for (size_t i = 0; i < SERVICES; i++)
		assert_non_null(notify_kind_find(services[i].kind));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_tried),
		cmocka_unit_test(what_is_written_is_whole_or_known_to_be_none),
		cmocka_unit_test(an_attempt_short_of_memory_tells_the_truth),
		cmocka_unit_test(nor_does_it_lie_when_memory_stays_away_for_a_while),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
