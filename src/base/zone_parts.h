/*
 * zone_parts.h - a zone as it was read, between zone*.c. Offsets are seconds
 * east of UTC, instants seconds since 1970-01-01 UTC.
 */
#ifndef BASE_ZONE_PARTS_H
#define BASE_ZONE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZONE_OFFSET_MAX 93600 /* 26 h: no zone was ever further from UTC (RFC 8536 3.2) */

/* From `at` on the offset is `after`. */
struct zone_change {
	int64_t at;
	int32_t before, after;
};

enum zone_day_form {
	ZONE_DAY_JULIAN,  /* Jn: 1 to 365, without 29 February */
	ZONE_DAY_COUNTED, /* n: 0 to 365 */
	ZONE_DAY_WEEKDAY, /* Mm.w.d: the w-th weekday d of a month, 5 is the last */
};

struct zone_day {
	enum zone_day_form form;
	int day;	 /* J and n */
	int month, week; /* M */
	int weekday;	 /* M; Sunday is 0 */
	int32_t seconds; /* of the clock as it reads until then; -167 h to 167 h */
};

/* The years behind the table, as POSIX has it in TZ, with the longer times of RFC 8536 3.3.1. */
struct zone_rule {
	int32_t standard, summer;
	bool has_summer;
	struct zone_day begins, ends; /* of summer time */
};

struct zone {
	const char *name;
	int32_t first; /* before all changes */
	const struct zone_change *changes;
	size_t changes_n;
	bool has_rule;
	int64_t rule_from; /* the rule holds from here on */
	struct zone_rule rule;
};

/* False: not such a text. */
bool zone_rule_parse(const char *text, struct zone_rule *ret);
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t at);
/* The first change of the rule's behind `after`, if it has any. */
bool zone_rule_next(const struct zone_rule *rule, int64_t after, struct zone_change *ret);

#endif
