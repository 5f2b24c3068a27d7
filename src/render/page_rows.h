/*
 * page_rows.h - rows of the lists of checks. Internal to render.
 */
#ifndef RENDER_PAGE_ROWS_H
#define RENDER_PAGE_ROWS_H

#include "render/page_parts.h"

/* ---- a row's head: begin, the name, state, what else stands beside it, end ---- */
/* `shape` is the class of the row and its glyph: "up" "slow" "down" "maint" "none". */
void row_begin(const struct sheet *s, const char *shape);
/* `word` is plain text. */
void row_state(const struct sheet *s, const char *shape, const char *word);
void row_head_end(const struct sheet *s);

/* The shape of a target in the state it is shown in. */
const char *row_shape(const struct target_view *shown);
/* Why it is not simply up, and what is silenced or comes and goes; nothing when it is. */
void row_why(const struct sheet *s, size_t target);

/* ---- whole rows ---- */
void row_target(const struct sheet *s, size_t target);
/* Without bars. */
void row_target_brief(const struct sheet *s, size_t target);
/* Without bars, with the name of its group. */
void row_target_alone(const struct sheet *s, size_t target);
void row_deadman(const struct sheet *s, size_t watchdog);

/* Its certificate is near enough to its end that the owner is warned; `target` as it is shown. */
bool row_is_ending(const struct model *model, const struct target_view *target);

#endif
