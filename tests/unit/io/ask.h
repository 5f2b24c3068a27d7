/*
 * ask.h - one HTTP exchange of a test, and what was seen of its answer.
 */
#ifndef TESTS_IO_ASK_H
#define TESTS_IO_ASK_H

#include "io/turns.h"

#include "io/peer.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

struct seen {
	bool is_over;
	struct io_http_result result;
	enum phase phases[PHASE_COUNT];
	size_t phases_n;
	char headers[4096], body[4096];
	size_t body_n, body_max;
};

static inline bool ask_on_header(void *ctx, const char *name, const char *value)
{
	struct seen *seen = ctx;
	size_t n = strlen(seen->headers);

	(void)snprintf(seen->headers + n, sizeof(seen->headers) - n, "%s=%s|", name, value);
	return true;
}

static inline bool ask_on_body(void *ctx, const void *bytes, size_t n)
{
	struct seen *seen = ctx;

	for (size_t i = 0; i < n && seen->body_n + i < sizeof(seen->body) - 1; i++)
		seen->body[seen->body_n + i] = ((const char *)bytes)[i];
	seen->body_n += n;
	return seen->body_max == 0 || seen->body_n < seen->body_max;
}

static inline void ask_on_phase(void *ctx, enum phase phase)
{
	struct seen *seen = ctx;

	assert_true(seen->phases_n < PHASE_COUNT);
	seen->phases[seen->phases_n++] = phase;
}

static inline void ask_on_done(void *ctx, const struct io_http_result *result)
{
	struct seen *seen = ctx;

	assert_false(seen->is_over);
	seen->result = *result;
	seen->is_over = true;
}

static inline struct io_http_spec ask_of(struct seen *seen, const char *url, uint16_t port)
{
	struct io_http_spec spec = { .url = url,
				     .method = "GET",
				     .on_header = ask_on_header,
				     .on_body = ask_on_body,
				     .on_phase = ask_on_phase,
				     .on_done = ask_on_done,
				     .ctx = seen };

	assert_true(address_parse_host("127.0.0.1", port, &spec.address));
	return spec;
}

static inline struct seen ask_run(struct io_http_spec spec)
{
	struct io *io = turns_io(NULL, 0);
	struct seen seen = { .body_max = ((struct seen *)spec.ctx)->body_max };

	spec.ctx = &seen;
	if (io_http_start(io, &spec) != NULL)
		turns_until(io, &seen.is_over);
	assert_true(seen.is_over);
	io_free(io);
	return seen;
}

static inline struct seen ask_get(const char *url, uint16_t port)
{
	struct seen seen = { .is_over = false };

	return ask_run(ask_of(&seen, url, port));
}

#endif
