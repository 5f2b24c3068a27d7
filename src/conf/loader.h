/*
 * loader.h - what everybody who reads a part of a configuration needs: where
 * to put it, where to complain, and beside which directory paths lie.
 */
#ifndef CONF_LOADER_H
#define CONF_LOADER_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct diag;
struct setting;

struct loader {
	struct arena *arena; /* the generation's */
	struct diag *diag;   /* the caller's */
	const char *file;    /* the main file, as given */
	const char *dir;     /* its directory, as given: for messages and for opening */
	const char *root;    /* its directory, absolute where it exists */
	size_t faults;	     /* in diag before this load */
	unsigned includes;   /* @include directives seen so far */
	bool is_partial;     /* a file could not be read: what refers to others is not judged */
};

/* `arena` and `diag` must outlive the loader. */
void loader_init(struct loader *l, struct arena *arena, struct diag *diag, const char *file);
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
/* An absolute path as it is, another beside the configuration file. */
const char *loader_beside(struct loader *l, const char *path);

#endif
