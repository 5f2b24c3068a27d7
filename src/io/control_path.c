/*
 * control_path.c - see control_path.h.
 */
#include "io/control_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

static int folder_open(const char *path, const char *slash)
{
	struct buf folder = BUF_INIT(8192);
	int fd;

	buf_add(&folder, path, (size_t)(slash - path));
	fd = open(slash == path ? "/" : buf_text(&folder), O_PATH | O_DIRECTORY | O_CLOEXEC);
	buf_done(&folder);
	return fd < 0 ? -errno : fd;
}

/* /proc names an open folder in few bytes, whatever its path. */
static int through_folder(const char *path, struct control_path *ret)
{
	const char *slash = strrchr(path, '/');
	size_t most = sizeof ret->address.sun_path;
	int n;

	if (!slash)
		return -ENAMETOOLONG;
	ret->folder = folder_open(path, slash);
	if (ret->folder < 0)
		return ret->folder;
	n = snprintf(ret->address.sun_path, most, "/proc/self/fd/%d%s", ret->folder, slash);
	if (n > 0 && (size_t)n < most)
		return 0;
	control_path_done(ret);
	return -ENAMETOOLONG;
}

int control_path_of(const char *path, struct control_path *ret)
{
	size_t n = strlen(path);

	*ret = (struct control_path){ .address = { .sun_family = AF_UNIX }, .folder = -1 };
	if (n >= sizeof ret->address.sun_path)
		return through_folder(path, ret);
	memcpy(ret->address.sun_path, path, n + 1);
	return 0;
}

void control_path_done(const struct control_path *path)
{
	if (path->folder >= 0)
		(void)close(path->folder); /* it was only a place to start from */
}
