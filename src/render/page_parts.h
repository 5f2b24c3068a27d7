/*
 * page_parts.h - the sections of the page, and what they share.
 *
 * Internal to render. A section writes its HTML to the sheet, or nothing at
 * all when it has no content: never an empty box.
 */
#ifndef RENDER_PAGE_PARTS_H
#define RENDER_PAGE_PARTS_H

#include "render/page_facts.h"
#include "render/page_words.h"
#include "render/sentence.h"

struct buf;

#define LINE_MAX_BYTES 8192 /* a sentence with every hole filled */
#define TARGETS_BY_NAME 100 /* status-page.md 8: beyond, a group is one row */

/* Which of the page's files it is. */
struct place {
	const char *folder; /* "" for those beside index.html, else with its slash: "t/" */
	const char *file;   /* "index", "blog": without language and ending; links are made of it */
	bool is_kiosk;	    /* for a screen on the wall: loads itself again, leads nowhere */
	bool is_rare;	    /* not written with every report: its picture would be another's */
	bool is_record;	    /* of incidents: no bars, whose key would be needed */
	bool is_over;	    /* what it tells is over: it does not age, and says nothing of now */
	wall_t day;	    /* whose times are told without a date; unset: today */
};

/* One page being written. */
struct sheet {
	const struct model *model;
	const struct facts *facts;
	enum language language;
	struct buf *to;
	const struct place *place; /* NULL: none of the page's files */
	const char *subject; /* plain text: what it is about, for the tab; NULL: the state of all */
};

/* ---- the sections, in their order (status-page.md 2) ---- */
void page_head(const struct sheet *s);
void page_verdict(const struct sheet *s);
void page_sight(const struct sheet *s);
void page_log(const struct sheet *s);
void page_planned(const struct sheet *s);
void page_targets(const struct sheet *s);
void page_past(const struct sheet *s);
void page_foot(const struct sheet *s);

/* ---- parts of sections ---- */
/* The checks when they are too many to have a row each. */
void page_many(const struct sheet *s);
/* The reason below the headline, a paragraph. */
void page_lede(const struct sheet *s);
/* The headline as plain text; that of one stack, whose finding is not NONE. */
void page_write_headline(struct buf *to, const struct sheet *s);
void page_write_stack_headline(struct buf *to, const struct sheet *s, size_t stack);
/* A stack's name for people, as plain text. */
void page_write_stack(struct buf *to, const struct sheet *s, size_t stack);
/* What an incident is called, open or past, as plain text: "Whole stack down", "Blog down". */
void page_write_incident(struct buf *to, const struct sheet *s, const struct incident *incident);
/* An incident's log, newest first: what of it may be told, if there is anything. */
bool page_has_events(const struct model *m, const struct incident_event *events, size_t n);
void page_events(const struct sheet *s, const struct incident_event *events, size_t n);
/* What an open one's next mail depends on, besides what happens: somebody is on it. */
void page_standing(const struct sheet *s, const struct incident *incident);
/* A line of a list of past incidents: when, what, whom, how long. */
void page_past_row(const struct sheet *s, const struct incident *incident);
/* "Reported ..., Next due ...": when this was written, and when it will be again. */
void page_reported(const struct sheet *s);
/* What a day was that is not plain, as plain text: "down 58 s, slow 2 min". */
void page_write_day(struct buf *to, const struct sheet *s, const struct page_day *day);
/* The 90 day bars of a row and the line below them; `title` is plain text. */
void page_bars(const struct sheet *s, const char *title, const struct rollup *rollup);
/* The same of days that were read already, also of a mean. */
void page_window_draw(const struct sheet *s, const char *title, const struct page_window *window);
/* "99.905 %", "100 %", "–": from rollup_uptime(). */
void page_write_percent(struct buf *to, int uptime);
/* Links from here: to the folder of index.html ("" or "../"), and to a file as written there. */
const char *page_top(const struct sheet *s);
/* To this page in another language; the default one has no language in its name. */
void page_write_file(struct buf *to, const struct sheet *s, enum language language);
/* To a target's own page in the sheet's language. */
void page_write_target(struct buf *to, const struct sheet *s, const struct target_plan *target);
/* To index.html in the sheet's language. */
void page_write_index(struct buf *to, const struct sheet *s);
/* To a group's own page, likewise; `slug` as in groups.h. */
void page_write_group(struct buf *to, const struct sheet *s, const char *slug);
/* To history.html, likewise. */
void page_write_history(struct buf *to, const struct sheet *s);
/* To an incident's own page, likewise; it has one if page_has_incident(). */
void page_write_incident_file(struct buf *to, const struct sheet *s,
			      const struct incident *incident);
/* What every page begins and ends with, around its sections; <main> is open in between. */
void page_begin(const struct sheet *s);
void page_end(const struct sheet *s);
/* The page's title as configured, or the instance's name. */
const char *page_title(const struct model *model);

/* ---- words on the sheet ---- */
#define NO_HOLES ((const struct hole[]){ { .kind = HOLE_END } })

/* A word without holes, between tags or in an attribute. */
void page_put(const struct sheet *s, enum word word);
/* A sentence, filled and then escaped as a whole: between tags, in an attribute. */
void page_say(const struct sheet *s, enum word word, const struct hole *holes);
void page_say_attr(const struct sheet *s, enum word word, const struct hole *holes);
/* A sentence as plain text. */
void page_fill(struct buf *to, const struct sheet *s, enum word word, const struct hole *holes);
/* On the day whose times need no date: today, or place.day. */
bool page_is_of_day(const struct sheet *s, wall_t at);
/* "14:01:40"; with its date when it is not of that day. Plain text. */
void page_write_clock(struct buf *to, const struct sheet *s, wall_t at);
/* "14:01", likewise; for what was appointed to the minute. */
void page_write_minute(struct buf *to, const struct sheet *s, wall_t at);
/* A clock time in a <time> element. */
void page_time(const struct sheet *s, wall_t at);
/* A clock time where a sentence has {time}: `word` holds no other hole. */
void page_say_time(const struct sheet *s, enum word word, wall_t at);
/* A span where a sentence has {span}. */
void page_say_span(const struct sheet *s, enum word word, usec_t span);
/*
 * ", observed 41 %" after a percentage of which under half was observed, so that nobody takes it
 * for more than it is; nothing otherwise.
 */
void page_say_observed(const struct sheet *s, uint64_t observed_s, uint64_t of_s);

/* Names for a list: "Blog, Misskey web and 2 more". `more` is added to what does not fit. */
struct names {
	struct buf *to;
	const struct sheet *sheet;
	unsigned shown, more;
};

#define NAMES_SHOWN 5

void names_add(struct names *names, const char *title);
void names_end(struct names *names);

#endif
