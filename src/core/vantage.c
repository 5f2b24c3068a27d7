/*
 * vantage.c - a quorum of hosts that fail independently of what we watch.
 *
 * Pure. With fewer than three references of a family one answer is enough,
 * with three or more a majority (DECISIONS 2). A family without references is
 * judged by the other one. A beat that arrives after the references began to
 * fail proves that our link works, both ways, since it came over TCP: then
 * they are what is broken, not we. It proves so for as long as beats come, and
 * for the family by which it came. But our own link can be gone for a minute
 * between two of them: a beat vouches for failures of runs that began right
 * after it, and what failed before it came has to fail once more. Without beats
 * a mail relay that answers may overrule silent references; when it may is
 * doubt.c's.
 */
#include "core/vantage.h"

#include <assert.h>

/* Shorter than the re-tests: the beat then lies among the failures that make a fall. */
#define BEAT_PROVES (20 * USEC_PER_SEC)

struct tally {
	unsigned of, known, up;
	unsigned vouching; /* answered a run begun at `since` or later */
};

void vantage_init(struct vantage *v)
{
	*v = (struct vantage){ .heard = { MONO_NEVER, MONO_NEVER },
				.relay = MONO_NEVER,
				.trusted = MONO_NEVER };
}

void vantage_add(struct vantage *v, enum family family)
{
	if (v->n < REFERENCES_MAX)
		v->references[v->n++] =
			(struct reference){ .family = family, .failing_since = MONO_NEVER };
}

static enum vantage_state judge_family(const struct vantage *v, enum family family);

static mono_t *regained_of(struct vantage *v, enum family family)
{
	return &v->regained[family == FAMILY_IPV6];
}

void vantage_answer(struct vantage *v, size_t reference, bool has_answered, mono_t started)
{
	struct reference *r = &v->references[reference];
	bool was_isolated = judge_family(v, r->family) == VANTAGE_ISOLATED;

	assert(reference < v->n);
	r->is_known = true;
	r->has_answered = has_answered;
	r->started = started;
	if (has_answered)
		r->failing_since = MONO_NEVER;
	else
		r->failing_since = mono_min(r->failing_since, started);
	if (was_isolated && judge_family(v, r->family) != VANTAGE_ISOLATED)
		*regained_of(v, r->family) = started;
}

static struct tally count_family(const struct vantage *v, enum family family, mono_t since);

enum family vantage_way(const struct vantage *v, enum family by)
{
	if (by != FAMILY_ANY)
		return by;
	return count_family(v, FAMILY_IPV4, MONO_NEVER).of > 0 ||
			       count_family(v, FAMILY_IPV6, MONO_NEVER).of == 0
		       ? FAMILY_IPV4
		       : FAMILY_IPV6;
}

void vantage_heard(struct vantage *v, enum family by, mono_t at)
{
	v->heard[vantage_way(v, by) == FAMILY_IPV6] = at;
	v->is_deaf = false;
}

/* Of two times that may be unset the later one. */
static mono_t later_set(mono_t a, mono_t b)
{
	if (a.us == INT64_MAX || b.us == INT64_MAX)
		return mono_min(a, b);
	return a.us > b.us ? a : b;
}

mono_t vantage_last_heard(const struct vantage *v)
{
	return later_set(v->heard[0], v->heard[1]);
}

void vantage_unheard(struct vantage *v)
{
	v->trusted = later_set(v->trusted, vantage_last_heard(v));
	v->heard[0] = v->heard[1] = MONO_NEVER;
}

void vantage_deaf(struct vantage *v)
{
	v->is_deaf = true;
}

void vantage_relay(struct vantage *v, enum family family, mono_t started)
{
	v->relay = started;
	v->relay_family = family;
}

void vantage_overrule(struct vantage *v, bool is_overruled)
{
	v->is_overruled = is_overruled;
	if (is_overruled)
		v->trusted = v->relay;
}

static struct tally count_family(const struct vantage *v, enum family family, mono_t since)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < v->n; i++) {
		const struct reference *r = &v->references[i];

		if (family != FAMILY_ANY && r->family != family)
			continue;
		t.of++;
		t.known += r->is_known;
		t.up += r->is_known && r->has_answered;
		t.vouching += r->is_known && r->has_answered && mono_reached(since, r->started);
	}
	return t;
}

static unsigned quorum(unsigned of)
{
	return of < 3 ? 1 : of / 2 + 1;
}

/*
 * When the family lost its quorum: the start of the failure that was one too
 * many. One operator that has been gone for days does not make it days ago.
 */
mono_t vantage_family_lost(const struct vantage *v, enum family family)
{
	mono_t lost[REFERENCES_MAX]; /* starts of failures, earliest first */
	unsigned of = count_family(v, family, MONO_NEVER).of;
	unsigned spare = of - quorum(of), n = 0;

	for (size_t i = 0; of > 0 && i < v->n; i++) {
		mono_t since = v->references[i].failing_since;
		unsigned at = n;

		if (v->references[i].family != family || since.us == INT64_MAX)
			continue;
		for (; at > 0 && lost[at - 1].us > since.us; at--)
			lost[at] = lost[at - 1];
		lost[at] = since;
		n++;
	}
	return n > spare ? lost[spare] : MONO_NEVER;
}

/* The references alone. */
static enum vantage_state judge_family(const struct vantage *v, enum family family)
{
	struct tally t = count_family(v, family, MONO_NEVER);

	if (t.of == 0)
		return VANTAGE_UNCHECKED;
	/* Enough answer, or may still do. */
	return t.of - (t.known - t.up) >= quorum(t.of) ? VANTAGE_OK : VANTAGE_ISOLATED;
}

static bool any_family_is_ok(const struct vantage *v)
{
	return judge_family(v, FAMILY_IPV4) == VANTAGE_OK ||
	       judge_family(v, FAMILY_IPV6) == VANTAGE_OK;
}

bool vantage_has_quorum(const struct vantage *v)
{
	return any_family_is_ok(v);
}

/* When the last family lost its quorum; MONO_NEVER: one still has it, or none has references. */
static mono_t all_lost(const struct vantage *v)
{
	return later_set(vantage_family_lost(v, FAMILY_IPV4), vantage_family_lost(v, FAMILY_IPV6));
}

static bool has_references(const struct vantage *v, enum family family)
{
	return count_family(v, family, MONO_NEVER).of > 0;
}

/*
 * A beat has come by it since it has no quorum any more, and others come after it. Where the other
 * one has lost its own as well, that may be our link: what came before proves nothing any more.
 */
static bool is_proven(const struct vantage *v, enum family family)
{
	mono_t heard = v->heard[family == FAMILY_IPV6];
	bool has_its_own = has_references(v, family) && any_family_is_ok(v);
	mono_t lost = has_its_own ? vantage_family_lost(v, family) : all_lost(v);

	return !v->is_deaf && heard.us != INT64_MAX && heard.us > lost.us;
}

static bool beats_prove(const struct vantage *v)
{
	return is_proven(v, FAMILY_IPV4) || is_proven(v, FAMILY_IPV6);
}

/* No family has its quorum, yet our link works: the references are what is broken. */
static bool references_are_broken(const struct vantage *v)
{
	return v->n > 0 && !any_family_is_ok(v) && (beats_prove(v) || v->is_overruled);
}

static bool relay_vouches(const struct vantage *v, mono_t since)
{
	return v->is_overruled && v->relay.us != INT64_MAX && mono_reached(since, v->relay);
}

/* It answered by one family: of the other, whose references are silent, it knows nothing. */
static bool relay_knows(const struct vantage *v, enum family family)
{
	return v->is_overruled && (family == FAMILY_ANY || family == v->relay_family ||
				   !has_references(v, family));
}

enum vantage_state vantage_judge(const struct vantage *v, enum family family)
{
	if (v->n == 0)
		return VANTAGE_UNCHECKED;
	if (family != FAMILY_ANY && has_references(v, family))
		return judge_family(v, family) == VANTAGE_OK || is_proven(v, family) ||
				       relay_knows(v, family)
			       ? VANTAGE_OK
			       : VANTAGE_ISOLATED;
	return any_family_is_ok(v) || references_are_broken(v) ? VANTAGE_OK : VANTAGE_ISOLATED;
}

static bool family_vouches(const struct vantage *v, enum family family, mono_t since)
{
	struct tally t = count_family(v, family, since);

	return t.of > 0 && t.vouching >= quorum(t.of) &&
	       mono_reached(v->regained[family == FAMILY_IPV6], since);
}

/* A beat came by it right before. */
static bool beat_vouches(const struct vantage *v, enum family family, mono_t since)
{
	mono_t heard = v->heard[family == FAMILY_IPV6];

	return is_proven(v, family) && mono_reached(heard, since) &&
	       mono_span(heard, since) <= BEAT_PROVES;
}

static bool any_vouches(const struct vantage *v, mono_t since)
{
	return family_vouches(v, FAMILY_IPV4, since) || family_vouches(v, FAMILY_IPV6, since) ||
	       beat_vouches(v, FAMILY_IPV4, since) || beat_vouches(v, FAMILY_IPV6, since);
}

bool vantage_vouches(const struct vantage *v, enum family family, mono_t since)
{
	if (v->n == 0 || (relay_vouches(v, since) && relay_knows(v, family)))
		return true;
	if (family != FAMILY_ANY && has_references(v, family))
		return family_vouches(v, family, since) || beat_vouches(v, family, since);
	return any_vouches(v, since);
}

static bool was_proven_since(const struct vantage *v, enum family family, mono_t since)
{
	bool is_v6 = family == FAMILY_IPV6;

	return v->regained[is_v6].us > since.us ||
	       (is_proven(v, family) && v->heard[is_v6].us > since.us);
}

bool vantage_was_proven_since(const struct vantage *v, mono_t since)
{
	return was_proven_since(v, FAMILY_IPV4, since) || was_proven_since(v, FAMILY_IPV6, since);
}

mono_t vantage_lost(const struct vantage *v)
{
	mono_t lost = all_lost(v), heard = vantage_last_heard(v);

	if (heard.us != INT64_MAX && heard.us > lost.us)
		lost = heard;
	return v->trusted.us != INT64_MAX && v->trusted.us > lost.us ? v->trusted : lost;
}

void vantage_count(const struct vantage *v, unsigned *ret_up, unsigned *ret_of)
{
	enum family only = FAMILY_ANY;
	struct tally t;

	if (judge_family(v, FAMILY_IPV4) == VANTAGE_OK &&
	    judge_family(v, FAMILY_IPV6) == VANTAGE_ISOLATED)
		only = FAMILY_IPV4;
	if (judge_family(v, FAMILY_IPV6) == VANTAGE_OK &&
	    judge_family(v, FAMILY_IPV4) == VANTAGE_ISOLATED)
		only = FAMILY_IPV6;
	t = count_family(v, only, MONO_NEVER);
	*ret_up = t.up;
	*ret_of = t.of;
}

const char *vantage_name(enum vantage_state state)
{
	static const char *const names[] = {
		[VANTAGE_UNCHECKED] = "unchecked",
		[VANTAGE_OK] = "ok",
		[VANTAGE_ISOLATED] = "isolated",
	};

	return names[state];
}
