/*
 * judge_mail.c - what was said to people: that it was so (I2), in the right
 * order and once for one cause (I3), and that it has reached them once (I4).
 */
#include "sim.h"

#include <string.h>

#include "base/buf.h"
#include "render/mail.h"

#define HINDSIGHT      (15 * SEC)
#define PIPELINE_AGO   (25 * MINUTE) /* a Prometheus that is back explains for so long */
#define LATE_SLACK     (25 * SEC)
#define DELIVERY_BOUND (15 * MINUTE + 4 * MINUTE)
#define DOUBT_BOUND    (50 * MINUTE)
#define REFUSAL_BOUND  (DAY + 40 * MINUTE)
#define AT_ONCE	       8 /* ARCHITECTURE: attempts under way; each may hang */
#define HANGS	       (65 * SEC)
#define DOUBTS	       5 /* a relay that hangs is asked so often before the next one is */

/* ---- threads ---- */

struct thread *thread_of(struct sim *s, uint64_t id)
{
	for (size_t i = s->judge.threads_n; i > 0; i--)
		if (s->judge.threads[i - 1].id == id)
			return &s->judge.threads[i - 1];
	return NULL;
}

/* Those that are over for long make room. */
static struct thread *thread_new(struct sim *s, const struct notice *n)
{
	struct judge *j = &s->judge;

	if (j->threads_n == THREADS_MAX) {
		size_t kept = 0;

		for (size_t i = 0; i < j->threads_n; i++)
			if (!j->threads[i].is_over || s->t - j->threads[i].over < DAY)
				j->threads[kept++] = j->threads[i];
		j->threads_n = kept;
	}
	if (j->threads_n == THREADS_MAX) {
		broken(s, UNBOUNDED, "more than %d incidents at once", THREADS_MAX);
		return &j->threads[0];
	}
	j->threads[j->threads_n] = (struct thread){ .id = n->incident, .began = s->t };
	memcpy(j->threads[j->threads_n].number, n->number, sizeof n->number);
	j->threads[j->threads_n].stack = strcmp(n->stack, "away") == 0;
	s->incidents++;
	return &j->threads[j->threads_n++];
}

static bool is_word_in(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
		if ((at == list || at[-1] == ',') && (at[n] == '\0' || at[n] == ','))
			return true;
	return false;
}

/* ---- was it so? ---- */

struct evidence {
	int64_t since, lately;
	int stack;
	int sites, edges, services;
	int members, shown, edges_shown, services_shown, unreached, reached, jobs;
};

/* Our line of its family is back, and it was not asked since. */
static bool is_just_back(const struct sim *s, int host)
{
	const struct host_truth *h = &s->judge.hosts[host];

	return s->t - h->unblocked < 2 * MINUTE && h->seen < h->unblocked;
}

/* Whether it fails, or our own line does, nobody vouches for: it may be counted, and may not. */
static bool is_unvouched(const struct sim *s, int host)
{
	return !is_link_gone(s, s->hosts[host].family) && s->answers[host].is_failing &&
	       !are_references_enough(s, s->hosts[host].family);
}

/*
 * Of a family that is cut off nothing is known: at once of one that was well, soon of one that had
 * failed. Where only its references are broken, what goes on answering is; but not what fails, while
 * nobody vouches for us.
 */
static bool is_unknowable(const struct sim *s, int host, int64_t since)
{
	const struct host_truth *h = &s->judge.hosts[host];
	int family = s->hosts[host].family;

	if (is_link_gone(s, family))
		return h->shown_unreached < since &&
		       s->t - link_gone_since(s, family) > (h->shown < since ? 1 : 3) * MINUTE;
	return is_unvouched(s, host) && h->shown < since;
}

/* Of one that we could not see nothing newer is known; how it failed when we saw it last is. */
static bool is_unreached(const struct sim *s, int host, const struct evidence *e)
{
	const struct host_truth *h = &s->judge.hosts[host];

	if (h->is_blocked && h->bad > 0 && h->shown_unreached > h->shown_reached)
		return true;
	return h->shown_unreached >=
	       (h->is_blocked || s->t - h->unblocked < 3 * MINUTE || is_cert_refused(s, host)
			? e->since
			: e->lately);
}

static struct evidence gather(const struct sim *s, const struct notice *n, int stack,
			      bool has_unvouched)
{
	struct evidence e = { .stack = stack,
			      .since = n->opened.mono.us - s->us.mono_ahead - HINDSIGHT };

	/* Whoever is down is asked once a minute; after trouble of ours, not always. */
	e.lately = s->t - (s->t - s->judge.ours < 10 * MINUTE ? 15 : 3) * MINUTE;
	/* A clock that was set, or a boot, leaves no trace of when that was. */
	if (s->t - s->judge.stepped < DAY || s->us.is_rebooted)
		e.since -= DAY;
	for (int i = 0; i < s->setup->sites_n; i++) {
		const struct host_truth *h = &s->judge.hosts[i];
		bool is_edge = s->setup->sites[i].is_edge;
		/*
		 * What failed when we saw it last, and cannot be seen any more, is still believed;
		 * and has to be well for a while when it can.
		 */
		bool is_shown = h->shown >= e.since || (h->is_blocked && h->bad > 0) ||
				(h->verdict == VERDICT_RECOVERING &&
				 s->t - h->unblocked < 2 * MINUTE);

		if (s->hosts[i].stack != stack || s->hosts[i].subject == NONE_INDEX)
			continue;
		e.members += is_shown;
		if (s->quiet.is_planned[i])
			continue; /* it counts nowhere */
		if (h->verdict == VERDICT_UNKNOWN)
			continue; /* nothing was seen of it yet */
		e.reached += h->shown_reached >= e.since || h->shown_reached >= e.lately;
		if (is_unknowable(s, i, e.since) ||
		    (!has_unvouched && (is_unvouched(s, i) || is_just_back(s, i))))
			continue;
		e.sites++;
		e.edges += is_edge;
		e.services += !is_edge;
		e.shown += is_shown;
		e.edges_shown += is_edge && is_shown;
		e.services_shown += !is_edge && is_shown;
		e.unreached += is_unreached(s, i, &e);
	}
	for (int i = 0; i < s->setup->jobs_n; i++)
		e.jobs += s->setup->jobs[i].stack == stack &&
			  s->judge.hosts[s->setup->sites_n + i].shown >= e.since;
	return e;
}

static bool was_there(const struct sim *s, enum ordeal_kind kind, int which, int64_t since)
{
	return is_recent(s, kind, which, since);
}

/* Something was wrong with Prometheus, or with an Alertmanager, which then forgets its alerts. */
static bool was_prometheus_gone(const struct sim *s, const struct evidence *e)
{
	int64_t since = e->since - PIPELINE_AGO;

	return was_there(s, ORDEAL_PROMETHEUS, e->stack, since) ||
	       was_there(s, ORDEAL_CLUSTER, e->stack, since) ||
	       was_there(s, ORDEAL_ALERTMANAGER, 2 * e->stack, since) ||
	       was_there(s, ORDEAL_ALERTMANAGER, 2 * e->stack + 1, since);
}

static bool were_beats_kept_from_us(const struct sim *s, const struct evidence *e)
{
	int64_t since = e->since - PIPELINE_AGO;

	return was_prometheus_gone(s, e) || was_there(s, ORDEAL_PUSH_PATH, e->stack, since) ||
	       was_there(s, ORDEAL_LISTENER, 0, since) ||
	       was_there(s, ORDEAL_UPLINK, e->stack, since) ||
	       was_there(s, ORDEAL_SILENCE, e->stack, since) ||
	       s->judge.ours >= since;
}

static bool is_dog_silent(const struct sim *s, const struct evidence *e)
{
	const struct silence_truth *d = &s->judge.dogs[e->stack];

	/* The last beat may have been forgotten with us. */
	int64_t period = s->setup->watchdogs[e->stack].period;
	int64_t spare = s->t - s->judge.broken_off < 10 * MINUTE ? period : LATE_SLACK;

	return d->is_dead || d->is_forgotten || d->most >= 2 * period - spare || d->resolved != NEVER;
}

static bool is_justified(const struct sim *s, const struct notice *n, const struct evidence *e)
{
	int64_t since = e->since - PIPELINE_AGO;

	switch (n->diagnosis) {
	case DIAGNOSIS_STACK_DOWN:
		return is_dog_silent(s, e) &&
		       (e->shown == e->sites || (e->edges > 0 && e->edges_shown == e->edges) ||
			2 * e->services_shown > e->services);
	case DIAGNOSIS_EDGE_DOWN:
		return e->unreached == e->sites &&
		       s->judge.dogs[e->stack].heard >= e->since;
	case DIAGNOSIS_UNREACHABLE:
		return e->unreached == e->sites;
	case DIAGNOSIS_BACKENDS_DOWN:
		/* Without its name it was reached by the address that it had. */
		return e->services > 0 && e->services_shown == e->services &&
		       (e->reached > 0 || e->edges > 0 ||
			was_there(s, ORDEAL_ZONE, e->stack, e->since));
	case DIAGNOSIS_DNS_FAULT:
		return was_there(s, ORDEAL_ZONE, e->stack, e->since);
	case DIAGNOSIS_SITE_DOWN:
		return e->members + e->jobs > 0;
	case DIAGNOSIS_PROMETHEUS_DEAD:
		/* Its last word stands as long as nothing newer comes through. */
		return s->judge.dogs[e->stack].resolved != NEVER || was_prometheus_gone(s, e);
	case DIAGNOSIS_WATCHDOG_SILENCED:
		return was_there(s, ORDEAL_SILENCE, e->stack, since);
	case DIAGNOSIS_LISTENER_BROKEN:
		/* Without references our own link is not known to be what fails. */
		return was_there(s, ORDEAL_LISTENER, 0, since) ||
		       (!has_references(s, 4) && (was_there(s, ORDEAL_OWN_LINK, 4, since) ||
						  was_there(s, ORDEAL_OWN_LINK, 0, since)));
	case DIAGNOSIS_BEATS_LOST:
	case DIAGNOSIS_ALERTING_DEAD:
		return were_beats_kept_from_us(s, e);
	case DIAGNOSIS_NONE:
	case DIAGNOSIS_ISOLATED:
	case DIAGNOSIS_COUNT:
		break;
	}
	return false;
}

/* How one failed last may be how our own link did, where only beats vouch. */
static bool may_look_like_ours(const struct sim *s, int stack)
{
	for (int i = 0; i < s->setup->sites_n; i++)
		if (s->hosts[i].stack == stack && s->judge.hosts[i].ours_n > 0)
			return s->t - s->judge.was_unvouched < 5 * MINUTE;
	return false;
}

static void judge_finding(struct sim *s, const struct notice *n, const struct thread *thread)
{
	struct evidence e = gather(s, n, thread->stack, true);
	struct evidence vouched = gather(s, n, thread->stack, false);
	bool is_lossy = is_recent(s, ORDEAL_OWN_LOSS, 0, e.since - 10 * MINUTE) ||
			is_six_vouched_by_four(s);

	/* Who of those that we reach now and then was cut off, and when, nobody can tell. */
	if (is_lossy || may_look_like_ours(s, thread->stack))
		return;
	if (!is_justified(s, n, &e) && !is_justified(s, n, &vouched))
		broken(s, FALSE_FINDING,
		       "%s says %s of %s: %d of %d sites have failed, %d unreached, last beat %.0f s "
		       "ago",
		       notice_kind_name(n->kind), diagnosis_name(n->diagnosis), n->affected,
		       e.shown, e.sites, e.unreached,
		       (double)(s->t - s->judge.dogs[e.stack].heard) / SEC);
	for (int i = 0; i < s->setup->sites_n; i++)
		/* Whom a reload took away is still named by what he began. */
		if (s->hosts[i].subject != NONE_INDEX &&
		    is_word_in(n->affected, s->hosts[i].name) && s->judge.hosts[i].shown < e.since &&
		    !looks_like_ours(s, i))
			broken(s, FALSE_DOWN, "%s names %s, which has not failed",
			       notice_kind_name(n->kind), s->hosts[i].name);
}

static void judge_end_of(struct sim *s, const struct thread *thread)
{
	for (int i = 0; i < s->setup->sites_n; i++) {
		const struct host_truth *h = &s->judge.hosts[i];

		if (thread->names >> i & 1 && h->verdict_duty.is_on && h->verdict_duty.left < 0 &&
		    !h->is_blocked && !verdict_is_failing(h->verdict))
			broken(s, FALSE_UP, "UP, but %s fails", s->hosts[i].name);
	}
}

/* ---- one notice ---- */

static void note_names(struct sim *s, const struct notice *n, struct thread *thread)
{
	for (int i = 0; i < s->setup->sites_n + s->setup->jobs_n; i++)
		if (is_word_in(n->affected, s->hosts[i].name))
			thread->names |= 1u << i;
	thread->is_dog_named |= strstr(n->affected, "dog-") != NULL;
}

static void judge_thread(struct sim *s, const struct notice *n)
{
	struct thread *thread = thread_of(s, n->incident);
	bool is_first = n->kind == NOTICE_DOWN, was_lossy = thread && thread->is_lossy;

	if (was_lossy) {
		thread->is_lossy = thread->is_over = false;
		thread->next_seq = n->seq;
		is_first = false;
	}
	/* Some of its mails may have been held back by the cap. */
	if (is_first != !thread || (thread && (thread->is_over || n->seq < thread->next_seq))) {
		broken(s, WRONG_ORDER, "%s %s, mail %u: another one was due", n->number,
		       notice_kind_name(n->kind), n->seq);
		return;
	}
	if (!thread)
		thread = thread_new(s, n);
	s->judge.downs[thread->stack] += is_first;
	thread->next_seq = n->seq + 1;
	thread->mailed = s->t;
	note_names(s, n, thread);
	if (n->kind == NOTICE_RECOVERED) {
		thread->is_over = true;
		thread->over = s->t;
		judge_end_of(s, thread);
	} else if (n->kind == NOTICE_DOWN || (n->diagnosis != thread->told && !was_lossy)) {
		/* An old state may not know what was found last, and that it is over. */
		judge_finding(s, n, thread);
	}
	thread->told = n->diagnosis;
	thread->perhaps = thread->surely = thread->seen = diagnosis_severity(n->diagnosis);
	thread->seen_at = s->t;
}

/* As the first recipient sees it; the second one's is the same. */
static void judge_first(struct sim *s, const struct notice *n)
{
	s->judge.noticed[s->judge.noticed_n++ % NOTICED_MAX] = s->t;
	judge_certificate(s, n);
	if (n->incident != 0) {
		judge_wanted(s, n, thread_of(s, n->incident));
		judge_thread(s, n);
	} else if (n->kind == NOTICE_BLIND) {
		s->judge.blind_due = NEVER;
		if (s->t - s->judge.was_unvouched > 5 * MINUTE &&
		    s->t - s->judge.ours > 5 * MINUTE && !is_on(s, ORDEAL_OWN_LOSS, 0))
			broken(s, FALSE_BLIND, "we say that we were blind");
	}
}

static bool is_known(struct sim *s, const struct notice *n)
{
	for (size_t i = s->post.letters_n; i > 0; i--) {
		const struct letter *l = &s->post.letters[i - 1];

		if (l->notice.id != n->id || l->is_forgotten)
			continue;
		/*
		 * The same trouble of ours is told once a day; the spool sees to that. From an old
		 * state mails are made anew, which it knows.
		 */
		if (n->kind == NOTICE_SELF || s->judge.lost_state != LONG_AGO)
			return true;
		if (n->kind == NOTICE_CERTIFICATE && l->made > s->judge.broken_off)
			broken(s, TWICE, "a certificate is warned of again, at step %u", n->seq);
		/* After a death it may be made again, and then it is the same. */
		if (l->notice.seq != n->seq || l->notice.kind != n->kind ||
		    l->notice.incident != n->incident || s->us.lives < 2)
			broken(s, TWICE, "a %s with the id of a %s", notice_kind_name(n->kind),
			       notice_kind_name(l->notice.kind));
		return true;
	}
	return false;
}

/* Now and then the mail itself is written, and when it is all that says who fails. */
static void judge_message(struct sim *s, const struct notice *n, const struct incident *incident)
{
	struct buf message = BUF_INIT(1u << 20);
	struct model m;
	struct mail_request request = { &m, incident, n, LANGUAGE_EN };

	engine_model(s->us.engine, sim_now(s), &m);
	mail_render(&request, &message);
	if (n->kind == NOTICE_DIGEST && !buf_failed(&message))
		judge_digest(s, &m, buf_text(&message));
	if (buf_failed(&message) || message.n < 200 || !strstr(buf_text(&message), "Subject: ") ||
	    !strstr(buf_text(&message), "Message-I"))
		broken(s, WRONG_MODEL, "a %s cannot be written as a mail",
		       notice_kind_name(n->kind));
	buf_done(&message);
	s->pages++;
}

void judge_notice(struct sim *s, const struct notice *n, const struct incident *incident)
{
	judge_time(s);
	if (is_known(s, n))
		return;
	story_tell(s, "NOTICE %s %s, mail %u of %s: %s (%s)", notice_kind_name(n->kind),
		   diagnosis_name(n->diagnosis), n->seq, n->number, n->affected, n->recipient);
	if (strcmp(n->recipient, s->us.bed->plan.mail.to[0].address) == 0)
		judge_first(s, n);
	if (n->id % 64 == 0 || n->kind == NOTICE_DIGEST)
		judge_message(s, n, incident);
}

/* A reload took a site away, and with it perhaps a whole incident. */
void judge_removal(struct sim *s)
{
	struct judge *j = &s->judge;
	struct model m;

	j->removed = s->t;
	for (int i = 0; i < s->setup->sites_n; i++) {
		if (s->hosts[i].subject != NONE_INDEX)
			continue;
		j->hosts[i].verdict = VERDICT_UNKNOWN;
		j->hosts[i].bad = j->hosts[i].good = 0;
	}
	if (!s->us.engine) {
		/* It died with the reload; what it was told last is not known. */
		for (size_t i = 0; i < j->threads_n; i++)
			j->threads[i].is_lossy |= !j->threads[i].is_over;
		return;
	}
	engine_model(s->us.engine, sim_now(s), &m);
	for (size_t i = 0; i < j->threads_n; i++) {
		bool is_open = false;

		for (size_t k = 0; k < m.incidents_n; k++)
			is_open |= m.incidents[k].id == j->threads[i].id;
		if (!is_open)
			j->threads[i].is_over = true;
	}
}

/* ---- letters ---- */

/* Whether its incident is remembered depends on how old the state is. */
void judge_lost_letter(struct sim *s, const struct letter *letter)
{
	struct thread *thread = thread_of(s, letter->notice.incident);

	s->judge.lost_state = s->t;
	if (!thread)
		return;
	thread->is_lossy = true;
	/* What has the same cause is told anew, as another incident. */
	if (letter->notice.kind == NOTICE_DOWN && s->judge.downs[thread->stack] > 0 &&
	    strcmp(letter->notice.recipient, s->us.bed->plan.mail.to[0].address) == 0)
		s->judge.downs[thread->stack]--;
}

bool is_earlier(const struct letter *a, const struct letter *b)
{
	return a->notice.incident != 0 && a->notice.incident == b->notice.incident &&
	       strcmp(a->notice.recipient, b->notice.recipient) == 0 &&
	       a->notice.seq < b->notice.seq;
}

/*
 * An end may tell of what could not leave for ten minutes: if it says so, and nobody has it, nor
 * may have it.
 */
bool is_told_with(const struct letter *letter, const struct letter *end)
{
	return wall_is_set(end->notice.merges) && !letter->was_doubted && letter->is_durable &&
	       letter->state == LETTER_NEW;
}

void judge_letter(struct sim *s, const struct letter *letter)
{
	if (letter->accepted > letter->allowed)
		broken(s, TWICE, "a %s was delivered %u times",
		       notice_kind_name(letter->notice.kind), letter->accepted);
	if (letter->accepted > 1)
		return;
	for (size_t i = 0; i < s->post.letters_n; i++) {
		const struct letter *other = &s->post.letters[i];

		if (other->is_forgotten)
			continue;
		if (is_earlier(letter, other) && other->accepted > 0 && !letter->was_refused)
			broken(s, WRONG_ORDER, "a %s after its %s",
			       notice_kind_name(letter->notice.kind),
			       notice_kind_name(other->notice.kind));
		if (letter->notice.kind == NOTICE_RECOVERED && is_earlier(other, letter) &&
		    other->accepted == 0 && other->state != LETTER_LOST &&
		    !is_told_with(other, letter))
			broken(s, WRONG_ORDER, "an UP before its %s",
			       notice_kind_name(other->notice.kind));
	}
}

static int64_t bound_of(const struct letter *l)
{
	if (l->was_refused)
		return REFUSAL_BOUND;
	return l->was_doubted ? DOUBT_BOUND : DELIVERY_BOUND;
}

void judge_post(struct sim *s)
{
	struct post *p = &s->post;
	int64_t crowd;

	p->crowd = p->open_n == 0 || p->open_n > p->crowd ? p->open_n : p->crowd;
	crowd = (int64_t)p->crowd / AT_ONCE * HANGS * (s->setup->relays > 1 ? DOUBTS : 1);
	if (p->open_n == 0 || !us_hears(s))
		return;
	for (size_t i = 0; i < p->letters_n; i++) {
		const struct letter *l = &p->letters[i];

		if (l->state < LETTER_RING && l->waited > bound_of(l) + crowd)
			broken(s, LATE_DELIVERY, "a %s has waited for %.0f s at relays that work",
			       notice_kind_name(l->notice.kind), (double)l->waited / SEC);
	}
}
