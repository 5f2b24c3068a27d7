/*
 * agenda.c - see agenda.h. Times are those of each window's own clock, which is
 * named beside them.
 */
#include "app/agenda.h"

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "base/words.h"
#include "base/zone.h"
#include "core/window.h"

#define SPAN_TEXT_MAX 32

/* "Sun 2026-11-29", "02:00" */
static void put_day(struct buf *to, struct reading r)
{
	static const char *const names[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

	buf_printf(to, "%s ", names[calendar_date(r.day).weekday]);
	calendar_print_date(to, r.day);
}

static void put_clock(struct buf *to, struct reading r)
{
	buf_printf(to, "%02d:%02d", r.seconds / 3600, r.seconds / 60 % 60);
}

static void put_moment(struct buf *to, struct reading r)
{
	put_day(to, r);
	buf_putc(to, ' ');
	put_clock(to, r);
}

/* As people count: two days are "2 days", thirty hours are "30 hours". */
static void put_wait(struct buf *to, usec_t wait)
{
	static const struct {
		usec_t unit;
		const char *name;
	} units[] = { { USEC_PER_DAY, "days" }, { USEC_PER_HOUR, "hours" } };

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (wait >= 2 * units[i].unit) {
			buf_printf(to, "in %lld %s", (long long)(wait / units[i].unit),
				   units[i].name);
			return;
		}
	}
	buf_printf(to, "in %lld minutes", (long long)(wait / USEC_PER_MIN));
}

static void put_length(struct buf *to, const struct span *span)
{
	char text[SPAN_TEXT_MAX];

	words_print_duration(wall_span(span->from, span->until), text, sizeof text);
	buf_printf(to, " (%s)", text);
}

static void put_zone(struct buf *to, const struct plan *plan, const struct window_plan *w)
{
	buf_puts(to, ", by the clock of ");
	text_line(to, w->zone != NULL ? zone_name(w->zone) : plan->timezone);
}

static void put_span(struct buf *to, const struct window_plan *w, const struct span *span,
		     wall_t now)
{
	struct reading from = zone_reading(w->zone, span->from);
	struct reading until = zone_reading(w->zone, span->until);

	if (span_has(span, now)) {
		buf_puts(to, "under way until ");
		put_moment(to, until);
		return;
	}
	put_moment(to, from);
	buf_puts(to, " to ");
	if (until.day == from.day)
		put_clock(to, until);
	else
		put_moment(to, until);
	put_length(to, span);
	buf_puts(to, ", ");
	put_wait(to, wall_span(now, span->from));
}

static void put_window(const struct plan *plan, const struct window_plan *w, wall_t now,
		       struct buf *to)
{
	struct span span = window_span(w, now);
	bool is_once = wall_is_set(w->until);

	buf_printf(to, "  %s \"", w->name);
	text_line(to, w->title);
	buf_puts(to, "\" of");
	for (size_t i = 0; i < w->scope.n; i++) {
		buf_puts(to, i > 0 ? ", " : " ");
		text_line(to, w->scope.v[i]);
	}
	buf_puts(to, is_once ? "\n    once: " : "\n    next: ");
	if (wall_is_set(span.until)) {
		put_span(to, w, &span, now);
		put_zone(to, plan, w);
	} else {
		buf_puts(to, is_once ? "over" : "not within 400 days");
	}
	buf_putc(to, '\n');
}

void agenda_print(const struct plan *plan, wall_t now, struct buf *to)
{
	if (plan->windows_n > 0)
		buf_puts(to, "\nplanned work\n");
	for (size_t i = 0; i < plan->windows_n; i++)
		put_window(plan, &plan->windows[i], now, to);
}
