/*
 * canary_send.c - see canary_send.h. When a relay may have it, no other one is
 * asked: two of one nonce would be one too many.
 */
#include "app/canary_send.h"

#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "render/canary_mail.h"
#include "shorewatch/notify.h"

#define MESSAGE_MAX 8192

struct canary_send {
	struct io *io;
	canary_on_sent *on_sent;
	void *ctx;
	struct generation *generation; /* held while one is under way; else NULL */
	struct buf message;
	unsigned route;
	struct notify_delivery *delivery;
};

static void send_end(struct canary_send *s)
{
	if (s->generation)
		generation_drop(s->generation);
	s->generation = NULL;
	buf_done(&s->message);
}

static void finish(struct canary_send *s, enum canary_sent sent, const char *words)
{
	send_end(s);
	s->on_sent(s->ctx, sent, words);
}

static void ask_relay(struct canary_send *s);

static void on_done(void *ctx, const struct io_mail_result *result)
{
	struct canary_send *s = ctx;

	s->delivery = NULL;
	switch (result->verdict) {
	case MAIL_ACCEPTED:
		finish(s, CANARY_ACCEPTED, result->reply);
		break;
	case MAIL_IN_DOUBT:
		finish(s, CANARY_IN_DOUBT, result->reply);
		break;
	case MAIL_LATER:
	case MAIL_REFUSED:
		if (++s->route < s->generation->plan.mail.relays_n)
			ask_relay(s);
		else
			finish(s, CANARY_NOT_SENT, result->reply);
		break;
	}
}

static void ask_relay(struct canary_send *s)
{
	const struct plan *plan = &s->generation->plan;
	const struct notify_attempt attempt = {
		.io = s->io,
		.plan = plan,
		.recipient = plan->canary->to,
		.message = s->message.data,
		.message_bytes = s->message.n,
		.route = s->route,
		.on_done = on_done,
		.ctx = s,
	};
	struct notify_delivery *delivery = notify_smtp.start(&attempt);

	if (delivery)
		s->delivery = delivery; /* else it is done, and the next one may have begun */
}

void canary_send_start(struct canary_send *s, struct generation *generation, const char *nonce,
		       wall_t made)
{
	assert(!s->generation);
	buf_init(&s->message, MESSAGE_MAX);
	s->generation = generation_hold(generation);
	s->route = 0;
	canary_mail(&generation->plan, nonce, made, &s->message);
	if (buf_failed(&s->message))
		finish(s, CANARY_NOT_SENT, "no memory for the mail");
	else
		ask_relay(s);
}

struct canary_send *canary_send_new(struct io *io, canary_on_sent *on_sent, void *ctx)
{
	struct canary_send *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->io = io;
	s->on_sent = on_sent;
	s->ctx = ctx;
	return s;
}

void canary_send_free(struct canary_send *s)
{
	if (!s)
		return;
	if (s->delivery)
		(void)notify_smtp.cancel(s->delivery); /* its state says that it may have left */
	send_end(s);
	free(s);
}
