/*
 * mail_case.c - what one mail speaks of: who fails, what the matter is, and how
 * that differs from what was told before.
 */
#include "render/mail_case.h"

#include <string.h>

#include "render/page_facts.h"

const struct mail_words *mail_words(enum language language)
{
	return language == LANGUAGE_JA ? &mail_words_ja : &mail_words_en;
}

/* ---- members ---- */

bool mail_is_member(const struct mail_case *c, uint32_t subject)
{
	return c->incident != NULL && c->model->members[subject].incident == c->incident->id;
}

bool mail_watchdog_is_of_stack(const struct mail_case *c, uint32_t watchdog)
{
	return c->stack != NONE_INDEX && c->plan->watchdogs[watchdog].stack == c->stack;
}

/* Late is evidence enough for these findings, though it is not yet a failure by itself. */
static bool late_counts(const struct mail_case *c)
{
	return c->notice->diagnosis == DIAGNOSIS_STACK_DOWN ||
	       diagnosis_is_pipeline(c->notice->diagnosis);
}

bool mail_watchdog_fails(const struct mail_case *c, uint32_t watchdog)
{
	uint32_t subject = (uint32_t)c->plan->targets_n + watchdog;

	if (!mail_watchdog_is_of_stack(c, watchdog))
		return false;
	if (c->is_pretended)
		return true;
	if (c->change == CHANGE_OVER)
		return mail_is_member(c, subject);
	if (mail_is_member(c, subject) && c->model->members[subject].is_failing)
		return true;
	return late_counts(c) && c->model->deadmen[watchdog].state == DEADMAN_LATE;
}

static enum standing standing_by_state(enum verdict_state state)
{
	switch (state) {
	case VERDICT_UP:
		return STANDS_UP;
	case VERDICT_SUSPECT:
		return STANDS_UNDETERMINED;
	case VERDICT_DOWN:
	case VERDICT_RECOVERING:
		return STANDS_IN_OTHER;
	case VERDICT_PAUSED:
		return STANDS_PLANNED;
	case VERDICT_UNKNOWN:
	case VERDICT_COUNT:
		break;
	}
	return STANDS_UNOBSERVED;
}

static enum standing standing_of_member(const struct mail_case *c, uint32_t target,
					enum standing standing)
{
	if (!mail_is_member(c, target))
		return standing;
	if (c->change == CHANGE_OVER)
		return STANDS_FAILING;
	if (c->model->members[target].is_failing)
		return c->has_cause && c->model->members[target].is_dependent ? STANDS_DEPENDENT
									      : STANDS_FAILING;
	return standing == STANDS_UP ? STANDS_RETURNED : standing;
}

/*
 * What a job says while it is well is no answer from outside: it counts only where it has failed.
 */
static bool is_told_of_job(enum standing standing)
{
	return standing == STANDS_FAILING || standing == STANDS_DEPENDENT ||
	       standing == STANDS_IN_OTHER || standing == STANDS_RETURNED;
}

/*
 * While our own link of its family is gone, or no run of it counts, nobody knows that it still
 * answers: absence of evidence is said.
 */
static enum standing standing_seen(const struct mail_case *c, const struct target_view *view)
{
	bool is_cut_off = !verdict_is_failing(view->state) &&
			  facts_is_cut_off(c->model, view->plan->family);

	if (is_cut_off || (view->state == VERDICT_UP && view->is_out_of_sight))
		return wall_is_set(view->last_ok) ? STANDS_OUT_OF_SIGHT : STANDS_UNOBSERVED;
	return standing_by_state(view->state);
}

enum standing mail_standing(const struct mail_case *c, uint32_t target)
{
	const struct target_plan *plan = &c->plan->targets[target];
	const struct target_view *view = &c->model->targets[target];
	enum standing standing;

	if (c->stack == NONE_INDEX || plan->stack != c->stack)
		return STANDS_ELSEWHERE_STACK;
	if (c->is_pretended)
		return plan->ping ? STANDS_ELSEWHERE_STACK : STANDS_FAILING;
	standing = wall_is_set(view->planned_until) ? STANDS_PLANNED : standing_seen(c, view);
	standing = standing_of_member(c, target, standing);
	return plan->ping && !is_told_of_job(standing) ? STANDS_ELSEWHERE_STACK : standing;
}

struct incident_member mail_member(const struct mail_case *c, uint32_t target)
{
	const struct target_plan *plan = &c->plan->targets[target];

	if (!c->is_pretended)
		return c->model->members[target];
	return (struct incident_member){
		.is_failing = true,
		.outcome = { PHASE_CONNECT, CAUSE_TIMEOUT },
		.took = plan->connect_timeout > 0 ? plan->connect_timeout : plan->timeout,
		.failing_since = c->notice->created.wall,
		.last_ok = c->model->targets[target].last_ok,
	};
}

static void tally_service(struct mail_tally *t, const struct target_plan *plan,
			  enum standing standing)
{
	if (plan->layer == LAYER_EDGE || plan->ping)
		return;
	t->services_failing += standing == STANDS_FAILING || standing == STANDS_DEPENDENT;
	t->services_up += standing == STANDS_UP || standing == STANDS_RETURNED;
}

/* The mail speaks of it by its name: the first half that is concerned. */
static void first_take(struct mail_case *c, uint32_t target)
{
	bool is_concerned = c->change == CHANGE_FLAPPING
				    ? mail_is_flapping_member(c, target)
				    : mail_standing(c, target) == STANDS_FAILING;

	if (is_concerned && c->first == NONE_INDEX)
		c->first = target;
}

static void tally_standing(struct mail_tally *t, enum standing standing)
{
	t->failing += standing == STANDS_FAILING || standing == STANDS_DEPENDENT;
	t->dependent += standing == STANDS_DEPENDENT;
	t->up += standing == STANDS_UP || standing == STANDS_RETURNED;
	t->returned += standing == STANDS_RETURNED;
	t->undetermined += standing == STANDS_UNDETERMINED;
	t->elsewhere += standing == STANDS_IN_OTHER;
	t->planned += standing == STANDS_PLANNED;
	t->unobserved += standing == STANDS_UNOBSERVED;
	t->out_of_sight += standing == STANDS_OUT_OF_SIGHT;
}

static bool is_up(const struct mail_case *c, uint32_t target)
{
	enum standing standing = mail_standing(c, target);

	return standing == STANDS_UP || standing == STANDS_RETURNED;
}

static void tally_target(struct mail_case *c, uint32_t target)
{
	enum standing standing = mail_standing_of_pair(c, target);
	bool is_failing = standing == STANDS_FAILING || standing == STANDS_DEPENDENT;

	first_take(c, target);
	if (target_is_second(c->plan, target))
		return;
	tally_standing(&c->tally, standing);
	c->tally.partly += is_failing && mail_is_either(c, target, is_up);
	c->tally.flapping += mail_is_either(c, target, mail_is_flapping_member);
	c->tally.members += mail_is_either(c, target, mail_is_member);
	tally_service(&c->tally, &c->plan->targets[target], standing);
}

static void tally_watchdog(struct mail_case *c, uint32_t watchdog)
{
	const struct deadman_view *view = &c->model->deadmen[watchdog];
	bool fails = mail_watchdog_fails(c, watchdog);

	if (!mail_watchdog_is_of_stack(c, watchdog))
		return;
	if (fails && c->first_watchdog == NONE_INDEX)
		c->first_watchdog = watchdog;
	c->tally.watchdogs += fails || view->state != DEADMAN_NEW;
	c->tally.watchdogs_failing += fails;
	c->tally.watchdogs_never += fails && !wall_is_set(view->last);
	c->tally.watchdogs_accused +=
		fails && c->model->members[c->plan->targets_n + watchdog].is_accused;
}

static void tally_all(struct mail_case *c)
{
	for (uint32_t i = 0; i < c->plan->targets_n; i++)
		tally_target(c, i);
	for (uint32_t i = 0; i < c->plan->watchdogs_n; i++)
		tally_watchdog(c, i);
}

/* ---- matter and change ---- */

/*
 * What people were told before this mail. The engine notes a mail in the
 * incident's log before the mail is written, so the one before is the last but
 * one. NULL: the log no longer holds it.
 */
static const struct incident_event *told_before(const struct incident *incident)
{
	bool is_this = true;

	for (unsigned i = incident->log_n; i-- > 0;) {
		const struct incident_event *event = &incident->log[i];

		if (event->kind != EVENT_MAILED && event->kind != EVENT_STILL)
			continue;
		if (!is_this)
			return event;
		is_this = false;
	}
	return NULL;
}

static enum change change_of_finding(const struct mail_case *c)
{
	const struct incident_event *told = c->incident ? told_before(c->incident) : NULL;
	enum diagnosis before = told ? told->diagnosis : DIAGNOSIS_NONE;
	int was = incident_weight(before, told && told->code != 0);
	int is = incident_weight(c->notice->diagnosis,
				 c->incident && c->incident->is_partial_mailed);

	/* While it comes and goes nothing is told but that, once, and what is worse. */
	if (c->incident && c->incident->is_flapping && !c->notice->is_important &&
	    (before == DIAGNOSIS_NONE || is <= was))
		return CHANGE_FLAPPING;
	if (before == DIAGNOSIS_NONE || (before == c->notice->diagnosis && is == was))
		return CHANGE_MORE;
	return is < was ? CHANGE_MILDER : CHANGE_WORSE;
}

static enum change change_of(const struct mail_case *c)
{
	switch (c->notice->kind) {
	case NOTICE_DOWN:
	case NOTICE_BLIND:
	case NOTICE_TEST:
	case NOTICE_CERTIFICATE:
	case NOTICE_SELF:
	case NOTICE_WEEK:
	case NOTICE_DIGEST:
	case NOTICE_KINDS:
		break;
	case NOTICE_CHANGE:
		return change_of_finding(c);
	case NOTICE_REPEAT:
		return CHANGE_STILL;
	case NOTICE_RECOVERED:
		return CHANGE_OVER;
	}
	return CHANGE_FIRST;
}

unsigned mail_concerned(const struct mail_case *c)
{
	if (c->change == CHANGE_FLAPPING && c->tally.flapping > 0)
		return c->tally.flapping;
	if (c->tally.failing == 0 && c->incident != NULL)
		return c->incident->affected_n;
	return c->tally.failing - c->tally.dependent;
}

enum matter mail_matter_of(enum diagnosis d, unsigned sites)
{
	switch (d) {
	case DIAGNOSIS_NONE:
	case DIAGNOSIS_SITE_DOWN:
	case DIAGNOSIS_COUNT:
		break;
	case DIAGNOSIS_ISOLATED:
		return MATTER_UNCONFIRMED;
	case DIAGNOSIS_STACK_DOWN:
		return MATTER_STACK;
	case DIAGNOSIS_EDGE_DOWN:
		return MATTER_EDGE;
	case DIAGNOSIS_BACKENDS_DOWN:
		return MATTER_BACKENDS;
	case DIAGNOSIS_UNREACHABLE:
		return MATTER_UNREACHABLE;
	case DIAGNOSIS_DNS_FAULT:
		return MATTER_DNS;
	case DIAGNOSIS_PROMETHEUS_DEAD:
		return MATTER_PROMETHEUS;
	case DIAGNOSIS_WATCHDOG_SILENCED:
		return MATTER_SILENCED;
	case DIAGNOSIS_BEATS_LOST:
		return MATTER_BEATS_LOST;
	case DIAGNOSIS_LISTENER_BROKEN:
		return MATTER_LISTENER;
	case DIAGNOSIS_ALERTING_DEAD:
		return MATTER_ALERTING;
	}
	return sites == 1 ? MATTER_SITE : MATTER_SITES;
}

/* No beat has ever come: that is how the mail begins, unless it is known that the fault is ours. */
static bool is_never_heard(const struct mail_case *c, enum matter matter)
{
	return matter >= MATTER_PROMETHEUS && matter != MATTER_LISTENER &&
	       c->change != CHANGE_OVER && c->tally.watchdogs_failing > 0 &&
	       c->tally.watchdogs_never == c->tally.watchdogs_failing;
}

/*
 * All that is judged of the stack fails, but that is one site: the others are worked at. To say
 * that everything is down would claim what nobody looks at. `d` is what the mail would be about.
 */
static bool is_last_one(const struct mail_case *c, enum diagnosis d)
{
	const struct mail_tally *t = &c->tally;

	if (d != DIAGNOSIS_EDGE_DOWN && d != DIAGNOSIS_UNREACHABLE)
		return false;
	if (c->change != CHANGE_OVER)
		return t->failing == 1 && t->planned > 0;
	return c->incident != NULL && c->incident->most_failing == 1 &&
	       t->up + t->planned + t->unobserved + t->out_of_sight + t->undetermined +
			       t->elsewhere > 1;
}

static enum matter cause_of(const struct mail_case *c)
{
	enum diagnosis d = c->notice->diagnosis;
	enum matter matter;

	if (c->is_pretended)
		return MATTER_STACK;
	/* The end is told of by the worst that it was. */
	if (c->change == CHANGE_OVER && c->incident && c->incident->worst != DIAGNOSIS_NONE)
		d = c->incident->worst;
	matter = is_last_one(c, d) ? MATTER_SITE : mail_matter_of(d, mail_concerned(c));
	if (matter == MATTER_SITE && c->first != NONE_INDEX && c->plan->targets[c->first].ping)
		return MATTER_JOB;
	if ((matter == MATTER_SITE || matter == MATTER_SITES) && mail_is_going_on(c) &&
	    c->change != CHANGE_FLAPPING && mail_is_by_family(c))
		return matter == MATTER_SITE ? MATTER_SITE_FAMILY : MATTER_SITES_FAMILY;
	return matter;
}

bool mail_is_silence(const struct mail_case *c)
{
	return c->matter >= MATTER_PROMETHEUS;
}

bool mail_is_going_on(const struct mail_case *c)
{
	return c->notice->kind == NOTICE_DOWN || c->notice->kind == NOTICE_CHANGE ||
	       c->notice->kind == NOTICE_REPEAT;
}

bool mail_is_flapping(const struct mail_case *c)
{
	return c->incident != NULL && c->incident->is_flapping && mail_is_going_on(c);
}

/*
 * The engine notes this very mail before it is written, so the one before it is
 * the last but one; the end of an incident tells of all.
 */
unsigned mail_first_untold(const struct mail_case *c)
{
	const struct incident *incident = c->incident;
	unsigned mails = 0;

	for (unsigned i = incident->log_n; i-- > 0 && c->change != CHANGE_OVER;) {
		enum incident_event_kind kind = incident->log[i].kind;

		if ((kind == EVENT_MAILED || kind == EVENT_STILL) && ++mails == 2)
			return i + 1;
	}
	return 0;
}

const struct incident_event *mail_held(const struct mail_case *c)
{
	if (c->incident == NULL || !mail_is_going_on(c))
		return NULL;
	for (unsigned i = mail_first_untold(c); i < c->incident->log_n; i++)
		if (c->incident->log[i].kind == EVENT_HELD)
			return &c->incident->log[i];
	return NULL;
}

uint32_t mail_stack_named(const struct plan *plan, const char *name)
{
	for (uint32_t i = 0; i < plan->stacks_n; i++)
		if (strcmp(plan->stacks[i].name, name) == 0)
			return i;
	return NONE_INDEX;
}

const char *mail_subject_wording(const struct mail_case *c)
{
	const struct matter_words *words = &c->words->matters[c->matter];

	if (c->change == CHANGE_FLAPPING && mail_is_silence(c))
		return c->words->flapping_subject_signal;
	if (c->change == CHANGE_FLAPPING)
		return wording_for(&c->words->flapping_subject, mail_concerned(c));
	return words->subject[c->change] ? words->subject[c->change] : words->subject[CHANGE_FIRST];
}

const char *mail_lead_wording(const struct mail_case *c)
{
	const struct matter_words *words = &c->words->matters[c->matter];

	if (c->change == CHANGE_FLAPPING && mail_is_silence(c))
		return c->words->flapping_lead_signal;
	if (c->change == CHANGE_FLAPPING)
		return wording_for(&c->words->flapping_lead, mail_concerned(c));
	return words->lead[c->change] ? words->lead[c->change] : words->lead[CHANGE_FIRST];
}

/* Where all that fails depends on something of another stack, it is all there is to tell. */
static bool has_cause(const struct mail_case *c)
{
	for (uint32_t i = 0; i < c->plan->targets_n; i++)
		if (mail_is_member(c, i) && c->model->members[i].is_failing &&
		    !c->model->members[i].is_dependent)
			return true;
	return false;
}

static void case_begin(struct mail_case *c, const struct mail_request *request)
{
	*c = (struct mail_case){
		.request = request,
		.model = request->model,
		.plan = request->model->plan,
		.notice = request->notice,
		.incident = request->incident,
		.language = request->language,
		.words = mail_words(request->language),
		.is_pretended = request->notice->kind == NOTICE_TEST,
		.stack = mail_stack_named(request->model->plan, request->notice->stack),
		.first = NONE_INDEX,
		.first_watchdog = NONE_INDEX,
	};
	if (c->is_pretended && c->stack == NONE_INDEX && c->plan->stacks_n > 0)
		c->stack = 0;
}

static void case_end(struct mail_case *c)
{
	c->change = change_of(c);
	c->has_cause = has_cause(c);
	tally_all(c);
	if (c->notice->kind == NOTICE_CERTIFICATE)
		c->first = mail_certificate_first(c);
	c->cause = cause_of(c);
	c->matter = is_never_heard(c, c->cause) ? MATTER_NEVER : c->cause;
	mail_fill_all(c);
}

void mail_case_init(struct mail_case *c, const struct mail_request *request)
{
	case_begin(c, request);
	case_end(c);
}

void mail_case_init_message(struct mail_case *c, const struct mail_request *request)
{
	case_begin(c, request);
	c->message_words = *c->words;
	message_words(request->language, &c->message_words);
	c->words = &c->message_words;
	c->is_message = true;
	case_end(c);
}

void mail_case_done(struct mail_case *c)
{
	for (int i = 0; i < FILL_COUNT; i++)
		buf_done(&c->fills[i]);
}
