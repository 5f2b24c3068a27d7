/*
 * plan_relay.h - the relays of a plan's mail, between plan_mail.c and plan_relay.c.
 */
#ifndef CONF_PLAN_RELAY_H
#define CONF_PLAN_RELAY_H

#include "conf/plan_parts.h"

/* Into b->plan->mail; `list` is mail.relays, or NULL. */
void plan_relays_read(struct builder *b, const struct setting *list);

#endif
