/*
 * canary.c - when a canary is made, when it is looked for, and what follows.
 *
 * Pure. The moment of a day is found as the beginnings of planned work are: one
 * that the clock leaps over comes as soon as it can, one that it shows twice
 * comes once. Which one was served last is kept before anything is sent, so
 * that a crash loop sends nothing twice. The first state of all passes the
 * moment before it over.
 *
 * Lost is what a relay has taken and what a search did not find that began
 * when `within` had passed; `within` is counted by the boot clock. A mailbox
 * that cannot be read proves nothing. One that was lost is looked for each hour
 * until the next one is made, for it may be late.
 *
 * Looks: 5 s after the relay's word, then at twice the time each, so that what
 * is measured as delay is at most twice the true one, with few logins. While
 * the mailbox cannot be read: after 1 min, then at twice that, at most each
 * hour, for providers shut accounts that are knocked at.
 */
#include "core/canary.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/words.h"
#include "core/window.h"

#define LOOK_FIRST   (5 * USEC_PER_SEC)
#define LOOK_LATE    USEC_PER_HOUR
#define FAILED_FIRST USEC_PER_MIN
#define FAILED_MOST  USEC_PER_HOUR
#define DOUBLINGS    16 /* beyond any bound of ours */
#define UNSEEN_LONG  (3 * USEC_PER_DAY)
/* Moments that follow each other faster are those of a clock that was set. */
#define MAKE_PAUSE USEC_PER_HOUR
/* A moment that is so far ahead was served by a clock that was wrong then. */
#define AHEAD_AT_MOST (2 * USEC_PER_DAY)

static usec_t doubled(usec_t span, unsigned times, usec_t most)
{
	span <<= times < DOUBLINGS ? times : DOUBLINGS;
	return span < most ? span : most;
}

/* ---- one a day ---- */

static bool is_just_made(const struct canary *c, struct now now)
{
	return wall_is_set(c->made.wall) && mono_span(c->made.mono, now.mono) < MAKE_PAUSE;
}

static bool is_known(const struct canary *c, struct now now)
{
	return wall_is_set(c->moment) && wall_span(now.wall, c->moment) <= AHEAD_AT_MOST;
}

/* True: one is to be made for the last moment that has come. */
static bool moment_come(struct canary *c, const struct canary_rule *rule, struct now now)
{
	wall_t last = window_last(rule->at, now.wall).from;

	if (!wall_is_set(last) || (is_known(c, now) && last.us <= c->moment.us))
		return false;
	if (!is_known(c, now) || is_just_made(c, now)) {
		c->moment = last;
		return false;
	}
	return true;
}

static mono_t moment_wake(const struct canary_rule *rule, struct now now)
{
	wall_t next = window_span(rule->at, (wall_t){ now.wall.us + rule->at->duration }).from;

	return wall_is_set(next) ? mono_add(now.mono, wall_span(now.wall, next)) : MONO_NEVER;
}

enum canary_turn canary_advance(struct canary *c, const struct canary_rule *rule, struct now now,
				mono_t *ret_wake)
{
	*ret_wake = MONO_NEVER;
	if (c->phase == CANARY_MADE || c->is_looking)
		return CANARY_WAIT;
	if (moment_come(c, rule, now))
		return CANARY_MAKE;
	*ret_wake = moment_wake(rule, now);
	if (c->phase != CANARY_OUT)
		return CANARY_WAIT;
	if (mono_reached(c->look, now.mono)) {
		c->is_looking = true;
		c->look = now.mono;
		return CANARY_LOOK;
	}
	*ret_wake = mono_min(*ret_wake, c->look);
	return CANARY_WAIT;
}

/* `moment` is the present: whatever moment has come is served by this one. */
void canary_make(struct canary *c, const char *nonce, struct now now)
{
	assert(c->phase != CANARY_MADE && !c->is_looking);
	c->phase = CANARY_MADE;
	c->moment = now.wall;
	c->made = now;
	(void)words_copy(c->nonce, sizeof c->nonce, nonce);
}

static void go_out(struct canary *c, bool is_accepted, struct now now)
{
	c->phase = CANARY_OUT;
	c->out = now;
	c->is_accepted = is_accepted;
	c->failures = 0;
	c->look = mono_add(now.mono, LOOK_FIRST);
}

void canary_sent(struct canary *c, enum canary_sent sent, struct now now)
{
	assert(c->phase == CANARY_MADE);
	switch (sent) {
	case CANARY_ACCEPTED:
	case CANARY_IN_DOUBT:
		go_out(c, sent == CANARY_ACCEPTED, now);
		break;
	case CANARY_NOT_SENT:
		c->phase = CANARY_RESTS;
		break;
	}
}

/* ---- what a look says ---- */

static enum canary_news found(struct canary *c, struct now now)
{
	bool was_lost = wall_is_set(c->lost);

	c->phase = CANARY_RESTS;
	c->found = now.wall;
	c->delay = mono_span(c->out.mono, now.mono);
	if (!was_lost)
		return CANARY_CAME;
	c->lost = (wall_t){ 0 };
	c->again = now.wall;
	return CANARY_CAME_AGAIN;
}

static enum canary_news lose(struct canary *c)
{
	bool was_lost = wall_is_set(c->lost);

	c->is_accepted = false; /* told; it may still come */
	if (was_lost)
		return CANARY_IS_LOST_TOO;
	c->lost = c->out.wall;
	return CANARY_IS_LOST;
}

static enum canary_news absent(struct canary *c, const struct canary_rule *rule, mono_t began,
			       struct now now)
{
	mono_t due = mono_add(c->out.mono, rule->within);
	usec_t elapsed = mono_span(c->out.mono, began);

	if (!mono_reached(due, began)) {
		c->look = mono_min(mono_add(c->out.mono, 2 * elapsed), due);
		return CANARY_NO_NEWS;
	}
	c->look = mono_add(now.mono, LOOK_LATE);
	return c->is_accepted ? lose(c) : CANARY_NO_NEWS;
}

static enum canary_news not_looked(struct canary *c, struct now now)
{
	bool was_long = c->is_unseen_long;

	c->look = mono_add(now.mono, doubled(FAILED_FIRST, c->failures, FAILED_MOST));
	if (c->failures++ == 0 && !wall_is_set(c->unseen.wall)) {
		c->unseen = now;
		return CANARY_UNSEEN;
	}
	c->is_unseen_long = mono_span(c->unseen.mono, now.mono) >= UNSEEN_LONG;
	return c->is_unseen_long && !was_long ? CANARY_UNSEEN_LONG : CANARY_NO_NEWS;
}

enum canary_news canary_looked(struct canary *c, const struct canary_rule *rule,
			       enum canary_look look, struct now now)
{
	mono_t began = c->look;

	assert(c->phase == CANARY_OUT && c->is_looking);
	c->is_looking = false;
	if (look == CANARY_NOT_LOOKED)
		return not_looked(c, now);
	c->unseen = (struct now){ .wall = { 0 } };
	c->is_unseen_long = false;
	c->failures = 0;
	return look == CANARY_SEEN ? found(c, now) : absent(c, rule, began, now);
}

/* ---- kept over a restart ---- */

#define MARK "shorewatch-canary 1"
#define LAST "end"

static const char *const phase_names[] = {
	[CANARY_RESTS] = "rests",
	[CANARY_MADE] = "made",
	[CANARY_OUT] = "out",
	NULL,
};

/* All of them are 64 bits wide. */
static const struct field {
	const char *name;
	size_t offset;
	bool is_mono;
} fields[] = {
	{ "moment", offsetof(struct canary, moment), false },
	{ "made-mono", offsetof(struct canary, made.mono), true },
	{ "made", offsetof(struct canary, made.wall), false },
	{ "out-mono", offsetof(struct canary, out.mono), true },
	{ "out", offsetof(struct canary, out.wall), false },
	{ "lost", offsetof(struct canary, lost), false },
	{ "again", offsetof(struct canary, again), false },
	{ "found", offsetof(struct canary, found), false },
	{ "delay", offsetof(struct canary, delay), false },
	{ "unseen-mono", offsetof(struct canary, unseen.mono), true },
	{ "unseen", offsetof(struct canary, unseen.wall), false },
};

#define FIELDS_N (sizeof fields / sizeof fields[0])

void canary_write(const struct canary *c, struct buf *to)
{
	buf_printf(to, MARK "\nphase %s\naccepted %d\nunseen-long %d\n", phase_names[c->phase],
		   c->is_accepted, c->is_unseen_long);
	if (c->nonce[0] != '\0')
		buf_printf(to, "nonce %s\n", c->nonce);
	for (size_t i = 0; i < FIELDS_N; i++) {
		int64_t value;

		memcpy(&value, (const char *)c + fields[i].offset, sizeof value);
		buf_printf(to, "%s %" PRId64 "\n", fields[i].name, value);
	}
	buf_puts(to, LAST "\n");
}

static bool phase_read(const char *text, enum canary_phase *ret)
{
	for (int i = 0; phase_names[i] != NULL; i++) {
		if (strcmp(phase_names[i], text) != 0)
			continue;
		*ret = (enum canary_phase)i;
		return true;
	}
	return false;
}

static bool flag_read(const char *text, bool *ret)
{
	int64_t value;

	if (!words_int(text, 0, 1, &value))
		return false;
	*ret = value != 0;
	return true;
}

static bool nonce_read(const char *text, char ret[CANARY_NONCE_MAX])
{
	size_t n = strspn(text, "0123456789abcdef");

	return n > 0 && text[n] == '\0' && words_copy(ret, CANARY_NONCE_MAX, text);
}

/* What a newer program wrote is passed over. */
static bool value_read(struct canary *c, const char *key, const char *text, usec_t shift)
{
	int64_t value, bound = INT64_MAX / 4;

	if (strcmp(key, "phase") == 0)
		return phase_read(text, &c->phase);
	if (strcmp(key, "accepted") == 0)
		return flag_read(text, &c->is_accepted);
	if (strcmp(key, "unseen-long") == 0)
		return flag_read(text, &c->is_unseen_long);
	if (strcmp(key, "nonce") == 0)
		return nonce_read(text, c->nonce);
	for (size_t i = 0; i < FIELDS_N; i++) {
		if (strcmp(key, fields[i].name) != 0)
			continue;
		if (!words_int(text, -bound, bound, &value))
			return false;
		value += fields[i].is_mono ? shift : 0;
		memcpy((char *)c + fields[i].offset, &value, sizeof value);
	}
	return true;
}

static bool line_take(const char **at, char *line, size_t max)
{
	size_t n = strcspn(*at, "\n");

	if ((*at)[n] != '\n' || n >= max)
		return false;
	memcpy(line, *at, n);
	line[n] = '\0';
	*at += n + 1;
	return true;
}

static bool text_read(struct canary *c, const char *text, usec_t shift)
{
	char line[256];

	if (!line_take(&text, line, sizeof line) || strcmp(line, MARK) != 0)
		return false;
	while (line_take(&text, line, sizeof line)) {
		char *space = strchr(line, ' ');

		if (strcmp(line, LAST) == 0)
			return c->phase == CANARY_RESTS || c->nonce[0] != '\0';
		if (space == NULL)
			return false;
		*space = '\0';
		if (!value_read(c, line, space + 1, shift))
			return false;
	}
	return false;
}

/* A clock that was set may have put what was into what comes. */
static void not_ahead(mono_t *t, struct now now)
{
	if (t->us > now.mono.us)
		*t = now.mono;
}

int canary_read(struct canary *ret, const char *text, usec_t shift, struct now now)
{
	struct canary c = { .phase = CANARY_RESTS };

	if (!text_read(&c, text, shift))
		return -EBADMSG;
	not_ahead(&c.made.mono, now);
	not_ahead(&c.out.mono, now);
	not_ahead(&c.unseen.mono, now);
	if (c.phase == CANARY_MADE)
		go_out(&c, false, now);
	c.look = mono_add(now.mono, LOOK_FIRST);
	*ret = c;
	return 0;
}

/* ---- shown ---- */

static const char *const state_names[] = {
	[CANARY_STATE_WAITING] = "waiting",
	[CANARY_STATE_OK] = "ok",
	[CANARY_STATE_LOST] = "lost",
	[CANARY_STATE_UNSEEN] = "unseen",
};

const char *canary_state_name(enum canary_state state)
{
	return state_names[state];
}

struct canary_view canary_view(const struct canary *c)
{
	struct canary_view view = { .is_wanted = true,
				    .lost = c->lost,
				    .found = c->found,
				    .unseen = c->unseen.wall,
				    .delay = c->delay };

	(void)words_copy(view.nonce, sizeof view.nonce, c->nonce);
	if (wall_is_set(c->lost))
		view.state = CANARY_STATE_LOST;
	else if (wall_is_set(c->unseen.wall))
		view.state = CANARY_STATE_UNSEEN;
	else if (wall_is_set(c->found))
		view.state = CANARY_STATE_OK;
	return view;
}
