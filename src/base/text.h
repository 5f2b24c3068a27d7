/*
 * text.h - foreign text made safe for the place it is written to.
 *
 * Every function takes any bytes and is named after the place it escapes for.
 * Invalid UTF-8 becomes U+FFFD; C0, C1 and bidirectional controls are dropped;
 * line breaks and tabs, however many in a row, become one space; a text of more
 * than 200 characters is cut so that it has 200 with the ellipsis at its end.
 * text_json and text_label differ, as said there. Only NUL ends a text.
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
/* A double-quoted JSON string, quotes included. Whole: not cut, nothing dropped; controls are
 * written as \u00XX, because JSON's readers escape for their own place. */
void text_json(struct buf *to, const char *text);
/* A log value: quoted when it is empty or holds a space, '=' or '"'. */
void text_log(struct buf *to, const char *text);
/* A Prometheus label value, without the quotes. Not cut, since two series must not become one;
 * line breaks are written as \n. */
void text_label(struct buf *to, const char *text);
/* Columns on a terminal or lock screen: East Asian wide characters count 2, marks and controls
 * none. */
size_t text_columns(const char *utf8);

#endif
