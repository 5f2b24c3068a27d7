/*
 * place.h - where a channel leads: an address of the web, read strictly. Pure.
 *
 * What goes there may be a secret in itself (hooks of Slack and Discord), so
 * it is encrypted, or stays on this machine or in a private net.
 */
#ifndef NOTIFY_PLACE_H
#define NOTIFY_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "shorewatch/address.h"
#include "shorewatch/option.h"

#define PLACE_HOST_MAX 254 /* RFC 1035 2.3.4, with the terminator */
#define PLACE_TEXT_MAX (PLACE_HOST_MAX + 24)
#define PLACE_URL_MAX  2000

struct place {
	bool is_tls;
	char host[PLACE_HOST_MAX]; /* without brackets */
	uint16_t port;
	const char *rest;	   /* path and query, within the text that was read; "" or "/..." */
	char text[PLACE_TEXT_MAX]; /* scheme, host and port: what may be shown */
};

/* NULL: fine; else what is wrong, static text that shows nothing of it. */
const char *place_read(const char *url, struct place *ret);
/*
 * For a kind's check(): a `url` that is none is told as a fault of `option`, and false returned.
 * `shown` gets scheme, host and port; of a secret that was not fetched, that it was not.
 */
bool place_check(const char *option, const char *url, char shown[PLACE_TEXT_MAX],
		 struct option_fault *fault);
/* Always false, so that it can be returned. `text` says what to do. */
bool fault_say(struct option_fault *fault, const char *option, const char *text);
/* What goes there in the clear: only to loopback or a private net. */
bool place_allows(const struct place *place, const struct address *address);

#endif
