/*
 * pace.c - how fast notices become durable, beside what the disk allows; and an
 * outbox full of notices for others to start on.
 *
 *   pace rate FOLDER N    microseconds for each: floor, whole life, put
 *   pace fill FOLDER N    N test mails wait in FOLDER
 *
 * The floor is what nobody can do with less: a file written and synced, moved
 * by one rename, its folder synced.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/notice.h"
#include "io/spool.h"

#define MAIL_BYTES 12000 /* about what a mail of an outage has */
#define FILE_MODE  0600

static char mail[MAIL_BYTES];

static void must(bool is_done, const char *what)
{
	if (is_done)
		return;
	fprintf(stderr, "pace: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void mail_make(void)
{
	static const char head[] = "From: watch@lab.test\r\nTo: ops@lab.test\r\nSubject: TEST\r\n\r\n";

	for (size_t i = 0; i < sizeof mail; i++)
		mail[i] = i % 64 == 62 ? '\r' : i % 64 == 63 ? '\n' : 'x';
	memcpy(mail, head, sizeof head - 1);
}

static struct notice notice_number(unsigned i)
{
	struct notice notice = { .kind = NOTICE_TEST,
				 .recipient = "ops@lab.test",
				 .host = "lab.test" };

	notice.created.wall.us = (int64_t)time(NULL) * USEC_PER_SEC + i;
	notice.id = notice_id(&notice);
	return notice;
}

static void put(struct spool *spool, const struct notice *notice)
{
	struct buf file = BUF_INIT(2 * MAIL_BYTES);

	notice_write(notice, 0, &file);
	buf_add(&file, mail, sizeof mail);
	must(spool_put(spool, notice->id, buf_text(&file), file.n) == 0, "put");
	buf_done(&file);
}

static struct spool *outbox(const char *folder)
{
	struct spool *spool;

	must(spool_open(folder, &spool) == 0 && spool_stock(spool) == 0, folder);
	return spool;
}

/* ---- the three paces ---- */

static double floor_pace(int folder, unsigned n)
{
	double began = seconds();
	char name[32];

	for (unsigned i = 0; i < n; i++) {
		int fd = openat(folder, "fresh", O_WRONLY | O_CREAT | O_TRUNC, FILE_MODE);

		must(fd >= 0 && write(fd, mail, sizeof mail) == (ssize_t)sizeof mail &&
			     fsync(fd) == 0,
		     "write");
		close(fd);
		snprintf(name, sizeof name, "%u", i);
		must(renameat(folder, "fresh", folder, name) == 0 && fsync(folder) == 0, "rename");
	}
	return (seconds() - began) / n * 1e6;
}

static double put_pace(struct spool *spool, unsigned from, unsigned n)
{
	double began = seconds();

	for (unsigned i = 0; i < n; i++) {
		struct notice notice = notice_number(from + i);

		put(spool, &notice);
	}
	return (seconds() - began) / n * 1e6;
}

static double life_pace(struct spool *spool, unsigned from, unsigned n)
{
	double began = seconds();

	for (unsigned i = 0; i < n; i++) {
		struct notice notice = notice_number(from + i);

		put(spool, &notice);
		must(spool_begin(spool, notice.id) == 0, "begin");
		must(spool_finish(spool, notice.id, "250 ok", notice.created.wall) == 0, "finish");
	}
	return (seconds() - began) / n * 1e6;
}

int main(int argc, char **argv)
{
	unsigned n = argc == 4 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;

	if (n == 0)
		return 2;
	mail_make();
	struct spool *spool = outbox(argv[2]);

	if (strcmp(argv[1], "fill") == 0) {
		(void)put_pace(spool, 0, n);
	} else {
		char path[4096];
		int folder;

		snprintf(path, sizeof path, "%s/floor", argv[2]);
		folder = mkdir(path, FILE_MODE | 0100) < 0 ? -1 : open(path, O_RDONLY | O_DIRECTORY);
		must(folder >= 0, path);
		printf("%.1f", floor_pace(folder, n));
		printf(" %.1f", life_pace(spool, 0, n));
		printf(" %.1f\n", put_pace(spool, n, n));
		close(folder);
	}
	spool_close(spool);
	return 0;
}
