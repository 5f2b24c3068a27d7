/*
 * http_request.c - header lines, and to whom which of them go (SR-04).
 */
#include "http_request.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "http_redirect.h"

struct writer {
	struct request *request;
	size_t n, at;
};

static void line_add(struct writer *w, const char *name, const char *value)
{
	char *line = w->request->text + w->at;
	size_t room = sizeof(w->request->text) - w->at;
	/* libcurl takes "Name:" as "leave it out", and "Name;" as "send it empty". */
	int length = *value != '\0' ? snprintf(line, room, "%s: %s", name, value)
				    : snprintf(line, room, "%s;", name);

	/* http_check() has seen to it that they fit. */
	assert(w->n < LINES_MAX - 1 && length >= 0 && (size_t)length < room);
	w->request->lines[w->n++] = line;
	w->request->lines[w->n] = NULL;
	w->at += (size_t)length + 1;
}

static void auth_add(struct writer *w, const struct auth *auth)
{
	char value[AUTH_HEADER_MAX];

	auth_print(auth, value);
	line_add(w, "Authorization", value);
	explicit_bzero(value, sizeof(value));
}

void request_init(struct request *request)
{
	request->text_n = 0;
	request->lines[0] = NULL;
}

void request_build(struct request *request, const struct http_params *params, bool is_first,
		   bool has_body)
{
	struct writer w = { .request = request };

	request->lines[0] = NULL;
	if (params->host != NULL && is_first)
		line_add(&w, "Host", params->host);
	if (params->auth != NULL && is_first)
		auth_add(&w, params->auth);
	for (size_t i = 0; i < params->headers.n; i++) {
		const struct pair *header = &params->headers.v[i];

		if (redirect_keeps_header(header->name, is_first, has_body))
			line_add(&w, header->name, header->value);
	}
	request->text_n = w.at;
}

void request_done(struct request *request)
{
	explicit_bzero(request->text, request->text_n);
	request_init(request);
}
