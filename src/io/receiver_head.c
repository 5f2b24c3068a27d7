/*
 * receiver_head.c - is this one HTTP/1.x request, and only one?
 *
 * Owns nothing. libmicrohttpd reads requests generously: it took Content-Length
 * with Transfer-Encoding as two requests, doubled lengths, "Name :", bare line
 * feeds and NUL (reliability.md 1.6). A proxy before us may read the same bytes
 * another way, so whatever is not exactly RFC 9112 is refused here, before the
 * library gets the connection.
 */
#include "io/receiver_head.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define FIELDS_MAX    100
#define LENGTH_DIGITS 15
#define METHOD_MAX    20

struct text {
	const char *at;
	size_t n;
};

/* What may be there once, and decides how the request is read. */
struct fields {
	unsigned count, lengths, encodings, hosts, authorizations;
	uint64_t length;
	bool is_old; /* HTTP/1.0 */
};

static const struct head_fault fault_ending = { 400, "a line of the header does not end in CR LF" };
static const struct head_fault fault_byte = { 400, "the header holds a control character" };
static const struct head_fault fault_request = { 400, "not a request line of HTTP/1.1" };
static const struct head_fault fault_field = { 400, "a header field is malformed" };
static const struct head_fault fault_fold = { 400, "a header field is folded" };
static const struct head_fault fault_twice = { 400, "a header field is there twice" };
static const struct head_fault fault_framing = {
	400, "Content-Length and Transfer-Encoding contradict"
};
static const struct head_fault fault_encoding = { 400, "a Transfer-Encoding other than chunked" };
static const struct head_fault fault_length = { 400, "Content-Length is not a number" };
static const struct head_fault fault_host = { 400, "the Host field is missing" };
static const struct head_fault fault_long = { 431,
					      "the header is longer than 16 KiB or 100 fields" };
const struct head_fault head_body_too_long = { 413, "the body is longer than 1 MiB" };
const struct head_fault head_ping_too_long = { 413,
					       "the body is longer than 64 KiB; none is needed" };

static bool text_is(struct text text, const char *word)
{
	return text.n == strlen(word) && strncasecmp(text.at, word, text.n) == 0;
}

/* RFC 9110 5.6.2 */
static bool is_token(struct text text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr("!#$%&'*+-.^_`|~", c))))
			return false;
	}
	return text.n > 0;
}

/*
 * The end of the head, NULL while it is not there. Faults of single bytes are
 * told at once: a head with bare line feeds would never end otherwise.
 */
static const char *head_end(const char *bytes, size_t n, const struct head_fault **ret)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\n') {
			if (i == 0 || bytes[i - 1] != '\r')
				*ret = &fault_ending;
			else if (i >= 3 && bytes[i - 2] == '\n')
				return bytes + i + 1;
		} else if (i > 0 && bytes[i - 1] == '\r') {
			*ret = &fault_ending;
		} else if ((c < 0x20 && c != '\t' && c != '\r') || c == 0x7f) {
			*ret = &fault_byte;
		}
		if (*ret)
			return NULL;
	}
	return NULL;
}

/* Up to the next CR LF, which is taken as well. */
static struct text line_take(const char **at)
{
	const char *end = strchr(*at, '\r');
	struct text line = { *at, (size_t)(end - *at) };

	*at = end + 2;
	return line;
}

static const struct head_fault *request_line(struct text line, struct fields *fields)
{
	const char *end = line.at + line.n, *space = memchr(line.at, ' ', line.n);

	if (!space || !is_token((struct text){ line.at, (size_t)(space - line.at) }) ||
	    space - line.at > METHOD_MAX)
		return &fault_request;
	const char *target = space + 1, *second = memchr(target, ' ', (size_t)(end - target));

	if (!second ||
	    (target[0] != '/' && !text_is((struct text){ target, (size_t)(second - target) }, "*")))
		return &fault_request;
	for (const char *c = target; c < second; c++)
		if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7f)
			return &fault_request;
	struct text version = { second + 1, (size_t)(end - second - 1) };

	fields->is_old = text_is(version, "HTTP/1.0");
	return fields->is_old || text_is(version, "HTTP/1.1") ? NULL : &fault_request;
}

static const struct head_fault *length_take(struct text value, struct fields *fields)
{
	fields->lengths++;
	if (value.n == 0 || value.n > LENGTH_DIGITS)
		return &fault_length;
	for (size_t i = 0; i < value.n; i++) {
		if (value.at[i] < '0' || value.at[i] > '9')
			return &fault_length;
		fields->length = fields->length * 10 + (uint64_t)(value.at[i] - '0');
	}
	return NULL;
}

static const struct head_fault *field_take(struct text name, struct text value,
					   struct fields *fields)
{
	if (text_is(name, "Content-Length")) {
		const struct head_fault *fault =
			fields->lengths ? &fault_twice : length_take(value, fields);

		if (fault)
			return fault;
	} else if (text_is(name, "Transfer-Encoding")) {
		if (!text_is(value, "chunked"))
			return &fault_encoding;
		fields->encodings++;
	} else if (text_is(name, "Host")) {
		fields->hosts++;
	} else if (text_is(name, "Authorization")) {
		fields->authorizations++;
	}
	return fields->encodings > 1 || fields->hosts > 1 || fields->authorizations > 1
		       ? &fault_twice
		       : NULL;
}

static const struct head_fault *field_line(struct text line, struct fields *fields)
{
	const char *colon = memchr(line.at, ':', line.n);

	if (line.at[0] == ' ' || line.at[0] == '\t')
		return &fault_fold;
	if (!colon || !is_token((struct text){ line.at, (size_t)(colon - line.at) }))
		return &fault_field;
	if (++fields->count > FIELDS_MAX)
		return &fault_long;
	struct text name = { line.at, (size_t)(colon - line.at) };
	struct text value = { colon + 1, line.n - name.n - 1 };

	while (value.n > 0 && (value.at[0] == ' ' || value.at[0] == '\t')) {
		value.at++;
		value.n--;
	}
	while (value.n > 0 && (value.at[value.n - 1] == ' ' || value.at[value.n - 1] == '\t'))
		value.n--;
	return field_take(name, value, fields);
}

static const struct head_fault *whole_fault(const struct fields *fields)
{
	if (fields->encodings > 0 && (fields->lengths > 0 || fields->is_old))
		return &fault_framing;
	if (fields->hosts == 0 && !fields->is_old)
		return &fault_host;
	if (fields->length > BODY_BYTES_MAX)
		return &head_body_too_long;
	return NULL;
}

static const struct head_fault *lines_fault(const char *at, const char *end)
{
	struct fields fields = { 0 };
	const struct head_fault *fault = request_line(line_take(&at), &fields);

	while (!fault && at < end - 2)
		fault = field_line(line_take(&at), &fields);
	return fault ? fault : whole_fault(&fields);
}

enum head_verdict head_check(const char *bytes, size_t n, struct head_fault *ret)
{
	const struct head_fault *fault = NULL;
	const char *end = head_end(bytes, n < HEAD_BYTES_MAX ? n : HEAD_BYTES_MAX, &fault);

	if (!fault && !end) {
		if (n < HEAD_BYTES_MAX)
			return HEAD_MORE;
		fault = &fault_long;
	}
	if (!fault)
		fault = lines_fault(bytes, end);
	if (!fault)
		return HEAD_FINE;
	*ret = *fault;
	return HEAD_BAD;
}

static const char *status_words(int status)
{
	switch (status) {
	case 413:
		return "Content Too Large";
	case 431:
		return "Request Header Fields Too Large";
	default:
		return "Bad Request";
	}
}

size_t head_answer(const struct head_fault *fault, char text[HEAD_ANSWER_MAX])
{
	int n = snprintf(
		text, HEAD_ANSWER_MAX,
		"HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
		"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"
		"Content-Length: %zu\r\n\r\n%s\n",
		fault->status, status_words(fault->status), strlen(fault->reason) + 1,
		fault->reason);

	assert(n > 0 && n < HEAD_ANSWER_MAX); /* our own words */
	return (size_t)n;
}
