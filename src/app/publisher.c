/*
 * publisher.c - a copy of the model goes to the worker thread, which draws and
 * writes; a stalled disk delays reports and nothing else.
 */
#include "app/publisher.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/sheaf.h"
#include "app/thrift.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "io/loop.h"
#include "io/publish.h"
#include "io/worker.h"
#include "render/page.h"
#include "render/status_text.h"

#define CHANGE_PAUSE USEC_PER_SEC
#define FILE_MAX (64u << 20)
#define DIR_TEXT_MAX 4096

struct publisher {
	struct io *io;
	struct worker *worker;
	struct publisher_hooks hooks;
	char page_dir[DIR_TEXT_MAX], state_dir[DIR_TEXT_MAX];
	uint64_t report;
	mono_t last;
	bool is_due, is_writing, was_failing;
};

struct report {
	struct publisher *publisher;
	struct generation *generation;
	struct model *model;
	int r;
};

/* ---- on the worker ---- */

/* For `shorewatch status`: also what the public page hides. */
static int write_status(const struct report *report)
{
	struct buf text = BUF_INIT(FILE_MAX);
	int dir = file_open_dir(report->publisher->state_dir), r = dir;

	if (dir >= 0) {
		status_text(report->model, &text);
		r = file_replace(dir, "status.txt", buf_text(&text), text.n, 0600, false);
	}
	buf_done(&text);
	if (dir >= 0)
		(void)close(dir);
	return r;
}

static void report_work(void *ctx)
{
	struct report *report = ctx;
	int status;

	report->r = sheaf_publish(report->model, report->publisher->page_dir);
	thrift_trim();
	status = write_status(report); /* also where the page's folder takes nothing */
	if (report->r == 0)
		report->r = status;
}

/* ---- on the loop ---- */

static void log_trouble(struct publisher *p, int r)
{
	if (r < 0 && !p->was_failing)
		log_fail(r, "page.write dir=%s what=\"the page is not renewed\"", p->page_dir);
	if (r >= 0 && p->was_failing)
		log_notice("page.write dir=%s what=\"works again\"", p->page_dir);
	p->was_failing = r < 0;
}

static void report_done(void *ctx)
{
	struct report *report = ctx;
	struct publisher *p = report->publisher;

	p->is_writing = false;
	log_trouble(p, report->r);
	if (report->r >= 0 && p->hooks.on_published)
		p->hooks.on_published(p->hooks.ctx, report->model->report);
	generation_drop(report->generation);
	free(report->model);
	free(report);
	io_loop_wake(p->io);
}

static struct report *report_new(struct publisher *p, struct generation *generation, struct now now)
{
	struct report *report = calloc(1, sizeof *report);
	struct model model;

	if (!report)
		return NULL;
	p->hooks.look(p->hooks.ctx, &model);
	model.report = ++p->report;
	model.next_report = (wall_t){ now.wall.us + REPORT_PERIOD };
	report->publisher = p;
	report->model = model_copy(&model);
	if (!report->model) {
		free(report);
		return NULL;
	}
	report->generation = generation_hold(generation);
	return report;
}

static mono_t due_at(const struct publisher *p)
{
	return mono_add(p->last, p->is_due ? CHANGE_PAUSE : REPORT_PERIOD);
}

mono_t publisher_advance(struct publisher *p, struct generation *generation, struct now now)
{
	struct report *report;

	if (p->is_writing)
		return MONO_NEVER; /* its end wakes the loop */
	if (!mono_reached(due_at(p), now.mono))
		return due_at(p);
	p->last = now.mono;
	p->is_due = false;
	report = report_new(p, generation, now);
	if (!report)
		return due_at(p);
	p->is_writing = true;
	worker_queue(p->worker, report, report_work, report_done);
	return MONO_NEVER;
}

void publisher_touch(struct publisher *p)
{
	p->is_due = true;
}

/*
 * Numbers go on where the last life ended, or a stale page would find its picture too early. Some
 * files of one more report may lie there, when it was killed in the middle of it.
 */
static uint64_t last_number(const char *page_dir)
{
	uint64_t whole = publish_last_report(page_dir);

	return whole > 0 ? whole + 1 : 0;
}

struct publisher *publisher_new(struct io *io, struct worker *worker, const char *page_dir,
				const char *state_dir, const struct publisher_hooks *hooks)
{
	struct publisher *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	p->io = io;
	p->worker = worker;
	p->hooks = *hooks;
	(void)snprintf(p->page_dir, sizeof p->page_dir, "%s", page_dir);
	(void)snprintf(p->state_dir, sizeof p->state_dir, "%s", state_dir);
	p->report = last_number(page_dir);
	p->is_due = true;
	p->last.us = INT64_MIN / 2;
	return p;
}

void publisher_free(struct publisher *publisher)
{
	free(publisher);
}
