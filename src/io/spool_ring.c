/*
 * spool_ring.c - the duplicate filter and delivery log of the spool.
 *
 * Owns the file "ring" and the ids in it. A record is one 512-byte line that a
 * person can read: "id sequence length microseconds checksum text". It lies at
 * sequence % records, is written by one pwrite() and counts only when its
 * checksum fits, so that a torn record is an empty one: its notice is then
 * still in inflight/, in doubt, which is the truth.
 */
#include "io/spool_ring.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/key.h"
#include "base/log.h"
#include "base/words.h"
#include "io/spool.h"

#define HEAD_BYTES   64
#define TEXT_MAX     (SPOOL_RING_BYTES - HEAD_BYTES)
#define SUM_AT	     47 /* of the checksum, which covers what is before it and the text */
#define READ_RECORDS 32 /* at once; divides the ring */
#define RING_BYTES   ((off_t)SPOOL_RING_BYTES * SPOOL_RING_RECORDS)

struct spool_ring {
	int fd;
	uint32_t next; /* sequence of the record to come; 0 is never used */
	uint64_t id[SPOOL_RING_RECORDS];
	bool is_filled[SPOOL_RING_RECORDS];
};

struct record {
	uint64_t id;
	uint32_t sequence;
	wall_t at;
	char text[TEXT_MAX + 1];
};

static uint64_t checksum(const char *line, size_t n)
{
	return key_hash(line + HEAD_BYTES, n, key_hash(line, SUM_AT, SPOOL_RING_BYTES));
}

static void record_write(char line[SPOOL_RING_BYTES], uint64_t id, uint32_t sequence,
			 const char *text, wall_t when)
{
	size_t n = strnlen(text, TEXT_MAX - 1);
	char head[HEAD_BYTES + 1];

	memset(line, ' ', SPOOL_RING_BYTES);
	snprintf(head, sizeof head, "%016" PRIx64 " %08" PRIx32 " %03zu %016" PRId64 " ", id,
		 sequence, n, when.us);
	memcpy(line, head, SUM_AT);
	memcpy(line + HEAD_BYTES, text, n);
	snprintf(head, sizeof head, "%016" PRIx64, checksum(line, n));
	memcpy(line + SUM_AT, head, 16);
	line[SPOOL_RING_BYTES - 1] = '\n';
}

static bool field_hex(const char *line, size_t at, size_t digits, uint64_t *ret)
{
	char padded[17] = "0000000000000000";

	memcpy(padded + 16 - digits, line + at, digits);
	return words_hex64(padded, ret);
}

/* Padded with zeros, before which a minus may stand; unset where it cannot be read. */
static wall_t time_read(const char *digits)
{
	wall_t at = { 0 };

	while (*digits == '0' && digits[1])
		digits++;
	(void)words_int(digits, 0, INT64_MAX, &at.us);
	return at;
}

static bool record_read(const char line[SPOOL_RING_BYTES], struct record *ret)
{
	uint64_t id, sequence, sum;
	char digits[4] = "", at[17] = "";
	int64_t n;

	memcpy(digits, line + 26, 3);
	memcpy(at, line + 30, 16);
	if (!field_hex(line, 0, 16, &id) || !field_hex(line, 17, 8, &sequence) || sequence == 0 ||
	    !words_int(digits, 0, TEXT_MAX - 1, &n) || !field_hex(line, SUM_AT, 16, &sum))
		return false;
	if (sum != checksum(line, (size_t)n))
		return false;
	ret->id = id;
	ret->sequence = (uint32_t)sequence;
	ret->at = time_read(at);
	memcpy(ret->text, line + HEAD_BYTES, (size_t)n);
	ret->text[n] = '\0';
	return true;
}

static bool file_is_regular(int fd)
{
	struct stat is;

	return fstat(fd, &is) == 0 && S_ISREG(is.st_mode);
}

/* Space for all records to come, taken while there is some. */
static int file_grow(int fd)
{
	static const char zeros[16384];
	struct stat is;

	if (fstat(fd, &is) < 0)
		return -errno;
	for (off_t at = is.st_size; at < RING_BYTES;) {
		size_t n = RING_BYTES - at < (off_t)sizeof zeros ? (size_t)(RING_BYTES - at)
								 : sizeof zeros;
		ssize_t done = pwrite(fd, zeros, n, at);

		if (done < 0)
			return -errno;
		at += done;
	}
	if (is.st_size < RING_BYTES && fsync(fd) < 0)
		return -errno;
	return 0;
}

/* False: no such record, damaged, or another place's. */
static bool record_is_at(const char line[SPOOL_RING_BYTES], size_t place, struct record *ret)
{
	return record_read(line, ret) && ret->sequence % SPOOL_RING_RECORDS == place;
}

static void place_load(struct spool_ring *ring, size_t place, const char line[SPOOL_RING_BYTES])
{
	struct record record;

	if (!record_is_at(line, place, &record))
		return;
	ring->is_filled[place] = true;
	ring->id[place] = record.id;
	if (record.sequence >= ring->next)
		ring->next = record.sequence + 1;
}

/* What cannot be read counts as empty: then a notice may be sent twice, but none is lost. */
static void ring_load(struct spool_ring *ring)
{
	char lines[READ_RECORDS][SPOOL_RING_BYTES];

	ring->next = 1;
	for (size_t place = 0; place < SPOOL_RING_RECORDS; place += READ_RECORDS) {
		ssize_t n = pread(ring->fd, lines, sizeof lines, (off_t)place * SPOOL_RING_BYTES);

		for (size_t i = 0; i < READ_RECORDS && n >= (ssize_t)((i + 1) * SPOOL_RING_BYTES);
		     i++)
			place_load(ring, place + i, lines[i]);
	}
}

static int ring_take(int fd, struct spool_ring **ret)
{
	struct spool_ring *ring = calloc(1, sizeof *ring);

	if (!ring)
		return -ENOMEM;
	ring->fd = fd;
	ring_load(ring);
	*ret = ring;
	return 0;
}

int ring_open_reading(int at, struct spool_ring **ret)
{
	int fd = openat(at, "ring", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int r = fd < 0 ? -errno : ring_take(fd, ret);

	if (r < 0 && fd >= 0)
		(void)close(fd); /* nothing was written to it */
	return r;
}

int ring_open(int at, struct spool_ring **ret)
{
	int fd = openat(at, "ring", O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EROFS)
		return ring_open_reading(at, ret); /* what was sent is known all the same */
	if (fd < 0)
		return -errno;
	int r = file_is_regular(fd) ? ring_take(fd, ret) : -EINVAL;

	if (r < 0)
		close(fd);
	return r;
}

int ring_stock(struct spool_ring *ring)
{
	int r = file_grow(ring->fd);

	if (r != -ENOSPC && r != -EDQUOT)
		return r;
	log_warning("spool.ring error=ENOSPC going-on=with-a-shorter-ring");
	return 0;
}

void ring_close(struct spool_ring *ring)
{
	if (!ring)
		return;
	close(ring->fd);
	free(ring);
}

bool ring_has(const struct spool_ring *ring, uint64_t id)
{
	for (size_t i = 0; i < SPOOL_RING_RECORDS; i++)
		if (ring->is_filled[i] && ring->id[i] == id)
			return true;
	return false;
}

int ring_add(struct spool_ring *ring, uint64_t id, const char *record, wall_t when)
{
	size_t place = ring->next % SPOOL_RING_RECORDS;
	char line[SPOOL_RING_BYTES];

	record_write(line, id, ring->next, record, when);
	ssize_t n = pwrite(ring->fd, line, sizeof line, (off_t)place * SPOOL_RING_BYTES);

	if (n < 0)
		return errno == EBADF ? -EROFS : -errno; /* it could only be opened for reading */
	if (n != (ssize_t)sizeof line)
		return -ENOSPC;
	if (fsync(ring->fd) < 0)
		return -errno;
	ring->id[place] = id;
	ring->is_filled[place] = true;
	ring->next++;
	return 0;
}

void ring_each(const struct spool_ring *ring,
	       void (*on_sent)(void *ctx, uint64_t id, wall_t at, const char *record), void *ctx)
{
	char line[SPOOL_RING_BYTES];
	struct record record;

	for (size_t i = 0; i < SPOOL_RING_RECORDS; i++) {
		size_t place = (ring->next + i) % SPOOL_RING_RECORDS;
		off_t at = (off_t)place * SPOOL_RING_BYTES;

		if (ring->is_filled[place] &&
		    pread(ring->fd, line, sizeof line, at) == (ssize_t)sizeof line &&
		    record_is_at(line, place, &record))
			on_sent(ctx, record.id, record.at, record.text);
	}
}
