/*
 * page_head.c - everything before the verdict: <head>, the sprite of glyphs,
 * the notices of staleness, and the page's own header.
 *
 * Staleness (status-page.md 5): the one inline style names the picture that
 * only report N+1 can have written; its hash is computed here, so that the
 * policy needs no 'unsafe-inline'.
 */
#include <inttypes.h>

#include "base/buf.h"
#include "base/text.h"
#include "render/page.h"
#include "render/page_parts.h"
#include "render/sha256.h"
#include "render/speech.h"

/*
 * Longer than it takes a page to notice that no report follows it: a wall whose watcher is dead
 * says so most of the time even without script.
 */
#define KIOSK_REFRESH_S 240

/* One shape a state, besides its word; drawn once, used by name. */
static const char sprite[] =
	"  <svg class=\"sprite\" aria-hidden=\"true\">\n"
	"    <symbol id=\"up\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"8\" "
	"fill=\"currentColor\"/><path d=\"M4.4 8.3l2.5 2.5 4.7-5.3\" stroke=\"var(--bg)\" "
	"stroke-width=\"1.9\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/></symbol>\n"
	"    <symbol id=\"slow\" viewBox=\"0 0 16 16\"><path d=\"M8 .8l7.8 14H.2z\" "
	"fill=\"currentColor\"/><path d=\"M8 5.6v4.6M8 12.3v.4\" stroke=\"var(--bg)\" "
	"stroke-width=\"1.8\" stroke-linecap=\"round\"/></symbol>\n"
	"    <symbol id=\"down\" viewBox=\"0 0 16 16\"><path d=\"M0 0h16v16H0z\" "
	"fill=\"currentColor\"/><path d=\"M4.6 4.6l6.8 6.8m0-6.8l-6.8 6.8\" "
	"stroke=\"var(--bg)\" stroke-width=\"2\" stroke-linecap=\"round\"/></symbol>\n"
	"    <symbol id=\"maint\" viewBox=\"0 0 16 16\"><path d=\"M8 1l7 7-7 7-7-7z\" "
	"stroke=\"currentColor\" stroke-width=\"1.8\" stroke-linejoin=\"round\"/>"
	"<path d=\"M8 5.2v5.6M5.2 8h5.6\" stroke=\"currentColor\" stroke-width=\"1.6\"/></symbol>\n"
	"    <symbol id=\"none\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"7\" "
	"stroke=\"currentColor\" stroke-width=\"1.8\" stroke-dasharray=\"2.6 2.2\"/></symbol>\n"
	"    <symbol id=\"out\" viewBox=\"0 0 76 16\"><circle cx=\"5\" cy=\"8\" r=\"4\" "
	"stroke=\"currentColor\"/><path d=\"M9 8h58M58 3.5L63 8l-5 4.5\" stroke=\"currentColor\"/>"
	"<circle cx=\"71\" cy=\"8\" r=\"5\" fill=\"currentColor\"/></symbol>\n"
	"    <symbol id=\"in\" viewBox=\"0 0 76 16\"><circle cx=\"5\" cy=\"8\" r=\"4\" "
	"stroke=\"currentColor\"/><path d=\"M9 8h58M18 3.5L13 8l5 4.5\" stroke=\"currentColor\"/>"
	"<circle cx=\"71\" cy=\"8\" r=\"5\" fill=\"currentColor\"/></symbol>\n"
	"    <symbol id=\"out-x\" viewBox=\"0 0 76 16\"><circle cx=\"5\" cy=\"8\" r=\"4\" "
	"stroke=\"currentColor\"/><path d=\"M9 8h16\" stroke=\"currentColor\"/>"
	"<path d=\"M31 2.5l11 11m0-11l-11 11\" stroke=\"currentColor\" stroke-width=\"2.75\"/>"
	"<path d=\"M48 8h18\" stroke=\"currentColor\" stroke-dasharray=\"2 4\"/>"
	"<circle cx=\"71\" cy=\"8\" r=\"4\" stroke=\"currentColor\" "
	"stroke-dasharray=\"2 2\"/></symbol>\n"
	"    <symbol id=\"in-x\" viewBox=\"0 0 76 16\"><circle cx=\"5\" cy=\"8\" r=\"4\" "
	"stroke=\"currentColor\"/><path d=\"M10 8h16\" stroke=\"currentColor\" "
	"stroke-dasharray=\"2 4\"/><path d=\"M34 2.5l11 11m0-11l-11 11\" stroke=\"currentColor\" "
	"stroke-width=\"2.75\"/><path d=\"M51 8h15\" stroke=\"currentColor\"/>"
	"<circle cx=\"71\" cy=\"8\" r=\"4\" stroke=\"currentColor\" "
	"stroke-dasharray=\"2 2\"/></symbol>\n"
	"    <symbol id=\"out-p\" viewBox=\"0 0 76 16\"><circle cx=\"5\" cy=\"8\" r=\"4\" "
	"stroke=\"currentColor\"/><path d=\"M9 8h15M52 8h15M58 3.5L63 8l-5 4.5\" "
	"stroke=\"currentColor\"/><path d=\"M29 8h18\" stroke=\"currentColor\" "
	"stroke-dasharray=\"2 4\"/><circle cx=\"71\" cy=\"8\" r=\"5\" "
	"fill=\"currentColor\"/></symbol>\n"
	"    <symbol id=\"in-p\" viewBox=\"0 0 76 16\"><circle cx=\"5\" cy=\"8\" r=\"4\" "
	"stroke=\"currentColor\"/><path d=\"M9 8h15M52 8h15M18 3.5L13 8l5 4.5\" "
	"stroke=\"currentColor\"/><path d=\"M29 8h18\" stroke=\"currentColor\" "
	"stroke-dasharray=\"2 4\"/><circle cx=\"71\" cy=\"8\" r=\"5\" "
	"fill=\"currentColor\"/></symbol>\n"
	"    <symbol id=\"dim\" viewBox=\"0 0 76 16\"><circle cx=\"5\" cy=\"8\" r=\"4\" "
	"stroke=\"currentColor\" stroke-dasharray=\"2 2\"/><path d=\"M10 8h56\" "
	"stroke=\"currentColor\" stroke-dasharray=\"2 4\"/><circle cx=\"71\" cy=\"8\" r=\"4\" "
	"stroke=\"currentColor\" stroke-dasharray=\"2 2\"/></symbol>\n"
	"  </svg>\n";

const char *page_title(const struct model *model)
{
	const struct plan *plan = model->plan;

	return plan->page.title != NULL ? plan->page.title : plan->instance;
}

/* ---- links ---- */

const char *page_top(const struct sheet *s)
{
	return s->place->folder[0] != '\0' ? "../" : "";
}

void page_file_name(const struct model *model, const char *folder, const char *file,
		    enum language language, struct buf *to)
{
	buf_printf(to, "%s%s", folder, file);
	if (language != model->plan->language)
		buf_printf(to, ".%s", page_word(language, WORD_LANGUAGE_CODE));
	buf_puts(to, ".html");
}

void page_write_file(struct buf *to, const struct sheet *s, enum language language)
{
	page_file_name(s->model, "", s->place->file, language, to);
}

void page_write_index(struct buf *to, const struct sheet *s)
{
	page_file_name(s->model, page_top(s), "index", s->language, to);
}

void page_write_target(struct buf *to, const struct sheet *s, const struct target_plan *target)
{
	buf_puts(to, page_top(s));
	page_file_name(s->model, "t/", target->name, s->language, to);
}

void page_write_group(struct buf *to, const struct sheet *s, const char *slug)
{
	buf_puts(to, page_top(s));
	page_file_name(s->model, "g/", slug, s->language, to);
}

void page_write_history(struct buf *to, const struct sheet *s)
{
	page_file_name(s->model, page_top(s), "history", s->language, to);
}

void page_write_incident_file(struct buf *to, const struct sheet *s,
			      const struct incident *incident)
{
	buf_puts(to, page_top(s));
	page_file_name(s->model, "incidents/", incident->number, s->language, to);
}

/* Of the other languages, those that it is written in. */
static bool is_linked(const struct sheet *s, enum language language)
{
	return language != s->language && !s->place->is_kiosk &&
	       page_has_language(s->model, language);
}

/* ---- <head> ---- */

/* What the tab and a bookmark say: the state first. */
static const enum word titles[DIAGNOSIS_COUNT] = {
	[DIAGNOSIS_ISOLATED] = WORD_TITLE_ISOLATED,
	[DIAGNOSIS_STACK_DOWN] = WORD_TITLE_STACK_DOWN,
	[DIAGNOSIS_EDGE_DOWN] = WORD_TITLE_EDGE_DOWN,
	[DIAGNOSIS_BACKENDS_DOWN] = WORD_TITLE_BACKENDS_DOWN,
	[DIAGNOSIS_UNREACHABLE] = WORD_TITLE_UNREACHABLE,
	[DIAGNOSIS_DNS_FAULT] = WORD_TITLE_DNS_FAULT,
	[DIAGNOSIS_SITE_DOWN] = WORD_TITLE_SITE_ONE,
	[DIAGNOSIS_PROMETHEUS_DEAD] = WORD_TITLE_PIPELINE,
	[DIAGNOSIS_WATCHDOG_SILENCED] = WORD_TITLE_PIPELINE,
	[DIAGNOSIS_BEATS_LOST] = WORD_TITLE_PIPELINE,
	[DIAGNOSIS_LISTENER_BROKEN] = WORD_TITLE_PIPELINE,
	[DIAGNOSIS_ALERTING_DEAD] = WORD_TITLE_PIPELINE,
};

static enum word title_choose(const struct facts *facts)
{
	if (facts->finding == DIAGNOSIS_SITE_DOWN)
		return word_for(WORD_TITLE_SITE_ONE, facts->count);
	if (facts->finding != DIAGNOSIS_NONE)
		return titles[facts->finding];
	if (facts->look == LOOK_SLOW)
		return word_for(WORD_TITLE_SLOW_ONE, facts->count);
	if (facts->is_stopped)
		return WORD_TITLE_STOPPED;
	if (facts->look == LOOK_UNKNOWN)
		return WORD_TITLE_UNKNOWN;
	return facts->look == LOOK_MAINT ? WORD_TITLE_MAINT : WORD_TITLE_UP;
}

static void title_write(struct buf *to, const struct sheet *s)
{
	const struct facts *f = s->facts;
	struct buf name = BUF_INIT(LINE_MAX_BYTES);

	if (s->subject != NULL) {
		text_line(to, s->subject);
		buf_puts(to, " · ");
		text_line(to, page_title(s->model));
		return;
	}
	if (f->one != NULL)
		facts_name(&name, s->language, s->model, f->one);
	page_fill(to, s, title_choose(f),
		  HOLES(hole_own("title", buf_text(&name)), hole_number("n", f->count)));
	buf_done(&name);
	buf_puts(to, " · ");
	text_line(to, page_title(s->model));
}

static void description_write(struct buf *to, const struct sheet *s)
{
	struct buf headline = BUF_INIT(LINE_MAX_BYTES), time = BUF_INIT(256);
	const struct facts *f = s->facts;

	page_write_headline(&headline, s);
	speech_full_time(&time, s->language, s->model->now.wall);
	page_fill(to, s, WORD_DESCRIPTION,
		  HOLES(hole_own("headline", buf_text(&headline)),
			hole_number("up", f->targets.up + f->deadmen_up),
			hole_number("of", tally_of(&f->targets) + f->deadmen_of),
			hole_own("time", buf_text(&time))));
	buf_done(&headline);
	buf_done(&time);
}

/* `open` is everything before the value, which is `text` escaped. */
static void attribute_write(struct buf *to, const char *open, const struct buf *text)
{
	buf_puts(to, open);
	text_attr(to, buf_text(text));
	buf_puts(to, "\">\n");
}

static void names_of_page(const struct sheet *s)
{
	struct buf title = BUF_INIT(LINE_MAX_BYTES), description = BUF_INIT(LINE_MAX_BYTES);

	title_write(&title, s);
	if (s->place->is_over)
		title_write(&description, s);
	else
		description_write(&description, s);
	buf_puts(s->to, "  <title>");
	text_html(s->to, buf_text(&title));
	buf_puts(s->to, "</title>\n");
	attribute_write(s->to, "  <meta name=\"description\" content=\"", &description);
	attribute_write(s->to, "  <meta property=\"og:title\" content=\"", &title);
	attribute_write(s->to, "  <meta property=\"og:description\" content=\"", &description);
	buf_done(&title);
	buf_done(&description);
}

/* Does the page wait for the next report? */
static bool is_awaiting(const struct sheet *s)
{
	return !s->facts->is_stopped && !s->place->is_rare && !s->place->is_over;
}

/* The keyframe that fetches what only the next report can have written. */
static void keyframe_write(struct buf *to, const struct sheet *s)
{
	buf_printf(to, "@keyframes alive{to{content:url(%salive/%" PRIu64 ".svg)}}", page_top(s),
		   s->model->report + 1);
}

static void policy_write(const struct sheet *s, const struct buf *keyframe)
{
	char hash[SHA256_BASE64_TEXT];

	sha256_base64(buf_text(keyframe), keyframe->n, hash);
	buf_printf(s->to,
		   "  <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		   "style-src 'self' 'sha256-%s'; img-src 'self'; script-src 'self'; "
		   "base-uri 'none'; form-action 'none'\">\n",
		   hash);
}

static void metas_write(const struct sheet *s)
{
	const struct look_row *look = look_of(s->facts);

	buf_printf(s->to,
		   "  <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		   "  <meta name=\"color-scheme\" content=\"light dark\">\n"
		   "  <meta name=\"theme-color\" content=\"%s\" "
		   "media=\"(prefers-color-scheme: light)\">\n"
		   "  <meta name=\"theme-color\" content=\"%s\" "
		   "media=\"(prefers-color-scheme: dark)\">\n"
		   "  <meta name=\"referrer\" content=\"no-referrer\">\n",
		   look->light, look->dark);
	if (s->model->plan->page.is_noindex)
		buf_puts(s->to, "  <meta name=\"robots\" content=\"noindex\">\n");
	if (s->place->is_kiosk && !s->facts->is_stopped)
		buf_printf(s->to, "  <meta http-equiv=\"refresh\" content=\"%d\">\n",
			   KIOSK_REFRESH_S);
}

static void links_write(const struct sheet *s)
{
	buf_printf(s->to,
		   "  <link rel=\"icon\" type=\"image/svg+xml\" href=\"%sfavicon-%s.svg\">\n",
		   page_top(s), look_of(s->facts)->favicon);
	for (enum language l = 0; l < LANGUAGE_COUNT; l++) {
		if (!is_linked(s, l))
			continue;
		buf_printf(s->to, "  <link rel=\"alternate\" hreflang=\"%s\" href=\"",
			   page_word(l, WORD_LANGUAGE_CODE));
		page_write_file(s->to, s, l);
		buf_puts(s->to, "\">\n");
	}
	buf_puts(s->to, "  <link rel=\"alternate\" type=\"application/atom+xml\" title=\"");
	text_attr(s->to, page_title(s->model));
	buf_printf(s->to,
		   "\" href=\"%sfeed.atom\">\n  <link rel=\"stylesheet\" href=\"%s%s\">\n",
		   page_top(s), page_top(s), page_style_name());
	if (!s->facts->is_stopped && !s->place->is_over)
		buf_printf(s->to, "  <script src=\"%sfresh.js\" defer></script>\n", page_top(s));
}

static void head_write(const struct sheet *s)
{
	struct buf keyframe = BUF_INIT(128);

	if (!s->place->is_rare && !s->place->is_over)
		keyframe_write(&keyframe, s);
	buf_printf(s->to,
		   "<!DOCTYPE html>\n<html lang=\"%s\"%s>\n<head>\n  <meta charset=\"utf-8\">\n",
		   page_word(s->language, WORD_LANGUAGE_CODE),
		   s->place->is_kiosk ? " class=\"kiosk\"" : "");
	policy_write(s, &keyframe);
	metas_write(s);
	names_of_page(s);
	links_write(s);
	if (keyframe.n > 0)
		buf_printf(s->to, "  <style>%s</style>\n", buf_text(&keyframe));
	buf_puts(s->to, "</head>\n");
	buf_done(&keyframe);
}

/* ---- the top of <body> ---- */

static void skip_write(const struct sheet *s)
{
	buf_puts(s->to, "  <a class=\"skip\" href=\"#checks\">");
	page_put(s, s->place->is_record ? WORD_SKIP_HEAD : WORD_SKIP);
	buf_puts(s->to, "</a>\n");
}

static void stale_write(const struct sheet *s)
{
	if (s->place->is_over)
		return;
	buf_puts(s->to, "  <aside class=\"stale\" aria-label=\"");
	page_put(s, WORD_STALE_LABEL);
	buf_puts(s->to, "\"><p>");
	page_put(s, WORD_STALE);
	page_put(s, WORD_SPACE);
	buf_puts(s->to, "<a href=\"");
	page_write_file(s->to, s, s->language);
	buf_puts(s->to, "\">");
	page_put(s, WORD_STALE_LOAD);
	buf_puts(s->to, "</a></p></aside>\n");
	if (!is_awaiting(s))
		return; /* it says so itself, or is written when there is something to say */
	buf_puts(s->to, "  <div class=\"alive\" aria-hidden=\"true\"><p>");
	page_put(s, WORD_ALIVE);
	buf_puts(s->to, "</p></div>\n");
}

static void language_link(const struct sheet *s, enum language language)
{
	const char *code = page_word(language, WORD_LANGUAGE_CODE);

	buf_puts(s->to, "<li><a href=\"");
	page_write_file(s->to, s, language);
	buf_printf(s->to, "\" hreflang=\"%s\" lang=\"%s\">%s</a></li>", code, code,
		   page_word(language, WORD_LANGUAGE));
}

static void nav_write(const struct sheet *s)
{
	buf_puts(s->to, "      <nav aria-label=\"");
	page_put(s, WORD_NAV);
	buf_puts(s->to, "\"><ul>");
	for (enum language l = 0; l < LANGUAGE_COUNT; l++)
		if (is_linked(s, l))
			language_link(s, l);
	buf_printf(s->to, "<li><a href=\"%sfeed.atom\">Atom</a></li></ul></nav>\n", page_top(s));
}

static void header_write(const struct sheet *s)
{
	buf_puts(s->to, "  <header class=\"hero\"><div class=\"wrap top\">\n"
			"      <a class=\"site\" href=\"");
	page_write_index(s->to, s);
	buf_puts(s->to, "\">");
	text_html(s->to, page_title(s->model));
	buf_puts(s->to, "</a>\n");
	if (!s->place->is_kiosk)
		nav_write(s);
	buf_puts(s->to, "  </div></header>\n");
}

void page_head(const struct sheet *s)
{
	head_write(s);
	buf_printf(s->to, "<body class=\"%s\">\n%s",
		   s->subject ? "t-page" : look_of(s->facts)->body, sprite);
	skip_write(s);
	stale_write(s);
	header_write(s);
}
