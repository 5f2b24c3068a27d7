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

#include "app/archive.h"
#include "app/recent.h"
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
	struct ledger *ledger;
	struct recent *recent;
	struct archive *archive;
	struct generation *drawn; /* of the last report; NULL: none yet */
	uint64_t report;
	mono_t last;
	bool is_due, is_writing, is_ending, was_failing;
};

struct report {
	struct publisher *publisher;
	struct generation *generation;
	struct model *model;
	struct sheaf sheaf;
	bool is_whole; /* every file was drawn */
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

static void report_finish(struct report *report)
{
	int status;

	report->r = sheaf_end(&report->sheaf);
	thrift_trim();
	status = write_status(report); /* also where the page's folder takes nothing */
	if (report->r == 0)
		report->r = status;
}

/* Some of the files: what else the worker has to do comes between the parts of a large page. */
static void report_work(void *ctx)
{
	struct report *report = ctx;

	report->is_whole = !sheaf_step(&report->sheaf);
	if (report->is_whole)
		report_finish(report);
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

	if (!report->is_whole && !p->is_ending) {
		worker_queue(p->worker, report, report_work, report_done);
		return;
	}
	p->is_writing = false;
	if (report->is_whole)
		log_trouble(p, report->r);
	if (report->is_whole && report->r >= 0 && p->hooks.on_published)
		p->hooks.on_published(p->hooks.ctx, report->model->report);
	generation_drop(report->generation);
	free(report->model);
	free(report);
	io_loop_wake(p->io);
}

/* What was drawn of another configuration says nothing about this one. */
static void ledger_follow(struct publisher *p, struct generation *generation)
{
	if (p->drawn == generation)
		return;
	ledger_forget(p->ledger);
	recent_forget(p->recent);
	archive_forget(p->archive);
	if (p->drawn)
		generation_drop(p->drawn);
	/* Held, so that no other one can have its address. */
	p->drawn = generation_hold(generation);
}

static struct report *report_new(struct publisher *p, struct generation *generation, struct now now)
{
	struct report *report = calloc(1, sizeof *report);
	struct sources from = { .store = NULL };
	struct model model;

	if (!report)
		return NULL;
	p->hooks.look(p->hooks.ctx, &model, &from.store);
	model.report = ++p->report;
	model.next_report = (wall_t){ now.wall.us + REPORT_PERIOD };
	report->publisher = p;
	report->model = model_copy(&model);
	if (!report->model) {
		free(report);
		return NULL;
	}
	report->generation = generation_hold(generation);
	from.model = report->model;
	from.recent = p->recent;
	from.archive = p->archive;
	ledger_follow(p, generation);
	sheaf_begin(&report->sheaf, &from, p->page_dir, p->ledger);
	return report;
}

static mono_t due_at(const struct publisher *p)
{
	return mono_add(p->last, p->is_due ? CHANGE_PAUSE : REPORT_PERIOD);
}

mono_t publisher_advance(struct publisher *p, struct generation *generation, struct now now)
{
	struct report *report;

	if (p->is_writing || p->is_ending)
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

void publisher_stop(struct publisher *p)
{
	p->is_ending = true;
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
	p->ledger = ledger_new();
	p->recent = recent_new();
	p->archive = archive_new();
	if (!p->ledger || !p->recent || !p->archive) {
		ledger_free(p->ledger);
		recent_free(p->recent);
		archive_free(p->archive);
		free(p);
		return NULL;
	}
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
	if (!publisher)
		return;
	if (publisher->drawn)
		generation_drop(publisher->drawn);
	ledger_free(publisher->ledger);
	recent_free(publisher->recent);
	archive_free(publisher->archive);
	free(publisher);
}
