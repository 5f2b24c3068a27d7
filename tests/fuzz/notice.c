/*
 * notice.c - any bytes as a notice file: what is taken can be written and is
 * then read as the same.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "core/notice.h"

#define FILE_TEXT_MAX (1u << 20)

static void write_and_read(const struct notice *notice, unsigned attempts)
{
	struct buf text = BUF_INIT(FILE_TEXT_MAX), again = BUF_INIT(FILE_TEXT_MAX);
	struct notice back;
	unsigned tries = 0;

	notice_write(notice, attempts, &text);
	PROMISE(notice_read(buf_text(&text), strlen(buf_text(&text)), &back, &tries) > 0);
	PROMISE(tries == attempts && back.id == notice->id && back.incident == notice->incident);
	notice_write(&back, tries, &again);
	PROMISE(strcmp(buf_text(&text), buf_text(&again)) == 0);
	buf_done(&text);
	buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, 0);
	struct notice notice;
	unsigned attempts = 0;
	long head = notice_read(text, size, &notice, &attempts);

	if (head >= 0) {
		PROMISE((size_t)head <= size);
		write_and_read(&notice, attempts);
	}
	free(text);
	return 0;
}
