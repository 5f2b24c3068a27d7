/*
 * certificates.c - the certificates that hosts show, and the dates they send.
 *
 * Both are of the world's own time, which goes on as it is when our wall clock
 * is stepped; whether a certificate is valid is judged by our clock, as a
 * probe would do.
 */
#include <string.h>

#include "base/key.h"
#include "base/words.h"
#include "scenario.h"

static wall_t true_time(const struct scenario *s, wall_t ours)
{
	return (wall_t){ ours.us - s->wall_stepped };
}

/* ---- what a run sees of it ---- */

void certificate_show(const struct scenario *s, const struct health *h, struct observation *o)
{
	bool is_seen = o->outcome.phase > PHASE_TLS || o->outcome.cause == CAUSE_CERTIFICATE ||
		       o->outcome.cause == CAUSE_EXPIRED;

	if (!is_seen)
		return;
	o->certificate = h->certificate;
	if (wall_is_set(o->certificate.not_after) && o->outcome.cause == CAUSE_PASS) {
		if (o->started.wall.us > o->certificate.not_after.us)
			o->outcome = (struct outcome){ PHASE_TLS, CAUSE_EXPIRED };
		else if (o->started.wall.us < o->certificate.not_before.us)
			o->outcome = (struct outcome){ PHASE_TLS, CAUSE_CERTIFICATE };
	}
	if (h->is_dated && o->outcome.phase > PHASE_TLS)
		o->date = true_time(s, o->started.wall);
}

/* ---- commands ---- */

static bool for_each_named(struct scenario *s, const char *word, const struct certificate *c)
{
	size_t n = 0;

	for (size_t i = 0; i < s->plan->targets_n; i++) {
		struct health *h;

		if (!world_matches(s->plan, i, word))
			continue;
		h = world_health(&s->world, s->plan->targets[i].name);
		if (c)
			h->certificate = *c;
		else
			h->is_dated = true;
		n++;
	}
	return n > 0 || scenario_misspelt(s, "nothing has this name", word);
}

/* certificate LABEL NAME ... lasts SPAN ends SPAN */
bool do_certificate(struct scenario *s, const char *at)
{
	const char *names, *then;
	char label[WORD_MAX], word[WORD_MAX];
	wall_t now = true_time(s, scenario_now(s).wall);
	struct certificate c;
	usec_t lasts, ends;

	if (!word_next(&at, label))
		return scenario_misspelt(s, "which certificate?", at);
	names = then = at;
	while (word_next(&then, word) && strcmp(word, "lasts") != 0)
		;
	if (!span_next(&then, &lasts) || !word_is(&then, "ends") || !span_next(&then, &ends))
		return scenario_misspelt(s, "lasts how long, ends when?", at);
	c = (struct certificate){ { now.us + ends - lasts }, { now.us + ends }, key_text(label) };
	while (word_next(&names, word) && strcmp(word, "lasts") != 0)
		if (!for_each_named(s, word, &c))
			return false;
	return true;
}

/* dates NAME ...: these hosts send a Date header. */
bool do_dates(struct scenario *s, const char *at)
{
	char word[WORD_MAX];

	while (word_next(&at, word))
		if (!for_each_named(s, word, NULL))
			return false;
	return true;
}

/* note N "TEXT": the operator's words to the Nth incident of this scenario. */
bool do_note(struct scenario *s, const char *at)
{
	char word[WORD_MAX], text[WORD_MAX];
	int64_t n;

	if (!word_next(&at, word) || !words_int(word, 1, (int64_t)s->journal.seen_n, &n) ||
	    !word_next(&at, text))
		return scenario_misspelt(s, "a note to which incident, of which words?", at);
	if (!engine_note(s->engine, s->journal.seen[n - 1].last.number, text, scenario_now(s)))
		return scenario_fail(s, "the engine knows no such incident");
	return engine_turn(s);
}
