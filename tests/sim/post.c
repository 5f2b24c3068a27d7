/*
 * post.c - notices on their way: the spool, the relays, and what they have
 * really accepted, which is the only truth about mails.
 *
 * A notice is durable at once, unless the disk is full: then it is sent from
 * memory. What an attempt does is decided when it begins. A relay may take a
 * message and never say so, or lose it after the last dot.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define REPLY_TAKES   SEC
#define CONNECT_TAKES (10 * SEC)
#define HANG_TAKES    MINUTE
#define RING_KEEPS    (30 * DAY)
#define LETTERS_LET_GO 512

enum relay_mood { RELAY_GOOD, RELAY_DOWN, RELAY_HANGS, RELAY_LATER, RELAY_REFUSES, RELAY_DOUBTS,
		  RELAY_LOSES };

static enum relay_mood mood_of(const struct sim *s, unsigned relay)
{
	static const enum relay_mood moods[] = { RELAY_DOWN,   RELAY_HANGS, RELAY_LATER,
						 RELAY_DOUBTS, RELAY_LOSES, RELAY_REFUSES };

	if (is_link_gone(s, 4))
		return RELAY_DOWN;
	if (!is_on(s, ORDEAL_RELAY, (int)relay))
		return RELAY_GOOD;
	return moods[s->troubles[ORDEAL_RELAY][relay].variant % 6];
}

/* A first one that refuses is the last word: the next one is asked when it does not answer. */
static bool is_some_relay_good(const struct sim *s)
{
	if (mood_of(s, 0) == RELAY_REFUSES)
		return false;
	for (int i = 0; i < s->setup->relays; i++)
		if (mood_of(s, (unsigned)i) == RELAY_GOOD)
			return us_hears(s);
	return false;
}

static struct letter *letter_of(struct sim *s, uint64_t id)
{
	struct post *p = &s->post;

	for (size_t i = p->letters_n; i > 0; i--)
		if (p->letters[i - 1].notice.id == id && !p->letters[i - 1].is_forgotten)
			return &p->letters[i - 1];
	return NULL;
}

/* ---- taking ---- */

/* What is final and older than the ring remembers is let go, so that a long life stays small. */
static void let_go(struct sim *s)
{
	struct post *p = &s->post;
	size_t kept = 0;

	if (p->letters_n < p->let_go_at)
		return;
	for (size_t i = 0; i < p->letters_n; i++) {
		const struct letter *l = &p->letters[i];

		if (l->state < LETTER_RING || s->t - l->made < RING_KEEPS)
			p->letters[kept++] = *l;
	}
	p->letters_n = kept;
	p->let_go_at = kept + LETTERS_LET_GO;
}

static struct letter *letter_new(struct sim *s, const struct notice *notice)
{
	struct post *p = &s->post;

	let_go(s);
	if (p->letters_n == p->letters_room) {
		p->letters_room = p->letters_room ? 2 * p->letters_room : 64;
		p->letters = realloc(p->letters, p->letters_room * sizeof *p->letters);
		if (!p->letters)
			abort();
	}
	p->letters[p->letters_n] = (struct letter){ .notice = *notice,
						    .made = s->t,
						    .sending_ends = NEVER,
						    .allowed = 1,
						    .is_durable = !is_on(s, ORDEAL_DISK, 0) };
	return &p->letters[p->letters_n++];
}

static void count_waiting(struct sim *s)
{
	struct post *p = &s->post;

	p->waiting = outbox_waiting(&p->outbox, &p->oldest);
	p->wake = outbox_wake(&p->outbox);
	if (p->waiting > p->most_waiting)
		p->most_waiting = p->waiting;
}

void post_take(struct sim *s, const struct notice *notice)
{
	struct post *p = &s->post;
	struct letter *letter = letter_of(s, notice->id);
	struct outbox_entry *entry;

	if (letter)
		return; /* the spool knows it: judge_notice() has looked at that */
	letter = letter_new(s, notice);
	letter->notice.merges = outbox_merges(&p->outbox, notice, sim_now(s));
	s->notices++;
	entry = outbox_add(&p->outbox, &letter->notice, false, false, sim_now(s));
	if (!entry) {
		letter->state = LETTER_LOST;
		broken(s, LOST_NOTICE, "the outbox does not take a %s",
		       notice_kind_name(notice->kind));
		return;
	}
	p->open_n++;
	outbox_stored(entry, letter->is_durable, sim_now(s));
	count_waiting(s);
}

/* ---- the relays ---- */

static void attempt_begin(struct sim *s, struct outbox_entry *entry)
{
	static const struct {
		enum outbox_result result;
		bool is_accepted;
		int64_t takes;
	} moods[] = {
		[RELAY_GOOD] = { OUTBOX_ACCEPTED, true, REPLY_TAKES },
		[RELAY_DOWN] = { OUTBOX_UNREACHED, false, CONNECT_TAKES },
		[RELAY_HANGS] = { OUTBOX_UNREACHED, false, HANG_TAKES },
		[RELAY_LATER] = { OUTBOX_LATER, false, REPLY_TAKES },
		[RELAY_REFUSES] = { OUTBOX_REFUSED, false, REPLY_TAKES },
		[RELAY_DOUBTS] = { OUTBOX_IN_DOUBT, true, HANG_TAKES },
		[RELAY_LOSES] = { OUTBOX_IN_DOUBT, false, HANG_TAKES },
	};
	struct letter *letter = letter_of(s, entry->notice.id);
	enum relay_mood mood = mood_of(s, entry->route);

	s->post.attempts_n++;
	letter->state = LETTER_INFLIGHT;
	letter->ahead = moods[mood].result;
	letter->is_accepted_ahead = moods[mood].is_accepted;
	letter->sending_ends = s->t + moods[mood].takes;
	if (mood == RELAY_DOUBTS)
		letter->allowed++;
	letter->was_refused |= mood == RELAY_REFUSES;
	letter->was_doubted |= moods[mood].result == OUTBOX_IN_DOUBT;
}

static void accept(struct sim *s, struct letter *letter)
{
	letter->accepted++;
	s->post.accepted_n++;
	story_tell(s, "a relay has accepted: %s of %s to %s", notice_kind_name(letter->notice.kind),
		   letter->notice.number, letter->notice.recipient);
	judge_letter(s, letter);
}

static void finish(struct sim *s, struct letter *letter, struct outbox_entry *entry)
{
	letter->state = LETTER_RING;
	letter->is_recorded = !is_on(s, ORDEAL_DISK, 0);
	s->post.open_n--;
	outbox_release(&s->post.outbox, entry);
}

/* What it has told as well, it has told. */
static void finish_told(struct sim *s, const struct letter *end)
{
	struct outbox_entry *entry;

	while ((entry = outbox_told_by(&s->post.outbox, &end->notice)) != NULL) {
		story_tell(s, "told with its end: %s of %s", notice_kind_name(entry->notice.kind),
			   entry->notice.number);
		letter_of(s, entry->notice.id)->is_told = true;
		finish(s, letter_of(s, entry->notice.id), entry);
	}
}

static void attempt_end(struct sim *s, struct letter *letter)
{
	struct outbox_entry *entry = outbox_find(&s->post.outbox, letter->notice.id);

	letter->sending_ends = NEVER;
	if (letter->is_accepted_ahead)
		accept(s, letter);
	if (!outbox_finish(entry, letter->ahead, (unsigned)s->setup->relays, "250 or not",
			   sim_now(s))) {
		if (!entry->is_in_doubt && !entry->may_be_there)
			letter->state = LETTER_NEW;
		return;
	}
	if (!entry->is_accepted)
		broken(s, LOST_NOTICE, "a %s is given up", notice_kind_name(letter->notice.kind));
	if (entry->is_accepted && wall_is_set(letter->notice.merges))
		finish_told(s, letter);
	finish(s, letter, entry);
}

/* ---- time ---- */

static void plan_next(struct sim *s)
{
	struct post *p = &s->post;

	p->next_end = NEVER;
	for (size_t i = 0, n = p->open_n; n > 0 && i < p->letters_n; i++) {
		const struct letter *l = &p->letters[p->letters_n - 1 - i];

		if (l->state >= LETTER_RING)
			continue;
		n--;
		if (l->sending_ends < p->next_end)
			p->next_end = l->sending_ends;
	}
	count_waiting(s);
}

int64_t post_next(const struct sim *s)
{
	const struct post *p = &s->post;
	int64_t wake;

	if (!us_hears(s))
		return NEVER;
	wake = p->wake.us == INT64_MAX ? NEVER : p->wake.us - s->us.mono_ahead;
	return wake < p->next_end ? wake : p->next_end;
}

static void finish_attempts(struct sim *s)
{
	struct post *p = &s->post;

	for (size_t i = 0; i < p->letters_n; i++)
		if (p->letters[i].state == LETTER_INFLIGHT && p->letters[i].sending_ends <= s->t)
			attempt_end(s, &p->letters[i]);
}

void post_live(struct sim *s)
{
	struct post *p = &s->post;
	struct outbox_entry *entry;

	if (post_next(s) > s->t)
		return;
	if (p->next_end <= s->t)
		finish_attempts(s);
	while ((entry = outbox_next(&p->outbox, sim_now(s))) != NULL)
		attempt_begin(s, entry);
	plan_next(s);
}

/* ---- how long a letter has waited though a relay would have taken it ---- */

static bool is_behind_another(const struct post *p, const struct letter *letter)
{
	for (size_t i = 0; i < p->letters_n; i++)
		if (p->letters[i].state < LETTER_RING && is_earlier(&p->letters[i], letter) &&
		    !is_told_with(&p->letters[i], letter))
			return true;
	return false;
}

/* It waits for the mail of its end, which has its own time. */
static bool is_told_by_another(const struct post *p, const struct letter *letter)
{
	for (size_t i = 0; i < p->letters_n; i++)
		if (p->letters[i].state < LETTER_RING && is_earlier(letter, &p->letters[i]) &&
		    is_told_with(letter, &p->letters[i]))
			return true;
	return false;
}

void post_wait(struct sim *s)
{
	struct post *p = &s->post;
	bool is_good = is_some_relay_good(s);
	int64_t span = s->t - p->looked;

	p->looked = s->t;
	if (!is_good)
		p->good = s->t;
	for (size_t i = 0, n = p->open_n; n > 0 && i < p->letters_n; i++) {
		struct letter *l = &p->letters[p->letters_n - 1 - i];

		if (l->state >= LETTER_RING)
			continue;
		n--;
		l->waited = is_good && !is_behind_another(p, l) && !is_told_by_another(p, l)
				    ? l->waited + span
				    : 0;
	}
}

/* ---- between two lives ---- */

/* What was accepted in the last second may not have been recorded. */
void post_die(struct sim *s)
{
	struct post *p = &s->post;

	for (size_t i = 0; i < p->letters_n; i++) {
		struct letter *l = &p->letters[i];

		/* Whatever is made under its number in the next life is new to the spool. */
		if (!l->is_durable && !l->is_recorded && !l->is_forgotten) {
			l->is_forgotten = true;
			judge_lost_letter(s, l);
		}
		if (l->state == LETTER_RING && !l->is_recorded && l->is_durable) {
			/* its file still lies there */
			l->state = l->is_told ? LETTER_NEW : LETTER_INFLIGHT;
			l->allowed += !l->is_told;
		} else if (l->state < LETTER_RING && !l->is_durable) {
			l->state = LETTER_LOST;
		} else if (l->state == LETTER_INFLIGHT && l->is_accepted_ahead) {
			/* the relay goes on without us */
			if (lot(s->setup->seed, 3, l->notice.id) % 2 == 0)
				accept(s, l);
			l->allowed++;
		}
		l->sending_ends = NEVER;
		l->waited = 0;
	}
	outbox_init(&p->outbox);
	p->open_n = p->waiting = 0;
	p->oldest = (wall_t){ 0 };
	p->next_end = NEVER;
	p->wake = MONO_NEVER;
}

static void adopt(struct sim *s, struct letter *letter)
{
	struct buf head = BUF_INIT(8192);
	struct notice notice;
	unsigned attempts;

	notice_write(&letter->notice, 0, &head);
	if (notice_read(buf_text(&head), head.n, &notice, &attempts) < 0) {
		broken(s, LOST_NOTICE, "a notice's own text cannot be read back");
	} else {
		engine_adopt(s->us.engine, &notice, sim_now(s));
		if (letter->state != LETTER_RING) {
			struct outbox_entry *entry = outbox_add(&s->post.outbox, &notice, true,
								false, sim_now(s));

			if (entry)
				entry->may_be_there = letter->state == LETTER_INFLIGHT;
			s->post.open_n++;
		}
	}
	buf_done(&head);
}

/* A directory has any order; the ring begins with the oldest. */
void post_recover(struct sim *s)
{
	struct post *p = &s->post;

	for (size_t i = 0; i < p->letters_n; i++) {
		size_t at = s->us.lives % 2 ? i : p->letters_n - 1 - i;

		if (p->letters[at].state < LETTER_RING)
			adopt(s, &p->letters[at]);
	}
	for (size_t i = 0; i < p->letters_n; i++)
		if (p->letters[i].state == LETTER_RING && !p->letters[i].is_forgotten &&
		    s->t - p->letters[i].made < RING_KEEPS)
			adopt(s, &p->letters[i]);
	p->next_end = NEVER;
	count_waiting(s);
}

void post_begin(struct sim *s)
{
	outbox_init(&s->post.outbox);
	s->post.wake = MONO_NEVER;
	s->post.next_end = NEVER;
	s->post.let_go_at = LETTERS_LET_GO;
}

void post_end(struct sim *s)
{
	free(s->post.letters);
}
