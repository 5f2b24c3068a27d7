/*
 * cli.h - the commands: one file and one row each.
 */
#ifndef APP_CLI_H
#define APP_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "conf/conf.h"

#define DEFAULT_CONFIG "/etc/shorewatch/shorewatch.cfg"

enum { EXIT_GOOD = 0, EXIT_BAD_NEWS = 1, EXIT_USAGE = 2 };

/* The words behind the command's name, options taken out. */
struct arguments {
	const struct command *command;
	const char *config;	/* -c FILE, or the default */
	const char *state_dir;	/* --state-dir DIR; NULL: as the configuration says */
	bool is_json, is_verbose, is_once, is_offline;
	usec_t timeout;		/* --timeout SPAN; 0: not given */
	int words_n;
	char **words;
};

struct command {
	const char *name;
	const char *usage;	/* behind the name: "TARGET|URL [-c FILE] [--json]" */
	const char *summary;	/* one line */
	/* the rest of `shorewatch NAME --help`; each option it takes is explained */
	const char *help;
	/* of "csjv1ot": -c FILE, --state-dir DIR, --json, -v, --once, --offline, --timeout SPAN */
	const char *options;
	int least_words, most_words;
	int (*run)(const struct arguments *arguments);
};

/* The program: finds the command, reads its options. Exit status 0, 1 or 2. */
int cli_main(int argc, char **argv);

/* Loads the configuration as far as `need` says; faults go to standard error. NULL: faulty. */
struct generation *cli_load(const char *path, struct conf_need need);
/* Warnings, too. */
struct generation *cli_load_with_warnings(const char *path, struct conf_need need);
/* One warning as these say it, on standard error. No file: it is of no place; line 0: of all. */
void cli_warn(const char *file, unsigned line, const char *text);
/*
 * Without any secret, for whoever only wants to know where things are: then the last good copy will
 * do, too, and one line tells what is wrong with the file. With --state-dir the copy that lies
 * there is taken, and the configuration is left alone. NULL: said on standard error.
 */
struct generation *cli_load_plain(const struct arguments *arguments);
/* The same without a word where the copy has to do: somebody else tells the faults. */
struct generation *cli_load_quietly(const struct arguments *arguments);
/* Times are shown as the configuration says. */
void cli_set_zone(const struct plan *plan);
bool cli_is_terminal(FILE *stream); /* and NO_COLOR is not set */

int command_run(const struct arguments *arguments);
int command_check(const struct arguments *arguments);
int command_probe(const struct arguments *arguments);
int command_status(const struct arguments *arguments);
int command_test_mail(const struct arguments *arguments);
int command_drill(const struct arguments *arguments);
int command_incidents(const struct arguments *arguments);
int command_mails(const struct arguments *arguments);
int command_note(const struct arguments *arguments);
int command_silence(const struct arguments *arguments);
int command_unsilence(const struct arguments *arguments);
int command_ack(const struct arguments *arguments);
int command_reload(const struct arguments *arguments);
int command_render(const struct arguments *arguments);
int command_tombstone(const struct arguments *arguments);
int command_options(const struct arguments *arguments);
int command_demo(const struct arguments *arguments);
int command_quick(const struct arguments *arguments);
int command_snippets(const struct arguments *arguments);
int command_version(const struct arguments *arguments);

#endif
