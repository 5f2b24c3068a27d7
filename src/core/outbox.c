/*
 * outbox.c - when to try to deliver which notice.
 *
 * Attempts are made at 0, 60 s, 2, 5, 10 and then every 15 min for seven days
 * (DECISIONS 3), at once after a restart. A relay that cannot take a notice
 * now is followed by the next relay in the same round; but not when the
 * notice is in doubt, because then two relays might both deliver it: that
 * relay is asked four times first. A
 * refusal (5xx) is tried again daily, but as long as nobody at all has accepted
 * any mail, every 15 min: then it is not the recipient; and so it is of what is
 * no mail, since each channel is a server of its own. Notices of one incident to one
 * recipient leave in the order in which they were made: no UP before its DOWN.
 * What reached nobody waits for nobody in particular: as soon as somebody is
 * served by the same way it is due at once, the oldest first; but what a relay
 * has put off (greylisting) keeps its time.
 */
#include "core/outbox.h"

#include <assert.h>
#include <string.h>

#include "base/words.h"

static const usec_t pauses[] = {
	0,
	60 * USEC_PER_SEC,
	2 * USEC_PER_MIN,
	5 * USEC_PER_MIN,
	10 * USEC_PER_MIN,
	15 * USEC_PER_MIN,
};

#define DOUBT_PATIENCE 4 /* attempts at one relay before another one is asked */
#define REFUSED_PAUSE (15 * USEC_PER_MIN)
#define REFUSED_ALONE_PAUSE USEC_PER_DAY
#define BESIDE (5 * USEC_PER_SEC)

void outbox_init(struct outbox *o)
{
	memset(o->entries, 0, o->used * sizeof o->entries[0]);
	o->n = o->used = 0;
	o->accepted = (mono_t){ INT64_MIN };
}

usec_t outbox_pause(unsigned attempts)
{
	size_t last = sizeof pauses / sizeof pauses[0] - 1;

	return pauses[attempts < last ? attempts : last];
}

struct outbox_entry *outbox_find(struct outbox *o, uint64_t id)
{
	for (size_t i = 0; i < o->used; i++)
		if (o->entries[i].state != OUTBOX_FREE && o->entries[i].notice.id == id)
			return &o->entries[i];
	return NULL;
}

/* Into its place among those of its incident and recipient, which may come in any order. */
static void entry_link(struct outbox *o, struct outbox_entry *entry)
{
	struct outbox_entry *after = NULL, *before = NULL;

	for (size_t i = 0; i < o->used; i++) {
		struct outbox_entry *other = &o->entries[i];

		if (other->state == OUTBOX_FREE)
			continue;
		if (outbox_precedes(&other->notice, &entry->notice) &&
		    (!before || other->notice.seq > before->notice.seq))
			before = other;
		if (outbox_precedes(&entry->notice, &other->notice) &&
		    (!after || other->notice.seq < after->notice.seq))
			after = other;
	}
	entry->before = before;
	if (after)
		after->before = entry;
}

static void entry_unlink(struct outbox *o, const struct outbox_entry *entry)
{
	for (size_t i = 0; i < o->used; i++)
		if (o->entries[i].state != OUTBOX_FREE && o->entries[i].before == entry)
			o->entries[i].before = entry->before;
}

static struct outbox_entry *entry_free(struct outbox *o)
{
	for (size_t i = 0; i < o->used; i++)
		if (o->entries[i].state == OUTBOX_FREE)
			return &o->entries[i];
	return o->used < OUTBOX_MAX ? &o->entries[o->used++] : NULL;
}

/* At once, or when the quiet hours are over that it was made in. */
static mono_t first_attempt(const struct notice *notice, struct now now)
{
	usec_t rest = wall_span(now.wall, notice->not_before);

	return wall_is_set(notice->not_before) && rest > 0 ? mono_add(now.mono, rest) : now.mono;
}

struct outbox_entry *outbox_add(struct outbox *o, const struct notice *notice, bool is_found,
				bool is_in_doubt, struct now now)
{
	struct outbox_entry *entry = outbox_find(o, notice->id) ? NULL : entry_free(o);

	if (!entry)
		return NULL;
	*entry = (struct outbox_entry){
		.state = is_found ? OUTBOX_WAITING : OUTBOX_STORING,
		.notice = *notice,
		.is_durable = is_found,
		.is_in_doubt = is_in_doubt,
		.next = first_attempt(notice, now),
		.added = now.mono,
	};
	entry_link(o, entry);
	outbox_link_end(o, entry);
	o->n++;
	return entry;
}

void outbox_stored(struct outbox_entry *entry, bool is_durable, struct now now)
{
	assert(entry->state == OUTBOX_STORING);
	entry->state = OUTBOX_WAITING;
	entry->is_durable = is_durable;
	entry->next = first_attempt(&entry->notice, now);
}

/* A refused one waits for a day: worse news may pass it, but no UP its DOWN. */
static bool holds_back(const struct outbox_entry *earlier, const struct outbox_entry *entry)
{
	return !earlier->is_refused || entry->notice.kind == NOTICE_RECOVERED;
}

/* An earlier notice of the same incident to the same recipient is not final yet. */
static bool is_behind_another(const struct outbox_entry *entry)
{
	for (const struct outbox_entry *i = entry->before; i; i = i->before)
		if (!outbox_is_told_by_end(i) && holds_back(i, entry))
			return true;
	return false;
}

bool outbox_is_mail(const struct notice *notice)
{
	return strchr(notice->recipient, '@') != NULL; /* a channel's name never holds one */
}

/* It has its turn when its time comes. */
static bool is_in_line(const struct outbox_entry *entry)
{
	return entry->state == OUTBOX_WAITING && !outbox_is_told_by_end(entry) &&
	       !is_behind_another(entry);
}

/*
 * Others were served before it was refused, or beside it, so the refusal is
 * this recipient's own. One from a time in which nobody was served says nothing
 * of that kind.
 */
static bool is_shunned(const struct outbox *o, const struct outbox_entry *entry)
{
	return entry->is_refused && outbox_is_mail(&entry->notice) &&
	       (entry->is_shunned || (o->accepted.us >= entry->added.us &&
				      o->accepted.us <= entry->finished.us + BESIDE));
}

/* When it may be tried again; a day after a refusal its turn may be put off like any other. */
static mono_t due_of(const struct outbox *o, const struct outbox_entry *entry)
{
	mono_t daily = mono_add(entry->finished, REFUSED_ALONE_PAUSE);

	return is_shunned(o, entry) && daily.us > entry->next.us ? daily : entry->next;
}

static size_t in_flight(const struct outbox *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->used; i++)
		n += o->entries[i].state == OUTBOX_SENDING;
	return n;
}

bool outbox_is_older(const struct notice *a, const struct notice *b)
{
	if (a->serial != 0 && b->serial != 0)
		return a->serial < b->serial;
	return a->created.wall.us < b->created.wall.us;
}

/*
 * A fresh alarm does not queue behind a thousand that a dead relay has failed before. Of the rest
 * each gets its turn; after a restart or a recall all are due since the same moment.
 */
static bool goes_first(const struct outbox *o, const struct outbox_entry *a,
		       const struct outbox_entry *b)
{
	mono_t due_a = due_of(o, a), due_b = due_of(o, b);

	if ((a->attempts == 0) != (b->attempts == 0))
		return a->attempts == 0;
	if (due_a.us != due_b.us)
		return due_a.us < due_b.us;
	return outbox_is_older(&a->notice, &b->notice);
}

struct outbox_entry *outbox_next(struct outbox *o, struct now now)
{
	struct outbox_entry *next = NULL;

	if (o->n == 0 || in_flight(o) >= OUTBOX_AT_ONCE)
		return NULL;
	for (size_t i = 0; i < o->used; i++) {
		struct outbox_entry *entry = &o->entries[i];

		if (mono_reached(due_of(o, entry), now.mono) && is_in_line(entry) &&
		    (!next || goes_first(o, entry, next)))
			next = entry;
	}
	if (next)
		next->state = OUTBOX_SENDING;
	return next;
}

/*
 * In doubt, another relay might deliver a second copy, so the same one is
 * asked again; but not for ever: a copy too many is better than no mail.
 */
static unsigned next_route(const struct outbox_entry *entry, unsigned routes)
{
	if (!entry->is_in_doubt)
		return 0;
	if (entry->attempts < DOUBT_PATIENCE || routes == 0)
		return entry->route;
	return (entry->route + 1) % routes;
}

static void next_round(struct outbox_entry *entry, unsigned routes, mono_t next)
{
	entry->state = OUTBOX_WAITING;
	entry->route = next_route(entry, routes);
	entry->is_unreached = entry->words == 0;
	entry->refusals = entry->words = entry->passed = 0;
	entry->next = next;
}

/* The next relay, in the same round. False: there is none, or a second copy could come of it. */
static bool next_relay(struct outbox_entry *entry, unsigned routes, struct now now)
{
	if (entry->is_in_doubt || entry->route + 1 >= routes)
		return false;
	entry->route++;
	entry->state = OUTBOX_WAITING;
	entry->next = now.mono;
	return true;
}

/* By both clocks: a wall clock that was set forward must not end a notice's life. */
static bool is_over(const struct outbox_entry *entry, struct now now)
{
	return wall_span(entry->notice.created.wall, now.wall) > OUTBOX_LIFE &&
	       mono_span(entry->added, now.mono) > OUTBOX_LIFE;
}

bool outbox_finish(struct outbox_entry *entry, enum outbox_result result, unsigned routes,
		   const char *reply, struct now now)
{
	assert(entry->state == OUTBOX_SENDING);
	words_copy(entry->reply, sizeof entry->reply, reply);
	entry->finished = now.mono;
	entry->is_accepted = result == OUTBOX_ACCEPTED;
	entry->refusals += result == OUTBOX_REFUSED;
	entry->words += result != OUTBOX_UNREACHED;
	entry->is_refused = entry->refusals > 0 && entry->refusals >= routes;
	entry->is_shunned &= entry->is_refused;
	if (entry->is_accepted)
		return true;
	entry->is_in_doubt |= result == OUTBOX_IN_DOUBT;
	if (is_over(entry, now))
		return true;
	if (next_relay(entry, routes, now))
		return false;
	entry->attempts++;
	next_round(entry, routes,
		   mono_add(now.mono, entry->is_refused ? REFUSED_PAUSE
							: outbox_pause(entry->attempts)));
	return false;
}

bool outbox_pass(struct outbox_entry *entry, unsigned routes, const char *why, mono_t until,
		 struct now now)
{
	bool is_nobody_asked;

	assert(entry->state == OUTBOX_SENDING);
	if (why[0] != '\0')
		words_copy(entry->reply, sizeof entry->reply, why);
	if (is_over(entry, now))
		return true;
	entry->passed++;
	if (next_relay(entry, routes, now))
		return false;
	is_nobody_asked = !entry->is_in_doubt && entry->passed >= routes;
	entry->attempts += !is_nobody_asked;
	next_round(entry, routes,
		   is_nobody_asked ? until : mono_add(now.mono, outbox_pause(entry->attempts)));
	return false;
}

void outbox_not_yet(struct outbox_entry *entry, mono_t until)
{
	assert(entry->state == OUTBOX_SENDING);
	entry->state = OUTBOX_WAITING;
	entry->next = until;
}

void outbox_give_up(struct outbox_entry *entry, const char *why, struct now now)
{
	words_copy(entry->reply, sizeof entry->reply, why);
	entry->finished = now.mono;
	entry->is_accepted = false;
}

void outbox_put_off(struct outbox_entry *entry, mono_t until)
{
	if (entry->next.us < until.us)
		entry->next = until;
}

static bool is_unreached(const struct outbox_entry *entry)
{
	return entry->state == OUTBOX_WAITING && entry->is_unreached;
}

void outbox_recall(struct outbox *o, bool is_by_others, struct now now)
{
	for (size_t i = 0; i < o->used; i++) {
		struct outbox_entry *entry = &o->entries[i];
		bool is_pardoned = is_by_others && entry->state == OUTBOX_WAITING &&
				   entry->is_refused && !entry->is_in_doubt &&
				   outbox_is_mail(&entry->notice);

		if (is_pardoned)
			entry->is_refused = entry->is_shunned = false;
		if (is_pardoned || is_unreached(entry))
			entry->next = now.mono;
	}
}

/* Mails leave by the same relays, and of the rest each channel is a server of its own. */
static bool go_the_same_way(const struct notice *a, const struct notice *b)
{
	return outbox_is_mail(a) ? outbox_is_mail(b) : strcmp(a->recipient, b->recipient) == 0;
}

static void learn_of_acceptance(struct outbox *o, const struct outbox_entry *served)
{
	for (size_t i = 0; i < o->used; i++) {
		struct outbox_entry *entry = &o->entries[i];

		entry->is_shunned = is_shunned(o, entry);
		if (is_unreached(entry) && go_the_same_way(&entry->notice, &served->notice))
			entry->next = served->finished;
	}
	if (outbox_is_mail(&served->notice))
		o->accepted = served->finished;
}

struct outbox_entry *outbox_newest(struct outbox *o)
{
	struct outbox_entry *newest = NULL;

	for (size_t i = 0; i < o->used; i++) {
		struct outbox_entry *entry = &o->entries[i];

		if (entry->state == OUTBOX_WAITING &&
		    (!newest || outbox_is_older(&newest->notice, &entry->notice)))
			newest = entry;
	}
	return newest;
}

void outbox_release(struct outbox *o, struct outbox_entry *entry)
{
	if (entry->is_accepted)
		learn_of_acceptance(o, entry);
	entry_unlink(o, entry);
	outbox_unlink_end(o, entry);
	entry->state = OUTBOX_FREE;
	o->n--;
	while (o->used > 0 && o->entries[o->used - 1].state == OUTBOX_FREE)
		o->used--;
}

mono_t outbox_wake(const struct outbox *o)
{
	mono_t wake = MONO_NEVER;

	if (o->n == 0 || in_flight(o) >= OUTBOX_AT_ONCE)
		return MONO_NEVER;
	for (size_t i = 0; i < o->used; i++)
		if (is_in_line(&o->entries[i]))
			wake = mono_min(wake, due_of(o, &o->entries[i]));
	return wake;
}

static wall_t waits_since(const struct notice *notice)
{
	wall_t created = notice->created.wall;

	return notice->not_before.us > created.us ? notice->not_before : created;
}

static wall_t earlier(wall_t oldest, wall_t since)
{
	return !wall_is_set(oldest) || since.us < oldest.us ? since : oldest;
}

size_t outbox_waiting(const struct outbox *o, wall_t *ret_oldest)
{
	size_t n = 0;

	*ret_oldest = (wall_t){ 0 };
	if (o->n == 0)
		return 0; /* asked in each turn of the loop, and nearly always empty */
	for (size_t i = 0; i < o->used; i++) {
		const struct notice *notice = &o->entries[i].notice;

		if (o->entries[i].state == OUTBOX_FREE)
			continue;
		n++;
		if (outbox_is_mail(notice))
			*ret_oldest = earlier(*ret_oldest, waits_since(notice));
	}
	return n;
}

static enum outbox_hold hold_of(const struct outbox_entry *entry)
{
	if (entry->is_in_doubt)
		return HOLD_IN_DOUBT;
	if (entry->attempts == 0)
		return HOLD_NONE;
	if (entry->is_refused)
		return HOLD_REFUSED;
	return entry->is_unreached ? HOLD_UNREACHED : HOLD_PUT_OFF;
}

enum outbox_hold outbox_hold(const struct outbox *o)
{
	const struct outbox_entry *oldest = NULL;

	for (size_t i = 0; o->n > 0 && i < o->used; i++) {
		const struct outbox_entry *entry = &o->entries[i];

		if (entry->state != OUTBOX_FREE && outbox_is_mail(&entry->notice) &&
		    (!oldest || waits_since(&entry->notice).us < waits_since(&oldest->notice).us))
			oldest = entry;
	}
	return oldest ? hold_of(oldest) : HOLD_NONE;
}

const char *outbox_hold_name(enum outbox_hold hold)
{
	static const char *const names[] = {
		[HOLD_UNREACHED] = "unreached",
		[HOLD_PUT_OFF] = "put-off",
		[HOLD_REFUSED] = "refused",
		[HOLD_IN_DOUBT] = "in-doubt",
	};

	return names[hold];
}

wall_t outbox_oldest(const struct outbox *o, const char *recipient)
{
	wall_t oldest = { 0 };

	for (size_t i = 0; o->n > 0 && i < o->used; i++) {
		const struct outbox_entry *entry = &o->entries[i];

		if (entry->state != OUTBOX_FREE && strcmp(entry->notice.recipient, recipient) == 0)
			oldest = earlier(oldest, waits_since(&entry->notice));
	}
	return oldest;
}
