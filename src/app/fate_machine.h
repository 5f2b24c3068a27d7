/*
 * fate_machine.h - what this machine knows of itself: its addresses, and whom
 * it asks for names.
 */
#ifndef APP_FATE_MACHINE_H
#define APP_FATE_MACHINE_H

#include <stddef.h>

#include "shorewatch/address.h"

#define FATE_RESOLV_CONF   "/etc/resolv.conf"
#define FATE_RESOLVERS_MAX 3 /* resolv.conf(5): further ones are not used */

/* Of its interfaces, but for loopback. Returns how many, at most `max`. */
size_t fate_machine_addresses(struct address *addresses, size_t max);
/* The name servers of resolv.conf, as texts. Returns how many. */
size_t fate_machine_resolvers(char servers[FATE_RESOLVERS_MAX][ADDRESS_TEXT_MAX]);
/* The same of the text of such a file. Pure. */
size_t fate_resolvers_read(const char *text, char servers[FATE_RESOLVERS_MAX][ADDRESS_TEXT_MAX]);

#endif
