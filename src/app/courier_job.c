/*
 * courier_job.c - see courier_job.h.
 */
#include "app/courier_job.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/courier_look.h"
#include "base/key.h"
#include "base/text.h"
#include "base/words.h"
#include "core/fields.h"
#include "core/rows.h"
#include "io/worker.h"

struct job {
	struct courier_order order;
	int r;
};

static int run_put(struct courier_order *o)
{
	if (buf_failed(&o->file))
		return -ENOMEM;
	return spool_put(o->spool, o->id, buf_text(&o->file), o->file.n);
}

static void work(void *ctx)
{
	struct job *job = ctx;
	struct courier_order *o = &job->order;

	switch (o->verb) {
	case COURIER_STOCK:
		job->r = spool_stock(o->spool);
		return;
	case COURIER_PUT:
		job->r = run_put(o);
		return;
	case COURIER_BEGIN:
		job->r = spool_begin(o->spool, o->id);
		return;
	case COURIER_RETURN:
		job->r = spool_return(o->spool, o->id);
		return;
	case COURIER_FINISH:
		job->r = spool_finish(o->spool, o->id, o->record, o->at);
		return;
	case COURIER_EML:
		job->r = spool_eml(o->spool, o->name, o->message, o->message_bytes);
		return;
	case COURIER_LOOK:
		job->r = look_run(o->look, spool_dir(o->spool));
		return;
	}
}

static void done(void *ctx)
{
	struct job *job = ctx;

	job->order.on_done(job->order.ctx, &job->order, job->r);
	buf_done(&job->order.file);
	free(job);
}

void courier_job(struct worker *worker, const struct courier_order *order)
{
	struct job *job = malloc(sizeof *job);

	if (!job) {
		struct buf file = order->file;

		order->on_done(order->ctx, order, -ENOMEM);
		buf_done(&file);
		return;
	}
	job->order = *order;
	job->r = 0;
	worker_queue(worker, job, work, done);
}

/* ---- what stays of a notice ---- */

#define FIELD(field, type, key) ROW(notice, field, type, key)
static const struct row record_rows[] = {
	FIELD(id, ROW_ID, "id"),	     FIELD(incident, ROW_ID, "incident"),
	FIELD(seq, ROW_COUNT, "seq"),	     FIELD(serial, ROW_LONG, "serial"),
	FIELD(kind, ROW_INT, "kind"),	     FIELD(is_drill, ROW_BOOL, "drill"),
	FIELD(diagnosis, ROW_INT, "diagnosis"), FIELD(created, ROW_NOW, "created"),
	FIELD(opened, ROW_NOW, "opened"),    FIELD(number, ROW_WORD, "number"),
	FIELD(stack, ROW_WORD, "stack"),     FIELD(affected, ROW_WORD, "affected"),
	FIELD(recipient, ROW_WORD, "to"),    ROW_END,
};

/* One line: the fields, then the relay's last word for people, as far as there is room. */
void courier_record(struct courier_order *order, const struct notice *notice, const char *reply)
{
	struct buf text = BUF_INIT(2048);
	char *newline;

	rows_write(&text, record_rows, notice);
	words_copy(order->record, sizeof order->record - 64, buf_text(&text));
	buf_done(&text);
	newline = strchr(order->record, '\n');
	if (!newline)
		return; /* names too long: who it was for matters more than the reply */
	words_copy(newline + 1, sizeof order->record - 64 - (size_t)(newline + 1 - order->record),
		   reply);
}

bool courier_read_record(const char *record, struct notice *ret)
{
	const char *newline = strchr(record, '\n');
	size_t n = newline ? (size_t)(newline - record) : strlen(record);

	*ret = (struct notice){ 0 };
	if (!rows_read(record, n, record_rows, 0, ret))
		return false;
	return ret->id != 0 && (int)ret->kind >= 0 && ret->kind < NOTICE_KINDS &&
	       (int)ret->diagnosis >= 0 && ret->diagnosis < DIAGNOSIS_COUNT;
}

void courier_file_name(const struct notice *notice, char name[COURIER_NAME_MAX])
{
	const char *number = notice->number[0] ? notice->number : "notice";

	(void)snprintf(name, COURIER_NAME_MAX, "%s-%" PRIu32 "-%s-%08" PRIx32, number, notice->seq,
		       notice_kind_name(notice->kind),
		       (uint32_t)(notice->number[0] ? key_text(notice->recipient) : notice->id));
}

void courier_name(struct courier_order *order, const struct notice *notice)
{
	courier_file_name(notice, order->name);
}

void courier_clean_reply(const char *reply, struct buf *to)
{
	text_line(to, reply);
}

const char *courier_result_name(enum outbox_result result)
{
	static const char *const names[] = {
		[OUTBOX_ACCEPTED] = "accepted",
		[OUTBOX_LATER] = "later",
		[OUTBOX_REFUSED] = "refused",
		[OUTBOX_IN_DOUBT] = "in-doubt",
		[OUTBOX_UNREACHED] = "later", /* the reply says how */
	};

	return names[result];
}
