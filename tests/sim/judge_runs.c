/*
 * judge_runs.c - what the engine was shown, and what it made of that: no DOWN
 * without failures that were real, no UP without answers, no silence that was
 * none (promise I2, of single verdicts).
 */
#include "sim.h"

#include <string.h>

#define OURS_LATELY (4 * MINUTE)
#define FOUND_OUT   (80 * SEC) /* references are asked again, and one round is lost */
#define UNNOTICED   MINUTE /* so long it may take until we see that our link is gone */

/* What a certificate says while our clock is wrong proves nothing. */
static bool is_by_clock(const struct sim *s, const struct run *run)
{
	return run->outcome.phase == PHASE_TLS && s->us.wall_ahead != 0;
}

static void pass_seen(struct sim *s, int host, const struct run *run)
{
	struct host_truth *h = &s->judge.hosts[host];
	int64_t slow = s->hosts[host].role == HOST_SITE ? s->setup->sites[s->hosts[host].at].slow : 0;

	if (s->hosts[host].role == HOST_SITE && s->hosts[host].is_named)
		h->dated = run->began;
	h->is_slow = slow > 0 && run->took > slow;
	h->is_slow_known = true;
}

/* With a reference broken as well, beats vouch for us until they are overdue. */
static int64_t unnoticed_of(const struct sim *s, int host)
{
	int64_t since = link_gone_since(s, s->hosts[host].family) - 2 * MINUTE, most = UNNOTICED;
	bool is_broken = false;

	for (int i = 0; i < s->setup->refs_n; i++)
		is_broken |= is_recent(s, ORDEAL_REFERENCE, i, since);
	for (int i = 0; i < s->setup->stacks_n && is_broken; i++)
		if (s->setup->watchdogs[i].is_there && beats_overdue(s, i) > most)
			most = beats_overdue(s, i);
	return most;
}

void judge_run(struct sim *s, int host, const struct run *run)
{
	struct host_truth *h = &s->judge.hosts[host];
	bool is_blind = !has_references(s, s->hosts[host].family); /* whose link it is nobody tells */

	h->seen = s->t;
	if (run->outcome.cause == CAUSE_PASS) {
		h->is_forgotten &= h->good == 0;
		h->good++;
		h->bad = 0;
	} else if (run->is_real || (is_blind && run->outcome.cause != CAUSE_RESOLVER)) {
		h->bad++;
		/* Cut off, or nearly, or until that is over, we do not count what fails. */
		if (s->t - h->unblocked > FOUND_OUT &&
		    are_references_enough(s, s->hosts[host].family) && !is_by_clock(s, run) &&
		    !is_recent(s, ORDEAL_OWN_LOSS, 0, s->t - 2 * MINUTE))
			h->good = 0;
		h->shown = run->began;
		*(run->is_reached ? &h->shown_reached : &h->shown_unreached) = run->began;
	}
	if (run->outcome.cause == CAUSE_PASS) {
		h->ours_n = h->clock_n = 0;
		pass_seen(s, host, run);
	}
	h->clock_n += run->is_clock;
	if (run->is_clock)
		h->shown = h->shown_reached = run->began;
	if (!run->is_ours)
		return;
	h->ours = s->t;
	/* It may have begun a streak, as long as nobody could know that it is ours. */
	if (run->began - link_gone_since(s, s->hosts[host].family) < unnoticed_of(s, host))
		h->ours_n++;
}

/* ---- sites ---- */

bool is_six_vouched_by_four(const struct sim *s)
{
	return is_link_gone(s, 6) && !is_link_gone(s, 4) &&
	       (s->t - s->judge.was_unvouched < 3 * MINUTE ||
		is_recent(s, ORDEAL_OWN_LOSS, 0, s->t - 3 * MINUTE));
}

/* Where only beats vouch, a link of ours that goes twice for seconds looks like a site. */
bool looks_like_ours(const struct sim *s, int host)
{
	return s->t - s->judge.was_unvouched < 5 * MINUTE && s->judge.hosts[host].ours_n > 1;
}

static void judge_down(struct sim *s, int host, const char *from)
{
	struct host_truth *h = &s->judge.hosts[host];
	unsigned least = strcmp(from, "recovering") == 0 ? 1 : 3;

	/* A beat vouches for both families, whichever it came by. */
	if (s->hosts[host].family == 6 && is_six_vouched_by_four(s))
		return;
	if (h->is_forgotten)
		least = 1;
	/* An expiry by a clock that nobody could know to be wrong is one. */
	if (h->clock_n > 0 && !is_clock_refuted(s))
		return;
	if (h->ours_n >= least && looks_like_ours(s, host))
		return;
	/* What begins a fall need not be vouched for, only what completes it. */
	if ((h->bad == 0 && least > 1) || h->bad + h->ours_n < least)
		broken(s, FALSE_DOWN, "%s is down after %u failures that were real, and %u of ours",
		       s->hosts[host].name, h->bad, h->ours_n);
}

static void judge_up(struct sim *s, int host, const char *from)
{
	struct host_truth *h = &s->judge.hosts[host];
	bool is_clear = s->t - h->ours >= OURS_LATELY && !h->is_forgotten;
	unsigned least = strcmp(from, "recovering") == 0 && is_clear ? 2 : 1;

	/* What made it suspect was ours: it is as it was. */
	if (strcmp(from, "suspect") == 0)
		return;
	if (h->good < least)
		broken(s, FALSE_UP, "%s is up after %u good answers", s->hosts[host].name, h->good);
}

static void judge_site(struct sim *s, int host, const struct record *record)
{
	struct host_truth *h = &s->judge.hosts[host];

	bool was = verdict_is_failing(h->verdict);

	(void)verdict_parse(record->to, &h->verdict);
	if (was != verdict_is_failing(h->verdict) && h->verdict != VERDICT_UNKNOWN)
		judge_quiet_host(s, host, !was);
	if (h->verdict == VERDICT_DOWN)
		judge_down(s, host, record->from);
	else if (h->verdict == VERDICT_UP)
		judge_up(s, host, record->from);
}

/* ---- jobs ---- */

static void judge_job(struct sim *s, int host, const struct record *record)
{
	int job = s->hosts[host].at;
	const struct silence_truth *d = &s->judge.jobs[job];
	const struct job_setup *setup = &s->setup->jobs[job];
	struct host_truth *h = &s->judge.hosts[host];
	bool is_silent = d->most >= setup->period + setup->grace - 2 * SEC;

	(void)verdict_parse(record->to, &h->verdict);
	if (h->verdict == VERDICT_DOWN) {
		h->shown = s->t;
		judge_quiet_host(s, host, true);
	}
	/* Whatever it said and we did not hear is silence to us. */
	if (s->t - d->lost < 2 * (setup->period + setup->grace) ||
	    s->t - s->judge.lost_state < 2 * (setup->period + setup->grace))
		return;
	if (h->verdict == VERDICT_DOWN && !d->has_failed && !is_silent &&
	    !is_on(s, ORDEAL_JOB, job) &&
	    s->t - s->troubles[ORDEAL_JOB][job].ended > 2 * setup->period)
		broken(s, FALSE_DOWN, "%s is down after a silence of %.0f s", s->hosts[host].name,
		       (double)d->most / SEC);
}

void judge_ping(struct sim *s, int job, enum ping ping, bool is_heard)
{
	struct silence_truth *d = &s->judge.jobs[job];

	judge_time(s);
	if (!is_heard) {
		d->lost = s->t;
		story_tell(s, "%s is not heard", s->hosts[s->setup->sites_n + job].name);
		return;
	}
	story_tell(s, "%s says %d", s->hosts[s->setup->sites_n + job].name, (int)ping);
	d->has_failed = ping == PING_FAIL || (d->has_failed && ping == PING_START);
	if (ping != PING_OK)
		return;
	d->heard = s->t;
	d->least = d->most = 0;
	d->breaks = s->t - s->judge.ours < FOUND_OUT;
}

/* ---- Watchdogs ---- */

static void judge_dog(struct sim *s, int stack, const char *to)
{
	struct silence_truth *d = &s->judge.dogs[stack];
	const struct watchdog_setup *w = &s->setup->watchdogs[stack];
	bool is_silent = strcmp(to, "silent") == 0, is_resolved = strcmp(to, "resolved") == 0;

	judge_time(s);
	if (is_silent && d->heard != LONG_AGO && !d->is_forgotten &&
	    d->most < w->period + w->grace - 2 * SEC)
		broken(s, FALSE_SILENCE, "silent after %.0f s that count", (double)d->most / SEC);
	if (is_resolved && !d->is_forgotten &&
	    (d->resolved == NEVER || s->t - d->resolved < 88 * SEC))
		broken(s, FALSE_SILENCE, "found to be resolved, but it was not or not for long");
	/* One beat may be a replica's stale one. */
	if (strcmp(to, "up") == 0 && d->is_dead && s->t - s->judge.broken_off > 10 * MINUTE &&
	    (d->returned == NEVER || s->t - d->returned < w->period / 2))
		broken(s, FALSE_UP, "the Watchdog is back after a single beat");
	if (is_silent || is_resolved)
		judge_quiet_dog(s, stack);
	if (is_silent || is_resolved || strcmp(to, "up") == 0)
		s->judge.changed[stack] = s->t;
	d->is_dead = is_silent || is_resolved || strcmp(to, "returning") == 0;
	if (is_silent || is_resolved)
		d->returned = NEVER;
}

void judge_beat(struct sim *s, int stack, enum beat beat)
{
	struct silence_truth *d = &s->judge.dogs[stack];

	judge_time(s);
	if (s->is_verbose && (beat == BEAT_RESOLVED || d->least > 70 * SEC || d->is_dead))
		story_tell(s, "%s of stack %d after %.0f s",
			   beat == BEAT_FIRING ? "beat" : "resolved", stack, (double)d->least / SEC);
	if (beat == BEAT_RESOLVED) {
		if (d->resolved == NEVER)
			d->resolved = s->t;
		return;
	}
	if (d->is_dead && d->returned == NEVER)
		d->returned = s->t;
	d->heard = s->t;
	d->is_forgotten = false;
	d->resolved = NEVER;
	d->least = d->most = 0;
	d->breaks = s->t - s->judge.ours < FOUND_OUT;
}

void judge_lost_beat(struct sim *s, int stack)
{
	s->judge.dogs[stack].lost = s->t;
}

/* ---- all ---- */

void judge_transition(struct sim *s, const struct record *record)
{
	story_tell(s, "%s: %s -> %s (%s)", record->name, record->from, record->to,
		   outcome_code(record->outcome));
	for (int i = 0; i < s->setup->sites_n + s->setup->jobs_n; i++) {
		if (strcmp(record->name, s->hosts[i].name) != 0)
			continue;
		if (s->hosts[i].role == HOST_SITE)
			judge_site(s, i, record);
		else
			judge_job(s, i, record);
	}
	/* What its witnesses say against it is news of a Watchdog, too. */
	for (int i = s->setup->sites_n; i < s->hosts_n; i++)
		if (s->hosts[i].role >= HOST_AM && s->hosts[i].stack >= 0 &&
		    strcmp(record->name, s->hosts[i].name) == 0)
			judge_quiet_dog(s, s->hosts[i].stack);
	if (strcmp(record->name, "dog-home") == 0)
		judge_dog(s, 0, record->to);
	else if (strcmp(record->name, "dog-away") == 0)
		judge_dog(s, 1, record->to);
}
