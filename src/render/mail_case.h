/*
 * mail_case.h - what one mail speaks of: its matter, its members, its fills.
 *
 * Internal to render. Reads the request, decides nothing that the engine has
 * not decided; every writer of a part asks here.
 */
#ifndef RENDER_MAIL_CASE_H
#define RENDER_MAIL_CASE_H

#include "base/buf.h"
#include "render/mail.h"
#include "render/mail_words.h"
#include "render/speech.h"

#define MAIL_NAMED_MAX 12 /* targets named in a list; beyond that, counts per group */

/* The first target that a notice about a certificate names; NONE_INDEX: gone from the plan. */
struct mail_case;
uint32_t mail_certificate_first(const struct mail_case *c);
bool mail_is_renewal(const struct mail_case *c);
void mail_fill_certificate(struct mail_case *c);
void mail_fill_self(struct mail_case *c);
void mail_fill_rhythm(struct mail_case *c);
void mail_fill_week(struct mail_case *c);

/*
 * The targets and watchdogs of the stack, each in at most one place. What is
 * judged per family counts once, where its worse half stands.
 */
struct mail_tally {
	unsigned failing, up, undetermined, elsewhere; /* targets that count */
	unsigned partly;			       /* of `failing`: by one family, the other answers */
	unsigned planned, unobserved;		       /* targets that do not */
	unsigned out_of_sight;			       /* likewise: were well when last seen */
	unsigned dependent;			       /* of `failing`: what they depend on does */
	unsigned flapping;			       /* members that come and go */
	unsigned returned;			       /* of `up`: were part of the incident */
	unsigned members;			       /* targets that are or were part of it */
	unsigned services_failing, services_up;
	unsigned watchdogs, watchdogs_failing;
	unsigned watchdogs_never;		       /* of the failing ones: without any beat */
	unsigned watchdogs_accused;		       /* of them: their beats never stopped */
};

/* The composed holes; see mail_say(). */
enum mail_fill {
	FILL_OF,
	FILL_ZONE,
	FILL_AT,
	FILL_BACK,
	FILL_LAST,
	FILL_FROM,
	FILL_TO,
	FILL_WHO,
	FILL_WHAT,
	FILL_NAMES,
	FILL_SITES,
	FILL_FACT,
	FILL_PARTLY,
	FILL_TIMES,
	FILL_HOST,  /* certificates */
	FILL_HOST_SHORT,
	FILL_LEFT,
	FILL_END,
	FILL_UNTIL,
	FILL_OFF,   /* our own clock; the channel that fails */
	FILL_CADENCE, /* of the first watchdog concerned */
	FILL_EVERY,
	FILL_DATES, /* the week */
	FILL_TOTAL,
	FILL_COUNT,
};

struct mail_case {
	const struct mail_request *request;
	const struct model *model;
	const struct plan *plan;
	const struct notice *notice;
	const struct incident *incident; /* NULL: none */
	enum language language;
	const struct mail_words *words;
	bool is_message;		 /* told otherwise than by mail */
	bool is_pretended;		 /* a test: all of the stack is shown as failing */
	bool has_cause;			 /* some fail that depend on nothing that does */
	uint32_t stack;			 /* NONE_INDEX: none, or gone from the plan */
	enum change change;
	enum matter matter;
	/* the same, but for MATTER_NEVER what it is found to come from */
	enum matter cause;
	uint32_t first;			 /* the first target concerned; NONE_INDEX: none */
	uint32_t first_watchdog;	 /* likewise; index into plan.watchdogs */
	struct mail_tally tally;
	struct buf fills[FILL_COUNT];
	struct mail_words message_words; /* `words`, of what is no mail */
};

/* It points into itself: it must not be copied. */
void mail_case_init(struct mail_case *c, const struct mail_request *request);
/* The same for what is told otherwise than by mail, which does not call itself one. */
void mail_case_init_message(struct mail_case *c, const struct mail_request *request);
void mail_case_done(struct mail_case *c);

/* Write a wording with any of the case's holes. */
void mail_say(const struct mail_case *c, struct buf *to, const char *wording);
/* The same as a further sentence; NULL: nothing. */
void mail_add(const struct mail_case *c, struct buf *to, const char *wording);
/* Compose the holes; once, after matter and tally are known. */
void mail_fill_all(struct mail_case *c);
/* The wording of this matter and change. */
const char *mail_subject_wording(const struct mail_case *c);
const char *mail_lead_wording(const struct mail_case *c);

/* Where a target stands in this mail. */
enum standing {
	STANDS_ELSEWHERE_STACK, /* not of this stack */
	STANDS_FAILING,
	STANDS_DEPENDENT,	/* failing, and so is what it depends on */
	STANDS_UP,
	STANDS_RETURNED,	/* up, and was part of the incident */
	STANDS_UNDETERMINED,
	STANDS_IN_OTHER,	/* failing, as part of another incident */
	STANDS_PLANNED,
	STANDS_UNOBSERVED,	/* never yet */
	STANDS_OUT_OF_SIGHT,	/* was well when last seen, and that is long ago */
};
enum standing mail_standing(const struct mail_case *c, uint32_t target);
/* mail_pairs.c */
/* Where it stands to people: of a pair, where the worse half does. */
enum standing mail_standing_of_pair(const struct mail_case *c, uint32_t target);
/* It holds for the target, or for its other half. */
bool mail_is_either(const struct mail_case *c, uint32_t target,
		    bool (*holds)(const struct mail_case *c, uint32_t target));
/* It belongs to the incident, and comes and goes. */
bool mail_is_flapping_member(const struct mail_case *c, uint32_t target);
/* Told with the first half of its pair, which stands where it does. */
bool mail_is_second(const struct mail_case *c, uint32_t target);
/* How it is called among those that stand where it does. */
enum half mail_half(const struct mail_case *c, uint32_t target);
/* Every site that fails does so by the same family, and answers by the other. */
bool mail_is_by_family(const struct mail_case *c);
/* How many names mail_names() has for those. */
unsigned mail_names_n(const struct mail_case *c, enum standing standing);
bool mail_watchdog_is_of_stack(const struct mail_case *c, uint32_t watchdog);
bool mail_watchdog_fails(const struct mail_case *c, uint32_t watchdog);
/* It belongs to the incident, failing or not; `subject` as in model.members. */
bool mail_is_member(const struct mail_case *c, uint32_t subject);
/* What is known of a target as a member; in a test, what is pretended. */
struct incident_member mail_member(const struct mail_case *c, uint32_t target);
/* Targets this mail is about: those that fail, or, at the end, that did. */
unsigned mail_concerned(const struct mail_case *c);
/* What a finding is called when it concerns so many sites. */
enum matter mail_matter_of(enum diagnosis d, unsigned sites);
/* How many outages the week had that the mail sums up; 0 in any other mail. */
unsigned mail_week_outages(const struct mail_case *c);
bool mail_is_silence(const struct mail_case *c); /* the pipeline's matters */
/* How many have ever come to the first watchdog concerned, duplicates aside. */
uint64_t mail_signals(const struct mail_case *c);
/* What the signals' own rhythm tells when they stay away. */
enum mail_hint mail_hint(const struct mail_case *c);
/* The outage goes on: down or silent, now. */
bool mail_is_going_on(const struct mail_case *c);
/* And it comes and goes. */
bool mail_is_flapping(const struct mail_case *c);
/* NONE_INDEX: gone from the plan. */
uint32_t mail_stack_named(const struct plan *plan, const char *name);
/* There are others beside it. An implicit one that is empty is none. */
bool mail_is_one_of_several(const struct plan *plan, uint32_t stack);
/* When and by what mails about it were held back, before this one; NULL: they were not. */
const struct incident_event *mail_held(const struct mail_case *c);
/* The first entry of the log that no mail has told of. */
unsigned mail_first_untold(const struct mail_case *c);

/* "14:01:40", with its date when that is not the mail's own. */
void mail_moment(const struct mail_case *c, struct buf *to, wall_t at);
void mail_moment_minute(const struct mail_case *c, struct buf *to, wall_t at);
/* The first `most` targets that stand so, as they are called, and how many more. */
void mail_names(const struct mail_case *c, struct buf *to, enum standing standing, unsigned most);

#endif
