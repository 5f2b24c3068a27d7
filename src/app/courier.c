/*
 * courier.c - takes notices, and keeps them until they are final.
 *
 * Every entry of the outbox has a parcel: its message, kept in memory until
 * it is final, so that neither a full disk nor an unreadable file can hold a
 * notice back. Handing it over is courier_attempt.c's; the disk's steps are
 * courier_disk.c's, in order:
 *
 *   put  -> begin -> (attempt) -> finish        final: the parcel is gone at once
 *                              -> return        a definite no; tried again later
 *                              -> (stays)       in doubt: inflight/ says so after a crash
 */
#include "app/courier.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "app/courier_parcel.h"
#include "app/courier_write.h"
#include "base/buf.h"
#include "base/key.h"
#include "base/log.h"
#include "core/engine.h"
#include "core/outbox.h"
#include "io/loop.h"
#include "io/spool.h"

#define RESERVE_BYTES (256u << 10) /* enough for a mail to be written, when there is no memory */

static struct parcel *parcel_of(struct courier *c, const struct outbox_entry *entry)
{
	return &c->parcels[entry - c->outbox.entries];
}

struct parcel *parcel_find(struct courier *c, uint64_t id)
{
	struct outbox_entry *entry = outbox_find(&c->outbox, id);

	return entry ? parcel_of(c, entry) : NULL;
}

void parcel_drop(struct parcel *p)
{
	struct courier *c = p->courier;

	outbox_release(&c->outbox, p->entry);
	free(p->message);
	*p = (struct parcel){ .courier = c };
	io_loop_wake(c->io);
}

/* ---- taking ---- */

static struct parcel *parcel_new(struct courier *c, struct outbox_entry *entry, char *message,
				 size_t n)
{
	struct parcel *p = parcel_of(c, entry);

	*p = (struct parcel){ .courier = c, .entry = entry, .message = message, .n = n };
	return p;
}

/*
 * The engine counts on this mail from here on, and nobody else knows what to write: better to end,
 * and to be started again from the state before, than to run on as if it had been sent.
 */
static _Noreturn void end_for_want_of_memory(const struct notice *notice)
{
	log_err("notice id=%016" PRIx64
		" what=\"no memory to write it: ending, to be started again\"",
		notice->id);
	_exit(EX_OSERR);
}

/* With the reserve, where there is nothing else; both NULL: not even so. */
static char *write_notice(struct courier *c, struct generation *generation,
			  const struct model *model, const struct notice *notice,
			  const struct incident *incident, struct buf *file, size_t *ret_n)
{
	char *message = courier_write(model, &generation->plan, notice, incident, ret_n);

	if (!message) {
		free(c->reserve);
		c->reserve = NULL;
		message = courier_write(model, &generation->plan, notice, incident, ret_n);
	}
	if (!message)
		return NULL;
	notice_write(notice, 0, file);
	buf_add(file, message, *ret_n);
	return message;
}

void courier_take(struct courier *c, struct generation *generation, const struct model *model,
		  const struct notice *notice, const struct incident *incident, struct now now)
{
	struct buf file = BUF_INIT(PARCEL_FILE_MAX);
	struct notice written = *notice;
	struct outbox_entry *entry;
	bool is_for_shelf;
	char *message;
	size_t n;

	if (outbox_find(&c->outbox, notice->id))
		return;
	is_for_shelf = shelf_is_for(c, notice);
	if (!is_for_shelf)
		written.merges = outbox_merges(&c->outbox, notice, now);
	message = write_notice(c, generation, model, &written, incident, &file, &n);
	if (!message || buf_failed(&file))
		end_for_want_of_memory(notice);
	if (is_for_shelf) {
		free(message);
		shelf_put(c, notice, file);
		return;
	}
	entry = outbox_add(&c->outbox, &written, false, false, now);
	assert(entry); /* it is not known, and there is room */
	disk_put(parcel_new(c, entry, message, n), file);
}

/* ---- what is due ---- */

/* Written to, because only then it is really ours. */
static char *reserve_new(void)
{
	char *reserve = malloc(RESERVE_BYTES);

	if (reserve)
		memset(reserve, 1, RESERVE_BYTES);
	return reserve;
}

/* Who is asked to take mails, and in whose name. */
static uint64_t relays_key(const struct mail_plan *mail)
{
	uint64_t key = key_text(mail->from_address);

	for (size_t i = 0; i < mail->relays_n; i++) {
		const struct relay_plan *relay = &mail->relays[i];

		key = key_mix(key + key_text(relay->url));
		key = key_mix(key + (relay->username ? key_text(relay->username) : 0));
	}
	return key;
}

/* A HUP that changed nothing of them gives no relay reason to say anything else. */
static void look_at_plan(struct courier *c, const struct generation *generation, struct now now)
{
	uint64_t relays;

	if (c->planned == generation)
		return;
	relays = relays_key(&generation->plan.mail);
	outbox_recall(&c->outbox, c->planned && c->relays != relays, now);
	c->planned = generation;
	c->relays = relays;
}

mono_t courier_advance(struct courier *c, struct generation *generation, struct now now)
{
	struct outbox_entry *entry;

	look_at_plan(c, generation, now);
	disk_advance(c, now);
	shelf_advance(c, now);
	if (!c->reserve)
		c->reserve = reserve_new();
	attempts_advance(c, generation, now);
	while ((entry = outbox_next(&c->outbox, now)) != NULL)
		parcel_begin(parcel_of(c, entry), generation);
	return mono_min(mono_min(disk_wake(c), shelf_wake(c)),
			mono_min(attempts_wake(c), outbox_wake(&c->outbox)));
}

/* ---- life ---- */

void parcel_found(struct courier *c, struct outbox_entry *entry, bool is_inflight, char *message,
		  size_t n)
{
	(void)parcel_new(c, entry, message, n);
	entry->may_be_there = is_inflight;
	log_notice("notice id=%016" PRIx64 " kind=%s incident=%s state=%s", entry->notice.id,
		   notice_kind_name(entry->notice.kind),
		   entry->notice.number[0] ? entry->notice.number : "-",
		   is_inflight ? "in-doubt" : "waiting");
}

/* NULL: no memory, and all that have some are older. */
static char *copy_message(struct courier *c, const struct notice *notice, const char *bytes,
			  size_t n)
{
	char *message;

	do {
		message = malloc(n + 1);
	} while (!message && shelf_make_room(c, notice));
	if (message)
		memcpy(message, bytes, n);
	return message;
}

/*
 * Which relay had it, or whether any, is not known any more: doubt that binds it to one
 * would keep it with a dead relay for days. Twice is better than never. NULL: it is known, or there
 * are too many, and all that are known are older.
 */
static struct outbox_entry *add_found(struct courier *c, const struct notice *notice)
{
	struct outbox_entry *entry = outbox_add(&c->outbox, notice, true, false, c->now);

	if (entry || c->outbox.n < OUTBOX_MAX || outbox_find(&c->outbox, notice->id))
		return entry;
	return shelf_make_room(c, notice) ? outbox_add(&c->outbox, notice, true, false, c->now)
					  : NULL;
}

static void on_found(void *ctx, uint64_t id, bool is_inflight, const char *bytes, size_t n)
{
	struct courier *c = ctx;
	struct outbox_entry *entry;
	struct notice notice;
	unsigned attempts;
	long head = notice_read(bytes, n, &notice, &attempts);
	char *message;

	if (head < 0 || notice.id != id) {
		log_err("outbox.unreadable id=%016" PRIx64 " what=\"left where it is, look at it\"",
			id);
		return;
	}
	engine_adopt(c->restoring, &notice, c->now);
	message = copy_message(c, &notice, bytes + head, n - (size_t)head);
	entry = message ? add_found(c, &notice) : NULL;
	if (!entry) {
		free(message);
		c->shelf.n += !outbox_find(&c->outbox, id);
		return;
	}
	parcel_found(c, entry, is_inflight, message, n - (size_t)head);
}

static void on_sent(void *ctx, uint64_t id, const char *record)
{
	struct courier *c = ctx;
	struct notice notice;

	(void)id;
	if (!courier_read_record(record, &notice))
		return;
	engine_adopt(c->restoring, &notice, c->now);
	if (notice.kind == NOTICE_RECOVERED)
		parcels_told_by(c, &notice); /* we died before all of that was recorded */
	if (c->hooks.on_remembered)
		c->hooks.on_remembered(c->hooks.ctx, &notice);
}

void courier_restore(struct courier *c, struct engine *engine, struct now now)
{
	int r;

	c->restoring = engine;
	c->now = now;
	r = spool_scan(c->spool, on_found, on_sent, c);
	c->restoring = NULL;
	if (r < 0)
		log_fail(r, "outbox.scan dir=%s", spool_dir(c->spool));
	shelf_tell(c);
	disk_stock(c);
}

struct courier *courier_new(struct io *io, struct worker *worker, const char *state_dir,
			    const struct courier_hooks *hooks, int *ret_r)
{
	struct courier *c = calloc(1, sizeof *c);
	struct buf dir = BUF_INIT(4096);

	if (!c) {
		*ret_r = -ENOMEM;
		return NULL;
	}
	buf_printf(&dir, "%s/outbox", state_dir);
	*ret_r = spool_open(buf_text(&dir), &c->spool);
	buf_done(&dir);
	if (*ret_r < 0) {
		free(c);
		return NULL;
	}
	c->io = io;
	c->worker = worker;
	c->hooks = *hooks;
	c->patience = DISK_PATIENCE;
	outbox_init(&c->outbox);
	return c;
}

size_t courier_waiting(const struct courier *c, wall_t *ret_oldest)
{
	return outbox_waiting(&c->outbox, ret_oldest) + c->shelf.n;
}

enum outbox_hold courier_hold(const struct courier *c)
{
	return outbox_hold(&c->outbox);
}

wall_t courier_oldest(const struct courier *c, const char *recipient)
{
	return outbox_oldest(&c->outbox, recipient);
}

mono_t courier_due(const struct courier *c)
{
	return outbox_wake(&c->outbox);
}

void courier_each(const struct courier *c,
		  void (*each)(void *ctx, const struct outbox_entry *entry), void *ctx)
{
	for (size_t i = 0; i < c->outbox.used; i++)
		if (c->outbox.entries[i].state != OUTBOX_FREE)
			each(ctx, &c->outbox.entries[i]);
}

const struct spool *courier_spool(const struct courier *c)
{
	return c->spool;
}

bool courier_is_storage_failing(const struct courier *c)
{
	return c->is_storage_failing;
}

bool courier_is_busy(const struct courier *c)
{
	for (size_t i = 0; i < c->outbox.used; i++)
		if (c->parcels[i].delivery)
			return true;
	return c->jobs > 0;
}

void courier_hurry(struct courier *c, usec_t patience)
{
	disk_hurry(c, patience);
}

void courier_stop(struct courier *c)
{
	c->is_stopped = true;
	for (size_t i = 0; i < c->outbox.used; i++) {
		struct parcel *p = &c->parcels[i];

		if (p->entry)
			parcel_cut(p);
	}
}

void courier_free(struct courier *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->outbox.used; i++) {
		if (c->parcels[i].generation)
			generation_drop(c->parcels[i].generation);
		free(c->parcels[i].message);
	}
	spool_close(c->spool);
	free(c->reserve);
	free(c);
}
