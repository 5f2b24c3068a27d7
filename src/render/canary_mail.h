/*
 * canary_mail.h - the bytes of a mail canary, and what it is known by.
 */
#ifndef RENDER_CANARY_MAIL_H
#define RENDER_CANARY_MAIL_H

#include "shorewatch/plan.h"
#include "shorewatch/time.h"

struct buf;

#define CANARY_HEADER "X-Shorewatch-Canary"

/* What the header says before the nonce: the same for all of this watcher, and no other's. */
void canary_mark(const struct plan *plan, struct buf *to);
/* The whole message, with CRLF. */
void canary_mail(const struct plan *plan, const char *nonce, wall_t made, struct buf *to);

#endif
