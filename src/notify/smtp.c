/*
 * smtp.c - one attempt to hand one mail to one relay.
 *
 * Owns the attempt from the relay's name to the relay's last word: resolve,
 * hand in, report once. It never tries a second time by itself: when, through
 * which relay and whether at all is the outbox's business.
 *
 * Routes count through the relays in the order of the configuration. Routes
 * past the last relay begin again with the first one, at the next address of
 * its name: so a relay whose first address is dead is still reached, and a
 * repeated route always means the same door.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shorewatch/notify.h"
#include "shorewatch/plan.h"

#define ADDRESS_BYTES_MAX 254 /* RFC 5321 4.5.3.1.3: a path is 256 with its brackets */

struct notify_delivery {
	struct notify_attempt attempt;
	const struct relay_plan *relay;
	struct io_query *query;
	struct io_exchange *exchange;
	struct io_mail_result result;
	/*
	 * io may call back before its start function returns, and the caller may
	 * cancel from within a callback: what ends the delivery is only noted
	 * while calls are open, and acted on when the last of them returns.
	 */
	unsigned calls_open;
	bool is_over;
	bool is_cancelled;
};

/*
 * SR-14: libcurl puts the address on the wire as it is, so that a line break
 * in it would be more SMTP commands. Only printable ASCII without space and
 * brackets passes, with something on both sides of the last '@'.
 */
static bool is_plain_address(const char *text)
{
	const char *at = strrchr(text, '@');
	size_t n = strlen(text);

	if (at == NULL || at == text || at[1] == '\0' || n > ADDRESS_BYTES_MAX)
		return false;
	for (const char *c = text; *c != '\0'; c++) {
		if (*c <= ' ' || *c > '~' || *c == '<' || *c == '>')
			return false;
	}
	return true;
}

static struct io_mail_result result_make(enum mail_verdict verdict, const char *words)
{
	struct io_mail_result result = { .verdict = verdict };

	(void)snprintf(result.reply, sizeof result.reply, "%s",
		       words); /* our words, known to fit */
	return result;
}

static void delivery_end(struct notify_delivery *d, const struct io_mail_result *result)
{
	d->result = *result;
	d->is_over = true;
}

/* `is_short`: for want of our own memory or descriptors. */
static void delivery_fail(struct notify_delivery *d, bool is_short, const char *words)
{
	struct io_mail_result result = result_make(MAIL_LATER, words);

	result.is_short = is_short;
	delivery_end(d, &result);
}

static void delivery_free(struct notify_delivery *d)
{
	if (d->query != NULL)
		io_query_cancel(d->query);
	if (d->exchange != NULL)
		io_exchange_cancel(d->exchange);
	free(d);
}

/* The delivery is gone before its end is reported, so that the caller may free what it refers to.
 */
static void delivery_report(struct notify_delivery *d)
{
	struct notify_attempt attempt = d->attempt;
	struct io_mail_result result = d->result;

	delivery_free(d);
	attempt.on_done(attempt.ctx, &result);
}

static void delivery_enter(struct notify_delivery *d)
{
	d->calls_open++;
}

/* False: the delivery has ended and is gone. */
static bool delivery_leave(struct notify_delivery *d)
{
	if (--d->calls_open > 0)
		return true;
	if (d->is_cancelled) {
		delivery_free(d);
		return false;
	}
	if (d->is_over) {
		delivery_report(d);
		return false;
	}
	return true;
}

static void on_mail_line(void *ctx, bool is_sent, const char *line, size_t n)
{
	struct notify_delivery *d = ctx;

	delivery_enter(d);
	if (!d->is_cancelled)
		d->attempt.on_line(d->attempt.ctx, is_sent, line, n);
	(void)delivery_leave(d); /* nothing follows */
}

static void on_mail_done(void *ctx, const struct io_mail_result *result)
{
	struct notify_delivery *d = ctx;

	delivery_enter(d);
	d->exchange = NULL;
	delivery_end(d, result);
	(void)delivery_leave(d); /* nothing follows */
}

static void delivery_hand_in(struct notify_delivery *d, const struct address *address)
{
	const struct relay_plan *relay = d->relay;
	bool is_plain = !relay->is_implicit_tls && relay->starttls == STARTTLS_NEVER;
	struct io_mail_spec spec = {
		.host = relay->host,
		.address = *address,
		.is_implicit_tls = relay->is_implicit_tls,
		.is_plain = is_plain,
		.ca_file = relay->ca_file,
		.username = relay->username,
		.password = relay->password,
		.sender = d->attempt.plan->mail.from_address,
		.recipient = d->attempt.recipient,
		.message = d->attempt.message,
		.message_bytes = d->attempt.message_bytes,
		.on_line = d->attempt.on_line != NULL ? on_mail_line : NULL,
		.on_done = on_mail_done,
		.ctx = d,
	};

	/* SR-25: a name that is loopback when the configuration is read may be elsewhere now. */
	if (is_plain && !address_is_loopback(address)) {
		delivery_fail(d, false,
			      "mail without TLS is only handed to a relay on loopback: "
			      "set starttls = \"required\"");
		return;
	}
	d->exchange = io_mail_start(d->attempt.io, &spec);
}

/* Remembered addresses serve as well as fresh ones: the certificate says who answers. */
static void on_relay_answer(void *ctx, const struct io_answer *answer)
{
	struct notify_delivery *d = ctx;
	size_t round = d->attempt.route / d->attempt.plan->mail.relays_n;
	char words[96];

	delivery_enter(d);
	d->query = NULL;
	if (answer->n > 0) {
		delivery_hand_in(d, &answer->address[round % answer->n]);
	} else {
		struct outcome outcome = { PHASE_DNS, answer->cause };

		(void)snprintf(words, sizeof words, "the relay's name has no address: %s",
			       outcome_code(outcome)); /* a short code: it fits */
		delivery_fail(d, answer->cause == CAUSE_LOCAL, words);
	}
	(void)delivery_leave(d); /* nothing follows */
}

/* NULL: fine. Else our words for why this attempt must not be made. */
static const char *attempt_refuse(const struct notify_attempt *attempt)
{
	if (!is_plain_address(attempt->recipient))
		return "the recipient is not an address that can be put into an SMTP command";
	if (!is_plain_address(attempt->plan->mail.from_address))
		return "mail.from is not an address that can be put into an SMTP command";
	return NULL;
}

static struct notify_delivery *smtp_start(const struct notify_attempt *attempt)
{
	const struct mail_plan *mail = &attempt->plan->mail;
	const char *refusal = attempt_refuse(attempt);
	struct io_mail_result result;
	struct notify_delivery *d;

	assert(mail->relays_n > 0);
	assert(attempt->on_done != NULL);
	if (refusal != NULL) {
		result = result_make(MAIL_REFUSED, refusal);
		attempt->on_done(attempt->ctx, &result);
		return NULL;
	}
	d = calloc(1, sizeof *d);
	if (d == NULL) {
		result = result_make(MAIL_LATER, "no memory for the attempt");
		result.is_short = true;
		attempt->on_done(attempt->ctx, &result);
		return NULL;
	}
	d->attempt = *attempt;
	d->relay = &mail->relays[attempt->route % mail->relays_n];
	delivery_enter(d);
	d->query = io_resolve(attempt->io, d->relay->host, d->relay->port, FAMILY_ANY,
			      on_relay_answer, d);
	return delivery_leave(d) ? d : NULL;
}

static bool smtp_cancel(struct notify_delivery *d)
{
	bool is_in_doubt = d->exchange != NULL && io_mail_is_out(d->exchange);

	delivery_enter(d);
	d->is_cancelled = true;
	(void)delivery_leave(d); /* nothing follows */
	return is_in_doubt;
}

const struct notifier notify_smtp = {
	.name = "smtp",
	.start = smtp_start,
	.cancel = smtp_cancel,
};
