/*
 * engine_parts.h - the engine's own files, and what they ask of each other.
 *
 *   engine.c    the front door: time, observations, beats
 *   isolation.c are we online, and what follows
 *   checks.c    one target's observations become its verdict
 *   rally.c     who is asked at once
 *   retract.c   what was taken for a target's failure and was our own
 *   days.c      what was seen becomes seconds of a day
 *   deaf.c      what we turned away ourselves
 *   witnesses.c those who are asked about a deadman
 *   jobs.c      targets that report themselves
 *   sight.c     a stack's targets and deadmen, counted for the diagnosis
 *   cases.c     failures become incidents, which change and end
 *   quiet.c     which mails nobody wants now
 *   number.c    what people call them by
 *   flapping.c  incidents that come and go
 *   absorb.c    what turns out to be part of the whole is no incident of its own
 *   members.c   what fails and returns, as members of incidents
 *   tell.c      an announcement becomes notices to everybody
 *   telling.c   what each channel was told of each incident, and is told now
 *   trouble.c   channels that fail, told by the others
 *   doubt.c     are our references what is broken
 *   windows.c   planned work begins and ends
 *   hush.c      silences and acknowledgements
 *   expiry.c    certificates that come to their end
 *   self.c      what people must know about ourselves
 *   remark.c    the operator's words
 *   announce.c  what should be said about an incident, and when
 *   snapshot.c  state to text and back
 *   adopt.c     a notice that outlived its state
 *   view.c      state to model
 *   ways.c      by which family beats and reports come
 *   step.c      what the wall clock leaps over
 *   settled.c   when looking again would find the same
 */
#ifndef CORE_ENGINE_PARTS_H
#define CORE_ENGINE_PARTS_H

#include "core/engine_state.h"

/* isolation.c */
/* Each time before something is judged, and after beats may have become late. */
void isolation_judge(struct engine *e, struct now now);
/* When it is known at last whether the isolation of another life has ended; MONO_NEVER: it is. */
mono_t isolation_known(const struct engine *e);
/* For a while nothing was seen: all is asked at once, and nothing judged anew before. */
void review_begin(struct engine *e, struct now now);
/* What is counted of silences, and of what witnesses keep saying, is put off. */
void silences_excuse(struct engine *e, usec_t span, struct now now);
/* `subject` is booked as it was until `from`; then nothing was seen until now. */
void blind_book(struct engine *e, uint32_t subject, wall_t from, struct now now);
/* All subjects. */
void blind_book_all(struct engine *e, wall_t from, struct now now);

/* days.c */
/* A run began at `at`, and the verdict stands. */
void day_book(struct engine *e, uint32_t index, wall_t at);
/* The verdict has changed `from` another one by a run that began at `started`. */
void day_settle(struct engine *e, uint32_t index, enum verdict_state from, struct now started);
void day_record_sometimes(struct engine *e, uint32_t index, bool is_transition, struct now now);
void day_record(struct engine *e, uint32_t subject, struct now now);
void deadman_book(struct engine *e, uint32_t watchdog, struct now now);
/* Those whose time no beat books. */
void deadmen_book(struct engine *e, struct now now);
/* The same, and their running day is recorded, now and then. Returns when to be called again. */
mono_t deadmen_book_sometimes(struct engine *e, struct now now);
/* The first beat of this life is overdue: what is booked begins at the last one, or with us. */
void deadman_miss(struct engine *e, uint32_t watchdog, struct now now);
/* After a restore: from here on their silence is seen again. */
void deadmen_resume(struct engine *e, struct now now);

/* checks.c */
void check_observe(struct engine *e, const struct observation *o, struct now now);
/* Failures that waited for references: apply, drop or keep waiting. */
void checks_release_held(struct engine *e, struct now now);

/* A job's report or its silence: no references are asked, and there is no next run. */
void check_report(struct engine *e, const struct observation *o, struct now now);

/* A failed run waits for references: counted when they vouch, dropped when we are isolated. */
void check_await_references(struct engine *e, uint32_t index, struct now started, struct now now);

/* The verdict has changed `from` another one. */
void check_record(struct engine *e, uint32_t index, enum verdict_state from, struct now now);
/* Its stacks are to be judged anew. */
void check_touch(struct engine *e, uint32_t index);

/* rally.c */
void check_due_now(struct engine *e, uint32_t index, mono_t at);
/* Once more, as soon as its spacing allows. */
void check_call(struct engine *e, uint32_t index, struct now now);
/* It has failed for the first time: everybody who can tell more is asked. */
void check_rally(struct engine *e, uint32_t index, struct now now);
void checks_ask_references(struct engine *e, struct now now);

/* retract.c */
/*
 * `family` is cut off since about `since`: what began to fail by it from then on proves nothing.
 * FAMILY_ANY: we are altogether, and it is about those whose family is not known yet.
 */
void checks_retract(struct engine *e, enum family family, mono_t since, struct now now);
/* A run that began at `started` has failed: what failed long before it is not taken together with it. */
void check_retract_old(struct engine *e, uint32_t index, struct now started, struct now now);
/* A certificate was refused by our clock, which is wrong. */
void check_forgive_certificate(struct engine *e, uint32_t index, struct now now);
/* Our clock is found to be wrong: nobody is suspected for his certificate. */
void checks_forgive_certificates(struct engine *e, struct now now);

/* witnesses.c */
bool is_witness(const struct engine *e, uint32_t index);
struct witness *witness_at(struct engine *e, uint32_t index);
void witnesses_begin(struct engine *e, struct now now);
/* What they said of it, and what was made of that, is out of date. */
void witnesses_forget(struct engine *e, uint32_t watchdog);
void witness_observe(struct engine *e, const struct observation *o, bool is_conclusive,
		     struct now now);
/* References vouch for the run that began at `started`: nobody answered. */
void witness_missed(struct engine *e, uint32_t index, struct now started);
void witness_plan_next(struct engine *e, uint32_t index, bool was_conclusive, struct now now);
/* Those of a stack and the listener, at once; NONE_INDEX: all. */
void witnesses_ask(struct engine *e, uint32_t stack, struct now now);
void witnesses_excuse(struct engine *e, usec_t span);
/* Judge every pull and the listener. Not while isolated. */
mono_t witnesses_advance(struct engine *e, struct now now);
struct pull_evidence evidence_of(const struct engine *e, uint32_t watchdog);
/* Its witnesses say nothing for the moment, and soon will. */
bool watchdog_is_open(const struct engine *e, uint32_t watchdog, struct now now);
/* Since when our listener did not answer, once or for long; MONO_NEVER: it did, or nobody asks. */
mono_t listener_lost(const struct engine *e);
/* Our listener answers, but not yet for a window in which this watchdog's beats must come. */
bool listener_is_back(const struct engine *e, uint32_t watchdog);

/* jobs.c */
struct job *job_at(struct engine *e, uint32_t target);
void jobs_begin(struct engine *e, struct now now);
void jobs_excuse(struct engine *e, usec_t span, struct now now);
/* That all went well, in this life or after `since`. */
bool job_has_reported(const struct engine *e, uint32_t target, wall_t since);
/* Silences become failures. Also to be called while isolated. Returns when to be called again. */
mono_t jobs_advance(struct engine *e, struct now now);
/* Their silences are put off as time passes. */
bool jobs_are_put_off(const struct engine *e);
/* Up to now, as far as it is certain. */
void jobs_book(struct engine *e, struct now now);
void job_book(struct engine *e, uint32_t target, struct now now);
/* It is worked at: what has passed up to `until` since this was called last does not count. */
void job_excuse_planned(struct engine *e, uint32_t target, mono_t until, struct now now);

/* sight.c */
/* Planned work has ended, and no run since. */
bool is_to_be_seen(const struct engine *e, uint32_t index);
/*
 * For longer than it takes to judge it anew no run of it has counted: our resolver is silent, or
 * our own memory used up.
 */
bool is_out_of_sight(const struct engine *e, uint32_t index);
struct sight stack_sight(const struct engine *e, uint32_t stack);
/* When time alone changes what is seen; MONO_NEVER: it does not. */
mono_t sight_wake(const struct engine *e, struct now now);
/* -1: the plan has no such stack. */
long stack_find(const struct engine *e, const char *name);
/* The pipeline's diagnosis for one dead watchdog by itself. */
enum diagnosis watchdog_diagnosis(const struct engine *e, uint32_t watchdog);
/*
 * In this life every target was seen and none is undetermined, and every watchdog has spoken or
 * used up its grace.
 */
bool targets_are_judged(const struct engine *e, uint32_t stack, struct now now);
bool stack_is_judged(const struct engine *e, uint32_t stack, struct now now);

/*
 * Since the last start or isolation not everybody was seen yet, and there was not time enough for
 * it either: what is known may be older than what people were told.
 */
bool stack_is_under_review(const struct engine *e, uint32_t stack, struct now now);
/*
 * Until when members whose planned work has just ended may still be looked at for the first time:
 * what they were before it proves nothing. `now`: nobody is.
 */
mono_t awaited_until(const struct engine *e, uint64_t incident, struct now now);
mono_t review_ends(const struct engine *e);

/* snapshot.c */
/*
 * Members of incidents that are gone belong to none; incidents without members end without a word.
 */
void snapshot_tidy(struct engine *e, struct now now);

/* engine.c */
/* Its beats come; one that returns is heard by its first beat, until the next ones stay away. */
bool deadman_is_heard(const struct engine *e, uint32_t watchdog, struct now now);

/* cases.c */
void cases_touch(struct engine *e, uint32_t stack);
void cases_touch_all(struct engine *e);
/* Judge every touched stack; say what is due. Not while isolated. */
void cases_advance(struct engine *e, struct now now);
mono_t cases_wake(const struct engine *e);
struct incident *cases_find(struct engine *e, uint64_t id);
/*
 * The one that a failure belongs to which began at `began`, or not before it and by `until`; opened
 * if there is none.
 */
struct incident *cases_incident_for(struct engine *e, uint32_t stack, struct now began,
				    mono_t from, mono_t until, struct now now);
/* An incident that has ended goes to the past, its members belong to none. */
void cases_bury(struct engine *e, struct incident *incident);

/* Into the incident's log, what it is found to be now. */
void cases_note_finding(struct incident *incident, enum incident_event_kind kind, struct now now);
/* It has changed: into the history, the state and the page. */
void cases_record(struct engine *e, const struct incident *incident, struct now now);

/* due.c */
/* What is due of it is said, held back, or waited for. */
void due_say(struct engine *e, uint32_t stack, struct incident *incident, struct now now);
/* Of what people know already less is the matter, for long enough: worse is measured by that. */
void due_note_narrowed(struct engine *e, uint32_t stack, struct incident *incident,
		       struct now now);
/* Whoever of it fails has answered again: nobody is told that it is still down. */
bool due_all_return(const struct engine *e, const struct incident *incident);

/* number.c */
/* An incident that has none yet, and has been opened. */
void number_give(struct engine *e, struct incident *incident);

/* absorb.c */
/* Of CASES_PER_STACK slots those that wait go into `lead`, which is one of them. */
void absorb_untold(struct engine *e, struct incident *slots, struct incident *lead);

/* flapping.c */
/* A member of the incident comes and goes, or is calm again. */
void flapping_watch(struct engine *e, uint32_t stack, struct incident *incident, struct now now);

/* members.c */
/* What depends on a target is looked at once a minute when it fails: it is back that much later. */
#define CHILD_FOLLOWS (2 * USEC_PER_MIN)
/* Whoever of the stack fails joins an incident; whoever is well again returns. */
void members_update(struct engine *e, uint32_t stack, struct now now);
/* For what is told of an incident that has ended. A name is remembered once. */
void members_remember(struct incident *incident, const char *name);
/* What an incident's own members show, when the finding is not one of the whole stack. */
struct finding members_finding(struct engine *e, uint32_t stack, const struct incident *incident,
			       struct now now);

/* news.c */
/* Somebody fails whom no mail has named; nothing where a mail has told that all of the stack does. */
void news_note(struct incident *incident, struct incident_member *m, struct now now);
/* He is back before anybody heard of him: nothing to say any more, unless of another one. */
void news_forget(struct engine *e, struct incident *incident, struct incident_member *m);
/* What was found of him is void: it is no news any more. */
void news_void(struct engine *e, uint32_t subject);
/* Who joined last and is in no mail yet may be gone. */
void news_look(const struct engine *e, struct incident *incident);
/* A mail names whoever fails. */
void news_mailed(struct engine *e, const struct incident *incident);
/* Who acknowledges knows whoever was named in a mail: they are no news any more. */
void news_acknowledged(struct engine *e, struct incident *incident);
/* Of those who fail somebody was in no mail. */
bool news_is_any_unnamed(const struct engine *e, const struct incident *incident);
/* What people know of is less since it narrowed: whoever fails and was in no mail is news. */
void news_note_unnamed(struct engine *e, struct incident *incident);
/* That he, who is a member already, fails is known to people. */
bool news_is_old(const struct engine *e, const struct incident *incident, uint32_t subject,
		 struct now now);

/* telling.c */
/* -1: the plan has no such channel. */
long channel_find(const struct engine *e, const char *name);
/* When the quiet hours are over that `at` lies in; unset: it lies in none. */
wall_t telling_quiet_until(const struct channel_plan *c, wall_t at);
/* `incident` is one of e->incidents. NULL: it was told nothing of it. */
const struct telling *telling_of(const struct engine *e, const struct incident *incident,
				 size_t channel);
void telling_set(struct engine *e, const struct incident *incident, size_t channel,
		 const struct telling *told);
/* A notice to this channel was made, now or in another life. */
void telling_note(struct engine *e, const struct incident *incident, size_t channel,
		  const struct notice *notice);
/* A program that knew no channels told everybody. */
void telling_note_all(struct engine *e, const struct incident *incident);
enum telling_turn {
	TELLING_NOTHING,
	TELLING_HELD, /* until its quiet hours are over */
	TELLING_NOW,
};
/*
 * What is made for a channel of an announcement to everybody, of `kind`: which is its first notice,
 * if it has had none.
 */
enum telling_turn telling_turn(const struct engine *e, const struct incident *incident,
			       size_t channel, enum notice_kind *kind, struct now now);
void telling_hold(struct engine *e, const struct incident *incident, size_t channel);
/* When this channel is told something that nobody else is, and what; MONO_NEVER: nothing. */
mono_t telling_late(const struct engine *e, const struct incident *incident, size_t channel,
		    enum notice_kind *ret, struct now now);
/* After what is told to everybody: who is told later. Returns when to be called again. */
mono_t telling_advance(struct engine *e, uint32_t stack, struct incident *incident,
		       struct now now);

/* trouble.c */
#define TROUBLE_AFTER (10 * USEC_PER_MIN) /* a notice that waits longer than that */
/* `oldest`: of the mails that wait; unset: none does. */
void trouble_mail(struct engine *e, wall_t oldest, struct now now);

/* tell.c */
/* Those of whom it is telling_late() now, as one announcement. */
void tell_late(struct engine *e, struct incident *incident, struct now now);
/*
 * A channel fails since `from`, or does so no more: told by the others. `failing`: its place in the
 * plan; -1: mail as a whole.
 */
void tell_trouble(struct engine *e, long failing, wall_t from, bool is_over, struct now now);
/* What the caps hold back is told when their hour is over. Returns when to be called again. */
mono_t tell_advance(struct engine *e, struct now now);
void tell_incident(struct engine *e, struct incident *incident, enum notice_kind kind,
		   struct now now);
/* Tell every recipient that nothing was seen from `from` until now. */
void tell_blind(struct engine *e, wall_t from, struct now now);

/* Tell every recipient that `target`'s certificate has reached `step`, or CERTIFICATE_RENEWED. */
void tell_certificate(struct engine *e, uint32_t target, const struct certificate_told *told,
		      uint32_t step, struct now now);
/* Tell every recipient about ourselves; `detail` is clean. */
void tell_self(struct engine *e, enum self_matter matter, const char *detail, struct now now);

/* Sum up the days from `from` to `to`, for every recipient. */
void tell_week(struct engine *e, wall_t from, wall_t to, struct now now);

/* weekly.c */
/* Sum up a week whose moment has come. Returns when to be called again. */
mono_t weekly_advance(struct engine *e, struct now now);
/* An incident is over: it is kept for the summary. */
void weekly_note_end(struct engine *e, const struct incident *incident);
/* The newest one; where there is no room, the oldest is forgotten. */
void weekly_add(struct weekly *w, const struct outage *outage);

/* doubt.c */
void doubt_begin(struct engine *e);
/* While the references are silent the relays are asked at once. */
void doubt_ask(struct engine *e, struct now now);
/* A relay was asked. */
void doubt_hear(struct engine *e, const struct observation *o, struct now now);
/*
 * People are told once that nothing was seen while the references are silent: a relay that comes
 * and goes is no news. Counts as told.
 */
bool doubt_may_tell(struct engine *e);
/* Before the vantage is judged. Returns when to be called again. */
mono_t doubt_advance(struct engine *e, struct now now);

/* windows.c */
void windows_begin(struct engine *e);
/* After a restore or a gap: what has ended since `since`, while we were away; unset: nothing. */
void windows_resume(struct engine *e, wall_t since, struct now now);
/* Also to be called while isolated. Returns when to be called again. */
mono_t windows_advance(struct engine *e, struct now now);
/* The work under way at a target or watchdog that ends last, and its span; NULL: none. */
const struct window_plan *window_of(const struct engine *e, uint32_t subject, struct span *ret);
/* Planned work at the whole stack that is under way; NULL: none. */
const struct window_plan *window_of_stack(const struct engine *e, uint32_t stack);

/* hush.c */
/* Those whose time is over end. Returns when to be called again. */
mono_t silences_advance(struct engine *e, struct now now);
bool is_silenced(const struct engine *e, uint32_t subject);
/* NULL: none. */
const struct silence *silence_of(const struct engine *e, uint32_t subject);
const struct silence *silence_of_stack(const struct engine *e, uint32_t stack);

/* expiry.c */
void expiry_begin(struct engine *e, struct now now);
void expiry_observe(struct engine *e, const struct observation *o);
/* The certificate is refused for its dates, but it is our clock that is wrong. */
bool expiry_is_ours(const struct engine *e, const struct observation *o);
/* Warn of what comes to its end. Not while isolated. Returns when to be called again. */
mono_t expiry_advance(struct engine *e, struct now now);
/* Days of the step that was told last of this target's certificate; 0: none. */
unsigned expiry_days(const struct engine *e, uint32_t target);

/* self.c */
void self_clock(struct engine *e, bool is_wrong, usec_t off, struct now now);

/* view.c */
/* The last model ends: between reports it would be more than what is remembered of a target. */
void views_forget(struct engine *e);

/* pairs.c */
/* The target is half of a pair, and the other half answers. */
bool pair_answers(const struct engine *e, uint32_t target);
/* Count a target of the incident's stack as its member: the halves of a pair as one. */
void pair_count(const struct engine *e, struct incident *incident, uint32_t target);
/* The open incident of the other half, while that fails; NULL: none. `subject` may be a watchdog. */
struct incident *pair_incident(struct engine *e, uint32_t subject);
/*
 * With `subject` a site fails by both families whose one family people have been told of: that
 * weighs more, and is told for that.
 */
bool pair_is_completed(struct engine *e, const struct incident *incident, uint32_t subject);
/* Everything of it that fails is half of a pair whose other family answers. */
bool pairs_are_partial(const struct engine *e, uint32_t stack, const struct incident *incident);

/* quiet.c */
/* What one of its members depends on may be about to fail, perhaps in another stack. */
bool quiet_awaits_parent(const struct engine *e, uint32_t stack, const struct incident *incident,
			 struct now now);
/* Its mails wait: for something to happen, or at `ret_until` (MONO_NEVER) to ask again. */
bool quiet_holds(const struct engine *e, uint32_t stack, const struct incident *incident,
		 struct now now, mono_t *ret_until);
/* While quiet_holds(): by what, into an EVENT_HELD; of several things one that is. */
void quiet_tell(const struct engine *e, uint32_t stack, const struct incident *incident,
		struct incident_event *event);

/* announce.c */
struct announcement {
	bool is_due;
	enum notice_kind kind;
	mono_t wake; /* ask again then */
};
/*
 * Whoever acknowledged the worse finding is not told of a milder one, and knows it from then on:
 * worse is measured by it. MONO_NEVER: nothing of the kind.
 */
mono_t announce_narrowed(const struct incident *incident);
/* What to say of an open or waiting incident whose finding is up to date. */
struct announcement announce(const struct incident *incident, bool is_settled,
			     const struct mail_plan *mail, struct now now);

/* ways.c */
struct way *way_of_watchdog(const struct engine *e, uint32_t watchdog);
/* plan.targets[target] is a job. */
struct way *way_of_job(const struct engine *e, uint32_t target);
/* Who cannot reach us is not silent. Before e->advanced is set to now. */
void ways_advance(struct engine *e, struct now now);

/* step.c */
/* Has the wall clock leapt since the last look? Before anything is booked by `now`. */
void step_look(struct engine *e, struct now now);

/* settled.c */
/* All was looked at, and time alone changes nothing before `wake`. */
void settled_note(struct engine *e, mono_t wake, struct now now);
bool is_calm(const struct engine *e, struct now now);
/* Of whom is heard what was heard before: nothing is unsettled by it. Before it is taken. */
bool is_routine(const struct engine *e, const struct observation *o);

#endif
