/*
 * fit.h - text made to fit a service: escaped for its place, and cut to the
 * length that it documents.
 *
 * What is written here was cleaned before (render/brief.c): UTF-8 without
 * controls but line feeds. Foreign words stay visible as they are, but become
 * no markup, and call nobody.
 */
#ifndef NOTIFY_FIT_H
#define NOTIFY_FIT_H

#include <stddef.h>

struct buf;

/* How a service counts. UTF-16: what JavaScript and Telegram call a character. */
enum fit_unit { FIT_BYTES, FIT_UTF16 };

enum fit_place {
	FIT_PLAIN,   /* as it is */
	FIT_CALM,    /* "@everybody" calls nobody: an invisible joiner parts the sign from its word */
	FIT_SLACK,   /* the same; "&", "<", ">" as entities, and "[words](address)" is no link */
	FIT_DISCORD, /* Markdown's signs behind a backslash, but within an address */
};

/*
 * Appends at most `max` units; a text that is cut, between characters and never inside of what
 * stands for one, ends with an ellipsis. `max` is at least 1 unit, 3 in bytes.
 */
void fit_text(struct buf *to, const char *text, size_t max, enum fit_unit unit,
	      enum fit_place place);

#endif
