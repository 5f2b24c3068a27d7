/*
 * changes.c - see changes.h.
 */
#include "app/changes.h"

#include "base/buf.h"
#include "conf/conf.h"

static void tell(void *ctx, const struct plan_difference *d)
{
	static const char signs[] = {
		[PLAN_ADDED] = '+', [PLAN_REMOVED] = '-', [PLAN_CHANGED] = '~'
	};
	struct buf *to = ctx;

	buf_printf(to, "%c %s", signs[d->change], d->what);
	if (d->name[0])
		buf_printf(to, " %s", d->name);
	if (d->key[0])
		buf_printf(to, ": %s", d->key);
	buf_putc(to, '\n');
}

void changes_tell(const struct plan *before, const struct plan *after, struct buf *to)
{
	size_t n = to->n;

	plan_differ(before, after, tell, to);
	if (to->n == n)
		buf_puts(to, "nothing has changed\n");
}
