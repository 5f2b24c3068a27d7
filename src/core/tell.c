/*
 * tell.c - an announcement becomes one notice for each recipient.
 *
 * Caps hold back only what does not matter most: a first notice, a worse
 * finding and a recovery always go out (DECISIONS 1).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "core/engine_state.h"

static bool is_worse(const struct incident *i)
{
	return incident_weight(i->finding, i->is_partial) >
	       incident_weight(i->mailed, i->is_partial_mailed);
}

/* False: this recipient has had enough mails this hour. */
static bool is_within_cap(struct engine *e, size_t recipient, bool is_exempt, struct now now)
{
	unsigned *count = &e->mails_hour[recipient];
	mono_t *began = &e->mails_hour_began[recipient];

	if (mono_span(*began, now.mono) >= USEC_PER_HOUR) {
		*began = now.mono;
		*count = 0;
	}
	(*count)++;
	return is_exempt || *count <= e->plan->mail.cap;
}

/* Any mail does the service of a repeat that is due by now. */
static void note_mail(const struct mail_plan *mail, struct incident *incident,
		      enum notice_kind kind, struct now now)
{
	struct incident_event event = {
		.at = now.wall,
		.kind = kind == NOTICE_REPEAT ? EVENT_STILL : EVENT_MAILED,
		.count = (unsigned)mail->to_n,
		.diagnosis = incident->finding,
		.code = incident->is_partial,
	};

	incident_note(incident, &event);
	if (kind != NOTICE_RECOVERED)
		incident_weigh(incident);
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

void tell_incident(struct engine *e, struct incident *incident, enum notice_kind kind,
		   struct now now)
{
	bool is_exempt = kind == NOTICE_DOWN || kind == NOTICE_RECOVERED || is_worse(incident);
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
	if (kind == NOTICE_CHANGE && is_worse(incident))
		incident->acknowledged = (wall_t){ 0 }; /* of something milder */
	/* The log of the incident tells of this mail before the mail itself is written. */
	note_mail(&e->plan->mail, incident, kind, now);
	members_are_named(e, incident);
	for (size_t i = 0; i < e->plan->mail.to_n; i++) {
		if (!is_within_cap(e, i, is_exempt, now))
			continue;
		words_copy(notice.recipient, sizeof notice.recipient, e->plan->mail.to[i].address);
		notice.id = notice_id(&notice);
		e->effects.deliver(e->effects.ctx, &notice, incident);
	}
}

/* What belongs to no incident: to everybody, and never held back. */
static void tell_everybody(struct engine *e, struct notice *notice)
{
	words_copy(notice->host, sizeof notice->host, e->plan->mail.host);
	for (size_t i = 0; i < e->plan->mail.to_n; i++) {
		words_copy(notice->recipient, sizeof notice->recipient,
			   e->plan->mail.to[i].address);
		notice->id = notice_id(notice);
		e->effects.deliver(e->effects.ctx, notice, NULL);
	}
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
