/*
 * rollup.c - booking seconds to days, exactly.
 *
 * Whole seconds of wall time are booked between two instants cut down to
 * seconds, so that adjoining bookings neither lose nor double one. A step of
 * the wall clock backwards books nothing; one forwards is the caller's to
 * call unobserved.
 *
 * A day is a bit when it is whole, nothing when it is empty, and an entry of
 * the book in a short list otherwise: 90 days of a target that is mostly up
 * take some 60 bytes and 16 for each day of which there is something to tell.
 */
#include "core/rollup.h"

#include <string.h>

#include "base/calendar.h"

#define WHOLE_S 86400 /* of a day without a change of the zone's offset */

static int64_t seconds_of(wall_t t)
{
	return t.us / USEC_PER_SEC;
}

/* ---- days ---- */

static unsigned slot_of(int32_t day)
{
	return (uint32_t)day % ROLLUP_DAYS;
}

static bool is_held(const struct rollup *r, int32_t day)
{
	return r->newest != 0 && day <= r->newest && day > r->newest - ROLLUP_DAYS;
}

static bool is_whole(const struct rollup *r, unsigned slot)
{
	return (r->whole[slot / 32] >> slot % 32 & 1) != 0;
}

static void whole_set(struct rollup *r, unsigned slot, bool is_whole)
{
	uint32_t bit = UINT32_C(1) << slot % 32;

	if (is_whole)
		r->whole[slot / 32] |= bit;
	else
		r->whole[slot / 32] &= ~bit;
}

/* Where it hangs in the rollup's list; leads to 0 when there is none. The newest are in front. */
static uint32_t *odd_link(struct rollup *r, unsigned slot)
{
	uint32_t *link = &r->odd;

	while (*link != 0 && r->book->odd[*link].slot != slot)
		link = &r->book->odd[*link].next;
	return link;
}

static void odd_drop(struct rollup *r, unsigned slot)
{
	uint32_t *link = odd_link(r, slot), gone = *link;

	if (gone == 0)
		return;
	*link = r->book->odd[gone].next;
	r->book->odd[gone].next = r->book->spare;
	r->book->spare = gone;
}

static uint32_t odd_new(struct daybook *book)
{
	uint32_t at = book->spare;

	if (at == 0)
		return ++book->used;
	book->spare = book->odd[at].next;
	return at;
}

static uint32_t cut(uint32_t seconds)
{
	return seconds < DAY_S_MAX ? seconds : DAY_S_MAX;
}

static void odd_put(struct rollup *r, unsigned slot, const struct day_sums *sums)
{
	uint32_t at = *odd_link(r, slot);
	struct odd_day *odd = r->book->odd;

	if (at == 0) {
		at = odd_new(r->book);
		odd[at].next = r->odd;
		r->odd = at;
	}
	odd[at] = (struct odd_day){
		.next = odd[at].next,
		.slot = slot & 127,
		.observed_s = cut(sums->observed_s) & DAY_S_MAX,
		.down_s = cut(sums->down_s) & DAY_S_MAX,
		.slow_s = cut(sums->slow_s) & DAY_S_MAX,
		.planned_s = cut(sums->planned_s) & DAY_S_MAX,
	};
}

static void day_put(struct rollup *r, int32_t day, const struct day_sums *sums)
{
	unsigned slot = slot_of(day);
	bool is_plain = sums->down_s == 0 && sums->slow_s == 0 && sums->planned_s == 0;

	whole_set(r, slot, is_plain && sums->observed_s == WHOLE_S);
	if (is_plain && (sums->observed_s == WHOLE_S || sums->observed_s == 0))
		odd_drop(r, slot);
	else
		odd_put(r, slot, sums);
}

struct day_sums rollup_day(const struct rollup *r, int32_t day)
{
	unsigned slot = slot_of(day);

	if (!is_held(r, day))
		return (struct day_sums){ 0 };
	if (is_whole(r, slot))
		return (struct day_sums){ .observed_s = WHOLE_S };
	for (uint32_t at = r->odd; at != 0; at = r->book->odd[at].next) {
		const struct odd_day *odd = &r->book->odd[at];

		if (odd->slot == slot)
			return (struct day_sums){ odd->observed_s, odd->down_s, odd->slow_s,
						  odd->planned_s };
	}
	return (struct day_sums){ 0 };
}

/* Make `day` the newest one; days in between are empty. */
static void advance_to(struct rollup *r, int32_t day)
{
	int32_t first = r->newest + 1;

	if (r->newest == 0 || day - r->newest >= ROLLUP_DAYS)
		first = day - ROLLUP_DAYS + 1;
	for (int32_t d = first; d <= day; d++)
		day_put(r, d, &(struct day_sums){ 0 });
	if (r->newest == 0 || day > r->newest)
		r->newest = day;
}

/* ---- booking ---- */

static void add_seconds(struct day_sums *sums, uint32_t seconds, enum booking as)
{
	switch (as) {
	case BOOK_UNOBSERVED:
		return;
	case BOOK_PLANNED:
		sums->planned_s += seconds;
		return;
	case BOOK_DOWN:
		sums->down_s += seconds;
		break;
	case BOOK_SLOW:
		sums->slow_s += seconds;
		break;
	case BOOK_REFUTED:
		sums->down_s += seconds;
		return;
	case BOOK_UP:
		break;
	}
	sums->observed_s += seconds;
}

static int32_t day_at(struct daybook *book, int64_t at_s)
{
	if (at_s < book->day_from_s || at_s >= book->day_until_s) {
		book->day = calendar_day((wall_t){ at_s * USEC_PER_SEC });
		book->day_from_s = seconds_of(calendar_day_start(book->day));
		book->day_until_s = seconds_of(calendar_day_start(book->day + 1));
	}
	return book->day;
}

/* Every day between two seconds gets its share. */
static void spread(struct rollup *r, int64_t from, int64_t to, enum booking as)
{
	while (from < to) {
		int32_t day = day_at(r->book, from);
		int64_t end = r->book->day_until_s < to ? r->book->day_until_s : to;

		if (!is_held(r, day))
			advance_to(r, day);
		if (is_held(r, day)) {
			struct day_sums sums = rollup_day(r, day);

			add_seconds(&sums, (uint32_t)(end - from), as);
			day_put(r, day, &sums);
		}
		from = end;
	}
}

void rollup_refute(struct rollup *r, wall_t from)
{
	if (!wall_is_set(r->up_from))
		return;
	if (from.us < r->up_from.us)
		from = r->up_from;
	/* It was observed before as well: only what was seen turns around. */
	spread(r, seconds_of(from), seconds_of(r->settled), BOOK_REFUTED);
	r->up_from = (wall_t){ 0 };
}

void rollup_book(struct rollup *r, wall_t until, enum booking as)
{
	int64_t from = seconds_of(r->settled), to = seconds_of(until);

	if (!wall_is_set(r->settled)) {
		r->settled = until;
		return;
	}
	if (to - from > (int64_t)ROLLUP_DAYS * 86400)
		/* nothing older than the page shows, and no endless loop after a clock step */
		from = to;
	if (as != BOOK_UP)
		r->up_from = (wall_t){ 0 };
	else if (!wall_is_set(r->up_from))
		r->up_from = r->settled;
	spread(r, from, to, as);
	if (to > seconds_of(r->settled))
		r->settled = until;
}

void rollup_restore(struct rollup *r, int32_t day, const struct day_sums *sums)
{
	if (!is_held(r, day))
		advance_to(r, day);
	if (is_held(r, day))
		day_put(r, day, sums);
}

void rollup_init(struct rollup *r, struct daybook *book)
{
	*r = (struct rollup){ .book = book };
}

void rollup_copy(struct rollup *r, const struct rollup *from)
{
	r->settled = from->settled;
	r->up_from = from->up_from;
	r->newest = from->newest;
	for (int32_t day = from->newest - ROLLUP_DAYS + 1; day <= from->newest; day++) {
		struct day_sums sums = rollup_day(from, day);

		day_put(r, day, &sums);
	}
}

/* ---- sums ---- */

struct day_sums rollup_window(const struct rollup *r, int32_t today, unsigned days)
{
	struct day_sums sums = { 0 };

	for (int32_t day = today - (int32_t)days + 1; day <= today; day++) {
		struct day_sums one = rollup_day(r, day);

		sums.observed_s += one.observed_s;
		sums.down_s += one.down_s;
		sums.slow_s += one.slow_s;
		sums.planned_s += one.planned_s;
	}
	return sums;
}

int rollup_share(uint64_t observed_s, uint64_t down_s)
{
	uint64_t up = observed_s > down_s ? observed_s - down_s : 0;

	if (observed_s == 0)
		return -1;
	if (up > 0 && up * 100000 < observed_s)
		return 1;
	return (int)(up * 100000 / observed_s);
}

int rollup_uptime(const struct day_sums *sums)
{
	return rollup_share(sums->observed_s, sums->down_s);
}
