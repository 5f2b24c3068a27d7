/*
 * judge.h - the judge: what he notes, and whom he asks. A part of sim.h.
 *
 *   judge.c        time passes, things change: when to look
 *   judge_truth.c  what is true of sites and of our link, and what has to be said of it
 *   judge_runs.c   single verdicts, held against what the engine was shown
 *   judge_duties.c has everything been said by now?
 *   judge_mail.c   was it so, in the right order, and once?
 *   judge_model.c  does the page agree with the incidents, and with the truth?
 *   judge_days.c   the seconds of the days
 *   judge_quiet.c, judge_wanted.c, judge_certs.c: quiet.h
 */
#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

struct sim;
struct ordeal;
struct run;
struct letter;

/* ---- the judge's notes ---- */

#define THREADS_MAX  4096
#define NOTICED_MAX  10 /* so many mails an hour are free, of any kind */
#define NAMED_LATER    (330 * SEC) /* joined within 2 min, mails 5 min apart */
#define CALM_ENOUGH    (45 * MINUTE) /* then nothing may be open any more */
#define SETTLED_AFTER (17 * MINUTE) /* since nothing has changed; then all of it is told */

/* One incident as its reader knows it. */
struct thread {
	uint64_t id;
	int stack;
	uint32_t next_seq;
	bool is_over;
	bool is_lossy; /* a notice of it was lost with us */
	uint32_t names; /* bits of the hosts that were named */
	bool is_dog_named;
	enum diagnosis told;
	int perhaps, surely; /* the severity by which worse is measured */
	int seen;	     /* that of what it is found to be, since then */
	int64_t seen_at;
	int64_t began, over, mailed;
	char number[INCIDENT_NUMBER_MAX];
};

/* Something that has to be done before its time has run out; time runs while it could be done. */
struct duty {
	bool is_on;
	int64_t left, whole;
};

struct host_truth {
	bool is_failing, is_doubtful, is_blocked;
	int64_t since;	  /* is_failing changed last */
	int64_t doubtful; /* it was so last */
	int64_t unblocked; /* since then we could see it again */
	int64_t seen;	  /* the last run of it ended */
	int64_t shown;	  /* the last run of it that really failed began */
	int64_t shown_reached, shown_unreached; /* likewise, of one that ended so */
	unsigned bad, good; /* runs in a row, as they really were */
	int64_t ours;	  /* a run failed by our own link last */
	unsigned ours_n;  /* so many since the last good one, before that could be known */
	enum verdict_state verdict;
	bool is_forgotten; /* a run was, with us; until the next good one */
	int caller;	   /* who failed with it and will be found before it; it itself: nobody */
	int64_t dated;	   /* the last good run began that said what time it is; LONG_AGO */
	unsigned clock_n;  /* runs in a row that failed by our clock */
	bool is_slow, is_slow_known; /* the last good run took too long */
	bool is_in_crowd;  /* at the last look: it need not be named */
	struct duty verdict_duty, mail_duty, name_duty, up_duty;
	/* the time in which it failed: what may be booked, and what must be */
	int64_t most, least;
	unsigned spells;
};

/* A Watchdog, or a job: somebody who is heard of, or not. */
struct silence_truth {
	int64_t heard;	 /* last, well; LONG_AGO: never */
	bool is_forgotten; /* the last time was, with us */
	int64_t returned;  /* first heard again after it was dead; NEVER */
	int64_t lost;	 /* what it said and we did not hear, last */
	int64_t resolved; /* NEVER: not since it was heard */
	bool has_failed; /* a job has said so */
	int64_t least, most; /* of the silence, as far as it counts; to either side */
	unsigned breaks;
	bool is_dead;	 /* the engine says so */
	int64_t died;
};

struct judge {
	struct host_truth hosts[HOSTS_MAX];
	struct silence_truth dogs[STACKS_MAX], jobs[JOBS_MAX];
	struct thread threads[THREADS_MAX];
	size_t threads_n;
	int64_t now, next;   /* up to when all is counted; when to look again */
	int64_t cut;	     /* all of our links are gone since; NEVER: one is there */
	int64_t was_unvouched; /* too few references answered last */
	int64_t unvouched_before; /* likewise, before `cut` */
	int64_t four_silent; /* too few IPv4 references would answer since; NEVER: enough do */
	int64_t deserted;      /* too few of them would have, whatever our own link, last */
	int64_t ours;	     /* something was the matter with us last */
	int64_t away;	     /* we died or slept last */
	int64_t broken_off;  /* we died, slept, or were loaded anew last */
	int64_t changed[STACKS_MAX]; /* something that matters to this stack did last */
	int64_t calm;	     /* nothing at all is the matter since; NEVER: something is */
	unsigned causes[STACKS_MAX], downs[STACKS_MAX]; /* since it was calm */
	bool is_unruly;	     /* since then one cause may have been many */
	int64_t blind_due;
	int64_t lost_state;  /* what was durable was not all, last */
	int64_t removed;
	int64_t stepped;       /* our clock was, last */
	bool is_stepped_away; /* while we could not notice */
	int64_t clock_settles; /* until then nobody has said that it is right; NEVER: it is */
	int64_t noticed[NOTICED_MAX]; /* when the last mails were made */
	unsigned noticed_n;
	int64_t unseen;	     /* we were not there, in all */
	unsigned absences;
	unsigned looks;
};

/* ---- judge.c ---- */

void judge_begin(struct sim *s);
/* Time has passed until now; call before anything changes. */
void judge_time(struct sim *s);
/* We die, and what came after the state was saved dies with us. */
void judge_forget(struct sim *s);
/* What we believe is what was saved, or carried over. */
void judge_recall(struct sim *s);
/* The world, or we, have changed. */
void judge_change(struct sim *s, const struct ordeal *ordeal, bool is_beginning);
void judge_look(struct sim *s);
/* Look if there is something new to see, or time is up for something. */
void judge_step(struct sim *s);
void judge_end(struct sim *s);
void broken(struct sim *s, enum promise promise, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* ---- judge_truth.c ---- */

/* So long it may take until a site that fails is found to, by its own runs. */
int64_t own_bound(const struct sim *s, int host);
/* Somebody could tell that our link works. */
bool is_vouched(const struct sim *s);
/* A silence does not count for the time being. */
bool is_silence_blocked(const struct sim *s);
/* Likewise of this Watchdog, which may have proved that its way is there. */
bool is_dog_blocked(const struct sim *s, int stack);
/* So long after one of them it is known that the next beats stay away: twice their cadence. */
int64_t beats_overdue(const struct sim *s, int stack);
/* After trouble of ours: more time, but never more than a new beginning would have. */
void duties_allow(struct host_truth *h, int64_t more);
/* What we remember is too old to go on from. */
void duties_renew(struct host_truth *h);
/* Whatever may have changed of the sites, or of our link. */
void look_at_hosts(struct sim *s);
void look_at_link(struct sim *s);
/* So much time has passed as it was. */
void host_grows(struct sim *s, int host, int64_t span);
void silence_grows(const struct sim *s, struct silence_truth *d, int64_t span, bool is_blocked);

/* ---- judge_duties.c ---- */

/* A mail that makes up for others: whom it names. */
void judge_digest(struct sim *s, const struct model *m, const char *message);
void look_at_duties(struct sim *s, const struct model *m, int host);
void look_at_watchdog(struct sim *s, const struct model *m, int stack);
void look_at_job(struct sim *s, const struct model *m, int job);
void look_at_calm(struct sim *s, const struct model *m);
void look_at_blind(struct sim *s);

/* ---- judge_runs.c ---- */

void judge_run(struct sim *s, int host, const struct run *run);
/* Our IPv6 is gone and no reference of the other family answers, but beats come by that one. */
bool is_six_vouched_by_four(const struct sim *s);
bool looks_like_ours(const struct sim *s, int host);
void judge_transition(struct sim *s, const struct record *record);
void judge_beat(struct sim *s, int stack, enum beat beat);
/* It could not reach us. */
void judge_lost_beat(struct sim *s, int stack);
/* A job has spoken, heard or not. */
void judge_ping(struct sim *s, int job, enum ping ping, bool is_heard);

/* ---- judge_mail.c ---- */

void judge_notice(struct sim *s, const struct notice *notice, const struct incident *incident);
struct thread *thread_of(struct sim *s, uint64_t id);
void judge_letter(struct sim *s, const struct letter *letter);

/* Of the same incident to the same reader. */
bool is_earlier(const struct letter *a, const struct letter *b);
bool is_told_with(const struct letter *letter, const struct letter *end);
/* It is lost with us, or was never written down. */
void judge_lost_letter(struct sim *s, const struct letter *letter);
/* Have they waited for too long? */
void judge_post(struct sim *s);
/* A reload has taken a site away. */
void judge_removal(struct sim *s);

/* ---- judge_model.c ---- */

void judge_model(struct sim *s, const struct model *m);

/* ---- judge_days.c ---- */

/* So much time has passed as it was. */
void judge_days_grow(struct sim *s, int64_t span);
void judge_days(struct sim *s, const struct model *m);

#endif
