/*
 * page_sight.c - what the watcher can see: four lines drawn as lines.
 *
 * Sites and endpoints are looked at, the Watchdog's signal comes to us, and
 * the last line says whether the fault is ours: it makes the others believable.
 */
#include "base/buf.h"
#include "base/text.h"
#include "render/page_parts.h"
#include "render/speech.h"

#define BESIDE " · " /* between two things seen on one line */

/* How a line is drawn: class of the row, symbol going out and coming in. */
static const struct ray {
	const char *class, *out, *in;
} ray_up = { "up", "out", "in" }, ray_part = { "slow", "out-p", "in-p" },
  ray_down = { "down", "out-x", "in-x" }, ray_none = { "none", "dim", "dim" };

static void line_begin(const struct sheet *s, const struct ray *ray, const char *symbol)
{
	buf_printf(s->to, "      <li class=\"%s\"><svg class=\"ray\" aria-hidden=\"true\">"
			  "<use href=\"#%s\"/></svg><b>", ray->class, symbol);
}

static void line_middle(const struct sheet *s)
{
	buf_puts(s->to, "</b><span class=\"val\">");
}

static void line_end(const struct sheet *s)
{
	buf_puts(s->to, "</span></li>\n");
}

/* ---- looking in ---- */

static const struct ray *ray_of(unsigned up, unsigned of)
{
	if (up == of)
		return &ray_up;
	return up > 0 ? &ray_part : &ray_down;
}

static void answer_write(const struct sheet *s, const struct tally *tally)
{
	if (tally_is_blind(tally))
		page_put(s, WORD_NOT_OBSERVED);
	else if (tally_of(tally) == 0)
		page_put(s, WORD_GROUP_PLANNED);
	else
		page_say(s, WORD_ANSWER, HOLES(hole_number("up", tally->up),
					       hole_number("of", tally_seen(tally))));
}

/* A line without members is absent. */
static void line_of_targets(const struct sheet *s, bool is_edge, enum word name)
{
	struct tally tally = { 0 };
	const struct ray *ray;

	for (size_t i = 0; i < s->model->plan->targets_n; i++) {
		const struct target_plan *plan = s->model->targets[i].plan;

		if (!plan->is_hidden && !plan->ping && (plan->layer == LAYER_EDGE) == is_edge)
			tally_add(&tally, s->model, &s->model->targets[i]);
	}
	if (tally.all == 0)
		return;
	/* Not yet observed is no broken line: only what was looked at counts for the drawing. */
	ray = tally_is_blind(&tally) || tally_of(&tally) == 0 ?
		&ray_none : ray_of(tally.up, tally_seen(&tally));
	line_begin(s, ray, ray->out);
	page_put(s, name);
	line_middle(s);
	answer_write(s, &tally);
	line_end(s);
}

/* ---- coming out ---- */

static const struct beat_line {
	const struct ray *ray;
	enum word word; /* {time}: the last beat, or when the state was entered */
	bool is_state_time;
} beat_lines[DEADMAN_COUNT] = {
	[DEADMAN_NEW] = { &ray_none, WORD_BEAT_AWAITED, false },
	[DEADMAN_UP] = { &ray_up, WORD_BEAT_ARRIVED, false },
	[DEADMAN_LATE] = { &ray_part, WORD_BEAT_LATE, false },
	[DEADMAN_SILENT] = { &ray_down, WORD_BEAT_SILENT, false },
	[DEADMAN_RESOLVED] = { &ray_down, WORD_BEAT_RESOLVED, true },
	[DEADMAN_RETURNING] = { &ray_part, WORD_BEAT_ONCE, false },
};

static void beat_write(const struct sheet *s, const struct deadman_view *d)
{
	const struct beat_line *line = &beat_lines[d->state];
	wall_t at = line->is_state_time ? d->since : d->last;

	if (d->state == DEADMAN_NEW)
		page_put(s, WORD_BEAT_AWAITED);
	else if (!wall_is_set(at))
		page_put(s, WORD_BEAT_NEVER);
	else
		page_say_time(s, line->word, at);
}

/* Which silence and which status are the owner's: the public is told the class. */
static void pull_write(const struct sheet *s, const struct deadman_view *d)
{
	bool is_ageless = d->pull == PULL_STALE && d->pull_age < 0;
	enum word word = (enum word)(WORD_ASKED_OK + (d->pull - PULL_OK));

	if (d->pull == PULL_NONE || d->pull == PULL_COUNT)
		return;
	buf_puts(s->to, BESIDE);
	page_say(s, is_ageless ? WORD_ASKED_NO_NEWS : word,
		 HOLES(hole_own("witness", d->is_pull_own ? "Prometheus" : "Alertmanager"),
		       hole_span("span", d->pull_age)));
	if (!d->is_pull_own && d->prometheus == PULL_UNREACHABLE) {
		buf_puts(s->to, BESIDE);
		page_put(s, WORD_PROMETHEUS_MUTE);
	}
}

static bool is_rare(const struct deadman_view *d)
{
	return deadman_is_slow(d->cadence, d->plan->period);
}

/* They come, but in another rhythm than was promised: the owner's to mend (watchdog.md 9.9). */
static void cadence_write(const struct sheet *s, const struct deadman_view *d)
{
	struct buf cadence = BUF_INIT(128), every = BUF_INIT(128);

	if (!is_rare(d))
		return;
	speech_rhythm(&cadence, s->language, d->cadence);
	speech_every(&every, s->language, d->plan->period);
	buf_puts(s->to, BESIDE);
	page_say(s, WORD_BEATS_RARE, HOLES(hole_own("cadence", buf_text(&cadence)),
					   hole_own("every", buf_text(&every))));
	buf_done(&cadence);
	buf_done(&every);
}

/* What arrives is no whole line when nobody renews it, or when it comes too rarely. */
static const struct ray *deadman_ray(const struct deadman_view *d)
{
	const struct ray *ray = beat_lines[d->state].ray;
	bool is_echo = d->found == PULL_STALE || d->found == PULL_MISSING;

	if (wall_is_set(d->planned_until))
		return &ray_none;
	return ray == &ray_up && (is_echo || is_rare(d)) ? &ray_part : ray;
}

static void line_of_deadman(const struct sheet *s, const struct deadman_view *d)
{
	const struct ray *ray = deadman_ray(d);

	line_begin(s, ray, ray->in);
	if (s->model->plan->watchdogs_n > 1)
		page_say(s, WORD_WATCHDOG_NAMED, HOLES(hole_foreign("name", d->plan->name)));
	else
		page_put(s, WORD_WATCHDOG);
	line_middle(s);
	if (wall_is_set(d->planned_until)) {
		page_put(s, WORD_GROUP_PLANNED);
	} else {
		beat_write(s, d);
		pull_write(s, d);
		cadence_write(s, d);
	}
	line_end(s);
}

/* ---- ourselves ---- */

static const struct ray *own_ray(const struct model *m)
{
	if (m->vantage == VANTAGE_ISOLATED)
		return &ray_down;
	if (m->listener == LISTENER_FAILS)
		return &ray_part;
	if (m->vantage == VANTAGE_UNCHECKED)
		return &ray_none;
	return m->references_up < m->references ? &ray_part : &ray_up;
}

/* Our own door, knocked at from outside by its public name. */
static void listener_write(const struct sheet *s)
{
	if (s->model->listener != LISTENER_OK && s->model->listener != LISTENER_FAILS)
		return;
	buf_puts(s->to, BESIDE);
	page_put(s, s->model->listener == LISTENER_OK ? WORD_LISTENER_OK : WORD_LISTENER_FAILS);
}

static void line_of_own_link(const struct sheet *s)
{
	const struct ray *ray = own_ray(s->model);

	line_begin(s, ray, ray->out);
	page_put(s, WORD_OWN_LINK);
	line_middle(s);
	if (s->model->vantage == VANTAGE_UNCHECKED)
		page_put(s, WORD_NOT_CHECKED);
	else
		page_say(s, WORD_REFERENCES, HOLES(hole_number("up", s->model->references_up),
						   hole_number("of", s->model->references)));
	listener_write(s);
	line_end(s);
}

void page_sight(const struct sheet *s)
{
	bool has_beats = s->model->plan->watchdogs_n > 0;

	buf_puts(s->to, "  <section aria-labelledby=\"s-sight\">\n    <h2 id=\"s-sight\">");
	page_put(s, WORD_SIGHT);
	buf_puts(s->to, "</h2>\n    <p class=\"sub\">");
	page_put(s, has_beats ? WORD_SIGHT_SUB_BEATS : WORD_SIGHT_SUB);
	buf_puts(s->to, "</p>\n    <ul class=\"sight\">\n");
	line_of_targets(s, false, WORD_SITES);
	line_of_targets(s, true, WORD_ENDPOINTS);
	for (size_t i = 0; i < s->model->plan->watchdogs_n; i++)
		line_of_deadman(s, &s->model->deadmen[i]);
	line_of_own_link(s);
	buf_puts(s->to, "    </ul>\n  </section>\n");
}
