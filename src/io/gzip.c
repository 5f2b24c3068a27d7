/*
 * gzip.c - see gzip.h.
 *
 * Heuristic: level 6 (zlib's own choice) up to 1 MiB, level 1 beyond: the
 * status.json of 10,000 targets is 15 MB, drawn every 30 s, and a fifth larger
 * at level 1 for a fifth of the time.
 */
#include "io/gzip.h"

#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"

#define BLOCK_BYTES 65536
#define LARGE_BYTES (1 << 20)
#define GZIP_WINDOW (15 + 16) /* the largest window; 16: a gzip head and tail around it */
#define MEMORY_LEVEL 8	      /* zlib's own choice */

static int level_of(int from)
{
	struct stat is;

	return fstat(from, &is) == 0 && is.st_size > LARGE_BYTES ? 1 : 6;
}

static ssize_t block_read(int from, unsigned char *block)
{
	ssize_t n;

	do
		n = read(from, block, BLOCK_BYTES);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* What zlib makes of the block it was given. */
static int block_write(z_stream *z, int to, int flush)
{
	unsigned char out[BLOCK_BYTES];
	int r = 0;

	do {
		z->next_out = out;
		z->avail_out = sizeof out;
		(void)deflate(z, flush); /* fails only where the stream was broken by us */
		r = file_write_all(to, out, sizeof out - z->avail_out);
	} while (r == 0 && z->avail_out == 0);
	return r;
}

int gzip_copy(int from, int to)
{
	unsigned char in[BLOCK_BYTES];
	z_stream z = { .zalloc = Z_NULL };
	ssize_t n = 1;
	int r = 0;

	if (deflateInit2(&z, level_of(from), Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	while (r == 0 && n > 0) {
		n = block_read(from, in);
		if (n < 0)
			break;
		z.next_in = in;
		z.avail_in = (uInt)n;
		r = block_write(&z, to, n > 0 ? Z_NO_FLUSH : Z_FINISH);
	}
	(void)deflateEnd(&z); /* says only whether it was at its end */
	return n < 0 ? (int)n : r;
}
