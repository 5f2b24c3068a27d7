/*
 * operator.c - who speaks to the daemon: silences, their end, and that somebody
 * knows of an incident. A daemon that is not there, or stopped, is not spoken to.
 */
#include "sim.h"

#include <errno.h>
#include <string.h>

#define FAR_SET_BACK DAY /* a silence does not last for the years of a clock that was ahead */

/* ---- scopes ---- */

bool scope_has_host(const struct sim *s, int scope, int host)
{
	const struct host *h = &s->hosts[host];

	if (h->role > HOST_JOB)
		return false;
	if (scope == SCOPE_ALL)
		return true;
	if (scope < SCOPE_GROUP)
		return h->stack == scope - SCOPE_STACK;
	if (scope < SCOPE_DOG)
		return h->role == HOST_SITE ? h->at % 2 == scope - SCOPE_GROUP
					    : scope == SCOPE_GROUP;
	if (scope < SCOPE_SITE)
		return false;
	if (scope < SCOPE_JOB)
		return h->role == HOST_SITE && h->at == scope - SCOPE_SITE;
	return h->role == HOST_JOB && h->at == scope - SCOPE_JOB;
}

bool scope_has_all_of(int scope, int stack)
{
	return scope == SCOPE_ALL || scope == SCOPE_STACK + stack;
}

bool scope_has_dog(int scope, int stack)
{
	return scope_has_all_of(scope, stack) || scope == SCOPE_DOG + stack;
}

const char *scope_words(const struct sim *s, int scope)
{
	static const char *const words[] = { "all",	     "stack:home", "stack:away", "group:Checks",
					     "group:Others", "dog-home",   "dog-away" };

	if (scope < SCOPE_SITE)
		return words[scope < SCOPE_DOG + STACKS_MAX ? scope : SCOPE_ALL];
	return s->hosts[scope < SCOPE_JOB ? scope - SCOPE_SITE
					  : s->setup->sites_n + scope - SCOPE_JOB].name;
}

/* ---- silences ---- */

/* One that is over makes room, the oldest first: that it is may still be lost with us. */
static struct hush *hush_of(struct sim *s, int scope)
{
	struct hush *hushes = s->quiet.hushes, *place = NULL;

	for (int i = 0; i < HUSHES_MAX; i++) {
		if (hushes[i].is_on && hushes[i].scope == scope && !hushes[i].is_doubtful)
			return &hushes[i];
		if (!hushes[i].is_on && (!place || hushes[i].said < place->said))
			place = &hushes[i];
	}
	return place ? place : &hushes[0];
}

/* Of what was said of it while the disk was full, a death may forget any but the first word. */
static int64_t later_end(const struct hush *hush)
{
	return hush->otherwise > hush->until ? hush->otherwise : hush->until;
}

static void silence(struct sim *s, const struct ordeal *f)
{
	struct hush *hush = hush_of(s, f->which);
	struct now now = sim_now(s);
	int r = engine_silence(s->us.engine, scope_words(s, f->which),
			       (wall_t){ now.wall.us + f->by }, "the operator knows", now);

	story_tell(s, "silence %s for %.0f s (%d)", scope_words(s, f->which), (double)f->by / SEC,
		   r);
	if (r == -ENOENT)
		return; /* it was taken out of the file */
	if (r < 0)
		broken(s, BROKEN_ENGINE, "a silence is refused: %d", r);
	*hush = (struct hush){ .scope = f->which,
			       .since = now.wall.us,
			       .until = now.wall.us + f->by,
			       .otherwise = hush->is_on ? later_end(hush) : LONG_AGO,
			       .said = s->t,
			       .over = NEVER,
			       .is_on = true };
}

static void unsilence(struct sim *s, const struct ordeal *f)
{
	int64_t wall = sim_now(s).wall.us;
	bool is_lifted = engine_unsilence(s->us.engine, scope_words(s, f->which), sim_now(s));

	story_tell(s, "unsilence %s: %s", scope_words(s, f->which), is_lifted ? "done" : "no such");
	for (int i = 0; i < HUSHES_MAX; i++) {
		struct hush *h = &s->quiet.hushes[i];

		if (!h->is_on || h->scope != f->which || h->until <= wall)
			continue; /* what is over by itself cannot be lifted */
		if (!is_lifted && !h->is_doubtful && s->judge.removed == LONG_AGO)
			broken(s, LOST_WORD, "the silence of %s is not known any more",
			       scope_words(s, f->which));
		h->otherwise = later_end(h);
		h->until = wall;
		h->said = s->t;
	}
}

static void move(struct hush *h, int64_t ahead)
{
	h->since -= ahead;
	h->until -= ahead;
	if (h->otherwise != LONG_AGO)
		h->otherwise -= ahead;
	h->moved += ahead;
}

static int64_t follow_clock(struct sim *s, struct hush *h, int64_t wall)
{
	int64_t ahead = h->since - wall;

	if (ahead > FAR_SET_BACK) {
		if (h->moved_at < s->t)
			h->moved = 0;
		move(h, ahead);
		h->moved_at = s->t;
	}
	return h->until - wall;
}

int64_t hushes_live(struct sim *s)
{
	int64_t wall = sim_now(s).wall.us, next = NEVER;

	for (int i = 0; i < HUSHES_MAX; i++) {
		struct hush *h = &s->quiet.hushes[i];
		int64_t left;

		if (!h->is_on || !us_hears(s))
			continue; /* nobody follows the clock while we are away */
		left = follow_clock(s, h, wall);
		h->is_on = left > 0;
		h->over = h->is_on ? NEVER : s->t;
		if (left > 0 && s->t + left < next)
			next = s->t + left;
	}
	return next;
}

/* ---- asked ---- */

static bool counts(const struct sim *s, const struct hush *h, bool is_surely)
{
	if (!h->is_on || (is_surely && h->is_doubtful))
		return false;
	return !is_surely || h->until > sim_now(s).wall.us;
}

bool is_hushed(const struct sim *s, int host, bool is_surely)
{
	for (int i = 0; i < HUSHES_MAX; i++)
		if (counts(s, &s->quiet.hushes[i], is_surely) &&
		    scope_has_host(s, s->quiet.hushes[i].scope, host))
			return true;
	return false;
}

bool is_dog_hushed(const struct sim *s, int stack, bool is_surely)
{
	for (int i = 0; i < HUSHES_MAX; i++)
		if (counts(s, &s->quiet.hushes[i], is_surely) &&
		    scope_has_dog(s->quiet.hushes[i].scope, stack))
			return true;
	return false;
}

bool is_stack_hushed(const struct sim *s, int stack, bool is_surely)
{
	for (int i = 0; i < HUSHES_MAX; i++)
		if (counts(s, &s->quiet.hushes[i], is_surely) &&
		    scope_has_all_of(s->quiet.hushes[i].scope, stack))
			return true;
	return false;
}

/* ---- acknowledged ---- */

static void note_ack(struct sim *s, uint64_t incident)
{
	struct quiet *q = &s->quiet;

	/* Said twice, it is what it was. */
	for (size_t i = 0; i < q->acks_n; i++)
		if (q->acks[i].incident == incident && q->acks[i].is_on)
			return;
	if (q->acks_n == ACKS_MAX) {
		memmove(q->acks, q->acks + 1, (ACKS_MAX - 1) * sizeof q->acks[0]);
		q->acks_n--;
	}
	q->acks[q->acks_n++] = (struct ack){ .incident = incident, .said = s->t, .is_on = true };
}

static void acknowledge(struct sim *s, const struct ordeal *f)
{
	char number[INCIDENT_NUMBER_MAX];
	uint64_t incident;
	struct model m;

	engine_model(s->us.engine, sim_now(s), &m);
	if (m.incidents_n == 0)
		return;
	incident = m.incidents[f->variant % m.incidents_n].id;
	memcpy(number, m.incidents[f->variant % m.incidents_n].number, sizeof number);
	story_tell(s, "acknowledged: %s", number);
	if (!engine_acknowledge(s->us.engine, number, "on it", sim_now(s)))
		broken(s, BROKEN_ENGINE, "%s is shown as open, and cannot be acknowledged", number);
	note_ack(s, incident);
}

/* ---- all ---- */

void operator_speaks(struct sim *s, const struct ordeal *f, bool is_beginning)
{
	if (!us_hears(s))
		return;
	if (f->kind == ORDEAL_ACK)
		acknowledge(s, f);
	else if (is_beginning)
		silence(s, f);
	else
		unsilence(s, f);
	s->us.wake = sim_now(s).mono;
	s->quiet.next = s->t;
}

void operator_forgotten(struct sim *s)
{
	struct quiet *q = &s->quiet;

	for (int i = 0; i < HUSHES_MAX; i++) {
		struct hush *h = &q->hushes[i];

		/* Who comes after follows the clock anew. */
		if (h->over >= s->us.saved_t && h->moved != 0 && h->moved_at >= s->us.saved_t)
			move(h, -h->moved);
		/* An old state does not know yet that its time was over; one of that instant may. */
		if (h->said < s->us.saved_t && h->over >= s->us.saved_t) {
			h->is_on = true;
			h->is_doubtful |= h->over == s->us.saved_t;
		}
		if (h->said < s->us.saved_t || (!h->is_on && h->otherwise == LONG_AGO))
			continue;
		h->is_on = h->is_doubtful = true;
		h->over = NEVER;
		h->until = h->otherwise > h->until ? h->otherwise : h->until;
	}
	for (size_t i = 0; i < q->acks_n; i++)
		q->acks[i].is_doubtful |= q->acks[i].said >= s->us.saved_t;
}
