/*
 * text.h - foreign text made safe for the place it is written to.
 *
 * Every function takes any bytes: invalid UTF-8 becomes U+FFFD; C0, C1 and
 * bidirectional controls are dropped; a text is cut at 200 characters with an
 * ellipsis (status-page.md 7). Named after the place it escapes for.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

struct buf;

#define TEXT_SHOWN_MAX 200 /* characters */

/* Cleaned only: plain mail bodies, terminals. One line: line breaks become a space. */
void text_line(struct buf *to, const char *text);
/* Between tags. */
void text_html(struct buf *to, const char *text);
/* Inside a double-quoted attribute. */
void text_attr(struct buf *to, const char *text);
/* A double-quoted JSON string, quotes included. Not cut at 200: JSON readers may want it whole. */
void text_json(struct buf *to, const char *text);
/* A log value: quoted when it holds a space, '=' or '"'. */
void text_log(struct buf *to, const char *text);
/* A Prometheus label value, without the quotes. */
void text_label(struct buf *to, const char *text);
/* Columns on a terminal or lock screen: East Asian wide characters count 2. */
size_t text_columns(const char *utf8);

#endif
