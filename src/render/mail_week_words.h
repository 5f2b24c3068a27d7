/*
 * mail_week_words.h - the sentences of the weekly summary, one table per
 * language, same keys.
 *
 * Internal to render.
 */
#ifndef RENDER_MAIL_WEEK_WORDS_H
#define RENDER_MAIL_WEEK_WORDS_H

#include "core/diagnosis.h"
#include "render/sentence.h"

struct week_words {
	struct wording subject, lead;		/* {outages} {total} {dates} */
	const char *subject_none, *lead_none;	/* {dates} */
	const char *lead_at_least;		/* not all of them could be kept */
	const char *verdict, *verdict_message;	/* of a mail; of what is none */
	const char *dates, *dates_of_two;	/* {from} {to} {month} {until}: within one, over two */
	const char *day;			/* {weekday} {day} {month} */
	const char *outages;			/* a title: {zone} */
	const char *span, *span_days, *span_open; /* a label: {day} {from} {until} {to} */
	const char *item, *item_why, *item_open; /* {who} {lasted} {why} */
	const char *names[DIAGNOSIS_COUNT];	/* {who}; NULL: whoever failed */
	struct wording sites;			/* {who} {n} */
	const char *of;				/* {who} {name} */
	const char *more;			/* {n} {lasted} */
	const char *uptime;			/* a title */
	const char *percents, *percents_none;	/* {week} {days}; {days} */
	const char *rest;			/* {n} {week} */
	const char *self;			/* a title */
	const char *observed, *unobserved;	/* {lasted} */
	struct wording mails, mails_late;	/* {n} {late} */
	const char *mails_none;
	struct wording mails_lost;		/* {n} */
	const char *next;			/* {day} {time} */
	const char *months[12], *weekdays[7];	/* from January, from Sunday */
};

extern const struct week_words week_words_en, week_words_ja;

#endif
