/*
 * replay.c - a fuzz target's corpus, once more, without a fuzzer.
 *
 *   TARGET FOLDER
 *
 * Every file as it is, and cut short at up to CUTS places: an input that once
 * broke something must not do so again, and half of one must not, either.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>

#include "fuzz.h"

#define FILE_MAX (8u << 20)
#define CUTS 128

/* The bytes of a file, malloc'ed. */
static uint8_t *read_whole(const char *path, size_t *ret_n)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = malloc(FILE_MAX);

	if (!file || !bytes) {
		(void)fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	*ret_n = fread(bytes, 1, FILE_MAX, file);
	(void)fclose(file); /* it was only read */
	return bytes;
}

static unsigned replay(const char *path)
{
	size_t n, step;
	unsigned runs = 1;
	uint8_t *bytes = read_whole(path, &n);

	(void)LLVMFuzzerTestOneInput(bytes, n);
	step = n / CUTS + 1;
	for (size_t cut = 0; cut < n; cut += step, runs++)
		(void)LLVMFuzzerTestOneInput(bytes, cut);
	free(bytes);
	return runs;
}

int main(int argc, char **argv)
{
	unsigned files = 0, runs = 0;
	const struct dirent *entry;
	DIR *folder;

	if (argc != 2 || !(folder = opendir(argv[1]))) {
		(void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	while ((entry = readdir(folder)) != NULL) {
		char path[PATH_MAX];

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
		(void)fprintf(stderr, "%s\n", entry->d_name); /* the last one is the culprit */
		runs += replay(path);
		files++;
	}
	(void)closedir(folder);
	(void)printf("%u files, %u runs\n", files, runs);
	return files > 0 ? 0 : 1; /* an empty corpus proves nothing */
}
