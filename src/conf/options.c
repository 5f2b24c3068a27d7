/*
 * options.c - a group of the configuration, by its rows: what it holds, what
 * it lacks, and what it should not hold.
 */
#include "conf/options.h"

#include <string.h>

#include "base/arena.h"
#include "base/words.h"
#include "conf/later.h"
#include "conf/loader.h"
#include "conf/option_values.h"
#include "conf/settings.h"
#include "shorewatch/probe.h"

static void *field_of(const struct option *row, void *params)
{
	return (char *)params + row->offset;
}

void options_default(struct loader *l, const struct option *rows, void *params)
{
	for (const struct option *row = rows; row->name != NULL; row++) {
		if (row->fallback != NULL)
			option_value_default(l, row, field_of(row, params));
	}
}

/* ---- a group ---- */

const struct option *options_find(const struct option *rows, const char *name)
{
	for (const struct option *row = rows; row->name != NULL; row++) {
		if (strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

void options_values(struct loader *l, const char *section, const struct option *rows,
		    const struct setting *group, void *params)
{
	for (const struct option *row = rows; row->name != NULL; row++) {
		const struct setting *at = setting_find(group, row->name);

		if (at != NULL) {
			option_value_read(l, arena_printf(l->scratch, "%s.%s", section, row->name),
					  row, at, field_of(row, params));
		} else if (row->is_required) {
			fault_at(l, group, "%s needs %s = %s: %s", section, row->name,
				 option_value_expected(l, row), row->help);
		}
	}
}

void options_unknown(struct loader *l, const char *section, const struct setting *key,
		     const char *const *words)
{
	const char *instead = later_advice(section, key->name);
	const char *near = words_nearest(key->name, words);

	if (instead != NULL)
		fault_at(l, key, "%s.%s is not known to this version: remove it; %s", section,
			 key->name, instead);
	else if (near != NULL)
		fault_at(l, key, "%s.%s is not known to this version; did you mean \"%s\"?",
			 section, key->name, near);
	else
		fault_at(l, key,
			 "%s.%s is not known to this version; remove it "
			 "(`shorewatch options %.*s` lists what is)",
			 section, key->name, (int)strcspn(section, "."), section);
}

void options_unknown_rows(struct loader *l, const char *kind, const struct option *rows,
			  const struct setting *group)
{
	size_t n = 0;
	const char **words;

	while (rows[n].name != NULL)
		n++;
	words = arena_alloc(l->scratch, n + 1, sizeof *words);
	for (size_t i = 0; i < n; i++)
		words[i] = rows[i].name;
	for (const struct setting *s = group->first; s != NULL; s = s->next) {
		if (options_find(rows, s->name) == NULL)
			options_unknown(l, kind, s, words);
	}
}

static bool is_part(const struct section *section, const char *name)
{
	for (const struct section_part *p = section->parts; p != NULL && p->name != NULL; p++) {
		if (strcmp(p->name, name) == 0)
			return true;
	}
	return false;
}

static const char *const *section_words(struct loader *l, const struct section *section)
{
	size_t n = 0;
	const char **words;

	for (const struct option *row = section->options; row->name != NULL; row++)
		n++;
	for (const struct section_part *p = section->parts; p != NULL && p->name != NULL; p++)
		n++;
	words = arena_alloc(l->scratch, n + 1, sizeof *words);
	n = 0;
	for (const struct option *row = section->options; row->name != NULL; row++)
		words[n++] = row->name;
	for (const struct section_part *p = section->parts; p != NULL && p->name != NULL; p++)
		words[n++] = p->name;
	return words;
}

bool options_check(struct loader *l, const struct probe_kind *kind, void *params,
		   struct option_fault *fault)
{
	struct releases *release;

	if (kind->check == NULL)
		return true;
	if (kind->release != NULL) {
		release = arena_alloc(l->scratch, 1, sizeof *release);
		*release = (struct releases){ kind, params, l->releases };
		l->releases = release;
	}
	if (kind->check(params, fault))
		return true;
	fault->text[sizeof fault->text - 1] = '\0';
	return false;
}

void options_check_fault(struct loader *l, const char *kind, const struct setting *group,
			 const struct option_fault *fault)
{
	const struct setting *at =
		fault->option != NULL ? setting_find(group, fault->option) : NULL;

	fault_at(l, at != NULL ? at : group, "%s%s%s: %s", kind, fault->option != NULL ? "." : "",
		 fault->option != NULL ? fault->option : "", loader_shown(l, fault->text));
}

bool options_is_group(struct loader *l, const struct setting *at, const char *form)
{
	if (at->type == SETTING_GROUP)
		return true;
	fault_at(l, at, "this must be a group, written %s, not %s", form,
		 setting_type_name(at->type));
	return false;
}

void options_read(struct loader *l, const struct section *section, const struct setting *group,
		  void *params)
{
	options_default(l, section->options, params);
	if (group != NULL && !options_is_group(l, group, section->place))
		return;
	options_values(l, section->name, section->options, group, params);
	for (const struct setting *s = group != NULL ? group->first : NULL; s != NULL;
	     s = s->next) {
		if (options_find(section->options, s->name) == NULL && !is_part(section, s->name))
			options_unknown(l, section->name, s, section_words(l, section));
	}
}
