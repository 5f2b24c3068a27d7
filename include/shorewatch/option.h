/*
 * option.h - option rows: what a kind's group in the configuration may say.
 *
 * One row gives name, type, bounds, default and help; reading, validation,
 * `shorewatch options` and the manual follow from it.
 */
#ifndef SHOREWATCH_OPTION_H
#define SHOREWATCH_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strings {
	const char *const *v;
	size_t n;
};

struct pair {
	const char *name, *value;
};

struct pairs {
	const struct pair *v;
	size_t n;
};

/* Who we are to the peer: user and password, or bearer; the others are NULL. */
struct auth {
	const char *user, *password;
	const char *bearer;
};

enum option_type {
	OPTION_STRING,	 /* const char *; NULL when absent and without fallback */
	OPTION_SECRET,	 /* const char *, read from file:, env: or credential: at load */
	/* const char *, made absolute beside the configuration file, must be readable */
	OPTION_PATH,
	OPTION_BOOL,	 /* bool */
	OPTION_INT,	 /* int64_t, min..max */
	OPTION_DURATION, /* usec_t, min..max, written with a unit */
	OPTION_WORD,	 /* int: index into words[] */
	OPTION_STRINGS,	 /* struct strings; one string is taken as a list of one */
	OPTION_PAIRS,	 /* struct pairs; a group of strings */
	/*
	 * const struct auth *; { basic; password } or { bearer }, secrets by reference; NULL:
	 * absent
	 */
	OPTION_AUTH,
};

/*
 * What stands in the place of a secret that was not fetched: `check` reads none. No check() of a
 * kind may take it for the secret itself.
 */
#define OPTION_SECRET_UNREAD "not-read"

struct option {
	const char *name;
	enum option_type type;
	size_t offset;		  /* of the field in the params struct */
	bool is_required;
	const char *fallback;	  /* as it would be written; NULL: zero. Lists: comma separated */
	int64_t min, max;	  /* INT as is, DURATION in microseconds; both 0: no bounds */
	const char *const *words; /* OPTION_WORD, NULL-terminated */
	const char *help;	  /* one line */
};

/* A fault a kind found after its options were read: which one, and what to do. */
struct option_fault {
	const char *option;
	char text[200];
};

#endif
