/*
 * daemon.h - the engine bound to the world.
 *
 *   daemon.c     its life: start, turns, signals, end
 *   effects.c    the engine's five effects
 *   courier.c    notices: durable, sent, recorded
 *   relays.c     the relays' addresses, known before they are needed
 *   publisher.c  the model as files, every 30 s and on a change
 *   memory.c     what a restart or a reload must not forget
 *   reload.c     another configuration, or every fault of it
 *   drill.c      a pretended outage, when somebody asks for one
 *   canary_run.c a mail a day that is looked for in its mailbox
 *   pulse.c      do we get on? told to systemd and to heartbeat_url
 */
#ifndef APP_DAEMON_H
#define APP_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "core/canary.h"
#include "core/engine.h"
#include "shorewatch/io.h"

struct buf;
struct canary_run;
struct control;
struct buf;
struct courier;
struct daemon;
struct drill;
struct publisher;
struct pulse;
struct receiver;
struct refresh;
struct relays;
struct runs;
struct store;
struct worker;

/* What somebody who looks on is told: the demonstration, and tests. */
enum daemon_event {
	DAEMON_READY,
	DAEMON_TRANSITION,
	DAEMON_INCIDENT,
	DAEMON_MAIL,
	DAEMON_PUBLISHED
};

#define DAEMON_TROUBLE_MAX 256

struct daemon_setup {
	struct generation *generation; /* held by the daemon from here on */
	bool is_demo;		       /* every page and mail says so */
	/* the configuration came from memory: there is nothing to reload */
	bool is_text;
	/* its first fault, when `generation` is the last good copy; NULL: it is good */
	const char *trouble;
	void *ctx;
	/* may be NULL */
	void (*on_event)(void *ctx, enum daemon_event event, const char *line, struct now now);
	/* Every turn; returns when it wants the next one. May be NULL. */
	mono_t (*on_turn)(void *ctx, struct daemon *d, const struct model *model, struct now now);
};

/* What was set up at the start, and stays until the next one whatever the configuration says. */
struct started {
	char *state_dir, *page_dir, *listen, *timezone; /* NULL: not given */
};

struct daemon {
	struct daemon_setup setup;
	struct generation *generation;
	struct io *io;
	struct worker *worker;
	struct runs *runs;
	struct engine *engine;
	struct courier *courier;
	struct relays *relays;
	struct refresh *refresh;
	struct canary_run *canary;
	enum canary_state canary_shown;
	struct publisher *publisher;
	struct pulse *pulse;
	struct receiver *receiver; /* NULL: no listener */
	uint64_t lost;		   /* requests, for want of something of our own, */
	mono_t lost_at;		   /* and when that was seen last */
	mono_t listened;	   /* the last look at it */
	struct control *control;   /* NULL: commands cannot ask us, said at start */
	struct drill *drill;	   /* the last one, running or over; NULL: none so far */
	struct store *store;	   /* NULL: no history, said at start */
	const char *store_trouble;
	bool is_storage_failing;   /* the outbox's disk or the history's, */
	mono_t storage_fails;	   /* since then */
	/* the configuration's first fault while an older one runs; "" none */
	char trouble[DAEMON_TROUBLE_MAX];
	uint32_t references_up;		  /* a bit for each whose last run passed */
	struct now now;		   /* of this turn */
	bool is_state_dirty;
	mono_t state_saved, state_collected, pruned;
	mono_t store_again;		  /* without history: when to try to open one */
	bool is_store_opening;
	int store_error; /* of the last opening; 0: it was opened */
	struct started started;
	bool is_reload_asked; /* by a signal */
	bool is_stopping;
	mono_t stop_by; /* for mails under way; the disk has until `end_by` */
	mono_t end_by;
	int result;
};

/* Runs until TERM or INT. The exit status: 0, or 1 with the reason logged. */
int daemon_run(const struct daemon_setup *setup);
/*
 * As on HUP. `told` may be NULL: receives each difference, or every fault. False: the old one
 * stays.
 */
bool daemon_reload(struct daemon *d, struct buf *told);
/* End as on TERM, from within on_turn, with this exit status. */
void daemon_stop(struct daemon *d, int result);
void daemon_tell(struct daemon *d, enum daemon_event event, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* effects.c */
struct engine_effects effects_of(struct daemon *d);
void effects_observed(void *daemon, const struct observation *observation);
/*
 * A relay of this machine, under its public address, has answered: it does so when our line is
 * dead, too, and is no witness of it.
 */
bool effects_is_own_relay(const struct plan *plan, const struct observation *observation);

/* memory.c */
/* Waits for the disk, but not for ever: without history we go on, and try again. */
void memory_open(struct daemon *d);
/* The engine's last state, days and waiting notices, before the loop runs. */
void memory_restore(struct daemon *d);
/* At most once a second. */
void memory_save(struct daemon *d);
/* At the end: handed to the worker, which is to be drained before and after. */
void memory_save_last(struct daemon *d);
/* What is true now, as it is shown. Valid until the engine is called again. */
void daemon_model(struct daemon *d, struct model *ret);

/* reload.c */
/* What stays until the next start whatever the configuration says. */
void reload_remember(struct daemon *d);
void reload_forget(struct daemon *d);
/* The configuration works: its copy is for a start that finds it broken. */
void reload_keep(struct daemon *d);

/* report.c: one line an event, for the log and whoever looks on */
void report_record(struct daemon *d, const struct record *record);

#endif
