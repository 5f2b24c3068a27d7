/*
 * body.c - texts looked for in a body that comes in pieces: the answer must be
 * that of a plain search in the whole, however it was cut.
 *
 * Input: the size of a piece (a byte), a line to be found, the body.
 */
#include "fuzz.h"

#include "../../probes/http_assert.h"

static void feed(struct search *search, const uint8_t *body, size_t n, size_t piece)
{
	for (size_t at = 0; at < n; at += piece) {
		size_t take = n - at < piece ? n - at : piece;
		char *copy = fuzz_copy(body + at, take, 0);

		search_feed(search, copy, take);
		free(copy);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece = size > 0 ? data[0] + 1u : 1;
	char *wanted;

	data += size > 0;
	size -= size > 0;
	wanted = fuzz_line(&data, &size);
	if (wanted[0] != '\0' && strlen(wanted) <= SEARCH_TEXT_MAX) {
		const char *both[] = { wanted, "</html>" };
		struct strings texts = { both, 2 };
		struct search search;
		bool has_first = memmem(data, size, wanted, strlen(wanted)) != NULL;
		bool has_second = memmem(data, size, "</html>", 7) != NULL;

		search_init(&search, &texts);
		feed(&search, data, size, piece);
		PROMISE(search_has_all(&search) == (has_first && has_second));
		PROMISE(search_has_any(&search) == (has_first || has_second));
	}
	free(wanted);
	return 0;
}
