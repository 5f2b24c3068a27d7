/*
 * options.c - settings into a params struct, by its rows.
 *
 * One reader for each type of option. A value that is wrong leaves the field
 * as the fallback made it, so that later checks do not complain a second time.
 */
#include "conf/options.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/words.h"
#include "conf/loader.h"
#include "conf/secret.h"
#include "conf/settings.h"

#define DURATION_MAX 32 /* a printed duration and its terminator */

/* One value on its way into its field. */
struct reading {
	struct loader *l;
	const char *name; /* "http.url" */
	const struct option *row;
	const struct setting *at;
	void *field;
};

static void *field_of(const struct option *row, void *params)
{
	return (char *)params + row->offset;
}

/* ---- what a value should have been ---- */

static const char *words_joined(struct loader *l, const char *const *words)
{
	const char *all = "";

	for (size_t i = 0; words[i] != NULL; i++)
		all = arena_printf(l->arena, "%s%s\"%s\"", all, i > 0 ? ", " : "", words[i]);
	return all;
}

static const char *value_expected(struct loader *l, const struct option *row)
{
	switch (row->type) {
	case OPTION_STRING:
		return "a text in quotes";
	case OPTION_SECRET:
		return "\"file:PATH\", \"credential:NAME\" or \"env:NAME\"";
	case OPTION_PATH:
		return "a path in quotes";
	case OPTION_BOOL:
		return "true or false";
	case OPTION_INT:
		return "a whole number without quotes";
	case OPTION_DURATION:
		return "a time with its unit in quotes, such as \"90s\" or \"5m\"";
	case OPTION_WORD:
		return arena_printf(l->arena, "one of %s", words_joined(l, row->words));
	case OPTION_STRINGS:
		return "a list of texts: [ \"...\", \"...\" ]";
	case OPTION_PAIRS:
		return "a group of texts: { Name = \"value\"; }";
	}
	return "";
}

static void fault_type(const struct reading *r, const struct setting *at)
{
	fault_at(r->l, at, "%s must be %s, not %s", r->name, value_expected(r->l, r->row),
		 setting_type_name(at->type));
}

static bool is_type(const struct reading *r, enum setting_type type)
{
	if (r->at->type == type)
		return true;
	fault_type(r, r->at);
	return false;
}

static bool is_bounded(const struct option *row)
{
	return row->min != 0 || row->max != 0;
}

/* ---- one reader a type ---- */

static void read_string(const struct reading *r)
{
	if (is_type(r, SETTING_TEXT))
		*(const char **)r->field = r->at->text;
}

static void read_secret(const struct reading *r)
{
	const char *secret;

	if (!is_type(r, SETTING_TEXT))
		return;
	secret = secret_read(r->l, r->name, r->at);
	if (secret != NULL)
		*(const char **)r->field = secret;
}

/* With the effective user: `check` under sudo must see what the daemon would. */
static void read_path(const struct reading *r)
{
	const char *path;

	if (!is_type(r, SETTING_TEXT))
		return;
	path = loader_beside(r->l, r->at->text);
	if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) < 0)
		fault_at(r->l, r->at, "%s: %s cannot be read: %s", r->name,
			 loader_shown(r->l, path), strerror(errno));
	else
		*(const char **)r->field = path;
}

static void read_bool(const struct reading *r)
{
	if (is_type(r, SETTING_BOOL))
		*(bool *)r->field = r->at->number != 0;
}

static void read_int(const struct reading *r)
{
	const struct option *row = r->row;

	if (!is_type(r, SETTING_INT))
		return;
	if (is_bounded(row) && (r->at->number < row->min || r->at->number > row->max))
		fault_at(r->l, r->at, "%s: %lld is out of bounds; give %lld to %lld", r->name,
			 (long long)r->at->number, (long long)row->min, (long long)row->max);
	else
		*(int64_t *)r->field = r->at->number;
}

static void read_duration(const struct reading *r)
{
	char least[DURATION_MAX], most[DURATION_MAX];
	usec_t span;

	if (!is_type(r, SETTING_TEXT))
		return;
	if (!words_duration(r->at->text, &span)) {
		fault_at(r->l, r->at,
			 "%s: \"%s\" is not a time; write a whole number with ms, s, "
			 "m, h or d, such as \"90s\"",
			 r->name, loader_shown(r->l, r->at->text));
	} else if (is_bounded(r->row) && (span < r->row->min || span > r->row->max)) {
		words_print_duration(r->row->min, least, sizeof least);
		words_print_duration(r->row->max, most, sizeof most);
		fault_at(r->l, r->at, "%s: \"%s\" is out of bounds; give %s to %s", r->name,
			 r->at->text, least, most);
	} else {
		*(usec_t *)r->field = span;
	}
}

static bool word_find(const char *const *words, const char *text, int *ret)
{
	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], text) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static void read_word(const struct reading *r)
{
	if (!is_type(r, SETTING_TEXT))
		return;
	if (!word_find(r->row->words, r->at->text, r->field))
		fault_at(r->l, r->at, "%s: \"%s\" is not known; give one of %s", r->name,
			 loader_shown(r->l, r->at->text), words_joined(r->l, r->row->words));
}

static size_t count_elements(const struct setting *list)
{
	size_t n = 0;

	for (const struct setting *s = list->first; s != NULL; s = s->next)
		n++;
	return n;
}

/* A whole number is taken as its digits, so that status = [ 200 ] means what it says. NULL: told.
 */
static const char *element_text(const struct reading *r, const struct setting *element)
{
	if (element->type == SETTING_TEXT)
		return element->text;
	if (element->type == SETTING_INT)
		return arena_printf(r->l->arena, "%lld", (long long)element->number);
	fault_type(r, element);
	return NULL;
}

static void read_strings(const struct reading *r)
{
	size_t n = r->at->type == SETTING_LIST ? count_elements(r->at) : 1;
	const char **v = arena_alloc(r->l->arena, n > 0 ? n : 1, sizeof *v);

	for (size_t i = 0; i < n; i++) {
		v[i] = element_text(r, setting_element(r->at, i));
		if (v[i] == NULL)
			return;
	}
	*(struct strings *)r->field = (struct strings){ v, n };
}

static void read_pairs(const struct reading *r)
{
	struct pair *v;
	size_t n = 0;

	if (!is_type(r, SETTING_GROUP))
		return;
	v = arena_alloc(r->l->arena, count_elements(r->at) + 1, sizeof *v);
	for (const struct setting *s = r->at->first; s != NULL; s = s->next) {
		if (s->type != SETTING_TEXT) {
			fault_type(r, s);
			return;
		}
		v[n++] = (struct pair){ s->name, s->text };
	}
	*(struct pairs *)r->field = (struct pairs){ v, n };
}

static void (*const readers[])(const struct reading *r) = {
	[OPTION_STRING] = read_string, [OPTION_SECRET] = read_secret,
	[OPTION_PATH] = read_path,     [OPTION_BOOL] = read_bool,
	[OPTION_INT] = read_int,       [OPTION_DURATION] = read_duration,
	[OPTION_WORD] = read_word,     [OPTION_STRINGS] = read_strings,
	[OPTION_PAIRS] = read_pairs,
};

/* ---- fallbacks: the same forms, written by us, so a wrong one is our mistake ---- */

static struct strings strings_split(struct loader *l, const char *text)
{
	const char **v = arena_alloc(l->arena, strlen(text) + 1, sizeof *v);
	size_t n = 0;

	while (*text != '\0') {
		size_t length = strcspn(text, ",");

		v[n++] = arena_strndup(l->arena, text, length);
		text += length + (text[length] == ',');
		text += strspn(text, " ");
	}
	return (struct strings){ v, n };
}

static void field_default(struct loader *l, const struct option *row, void *field)
{
	bool is_sound = true;

	switch (row->type) {
	case OPTION_STRING:
	case OPTION_PATH:
		*(const char **)field = row->fallback;
		break;
	case OPTION_BOOL:
		*(bool *)field = strcmp(row->fallback, "true") == 0;
		break;
	case OPTION_INT:
		is_sound = words_int(row->fallback, INT64_MIN, INT64_MAX, field);
		break;
	case OPTION_DURATION:
		is_sound = words_duration(row->fallback, field);
		break;
	case OPTION_WORD:
		is_sound = word_find(row->words, row->fallback, field);
		break;
	case OPTION_STRINGS:
		*(struct strings *)field = strings_split(l, row->fallback);
		break;
	case OPTION_SECRET:
	case OPTION_PAIRS:
		is_sound = false;
		break;
	}
	assert(is_sound);
	(void)is_sound; /* where asserts are off */
}

void options_default(struct loader *l, const struct option *rows, void *params)
{
	for (const struct option *row = rows; row->name != NULL; row++) {
		if (row->fallback != NULL)
			field_default(l, row, field_of(row, params));
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
		struct reading r = {
			.l = l,
			.row = row,
			.at = setting_find(group, row->name),
			.field = field_of(row, params),
		};

		if (r.at != NULL) {
			r.name = arena_printf(l->arena, "%s.%s", section, row->name);
			readers[row->type](&r);
		} else if (row->is_required) {
			fault_at(l, group, "%s needs %s = %s: %s", section, row->name,
				 value_expected(l, row), row->help);
		}
	}
}

void options_unknown(struct loader *l, const char *section, const struct setting *key,
		     const char *const *words)
{
	const char *near = words_nearest(key->name, words);

	if (near != NULL)
		fault_at(l, key, "%s.%s is not known to this version; did you mean \"%s\"?",
			 section, key->name, near);
	else
		fault_at(l, key,
			 "%s.%s is not known to this version; remove it "
			 "(`shorewatch options %s` lists what is)",
			 section, key->name, section);
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
	words = arena_alloc(l->arena, n + 1, sizeof *words);
	n = 0;
	for (const struct option *row = section->options; row->name != NULL; row++)
		words[n++] = row->name;
	for (const struct section_part *p = section->parts; p != NULL && p->name != NULL; p++)
		words[n++] = p->name;
	return words;
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
