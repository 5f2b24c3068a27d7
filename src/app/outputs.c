/*
 * outputs.c - see outputs.h.
 *
 * Heuristic: a file with a stamp is drawn again when what it shows changes, and
 * once an hour all the same, each at its own minute: whoever emptied the folder
 * gets the whole page back within an hour, at no cost worth naming.
 */
#include "app/outputs.h"

#include "app/outputs_parts.h"
#include "base/buf.h"
#include "render/badge.h"
#include "render/feed.h"
#include "render/page.h"
#include "render/summary.h"


#define AGAIN_AFTER USEC_PER_HOUR

/* ---- stamps ---- */

uint64_t stamp_mix(uint64_t stamp, uint64_t number)
{
	for (unsigned i = 0; i < 8; i++)
		stamp = (stamp ^ (number >> (8 * i) & 0xff)) * UINT64_C(1099511628211);
	return stamp;
}

uint64_t stamp_text(uint64_t stamp, const char *text)
{
	for (; text && *text != '\0'; text++)
		stamp = (stamp ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return stamp_mix(stamp, 0); /* where it ends: "ab" "c" is not "a" "bc" */
}

uint64_t stamp_slot(wall_t now, size_t which, size_t count, usec_t period)
{
	usec_t ahead = count > 0 ? period / (usec_t)count * (usec_t)which : 0;

	return (uint64_t)((now.us + ahead) / period);
}

/* ---- the page ---- */

static void style_name(const struct sources *from, size_t which, struct buf *to)
{
	(void)from;
	(void)which;
	buf_puts(to, page_style_name());
}

static void style_draw(const struct sources *from, size_t which, struct buf *to)
{
	(void)from;
	(void)which;
	buf_add(to, style_css, style_css_bytes);
}

static const char *const favicons[] = { "up", "slow", "down", "maint", "unknown" };

static size_t favicon_count(const struct sources *from)
{
	(void)from;
	return sizeof favicons / sizeof favicons[0];
}

static void favicon_name(const struct sources *from, size_t which, struct buf *to)
{
	(void)from;
	buf_printf(to, "favicon-%s.svg", favicons[which]);
}

static void favicon_draw(const struct sources *from, size_t which, struct buf *to)
{
	(void)from;
	page_favicon(favicons[which], to);
}

static size_t language_count(const struct sources *from)
{
	(void)from;
	return LANGUAGE_COUNT;
}

static void script_name(const struct sources *from, size_t which, struct buf *to)
{
	(void)from;
	(void)which;
	buf_puts(to, "fresh.js");
}

static void script_draw(const struct sources *from, size_t which, struct buf *to)
{
	(void)from;
	(void)which;
	buf_add(to, fresh_js, fresh_js_bytes);
}

enum language output_language(const struct sources *from, size_t which)
{
	return (enum language)((from->model->plan->language + which) % LANGUAGE_COUNT);
}

static void index_name(const struct sources *from, size_t which, struct buf *to)
{
	if (page_has_language(from->model, output_language(from, which)))
		page_file_name(from->model, "", "index", output_language(from, which), to);
}

static void index_draw(const struct sources *from, size_t which, struct buf *to)
{
	page_index(from->model, output_language(from, which), to);
}

static void kiosk_name(const struct sources *from, size_t which, struct buf *to)
{
	(void)which;
	if (from->model->plan->page.has_kiosk)
		buf_puts(to, "kiosk.html");
}

static void kiosk_draw(const struct sources *from, size_t which, struct buf *to)
{
	(void)which;
	page_kiosk(from->model, to);
}

/* ---- for machines ---- */

static void status_name(const struct sources *from, size_t which, struct buf *to)
{
	(void)from;
	(void)which;
	buf_puts(to, "status.json");
}

static void status_pour(const struct sources *from, size_t which, struct buf *part,
			const struct page_drain *drain)
{
	(void)which;
	page_status_json_drained(from->model, part, drain);
}

static size_t summary_count(const struct sources *from)
{
	(void)from;
	return SUMMARY_PARTS;
}

static void summary_file(const struct sources *from, size_t which, struct buf *to)
{
	(void)from;
	buf_puts(to, summary_name((enum summary_part)which));
}

static void summary_pour(const struct sources *from, size_t which, struct buf *part,
			 const struct page_drain *drain)
{
	summary_draw(from->model, (enum summary_part)which, part, drain);
}

static void feed_name(const struct sources *from, size_t which, struct buf *to)
{
	(void)from;
	(void)which;
	buf_puts(to, "feed.atom");
}

static void feed_part_draw(const struct sources *from, size_t which, struct buf *to)
{
	(void)which;
	feed_draw(from->model, to);
}

/* ---- badges ---- */

/* The whole page's, then each target's. */
static size_t badge_count(const struct sources *from)
{
	return 1 + from->model->plan->targets_n;
}

static size_t badge_of(size_t which)
{
	return which == 0 ? BADGE_OF_ALL : which - 1;
}

static void badge_name(const struct sources *from, size_t which, const char *ending,
		       struct buf *to)
{
	if (which == 0)
		buf_printf(to, "badge.%s", ending);
	else if (!from->model->plan->targets[which - 1].is_hidden)
		buf_printf(to, "badge/%s.%s", from->model->plan->targets[which - 1].name, ending);
}

static uint64_t badge_stamp(const struct sources *from, size_t which)
{
	struct buf label = BUF_INIT(1024);
	const char *message;
	uint64_t stamp = STAMP_BEGIN;

	badge_words(from->model, badge_of(which), &label, &message);
	stamp = stamp_text(stamp_text(stamp, buf_text(&label)), message);
	buf_done(&label);
	return stamp_mix(stamp, stamp_slot(from->model->now.wall, which, badge_count(from),
					   AGAIN_AFTER));
}

static void badge_svg_name(const struct sources *from, size_t which, struct buf *to)
{
	badge_name(from, which, "svg", to);
}

static void badge_svg_draw(const struct sources *from, size_t which, struct buf *to)
{
	badge_svg(from->model, badge_of(which), to);
}

static void badge_json_name(const struct sources *from, size_t which, struct buf *to)
{
	badge_name(from, which, "json", to);
}

static void badge_json_draw(const struct sources *from, size_t which, struct buf *to)
{
	badge_json(from->model, badge_of(which), to);
}

/* ---- the table ---- */

const struct output outputs[] = {
	{ .kind = "style", .name = style_name, .draw = style_draw },
	{ .kind = "favicon", .count = favicon_count, .name = favicon_name, .draw = favicon_draw },
	{ .kind = "script", .name = script_name, .draw = script_draw },
	{ .kind = "target", .count = target_page_count, .name = target_page_name,
	  .draw = target_page_draw, .stamp = target_page_stamp, .is_light = true },
	{ .kind = "group", .count = group_page_count, .name = group_page_name,
	  .draw = group_page_draw, .stamp = group_page_stamp, .is_light = true },
	{ .kind = "incident", .count = incident_page_count, .name = incident_page_name,
	  .draw = incident_page_draw, .stamp = incident_page_stamp, .is_light = true },
	{ .kind = "history", .count = history_page_count, .name = history_page_name,
	  .draw = history_page_draw, .stamp = history_page_stamp },
	{ .kind = "index", .count = language_count, .name = index_name, .draw = index_draw },
	{ .kind = "kiosk", .name = kiosk_name, .draw = kiosk_draw },
	{ .kind = "status", .name = status_name, .pour = status_pour },
	{ .kind = "summary", .count = summary_count, .name = summary_file, .pour = summary_pour,
	  .is_light = true },
	{ .kind = "feed", .name = feed_name, .draw = feed_part_draw, .is_light = true },
	{ .kind = "badge", .count = badge_count, .name = badge_svg_name, .draw = badge_svg_draw,
	  .stamp = badge_stamp, .is_light = true },
	{ .kind = "shield", .count = badge_count, .name = badge_json_name,
	  .draw = badge_json_draw, .stamp = badge_stamp, .is_light = true },
};

const size_t outputs_n = sizeof outputs / sizeof outputs[0];

const char *const output_folders[] = { "t", "g", "incidents", "badge" };
const size_t output_folders_n = sizeof output_folders / sizeof output_folders[0];

const char *const output_changing[] = { "index.en.html", "index.ja.html", "history.html",
					"history.en.html", "history.ja.html", "kiosk.html" };
const size_t output_changing_n = sizeof output_changing / sizeof output_changing[0];

size_t output_count(const struct output *output, const struct sources *from)
{
	return output->count ? output->count(from) : 1;
}
