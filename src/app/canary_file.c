/*
 * canary_file.c - see canary_file.h. Its head says of which boot its monotonic
 * times are.
 */
#include "app/canary_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "base/words.h"
#include "io/store_file.h"
#include "io/worker.h"

#define NAME	  "canary"
#define TEXT_MAX  8192
#define PATH_MAX_ 4200
#define HEAD_MAX  256
#define TIME_MOST (INT64_MAX / 4)

struct canary_file {
	struct worker *worker;
	char *dir;
	struct buf read;  /* by the worker, until is_read */
	struct buf next;  /* to be written after what is being written */
	struct buf under; /* what is being written */
	int error;	  /* of the last writing */
	bool is_read, is_writing, has_next;
};

/* ---- reading ---- */

static void read_work(void *ctx)
{
	struct canary_file *f = ctx;
	struct buf path = BUF_INIT(PATH_MAX_);
	int r;

	buf_printf(&path, "%s/" NAME, f->dir);
	r = file_read(buf_text(&path), &f->read);
	if (r < 0 && r != -ENOENT)
		log_fail(r, "canary what=\"its state is not readable, beginning anew\"");
	buf_done(&path);
}

static void read_done(void *ctx)
{
	struct canary_file *f = ctx;

	f->is_read = true;
}

/* "NAME value" at the beginning of `*at`. */
static bool head_take(const char **at, const char *name, char value[HEAD_MAX])
{
	size_t n = strlen(name), line = strcspn(*at, "\n");

	if (strncmp(*at, name, n) != 0 || (*at)[n] != ' ' || (*at)[line] != '\n' ||
	    line - n - 1 >= HEAD_MAX)
		return false;
	memcpy(value, *at + n + 1, line - n - 1);
	value[line - n - 1] = '\0';
	*at += line + 1;
	return true;
}

static bool time_take(const char **at, const char *name, int64_t *ret)
{
	char value[HEAD_MAX];

	return head_take(at, name, value) && words_int(value, -TIME_MOST, TIME_MOST, ret);
}

/* As long as the wall clock says, where the boot is another one. */
static usec_t shift_of(const char *boot, mono_t mono, wall_t wall, struct now now)
{
	char ours[BOOT_ID_MAX];
	usec_t absence = wall_span(wall, now.wall);

	store_boot_read(ours);
	if (ours[0] != '\0' && strcmp(boot, ours) == 0)
		return 0;
	return now.mono.us - (absence > 0 ? absence : 0) - mono.us;
}

static int text_take(const char *text, struct now now, struct canary *ret)
{
	char boot[HEAD_MAX];
	mono_t mono;
	wall_t wall;

	if (!head_take(&text, "boot", boot) || !time_take(&text, "mono", &mono.us) ||
	    !time_take(&text, "wall", &wall.us))
		return -EBADMSG;
	return canary_read(ret, text, shift_of(boot, mono, wall, now), now);
}

bool canary_file_take(struct canary_file *f, struct now now, struct canary *ret)
{
	int r;

	if (!f->is_read)
		return false;
	r = f->read.n > 0 ? text_take(buf_text(&f->read), now, ret) : 0;
	if (r < 0)
		log_fail(r, "canary what=\"its state is not understood, beginning anew\"");
	buf_done(&f->read);
	return true;
}

/* ---- writing ---- */

static void write_work(void *ctx)
{
	struct canary_file *f = ctx;
	int dir = file_open_dir(f->dir);

	f->error = dir;
	if (dir < 0)
		return;
	f->error = file_replace(dir, NAME, f->under.data, f->under.n, 0600, true);
	(void)close(dir); /* nothing was written to it */
}

static void write_begin(struct canary_file *f);

static void write_done(void *ctx)
{
	struct canary_file *f = ctx;

	f->is_writing = false;
	if (f->error < 0)
		log_fail(f->error, "canary what=\"its state cannot be kept\"");
	if (f->has_next)
		write_begin(f);
}

static void write_begin(struct canary_file *f)
{
	struct buf written = f->under;

	f->under = f->next;
	f->next = written;
	f->has_next = false;
	f->is_writing = true;
	worker_queue(f->worker, f, write_work, write_done);
}

void canary_file_keep(struct canary_file *f, const struct canary *canary, struct now now)
{
	char boot[BOOT_ID_MAX];

	store_boot_read(boot);
	buf_clear(&f->next);
	buf_printf(&f->next, "boot %s\nmono %" PRId64 "\nwall %" PRId64 "\n",
		   boot[0] != '\0' ? boot : "-", now.mono.us, now.wall.us);
	canary_write(canary, &f->next);
	f->has_next = !buf_failed(&f->next);
	if (!f->has_next)
		f->error = -ENOMEM;
	else if (!f->is_writing)
		write_begin(f);
}

bool canary_file_is_kept(const struct canary_file *f, int *ret_error)
{
	*ret_error = f->error;
	return !f->is_writing && !f->has_next;
}

/* ---- life ---- */

struct canary_file *canary_file_new(struct worker *worker, const char *state_dir)
{
	struct canary_file *f = calloc(1, sizeof *f);

	if (!f)
		return NULL;
	f->worker = worker;
	f->dir = strdup(state_dir);
	buf_init(&f->read, TEXT_MAX);
	buf_init(&f->next, TEXT_MAX);
	buf_init(&f->under, TEXT_MAX);
	if (!f->dir) {
		free(f);
		return NULL;
	}
	worker_queue(worker, f, read_work, read_done);
	return f;
}

void canary_file_free(struct canary_file *f)
{
	if (!f)
		return;
	buf_done(&f->read);
	buf_done(&f->next);
	buf_done(&f->under);
	free(f->dir);
	free(f);
}
