/*
 * page_planned.c - planned work under way, and of the next 14 days (status-page.md 2.5).
 */
#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/page_parts.h"
#include "render/page_quiet.h"
#include "render/speech.h"

#define WINDOWS_SHOWN 10

/* "Sun 29 Nov 2026, 02:00"; on `day` the time is enough. */
static void moment_write(struct buf *to, const struct sheet *s, wall_t at, int32_t day)
{
	struct buf date = BUF_INIT(128), time = BUF_INIT(64);

	calendar_print_minute(&time, at);
	speech_full_date(&date, s->language, calendar_day(at));
	if (calendar_day(at) == day)
		buf_puts(to, buf_text(&time));
	else
		page_fill(
			to, s, WORD_OTHER_DAY,
			HOLES(hole_own("day", buf_text(&date)), hole_own("time", buf_text(&time))));
	buf_done(&date);
	buf_done(&time);
}

static void time_write(const struct sheet *s, wall_t at, int32_t day, bool has_zone)
{
	struct buf moment = BUF_INIT(256);

	moment_write(&moment, s, at, day);
	if (has_zone) {
		buf_putc(&moment, ' ');
		calendar_print_zone(&moment, at);
	}
	buf_puts(s->to, "<time datetime=\"");
	calendar_print_iso(s->to, at);
	buf_puts(s->to, "\">");
	text_html(s->to, buf_text(&moment));
	buf_puts(s->to, "</time>");
	buf_done(&moment);
}

/* With the first half of its pair, whose name means both. */
static bool is_told(const struct sheet *s, const struct window_view *view, size_t subject)
{
	const struct plan *plan = s->model->plan;

	return subject < plan->targets_n && target_is_second(plan, (uint32_t)subject) &&
	       quiet_window_covers(s->model, view->plan, target_twin(plan, (uint32_t)subject));
}

static void names_of_window(const struct sheet *s, const struct window_view *view, struct buf *to)
{
	size_t n = s->model->plan->targets_n + s->model->plan->watchdogs_n;
	struct names names = { .to = to, .sheet = s };
	struct buf name = BUF_INIT(LINE_MAX_BYTES);

	for (size_t i = 0; i < n; i++) {
		if (!quiet_is_public(s->model, i) ||
		    !quiet_window_covers(s->model, view->plan, i) || is_told(s, view, i))
			continue;
		buf_clear(&name);
		quiet_write_name(&name, s, i);
		names_add(&names, buf_text(&name));
	}
	names_end(&names);
	buf_done(&name);
}

static void window_write(const struct sheet *s, const struct window_view *view)
{
	struct buf names = BUF_INIT(LINE_MAX_BYTES);

	names_of_window(s, view, &names);
	buf_puts(s->to, "      <li class=\"plan\"><h3>");
	text_html(s->to, view->plan->title);
	buf_puts(s->to, "</h3><p>");
	time_write(s, view->span.from, calendar_day(s->model->now.wall), false);
	buf_puts(s->to, "–");
	time_write(s, view->span.until, calendar_day(view->span.from), true);
	if (view->is_active) {
		buf_puts(s->to, " <b>");
		page_put(s, WORD_PLAN_NOW);
		buf_puts(s->to, "</b>");
	}
	buf_puts(s->to, "</p><p>");
	page_say(s, WORD_PLAN_OF, HOLES(hole_own("names", buf_text(&names))));
	buf_puts(s->to, "</p></li>\n");
	buf_done(&names);
}

static void more_write(const struct sheet *s, unsigned more)
{
	if (more == 0)
		return;
	buf_puts(s->to, "    <p class=\"more\">");
	page_say(s, WORD_UNUSUAL_MORE, HOLES(hole_number("n", more)));
	buf_puts(s->to, "</p>\n");
}

static unsigned windows_count(const struct model *model)
{
	unsigned n = 0;

	for (size_t i = 0; i < model->windows_n; i++)
		n += quiet_shows_window(model, &model->windows[i]);
	return n;
}

void page_planned(const struct sheet *s)
{
	unsigned n = windows_count(s->model), shown = 0;

	if (n == 0)
		return;
	buf_puts(s->to,
		 "  <section aria-labelledby=\"s-plan\">\n    <h2 id=\"s-plan\">"
		 "<svg class=\"g maint\" aria-hidden=\"true\"><use href=\"#maint\"/></svg> ");
	page_put(s, WORD_PLAN);
	buf_puts(s->to, "</h2>\n    <ul class=\"plans\">\n");
	for (size_t i = 0; i < s->model->windows_n && shown < WINDOWS_SHOWN; i++) {
		if (!quiet_shows_window(s->model, &s->model->windows[i]))
			continue;
		window_write(s, &s->model->windows[i]);
		shown++;
	}
	buf_puts(s->to, "    </ul>\n");
	more_write(s, n - shown);
	buf_puts(s->to, "  </section>\n");
}
