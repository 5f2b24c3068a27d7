/*
 * refresh.c - see refresh.h.
 *
 * A watch is one incident as one recipient knows it. It begins with a delivery
 * and ends with the incident's last notice, or when the incident is gone. The
 * pause is a minute: Alertmanager forgets after its resolve_timeout, 5 minutes
 * by default, so that four may fail in a row (prometheus.io, "Sending alerts":
 * every 30 s to 3 min).
 */
#include "app/refresh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/key.h"
#include "base/log.h"
#include "base/text.h"
#include "render/brief.h"

#define PAUSE	    USEC_PER_MIN
#define WATCHES_MAX 128 /* incidents times recipients, of those few that want it */

struct watch {
	struct refresh *refresh;
	uint64_t incident; /* 0: free */
	uint64_t recipient; /* key_text() of it */
	const struct notify_kind *kind; /* of the attempt under way */
	struct notify_delivery *delivery;
	struct generation *generation;
	struct buf body;
	bool is_failing;
};

struct refresh {
	struct io *io;
	mono_t next; /* round */
	bool is_full_told;
	struct watch watches[WATCHES_MAX];
};

/* ---- watches ---- */

static struct watch *watch_find(struct refresh *r, uint64_t incident, uint64_t recipient)
{
	for (size_t i = 0; i < WATCHES_MAX; i++)
		if (r->watches[i].incident == incident && r->watches[i].recipient == recipient)
			return &r->watches[i];
	return NULL;
}

static void watch_cut(struct watch *w)
{
	if (w->delivery != NULL)
		(void)w->kind->cancel(w->delivery); /* in doubt or not: the next one will tell */
	w->delivery = NULL;
	if (w->generation != NULL)
		generation_drop(w->generation);
	w->generation = NULL;
	buf_done(&w->body);
}

static void watch_end(struct watch *w)
{
	watch_cut(w);
	*w = (struct watch){ .refresh = w->refresh };
}

static void watch_begin(struct refresh *r, const struct notice *notice, uint64_t recipient)
{
	struct watch *w = watch_find(r, 0, 0);

	if (w == NULL) {
		if (!r->is_full_told)
			log_warning("refresh incident=%s what=\"too many at once; its alert ends by "
				    "itself, though it goes on\"",
				    notice->number);
		r->is_full_told = true;
		return;
	}
	w->incident = notice->incident;
	w->recipient = recipient;
}

void refresh_delivered(struct refresh *r, const struct notice *notice)
{
	uint64_t recipient = key_text(notice->recipient);
	struct watch *w;

	if (notice->incident == 0 || notice->is_drill)
		return;
	w = watch_find(r, notice->incident, recipient);
	if (notice->kind == NOTICE_RECOVERED) {
		if (w != NULL)
			watch_end(w);
	} else if (w == NULL) {
		watch_begin(r, notice, recipient);
	}
}

void refresh_ended(struct refresh *r, uint64_t incident)
{
	for (size_t i = 0; i < WATCHES_MAX; i++)
		if (incident != 0 && r->watches[i].incident == incident)
			watch_end(&r->watches[i]);
}

/* ---- one attempt ---- */

static void tell_failing(const struct watch *w, const struct io_mail_result *result)
{
	struct buf reply = BUF_INIT(2048);

	text_line(&reply, result->reply);
	log_warning("refresh kind=%s code=%d what=\"an open incident could not be told again; its "
		    "alert ends by itself in a while\" reply=\"%s\"",
		    w->kind->name, result->code, buf_text(&reply));
	buf_done(&reply);
}

/* Each change once: what fails every minute would fill the log. */
static void on_done(void *ctx, const struct io_mail_result *result)
{
	struct watch *w = ctx;
	bool is_failing = result->verdict != MAIL_ACCEPTED;

	w->delivery = NULL;
	if (is_failing && !w->is_failing)
		tell_failing(w, result);
	if (!is_failing && w->is_failing)
		log_notice("refresh kind=%s what=\"taken again\"", w->kind->name);
	w->is_failing = is_failing;
	watch_cut(w);
}

/* As a repeat would tell it now; no notice is made of it, and none counts it. */
static struct notice notice_of(const struct incident *i, const struct refresh_way *way,
			       struct now now)
{
	struct notice notice = {
		.incident = i->id,
		.seq = i->mails,
		.kind = NOTICE_REPEAT,
		.diagnosis = i->mailed,
		.is_partial = i->is_partial_mailed,
		.created = now,
		.opened = i->opened,
	};

	(void)snprintf(notice.recipient, sizeof notice.recipient, "%s", way->recipient);
	(void)snprintf(notice.number, sizeof notice.number, "%s", i->number);
	(void)snprintf(notice.stack, sizeof notice.stack, "%s", i->stack);
	(void)snprintf(notice.host, sizeof notice.host, "%s", i->host);
	notice.id = notice_id(&notice);
	return notice;
}

/* Only what it is now: what it was before, the outbox has ended. False: no memory. */
static bool body_write(struct watch *w, const struct refresh_way *way, const struct model *model,
		       const struct incident *incident, const struct notice *notice)
{
	const struct mail_request request = { model, incident, notice, way->language };
	struct brief brief;
	bool is_good;

	brief_init(&brief, &request);
	brief.words.levels_told = 1u << brief.words.level;
	buf_init(&w->body, MAIL_BYTES_MAX);
	way->kind->write(&brief.words, way->params, &w->body);
	is_good = !brief_failed(&brief) && !buf_failed(&w->body);
	brief_done(&brief);
	return is_good;
}

static void watch_tell(struct watch *w, const struct refresh_view *view,
		       const struct refresh_way *way, const struct model *model,
		       const struct incident *incident)
{
	const struct notice notice = notice_of(incident, way, model->now);
	struct notify_attempt attempt = {
		.io = w->refresh->io,
		.plan = &view->generation->plan,
		.recipient = way->recipient,
		.params = way->params,
		.id = notice.id,
		.on_done = on_done,
		.ctx = w,
	};
	struct notify_delivery *delivery;

	if (!body_write(w, way, model, incident, &notice)) {
		buf_done(&w->body);
		return; /* the next minute may have the memory */
	}
	attempt.message = buf_text(&w->body);
	attempt.message_bytes = w->body.n;
	w->kind = way->kind;
	w->generation = generation_hold(view->generation);
	delivery = way->kind->start(&attempt);
	if (delivery != NULL)
		w->delivery = delivery; /* else it is done */
}

/* ---- rounds ---- */

static const struct refresh_way *way_of(const struct refresh_view *view, uint64_t recipient)
{
	for (size_t i = 0; i < view->ways_n; i++)
		if (view->ways[i].kind->is_refreshed &&
		    key_text(view->ways[i].recipient) == recipient)
			return &view->ways[i];
	return NULL;
}

static const struct incident *incident_of(const struct model *model, uint64_t id)
{
	for (size_t i = 0; i < model->incidents_n; i++)
		if (model->incidents[i].id == id)
			return &model->incidents[i];
	return NULL;
}

/* A way that was taken out of the configuration is told nothing more; an attempt may be slow. */
static void watch_advance(struct watch *w, const struct refresh_view *view,
			  const struct model *model)
{
	const struct refresh_way *way = way_of(view, w->recipient);
	const struct incident *incident = incident_of(model, w->incident);

	if (way == NULL || incident == NULL)
		watch_end(w);
	else if (w->delivery == NULL)
		watch_tell(w, view, way, model, incident);
}

static bool is_wanted(const struct refresh *r, const struct refresh_view *view)
{
	for (size_t i = 0; i < WATCHES_MAX; i++)
		if (r->watches[i].incident != 0 && way_of(view, r->watches[i].recipient) != NULL)
			return true;
	return false;
}

mono_t refresh_advance(struct refresh *r, const struct refresh_view *view, struct now now)
{
	struct model model;

	if (!mono_reached(r->next, now.mono))
		return r->next;
	r->next = mono_add(now.mono, PAUSE);
	if (!is_wanted(r, view))
		return r->next;
	view->look(view->ctx, &model);
	for (size_t i = 0; i < WATCHES_MAX; i++)
		if (r->watches[i].incident != 0)
			watch_advance(&r->watches[i], view, &model);
	return r->next;
}

/* ---- life ---- */

struct refresh *refresh_new(struct io *io)
{
	struct refresh *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->io = io;
	r->next.us = INT64_MIN / 2; /* at once: after a start the other side may be about to forget */
	for (size_t i = 0; i < WATCHES_MAX; i++)
		r->watches[i].refresh = r;
	return r;
}

void refresh_free(struct refresh *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < WATCHES_MAX; i++)
		watch_cut(&r->watches[i]);
	free(r);
}
