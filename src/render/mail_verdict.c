/*
 * mail_verdict.c - the verdict in words: what it means, and whose fault it is.
 *
 * Claims no more than the evidence holds: our own link is vouched for only
 * when it was checked, and "the sites are up" is said only when some are.
 */
#include "render/mail_parts.h"

#include "core/flap.h"

#define LINE_BYTES_MAX 4096

/* English puts a space between sentences. */
void mail_add(const struct mail_case *c, struct buf *to, const char *wording)
{
	if (wording == NULL)
		return;
	if (to->n > 0 && c->language == LANGUAGE_EN)
		buf_putc(to, ' ');
	mail_say(c, to, wording);
}

static const struct sight *sight_of(const struct mail_case *c)
{
	static const struct sight none = { .watchdog = WATCHDOG_NONE };

	return c->stack == NONE_INDEX ? &none : &c->model->stacks[c->stack].sight;
}

static bool is_variant(const struct mail_case *c)
{
	const struct sight *sight = sight_of(c);

	switch (c->matter) {
	case MATTER_STACK:
		return c->tally.up + c->tally.partly > 0 && !c->is_pretended;
	case MATTER_UNREACHABLE:
		return sight->watchdog == WATCHDOG_NONE || sight->watchdog == WATCHDOG_NEVER;
	case MATTER_EDGE:
	case MATTER_BACKENDS:
	case MATTER_DNS:
	case MATTER_SITE:
	case MATTER_SITE_FAMILY:
	case MATTER_JOB:
	case MATTER_SITES:
	case MATTER_SITES_FAMILY:
	case MATTER_UNCONFIRMED:
	case MATTER_PROMETHEUS:
	case MATTER_ALERTING:
	case MATTER_SILENCED:
	case MATTER_BEATS_LOST:
	case MATTER_LISTENER:
	case MATTER_NEVER:
	case MATTER_COUNT:
		break;
	}
	return false;
}

static void add_claim(const struct mail_case *c, struct buf *to)
{
	const struct matter_words *words = &c->words->matters[c->matter];

	mail_add(c, to,
		 is_variant(c) && words->claim_variant ? words->claim_variant : words->claim);
}

/* Whose side it is on can be said only as far as our own link is known. */
static void add_side(const struct mail_case *c, struct buf *to)
{
	switch (c->model->vantage) {
	case VANTAGE_OK:
		if (c->incident != NULL && c->incident->is_unconfirmed && c->matter != MATTER_UNCONFIRMED) {
			mail_add(c, to, c->words->link_relay);
			break;
		}
		mail_add(c, to, c->words->matters[c->matter].side);
		break;
	case VANTAGE_UNCHECKED:
		if (c->words->matters[c->matter].side != NULL)
			mail_add(c, to, c->words->link_unchecked);
		break;
	case VANTAGE_ISOLATED:
		if (c->matter != MATTER_UNCONFIRMED)
			mail_add(c, to, c->words->link_silent);
		break;
	}
}

/* ---- sites ---- */

static void add_site(const struct mail_case *c, struct buf *to)
{
	const struct mail_tally *t = &c->tally;
	bool is_alone = t->up + t->partly + t->undetermined + t->elsewhere == 0;

	if (c->tally.dependent > 0)
		mail_add(c, to, wording_for(&c->words->site_dependents, c->tally.dependent));
	else if (is_alone && t->out_of_sight > 0)
		mail_add(c, to, wording_for(&c->words->site_rest_unseen, t->out_of_sight));
	else if (is_alone && t->planned > 0)
		mail_add(c, to, wording_for(&c->words->site_rest_planned, t->planned));
	else if (is_alone)
		mail_add(c, to, c->words->site_alone);
	else if (c->tally.up > 0)
		mail_add(c, to, wording_for(&c->words->site_only, c->tally.up));
	if (c->first != NONE_INDEX)
		mail_add(c, to, c->words->site_phase[mail_member(c, c->first).outcome.phase]);
}

/* The other family answers: that says more than how it fails. */
static void add_site_family(const struct mail_case *c, struct buf *to)
{
	add_claim(c, to);
	if (c->tally.dependent > 0)
		mail_add(c, to, wording_for(&c->words->site_dependents, c->tally.dependent));
	else if (c->tally.up > 0)
		mail_add(c, to, wording_for(&c->words->site_only, c->tally.up));
}

/* What it said itself, or did not say, is all that is known of a job. */
static void add_job(const struct mail_case *c, struct buf *to)
{
	struct incident_member m = mail_member(c, c->first);

	if (m.outcome.cause == CAUSE_REPORTED)
		mail_add(c, to, c->words->job_reported);
	else if (m.outcome.phase == PHASE_BODY)
		mail_add(c, to, c->words->job_hangs);
	else if (!wall_is_set(m.last_ok))
		mail_add(c, to, c->words->job_never);
	else
		mail_add(c, to, c->words->job_silent);
}

static void add_sites(const struct mail_case *c, struct buf *to)
{
	const struct mail_tally *t = &c->tally;

	if (t->dependent > 0)
		mail_add(c, to, wording_for(&c->words->sites_dependents, t->dependent));
	else if (t->up == 0 && t->out_of_sight > 0)
		mail_add(c, to, wording_for(&c->words->sites_unseen, t->out_of_sight));
	else
		mail_add(c, to, t->up > 0 ? c->words->sites_some : c->words->sites_all);
}

/* Beside those that answer: where nobody does, the matter's own words have said it. */
static void add_unseen(const struct mail_case *c, struct buf *to)
{
	if (c->tally.up > 0 && c->tally.out_of_sight > 0)
		mail_add(c, to, wording_for(&c->words->others_unseen, c->tally.out_of_sight));
}

static bool is_silent_too(const struct mail_case *c)
{
	return !mail_is_silence(c) && c->matter != MATTER_STACK && c->tally.watchdogs_failing > 0;
}

/* ---- the end ---- */

/* Of one whose signals never stopped none has to come again. */
static void add_over(const struct mail_case *c, struct buf *to)
{
	bool has_targets = c->tally.members > 0;
	bool is_accused = c->tally.watchdogs_accused == c->tally.watchdogs_failing;
	const struct mail_words *w = c->words;

	if (c->matter == MATTER_JOB)
		mail_add(c, to, w->job_over);
	else if (c->tally.watchdogs_failing == 0)
		mail_add(c, to, w->over_targets);
	else if (is_accused)
		mail_add(c, to, has_targets ? w->over_both_accused : w->over_accused);
	else
		mail_add(c, to, has_targets ? w->over_both : w->over_watchdog);
}

/* ---- what comes and goes, what was held back ---- */

static void add_flapping(const struct mail_case *c, struct buf *to)
{
	struct buf text = BUF_INIT(LINE_BYTES_MAX);

	if (!mail_is_flapping(c))
		return;
	sentence_fill(
		&text, c->language, c->words->flapping_verdict,
		HOLES(hole_number("changes", FLAP_CHANGES), hole_span("within", FLAP_WITHIN)));
	mail_add(c, to, buf_text(&text));
	if (c->tally.failing + c->tally.watchdogs_failing == 0)
		mail_add(c, to, c->words->flapping_up);
	buf_done(&text);
}

/* A code of another version says nothing. */
static const char *held_wording(const struct mail_words *words, const struct incident_event *held)
{
	bool is_known = held->code > HELD_BY_UNKNOWN && held->code < HELD_BY_COUNT;

	if (held->code == HELD_BY_PARENT && held->subject[0] == '\0')
		return words->held_parent_bare;
	return words->held[is_known ? held->code : HELD_BY_UNKNOWN];
}

static void add_held(const struct mail_case *c, struct buf *to)
{
	struct buf since = BUF_INIT(256), what = BUF_INIT(4096), text = BUF_INIT(LINE_BYTES_MAX);
	const struct incident_event *held = mail_held(c);

	if (held == NULL)
		return;
	mail_moment_minute(c, &since, held->at);
	speech_held(&what, c->language, held, c->plan);
	sentence_fill(&text, c->language, held_wording(c->words, held),
		      HOLES(hole_own("held", buf_text(&since)),
			    hole_own("what", buf_text(&what))));
	mail_add(c, to, buf_text(&text));
	buf_done(&since);
	buf_done(&what);
	buf_done(&text);
}

/* ---- while it lasts ---- */

static void add_matter(const struct mail_case *c, struct buf *to)
{
	if (mail_is_silence(c))
		mail_silence(c, to);
	else if (c->matter == MATTER_SITE)
		add_site(c, to);
	else if (c->matter == MATTER_SITE_FAMILY)
		add_site_family(c, to);
	else if (c->matter == MATTER_JOB)
		add_job(c, to);
	else if (c->matter == MATTER_SITES)
		add_sites(c, to);
	else
		add_claim(c, to);
}

static void add_going_on(const struct mail_case *c, struct buf *to)
{
	if (c->change != CHANGE_FLAPPING)
		add_matter(c, to);
	add_unseen(c, to);
	add_flapping(c, to);
	if (is_silent_too(c))
		mail_add(c, to, c->tally.watchdogs_accused == c->tally.watchdogs_failing
					? c->words->also_accused
					: c->words->also_silent);
	add_side(c, to);
	if (c->change == CHANGE_STILL && c->stack != NONE_INDEX &&
	    c->tally.up + c->tally.partly == 0 &&
	    wall_is_set(c->model->stacks[c->stack].last_answer))
		mail_add(c, to, c->words->last_answer);
	add_held(c, to);
}

void mail_verdict(const struct mail_case *c, struct buf *to)
{
	if (c->notice->kind == NOTICE_CERTIFICATE)
		mail_certificate_verdict(c, to);
	else if (c->notice->kind == NOTICE_SELF)
		mail_add(c, to, c->words->self_verdict[c->notice->matter]);
	else if (c->notice->kind == NOTICE_BLIND)
		mail_add(c, to,
			 c->model->is_unconfirmed ? c->words->blind_verdict_references
						  : c->words->blind_verdict);
	else if (c->notice->kind == NOTICE_WEEK)
		mail_add(c, to, mail_week_verdict(c));
	else if (c->notice->kind == NOTICE_DIGEST)
		mail_add(c, to, c->words->digest_verdict);
	else if (c->is_pretended)
		mail_add(c, to, c->words->test_verdict);
	else if (c->change == CHANGE_OVER)
		add_over(c, to);
	else
		add_going_on(c, to);
}
