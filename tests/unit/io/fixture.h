/*
 * fixture.h - what the tests of this room read and write: recorded payloads,
 * and a folder of their own that goes away with them.
 */
#ifndef TEST_IO_FIXTURE_H
#define TEST_IO_FIXTURE_H

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

#define FOLDER_MAX 512

/* A recorded body of tests/fixtures/alertmanager. buf_done() it. */
static inline struct buf fixture_read(const char *name)
{
	struct buf body = BUF_INIT(4u << 20);
	char path[1024];

	snprintf(path, sizeof path, SOURCE_DIR "/tests/fixtures/alertmanager/%s.json", name);
	if (file_read(path, &body) < 0) {
		fprintf(stderr, "cannot read %s\n", path);
		abort();
	}
	return body;
}

/* In memory where there is such a place: these tests wait for thousands of fsyncs. */
static inline void folder_make(char folder[FOLDER_MAX])
{
	const char *parent = getenv("TMPDIR");

	if (!parent)
		parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	snprintf(folder, FOLDER_MAX, "%s/shorewatch-test-XXXXXX", parent);
	if (!mkdtemp(folder))
		abort();
}

static inline int folder_visit(const char *path, const struct stat *is, int kind, struct FTW *ftw)
{
	(void)is;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline void folder_remove(const char *folder)
{
	(void)nftw(folder, folder_visit, 16,
		   FTW_DEPTH | FTW_PHYS); /* the next run has another name */
}

/* "FOLDER/name" in a static buffer: good until the next call but three. */
static inline const char *folder_path(const char *folder, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static inline const char *folder_path(const char *folder, const char *format, ...)
{
	static char paths[4][1024];
	static unsigned next;
	char *path = paths[next++ % 4];
	va_list args;
	int n = snprintf(path, 1024, "%s/", folder);

	va_start(args, format);
	vsnprintf(path + n, 1024 - (size_t)n, format, args);
	va_end(args);
	return path;
}

#endif
