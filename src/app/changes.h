/*
 * changes.h - what one configuration says otherwise than another, for people.
 */
#ifndef APP_CHANGES_H
#define APP_CHANGES_H

struct buf;
struct plan;

/* A line a difference: "+ target blog", "- target old", "~ target mk: interval"; no values, they
 * may be secrets. */
void changes_tell(const struct plan *before, const struct plan *after, struct buf *to);

#endif
