/*
 * mail_subject.c - the lock screen's line: state first, 50 columns at most.
 */
#include "render/mail_case.h"

#include <string.h>

#include "base/text.h"
#include "render/mail_parts.h"
#include "render/speech.h"

#define SUBJECT_COLUMNS 50
#define SUBJECT_BYTES_MAX 16384
#define ELLIPSIS "…"
#define STABLE_NAMES_MAX 3

static size_t character_bytes(const char *at)
{
	size_t n = 1;

	while (((unsigned char)at[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Bytes of the longest beginning, cut between characters, that leaves a column for the ellipsis. */
static size_t fitting_bytes(const char *subject)
{
	struct buf head = BUF_INIT(SUBJECT_BYTES_MAX);
	size_t fits = 0;

	for (const char *at = subject; *at != '\0'; at += character_bytes(at)) {
		buf_add(&head, at, character_bytes(at));
		if (text_columns(buf_text(&head)) > SUBJECT_COLUMNS - text_columns(ELLIPSIS))
			break;
		fits = head.n;
	}
	while (fits > 0 && subject[fits - 1] == ' ')
		fits--;
	buf_done(&head);
	return fits;
}

/* The state stands first and is short, so what is cut is the end of the fact. */
static void write_cut(struct buf *to, const char *subject)
{
	if (text_columns(subject) <= SUBJECT_COLUMNS) {
		buf_puts(to, subject);
		return;
	}
	buf_add(to, subject, fitting_bytes(subject));
	buf_puts(to, ELLIPSIS);
}

static void write_prefix(const struct mail_case *c, struct buf *to)
{
	if (c->notice->is_drill)
		buf_puts(to, c->words->drill_subject);
	if (c->model->is_demo)
		buf_puts(to, c->words->demo_subject);
	if (c->is_pretended)
		buf_puts(to, c->words->test_subject);
}

static const char *wording_of(const struct mail_case *c)
{
	switch (c->notice->kind) {
	case NOTICE_BLIND:
		return c->model->is_unconfirmed ? c->words->blind_subject_references
						: c->words->blind_subject;
	case NOTICE_CERTIFICATE:
		return mail_is_renewal(c) ? c->words->cert_renewed_subject : c->words->cert_subject;
	case NOTICE_SELF:
		return c->words->self_subject[c->notice->matter];
	case NOTICE_WEEK:
		return mail_week_subject(c);
	case NOTICE_DIGEST:
		return wording_for(&c->words->digest_subject, c->notice->held);
	case NOTICE_DOWN:
	case NOTICE_CHANGE:
	case NOTICE_REPEAT:
	case NOTICE_RECOVERED:
	case NOTICE_TEST:
	case NOTICE_KINDS:
		break;
	}
	return mail_subject_wording(c);
}

/* ---- mail.subject = "stable" ---- */

static uint32_t target_named(const struct plan *plan, const char *name)
{
	for (uint32_t i = 0; i < plan->targets_n; i++)
		if (strcmp(plan->targets[i].name, name) == 0)
			return i;
	return NONE_INDEX;
}

/* As it was called in the first mail: only the incident still knows whether one family answered. */
static void write_then(const struct mail_case *c, struct buf *to, const char *name)
{
	uint32_t target = target_named(c->plan, name);
	bool is_partial = target != NONE_INDEX && c->incident->is_first_partial &&
			  target_twin(c->plan, target) != NONE_INDEX;

	if (target == NONE_INDEX)
		text_line(to, name);
	else
		speech_half(to, c->language, &c->plan->targets[target],
			    is_partial ? HALF_ONLY : HALF_BOTH);
}

/* Its other half stands before it among those who failed. */
static bool is_named_before(const struct mail_case *c, unsigned k)
{
	uint32_t target = target_named(c->plan, c->incident->affected[k]);
	uint32_t twin = target != NONE_INDEX ? target_twin(c->plan, target) : NONE_INDEX;

	for (unsigned i = 0; twin != NONE_INDEX && i < k; i++)
		if (strcmp(c->incident->affected[i], c->plan->targets[twin].name) == 0)
			return true;
	return false;
}

static void write_first_names(const struct mail_case *c, struct buf *to)
{
	const struct incident *i = c->incident;
	unsigned n = 0;

	for (unsigned k = 0; k < i->affected_n && n < i->first_failing && n < STABLE_NAMES_MAX;
	     k++) {
		if (is_named_before(c, k))
			continue;
		buf_puts(to, n++ > 0 ? c->words->comma : "");
		write_then(c, to, i->affected[k]);
	}
}

/*
 * Made only of what stays as it was at the first mail, so that all mails of a
 * thread make the same one: the finding and the names of then, how it began.
 */
static void write_stable(const struct mail_case *c, struct buf *to)
{
	const struct incident *i = c->incident;
	enum matter matter = mail_matter_of(i->first_finding, i->first_failing);
	struct buf what = BUF_INIT(1024), names = BUF_INIT(SUBJECT_BYTES_MAX),
		   fact = BUF_INIT(1024), who = BUF_INIT(SUBJECT_BYTES_MAX);
	wall_t began = c->notice->opened.wall;

	speech_failure_short(&what, c->language, i->log[0].outcome, i->log[0].code, 0);
	write_first_names(c, &names);
	if (i->affected_n > 0)
		write_then(c, &who, i->affected[0]);
	sentence_fill(&fact, c->language, c->words->subject_alone,
		      HOLES(hole_minute("minute", began),
			    hole_own("zone", buf_text(&c->fills[FILL_ZONE]))));
	sentence_fill(
		to, c->language, c->words->matters[matter].subject[CHANGE_FIRST],
		HOLES(hole_own("of", buf_text(&c->fills[FILL_OF])), hole_minute("minute", began),
		      hole_own("zone", buf_text(&c->fills[FILL_ZONE])),
		      hole_own("who", buf_text(&who)),
		      hole_own("what", buf_text(&what)), hole_number("n", i->first_failing),
		      hole_own("names", buf_text(&names)), hole_own("fact", buf_text(&fact))));
	buf_done(&what);
	buf_done(&names);
	buf_done(&fact);
	buf_done(&who);
}

static bool is_stable(const struct mail_case *c)
{
	return c->plan->mail.is_subject_stable && c->notice->incident != 0 && c->incident != NULL &&
	       c->incident->first_finding != DIAGNOSIS_NONE && c->incident->log_n > 0;
}

void mail_write_subject(const struct mail_case *c, struct buf *to)
{
	struct buf whole = BUF_INIT(SUBJECT_BYTES_MAX);

	if (is_stable(c) && c->notice->seq > 0)
		buf_puts(&whole, "Re: ");
	write_prefix(c, &whole);
	if (is_stable(c))
		write_stable(c, &whole);
	else
		mail_say(c, &whole, wording_of(c));
	write_cut(to, buf_text(&whole));
	buf_done(&whole);
}

void mail_subject(const struct mail_request *request, struct buf *to)
{
	struct mail_case c;

	mail_case_init(&c, request);
	mail_write_subject(&c, to);
	mail_case_done(&c);
}
