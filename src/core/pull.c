/*
 * pull.c - watchdog.md 9, "Pull", as a pure function over what was heard.
 *
 *   stale        no evaluation has reached Alertmanager for more than 210 s, and
 *                two answers in a row say so. Prometheus sends every 90 s at its
 *                usual 30 s, every 120 s at 1 m. Its news is remembered by our
 *                own clock: a step of theirs, or a replica that Prometheus has
 *                lost, cannot make younger news undone.
 *   missing      an empty list for 180 s and no beat meanwhile; shorter is a
 *                restart, after which it is empty for up to 90 s (120 s at 1 m)
 *   unhealthy    Prometheus silent for 180 s while its Alertmanager answers and
 *                has heard nothing of it since: stale, too
 *   unreachable  two in a row that references vouch for; broken: two in a row
 *   ok           one answer; but where something was found wrong before, two
 *                that span half a period, and for a deadman that is dead a whole
 *                window, in which its beats must come
 *
 * These spans are Prometheus's and not the beats', so they do not grow with the
 * period; for a drill whose whole period + grace is shorter they are cut to
 * that. They need a rule that is evaluated at least every 3 minutes.
 *
 * Nothing fresh (no answer for three intervals) is no knowledge: then nothing
 * is claimed, and nothing that was found is taken back.
 *
 * A beat refutes what it contradicts: Alertmanager repeats a dead alert for at
 * most 240 s after its last evaluation, and a replica's stale firing follows an
 * end by seconds. Beats that come later than that show that the witness is
 * asked in the wrong way (other labels, another Alertmanager): broken.
 */
#include "core/pull.h"

#define STALE	   (210 * USEC_PER_SEC)
#define HOLD	   (180 * USEC_PER_SEC)
#define ALERT_LIFE (240 * USEC_PER_SEC) /* endsAt - updatedAt at evaluations up to 1 m */
#define LAST_FIRING                                                                                \
	(60 * USEC_PER_SEC) /* stale ones follow within 11 s, and a retry takes its time */

static const char *const names[PULL_COUNT] = {
	[PULL_NONE] = "unknown",    [PULL_OK] = "ok",
	[PULL_STALE] = "stale",	    [PULL_SUPPRESSED] = "suppressed",
	[PULL_MISSING] = "missing", [PULL_UNREACHABLE] = "unreachable",
	[PULL_BROKEN] = "broken",
};

static usec_t least(usec_t a, usec_t b)
{
	return a < b ? a : b;
}

usec_t pull_stale_after(const struct pull_rule *rule)
{
	return least(STALE, rule->window);
}

usec_t pull_hold(const struct pull_rule *rule)
{
	return least(HOLD, rule->window);
}

static mono_t later(mono_t a, mono_t b)
{
	return a.us > b.us ? a : b;
}

static bool is_known(mono_t t)
{
	return t.us != INT64_MAX;
}

/* ---- what follows from what was heard ---- */

/* Beats came when, by what this witness says, none could have come. */
static bool is_disputed(const struct witness *w, const struct pull_rule *rule,
			const struct deadman *d)
{
	usec_t stale = pull_stale_after(rule);

	if (!wall_is_set(d->last.wall))
		return false;
	if (w->said == SAID_ABSENT)
		return mono_span(w->since, d->last.mono) > least(LAST_FIRING, rule->period);
	return is_known(w->news) && mono_span(w->news, d->last.mono) > stale + stale / 2;
}

static bool is_stale(const struct witness *w, const struct pull_rule *rule)
{
	return w->without_news >= 2 && mono_span(w->news, w->asked.mono) > pull_stale_after(rule);
}

/* A list that is empty although a beat has come since counts from that beat. */
static bool is_missing(const struct witness *w, const struct pull_rule *rule,
		       const struct deadman *d)
{
	mono_t since = wall_is_set(d->last.wall) ? later(w->since, d->last.mono) : w->since;

	return mono_span(since, w->asked.mono) >= pull_hold(rule);
}

/* Not decided yet: as it was, unless this very answer says otherwise. */
static enum pull as_before(enum pull was)
{
	return was == PULL_UNREACHABLE || was == PULL_BROKEN ? PULL_NONE : was;
}

static enum pull judge_absence(const struct witness *w, const struct pull_rule *rule,
			       const struct deadman *d, enum pull was)
{
	if (is_disputed(w, rule, d))
		return PULL_BROKEN;
	if (is_stale(w, rule))
		return PULL_STALE;
	if (w->said == SAID_ABSENT && was != PULL_STALE && is_missing(w, rule, d))
		return PULL_MISSING;
	return as_before(was);
}

/* `was`: what was judged by its words before. */
static enum pull judge_witness(const struct witness *w, const struct pull_rule *rule,
			       const struct deadman *d, enum pull was)
{
	switch (w->said) {
	case SAID_FRESH:
		return PULL_OK;
	case SAID_SUPPRESSED:
		return PULL_SUPPRESSED;
	case SAID_OLD:
	case SAID_ABSENT:
		return judge_absence(w, rule, d, was);
	case SAID_UNREACHABLE:
		return w->times >= 2 ? PULL_UNREACHABLE : was;
	case SAID_BROKEN:
		return w->times >= 2 ? PULL_BROKEN : was;
	case SAID_NOTHING:
	case SAID_COUNT:
		break;
	}
	return PULL_NONE;
}

/*
 * Prometheus has been silent for long, and its Alertmanager, which answers, has
 * heard nothing of it since. News from after it fell silent shows that only our
 * way to it is broken.
 */
static bool is_prometheus_gone(const struct pull_rule *rule, const struct pull_evidence *ev,
			       mono_t now)
{
	const struct witness *am = ev->alertmanager, *prometheus = ev->prometheus;

	return witness_is_current(prometheus, now) && prometheus->said == SAID_UNREACHABLE &&
	       prometheus->times >= 2 && witness_lasted(prometheus) >= pull_hold(rule) &&
	       (!is_known(am->news) || am->news.us < prometheus->since.us);
}

static enum pull judge_alertmanager(const struct pull_evidence *ev, const struct pull_rule *rule,
				    enum pull was, mono_t now)
{
	const struct witness *am = ev->alertmanager;
	bool has_answered = am->said >= SAID_FRESH && am->said <= SAID_ABSENT;
	enum pull verdict = judge_witness(am, rule, ev->deadman, was);

	if (has_answered && verdict != PULL_BROKEN && is_prometheus_gone(rule, ev, now))
		return PULL_STALE;
	return verdict;
}

/* Alertmanager's list proves both halves; where it says nothing, Prometheus can still accuse
 * itself. */
static enum pull judge(struct pull_state *p, const struct pull_rule *rule,
		       const struct pull_evidence *ev, mono_t now)
{
	bool is_heard = witness_is_current(ev->alertmanager, now);
	enum pull was = ev->alertmanager ? PULL_NONE : p->verdict, verdict = PULL_NONE;
	bool is_silent;

	if (is_heard)
		verdict = judge_alertmanager(ev, rule, p->verdict, now);
	p->own = PULL_NONE;
	if (witness_is_current(ev->prometheus, now))
		p->own = judge_witness(ev->prometheus, rule, ev->deadman, was);
	is_silent = verdict == PULL_NONE || verdict == PULL_UNREACHABLE || verdict == PULL_BROKEN;
	p->is_whole = is_heard;
	p->is_own = !ev->alertmanager ||
		    (is_silent && (p->own == PULL_STALE || p->own == PULL_MISSING));
	return p->is_own ? p->own : verdict;
}

/* ---- what is believed ---- */

bool pull_is_guilty(const struct pull_state *p)
{
	return p->blame == PULL_STALE || p->blame == PULL_MISSING;
}

static bool has_proved_well(const struct pull_state *p, const struct pull_rule *rule,
			    const struct pull_evidence *ev)
{
	const struct witness *w = ev->alertmanager ? ev->alertmanager : ev->prometheus;

	if (deadman_is_dead(ev->deadman))
		return witness_lasted(w) >= rule->window;
	return !pull_is_guilty(p) || (w->times >= 2 && witness_lasted(w) >= rule->period / 2);
}

static enum pull believe(const struct pull_state *p, const struct pull_rule *rule,
			 const struct pull_evidence *ev)
{
	if (p->verdict != PULL_OK || p->believed == PULL_OK || has_proved_well(p, rule, ev))
		return p->verdict;
	return p->believed;
}

static bool is_refuting(const struct pull_state *p, const struct pull_rule *rule,
			const struct pull_evidence *ev)
{
	const struct witness *am = ev->alertmanager;
	const struct deadman *d = ev->deadman;

	return am && p->is_whole && p->believed == PULL_OK && am->said == SAID_FRESH &&
	       is_known(d->resolved) &&
	       mono_span(later(am->since, d->resolved), am->asked.mono) >= rule->window;
}

/* ---- blame ---- */

/* The last evaluation that anybody knows of, else since when it has been as it is. */
static mono_t onset(const struct pull_evidence *ev)
{
	const struct witness *w = ev->alertmanager ? ev->alertmanager : ev->prometheus;

	return is_known(w->news) ? w->news : w->since;
}

static void lay_blame(struct pull_state *p, enum pull blame, mono_t from, struct now now)
{
	if (p->blame == blame)
		return;
	p->blame = blame;
	p->blamed = now.mono;
	if (!is_known(from) || from.us > now.mono.us)
		from = now.mono;
	p->blamed_from = (struct now){ from, { now.wall.us - mono_span(from, now.mono) } };
}

/* Only an evaluation after the blame can be what is still repeated so long after it. */
static bool do_beats_refute(const struct pull_state *p, const struct pull_rule *rule,
			    const struct deadman *d)
{
	return d->state == DEADMAN_UP && p->believed != PULL_STALE && p->believed != PULL_MISSING &&
	       mono_span(p->blamed, d->last.mono) > least(ALERT_LIFE, rule->window);
}

/* One beat ends a silence only when nothing speaks for it any more. */
static bool is_acquitted(const struct pull_state *p, const struct pull_rule *rule,
			 const struct deadman *d, mono_t now)
{
	if (p->blame == PULL_SUPPRESSED)
		return d->state == DEADMAN_UP && p->verdict != PULL_SUPPRESSED &&
		       !pull_is_open(p, rule, now);
	return p->believed == PULL_OK || p->believed == PULL_SUPPRESSED ||
	       do_beats_refute(p, rule, d);
}

static void judge_blame(struct pull_state *p, const struct pull_rule *rule,
			const struct pull_evidence *ev, struct now now)
{
	const struct deadman *d = ev->deadman;

	if (p->blame != PULL_NONE && is_acquitted(p, rule, d, now.mono))
		p->blame = PULL_NONE;
	if (p->believed == PULL_STALE || p->believed == PULL_MISSING)
		lay_blame(p, p->believed, onset(ev), now);
	else if (p->believed == PULL_SUPPRESSED && d->state == DEADMAN_LATE)
		lay_blame(p, PULL_SUPPRESSED, d->last.mono, now);
}

/* ---- all of it ---- */

bool pull_advance(struct pull_state *p, const struct pull_rule *rule,
		  const struct pull_evidence *ev, struct now now)
{
	struct pull_state before = *p;

	if (!ev->alertmanager && !ev->prometheus) {
		*p = (struct pull_state){ .verdict = PULL_NONE };
		return before.verdict != PULL_NONE || before.blame != PULL_NONE;
	}
	p->verdict = judge(p, rule, ev, now.mono);
	if (p->verdict != before.verdict || p->since.us == 0)
		p->since = now.mono;
	p->believed = believe(p, rule, ev);
	p->is_refuting = is_refuting(p, rule, ev);
	judge_blame(p, rule, ev, now);
	return p->verdict != before.verdict || p->believed != before.believed ||
	       p->blame != before.blame || p->is_refuting != before.is_refuting ||
	       p->is_whole != before.is_whole;
}

static mono_t expiry_of(const struct witness *w, mono_t now)
{
	return witness_is_current(w, now) ? mono_add(w->asked.mono, w->valid + 1) : MONO_NEVER;
}

mono_t pull_wake(const struct pull_state *p, const struct pull_rule *rule,
		 const struct pull_evidence *ev, mono_t now)
{
	mono_t open_until = mono_add(p->since, pull_hold(rule));
	mono_t wake = mono_min(expiry_of(ev->alertmanager, now), expiry_of(ev->prometheus, now));

	return pull_is_open(p, rule, now) && p->verdict == PULL_NONE ? mono_min(wake, open_until)
								     : wake;
}

enum pull pull_effective(const struct pull_state *p, const struct deadman *d)
{
	if (pull_is_guilty(p))
		return deadman_is_dead(d) && p->believed == PULL_UNREACHABLE ? PULL_UNREACHABLE
									     : p->blame;
	return p->believed == PULL_OK && !p->is_whole ? PULL_NONE : p->believed;
}

bool pull_is_open(const struct pull_state *p, const struct pull_rule *rule, mono_t now)
{
	if (p->since.us == 0)
		return false; /* nobody is asked */
	if (p->verdict == PULL_NONE)
		return mono_span(p->since, now) < pull_hold(rule);
	return p->verdict == PULL_OK && p->believed == PULL_NONE;
}

const struct witness *pull_speaker(const struct pull_state *p, const struct pull_evidence *ev)
{
	return p->is_own || !ev->alertmanager ? ev->prometheus : ev->alertmanager;
}

bool pull_is_disputed(const struct pull_state *p, const struct pull_evidence *ev)
{
	const struct witness *w = pull_speaker(p, ev);

	return p->verdict == PULL_BROKEN && w && (w->said == SAID_ABSENT || w->said == SAID_OLD);
}

const char *pull_note(const struct pull_state *p, const struct pull_evidence *ev)
{
	const struct witness *w = pull_speaker(p, ev);

	return w ? w->note : "";
}

const char *pull_name(enum pull pull)
{
	return names[pull];
}
