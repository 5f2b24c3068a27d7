/*
 * refresh.h - what is open is told again each minute to whoever forgets it
 * otherwise: channels of a kind that is_refreshed, such as an Alertmanager.
 *
 * This is state and no news: nothing of it is durable, nothing is tried again
 * before the next minute, and nobody is told more by it than the outbox has
 * delivered already.
 */
#ifndef APP_REFRESH_H
#define APP_REFRESH_H

#include <stddef.h>

#include "conf/conf.h"
#include "core/model.h"
#include "core/notice.h"
#include "shorewatch/io.h"
#include "shorewatch/notify.h"

struct refresh;

/* A channel, and how notices call it. */
struct refresh_way {
	const char *recipient;	/* as in notice.recipient */
	const char *name;	/* as in the configuration, for the log */
	const struct notify_kind *kind;
	const void *params;	/* the generation's */
	enum language language;
};

struct refresh_view {
	struct generation *generation; /* held while an attempt is under way */
	const struct refresh_way *ways;
	size_t ways_n;
	void (*look)(void *ctx, struct model *ret); /* asked once a minute, if at all */
	void *ctx;
};

/* NULL: no memory. */
struct refresh *refresh_new(struct io *io);
/* What is under way is cut. NULL is fine. */
void refresh_free(struct refresh *refresh);
/*
 * A notice was delivered, now or in a life before: from here on its incident is told again to the
 * same recipient, or, if it was the last one, no more.
 */
void refresh_delivered(struct refresh *refresh, const struct notice *notice);
/* It is over: before its last notice goes out, nothing may be under way that says otherwise. */
void refresh_ended(struct refresh *refresh, uint64_t incident);
/* Every turn. Returns when to be called next. */
mono_t refresh_advance(struct refresh *refresh, const struct refresh_view *view, struct now now);

#endif
