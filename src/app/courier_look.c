/*
 * courier_look.c - see courier_look.h.
 *
 * The oldest, because of one incident's mails the first must not be left behind: then no UP can
 * leave before its DOWN. A folder has no order, so that everything is read for it.
 */
#include "app/courier_look.h"

#include <stdlib.h>
#include <string.h>

#include "core/outbox.h"
#include "io/spool.h"

struct look *look_new(size_t known_n, size_t wanted)
{
	struct look *look = calloc(1, sizeof *look);

	if (!look)
		return NULL;
	look->known = calloc(known_n + 1, sizeof *look->known);
	look->found = calloc(wanted, sizeof *look->found);
	look->known_n = known_n;
	look->wanted = wanted;
	if (look->known && look->found)
		return look;
	look_free(look);
	return NULL;
}

static void forget(struct look *look)
{
	for (size_t i = 0; i < look->found_n; i++)
		free(look->found[i].message);
	look->found_n = 0;
}

void look_free(struct look *look)
{
	if (!look)
		return;
	forget(look);
	free(look->found);
	free(look->known);
	free(look);
}

static int compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool is_known(const struct look *look, uint64_t id)
{
	return bsearch(&id, look->known, look->known_n, sizeof id, compare_ids) != NULL;
}

static struct looked *newest_of(struct look *look)
{
	struct looked *newest = &look->found[0];

	for (size_t i = 1; i < look->found_n; i++)
		if (outbox_is_older(&newest->notice, &look->found[i].notice))
			newest = &look->found[i];
	return newest;
}

/* Where it may stand; NULL: all that are there are older. */
static struct looked *place_for(struct look *look, const struct notice *notice)
{
	struct looked *place;

	if (look->found_n < look->wanted)
		return &look->found[look->found_n++];
	place = newest_of(look);
	return outbox_is_older(notice, &place->notice) ? place : NULL;
}

static void on_notice(void *ctx, uint64_t id, bool is_inflight, const char *bytes, size_t n)
{
	struct look *look = ctx;
	struct notice notice;
	struct looked *place;
	unsigned attempts;
	long head = notice_read(bytes, n, &notice, &attempts);

	if (head < 0 || notice.id != id || is_known(look, id))
		return;
	look->all++;
	place = place_for(look, &notice);
	if (!place)
		return;
	free(place->message);
	place->notice = notice;
	place->is_inflight = is_inflight;
	place->n = n - (size_t)head;
	place->message = malloc(place->n + 1);
	if (place->message)
		memcpy(place->message, bytes + head, place->n);
	else
		look->is_short = true;
}

static void on_sent(void *ctx, uint64_t id, wall_t at, const char *record)
{
	(void)ctx, (void)id, (void)at, (void)record;
}

int look_run(struct look *look, const char *dir)
{
	int r;

	qsort(look->known, look->known_n, sizeof *look->known, compare_ids);
	r = spool_look(dir, on_notice, on_sent, look);
	if (r < 0 || look->is_short)
		forget(look); /* some of them could be a later mail without the one before it */
	return r;
}
