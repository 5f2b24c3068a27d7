/*
 * pulse.c - see pulse.h. What is stuck is judged by progress.c; here its facts
 * are gathered, and what follows is said: each change to the log, the pings to
 * systemd and to whoever watches us from afar.
 */
#include "app/pulse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/get.h"
#include "app/progress.h"
#include "app/systemd.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/words.h"

#define JUDGE_PAUSE (5 * USEC_PER_SEC)
#define ASK_PAUSE (20 * USEC_PER_SEC)	  /* our own listener */
#define ASK_PATIENCE (10 * USEC_PER_SEC)
#define HEARTBEAT_PAUSE USEC_PER_MIN
#define HEARTBEAT_PATIENCE (15 * USEC_PER_SEC)
/* beyond twice its interval: first runs are spread, re-tests move */
#define PROBE_SLACK (30 * USEC_PER_SEC)
#define STATUS_TEXT_MAX 256
#define URL_MAX 80

struct pulse {
	struct io *io;
	const struct plan *plan;
	mono_t *launched; /* by target, references and witnesses too */
	size_t launched_n;
	unsigned stuck;
	mono_t judged, pinged;
	usec_t ping_pause; /* 0: systemd does not wait for us */

	struct get *asking; /* our own listener */
	struct address own;
	char own_url[URL_MAX];
	mono_t asked, answered;
	bool has_answered;
	uint64_t refused_full, refused_before;

	struct get *beating;
	char *heartbeat_url; /* of the beat under way: a reload may take the plan's away */
	mono_t beaten;
	bool is_beat_failing;

	char verdict[STATUS_TEXT_MAX], status[STATUS_TEXT_MAX];
	size_t mails_told;
	bool is_status_due; /* its text is made anew; otherwise only a mail can have changed it */
};

/* ---- our own listener ---- */

/* Refused for want of room is an answer, too: somebody else's flood is no reason to be killed. */
static void on_asked(void *ctx, const struct get_result *result)
{
	struct pulse *p = ctx;
	bool is_turned_away = p->refused_full != p->refused_before;

	if (result->outcome.cause != CAUSE_PASS && !is_turned_away)
		return;
	p->answered = io_now(p->io).mono;
	p->has_answered = true;
}

static mono_t ask(struct pulse *p, struct now now)
{
	mono_t next = mono_add(p->asked, ASK_PAUSE);

	if (p->own.family == FAMILY_ANY)
		return MONO_NEVER;
	if (get_is_busy(p->asking))
		return get_advance(p->asking, now);
	if (!mono_reached(next, now.mono))
		return next;
	p->asked = now.mono;
	p->refused_before = p->refused_full;
	get_start(p->asking, p->own_url, &p->own, ASK_PATIENCE);
	return mono_add(now.mono, ASK_PATIENCE);
}

void pulse_listener(struct pulse *p, const struct address *own)
{
	char text[ADDRESS_TEXT_MAX];

	p->own = *own;
	p->answered = io_now(p->io).mono;
	address_print(own, text);
	(void)snprintf(p->own_url, sizeof p->own_url, "http://%s/healthz", text);
}

/* ---- who watches us ---- */

static void on_beaten(void *ctx, const struct get_result *r)
{
	struct pulse *p = ctx;
	bool is_failing = r->outcome.cause != CAUSE_PASS || r->status < 200 || r->status > 299;

	if (is_failing && !p->is_beat_failing)
		log_warning("heartbeat outcome=%s code=%d what=\"heartbeat_url did not take it\"",
			    outcome_code(r->outcome), r->status);
	if (!is_failing && p->is_beat_failing)
		log_notice("heartbeat what=\"taken again\"");
	p->is_beat_failing = is_failing;
}

/* Its failure is nobody's outage and holds up nothing; the next one comes with the next minute. */
static mono_t beat(struct pulse *p, struct now now)
{
	mono_t next = mono_add(p->beaten, HEARTBEAT_PAUSE);

	if (get_is_busy(p->beating))
		return get_advance(p->beating, now);
	if (!p->plan->heartbeat_url || progress_is_unsound(p->stuck))
		return MONO_NEVER;
	if (!mono_reached(next, now.mono))
		return next;
	p->beaten = now.mono;
	free(p->heartbeat_url);
	p->heartbeat_url = strdup(p->plan->heartbeat_url);
	if (p->heartbeat_url)
		get_start(p->beating, p->heartbeat_url, NULL, HEARTBEAT_PATIENCE);
	return mono_add(now.mono, HEARTBEAT_PATIENCE);
}

/* ---- are we getting on? ---- */

/* By how much the latest target is beyond twice its interval and a moment. */
static usec_t probe_late(const struct pulse *p, struct now now)
{
	usec_t latest = 0;

	for (size_t i = 0; i < p->launched_n; i++) {
		const struct target_plan *t = &p->plan->targets[i];
		usec_t late = mono_span(p->launched[i], now.mono) - 2 * t->interval - t->timeout -
			      PROBE_SLACK;

		/* A job is never launched, and a relay only when the references are silent. */
		if (late > latest && !t->ping && t->role != ROLE_RELAY)
			latest = late;
	}
	return latest;
}

static usec_t past(mono_t due, struct now now)
{
	return due.us != MONO_NEVER.us && mono_reached(due, now.mono) ? mono_span(due, now.mono)
								      : 0;
}

static void tell_stuck(unsigned before, unsigned now)
{
	struct buf text = BUF_INIT(1024);

	progress_print(now, &text);
	if (now == 0)
		log_notice("progress what=\"everything that is due is done again\"");
	else
		log_line(progress_is_fatal(now) ? LOG_LEVEL_ERR : LOG_LEVEL_WARNING,
			 "progress what=\"%s\"%s", buf_text(&text),
			 progress_is_fatal(now) && !progress_is_fatal(before)
				 ? " then=\"systemd is not told that we live until it is over\""
				 : "");
	buf_done(&text);
}

/* What is stuck is looked at more often, so that a ping is not late by more than a second. */
static usec_t judge_pause(const struct pulse *p)
{
	return p->stuck != 0 ? USEC_PER_SEC : JUDGE_PAUSE;
}

static void judge(struct pulse *p, const struct pulse_view *view, struct now now)
{
	struct progress_facts facts = {
		.lag = view->lag,
		.is_crowded = view->runs_waiting > 0,
		.probe_late = probe_late(p, now),
		.mail_late = past(view->mail_due, now),
		.is_listening = p->own.family != FAMILY_ANY,
		.has_answered = p->has_answered,
		.listener_silent = mono_span(p->answered, now.mono),
		.disk_age = view->disk_age,
	};
	unsigned before = p->stuck;

	p->judged = now.mono;
	p->stuck = progress_judge(&facts);
	if (p->stuck != before)
		tell_stuck(before, p->stuck);
}

static mono_t ping(struct pulse *p, struct now now)
{
	if (p->ping_pause == 0)
		return MONO_NEVER;
	if (mono_span(p->pinged, now.mono) >= p->ping_pause && !progress_is_fatal(p->stuck)) {
		systemd_say("WATCHDOG=1");
		p->pinged = now.mono;
	}
	return mono_add(p->pinged, p->ping_pause);
}

/* ---- STATUS= ---- */

void pulse_found(struct pulse *p, const struct model *model)
{
	const struct finding *worst = &model->stacks[model->worst].finding;
	bool is_fine = worst->primary == DIAGNOSIS_NONE;

	(void)snprintf(p->verdict, sizeof p->verdict, "%s: %zu targets, %zu open incident%s%s%s",
		       model->vantage == VANTAGE_ISOLATED ? "offline"
		       : is_fine			  ? "fine"
							  : diagnosis_name(worst->primary),
		       model->plan->targets_n, model->incidents_n,
		       model->incidents_n == 1 ? "" : "s",
		       model->trouble ? "; the configuration is faulty: " : "",
		       model->trouble ? model->trouble : "");
	p->is_status_due = true;
}

static void tell_status(struct pulse *p, const struct pulse_view *view)
{
	char status[STATUS_TEXT_MAX + 32];

	if (p->verdict[0] == '\0' || (!p->is_status_due && view->mails_waiting == p->mails_told))
		return;
	p->is_status_due = false;
	p->mails_told = view->mails_waiting;
	(void)snprintf(status, sizeof status, "%zu mail%s waiting; %s", view->mails_waiting,
		       view->mails_waiting == 1 ? "" : "s", p->verdict);
	status[sizeof p->status - 1] = '\0';
	if (strcmp(status, p->status) == 0)
		return;
	(void)words_copy(p->status, sizeof p->status, status);
	systemd_status(p->status);
}

/* ---- life ---- */

void pulse_launched(struct pulse *p, uint32_t target, struct now now)
{
	if (target < p->launched_n)
		p->launched[target] = now.mono;
}

void pulse_touch(struct pulse *p)
{
	p->status[0] = '\0';
	p->is_status_due = true;
}

mono_t pulse_advance(struct pulse *p, const struct pulse_view *view, struct now now)
{
	mono_t wake;

	p->refused_full = view->refused_full;
	wake = ask(p, now);
	if (mono_span(p->judged, now.mono) >= judge_pause(p))
		judge(p, view, now);
	tell_status(p, view);
	wake = mono_min(wake, ping(p, now));
	wake = mono_min(wake, beat(p, now));
	return mono_min(wake, mono_add(p->judged, judge_pause(p)));
}

void pulse_renew(struct pulse *p, const struct plan *plan, struct now now)
{
	size_t n = plan->targets_n + plan->references_n + plan->witnesses_n;
	mono_t *launched = realloc(p->launched, (n + 1) * sizeof *launched);

	p->plan = plan;
	p->answered = now.mono;
	if (launched)
		p->launched = launched;
	p->launched_n = launched ? n : 0; /* without memory their lateness is not seen */
	for (size_t i = 0; i < p->launched_n; i++)
		p->launched[i] = now.mono;
}

struct pulse *pulse_new(struct io *io, const struct plan *plan, struct now now)
{
	struct pulse *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	p->io = io;
	p->ping_pause = systemd_watchdog_pause();
	p->pinged.us = p->asked.us = p->beaten.us = p->judged.us = INT64_MIN / 2;
	p->asking = get_new(io, on_asked, p);
	p->beating = get_new(io, on_beaten, p);
	if (!p->asking || !p->beating) {
		pulse_free(p);
		return NULL;
	}
	pulse_renew(p, plan, now);
	return p;
}

void pulse_free(struct pulse *p)
{
	if (!p)
		return;
	get_free(p->asking);
	get_free(p->beating);
	free(p->heartbeat_url);
	free(p->launched);
	free(p);
}
