/*
 * courier_disk.c - the steps of a notice on the disk, and how long they are
 * waited for.
 *
 * Jobs run on the worker thread in the order in which they were given, so that
 * the record of a notice never overtakes its file. A disk that does not answer
 * holds no mail back: after 5 s a notice goes on from memory (DECISIONS 3). Its
 * answer may still come, at any time, also for a notice that is final and gone;
 * therefore answers find their notice by its id.
 *
 * What could not be written is tried again each minute: a notice that is in
 * memory only is lost with us, and without its record a file would be sent a
 * second time at the next start, however late that is.
 */
#include "app/courier_parcel.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/log.h"
#include "io/loop.h"

#define RECORD_PAUSE USEC_PER_MIN
#define PUT_PAUSE USEC_PER_MIN

static void storage_is(struct courier *c, int r)
{
	if (r < 0 && !c->is_storage_failing)
		log_fail(r, "outbox.storage dir=%s what=\"notices are sent from memory\"",
			 spool_dir(c->spool));
	if (r >= 0 && c->is_storage_failing)
		log_notice("outbox.storage dir=%s what=\"works again\"", spool_dir(c->spool));
	c->is_storage_failing = r < 0;
}

static void storage_is_silent(struct courier *c)
{
	if (!c->is_storage_failing)
		log_err("outbox.storage dir=%s what=\"the disk does not answer, notices are sent "
			"from memory\"",
			spool_dir(c->spool));
	c->is_storage_failing = true;
}

static struct courier_order order_of(struct parcel *p, enum courier_verb verb,
				     void (*on_done)(void *ctx, const struct courier_order *order,
						     int r))
{
	return (struct courier_order){
		.verb = verb,
		.spool = p->courier->spool,
		.id = p->entry->notice.id,
		.at = io_now(p->courier->io).wall,
		.on_done = on_done,
		.ctx = p->courier,
	};
}

void disk_order(struct courier *c, const struct courier_order *order)
{
	c->jobs++;
	courier_job(c->worker, order);
}

void disk_answered(struct courier *c, int r)
{
	c->jobs--;
	storage_is(c, r);
	io_loop_wake(c->io);
}

/* The parcel that was asked for, NULL when it is gone. */
static struct parcel *answer_take(struct courier *c, const struct courier_order *order, int r)
{
	disk_answered(c, r);
	return parcel_find(c, order->id);
}

static void wait_for_disk(struct parcel *p, enum disk_wait wait)
{
	p->wait = wait;
	p->wait_ends = mono_add(io_now(p->courier->io).mono, p->courier->patience);
}

/* ---- before the first one ---- */

static void on_stocked(void *ctx, const struct courier_order *order, int r)
{
	(void)answer_take(ctx, order, r); /* no notice's: a fault is told by answer_take() */
}

/*
 * The first start makes 64 slots: as long as a slow disk takes for it, notices are sent from
 * memory.
 */
void disk_stock(struct courier *c)
{
	const struct courier_order order = {
		.verb = COURIER_STOCK, .spool = c->spool, .on_done = on_stocked, .ctx = c,
	};

	disk_order(c, &order);
}

/* ---- put ---- */

/* Delivered in an earlier life, unless this one is at it already because the disk was silent. */
static void on_known(struct parcel *p)
{
	if (p->entry->state == OUTBOX_SENDING)
		return;
	log_info("notice id=%016" PRIx64 " state=known", p->entry->notice.id);
	shelf_recount(p->courier);
	parcel_drop(p);
}

/* What is "queued" outlives us. */
static void tell_stored(const struct parcel *p, bool is_durable)
{
	const struct notice *notice = &p->entry->notice;

	log_info("notice id=%016" PRIx64 " kind=%s incident=%s seq=%u state=%s", notice->id,
		 notice_kind_name(notice->kind), notice->number[0] ? notice->number : "-",
		 notice->seq, is_durable ? "queued" : "in-memory");
}

static void on_stored(void *ctx, const struct courier_order *order, int r)
{
	struct parcel *p = answer_take(ctx, order, r == -EEXIST ? 0 : r);

	if (!p)
		return; /* sent from memory meanwhile: its record is the next job */
	if (r == -EEXIST)
		on_known(p);
	else if (p->wait == DISK_PUT) {
		p->wait = DISK_NOTHING;
		outbox_stored(p->entry, r == 0, io_now(p->courier->io));
		tell_stored(p, r == 0);
	} else if (r == 0) {
		tell_stored(p, true);
		p->entry->is_durable = true; /* late, but from here on a crash cannot lose it */
	}
}

void disk_put(struct parcel *p, struct buf file)
{
	struct courier_order order = order_of(p, COURIER_PUT, on_stored);

	order.file = file;
	wait_for_disk(p, DISK_PUT);
	disk_order(p->courier, &order);
}

/* ---- put once more ---- */

/* It waits, and nothing but our memory knows of it. */
static bool is_in_memory_only(const struct parcel *p)
{
	return p->entry && p->entry->state == OUTBOX_WAITING && !p->entry->is_durable &&
	       p->wait == DISK_NOTHING;
}

static bool is_any_in_memory_only(const struct courier *c)
{
	for (size_t i = 0; i < c->outbox.used; i++)
		if (is_in_memory_only(&c->parcels[i]))
			return true;
	return false;
}

bool courier_has_undurable(const struct courier *c)
{
	if (c->shelf.on_the_way > 0)
		return true;
	for (size_t i = 0; i < c->outbox.used; i++)
		if (c->parcels[i].entry && !c->parcels[i].entry->is_durable)
			return true;
	return false;
}

/* A failed put may have left the file after all: then it is there, and it is this one. */
static void on_stored_late(void *ctx, const struct courier_order *order, int r)
{
	struct parcel *p = answer_take(ctx, order, r == -EEXIST ? 0 : r);

	if (!p || (r < 0 && r != -EEXIST))
		return;
	tell_stored(p, true);
	p->entry->is_durable = true;
}

static void put_again(struct parcel *p)
{
	struct courier_order order = order_of(p, COURIER_PUT, on_stored_late);

	order.file = (struct buf)BUF_INIT(PARCEL_FILE_MAX);
	notice_write(&p->entry->notice, p->entry->attempts, &order.file);
	buf_add(&order.file, p->message, p->n);
	disk_order(p->courier, &order);
}

/* The disk may be well by now; one that has yet to answer is given no more to do. */
static void put_all_again(struct courier *c, struct now now)
{
	if (c->jobs > 0 || !mono_reached(c->put_again, now.mono))
		return;
	c->put_again = mono_add(now.mono, PUT_PAUSE);
	for (size_t i = 0; i < c->outbox.used; i++)
		if (is_in_memory_only(&c->parcels[i]))
			put_again(&c->parcels[i]);
}

/* ---- before and after an attempt ---- */

static void go_on(struct parcel *p)
{
	bool is_put = p->wait == DISK_PUT;

	p->wait = DISK_NOTHING;
	if (is_put) {
		outbox_stored(p->entry, false, io_now(p->courier->io));
		tell_stored(p, false);
	} else {
		parcel_attempt(p);
	}
}

static void on_begun(void *ctx, const struct courier_order *order, int r)
{
	struct parcel *p = answer_take(ctx, order, r);

	if (!p)
		return;
	p->is_begun = r == 0;
	if (p->wait == DISK_BEGIN)
		go_on(p); /* also when the disk refuses: a mail late is worse than a mail twice */
}

void disk_begin(struct parcel *p)
{
	struct courier_order order = order_of(p, COURIER_BEGIN, on_begun);

	wait_for_disk(p, DISK_BEGIN);
	disk_order(p->courier, &order);
}

static void on_returned(void *ctx, const struct courier_order *order, int r)
{
	struct parcel *p = answer_take(ctx, order, r);

	if (p)
		p->is_begun = false;
}

void disk_return(struct parcel *p)
{
	struct courier_order order = order_of(p, COURIER_RETURN, on_returned);

	disk_order(p->courier, &order);
}

static void on_eml_written(void *ctx, const struct courier_order *order, int r)
{
	struct courier *c = ctx;
	struct parcel *p = parcel_find(c, order->id);

	c->jobs--;
	if (p)
		parcel_eml_written(p, r);
}

void disk_eml(struct parcel *p)
{
	struct courier_order order = order_of(p, COURIER_EML, on_eml_written);

	courier_name(&order, &p->entry->notice);
	order.message = p->message;
	order.message_bytes = p->n;
	disk_order(p->courier, &order);
}

/* ---- the record ---- */

static void on_recorded(void *ctx, const struct courier_order *order, int r)
{
	struct courier *c = ctx;

	(void)answer_take(c, order, r); /* it is gone */
	if (r == 0)
		return;
	if (c->unrecorded_n == UNRECORDED_MAX) {
		c->is_record_lost = true;
		log_err("outbox.record id=%016" PRIx64
			" what=\"not written; it may be sent again at the next start\"",
			order->id);
		return;
	}
	c->unrecorded[c->unrecorded_n++] = *order;
	c->record_again = mono_add(io_now(c->io).mono, RECORD_PAUSE);
}

void disk_record(struct parcel *p, const char *mark)
{
	struct courier_order order = order_of(p, COURIER_FINISH, on_recorded);
	char reply[sizeof p->entry->reply + sizeof COURIER_GIVEN_UP];

	(void)snprintf(reply, sizeof reply, "%s%s", mark, p->entry->reply);
	courier_record(&order, &p->entry->notice, reply);
	disk_order(p->courier, &order);
}

static void record_again(struct courier *c)
{
	size_t n = c->unrecorded_n;

	c->unrecorded_n = 0; /* what fails again comes back with its answer */
	for (size_t i = 0; i < n; i++)
		disk_order(c, &c->unrecorded[i]);
}

/* ---- time ---- */

void disk_hurry(struct courier *c, usec_t patience)
{
	mono_t by = mono_add(io_now(c->io).mono, patience);

	c->patience = patience;
	for (size_t i = 0; i < c->outbox.used; i++)
		c->parcels[i].wait_ends = mono_min(c->parcels[i].wait_ends, by);
}

void disk_advance(struct courier *c, struct now now)
{
	for (size_t i = 0; c->jobs > 0 && i < c->outbox.used; i++) {
		struct parcel *p = &c->parcels[i];

		if (!p->entry || p->wait == DISK_NOTHING || !mono_reached(p->wait_ends, now.mono))
			continue;
		storage_is_silent(c);
		go_on(p);
	}
	if (c->unrecorded_n > 0 && mono_reached(c->record_again, now.mono))
		record_again(c);
	put_all_again(c, now);
}

mono_t disk_wake(const struct courier *c)
{
	mono_t wake = c->unrecorded_n > 0 ? c->record_again : MONO_NEVER;

	for (size_t i = 0; c->jobs > 0 && i < c->outbox.used; i++)
		if (c->parcels[i].entry && c->parcels[i].wait != DISK_NOTHING)
			wake = mono_min(wake, c->parcels[i].wait_ends);
	if (c->jobs == 0 && is_any_in_memory_only(c))
		wake = mono_min(wake, c->put_again);
	return wake;
}
