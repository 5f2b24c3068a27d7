/*
 * loader.h - what everybody who reads a part of a configuration needs: where
 * to put it, where to complain, and beside which directory paths lie.
 */
#ifndef CONF_LOADER_H
#define CONF_LOADER_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/conf.h"
#include "conf/files.h"
#include "conf/texts.h"

struct arena;
struct buf;
struct diag;
struct diag_entry;
struct setting;

/* What a kind's check() allocated, to be given back when nothing comes of the load. */
struct releases {
	const struct probe_kind *kind;
	void *params;
	struct releases *next;
};

struct loader {
	struct arena *arena;   /* the generation's */
	struct arena *scratch; /* ends with the load: settings, messages */
	struct diag *diag;     /* the caller's */
	const char *file;      /* the main file, as given */
	const char *dir;       /* its directory, as given: for messages and for opening */
	const char *root;      /* its directory, absolute where it exists */
	struct conf_need need;
	bool reads_secrets;	  /* of what is read just now */
	bool is_lenient;	  /* what fault_at() tells now is a warning: CONF_SECRETS_FOUND */
	struct files *files;	  /* what was read is put there; NULL: nowhere */
	const struct files *kept; /* read from there and not from the disk; NULL: from the disk */
	struct releases *releases; /* in `scratch` */
	struct texts texts;	  /* in `arena` */
	struct file_name *names, **names_last; /* of files, in the order in which they were met */
	struct diag_entry **told;	       /* behind what was in diag before this load */
	size_t faults;			       /* in diag before this load */
	unsigned includes;		       /* @include directives seen so far */
	bool is_partial; /* a file could not be read: what refers to others is not judged */
};

/* `arena` and `diag` must outlive the loader. */
void loader_init(struct loader *l, struct arena *arena, struct diag *diag, const char *file);
/* Ends it: what was told stands in the order of files and lines. */
void loader_done(struct loader *l);
/* From here on secrets are read as this load's need says for what is called `name`; NULL: for what
 * is no target or witness. */
void loader_secrets_for(struct loader *l, const char *name);
/* Whether this load has told a fault. */
bool loader_has_fault(const struct loader *l);
/* A fault or warning at a setting's place; `at` may be NULL: the whole configuration. */
void fault_at(struct loader *l, const struct setting *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void warn_at(struct loader *l, const struct setting *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same where there is no setting yet. */
void fault_in(struct loader *l, const char *file, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Foreign text made fit for a message: one line, no controls. */
const char *loader_shown(struct loader *l, const char *text);
/* What the plan may keep of a text. */
const char *loader_text(struct loader *l, const char *text);
/* An absolute path as it is, another beside the configuration file. */
const char *loader_beside(struct loader *l, const char *path);
/* Where the configuration lies; the texts live as long as the arena. */
struct files_home loader_home(const struct loader *l);
/* The name of a file that is read now: its faults come behind those of the files before it. */
void loader_meet(struct loader *l, const char *path);
/* Appends a whole file, from the disk or the kept copy. 0 or -errno, as file_read(). */
int loader_read(struct loader *l, enum file_role role, const char *path, struct buf *ret);

#endif
