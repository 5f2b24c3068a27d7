/*
 * fit.c - see fit.h.
 *
 * A text is walked twice: once to see whether it fits as a whole, and, when it
 * does not, once more up to where the ellipsis still has room. The length that
 * counts is that of what is written, escapes included.
 */
#include "notify/fit.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

#define PIECE_MAX 12 /* bytes that stand for one character at most */
#define ELLIPSIS "…"
#define JOINER "\xe2\x81\xa0" /* U+2060: no width, no line break */

/* Where a walk is: what an escape needs to know of its neighbours. */
struct walk {
	const char *at;
	char before;	 /* the byte before; NUL at the beginning */
	bool is_address; /* within "https://..." */
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static size_t character_bytes(const char *at)
{
	size_t n = 1;

	while (n < 4 && ((unsigned char)at[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* ---- what stands for a character ---- */

static size_t piece_put(char piece[PIECE_MAX], const char *text)
{
	size_t n = strlen(text);

	memcpy(piece, text, n);
	return n;
}

static size_t as_it_is(const struct walk *w, char piece[PIECE_MAX])
{
	size_t n = character_bytes(w->at);

	memcpy(piece, w->at, n);
	return n;
}

/*
 * An address of somebody's mail stays in one piece: there a word stands before the sign. Names may
 * hold letters beyond ASCII; a full-width colon before the sign is none.
 */
static bool is_call(const struct walk *w)
{
	return *w->at == '@' && !is_word(w->before) &&
	       (is_word(w->at[1]) || (w->at[1] & 0x80) != 0);
}

static size_t calm(const struct walk *w, char piece[PIECE_MAX])
{
	return is_call(w) ? piece_put(piece, "@" JOINER) : as_it_is(w, piece);
}

/* docs.slack.dev, "Formatting message text": these three, and only these, are escaped. */
static size_t slack(const struct walk *w, char piece[PIECE_MAX])
{
	switch (*w->at) {
	case '&':
		return piece_put(piece, "&amp;");
	case '<':
		return piece_put(piece, "&lt;");
	case '>':
		return piece_put(piece, "&gt;");
	case ']': /* Mattermost and Rocket.Chat read Markdown */
		return piece_put(piece, w->at[1] == '(' ? "]" JOINER : "]");
	default:
		return calm(w, piece);
	}
}

/* In an address a backslash would be part of it. */
static size_t discord(const struct walk *w, char piece[PIECE_MAX])
{
	if (strchr("\\*_~`|[]<>", *w->at) == NULL || w->is_address)
		return calm(w, piece);
	piece[0] = '\\';
	piece[1] = *w->at;
	return 2;
}

static size_t (*const places[])(const struct walk *w, char piece[PIECE_MAX]) = {
	[FIT_PLAIN] = as_it_is,
	[FIT_CALM] = calm,
	[FIT_SLACK] = slack,
	[FIT_DISCORD] = discord,
};

/* ---- the walk ---- */

static bool is_address_begin(const struct walk *w)
{
	return !is_word(w->before) &&
	       (strncmp(w->at, "https://", 8) == 0 || strncmp(w->at, "http://", 7) == 0);
}

static void walk_look(struct walk *w)
{
	if (is_address_begin(w))
		w->is_address = true;
	else if (strchr(" \n\\*`|[]()<>\"'", *w->at) != NULL || (*w->at & 0x80) != 0)
		w->is_address = false;
}

static void walk_on(struct walk *w)
{
	size_t n = character_bytes(w->at);

	w->before = w->at[n - 1];
	w->at += n;
}

/* Beyond the first 65536 characters of Unicode UTF-16 takes two units: four bytes in UTF-8. */
static size_t units_of(const char *piece, size_t n, enum fit_unit unit)
{
	size_t units = 0;

	if (unit == FIT_BYTES)
		return n;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)piece[i];

		units += (c & 0xc0) != 0x80;
		units += c >= 0xf0;
	}
	return units;
}

/* Writes as much as has room, `to` NULL: nothing. True: that was all. */
static bool text_walk(struct buf *to, const char *text, size_t room, enum fit_unit unit,
		      enum fit_place place)
{
	struct walk w = { .at = text };
	char piece[PIECE_MAX];

	while (*w.at != '\0') {
		size_t n, units;

		walk_look(&w);
		n = places[place](&w, piece);
		units = units_of(piece, n, unit);
		if (units > room)
			return false;
		room -= units;
		if (to != NULL)
			buf_add(to, piece, n);
		walk_on(&w);
	}
	return true;
}

void fit_text(struct buf *to, const char *text, size_t max, enum fit_unit unit,
	      enum fit_place place)
{
	size_t ellipsis = units_of(ELLIPSIS, strlen(ELLIPSIS), unit);

	if (text_walk(NULL, text, max, unit, place)) {
		(void)text_walk(to, text, max, unit, place); /* all of it, as just seen */
		return;
	}
	(void)text_walk(to, text, max - ellipsis, unit, place); /* not all of it */
	buf_puts(to, ELLIPSIS);
}
