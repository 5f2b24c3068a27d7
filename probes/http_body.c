/*
 * http_body.c - texts, expressions and JSON in a body.
 *
 * A body that max_body cuts is judged by what was read as far as that says
 * something for certain: an unwanted text in it fails, wanted texts and
 * expressions in it are there. Whatever else is asked is left open
 * (CAUSE_CUT), as is an expression that reaches its limits: our limit is no
 * failure of the site, and no proof of its health.
 */
#include "http_body.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_json.h"
#include "http_params.h"
#include "shorewatch/json.h"
#include "shorewatch/pattern.h"

#define ROOM_FIRST 16384

static bool is_kept(const struct http_params *params)
{
	return params->patterns_n > 0 || params->demands_n > 0;
}

void body_init(struct body *body)
{
	body->kept = NULL;
	body->room = 0;
}

void body_begin(struct body *body, const struct http_params *params)
{
	body->params = params;
	body->n = 0;
	body->is_cut = body->has_no_memory = false;
	search_init(&body->wanted, &params->body_contains);
	search_init(&body->unwanted, &params->body_not_contains);
}

void body_done(struct body *body)
{
	free(body->kept);
	body->kept = NULL;
	body->room = 0;
}

/* ---- as it comes ---- */

static bool room_make(struct body *body, size_t n)
{
	size_t room = body->room > 0 ? body->room : ROOM_FIRST;
	char *kept;

	while (room < body->n + n)
		room *= 2;
	if (room == body->room)
		return true;
	kept = realloc(body->kept, room);
	if (kept == NULL)
		return false;
	body->kept = kept;
	body->room = room;
	return true;
}

static bool bytes_keep(struct body *body, const void *bytes, size_t n)
{
	if (!room_make(body, n)) {
		body->has_no_memory = true;
		return false;
	}
	memcpy(body->kept + body->n, bytes, n);
	return true;
}

bool body_feed(struct body *body, const void *bytes, size_t n)
{
	size_t left = (size_t)body->params->max_body - body->n;

	body->is_cut = n > left;
	if (body->is_cut)
		n = left;
	if (is_kept(body->params) && !bytes_keep(body, bytes, n))
		return false;
	body->n += n;
	search_feed(&body->wanted, bytes, n);
	search_feed(&body->unwanted, bytes, n);
	return !body->is_cut;
}

/* ---- when it is over ---- */

static enum cause cut_note(const struct body *body, char note[NOTE_MAX])
{
	(void)snprintf(note, NOTE_MAX, "not decided within max_body, %lld bytes; raise it",
		       (long long)body->params->max_body);
	return CAUSE_CUT;
}

static enum cause texts_judge(const struct body *body, char note[NOTE_MAX])
{
	if (search_has_any(&body->unwanted)) {
		(void)snprintf(note, NOTE_MAX, "the body contains \"%.80s\"",
			       search_first(&body->unwanted, true));
		return CAUSE_MISMATCH;
	}
	if (body->is_cut && body->params->body_not_contains.n > 0)
		return cut_note(body, note);
	if (search_has_all(&body->wanted))
		return CAUSE_PASS;
	if (body->is_cut)
		return cut_note(body, note);
	(void)snprintf(note, NOTE_MAX, "the body does not contain \"%.80s\"",
		       search_first(&body->wanted, false));
	return CAUSE_MISMATCH;
}

static enum cause pattern_judge(const struct body *body, size_t i, char note[NOTE_MAX])
{
	const struct http_params *params = body->params;
	const char *expression = params->body_matches.v[i];

	switch (pattern_match(params->patterns[i], body->kept, body->n)) {
	case PATTERN_MATCHES:
		return CAUSE_PASS;
	case PATTERN_GAVE_UP:
		(void)snprintf(note, NOTE_MAX,
			       "too much work for this body, make it simpler: %.60s", expression);
		return CAUSE_CUT;
	case PATTERN_DIFFERS:
		break;
	}
	if (body->is_cut)
		return cut_note(body, note);
	(void)snprintf(note, NOTE_MAX, "the body does not match %.80s", expression);
	return CAUSE_MISMATCH;
}

static enum cause patterns_judge(const struct body *body, char note[NOTE_MAX])
{
	enum cause cause = CAUSE_PASS;

	for (size_t i = 0; i < body->params->patterns_n && cause == CAUSE_PASS; i++)
		cause = pattern_judge(body, i, note);
	return cause;
}

static enum cause not_json(int error, const char *why, char note[NOTE_MAX])
{
	(void)snprintf(note, NOTE_MAX, "the body is not JSON: %.90s", why);
	if (error == EBADMSG)
		return CAUSE_MISMATCH;
	(void)snprintf(note, NOTE_MAX, "the JSON is not judged: %.90s", why);
	return error == ENOMEM ? CAUSE_LOCAL : CAUSE_CUT;
}

static enum cause json_judge(const struct body *body, char note[NOTE_MAX])
{
	const struct http_params *params = body->params;
	enum cause cause = CAUSE_PASS;
	char why[JSON_WHY_MAX] = "";
	struct json *document;

	if (params->demands_n == 0)
		return CAUSE_PASS;
	if (body->is_cut)
		return cut_note(body, note);
	document = json_parse(body->kept, body->n, why);
	if (document == NULL)
		return not_json(errno, why, note);
	for (size_t i = 0; i < params->demands_n && cause == CAUSE_PASS; i++) {
		if (!demand_holds(params->demands[i], document, note))
			cause = CAUSE_MISMATCH;
	}
	json_free(document);
	return cause;
}

/* What fails for certain is told before what stays open. */
enum cause body_judge(const struct body *body, char note[NOTE_MAX])
{
	static enum cause (*const judges[])(const struct body *, char[NOTE_MAX]) = {
		texts_judge, patterns_judge, json_judge
	};
	enum cause first = CAUSE_PASS;
	char open[NOTE_MAX];

	if (body->has_no_memory) {
		(void)snprintf(note, NOTE_MAX, "no memory for the body");
		return CAUSE_LOCAL;
	}
	for (size_t i = 0; i < sizeof(judges) / sizeof(judges[0]); i++) {
		enum cause cause = judges[i](body, open);

		if (cause == CAUSE_PASS || (cause != CAUSE_MISMATCH && first != CAUSE_PASS))
			continue;
		(void)snprintf(note, NOTE_MAX, "%s", open);
		first = cause;
		if (cause == CAUSE_MISMATCH)
			break;
	}
	return first;
}
