/*
 * spool_look.c - the outbox, read by somebody who does not own it: for commands
 * while no daemon runs. Nothing is locked, made, moved or mended; what cannot
 * be read is passed over, the next start of the daemon tells of it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "io/spool.h"
#include "io/spool_ring.h"
#include "io/spool_slot.h"

struct look {
	const struct spool_ring *ring;
	void (*on_notice)(void *ctx, uint64_t id, bool is_inflight, const char *bytes, size_t n);
	void *ctx;
};

/* A notice whose record is in the ring has been delivered, wherever its file still lies. */
static void look_at_file(const struct look *look, int folder, const char *name, bool is_inflight)
{
	uint64_t id;
	char *bytes;
	size_t n;

	if (!slot_name_read(name, &id) || (look->ring && ring_has(look->ring, id)) ||
	    slot_read(folder, name, id, &bytes, &n) < 0)
		return;
	look->on_notice(look->ctx, id, is_inflight, bytes, n);
	free(bytes);
}

static int look_into(const struct look *look, int root, const char *name, bool is_inflight)
{
	int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		int r = -errno;

		if (fd >= 0)
			(void)close(fd); /* it was only to be read */
		return r;
	}
	while ((entry = readdir(dir)) != NULL)
		look_at_file(look, fd, entry->d_name, is_inflight);
	(void)closedir(dir);
	return 0;
}

int spool_look(const char *dir,
	       void (*on_notice)(void *ctx, uint64_t id, bool is_inflight, const char *bytes,
				 size_t n),
	       void (*on_sent)(void *ctx, uint64_t id, wall_t at, const char *record), void *ctx)
{
	struct look look = { .on_notice = on_notice, .ctx = ctx };
	struct spool_ring *ring = NULL;
	int root = file_open_dir(dir), r;

	if (root < 0)
		return root;
	r = ring_open_reading(root, &ring);
	look.ring = ring;
	if (r == 0 || r == -ENOENT)
		r = look_into(&look, root, "inflight", true);
	if (r == 0)
		r = look_into(&look, root, "new", false);
	if (r == 0 && ring)
		ring_each(ring, on_sent, ctx);
	ring_close(ring);
	(void)close(root); /* it was only read */
	return r;
}
