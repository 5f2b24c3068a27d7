/*
 * control.c - see control.h.
 *
 * Owns the table of verbs. What can be said from memory is said at once; what
 * needs the disk is an errand to the worker (control_errand.c) and is answered
 * when that returns. A verb that changes something does it here, on the loop.
 */
#include "app/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cli.h"
#include "app/control_parts.h"
#include "app/publisher.h"
#include "base/log.h"
#include "render/page.h"
#include "render/status_text.h"

/* ---- answers ---- */

void control_answer(struct control *c, uint64_t talk, int status, struct buf *out, struct buf *err)
{
	struct buf answer = BUF_INIT(CONTROL_ANSWER_MAX);

	if (buf_failed(out) || buf_failed(err)) {
		buf_printf(&answer, CONTROL_GREETING "%d 0 0\n", EXIT_BAD_NEWS);
	} else {
		buf_printf(&answer, CONTROL_GREETING "%d %zu %zu\n", status, out->n, err->n);
		buf_add(&answer, buf_text(out), out->n);
		buf_add(&answer, buf_text(err), err->n);
	}
	io_control_answer(c->socket, talk, &answer);
	buf_done(&answer);
}

void request_refuse(struct request *r, const char *why)
{
	r->status = EXIT_BAD_NEWS;
	buf_printf(&r->err, "%s\n", why);
}

/* ---- verbs ---- */

static void on_status(struct request *r)
{
	struct daemon *d = r->control->daemon;
	struct model model;

	daemon_model(d, &model);
	if (r->is_json)
		page_status_json(&model, &r->out);
	else
		status_text(&model, &r->out);
	r->status = model.incidents_n > 0 ? EXIT_BAD_NEWS : EXIT_GOOD;
}

/* The worst of those that are open; NULL: none is. */
static const char *open_incident(struct daemon *d, struct buf *scratch)
{
	struct model model;

	engine_model(d->engine, d->now, &model);
	if (model.incidents_n == 0)
		return NULL;
	buf_puts(scratch, model.incidents[0].number);
	return buf_text(scratch);
}

/* "note NUMBER TEXT"; NUMBER "-" is the worst open one. */
static void on_note(struct request *r)
{
	struct daemon *d = r->control->daemon;
	const char *text = strchr(r->rest, ' ');
	struct buf number = BUF_INIT(INCIDENT_NUMBER_MAX), open = BUF_INIT(INCIDENT_NUMBER_MAX);
	const char *subject;

	if (text)
		buf_add(&number, r->rest, (size_t)(text - r->rest));
	subject = strcmp(buf_text(&number), "-") == 0 ? open_incident(d, &open) : buf_text(&number);
	if (!text || !text[1])
		request_refuse(r, "a note needs words");
	else if (!subject)
		request_refuse(
			r, "no incident is open; name the one that the note is about (shorewatch "
			   "incidents lists them)");
	else if (!engine_note(d->engine, subject, text + 1, d->now))
		request_refuse(r,
			       "there is no such incident any more that a note could be added to; "
			       "shorewatch incidents lists them");
	else
		buf_printf(&r->out, "noted on incident %s\n", subject);
	if (r->status == EXIT_GOOD) {
		d->is_state_dirty = true;
		publisher_touch(d->publisher);
		log_notice("note incident=%s", subject);
	}
	buf_done(&number);
	buf_done(&open);
}

static void on_reload(struct request *r)
{
	struct daemon *d = r->control->daemon;
	struct buf told = BUF_INIT(CONTROL_TEXT_MAX);
	bool is_good = daemon_reload(d, &told);

	if (is_good)
		buf_printf(&r->out, "read %s again\n", d->generation->plan.file);
	buf_add(is_good ? &r->out : &r->err, buf_text(&told), told.n);
	r->status = is_good ? EXIT_GOOD : EXIT_BAD_NEWS;
	buf_done(&told);
}

/* Its own folder is written by the publisher alone. */
static void on_render(struct request *r)
{
	const struct plan *plan = &r->control->daemon->generation->plan;

	publisher_touch(r->control->daemon->publisher);
	buf_printf(&r->out, "shorewatch runs; it renews the page in %s%s now\n",
		   plan->page.dir ? plan->page.dir : plan->state_dir,
		   plan->page.dir ? "" : "/public");
}

static const struct verb {
	const char *name;
	void (*answer)(struct request *r); /* NULL: an errand */
	errand_work *work;
} verbs[] = {
	{ "status", on_status, NULL },		 { "note", on_note, NULL },
	{ "reload", on_reload, NULL },		 { "silence", on_silence, NULL },
	{ "unsilence", on_unsilence, NULL },	 { "ack", on_ack, NULL },
	{ "incidents", NULL, errand_incidents }, { "mails", NULL, errand_mails },
	{ "render", on_render, NULL },		 { "pages", NULL, errand_pages },
	{ "drill", on_drill, NULL },
};

/* ---- requests ---- */

static const struct verb *verb_find(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (strlen(verbs[i].name) == n && memcmp(verbs[i].name, name, n) == 0)
			return &verbs[i];
	return NULL;
}

/* "VERB [json] REST" */
static const struct verb *request_read(struct request *r, const char *line)
{
	const char *end = strchrnul(line, ' ');
	const struct verb *verb = verb_find(line, (size_t)(end - line));

	r->rest = *end ? end + 1 : end;
	r->is_json = strcmp(r->rest, "json") == 0 || strncmp(r->rest, "json ", 5) == 0;
	if (r->is_json)
		r->rest += r->rest[4] ? 5 : 4;
	return verb;
}

static void serve(struct request *r, const char *line)
{
	const struct verb *verb = request_read(r, line);
	struct daemon *d = r->control->daemon;

	d->now = io_now(d->io);
	if (!verb)
		request_refuse(
			r, "the running daemon knows no such request; it is of another version: "
			   "restart it");
	else if (d->is_stopping || !d->engine)
		request_refuse(r, "shorewatch is starting or ending; ask again in a moment");
	else if (verb->answer)
		verb->answer(r);
	else if (errand_send(r, verb->work))
		return; /* answered by it */
	else
		request_refuse(r, "no memory");
	control_answer(r->control, r->talk, r->status, &r->out, &r->err);
}

static void on_request(void *ctx, uint64_t talk, const char *line)
{
	struct request r = { .control = ctx,
			     .talk = talk,
			     .out = BUF_INIT(CONTROL_TEXT_MAX),
			     .err = BUF_INIT(CONTROL_TEXT_MAX) };
	size_t n = strlen(CONTROL_GREETING);

	if (strncmp(line, CONTROL_GREETING, n) == 0) {
		serve(&r, line + n);
	} else {
		request_refuse(&r, "the running daemon speaks shorewatch/1; this is not that");
		control_answer(r.control, talk, EXIT_USAGE, &r.out, &r.err);
	}
	buf_done(&r.out);
	buf_done(&r.err);
}

static void on_nonsense(void *ctx, const char *why, struct buf *to)
{
	(void)ctx;
	buf_printf(to, CONTROL_GREETING "%d 0 %zu\n%s\n", EXIT_USAGE, strlen(why) + 1, why);
}

/* ---- life ---- */

struct control *control_new(struct daemon *d)
{
	struct io_control_hooks hooks = { .on_request = on_request, .on_nonsense = on_nonsense };
	struct control *c = calloc(1, sizeof *c);
	struct buf path = BUF_INIT(8192);
	int r = -ENOMEM;

	buf_printf(&path, "%s/control", d->generation->plan.state_dir);
	if (c) {
		c->daemon = d;
		hooks.ctx = c;
		r = io_control_new(d->io, buf_text(&path), &hooks, &c->socket);
	}
	if (r < 0) {
		log_fail(r, "control path=%s what=\"commands cannot ask the daemon\"",
			 buf_text(&path));
		free(c);
		c = NULL;
	}
	buf_done(&path);
	return c;
}

void control_free(struct control *c)
{
	if (!c)
		return;
	io_control_free(c->socket);
	free(c);
}
