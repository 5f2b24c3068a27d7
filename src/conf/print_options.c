/*
 * print_options.c - the reference of every option, from the rows that read it.
 */
#include "conf/conf.h"

#include <string.h>

#include "base/buf.h"
#include "base/words.h"
#include "conf/plan_parts.h"
#include "shorewatch/notify.h"
#include "shorewatch/probe.h"

#define NAME_COLUMNS 20
#define TEXT_MAX     32
#define KINDS_MAX    32 /* more kinds are not suggested */

/* In the order in which a configuration is read by people. */
static const struct section *const sections[] = {
	&section_main,	   &section_defaults,  &section_target, &section_stack,
	&section_watchdog, &section_pull,      &section_ping,	&section_window,   &section_listen,
	&section_page,	   &section_mail,      &section_recipient, &section_relay,
	&section_channel,  &section_canary,    &section_retention,
};

static const char *const type_names[] = {
	[OPTION_STRING] = "text",
	[OPTION_SECRET] = "secret (file:, credential:, env:)",
	[OPTION_PATH] = "path",
	[OPTION_BOOL] = "true or false",
	[OPTION_INT] = "number",
	[OPTION_DURATION] = "time",
	[OPTION_WORD] = "one of",
	[OPTION_STRINGS] = "list of texts",
	[OPTION_PAIRS] = "group of texts",
	[OPTION_AUTH] = "group { basic, password } or { bearer }",
};

static void put_bound(const struct option *row, int64_t bound, struct buf *to)
{
	char text[TEXT_MAX];

	if (row->type == OPTION_DURATION) {
		words_print_duration(bound, text, sizeof text);
		buf_puts(to, text);
	} else {
		buf_printf(to, "%lld", (long long)bound);
	}
}

static void put_type(const struct option *row, struct buf *to)
{
	buf_puts(to, type_names[row->type]);
	if (row->type == OPTION_WORD) {
		for (size_t i = 0; row->words[i] != NULL; i++)
			buf_printf(to, "%s%s", i > 0 ? ", " : " ", row->words[i]);
	} else if (row->min != 0 || row->max != 0) {
		buf_puts(to, " ");
		put_bound(row, row->min, to);
		buf_puts(to, " to ");
		put_bound(row, row->max, to);
	}
}

static void put_row(const struct option *row, struct buf *to)
{
	buf_printf(to, "  %-*s", NAME_COLUMNS, row->name);
	put_type(row, to);
	if (row->is_required)
		buf_puts(to, "; required");
	else if (row->fallback != NULL)
		buf_printf(to, "; default %s", row->fallback);
	buf_printf(to, "\n  %*s%s\n", NAME_COLUMNS, "", row->help);
}

static void put_rows(const struct option *rows, struct buf *to)
{
	for (const struct option *row = rows; row->name != NULL; row++)
		put_row(row, to);
}

static void put_title(const char *name, const char *summary, struct buf *to)
{
	if (*buf_text(to) != '\0')
		buf_puts(to, "\n");
	buf_printf(to, "%s: %s\n", name, summary);
}

static void put_section(const struct section *section, struct buf *to)
{
	put_title(section->name, section->summary, to);
	buf_printf(to, "  %s\n\n", section->place);
	put_rows(section->options, to);
	for (const struct section_part *p = section->parts; p != NULL && p->name != NULL; p++)
		buf_printf(to, "  %-*s%s\n", NAME_COLUMNS, p->name, p->help);
}

/* In a target, each kind's group is one more key. */
static void put_kinds(struct buf *to)
{
	for (size_t i = 0; i < probe_kinds_n; i++) {
		if (!probe_kinds[i]->is_made)
			buf_printf(to, "  %-*s%s\n", NAME_COLUMNS, probe_kinds[i]->name,
				   probe_kinds[i]->summary);
	}
}

/* The same of a channel. */
static void put_ways(struct buf *to)
{
	for (size_t i = 0; i < notify_kinds_n; i++)
		buf_printf(to, "  %-*s%s\n", NAME_COLUMNS, notify_kinds[i]->name,
			   notify_kinds[i]->summary);
}

static void put_kind(const char *name, const char *summary, const struct option *rows,
		     const char *home, struct buf *to)
{
	put_title(name, summary, to);
	buf_printf(to, "  %s = { ... }; in a %s\n\n", name, home);
	put_rows(rows, to);
}

#define SECTIONS (sizeof sections / sizeof sections[0])

const char *conf_options_nearest(const char *kind)
{
	const char *words[SECTIONS + KINDS_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i < SECTIONS; i++)
		words[n++] = sections[i]->name;
	for (size_t i = 0; i < probe_kinds_n && n < SECTIONS + KINDS_MAX; i++) {
		if (!probe_kinds[i]->is_made)
			words[n++] = probe_kinds[i]->name;
	}
	for (size_t i = 0; i < notify_kinds_n && n < SECTIONS + KINDS_MAX; i++)
		words[n++] = notify_kinds[i]->name;
	words[n] = NULL;
	return words_nearest(kind, words);
}

bool conf_print_options(const char *kind, struct buf *to)
{
	bool is_found = false;

	for (size_t i = 0; i < SECTIONS; i++) {
		if (kind == NULL || strcmp(kind, sections[i]->name) == 0) {
			put_section(sections[i], to);
			if (sections[i] == &section_target)
				put_kinds(to);
			if (sections[i] == &section_channel)
				put_ways(to);
			is_found = true;
		}
	}
	for (size_t i = 0; i < probe_kinds_n; i++) {
		if (!probe_kinds[i]->is_made &&
		    (kind == NULL || strcmp(kind, probe_kinds[i]->name) == 0)) {
			put_kind(probe_kinds[i]->name, probe_kinds[i]->summary,
				 probe_kinds[i]->options, "target", to);
			is_found = true;
		}
	}
	for (size_t i = 0; i < notify_kinds_n; i++) {
		if (kind == NULL || strcmp(kind, notify_kinds[i]->name) == 0) {
			put_kind(notify_kinds[i]->name, notify_kinds[i]->summary,
				 notify_kinds[i]->options, "channel", to);
			is_found = true;
		}
	}
	return is_found;
}

/* ---- the manual page ---- */

/* Text as man(7) wants it: no line begins with a control character, a backslash is one. */
static void man_text(const char *text, struct buf *to)
{
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '\\')
			buf_puts(to, "\\e");
		else if (*c == '-')
			buf_puts(to, "\\-");
		else if ((*c == '.' || *c == '\'') && c == text)
			buf_printf(to, "\\&%c", *c);
		else if (*c == '\'')
			buf_puts(to, "\\(aq");
		else
			buf_putc(to, *c);
	}
}

static void man_row(const struct option *row, struct buf *to)
{
	struct buf type = BUF_INIT(1024);

	put_type(row, &type);
	buf_puts(to, ".TP\n.B ");
	man_text(row->name, to);
	buf_puts(to, "\n");
	man_text(buf_text(&type), to);
	if (row->is_required)
		buf_puts(to, "; required");
	if (!row->is_required && row->fallback != NULL) {
		buf_puts(to, "; default ");
		man_text(row->fallback, to);
	}
	buf_puts(to, ".\n.br\n");
	man_text(row->help, to);
	buf_puts(to, "\n");
	buf_done(&type);
}

static void man_part(const char *name, const char *help, struct buf *to)
{
	buf_puts(to, ".TP\n.B ");
	man_text(name, to);
	buf_puts(to, "\n");
	man_text(help, to);
	buf_puts(to, "\n");
}

static void man_title(const char *name, const char *summary, const char *place, struct buf *to)
{
	buf_puts(to, ".SS ");
	man_text(name, to);
	buf_puts(to, "\n");
	man_text(summary, to);
	buf_puts(to, "\n.RS\n.nf\n");
	man_text(place, to);
	buf_puts(to, "\n.fi\n.RE\n");
}

static void man_section(const struct section *section, struct buf *to)
{
	man_title(section->name, section->summary, section->place, to);
	for (const struct option *row = section->options; row->name != NULL; row++)
		man_row(row, to);
	for (const struct section_part *p = section->parts; p != NULL && p->name != NULL; p++)
		man_part(p->name, p->help, to);
	for (size_t i = 0; section == &section_target && i < probe_kinds_n; i++) {
		if (!probe_kinds[i]->is_made)
			man_part(probe_kinds[i]->name, probe_kinds[i]->summary, to);
	}
	for (size_t i = 0; section == &section_channel && i < notify_kinds_n; i++)
		man_part(notify_kinds[i]->name, notify_kinds[i]->summary, to);
}

static void man_kind(const char *name, const char *summary, const struct option *rows,
		     const char *home, struct buf *to)
{
	struct buf place = BUF_INIT(256);

	buf_printf(&place, "%s = { ... }; in a %s", name, home);
	man_title(name, summary, buf_text(&place), to);
	for (const struct option *row = rows; row->name != NULL; row++)
		man_row(row, to);
	buf_done(&place);
}

void conf_print_manual(struct buf *to)
{
	for (size_t i = 0; i < SECTIONS; i++)
		man_section(sections[i], to);
	for (size_t i = 0; i < probe_kinds_n; i++) {
		if (!probe_kinds[i]->is_made)
			man_kind(probe_kinds[i]->name, probe_kinds[i]->summary,
				 probe_kinds[i]->options, "target", to);
	}
	for (size_t i = 0; i < notify_kinds_n; i++)
		man_kind(notify_kinds[i]->name, notify_kinds[i]->summary, notify_kinds[i]->options,
			 "channel", to);
}
