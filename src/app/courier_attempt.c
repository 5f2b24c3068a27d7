/*
 * courier_attempt.c - hands a notice over, and makes of the answer what follows.
 *
 * One attempt at a time for each parcel: to a relay, by the channel's kind, or as
 * a file. Where it was our own memory or descriptors that failed nobody was
 * asked, so it is no attempt and no relay's failure: the outbox goes on seeing it under way, and
 * it is made again in 2 s. After ten such in a row, 20 s, it counts like any
 * other: another relay is asked, then it waits (core/outbox.c).
 */
#include "app/courier_parcel.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/words.h"
#include "io/fault.h"
#include "io/loop.h"
#include "io/spool.h"
#include "shorewatch/notify.h"

#define SHORT_PAUSE (2 * USEC_PER_SEC)
#define SHORT_TRIES 10

/* ---- when we are short of something ---- */

static void tell_held(const struct parcel *p, const char *reply)
{
	const struct notice *notice = &p->entry->notice;

	log_line(p->shortages == 1 ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG,
		 "delivery id=%016" PRIx64
		 " kind=%s incident=%s what=\"we are short of memory or descriptors; again in 2 s\""
		 " reply=\"%s\"",
		 notice->id, notice_kind_name(notice->kind),
		 notice->number[0] ? notice->number : "-", reply);
}

/* False: that was often enough, it counts as an attempt. */
static bool hold(struct parcel *p, const char *reply)
{
	struct courier *c = p->courier;

	if (p->shortages == SHORT_TRIES)
		return false;
	p->shortages++;
	p->is_held = true;
	p->again = mono_add(io_now(c->io).mono, SHORT_PAUSE);
	c->held++;
	words_copy(p->entry->reply, sizeof p->entry->reply, reply);
	tell_held(p, reply);
	io_loop_wake(c->io);
	return true;
}

static void let_go(struct parcel *p)
{
	p->is_held = false;
	p->courier->held--;
}

/* ---- how it ended ---- */

static enum outbox_result result_of(const struct io_mail_result *result)
{
	switch (result->verdict) {
	case MAIL_ACCEPTED:
		return OUTBOX_ACCEPTED;
	case MAIL_LATER:
		return result->code == 0 ? OUTBOX_UNREACHED : OUTBOX_LATER;
	case MAIL_REFUSED:
		return OUTBOX_REFUSED;
	case MAIL_IN_DOUBT:
		return OUTBOX_IN_DOUBT;
	}
	return OUTBOX_IN_DOUBT;
}

static void tell(const struct parcel *p, enum outbox_result result, bool is_final, int code)
{
	const struct notice *notice = &p->entry->notice;
	bool is_lost = is_final && result != OUTBOX_ACCEPTED;

	log_line(is_lost		     ? LOG_LEVEL_ERR
		 : result == OUTBOX_ACCEPTED ? LOG_LEVEL_NOTICE
					     : LOG_LEVEL_WARNING,
		 "delivery id=%016" PRIx64
		 " kind=%s incident=%s%s%s result=%s code=%d attempt=%u reply=\"%s\"%s",
		 notice->id, notice_kind_name(notice->kind),
		 notice->number[0] ? notice->number : "-",
		 courier_is_mail(notice->recipient) ? "" : " channel=",
		 courier_is_mail(notice->recipient) ? "" : notice->recipient,
		 courier_result_name(result), code,
		 p->entry->attempts, p->entry->reply, is_lost ? " what=\"given up\"" : "");
}

/* The disk knows it as handed over, and no relay can have it. */
static bool is_to_return(const struct parcel *p)
{
	return p->is_begun && !p->entry->is_in_doubt && !p->entry->may_be_there;
}

void parcels_told_by(struct courier *c, const struct notice *end)
{
	struct outbox_entry *entry;

	while ((entry = outbox_told_by(&c->outbox, end)) != NULL) {
		struct parcel *p = parcel_find(c, entry->notice.id);

		log_notice("delivery id=%016" PRIx64
			   " kind=%s incident=%s result=merged what=\"told by the mail of its end\"",
			   entry->notice.id, notice_kind_name(entry->notice.kind),
			   entry->notice.number[0] ? entry->notice.number : "-");
		words_copy(entry->reply, sizeof entry->reply, "told by the mail of its end");
		disk_record(p, COURIER_MERGED);
		parcel_drop(p);
	}
}

static void end(struct parcel *p)
{
	struct courier *c = p->courier;

	if (p->entry->is_accepted && wall_is_set(p->entry->notice.merges))
		parcels_told_by(c, &p->entry->notice);
	if (c->hooks.on_final)
		c->hooks.on_final(c->hooks.ctx, &p->entry->notice,
				  p->entry->attempts + p->entry->route, p->entry->is_accepted);
	disk_record(p, p->entry->is_accepted ? "" : COURIER_GIVEN_UP);
	parcel_drop(p); /* the next one of its incident need not wait for the disk */
}

static void finish(struct parcel *p, enum outbox_result result, const char *reply, size_t routes,
		   int code)
{
	struct courier *c = p->courier;
	bool is_final = outbox_finish(p->entry, result, (unsigned)routes, reply, io_now(c->io));

	p->shortages = 0;
	tell(p, result, is_final, code);
	if (result == OUTBOX_ACCEPTED && c->hooks.on_delivered)
		c->hooks.on_delivered(c->hooks.ctx, &p->entry->notice, p->entry->reply);
	if (is_final) {
		end(p);
	} else if (is_to_return(p)) {
		disk_return(p);
	}
	io_loop_wake(c->io);
}

/* ---- to a relay, or as a file ---- */

static void answer_tell(const struct parcel *p, const struct relay_plan *relay,
			enum outbox_result result, const char *reply)
{
	const struct courier_hooks *hooks = &p->courier->hooks;

	if (hooks->on_answer)
		hooks->on_answer(hooks->ctx, &p->entry->notice, relay, result, reply);
}

/* Routes past the last relay begin again with the first one (notify/smtp.c). */
static const struct relay_plan *relay_of(const struct parcel *p, const struct plan *plan)
{
	return &plan->mail.relays[p->entry->route % plan->mail.relays_n];
}

static void on_mailed(void *ctx, const struct io_mail_result *result)
{
	struct parcel *p = ctx;
	struct generation *generation = p->generation;
	struct buf reply = BUF_INIT(1024);

	p->delivery = NULL;
	courier_clean_reply(result->reply, &reply);
	logins_heard(&p->courier->logins, relay_of(p, &generation->plan), result, buf_text(&reply),
		     io_now(p->courier->io));
	if (result->is_short && hold(p, buf_text(&reply)))
		goto out;
	p->generation = NULL;
	answer_tell(p, relay_of(p, &generation->plan), result_of(result), buf_text(&reply));
	finish(p, result_of(result), buf_text(&reply), generation->plan.mail.relays_n,
	       result->code);
	generation_drop(generation);
out:
	buf_done(&reply);
}

/* A relay that has refused our login is left alone: the next one, or later. False: it waits. */
static bool is_let_to_its_relay(struct parcel *p, const struct plan *plan)
{
	struct courier *c = p->courier;
	struct now now = io_now(c->io);
	const char *reply;
	mono_t until;

	switch (logins_turn(&c->logins, relay_of(p, plan), now, &until, &reply)) {
	case LOGIN_NOW:
		return true;
	case LOGIN_SOON:
		outbox_not_yet(p->entry, until);
		return false;
	case LOGIN_RESTS:
		if (outbox_pass(p->entry, (unsigned)plan->mail.relays_n, reply, until, now)) {
			tell(p, OUTBOX_LATER, true, 0);
			end(p);
		}
		return false;
	}
	return true;
}

static void send_by_relay(struct parcel *p)
{
	struct notify_attempt attempt = {
		.io = p->courier->io,
		.plan = &p->generation->plan,
		.recipient = p->entry->notice.recipient,
		.message = p->message,
		.message_bytes = p->n,
		.route = p->entry->route,
		.on_done = on_mailed,
		.ctx = p,
	};
	struct notify_delivery *delivery = notify_smtp.start(&attempt);

	if (delivery)
		p->delivery = delivery;
}

/* ---- by the channel's kind ---- */

static void on_posted(void *ctx, const struct io_mail_result *result)
{
	struct parcel *p = ctx;
	struct generation *generation = p->generation;
	mono_t left_alone = mono_add(io_now(p->courier->io).mono, result->retry_after);
	struct buf reply = BUF_INIT(1024);

	p->delivery = NULL;
	courier_clean_reply(result->reply, &reply);
	if (result->is_short && hold(p, buf_text(&reply)))
		goto out;
	p->generation = NULL;
	/* Before it is known whether it is final: then it is gone. */
	finish(p, result_of(result), buf_text(&reply), 1, result->code);
	if (p->entry && result->retry_after > 0)
		outbox_put_off(p->entry, left_alone);
	generation_drop(generation);
out:
	buf_done(&reply);
}

static void send_by_kind(struct parcel *p, const struct channel_plan *channel)
{
	struct notify_attempt attempt = {
		.io = p->courier->io,
		.plan = &p->generation->plan,
		.recipient = p->entry->notice.recipient,
		.message = p->message,
		.message_bytes = p->n,
		.params = channel->params,
		.id = p->entry->notice.id,
		.on_done = on_posted,
		.ctx = p,
	};
	struct notify_delivery *delivery;

	p->kind = channel->kind;
	delivery = channel->kind->start(&attempt);
	if (delivery)
		p->delivery = delivery;
}

/*
 * A reload took its channel away, and nobody knows where it would lead: it is given up at once,
 * with a record. A mail needs no more than its address.
 */
static void give_up(struct parcel *p)
{
	outbox_give_up(p->entry, "its channel is in the configuration no more",
		       io_now(p->courier->io));
	tell(p, OUTBOX_REFUSED, true, 0);
	generation_drop(p->generation);
	p->generation = NULL;
	end(p);
	io_loop_wake(p->courier->io);
}

void parcel_eml_written(struct parcel *p, int r)
{
	char name[COURIER_NAME_MAX], reply[COURIER_NAME_MAX + 200];

	courier_file_name(&p->entry->notice, name);
	if (r == 0)
		(void)snprintf(reply, sizeof reply, "%s/%s.eml", spool_dir(p->courier->spool),
			       name);
	else
		(void)snprintf(reply, sizeof reply, "cannot write %s/%s.eml: %s",
			       spool_dir(p->courier->spool), name, strerror(-r));
	if (fault_is_shortage(-r) && hold(p, reply))
		return;
	generation_drop(p->generation);
	p->generation = NULL;
	answer_tell(p, NULL, r == 0 ? OUTBOX_ACCEPTED : OUTBOX_LATER, reply);
	finish(p, r == 0 ? OUTBOX_ACCEPTED : OUTBOX_LATER, reply, 1, 0);
}

static const struct channel_plan *channel_of(const struct parcel *p)
{
	return courier_channel(&p->generation->plan, p->entry->notice.recipient);
}

static void attempt(struct parcel *p)
{
	const struct channel_plan *channel = channel_of(p);

	p->kind = NULL;
	if (channel && channel->kind)
		send_by_kind(p, channel);
	else if (!courier_is_mail(p->entry->notice.recipient))
		give_up(p);
	else if (p->generation->plan.mail.relays_n > 0)
		send_by_relay(p);
	else
		disk_eml(p);
}

/* At the end nothing is begun any more: the notice waits for the next start, and is in no doubt. */
void parcel_attempt(struct parcel *p)
{
	if (p->courier->is_stopped) {
		generation_drop(p->generation);
		p->generation = NULL;
		if (is_to_return(p))
			disk_return(p);
	} else {
		attempt(p);
	}
}

static bool is_for_a_file(const struct parcel *p)
{
	return courier_is_mail(p->entry->notice.recipient) &&
	       p->generation->plan.mail.relays_n == 0;
}

static bool is_for_a_relay(const struct parcel *p, const struct plan *plan)
{
	return courier_is_mail(p->entry->notice.recipient) && plan->mail.relays_n > 0;
}

/* .eml files go nowhere where they could be in doubt: writing one again is the same file. */
void parcel_begin(struct parcel *p, struct generation *generation)
{
	if (is_for_a_relay(p, &generation->plan) && !is_let_to_its_relay(p, &generation->plan))
		return;
	p->generation = generation_hold(generation);
	if (p->entry->is_durable && !p->entry->is_in_doubt && !is_for_a_file(p))
		disk_begin(p);
	else
		parcel_attempt(p);
}

/* By the plan of this moment, which a reload may have changed. */
static void attempt_again(struct parcel *p, struct generation *generation)
{
	let_go(p);
	generation_drop(p->generation);
	p->generation = generation_hold(generation);
	parcel_attempt(p);
}

void attempts_advance(struct courier *c, struct generation *generation, struct now now)
{
	for (size_t i = 0; c->held > 0 && i < c->outbox.used; i++)
		if (c->parcels[i].is_held && mono_reached(c->parcels[i].again, now.mono))
			attempt_again(&c->parcels[i], generation);
}

mono_t attempts_wake(const struct courier *c)
{
	mono_t wake = MONO_NEVER;

	for (size_t i = 0; c->held > 0 && i < c->outbox.used; i++)
		if (c->parcels[i].is_held)
			wake = mono_min(wake, c->parcels[i].again);
	return wake;
}

void parcel_cut(struct parcel *p)
{
	bool is_out = p->delivery && (p->kind ? p->kind->cancel : notify_smtp.cancel)(p->delivery);

	if (!p->delivery && !p->is_held)
		return;
	if (!is_out && is_to_return(p))
		disk_return(p);
	if (p->is_held)
		let_go(p);
	p->delivery = NULL;
	generation_drop(p->generation);
	p->generation = NULL;
}
