/*
 * tell.c - an announcement becomes one notice for each channel that is told of it.
 *
 * Who is told when of what is telling.c's. Caps hold back only what does not
 * matter most: a first notice, a worse finding and a recovery always go out
 * (DECISIONS 1); what they hold back is told as a number by the next notice, or
 * by a digest when the hour is over.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "core/engine_parts.h"

static bool is_worse(const struct incident *i)
{
	return incident_weight(i->finding, i->is_partial) >
	       incident_weight(i->mailed, i->is_partial_mailed);
}

static bool is_hour_over(const struct channel_state *c, struct now now)
{
	return mono_span(c->began, now.mono) >= USEC_PER_HOUR;
}

/* False: this channel has had enough this hour. */
static bool is_within_cap(const struct engine *e, size_t channel, bool is_exempt, struct now now)
{
	const struct channel_state *c = &e->channels[channel];

	return is_exempt || is_hour_over(c, now) || c->mails < e->plan->mail.cap;
}

static void count_mail(struct engine *e, size_t channel, struct now now)
{
	struct channel_state *c = &e->channels[channel];

	if (is_hour_over(c, now)) {
		c->began = now.mono;
		c->mails = 0;
	}
	c->mails++;
}

/* What it is not told is told as a number. */
static void hold_back(struct engine *e, size_t channel, struct now now)
{
	struct channel_state *c = &e->channels[channel];

	if (c->held++ == 0)
		c->held_from = now.wall;
	engine_dirty(e, now);
}

/* The one way out; with the number of those before it that the cap has held back. */
static void deliver(struct engine *e, size_t channel, struct notice notice,
		    const struct incident *incident)
{
	struct channel_state *c = &e->channels[channel];

	words_copy(notice.recipient, sizeof notice.recipient, e->plan->channels[channel].name);
	notice.held = c->held;
	notice.held_from = c->held_from;
	notice.id = notice_id(&notice);
	c->held = 0;
	c->held_from = (wall_t){ 0 };
	e->effects.deliver(e->effects.ctx, &notice, incident);
}

static void note_told(struct incident *incident, enum notice_kind kind, unsigned channels,
		      struct now now)
{
	struct incident_event event = {
		.at = now.wall,
		.kind = kind == NOTICE_REPEAT ? EVENT_STILL : EVENT_MAILED,
		.count = channels,
		.diagnosis = incident->finding,
		.code = incident->is_partial,
	};

	if (channels > 0)
		incident_note(incident, &event);
}

/* Any mail does the service of a repeat that is due by now. */
static void note_mail(const struct mail_plan *mail, struct incident *incident, struct now now)
{
	if (incident->mails == 0) {
		incident->first_mail = now;
		incident->first_finding = incident->finding;
		incident->first_failing = incident->failing;
		incident->is_first_partial = incident->is_partial;
	}
	incident->mails++;
	while (mono_reached(incident_next_repeat(incident, mail), now.mono))
		incident->repeats++;
	incident->last_mail = now;
	incident->mailed = incident->finding;
	incident->mailed_also = incident->also;
	incident->is_partial_mailed = incident->is_partial;
	incident->is_flapping_told = incident->is_flapping;
	incident->worsened = incident->narrowed = MONO_NEVER;
	incident->joined = MONO_NEVER;
}

/* False: no room for it. */
static bool add_name(struct notice *notice, const char *name)
{
	size_t used = strlen(notice->affected), n = strlen(name);

	if (used + n + 2 > sizeof notice->affected)
		return false;
	if (used > 0)
		notice->affected[used++] = ',';
	memcpy(notice->affected + used, name, n + 1);
	return true;
}

/* As many names as fit whole: enough to know the members again when the state is lost. */
static void name_affected(struct notice *notice, const struct incident *incident)
{
	for (unsigned i = 0; i < incident->affected_n; i++)
		if (!add_name(notice, incident->affected[i]))
			return;
}

static struct notice notice_of(struct engine *e, const struct incident *incident,
			       enum notice_kind kind, struct now now)
{
	struct notice notice = {
		.incident = incident->id,
		.seq = incident->mails,
		.serial = ++e->serial,
		.kind = kind,
		.diagnosis = kind == NOTICE_RECOVERED ? incident->worst : incident->finding,
		.is_important = kind != NOTICE_RECOVERED && is_worse(incident) &&
				!diagnosis_is_pipeline(incident->finding),
		.is_partial = kind != NOTICE_RECOVERED && incident->is_partial,
		.created = now,
		.opened = incident->opened,
	};

	words_copy(notice.number, sizeof notice.number, incident->number);
	words_copy(notice.stack, sizeof notice.stack, incident->stack);
	words_copy(notice.host, sizeof notice.host, incident->host);
	name_affected(&notice, incident);
	return notice;
}

static unsigned count_told(const struct engine *e, const struct incident *incident,
			   enum notice_kind kind, bool is_exempt, struct now now)
{
	unsigned n = 0;

	for (size_t i = 0; i < e->plan->channels_n; i++) {
		enum notice_kind own = kind;

		n += telling_turn(e, incident, i, &own, now) == TELLING_NOW &&
		     is_within_cap(e, i, is_exempt || own == NOTICE_DOWN, now);
	}
	return n;
}

static void tell_one(struct engine *e, struct incident *incident, size_t channel,
		     enum notice_kind kind, struct notice notice)
{
	notice.kind = kind;
	if (kind == NOTICE_DOWN)
		notice.is_important = !diagnosis_is_pipeline(incident->finding);
	if (kind != NOTICE_RECOVERED)
		telling_note(e, incident, channel, &notice);
	deliver(e, channel, notice, incident);
}

static void tell_channel(struct engine *e, struct incident *incident, size_t channel,
			 const struct notice *notice, bool is_exempt, struct now now)
{
	enum notice_kind kind = notice->kind;

	switch (telling_turn(e, incident, channel, &kind, now)) {
	case TELLING_NOTHING:
		break;
	case TELLING_HELD:
		telling_hold(e, incident, channel);
		break;
	case TELLING_NOW:
		is_exempt |= kind == NOTICE_DOWN;
		if (!is_within_cap(e, channel, is_exempt, now)) {
			hold_back(e, channel, now);
			break;
		}
		count_mail(e, channel, now);
		tell_one(e, incident, channel, kind, *notice);
		break;
	}
}

void tell_incident(struct engine *e, struct incident *incident, enum notice_kind kind,
		   struct now now)
{
	bool is_exempt = kind == NOTICE_DOWN || kind == NOTICE_RECOVERED || is_worse(incident);
	struct notice notice = notice_of(e, incident, kind, now);

	if (kind == NOTICE_CHANGE && is_worse(incident))
		incident->acknowledged = (wall_t){ 0 }; /* of something milder */
	/* The log of the incident tells of this mail before the mail itself is written. */
	note_told(incident, kind, count_told(e, incident, kind, is_exempt, now), now);
	if (kind != NOTICE_RECOVERED)
		incident_weigh(incident);
	note_mail(&e->plan->mail, incident, now);
	news_mailed(e, incident);
	for (size_t i = 0; i < e->plan->channels_n; i++)
		tell_channel(e, incident, i, &notice, is_exempt, now);
}

/* No news to those who were told in time: neither spacing nor repeats count from it. */
void tell_late(struct engine *e, struct incident *incident, struct now now)
{
	struct notice notice = notice_of(e, incident, NOTICE_REPEAT, now);
	enum notice_kind kind;
	unsigned n = 0;

	for (size_t i = 0; i < e->plan->channels_n; i++)
		n += mono_reached(telling_late(e, incident, i, &kind, now), now.mono);
	note_told(incident, NOTICE_CHANGE, n, now);
	incident->mails++;
	for (size_t i = 0; i < e->plan->channels_n; i++) {
		if (!mono_reached(telling_late(e, incident, i, &kind, now), now.mono))
			continue;
		count_mail(e, i, now); /* it was held back long enough */
		tell_one(e, incident, i, kind, notice);
	}
	e->effects.record(e->effects.ctx, &(struct record){ .kind = RECORD_INCIDENT, .now = now,
							     .incident = incident });
	engine_dirty(e, now);
	e->effects.publish(e->effects.ctx);
}

/* ---- what belongs to no incident ---- */

/* It is told of everything at once: nothing else may be news for it, too. */
static bool is_told_all(const struct channel_plan *c)
{
	return c->after == 0 && c->only == 0;
}

static bool is_anybody_told_all(const struct plan *plan)
{
	for (size_t i = 0; i < plan->channels_n; i++)
		if (is_told_all(&plan->channels[i]))
			return true;
	return false;
}

/* Never held back by a cap. Its quiet hours it spends in the outbox: it stays as true as it is. */
static void tell_of_none(struct engine *e, size_t channel, struct notice notice)
{
	const struct channel_plan *c = &e->plan->channels[channel];

	words_copy(notice.host, sizeof notice.host, e->plan->mail.host);
	notice.not_before = telling_quiet_until(c, notice.created.wall);
	deliver(e, channel, notice, NULL);
}

/* Where every channel waits, or is told of some things only, it is everybody's. */
static void tell_everybody(struct engine *e, const struct notice *notice)
{
	bool is_any = is_anybody_told_all(e->plan);

	for (size_t i = 0; i < e->plan->channels_n; i++)
		if (!is_any || is_told_all(&e->plan->channels[i]))
			tell_of_none(e, i, *notice);
}

void tell_blind(struct engine *e, wall_t from, struct now now)
{
	struct notice notice = {
		.kind = NOTICE_BLIND,
		.diagnosis = DIAGNOSIS_ISOLATED,
		.created = now,
		.from = from,
		.to = now.wall,
	};

	tell_everybody(e, &notice);
}

void tell_certificate(struct engine *e, uint32_t target, const struct certificate_told *told,
		      uint32_t step, struct now now)
{
	const struct certificate *c = &e->checks[target].certificate;
	struct notice notice = {
		.kind = NOTICE_CERTIFICATE,
		.seq = step,
		.created = now,
		.from = c->not_before,
		.to = c->not_after,
		.fingerprint = told->fingerprint,
		.told = told->steps,
	};

	(void)snprintf(notice.number, sizeof notice.number, "cert-%016" PRIx64, told->fingerprint);
	words_copy(notice.stack, sizeof notice.stack,
		   e->plan->stacks[e->plan->targets[target].stack].name);
	for (size_t i = 0; i < e->plan->targets_n; i++)
		if (e->checks[i].certificate.fingerprint == c->fingerprint &&
		    !add_name(&notice, e->plan->targets[i].name))
			break;
	tell_everybody(e, &notice);
}

void tell_self(struct engine *e, enum self_matter matter, const char *detail, struct now now)
{
	struct notice notice = { .kind = NOTICE_SELF, .matter = matter, .created = now };

	words_copy(notice.detail, sizeof notice.detail, detail);
	tell_everybody(e, &notice);
}

/* To be read at leisure, and long: by mail only. */
void tell_week(struct engine *e, wall_t from, wall_t to, struct now now)
{
	struct notice notice = { .kind = NOTICE_WEEK, .created = now, .from = from, .to = to };

	for (size_t i = 0; i < e->plan->channels_n; i++)
		if (!e->plan->channels[i].kind && is_told_all(&e->plan->channels[i]))
			tell_of_none(e, i, notice);
}

/* Mail by what is no mail; any other channel by mail, or by each other one where there is none. */
static bool hears_of(const struct engine *e, size_t channel, long failing)
{
	bool is_mail = !e->plan->channels[channel].kind;

	if (failing < 0)
		return !is_mail;
	return (long)channel != failing && (is_mail || e->plan->mail.to_n == 0);
}

void tell_trouble(struct engine *e, long failing, wall_t from, bool is_over, struct now now)
{
	static const enum self_matter matters[2][2] = { { SELF_CHANNEL, SELF_CHANNEL_BACK },
							{ SELF_MAIL, SELF_MAIL_BACK } };
	struct notice notice = {
		.kind = NOTICE_SELF,
		.matter = matters[failing < 0][is_over],
		.created = now,
		.from = from,
		.to = is_over ? now.wall : (wall_t){ 0 },
	};

	if (failing >= 0)
		words_copy(notice.detail, sizeof notice.detail, e->plan->channels[failing].name);
	for (size_t i = 0; i < e->plan->channels_n; i++)
		if (hears_of(e, i, failing))
			tell_of_none(e, i, notice);
}

/* ---- what the caps hold back ---- */

mono_t tell_advance(struct engine *e, struct now now)
{
	mono_t wake = MONO_NEVER;

	for (size_t i = 0; i < e->plan->channels_n; i++) {
		const struct channel_state *c = &e->channels[i];
		mono_t over = mono_add(c->began, USEC_PER_HOUR);

		if (c->held == 0)
			continue;
		if (!mono_reached(over, now.mono)) {
			wake = mono_min(wake, over);
			continue;
		}
		tell_of_none(e, i, (struct notice){ .kind = NOTICE_DIGEST, .created = now });
		engine_dirty(e, now);
	}
	return wake;
}
