/*
 * drill.c - a drill as acts, one after the other (see drill.h).
 *
 * An act waits for one thing, and for no longer than its limit: a relay that
 * hangs, or a machine that does not get on, must not leave a page that says for
 * ever that a drill is running. Whoever asked for the drill may go away at any
 * time; it plays to its end all the same.
 */
#include "app/drill.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/daemon.h"
#include "app/drill_parts.h"
#include "app/publisher.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/log.h"
#include "base/words.h"
#include "io/loop.h"

/* At the drill's pace 6 s and 4 s are usual; the rest is for a machine under load. */
#define SEEN_WITHIN (60 * USEC_PER_SEC)
/* longer than a relay usually lets one wait for its reply; the outbox waits on by itself */
#define TOLD_WITHIN (3 * USEC_PER_MIN)

static void act_begin(struct drill *r, enum drill_act act, struct now now);

/* ---- the acts' ends ---- */

static bool is_answering(const struct drill *r)
{
	return r->is_seen_up;
}

static bool is_told(const struct drill *r)
{
	return drill_mails_made(r, false) > 0;
}

static bool is_down_settled(const struct drill *r)
{
	return drill_mails_settled(r, false);
}

static bool is_retold(const struct drill *r)
{
	return drill_mails_made(r, true) > 0;
}

static bool is_up_settled(const struct drill *r)
{
	return drill_mails_settled(r, true);
}

/* ---- what follows ---- */

static void over(struct drill *r, struct now now)
{
	act_begin(r, DRILL_OVER, now);
}

static void shut(struct drill *r, struct now now)
{
	int error = drill_door_shut(&r->door);

	if (error < 0) {
		drill_say(r, STEP_FAULT, now, "port %u of 127.0.0.1 was lost: %s", r->door.port,
			  strerror(-error));
		over(r, now);
		return;
	}
	r->shut = now;
	drill_say(r, STEP_SHUT, now, "the service is shut: from now on it is down");
	act_begin(r, DRILL_FAILS, now);
}

static void tell(struct drill *r, struct now now)
{
	act_begin(r, DRILL_TELLS, now);
}

static void reopen(struct drill *r, struct now now)
{
	int error = drill_door_open(&r->door);

	if (error < 0) {
		drill_say(r, STEP_FAULT, now, "127.0.0.1:%u cannot be opened again: %s",
			  r->door.port, strerror(-error));
		over(r, now);
		return;
	}
	r->opened = now;
	drill_say(r, STEP_OPENED, now, "the service is open again");
	act_begin(r, DRILL_RETURNS, now);
}

static void retell(struct drill *r, struct now now)
{
	act_begin(r, DRILL_RETELLS, now);
}

static void fault_mail(struct drill *r, const struct drill_mail *mail, struct now now)
{
	if (mail->is_accepted)
		return;
	drill_say(r, STEP_FAULT, now,
		  "the %s for %s was not taken%s%s%s%s; it stays in the outbox and is tried again,"
		  " shorewatch mails tells when",
		  mail->is_up ? "UP" : "DOWN", mail->recipient, mail->relay[0] ? " by " : "",
		  mail->relay, mail->reply[0] ? ": " : "", mail->reply);
}

/* An UP behind a DOWN that waits has nothing to tell by itself. */
static void close_book(struct drill *r, struct now now)
{
	for (size_t i = 0; i < r->mails_n; i++)
		if (!r->mails[i].is_up || r->mails[i].is_given_up)
			fault_mail(r, &r->mails[i], now);
	if (r->faults == 0 && !drill_mails_accepted(r))
		drill_say(r, STEP_FAULT, now,
			  "no relay has given its final reply so far; "
			  "shorewatch mails tells when it does");
	over(r, now);
}

/* ---- an act that takes too long ---- */

static void not_answering(struct drill *r, struct now now)
{
	drill_say(r, STEP_FAULT, now,
		  "the pretended service is open, but its probe never passed within a minute; the "
		  "log and shorewatch status tell whether this machine gets on");
	over(r, now);
}

static void not_told(struct drill *r, struct now now)
{
	drill_say(r, STEP_FAULT, now,
		  "the service is shut, but no DOWN was made within a minute; the log and "
		  "shorewatch status tell whether this machine gets on");
	over(r, now);
}

static void not_retold(struct drill *r, struct now now)
{
	drill_say(r, STEP_FAULT, now,
		  "the service is open again, but no UP was made within a minute; the log and "
		  "shorewatch status tell whether this machine gets on");
	over(r, now);
}

static const struct act {
	const char *name;
	usec_t within;
	bool (*is_done)(const struct drill *r);
	void (*follow)(struct drill *r, struct now now);
	void (*late)(struct drill *r, struct now now);
} acts[] = {
	[DRILL_ANSWERS] = { "answers", SEEN_WITHIN, is_answering, shut, not_answering },
	[DRILL_FAILS] = { "fails", SEEN_WITHIN, is_told, tell, not_told },
	[DRILL_TELLS] = { "tells", TOLD_WITHIN, is_down_settled, reopen, reopen },
	[DRILL_RETURNS] = { "returns", SEEN_WITHIN, is_retold, retell, not_retold },
	[DRILL_RETELLS] = { "retells", TOLD_WITHIN, is_up_settled, close_book, close_book },
	[DRILL_OVER] = { .name = "over" },
};

static void act_begin(struct drill *r, enum drill_act act, struct now now)
{
	r->act = act;
	r->limit = act == DRILL_OVER ? MONO_NEVER : mono_add(now.mono, acts[act].within);
	log_debug("drill act=%s", acts[act].name);
	if (act != DRILL_OVER)
		return;
	publisher_touch(r->daemon->publisher);
	log_notice("drill number=%s result=%s span_s=%" PRId64, r->number,
		   drill_has_passed(r) ? "passed" : "failed",
		   mono_span(r->began.mono, now.mono) / USEC_PER_SEC);
}

static void act_advance(struct drill *r, struct now now)
{
	const struct act *act = &acts[r->act];

	if (act->is_done(r))
		act->follow(r, now);
	else if (mono_reached(r->limit, now.mono))
		act->late(r, now);
}

/* ---- what is to be known beforehand ---- */

static void remark_on_relays(struct drill *r, struct now now)
{
	const struct mail_plan *mail = &r->plan->plan.mail;

	if (mail->relays_n == 0)
		drill_say(r, STEP_REMARK, now,
			  "no relay is configured: its mails are written as .eml files");
}

static void remark_on_us(struct drill *r, struct now now)
{
	struct model model;

	daemon_model(r->daemon, &model);
	if (model.vantage == VANTAGE_ISOLATED)
		drill_say(r, STEP_REMARK, now,
			  "the references are silent, so our own link may be down: a mail may not "
			  "get out before it is back");
	if (model.incidents_n > 0)
		drill_say(r, STEP_REMARK, now,
			  "%zu real incident%s open; the drill leaves %s alone", model.incidents_n,
			  model.incidents_n == 1 ? " is" : "s are",
			  model.incidents_n == 1 ? "it" : "them");
	if (model.silences_n > 0)
		drill_say(r, STEP_REMARK, now,
			  "mails are silenced at present; those of a drill are sent all the same");
	if (model.waiting_notices > 0)
		drill_say(r, STEP_REMARK, now, "%zu mail%s in the outbox already",
			  model.waiting_notices, model.waiting_notices == 1 ? " waits" : "s wait");
}

/* ---- life ---- */

/* "drill-140140": by its time of day, and unlike any incident's. */
static void number_write(struct drill *r)
{
	struct buf time = BUF_INIT(64), number = BUF_INIT(64);

	calendar_print_time(&time, r->began.wall);
	buf_puts(&number, DRILL_NAME "-");
	for (const char *at = buf_text(&time); *at; at++)
		if (*at != ':')
			buf_putc(&number, *at);
	(void)words_copy(r->number, sizeof r->number, buf_text(&number));
	buf_done(&time);
	buf_done(&number);
}

static bool may_begin(const struct daemon *d, struct buf *why)
{
	bool is_running = drill_is_running(d->drill);

	if (is_running) {
		buf_puts(why, "a drill is running since ");
		calendar_print_time(why, d->drill->began.wall);
		buf_puts(why, "; wait for its end");
	} else if (d->generation->plan.mail.to_n == 0) {
		buf_puts(why, "mail.to is empty; nobody would be told of anything");
	}
	return why->n == 0;
}

struct drill *drill_begin(struct daemon *d, struct buf *why)
{
	struct drill *r;
	int error;

	if (!may_begin(d, why))
		return NULL;
	r = calloc(1, sizeof *r);
	if (!r) {
		buf_puts(why, "no memory");
		return NULL;
	}
	*r = (struct drill){ .daemon = d, .began = d->now, .door = DRILL_DOOR_NONE };
	r->id = (uint64_t)d->now.wall.us;
	number_write(r);
	error = drill_scene_open(r, d->now);
	if (error < 0) {
		buf_printf(why, "the pretended service cannot begin: %s", strerror(-error));
		drill_free(r);
		return NULL;
	}
	log_notice("drill number=%s port=%u what=\"a pretended outage; its mails are marked\"",
		   r->number, r->door.port);
	remark_on_relays(r, d->now);
	remark_on_us(r, d->now);
	drill_say(r, STEP_OPENED, d->now, "a pretended service listens on 127.0.0.1:%u",
		  r->door.port);
	act_begin(r, DRILL_ANSWERS, d->now);
	publisher_touch(d->publisher);
	io_loop_wake(d->io);
	return r;
}

void drill_free(struct drill *r)
{
	if (!r)
		return;
	drill_scene_close(r);
	free(r->mails);
	free(r->steps);
	free(r);
}

bool drill_is_running(const struct drill *r)
{
	return r && r->act != DRILL_OVER;
}

uint64_t drill_id(const struct drill *r)
{
	return r ? r->id : 0;
}

bool drill_has_passed(const struct drill *r)
{
	return r->act == DRILL_OVER && r->faults == 0 && !r->is_ended && drill_mails_accepted(r);
}

mono_t drill_advance(struct drill *r, struct now now)
{
	mono_t wake = MONO_NEVER;

	if (drill_is_running(r)) {
		drill_door_serve(&r->door);
		wake = engine_advance(r->engine, now);
		drill_mails_look(r, now);
		act_advance(r, now);
	}
	if (drill_is_running(r))
		return mono_min(wake, r->limit);
	if (r && r->engine)
		drill_scene_close(r); /* here nobody is inside of it */
	return MONO_NEVER;
}

void drill_gap(struct drill *r, usec_t span, struct now now)
{
	if (drill_is_running(r))
		engine_gap(r->engine, span, now);
}

void drill_end(struct drill *r, struct now now)
{
	if (!drill_is_running(r) || r->is_ended)
		return;
	r->is_ended = true;
	drill_say(r, STEP_ENDED, now, "the drill is ended");
	if (drill_mails_made(r, false) == 0) {
		drill_say(r, STEP_FAULT, now, "ended before any mail was made");
		over(r, now);
	} else if (r->act < DRILL_RETURNS) {
		reopen(r, now);
	}
	io_loop_wake(r->daemon->io);
}
