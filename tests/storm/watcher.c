/*
 * watcher.c - we ourselves: a small plan, the engine's effects, and what may
 * happen to a daemon: death, a lost state, absence, reloads, a suspend, a clock
 * that is set.
 *
 * What is durable is what the daemon has on disk: every notice at once, the
 * state after each turn that asked for it and every 10 s, the days.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/key.h"
#include "base/words.h"
#include "storm.h"

#define SNAPSHOT_MAX (1u << 20)
#define SAVED_EVERY  (10 * S)
#define ADOPTED_FOR  (3600 * S) /* how long a notice may stay in the outbox */

/* ---- the plan ---- */

static const char *endpoint(const void *params)
{
	return params;
}

static const struct probe_kind kind = { .name = "http", .endpoint = endpoint };
static const struct stack_plan stacks[] = { { .name = "home", .title = "Home" } };
static const struct recipient_plan recipients[] = { { .address = "ops@example.com" },
						    { .address = "boss@example.com" } };
static const struct channel_plan channels[] = { { .name = "ops@example.com" },
						{ .name = "boss@example.com" } };

static enum role role_of(enum host host)
{
	switch (host) {
	case REF0:
	case REF1:
	case REF2:
		return ROLE_REFERENCE;
	case AM:
		return ROLE_ALERTMANAGER;
	case PROM:
		return ROLE_PROMETHEUS;
	case LISTENER:
		return ROLE_LISTENER;
	case BLOG:
	case WIKI:
	case SHOP:
	case NEWS:
	case EDGE:
	case HOSTS:
		break;
	}
	return ROLE_TARGET;
}

static void add_host(struct bed *b, enum host host)
{
	struct plan *p = &b->plan;
	size_t at = p->targets_n + p->references_n + p->witnesses_n;
	enum role role = role_of(host);

	b->hosts[at] = host;
	b->targets[at] = (struct target_plan){
		.name = host_name(host),
		.title = host_name(host),
		.group = "Checks",
		.interval = (role == ROLE_REFERENCE ? 30 : 60) * S,
		.timeout = (role == ROLE_REFERENCE ? 5 : 10) * S,
		.connect_timeout = 5 * S,
		.settle = 30 * S,
		.retest = { 10 * S, 20 * S },
		.retests = 2,
		.fall = 3,
		.rise = 2,
		.layer = host == EDGE ? LAYER_EDGE : LAYER_UNSET,
		.kind = &kind,
		.role = role,
	};
	if (role == ROLE_TARGET)
		p->targets_n++;
	else if (role == ROLE_REFERENCE)
		p->references_n++;
	else
		p->witnesses_n++;
}

static struct bed *bed_make(bool has_news, bool has_pull, bool has_prometheus)
{
	struct bed *b = calloc(1, sizeof *b);

	if (!b)
		abort();
	b->has_news = has_news;
	b->has_pull = has_pull;
	b->has_prometheus = has_prometheus;
	for (int h = 0; h < HOSTS; h++)
		if ((h != NEWS || has_news) && (h != AM || has_pull) &&
		    (h != PROM || (has_pull && has_prometheus)))
			add_host(b, (enum host)h);
	b->watchdog = (struct watchdog_plan){ .name = "home",
					      .hook = "home",
					      .token = "t",
					      .period = 60 * S,
					      .grace = 240 * S,
					      .start_grace = 600 * S,
					      .resolved_is_down = true };
	b->plan.targets = b->targets;
	b->plan.stacks = stacks;
	b->plan.stacks_n = 1;
	b->plan.watchdogs = &b->watchdog;
	b->plan.watchdogs_n = 1;
	b->plan.channels = channels;
	b->plan.channels_n = 2;
	b->plan.mail = (struct mail_plan){ .host = "h.example",
					   .to = recipients,
					   .to_n = 2,
					   .group_wait = 60 * S,
					   .cap = 1000,
					   .repeat = { USEC_PER_HOUR, 4 * USEC_PER_HOUR } };
	return b;
}

static size_t index_of(const struct bed *b, enum host host)
{
	size_t n = b->plan.targets_n + b->plan.references_n + b->plan.witnesses_n, i = 0;

	while (i < n && b->hosts[i] != host)
		i++;
	return i;
}

bool is_planned(const struct storm *w, enum host host)
{
	const struct plan *p = &w->us.bed->plan;

	return index_of(w->us.bed, host) < p->targets_n + p->references_n + p->witnesses_n;
}

/* ---- effects ---- */

static void on_launch(void *ctx, uint32_t target, struct now now)
{
	struct storm *w = ctx;
	enum host host = w->us.bed->hosts[target];

	(void)now;
	if (w->us.runs[host].is_active)
		judge_broken(w, "a run is launched while the one before has not ended");
	w->us.runs[host] = world_answer(w, host, &w->us.bed->targets[target]);
}

static void on_abort(void *ctx, uint32_t target)
{
	struct storm *w = ctx;

	w->us.runs[w->us.bed->hosts[target]].is_active = false;
}

static void keep_day(struct watcher *us, const struct record *record)
{
	size_t i = 0;

	while (i < us->days_n &&
	       (us->days[i].day != record->day || strcmp(us->days[i].name, record->name) != 0))
		i++;
	if (i == DAYS_MAX)
		return;
	if (i == us->days_n)
		us->days_n++;
	us->days[i].day = record->day;
	us->days[i].sums = record->sums;
	words_copy(us->days[i].name, sizeof us->days[i].name, record->name);
}

static void on_record(void *ctx, const struct record *record)
{
	struct storm *w = ctx;

	switch (record->kind) {
	case RECORD_TRANSITION:
		judge_transition(w, record);
		break;
	case RECORD_STATE:
		w->us.is_dirty = true;
		break;
	case RECORD_DAY:
		keep_day(&w->us, record);
		break;
	default:
		break;
	}
}

static void on_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	struct storm *w = ctx;
	struct watcher *us = &w->us;

	(void)incident;
	for (size_t i = 0; i < us->notices_n; i++) {
		if (us->notices[i].id == notice->id) {
			judge_twice(w, &us->notices[i], notice);
			return;
		}
	}
	us->has_new_notice = true;
	if (us->notices_n < NOTICES_MAX)
		us->notices[us->notices_n++] = *notice;
	if (strcmp(notice->recipient, recipients[0].address) == 0)
		judge_notice(w, notice);
}

static void on_publish(void *ctx)
{
	(void)ctx;
}

/* ---- life ---- */

static char *snapshot_of(const struct storm *w, const struct engine *engine)
{
	struct buf text = BUF_INIT(SNAPSHOT_MAX);
	size_t n;
	char *taken;

	engine_snapshot(engine, storm_now(w), &text);
	taken = buf_take(&text, &n);
	if (!taken)
		abort();
	return taken;
}

static void save(struct storm *w)
{
	free(w->us.saved);
	w->us.saved = snapshot_of(w, w->us.engine);
	w->us.saved_at = storm_now(w);
	w->us.is_dirty = false;
}

static void make_engine(struct storm *w)
{
	const struct engine_effects effects = { w,	   on_launch,  on_abort,
						on_record, on_deliver, on_publish };

	memset(w->us.runs, 0, sizeof w->us.runs);
	w->us.engine = engine_new(&w->us.bed->plan, &effects, storm_now(w),
				  key_mix(w->seed * 1000 + ++w->us.lives));
}

static void die(struct storm *w, int64_t span)
{
	storm_say(w, "death, for %.0f s", (double)span / S);
	engine_free(w->us.engine);
	w->us.engine = NULL;
	w->us.is_absent = w->truth.has_died = true;
	/* A beat that was not saved yet is lost with us. */
	if (w->truth.last_beat >= w->us.saved_at.mono.us)
		w->truth.silence_most += w->truth.silence_before;
	w->us.absent_until = w->t + span;
}

static void turn(struct storm *w)
{
	struct watcher *us = &w->us;

	us->wake = engine_advance(us->engine, storm_now(w));
	if (us->has_new_notice && us->is_doomed) {
		us->is_doomed = us->has_new_notice = false;
		us->is_lossy = true;
		die(w, storm_between(w, 1, storm_chance(w, 60) ? 20 : 900) * S);
		return;
	}
	us->has_new_notice = false;
	if (us->is_dirty || w->t - us->saved_at.mono.us >= SAVED_EVERY)
		save(w);
	judge_model(w);
}

static void rise(struct storm *w)
{
	struct watcher *us = &w->us;

	us->is_absent = false;
	make_engine(w);
	for (size_t i = 0; i < us->days_n; i++)
		engine_restore_day(us->engine, us->days[i].name, us->days[i].day,
				   &us->days[i].sums);
	if (us->saved &&
	    engine_restore(us->engine, us->saved, 0, w->t - us->saved_at.mono.us, storm_now(w)) < 0)
		judge_broken(w, "the engine refuses its own state");
	for (size_t i = 0; i < us->notices_n; i++)
		if (w->t - us->notices[i].created.mono.us < ADOPTED_FOR)
			engine_adopt(us->engine, &us->notices[i], storm_now(w));
	turn(w);
}

static void reload(struct storm *w, struct bed *bed, bool is_same)
{
	struct engine *old = w->us.engine;
	char *before = snapshot_of(w, old), *after;

	if (w->us.beds_n == BEDS_MAX)
		abort();
	w->us.beds[w->us.beds_n++] = w->us.bed = bed;
	make_engine(w);
	if (engine_restore(w->us.engine, before, 0, 0, storm_now(w)) < 0)
		judge_broken(w, "the engine refuses its own state at a reload");
	engine_carry(w->us.engine, old);
	after = snapshot_of(w, w->us.engine);
	if (is_same && strcmp(before, after) != 0)
		judge_broken(w, "a reload of the same configuration changes the state");
	free(before);
	free(after);
	engine_free(old);
	judge_removal(w);
	turn(w);
}

/* Nobody listens, and then the loop sees how long it was not there. */
static void suspend(struct storm *w, int64_t seconds)
{
	storm_say(w, "suspended for %lld s", (long long)seconds);
	w->us.is_absent = true;
	for (int64_t i = 0; i < seconds; i++) {
		w->t = (w->t / S + 1) * S;
		world_second(w);
	}
	w->us.is_absent = false;
	engine_gap(w->us.engine, seconds * S, storm_now(w));
	turn(w);
}

static void set_clock(struct storm *w)
{
	int64_t step = storm_between(w, -7200, 7200) * S;

	storm_say(w, "the clock is set by %.0f s", (double)step / S);
	w->wall_ahead += step;
	w->truth.has_stepped = true;
}

static int64_t random_absence(struct storm *w)
{
	if (storm_chance(w, 40))
		return storm_between(w, 1, 20) * S;
	return storm_chance(w, 60) ? storm_between(w, 20, 600) * S
				   : storm_between(w, 600, 3000) * S;
}

static void strike(struct storm *w)
{
	const struct bed *b = w->us.bed;
	uint64_t what = storm_dice(w) % 9;

	w->us.fate_struck = w->t;
	w->us.next_turn_of_fate = w->t + storm_between(w, 2, w->is_busy ? 400 : 9000) * S +
				  storm_between(w, 0, S - 1);
	if (what >= 3 && what <= 6)
		storm_say(w, "reload %d", (int)what - 3);
	if (what <= 1)
		die(w, random_absence(w));
	else if (what == 2)
		w->us.is_doomed = true;
	else if (what <= 6)
		reload(w,
		       bed_make(b->has_news != (what == 4), b->has_pull != (what == 5),
				b->has_prometheus != (what == 6)),
		       what == 3);
	else if (what == 7)
		suspend(w, storm_between(w, 31, 900));
	else
		set_clock(w);
}

/* ---- turns ---- */

static void finish_run(struct storm *w, enum host host)
{
	struct run *run = &w->us.runs[host];
	struct observation o = {
		.target = (uint32_t)index_of(w->us.bed, host),
		.started = run->started,
		.ended = { w->t },
		.outcome = run->outcome,
		.code = run->code,
		.is_reached = run->is_reached,
		.total_us = w->t - run->started.mono.us,
	};
	bool is_good = run->outcome.cause == CAUSE_PASS;

	run->is_active = false;
	if (run->outcome.phase != PHASE_DNS)
		o.address = (struct address){ .family = FAMILY_IPV4, .port = 443 };
	if (is_good && (host == AM || host == PROM))
		world_testify(w, host, &o);
	if (is_good)
		w->truth.real_streak[host] = 0;
	else if (run->is_real)
		w->truth.real_streak[host]++;
	engine_observe(w->us.engine, &o, storm_now(w));
	w->us.wake = storm_now(w).mono;
}

void watcher_beat(struct storm *w, enum beat beat)
{
	if (w->us.is_absent)
		return;
	engine_beat(w->us.engine, 0, beat, FAMILY_IPV4, storm_now(w));
	w->us.wake = storm_now(w).mono;
	if (beat == BEAT_RESOLVED) {
		if (w->truth.resolved == FOREVER)
			w->truth.resolved = w->t;
		return;
	}
	w->truth.last_beat = w->t;
	w->truth.resolved = FOREVER;
	w->truth.silence_before = w->truth.silence_most;
	w->truth.silence_least = w->truth.silence_most = 0;
	w->truth.breaks = 0;
}

int64_t watcher_next(const struct storm *w)
{
	int64_t next = (w->t / S + 1) * S;

	if (!w->us.engine)
		return next;
	if (w->us.wake.us < next)
		next = w->us.wake.us;
	for (int h = 0; h < HOSTS; h++)
		if (w->us.runs[h].is_active && w->us.runs[h].ends < next)
			next = w->us.runs[h].ends;
	return next > w->t ? next : w->t;
}

void watcher_live(struct storm *w)
{
	if (w->us.is_absent && w->t >= w->us.absent_until)
		rise(w);
	for (int h = 0; h < HOSTS && w->us.engine; h++)
		if (w->us.runs[h].is_active && w->us.runs[h].ends <= w->t)
			finish_run(w, (enum host)h);
	if (w->us.engine && (mono_reached(w->us.wake, storm_now(w).mono) || w->t % S == 0))
		turn(w);
	if (w->us.engine && !w->is_ending && w->t >= w->us.next_turn_of_fate)
		strike(w);
}

void watcher_begin(struct storm *w)
{
	w->us.bed = bed_make(storm_chance(w, 50), storm_chance(w, 80), storm_chance(w, 80));
	w->us.beds[w->us.beds_n++] = w->us.bed;
	w->us.next_turn_of_fate = w->t + storm_between(w, 600, 9000) * S;
	w->us.fate_struck = LONG_AGO;
	make_engine(w);
	turn(w);
}

void watcher_done(struct storm *w)
{
	engine_free(w->us.engine);
	for (size_t i = 0; i < w->us.beds_n; i++)
		free(w->us.beds[i]);
	free(w->us.saved);
}
