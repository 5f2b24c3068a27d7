/*
 * option_values.c - settings into fields, one reader for each type of option.
 *
 * A value that is wrong leaves the field as the fallback made it, so that
 * later checks do not complain a second time.
 */
#include "conf/option_values.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/words.h"
#include "conf/forms.h"
#include "conf/loader.h"
#include "conf/options.h"
#include "conf/secret.h"
#include "conf/settings.h"
#include "shorewatch/time.h"

#define DURATION_MAX 32 /* a printed duration and its terminator */

/* One value on its way into its field. */
struct reading {
	struct loader *l;
	const char *name; /* "http.url" */
	const struct option *row;
	const struct setting *at;
	void *field;
};

/* ---- what a value should have been ---- */

static const char *words_joined(struct loader *l, const char *const *words)
{
	const char *all = "";

	for (size_t i = 0; words[i] != NULL; i++)
		all = arena_printf(l->scratch, "%s%s\"%s\"", all, i > 0 ? ", " : "", words[i]);
	return all;
}

const char *option_value_expected(struct loader *l, const struct option *row)
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
		return arena_printf(l->scratch, "one of %s", words_joined(l, row->words));
	case OPTION_STRINGS:
		return "a list of texts: [ \"...\", \"...\" ]";
	case OPTION_PAIRS:
		return "a group of texts: { Name = \"value\"; }";
	case OPTION_AUTH:
		return "a group: { basic = \"user\"; password = \"credential:NAME\"; } or "
		       "{ bearer = \"credential:NAME\"; }";
	}
	return "";
}

static void fault_type(const struct reading *r, const struct setting *at)
{
	fault_at(r->l, at, "%s must be %s, not %s", r->name, option_value_expected(r->l, r->row),
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

/* With the effective user: `check` under sudo must see what the daemon would. Who needs no secrets
 * needs no keys and certificates either, and may be somebody who cannot read them. */
static void read_path(const struct reading *r)
{
	const char *path;

	if (!is_type(r, SETTING_TEXT))
		return;
	path = loader_beside(r->l, r->at->text);
	if (!r->l->reads_secrets || faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0)
		*(const char **)r->field = path;
	else
		fault_at(r->l, r->at, "%s: %s cannot be read: %s%s%s", r->name,
			 loader_shown(r->l, r->at->text), strerror(errno),
			 r->at->text[0] != '/' ? "; it is looked for in " : "",
			 r->at->text[0] != '/' ? r->l->dir : "");
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

struct auth_params {
	const char *basic, *password, *bearer;
};

static const struct option auth_options[] = {
	{ "basic", OPTION_STRING, offsetof(struct auth_params, basic), .help = "the user's name" },
	{ "password", OPTION_SECRET, offsetof(struct auth_params, password),
	  .help = "the user's password" },
	{ "bearer", OPTION_SECRET, offsetof(struct auth_params, bearer),
	  .help = "a token instead of both" },
	{ .name = NULL },
};

static const char *const auth_words[] = { "basic", "password", "bearer", NULL };

static bool auth_is_whole(const struct setting *at)
{
	bool has_basic = setting_find(at, "basic") != NULL;
	bool has_password = setting_find(at, "password") != NULL;

	return has_basic == has_password && has_basic != (setting_find(at, "bearer") != NULL);
}

/* RFC 7617 2: a colon would end the user's name. */
static bool auth_is_user(const char *user)
{
	return user == NULL || (form_is_line(user) && strchr(user, ':') == NULL);
}

static void read_auth(const struct reading *r)
{
	struct auth_params p = { .basic = NULL };
	struct auth *auth = arena_alloc(r->l->arena, 1, sizeof *auth);

	if (!is_type(r, SETTING_GROUP))
		return;
	options_values(r->l, r->name, auth_options, r->at, &p);
	for (const struct setting *s = r->at->first; s != NULL; s = s->next) {
		if (options_find(auth_options, s->name) == NULL)
			options_unknown(r->l, r->name, s, auth_words);
	}
	if (!auth_is_whole(r->at))
		fault_at(r->l, r->at, "%s must be %s", r->name,
			 option_value_expected(r->l, r->row));
	else if (!auth_is_user(p.basic))
		fault_at(r->l, setting_find(r->at, "basic"),
			 "%s.basic must be a user's name, not empty and without a colon", r->name);
	*auth = (struct auth){ p.basic, p.password, p.bearer };
	*(const struct auth **)r->field = auth;
}

static void (*const readers[])(const struct reading *r) = {
	[OPTION_STRING] = read_string, [OPTION_SECRET] = read_secret,
	[OPTION_PATH] = read_path,     [OPTION_BOOL] = read_bool,
	[OPTION_INT] = read_int,       [OPTION_DURATION] = read_duration,
	[OPTION_WORD] = read_word,     [OPTION_STRINGS] = read_strings,
	[OPTION_PAIRS] = read_pairs,   [OPTION_AUTH] = read_auth,
};

void option_value_read(struct loader *l, const char *name, const struct option *row,
		       const struct setting *at, void *field)
{
	const struct reading r = { l, name, row, at, field };

	readers[row->type](&r);
}

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

void option_value_default(struct loader *l, const struct option *row, void *field)
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
	case OPTION_AUTH:
		is_sound = false;
		break;
	}
	assert(is_sound);
	(void)is_sound; /* where asserts are off */
}
