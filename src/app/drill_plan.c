/*
 * drill_plan.c - see drill_plan.h.
 *
 * Everything about mails is the real configuration's: who is told, in which
 * language, through which relays. Only the pace is a drill's, so that the
 * DOWN is on its way within about ten seconds:
 *   every 2 s       probed
 *   2 s, then 2 s   from a failure to its re-tests; three failures are down
 *   2 s             of two good answers are up again
 * No references: whether we are online says nothing about our own loopback,
 * and a drill is to show what becomes of its mails while we are not.
 */
#include "app/drill_plan.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

#define CONF_BYTES_MAX 1024
#define GROUP_WAIT     USEC_PER_SEC

/* The configuration's reader makes what the probe kind wants to know. */
static struct generation *pretended_load(uint16_t port)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	buf_printf(&text,
		   "listen = { address = \"\"; }; references = [ ];\n"
		   "targets = ( { name = \"" DRILL_NAME
		   "\"; interval = \"2s\"; timeout = \"900ms\";"
		   " connect_timeout = \"900ms\"; fall = 3; retest = [ \"2s\", \"2s\" ];"
		   " rise = 2; settle = \"2s\"; tcp = { address = \"127.0.0.1:%u\"; }; } );\n",
		   port);
	generation = conf_load_text(buf_text(&text), DRILL_NAME, &diag);
	assert(generation || diag.faults == 0); /* it is our own text */
	arena_free(arena);
	buf_done(&text);
	return generation;
}

static const char *title_in(enum language language)
{
	static const char *const titles[LANGUAGE_COUNT] = {
		[LANGUAGE_EN] = "Drill",
		[LANGUAGE_JA] = "訓練",
	};

	return titles[language];
}

static void watch_only_this(struct drill_plan *p)
{
	const char *title = title_in(p->plan.language);

	p->stack = (struct stack_plan){ .name = DRILL_NAME, .title = title };
	p->target = p->pretended->plan.targets[0];
	p->target.title = p->target.group = title;
	p->target.stack = 0;
	p->plan.stacks = &p->stack;
	p->plan.stacks_n = 1;
	p->plan.targets = &p->target;
	p->plan.targets_n = 1;
	p->plan.pings_n = p->plan.references_n = p->plan.witnesses_n = 0;
	p->plan.watchdogs = NULL;
	p->plan.watchdogs_n = 0;
	p->plan.windows = NULL;
	p->plan.windows_n = 0;
	p->plan.heartbeat_url = NULL;
	p->plan.mail.group_wait = GROUP_WAIT;
	p->plan.mail.weekly = NULL;
}

/*
 * A drill is a drill of mail: nobody's phone is to ring for it, and whoever is told later, of other
 * things or at other hours is to see that his mail arrives, too.
 */
static bool tell_by_mail_only(struct drill_plan *p)
{
	size_t n = p->real->plan.mail.to_n;

	p->channels = calloc(n + 1, sizeof *p->channels);
	if (!p->channels)
		return false;
	for (size_t i = 0; i < n; i++)
		p->channels[i] = (struct channel_plan){ .name = p->real->plan.channels[i].name,
							.language =
								p->real->plan.channels[i].language };
	p->plan.channels = p->channels;
	p->plan.channels_n = n;
	return true;
}

bool drill_plan_init(struct drill_plan *p, struct generation *real, uint16_t port)
{
	*p = (struct drill_plan){ .pretended = pretended_load(port) };
	if (!p->pretended)
		return false;
	p->real = generation_hold(real);
	p->plan = real->plan;
	watch_only_this(p);
	if (tell_by_mail_only(p))
		return true;
	drill_plan_done(p);
	return false;
}

void drill_plan_done(struct drill_plan *p)
{
	free(p->channels);
	generation_drop(p->real);
	generation_drop(p->pretended);
	*p = (struct drill_plan){ .real = NULL };
}
