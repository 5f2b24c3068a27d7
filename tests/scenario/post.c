/*
 * post.c - notices on their way: the spool, the relay, and what the relay has
 * really accepted, which is the only truth about mails.
 *
 * The spool survives everything. What an attempt does is decided when it
 * begins; a relay in "doubt" takes the message and never says so, one that is
 * "lost" loses it after the last dot.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "render/mail.h"
#include "scenario.h"

#define REPLY_TAKES   USEC_PER_SEC
#define CONNECT_TAKES (10 * USEC_PER_SEC)
#define MESSAGE_MAX   (1u << 20)

static struct letter *letter_find(struct post *p, uint64_t id)
{
	for (size_t i = 0; i < p->letters_n; i++)
		if (p->letters[i]->notice.id == id)
			return p->letters[i];
	return NULL;
}

static const struct channel_plan *channel_of(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->channels_n; i++)
		if (strcmp(plan->channels[i].name, name) == 0)
			return &plan->channels[i];
	return NULL;
}

/* What is no mail takes another way than the relays; `refuse NAME` blocks it as well. */
static bool is_mail(const struct plan *plan, const char *recipient)
{
	const struct channel_plan *c = channel_of(plan, recipient);

	return !c || !c->kind;
}

/* ---- taking ---- */

static enum language language_of(const struct plan *plan, const char *recipient)
{
	const struct channel_plan *c = channel_of(plan, recipient);

	return c ? c->language : plan->language;
}

static bool letter_write(struct scenario *s, struct letter *letter, const struct incident *incident)
{
	struct buf message = BUF_INIT(MESSAGE_MAX), subject = BUF_INIT(1024), head = BUF_INIT(4096);
	struct model model;
	struct mail_request request = { &model, incident, &letter->notice,
					language_of(s->plan, letter->notice.recipient) };
	size_t n;

	engine_model(s->engine, scenario_now(s), &model);
	mail_render(&request, &message);
	mail_subject(&request, &subject);
	notice_write(&letter->notice, 0, &head);
	letter->head = buf_take(&head, &n);
	letter->subject = buf_take(&subject, &n);
	letter->message = buf_take(&message, &letter->message_n);
	return letter->head && letter->subject && letter->message && letter_read(s, letter);
}

void post_take(struct scenario *s, const struct notice *notice, const struct incident *incident)
{
	struct post *p = &s->post;
	struct letter *letter;

	if (letter_find(p, notice->id)) {
		journal_say(s, "notice %016" PRIx64 " is known already", notice->id);
		return;
	}
	letter = calloc(1, sizeof *letter);
	if (!letter || p->letters_n == LETTERS_MAX) {
		free(letter);
		(void)scenario_fail(s, "more than %d notices", LETTERS_MAX);
		return;
	}
	*letter = (struct letter){ .notice = *notice, .made = s->elapsed, .sending_ends = FOREVER };
	letter->notice.merges = outbox_merges(&p->outbox, notice, scenario_now(s));
	p->letters[p->letters_n++] = letter;
	if (!letter_write(s, letter, incident)) {
		(void)scenario_fail(s, "a notice cannot be written as a mail");
		return;
	}
	journal_say(s, "notice %s %s #%u to %s: %s", notice_kind_name(notice->kind),
		    diagnosis_name(notice->diagnosis), notice->seq, notice->recipient,
		    letter->subject);
	if (outbox_add(&p->outbox, &letter->notice, false, false, scenario_now(s)))
		outbox_stored(outbox_find(&p->outbox, notice->id), !p->is_disk_broken,
			      scenario_now(s));
	else
		(void)scenario_fail(s, "the outbox does not take a new notice");
}

/* ---- the relay ---- */

static void attempt_begin(struct scenario *s, struct outbox_entry *entry)
{
	static const struct {
		enum outbox_result result;
		bool is_accepted;
		usec_t takes;
	} modes[] = {
		[RELAY_UP] = { OUTBOX_ACCEPTED, true, REPLY_TAKES },
		[RELAY_DOWN] = { OUTBOX_UNREACHED, false, CONNECT_TAKES },
		[RELAY_LATER] = { OUTBOX_LATER, false, REPLY_TAKES },
		[RELAY_REFUSE] = { OUTBOX_REFUSED, false, REPLY_TAKES },
		[RELAY_DOUBT] = { OUTBOX_IN_DOUBT, true, REPLY_TAKES },
		[RELAY_LOST] = { OUTBOX_IN_DOUBT, false, REPLY_TAKES },
	};
	struct letter *letter = letter_find(&s->post, entry->notice.id);
	bool is_refused = strcmp(entry->notice.recipient, s->post.refused) == 0;
	bool is_relayed = is_mail(s->plan, entry->notice.recipient);
	enum relay_mode mode = is_refused   ? RELAY_REFUSE
			       : is_relayed ? s->post.relays[entry->route]
					    : RELAY_UP;

	journal_say(s, "attempt #%u of %s by relay %u", entry->attempts + 1, letter->subject,
		    entry->route + 1);
	letter->state = LETTER_INFLIGHT;
	letter->ahead = modes[mode].result;
	letter->is_accepted_ahead = modes[mode].is_accepted;
	letter->sending_ends = s->elapsed + modes[mode].takes;
}

/* Of one incident and recipient: in order, nothing after the UP, nothing twice unless in doubt. */
static bool check_order(struct scenario *s, const struct letter *letter)
{
	const struct post *p = &s->post;

	for (size_t i = 0; i < p->delivered_n; i++) {
		const struct notice *before = &p->delivered[i].letter->notice,
				    *is = &letter->notice;

		if (p->delivered[i].letter == letter) {
			if (!p->may_double)
				return scenario_fail(s, "delivered twice: %s", letter->subject);
			continue;
		}
		if (before->incident != is->incident || is->incident == 0 ||
		    strcmp(before->recipient, is->recipient) != 0)
			continue;
		if (before->kind == NOTICE_RECOVERED)
			return scenario_fail(s, "delivered after its UP: %s", letter->subject);
		if (before->seq >= is->seq)
			return scenario_fail(s, "delivered out of order: %s", letter->subject);
	}
	return true;
}

static bool deliver(struct scenario *s, const struct letter *letter)
{
	struct post *p = &s->post;

	if (!check_order(s, letter))
		return false;
	if (p->delivered_n == LETTERS_MAX)
		return scenario_fail(s, "more than %d mails", LETTERS_MAX);
	p->delivered[p->delivered_n++] = (struct delivered){ letter, s->elapsed };
	journal_say(s, "delivered to %s: %s", letter->notice.recipient, letter->subject);
	return true;
}

/* What waits, and was told by the mail of its incident's end. */
static void finish_told(struct scenario *s, const struct notice *end)
{
	struct outbox_entry *entry;

	while ((entry = outbox_told_by(&s->post.outbox, end)) != NULL) {
		struct letter *letter = letter_find(&s->post, entry->notice.id);

		journal_say(s, "told with its end: %s", letter->subject);
		letter->state = LETTER_RING;
		outbox_release(&s->post.outbox, entry);
	}
}

static bool attempt_end(struct scenario *s, struct letter *letter)
{
	struct outbox_entry *entry = outbox_find(&s->post.outbox, letter->notice.id);
	bool is_relayed = is_mail(s->plan, letter->notice.recipient);
	unsigned routes = is_relayed && s->plan->mail.relays_n > 0
				  ? (unsigned)s->plan->mail.relays_n
				  : 1;

	letter->sending_ends = FOREVER;
	if (letter->is_accepted_ahead && !deliver(s, letter))
		return false;
	if (!outbox_finish(entry, letter->ahead, routes, "250 or not", scenario_now(s))) {
		if (!entry->is_in_doubt)
			letter->state = LETTER_NEW;
		return true;
	}
	if (entry->is_accepted && wall_is_set(entry->notice.merges))
		finish_told(s, &entry->notice);
	letter->state = LETTER_RING;
	engine_delivered(s->engine, entry->attempts + entry->route, entry->is_accepted,
			 scenario_now(s));
	outbox_release(&s->post.outbox, entry);
	return true;
}

usec_t post_next(const struct scenario *s)
{
	mono_t wake = outbox_wake(&s->post.outbox);
	usec_t next = wake.us == INT64_MAX ? FOREVER : wake.us - s->mono_base;

	for (size_t i = 0; i < s->post.letters_n; i++)
		if (s->post.letters[i]->sending_ends < next)
			next = s->post.letters[i]->sending_ends;
	return next < s->elapsed ? s->elapsed : next;
}

static void tell_engine(struct scenario *s)
{
	struct now now = scenario_now(s);
	wall_t oldest;
	size_t waiting = outbox_waiting(&s->post.outbox, &oldest);

	for (size_t i = s->plan->mail.to_n; i < s->plan->channels_n; i++)
		engine_channel(s->engine, i,
			       outbox_oldest(&s->post.outbox, s->plan->channels[i].name), now);
	engine_outbox(s->engine, waiting, oldest, s->post.is_disk_broken, now);
}

bool post_turn(struct scenario *s)
{
	struct outbox_entry *entry;

	for (size_t i = 0; i < s->post.letters_n; i++)
		if (s->post.letters[i]->sending_ends <= s->elapsed &&
		    !attempt_end(s, s->post.letters[i]))
			return false;
	while ((entry = outbox_next(&s->post.outbox, scenario_now(s))) != NULL)
		attempt_begin(s, entry);
	tell_engine(s);
	return true;
}

/* ---- between two lives ---- */

static bool letter_adopt(struct scenario *s, const struct letter *letter)
{
	struct notice notice;
	unsigned attempts;

	if (notice_read(letter->head, strlen(letter->head), &notice, &attempts) < 0)
		return scenario_fail(s, "a notice's own text cannot be read back:\n%s",
				     letter->head);
	engine_adopt(s->engine, &notice, scenario_now(s));
	if (letter->state != LETTER_RING)
		(void)outbox_add(&s->post.outbox, &notice, true, letter->state == LETTER_INFLIGHT,
				 scenario_now(s));
	return true;
}

static int compare_ids(const void *a, const void *b)
{
	const struct letter *x = *(struct letter *const *)a, *y = *(struct letter *const *)b;

	return (x->notice.id > y->notice.id) - (x->notice.id < y->notice.id);
}

/* The spool's order: what waits, in the order of a directory (any), then the ring, oldest first. */
void post_recover(struct scenario *s)
{
	struct post *p = &s->post;
	struct letter **waiting = calloc(p->letters_n + 1, sizeof *waiting);
	size_t n = 0;

	outbox_init(&p->outbox);
	if (!waiting)
		return;
	for (size_t i = 0; i < p->letters_n; i++)
		if (p->letters[i]->state != LETTER_RING)
			waiting[n++] = p->letters[i];
	qsort(waiting, n, sizeof *waiting, compare_ids);
	for (size_t i = 0; i < n; i++)
		(void)letter_adopt(s, waiting[i]);
	free(waiting);
	for (size_t i = 0; i < p->letters_n; i++)
		if (p->letters[i]->state == LETTER_RING)
			(void)letter_adopt(s, p->letters[i]);
}

void post_die(struct scenario *s)
{
	outbox_init(&s->post.outbox);
	for (size_t i = 0; i < s->post.letters_n; i++)
		s->post.letters[i]->sending_ends = FOREVER;
}

void post_done(struct post *p)
{
	for (size_t i = 0; i < p->letters_n; i++)
		letter_free(p->letters[i]);
}
