/*
 * post.c - see post.h.
 */
#include "app/post.h"

#include <stdlib.h>
#include <string.h>

#include "app/courier.h"
#include "app/courier_job.h"
#include "app/table.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/words.h"
#include "core/outbox.h"
#include "io/spool.h"

#define SENT_SHOWN	  100
#define STATE_COLUMNS	  8
#define KIND_COLUMNS	  11
#define NUMBER_COLUMNS	  12
#define RECIPIENT_COLUMNS 24

void post_init(struct post *post)
{
	*post = (struct post){ .rows = NULL };
}

void post_done(struct post *post)
{
	free(post->rows);
	post_init(post);
}

static struct post_row *row_add(struct post *post, enum post_state state,
				const struct notice *notice)
{
	struct post_row *row;

	if (post->n == post->room) {
		size_t room = post->room > 0 ? post->room * 2 : 64;
		struct post_row *rows = reallocarray(post->rows, room, sizeof *rows);

		post->has_failed |= !rows;
		if (!rows)
			return NULL;
		post->rows = rows;
		post->room = room;
	}
	row = &post->rows[post->n++];
	*row = (struct post_row){ .state = state, .notice = *notice };
	return row;
}

/* ---- what waits ---- */

static enum post_state state_of(const struct outbox_entry *entry)
{
	if (entry->is_in_doubt)
		return POST_IN_DOUBT;
	if (entry->state == OUTBOX_SENDING)
		return POST_SENDING;
	return entry->state == OUTBOX_STORING ? POST_STORING : POST_WAITING;
}

struct waiting {
	struct post *post;
	struct now now;
};

static void add_waiting(void *ctx, const struct outbox_entry *entry)
{
	const struct waiting *waiting = ctx;
	struct post_row *row = row_add(waiting->post, state_of(entry), &entry->notice);

	if (!row)
		return;
	row->attempts = entry->attempts;
	if (row->state == POST_WAITING)
		row->at.us = waiting->now.wall.us + mono_span(waiting->now.mono, entry->next);
	words_copy(row->reply, sizeof row->reply, entry->reply);
}

void post_add_courier(struct post *post, const struct courier *courier, struct now now)
{
	struct waiting waiting = { post, now };

	courier_each(courier, add_waiting, &waiting);
}

static void add_found(void *ctx, uint64_t id, bool is_inflight, const char *bytes, size_t n)
{
	struct notice notice;
	unsigned attempts;
	struct post_row *row;

	if (notice_read(bytes, n, &notice, &attempts) < 0 || notice.id != id)
		return; /* the daemon's next start tells of it */
	row = row_add(ctx, is_inflight ? POST_IN_DOUBT : POST_WAITING, &notice);
	if (row)
		row->attempts = attempts;
}

/* ---- what was sent ---- */

/* What stands before the last word in the record of a notice that was not sent. */
static const char *const marks[] = {
	[POST_GIVEN_UP] = COURIER_GIVEN_UP,
	[POST_MERGED] = COURIER_MERGED,
};

static bool is_marked(const char *reply, enum post_state state)
{
	return strncmp(reply, marks[state], strlen(marks[state])) == 0;
}

static enum post_state final_state(const char *reply)
{
	size_t n = strlen(reply);

	if (is_marked(reply, POST_GIVEN_UP))
		return POST_GIVEN_UP;
	if (is_marked(reply, POST_MERGED))
		return POST_MERGED;
	return reply[0] == '/' && n > 4 && strcmp(reply + n - 4, ".eml") == 0 ? POST_WRITTEN
									      : POST_SENT;
}

static void add_sent(void *ctx, uint64_t id, wall_t at, const char *record)
{
	const char *reply = strchr(record, '\n');
	struct notice notice;
	struct post_row *row;

	(void)id;
	if (!courier_read_record(record, &notice))
		return;
	reply = reply ? reply + 1 : "";
	row = row_add(ctx, final_state(reply), &notice);
	if (!row)
		return;
	row->at = at;
	if (row->state == POST_GIVEN_UP || row->state == POST_MERGED)
		reply += strlen(marks[row->state]);
	words_copy(row->reply, sizeof row->reply, reply);
}

void post_add_sent(struct post *post, const struct spool *spool)
{
	spool_sent(spool, add_sent, post);
}

int post_add_folder(struct post *post, const char *outbox)
{
	return spool_look(outbox, add_found, add_sent, post);
}

/* ---- writing ---- */

static bool is_final(const struct post_row *row)
{
	return row->state == POST_SENT || row->state == POST_WRITTEN ||
	       row->state == POST_GIVEN_UP || row->state == POST_MERGED;
}

/* Waiting ones in the order in which they will be sent, then final ones, the newest first. */
static int row_compare(const void *a, const void *b)
{
	const struct post_row *x = a, *y = b;
	int64_t by = x->notice.created.wall.us - y->notice.created.wall.us;

	if (is_final(x) != is_final(y))
		return is_final(x) ? 1 : -1;
	if (is_final(x))
		by = y->at.us - x->at.us;
	return by < 0 ? -1 : by > 0;
}

static const char *state_word(enum post_state state)
{
	static const char *const words[] = {
		[POST_STORING] = "storing",   [POST_WAITING] = "waits", [POST_SENDING] = "sending",
		[POST_IN_DOUBT] = "in-doubt", [POST_SENT] = "sent",	[POST_WRITTEN] = "written",
		[POST_GIVEN_UP] = "given-up", [POST_MERGED] = "merged",
	};

	return words[state];
}

static void put_row(const struct post_row *row, struct buf *to)
{
	const struct notice *n = &row->notice;

	table_cell(to, state_word(row->state), STATE_COLUMNS);
	table_time_cell(to, n->created.wall);
	table_cell(to, notice_kind_name(n->kind), KIND_COLUMNS);
	table_cell(to, n->number[0] ? n->number : "-", NUMBER_COLUMNS);
	table_cell(to, n->recipient[0] ? n->recipient : "-", RECIPIENT_COLUMNS);
	if (is_final(row)) {
		table_time_cell(to, row->at);
	} else {
		buf_printf(to, "%u attempt%s  ", row->attempts, row->attempts == 1 ? "" : "s");
		if (wall_is_set(row->at)) {
			buf_puts(to, "next ");
			table_time_cell(to, row->at);
		}
	}
	text_line(to, row->reply);
	buf_putc(to, '\n');
}

static void write_text(const struct post *post, size_t shown, struct buf *to)
{
	if (post->n == 0) {
		buf_puts(to, "no mail so far\n");
		return;
	}
	table_cell(to, "STATE", STATE_COLUMNS);
	table_cell(to, "MADE", strlen("2026-11-21 14:01:40"));
	table_cell(to, "KIND", KIND_COLUMNS);
	table_cell(to, "INCIDENT", NUMBER_COLUMNS);
	table_cell(to, "TO", RECIPIENT_COLUMNS);
	buf_puts(to, "WHEN AND THE LAST WORD\n");
	for (size_t i = 0; i < shown; i++)
		put_row(&post->rows[i], to);
	if (shown < post->n)
		buf_printf(to, "(and %zu older ones)\n", post->n - shown);
}

static void put_time(struct json_writer *w, const char *key, wall_t at)
{
	struct buf text = BUF_INIT(64);

	json_key(w, key);
	if (wall_is_set(at))
		calendar_print_iso(&text, at);
	json_text(w, wall_is_set(at) ? buf_text(&text) : NULL);
	buf_done(&text);
}

static void put_text(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_text(w, text[0] ? text : NULL);
}

static void write_json(const struct post *post, size_t shown, struct buf *to)
{
	struct json_writer w;

	json_begin(&w, to);
	json_object(&w);
	put_text(&w, "schema", "shorewatch.mails/1");
	json_key(&w, "mails");
	json_array(&w);
	for (size_t i = 0; i < shown; i++) {
		const struct post_row *row = &post->rows[i];

		json_object(&w);
		put_text(&w, "state", state_word(row->state));
		put_time(&w, "made", row->notice.created.wall);
		put_text(&w, "kind", notice_kind_name(row->notice.kind));
		put_text(&w, "diagnosis", diagnosis_name(row->notice.diagnosis));
		put_text(&w, "incident", row->notice.number);
		json_key(&w, "drill"), json_bool(&w, row->notice.is_drill);
		put_text(&w, "to", row->notice.recipient);
		json_key(&w, "attempts"), json_int(&w, row->attempts);
		put_time(&w, is_final(row) ? "ended" : "next", row->at);
		put_text(&w, "last_word", row->reply);
		json_object_end(&w);
	}
	json_array_end(&w);
	json_key(&w, "older"), json_int(&w, (int64_t)(post->n - shown));
	json_object_end(&w);
	buf_putc(to, '\n');
}

void post_write(struct post *post, bool is_json, struct buf *to)
{
	size_t shown = 0, final = 0;

	if (post->n > 1)
		qsort(post->rows, post->n, sizeof post->rows[0], row_compare);
	while (shown < post->n && final < SENT_SHOWN)
		final += is_final(&post->rows[shown++]);
	(is_json ? write_json : write_text)(post, shown, to);
}

bool post_has_older(const struct post *post, wall_t since)
{
	for (size_t i = 0; i < post->n; i++)
		if (!is_final(&post->rows[i]) && post->rows[i].notice.created.wall.us < since.us)
			return true;
	return false;
}
