/*
 * imap_test.c - one look into a mailbox whose server answers, refuses, hangs
 * up, says nothing, says too much, and writes its answers in odd ways.
 */
#include "io/turns.h"

#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "io/certs.h"
#include "io/imap.h"
#include "io/imap_reply.h"
#include "io/peer.h"

#define HEADER "X-Shorewatch-Canary"
#define MARK   "id=vps@a.test; nonce="
#define WORD   "00112233445566778899aabbccddeeff"
#define OLD    "ffeeddccbbaa99887766554433221100"

/* A mailbox: what it says before the tagged line to each command; NULL: hangs up instead. */
struct mailbox {
	const char *banner, *select, *search, *fetch, *store;
	const char *login_end, *select_end, *search_end, *fetch_end, *store_end, *expunge_end;
	const char *silent_at; /* this command is never answered */
	const struct cert *cert;
	bool has_tls, is_silent;
};

static const struct mailbox empty_mailbox = {
	.banner = "* OK ready\r\n",
	.select = "* 3 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n",
	.search = "* SEARCH\r\n",
	.fetch = "",
	.store = "",
	.login_end = "OK welcome",
	.select_end = "OK [READ-WRITE] done",
	.search_end = "OK done",
	.fetch_end = "OK done",
	.store_end = "OK done",
	.expunge_end = "OK done",
};

struct line_end {
	struct peer *peer;
	int client;
	SSL *ssl;
};

static bool say(const struct line_end *end, const char *text)
{
	if (text != NULL && end->ssl != NULL)
		tls_write(end->ssl, text);
	else if (text != NULL)
		return peer_write(end->client, text);
	return text != NULL;
}

static bool read_line(const struct line_end *end, char *line, size_t max)
{
	return end->ssl != NULL ? tls_read_line(end->peer, end->ssl, line, max)
				: peer_read_line(end->peer, end->client, line, max);
}

static bool conclude(const struct line_end *end, const char *tag, const char *words)
{
	return words != NULL && say(end, tag) && say(end, " ") && say(end, words) && say(end, "\r\n");
}

static bool login_take(const struct mailbox *box, const struct line_end *end, const char *tag)
{
	char line[512];

	return say(end, "+ \r\n") && read_line(end, line, sizeof line) &&
	       conclude(end, tag, box->login_end);
}

/* False: the connection is over. */
static bool command_take(struct mailbox *box, const struct line_end *end, const char *tag,
			 const char *what)
{
	const struct row {
		const char *command, *answer, *end;
	} rows[] = {
		{ "CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n", "OK done" },
		{ "SELECT", box->select, box->select_end },
		{ "UID SEARCH", box->search, box->search_end },
		{ "UID FETCH", box->fetch, box->fetch_end },
		{ "UID STORE", box->store, box->store_end },
		{ "UID EXPUNGE", "", box->expunge_end },
	};

	if (box->silent_at != NULL &&
	    strncasecmp(what, box->silent_at, strlen(box->silent_at)) == 0) {
		char line[512];

		__atomic_store_n(&box->is_silent, true, __ATOMIC_SEQ_CST);
		while (read_line(end, line, sizeof line))
			;
		return false;
	}
	if (strncasecmp(what, "AUTHENTICATE", 12) == 0)
		return login_take(box, end, tag);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strncasecmp(what, rows[i].command, strlen(rows[i].command)) == 0)
			return say(end, rows[i].answer) && conclude(end, tag, rows[i].end);
	}
	(void)conclude(end, tag, "OK bye");
	return false;
}

static void talk(struct mailbox *box, const struct line_end *end)
{
	char line[8192], *what;

	while (read_line(end, line, sizeof line)) {
		what = strchr(line, ' ');
		if (what == NULL)
			return;
		*what++ = '\0';
		if (strcasecmp(what, "STARTTLS") == 0) {
			(void)conclude(end, line, "OK go");
			return;
		}
		if (!command_take(box, end, line, what))
			return;
	}
}

static void serve(struct peer *peer, int client)
{
	struct mailbox *box = peer->ctx;
	struct line_end end = { peer, client, NULL };
	const struct tls_peer tls = { .cert = box->cert };
	SSL_CTX *ctx;

	if (!say(&end, box->banner))
		return;
	talk(box, &end);
	if (box->cert == NULL)
		return;
	ctx = SSL_CTX_new(TLS_server_method());
	end.ssl = tls_accept(&tls, ctx, client);
	box->has_tls = end.ssl != NULL;
	if (end.ssl != NULL)
		talk(box, &end);
	SSL_free(end.ssl);
	SSL_CTX_free(ctx);
}

/* ---- our side ---- */

struct looked {
	bool is_over;
	struct imap_look_result result;
	char heard[PEER_HEARD_MAX];
	bool has_tls;
};

static void on_done(void *ctx, const struct imap_look_result *result)
{
	struct looked *looked = ctx;

	assert_false(looked->is_over);
	looked->result = *result;
	looked->is_over = true;
}

static struct imap_look_spec spec_of(uint16_t port)
{
	struct imap_look_spec spec = { .host = "imap.test",
				       .is_plain = true,
				       .username = "canary",
				       .password = "geheim",
				       .folder = "IN\"BOX",
				       .header = HEADER,
				       .mark = MARK,
				       .word = WORD,
				       .on_done = on_done };

	assert_true(address_parse_host("127.0.0.1", port, &spec.address));
	return spec;
}

static struct looked look_by(struct imap_look_spec spec)
{
	struct io *io = turns_io(NULL, 0);
	struct looked looked = { .is_over = false };

	spec.ctx = &looked;
	if (imap_look_start(io, &spec) != NULL)
		(void)turns_until(io, &looked.is_over);
	assert_true(looked.is_over);
	io_free(io);
	return looked;
}

static struct looked look_into(struct mailbox box)
{
	struct peer peer = { .ctx = &box };
	struct looked looked;

	peer_start(&peer, serve);
	looked = look_by(spec_of(peer.port));
	peer_stop(&peer);
	(void)snprintf(looked.heard, sizeof looked.heard, "%s", peer.heard);
	return looked;
}

/* ---- what is there ---- */

#define FIELD(word) HEADER ": " MARK word "\r\n\r\n"
/* 19 + 2 + 21 + 32 + 4 bytes */
#define FETCHED(n, uid, word)                                                                      \
	"* " n " FETCH (UID " uid                                                                  \
	" BODY[HEADER.FIELDS (X-SHOREWATCH-CANARY)] {78}\r\n" FIELD(word) ")\r\n"

static void it_is_found_and_removed_with_its_elders(void **state)
{
	struct mailbox box = empty_mailbox;
	struct looked looked;

	(void)state;
	box.search = "* SEARCH 9 7\r\n";
	box.fetch = FETCHED("1", "7", OLD) FETCHED("2", "9", WORD);
	looked = look_into(box);
	assert_int_equal(looked.result.verdict, IMAP_SEEN);
	assert_int_equal(looked.result.removed, 2);
	assert_non_null(strstr(looked.heard, "SELECT \"IN\\\"BOX\""));
	assert_non_null(strstr(looked.heard, "UID SEARCH UNDELETED OR HEADER " HEADER " \"" MARK
					     "\" SUBJECT \"" WORD "\""));
	assert_non_null(strstr(looked.heard, "UID FETCH 7,9 "));
	assert_non_null(strstr(looked.heard, "UID STORE 7,9 +FLAGS.SILENT (\\Deleted)"));
	assert_non_null(strstr(looked.heard, "UID EXPUNGE 7,9"));
	assert_null(strstr(looked.heard, "geheim"));
}

static void an_empty_mailbox_has_it_not(void **state)
{
	struct looked looked = look_into(empty_mailbox);

	(void)state;
	assert_int_equal(looked.result.verdict, IMAP_ABSENT);
	assert_null(strstr(looked.heard, "FETCH"));
	assert_null(strstr(looked.heard, "STORE"));
}

static void an_old_one_alone_is_removed_and_is_not_it(void **state)
{
	struct mailbox box = empty_mailbox;
	struct looked looked;

	(void)state;
	box.search = "* SEARCH 7\r\n";
	box.fetch = FETCHED("1", "7", OLD);
	looked = look_into(box);
	assert_int_equal(looked.result.verdict, IMAP_ABSENT);
	assert_int_equal(looked.result.removed, 1);
}

static void what_is_not_ours_to_the_letter_stays(void **state)
{
	struct mailbox box = empty_mailbox;
	struct looked looked;

	(void)state;
	box.search = "* SEARCH 3 4 5 6\r\n";
	box.fetch = "* 1 FETCH (UID 3 BODY[HEADER.FIELDS (X-SHOREWATCH-CANARY)] {2}\r\n\r\n)\r\n"
		    "* 2 FETCH (UID 4 BODY[HEADER.FIELDS (X-SHOREWATCH-CANARY)] {80}\r\n" HEADER
		    ": id=other@a.test; nonce=" WORD "\r\n\r\n)\r\n"
		    "* 3 FETCH (UID 5 BODY[HEADER.FIELDS (X-SHOREWATCH-CANARY)] {59}\r\n"
		    "Subject: " MARK WORD "\r\n)\r\n"
		    "* 4 FETCH (FLAGS (\\Seen) UID 6)\r\n";
	looked = look_into(box);
	assert_int_equal(looked.result.verdict, IMAP_ABSENT);
	assert_int_equal(looked.result.removed, 0);
	assert_null(strstr(looked.heard, "STORE"));
}

static void a_server_without_uidplus_leaves_it_marked(void **state)
{
	struct mailbox box = empty_mailbox;
	struct looked looked;

	(void)state;
	box.search = "* SEARCH 9\r\n";
	box.fetch = FETCHED("2", "9", WORD);
	box.expunge_end = "BAD unknown command";
	looked = look_into(box);
	assert_int_equal(looked.result.verdict, IMAP_SEEN);
	assert_int_equal(looked.result.removed, 1);
}

static void what_goes_wrong_with_the_removal_changes_no_verdict(void **state)
{
	struct mailbox box = empty_mailbox;
	struct looked looked;

	(void)state;
	box.search = "* SEARCH 9\r\n";
	box.fetch = FETCHED("2", "9", WORD);
	box.store_end = "NO [NOPERM] read only";
	looked = look_into(box);
	assert_int_equal(looked.result.verdict, IMAP_SEEN);
	assert_int_equal(looked.result.removed, 0);
	assert_string_equal(looked.result.words, "NO [NOPERM] read only");
	box.store_end = NULL;
	assert_int_equal(look_into(box).result.verdict, IMAP_SEEN);
}

/* ---- what cannot be looked for ---- */

static void assert_not_looked(struct mailbox box, const char *words)
{
	struct looked looked = look_into(box);

	assert_int_equal(looked.result.verdict, IMAP_NOT_LOOKED);
	if (strstr(looked.result.words, words) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", words, looked.result.words);
}

static void a_server_that_refuses_has_not_looked(void **state)
{
	struct mailbox box = empty_mailbox;

	(void)state;
	box.login_end = "NO [AUTHENTICATIONFAILED] wrong";
	assert_not_looked(box, "[AUTHENTICATIONFAILED] wrong");
	box = empty_mailbox;
	box.select_end = "NO no such mailbox";
	assert_not_looked(box, "NO no such mailbox");
	box = empty_mailbox;
	box.search_end = "BAD what?";
	assert_not_looked(box, "BAD what?");
	box = empty_mailbox;
	box.search = "* SEARCH 9\r\n";
	box.fetch_end = "NO not now";
	assert_not_looked(box, "NO not now");
	box = empty_mailbox;
	box.search = "* BYE overloaded\r\n";
	assert_not_looked(box, "goodbye");
}

static void a_server_that_goes_has_not_looked(void **state)
{
	struct mailbox box = empty_mailbox;

	(void)state;
	box.banner = NULL;
	assert_not_looked(box, "");
	box = empty_mailbox;
	box.login_end = NULL;
	assert_not_looked(box, "");
	box = empty_mailbox;
	box.search = NULL;
	assert_not_looked(box, "hung up");
}

static void garbage_is_no_search(void **state)
{
	static const char *const searches[] = {
		"",
		"* SEARCH 1 x\r\n",
		"* SEARCH 0\r\n",
		"* SEARCH 99999999999\r\n",
		"* SEARCH -1\r\n",
		"* ESEARCH (TAG \"S2\") UID ALL 1\r\n",
		"* SEARCHED 1\r\n",
		"\x01\x80\xff\r\n",
		"{3}\r\nabc\r\n",
	};
	struct mailbox box = empty_mailbox;

	(void)state;
	for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++) {
		box.search = searches[i];
		assert_not_looked(box, "without a result");
	}
	box.search = "* 1 FETCH (BODY {4294967295}\r\n";
	assert_not_looked(box, "does not speak IMAP");
	box.search = "* 1 FETCH (BODY {99999999999999999999}\r\n* SEARCH\r\n";
	assert_int_equal(look_into(box).result.verdict, IMAP_ABSENT);
}

static void a_flood_is_cut(void **state)
{
	static char line[IMAP_RESPONSE_MAX + 16], lines[300 * 1024];
	struct mailbox box = empty_mailbox;
	size_t n = 0;

	(void)state;
	memset(line, 'x', sizeof line - 1);
	box.search = line;
	assert_not_looked(box, "does not speak IMAP");
	while (n < sizeof lines - 64)
		n += (size_t)snprintf(lines + n, sizeof lines - n, "* 1 EXISTS\r\n");
	box.search = lines;
	assert_not_looked(box, "too much");
	box = empty_mailbox;
	box.banner = lines;
	assert_not_looked(box, "");
}

static void nobody_there_has_not_looked(void **state)
{
	struct looked looked = look_by(spec_of(peer_closed_port()));

	(void)state;
	assert_int_equal(looked.result.verdict, IMAP_NOT_LOOKED);
	assert_non_null(strstr(looked.result.words, "refused"));
}

/* ---- one that hangs; the clock is moved (see tests/more.cmake) ---- */

static usec_t moved;

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = __real_clock_gettime(clock, ret);

	ret->tv_sec += moved / USEC_PER_SEC;
	return r;
}

struct wait {
	struct io *io;
	struct mailbox *box;
	struct looked *looked; /* NULL: it is left when the server is silent */
};

static mono_t wait_silent(void *ctx, struct now now)
{
	struct wait *wait = ctx;

	if (__atomic_load_n(&wait->box->is_silent, __ATOMIC_SEQ_CST)) {
		if (wait->looked == NULL || wait->looked->is_over)
			io_loop_stop(wait->io);
		else if (moved == 0)
			moved = 31 * USEC_PER_SEC;
	}
	return mono_add(now.mono, 5 * USEC_PER_MS);
}

static void hang_at(const char *command, bool is_left)
{
	struct mailbox box = empty_mailbox;
	struct peer peer = { .ctx = &box };
	struct looked looked = { .is_over = false };
	struct wait wait = { turns_io(NULL, 0), &box, is_left ? NULL : &looked };
	struct io_loop_hooks hooks = { .ctx = &wait, .on_turn = wait_silent };
	struct imap_look_spec spec;
	struct io_exchange *exchange;

	box.search = "* SEARCH 9\r\n";
	box.silent_at = command;
	peer_start(&peer, serve);
	spec = spec_of(peer.port);
	spec.ctx = &looked;
	exchange = imap_look_start(wait.io, &spec);
	assert_non_null(exchange);
	assert_int_equal(io_loop_run(wait.io, &hooks), 0);
	if (is_left)
		io_exchange_cancel(exchange);
	moved = 0;
	assert_int_equal(looked.is_over, !is_left);
	assert_int_equal(looked.result.verdict, is_left ? IMAP_SEEN : IMAP_NOT_LOOKED);
	io_free(wait.io);
	peer_stop(&peer);
}

static void one_that_hangs_can_be_left(void **state)
{
	(void)state;
	hang_at("AUTHENTICATE", true);
	hang_at("SELECT", true);
	hang_at("UID FETCH", true);
}

static void one_that_hangs_is_given_up(void **state)
{
	(void)state;
	hang_at("AUTHENTICATE", false);
	hang_at("SELECT", false);
	hang_at("UID FETCH", false);
}

static void a_name_that_would_be_another_command_is_refused(void **state)
{
	struct imap_look_spec spec = spec_of(1);

	(void)state;
	spec.folder = "INBOX\r\nS9 DELETE INBOX";
	assert_int_equal(look_by(spec).result.verdict, IMAP_NOT_LOOKED);
	spec = spec_of(1);
	assert_true(address_parse_host("192.0.2.1", 143, &spec.address));
	assert_string_equal(look_by(spec).result.words, "without TLS only on loopback");
}

/* ---- TLS ---- */

static struct looked look_by_tls(struct mailbox box, const char *host, bool is_known)
{
	struct cert ca = cert_make("ca", NULL, NULL, -86400L, 86400L * 30);
	struct cert other = cert_make("other", NULL, NULL, -86400L, 86400L * 30);
	struct cert leaf = cert_make("leaf", "DNS:imap.test", &ca, -3600, 86400L);
	struct peer peer = { .ctx = &box };
	struct imap_look_spec spec;
	struct looked looked;
	char path[64];

	cert_write(is_known ? &ca : &other, path);
	box.cert = &leaf;
	peer_start(&peer, serve);
	spec = spec_of(peer.port);
	spec.is_plain = false;
	spec.host = host;
	spec.ca_file = path;
	looked = look_by(spec);
	peer_stop(&peer);
	looked.has_tls = box.has_tls;
	(void)snprintf(looked.heard, sizeof looked.heard, "%s", peer.heard);
	unlink(path);
	cert_free(&leaf);
	cert_free(&other);
	cert_free(&ca);
	return looked;
}

static void the_login_is_said_inside_tls(void **state)
{
	struct mailbox box = empty_mailbox;
	struct looked looked;

	(void)state;
	box.search = "* SEARCH 9\r\n";
	box.fetch = FETCHED("2", "9", WORD);
	looked = look_by_tls(box, "imap.test", true);
	assert_int_equal(looked.result.verdict, IMAP_SEEN);
	assert_true(looked.has_tls);
}

static void a_certificate_of_somebody_else_is_told_nothing(void **state)
{
	struct looked looked = look_by_tls(empty_mailbox, "imap.test", false);

	(void)state;
	assert_int_equal(looked.result.verdict, IMAP_NOT_LOOKED);
	assert_null(strstr(looked.heard, "AUTHENTICATE"));
	looked = look_by_tls(empty_mailbox, "other.test", true);
	assert_int_equal(looked.result.verdict, IMAP_NOT_LOOKED);
	assert_null(strstr(looked.heard, "AUTHENTICATE"));
}

/* ---- the reader ---- */

static struct buf responses_of(const char *text, size_t step)
{
	struct imap_reader reader;
	struct buf all = BUF_INIT(1 << 20);
	size_t n = strlen(text);

	imap_reader_init(&reader);
	for (size_t at = 0, taken; at < n; at += taken) {
		size_t piece = n - at < step ? n - at : step;

		switch (imap_feed(&reader, text + at, piece, &taken)) {
		case IMAP_FED_MORE:
			break;
		case IMAP_FED_WHOLE:
			buf_printf(&all, "[%s]", buf_text(&reader.text));
			break;
		case IMAP_FED_BROKEN:
			buf_puts(&all, "!");
			taken = n - at;
			break;
		}
	}
	imap_reader_done(&reader);
	return all;
}

static void responses_are_the_same_in_any_pieces(void **state)
{
	static const char text[] =
		"* OK\r\n* 1 FETCH (A {4}\r\n\r\nx\n B {0}\r\n C {2+}\r\n{9)\n\r\n{}\r\n"
		"S1 OK {x}\r\n";
	static const char expected[] =
		"[* OK][* 1 FETCH (A {4}\r\n\r\nx\n B {0}\r\n C {2+}\r\n{9)][]"
		"[{}][S1 OK {x}]";

	(void)state;
	for (size_t step = 1; step < sizeof text; step++) {
		struct buf all = responses_of(text, step);

		assert_string_equal(buf_text(&all), expected);
		buf_done(&all);
	}
}

static struct imap_fetched fetched_of(const char *text)
{
	struct buf response = BUF_INIT(4096);
	struct imap_fetched fetched;

	buf_puts(&response, text);
	assert_true(imap_fetch(&response, HEADER, &fetched));
	buf_done(&response);
	return fetched;
}

static void a_header_is_read_however_it_is_written(void **state)
{
	struct imap_fetched fetched;

	(void)state;
	fetched = fetched_of("* 1 fetch (BODY[HEADER.FIELDS (\"" HEADER
			     "\")] \"x-shorewatch-canary: a b\" "
			     "MODSEQ (77) uid 12)");
	assert_int_equal(fetched.uid, 12);
	assert_string_equal(fetched.value, "a b");
	fetched = fetched_of(
		"* 1 FETCH (UID 5 X {40}\r\nx: y\r\nX-SHOREWATCH-CANARY:a\r\n \t b  \r\nz\r\n)");
	assert_string_equal(fetched.value, "a b");
	fetched = fetched_of("* 1 FETCH (X {14}\r\n UID 7 (UID 8) Y \"UID 9\" Z \"\\\"UID 10\")");
	assert_int_equal(fetched.uid, 0);
	fetched = fetched_of("* 1 FETCH (UID 4 X {400}\r\n" HEADER ": cut");
	assert_string_equal(fetched.value, "");
	fetched = fetched_of("* 1 FETCH (UID 99999999999)");
	assert_int_equal(fetched.uid, 0);
	fetched = fetched_of("* 1 FETCH (UID 6 \"" HEADER ": \\");
	assert_int_equal(fetched.uid, 6);
}

static void of_many_the_newest_are_kept(void **state)
{
	struct imap_uids uids = { .n = 0 };

	(void)state;
	for (uint32_t uid = 200; uid > 0; uid--)
		imap_uids_add(&uids, uid);
	for (uint32_t uid = 150; uid <= 250; uid++)
		imap_uids_add(&uids, uid);
	assert_int_equal(uids.n, IMAP_UIDS_MAX);
	assert_int_equal(uids.of[0], 250 - IMAP_UIDS_MAX + 1);
	assert_int_equal(uids.of[IMAP_UIDS_MAX - 1], 250);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_found_and_removed_with_its_elders),
		cmocka_unit_test(an_empty_mailbox_has_it_not),
		cmocka_unit_test(an_old_one_alone_is_removed_and_is_not_it),
		cmocka_unit_test(what_is_not_ours_to_the_letter_stays),
		cmocka_unit_test(a_server_without_uidplus_leaves_it_marked),
		cmocka_unit_test(what_goes_wrong_with_the_removal_changes_no_verdict),
		cmocka_unit_test(a_server_that_refuses_has_not_looked),
		cmocka_unit_test(a_server_that_goes_has_not_looked),
		cmocka_unit_test(garbage_is_no_search),
		cmocka_unit_test(a_flood_is_cut),
		cmocka_unit_test(nobody_there_has_not_looked),
		cmocka_unit_test(one_that_hangs_can_be_left),
		cmocka_unit_test(one_that_hangs_is_given_up),
		cmocka_unit_test(a_name_that_would_be_another_command_is_refused),
		cmocka_unit_test(the_login_is_said_inside_tls),
		cmocka_unit_test(a_certificate_of_somebody_else_is_told_nothing),
		cmocka_unit_test(responses_are_the_same_in_any_pieces),
		cmocka_unit_test(a_header_is_read_however_it_is_written),
		cmocka_unit_test(of_many_the_newest_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
