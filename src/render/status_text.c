/*
 * status_text.c - see status_text.h. The first line is the headline, the
 * second says as of when; one line a target follows.
 */
#include "render/status_text.h"

#include "base/buf.h"
#include "base/text.h"
#include "render/page.h"
#include "render/speech.h"

#define NAME_COLUMNS 24
#define STATE_COLUMNS 14

static void pad(struct buf *to, size_t from, size_t columns)
{
	size_t used = text_columns(buf_text(to) + from);

	for (; used < columns; used++)
		buf_putc(to, ' ');
	buf_putc(to, ' ');
}

static void put_column(struct buf *to, const char *text, size_t columns)
{
	size_t from = to->n;

	text_line(to, text);
	pad(to, from, columns);
}

static void put_target(const struct target_view *t, enum language language, struct buf *to)
{
	put_column(to, t->plan->title, NAME_COLUMNS);
	put_column(to, speech_state(language, t), STATE_COLUMNS);
	if (verdict_is_failing(t->state) || t->state == VERDICT_SUSPECT)
		speech_failure(to, language, t->failure, t->code, t->failure_us);
	else if (wall_is_set(t->last_ok))
		speech_latency(to, language, t->ok_total_us);
	buf_putc(to, '\n');
}

static void put_deadman(const struct deadman_view *d, enum language language, struct buf *to)
{
	put_column(to, d->plan->name, NAME_COLUMNS);
	put_column(to, speech_deadman_state(language, d->state), STATE_COLUMNS);
	if (wall_is_set(d->last))
		speech_full_time(to, language, d->last);
	buf_putc(to, '\n');
}

static void put_incident(const struct model *m, const struct incident *i, struct buf *to)
{
	buf_printf(to, "incident %s %s ", i->number, diagnosis_name(i->finding));
	speech_full_time(to, m->plan->language, i->opened.wall);
	buf_printf(to, " failing=%u mails=%u\n", i->failing, i->mails);
}

/* The public page says only that there is one. */
static void put_trouble(const struct model *m, struct buf *to)
{
	if (m->trouble == NULL)
		return;
	buf_puts(to, "the configuration is broken and its last good copy runs: ");
	text_line(to, m->trouble);
	buf_puts(to, "\n\n");
}

void status_text(const struct model *m, struct buf *to)
{
	enum language language = m->plan->language;
	struct buf headline = BUF_INIT(1024);

	buf_puts(to, page_headline(m, language, &headline));
	buf_putc(to, '\n');
	buf_done(&headline);
	speech_full_time(to, language, m->now.wall);
	buf_printf(to, "  vantage=%s references=%u/%u mails-waiting=%zu\n\n",
		   vantage_name(m->vantage), m->references_up, m->references, m->waiting_notices);
	put_trouble(m, to);
	for (size_t i = 0; i < m->plan->targets_n; i++)
		put_target(&m->targets[i], language, to);
	for (size_t i = 0; i < m->plan->watchdogs_n; i++)
		put_deadman(&m->deadmen[i], language, to);
	for (size_t i = 0; i < m->incidents_n; i++)
		put_incident(m, &m->incidents[i], to);
}
