/*
 * plan_channel.h - who is told when of what, between plan_mail.c and
 * plan_channels.c: the keys that an address of mail.to and a channel share.
 */
#ifndef CONF_PLAN_CHANNEL_H
#define CONF_PLAN_CHANNEL_H

#include "conf/plan_parts.h"

struct channel_params {
	const char *name; /* of an address: itself */
	int language;
	usec_t after;
	struct strings only, quiet;
};

/* Rows that both sections end with. */
#define CHANNEL_ROWS                                                                               \
	{ "language", OPTION_WORD, offsetof(struct channel_params, language),                      \
	  .words = channel_languages, .help = "default: the page's" },                             \
	{ "after", OPTION_DURATION, offsetof(struct channel_params, after), .min = USEC_PER_MIN,   \
	  .max = 7 * USEC_PER_DAY,                                                                 \
	  .help = "told only of what is still open, and acknowledged by nobody, so long after "    \
		  "the first notice; default: at once" },                                          \
	{ "only", OPTION_STRINGS, offsetof(struct channel_params, only),                           \
	  .help = "told only of these: \"stack-down\", \"edge-down\", \"unreachable\", "           \
		  "\"backends-down\", \"dns-fault\", \"site-down\", \"prometheus-dead\", "         \
		  "\"watchdog-silenced\", \"beats-lost\", \"listener-broken\", "                   \
		  "\"alerting-dead\"; default: of everything" },                                   \
	{ "quiet", OPTION_STRINGS, offsetof(struct channel_params, quiet),                         \
	  .help = "hours in which only an outage of everything is told, by the clock of "          \
		  "`timezone`: \"22:00-07:00\", \"Sat,Sun 00:00-24:00\"; the rest is told when "   \
		  "they end" },                                                                    \
	{ .name = NULL },

extern const char *const channel_languages[];

/* The channel from what was read at `at`, without kind and params; `section` for messages. */
struct channel_plan channel_make(struct builder *b, const char *section, const struct setting *at,
				 const struct channel_params *p);

#endif
