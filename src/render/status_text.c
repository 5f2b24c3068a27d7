/*
 * status_text.c - see status_text.h. The first line is the headline, the
 * second says as of when; one line a target follows, then incidents, silences
 * and planned work.
 */
#include "render/status_text.h"

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/page.h"
#include "render/page_quiet.h"
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

/* Behind what is known of it: why it is quiet. */
static void put_quiet(const struct sheet *s, wall_t planned_until, bool is_silenced,
		      bool is_flapping)
{
	if (wall_is_set(planned_until)) {
		buf_puts(s->to, "  planned-until=");
		calendar_print_iso(s->to, planned_until);
	}
	buf_puts(s->to, is_silenced ? "  silenced" : "");
	buf_puts(s->to, is_flapping ? "  flapping" : "");
}

/* In planned work the state is shown as well: who works there wants to know. */
static void put_target(const struct sheet *s, const struct target_view *t)
{
	struct buf *to = s->to, name = BUF_INIT(1024);

	speech_target(&name, s->language, s->model->plan,
		      (uint32_t)(t->plan - s->model->plan->targets));
	put_column(to, buf_text(&name), NAME_COLUMNS);
	buf_done(&name);
	put_column(to, speech_state(s->language, t), STATE_COLUMNS);
	if (verdict_is_failing(t->state) || t->state == VERDICT_SUSPECT)
		speech_failure(to, s->language, t->failure, t->code, t->failure_us);
	else if (wall_is_set(t->last_ok))
		speech_latency(to, s->language, t->ok_total_us);
	put_quiet(s, t->planned_until, t->is_silenced, t->is_flapping);
	buf_putc(to, '\n');
}

static void put_deadman(const struct sheet *s, const struct deadman_view *d)
{
	put_column(s->to, d->plan->name, NAME_COLUMNS);
	put_column(s->to, speech_deadman_state(s->language, d->state), STATE_COLUMNS);
	if (wall_is_set(d->last))
		speech_full_time(s->to, s->language, d->last);
	put_quiet(s, d->planned_until, d->is_silenced, d->is_flapping);
	buf_putc(s->to, '\n');
}

static void put_incident(const struct sheet *s, const struct incident *i)
{
	buf_printf(s->to, "incident %s %s ", i->number, diagnosis_name(i->finding));
	speech_full_time(s->to, s->language, i->opened.wall);
	buf_printf(s->to, " failing=%u mails=%u%s%s\n", i->failing, i->mails,
		   i->is_held ? " held" : "", i->is_flapping ? " flapping" : "");
	if (!wall_is_set(i->acknowledged))
		return;
	buf_puts(s->to, "  ");
	quiet_write_acknowledged(s->to, s, i);
	buf_putc(s->to, '\n');
}

static void put_silence(const struct sheet *s, const struct silence *silence)
{
	buf_puts(s->to, "silence ");
	text_line(s->to, silence->scope);
	buf_puts(s->to, ": ");
	quiet_write_silence(s->to, s, silence);
	buf_putc(s->to, '\n');
}

static void put_window(const struct sheet *s, const struct window_view *w)
{
	buf_printf(s->to, "planned%s ", w->is_active ? " now" : "");
	calendar_print_iso(s->to, w->span.from);
	buf_puts(s->to, " to ");
	calendar_print_iso(s->to, w->span.until);
	buf_puts(s->to, ": ");
	text_line(s->to, w->plan->title);
	buf_putc(s->to, '\n');
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

static void put_canary(const struct sheet *s)
{
	const struct canary_view *canary = &s->model->canary;

	if (!canary->is_wanted)
		return;
	put_column(s->to, "mail canary", NAME_COLUMNS);
	put_column(s->to, canary_state_name(canary->state), STATE_COLUMNS);
	if (wall_is_set(canary->found)) {
		buf_puts(s->to, "arrived ");
		speech_full_time(s->to, s->language, canary->found);
		buf_printf(s->to, " after %lld s", (long long)(canary->delay / USEC_PER_SEC));
	}
	if (wall_is_set(canary->lost)) {
		buf_puts(s->to, "  lost-since=");
		calendar_print_iso(s->to, canary->lost);
		buf_printf(s->to, " nonce=%s", canary->nonce);
	}
	if (wall_is_set(canary->unseen)) {
		buf_puts(s->to, "  unseen-since=");
		calendar_print_iso(s->to, canary->unseen);
		buf_puts(s->to, " ");
		text_line(s->to, canary->words);
	}
	buf_putc(s->to, '\n');
}

void status_text(const struct model *m, struct buf *to)
{
	enum language language = m->plan->language;
	struct buf headline = BUF_INIT(1024);
	struct facts facts;

	facts_gather(m, &facts);
	const struct sheet s = { .model = m, .facts = &facts, .language = language, .to = to };
	buf_puts(to, page_headline(m, language, &headline));
	buf_putc(to, '\n');
	buf_done(&headline);
	speech_full_time(to, language, m->now.wall);
	buf_printf(to, "  vantage=%s references=%u/%u mails-waiting=%zu\n\n",
		   vantage_name(m->vantage), m->references_up, m->references, m->waiting_notices);
	put_trouble(m, to);
	if (m->is_drill)
		buf_puts(to, "a drill is running; what is shown here is real\n\n");
	for (size_t i = 0; i < m->plan->targets_n; i++)
		put_target(&s, &m->targets[i]);
	for (size_t i = 0; i < m->plan->watchdogs_n; i++)
		put_deadman(&s, &m->deadmen[i]);
	put_canary(&s);
	for (size_t i = 0; i < m->incidents_n; i++)
		put_incident(&s, &m->incidents[i]);
	for (size_t i = 0; i < m->silences_n; i++)
		put_silence(&s, &m->silences[i]);
	for (size_t i = 0; i < m->windows_n; i++)
		put_window(&s, &m->windows[i]);
}
