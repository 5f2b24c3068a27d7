/*
 * reply.c - a mail relay's bytes as SMTP replies: the same ones, however the
 * stream was cut.
 *
 * Input: the size of a piece (a byte), the bytes.
 */
#include "fuzz.h"

#include "io/reply.h"

#define REPLIES_MAX 64

struct heard {
	int codes[REPLIES_MAX];
	size_t n;
	bool is_broken;
};

static void take_line(struct reply_reader *reader, struct heard *heard)
{
	int code = 0;

	PROMISE(memchr(reader->line, '\0', sizeof reader->line));
	switch (reply_step(reader, &code)) {
	case REPLY_MORE:
		break;
	case REPLY_WHOLE:
		PROMISE(code >= 200 && code <= 599);
		if (heard->n < REPLIES_MAX)
			heard->codes[heard->n++] = code;
		break;
	case REPLY_BROKEN:
		heard->is_broken = true;
		break;
	}
}

static void feed(struct reply_reader *reader, struct heard *heard, const char *bytes, size_t n)
{
	for (size_t at = 0; at < n && !heard->is_broken;) {
		bool is_line = false;
		size_t took = reply_feed(reader, bytes + at, n - at, &is_line);

		PROMISE(took > 0 && took <= n - at);
		at += took;
		if (is_line)
			take_line(reader, heard);
	}
}

static struct heard hear(const uint8_t *data, size_t size, size_t piece)
{
	struct reply_reader reader = { .is_line_whole = true };
	struct heard heard = { .n = 0 };

	for (size_t at = 0; at < size && !heard.is_broken; at += piece) {
		size_t n = size - at < piece ? size - at : piece;
		char *copy = fuzz_copy(data + at, n, 0);

		feed(&reader, &heard, copy, n);
		free(copy);
	}
	return heard;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole, cut;

	if (size == 0)
		return 0;
	whole = hear(data + 1, size - 1, size);
	cut = hear(data + 1, size - 1, data[0] + 1u);
	PROMISE(whole.n == cut.n && whole.is_broken == cut.is_broken);
	PROMISE(memcmp(whole.codes, cut.codes, whole.n * sizeof whole.codes[0]) == 0);
	return 0;
}
