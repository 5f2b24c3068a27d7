/*
 * main.c - a storm from its calm beginning to its calm end.
 *
 *   storm                      the seeds that every test run replays
 *   storm FROM COUNT [HOURS]   others
 *   storm SEED verbose         one of them, told
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/key.h"
#include "storm.h"

#define SEEDS 10
#define HOURS 8
#define AFTERWARDS (3600 * S) /* everything has healed; so long it may take until all is well */
#define STANDSTILL 200	      /* turns without time passing */

/* ---- words ---- */

const char *host_name(enum host host)
{
	static const char *const names[HOSTS] = {
		"blog",
		"wiki",
		"shop",
		"news",
		"edge",
		"ref0",
		"ref1",
		"ref2",
		"pull-home-alertmanager",
		"pull-home-prometheus",
		"pull-listener",
	};

	return names[host];
}

const char *trouble_name(enum trouble trouble)
{
	static const char *const names[TROUBLES] = {
		"blog",	     "wiki",	 "shop",       "news",	       "backends",
		"edge",	     "cluster",	 "prometheus", "alertmanager", "pull-path",
		"push-path", "listener", "silence",    "uplink",       "references",
	};

	return names[trouble];
}

void storm_say(struct storm *w, const char *format, ...)
{
	va_list args;

	if (!w->is_verbose)
		return;
	printf("%10.2f ", (double)(w->t - BEGINNING) / S);
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* ---- dice ---- */

uint64_t storm_dice(struct storm *w)
{
	w->dice = key_mix(w->dice + 0x9e3779b97f4a7c15u);
	return w->dice;
}

int64_t storm_between(struct storm *w, int64_t least, int64_t most)
{
	return least + (int64_t)(storm_dice(w) % (uint64_t)(most - least + 1));
}

bool storm_chance(struct storm *w, unsigned percent)
{
	return storm_dice(w) % 100 < percent;
}

/* ---- time ---- */

struct now storm_now(const struct storm *w)
{
	return (struct now){ { w->t }, { w->t + w->wall_ahead } };
}

static void live_until(struct storm *w, int64_t end)
{
	unsigned at_once = 0;

	while (w->t < end) {
		int64_t before = w->t;

		w->t = watcher_next(w);
		at_once = w->t == before ? at_once + 1 : 0;
		if (at_once > STANDSTILL) {
			judge_broken(w, "time stands still");
			w->t++;
		}
		if (w->t / S != before / S)
			world_second(w);
		watcher_live(w);
	}
}

static void begin(struct storm *w, uint64_t seed, bool is_verbose)
{
	w->seed = seed;
	w->dice = key_mix(seed);
	w->is_verbose = is_verbose;
	w->is_busy = seed % 4 == 1 || seed % 4 == 3;
	w->is_rough = seed % 4 == 2 || seed % 4 == 3;
	w->t = BEGINNING;
	w->wall_ahead = 1790000000 * S; /* a day ends within the storm */
	for (int i = 0; i < TROUBLES; i++)
		w->ordeals[i].ended = LONG_AGO;
	w->next_ordeal = w->t + storm_between(w, 300, 900) * S;
	w->pipeline.news = w->t - 30 * S;
	w->pipeline.evaluates_at = storm_between(w, 0, 89);
	w->pipeline.beats_at = storm_between(w, 0, 59);
	w->truth.last_beat = w->truth.blocked = w->t;
	w->truth.resolved = FOREVER;
	w->truth.pull_changed = LONG_AGO;
	watcher_begin(w);
}

static unsigned storm_run(uint64_t seed, int hours, bool is_verbose)
{
	struct storm *w = calloc(1, sizeof *w);
	unsigned violations;

	if (!w)
		abort();
	begin(w, seed, is_verbose);
	live_until(w, BEGINNING + hours * 3600 * S);
	w->is_ending = true;
	if (w->us.is_absent)
		live_until(w, w->us.absent_until + S);
	world_calm(w);
	live_until(w, w->t + AFTERWARDS);
	judge_end(w);
	violations = w->violations;
	watcher_done(w);
	free(w);
	return violations;
}

int main(int argc, char **argv)
{
	bool is_verbose = argc > 2 && strcmp(argv[2], "verbose") == 0;
	uint64_t from = argc > 1 ? strtoull(argv[1], NULL, 10) : 1, count = SEEDS;
	int hours = argc > 3 ? (int)strtol(argv[3], NULL, 10) : HOURS;
	unsigned failed = 0;

	if (argc > 2)
		count = is_verbose ? 1 : strtoull(argv[2], NULL, 10);
	for (uint64_t seed = from; seed < from + count; seed++)
		failed += storm_run(seed, hours, is_verbose) > 0;
	printf("%" PRIu64 " storms of %d h, %u with violations\n", count, hours, failed);
	return failed > 0;
}
