/*
 * courier_shelf.c - what waits on the disk alone.
 *
 * A relay that is dead for days, or memory that is short at the start, leaves
 * more notices than the outbox can know. The oldest are known; the rest lie on the
 * disk, like books on a shelf, and are looked for as soon as there is room. Nothing
 * of an incident is known while an earlier mail of it may lie there.
 *
 * What is final and has no record yet lies there as well: it is not sent a second
 * time. When so many records failed that some were forgotten, nobody can tell any
 * more, and the rest is left to the next start.
 */
#include "app/courier_parcel.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "app/courier_look.h"
#include "base/log.h"
#include "io/loop.h"
#include "io/spool.h"

#define LOOK_MOST 1024 /* notices read at once, of some 16 KiB each */
#define LOOK_PAUSE USEC_PER_MIN

/* ---- at the start ---- */

bool shelf_make_room(struct courier *c, const struct notice *notice)
{
	struct outbox_entry *newest = outbox_newest(&c->outbox);

	if (!newest || !outbox_is_older(notice, &newest->notice))
		return false;
	parcel_drop(&c->parcels[newest - c->outbox.entries]);
	c->shelf.n++;
	return true;
}

void shelf_tell(struct courier *c)
{
	c->shelf.is_used = c->shelf.n > 0;
	if (c->shelf.n > 0)
		log_warning("outbox.shelf known=%zu on-disk=%zu what=\"more notices wait than can "
			    "be known at once: the newest are looked for when there is room\"",
			    c->outbox.n, c->shelf.n);
}

/* ---- a new one ---- */

bool shelf_is_for(const struct courier *c, const struct notice *notice)
{
	return c->outbox.n == OUTBOX_MAX || (c->shelf.n > 0 && notice->seq > 0);
}

static void on_shelved(void *ctx, const struct courier_order *order, int r)
{
	struct courier *c = ctx;

	disk_answered(c, r == -EEXIST ? 0 : r);
	c->shelf.on_the_way--;
	if (r == 0) {
		log_info("%s state=queued", order->record);
		return;
	}
	c->shelf.n -= c->shelf.n > 0;
	if (r != -EEXIST)
		log_err("%s what=\"lost: too many mails wait, and the disk does not take it\"",
			order->record);
}

static void shelf_add(struct courier *c)
{
	c->shelf.is_used = true;
	c->shelf.n++;
	c->shelf.since_look++;
}

void shelf_put(struct courier *c, const struct notice *notice, struct buf file)
{
	struct courier_order order = {
		.verb = COURIER_PUT, .spool = c->spool, .id = notice->id, .file = file,
		.at = notice->created.wall, .on_done = on_shelved, .ctx = c,
	};

	/* No record is written of it here: the room holds what the log will say of it. */
	(void)snprintf(order.record, sizeof order.record,
		       "notice id=%016" PRIx64 " kind=%s incident=%s seq=%u", notice->id,
		       notice_kind_name(notice->kind), notice->number[0] ? notice->number : "-",
		       notice->seq);
	if (c->shelf.n == 0)
		log_warning("outbox.shelf known=%zu what=\"new notices wait on the disk until there "
			    "is room\"",
			    c->outbox.n);
	shelf_add(c);
	c->shelf.on_the_way++;
	disk_order(c, &order);
}

/* One too many until it is looked at. */
void shelf_recount(struct courier *c)
{
	if (c->shelf.is_used)
		shelf_add(c);
}

/* ---- looking ---- */

static bool is_unrecorded(const struct courier *c, uint64_t id)
{
	for (size_t i = 0; i < c->unrecorded_n; i++)
		if (c->unrecorded[i].id == id)
			return true;
	return false;
}

/* False: it stays where it is. */
static bool take_down(struct courier *c, struct looked *looked)
{
	struct outbox_entry *entry = outbox_add(&c->outbox, &looked->notice, true, false,
						io_now(c->io));

	if (!entry)
		return false;
	parcel_found(c, entry, looked->is_inflight, looked->message, looked->n);
	looked->message = NULL;
	return true;
}

static void take_all_down(struct courier *c, struct look *look)
{
	size_t gone = 0;

	for (size_t i = 0; i < look->found_n; i++)
		gone += is_unrecorded(c, look->found[i].notice.id) ||
			take_down(c, &look->found[i]);
	c->shelf.n = look->all - gone + c->shelf.since_look;
	log_notice("outbox.shelf known=%zu on-disk=%zu", c->outbox.n, c->shelf.n);
}

static void look_failed(struct courier *c, int r)
{
	c->shelf.wanted = c->shelf.wanted / 2 + 1;
	c->shelf.look_again = mono_add(io_now(c->io).mono, LOOK_PAUSE);
	log_fail(r, "outbox.shelf on-disk=%zu what=\"looked for again in a minute\"", c->shelf.n);
}

static void on_looked(void *ctx, const struct courier_order *order, int r)
{
	struct courier *c = ctx;
	struct look *look = order->look;

	disk_answered(c, 0); /* what could not be read is no notice's trouble */
	c->shelf.is_looking = false;
	if (r < 0 || look->is_short) {
		look_failed(c, r < 0 ? r : -ENOMEM);
	} else if (!c->is_stopped) {
		take_all_down(c, look);
		c->shelf.wanted = LOOK_MOST;
		c->shelf.look_again = io_now(c->io).mono;
	}
	look_free(look);
}

static struct look *look_for(const struct courier *c, size_t room)
{
	size_t wanted = c->shelf.wanted ? c->shelf.wanted : LOOK_MOST;
	struct look *look = look_new(c->outbox.n, wanted < room ? wanted : room);
	size_t n = 0;

	for (size_t i = 0; look && i < c->outbox.used; i++)
		if (c->outbox.entries[i].state != OUTBOX_FREE)
			look->known[n++] = c->outbox.entries[i].notice.id;
	return look;
}

/* To look is to read all: where only few leave, once a minute. */
static mono_t due_of_look(const struct courier *c)
{
	bool is_roomy = OUTBOX_MAX - c->outbox.n >= LOOK_MOST;

	if (c->shelf.n == 0 || c->outbox.n == OUTBOX_MAX || c->shelf.is_looking ||
	    c->is_record_lost || c->is_stopped)
		return MONO_NEVER;
	return is_roomy ? c->shelf.look_again : mono_add(c->shelf.look_again, LOOK_PAUSE);
}

void shelf_advance(struct courier *c, struct now now)
{
	struct courier_order order = { .verb = COURIER_LOOK, .spool = c->spool,
				       .on_done = on_looked, .ctx = c };

	if (!mono_reached(due_of_look(c), now.mono))
		return;
	order.look = look_for(c, OUTBOX_MAX - c->outbox.n);
	if (!order.look) {
		look_failed(c, -ENOMEM);
		return;
	}
	c->shelf.is_looking = true;
	c->shelf.since_look = 0;
	disk_order(c, &order);
}

mono_t shelf_wake(const struct courier *c)
{
	return due_of_look(c);
}
