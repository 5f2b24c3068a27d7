/*
 * judge.c - what was said, held against what was true.
 *
 * A DOWN needs a host that really failed, a finding its cause, an UP its DOWN;
 * whoever fails long enough is mailed in time and by name; one cause is one
 * incident; no notice is made twice; what nobody saw is not booked as down.
 * Where the truth could not be known, the judge gives as much as it takes to
 * learn it.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/pull.h"
#include "storm.h"

#define VERDICT_BOUND	 (124 * S) /* DECISIONS 2, and a turn */
#define MAIL_BOUND	 (190 * S)
#define NAMED_BOUND	 (430 * S) /* joined within 2 min, spaced by 5 */
#define SILENCE_BOUND	 (300 * S)
#define STALE_BOUND	 (345 * S) /* two answers beyond 210 s, of news up to 90 s old */
#define SUPPRESSED_BOUND (255 * S) /* late, and asked in its turn */
#define UNQUIET		 (400 * S) /* after trouble of our own, bounds are longer */
#define HINDSIGHT	 (420 * S) /* how long before an incident its cause may have ended */
#define UNNOTICED	 (40 * S)  /* our link may be gone so long before a run of ours fails */
#define CALM		 (900 * S)

enum fault_of_ours {
	FALSE_DOWN,
	FALSE_SILENCE,
	FALSE_BLAME,
	FALSE_UP,
	FALSE_BLIND,
	WRONG_FINDING,
	MISSED_VERDICT,
	MISSED_MAIL,
	MISSED_NAME,
	MISSED_SILENCE,
	MISSED_BY_PULL,
	MISSED_BLIND,
	WRONG_ORDER,
	TOO_MANY,
	TWICE,
	BOOKED_WRONG,
	NOT_WELL,
	BROKEN,
};

/* Once of a kind in a storm: what follows is mostly its consequence. */
static void __attribute__((format(printf, 3, 4)))
blame(struct storm *w, enum fault_of_ours what, const char *format, ...)
{
	va_list args;

	if (w->said >> what & 1)
		return;
	w->said |= 1u << what;
	w->violations++;
	printf("VIOLATION seed=%" PRIu64 " t=%.2f: ", w->seed, (double)(w->t - BEGINNING) / S);
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	printf(" {");
	for (int i = 0; i < TROUBLES; i++)
		if (is_on(w, (enum trouble)i))
			printf(" %s(%.0f s)", trouble_name((enum trouble)i),
			       (double)(w->t - w->ordeals[i].since) / S);
	printf(" }\n");
}

void judge_broken(struct storm *w, const char *what)
{
	blame(w, BROKEN, "%s", what);
}

/* ---- the truth, second by second ---- */

static bool are_references_broken(const struct storm *w)
{
	return is_on(w, TROUBLE_REFERENCES) && w->ordeals[TROUBLE_REFERENCES].variant % 3 >= 1;
}

bool is_blocked(const struct storm *w)
{
	return w->us.is_absent || is_on(w, TROUBLE_UPLINK) ||
	       (are_references_broken(w) && w->t - w->truth.last_beat > 100 * S);
}

static void count_silence(struct storm *w)
{
	struct truth *t = &w->truth;

	t->link_gone = is_on(w, TROUBLE_UPLINK) ? t->link_gone + S : 0;
	if (is_blocked(w) && w->t - t->blocked > 2 * S)
		t->breaks++;
	if (is_blocked(w) || are_references_broken(w))
		t->blocked = w->t;
	else
		t->silence_least += S;
	if (!w->us.is_absent && t->link_gone <= UNNOTICED)
		t->silence_most += S;
}

static void count_host(struct storm *w, enum host h)
{
	struct truth *t = &w->truth;
	bool fails = is_failing(w, h), could_know = !is_blocked(w) && is_planned(w, h);

	if (t->failing[h] > 200 * S && (!fails || !could_know))
		t->certain[h] += t->failing[h] - 70 * S;
	if (!fails || !could_know)
		t->failing[h] = 0;
	if (!fails)
		return;
	t->spells[h] += !is_recent(w, TROUBLE_UPLINK, w->t - S) && t->failing[h] == 0;
	t->failing[h] += could_know ? S : 0;
	t->failed[h] += S;
	t->known[h] += !w->us.is_absent && t->link_gone <= 60 * S ? S : 0;
}

static void count_pull(struct storm *w)
{
	struct truth *t = &w->truth;
	bool can_ask = !is_blocked(w) && w->us.bed->has_pull && !is_failing(w, AM) &&
		       !is_on(w, TROUBLE_REFERENCES) && alertmanager_lives(w);
	bool is_dead = is_on(w, TROUBLE_PROMETHEUS), is_silenced = is_on(w, TROUBLE_SILENCE);

	t->prometheus_dead = can_ask && is_dead && !is_silenced && w->pipeline.news >= 0
				     ? t->prometheus_dead + S
				     : 0;
	t->silenced =
		can_ask && is_silenced && !is_dead && w->pipeline.is_known ? t->silenced + S : 0;
}

/* Blind for more than 5 min, with nothing else the matter: that is told soon after. */
static void await_blind(struct storm *w)
{
	struct truth *t = &w->truth;
	const struct ordeal *o = &w->ordeals[TROUBLE_UPLINK];
	bool is_over = !o->is_active && o->ended == w->t && o->ended - o->since > 420 * S;

	if (is_over && w->us.fate_struck < o->since && !w->us.is_absent &&
	    w->us.absent_until < o->since &&
	    !is_recent(w, TROUBLE_REFERENCES, o->since - UNQUIET)) {
		t->blind_due = w->t + 90 * S;
		t->blinds = 0;
	}
	if (is_on(w, TROUBLE_UPLINK) || is_on(w, TROUBLE_REFERENCES) ||
	    w->us.fate_struck > t->blind_due - 90 * S || w->us.is_absent)
		t->blind_due = 0;
	if (t->blind_due == 0 || w->t <= t->blind_due)
		return;
	t->blind_due = 0;
	if (t->blinds == 0)
		blame(w, MISSED_BLIND, "we were blind and do not say so");
}

void judge_second(struct storm *w)
{
	for (int i = 0; i < TROUBLES; i++)
		if (is_on(w, (enum trouble)i))
			w->truth.calm_since = w->t;
	count_silence(w);
	count_pull(w);
	for (int h = BLOG; h <= EDGE; h++)
		count_host(w, (enum host)h);
	await_blind(w);
}

/* ---- transitions ---- */

static bool is_quiet(const struct storm *w)
{
	return w->t - w->truth.blocked > UNQUIET;
}

/* What begins a fall need not be vouched for, only what completes it; so after trouble of our own
 * the truth decides. */
static void judge_down(struct storm *w, enum host h, const char *from)
{
	unsigned least = strcmp(from, "recovering") == 0 ? 1 : 3;

	w->truth.is_down[h] = true;
	if (!is_quiet(w) && is_failing(w, h))
		return;
	if (w->truth.real_streak[h] < (is_quiet(w) ? least : 1))
		blame(w, FALSE_DOWN, "%s is down after %u failures", host_name(h),
		      w->truth.real_streak[h]);
}

void judge_transition(struct storm *w, const struct record *record)
{
	storm_say(w, "%s %s -> %s", record->name, record->from, record->to);
	for (int h = BLOG; h <= EDGE; h++) {
		if (strcmp(record->name, host_name((enum host)h)) != 0)
			continue;
		if (strcmp(record->to, "down") == 0)
			judge_down(w, (enum host)h, record->from);
		else if (strcmp(record->to, "up") == 0)
			w->truth.is_down[h] = false;
	}
	if (strcmp(record->name, "home") != 0)
		return;
	if (strcmp(record->to, "silent") == 0 && w->truth.silence_most < SILENCE_BOUND - 2 * S)
		blame(w, FALSE_SILENCE, "silent after %.0f s", (double)w->truth.silence_most / S);
	if (strcmp(record->to, "resolved") == 0 && w->t - w->truth.resolved < 85 * S)
		blame(w, FALSE_SILENCE, "resolved too soon");
}

/* ---- notices ---- */

static bool was_there(const struct storm *w, const struct notice *n, enum trouble trouble)
{
	return is_recent(w, trouble, n->opened.mono.us - HINDSIGHT);
}

static unsigned count_services(const struct storm *w, const struct notice *n, unsigned *ret_of)
{
	unsigned failing = 0;

	*ret_of = 0;
	for (int h = BLOG; h <= NEWS; h++) {
		*ret_of += is_planned(w, (enum host)h);
		failing += is_planned(w, (enum host)h) &&
			   (was_there(w, n, TROUBLE_EDGE) || was_there(w, n, TROUBLE_CLUSTER) ||
			    was_there(w, n, TROUBLE_BACKENDS) || was_there(w, n, (enum trouble)h));
	}
	return failing;
}

/* Beats were missed: for a reason, or because we were not there to hear them. */
static bool were_beats_missed(const struct storm *w, const struct notice *n)
{
	return was_there(w, n, TROUBLE_CLUSTER) || was_there(w, n, TROUBLE_PROMETHEUS) ||
	       was_there(w, n, TROUBLE_ALERTMANAGER) || was_there(w, n, TROUBLE_PUSH_PATH) ||
	       was_there(w, n, TROUBLE_LISTENER) || was_there(w, n, TROUBLE_SILENCE) ||
	       w->truth.breaks > 0;
}

static bool can_pull_be_dumb(const struct storm *w, const struct notice *n)
{
	return !w->us.bed->has_pull || w->t - w->truth.pull_changed < UNQUIET ||
	       was_there(w, n, TROUBLE_ALERTMANAGER) || was_there(w, n, TROUBLE_CLUSTER) ||
	       was_there(w, n, TROUBLE_PULL_PATH) || was_there(w, n, TROUBLE_EDGE);
}

static bool is_justified(const struct storm *w, const struct notice *n)
{
	bool is_outside = was_there(w, n, TROUBLE_EDGE) || was_there(w, n, TROUBLE_CLUSTER);
	unsigned of, failing = count_services(w, n, &of);

	switch (n->diagnosis) {
	case DIAGNOSIS_STACK_DOWN:
		return was_there(w, n, TROUBLE_CLUSTER) ||
		       (were_beats_missed(w, n) && (is_outside || failing * 2 > of));
	case DIAGNOSIS_EDGE_DOWN:
	case DIAGNOSIS_UNREACHABLE:
		return is_outside;
	case DIAGNOSIS_BACKENDS_DOWN:
		return failing == of;
	case DIAGNOSIS_SITE_DOWN:
		return failing > 0;
	case DIAGNOSIS_PROMETHEUS_DEAD:
		return was_there(w, n, TROUBLE_PROMETHEUS) || was_there(w, n, TROUBLE_CLUSTER) ||
		       was_there(w, n, TROUBLE_ALERTMANAGER);
	case DIAGNOSIS_WATCHDOG_SILENCED:
		return was_there(w, n, TROUBLE_SILENCE);
	case DIAGNOSIS_BEATS_LOST:
		/* Or Alertmanager is back, and its next beat is still to come. */
		return was_there(w, n, TROUBLE_PUSH_PATH) || was_there(w, n, TROUBLE_LISTENER) ||
		       was_there(w, n, TROUBLE_ALERTMANAGER) || was_there(w, n, TROUBLE_CLUSTER);
	case DIAGNOSIS_LISTENER_BROKEN:
		return was_there(w, n, TROUBLE_LISTENER);
	case DIAGNOSIS_ALERTING_DEAD:
		return were_beats_missed(w, n) && can_pull_be_dumb(w, n);
	default:
		return false;
	}
}

static struct thread *thread_of(struct storm *w, uint64_t id)
{
	for (size_t i = 0; i < w->truth.threads_n; i++)
		if (w->truth.threads[i].id == id)
			return &w->truth.threads[i];
	return NULL;
}

static struct thread *thread_begin(struct storm *w, uint64_t id)
{
	struct thread *thread = &w->truth.threads[w->truth.threads_n];

	if (w->truth.threads_n + 1 < INCIDENTS_MAX)
		w->truth.threads_n++;
	*thread = (struct thread){ .id = id };
	return thread;
}

static void judge_up(struct storm *w, const struct thread *thread)
{
	for (int h = BLOG; h <= EDGE; h++)
		if (thread->names >> h & 1 && is_planned(w, (enum host)h) && is_quiet(w) &&
		    w->truth.failing[h] > 130 * S && !w->truth.is_down[h])
			blame(w, FALSE_UP, "UP, but %s has failed for %.0f s",
			      host_name((enum host)h), (double)w->truth.failing[h] / S);
}

static void judge_thread(struct storm *w, const struct notice *n)
{
	struct thread *thread = thread_of(w, n->incident);
	bool is_first = n->kind == NOTICE_DOWN;

	if (is_first != !thread || (thread && (thread->is_over || n->seq != thread->next_seq))) {
		blame(w, WRONG_ORDER, "%s, mail %u: another one was due", notice_kind_name(n->kind),
		      n->seq);
		return;
	}
	if (!thread)
		thread = thread_begin(w, n->incident);
	thread->next_seq = n->seq + 1;
	for (int h = BLOG; h <= EDGE; h++)
		if (strstr(n->affected, host_name((enum host)h)))
			thread->names |= 1u << h;
	w->truth.downs += is_first;
	thread->is_over = n->kind == NOTICE_RECOVERED;
	if (thread->is_over)
		judge_up(w, thread);
	else if (n->kind != NOTICE_REPEAT && !is_justified(w, n))
		blame(w, WRONG_FINDING, "%s says %s of %s", notice_kind_name(n->kind),
		      diagnosis_name(n->diagnosis), n->affected);
}

void judge_notice(struct storm *w, const struct notice *n)
{
	storm_say(w, "NOTICE %s %s, mail %u of %s: %s", notice_kind_name(n->kind),
		  diagnosis_name(n->diagnosis), n->seq, n->number, n->affected);
	if (n->incident != 0) {
		judge_thread(w, n);
		return;
	}
	w->truth.blinds++;
	if (w->t - w->truth.blocked > 200 * S)
		blame(w, FALSE_BLIND, "we say that we were blind");
}

/* After a death a notice may be made again, and then it is the same. */
void judge_twice(struct storm *w, const struct notice *first, const struct notice *second)
{
	if (!w->us.is_lossy || first->seq != second->seq || first->kind != second->kind)
		blame(w, TWICE, "a %s with the id of a %s", notice_kind_name(second->kind),
		      notice_kind_name(first->kind));
}

void judge_removal(struct storm *w)
{
	struct model model;

	w->truth.pull_changed = w->t;
	for (int h = 0; h < HOSTS; h++) {
		if (is_planned(w, (enum host)h))
			continue;
		w->truth.is_down[h] = false;
		w->truth.real_streak[h] = 0;
		w->truth.has_lost_news |= h == NEWS;
	}
	engine_model(w->us.engine, storm_now(w), &model);
	for (size_t i = 0; i < w->truth.threads_n; i++) {
		bool is_open = false;

		for (size_t k = 0; k < model.incidents_n; k++)
			is_open |= model.incidents[k].id == w->truth.threads[i].id;
		w->truth.threads[i].is_over |= !is_open;
	}
}

/* ---- the model ---- */

static const struct incident *mailed_incident(const struct model *m, size_t subject)
{
	for (size_t i = 0; i < m->incidents_n; i++)
		if (m->incidents[i].id == m->members[subject].incident && m->incidents[i].mails > 0)
			return &m->incidents[i];
	return NULL;
}

static void judge_name(struct storm *w, enum host h, const struct incident *incident)
{
	struct truth *t = &w->truth;
	const struct thread *thread = thread_of(w, incident->id);
	bool is_told =
		(thread && thread->names >> h & 1) || diagnosis_is_stack_level(incident->finding);

	t->unnamed[h] = is_told ? 0 : t->unnamed[h] + w->t - t->checked;
	if (t->unnamed[h] > NAMED_BOUND)
		blame(w, MISSED_NAME, "%s fails and no mail names it", host_name(h));
}

static void judge_target(struct storm *w, const struct model *m, size_t i)
{
	enum host h = w->us.bed->hosts[i];
	const struct incident *incident = mailed_incident(m, i);
	int64_t span = w->truth.failing[h], spare = is_quiet(w) ? 0 : UNQUIET;

	/* A reload begins the run anew that was under way. */
	if (w->t - w->truth.pull_changed < VERDICT_BOUND)
		spare += 11 * S;
	if (span > VERDICT_BOUND + spare && !w->truth.is_down[h])
		blame(w, MISSED_VERDICT, "%s has failed for %.0f s and is %s", host_name(h),
		      (double)span / S, verdict_name(m->targets[i].state));
	if (span <= MAIL_BOUND + spare) {
		w->truth.unnamed[h] = 0;
		return;
	}
	if (!incident || !m->members[i].is_failing)
		blame(w, MISSED_MAIL, "%s has failed for %.0f s and no mail tells", host_name(h),
		      (double)span / S);
	else
		judge_name(w, h, incident);
}

static bool has_pipeline_trouble(const struct storm *w, int64_t since)
{
	for (int i = TROUBLE_CLUSTER; i <= TROUBLE_SILENCE; i++)
		if (i != TROUBLE_PULL_PATH && is_recent(w, (enum trouble)i, since))
			return true;
	return false;
}

static void judge_watchdog(struct storm *w, const struct model *m)
{
	const struct truth *t = &w->truth;
	size_t subject = w->us.bed->plan.targets_n;
	bool fails = m->members[subject].is_failing, is_pulled = w->us.bed->has_pull;
	int64_t spare = (30 + 45 * (int64_t)t->breaks) * S;
	int64_t unquiet = is_quiet(w) ? 0 : 180 * S;

	if (t->silence_least > SILENCE_BOUND + spare && m->deadmen[0].state != DEADMAN_SILENT &&
	    m->deadmen[0].state != DEADMAN_RESOLVED)
		blame(w, MISSED_SILENCE, "no beat for %.0f s, and it is %s",
		      (double)t->silence_least / S, deadman_name(m->deadmen[0].state));
	if (t->silence_least > SILENCE_BOUND + 70 * S + spare &&
	    (!fails || !mailed_incident(m, subject)))
		blame(w, MISSED_MAIL, "no beat for %.0f s, and no mail",
		      (double)t->silence_least / S);
	if (is_pulled && !fails && t->prometheus_dead > STALE_BOUND + unquiet)
		blame(w, MISSED_BY_PULL, "Prometheus is dead and nobody says so");
	if (is_pulled && !fails && t->silenced > SUPPRESSED_BOUND + unquiet)
		blame(w, MISSED_BY_PULL, "the Watchdog is silenced and nobody says so");
	if (fails && m->deadmen[0].state == DEADMAN_UP && w->t - t->blocked > CALM &&
	    !has_pipeline_trouble(w, w->t - CALM))
		blame(w, FALSE_BLAME, "the Watchdog is blamed though all is well with it");
}

/* From calm to calm, no more incidents than causes. */
static void judge_causes(struct storm *w, const struct model *m)
{
	if (w->t - w->truth.calm_since <= CALM || m->incidents_n > 0)
		return;
	if (w->truth.downs > w->truth.ordeals)
		blame(w, TOO_MANY, "%u incidents were mailed for %u causes", w->truth.downs,
		      w->truth.ordeals);
	w->truth.downs = w->truth.ordeals = 0;
}

static void judge_leads(struct storm *w, const struct model *m)
{
	unsigned leads = 0;

	for (size_t i = 0; i < m->incidents_n; i++)
		leads += diagnosis_is_stack_level(m->incidents[i].finding);
	if (leads > 1)
		blame(w, TOO_MANY, "two incidents of the whole stack");
}

void judge_model(struct storm *w)
{
	struct model model;

	engine_model(w->us.engine, storm_now(w), &model);
	judge_leads(w, &model);
	for (size_t i = 0; i < w->us.bed->plan.targets_n; i++)
		judge_target(w, &model, i);
	judge_watchdog(w, &model);
	judge_causes(w, &model);
	w->truth.checked = w->t;
}

/* ---- the end ---- */

static void judge_days(struct storm *w, const struct model *m, size_t i)
{
	const struct truth *t = &w->truth;
	enum host h = w->us.bed->hosts[i];
	struct day_sums sums = rollup_window(&m->rollups[i], m->rollups[i].newest, ROLLUP_DAYS);
	int64_t most = (t->has_died ? t->failed[h] : t->known[h]) / S + 80 * (int64_t)t->spells[h];
	int64_t least = t->has_died ? 0 : t->certain[h] / S;

	if (t->has_stepped || t->has_lost_news)
		return;
	if (sums.down_s > most || sums.down_s < least)
		blame(w, BOOKED_WRONG, "%s is booked down for %u s, not %" PRId64 " to %" PRId64,
		      host_name(h), sums.down_s, least, most);
}

void judge_end(struct storm *w)
{
	struct model m;

	engine_model(w->us.engine, storm_now(w), &m);
	if (m.incidents_n > 0)
		blame(w, NOT_WELL, "%s is still open", m.incidents[0].number);
	if (m.vantage != VANTAGE_OK || m.deadmen[0].state != DEADMAN_UP)
		blame(w, NOT_WELL, "vantage %s, watchdog %s", vantage_name(m.vantage),
		      deadman_name(m.deadmen[0].state));
	if (w->us.bed->has_pull && m.deadmen[0].pull != PULL_OK)
		blame(w, NOT_WELL, "the pull is %s", pull_name(m.deadmen[0].pull));
	for (size_t i = 0; i < w->us.bed->plan.targets_n; i++) {
		if (m.targets[i].state != VERDICT_UP)
			blame(w, NOT_WELL, "%s is %s", m.targets[i].plan->name,
			      verdict_name(m.targets[i].state));
		judge_days(w, &m, i);
	}
	for (size_t i = 0; i < w->truth.threads_n; i++)
		if (!w->truth.threads[i].is_over)
			blame(w, WRONG_ORDER, "a DOWN without its UP");
}
