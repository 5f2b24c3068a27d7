/*
 * settings.c - libconfig's tree turned into ours, in the generation's arena.
 *
 * The one file that includes libconfig. Text is looked at by scan.c first;
 * what libconfig then still refuses is told with its line, one fault a file,
 * since it stops there.
 */
#include "conf/settings.h"

#include <errno.h>
#include <libconfig.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "conf/loader.h"
#include "conf/scan.h"

/* libconfig 1.5's words, and what to do. */
static const struct {
	const char *theirs, *ours;
} faults[] = {
	{ "syntax error", "not understood: look for a missing quote, bracket or \"=\" on this "
			  "line or the one before; names are letters, digits, - and _" },
	{ "duplicate setting name", "the same name stands twice in one group; keep one of them" },
	{ "mismatched element type in array",
	  "the elements of a [ ] must all be of one type; put quotes around all of them" },
};

static const char *fault_words(const char *theirs)
{
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		if (strcmp(faults[i].theirs, theirs) == 0)
			return faults[i].ours;
	}
	return theirs;
}

static void setting_value(struct loader *l, const config_setting_t *theirs, struct setting *ours)
{
	switch (config_setting_type(theirs)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		ours->type = SETTING_INT;
		ours->number = config_setting_get_int64(theirs);
		break;
	case CONFIG_TYPE_FLOAT:
		ours->type = SETTING_FRACTION;
		break;
	case CONFIG_TYPE_STRING:
		ours->type = SETTING_TEXT;
		ours->text = loader_text(l, config_setting_get_string(theirs));
		break;
	case CONFIG_TYPE_BOOL:
		ours->type = SETTING_BOOL;
		ours->number = config_setting_get_bool(theirs);
		break;
	default:
		ours->type = config_setting_is_group(theirs) ? SETTING_GROUP : SETTING_LIST;
	}
}

/* The depth is bounded by the scan. */
static struct setting *setting_make(struct loader *l, const config_setting_t *theirs,
				    const struct scanned *scanned)
{
	struct scan_origin place = scanned_place(scanned, config_setting_source_line(theirs));
	struct setting *ours = arena_alloc(l->scratch, 1, sizeof *ours);
	struct setting **end = &ours->first;
	int n = config_setting_is_aggregate(theirs) ? config_setting_length(theirs) : 0;

	if (config_setting_name(theirs) != NULL)
		ours->name = loader_text(l, config_setting_name(theirs));
	ours->file = place.file;
	ours->line = place.line;
	setting_value(l, theirs, ours);
	for (int i = 0; i < n; i++) {
		*end = setting_make(l, config_setting_get_elem(theirs, (unsigned)i), scanned);
		end = &(*end)->next;
	}
	return ours;
}

static const struct setting *scanned_read(struct loader *l, const struct scanned *scanned)
{
	struct setting *root = NULL;
	config_t config;

	config_init(&config);
	if (config_read_string(&config, buf_text(&scanned->text)) == CONFIG_TRUE) {
		root = setting_make(l, config_root_setting(&config), scanned);
	} else {
		struct scan_origin place =
			scanned_place(scanned, (unsigned)config_error_line(&config));

		fault_in(l, place.file, place.line, "%s", fault_words(config_error_text(&config)));
	}
	config_destroy(&config);
	return root;
}

const struct setting *settings_read_text(struct loader *l, const char *text, size_t n,
					 const char *path)
{
	const struct setting *root = NULL;
	struct scanned scanned;

	if (n > SETTINGS_FILE_MAX) {
		loader_meet(l, path);
		fault_in(l, path, 0, "it is larger than 1 MiB; split it into files in targets_dir");
		return NULL;
	}
	if (scan_text(l, loader_text(l, path), text, n, &scanned))
		root = scanned_read(l, &scanned);
	scanned_done(&scanned);
	return root;
}

/* What keeps a file from being read, said so that one knows what to do. */
static const char *unreadable(struct loader *l, enum file_role role, const char *path, int r)
{
	struct stat st;

	if (path[0] == '\0')
		return "the configuration's name is empty; say -c FILE";
	if (r == -EFBIG)
		return "it is larger than 1 MiB; split it into files in targets_dir";
	if (r == -ENOENT && role == FILE_MAIN)
		return "it cannot be read: there is no such file; name another with -c FILE, or "
		       "put the ready-made etc/shorewatch.cfg there";
	if (r == -EINVAL && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return arena_printf(l->scratch,
				    "it cannot be read: it is a directory; name the file in it, "
				    "such as %s/shorewatch.cfg",
				    path);
	if (r == -EINVAL)
		return "it cannot be read: it is not a regular file";
	if (r == -EACCES)
		return "it cannot be read by this user; it holds no secrets, so let everybody "
		       "(chmod 0644), or use sudo";
	return arena_printf(l->scratch, "it cannot be read: %s", strerror(-r));
}

const struct setting *settings_read_file(struct loader *l, enum file_role role, const char *path)
{
	const struct setting *root = NULL;
	struct buf text = BUF_INIT(SETTINGS_FILE_MAX);
	int r = loader_read(l, role, path, &text);

	if (r < 0) {
		loader_meet(l, path);
		fault_in(l, path[0] != '\0' ? path : NULL, 0, "%s", unreadable(l, role, path, r));
	} else {
		root = settings_read_text(l, buf_text(&text), text.n, path);
	}
	buf_done(&text);
	return root;
}

const struct setting *setting_find(const struct setting *group, const char *name)
{
	if (group == NULL || group->type != SETTING_GROUP)
		return NULL;
	for (const struct setting *s = group->first; s != NULL; s = s->next) {
		if (strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

const struct setting *setting_element(const struct setting *list, size_t index)
{
	const struct setting *s = list;

	if (list != NULL && list->type == SETTING_LIST) {
		s = list->first;
		for (; index > 0 && s != NULL; index--)
			s = s->next;
	}
	return s;
}

const struct setting *setting_group_of(struct loader *l, const struct setting *at, const char *name,
				       const char *text)
{
	struct setting *group = arena_alloc(l->scratch, 1, sizeof *group);
	struct setting *member = arena_alloc(l->scratch, 1, sizeof *member);

	*member = (struct setting){ .name = name, .type = SETTING_TEXT, .text = text };
	if (at != NULL) {
		member->file = at->file;
		member->line = at->line;
	}
	*group = (struct setting){ .type = SETTING_GROUP, .first = member };
	group->file = member->file;
	group->line = member->line;
	return group;
}

const char *setting_type_name(enum setting_type type)
{
	static const char *const names[] = {
		[SETTING_GROUP] = "a group { }",   [SETTING_LIST] = "a list",
		[SETTING_TEXT] = "a text",	   [SETTING_INT] = "a number",
		[SETTING_FRACTION] = "a fraction", [SETTING_BOOL] = "true or false",
	};

	return names[type];
}
