/*
 * cli.c - which command, with which options. Exit status: 0 good, 1 the answer
 * is bad news, 2 usage.
 */
#include "app/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/words.h"

static int command_help(const struct arguments *arguments);

static const struct command commands[] = {
	{ "run", "[-c FILE] [-v]", "watch, in the foreground",
	  "HUP reads the configuration again (a faulty one changes nothing and is explained in\n"
	  "the log), USR1 probes everything now, TERM ends with everything saved. -v logs every\n"
	  "single result.\n",
	  "cv", 0, 0, command_run },
	{ "check", "[-c FILE] [-v] [--offline]",
	  "every fault of the configuration, with file and line",
	  "Also looks up relays, mailboxes, page, resolvers and references, for 5 s at most, and\n"
	  "warns where one of them lives with a target and would die with it. --offline asks\n"
	  "nobody. -v prints the plan: what will be watched, how, and whom it tells. Exit status\n"
	  "1: it is faulty; warnings leave it at 0.\n",
	  "cvo", 0, 0, command_check },
	{ "probe", "TARGET|URL [-c FILE] [--json]", "one probe now: phases, certificate, address",
	  "TARGET is a name of the configuration; a URL needs none, and begins with http://\n"
	  "https:// or tcp://host:port.\n"
	  "--json: for programs. Exit status 1: it does not answer as it should.\n",
	  "cj", 1, 1, command_probe },
	{ "status", "[-c FILE] [--json]", "what is true now",
	  "Asks the running daemon; when none runs, shows its last report and says so.\n"
	  "--json: the page's status.json. Exit status 1: something is down, or nobody watches.\n",
	  "csj", 0, 0, command_status },
	{ "incidents", "[ID] [-c FILE] [--json]",
	  "what is and was down; one incident's log and evidence",
	  "ID is an incident's number as mails and page show it (20261121-1). --json: for\n"
	  "programs. Works while the daemon runs and when it does not.\n",
	  "csj", 0, 1, command_incidents },
	{ "mails", "[-c FILE] [--json]",
	  "what was sent, to whom, the relay's last word, what waits",
	  "Works while the daemon runs and when it does not. --json: for programs. Exit status\n"
	  "1: a mail waits for longer than 10 minutes, or nobody is there to send it.\n",
	  "csj", 0, 0, command_mails },
	{ "note", "[ID] TEXT... [-c FILE]",
	  "your words on an incident, for the page and status.json",
	  "Without ID: the worst one that is open. At most 200 characters. \"--\" ends the\n"
	  "options. The daemon must run.\n",
	  "cs", 1, 200, command_note },
	{ "silence", "[SCOPE HOW-LONG [WORDS...]] [-c FILE] [--json]",
	  "hold back mails for a while; alone: list those that last",
	  "SCOPE is a target, ping or watchdog by its name, group:NAME, stack:NAME or all.\n"
	  "HOW-LONG is 30m, 2h, 7d; or: until 18:00 (the next one), until 2026-11-23T08:00; 30\n"
	  "days at most. Everything is probed, recorded and shown as ever; what still fails at\n"
	  "the end is mailed then. An outage of a whole stack is held back only by a silence of\n"
	  "that stack, or of all. One for the same scope is replaced. --json: those that last,\n"
	  "for programs. The daemon must run.\n",
	  "csj", 0, 200, command_silence },
	{ "unsilence", "SCOPE [-c FILE] [--json]", "end a silence: what fails is mailed now",
	  "SCOPE as shorewatch silence lists it. --json: those that still last, for programs. The\n"
	  "daemon must run.\n",
	  "csj", 1, 1, command_unsilence },
	{ "ack", "[ID] [WORDS...] [-c FILE] [--json]",
	  "somebody is on it: no more repeats of an incident",
	  "Without ID: the one that is open, if it is the only one. Its end, and anything worse,\n"
	  "are mailed as ever. WORDS are shown on the page and in the next mail. At most 200\n"
	  "characters. --json: for programs. The daemon must run.\n",
	  "csj", 0, 200, command_ack },
	{ "reload", "[-c FILE]", "read the configuration again, as HUP does, and tell the result",
	  "Prints each difference, or every fault with file and line; then nothing has changed\n"
	  "and the exit status is 1. The daemon must run.\n",
	  "cs", 0, 0, command_reload },
	{ "render", "[DIR] [-c FILE]", "write the page from the state, once",
	  "Into DIR, else into the configured folder. Works while the daemon runs and when it\n"
	  "does not.\n",
	  "cs", 0, 1, command_render },
	{ "tombstone", "[-c FILE]", "let the page say that nobody watches any more",
	  "The service's last act (ExecStopPost=): the page keeps what was known, says since when\n"
	  "nobody watches, and claims nothing of the present. The daemon must not run.\n",
	  "cs", 0, 0, command_tombstone },
	{ "test-mail", "[NAME] [-c FILE]", "send one mail to everybody and show the dialogue",
	  "NAME: to this address alone, or by this channel, with its answer. Without a relay a\n"
	  "mail is written as an .eml file.\n",
	  "c", 0, 1, command_test_mail },
	{ "drill", "[--timeout SPAN] [-c FILE] [--json]",
	  "a pretended outage through the whole chain, marked as a drill",
	  "A pretended service is shut and opened again, found DOWN and UP by a real probe, and\n"
	  "told to everybody of mail.to by the real outbox and relays. Takes about 20 s, and\n"
	  "leaves no incident. Each step is shown as it happens; Ctrl-C ends the drill.\n"
	  "--timeout: how long to wait (2m). --json: for programs, at the end. The daemon must\n"
	  "run. Exit status 1: a mail was not taken.\n",
	  "csjt", 0, 0, command_drill },
	{ "options", "[KIND]", "the reference of every option of the configuration",
	  "KIND: target, watchdog, listen, page, mail, relay, http, tcp ...\n", "", 0, 1,
	  command_options },
	{ "demo", "[--once] [-v]", "a pretended cluster on loopback that goes down and comes back",
	  "Nothing leaves this machine. --once ends after one round. -v shows the daemon's log.\n",
	  "1v", 0, 0, command_demo },
	{ "quick", "[--once] [-v] URL...", "watch these URLs without a configuration file",
	  "http:// https:// tcp://host:port. State, page and mails lie in a folder of these URLs\n"
	  "below $XDG_STATE_HOME/shorewatch (or ~/.local/state/shorewatch). --once ends after the\n"
	  "first verdicts (exit status 1: something is down). -v shows the daemon's log.\n",
	  "1v", 1, 64, command_quick },
	{ "snippets", "alertmanager|prometheus|nginx|caddy [-c FILE]",
	  "the other side's configuration, ready to paste",
	  "Filled in from the configuration; secrets are not printed.\n", "c", 1, 1,
	  command_snippets },
	{ "help", "[COMMAND]", "this list, or what COMMAND --help says", "", "", 0, 1,
	  command_help },
	{ "version", "", "the program's version", "", "", 0, 0, command_version },
};

#define COMMANDS_N (sizeof commands / sizeof commands[0])

static void print_usage(FILE *to)
{
	(void)fputs("shorewatch watches sites and a cluster from outside, and tells when all of it "
		    "is down.\n\n",
		    to);
	for (size_t i = 0; i < COMMANDS_N; i++)
		(void)fprintf(to, "  shorewatch %-9s %-39s %s\n", commands[i].name,
			      commands[i].usage, commands[i].summary);
	(void)fputs("\nshorewatch COMMAND --help tells more. The configuration is " DEFAULT_CONFIG
		    " unless -c names another.\n",
		    to);
}

static bool takes(const struct command *c, char option)
{
	return strchr(c->options, option) != NULL;
}

static void print_help(const struct command *c)
{
	(void)printf("shorewatch %s%s%s\n\n%s.\n%s", c->name, c->usage[0] ? " " : "", c->usage,
		     c->summary, c->help);
	if (takes(c, 'c'))
		(void)puts("-c FILE: the configuration, " DEFAULT_CONFIG " when not given.");
	if (takes(c, 's'))
		(void)puts("--state-dir DIR: where the daemon keeps its state, when a broken\n"
			   "configuration does not lead there.");
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
	(void)fprintf(
		stderr,
		"shorewatch: there is no command \"%s\"%s%s%s; shorewatch --help lists them\n",
		name, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return EXIT_USAGE;
}

static int refuse_use(const struct command *c, const char *what, const char *word)
{
	(void)fprintf(stderr, "shorewatch %s: %s%s%s%s; usage: shorewatch %s%s%s\n", c->name, what,
		      word ? " \"" : "", word ? word : "", word ? "\"" : "", c->name,
		      c->usage[0] ? " " : "", c->usage);
	return EXIT_USAGE;
}

/* "-c FILE", "-cFILE", "--config FILE" and "--config=FILE" are all people's habits; one spelling is
 * documented. */
static bool read_config(struct arguments *a, char **argv, int *at)
{
	const char *word = argv[*at];

	if (strncmp(word, "--config=", 9) == 0)
		a->config = word + 9;
	else if (strncmp(word, "-c", 2) == 0 && word[2])
		a->config = word + 2;
	else if (argv[*at + 1])
		a->config = argv[++*at];
	else
		return false;
	return a->config[0] != '\0';
}

static bool is_config(const char *word)
{
	return strncmp(word, "-c", 2) == 0 || strcmp(word, "--config") == 0 ||
	       strncmp(word, "--config=", 9) == 0;
}

/* "--timeout 90s" and "--timeout=90s"; `name` with its dashes. */
static bool is_option(const char *word, const char *name)
{
	size_t n = strlen(name);

	return strncmp(word, name, n) == 0 && (word[n] == '\0' || word[n] == '=');
}

/* What follows the option at argv[*at], which is called `name`; "": nothing does. */
static const char *read_value(char **argv, int *at, const char *name)
{
	const char *value = argv[*at] + strlen(name);

	if (*value == '=')
		return value + 1;
	return argv[*at + 1] ? argv[++*at] : "";
}

static bool read_timeout(struct arguments *a, char **argv, int *at)
{
	return words_duration(read_value(argv, at, "--timeout"), &a->timeout) && a->timeout > 0;
}

static bool read_state_dir(struct arguments *a, char **argv, int *at)
{
	a->state_dir = read_value(argv, at, "--state-dir");
	return a->state_dir[0] != '\0';
}

/* One option at argv[*at]; false: `what` says why it cannot be. */
static bool read_option(const struct command *c, struct arguments *a, char **argv, int *at,
			const char **what)
{
	const char *word = argv[*at];

	*what = "there is no option";
	if (is_config(word) && takes(c, 'c')) {
		*what = "a file has to follow";
		return read_config(a, argv, at);
	}
	if (is_option(word, "--timeout") && takes(c, 't')) {
		*what = "a time such as 90s or 5m has to follow";
		return read_timeout(a, argv, at);
	}
	if (is_option(word, "--state-dir") && takes(c, 's')) {
		*what = "a folder has to follow";
		return read_state_dir(a, argv, at);
	}
	if (strcmp(word, "--json") == 0 && takes(c, 'j'))
		return a->is_json = true;
	if ((strcmp(word, "-v") == 0 || strcmp(word, "--verbose") == 0) && takes(c, 'v'))
		return a->is_verbose = true;
	if (strcmp(word, "--once") == 0 && takes(c, '1'))
		return a->is_once = true;
	if (strcmp(word, "--offline") == 0 && takes(c, 'o'))
		return a->is_offline = true;
	return false;
}

static bool asks_for_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* False: `status` says with what to end. */
static bool read_arguments(const struct command *c, int argc, char **argv, struct arguments *a,
			   int *status)
{
	bool has_ended = false; /* "--": only words follow */
	const char *what;

	for (int i = 0; i < argc; i++) {
		const char *word = argv[i];

		if (has_ended || word[0] != '-') {
			a->words[a->words_n++] = argv[i];
		} else if (strcmp(word, "--") == 0) {
			has_ended = true;
		} else if (asks_for_help(word)) {
			print_help(c);
			*status = EXIT_GOOD;
			return false;
		} else if (!read_option(c, a, argv, &i, &what)) {
			*status = refuse_use(c, what, word);
			return false;
		}
	}
	return true;
}

static int run_command(const struct command *c, int argc, char **argv)
{
	struct arguments a = { .command = c,
			       .config = DEFAULT_CONFIG,
			       .words = calloc((size_t)argc + 1, sizeof(char *)) };
	int status = EXIT_BAD_NEWS;

	if (a.words && read_arguments(c, argc, argv, &a, &status)) {
		if (a.words_n < c->least_words)
			status = refuse_use(c, "something is missing", NULL);
		else if (a.words_n > c->most_words)
			status = refuse_use(c, "one word too many:", a.words[c->most_words]);
		else
			status = c->run(&a);
	}
	free(a.words);
	return status;
}

static int command_help(const struct arguments *a)
{
	const struct command *c;

	if (a->words_n == 0) {
		print_usage(stdout);
		return EXIT_GOOD;
	}
	c = find_command(a->words[0]);
	if (!c)
		return refuse_command(a->words[0]);
	print_help(c);
	return EXIT_GOOD;
}

/* What was promised to standard output must have arrived there: a full disk is no success. */
static int finish_output(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	(void)fprintf(stderr, "shorewatch: standard output cannot be written: %s\n",
		      strerror(errno));
	return status == EXIT_GOOD ? EXIT_BAD_NEWS : status;
}

int command_version(const struct arguments *arguments)
{
	(void)arguments;
	(void)printf("shorewatch %s\n", SHOREWATCH_VERSION);
	return EXIT_GOOD;
}

int cli_main(int argc, char **argv)
{
	const struct command *c;

	log_setup(LOG_LEVEL_INFO, getenv("JOURNAL_STREAM") != NULL);
	if (argc < 2 || asks_for_help(argv[1])) {
		print_usage(argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : finish_output(EXIT_GOOD);
	}
	c = find_command(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
	return c ? finish_output(run_command(c, argc - 2, argv + 2)) : refuse_command(argv[1]);
}
