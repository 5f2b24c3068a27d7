/*
 * load.c - files found and read, one generation made of them.
 *
 * A file that cannot be read does not hide what is wrong with the others:
 * everything is told in one go. Only the main file is needed to judge the
 * plan as a whole. The files come from the disk, or from the copy that was
 * kept of them.
 */
#include "conf/conf.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "conf/load.h"
#include "conf/loader.h"
#include "conf/places.h"
#include "conf/plan_parts.h"
#include "conf/settings.h"

#define TARGETS_DIR "targets.d" /* read when it exists and nothing else was said */

struct roots {
	const struct setting **v;
	size_t n;
};

/* ---- the files of targets_dir ---- */

static bool is_targets_file(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".cfg") == 0 && name[0] != '.' && name[0] != '#';
}

static int name_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct names {
	const char **v;
	size_t n, room;
};

static void names_add(struct arena *arena, struct names *names, const char *name)
{
	if (names->n == names->room) {
		size_t room = names->room > 0 ? names->room * 2 : 16;
		const char **v = arena_alloc(arena, room, sizeof *v);

		if (names->n > 0)
			memcpy(v, names->v, names->n * sizeof *v);
		names->v = v;
		names->room = room;
	}
	names->v[names->n++] = arena_strdup(arena, name);
}

static struct names names_collect(struct loader *l, DIR *dir, const char *path)
{
	struct names names = { .n = 0 };
	const struct dirent *entry;

	while ((entry = readdir(dir)) != NULL) {
		if (is_targets_file(entry->d_name))
			names_add(l->scratch, &names,
				  arena_printf(l->scratch, "%s/%s", path, entry->d_name));
	}
	if (names.n > 1)
		qsort(names.v, names.n, sizeof *names.v, name_compare);
	return names;
}

/* In the order in which they were read once. */
static struct names names_kept(struct loader *l)
{
	struct names names = { .n = 0 };

	for (const struct file_text *f = l->kept->first; f != NULL; f = f->next) {
		if (f->role == FILE_TARGETS)
			names_add(l->scratch, &names, f->path);
	}
	return names;
}

static void names_read(struct loader *l, const struct names *names, struct roots *roots)
{
	const struct setting *main_root = roots->v[0];

	roots->v = arena_alloc(l->scratch, names->n + 1, sizeof *roots->v);
	roots->v[0] = main_root;
	for (size_t i = 0; i < names->n; i++) {
		const struct setting *root = settings_read_file(l, FILE_TARGETS, names->v[i]);

		if (root != NULL)
			roots->v[roots->n++] = root;
		else
			l->is_partial = true;
	}
}

/* NULL: there is none to read. For a text that is no file, nothing is read that it does not name.
 */
static const char *targets_dir(struct loader *l, const struct setting *at, bool is_file)
{
	const char *name = is_file ? TARGETS_DIR : NULL;

	if (at != NULL)
		name = at->type == SETTING_TEXT ? at->text : NULL; /* another type is told later */
	if (name == NULL)
		return NULL;
	return name[0] == '/' ? name : arena_printf(l->scratch, "%s/%s", l->dir, name);
}

static void targets_dir_missing(struct loader *l, const struct setting *at, const char *path)
{
	if (at != NULL || errno != ENOENT)
		fault_at(l, at,
			 "targets_dir: %s cannot be read: %s; create it, or remove targets_dir",
			 loader_shown(l, at != NULL ? at->text : path), strerror(errno));
}

static void targets_dir_read(struct loader *l, struct roots *roots, bool is_file)
{
	const struct setting *at = setting_find(roots->v[0], "targets_dir");
	const char *path = targets_dir(l, at, is_file);
	struct names names;
	DIR *dir;

	if (path == NULL)
		return;
	if (l->kept != NULL) {
		names = names_kept(l);
		names_read(l, &names, roots);
		return;
	}
	dir = opendir(path);
	if (dir == NULL) {
		targets_dir_missing(l, at, path);
		return;
	}
	names = names_collect(l, dir, path);
	(void)closedir(dir); /* it was only read */
	names_read(l, &names, roots);
}

/* ---- generations ---- */

static struct generation *generation_new(void)
{
	struct arena *arena = arena_new();
	struct generation *g = arena_alloc(arena, 1, sizeof *g);

	g->arena = arena;
	g->references = 1;
	return g;
}

static void generation_fill(struct generation *g, struct loader *l, const struct setting *root,
			    bool is_file)
{
	struct roots roots = { &root, 1 };
	struct builder b = { .l = l, .plan = &g->plan };

	targets_dir_read(l, &roots, is_file);
	b.roots = roots.v;
	b.roots_n = roots.n;
	plan_read(&b);
	if (!loader_has_fault(l))
		g->places = places_of(&g->plan, root, l->arena);
}

static void source_read(struct generation *g, struct loader *l, const struct source *source)
{
	const struct setting *root;

	if (source->text != NULL)
		root = settings_read_text(l, source->text, strlen(source->text), l->file);
	else
		root = settings_read_file(l, FILE_MAIN, l->file);
	if (root != NULL)
		generation_fill(g, l, root, source->text == NULL);
}

/* Nothing comes of it: what its kinds have allocated is in no plan. */
static void generation_void(struct generation *g, const struct loader *l)
{
	for (const struct releases *r = l->releases; r != NULL; r = r->next)
		r->kind->release(r->params);
	g->plan = (struct plan){ .file = l->file };
}

/* Both halves of a pair have the same params. */
static void plan_release(const struct plan *plan)
{
	size_t n = plan->targets_n + plan->references_n + plan->witnesses_n;

	for (uint32_t i = 0; i < n; i++) {
		const struct target_plan *t = &plan->targets[i];

		if (t->kind->release != NULL && !target_is_second(plan, i))
			t->kind->release((void *)t->params);
	}
}

struct generation *generation_load(const struct source *source, struct diag *diag)
{
	struct generation *g = generation_new();
	struct files_home home;
	bool is_faulty;
	struct loader l;

	loader_init(&l, g->arena, diag, source->path);
	l.need = source->need;
	loader_secrets_for(&l, NULL);
	l.kept = source->kept;
	if (source->text == NULL && source->kept == NULL) {
		home = loader_home(&l);
		g->files = l.files = files_new(&home);
	}
	g->plan.file = l.file;
	source_read(g, &l, source);
	is_faulty = loader_has_fault(&l);
	if (is_faulty)
		generation_void(g, &l);
	loader_done(&l);
	if (!is_faulty)
		return g;
	generation_drop(g);
	return NULL;
}

struct generation *conf_load(const char *path, struct diag *diag)
{
	return generation_load(&(struct source){ .path = path }, diag);
}

struct generation *conf_load_for(const char *path, struct conf_need need, struct diag *diag)
{
	return generation_load(&(struct source){ .path = path, .need = need }, diag);
}

struct generation *conf_load_text(const char *text, const char *path, struct diag *diag)
{
	return generation_load(&(struct source){ .path = path, .text = text }, diag);
}

struct generation *generation_hold(struct generation *generation)
{
	assert(generation->references > 0);
	generation->references++;
	return generation;
}

void generation_drop(struct generation *generation)
{
	if (generation == NULL)
		return;
	assert(generation->references > 0);
	if (--generation->references > 0)
		return;
	plan_release(&generation->plan);
	files_free(generation->files);
	arena_free(generation->arena); /* it holds the generation itself */
}
