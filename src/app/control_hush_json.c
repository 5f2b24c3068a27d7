/*
 * control_hush_json.c - silences and acknowledgements for programs:
 * shorewatch.silences/1 and shorewatch.ack/1, additive within /1.
 *
 * Whoever begins or ends a silence is given those that last from then on.
 */
#include <string.h>

#include "app/control_parts.h"
#include "base/calendar.h"
#include "base/json_writer.h"

static void put_text(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_text(w, text[0] ? text : NULL);
}

static void put_time(struct json_writer *w, const char *key, wall_t at)
{
	struct buf text = BUF_INIT(64);

	json_key(w, key);
	calendar_print_iso(&text, at);
	json_text(w, buf_text(&text));
	buf_done(&text);
}

static void put_silence(struct json_writer *w, const struct model *m, const struct silence *s)
{
	json_object(w);
	put_text(w, "scope", s->scope);
	put_time(w, "since", s->since);
	put_time(w, "until", s->until);
	put_text(w, "text", s->text);
	json_key(w, "holds");
	json_array(w);
	for (size_t i = 0; i < m->incidents_n; i++)
		if (hush_holds(m, s, &m->incidents[i]))
			json_text(w, m->incidents[i].number);
	json_array_end(w);
	json_object_end(w);
}

void hush_put_silences(const struct model *model, struct buf *to)
{
	struct json_writer w;

	json_begin(&w, to);
	json_object(&w);
	put_text(&w, "schema", "shorewatch.silences/1");
	json_key(&w, "silences");
	json_array(&w);
	for (size_t i = 0; i < model->silences_n; i++)
		put_silence(&w, model, &model->silences[i]);
	json_array_end(&w);
	json_object_end(&w);
	buf_putc(to, '\n');
}

void hush_put_ack(const struct model *model, const char *number, const char *words,
		  struct buf *to)
{
	struct json_writer w;

	json_begin(&w, to);
	json_object(&w);
	put_text(&w, "schema", "shorewatch.ack/1");
	put_text(&w, "incident", number);
	for (size_t i = 0; i < model->incidents_n; i++)
		if (strcmp(model->incidents[i].number, number) == 0)
			put_time(&w, "acknowledged", model->incidents[i].acknowledged);
	put_text(&w, "text", words);
	json_object_end(&w);
	buf_putc(to, '\n');
}
