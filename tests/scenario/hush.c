/*
 * hush.c - the operator's silences and acknowledgements.
 */
#include <string.h>

#include "base/words.h"
#include "scenario.h"

/* silence SCOPE SPAN ["TEXT"] */
bool do_silence(struct scenario *s, const char *at)
{
	char scope[WORD_MAX], text[WORD_MAX];
	struct now now = scenario_now(s);
	usec_t span;
	int r;

	if (!word_next(&at, scope) || !span_next(&at, &span))
		return scenario_misspelt(s, "silence what, for how long?", at);
	if (!word_next(&at, text))
		text[0] = '\0';
	r = engine_silence(s->engine, scope, (wall_t){ now.wall.us + span }, text, now);
	return r == 0 ? engine_turn(s) : scenario_fail(s, "the engine refuses it: %s", strerror(-r));
}

/* unsilence SCOPE */
bool do_unsilence(struct scenario *s, const char *at)
{
	char scope[WORD_MAX];

	if (!word_next(&at, scope))
		return scenario_misspelt(s, "unsilence what?", at);
	if (!engine_unsilence(s->engine, scope, scenario_now(s)))
		return scenario_fail(s, "nothing of this name is silenced");
	return engine_turn(s);
}

/* ack N ["TEXT"]: of the Nth incident of this scenario. */
bool do_ack(struct scenario *s, const char *at)
{
	char word[WORD_MAX], text[WORD_MAX];
	int64_t n;

	if (!word_next(&at, word) || !words_int(word, 1, (int64_t)s->journal.seen_n, &n))
		return scenario_misspelt(s, "which incident is known?", at);
	if (!word_next(&at, text))
		text[0] = '\0';
	if (!engine_acknowledge(s->engine, s->journal.seen[n - 1].last.number, text,
				scenario_now(s)))
		return scenario_fail(s, "the engine knows no such open incident");
	return engine_turn(s);
}
