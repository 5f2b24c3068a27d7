/*
 * us.c - we ourselves: the engine's effects, and what may happen to a daemon.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define MONO_BEGINNING (1000000 * SEC)
#define MONO_AT_BOOT   (20 * SEC + 123457) /* a row of 0 means unset: no round numbers */
#define TORN_PATIENCE  (15 * MINUTE)
#define GAP_LEAST      (30 * SEC)
#define TURNS_A_MINUTE 5000 /* what is asked most is asked every 10 s, and beats come every 30 */

struct now sim_now(const struct sim *s)
{
	return (struct now){ { s->t + s->us.mono_ahead },
			     { s->t + s->setup->wall + s->us.wall_ahead } };
}

/* ---- effects ---- */

static void on_launch(void *ctx, uint32_t target, struct now now)
{
	struct sim *s = ctx;
	int host = s->us.bed->host_of[target];

	(void)now;
	if (s->runs[host].is_active)
		broken(s, BROKEN_ENGINE, "%s is launched while its run has not ended",
		       s->hosts[host].name);
	s->runs[host] = world_answer(s, host);
	s->running |= 1u << host;
}

static void on_abort(void *ctx, uint32_t target)
{
	struct sim *s = ctx;
	int host = s->us.bed->host_of[target];

	s->runs[host].is_active = false;
	s->running &= ~(1u << host);
}

static void on_record(void *ctx, const struct record *record)
{
	struct sim *s = ctx;

	switch (record->kind) {
	case RECORD_TRANSITION:
		s->us.is_touched = true;
		judge_transition(s, record);
		break;
	case RECORD_STATE:
		s->us.is_dirty = true;
		break;
	case RECORD_DAY:
		us_keep_day(s, record);
		break;
	case RECORD_INCIDENT:
		s->us.is_touched = true;
		break;
	case RECORD_OBSERVATION:
		break;
	}
}

static void on_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	struct sim *s = ctx;

	s->us.has_new_notice = s->us.is_touched = true;
	judge_notice(s, notice, incident);
	post_take(s, notice);
}

static void on_publish(void *ctx)
{
	struct sim *s = ctx;

	s->us.is_touched = true;
}

/* ---- life ---- */

static void forget_runs(struct sim *s)
{
	memset(s->runs, 0, sizeof s->runs);
	s->running = 0;
}

static void make_engine(struct sim *s)
{
	const struct engine_effects effects = { s,	   on_launch,  on_abort,
						on_record, on_deliver, on_publish };

	forget_runs(s);
	s->us.engine = engine_new(&s->us.bed->plan, &effects, sim_now(s),
				  lot(s->setup->seed, 2, ++s->us.lives));
}

static void die(struct sim *s)
{
	struct us *us = &s->us;

	us->is_lossy = (us->is_suspended ? us->slept : s->t) - us->saved_t >
		       PRESENCE_PAUSE + 2 * SEC;
	story_tell(s, "we are gone%s", us->is_lossy ? ", with an old state" : "");
	judge_forget(s);
	engine_free(us->engine);
	us->engine = NULL;
	us->is_suspended = false;
	us->torn = NULL;
	us->wake = MONO_NEVER;
	forget_runs(s);
	post_die(s);
}

/* Sooner and sooner for ever is a processor burnt, though time goes on. */
static void count_turn(struct sim *s)
{
	struct us *us = &s->us;

	if (s->t - us->minute >= MINUTE) {
		us->minute = s->t;
		us->turns = 0;
	}
	if (++us->turns > TURNS_A_MINUTE)
		broken(s, BROKEN_ENGINE, "%u turns within %.0f s", us->turns,
		       (double)(s->t - us->minute) / SEC);
	s->steps++;
}

static void turn(struct sim *s)
{
	struct us *us = &s->us;

	engine_outbox(us->engine, s->post.waiting, s->post.oldest, is_on(s, ORDEAL_DISK, 0),
		      sim_now(s));
	us->wake = engine_advance(us->engine, sim_now(s));
	if (us->wake.us <= sim_now(s).mono.us && ++us->at_once > 1000)
		broken(s, BROKEN_ENGINE, "time stands still");
	if (us->wake.us > sim_now(s).mono.us)
		us->at_once = 0;
	count_turn(s);
	if (us->has_new_notice && us->torn) {
		const struct ordeal *death = us->torn;

		judge_time(s);
		die(s);
		us->rises = s->t + death->to - death->from;
		us->death = death;
		judge_change(s, death, true);
	}
	us->has_new_notice = false;
	if (us->engine && us_next_save(s) <= s->t)
		us_save(s);
}

static void rise(struct sim *s)
{
	struct us *us = &s->us;

	story_tell(s, "we are back");
	if (us->death && us->death->variant % DEATHS == DEATH_REBOOT) {
		us->mono_ahead = MONO_AT_BOOT - s->t;
		us->boot++;
	}
	us->is_rebooted = us->saved && us->boot != us->saved_boot; /* what is restored may be older */
	us->rises = NEVER;
	us->risen = s->t;
	make_engine(s);
	us_restore(s);
	post_recover(s);
	judge_recall(s);
	us->saved_t = s->t;
	turn(s);
}

/* ---- what befalls us ---- */

/* Restart and every other reboot are in peace: all is booked and saved. */
static bool is_peaceful(const struct ordeal *f)
{
	enum death how = (enum death)(f->variant % DEATHS);

	return how == DEATH_RESTART || (how == DEATH_REBOOT && f->variant / DEATHS % 2 == 0);
}

static void absence_begins(struct sim *s, const struct ordeal *f)
{
	struct us *us = &s->us;

	if (!us->engine) {
		if (us->rises < s->t + f->to - f->from)
			us->rises = s->t + f->to - f->from;
		return;
	}
	if (f->variant % DEATHS == DEATH_TORN && !us->is_suspended) {
		us->torn = f;
		us->torn_until = s->t + TORN_PATIENCE;
		return;
	}
	if (is_peaceful(f) && !us->is_suspended && !is_on(s, ORDEAL_DISK, 0)) {
		engine_close(us->engine, sim_now(s));
		us_save(s);
	}
	die(s);
	us->death = f;
	us->rises = s->t + f->to - f->from;
}

/* A stopped process still has what its peers sent in the kernel's queue; a stopped machine not. */
static void wake_up(struct sim *s, const struct ordeal *f)
{
	struct us *us = &s->us;
	int64_t span = s->t - us->slept;

	us->is_suspended = false;
	story_tell(s, "we go on");
	if (f->variant % 2 == 0)
		for (int i = 0; i < s->setup->stacks_n; i++)
			if (us->queued[i] > us->slept && !is_link_gone(s, 4))
				us_beat(s, i, BEAT_FIRING);
	if (span > GAP_LEAST)
		engine_gap(us->engine, span, sim_now(s));
	turn(s);
}

static void suspend(struct sim *s, const struct ordeal *f, bool is_beginning)
{
	struct us *us = &s->us;

	if (is_beginning && us->engine && !us->is_suspended) {
		us->is_suspended = true;
		us->slept = s->t;
		us->sleep = f;
		story_tell(s, "we are stopped");
	} else if (!is_beginning && us->is_suspended && us->sleep == f) {
		wake_up(s, f);
	}
}

static bool is_text_equal(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static void reload(struct sim *s, const struct ordeal *f)
{
	struct us *us = &s->us;
	struct engine *old = us->engine;
	bool is_same = f->variant % 3 != 0 || s->setup->sites_n < 2;
	char *before, *after;

	if (!old || us->is_suspended)
		return;
	story_tell(s, "reload%s", is_same ? "" : ", with another plan");
	before = us_snapshot(s, old);
	us->is_without_site ^= !is_same;
	plan_make(s);
	make_engine(s);
	if (before && engine_restore(us->engine, before, 0, 0, sim_now(s)) < 0)
		broken(s, BROKEN_ENGINE, "the engine refuses its own state at a reload");
	engine_carry(us->engine, old);
	after = us_snapshot(s, us->engine);
	if (is_same && !is_text_equal(before, after))
		broken(s, BROKEN_ENGINE, "a reload of the same configuration changes the state");
	free(before);
	free(after);
	engine_free(old);
	judge_recall(s);
	us->is_dirty = true;
	us->is_removed = !is_same && us->is_without_site;
	turn(s);
}

void us_change(struct sim *s, const struct ordeal *f, bool is_beginning)
{
	struct us *us = &s->us;

	us->is_removed = false;
	switch (f->kind) {
	case ORDEAL_ABSENCE:
		if (is_beginning)
			absence_begins(s, f);
		break;
	case ORDEAL_SUSPEND:
		suspend(s, f, is_beginning);
		break;
	case ORDEAL_RELOAD:
		if (is_beginning)
			reload(s, f);
		break;
	case ORDEAL_STEP:
		if (is_beginning)
			us->wall_ahead += f->by;
		break;
	default:
		break;
	}
	if (us->engine && !us->is_suspended)
		us->wake = sim_now(s).mono;
}

/* ---- what reaches us ---- */

bool us_hears(const struct sim *s)
{
	return s->us.engine && !s->us.is_suspended;
}

void us_beat(struct sim *s, int stack, enum beat beat)
{
	struct us *us = &s->us;

	judge_beat(s, stack, beat);
	engine_beat(us->engine, us->bed->watchdog_of[stack], beat, FAMILY_IPV4, sim_now(s));
	us->wake = sim_now(s).mono;
}

void us_ping(struct sim *s, int job, enum ping ping)
{
	struct us *us = &s->us;

	engine_ping(us->engine, s->hosts[s->setup->sites_n + job].subject, ping, FAMILY_IPV4,
		    sim_now(s));
	us->wake = sim_now(s).mono;
}

static struct certificate certificate_of(const struct sim *s, int site)
{
	const struct generation *g = cert_seen(s, site);

	return (struct certificate){ .not_before = { s->setup->wall + g->from },
				     .not_after = { s->setup->wall + g->ends },
				     .fingerprint = g->fingerprint };
}

static void finish_run(struct sim *s, int host)
{
	struct run *run = &s->runs[host];
	const struct host *h = &s->hosts[host];
	struct observation o = {
		.target = h->subject,
		.started = run->started,
		.ended = sim_now(s).mono,
		.outcome = run->outcome,
		.is_reached = run->is_reached,
		.code = run->code,
		.total_us = run->took,
	};

	for (int phase = 0; phase < PHASE_COUNT; phase++)
		o.phase_us[phase] = phase > (int)run->outcome.phase ? PHASE_NOT_REACHED : 1000;
	run->is_active = false;
	s->running &= ~(1u << host);
	if (run->outcome.phase != PHASE_DNS)
		o.address = (struct address){ .family = h->family == 6 ? FAMILY_IPV6 : FAMILY_IPV4,
					      .port = 443,
					      .bytes = { 203, 0, 113, (uint8_t)host } };
	if (run->outcome.cause == CAUSE_PASS) {
		world_testify(s, host, &o);
		if (h->is_named && run->outcome.phase >= PHASE_WAIT)
			o.date = (wall_t){ (s->setup->wall + s->t) / SEC * SEC };
	}
	if (run->has_certificate)
		o.certificate = certificate_of(s, h->at);
	judge_run(s, host, run);
	engine_observe(s->us.engine, &o, sim_now(s));
	s->us.wake = sim_now(s).mono;
}

/* ---- turns ---- */

int64_t us_next(const struct sim *s)
{
	const struct us *us = &s->us;
	int64_t next = us->rises;
	uint32_t left = s->running;

	if (!us->engine || us->is_suspended)
		return next;
	if (us->wake.us - us->mono_ahead < next)
		next = us->wake.us == INT64_MAX ? next : us->wake.us - us->mono_ahead;
	for (; left; left &= left - 1) {
		int64_t ends = s->runs[__builtin_ctz(left)].ends;

		next = ends < next ? ends : next;
	}
	if (us->hot >= s->t || us->torn) {
		int64_t saves = us_next_save(s);

		next = saves < next ? saves : next;
	}
	return next;
}

void us_live(struct sim *s)
{
	struct us *us = &s->us;

	if (!us->engine && s->t >= us->rises) {
		judge_time(s);
		rise(s);
		judge_change(s, us->death, false);
	}
	if (!us->engine || us->is_suspended)
		return;
	if (us->torn && s->t > us->torn_until)
		us->torn = NULL;
	for (uint32_t left = s->running; left; left &= left - 1) {
		int host = __builtin_ctz(left);

		if (s->runs[host].ends <= s->t)
			finish_run(s, host);
	}
	if (us->wake.us <= sim_now(s).mono.us || us_next_save(s) <= s->t)
		turn(s);
}

void us_begin(struct sim *s)
{
	struct us *us = &s->us;

	us->mono_ahead = MONO_BEGINNING;
	us->rises = NEVER;
	us->hot = LONG_AGO;
	us->days = calloc(((size_t)s->hosts_n + STACKS_MAX) * DAYS_KEPT, sizeof *us->days);
	if (!us->days)
		abort();
	plan_make(s);
	make_engine(s);
	turn(s);
}

void us_end(struct sim *s)
{
	engine_free(s->us.engine);
	free(s->us.saved);
	free(s->us.days);
	arena_free(s->us.arena);
}
