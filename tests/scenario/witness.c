/*
 * witness.c - what the Alertmanager and the Prometheus of a watchdog say when
 * they are asked, and whether our listener answers by its public name.
 *
 *   pull [WATCHDOG] alertmanager|prometheus WHAT, which says from now on:
 *     active [age SPAN]    evaluated so long ago, and every 90 s from then on
 *     stuck [age SPAN]     the same evaluation for ever
 *     dying [age SPAN]     likewise, and forgotten 240 s after it, as Alertmanager does
 *     silenced ID          held back, and evaluated as before
 *     absent               an empty list
 *     unreachable [OUTCOME] [STATUS]   forbidden   broken
 *   listener answers|fails
 *   expect pull unknown|ok|stale|suppressed|missing|unreachable|broken [WATCHDOG]
 *   expect listener ok|fails|unknown
 *
 * They are hosts like others, named WATCHDOG-alertmanager, WATCHDOG-prometheus
 * and listener; `fail` and `pass` know them, too, and all of them as "witnesses".
 */
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "core/pull.h"
#include "scenario.h"

#define EVALUATED_EVERY (90 * USEC_PER_SEC)  /* as Prometheus sends, at its usual 30 s */
#define FORGOTTEN_AFTER (240 * USEC_PER_SEC) /* endsAt */

/* ---- what they know ---- */

static struct voice *voice_of(struct world *w, const char *name)
{
	size_t max = sizeof w->voices / sizeof w->voices[0];
	struct voice *voice;

	for (size_t i = 0; i < w->voices_n; i++)
		if (strcmp(w->voices[i].name, name) == 0)
			return &w->voices[i];
	voice = &w->voices[w->voices_n < max - 1 ? w->voices_n++ : max - 1];
	*voice = (struct voice){ .knows = KNOWS_ACTIVE };
	words_copy(voice->name, sizeof voice->name, name);
	return voice;
}

static enum testimony testimony_of(const struct voice *voice, usec_t age)
{
	switch (voice->knows) {
	case KNOWS_ACTIVE:
	case KNOWS_STUCK:
		return TESTIMONY_ACTIVE;
	case KNOWS_DYING:
		return age > FORGOTTEN_AFTER ? TESTIMONY_ABSENT : TESTIMONY_ACTIVE;
	case KNOWS_SUPPRESSED:
		return TESTIMONY_SUPPRESSED;
	case KNOWS_NOTHING:
		break;
	}
	return TESTIMONY_ABSENT;
}

void witness_testify(struct scenario *s, const struct target_plan *t, struct observation *o)
{
	const struct voice *voice = voice_of(&s->world, t->name);
	usec_t age = s->elapsed - voice->evaluated;

	if (t->role != ROLE_ALERTMANAGER && t->role != ROLE_PROMETHEUS)
		return;
	if (voice->knows == KNOWS_ACTIVE || voice->knows == KNOWS_SUPPRESSED)
		age %= EVALUATED_EVERY;
	o->testimony = testimony_of(voice, age);
	o->age_us = o->testimony == TESTIMONY_ABSENT ? 0 : age;
	if (o->testimony == TESTIMONY_SUPPRESSED)
		(void)snprintf(o->note, sizeof o->note, "silenced by %s", voice->by);
}

/* ---- commands ---- */

static void set_health(struct scenario *s, const char *name, struct outcome outcome, int code)
{
	struct health *h = world_health(&s->world, name);

	h->took = 0;
	h->code = code;
	h->outcome = outcome;
}

/* "active age 20s" */
static bool set_voice(struct scenario *s, const char *name, const char *what, const char *at)
{
	static const struct {
		const char *name;
		enum knowledge knows;
	} words[] = {
		{ "active", KNOWS_ACTIVE },  { "stuck", KNOWS_STUCK },
		{ "dying", KNOWS_DYING },    { "silenced", KNOWS_SUPPRESSED },
		{ "absent", KNOWS_NOTHING },
	};
	struct voice *voice = voice_of(&s->world, name);
	char id[WORD_MAX];
	usec_t age;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i].name, what) != 0)
			continue;
		voice->knows = words[i].knows;
		if (word_is(&at, "age") && span_next(&at, &age))
			voice->evaluated = s->elapsed - age;
		if (voice->knows == KNOWS_SUPPRESSED && word_next(&at, id))
			words_copy(voice->by, sizeof voice->by, id);
		return true;
	}
	return scenario_misspelt(s, "a witness cannot say this", what);
}

static bool set_unreachable(struct scenario *s, const char *name, const char *at)
{
	struct outcome outcome = { PHASE_CONNECT, CAUSE_REFUSED };
	char word[WORD_MAX];
	int64_t code = 0;

	while (word_next(&at, word))
		if (!words_int(word, 100, 599, &code) && !outcome_parse(word, &outcome))
			return scenario_misspelt(s, "neither an outcome nor a status", word);
	set_health(s, name, outcome, (int)code);
	return true;
}

/* The only watchdog, or the one that is named. */
static const char *watchdog_next(struct scenario *s, const char **at)
{
	for (size_t i = 0; i < s->plan->watchdogs_n; i++)
		if (word_is(at, s->plan->watchdogs[i].name))
			return s->plan->watchdogs[i].name;
	return s->plan->watchdogs_n > 0 ? s->plan->watchdogs[0].name : NULL;
}

bool do_pull(struct scenario *s, const char *at)
{
	const char *watchdog = watchdog_next(s, &at);
	char kind[WORD_MAX], what[WORD_MAX], name[2 * WORD_MAX];

	if (!watchdog || !word_next(&at, kind) || !word_next(&at, what))
		return scenario_misspelt(s, "pull [WATCHDOG] alertmanager|prometheus WHAT", at);
	(void)snprintf(name, sizeof name, "%s-%s", watchdog, kind);
	if (strcmp(what, "unreachable") == 0)
		return set_unreachable(s, name, at);
	if (strcmp(what, "forbidden") == 0)
		set_health(s, name, (struct outcome){ PHASE_WAIT, CAUSE_STATUS }, 403);
	else if (strcmp(what, "broken") == 0)
		set_health(s, name, (struct outcome){ PHASE_BODY, CAUSE_MISMATCH }, 200);
	else
		set_health(s, name, (struct outcome){ PHASE_BODY, CAUSE_PASS }, 200);
	return strcmp(what, "forbidden") == 0 || strcmp(what, "broken") == 0 ||
	       set_voice(s, name, what, at);
}

bool do_listener(struct scenario *s, const char *at)
{
	bool has_failed = word_is(&at, "fails");

	set_health(s, "listener",
		   has_failed ? (struct outcome){ PHASE_CONNECT, CAUSE_TIMEOUT }
			      : (struct outcome){ PHASE_BODY, CAUSE_PASS },
		   0);
	return has_failed || word_is(&at, "answers") ||
	       scenario_misspelt(s, "it answers or fails", at);
}

/* ---- expectations ---- */

bool expect_pull(struct scenario *s, const char *at)
{
	struct model model;
	const char *watchdog, *is = NULL, *note = "";
	char verdict[WORD_MAX];

	engine_model(s->engine, scenario_now(s), &model);
	if (!word_next(&at, verdict) || !(watchdog = watchdog_next(s, &at)))
		return scenario_misspelt(s, "expect pull VERDICT [WATCHDOG]", at);
	for (size_t i = 0; i < s->plan->watchdogs_n; i++) {
		if (strcmp(s->plan->watchdogs[i].name, watchdog) != 0)
			continue;
		is = pull_name(model.deadmen[i].pull);
		note = model.deadmen[i].pull_note;
	}
	return strcmp(is, verdict) == 0 ||
	       scenario_fail(s, "expected the pull of %s to be %s, it is %s (%s)", watchdog,
			     verdict, is, note);
}

bool expect_listener(struct scenario *s, const char *at)
{
	static const char *const names[LISTENER_COUNT] = { "unknown", "ok", "fails" };
	struct model model;
	char wanted[WORD_MAX];

	engine_model(s->engine, scenario_now(s), &model);
	return (word_next(&at, wanted) && strcmp(wanted, names[model.listener]) == 0) ||
	       scenario_fail(s, "expected another listener than %s", names[model.listener]);
}
