/*
 * times.c - any line as crontab's fields, as days of the week and as an
 * instant: what was understood has a start, and what was not says why.
 */
#include "fuzz.h"

#include "base/recurrence.h"
#include "conf/times.h"

static void check_recurrence(const struct recurrence *r)
{
	int first = recurrence_minute_from(r, 0);
	int last = recurrence_minute_until(r, MINUTES_PER_DAY - 1);

	PROMISE(r->minutes != 0 && r->minutes >> 60 == 0);
	PROMISE(r->hours != 0 && r->hours >> 24 == 0);
	PROMISE(r->days != 0 && (r->days & 1) == 0);
	PROMISE(r->months != 0 && (r->months & 1) == 0 && r->months >> 13 == 0);
	PROMISE(r->weekdays != 0 && r->weekdays >> 7 == 0);
	PROMISE(recurrence_ever_comes(r));
	PROMISE(first >= 0 && first <= last && last < MINUTES_PER_DAY);
	PROMISE(recurrence_minute_from(r, last) == last);
	PROMISE(recurrence_minute_from(r, last + 1) < 0);
	PROMISE(recurrence_minute_until(r, first) == first);
}

static void check_fault(const char *fault)
{
	size_t n = strnlen(fault, TIMES_FAULT_MAX);

	PROMISE(n > 0 && n < TIMES_FAULT_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, 1);
	char fault[TIMES_FAULT_MAX] = "";
	struct recurrence r;
	struct moment moment;
	uint32_t ends = UINT32_MAX;

	if (times_cron(text, &r, fault))
		check_recurrence(&r);
	else
		check_fault(fault);
	if (times_weekly(text, &r, &ends, fault)) {
		check_recurrence(&r);
		PROMISE(ends < MINUTES_PER_DAY);
		PROMISE(recurrence_minute_from(&r, 0) == recurrence_minute_until(&r, 1439));
	} else {
		check_fault(fault);
	}
	if (times_moment(text, &moment, fault))
		PROMISE(moment.reading.seconds >= 0 && moment.reading.seconds < 86400);
	else
		check_fault(fault);
	free(text);
	return 0;
}
