/*
 * quiet.h - what keeps mails back, and certificates: planned work, the
 * operator's words, who depends on whom. A part of sim.h.
 *
 *   quiet_draw.c     draws them, beside what draw.c draws
 *   quiet_trace.c    as text, and back
 *   quiet_shrink.c   with less of it
 *   operator.c       who speaks to the daemon, if it is there
 *   certs.c          which certificate is shown, and for how long
 *   planned.c        which planned work is under way, by the clock of its zone
 *   plan_quiet.c     in the words of the engine's plan
 *   judge_quiet.c    who may be kept quiet now, and who must be
 *   judge_wanted.c   was this mail wanted?
 *   judge_certs.c    what was said of certificates, and what should have been
 *
 * planned.c reckons with rules of DST written down here, and shares neither the
 * zone files nor the arithmetic with the engine.
 */
#ifndef SIM_QUIET_H
#define SIM_QUIET_H

#define WINDOWS_MAX	4
#define CERTS_MAX	3
#define GENERATIONS_MAX 128 /* certificates that a world has seen */
#define HUSHES_MAX	16
#define ACKS_MAX	64
#define FLAP_CHANGES	4
#define NO_CLOCK	(-1)

struct sim;
struct setup;
struct notice;
struct incident;
struct thread;

/* What a window or a silence is about, as one number. */
enum scope_code {
	SCOPE_ALL = 0,
	SCOPE_STACK = 1, /* + stack */
	SCOPE_GROUP = 3, /* + 0, 1: every other site */
	SCOPE_DOG = 5,	 /* + stack: its watchdog */
	SCOPE_SITE = 10, /* + site */
	SCOPE_JOB = 20,	 /* + job */
};

enum zone_code { ZONE_UTC, ZONE_BERLIN, ZONE_NEW_YORK, ZONE_LORD_HOWE, ZONE_TOKYO, ZONE_KATHMANDU,
		 ZONES };

/* Once from `from` to `until`, since the beginning; until 0: by the minute, as crontab(5) has it. */
struct window_setup {
	int scope;
	int64_t from, until;
	enum zone_code zone;
	int minute;
	unsigned hours, days, months, weekdays; /* bits; 0: each */
	int64_t duration;			/* 0: to the minute `ends` of the day */
	int ends;				/* else NO_CLOCK */
};

/* The first one of each; ORDEAL_RENEW brings the next. Since the beginning. */
struct cert_setup {
	int64_t from, ends;
};

/* ---- the truth ---- */

struct generation {
	int cert;
	int64_t from, ends, shown, replaced; /* NEVER: it is still shown */
	uint64_t fingerprint;
	unsigned told; /* bits of the steps; 1 << 5: renewed */
	int64_t waiting; /* something is to be told since so long */
};

struct certs {
	struct generation v[GENERATIONS_MAX];
	size_t n;
	int64_t next;	  /* something begins or ends by our clock, or by the world's */
	int64_t mails[8]; /* when the last ones were told */
	unsigned mails_n;
	int64_t wall_ahead; /* as it was when `next` was reckoned */
};

/* A silence, as it was spoken. Doubtful: the word, or its end, may be lost with us. */
struct hush {
	int scope;
	int64_t since, until; /* by the wall clock, us */
	int64_t otherwise;    /* until then, if what was said last is lost; LONG_AGO */
	int64_t said, over;   /* NEVER: it is not over */
	int64_t moved, moved_at; /* with a clock that was set back far, last, and when */
	bool is_on, is_doubtful;
};

struct ack {
	uint64_t incident;
	int64_t said;
	bool is_on, is_doubtful;
};

struct quiet {
	bool is_used; /* there are windows, parents, or an operator */
	bool is_window_on[WINDOWS_MAX];
	struct hush hushes[HUSHES_MAX];
	struct ack acks[ACKS_MAX];
	size_t acks_n;
	int64_t next;	    /* something of it begins or ends */
	int64_t wall_ahead; /* as it was when `next` was reckoned */
	int64_t changed[STACKS_MAX];
	/* of sites and jobs, and of the stacks' watchdogs */
	bool is_planned[HOSTS_MAX], is_dog_planned[STACKS_MAX];
	int64_t planned_began[HOSTS_MAX], planned_ended[HOSTS_MAX]; /* last */
	int64_t dog_planned_ended[STACKS_MAX];
	int64_t planned_all[HOSTS_MAX]; /* so long in all */
	int64_t quieted[HOSTS_MAX], dog_quieted[STACKS_MAX]; /* it may have been so, last */
	bool was_quiet[HOSTS_MAX];
	int64_t parent_failed[HOSTS_MAX]; /* what it depends on may have, last */
	int64_t failed[HOSTS_MAX]; /* it was found to fail, last */
	int64_t dog_failed[STACKS_MAX];
	bool is_unsaid[STACKS_MAX]; /* what is found of all of it was not told, at the last look */
	int64_t said[STACKS_MAX];   /* all that is found of the whole stack was told, or may not be */
	/* changes of what was found, newest first */
	int64_t changes[HOSTS_MAX][FLAP_CHANGES];
};

/* ---- quiet_draw.c ---- */

void quiet_draw(struct setup *setup);

/* ---- quiet_trace.c ---- */

void quiet_write(const struct setup *setup, FILE *to);
bool window_read(struct setup *setup, const char *line);
bool cert_read(struct setup *setup, const char *line);

/* ---- quiet_shrink.c ---- */

/* A site leaves: the numbers of those behind it follow. False: something is about it. */
bool quiet_without_site(struct setup *setup, int site);

/* ---- operator.c ---- */

bool scope_has_host(const struct sim *s, int scope, int host);
bool scope_has_dog(int scope, int stack);
bool scope_has_all_of(int scope, int stack);
/* As the daemon is told it; static text or the host's name. */
const char *scope_words(const struct sim *s, int scope);
/* A silence begins or is lifted, or an incident is acknowledged. */
void operator_speaks(struct sim *s, const struct ordeal *ordeal, bool is_beginning);
/* We die with what was said since the state was saved. */
void operator_forgotten(struct sim *s);
/* How many silences hold `host`, the watchdog of `stack`, or all of the stack: surely, or perhaps. */
bool is_hushed(const struct sim *s, int host, bool is_surely);
bool is_dog_hushed(const struct sim *s, int stack, bool is_surely);
bool is_stack_hushed(const struct sim *s, int stack, bool is_surely);
/* Drops those that are over by the wall clock. Returns when the next one will be. */
int64_t hushes_live(struct sim *s);

/* ---- planned.c ---- */

/* Is the window's work under way at this wall time, in us? When to look again. */
bool is_window_on(const struct setup *setup, const struct window_setup *window, int64_t wall,
		  int64_t *ret_next);
const char *zone_of(enum zone_code zone);

/* ---- certs.c ---- */

void certs_begin(struct sim *s);
/* The one that is shown by a site; NULL: it has none. */
struct generation *cert_of(struct sim *s, int site);
const struct generation *cert_seen(const struct sim *s, int site);
/* It is over, by the world's clock. */
bool is_cert_over(const struct sim *s, int site);
/* By our clock it is over, or not valid yet. */
bool is_cert_refused(const struct sim *s, int site);
void cert_renew(struct sim *s, const struct ordeal *ordeal);
void certs_live(struct sim *s);
/* So long before its end a step (0 to 4) is reached. */
int64_t cert_ahead(const struct generation *g, int step);

/* ---- judge_quiet.c ---- */

void judge_quiet_begin(struct sim *s);
/* Windows and silences begin and end; before anything else happens at this time. */
void quiet_live(struct sim *s);
/* So much time has passed as it was. */
void judge_quiet_grow(struct sim *s, int64_t span);
/* Mails about it may be held back now, by planned work, a silence or what it depends on. */
bool is_quiet(const struct sim *s, int host, bool is_surely);
bool is_dog_quiet(const struct sim *s, int stack, bool is_surely);
/* Whatever is found of the whole stack is held back. */
bool is_stack_quiet(const struct sim *s, int stack, bool is_surely);
/* May, or must, nothing be mailed of these hosts (bits) and this finding? */
bool is_all_quiet(const struct sim *s, int stack, uint32_t hosts, bool has_dog, bool is_surely);
/* Acknowledged, and not worse than what it was for long since then, or that was told. */
bool is_nothing_to_tell(struct sim *s, const struct incident *incident);
/* What is found of a whole stack is told, whatever is held back of its parts. */
void look_at_unsaid(struct sim *s, const struct model *m);
/* How bad those are that were told, and for how long. */
void look_at_findings(struct sim *s, const struct model *m);
/* The model shows planned work and silences as they are. */
void judge_quiet_model(struct sim *s, const struct model *m);
void judge_wanted(struct sim *s, const struct notice *n, struct thread *thread);
/* A target, or a watchdog, was found to fail, or to be well again. */
void judge_quiet_host(struct sim *s, int host, bool is_failing);
/* Since nothing holds it back any more, and we could see it, there was time to tell. */
bool is_heard_again(const struct sim *s, int64_t quieted);
void judge_quiet_dog(struct sim *s, int stack);

/* ---- judge_certs.c ---- */

void judge_certificate(struct sim *s, const struct notice *n);
void judge_certs_grow(struct sim *s, int64_t span);
void look_at_certs(struct sim *s);
/* Enough others have told us by now that our clock is far off. */
bool is_clock_refuted(const struct sim *s);
/* Nobody could call it wrong: it is off by less than a day, or not at all. */
bool is_clock_near(const struct sim *s);

#endif
