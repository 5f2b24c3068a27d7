/*
 * kept.c - any bytes as the last good copy of a configuration: refused, or what
 * is taken can be printed and is then read as the same. The sum at the end is
 * made right here, or nothing behind it would ever be reached.
 */
#include "fuzz.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/key.h"
#include "conf/files.h"

static const struct files_home home = { "/etc/shorewatch/shorewatch.cfg",
					"/etc/shorewatch/shorewatch.cfg", "/etc/shorewatch" };

static void print_and_parse(const struct files *files)
{
	struct buf first = BUF_INIT(FILES_MAX), second = BUF_INIT(FILES_MAX);
	struct files *again;

	PROMISE(files->first && files->first->role == FILE_MAIN);
	PROMISE(files_print(files, &first) == 0);
	again = files_parse(buf_text(&first), first.n, &home);
	PROMISE(again != NULL);
	PROMISE(files_print(again, &second) == 0);
	PROMISE(first.n == second.n && memcmp(first.data, second.data, first.n) == 0);
	files_free(again);
	buf_done(&first);
	buf_done(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_INIT(FILES_MAX);
	struct files *files;

	buf_add(&text, data, size);
	buf_printf(&text, "sum %016" PRIx64 "\n", key_hash(data, size, 0));
	files = files_parse(buf_text(&text), text.n, &home);
	if (files)
		print_and_parse(files);
	files_free(files);
	buf_done(&text);
	return 0;
}
