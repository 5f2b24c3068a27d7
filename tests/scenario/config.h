/*
 * config.h - the parts of a scenario's configuration, between config*.c.
 */
#ifndef SCENARIO_CONFIG_H
#define SCENARIO_CONFIG_H

#include "scenario.h"

#define CHANNELS_MAX 8

/* Those who are told, as they are read. */
struct telling_reader {
	struct arena *arena;
	struct channel_plan channels[CHANNELS_MAX];
	size_t channels_n;
};

bool config_to(struct telling_reader *r, struct scenario *s, const char *at);
bool config_channel(struct telling_reader *r, struct scenario *s, const char *at);
/* Into the plan, when all is read. */
void config_channels_take(struct telling_reader *r, struct plan *plan);
/* "22:00-07:00": begins and ends of `w`. */
bool window_daily(const char *text, struct window_plan *w);

#endif
