/*
 * cmd_run.c - `run`, `check` and `options`: what needs nothing but the configuration.
 */
#include <stdio.h>

#include "app/cli.h"
#include "app/daemon.h"
#include "base/buf.h"
#include "base/log.h"

#define TEXT_MAX (4u << 20)

int command_run(const struct arguments *a)
{
	struct generation *generation = cli_load(a->config, true);
	struct daemon_setup setup = { .generation = generation };

	if (!generation) {
		(void)fprintf(stderr, "shorewatch run: the configuration %s is faulty; nothing is watched\n", a->config);
		return EXIT_BAD_NEWS;
	}
	if (a->is_verbose)
		log_setup(LOG_LEVEL_DEBUG, false);
	return daemon_run(&setup);
}

int command_check(const struct arguments *a)
{
	struct generation *generation = cli_load(a->config, true);
	struct buf text = BUF_INIT(TEXT_MAX);

	if (!generation)
		return EXIT_BAD_NEWS;
	if (a->is_verbose)
		conf_print_plan(&generation->plan, &text);
	(void)fputs(buf_text(&text), stdout);
	(void)printf("%s is good: %zu target%s\n", a->config, generation->plan.targets_n,
		     generation->plan.targets_n == 1 ? "" : "s");
	buf_done(&text);
	generation_drop(generation);
	return EXIT_GOOD;
}

int command_options(const struct arguments *a)
{
	const char *kind = a->words_n > 0 ? a->words[0] : NULL;
	struct buf text = BUF_INIT(TEXT_MAX);
	bool is_known = conf_print_options(kind, &text);

	if (is_known)
		(void)fputs(buf_text(&text), stdout);
	else
		(void)fprintf(stderr, "shorewatch options: there is no kind \"%s\"; shorewatch options lists all\n", kind);
	buf_done(&text);
	return is_known ? EXIT_GOOD : EXIT_USAGE;
}
