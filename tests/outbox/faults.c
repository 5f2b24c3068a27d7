/*
 * faults.c - a disk that refuses: every system call of a notice's life on the
 * disk fails, the first, the second, ... alone, with the few after it, and for
 * ever, and nothing that was promised is lost (reliability.md 8.7, 8.12).
 *
 * The calls are wrapped by the linker, so that a refusal reaches the spool as
 * the kernel would say it. The loop over n ends when a whole life needed no
 * n-th call: then every one of them has been refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "io/fixture.h"
#include "io/spool.h"

#define CALLS_MAX 2000 /* of one life; far more than there are */
#define LIVES	  (2 * 4 * 3) /* a size, a row of refusals, an error */
#define RECORD	  "ops@example.org 250 ok"
#define WHEN	  ((wall_t){ 1795600000000000 })

/* ---- a disk that refuses ---- */

static struct {
	unsigned count, at, n; /* calls so far; the first that fails, 0: none; how many do */
	int error;
} fault;

static bool is_refused(void)
{
	bool is_now = ++fault.count >= fault.at && fault.at > 0 && fault.count - fault.at < fault.n;

	if (is_now)
		errno = fault.error;
	return is_now;
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
ssize_t __real_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
ssize_t __real_pwrite(int fd, const void *bytes, size_t n, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n, off_t at);
int __real_renameat2(int from, const char *name, int to, const char *as, unsigned flags);
int __wrap_renameat2(int from, const char *name, int to, const char *as, unsigned flags);
int __real_unlinkat(int at, const char *name, int flags);
int __wrap_unlinkat(int at, const char *name, int flags);
int __real_openat(int at, const char *name, int flags, mode_t mode);
int __wrap_openat(int at, const char *name, int flags, mode_t mode);

int __wrap_fsync(int fd)
{
	return is_refused() ? -1 : __real_fsync(fd);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
	return fd > STDERR_FILENO && is_refused() ? -1 : __real_write(fd, bytes, n);
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	return is_refused() ? -1 : __real_pwrite(fd, bytes, n, at);
}

int __wrap_renameat2(int from, const char *name, int to, const char *as, unsigned flags)
{
	return is_refused() ? -1 : __real_renameat2(from, name, to, as, flags);
}

int __wrap_unlinkat(int at, const char *name, int flags)
{
	return is_refused() ? -1 : __real_unlinkat(at, name, flags);
}

/* A disk that refuses to write still opens what is there to be read. */
int __wrap_openat(int at, const char *name, int flags, mode_t mode)
{
	bool is_writing = (flags & (O_ACCMODE | O_CREAT)) != O_RDONLY;

	return is_writing && is_refused() ? -1 : __real_openat(at, name, flags, mode);
}

/* ---- one life of a notice ---- */

struct life {
	uint64_t id;
	size_t bytes; /* of the notice: a slot's, or a file's of its own */
	int put, finished;
};

static char text[2 * SPOOL_SLOT_BYTES];

static void life_lead(const char *box, struct life *life)
{
	struct spool *spool;

	life->put = life->finished = -EBADF;
	if (spool_open(box, &spool) < 0)
		return;
	(void)spool_stock(spool); /* fewer slots are no reason to stop */
	life->put = spool_put(spool, life->id, text, life->bytes);
	(void)spool_begin(spool, life->id); /* a disk that refuses holds no mail back */
	(void)spool_return(spool, life->id);
	(void)spool_begin(spool, life->id);
	life->finished = spool_finish(spool, life->id, RECORD, WHEN);
	spool_close(spool);
}

/* ---- what must be true on a disk that is well again ---- */

struct found {
	uint64_t id;
	size_t bytes;
	unsigned waiting, sent;
	bool is_damaged;
};

static void notice_found(void *ctx, uint64_t id, bool is_inflight, const char *bytes, size_t n)
{
	struct found *found = ctx;

	(void)is_inflight; /* a begin that was refused is none */
	if (id != found->id)
		return;
	found->waiting++;
	found->is_damaged |= n != found->bytes || memcmp(bytes, text, n) != 0;
}

static void sent_found(void *ctx, uint64_t id, const char *record)
{
	struct found *found = ctx;

	found->sent += id == found->id;
	found->is_damaged |= strcmp(record, RECORD) != 0;
}

static void promise_check(const char *box, const struct life *life)
{
	struct found found = { .id = life->id, .bytes = life->bytes };
	struct spool *spool;

	assert_int_equal(spool_open(box, &spool), 0);
	assert_int_equal(spool_stock(spool), 0);
	assert_int_equal(spool_scan(spool, notice_found, sent_found, &found), 0);
	assert_int_not_equal(life->put, -EEXIST); /* nobody knew it */
	assert_false(found.is_damaged);
	assert_true(found.waiting + found.sent <= 1);
	if (life->finished == 0)
		assert_int_equal(found.sent, 1);
	else if (life->put == 0)
		assert_int_equal(found.waiting + found.sent, 1);
	if (found.waiting + found.sent == 1)
		assert_int_equal(spool_put(spool, life->id, text, life->bytes), -EEXIST);
	assert_int_equal(spool_finish(spool, life->id, RECORD, WHEN), 0);
	spool_close(spool);
}

static void slots_check(const char *box)
{
	struct stat is;

	for (unsigned i = 0; i < SPOOL_SLOTS; i++) {
		assert_int_equal(lstat(folder_path(box, "free/%02u", i), &is), 0);
		assert_int_equal(is.st_size, SPOOL_SLOT_BYTES);
	}
}

/* How many calls were refused in all. */
static unsigned lives_lead(const char *box, uint64_t *id, size_t bytes, unsigned n, int error)
{
	unsigned at = 1;

	for (;; at++) {
		struct life life = { .id = (*id)++, .bytes = bytes };

		assert_true(at < CALLS_MAX);
		fault.count = 0;
		fault.at = at;
		fault.n = n;
		fault.error = error;
		life_lead(box, &life);
		bool was_refused = fault.count >= at;

		fault.at = 0;
		promise_check(box, &life);
		slots_check(box);
		if (!was_refused)
			break;
	}
	return at - 1;
}

static void whatever_the_disk_refuses_nothing_promised_is_lost(void **state)
{
	static const int errors[] = { EIO, ENOSPC, EROFS };
	static const size_t sizes[] = { 100, sizeof text };
	static const unsigned rows[] = { 1, 2, 3, UINT_MAX }; /* refused one after the other */
	char folder[FOLDER_MAX];
	unsigned refused = 0;
	uint64_t id = 1;

	(void)state;
	folder_make(folder);
	memset(text, 't', sizeof text);
	for (size_t i = 0; i < LIVES; i++)
		refused += lives_lead(folder, &id, sizes[i % 2], rows[i / 2 % 4], errors[i / 8]);
	print_message("%u places to refuse at\n", refused);
	assert_true(refused > LIVES * 20);
	folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_the_disk_refuses_nothing_promised_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
