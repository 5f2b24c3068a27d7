/*
 * mail_hostile_test.c - mails about a world whose every name, reason and label
 * was chosen by somebody hostile, at random; read by a strict parser that is
 * not ours (reliability.md SR-11 to SR-13, HX-05).
 *
 * MAIL_HOSTILE_SEED=N begins elsewhere; what fails is told with its seed.
 */
#include "render/mail_golden.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/key.h"
#include "core/weekly.h"

#define MAILS	      400
#define PIECES_MOST   6
#define TEXT_MAX      2048
#define LONG_BYTES    (1 << 20)
#define LEAST_OF_THEM "300" /* some differ in digits alone */

struct dice {
	uint64_t state;
};

static unsigned roll(struct dice *d, unsigned sides)
{
	d->state = key_mix(d->state + 1);
	return (unsigned)(d->state >> 33) % sides;
}

/* What has broken mails, pages and terminals before; and what almost looks like ours. */
static const char *const pieces[] = {
	"\r\nBcc: victim@example.net\r\n", "\nSubject: another\n\n", "\r", "\n.\n", "\r\n.\r\n",
	"<script>alert(1)</script>", "</title></h1></body>", "<img src=x onerror=alert(1)>",
	"\"'&amp;&#x202e;", "\xe2\x80\xae\xe2\x80\xab\xe2\x81\xa6", "\xe2\x81\xa9\xe2\x80\x8f\xd8\x9c",
	"\xed\xa0\x80\xed\xb0\x80", "\xff\xfe\xc0\x80", "caf\xc3", "\xf4\x90\x80\x80", "\xe3\x81",
	"\x1b[31m\x1b]0;title\x07", "\x01\x02\x7f\xc2\x85\xc2\x9b", "=?utf-8?b?QmNj?=", "=?utf-8?q?",
	"=20=0D=0A", "--=_shorewatch_0000000000000000--", "\n-- \n", "From nobody", "{who} {n} {nothing",
	"%s%n%n", "🚢🛟", "👩‍👩‍👧‍👦🇯🇵", "全サービス", "〜①—", "e\xcc\x81\xcc\x81\xcc\x81", "\xc2\xa0\xe3\x80\x80",
	"https://evil.example/\"><b>", "javascript:alert(1)", "a", " ", "  ", ".", ",", "<a@b.example>",
	"\t\t", "\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf", "xn--",
	"averylongwordwithoutanyplacetobreakitwhichgoesonandonandonforeverandalittlemore",
};

/* A text of several; now and then a megabyte. The caller frees it. */
static char *hostile(struct dice *d)
{
	bool is_long = roll(d, 100) == 0;
	unsigned n = is_long ? 0 : roll(d, PIECES_MOST + 1);
	char *text = calloc(1, is_long ? LONG_BYTES : TEXT_MAX);

	assert_non_null(text);
	if (is_long)
		memset(text, "x\xf0\n<"[roll(d, 4)], LONG_BYTES - 1);
	for (unsigned i = 0; i < n; i++) {
		const char *piece = pieces[roll(d, sizeof pieces / sizeof pieces[0])];

		assert_true(strlen(text) + strlen(piece) < TEXT_MAX);
		memcpy(text + strlen(text), piece, strlen(piece) + 1);
	}
	return text;
}

/* ---- a world of it ---- */

#define TEXTS (WORLD_TARGETS + 16)

struct hostile_world {
	struct world *w;
	struct dice dice;
	char *texts[TEXTS];
	size_t texts_n;
	const char *steps[2];
	struct weekly sums;
};

static const char *text(struct hostile_world *h)
{
	assert_true(h->texts_n < TEXTS);
	h->texts[h->texts_n] = hostile(&h->dice);
	return h->texts[h->texts_n++];
}

static void name_everybody(struct hostile_world *h)
{
	struct world *w = h->w;

	for (uint32_t i = 0; i < SAMPLE_TARGETS; i++) {
		w->targets[i].title = text(h);
		w->targets[i].group = text(h);
	}
	w->stacks[0].title = text(h);
	w->stacks[0].runbook = w->targets[BLOG].runbook = text(h);
	h->steps[0] = text(h);
	h->steps[1] = text(h);
	w->stacks[0].try_next = w->targets[API].try_next = (struct strings){ h->steps, 2 };
	w->plan.instance = text(h);
	w->plan.page.url = text(h);
	(void)snprintf(w->deadmen[0].pull_note, sizeof w->deadmen[0].pull_note, "%s", text(h));
}

static void fail_some(struct hostile_world *h)
{
	struct world *w = h->w;
	const char *note = text(h);

	for (uint32_t i = 0; i < SAMPLE_TARGETS; i++) {
		unsigned how = roll(&h->dice, 6);

		w->views[i].is_out_of_sight = how == 5;
		if (how == 0)
			world_fail(w, i, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
		else if (how == 1)
			world_fail(w, i, PHASE_BODY, CAUSE_MISMATCH, 0);
		else if (how == 2)
			world_fail(w, i, PHASE_WAIT, CAUSE_STATUS, (int)roll(&h->dice, 1000));
		else if (how == 3)
			w->views[i].state = VERDICT_SUSPECT;
		w->views[i].note = how == 1 ? note : NULL;
	}
	if (roll(&h->dice, 2) == 0)
		world_silence(w, DEADMAN_SILENT, at(13, 58, 6));
}

static void remark(struct hostile_world *h)
{
	struct incident_event event = { .at = at(14, 2, 0), .kind = EVENT_NOTE };

	incident_text(event.text, text(h));
	incident_note(&h->w->incident, &event);
}

static void tell_incident(struct hostile_world *h)
{
	static const enum notice_kind kinds[] = { NOTICE_DOWN, NOTICE_CHANGE, NOTICE_REPEAT,
						  NOTICE_RECOVERED };
	enum diagnosis now = (enum diagnosis)(1 + roll(&h->dice, DIAGNOSIS_COUNT - 1));
	enum notice_kind kind = kinds[roll(&h->dice, 4)];

	world_tell(h->w, kind, now,
		   kind == NOTICE_DOWN ? DIAGNOSIS_NONE
				       : (enum diagnosis)(1 + roll(&h->dice, DIAGNOSIS_COUNT - 1)));
	h->w->notice.is_important = kind == NOTICE_DOWN;
	if (roll(&h->dice, 2) == 0)
		remark(h);
	h->w->incident.affected_n = 1;
	(void)snprintf(h->w->incident.affected[0], NAME_TEXT_MAX, "%.60s", text(h));
	h->w->incident.first_finding = now;
	h->w->plan.mail.is_subject_stable = roll(&h->dice, 4) == 0;
}

static void tell_aside(struct hostile_world *h)
{
	static const enum notice_kind kinds[] = { NOTICE_BLIND, NOTICE_TEST, NOTICE_CERTIFICATE,
						  NOTICE_SELF, NOTICE_WEEK, NOTICE_DIGEST };
	struct notice *n = &h->w->notice;

	h->w->request.incident = NULL;
	n->incident = 0;
	n->kind = kinds[roll(&h->dice, sizeof kinds / sizeof kinds[0])];
	n->from = at_day(14, 0, 0, 0);
	n->to = n->kind == NOTICE_CERTIFICATE ? at_day(25, 0, 0, 0) : at_day(21, 0, 0, 0);
	n->matter = roll(&h->dice, 2) == 0 ? SELF_CONFIGURATION : SELF_CLOCK;
	incident_text(h->w->incident.log[0].text, text(h));
	(void)snprintf(n->detail, sizeof n->detail, "%.150s", h->w->incident.log[0].text);
	(void)snprintf(n->affected, sizeof n->affected, "blog,%.100s", text(h));
	h->sums.outages_n = 1;
	h->sums.outages[0] = (struct outage){ .opened = at_day(15, 1, 0, 0),
					      .closed = at_day(15, 2, 0, 0),
					      .lasted = USEC_PER_HOUR, .most_failing = 1,
					      .worst = DIAGNOSIS_SITE_DOWN };
	(void)snprintf(h->sums.outages[0].first, NAME_TEXT_MAX, "%.60s", text(h));
	(void)snprintf(h->sums.outages[0].stack, NAME_TEXT_MAX, "%.60s", text(h));
	h->w->model.weekly = &h->sums;
	n->id = notice_id(n);
}

static void hostile_world(struct hostile_world *h, uint64_t seed)
{
	*h = (struct hostile_world){ .w = world_new(), .dice = { seed } };
	name_everybody(h);
	fail_some(h);
	if (roll(&h->dice, 3) == 0)
		tell_aside(h);
	else
		tell_incident(h);
	h->w->notice.held = roll(&h->dice, 3);
	h->w->notice.is_drill = roll(&h->dice, 10) == 0;
	h->w->model.is_storage_failing = roll(&h->dice, 10) == 0;
}

static void hostile_world_done(struct hostile_world *h)
{
	for (size_t i = 0; i < h->texts_n; i++)
		free(h->texts[i]);
	free(h->w);
}

/* ---- what is made of it ---- */

static void frame(FILE *file, const struct buf *mail)
{
	assert_true(fprintf(file, "%zu\n", mail->n) > 0);
	assert_int_equal(fwrite(mail->data, 1, mail->n, file), mail->n);
}

/* In a body it is a word like any other. */
static bool has_foreign_header(const struct buf *mail)
{
	const char *end = strstr(buf_text(mail), "\r\n\r\n");
	const char *at = strstr(buf_text(mail), "\nBcc");

	return end == NULL || (at != NULL && at < end);
}

static void write_mails(FILE *file, uint64_t first)
{
	struct buf mail = BUF_INIT(MAIL_BYTES_MAX);

	for (uint64_t seed = first; seed < first + MAILS; seed++) {
		struct hostile_world h;

		hostile_world(&h, seed);
		render(h.w, (enum language)(seed % LANGUAGE_COUNT), &mail);
		if (has_foreign_header(&mail))
			fail_msg("seed %" PRIu64 ": a header came in", seed);
		frame(file, &mail);
		hostile_world_done(&h);
	}
	buf_done(&mail);
}

static void every_mail_of_a_hostile_world_parses(void **state)
{
	const char *wish = getenv("MAIL_HOSTILE_SEED");
	uint64_t first = wish ? strtoull(wish, NULL, 10) : 1;
	char path[] = "/tmp/shorewatch-hostile-XXXXXX", framed[] = "--framed", least[] = LEAST_OF_THEM;
	char *arguments[] = { framed, path, least };
	int fd = mkstemp(path), status;
	FILE *file = fdopen(fd, "wb");

	(void)state;
	assert_non_null(file);
	write_mails(file, first);
	assert_int_equal(fclose(file), 0);
	status = run_check(arguments, 3);
	if (status == 0)
		assert_int_equal(unlink(path), 0);
	if (status == -1)
		skip();
	if (status != 0)
		fail_msg("%s is kept; message N is of seed %" PRIu64 " + N - 1", path, first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mail_of_a_hostile_world_parses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
