/*
 * past_fixture.h - a day of one check: quick by night, slow for half an hour
 * with two failures in it, and one quarter hour in which nothing ran.
 */
#ifndef TEST_PAST_FIXTURE_H
#define TEST_PAST_FIXTURE_H

#include "render/target.h"

#define PAST_GAP  20 /* the quarter without a run */
#define PAST_SLOW 60

static inline struct target_quarter past_quarter(unsigned i)
{
	usec_t median = (120 + (i * 7) % 41) * USEC_PER_MS;

	if (i == PAST_GAP)
		return (struct target_quarter){ 0 };
	if (i == PAST_SLOW || i == PAST_SLOW + 1)
		return (struct target_quarter){ .passes = 28, .failures = 1,
						.median = 900 * USEC_PER_MS,
						.p95 = 3900 * USEC_PER_MS };
	return (struct target_quarter){ .passes = 30, .median = median,
					.p95 = median * (2 + i % 3) };
}

static inline struct target_past past_make(wall_t now)
{
	struct target_past past = {
		.last_day = { .observed_s = 86340, .slow_s = 1110 },
		.ends = { (now.us / (15 * USEC_PER_MIN) + 1) * (15 * USEC_PER_MIN) },
		.passes = 2846,
		.failures = 2,
		.median = 142 * USEC_PER_MS,
		.p95 = 312 * USEC_PER_MS,
		.checks_n = 6,
	};

	for (unsigned i = 0; i < TARGET_QUARTERS; i++)
		past.quarters[i] = past_quarter(i);
	for (unsigned i = 0; i < past.checks_n; i++)
		past.checks[i] = (struct target_check){
			.started = { now.us - (usec_t)(10 + 30 * i) * USEC_PER_SEC },
			.total_us = (151 + 7 * i) * USEC_PER_MS,
			.outcome = { PHASE_BODY, CAUSE_PASS } };
	past.checks[5].outcome = (struct outcome){ PHASE_BODY, CAUSE_STATUS };
	past.checks[5].code = 504;
	return past;
}

#endif
