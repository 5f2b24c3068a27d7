/*
 * expiry.c - certificates that come to their end, and those that were renewed.
 *
 * Owns which certificate each target shows, what was told of it, and whether
 * our own clock can be trusted to judge any. An expired one is a target that is
 * down, and nothing is said of it here.
 */
#include "base/arena.h"
#include "core/engine_parts.h"

#define LOOK_EVERY USEC_PER_HOUR
#define LOOK_AGAIN (5 * USEC_PER_SEC)	  /* while the first answers are still missing */
#define PATIENCE (10 * USEC_PER_MIN)	  /* for targets that are seldom asked, or never answer */
#define CLOCK_STEP USEC_PER_HOUR	  /* beyond it every Date must be heard anew */
/* certificates that were replaced are remembered for a while */
#define LEDGER_SPARE 32
#define MAILS_AN_HOUR 5			  /* a fleet of old certificates must not bury an outage */

/* ---- what is seen ---- */

/*
 * One that does not verify is no renewal: an ingress without its secret shows a
 * certificate of its own making, valid for a year. It is kept only where
 * nothing better is known, so that people see when it ended.
 */
static bool is_worth_keeping(const struct check *c, const struct observation *o)
{
	bool has_failed = o->outcome.cause != CAUSE_PASS && o->outcome.phase <= PHASE_TLS;

	return wall_is_set(o->certificate.not_after) &&
	       (!has_failed || !wall_is_set(c->certificate.not_after));
}

/*
 * Once a second is often enough: at a start every answer brings a certificate that was not known.
 */
static void look_soon(struct engine *e, mono_t at)
{
	e->expiry_wake = mono_min(e->expiry_wake, mono_add(at, USEC_PER_SEC));
}

static void replace_certificate(struct engine *e, struct check *c, const struct observation *o)
{
	if (c->certificate.fingerprint != 0 && ledger_find(&e->told, c->certificate.fingerprint))
		c->certificate_before = c->certificate.fingerprint;
	c->certificate = o->certificate;
	look_soon(e, o->started.mono);
}

void expiry_observe(struct engine *e, const struct observation *o)
{
	struct check *c = &e->checks[o->target];
	usec_t off;

	c->is_current = true;
	if (is_worth_keeping(c, o) && c->certificate.fingerprint != o->certificate.fingerprint)
		replace_certificate(e, c, o);
	if (!wall_is_set(o->date) || o->address.family == FAMILY_ANY)
		return;
	dates_hear(&e->dates, &o->address, wall_span(o->started.wall, o->date), o->started.mono);
	if (dates_doubt(&e->dates, o->started.mono, &off) != e->is_clock_wrong)
		look_soon(e, o->started.mono);
}

/* Everybody who can has said what time it is, and which certificate it shows. */
static bool is_heard(const struct engine *e, struct now now)
{
	if (mono_span(e->clock_stepped, now.mono) >= PATIENCE)
		return true;
	for (size_t i = 0; i < e->plan->targets_n; i++)
		if (!e->checks[i].is_current && !is_job(e, (uint32_t)i))
			return false;
	return true;
}

bool expiry_is_ours(const struct engine *e, const struct observation *o)
{
	const struct certificate *c = &o->certificate;
	wall_t at = o->started.wall;
	bool is_out = wall_span(c->not_after, at) > 0 || wall_span(at, c->not_before) > 0;
	usec_t off;

	if ((o->outcome.cause != CAUSE_EXPIRED && o->outcome.cause != CAUSE_CERTIFICATE) || !is_out)
		return false;
	/* It was wrong when we were last here, and nobody has said yet that it is right again. */
	if (e->self[SELF_CLOCK] != 0 && !is_heard(e, o->started))
		return true;
	return wall_is_set(c->not_after) && dates_doubt(&e->dates, o->started.mono, &off);
}

/* ---- when to judge ---- */

void expiry_begin(struct engine *e, struct now now)
{
	e->told.max = e->plan->targets_n + LEDGER_SPARE;
	e->told.v = arena_alloc(e->arena, e->told.max, sizeof *e->told.v);
	e->clock_drift = now.wall.us - now.mono.us;
	e->clock_stepped = now.mono;
}

/* After a step of the clock, what hosts said of it before means nothing. */
static void notice_clock_step(struct engine *e, struct now now)
{
	usec_t drift = now.wall.us - now.mono.us, moved = drift - e->clock_drift;

	if (moved <= CLOCK_STEP && moved >= -CLOCK_STEP)
		return;
	e->clock_drift = drift;
	e->clock_stepped = now.mono;
	e->dates = (struct dates){ .n = 0 };
	for (size_t i = 0; i < e->plan->targets_n; i++)
		e->checks[i].is_current = false;
	e->expiry_wake = now.mono;
}

static mono_t next_look(const struct engine *e, struct now now)
{
	mono_t next = mono_add(now.mono, LOOK_EVERY);

	for (size_t i = 0; i < e->plan->targets_n; i++) {
		usec_t until = certificate_until_next(&e->checks[i].certificate, now.wall);

		if (until > 0)
			next = mono_min(next, mono_add(now.mono, until));
	}
	return next;
}

/* ---- judging ---- */

static bool may_tell(struct engine *e, struct now now)
{
	if (e->expiry_mails == 0 || mono_span(e->expiry_hour, now.mono) >= USEC_PER_HOUR) {
		e->expiry_hour = now.mono;
		e->expiry_mails = 0;
	}
	if (e->expiry_mails == MAILS_AN_HOUR)
		return false;
	e->expiry_mails++;
	return true;
}

static void tell(struct engine *e, uint32_t target, struct certificate_told *told, int step,
		 struct now now)
{
	if (!may_tell(e, now))
		return;
	tell_certificate(e, target, told, (uint32_t)step, now);
	told->steps |= UINT32_C(1) << step;
	engine_dirty(e, now);
	e->effects.publish(e->effects.ctx);
}

static void warn(struct engine *e, uint32_t target, struct now now)
{
	const struct certificate *c = &e->checks[target].certificate;
	int step = certificate_step(c, now.wall);

	if (step < 0 || c->fingerprint == 0 ||
	    ledger_has(ledger_find(&e->told, c->fingerprint), step))
		return;
	tell(e, target, ledger_open(&e->told, c->fingerprint, c->not_after), step, now);
}

static bool is_shown(const struct engine *e, uint64_t fingerprint)
{
	for (size_t i = 0; i < e->plan->targets_n; i++)
		if (e->checks[i].certificate.fingerprint == fingerprint)
			return true;
	return false;
}

/* The first target that has one of a later end in its place. */
static uint32_t successor_of(const struct engine *e, const struct certificate_told *told)
{
	for (uint32_t i = 0; i < e->plan->targets_n; i++)
		if (e->checks[i].certificate_before == told->fingerprint &&
		    e->checks[i].certificate.not_after.us > told->not_after.us)
			return i;
	return NONE_INDEX;
}

/* Nobody shows the old one any more. If it had run out, the target's UP has told as much. */
static void tell_renewal(struct engine *e, struct certificate_told *told, struct now now)
{
	bool is_known = ledger_last(told) < 0 || (told->steps >> CERTIFICATE_RENEWED & 1) != 0;
	uint32_t target;

	if (is_known || wall_span(now.wall, told->not_after) <= 0 || is_shown(e, told->fingerprint))
		return;
	target = successor_of(e, told);
	if (target != NONE_INDEX)
		tell(e, target, told, CERTIFICATE_RENEWED, now);
}

static void judge_clock(struct engine *e, struct now now)
{
	usec_t off = 0;
	bool is_wrong = dates_doubt(&e->dates, now.mono, &off);

	if (is_wrong != e->is_clock_wrong)
		e->effects.publish(e->effects.ctx);
	if (is_wrong && !e->is_clock_wrong)
		checks_forgive_certificates(e, now);
	e->is_clock_wrong = is_wrong;
	if (is_wrong || is_heard(e, now))
		self_clock(e, is_wrong, off, now);
}

mono_t expiry_advance(struct engine *e, struct now now)
{
	notice_clock_step(e, now);
	if (!mono_reached(e->expiry_wake, now.mono))
		return e->expiry_wake;
	judge_clock(e, now);
	if (e->is_clock_wrong || !is_heard(e, now)) {
		e->expiry_wake = mono_add(now.mono, e->is_clock_wrong ? USEC_PER_MIN : LOOK_AGAIN);
		return e->expiry_wake;
	}
	for (size_t i = 0; i < e->told.n; i++)
		tell_renewal(e, &e->told.v[i], now);
	for (uint32_t i = 0; i < e->plan->targets_n; i++)
		warn(e, i, now);
	e->expiry_wake = next_look(e, now);
	return e->expiry_wake;
}

unsigned expiry_days(const struct engine *e, uint32_t target)
{
	const struct certificate *c = &e->checks[target].certificate;
	int last = c->fingerprint ? ledger_last(ledger_find(&e->told, c->fingerprint)) : -1;

	return last < 0
		       ? 0
		       : (unsigned)((certificate_ahead(c, last) + USEC_PER_DAY - 1) / USEC_PER_DAY);
}
