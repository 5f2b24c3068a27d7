/*
 * courier_write.h - what a notice's channel is handed.
 */
#ifndef APP_COURIER_WRITE_H
#define APP_COURIER_WRITE_H

#include "core/model.h"
#include "core/notice.h"

#define COURIER_MESSAGE_MAX (1u << 20)

/* NULL: the plan has none of this name. */
const struct channel_plan *courier_channel(const struct plan *plan, const char *name);
/* By its name alone: what is told by mail is an address, in every plan. */
bool courier_is_mail(const char *recipient);
/* The final bytes; free() them. NULL: no memory. */
char *courier_write(const struct model *model, const struct plan *plan,
		    const struct notice *notice, const struct incident *incident, size_t *ret_n);

#endif
