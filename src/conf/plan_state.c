/*
 * plan_state.c - can there be a state directory where it was put?
 *
 * Asked without making anything, for `check` must change nothing. Whether the
 * service may write there is for systemd and the start to say; here only what
 * nobody could ever do is told.
 */
#include "conf/plan_parts.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/arena.h"
#include "conf/loader.h"
#include "conf/settings.h"

/* What is not a disk, and holds no file of ours. */
static const struct {
	unsigned long magic;
	const char *name;
} kernels[] = {
	{ PROC_SUPER_MAGIC, "/proc" },
	{ SYSFS_MAGIC, "/sys" },
	{ CGROUP2_SUPER_MAGIC, "/sys/fs/cgroup" },
	{ DEBUGFS_MAGIC, "the kernel's debugging" },
	{ SECURITYFS_MAGIC, "the kernel's security" },
};

static const char *kernel_name(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
		if ((unsigned long)fs.f_type == kernels[i].magic)
			return kernels[i].name;
	}
	return NULL;
}

/* The nearest part of the path that exists, cut in place. */
static bool cut_to_existing(char *path, struct stat *st)
{
	while (stat(path, st) < 0) {
		char *slash = strrchr(path, '/');

		if ((errno != ENOENT && errno != ENOTDIR) || slash == NULL || slash == path)
			return false;
		*slash = '\0';
	}
	return true;
}

void plan_state_check(struct builder *b, const struct setting *at, const char *path)
{
	char *there = arena_strdup(b->l->scratch, path);
	const char *kernel;
	struct stat st;

	if (!cut_to_existing(there, &st))
		return;
	kernel = kernel_name(there);
	if (!S_ISDIR(st.st_mode))
		fault_at(b->l, at,
			 "state_dir: %s is a file, so no directory can be there; choose such as "
			 "\"/var/lib/shorewatch\"",
			 loader_shown(b->l, there));
	else if (kernel != NULL)
		fault_at(b->l, at,
			 "state_dir: %s belongs to the kernel (%s), and nothing can be kept there; "
			 "choose such as \"/var/lib/shorewatch\"",
			 loader_shown(b->l, path), kernel);
}
