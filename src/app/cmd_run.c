/*
 * cmd_run.c - `run`: the daemon, on the configuration or its last good copy.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/cli.h"
#include "app/daemon.h"
#include "app/faults.h"
#include "app/thrift.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/diag.h"
#include "base/log.h"
#include "io/loop.h"

/* To the log, which people read who were not there when we started. */
static struct generation *load_to_run(const char *path, struct diag *diag)
{
	struct conf_need need = { .secrets = CONF_SECRETS_ALL, .now = io_clock().wall };
	struct generation *generation = conf_load_for(path, need, diag);

	faults_log(diag);
	return generation;
}

/* A reboot with a broken configuration must not leave nobody watching (DECISIONS 4). */
static struct generation *load_last_good(const char *path, struct diag *diag)
{
	struct generation *generation = conf_load_good(path, diag);
	struct buf when = BUF_INIT(64);

	faults_log(diag);
	if (!generation) {
		log_err("config file=%s what=\"faulty, and there is no good copy of it; nothing is "
			"watched\"",
			path);
		return NULL;
	}
	calendar_print_iso(&when, generation->kept);
	log_err("config file=%s what=\"faulty; the last good copy of it is used\" kept=%s", path,
		buf_text(&when));
	buf_done(&when);
	return generation;
}

int command_run(const struct arguments *a)
{
	struct arena *arena = arena_new();
	char trouble[DAEMON_TROUBLE_MAX];
	struct daemon_setup setup = { .trouble = NULL };
	struct diag diag, diag_good;
	int status = EXIT_BAD_NEWS;

	thrift_begin();
	if (a->is_verbose)
		log_setup(LOG_LEVEL_DEBUG, getenv("JOURNAL_STREAM") != NULL);
	diag_init(&diag, arena);
	diag_init(&diag_good, arena);
	setup.generation = load_to_run(a->config, &diag);
	if (!setup.generation) {
		faults_first(&diag, trouble, sizeof trouble);
		setup.trouble = trouble;
		setup.generation = load_last_good(a->config, &diag_good);
	}
	if (setup.generation)
		status = daemon_run(&setup);
	arena_free(arena);
	return status;
}
