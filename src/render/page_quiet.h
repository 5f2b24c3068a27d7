/*
 * page_quiet.h - planned work and silences: whom they cover, and what of them
 * is public. One that covers nothing visible does not exist on the page.
 */
#ifndef RENDER_PAGE_QUIET_H
#define RENDER_PAGE_QUIET_H

#include "render/page_parts.h"

/* `subject`: a target, or targets_n + a watchdog, as in model.members. */
bool quiet_window_covers(const struct model *model, const struct window_plan *window,
			 size_t subject);
bool quiet_silence_covers(const struct model *model, const struct silence *silence, size_t subject);
/* Hidden targets are nobody's business. */
bool quiet_is_public(const struct model *model, size_t subject);
/* What keeps it quiet now, of several what ends last; NULL: nothing. */
const struct window_view *quiet_window(const struct model *model, size_t subject);
const struct silence *quiet_silence(const struct model *model, size_t subject);
bool quiet_shows_window(const struct model *model, const struct window_view *view);
bool quiet_shows_silence(const struct model *model, const struct silence *silence);
/*
 * The title of a target, or what its signal is called, as plain text. That of a pair's first half
 * means both, the second is called by its family.
 */
void quiet_write_name(struct buf *to, const struct sheet *s, size_t subject);

/* "until 03:00 (Kernel update), not counted", a span of its own in a row. */
void quiet_planned(const struct sheet *s, size_t subject, wall_t until);
/* Of an EVENT_HELD: what it says of who holds its mails back may be told to everybody. */
bool quiet_shows_held(const struct model *model, const struct incident_event *event);
/* A line below, with what a row must tell besides: mails are held back, it comes and goes. Nothing: nothing. */
void quiet_marks(const struct sheet *s, size_t subject, bool is_silenced, bool is_flapping);
/* "No mails about Blog until 18:00: moving it", of a public silence, as plain text. */
void quiet_write_silence(struct buf *to, const struct sheet *s, const struct silence *silence);
/* Every public silence, below the verdict. */
void quiet_notes(const struct sheet *s);

/* How an incident stands besides its log, as plain text; `word` and what fills it. */
void quiet_write_acknowledged(struct buf *to, const struct sheet *s,
			      const struct incident *incident);
void quiet_write_flapping(struct buf *to, const struct sheet *s);

#endif
