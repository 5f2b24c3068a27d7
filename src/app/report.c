/*
 * report.c - what happened, as one line: to the log, and to whoever looks on.
 */
#include <stdarg.h>
#include <stdio.h>

#include "app/daemon.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"

#define LINE_MAX_BYTES 1024

void daemon_tell(struct daemon *d, enum daemon_event event, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list args;

	if (!d->setup.on_event)
		return;
	va_start(args, format);
	(void)vsnprintf(line, sizeof line, format, args);
	va_end(args);
	d->setup.on_event(d->setup.ctx, event, line, d->now);
}

static void report_transition(struct daemon *d, const struct record *r)
{
	const char *outcome = outcome_code(r->outcome);

	log_info("verdict target=%s from=%s to=%s outcome=%s", r->name, r->from, r->to, outcome);
	if (r->outcome.cause == CAUSE_PASS)
		daemon_tell(d, DAEMON_TRANSITION, "%s: %s -> %s", r->name, r->from, r->to);
	else
		daemon_tell(d, DAEMON_TRANSITION, "%s: %s -> %s (%s)", r->name, r->from, r->to,
			    outcome);
}

static const char *state_word(const struct incident *i)
{
	switch (i->state) {
	case INCIDENT_FREE:
		return "free";
	case INCIDENT_WAITING:
		return "waiting";
	case INCIDENT_OPEN:
		return "open";
	case INCIDENT_CLOSED:
		return "closed";
	}
	return "?";
}

static void report_incident(struct daemon *d, const struct record *r)
{
	const struct incident *i = r->incident;

	log_notice("incident id=%s stack=%s state=%s diagnosis=%s failing=%u mails=%u", i->number,
		   i->stack, state_word(i), diagnosis_name(i->finding), i->failing, i->mails);
	daemon_tell(d, DAEMON_INCIDENT, "incident %s %s: %s", i->number, state_word(i),
		    diagnosis_name(i->state == INCIDENT_CLOSED ? i->worst : i->finding));
}

static void report_observation(const struct record *r)
{
	const struct observation *o = r->observation;
	char address[ADDRESS_TEXT_MAX];
	struct buf note = BUF_INIT(1024);

	if (!log_is_wanted(LOG_LEVEL_DEBUG))
		return; /* each run comes through here */
	address_print(&o->address, address);
	text_log(&note, o->note);
	log_debug("observation target=%s outcome=%s code=%d total_us=%lld address=%s note=%s",
		  r->name, outcome_code(o->outcome), o->code, (long long)o->total_us, address,
		  buf_text(&note));
	buf_done(&note);
}

void report_record(struct daemon *d, const struct record *record)
{
	switch (record->kind) {
	case RECORD_OBSERVATION:
		report_observation(record);
		break;
	case RECORD_TRANSITION:
		report_transition(d, record);
		break;
	case RECORD_INCIDENT:
		report_incident(d, record);
		break;
	case RECORD_DAY:
	case RECORD_STATE:
		break;
	}
}
