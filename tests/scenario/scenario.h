/*
 * scenario.h - hours of life in a text file, replayed against the real engine,
 * outbox and renderers; shared by the runner's own files only.
 *
 *   scenario.c  main, the file, lines and time
 *   word.c      words and spans
 *   config.c    the `config` line becomes a plan
 *   config_window.c  planned work in it
 *   world.c     targets, references and beats as they really are
 *   certificates.c  what hosts show and what time they say it is; the operator's notes
 *   bind.c      the five effects, the store in memory, start, stop and death
 *   post.c      notices as files, the relay, and what it accepted
 *   letter.c    one message as its reader sees it
 *   witness.c   what a watchdog's Alertmanager and Prometheus say when asked
 *   trace.c     all of it as text, to be compared
 *   commands.c  what a line may do
 *   expect.c    what a line may demand; expect_mail.c of the mails
 *
 * Nothing here reads a clock, opens a socket or sleeps. Time is a number of
 * microseconds since the scenario began; both clocks of the engine derive from it.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "core/engine.h"
#include "core/outbox.h"

#define TARGETS_MAX	   1024
#define WATCHDOGS_MAX	   8
#define PINGS_MAX	   8
#define RELAYS_MAX	   4
#define LETTERS_MAX	   2048
#define MARKS_MAX	   8192
#define INCIDENTS_SEEN_MAX 256
#define WORD_MAX	   256
#define FOREVER		   INT64_MAX

struct arena;

/* ---- the world ---- */

/* How a target answers from now on; kept by name, so that it outlives a reload. */
struct health {
	char name[NAME_TEXT_MAX];
	struct outcome outcome;
	int code;
	usec_t took; /* 0: what such an outcome usually takes */
	bool is_address_good; /* only the name fails */
	struct certificate certificate;
	bool is_dated; /* it sends a Date header */
};

/* What an Alertmanager or a Prometheus knows of its Watchdog; by the witness's name. */
enum knowledge {
	KNOWS_ACTIVE,	  /* firing, evaluated anew every 90 s */
	KNOWS_STUCK,	  /* firing, never evaluated again */
	/* the same, and forgotten 240 s after the last evaluation, as Alertmanager does */
	KNOWS_DYING,
	KNOWS_SUPPRESSED, /* as active, held back by `by` */
	KNOWS_NOTHING,	  /* an empty list */
};

struct voice {
	char name[NAME_TEXT_MAX];
	enum knowledge knows;
	usec_t evaluated; /* the last time, or one of the times */
	char by[NAME_TEXT_MAX];
};

struct run {
	bool is_active;
	struct now started;
	usec_t ends;
	struct outcome outcome;
	int code;
	usec_t took;
	bool is_address_good;
};

/* Alertmanager's side of one watchdog, or a job that reports itself. */
struct sender {
	char name[NAME_TEXT_MAX];
	usec_t every, next; /* next FOREVER: it sends nothing */
};

struct world {
	struct health healths[TARGETS_MAX];
	size_t healths_n;
	struct run runs[TARGETS_MAX];
	struct sender senders[WATCHDOGS_MAX + PINGS_MAX];
	size_t senders_n;
	struct voice voices[2 * WATCHDOGS_MAX];
	size_t voices_n;
	enum family by; /* which beats and reports come; FAMILY_ANY: through a proxy */
};

/* ---- post ---- */

enum relay_mode { RELAY_UP, RELAY_DOWN, RELAY_LATER, RELAY_REFUSE, RELAY_DOUBT, RELAY_LOST };

enum letter_state { LETTER_NEW, LETTER_INFLIGHT, LETTER_RING };

/* One notice as the spool keeps it: durable, whatever happens to the engine. */
struct letter {
	struct notice notice;
	enum letter_state state;
	char *head; /* notice_write's text: all that a restart knows of it */
	char *message;
	size_t message_n;
	char *subject, *text; /* as its reader sees them */
	char message_id[256];
	char *references;
	usec_t made, sending_ends;
	enum outbox_result ahead; /* how the attempt that runs will end */
	bool is_accepted_ahead;	  /* whether the relay will have taken it by then */
};

/* A message that a relay has really accepted, once for each time it did. */
struct delivered {
	const struct letter *letter;
	usec_t at;
};

struct post {
	struct outbox outbox;
	struct letter *letters[LETTERS_MAX];
	size_t letters_n;
	struct delivered delivered[LETTERS_MAX];
	size_t delivered_n;
	enum relay_mode relays[RELAYS_MAX];
	char refused[NOTICE_RECIPIENT_MAX]; /* the recipient whom every relay refuses; "" nobody */
	bool may_double, is_disk_broken;
};

/* ---- what survives ---- */

struct stored_day {
	char name[NAME_TEXT_MAX];
	int32_t day;
	struct day_sums sums;
};

struct memory {
	char *state, *state_before_notice; /* NULL: none */
	struct now state_at, before_at;
	struct stored_day *days;
	size_t days_n, days_room;
};

/* ---- the record, for expectations and for whoever reads a failure ---- */

struct mark {
	usec_t at;
	char name[NAME_TEXT_MAX];
	const char *to;
};

struct seen_incident {
	uint64_t id;
	struct incident last; /* as it was recorded last */
};

struct journal {
	struct mark marks[MARKS_MAX];
	size_t marks_n;
	struct seen_incident seen[INCIDENTS_SEEN_MAX];
	size_t seen_n;
	char lines[48][160];
	size_t lines_n;
};

struct scenario {
	const char *file;
	unsigned line;
	usec_t shift; /* of the sweep */
	const char *variant;
	bool has_failed;
	bool is_told;	/* every line of the journal is printed */
	bool is_traced; /* and all else that is done and shown */
	usec_t sampled; /* the last time the trace says what the engine holds */

	usec_t elapsed;
	int64_t mono_base, wall_base;
	usec_t wall_stepped; /* how far our wall clock is ahead of the world's */
	usec_t turn_at;
	unsigned turns_at_once;

	struct arena *arena; /* of the plan */
	struct plan *plan;
	char *config;
	struct engine *engine; /* NULL: nobody is watching */
	uint64_t seed;
	mono_t wake;
	bool is_dirty, has_new_letter;
	struct world world;
	struct post post;
	struct memory memory;
	struct journal journal;
};

/* ---- scenario.c ---- */

struct now scenario_now(const struct scenario *s);
/* Print where, what was demanded and what is; the scenario ends. Always false. */
bool scenario_fail(struct scenario *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A mistake in the file rather than in the engine. Always false. */
bool scenario_misspelt(struct scenario *s, const char *what, const char *text);
/* Everything that happens up to and including `until` happens. False: something has failed. */
bool scenario_run(struct scenario *s, usec_t until);

/* ---- word.c ---- */

const char *skip_spaces(const char *at);
/* The next word; a quoted text is one word, without its quotes. False: no more. */
bool word_next(const char **at, char ret[WORD_MAX]);
/* The next word if it is `word`. */
bool word_is(const char **at, const char *word);
/* "90s", "1h5m", "250ms". */
bool span_parse(const char *text, usec_t *ret);
bool span_next(const char **at, usec_t *ret);

/* ---- config.c ---- */

/* The plan that the text describes, in a new arena. NULL: said why. */
struct plan *config_read(struct scenario *s, const char *text, struct arena **ret_arena);

/* ---- config_window.c ---- */

/* "Mon 09:00", by the process's clock. */
bool window_moment(const char *text, struct window_plan *ret);

/* "NAME SCOPE,SCOPE 10m..40m", its texts in the arena. False: said why. */
bool config_window(struct scenario *s, struct arena *arena, const char *at,
		   struct window_plan *ret);
/* False: a window is about nothing that the plan has; said which. */
bool config_scopes_known(struct scenario *s, const struct plan *plan);

/* ---- world.c ---- */

/* Whether target or reference `index` is meant by "*", "references", "references4", "web-*" or a
 * name. */
bool world_matches(const struct plan *plan, size_t index, const char *selector);
struct health *world_health(struct world *w, const char *name);
struct sender *world_sender(struct world *w, const char *name);
/* Targets, references and witnesses. */
size_t world_hosts(const struct plan *plan);
void world_launch(struct scenario *s, uint32_t target, struct now now);
/* When something happens next. */
usec_t world_next(const struct scenario *s);
/* Runs that have ended and beats that have come reach the engine. */
void world_turn(struct scenario *s);
/* Nobody listened until now: beats are lost, runs are gone. */
void world_miss(struct scenario *s);

/* ---- certificates.c ---- */

/* What a run sees of the host's certificate and Date; may turn a pass into a failure. */
void certificate_show(const struct scenario *s, const struct health *h, struct observation *o);
bool do_certificate(struct scenario *s, const char *at);
bool do_dates(struct scenario *s, const char *at);
bool do_note(struct scenario *s, const char *at);

#define RELAY_NEAR "near" /* title of a relay in our private network */

/* ---- hush.c ---- */

bool do_silence(struct scenario *s, const char *at);
bool do_unsilence(struct scenario *s, const char *at);
bool do_ack(struct scenario *s, const char *at);

/* ---- bind.c ---- */

/* An engine of the present plan with whatever memory holds. False: it refused it. */
bool engine_make(struct scenario *s, usec_t shift, usec_t absence);
/* A first life, or the next one: as engine_make, and the spool is read. */
bool engine_start(struct scenario *s, usec_t shift, usec_t absence);
void engine_end(struct scenario *s);
/* What is durable at this very instant. */
void engine_save(struct scenario *s);
/* One turn: advance, effects, post, state. */
bool engine_turn(struct scenario *s);
int memory_of_incident(const struct scenario *s, uint64_t id);
void journal_say(struct scenario *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void memory_done(struct memory *m);

/* ---- trace.c ---- */

/* A line of the trace, if there is one: `what` of `name` is these bytes (their hash). */
void trace_text(const struct scenario *s, const char *what, const char *name, const void *bytes,
		size_t n);
/* Nothing happens until `until`: what the engine holds in between. */
void trace_until(struct scenario *s, usec_t until);

/* ---- post.c ---- */

void post_take(struct scenario *s, const struct notice *notice, const struct incident *incident);
usec_t post_next(const struct scenario *s);
bool post_turn(struct scenario *s);
/* After a start: what the spool holds goes to the outbox and to the engine. */
void post_recover(struct scenario *s);
/* The program is gone in the middle of whatever it was doing. */
void post_die(struct scenario *s);
void post_done(struct post *p);

/* ---- letter.c ---- */

/* Reads subject, text and thread out of the message. False: it is not a mail as email.md says; why
 * is said. */
bool letter_read(struct scenario *s, struct letter *letter);
void letter_free(struct letter *letter);

/* ---- witness.c ---- */

/* What a witness that answers says of its watchdog. */
void witness_testify(struct scenario *s, const struct target_plan *t, struct observation *o);
bool do_pull(struct scenario *s, const char *at);
bool do_listener(struct scenario *s, const char *at);
bool expect_pull(struct scenario *s, const char *at);
bool expect_listener(struct scenario *s, const char *at);

/* ---- commands.c ---- */

bool command_run(struct scenario *s, const char *text);

/* ---- expect.c ---- */

bool expect_run(struct scenario *s, const char *text);

/* ---- expect_mail.c ---- */

/* "mail ...", "last mail ...", "no mail ...": what the relay has accepted. */
bool expect_mail(struct scenario *s, const char *at);
bool expect_last_mail(struct scenario *s, const char *at);
bool expect_no_mail(struct scenario *s, const char *at);

#endif
