/*
 * address.h - where a probe connects to: family, bytes, port. No name in it.
 */
#ifndef SHOREWATCH_ADDRESS_H
#define SHOREWATCH_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum family { FAMILY_ANY, FAMILY_IPV4, FAMILY_IPV6, FAMILY_BOTH };

#define ADDRESS_TEXT_MAX 56 /* "[v6]:65535" and its terminator */

struct address {
	enum family family; /* FAMILY_ANY: no address */
	uint16_t port;
	uint8_t bytes[16];  /* network order; the first 4 for IPv4 */
};

struct address_net {
	struct address base;
	unsigned prefix; /* bits */
};

/* "192.0.2.1" or "2001:db8::1", without port. False: not an address. */
bool address_parse_host(const char *host, uint16_t port, struct address *ret);
/* "host:port" or "[v6]:port", split; `host` receives at most host_max bytes with the terminator. */
bool address_split(const char *text, char *host, size_t host_max, uint16_t *ret_port);
/* "192.0.2.1:443" or "[2001:db8::1]:443". Never fails; "-" when empty. */
void address_print(const struct address *a, char text[ADDRESS_TEXT_MAX]);
bool address_equal(const struct address *a, const struct address *b);
/*
 * Loopback, link-local, RFC 1918, RFC 4193, CGNAT, multicast, 0/8, documentation: never where a
 * public name may lead (SR-02).
 */
bool address_is_private(const struct address *a);
bool address_is_loopback(const struct address *a);
/* "10.0.0.0/8" or a single address. */
bool address_net_parse(const char *text, struct address_net *ret);
bool address_net_contains(const struct address_net *net, const struct address *a);

#endif
