/*
 * times_cron.c - crontab(5)'s five fields.
 *
 * As there, a day is due when it is one of the month's or one of the week's, if
 * both are restricted; a field that begins with '*' restricts nothing, with a
 * step behind it neither.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/recurrence.h"
#include "base/words.h"
#include "conf/times.h"

#define FIELDS	 5
#define WORD_MAX 64

enum { FIELD_MINUTE, FIELD_HOUR, FIELD_DAY, FIELD_MONTH, FIELD_WEEKDAY };

static const struct field {
	const char *name;
	int least, most;
	const char *const *names; /* the first one is `least` */
} fields[FIELDS] = {
	{ "minute", 0, 59, NULL },
	{ "hour", 0, 23, NULL },
	{ "day of the month", 1, 31, NULL },
	{ "month", 1, 12, times_months },
	{ "day of the week", 0, 7, times_weekdays },
};

static const char *const shorthands[][2] = {
	{ "@hourly", "0 * * * *" },   { "@daily", "0 0 * * *" },   { "@midnight", "0 0 * * *" },
	{ "@weekly", "0 0 * * 0" },   { "@monthly", "0 0 1 * *" }, { "@yearly", "0 0 1 1 *" },
	{ "@annually", "0 0 1 1 *" },
};

struct text {
	const char *at;
	size_t n;
};

static bool tell(char *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool tell(char *fault, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(fault, TIMES_FAULT_MAX, format, args); /* what is cut is our own advice */
	va_end(args);
	return false;
}

/* What is before the first `c`; what is behind it stays in `*rest`, empty with at NULL: no `c`. */
static struct text split(struct text *rest, char c)
{
	const char *found = memchr(rest->at, c, rest->n);
	struct text before = { rest->at, found != NULL ? (size_t)(found - rest->at) : rest->n };

	if (found != NULL)
		*rest = (struct text){ found + 1, rest->n - before.n - 1 };
	else
		*rest = (struct text){ NULL, 0 };
	return before;
}

/* ---- one field ---- */

static bool tell_value(const struct field *f, struct text t, char *fault)
{
	char word[WORD_MAX];
	const char *near;

	(void)snprintf(word, sizeof word, "%.*s", (int)(t.n < 40 ? t.n : 40), t.at);
	near = f->names != NULL && t.n > 2 ? words_nearest(word, f->names) : NULL;
	if (near != NULL)
		return tell(fault, "%s: \"%s\" is not known; did you mean \"%.3s\"?", f->name, word,
			    near);
	return tell(fault, "%s: \"%s\" must be %d to %d%s", f->name, word, f->least, f->most,
		    f->names == times_months	 ? ", or jan to dec"
		    : f->names == times_weekdays ? ", or sun to sat"
						 : "");
}

static bool value_read(const struct field *f, struct text t, int *ret, char *fault)
{
	int name = f->names != NULL ? times_name(t.at, t.n, f->names) : -1;

	if (name >= 0) {
		*ret = f->least + name;
		return true;
	}
	if (!times_number(t.at, t.n, ret) || *ret < f->least || *ret > f->most)
		return tell_value(f, t, fault);
	return true;
}

struct range {
	int from, to, step;
	bool is_one; /* a value alone */
};

static bool step_read(const struct field *f, struct text step, struct range *r, char *fault)
{
	if (r->is_one)
		return tell(fault,
			    "%s: a step needs a range before it: write \"*/N\" or "
			    "\"%d-%d/%.*s\"",
			    f->name, r->from, f->most, (int)(step.n < 8 ? step.n : 8), step.at);
	if (!times_number(step.at, step.n, &r->step) || r->step < 1 || r->step > f->most)
		return tell(fault, "%s: the step \"%.*s\" must be 1 to %d", f->name,
			    (int)(step.n < 20 ? step.n : 20), step.at, f->most);
	return true;
}

/* "*", "5", "5-9", "jan-mar", each but the second with "/2" behind it. */
static bool range_read(const struct field *f, struct text item, struct range *r, char *fault)
{
	struct text step = item, to = split(&step, '/'), from = split(&to, '-');

	*r = (struct range){ f->least, f->most, 1, false };
	if (from.n == 1 && *from.at == '*' && to.at == NULL)
		return step.at == NULL || step_read(f, step, r, fault);
	if (!value_read(f, from, &r->from, fault))
		return false;
	r->to = r->from;
	r->is_one = to.at == NULL;
	if (!r->is_one && !value_read(f, to, &r->to, fault))
		return false;
	if (r->to < r->from)
		return tell(fault, "%s: %d-%d goes backwards; write \"%d-%d,%d-%d\"", f->name,
			    r->from, r->to, r->from, f->most, f->least, r->to);
	return step.at == NULL || step_read(f, step, r, fault);
}

static bool field_read(const struct field *f, struct text text, uint64_t *ret, char *fault)
{
	struct range r;

	*ret = 0;
	while (text.at != NULL) {
		if (!range_read(f, split(&text, ','), &r, fault))
			return false;
		for (int i = r.from; i <= r.to; i += r.step)
			*ret |= UINT64_C(1) << i;
	}
	return true;
}

/* ---- all of them ---- */

/* How many there are; the first five are put into `ret`. */
static size_t fields_split(const char *text, struct text ret[FIELDS])
{
	static const char spaces[] = " \t";
	size_t n = 0;

	while (*(text += strspn(text, spaces)) != '\0') {
		size_t length = strcspn(text, spaces);

		if (n < FIELDS)
			ret[n] = (struct text){ text, length };
		n++;
		text += length;
	}
	return n;
}

static bool tell_count(const char *text, size_t n, char *fault)
{
	if (n == FIELDS + 1)
		return tell(fault,
			    "\"%.80s\" has six fields; crontab's five have no seconds and no user: "
			    "write minute, hour, day of the month, month, day of the week",
			    text);
	return tell(fault,
		    "\"%.80s\" has %zu field%s, not five: write minute, hour, day of the month, "
		    "month, day of the week, such as \"0 2 * * sun\"",
		    text, n, n == 1 ? "" : "s");
}

static const char *shorthand_find(const char *text)
{
	for (size_t i = 0; i < sizeof shorthands / sizeof shorthands[0]; i++)
		if (strcasecmp(shorthands[i][0], text) == 0)
			return shorthands[i][1];
	return NULL;
}

static bool recurrence_make(const struct text parts[FIELDS], struct recurrence *ret, char *fault)
{
	uint64_t bits[FIELDS];

	for (size_t i = 0; i < FIELDS; i++)
		if (!field_read(&fields[i], parts[i], &bits[i], fault))
			return false;
	*ret = (struct recurrence){
		.minutes = bits[FIELD_MINUTE],
		.hours = (uint32_t)bits[FIELD_HOUR],
		.days = (uint32_t)bits[FIELD_DAY],
		.months = (uint16_t)bits[FIELD_MONTH],
		.weekdays = (uint8_t)((bits[FIELD_WEEKDAY] | bits[FIELD_WEEKDAY] >> 7) & 0x7f),
		.is_either_day = *parts[FIELD_DAY].at != '*' && *parts[FIELD_WEEKDAY].at != '*',
	};
	return true;
}

bool times_cron(const char *text, struct recurrence *ret, char fault[TIMES_FAULT_MAX])
{
	const char *meant = text[0] == '@' ? shorthand_find(text) : text;
	struct text parts[FIELDS];
	struct recurrence r;
	size_t n;

	if (meant == NULL)
		return tell(fault,
			    "\"%.40s\" is not known; write @hourly, @daily, @weekly, @monthly, "
			    "@yearly or five fields",
			    text);
	n = fields_split(meant, parts);
	if (n != FIELDS)
		return tell_count(text, n, fault);
	if (!recurrence_make(parts, &r, fault))
		return false;
	if (!recurrence_ever_comes(&r))
		return tell(fault, "\"%.80s\" never comes: no month of these has such a day", text);
	*ret = r;
	return true;
}
