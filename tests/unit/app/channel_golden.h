/*
 * channel_golden.h - what each kind of channel writes of a notice, from the
 * model to the last byte, compared with tests/golden/notify.
 *
 * NOTIFY_GOLDEN_WRITE=1 writes the golden files anew; look at the difference
 * before you keep it.
 */
#ifndef TESTS_CHANNEL_GOLDEN_H
#define TESTS_CHANNEL_GOLDEN_H

#include "render/mail_fixture.h"

#include <errno.h>

#include "render/brief.h"
#include "shorewatch/json.h"
#include "shorewatch/notify.h"

#define GOLDEN SOURCE_DIR "/tests/golden/notify/"
#define BODY_MAX (1024 * 1024)
#define PARAMS_MAX 4096

struct channel_case {
	const char *name;
	void (*happens)(struct world *w);
};

static inline void outside_incident(struct world *w, enum notice_kind kind)
{
	w->request.incident = NULL;
	w->notice.incident = 0;
	w->notice.kind = kind;
	w->notice.number[0] = w->notice.stack[0] = '\0';
	w->notice.opened = (struct now){ 0 };
	w->notice.id = notice_id(&w->notice);
}

/* ---- writing ---- */

static const struct pair labels[] = { { "team", "web" } };

/* Only Alertmanager's own labels go into what is written. */
static inline const void *params_of(const struct notify_kind *kind, void *params)
{
	for (const struct option *o = kind->options; o->name != NULL; o++)
		if (o->type == OPTION_PAIRS)
			*(struct pairs *)((char *)params + o->offset) = (struct pairs){ labels, 1 };
	return params;
}

/* The body must be JSON to a strict reader, whatever the words. */
static inline void assert_json(const struct buf *body)
{
	char why[JSON_WHY_MAX];
	struct json *json = json_parse(buf_text(body), body->n, why);

	if (json == NULL)
		fail_msg("%s: %s", why, buf_text(body));
	json_free(json);
}

static inline void write_body(const struct notify_kind *kind, struct world *w,
			      enum language language,
			      struct buf *to)
{
	_Alignas(16) char params[PARAMS_MAX] = { 0 };
	struct buf body = BUF_INIT(BODY_MAX);
	struct brief brief;

	assert_true(kind->params_bytes <= sizeof params);
	w->plan.language = w->request.language = language;
	brief_init(&brief, &w->request);
	assert_false(brief_failed(&brief));
	kind->write(&brief.words, params_of(kind, params), &body);
	assert_false(buf_failed(&body));
	assert_json(&body);
	buf_add(to, buf_text(&body), body.n);
	buf_done(&body);
	brief_done(&brief);
}

static inline void write_all(const struct notify_kind *kind, enum language language,
			     const struct channel_case *cases, size_t n, struct buf *to)
{
	for (size_t i = 0; i < n; i++) {
		struct world *w = world_new();

		cases[i].happens(w);
		buf_printf(to, "%s# %s\n", i > 0 ? "\n" : "", cases[i].name);
		write_body(kind, w, language, to);
		free(w);
	}
	buf_putc(to, '\n');
}

static inline void golden_compare(const char *path, const struct buf *is)
{
	struct buf was = BUF_INIT(BODY_MAX);
	FILE *file;
	int c;

	if (getenv("NOTIFY_GOLDEN_WRITE") != NULL) {
		file = fopen(path, "w");
		assert_non_null(file);
		assert_int_equal(fwrite(buf_text(is), 1, is->n, file), is->n);
		assert_int_equal(fclose(file), 0);
		return;
	}
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	while ((c = getc(file)) != EOF)
		buf_putc(&was, (char)c);
	(void)fclose(file); /* read only */
	assert_string_equal(buf_text(is), buf_text(&was));
	buf_done(&was);
}

/* `suffix` is put between the kind's name and the language. */
static inline void golden_of_all(const char *suffix, const struct channel_case *cases, size_t n)
{
	static const char *const languages[LANGUAGE_COUNT] = { "en", "ja" };
	char path[512];

	for (size_t k = 0; k < notify_kinds_n; k++) {
		for (int l = 0; l < LANGUAGE_COUNT; l++) {
			struct buf all = BUF_INIT(BODY_MAX);

			write_all(notify_kinds[k], (enum language)l, cases, n, &all);
			(void)snprintf(path, sizeof path, GOLDEN "%s%s.%s.json", notify_kinds[k]->name,
				       suffix, languages[l]);
			golden_compare(path, &all);
			buf_done(&all);
		}
	}
}

#endif
