/*
 * us_state.c - what of us is durable: what the daemon has on disk.
 *
 * Each notice at once (post.c), the state at most once a second when it asked
 * for that and every 10 s, the days. The state is only written down when
 * somebody will read it: shortly before a death, before a full disk, and while
 * the next notice is to be the last.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define SNAPSHOT_MAX (4u << 20)
#define SAVE_PAUSE   SEC

/* ---- days ---- */

static size_t days_of(const struct sim *s, const char *name)
{
	for (int i = 0; i < s->hosts_n; i++)
		if (strcmp(s->hosts[i].name, name) == 0)
			return (size_t)i;
	return (size_t)s->hosts_n + (strcmp(name, "dog-home") != 0);
}

void us_keep_day(struct sim *s, const struct record *record)
{
	size_t at = days_of(s, record->name) * DAYS_KEPT + (size_t)record->day % DAYS_KEPT;

	s->us.days[at] = (struct stored_day){ record->day, record->sums };
}

static void restore_days(struct sim *s)
{
	struct us *us = &s->us;
	static const char *const dogs[STACKS_MAX] = { "dog-home", "dog-away" };

	for (size_t i = 0; i < (size_t)s->hosts_n + STACKS_MAX; i++) {
		const char *name = i < (size_t)s->hosts_n ? s->hosts[i].name
							  : dogs[i - (size_t)s->hosts_n];

		for (size_t k = 0; k < DAYS_KEPT; k++)
			if (us->days[i * DAYS_KEPT + k].day != 0)
				engine_restore_day(us->engine, name,
						   us->days[i * DAYS_KEPT + k].day,
						   &us->days[i * DAYS_KEPT + k].sums);
	}
}

/* ---- the state ---- */

char *us_snapshot(struct sim *s, const struct engine *engine)
{
	struct buf text = BUF_INIT(SNAPSHOT_MAX);
	char *taken;
	size_t n;

	engine_snapshot(engine, sim_now(s), &text);
	taken = buf_take(&text, &n);
	if (!taken)
		broken(s, UNBOUNDED, "the state does not fit into %u bytes", SNAPSHOT_MAX);
	return taken;
}

void us_save(struct sim *s)
{
	struct us *us = &s->us;

	free(us->saved);
	us->saved = us_snapshot(s, us->engine);
	us->saved_at = sim_now(s);
	us->saved_boot = us->boot;
	us->saved_t = s->t;
	us->is_dirty = false;
}

static bool is_hot(const struct sim *s)
{
	return (s->t <= s->us.hot || s->us.torn) && s->us.engine && !s->us.is_suspended;
}

int64_t us_next_save(const struct sim *s)
{
	const struct us *us = &s->us;

	if (!is_hot(s) || is_on(s, ORDEAL_DISK, 0))
		return NEVER;
	return us->saved_t + (us->is_dirty ? SAVE_PAUSE : PRESENCE_PAUSE);
}

void us_restore(struct sim *s)
{
	struct us *us = &s->us;
	struct now now = sim_now(s);
	int64_t absence, shift = 0;

	restore_days(s);
	if (!us->saved)
		return;
	absence = now.mono.us - us->saved_at.mono.us;
	if (us->is_rebooted) {
		absence = now.wall.us - us->saved_at.wall.us;
		absence = absence < 0 ? 0 : absence;
		shift = now.mono.us - absence - us->saved_at.mono.us;
	}
	if (engine_restore(us->engine, us->saved, shift, absence, now) < 0)
		broken(s, BROKEN_ENGINE, "the engine refuses its own state");
}
