/*
 * badge.h - small pictures of a state, for other people's pages: SVG, and the
 * JSON from which shields.io draws its own (its "endpoint" schema).
 *
 * In English whatever the page's language: a badge stands among others. A
 * badge shows no time, so it changes only when the state does.
 */
#ifndef RENDER_BADGE_H
#define RENDER_BADGE_H

#include <stdint.h>

#include "core/model.h"

struct buf;

/* Whose badge: one target by its place in the plan, or the whole page. */
#define BADGE_OF_ALL SIZE_MAX

void badge_svg(const struct model *model, size_t target, struct buf *to);
void badge_json(const struct model *model, size_t target, struct buf *to);
/* The words on it, which are all that it depends on: "Blog" and "down". */
void badge_words(const struct model *model, size_t target, struct buf *ret_label,
		 const char **ret_message);

#endif
