/*
 * cli.c - which command, with which options. Exit status: 0 good, 1 the answer
 * is bad news, 2 usage.
 */
#include "app/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/words.h"

static const struct command commands[] = {
	{ "run", "[-c FILE]", "watch, in the foreground",
	  "HUP reads the configuration again (a faulty one changes nothing and is explained in\n"
	  "the log), USR1 probes everything now, TERM ends with everything saved.\n",
	  "cv", 0, 0, command_run },
	{ "check", "[-c FILE] [-v]", "every fault of the configuration, with file and line",
	  "-v prints the plan: what will be watched, how, and whom it tells.\n", "cv", 0, 0, command_check },
	{ "probe", "TARGET|URL [-c FILE] [--json]", "one probe now: phases, certificate, address",
	  "TARGET is a name of the configuration; a URL needs none (http:// https:// tcp://host:port).\n",
	  "cj", 1, 1, command_probe },
	{ "status", "[-c FILE] [--json]", "what is true now, as of the last report",
	  "Reads what the daemon last wrote, whether it runs or not. Exit status 1: something is\n"
	  "down, or the report is too old to be believed.\n", "cj", 0, 0, command_status },
	{ "test-mail", "[-c FILE]", "send one mail to everybody and show the dialogue",
	  "Without a relay the mail is written as an .eml file.\n", "c", 0, 0, command_test_mail },
	{ "options", "[KIND]", "the reference of every option of the configuration",
	  "KIND: target, watchdog, listen, page, mail, relay, http, tcp ...\n", "", 0, 1, command_options },
	{ "demo", "[--once]", "a pretended cluster on loopback that goes down and comes back",
	  "Nothing leaves this machine. --once ends after one round.\n", "1v", 0, 0, command_demo },
	{ "quick", "[--once] URL...", "watch these URLs without a configuration file",
	  "http:// https:// tcp://host:port. State, page and mails lie below\n"
	  "$XDG_STATE_HOME/shorewatch (or ~/.local/state/shorewatch). --once ends after the first round.\n",
	  "1v", 1, 64, command_quick },
	{ "snippets", "alertmanager|nginx [-c FILE]", "the other side's configuration, ready to paste",
	  "Filled in from the configuration; secrets are not printed.\n", "c", 1, 1, command_snippets },
	{ "version", "", "the program's version", "", "", 0, 0, command_version },
};

#define COMMANDS_N (sizeof commands / sizeof commands[0])

static void print_usage(FILE *to)
{
	(void)fputs("shorewatch watches sites and a cluster from outside, and tells when all of it is down.\n\n", to);
	for (size_t i = 0; i < COMMANDS_N; i++)
		(void)fprintf(to, "  shorewatch %-9s %-32s %s\n", commands[i].name, commands[i].usage,
			      commands[i].summary);
	(void)fputs("\nshorewatch COMMAND --help tells more. The configuration is " DEFAULT_CONFIG
		    " unless -c names another.\n", to);
}

static void print_help(const struct command *c)
{
	(void)printf("shorewatch %s %s\n\n%s.\n%s", c->name, c->usage, c->summary, c->help);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS_N; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int refuse_command(const char *name)
{
	const char *names[COMMANDS_N + 1] = { NULL };
	const char *near;

	for (size_t i = 0; i < COMMANDS_N; i++)
		names[i] = commands[i].name;
	near = words_nearest(name, names);
	(void)fprintf(stderr, "shorewatch: there is no command \"%s\"%s%s%s; shorewatch --help lists them\n", name,
		      near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return EXIT_USAGE;
}

static int refuse_option(const struct command *c, const char *what)
{
	(void)fprintf(stderr, "shorewatch %s: %s; usage: shorewatch %s %s\n", c->name, what, c->name, c->usage);
	return EXIT_USAGE;
}

static bool takes(const struct command *c, char option)
{
	return strchr(c->options, option) != NULL;
}

/* One option at argv[*at]; false: `what` says why it cannot be. */
static bool read_option(const struct command *c, struct arguments *a, char **argv, int *at, const char **what)
{
	const char *word = argv[*at];

	*what = "unknown option";
	if (strcmp(word, "-c") == 0 && takes(c, 'c')) {
		*what = "-c needs a file";
		a->config = argv[++*at];
		return a->config != NULL;
	}
	if (strcmp(word, "--json") == 0 && takes(c, 'j'))
		return a->is_json = true;
	if (strcmp(word, "-v") == 0 && takes(c, 'v'))
		return a->is_verbose = true;
	if (strcmp(word, "--once") == 0 && takes(c, '1'))
		return a->is_once = true;
	return false;
}

static int run_command(const struct command *c, int argc, char **argv)
{
	struct arguments a = { .config = DEFAULT_CONFIG, .words = calloc((size_t)argc + 1, sizeof(char *)) };
	const char *what;
	int status = EXIT_USAGE;

	if (!a.words)
		return EXIT_BAD_NEWS;
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help(c);
			status = EXIT_GOOD;
			goto out;
		}
		if (argv[i][0] != '-') {
			a.words[a.words_n++] = argv[i];
		} else if (!read_option(c, &a, argv, &i, &what)) {
			status = refuse_option(c, what);
			goto out;
		}
	}
	if (a.words_n < c->least_words || a.words_n > c->most_words)
		status = refuse_option(c, a.words_n < c->least_words ? "something is missing" : "too many words");
	else
		status = c->run(&a);
out:
	free(a.words);
	return status;
}

int cli_main(int argc, char **argv)
{
	const struct command *c;

	log_setup(LOG_LEVEL_INFO, getenv("JOURNAL_STREAM") != NULL);
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		print_usage(argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : EXIT_GOOD;
	}
	c = find_command(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
	return c ? run_command(c, argc - 2, argv + 2) : refuse_command(argv[1]);
}

/* ---- what several commands need ---- */

struct generation *cli_load(const char *path, bool with_warnings)
{
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	generation = conf_load(path, &diag);
	for (const struct diag_entry *e = diag.first; e; e = e->next) {
		if (e->level == DIAG_WARNING && !with_warnings)
			continue;
		if (e->file && e->line)
			(void)fprintf(stderr, "%s:%u: ", e->file, e->line);
		else if (e->file)
			(void)fprintf(stderr, "%s: ", e->file);
		(void)fprintf(stderr, "%s%s\n", e->level == DIAG_WARNING ? "warning: " : "", e->text);
	}
	if (!generation && diag.faults > 1)
		(void)fprintf(stderr, "%zu faults\n", diag.faults);
	arena_free(arena);
	return generation;
}

bool cli_is_terminal(FILE *stream)
{
	return getenv("NO_COLOR") == NULL && isatty(fileno(stream)) == 1;
}

int command_version(const struct arguments *arguments)
{
	(void)arguments;
	(void)printf("shorewatch %s\n", SHOREWATCH_VERSION);
	return EXIT_GOOD;
}
