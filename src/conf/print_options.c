/*
 * print_options.c - the reference of every option, from the rows that read it.
 */
#include "conf/conf.h"

#include <string.h>

#include "base/buf.h"
#include "base/words.h"
#include "conf/plan_parts.h"

#define NAME_COLUMNS 20
#define TEXT_MAX     32

/* In the order in which a configuration is read by people. */
static const struct section *const sections[] = {
	&section_main,	    &section_defaults, &section_target,	   &section_stack,
	&section_watchdog,  &section_listen,   &section_page,	   &section_mail,
	&section_recipient, &section_relay,    &section_retention,
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
	for (size_t i = 0; i < probe_kinds_n; i++)
		buf_printf(to, "  %-*s%s\n", NAME_COLUMNS, probe_kinds[i]->name,
			   probe_kinds[i]->summary);
}

static void put_kind(const struct probe_kind *kind, struct buf *to)
{
	put_title(kind->name, kind->summary, to);
	buf_printf(to, "  %s = { ... }; in a target\n\n", kind->name);
	put_rows(kind->options, to);
}

bool conf_print_options(const char *kind, struct buf *to)
{
	bool is_found = false;

	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
		if (kind == NULL || strcmp(kind, sections[i]->name) == 0) {
			put_section(sections[i], to);
			if (sections[i] == &section_target)
				put_kinds(to);
			is_found = true;
		}
	}
	for (size_t i = 0; i < probe_kinds_n; i++) {
		if (kind == NULL || strcmp(kind, probe_kinds[i]->name) == 0) {
			put_kind(probe_kinds[i], to);
			is_found = true;
		}
	}
	return is_found;
}
