/*
 * world.c - what is really true out there: how every host answers, and what
 * Alertmanager sends. The engine only ever sees what a probe could see of it.
 *
 * An answer is decided when its run begins; how long it takes follows from how
 * it ends: a refusal comes in milliseconds, a silent host costs the timeout.
 */
#include <string.h>

#include "base/words.h"
#include "scenario.h"

#define PASS_TAKES	(40 * USEC_PER_MS)
#define REFERENCE_TAKES (20 * USEC_PER_MS)
#define REFUSAL_TAKES	(5 * USEC_PER_MS)
#define ANSWER_TAKES	(80 * USEC_PER_MS)
#define SENDERS_MAX	(WATCHDOGS_MAX + PINGS_MAX)

bool world_matches(const struct plan *plan, size_t index, const char *selector)
{
	const struct target_plan *t = &plan->targets[index];
	size_t n = strlen(selector);

	if (strcmp(selector, "references") == 0)
		return t->role == ROLE_REFERENCE;
	if (strcmp(selector, "references4") == 0)
		return t->role == ROLE_REFERENCE && t->family != FAMILY_IPV6;
	if (strcmp(selector, "witnesses") == 0)
		return t->role > ROLE_REFERENCE;
	if (strcmp(selector, "references6") == 0)
		return t->role == ROLE_REFERENCE && t->family == FAMILY_IPV6;
	if (n > 0 && selector[n - 1] == '*')
		return t->role == ROLE_TARGET && strncmp(t->name, selector, n - 1) == 0;
	return strcmp(t->name, selector) == 0;
}

struct health *world_health(struct world *w, const char *name)
{
	struct health *h;

	for (size_t i = 0; i < w->healths_n; i++)
		if (strcmp(w->healths[i].name, name) == 0)
			return &w->healths[i];
	h = &w->healths[w->healths_n < TARGETS_MAX - 1 ? w->healths_n++ : TARGETS_MAX - 1];
	*h = (struct health){ .outcome = { PHASE_BODY, CAUSE_PASS } };
	words_copy(h->name, sizeof h->name, name);
	return h;
}

size_t world_hosts(const struct plan *plan)
{
	return plan->targets_n + plan->references_n + plan->witnesses_n;
}

struct sender *world_sender(struct world *w, const char *name)
{
	struct sender *sender;

	for (size_t i = 0; i < w->senders_n; i++)
		if (strcmp(w->senders[i].name, name) == 0)
			return &w->senders[i];
	sender = &w->senders[w->senders_n < SENDERS_MAX - 1 ? w->senders_n++ : SENDERS_MAX - 1];
	*sender = (struct sender){ .next = FOREVER };
	words_copy(sender->name, sizeof sender->name, name);
	return sender;
}

/* ---- runs ---- */

static usec_t usual(const struct target_plan *t, struct outcome o)
{
	switch (o.cause) {
	case CAUSE_PASS:
		return t->role == ROLE_REFERENCE ? REFERENCE_TAKES : PASS_TAKES;
	case CAUSE_TIMEOUT:
		return o.phase <= PHASE_CONNECT ? t->connect_timeout : t->timeout;
	case CAUSE_REFUSED:
	case CAUSE_RESET:
	case CAUSE_UNREACHABLE:
		return REFUSAL_TAKES;
	default:
		return ANSWER_TAKES;
	}
}

void world_launch(struct scenario *s, uint32_t target, struct now now)
{
	const struct target_plan *t = &s->plan->targets[target];
	const struct health *h = world_health(&s->world, t->name);
	struct run *run = &s->world.runs[target];
	usec_t took = h->took > 0 ? h->took : usual(t, h->outcome);

	if (run->is_active)
		(void)scenario_fail(s, "%s is launched while its run has not ended", t->name);
	/* The runner's own deadline: a slow answer is a timeout of the last phase. */
	*run = (struct run){ true, now, s->elapsed + took, h->outcome, h->code, took,
			     h->is_address_good };
	if (took > t->timeout) {
		run->outcome = (struct outcome){ PHASE_BODY, CAUSE_TIMEOUT };
		run->is_address_good = false;
		run->took = t->timeout;
		run->ends = s->elapsed + t->timeout;
	}
}

static bool is_reached(struct outcome o)
{
	switch (o.cause) {
	case CAUSE_CERTIFICATE:
	case CAUSE_EXPIRED:
	case CAUSE_STATUS:
	case CAUSE_MISMATCH:
	case CAUSE_REDIRECT:
	case CAUSE_PROTOCOL:
	case CAUSE_CUT:
		return true;
	case CAUSE_TIMEOUT:
	case CAUSE_RESET:
		return o.phase == PHASE_BODY;
	default:
		return false;
	}
}

static struct address address_of(const struct target_plan *t, uint32_t target)
{
	struct address a = { .family = t->family == FAMILY_IPV6 ? FAMILY_IPV6 : FAMILY_IPV4,
			     .port = 443 };

	a.bytes[0] = strcmp(t->title, RELAY_NEAR) == 0 ? 10 : 203;
	a.bytes[2] = (uint8_t)(target >> 8);
	a.bytes[3] = (uint8_t)target;
	return a;
}

static const struct health *health_of(const struct scenario *s, const char *name)
{
	static const struct health none;

	for (size_t i = 0; i < s->world.healths_n; i++)
		if (strcmp(s->world.healths[i].name, name) == 0)
			return &s->world.healths[i];
	return &none;
}

static struct observation observation_of(struct scenario *s, uint32_t target)
{
	const struct run *run = &s->world.runs[target];
	const struct target_plan *t = &s->plan->targets[target];
	struct observation o = {
		.target = target,
		.started = run->started,
		.ended = scenario_now(s).mono,
		.outcome = run->outcome,
		.is_reached = run->outcome.cause == CAUSE_PASS || is_reached(run->outcome),
		.is_address_good = run->is_address_good,
		.code = run->outcome.cause == CAUSE_PASS && t->kind->name[0] == 'h' ? 200
										    : run->code,
		.total_us = run->took,
	};

	for (int phase = 0; phase < PHASE_COUNT; phase++)
		o.phase_us[phase] =
			phase > (int)run->outcome.phase ? PHASE_NOT_REACHED : USEC_PER_MS;
	o.phase_us[run->outcome.phase] = run->took - (usec_t)run->outcome.phase * USEC_PER_MS;
	if (run->outcome.phase != PHASE_DNS)
		o.address = address_of(t, target);
	if (t->role == ROLE_TARGET)
		certificate_show(s, health_of(s, t->name), &o);
	else if (o.outcome.cause == CAUSE_PASS)
		witness_testify(s, t, &o);
	return o;
}

static void finish_runs(struct scenario *s)
{
	size_t n = world_hosts(s->plan);

	for (uint32_t i = 0; i < n; i++) {
		struct run *run = &s->world.runs[i];
		struct observation o;

		if (!run->is_active || run->ends > s->elapsed)
			continue;
		o = observation_of(s, i);
		run->is_active = false;
		engine_observe(s->engine, &o, scenario_now(s));
	}
}

/* ---- beats ---- */

static void send_beats(struct scenario *s)
{
	for (uint32_t i = 0; i < s->plan->watchdogs_n; i++) {
		struct sender *sender = world_sender(&s->world, s->plan->watchdogs[i].name);

		while (sender->next <= s->elapsed) {
			engine_beat(s->engine, i, BEAT_FIRING, s->world.by, scenario_now(s));
			sender->next = sender->every > 0 ? sender->next + sender->every : FOREVER;
		}
	}
}

static void send_pings(struct scenario *s)
{
	for (size_t i = s->plan->targets_n - s->plan->pings_n; i < s->plan->targets_n; i++) {
		struct sender *sender = world_sender(&s->world, s->plan->targets[i].name);

		while (sender->next <= s->elapsed) {
			engine_ping(s->engine, (uint32_t)i, PING_OK, s->world.by, scenario_now(s));
			sender->next = sender->every > 0 ? sender->next + sender->every : FOREVER;
		}
	}
}

usec_t world_next(const struct scenario *s)
{
	size_t n = world_hosts(s->plan);
	usec_t next = FOREVER;

	for (size_t i = 0; i < n; i++)
		if (s->world.runs[i].is_active && s->world.runs[i].ends < next)
			next = s->world.runs[i].ends;
	for (size_t i = 0; i < s->world.senders_n; i++)
		if (s->world.senders[i].next < next)
			next = s->world.senders[i].next;
	return next;
}

/* Beats that waited are read before anything is judged (DECISIONS 2). */
void world_turn(struct scenario *s)
{
	send_beats(s);
	send_pings(s);
	finish_runs(s);
}

void world_miss(struct scenario *s)
{
	memset(s->world.runs, 0, sizeof s->world.runs);
	for (size_t i = 0; i < s->world.senders_n; i++) {
		struct sender *sender = &s->world.senders[i];

		while (sender->next <= s->elapsed)
			sender->next = sender->every > 0 ? sender->next + sender->every : FOREVER;
	}
}
