/*
 * config_channel.c - those who are told in a scenario:
 *
 *   to ADDRESS ja:ADDRESS ...       by mail, at once and of everything
 *   channel NAME TERM ...           in another way; by mail, where NAME is an address
 *
 * with TERM: after 30m   only stack-down,site-down   quiet 22:00-07:00
 * Hours are by Japan's clock; every scenario begins at 10:00.
 */
#include <string.h>

#include "base/arena.h"
#include "config.h"
#include "shorewatch/notify.h"

/* Nobody calls it: that it is no mail is all that the engine knows of a kind. */
static const struct notify_kind other_kind = { .name = "webhook" };

static struct channel_plan *channel_new(struct telling_reader *r, struct scenario *s,
					const char *name)
{
	struct channel_plan *c = &r->channels[r->channels_n];
	bool is_mail = strchr(name, '@') != NULL;

	if (r->channels_n == CHANNELS_MAX) {
		(void)scenario_misspelt(s, "too many channels", name);
		return NULL;
	}
	*c = (struct channel_plan){ .name = arena_strdup(r->arena, name),
				    .kind = is_mail ? NULL : &other_kind };
	r->channels_n++;
	return c;
}

bool config_to(struct telling_reader *r, struct scenario *s, const char *at)
{
	char word[WORD_MAX];

	while (word_next(&at, word)) {
		bool is_japanese = strncmp(word, "ja:", 3) == 0;
		struct channel_plan *c = channel_new(r, s, word + (is_japanese ? 3 : 0));

		if (!c)
			return false;
		c->language = is_japanese ? LANGUAGE_JA : LANGUAGE_EN;
	}
	return true;
}

static bool only_read(char *words, struct channel_plan *c)
{
	for (char *word = words; word != NULL; word = words) {
		enum diagnosis d;

		words = strchr(word, ',');
		if (words)
			*words++ = '\0';
		if (!diagnosis_parse(word, &d))
			return false;
		c->only |= 1u << d;
	}
	return true;
}

static bool quiet_read(struct telling_reader *r, const char *hours, struct channel_plan *c)
{
	struct window_plan *w = arena_alloc(r->arena, 1, sizeof *w);

	*w = (struct window_plan){ .name = "quiet" };
	c->quiet = w;
	c->quiet_n = 1;
	return window_daily(hours, w);
}

bool config_channel(struct telling_reader *r, struct scenario *s, const char *at)
{
	char word[WORD_MAX], value[WORD_MAX];
	struct channel_plan *c;

	if (!word_next(&at, word))
		return scenario_misspelt(s, "a channel without a name", at);
	c = channel_new(r, s, word);
	while (c && word_next(&at, word)) {
		if (!word_next(&at, value))
			return scenario_misspelt(s, "no value", word);
		if (!(strcmp(word, "after") == 0 && span_parse(value, &c->after)) &&
		    !(strcmp(word, "only") == 0 && only_read(value, c)) &&
		    !(strcmp(word, "quiet") == 0 && quiet_read(r, value, c)))
			return scenario_misspelt(s, "a channel has no such term", word);
	}
	return c != NULL;
}

/* In the plan addresses come first, and stand in mail.to as well. */
void config_channels_take(struct telling_reader *r, struct plan *plan)
{
	struct channel_plan *all = arena_alloc(r->arena, CHANNELS_MAX, sizeof *all);
	struct recipient_plan *to = arena_alloc(r->arena, CHANNELS_MAX, sizeof *to);

	for (size_t i = 0; i < r->channels_n; i++) {
		if (r->channels[i].kind)
			continue;
		to[plan->mail.to_n++] = (struct recipient_plan){ r->channels[i].name,
								 r->channels[i].language };
		all[plan->channels_n++] = r->channels[i];
	}
	for (size_t i = 0; i < r->channels_n; i++)
		if (r->channels[i].kind)
			all[plan->channels_n++] = r->channels[i];
	plan->channels = all;
	plan->mail.to = to;
}
