/*
 * feed.c - see feed.h.
 *
 * Nothing in it depends on the time at which it is drawn, so that it changes
 * only when there is news. Ids are tag: URIs (RFC 4151) of the page's host: that
 * of an entry holds the incident's number, which begins with its date, and so
 * stays the same for as long as the incident is told of.
 */
#include "render/feed.h"

#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/page.h"
#include "render/page_parts.h"
#include "render/speech.h"

#define FEED_YEAR   "2026" /* of the tag: any in which the name was its owner's; never changed */
#define CONTENT_MAX (256u << 10)

/* One feed being written. */
struct feed {
	struct sheet sheet;
	const char *url; /* NULL: not known, links are relative */
};

/* ---- places ---- */

static const char *host_of(const struct feed *f, size_t *ret_n)
{
	const char *host = f->url != NULL ? strstr(f->url, "://") : NULL;

	if (host == NULL) {
		*ret_n = strlen("shorewatch.invalid");
		return "shorewatch.invalid";
	}
	*ret_n = strcspn(host + 3, "/:?#");
	return host + 3;
}

static void put_host(const struct feed *f)
{
	struct buf host = BUF_INIT(1024);
	size_t n;
	const char *from = host_of(f, &n);

	buf_add(&host, from, n);
	text_html(f->sheet.to, buf_text(&host));
	buf_done(&host);
}

static void put_link(const struct feed *f, const char *rel, const char *type, const char *folder,
		     const char *name)
{
	struct buf *to = f->sheet.to;

	buf_printf(to, "<link rel=\"%s\" type=\"%s\" href=\"", rel, type);
	if (f->url != NULL) {
		text_attr(to, f->url);
		buf_puts(to, f->url[strlen(f->url) - 1] == '/' ? "" : "/");
	}
	buf_printf(to, "%s%s\"/>\n", folder, name);
}

static void put_time(const struct feed *f, const char *element, wall_t at)
{
	buf_printf(f->sheet.to, "<%s>", element);
	calendar_print_iso(f->sheet.to, at);
	buf_printf(f->sheet.to, "</%s>\n", element);
}

/* Markup of ours, inside an element of type="html". */
static void put_markup(struct buf *to, const char *html)
{
	for (; *html != '\0'; html++)
		if (*html == '<')
			buf_puts(to, "&lt;");
		else if (*html == '>')
			buf_puts(to, "&gt;");
		else if (*html == '&')
			buf_puts(to, "&amp;");
		else
			buf_putc(to, *html);
}

/* ---- entries ---- */

static wall_t updated_at(const struct model *m, const struct incident *i)
{
	wall_t newest = i->opened.wall;

	if (wall_is_set(i->closed.wall) && i->closed.wall.us > newest.us)
		newest = i->closed.wall;
	for (unsigned n = 0; n < i->log_n; n++)
		if (i->log[n].at.us > newest.us && facts_shows_event(m, &i->log[n]))
			newest = i->log[n].at;
	return newest;
}

static void line_write(const struct feed *f, const struct incident_event *event, struct buf *line)
{
	struct incident_event told = facts_event(f->sheet.model, event);

	speech_event(line, f->sheet.language, &told, f->sheet.model->plan);
}

/* That somebody was told of it is no news to who is told here. */
static bool is_news(const struct feed *f, const struct incident_event *event)
{
	return event->kind != EVENT_MAILED && event->kind != EVENT_STILL &&
	       facts_shows_event(f->sheet.model, event);
}

/* The newest line that may be told, or nothing. */
static void summary_write(const struct feed *f, const struct incident *i)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);

	for (unsigned n = i->log_n; n-- > 0 && line.n == 0;)
		if (is_news(f, &i->log[n]))
			line_write(f, &i->log[n], &line);
	if (line.n > 0) {
		buf_puts(f->sheet.to, "    <summary>");
		text_html(f->sheet.to, buf_text(&line));
		buf_puts(f->sheet.to, "</summary>\n");
	}
	buf_done(&line);
}

static void event_write(const struct feed *f, const struct incident_event *event, struct buf *html)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);

	line_write(f, event, &line);
	buf_puts(html, "<p>");
	speech_full_time(html, f->sheet.language, event->at);
	buf_puts(html, "<br>");
	text_html(html, buf_text(&line));
	buf_puts(html, "</p>");
	buf_done(&line);
}

static void content_write(const struct feed *f, const struct incident *i)
{
	struct buf html = BUF_INIT(CONTENT_MAX);

	for (unsigned n = i->log_n; n-- > 0;)
		if (facts_shows_event(f->sheet.model, &i->log[n]))
			event_write(f, &i->log[n], &html);
	buf_puts(f->sheet.to, "    <content type=\"html\">");
	put_markup(f->sheet.to, buf_text(&html));
	buf_puts(f->sheet.to, "</content>\n");
	buf_done(&html);
}

static void id_write(const struct feed *f, const char *kind, const char *name)
{
	buf_puts(f->sheet.to, "<id>tag:");
	put_host(f);
	buf_printf(f->sheet.to, "," FEED_YEAR ":%s%s</id>\n", kind, name);
}

static void title_write(const struct feed *f, const struct incident *i)
{
	struct buf title = BUF_INIT(LINE_MAX_BYTES);

	page_write_incident(&title, &f->sheet, i);
	buf_puts(f->sheet.to, "    <title>");
	text_html(f->sheet.to, buf_text(&title));
	buf_puts(f->sheet.to, "</title>\n");
	buf_done(&title);
}

static void entry_write(const struct feed *f, const struct incident *i, bool is_open)
{
	struct buf *to = f->sheet.to;
	struct buf file = BUF_INIT(64);

	buf_printf(&file, "%s.html", i->number);
	buf_puts(to, "  <entry>\n    ");
	id_write(f, "incident/", i->number);
	title_write(f, i);
	buf_puts(to, "    ");
	put_time(f, "published", i->opened.wall);
	buf_puts(to, "    ");
	put_time(f, "updated", updated_at(f->sheet.model, i));
	buf_puts(to, "    ");
	put_link(f, "alternate", "text/html", "incidents/", buf_text(&file));
	buf_printf(to, "    <category term=\"%s\"/>\n    <category term=\"%s\"/>\n",
		   diagnosis_name(is_open ? i->finding : i->worst), is_open ? "open" : "resolved");
	summary_write(f, i);
	content_write(f, i);
	buf_puts(to, "  </entry>\n");
	buf_done(&file);
}

/* ---- the feed ---- */

/* `visit` NULL: none. The newest change of all that are told. */
static wall_t entries_walk(const struct feed *f,
			   void (*visit)(const struct feed *f, const struct incident *i,
					 bool is_open))
{
	const struct model *m = f->sheet.model;
	wall_t newest = calendar_day_start(f->sheet.facts->calendar.first);
	unsigned told = 0;

	for (size_t i = 0; i < m->incidents_n + m->past_n && told < FEED_ENTRIES_MAX; i++) {
		bool is_open = i < m->incidents_n;
		const struct incident *incident =
			is_open ? &m->incidents[i] : &m->past[i - m->incidents_n];

		if (!facts_shows_incident(m, incident))
			continue;
		told++;
		if (updated_at(m, incident).us > newest.us)
			newest = updated_at(m, incident);
		if (visit != NULL)
			visit(f, incident, is_open);
	}
	return newest;
}

static void head_write(const struct feed *f)
{
	struct buf *to = f->sheet.to;

	buf_printf(to,
		   "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		   "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n  ",
		   page_word(f->sheet.language, WORD_LANGUAGE_CODE));
	id_write(f, "feed", "");
	buf_puts(to, "  <title>");
	text_html(to, page_title(f->sheet.model));
	buf_puts(to, "</title>\n  ");
	put_time(f, "updated", entries_walk(f, NULL));
	buf_puts(to, "  <author><name>shorewatch</name></author>\n"
		     "  <generator version=\"" SHOREWATCH_VERSION "\">shorewatch</generator>\n  ");
	put_link(f, "self", "application/atom+xml", "", "feed.atom");
	buf_puts(to, "  ");
	put_link(f, "alternate", "text/html", "", f->url != NULL ? "" : "index.html");
}

void feed_draw(const struct model *model, struct buf *to)
{
	struct facts facts;
	struct feed f = { .url = model->plan->page.url };

	facts_gather(model, &facts);
	f.sheet = (struct sheet){ .model = model, .facts = &facts,
				  .language = model->plan->language, .to = to };
	head_write(&f);
	(void)entries_walk(&f, entry_write);
	buf_puts(to, "</feed>\n");
}
