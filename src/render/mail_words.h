/*
 * mail_words.h - every sentence of the mails, one table per language, same keys.
 *
 * Internal to render. Any wording may name any hole that mail_case_fill()
 * offers; a test compares the languages key by key.
 */
#ifndef RENDER_MAIL_WORDS_H
#define RENDER_MAIL_WORDS_H

#include "core/notice.h"
#include "render/sentence.h"
#include "shorewatch/outcome.h"

/* What a mail is about: a diagnosis, told apart where the words differ. */
enum matter {
	MATTER_STACK,
	MATTER_EDGE,
	MATTER_BACKENDS,
	MATTER_UNREACHABLE,
	MATTER_DNS,
	MATTER_SITE,	    /* site-down, one */
	MATTER_SITE_FAMILY, /* likewise, by one family; it answers by the other */
	MATTER_JOB,	    /* site-down, one that reports itself */
	MATTER_SITES,	    /* site-down, several */
	MATTER_SITES_FAMILY, /* likewise, all by the same family only */
	MATTER_UNCONFIRMED, /* the watcher's references are silent as well */
	MATTER_PROMETHEUS,
	MATTER_SILENCED,
	MATTER_BEATS_LOST,
	MATTER_LISTENER,
	MATTER_ALERTING,
	MATTER_NEVER,	    /* a watchdog that has never sent a beat */
	MATTER_COUNT,
};

/* Where in its life an incident is when it is told of. */
enum change {
	CHANGE_FIRST,
	CHANGE_WORSE,
	CHANGE_MILDER,
	CHANGE_MORE, /* the same, with further members */
	CHANGE_STILL,
	CHANGE_OVER,
	CHANGE_FLAPPING, /* it comes and goes; its words are not its matter's */
	CHANGE_COUNT,
};

/* What may be known of where a silence comes from; mail_silence.c chooses. */
enum mail_claim {
	CLAIM_RETURNING,   /* one has come again */
	CLAIM_RESOLVED,	   /* it was reported as ended */
	CLAIM_STALE,	   /* Alertmanager shows it, and nobody renews it */
	CLAIM_STALE_GONE,  /* and has forgotten it by now */
	CLAIM_MISSING,	   /* Alertmanager has no such alert */
	CLAIM_OWN_STALE,   /* Prometheus itself: no evaluation */
	CLAIM_OWN_MISSING, /* Prometheus itself: it does not fire */
	CLAIM_STALE_BEFORE,
	CLAIM_SUPPRESSED,
	CLAIM_SUPPRESSED_BEFORE,
	CLAIM_LOST,	   /* Alertmanager shows it, our listener answers */
	CLAIM_LOST_OR_OURS,
	CLAIM_LOST_BEFORE,
	CLAIM_SHOWN,
	CLAIM_UNASKED,	   /* nobody has told anything of the inside; our listener answers */
	CLAIM_UNASKED_OR_OURS,
	CLAIM_MUTE,	   /* Alertmanager does not answer */
	CLAIM_MUTE_BOTH,   /* nor does Prometheus */
	CLAIM_MUTE_HALF,   /* Prometheus does */
	CLAIM_BROKEN,
	CLAIM_DISPUTED,	   /* no such alert, though its signals came */
	CLAIM_OWN_FINE,	   /* only Prometheus is asked: it evaluates the alert */
	CLAIM_OWN_MUTE,
	CLAIM_OWN_BROKEN,
	CLAIM_UNASKED_LISTENER, /* from here to LISTENER_ONLY: our listener is spoken of */
	CLAIM_LISTENER,	   /* Alertmanager shows it, our listener does not answer */
	CLAIM_LISTENER_BACK,
	CLAIM_LISTENER_BEFORE,
	CLAIM_LISTENER_ONLY,
	CLAIM_LISTENER_TOO, /* beside another one */
	CLAIM_PROMETHEUS_MUTE, /* likewise: beside STALE to MISSING */
	CLAIM_PROMETHEUS_FINE,
	CLAIM_COUNT,
};

/* What the rhythm of the signals says about the route. */
enum mail_hint { HINT_NONE, HINT_FEW, HINT_RARE };

#define MATTER_STEPS_MAX 3

struct matter_words {
	const char *subject[CHANGE_COUNT]; /* NULL: as CHANGE_FIRST */
	const char *lead[CHANGE_COUNT];	   /* likewise */
	const char *claim;	   /* the verdict in words; NULL: chosen by what is known */
	const char *claim_variant; /* STACK: something answers; UNREACHABLE: no watchdog watches.
				      NULL: there is no such form */
	const char *side;	   /* whose fault it is, given that our own link works;
				      NULL: the claim says it */
	const char *steps[MATTER_STEPS_MAX + 1];
};

struct mail_words {
	const struct matter_words *matters; /* MATTER_COUNT */

	/* fills of holes */
	const char *of;				/* {of}: {name}; only of several stacks */
	const char *zone;			/* {zone}: {name} */
	const char *moment_other_day;		/* {date} {time} */
	const char *lead_sites_up;		/* {sites} */
	const char *subject_sites_up, *subject_alone; /* {fact} */
	const char *sites_back, *part_back;	/* {partly} */
	const char *names_more;			/* {names} {n} */
	const char *comma, *colon;
	const char *twice, *times;		/* {times}: {n} */

	/* marks */
	const char *drill_subject, *drill, *drill_step, *demo_subject, *demo, *storage;
	const char *test_subject, *test_lead, *test_verdict;
	const char *blind_subject, *blind_lead, *blind_verdict; /* {from} {to} {span} */
	/* likewise, where it was the references that did not answer: a relay did */
	const char *blind_subject_references, *blind_verdict_references;

	/* verdict */
	const char *link_unchecked, *link_silent;
	const char *link_relay; /* references are silent, a mail relay answers */
	const char *site_alone;			/* the only one of its stack */
	struct wording site_rest_planned;	/* {planned} others are worked at */
	struct wording site_rest_unseen;	/* {unseen} others are out of sight */
	struct wording site_only;		/* {up} others answer */
	const char *site_phase[PHASE_COUNT];	/* where its fault lies */
	const char *sites_some, *sites_all;	/* {n} {m} */
	struct wording sites_unseen;		/* {n} fail, and {unseen} are out of sight */
	struct wording others_unseen;		/* beside who answers: {unseen} */
	/* the Watchdog beside sites; its signals still come */
	const char *also_silent, *also_accused;
	const char *blind_inside, *blind_inside_alone; /* Prometheus is known to be away */
	const char *perhaps_blind, *perhaps_blind_alone;
	const char *claims[CLAIM_COUNT];	/* of a silence */
	struct wording hint_few;		/* {beats} */
	const char *hint_rare, *hint_step;	/* {cadence} {every} */
	const char *last_answer;		/* {last} */
	const char *job_silent, *job_never, *job_hangs, *job_reported, *job_over; /* {back} */
	const char *over_targets, *over_both, *over_watchdog; /* {at} {times} */
	const char *over_both_accused, *over_accused; /* its signals never stopped */

	struct wording site_dependents;		/* {d} others fail with it */
	struct wording sites_dependents;	/* {n} {d} */

	/* what comes and goes, what was held back */
	struct wording flapping_subject, flapping_lead; /* {n} {who} {at} {zone} */
	const char *flapping_subject_signal, *flapping_lead_signal;
	const char *flapping_verdict;		/* {changes} {within} */
	const char *flapping_up;		/* nothing of it fails now */
	const char *held[HELD_BY_COUNT];	/* {held}: since when; {what} */
	const char *held_parent_bare;		/* without {what} */

	/* lists */
	const char *fails_title, *back_title, *up_title; /* the first: {n} {m} */
	const char *evidence_title, *look_title, *next_title, *now_title;
	const char *failed;			/* {what} {last} */
	/* {what} {took}: for what does not tell the time itself */
	const char *failed_after;
	const char *failed_note;		/* {what} {note} {last} */
	const char *all_outside, *all_fail;	/* {n}; {what} */
	const char *and_more;			/* {n} {groups} */
	struct wording and_dependents;		/* {n} {names} */
	const char *group_count, *other_groups;	/* {group} {n} */
	const char *never;			/* {last} of who has never answered */
	const char *silent, *resolved, *silent_never; /* {span} {every} {last} */
	const char *still_comes;		/* accused all the same: {last} */
	struct wording answers;			/* {names} */
	const char *asked;			/* the label: {time} */
	/* {witness} {age}; {note} after a colon, or nothing */
	const char *pull[PULL_COUNT];
	const char *pull_stale_gone;		/* PULL_STALE, no longer listed: likewise */
	/* PULL_BROKEN, though its signals come: {witness} */
	const char *pull_disputed;
	const char *pull_prometheus_mute, *pull_prometheus_fine; /* after the Alertmanager's */
	const char *pull_listener;		/* after all: our own listener fails */
	const char *undetermined, *planned, *unobserved, *elsewhere;
	const char *out_of_sight;		/* the label before names and times */
	/* {n} of a stack, well when last seen, were not since: after a blindness, else */
	struct wording now_again, now_unseen;
	const char *watchdog, *beat_arrived, *beat_before; /* {last} */
	const char *beat_none, *beat_never;
	const char *own_link, *link_all, *link_some, *link_none, *link_not_checked; /* {n} {m} */
	const char *first_answer, *first_answer_code; /* {time} {code} {latency} {was} */
	const char *first_answer_bare;		/* {time} */
	const char *was;			/* {median} */
	const char *slow;			/* {who} {n} */
	const char *days_label, *days;		/* {who} {percent} {span} */

	/* certificates: {host} {host_short} {left} {end} {until} {zone} */
	const char *cert_subject, *cert_renewed_subject;
	const char *cert_lead, *cert_lead_soon, *cert_renewed_lead;
	const char *cert_host;			/* {host} of one host: {names} */
	const char *cert_all_up, *cert_up;	/* what shows it answers */
	const char *cert_overdue;		/* {ago}: a renewal was due */
	const char *cert_not_renewed, *cert_renewed_verdict;
	const char *cert_title, *cert_served, *cert_digest;	/* {time}; {digest} */
	const char *cert_valid, *cert_span;	/* the label; {from} {to} {zone} */
	const char *cert_on;			/* the label before {names} */
	const char *cert_steps[MATTER_STEPS_MAX];
	const char *cert_days, *cert_day, *and; /* {days}: a list */
	const char *cert_next, *cert_next_last, *cert_next_renewed; /* {days} */
	const char *cert_signature;		/* {instance} {number} {n} */

	/* ourselves: {detail} {off} */
	const char *self_subject[SELF_MATTERS], *self_lead[SELF_MATTERS],
		*self_verdict[SELF_MATTERS];
	const char *self_steps[SELF_MATTERS][MATTER_STEPS_MAX]; /* NULL: no more */
	const char *self_fault;			/* title before {detail} */
	const char *clock_ahead, *clock_behind;	/* {off}: {span} */

	/* the cap: {held} {since} {cap} */
	struct wording digest_subject, digest_lead, held_back;
	const char *merged;
	const char *digest_verdict, *digest_title;
	/* {headline} {at}; {headline} {at} {names}; {n} */
	const char *digest_incident, *digest_incident_of, *digest_more;

	/* the operator's words */
	const char *notes_title;

	/* links and the end */
	const char *runbook, *status_page;
	const char *next, *next_down, *next_silent; /* {time} */
	const char *next_down_later, *next_silent_later; /* {date} {time} */
	const char *next_flapping;		/* {calm} */
	const char *next_unknown, *next_over, *next_blind, *next_test;
	const char *signature, *signature_incident; /* {instance} {number} {n} */
};

extern const struct matter_words mail_matters_en[MATTER_COUNT], mail_matters_ja[MATTER_COUNT];
extern const struct mail_words mail_words_en, mail_words_ja;
const struct mail_words *mail_words(enum language language);
/* Put those of a message that is no mail in the place of those of a mail. */
void message_words(enum language language, struct mail_words *words);

#endif
