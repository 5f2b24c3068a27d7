/*
 * exhibit_say.c - an exhibit for people and for programs, out of its lines.
 */
#include <string.h>

#include "app/exhibit.h"
#include "app/table.h"
#include "base/buf.h"
#include "base/json_writer.h"
#include "base/text.h"

#define KEY_COLUMNS 14
#define LINE_MAX    4096

/* One "key value". */
struct fact {
	const char *key, *value;
	size_t key_n, value_n;
};

/* False: that was the last. Lines without a value are passed over. */
static bool fact_next(const char **at, struct fact *ret)
{
	while (**at != '\0') {
		size_t n = strcspn(*at, "\n"), key_n = strcspn(*at, " \n");
		const char *line = *at;

		*at += n + (line[n] == '\n');
		if (key_n == 0 || key_n + 1 >= n)
			continue;
		*ret = (struct fact){ line, line + key_n + 1, key_n, n - key_n - 1 };
		return true;
	}
	return false;
}

static bool has_key(const struct fact *a, const struct fact *b)
{
	return a->key_n == b->key_n && memcmp(a->key, b->key, a->key_n) == 0;
}

/* ---- for people ---- */

static void put_key(const char *key, size_t n, struct buf *to)
{
	buf_puts(to, "      ");
	buf_add(to, key, n);
	for (size_t column = n; column < KEY_COLUMNS; column++)
		buf_putc(to, ' ');
}

/* Whole, and cleaned when it was written: a command must not be cut. */
static void put_fact(const struct fact *fact, bool is_again, struct buf *to)
{
	put_key(is_again ? "" : fact->key, is_again ? 0 : fact->key_n, to);
	buf_add(to, fact->value, fact->value_n);
	buf_putc(to, '\n');
}

/* Line by line, each cleaned and cut for a terminal. */
static void put_lines(const char *key, const char *text, struct buf *to)
{
	struct buf line = BUF_INIT(LINE_MAX);

	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		buf_clear(&line);
		buf_add(&line, text, n);
		put_key(key, strlen(key), to);
		buf_puts(to, "| ");
		text_line(to, buf_text(&line));
		buf_putc(to, '\n');
		text += n + (text[n] == '\n');
		key = "";
	}
	buf_done(&line);
}

void exhibit_text(const char *facts, const char *head, const char *body, struct buf *to)
{
	struct fact fact, before = { .key = "" };

	while (fact_next(&facts, &fact)) {
		put_fact(&fact, has_key(&fact, &before), to);
		before = fact;
	}
	put_lines("head", head, to);
	put_lines("body", body, to);
}

/* ---- for programs ---- */

static void put_value(const struct fact *fact, struct json_writer *w)
{
	struct buf text = BUF_INIT(LINE_MAX);

	buf_add(&text, fact->value, fact->value_n);
	json_text(w, buf_text(&text));
	buf_done(&text);
}

/* Every key's values in one list, whether it has one or several: no reader has to guess. */
static void put_facts(const char *facts, struct json_writer *w)
{
	struct fact fact, before = { .key = "" };
	char key[32];

	json_object(w);
	while (fact_next(&facts, &fact)) {
		if (fact.key_n >= sizeof key)
			continue; /* none of ours */
		if (!has_key(&fact, &before)) {
			if (before.key_n > 0)
				json_array_end(w);
			memcpy(key, fact.key, fact.key_n);
			key[fact.key_n] = '\0';
			json_key(w, key);
			json_array(w);
		}
		put_value(&fact, w);
		before = fact;
	}
	if (before.key_n > 0)
		json_array_end(w);
	json_object_end(w);
}

void exhibit_json(const char *facts, const char *head, const char *body, struct json_writer *w)
{
	json_key(w, "facts");
	put_facts(facts, w);
	json_key(w, "head");
	json_text(w, *head != '\0' ? head : NULL);
	json_key(w, "body");
	json_text(w, *body != '\0' ? body : NULL);
}
