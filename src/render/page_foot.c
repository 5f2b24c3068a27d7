/*
 * page_foot.c - the foot: key to the bars, how the numbers are made, the zone
 * all times are in, and what there is for machines.
 */
#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/page.h"
#include "render/page_parts.h"

static const struct key {
	const char *picture;
	enum word word;
} keys[] = {
	{ "<path class=\"bu\" d=\"M7 10v26\"/>", WORD_KEY_UP },
	{ "<path class=\"bs\" d=\"M7 5v9\"/><path class=\"bu\" d=\"M7 16v20\"/>", WORD_KEY_SLOW },
	{ "<path class=\"bd\" d=\"M7 0v19\"/><path class=\"bu\" d=\"M7 21v15\"/>", WORD_KEY_DOWN },
	{ "<path class=\"bm\" d=\"M4.75 10.75h4.5v10.5h-4.5z\"/>"
	  "<path class=\"bu\" d=\"M7 24v12\"/>", WORD_KEY_PLANNED },
	{ "<path class=\"bu\" d=\"M7 10v15\"/><path class=\"bn\" d=\"M7 28v8\"/>",
	  WORD_KEY_UNOBSERVED },
};

static void key_write(const struct sheet *s)
{
	buf_puts(s->to, "      <h2>");
	page_put(s, WORD_KEY);
	buf_puts(s->to, "</h2>\n      <ul class=\"key\">\n");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		buf_printf(s->to,
			   "        <li><svg viewBox=\"0 0 14 36\" aria-hidden=\"true\">%s</svg>",
			   keys[i].picture);
		page_put(s, keys[i].word);
		buf_puts(s->to, "</li>\n");
	}
	buf_puts(s->to, "      </ul>\n");
}

static void fine_say(const struct sheet *s, enum word word, const struct hole *holes)
{
	buf_puts(s->to, "        <p>");
	page_say(s, word, holes);
	buf_puts(s->to, "</p>\n");
}

/* How the bars are made. */
static void numbers_say(const struct sheet *s)
{
	fine_say(s, WORD_FINE_BARS, HOLES(hole_zone("zone", s->model->now.wall)));
	if (s->facts->targets.all > TARGETS_BY_NAME)
		fine_say(s, WORD_FINE_GROUPS, NO_HOLES);
	fine_say(s, WORD_FINE_SLOW, NO_HOLES);
}

/* What is over has no next report. */
static void fine_write(const struct sheet *s)
{
	wall_t now = s->model->now.wall;
	struct buf offset = BUF_INIT(64);

	calendar_print_offset(&offset, now);
	buf_puts(s->to, "      <div class=\"fine\">\n");
	if (!s->place->is_record)
		numbers_say(s);
	fine_say(s, s->place->is_over ? WORD_FINE_ZONE : WORD_FINE_TIMES,
		 HOLES(hole_zone("zone", now), hole_own("offset", buf_text(&offset)),
		       hole_number("n", (s->place->is_rare ? RARE_PERIOD : REPORT_PERIOD) /
					      USEC_PER_SEC)));
	buf_puts(s->to, "      </div>\n");
	buf_done(&offset);
}

static const struct link {
	const char *file, *name;
} links[] = {
	{ "status.json", "status.json" },
	{ "api/v2/summary.json", "summary.json" },
	{ "feed.atom", "Atom" },
	{ "badge.svg", "badge.svg" },
};

static void links_write(const struct sheet *s)
{
	buf_puts(s->to, "      <ul class=\"links\">");
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		buf_printf(s->to, "<li><a href=\"%s%s\">%s</a></li>", page_top(s), links[i].file,
			   links[i].name);
	buf_puts(s->to, "<li>");
	page_say(s, WORD_WRITTEN_BY, HOLES(hole_own("version", SHOREWATCH_VERSION)));
	buf_puts(s->to, "</li></ul>\n");
}

void page_foot(const struct sheet *s)
{
	buf_puts(s->to, "  <footer>\n    <div class=\"wrap\">\n");
	if (!s->place->is_record)
		key_write(s);
	fine_write(s);
	if (!s->place->is_kiosk)
		links_write(s);
	buf_puts(s->to, "    </div>\n  </footer>\n</body>\n</html>\n");
}
