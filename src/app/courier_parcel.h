/*
 * courier_parcel.h - a notice under way, its attempts and its steps on the
 * disk, between courier.c, courier_attempt.c and courier_disk.c.
 */
#ifndef APP_COURIER_PARCEL_H
#define APP_COURIER_PARCEL_H

#include <stdbool.h>
#include <stddef.h>

#include "app/courier.h"
#include "app/courier_job.h"
#include "app/courier_write.h"
#include "app/logins.h"
#include "core/outbox.h"

struct notify_delivery;
struct notify_kind;

/* What waits on the disk alone, for want of room. */
struct shelf {
	size_t n;	       /* notices on it, or on the way there */
	size_t on_the_way;     /* the disk has not answered yet */
	size_t since_look;     /* came after it was last looked at */
	size_t wanted;	       /* as many are read at once; 0: as usual */
	bool is_used;	       /* something was on it, in this life */
	bool is_looking;
	mono_t look_again;     /* not before */
};

#define DISK_PATIENCE (5 * USEC_PER_SEC)
#define UNRECORDED_MAX 32
#define PARCEL_FILE_MAX (COURIER_MESSAGE_MAX + 4096) /* with its head */

/* What a parcel waits for from the disk before it can go on. */
enum disk_wait { DISK_NOTHING, DISK_PUT, DISK_BEGIN };

struct parcel {
	struct courier *courier;
	struct outbox_entry *entry; /* NULL: free */
	struct generation *generation; /* of the attempt under way */
	struct notify_delivery *delivery;
	const struct notify_kind *kind; /* by which that one goes; NULL: by mail */
	enum disk_wait wait;
	mono_t wait_ends;	    /* then it goes on without the disk */
	bool is_begun;		    /* its file lies in inflight/ */
	bool is_held;		    /* the attempt could not be made, and will be at `again` */
	unsigned shortages;	    /* so often in a row, for want of memory or descriptors */
	mono_t again;
	char *message;
	size_t n;
};

struct courier {
	struct io *io;
	struct worker *worker;
	struct spool *spool;
	struct courier_hooks hooks;
	struct engine *restoring; /* while the spool is scanned */
	struct logins logins;
	const struct generation *planned; /* by which was last advanced; only compared */
	uint64_t relays;		  /* of its plan: who is asked, in whose name */
	struct now now;
	bool is_storage_failing, is_stopped;
	usec_t patience; /* with the disk */
	char *reserve;	 /* memory that the next mail may need; NULL: used up */
	unsigned jobs;	 /* at the worker */
	unsigned held;	 /* so many parcels are */
	/* final, and the disk does not know it yet */
	struct courier_order unrecorded[UNRECORDED_MAX];
	size_t unrecorded_n;
	mono_t record_again;
	bool is_record_lost; /* and one of them is not even known here */
	struct shelf shelf;
	mono_t put_again; /* what is in memory only is put then, not before */
	struct outbox outbox;
	struct parcel parcels[OUTBOX_MAX]; /* by the entry's index */
};

/* NULL: final by now. */
struct parcel *parcel_find(struct courier *courier, uint64_t id);
void parcel_drop(struct parcel *parcel);
/* One found on the disk, where an attempt may have handed it over; takes `message`. */
void parcel_found(struct courier *courier, struct outbox_entry *entry, bool is_inflight,
		  char *message, size_t n);

/* courier_attempt.c: its turn has come; the disk first, then the attempt. */
void parcel_begin(struct parcel *parcel, struct generation *generation);
/* Hand the message over, by relay or as a file. */
void parcel_attempt(struct parcel *parcel);
void parcel_eml_written(struct parcel *parcel, int r);
/* What waits, and was told by the mail of its incident's end: final, with a record. */
void parcels_told_by(struct courier *courier, const struct notice *end);
/* The end: an attempt under way is given up, and in no doubt unless it must be. */
void parcel_cut(struct parcel *parcel);
/* Make again what could not be made for want of something of our own. */
void attempts_advance(struct courier *courier, struct generation *generation, struct now now);
mono_t attempts_wake(const struct courier *courier);

/*
 * courier_shelf.c. At the start, for a notice that finds no room or memory: one that is newer goes
 * to the shelf. False: none is newer.
 */
bool shelf_make_room(struct courier *courier, const struct notice *notice);
/* When all are counted. */
void shelf_tell(struct courier *courier);
/* There is no room, or an earlier mail of its incident may lie there. */
bool shelf_is_for(const struct courier *courier, const struct notice *notice);
/* To the disk alone; takes `file`. */
void shelf_put(struct courier *courier, const struct notice *notice, struct buf file);
/* The disk knows a notice that we do not: sent in an earlier life, or on the shelf. */
void shelf_recount(struct courier *courier);
/* Look for what there is room for again. */
void shelf_advance(struct courier *courier, struct now now);
mono_t shelf_wake(const struct courier *courier);

/* A job of the worker's, and its answer: how the disk is. */
void disk_order(struct courier *courier, const struct courier_order *order);
void disk_answered(struct courier *courier, int r);
/* Before any notice: what it will need on the disk. */
void disk_stock(struct courier *courier);
/* courier_disk.c: each is one job; the disk's answer moves the parcel on. */
void disk_put(struct parcel *parcel, struct buf file);
void disk_begin(struct parcel *parcel);
void disk_return(struct parcel *parcel);
void disk_eml(struct parcel *parcel);
/* The parcel is final: its record may be written long after it is gone. */
/* `mark`: COURIER_GIVEN_UP, COURIER_MERGED, or "". */
void disk_record(struct parcel *parcel, const char *mark);
/* Wait for the disk no longer than this, now and from here on. */
void disk_hurry(struct courier *courier, usec_t patience);
/* Let go on what has waited for the disk for too long, and try records again. */
void disk_advance(struct courier *courier, struct now now);
mono_t disk_wake(const struct courier *courier);

#endif
