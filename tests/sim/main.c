/*
 * main.c - seeds are lived through one after the other until there were enough
 * years, or a promise is broken.
 *
 *   sim [--seed FROM] [--step N] [--years N | --lives N] [--traces DIR] [--quiet]
 *   sim --show SEED         its setup as text
 *   sim --replay FILE ...   setups, each of which has to keep every promise
 *   sim --tell FILE|SEED    one life, told
 *   sim --shrink FILE|SEED  the least of it that still breaks the same promise
 *
 * --step: every N-th seed, so that several of these share the work.
 */
#include "sim.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define YEAR (INT64_C(31557600) * SEC)
#define PROGRESS_EVERY 20 /* lives */

const char *promise_name(enum promise promise)
{
	static const char *const names[PROMISES] = {
		[PROMISE_NONE] = "kept",
		[LATE_VERDICT] = "I1-late-verdict",
		[LATE_MAIL] = "I1-late-mail",
		[LATE_NAME] = "I1-late-name",
		[LATE_SILENCE] = "I1-late-silence",
		[LATE_PULL] = "I1-late-pull",
		[LATE_RECOVERY] = "I1-late-recovery",
		[LATE_DELIVERY] = "I1-late-delivery",
		[LATE_BLIND] = "I1-late-blind",
		[FALSE_DOWN] = "I2-false-down",
		[FALSE_UP] = "I2-false-up",
		[FALSE_SILENCE] = "I2-false-silence",
		[FALSE_FINDING] = "I2-false-finding",
		[FALSE_BLIND] = "I2-false-blind",
		[WRONG_FINDING] = "I2-wrong-finding",
		[WRONG_ORDER] = "I3-wrong-order",
		[TOO_MANY] = "I3-too-many",
		[NEVER_ENDED] = "I3-never-ended",
		[LOST_NOTICE] = "I4-lost-notice",
		[TWICE] = "I4-twice",
		[WRONG_SUMS] = "I5-wrong-sums",
		[WRONG_MODEL] = "I6-wrong-model",
		[UNBOUNDED] = "I7-unbounded",
		[BROKEN_ENGINE] = "broken-engine",
		[UNWANTED] = "I2-unwanted",
		[LOST_WORD] = "I3-lost-word",
		[LATE_CERT] = "I1-late-certificate",
		[FALSE_CERT] = "I2-false-certificate",
	};

	return names[promise];
}

struct options {
	uint64_t seed, step, lives;
	double years;
	const char *traces;
	bool is_quiet;
};

struct tally {
	uint64_t lives, steps, incidents, mails, pages, violations;
	int64_t lived;
	struct {
		uint64_t lives, ordeals;
		int64_t lived;
		double cpu; /* s */
	} of[TEMPERS];
};

static void print_tally(const char *what, const struct tally *t)
{
	static const char *const names[TEMPERS] = { "quiet", "calm", "busy", "rough" };

	printf("%s lives=%" PRIu64 " years=%.2f steps=%" PRIu64 " incidents=%" PRIu64
	       " mails=%" PRIu64 " renderings=%" PRIu64 " violations=%" PRIu64,
	       what, t->lives, (double)t->lived / (double)YEAR, t->steps, t->incidents, t->mails,
	       t->pages, t->violations);
	for (int i = 0; i < TEMPERS; i++)
		printf(" %s=%" PRIu64 " %s_years=%.2f %s_ordeals=%" PRIu64
		       " %s_cpu=%.1f",
		       names[i], t->of[i].lives, names[i], (double)t->of[i].lived / (double)YEAR,
		       names[i], t->of[i].ordeals, names[i], t->of[i].cpu);
	putchar('\n');
	(void)fflush(stdout);
}

static void add(struct tally *t, const struct setup *setup, const struct outcome_of_life *o)
{
	t->of[setup->temper].lives++;
	t->of[setup->temper].lived += o->lived;
	t->of[setup->temper].ordeals += setup->ordeals_n;
	t->lives++;
	t->lived += o->lived;
	t->steps += o->steps;
	t->incidents += o->incidents;
	t->mails += o->mails;
	t->pages += o->pages;
	t->violations += o->broken != PROMISE_NONE;
}

static void write_trace(const struct setup *setup, const struct outcome_of_life *o, FILE *to)
{
	fprintf(to, "# %s at %.2f s: %s\n", promise_name(o->broken), (double)o->broken_at / SEC,
		o->story);
	setup_write(setup, to);
}

static void keep_trace(const char *dir, const struct setup *setup, const struct outcome_of_life *o)
{
	char path[512];
	FILE *to;

	(void)snprintf(path, sizeof path, "%s/%s-%" PRIu64 ".trace", dir, promise_name(o->broken),
		       setup->seed);
	to = fopen(path, "w");
	if (!to)
		return;
	write_trace(setup, o, to);
	(void)fclose(to);
	printf("trace %s\n", path);
}

/* Shrunk, told, written down. */
static void show_violation(const struct options *o, struct setup *setup,
			   struct outcome_of_life *life)
{
	printf("VIOLATION seed=%" PRIu64 " %s at %.2f s: %s\n", setup->seed,
	       promise_name(life->broken), (double)life->broken_at / SEC, life->story);
	(void)fflush(stdout);
	if (o->is_quiet)
		return;
	setup_shrink(setup, life->broken);
	setup_live(setup, false, life);
	write_trace(setup, life, stdout);
	if (o->traces)
		keep_trace(o->traces, setup, life);
}

static bool is_enough(const struct options *o, const struct tally *t)
{
	if (o->lives > 0)
		return t->lives >= o->lives;
	return (double)t->lived >= o->years * (double)YEAR;
}

static int run(const struct options *o)
{
	struct tally tally = { 0 };
	struct setup *setup = malloc(sizeof *setup);

	if (!setup)
		return 2;
	for (uint64_t seed = o->seed; !is_enough(o, &tally); seed += o->step) {
		struct outcome_of_life life;
		clock_t began = clock();

		setup_draw(seed, setup);
		setup_live(setup, false, &life);
		tally.of[setup->temper].cpu += (double)(clock() - began) / CLOCKS_PER_SEC;
		add(&tally, setup, &life);
		if (life.broken)
			show_violation(o, setup, &life);
		if (tally.lives % PROGRESS_EVERY == 0)
			print_tally("progress", &tally);
	}
	print_tally("done", &tally);
	free(setup);
	return tally.violations > 0;
}

/* ---- single ones ---- */

/* A file, or a seed. */
static bool setup_find(const char *what, struct setup *ret)
{
	char *end;
	uint64_t seed = strtoull(what, &end, 10);

	if (*end != '\0')
		return setup_read(what, ret);
	setup_draw(seed, ret);
	return true;
}

static int replay(int n, char **files)
{
	struct setup *setup = malloc(sizeof *setup);
	int failed = 0;

	for (int i = 0; setup && i < n; i++) {
		struct outcome_of_life life;

		if (!setup_read(files[i], setup))
			return 2;
		setup_live(setup, false, &life);
		if (!life.broken)
			continue;
		failed++;
		printf("%s: %s at %.2f s: %s\n", files[i], promise_name(life.broken),
		       (double)life.broken_at / SEC, life.story);
	}
	printf("%d replayed, %d with a broken promise\n", n, failed);
	free(setup);
	return failed > 0;
}

static int one(const char *how, const char *what)
{
	struct setup *setup = malloc(sizeof *setup);
	struct outcome_of_life life = { .broken = PROMISE_NONE };

	if (!setup || !setup_find(what, setup))
		return 2;
	if (strcmp(how, "--show") == 0) {
		setup_write(setup, stdout);
		free(setup);
		return 0;
	}
	setup_live(setup, strcmp(how, "--tell") == 0, &life);
	if (strcmp(how, "--shrink") == 0 && life.broken) {
		setup_shrink(setup, life.broken);
		setup_live(setup, false, &life);
		write_trace(setup, &life, stdout);
	}
	free(setup);
	return life.broken != PROMISE_NONE;
}

static bool read_options(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (strcmp(argv[i], "--quiet") == 0) {
			o->is_quiet = true;
			continue;
		}
		if (!value)
			return false;
		if (strcmp(argv[i], "--seed") == 0)
			o->seed = strtoull(value, NULL, 10);
		else if (strcmp(argv[i], "--step") == 0)
			o->step = strtoull(value, NULL, 10);
		else if (strcmp(argv[i], "--lives") == 0)
			o->lives = strtoull(value, NULL, 10);
		else if (strcmp(argv[i], "--years") == 0)
			o->years = strtod(value, NULL);
		else if (strcmp(argv[i], "--traces") == 0)
			o->traces = value;
		else
			return false;
		i++;
	}
	return o->step > 0;
}

int main(int argc, char **argv)
{
	struct options o = { .seed = 1, .step = 1, .years = 1 };

	/* The same days everywhere; and C's library need not look at each date whether that holds. */
	(void)setenv("TZ", "UTC0", 1);
	if (argc > 2 && strcmp(argv[1], "--replay") == 0)
		return replay(argc - 2, argv + 2);
	if (argc == 3 && (strcmp(argv[1], "--show") == 0 || strcmp(argv[1], "--tell") == 0 ||
			  strcmp(argv[1], "--shrink") == 0))
		return one(argv[1], argv[2]);
	if (!read_options(argc, argv, &o)) {
		fprintf(stderr, "sim [--seed FROM] [--step N] [--years N | --lives N] [--traces DIR] "
				"[--quiet] | --show|--tell|--shrink SEED|FILE | --replay FILE ...\n");
		return 2;
	}
	return run(&o);
}
