/*
 * plan_timing.c - how the times of a target depend on each other.
 *
 * What must hold: connect_timeout <= timeout < interval, slow < timeout, and
 * no re-test waits longer than the interval: a target under suspicion is not
 * looked at more rarely than a healthy one.
 *
 * A value is called nearer than another when it stands in the target and the
 * other in `defaults`, or in `defaults` and the other is built in. The nearer
 * one is meant; the one further away gives way silently:
 *   timeout          nine tenths of the interval
 *   connect_timeout  half of the timeout (built in: at most 5 s)
 *   retest           the interval
 * So `interval = "5s"` alone makes a sound target, also beneath defaults that
 * spell out the built-in ones. Values equally near that contradict each other
 * are a fault. Faults within `defaults` are told once, when the defaults are
 * judged by themselves, not again for every target.
 */
#include "conf/plan_target.h"

#include "base/words.h"
#include "conf/loader.h"
#include "conf/settings.h"

#define TEXT_MAX 32
/* A target that is not up is probed at least this often whatever its interval (DECISIONS 2). */
#define RETEST_LONGEST	(60 * USEC_PER_SEC)
#define RETEST_SHORTEST (100 * USEC_PER_MS)

enum nearness { BUILT_IN, IN_DEFAULTS, IN_TARGET };

struct timing {
	struct loader *l;
	const struct target_places *places;
	const struct target_params *p;
	struct target_plan *t;
	enum nearness timeout; /* of what the timeout came from */
};

static enum nearness nearness_of(const struct timing *s, const char *name)
{
	if (setting_find(s->places->target, name) != NULL)
		return IN_TARGET;
	return setting_find(s->places->defaults, name) != NULL ? IN_DEFAULTS : BUILT_IN;
}

static const struct setting *place_of(const struct timing *s, const char *name)
{
	const struct setting *at = setting_find(s->places->target, name);

	return at != NULL ? at : setting_find(s->places->defaults, name);
}

/* Whether a fault of `name` is to be told now. */
static bool is_ours_to_tell(const struct timing *s, const char *name)
{
	enum nearness near = nearness_of(s, name);

	return near == IN_TARGET || (near == IN_DEFAULTS && s->places->target == NULL);
}

/* `name` gives way to what is as near as `other`. */
static bool gives_way(const struct timing *s, const char *name, enum nearness other)
{
	enum nearness near = nearness_of(s, name);

	return near == BUILT_IN || near < other;
}

static void timing_fault(const struct timing *s, const char *name, usec_t value, const char *demand,
			 const char *other, usec_t bound)
{
	char is[TEXT_MAX], limit[TEXT_MAX];

	if (!is_ours_to_tell(s, name))
		return;
	words_print_duration(value, is, sizeof is);
	words_print_duration(bound, limit, sizeof limit);
	fault_at(s->l, place_of(s, name), "%s: \"%s\" must be %s the %s, which is \"%s\"", name, is,
		 demand, other, limit);
}

static void timeout_settle(struct timing *s)
{
	enum nearness interval = nearness_of(s, "interval");

	s->t->timeout = s->p->timeout;
	s->timeout = nearness_of(s, "timeout");
	if (s->p->timeout < s->t->interval)
		return;
	if (!gives_way(s, "timeout", interval))
		timing_fault(s, "timeout", s->p->timeout, "shorter than", "interval",
			     s->t->interval);
	s->t->timeout = s->t->interval / 10 * 9;
	s->timeout = interval;
}

static void connect_settle(struct timing *s)
{
	usec_t half = s->t->timeout / 2;
	usec_t given = s->p->connect_timeout;

	s->t->connect_timeout = given;
	if (nearness_of(s, "connect_timeout") == BUILT_IN)
		s->t->connect_timeout = given < half ? given : half;
	if (s->t->connect_timeout <= s->t->timeout)
		return;
	if (!gives_way(s, "connect_timeout", s->timeout))
		timing_fault(s, "connect_timeout", given, "at most", "timeout", s->t->timeout);
	s->t->connect_timeout = half;
}

static bool retest_read(const struct timing *s, size_t i, usec_t *ret)
{
	const char *text = s->p->retest.v[i];
	usec_t span;

	if (words_duration(text, &span) && span >= RETEST_SHORTEST && span <= RETEST_LONGEST) {
		*ret = span;
		return true;
	}
	if (is_ours_to_tell(s, "retest"))
		fault_at(
			s->l, setting_element(place_of(s, "retest"), i),
			"retest: \"%.40s\" must "
			"be a time from 100ms to 60s: what is not up is probed every 60 s at least",
			loader_shown(s->l, text));
	return false;
}

static void retest_settle(struct timing *s, usec_t span)
{
	if (span > s->t->interval) {
		if (!gives_way(s, "retest", nearness_of(s, "interval")))
			timing_fault(s, "retest", span, "at most", "interval", s->t->interval);
		span = s->t->interval;
	}
	s->t->retest[s->t->retests++] = span;
}

static void retests_settle(struct timing *s)
{
	usec_t span;

	if (s->p->retest.n > RETEST_MAX) {
		if (is_ours_to_tell(s, "retest"))
			fault_at(s->l, place_of(s, "retest"),
				 "retest: at most %d times; the last "
				 "one is used again when fall needs more",
				 RETEST_MAX);
		return;
	}
	for (size_t i = 0; i < s->p->retest.n; i++) {
		if (retest_read(s, i, &span))
			retest_settle(s, span);
	}
}

static void slow_settle(struct timing *s)
{
	s->t->slow = s->p->slow;
	if (s->t->slow >= s->t->timeout)
		timing_fault(s, "slow", s->p->slow, "shorter than", "timeout", s->t->timeout);
}

void timing_settle(struct loader *l, const struct target_places *places,
		   const struct target_params *p, struct target_plan *t)
{
	struct timing s = { .l = l, .places = places, .p = p, .t = t };

	t->interval = p->interval;
	t->settle = p->settle;
	t->fall = (unsigned)p->fall;
	t->rise = (unsigned)p->rise;
	timeout_settle(&s);
	connect_settle(&s);
	retests_settle(&s);
	slow_settle(&s);
}
