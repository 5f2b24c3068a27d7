/*
 * mail_silence.c - the verdict of a mail about the Watchdog: what is known of
 * where the silence comes from, and not a word more.
 *
 * What is known is what came in (push), what its witnesses say when asked
 * (pull), and whether our own listener answers. A claim is chosen by these,
 * not by the diagnosis alone: that may stand while answers have stopped coming.
 */
#include "render/mail_parts.h"

#include "render/speech.h"

static const struct deadman_view *view_of(const struct mail_case *c)
{
	static const struct deadman_view nothing = { .state = DEADMAN_SILENT };

	return c->first_watchdog == NONE_INDEX ? &nothing : &c->model->deadmen[c->first_watchdog];
}

/* ---- what is claimed ---- */

static enum mail_claim claim_of_dead(const struct deadman_view *d)
{
	if (d->pull == PULL_STALE && d->is_pull_own)
		return CLAIM_OWN_STALE;
	if (d->pull == PULL_STALE && d->is_listed)
		return CLAIM_STALE;
	if (d->pull == PULL_STALE && d->pull_age >= 0)
		return CLAIM_STALE_GONE;
	if (d->pull == PULL_STALE || d->pull == PULL_MISSING)
		return d->is_pull_own ? CLAIM_OWN_MISSING : CLAIM_MISSING;
	if (d->found == PULL_STALE || d->found == PULL_MISSING)
		return CLAIM_STALE_BEFORE;
	return d->state == DEADMAN_RESOLVED ? CLAIM_RESOLVED : CLAIM_STALE_BEFORE;
}

static enum mail_claim claim_of_lost(const struct deadman_view *d, enum listener listener)
{
	if (d->pull != PULL_OK || d->is_pull_own)
		return CLAIM_LOST_BEFORE;
	if (listener == LISTENER_FAILS)
		return CLAIM_LISTENER;
	return listener == LISTENER_OK ? CLAIM_LOST : CLAIM_LOST_OR_OURS;
}

static enum mail_claim claim_of_listener(const struct deadman_view *d, enum listener listener)
{
	if (listener == LISTENER_OK)
		return CLAIM_LISTENER_BACK;
	if (listener == LISTENER_UNKNOWN)
		return CLAIM_LISTENER_BEFORE;
	return d->pull == PULL_OK && !d->is_pull_own ? CLAIM_LISTENER : CLAIM_LISTENER_ONLY;
}

/* Nobody is asked, or nobody has answered: of all that lies between nothing is cleared. */
static enum mail_claim claim_of_unasked(enum listener listener)
{
	if (listener == LISTENER_FAILS)
		return CLAIM_UNASKED_LISTENER;
	return listener == LISTENER_OK ? CLAIM_UNASKED : CLAIM_UNASKED_OR_OURS;
}

static enum mail_claim claim_of_mute(const struct deadman_view *d)
{
	if (d->is_pull_own)
		return CLAIM_OWN_MUTE;
	if (d->prometheus == PULL_UNREACHABLE)
		return CLAIM_MUTE_BOTH;
	return d->prometheus == PULL_OK ? CLAIM_MUTE_HALF : CLAIM_MUTE;
}

static enum mail_claim claim_of_alerting(const struct deadman_view *d, enum listener listener)
{
	switch (d->pull) {
	case PULL_OK:
		return d->is_pull_own ? CLAIM_OWN_FINE : CLAIM_SHOWN;
	case PULL_STALE:
	case PULL_MISSING:
		return claim_of_dead(d);
	case PULL_SUPPRESSED:
		return CLAIM_SUPPRESSED;
	case PULL_UNREACHABLE:
		return claim_of_mute(d);
	case PULL_BROKEN:
		if (d->is_disputed)
			return CLAIM_DISPUTED;
		return d->is_pull_own ? CLAIM_OWN_BROKEN : CLAIM_BROKEN;
	case PULL_NONE:
	case PULL_COUNT:
		break;
	}
	return claim_of_unasked(listener);
}

static enum mail_claim claim_of(const struct mail_case *c, const struct deadman_view *d)
{
	enum listener listener = c->model->listener;

	if (d->state == DEADMAN_RETURNING)
		return CLAIM_RETURNING;
	if (c->cause == MATTER_PROMETHEUS)
		return claim_of_dead(d);
	if (c->cause == MATTER_SILENCED)
		return d->pull == PULL_SUPPRESSED ? CLAIM_SUPPRESSED : CLAIM_SUPPRESSED_BEFORE;
	if (c->cause == MATTER_LISTENER)
		return claim_of_listener(d, listener);
	if (c->cause == MATTER_BEATS_LOST)
		return claim_of_lost(d, listener);
	return claim_of_alerting(d, listener);
}

static bool is_one_of(enum mail_claim claim, enum mail_claim from, enum mail_claim to)
{
	return claim >= from && claim <= to;
}

/* Where its news ends: at Prometheus itself, or between it and its Alertmanager. */
static void add_prometheus(const struct mail_case *c, struct buf *to, enum mail_claim claim,
			   const struct deadman_view *d)
{
	if (!is_one_of(claim, CLAIM_STALE, CLAIM_MISSING))
		return;
	if (d->prometheus == PULL_UNREACHABLE)
		mail_add(c, to, c->words->claims[CLAIM_PROMETHEUS_MUTE]);
	else if (d->prometheus == PULL_OK)
		mail_add(c, to, c->words->claims[CLAIM_PROMETHEUS_FINE]);
}

static bool is_never(const struct mail_case *c)
{
	return c->matter == MATTER_NEVER &&
	       (c->cause == MATTER_ALERTING || c->cause == MATTER_BEATS_LOST);
}

/* Nothing is known of the inside: what must have failed, when anything has. */
static bool is_guess(enum mail_claim claim)
{
	return claim == CLAIM_UNASKED || claim == CLAIM_UNASKED_OR_OURS;
}

/* What is usual when none has ever come stands in for what would follow from what is known. */
static void add_never(const struct mail_case *c, struct buf *to, enum mail_claim claim)
{
	if (is_one_of(claim, CLAIM_LOST, CLAIM_LOST_BEFORE))
		claim = CLAIM_SHOWN;
	if (!is_guess(claim))
		mail_add(c, to, c->words->claims[claim]);
	mail_add(c, to, c->words->matters[MATTER_NEVER].claim);
}

/* Where the claim does not speak of it, that nobody can reach us is said beside it. */
static void add_listener(const struct mail_case *c, struct buf *to, enum mail_claim claim)
{
	bool is_told = is_one_of(claim, CLAIM_UNASKED_LISTENER, CLAIM_LISTENER_ONLY);
	bool is_elsewhere = c->cause == MATTER_PROMETHEUS || c->cause == MATTER_SILENCED;

	if (c->model->listener == LISTENER_FAILS && !is_told && !is_elsewhere)
		mail_add(c, to, c->words->claims[CLAIM_LISTENER_TOO]);
}

/* ---- what it means ---- */

/*
 * Without a Prometheus that renews its alerts nobody is told of anything. Of a
 * mere silence that is only likely; with beats lost on the way, or our own
 * listener at fault, alerting inside does work.
 */
static void add_blindness(const struct mail_case *c, struct buf *to, const struct deadman_view *d)
{
	const struct mail_tally *t = &c->tally;
	bool is_all_well = t->up > 0 && t->failing + t->elsewhere + t->out_of_sight == 0;
	const struct mail_words *w = c->words;
	bool is_certain = c->cause == MATTER_PROMETHEUS && d->pull != PULL_OK;

	if (d->state == DEADMAN_RETURNING || mail_hint(c) == HINT_RARE)
		return;
	if (is_certain)
		mail_add(c, to, is_all_well ? w->blind_inside : w->blind_inside_alone);
	else if (c->cause == MATTER_PROMETHEUS || c->cause == MATTER_ALERTING)
		mail_add(c, to, is_all_well ? w->perhaps_blind : w->perhaps_blind_alone);
}

/* ---- the rhythm ---- */

uint64_t mail_signals(const struct mail_case *c)
{
	const struct deadman_view *d = view_of(c);

	return d->beats - d->duplicates;
}

/*
 * A route without a repeat_interval of its own inherits one of hours: one beat,
 * and then nothing for long (watchdog.md 1). With one that is a multiple of
 * group_interval they come at twice the time. Two beats at most, since with
 * three or more their cadence is known.
 */
enum mail_hint mail_hint(const struct mail_case *c)
{
	const struct deadman_view *d = view_of(c);
	uint64_t signals = mail_signals(c);

	if (c->is_pretended || (c->cause != MATTER_ALERTING && c->cause != MATTER_BEATS_LOST))
		return HINT_NONE;
	if (d->plan && deadman_is_slow(d->cadence, d->plan->period))
		return HINT_RARE;
	return signals == 1 || signals == 2 ? HINT_FEW : HINT_NONE;
}

static void add_hint(const struct mail_case *c, struct buf *to)
{
	enum mail_hint hint = mail_hint(c);

	if (hint == HINT_RARE)
		mail_add(c, to, c->words->hint_rare);
	else if (hint == HINT_FEW)
		mail_add(c, to, wording_for(&c->words->hint_few, (unsigned)mail_signals(c)));
}

void mail_silence(const struct mail_case *c, struct buf *to)
{
	const struct deadman_view *d = view_of(c);
	enum mail_claim claim = claim_of(c, d);

	add_blindness(c, to, d);
	if (is_never(c))
		add_never(c, to, claim);
	else if (mail_hint(c) != HINT_RARE || !is_guess(claim))
		mail_add(c, to, c->words->claims[claim]);
	add_prometheus(c, to, claim, d);
	add_listener(c, to, claim);
	add_hint(c, to);
}

/* ---- the rhythm in numbers ---- */

void mail_fill_rhythm(struct mail_case *c)
{
	const struct deadman_view *d = view_of(c);

	if (d->plan == NULL)
		return;
	speech_rhythm(&c->fills[FILL_CADENCE], c->language, d->cadence);
	speech_every(&c->fills[FILL_EVERY], c->language, d->plan->period);
}
