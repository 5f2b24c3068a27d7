/*
 * notice_test.c - the head of a notice's file: round trip, and heads that are
 * broken, cut, older or newer than this program.
 */
#include "core/notice.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static struct notice sample(void)
{
	struct notice n = {
		.incident = UINT64_C(0xfedcba9876543210),
		.seq = 3,
		.kind = NOTICE_CHANGE,
		.diagnosis = DIAGNOSIS_STACK_DOWN,
		.is_important = true,
		.is_partial = true,
		.created = { { 123456789 }, { 1795222800000000 } },
		.recipient = "ops@example.com",
		.serial = UINT64_C(0x123456789abcdef0),
		.number = "20261121-1",
		.stack = "home",
		.host = "status.example.net",
		.opened = { { 23456789 }, { 1795222700000000 } },
		.affected = "blog,wiki",
		.from = { 5 },
		.to = { 6 },
		.fingerprint = UINT64_C(0x9f86d081884c7d65),
		.told = 7,
		.matter = SELF_CONFIGURATION,
		.detail = "blog.cfg:12: unknown key \"intervall\"",
		.is_drill = true,
		.held = 4,
		.held_from = { 1795222600000000 },
		.not_before = { 1795222900000000 },
	};

	n.id = notice_id(&n);
	return n;
}

static void assert_same(const struct notice *a, const struct notice *b)
{
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->incident, b->incident);
	assert_int_equal(a->seq, b->seq);
	assert_int_equal(a->serial, b->serial);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->diagnosis, b->diagnosis);
	assert_int_equal(a->is_important, b->is_important);
	assert_int_equal(a->is_partial, b->is_partial);
	assert_int_equal(a->created.mono.us, b->created.mono.us);
	assert_int_equal(a->created.wall.us, b->created.wall.us);
	assert_int_equal(a->opened.mono.us, b->opened.mono.us);
	assert_int_equal(a->opened.wall.us, b->opened.wall.us);
	assert_int_equal(a->from.us, b->from.us);
	assert_int_equal(a->to.us, b->to.us);
	assert_string_equal(a->recipient, b->recipient);
	assert_string_equal(a->number, b->number);
	assert_string_equal(a->stack, b->stack);
	assert_string_equal(a->host, b->host);
	assert_string_equal(a->affected, b->affected);
	assert_int_equal(a->fingerprint, b->fingerprint);
	assert_int_equal(a->told, b->told);
	assert_int_equal(a->matter, b->matter);
	assert_string_equal(a->detail, b->detail);
	assert_int_equal(a->is_drill, b->is_drill);
	assert_int_equal(a->held, b->held);
	assert_int_equal(a->held_from.us, b->held_from.us);
	assert_int_equal(a->not_before.us, b->not_before.us);
}

static void every_kind_and_diagnosis_goes_there_and_back(void **state)
{
	(void)state;
	for (int kind = 0; kind < NOTICE_KINDS; kind++) {
		for (int d = 0; d < DIAGNOSIS_COUNT; d++) {
			struct notice n = sample(), back;
			struct buf text = BUF_INIT(8192);
			unsigned attempts;
			long length;

			n.kind = (enum notice_kind)kind;
			n.diagnosis = (enum diagnosis)d;
			n.is_important = d % 2;
			notice_write(&n, 7, &text);
			buf_puts(&text, "From: whatever\r\n\r\nid 0\n");
			length = notice_read(buf_text(&text), text.n, &back, &attempts);
			assert_int_equal(
				length, (long)(strstr(buf_text(&text), "From:") - buf_text(&text)));
			assert_int_equal(attempts, 7);
			assert_same(&n, &back);
			buf_done(&text);
		}
	}
}

static void a_notice_without_an_incident_goes_there_and_back(void **state)
{
	struct notice n = { .kind = NOTICE_BLIND,
			    .created = { { 1 }, { 2 } },
			    .recipient = "a@b",
			    .host = "h" },
		      back;
	struct buf text = BUF_INIT(8192);
	unsigned attempts;

	(void)state;
	n.id = notice_id(&n);
	notice_write(&n, 0, &text);
	assert_true(notice_read(buf_text(&text), text.n, &back, &attempts) > 0);
	assert_same(&n, &back);
	buf_done(&text);
}

static void every_cut_head_is_refused(void **state)
{
	struct notice n = sample(), back;
	struct buf text = BUF_INIT(8192);
	unsigned attempts;

	(void)state;
	notice_write(&n, 0, &text);
	for (size_t i = 0; i < text.n; i++) {
		char *copy = malloc(i + 1); /* exactly as long: a read past it is seen */

		assert_non_null(copy);
		memcpy(copy, buf_text(&text), i);
		assert_int_equal(notice_read(copy, i, &back, &attempts), -EBADMSG);
		free(copy);
	}
	buf_done(&text);
}

static void every_flipped_byte_is_refused_or_harmless(void **state)
{
	struct notice n = sample(), back;
	struct buf text = BUF_INIT(8192);
	unsigned attempts;

	(void)state;
	notice_write(&n, 0, &text);
	for (size_t i = 0; i < text.n; i++) {
		for (int bit = 0; bit < 8; bit++) {
			text.data[i] ^= (char)(1 << bit);
			if (notice_read(buf_text(&text), text.n, &back, &attempts) > 0) {
				assert_true(back.kind >= 0 && back.kind < NOTICE_KINDS);
				assert_true(back.diagnosis >= 0 &&
					    back.diagnosis < DIAGNOSIS_COUNT);
				assert_true(strlen(back.recipient) > 0 &&
					    strlen(back.recipient) < NOTICE_RECIPIENT_MAX);
			}
			text.data[i] ^= (char)(1 << bit);
		}
	}
	buf_done(&text);
}

static void keys_of_a_newer_program_are_passed_over(void **state)
{
	struct notice n = sample(), back;
	struct buf text = BUF_INIT(8192), newer = BUF_INIT(8192);
	unsigned attempts;
	const char *second;

	(void)state;
	notice_write(&n, 1, &text);
	second = strchr(buf_text(&text), '\n') + 1;
	buf_add(&newer, buf_text(&text), (size_t)(second - buf_text(&text)));
	buf_puts(&newer, "colour 17 blue green\nlonely\n");
	buf_puts(&newer, second);
	assert_true(notice_read(buf_text(&newer), newer.n, &back, &attempts) > 0);
	assert_same(&n, &back);
	buf_done(&text);
	buf_done(&newer);
}

static void nonsense_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		"\n\n",
		"shorewatch-notice 1",
		"shorewatch-notice 1\n",
		"shorewatch-notice 1\n\n",
		"shorewatch-notice 2\nid 0000000000000001\nrecipient a@b\n\n",
		"shorewatch-notice 1\nid 0000000000000001\n\n",
		"shorewatch-notice 1\nrecipient a@b\n\n",
		"shorewatch-notice 1\nid xyz\nrecipient a@b\n\n",
		"shorewatch-notice 1\nid 0000000000000001\nrecipient a@b\nkind sideways\n\n",
		"shorewatch-notice 1\nid 0000000000000001\nrecipient a@b\nseq -1\n\n",
		"shorewatch-notice 1\nid 0000000000000001\nrecipient a@b\nseq 99999999999\n\n",
		"shorewatch-notice 1\nid 0000000000000001\nrecipient a@b\ndiagnosis "
		"bad-weather\n\n",
	};
	struct notice back;
	unsigned attempts;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (notice_read(bad[i], strlen(bad[i]), &back, &attempts) >= 0)
			fail_msg("taken: %s", bad[i]);
}

/* The rest of the line is the detail, as long as it fits; nothing is a detail, too. */
static void a_detail_may_be_empty_but_not_too_long(void **state)
{
	struct notice back;
	char text[1024], detail[NOTICE_AFFECTED_MAX + 1];
	unsigned attempts;

	(void)state;
	memset(detail, 'd', sizeof detail);
	detail[sizeof detail - 1] = '\0';
	for (size_t cut = 0; cut < 2; cut++) {
		struct buf head = BUF_INIT(4096);
		struct notice n = sample();
		const char *rest;
		long r;

		memcpy(n.detail, "x", 2);
		notice_write(&n, 1, &head);
		rest = strstr(buf_text(&head), "detail x") + strlen("detail x");
		(void)snprintf(text, sizeof text, "%.*sdetail %s%s",
			       (int)(rest - buf_text(&head)) - (int)strlen("detail x"),
			       buf_text(&head), detail + cut, rest);
		r = notice_read(text, strlen(text), &back, &attempts);
		assert_int_equal(r, cut == 0 ? -EBADMSG : (long)strlen(text));
		buf_done(&head);
	}
	assert_int_equal(strlen(back.detail), NOTICE_AFFECTED_MAX - 1);
}

static void a_notice_of_nobody_and_nowhere_goes_there_and_back(void **state)
{
	struct buf text = BUF_INIT(4096);
	struct notice n = sample(), back;
	unsigned attempts;
	char *line;

	(void)state;
	n.host[0] = n.detail[0] = '\0';
	notice_write(&n, 1, &text);
	assert_true(notice_read(buf_text(&text), text.n, &back, &attempts) > 0);
	assert_same(&n, &back);
	/* An editor takes the space at a line's end away. */
	line = strstr(text.data, "detail \n");
	assert_non_null(line);
	memmove(line + 6, line + 7, strlen(line + 7) + 1);
	assert_true(notice_read(buf_text(&text), text.n - 1, &back, &attempts) > 0);
	assert_string_equal(back.detail, "");
	buf_done(&text);
}

static void the_id_depends_on_incident_seq_and_recipient_only(void **state)
{
	struct notice a = sample(), b = sample();

	(void)state;
	b.created.wall.us++;
	b.kind = NOTICE_REPEAT;
	b.diagnosis = DIAGNOSIS_SITE_DOWN;
	assert_int_equal(notice_id(&a), notice_id(&b));
	b.seq++;
	assert_int_not_equal(notice_id(&a), notice_id(&b));
	b = sample();
	b.incident++;
	assert_int_not_equal(notice_id(&a), notice_id(&b));
	b = sample();
	b.recipient[0] = 'O';
	assert_int_not_equal(notice_id(&a), notice_id(&b));
	b = a;
	a.incident = b.incident = 0;
	b.created.wall.us++;
	assert_int_not_equal(notice_id(&a), notice_id(&b));
}

/* Two certificates and two steps of one turn, and a renewal, are five mails. */
static void what_belongs_to_no_incident_has_an_id_of_its_own(void **state)
{
	struct notice a = { .kind = NOTICE_CERTIFICATE, .fingerprint = 1, .seq = 2,
			    .created = { { 1 }, { 1795222800000000 } }, .recipient = "a@b" };
	struct notice b = a;

	(void)state;
	b.created.wall.us += USEC_PER_DAY; /* made again after a crash */
	assert_int_equal(notice_id(&a), notice_id(&b));
	b.fingerprint = 2;
	assert_int_not_equal(notice_id(&a), notice_id(&b));
	b = a;
	b.seq = 3;
	assert_int_not_equal(notice_id(&a), notice_id(&b));
	b = a;
	b.recipient[0] = 'b';
	assert_int_not_equal(notice_id(&a), notice_id(&b));
	b = a;
	b.kind = NOTICE_SELF;
	assert_int_not_equal(notice_id(&a), notice_id(&b));
}

/* The same fault once a day at most; a clock that is off by a second more is no other trouble. */
static void trouble_of_ours_is_told_from_another_by_its_detail_and_day(void **state)
{
	struct notice a = { .kind = NOTICE_SELF,
			    .matter = SELF_CONFIGURATION,
			    .detail = "a.cfg:1: x",
			    .created = { { 1 }, { 1795222800000000 } },
			    .recipient = "a@b" };
	struct notice b = a;

	(void)state;
	b.created.wall.us += USEC_PER_HOUR;
	assert_int_equal(notice_id(&a), notice_id(&b));
	b.created.wall.us += USEC_PER_DAY;
	assert_int_not_equal(notice_id(&a), notice_id(&b));
	b = a;
	b.detail[6] = '2';
	assert_int_not_equal(notice_id(&a), notice_id(&b));
	a.matter = b.matter = SELF_CLOCK;
	assert_int_equal(notice_id(&a), notice_id(&b));
}

/* A doubled id is a mail that is never sent: the outbox takes it for known. */
static void no_two_notices_share_an_id(void **state)
{
	static uint64_t ids[64 * 16 * 26];
	size_t n = 0;

	(void)state;
	for (uint64_t incident = 1; incident <= 64; incident++) {
		for (uint32_t seq = 0; seq < 16; seq++) {
			for (char letter = 'a'; letter <= 'z'; letter++) {
				struct notice one = { .incident = incident,
						      .seq = seq,
						      .recipient = "x@example.com" };

				one.recipient[0] = letter;
				ids[n++] = notice_id(&one);
			}
		}
	}
	qsort(ids, n, sizeof ids[0], compare_ids);
	for (size_t i = 1; i < n; i++)
		assert_true(ids[i] != ids[i - 1]);
}

static void the_message_id_is_the_same_for_every_attempt_and_differs_by_recipient(void **state)
{
	struct notice a = sample(), b = sample();
	struct buf x = BUF_INIT(512), y = BUF_INIT(512), z = BUF_INIT(512);

	(void)state;
	b.created.wall.us += 1000000;
	notice_message_id(&a, 2, &x);
	notice_message_id(&b, 2, &y);
	assert_string_equal(buf_text(&x), buf_text(&y));
	assert_true(buf_text(&x)[0] == '<' && strstr(buf_text(&x), "@status.example.net>"));
	b.recipient[0] = 'x';
	notice_message_id(&b, 2, &z);
	assert_string_not_equal(buf_text(&x), buf_text(&z));
	buf_clear(&z);
	notice_message_id(&a, 1, &z);
	assert_string_not_equal(buf_text(&x), buf_text(&z));
	buf_done(&x);
	buf_done(&y);
	buf_done(&z);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_and_diagnosis_goes_there_and_back),
		cmocka_unit_test(a_notice_without_an_incident_goes_there_and_back),
		cmocka_unit_test(every_cut_head_is_refused),
		cmocka_unit_test(every_flipped_byte_is_refused_or_harmless),
		cmocka_unit_test(keys_of_a_newer_program_are_passed_over),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(a_detail_may_be_empty_but_not_too_long),
		cmocka_unit_test(a_notice_of_nobody_and_nowhere_goes_there_and_back),
		cmocka_unit_test(the_id_depends_on_incident_seq_and_recipient_only),
		cmocka_unit_test(what_belongs_to_no_incident_has_an_id_of_its_own),
		cmocka_unit_test(trouble_of_ours_is_told_from_another_by_its_detail_and_day),
		cmocka_unit_test(no_two_notices_share_an_id),
		cmocka_unit_test(
			the_message_id_is_the_same_for_every_attempt_and_differs_by_recipient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
