/*
 * commands.c - what a line may do: to the world, to the relay, to us.
 *
 *   fail NAME ... OUTCOME [SPAN] [CODE] [good-address]   pass NAME ... [SPAN]     names: world.c
 *   beat [NAME] [every SPAN]   stop beats [NAME]   resolved [NAME]   probe
 *   ping NAME [start|fail|every SPAN]   stop pings [NAME]
 *   restart [after SPAN]   kill [torn] [after SPAN]   lose state [after SPAN]
 *   reboot [kill|torn] [after SPAN]   reload CONFIG|same   gap SPAN   wall +SPAN|-SPAN
 *   relay [N] up|down|later|refuse [ADDRESS]|doubt|lost   disk broken|fine
 *   certificate LABEL NAME ... lasts SPAN ends SPAN   dates NAME ...   note N "TEXT"
 *   silence SCOPE SPAN ["TEXT"]   unsilence SCOPE   ack N ["TEXT"]     hush.c
 *   pull [WATCHDOG] alertmanager|prometheus WHAT   listener answers|fails     witness.c
 *   expect ...
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/words.h"
#include "scenario.h"

/* ---- the world ---- */

static void set_health(struct scenario *s, const char *selector, const struct health *as,
		       size_t *ret_n)
{
	size_t n = world_hosts(s->plan);

	for (size_t i = 0; i < n; i++) {
		struct health *h;

		if (!world_matches(s->plan, i, selector))
			continue;
		h = world_health(&s->world, s->plan->targets[i].name);
		h->outcome = as->outcome;
		h->code = as->code;
		h->took = as->took;
		h->is_address_good = as->is_address_good;
		++*ret_n;
	}
}

static bool set_healths(struct scenario *s, const char *at, const struct health *as)
{
	char word[WORD_MAX];

	while (word_next(&at, word)) {
		struct outcome outcome;
		size_t n = 0;

		if (outcome_parse(word, &outcome) || span_parse(word, &(usec_t){ 0 }))
			return true;
		set_health(s, word, as, &n);
		if (n == 0)
			return scenario_misspelt(s, "nothing has this name", word);
	}
	return true;
}

/* Names come first, then the outcome, then what is special about it. */
static bool do_fail(struct scenario *s, const char *at)
{
	const char *then = at;
	struct health as = { .took = 0 };
	char word[WORD_MAX];
	int64_t code;

	while (word_next(&then, word) && !outcome_parse(word, &as.outcome))
		;
	if (!outcome_parse(word, &as.outcome))
		return scenario_misspelt(s, "no outcome at the end", at);
	while (word_next(&then, word)) {
		if (words_int(word, 100, 599, &code))
			as.code = (int)code;
		else if (strcmp(word, "good-address") == 0)
			as.is_address_good = true;
		else if (!span_parse(word, &as.took))
			return scenario_misspelt(s, "neither a status nor a time", word);
	}
	return set_healths(s, at, &as);
}

static bool do_pass(struct scenario *s, const char *at)
{
	struct health as = { .outcome = { PHASE_BODY, CAUSE_PASS } };
	const char *then = at;
	char word[WORD_MAX];

	while (word_next(&then, word))
		(void)span_parse(word, &as.took);
	return set_healths(s, at, &as);
}

/* A watchdog may be named; without a name the only one is meant. */
static long watchdog_next(struct scenario *s, const char **at)
{
	const char *then = *at;
	char word[WORD_MAX];

	if (word_next(&then, word)) {
		for (size_t i = 0; i < s->plan->watchdogs_n; i++)
			if (strcmp(s->plan->watchdogs[i].name, word) == 0) {
				*at = then;
				return (long)i;
			}
	}
	return s->plan->watchdogs_n > 0 ? 0 : -1;
}

static bool do_beat(struct scenario *s, const char *at)
{
	long i = watchdog_next(s, &at);
	struct sender *sender;

	if (i < 0)
		return scenario_misspelt(s, "there is no watchdog", at);
	if (word_is(&at, "every")) {
		sender = world_sender(&s->world, s->plan->watchdogs[i].name);
		if (!span_next(&at, &sender->every))
			return scenario_misspelt(s, "not a time", at);
		sender->next = s->elapsed;
		return scenario_run(s, s->elapsed);
	}
	engine_beat(s->engine, (uint32_t)i, BEAT_FIRING, s->world.by, scenario_now(s));
	return engine_turn(s);
}

static long ping_named(const struct plan *plan, const char *name)
{
	for (size_t i = plan->targets_n - plan->pings_n; i < plan->targets_n; i++)
		if (strcmp(plan->targets[i].name, name) == 0)
			return (long)i;
	return -1;
}

static bool do_ping(struct scenario *s, const char *at)
{
	enum ping ping = PING_OK;
	struct sender *sender;
	char name[WORD_MAX];

	if (!word_next(&at, name) || ping_named(s->plan, name) < 0)
		return scenario_misspelt(s, "there is no such ping", at);
	if (word_is(&at, "every")) {
		sender = world_sender(&s->world, name);
		if (!span_next(&at, &sender->every))
			return scenario_misspelt(s, "not a time", at);
		sender->next = s->elapsed;
		return scenario_run(s, s->elapsed);
	}
	if (word_is(&at, "start"))
		ping = PING_START;
	else if (word_is(&at, "fail"))
		ping = PING_FAIL;
	engine_ping(s->engine, (uint32_t)ping_named(s->plan, name), ping, s->world.by,
		    scenario_now(s));
	return engine_turn(s);
}

/* Beats and reports from here on. */
static bool do_come(struct scenario *s, const char *at)
{
	if (!word_is(&at, "by"))
		return scenario_misspelt(s, "come by ipv4, ipv6 or proxy", at);
	if (word_is(&at, "ipv4"))
		s->world.by = FAMILY_IPV4;
	else if (word_is(&at, "ipv6"))
		s->world.by = FAMILY_IPV6;
	else if (word_is(&at, "proxy"))
		s->world.by = FAMILY_ANY;
	else
		return scenario_misspelt(s, "come by ipv4, ipv6 or proxy", at);
	return true;
}

static bool do_stop(struct scenario *s, const char *at)
{
	bool is_of_ping = word_is(&at, "pings");
	char word[WORD_MAX];

	if (!is_of_ping && !word_is(&at, "beats"))
		return scenario_misspelt(s, "stop what?", at);
	if (word_next(&at, word)) {
		world_sender(&s->world, word)->next = FOREVER;
		return true;
	}
	for (size_t i = 0; i < s->world.senders_n; i++)
		if ((ping_named(s->plan, s->world.senders[i].name) >= 0) == is_of_ping)
			s->world.senders[i].next = FOREVER;
	return true;
}

static bool do_resolved(struct scenario *s, const char *at)
{
	long i = watchdog_next(s, &at);

	if (i < 0)
		return scenario_misspelt(s, "there is no watchdog", at);
	engine_beat(s->engine, (uint32_t)i, BEAT_RESOLVED, s->world.by, scenario_now(s));
	return engine_turn(s);
}

static bool do_probe(struct scenario *s, const char *at)
{
	(void)at;
	engine_probe_all(s->engine, scenario_now(s));
	return engine_turn(s);
}

/* ---- ourselves ---- */

static usec_t span_after(const char *at)
{
	usec_t span = 0;

	if (word_is(&at, "after"))
		(void)span_next(&at, &span);
	return span;
}

static void use_state_before_notice(struct memory *m)
{
	if (!m->state_before_notice)
		return; /* no notice yet: nothing can be torn */
	free(m->state);
	m->state = m->state_before_notice;
	m->state_at = m->before_at;
	m->state_before_notice = NULL;
}

static bool live_again(struct scenario *s, usec_t dead, bool is_reboot)
{
	struct now before;
	usec_t absence = 0, shift = 0;

	engine_end(s);
	s->elapsed += dead;
	world_miss(s);
	if (is_reboot)
		s->mono_base = 20 * USEC_PER_SEC - s->elapsed;
	before = s->memory.state_at;
	if (s->memory.state) {
		absence = is_reboot ? scenario_now(s).wall.us - before.wall.us
				    : scenario_now(s).mono.us - before.mono.us;
		if (is_reboot)
			shift = scenario_now(s).mono.us - absence - before.mono.us;
	}
	journal_say(s, "a new life, after an absence of %.3f s", (double)absence / USEC_PER_SEC);
	return engine_start(s, shift, absence);
}

/* An end in peace: what is certain is booked, then the state is saved. */
static void close_and_save(struct scenario *s)
{
	engine_close(s->engine, scenario_now(s));
	engine_save(s);
}

static bool do_restart(struct scenario *s, const char *at)
{
	close_and_save(s);
	return live_again(s, span_after(at), false);
}

static bool do_kill(struct scenario *s, const char *at)
{
	if (word_is(&at, "torn"))
		use_state_before_notice(&s->memory);
	return live_again(s, span_after(at), false);
}

static bool do_reboot(struct scenario *s, const char *at)
{
	if (word_is(&at, "torn"))
		use_state_before_notice(&s->memory);
	else if (!word_is(&at, "kill"))
		close_and_save(s);
	return live_again(s, span_after(at), true);
}

static bool do_lose(struct scenario *s, const char *at)
{
	if (!word_is(&at, "state"))
		return scenario_misspelt(s, "lose what?", at);
	memory_done(&s->memory);
	s->memory = (struct memory){ .state = NULL };
	return live_again(s, span_after(at), false);
}

static bool do_reload(struct scenario *s, const char *at)
{
	struct arena *old_arena = s->arena;
	struct engine *old = s->engine;
	bool is_good;

	if (!word_is(&at, "same")) {
		free(s->config);
		s->config = strdup(at);
	}
	/* The outbox goes on: only the engine is made anew. */
	engine_save(s);
	s->engine = NULL;
	world_miss(s);
	s->plan = config_read(s, s->config, &s->arena);
	is_good = s->plan && engine_make(s, 0, 0);
	if (is_good)
		engine_carry(s->engine, old);
	engine_free(old);
	arena_free(old_arena);
	return is_good && engine_turn(s);
}

static bool do_gap(struct scenario *s, const char *at)
{
	usec_t span;

	if (!span_next(&at, &span))
		return scenario_misspelt(s, "not a time", at);
	s->elapsed += span;
	engine_gap(s->engine, span, scenario_now(s));
	world_turn(s);
	return engine_turn(s);
}

static bool do_wall(struct scenario *s, const char *at)
{
	char word[WORD_MAX];
	usec_t span;

	if (!word_next(&at, word) || (word[0] != '+' && word[0] != '-') ||
	    !span_parse(word + 1, &span))
		return scenario_misspelt(s, "wall is stepped by +SPAN or -SPAN", at);
	s->wall_base += word[0] == '-' ? -span : span;
	s->wall_stepped += word[0] == '-' ? -span : span;
	return engine_turn(s);
}

/* ---- post ---- */

static bool relay_mode(const char *word, enum relay_mode *ret)
{
	static const char *const names[] = {
		[RELAY_UP] = "up",	   [RELAY_DOWN] = "down",   [RELAY_LATER] = "later",
		[RELAY_REFUSE] = "refuse", [RELAY_DOUBT] = "doubt", [RELAY_LOST] = "lost",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(names[i], word) != 0)
			continue;
		*ret = (enum relay_mode)i;
		return true;
	}
	return false;
}

static bool do_relay(struct scenario *s, const char *at)
{
	char word[WORD_MAX], address[WORD_MAX];
	enum relay_mode mode;
	int64_t only = 0;

	if (!word_next(&at, word))
		return scenario_misspelt(s, "relay how?", at);
	if (words_int(word, 1, RELAYS_MAX, &only) && !word_next(&at, word))
		return scenario_misspelt(s, "relay how?", at);
	if (!relay_mode(word, &mode))
		return scenario_misspelt(s, "a relay cannot be", word);
	s->post.refused[0] = '\0';
	if (mode == RELAY_REFUSE && word_next(&at, address)) {
		words_copy(s->post.refused, sizeof s->post.refused, address);
		return true;
	}
	for (int i = 0; i < RELAYS_MAX; i++)
		if (only == 0 || only == i + 1)
			s->post.relays[i] = mode;
	s->post.may_double |= mode == RELAY_DOUBT;
	return true;
}

static bool do_disk(struct scenario *s, const char *at)
{
	s->post.is_disk_broken = word_is(&at, "broken");
	return engine_turn(s);
}

static const struct {
	const char *name;
	bool (*run)(struct scenario *s, const char *at);
} commands[] = {
	{ "fail", do_fail },	   { "pass", do_pass },		{ "beat", do_beat },
	{ "stop", do_stop },	   { "resolved", do_resolved }, { "probe", do_probe },
	{ "restart", do_restart }, { "kill", do_kill },		{ "lose", do_lose },
	{ "reboot", do_reboot },   { "reload", do_reload },	{ "gap", do_gap },
	{ "wall", do_wall },	   { "relay", do_relay },	{ "disk", do_disk },
	{ "certificate", do_certificate }, { "dates", do_dates }, { "note", do_note },
	{ "pull", do_pull },	   { "listener", do_listener },
	{ "ping", do_ping },	   { "silence", do_silence },	{ "unsilence", do_unsilence },
	{ "ack", do_ack },	   { "come", do_come },
	{ "expect", expect_run },
};

bool command_run(struct scenario *s, const char *text)
{
	char name[WORD_MAX];

	if (!word_next(&text, name))
		return true;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(s, text);
	return scenario_misspelt(s, "no such command", name);
}
