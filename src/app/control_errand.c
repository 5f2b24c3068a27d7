/*
 * control_errand.c - what a command asks for that needs the disk, or takes long
 * to draw: done on the worker thread, from a copy of the model, while the loop
 * goes on. The answer finds its talk by number, or nobody.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/chronicle.h"
#include "app/cli.h"
#include "app/control_parts.h"
#include "app/courier.h"
#include "app/post.h"
#include "app/sheaf.h"
#include "io/worker.h"

#define MAIL_IS_LATE (10 * USEC_PER_MIN)

struct errand {
	struct control *control;
	uint64_t talk;
	errand_work *work;
	bool is_json;
	char *rest;
	/* for the worker, and nobody else's meanwhile */
	struct generation *generation;
	struct model *model;
	struct post post;
	struct store *store; /* NULL: no history */
	const struct spool *spool;
	int status;
	struct buf out, err;
};

/* ---- on the worker ---- */

void errand_incidents(struct errand *e)
{
	if (!e->rest[0]) {
		chronicle_list(e->model, e->store, e->is_json, &e->out);
	} else if (!chronicle_one(e->model, e->store, e->rest, e->is_json, &e->out)) {
		buf_puts(&e->err, "there is no such incident; shorewatch incidents lists them\n");
		e->status = EXIT_BAD_NEWS;
	}
}

void errand_mails(struct errand *e)
{
	post_add_sent(&e->post, e->spool);
	if (post_has_older(&e->post, (wall_t){ e->model->now.wall.us - MAIL_IS_LATE }))
		e->status = EXIT_BAD_NEWS;
	post_write(&e->post, e->is_json, &e->out);
}

static int page_take(void *ctx, const char *name, const struct buf *bytes)
{
	struct errand *e = ctx;

	buf_printf(&e->out, "%s %zu\n", name, bytes->n);
	buf_add(&e->out, buf_text(bytes), bytes->n);
	return buf_failed(&e->out) ? -EFBIG : 0;
}

/* A line "NAME BYTES" before each file; the command writes them where it was told to. */
void errand_pages(struct errand *e)
{
	const struct sources from = { .model = e->model, .store = e->store };
	const struct sheaf_taker taker = { e, page_take };

	if (sheaf_hand(&from, &taker) == 0)
		return;
	buf_done(&e->out); /* a part of the page is not to be written */
	buf_init(&e->out, CONTROL_TEXT_MAX);
	buf_puts(&e->err, "the page is too large to be handed over; copy the folder that the "
			  "daemon writes it to\n");
	e->status = EXIT_BAD_NEWS;
}

static void work(void *ctx)
{
	struct errand *e = ctx;

	e->work(e);
}

/* ---- on the loop ---- */

static void errand_free(struct errand *e)
{
	generation_drop(e->generation);
	free(e->model);
	free(e->rest);
	post_done(&e->post);
	buf_done(&e->out);
	buf_done(&e->err);
	free(e);
}

static void done(void *ctx)
{
	struct errand *e = ctx;

	control_answer(e->control, e->talk, e->status, &e->out, &e->err);
	errand_free(e);
}

bool errand_send(const struct request *r, errand_work *what)
{
	struct daemon *d = r->control->daemon;
	struct errand *e = calloc(1, sizeof *e);
	struct model model;

	if (!e)
		return false;
	daemon_model(d, &model);
	*e = (struct errand){ .control = r->control,
			      .talk = r->talk,
			      .work = what,
			      .is_json = r->is_json,
			      .store = d->store,
			      .spool = courier_spool(d->courier),
			      .rest = strdup(r->rest),
			      .generation = generation_hold(d->generation),
			      .model = model_copy(&model) };
	buf_init(&e->out, CONTROL_TEXT_MAX);
	buf_init(&e->err, CONTROL_TEXT_MAX);
	post_init(&e->post);
	if (!e->rest || !e->model) {
		errand_free(e);
		return false;
	}
	if (what == errand_mails)
		post_add_courier(&e->post, d->courier, d->now);
	worker_queue(d->worker, e, work, done);
	return true;
}
