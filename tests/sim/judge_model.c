/*
 * judge_model.c - what the page is rendered from: it never contradicts the list
 * of incidents (I6), and when nothing has changed for long, it names what is
 * really broken (I2).
 */
#include "sim.h"

#include <string.h>

#include "base/buf.h"
#include "render/page.h"

#define PAGES_EVERY 2003

/* ---- does it agree with itself? ---- */

static const struct incident *incident_of(const struct model *m, uint64_t id)
{
	for (size_t i = 0; id != 0 && i < m->incidents_n; i++)
		if (m->incidents[i].id == id)
			return &m->incidents[i];
	return NULL;
}

static void judge_members(struct sim *s, const struct model *m)
{
	size_t subjects = m->plan->targets_n + m->plan->watchdogs_n;

	for (size_t i = 0; i < m->incidents_n; i++) {
		unsigned members = 0, failing = 0;

		for (size_t k = 0; k < subjects; k++) {
			bool is_of = m->members[k].incident == m->incidents[i].id;

			members += is_of;
			failing += is_of && m->members[k].is_failing;
		}
		if (members < failing)
			broken(s, WRONG_MODEL, "%s: more fail than belong to it",
			       m->incidents[i].number);
	}
	for (size_t k = 0; k < subjects; k++)
		if (m->members[k].incident != 0 && !incident_of(m, m->members[k].incident))
			broken(s, WRONG_MODEL, "a member of an incident that is not open");
}

/* Slow is a flag, and goes by the last good run. */
static void judge_slow(struct sim *s, const struct target_view *t, int host)
{
	const struct host_truth *h = &s->judge.hosts[host];

	if (t->state == VERDICT_UP && h->is_slow_known && t->is_slow != h->is_slow)
		broken(s, WRONG_MODEL, "%s is%s shown as slow", t->plan->name,
		       t->is_slow ? "" : " not");
}

static void judge_targets(struct sim *s, const struct model *m)
{
	for (size_t i = 0; i < m->plan->targets_n; i++) {
		const struct target_view *t = &m->targets[i];
		int host = s->us.bed->host_of[i];

		if (t->state != s->judge.hosts[host].verdict &&
		    s->judge.hosts[host].verdict != VERDICT_UNKNOWN && t->state != VERDICT_UNKNOWN)
			broken(s, WRONG_MODEL, "%s is shown as %s, and was said to be %s",
			       t->plan->name, verdict_name(t->state),
			       verdict_name(s->judge.hosts[host].verdict));
		s->judge.hosts[host].verdict = t->state;
		/* Cut off, or not known yet to be so no more, incidents stay as they are. */
		if (m->vantage == VANTAGE_ISOLATED ||
		    (s->t - s->judge.broken_off < 15 * SEC && !is_vouched(s)))
			continue;
		judge_slow(s, t, host);
		if (verdict_is_failing(t->state) && !m->members[i].is_failing &&
		    !wall_is_set(t->planned_until) && !s->quiet.is_planned[host])
			broken(s, WRONG_MODEL, "%s is %s, and in no incident", t->plan->name,
			       verdict_name(t->state));
		if (t->state == VERDICT_UP && m->members[i].is_failing &&
		    t->plan->ping == NULL && !incident_of(m, m->members[i].incident)->is_adopted)
			broken(s, WRONG_MODEL, "%s is up, and fails in an incident", t->plan->name);
	}
}

static void judge_threads(struct sim *s, const struct model *m)
{
	for (size_t i = 0; i < m->incidents_n; i++) {
		const struct incident *incident = &m->incidents[i];
		const struct thread *thread = thread_of(s, incident->id);

		if (thread && thread->is_lossy)
			continue;
		if (incident->mails > 0 && (!thread || thread->is_over))
			broken(s, WRONG_MODEL, "%s is shown as open, and its UP was mailed",
			       incident->number);
		if (incident->mails == 0 && thread)
			broken(s, WRONG_MODEL, "%s was mailed, and is shown as if it was not",
			       incident->number);
	}
	for (size_t i = 0; i < s->judge.threads_n; i++)
		if (!s->judge.threads[i].is_over && !s->judge.threads[i].is_lossy &&
		    !incident_of(m, s->judge.threads[i].id))
			broken(s, WRONG_MODEL, "%s was mailed, and is not shown",
			       s->judge.threads[i].number);
}

static void judge_stacks(struct sim *s, const struct model *m)
{
	int worst = 0;

	for (size_t i = 0; i < m->plan->stacks_n; i++) {
		unsigned leads = 0;

		for (size_t k = 0; k < m->incidents_n; k++)
			leads += strcmp(m->incidents[k].stack, m->plan->stacks[i].name) == 0 &&
				 diagnosis_is_stack_level(m->incidents[k].finding);
		if (leads > 1)
			broken(s, TOO_MANY, "two incidents of the whole stack");
		if (diagnosis_severity(m->stacks[i].finding.primary) > worst)
			worst = diagnosis_severity(m->stacks[i].finding.primary);
	}
	if (m->worst >= m->plan->stacks_n ||
	    diagnosis_severity(m->stacks[m->worst].finding.primary) != worst)
		broken(s, WRONG_MODEL, "the headline is not the worst stack's");
	for (size_t i = 1; i < m->incidents_n; i++)
		if (diagnosis_severity(m->incidents[i].finding) >
		    diagnosis_severity(m->incidents[i - 1].finding))
			broken(s, WRONG_MODEL, "incidents are not shown worst first");
}

/* ---- is it what is broken? DECISIONS 1, over the truth ---- */

struct counts {
	int sites, failing, reached, edges, edges_failing, services, services_failing;
	bool is_doubtful;
	int64_t onset; /* of the last failure */
};

static struct counts count(const struct sim *s, int stack)
{
	struct counts c = { .onset = LONG_AGO };

	for (int i = 0; i < s->setup->sites_n; i++) {
		const struct host_truth *h = &s->judge.hosts[i];
		bool is_edge = s->setup->sites[i].is_edge;

		if (s->hosts[i].stack != stack || s->hosts[i].subject == NONE_INDEX ||
		    s->quiet.is_planned[i])
			continue;
		c.sites++;
		c.failing += h->is_failing;
		if (h->is_failing && h->since + interval_of(s, i) + 10 * SEC > c.onset)
			c.onset = h->since + interval_of(s, i) + 10 * SEC;
		c.reached += h->is_failing && s->answers[i].is_reached;
		c.edges += is_edge;
		c.edges_failing += is_edge && h->is_failing;
		c.services += !is_edge;
		c.services_failing += !is_edge && h->is_failing;
		c.is_doubtful |= h->is_doubtful || h->is_blocked || s->t - h->doubtful < HOUR;
	}
	return c;
}

static enum diagnosis expected(const struct sim *s, const struct counts *c, int stack)
{
	const struct silence_truth *d = &s->judge.dogs[stack];
	bool has_dog = s->setup->watchdogs[stack].is_there && d->heard != LONG_AGO &&
		       !s->quiet.is_dog_planned[stack];
	bool all = c->failing == c->sites;

	if (c->failing == 0)
		return DIAGNOSIS_NONE;
	if (has_dog && all && (d->is_dead || d->most > 2 * s->setup->watchdogs[stack].period))
		return DIAGNOSIS_STACK_DOWN;
	if (has_dog && d->is_dead &&
	    (all || (c->edges > 0 && c->edges_failing == c->edges) ||
	     c->services_failing > c->services - c->services_failing))
		return DIAGNOSIS_STACK_DOWN;
	if (all && c->reached == 0 && has_dog && d->heard > c->onset)
		return DIAGNOSIS_EDGE_DOWN;
	if (c->services > 0 && c->services_failing == c->services &&
	    (c->reached > 0 || c->edges_failing < c->edges))
		return DIAGNOSIS_BACKENDS_DOWN;
	if (all && c->reached == 0)
		return DIAGNOSIS_UNREACHABLE;
	return DIAGNOSIS_SITE_DOWN;
}

static bool is_told(struct sim *s, const struct model *m, const struct stack_view *view)
{
	for (size_t i = 0; i < m->incidents_n; i++)
		if (strcmp(m->incidents[i].stack, view->plan->name) == 0 &&
		    m->incidents[i].finding == view->finding.primary &&
		    (m->incidents[i].mailed == view->finding.primary ||
		     is_nothing_to_tell(s, &m->incidents[i])))
			return true;
	return false;
}

/* Nobody wants to hear of this finding now. */
static bool may_be_held(const struct sim *s, int stack, enum diagnosis finding)
{
	uint32_t failing = 0;

	for (int i = 0; i < s->setup->sites_n; i++)
		if (s->hosts[i].stack == stack && s->hosts[i].subject != NONE_INDEX &&
		    verdict_is_failing(s->judge.hosts[i].verdict))
			failing |= 1u << i;
	return is_stack_quiet(s, stack, false) ||
	       (!diagnosis_is_stack_level(finding) && is_all_quiet(s, stack, failing, false, false));
}

static void judge_settled(struct sim *s, const struct model *m, int stack)
{
	const struct stack_view *view = &m->stacks[stack];
	struct counts c = count(s, stack);
	enum diagnosis is = view->finding.primary, should;

	if (c.is_doubtful || s->t - s->judge.changed[stack] < SETTLED_AFTER ||
	    s->t - s->judge.ours < SETTLED_AFTER || is_on(s, ORDEAL_OWN_LINK, 6) ||
	    is_on(s, ORDEAL_ZONE, stack))
		return;
	should = expected(s, &c, stack);
	/* With so slow a Watchdog it may be either. */
	if (s->setup->watchdogs[stack].period > MINUTE && should != is &&
	    (should == DIAGNOSIS_EDGE_DOWN || should == DIAGNOSIS_UNREACHABLE ||
	     should == DIAGNOSIS_STACK_DOWN))
		return;
	if (should == DIAGNOSIS_NONE)
		return;
	if (is != should)
		broken(s, WRONG_FINDING, "nothing has changed for long, it is %s and is called %s",
		       diagnosis_name(should), diagnosis_name(is));
	else if (!is_told(s, m, view) && !may_be_held(s, stack, is))
		broken(s, LATE_MAIL, "nothing has changed for long, and no mail says %s",
		       diagnosis_name(is));
}

/* ---- the page ---- */

static bool is_balanced(const char *json)
{
	int depth = 0;
	bool is_text = false;

	for (; *json; json++) {
		if (is_text && *json == '\\' && json[1])
			json++;
		else if (*json == '"')
			is_text = !is_text;
		else if (!is_text && (*json == '{' || *json == '['))
			depth++;
		else if (!is_text && (*json == '}' || *json == ']') && --depth < 0)
			return false;
	}
	return depth == 0 && !is_text;
}

static void judge_page(struct sim *s, const struct buf *page)
{
	if (buf_failed(page) || !strstr(buf_text(page), "</html>"))
		broken(s, WRONG_MODEL, "the page is not whole");
}

static void judge_pages(struct sim *s, const struct model *m)
{
	struct buf to = BUF_INIT(4u << 20);

	page_index(m, LANGUAGE_EN, &to);
	judge_page(s, &to);
	buf_clear(&to);
	page_status_json(m, &to);
	if (buf_failed(&to) || !is_balanced(buf_text(&to)))
		broken(s, WRONG_MODEL, "status.json is not whole");
	for (size_t i = 0; i < m->incidents_n; i++)
		if (m->incidents[i].mails > 0 && !strstr(buf_text(&to), m->incidents[i].number))
			broken(s, WRONG_MODEL, "status.json does not show %s",
			       m->incidents[i].number);
	buf_clear(&to);
	page_metrics(m, &to);
	if (buf_failed(&to))
		broken(s, WRONG_MODEL, "the metrics are not whole");
	buf_done(&to);
	s->pages++;
}

void judge_model(struct sim *s, const struct model *m)
{
	judge_members(s, m);
	judge_targets(s, m);
	judge_quiet_model(s, m);
	judge_threads(s, m);
	judge_stacks(s, m);
	for (int i = 0; i < s->setup->stacks_n; i++)
		judge_settled(s, m, i);
	if (s->judge.looks % PAGES_EVERY == 0)
		judge_pages(s, m);
}
