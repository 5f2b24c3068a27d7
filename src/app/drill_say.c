/*
 * drill_say.c - a drill's steps, kept as they happen, and told as lines or as
 * JSON.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/drill_parts.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "base/words.h"

static const char *const kind_names[] = {
	[STEP_REMARK] = "remark",
	[STEP_OPENED] = "opened",
	[STEP_SHUT] = "shut",
	[STEP_PASSED] = "passed",
	[STEP_FAILED] = "failed",
	[STEP_DOWN] = "down",
	[STEP_UP] = "up",
	[STEP_QUEUED] = "queued",
	[STEP_ACCEPTED] = "accepted",
	[STEP_NOT_TAKEN] = "not-taken",
	[STEP_ENDED] = "ended",
	[STEP_FAULT] = "fault",
};

/* ---- keeping ---- */

static struct drill_step *step_add(struct drill *r, enum drill_step_kind kind, struct now now)
{
	struct drill_step *step;

	if (r->steps_n == r->steps_room) {
		size_t room = r->steps_room > 0 ? 2 * r->steps_room : 32;
		struct drill_step *steps = room <= DRILL_STEPS_MAX
						   ? reallocarray(r->steps, room, sizeof *steps)
						   : NULL;

		if (!steps)
			return NULL; /* one line less; what it tells has happened all the same */
		r->steps = steps;
		r->steps_room = room;
	}
	step = &r->steps[r->steps_n++];
	*step = (struct drill_step){
		.kind = kind,
		.at = now.wall,
		.after = mono_span(r->began.mono, now.mono),
	};
	return step;
}

static void step_write(struct drill_step *step, const char *format, va_list args)
{
	struct buf said = BUF_INIT(4 * DRILL_TEXT_MAX), line = BUF_INIT(4 * DRILL_TEXT_MAX);

	buf_vprintf(&said, format, args);
	text_line(&line, buf_text(&said));
	(void)words_copy(step->text, sizeof step->text, buf_text(&line));
	buf_done(&said);
	buf_done(&line);
	log_info("drill step=%s what=\"%s\"", kind_names[step->kind], step->text);
}

void drill_say(struct drill *r, enum drill_step_kind kind, struct now now, const char *format, ...)
{
	struct drill_step *step = step_add(r, kind, now);
	va_list args;

	r->faults += kind == STEP_FAULT;
	if (!step)
		return;
	va_start(args, format);
	step_write(step, format, args);
	va_end(args);
}

void drill_say_mail(struct drill *r, enum drill_step_kind kind, struct now now,
		    const struct drill_mail *mail, const char *format, ...)
{
	struct drill_step *step = step_add(r, kind, now);
	va_list args;

	if (!step)
		return;
	step->notice = mail->id;
	(void)words_copy(step->recipient, sizeof step->recipient, mail->recipient);
	if (kind == STEP_ACCEPTED || kind == STEP_NOT_TAKEN) {
		(void)words_copy(step->relay, sizeof step->relay, mail->relay);
		(void)words_copy(step->reply, sizeof step->reply, mail->reply);
	}
	va_start(args, format);
	step_write(step, format, args);
	va_end(args);
}

/* ---- lines ---- */

size_t drill_steps(const struct drill *r)
{
	return r->steps_n;
}

/* "14:01:40  +12.3 s  found DOWN" */
void drill_write_steps(const struct drill *r, size_t from, struct buf *to)
{
	for (size_t i = from; i < r->steps_n; i++) {
		const struct drill_step *step = &r->steps[i];
		int64_t tenths = (step->after + USEC_PER_SEC / 20) / (USEC_PER_SEC / 10);

		if (step->kind == STEP_FAULT)
			continue; /* told at the end, as what went wrong */
		calendar_print_time(to, step->at);
		buf_printf(to, "  +%3" PRId64 ".%" PRId64 " s  %s\n", tenths / 10, tenths % 10,
			   step->text);
	}
}

void drill_write_faults(const struct drill *r, struct buf *to)
{
	for (size_t i = 0; i < r->steps_n; i++)
		if (r->steps[i].kind == STEP_FAULT)
			buf_printf(to, "%s\n", r->steps[i].text);
}

/* ---- for programs ---- */

static void put_text(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_text(w, text[0] ? text : NULL);
}

static void put_time(struct json_writer *w, const char *key, wall_t at)
{
	struct buf text = BUF_INIT(64);

	calendar_print_iso(&text, at);
	put_text(w, key, buf_text(&text));
	buf_done(&text);
}

static void put_step(struct json_writer *w, const struct drill_step *step)
{
	char id[32] = "";

	if (step->notice != 0)
		(void)snprintf(id, sizeof id, "%016" PRIx64, step->notice);
	json_object(w);
	put_text(w, "kind", kind_names[step->kind]);
	put_time(w, "at", step->at);
	json_key(w, "after_ms"), json_decimal(w, step->after, 3);
	put_text(w, "text", step->text);
	put_text(w, "notice", id);
	put_text(w, "to", step->recipient);
	put_text(w, "relay", step->relay);
	put_text(w, "reply", step->reply);
	json_object_end(w);
}

void drill_write_json(const struct drill *r, struct buf *to)
{
	struct json_writer w;

	json_begin(&w, to);
	json_object(&w);
	put_text(&w, "schema", "shorewatch.drill/1");
	put_text(&w, "number", r->number);
	put_time(&w, "began", r->began.wall);
	json_key(&w, "running"), json_bool(&w, drill_is_running(r));
	json_key(&w, "passed"), json_bool(&w, drill_has_passed(r));
	json_key(&w, "steps");
	json_array(&w);
	for (size_t i = 0; i < r->steps_n; i++)
		put_step(&w, &r->steps[i]);
	json_array_end(&w);
	json_object_end(&w);
	buf_putc(to, '\n');
}
