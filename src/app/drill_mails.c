/*
 * drill_mails.c - a drill's mails, followed from the outbox to the relay's
 * reply.
 *
 * The outbox keeps trying for days; a drill waits for one round over all
 * relays. What nobody took then is given up by the drill, not by the outbox.
 */
#include <inttypes.h>
#include <string.h>

#include "app/courier.h"
#include "app/daemon.h"
#include "app/drill_parts.h"
#include "base/words.h"
#include "core/outbox.h"

static const char *word_of(const struct drill_mail *mail)
{
	return mail->is_up ? "UP" : "DOWN";
}

struct drill_mail *drill_mail_add(struct drill *r, const struct notice *notice)
{
	struct drill_mail *mail;

	if (r->mails_n == r->mails_max ||
	    (notice->kind != NOTICE_DOWN && notice->kind != NOTICE_RECOVERED))
		return NULL;
	mail = &r->mails[r->mails_n++];
	*mail = (struct drill_mail){ .id = notice->id, .is_up = notice->kind == NOTICE_RECOVERED };
	(void)words_copy(mail->recipient, sizeof mail->recipient, notice->recipient);
	return mail;
}

static struct drill_mail *mail_find(struct drill *r, uint64_t id)
{
	for (size_t i = 0; i < r->mails_n; i++)
		if (r->mails[i].id == id)
			return &r->mails[i];
	return NULL;
}

/* ---- a relay speaks ---- */

static void say_accepted(struct drill *r, const struct drill_mail *mail, struct now now)
{
	if (mail->relay[0])
		drill_say_mail(r, STEP_ACCEPTED, now, mail, "relay %s took the %s for %s: %s",
			       mail->relay, word_of(mail), mail->recipient, mail->reply);
	else
		drill_say_mail(r, STEP_ACCEPTED, now, mail, "the %s for %s was written to %s",
			       word_of(mail), mail->recipient, mail->reply);
}

static void say_not_taken(struct drill *r, const struct drill_mail *mail, enum outbox_result result,
			  struct now now)
{
	const char *how = result == OUTBOX_REFUSED    ? "refused"
			  : result == OUTBOX_IN_DOUBT ? "gave no final reply to"
						      : "did not take";

	if (mail->relay[0])
		drill_say_mail(r, STEP_NOT_TAKEN, now, mail, "relay %s %s the %s for %s: %s",
			       mail->relay, how, word_of(mail), mail->recipient, mail->reply);
	else
		drill_say_mail(r, STEP_NOT_TAKEN, now, mail, "the %s for %s: %s", word_of(mail),
			       mail->recipient, mail->reply);
}

void drill_answered(struct drill *r, const struct notice *notice, const struct relay_plan *relay,
		    enum outbox_result result, const char *reply, struct now now)
{
	struct drill_mail *mail = drill_is_running(r) ? mail_find(r, notice->id) : NULL;

	if (!mail)
		return;
	(void)words_copy(mail->relay, sizeof mail->relay, relay ? relay->host : "");
	(void)words_copy(mail->reply, sizeof mail->reply, reply);
	mail->is_accepted = result == OUTBOX_ACCEPTED;
	if (mail->is_accepted)
		say_accepted(r, mail, now);
	else
		say_not_taken(r, mail, result, now);
}

/* ---- what the outbox holds ---- */

struct look {
	const struct drill_mail *mail;
	const struct outbox_entry *entry; /* NULL: it holds none of this id */
};

static void look_at(void *ctx, const struct outbox_entry *entry)
{
	struct look *look = ctx;

	if (entry->notice.id == look->mail->id)
		look->entry = entry;
}

static void mail_look(struct drill *r, struct drill_mail *mail, struct now now)
{
	struct look look = { .mail = mail };

	courier_each(r->daemon->courier, look_at, &look);
	if (look.entry && look.entry->is_durable && !mail->is_queued) {
		mail->is_queued = true;
		drill_say_mail(r, STEP_QUEUED, now, mail,
			       "notice %016" PRIx64 " (%s) for %s lies in the outbox", mail->id,
			       word_of(mail), mail->recipient);
	}
	if (look.entry)
		mail->is_given_up = look.entry->attempts > 0;
	else if (!mail->is_given_up) {
		mail->is_given_up = true;
		drill_say_mail(r, STEP_NOT_TAKEN, now, mail,
			       "the %s for %s is not in the outbox; the log says why",
			       word_of(mail), mail->recipient);
	}
}

void drill_mails_look(struct drill *r, struct now now)
{
	for (size_t i = 0; i < r->mails_n; i++)
		if (!r->mails[i].is_accepted)
			mail_look(r, &r->mails[i], now);
}

size_t drill_mails_made(const struct drill *r, bool is_up)
{
	size_t n = 0;

	for (size_t i = 0; i < r->mails_n; i++)
		n += r->mails[i].is_up == is_up;
	return n;
}

/* The outbox lets no UP overtake its DOWN. */
static bool waits_for_its_down(const struct drill *r, const struct drill_mail *up)
{
	for (size_t i = 0; i < r->mails_n; i++)
		if (!r->mails[i].is_up && !r->mails[i].is_accepted &&
		    strcmp(r->mails[i].recipient, up->recipient) == 0)
			return true;
	return false;
}

bool drill_mails_settled(const struct drill *r, bool is_up)
{
	for (size_t i = 0; i < r->mails_n; i++) {
		const struct drill_mail *mail = &r->mails[i];

		if (mail->is_up == is_up && !mail->is_accepted && !mail->is_given_up &&
		    !(is_up && waits_for_its_down(r, mail)))
			return false;
	}
	return true;
}

bool drill_mails_accepted(const struct drill *r)
{
	for (size_t i = 0; i < r->mails_n; i++)
		if (!r->mails[i].is_accepted)
			return false;
	return r->mails_n > 0;
}
