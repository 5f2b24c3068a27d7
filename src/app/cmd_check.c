/*
 * cmd_check.c - `check` and `options`: what needs nothing but the configuration,
 * and of `check` what our resolvers know of the names in it.
 */
#include <stdio.h>

#include "app/agenda.h"
#include "app/cli.h"
#include "app/fate_check.h"
#include "base/buf.h"
#include "io/loop.h"

#define TEXT_MAX (64u << 20)

int command_check(const struct arguments *a)
{
	wall_t now = io_clock().wall;
	struct conf_need need = { .secrets = CONF_SECRETS_SERVICE, .now = now };
	struct generation *generation = cli_load_with_warnings(a->config, need);
	struct buf text = BUF_INIT(TEXT_MAX);

	if (!generation)
		return EXIT_BAD_NEWS;
	if (!a->is_offline)
		fate_check(generation);
	if (a->is_verbose) {
		conf_print_plan(&generation->plan, &text);
		agenda_print(&generation->plan, now, &text);
	}
	(void)fputs(buf_text(&text), stdout);
	(void)printf("%s is good: %zu target%s\n", a->config, generation->plan.targets_n,
		     generation->plan.targets_n == 1 ? "" : "s");
	buf_done(&text);
	generation_drop(generation);
	return EXIT_GOOD;
}

int command_options(const struct arguments *a)
{
	const char *kind = a->words_n > 0 ? a->words[0] : NULL, *near;
	struct buf text = BUF_INIT(TEXT_MAX);
	bool is_known = conf_print_options(kind, &text);

	if (is_known) {
		(void)fputs(buf_text(&text), stdout);
	} else {
		near = conf_options_nearest(kind);
		(void)fprintf(stderr,
			      "shorewatch options: there is no kind \"%s\"%s%s%s; shorewatch "
			      "options lists all\n",
			      kind, near ? "; did you mean \"" : "", near ? near : "",
			      near ? "\"?" : "");
	}
	buf_done(&text);
	return is_known ? EXIT_GOOD : EXIT_USAGE;
}
