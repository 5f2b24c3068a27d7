/*
 * badge.c - see badge.h.
 *
 * Heuristic: the text's width is guessed from classes of characters as Verdana
 * has them at 11 px, and `textLength` makes every other face keep to it. White
 * on each colour has a contrast of 4.9 or more.
 */
#include "render/badge.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "render/page.h"
#include "render/page_parts.h"

#define LABEL_SHOWN 40 /* characters of a label */
#define PADDING	    6  /* px on each side of a text */
#define CACHE_S	    60 /* twice the time between two reports */

/* ---- what it says ---- */

enum badge_kind { BADGE_UP, BADGE_SLOW, BADGE_DOWN, BADGE_PLANNED, BADGE_UNKNOWN };

static const char *const colours[] = {
	[BADGE_UP] = "0c7a60",	    [BADGE_SLOW] = "8f5d00",	[BADGE_DOWN] = "b01f13",
	[BADGE_PLANNED] = "3453ad", [BADGE_UNKNOWN] = "5b6873",
};

struct badge {
	enum badge_kind kind;
	const char *message;
};

static struct badge badge_of_target(const struct model *m, const struct target_view *t)
{
	switch (facts_state(m, t)) {
	case VERDICT_DOWN:
	case VERDICT_RECOVERING:
		return (struct badge){ BADGE_DOWN, "down" };
	case VERDICT_PAUSED:
		return (struct badge){ BADGE_PLANNED, "planned work" };
	case VERDICT_UP:
	case VERDICT_SUSPECT:
		break;
	case VERDICT_UNKNOWN:
	case VERDICT_COUNT:
		return (struct badge){ BADGE_UNKNOWN, "not observed" };
	}
	return t->is_slow ? (struct badge){ BADGE_SLOW, "slow" } : (struct badge){ BADGE_UP, "up" };
}

/* The finding in two words; NULL: the look says it. */
static const char *const findings[DIAGNOSIS_COUNT] = {
	[DIAGNOSIS_ISOLATED] = "not observed",
	[DIAGNOSIS_STACK_DOWN] = "all down",
	[DIAGNOSIS_EDGE_DOWN] = "unreachable",
	[DIAGNOSIS_BACKENDS_DOWN] = "sites down",
	[DIAGNOSIS_UNREACHABLE] = "unreachable",
	[DIAGNOSIS_DNS_FAULT] = "names fail",
	[DIAGNOSIS_SITE_DOWN] = "partly down",
	[DIAGNOSIS_PROMETHEUS_DEAD] = "alarm silent",
	[DIAGNOSIS_WATCHDOG_SILENCED] = "alarm silent",
	[DIAGNOSIS_BEATS_LOST] = "alarm silent",
	[DIAGNOSIS_LISTENER_BROKEN] = "alarm unheard",
	[DIAGNOSIS_ALERTING_DEAD] = "alarm silent",
};

static const struct badge of_looks[LOOK_COUNT] = {
	[LOOK_UP] = { BADGE_UP, "all up" },
	[LOOK_SLOW] = { BADGE_SLOW, "slow" },
	[LOOK_MAINT] = { BADGE_PLANNED, "planned work" },
	[LOOK_UNKNOWN] = { BADGE_UNKNOWN, "not observed" },
	[LOOK_SITE] = { BADGE_DOWN, "partly down" },
	[LOOK_STACK] = { BADGE_DOWN, "all down" },
};

static struct badge badge_of_all(const struct model *m)
{
	struct badge badge;
	struct facts facts;

	facts_gather(m, &facts);
	badge = of_looks[facts.look];
	if (findings[facts.finding] != NULL)
		badge.message = findings[facts.finding];
	return badge;
}

static struct badge badge_find(const struct model *m, size_t target)
{
	return target == BADGE_OF_ALL ? badge_of_all(m) : badge_of_target(m, &m->targets[target]);
}

/* The first characters of a text that is whole UTF-8. */
static void label_cut(struct buf *to, const char *line)
{
	size_t shown = 0, cut = 0, n = 0;

	for (; line[n] != '\0'; n++) {
		if (((unsigned char)line[n] & 0xc0) == 0x80)
			continue;
		if (++shown == LABEL_SHOWN)
			cut = n;
	}
	buf_add(to, line, shown > LABEL_SHOWN ? cut : n);
	if (shown > LABEL_SHOWN)
		buf_puts(to, "…");
}

static void label_write(const struct model *m, size_t target, struct buf *to)
{
	struct buf line = BUF_INIT(4096);

	if (target == BADGE_OF_ALL)
		text_line(&line, page_title(m));
	else
		speech_target(&line, LANGUAGE_EN, m->plan, (uint32_t)target);
	label_cut(to, buf_text(&line));
	buf_done(&line);
}

void badge_words(const struct model *m, size_t target, struct buf *ret_label,
		 const char **ret_message)
{
	label_write(m, target, ret_label);
	*ret_message = badge_find(m, target).message;
}

/* ---- how wide it is ---- */

/* Tenths of a pixel. */
static unsigned width_of_ascii(char c)
{
	if (strchr("ijlI.,:;'!|", c) != NULL)
		return 41;
	if (strchr("frt()[]{}/\\- ", c) != NULL)
		return 46;
	if (strchr("mwMW@%", c) != NULL)
		return 104;
	return c >= 'A' && c <= 'Z' ? 77 : 67;
}

static unsigned width_of(const char *text)
{
	unsigned tenths = 0;
	struct buf others = BUF_INIT(4096);

	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x80)
			tenths += width_of_ascii(*text);
		else
			buf_putc(&others, *text);
	tenths += 60 * (unsigned)text_columns(buf_text(&others));
	buf_done(&others);
	return (tenths + 5) / 10;
}

/* ---- the picture ---- */

static void put_text(struct buf *to, unsigned middle, unsigned width, const char *text)
{
	buf_printf(to, "    <text x=\"%u.%u\" y=\"14\" textLength=\"%u\">", middle / 2,
		   middle % 2 * 5, width);
	text_html(to, text);
	buf_puts(to, "</text>\n");
}

static void put_title(struct buf *to, const char *label, const char *message)
{
	buf_puts(to, "aria-label=\"");
	text_attr(to, label);
	buf_printf(to, ": %s\">\n  <title>", message);
	text_html(to, label);
	buf_printf(to, ": %s</title>\n", message);
}

void badge_svg(const struct model *m, size_t target, struct buf *to)
{
	struct badge badge = badge_find(m, target);
	struct buf label = BUF_INIT(1024);

	label_write(m, target, &label);
	unsigned left = width_of(buf_text(&label)), right = width_of(badge.message);
	unsigned split = left + 2 * PADDING, all = split + right + 2 * PADDING;

	buf_printf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"20\" "
		       "role=\"img\" ", all);
	put_title(to, buf_text(&label), badge.message);
	buf_printf(to, "  <path d=\"M0 0h%uv20H0z\" fill=\"#3a454e\"/>\n"
		       "  <path d=\"M%u 0h%uv20H%uz\" fill=\"#%s\"/>\n"
		       "  <g fill=\"#fff\" font-family=\"Verdana,'DejaVu Sans',sans-serif\" "
		       "font-size=\"11\" text-anchor=\"middle\">\n",
		   split, split, all - split, split, colours[badge.kind]);
	put_text(to, split, left, buf_text(&label));
	put_text(to, split + all, right, badge.message);
	buf_puts(to, "  </g>\n</svg>\n");
	buf_done(&label);
}

/* ---- shields.io ---- */

void badge_json(const struct model *m, size_t target, struct buf *to)
{
	struct badge badge = badge_find(m, target);
	struct buf label = BUF_INIT(1024);
	struct json_writer json;

	label_write(m, target, &label);
	json_begin(&json, to);
	json_object(&json);
	json_key(&json, "schemaVersion");
	json_int(&json, 1);
	json_key(&json, "label");
	json_text(&json, buf_text(&label));
	json_key(&json, "message");
	json_text(&json, badge.message);
	json_key(&json, "color");
	json_text(&json, colours[badge.kind]);
	json_key(&json, "isError");
	json_bool(&json, badge.kind == BADGE_DOWN);
	json_key(&json, "cacheSeconds");
	json_int(&json, CACHE_S);
	json_object_end(&json);
	buf_putc(to, '\n');
	buf_done(&label);
}
