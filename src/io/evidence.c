/*
 * evidence.c - of which failures evidence is kept.
 *
 * Values: the first three of an outage, because that many make a verdict by
 * default; later ones say the same, and one an hour shows that they still do.
 * All together 1500 an hour, some megabytes: when everything fails at once,
 * the evidence of the first hundreds is enough to believe it.
 */
#include "io/evidence.h"

#include <stdlib.h>

#define FIRST_ONES    3
#define SPACING	      (60 * USEC_PER_MIN)
#define TOGETHER_MAX  1500
#define STREAK_MAX    UINT16_MAX
#define ROOM_STEP     64

/* Of one target. */
struct streak {
	uint16_t n;	   /* runs that failed in a row */
	uint32_t kept_min; /* minute of the boot clock in which evidence was kept last */
};

static uint32_t minute_of(mono_t at)
{
	return (uint32_t)(at.us / USEC_PER_MIN);
}

/* NULL: no memory. */
static struct streak *streak_take(struct keeper *keeper, uint32_t target)
{
	size_t room = (target / ROOM_STEP + 1) * (size_t)ROOM_STEP;
	struct streak *streaks;

	if (target < keeper->n)
		return &keeper->streaks[target];
	streaks = reallocarray(keeper->streaks, room, sizeof(streaks[0]));
	if (streaks == NULL)
		return NULL;
	for (size_t i = keeper->n; i < room; i++)
		streaks[i] = (struct streak){ .n = 0 };
	keeper->streaks = streaks;
	keeper->n = room;
	return &streaks[target];
}

void keeper_done(struct keeper *keeper)
{
	free(keeper->streaks);
	*keeper = (struct keeper){ .n = 0 };
}

unsigned keeper_streak(const struct keeper *keeper, uint32_t target)
{
	return target < keeper->n ? keeper->streaks[target].n : 0;
}

static bool is_full(const struct keeper *keeper, mono_t now)
{
	return keeper->kept >= TOGETHER_MAX && mono_span(keeper->hour, now) < SPACING;
}

bool keeper_wants(const struct keeper *keeper, uint32_t target, mono_t now)
{
	if (is_full(keeper, now))
		return false;
	return keeper_streak(keeper, target) < FIRST_ONES ||
	       minute_of(now) - keeper->streaks[target].kept_min >= SPACING / USEC_PER_MIN;
}

static void kept_count(struct keeper *keeper, struct streak *streak, mono_t now)
{
	if (mono_span(keeper->hour, now) >= SPACING) {
		keeper->hour = now;
		keeper->kept = 0;
	}
	keeper->kept++;
	streak->kept_min = minute_of(now);
}

bool keeper_take(struct keeper *keeper, const struct observation *seen,
		 const struct evidence *evidence)
{
	bool has_passed = seen->outcome.cause == CAUSE_PASS;
	bool is_wanted = keeper_wants(keeper, seen->target, seen->started.mono);
	struct streak *streak;

	/* What is our own fault neither proves anything nor ends an outage. */
	if (!has_passed && outcome_fault(seen->outcome) != FAULT_TARGET)
		return false;
	streak = streak_take(keeper, seen->target);
	if (streak == NULL)
		return false;
	streak->n = has_passed ? 0 : (uint16_t)(streak->n + (streak->n < STREAK_MAX));
	if (has_passed || !is_wanted || evidence == NULL)
		return false;
	kept_count(keeper, streak, seen->started.mono);
	return true;
}
