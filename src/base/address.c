/*
 * address.c - addresses read, written, compared, and judged.
 *
 * Owns the list of networks where a public name must never lead. An IPv6
 * address that carries an IPv4 address inside is judged by what it carries:
 * else ::ffff:127.0.0.1 would be a way around the list.
 */
#include "shorewatch/address.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"

struct net_row {
	uint8_t bytes[16];
	unsigned prefix;
};

/* IANA's special-purpose registry, without the blocks that are reachable from everywhere. */
static const struct net_row private_ipv4[] = {
	{{0}, 8},	      /* this network */
	{{10}, 8},	      /* RFC 1918 */
	{{100, 64}, 10},      /* RFC 6598, carrier-grade NAT */
	{{127}, 8},	      /* loopback */
	{{169, 254}, 16},     /* link-local; the clouds' metadata lives here */
	{{172, 16}, 12},      /* RFC 1918 */
	{{192, 0, 0}, 24},    /* IETF protocol assignments */
	{{192, 0, 2}, 24},    /* documentation */
	{{192, 168}, 16},     /* RFC 1918 */
	{{198, 18}, 15},      /* benchmarking */
	{{198, 51, 100}, 24}, /* documentation */
	{{203, 0, 113}, 24},  /* documentation */
	{{224}, 4},	      /* multicast */
	{{240}, 4},	      /* reserved, and the broadcast address */
};

static const struct net_row private_ipv6[] = {
	{{0}, 128},				    /* unspecified */
	{{[15] = 1}, 128},			    /* loopback */
	{{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48}, /* RFC 8215, translation of local use */
	{{0x01}, 64},				    /* discard */
	{{0x20, 0x01}, 32},			    /* Teredo: hides an IPv4 address */
	{{0x20, 0x01, 0x0d, 0xb8}, 32},		    /* documentation */
	{{0x3f, 0xff}, 20},			    /* documentation */
	{{0xfc}, 7},				    /* RFC 4193, unique local */
	{{0xfe, 0x80}, 10},			    /* link-local */
	{{0xfe, 0xc0}, 10},			    /* site-local, deprecated but routed by some */
	{{0xff}, 8},				    /* multicast */
};

/* Where an IPv6 address carries an IPv4 address, and from which byte on. */
static const struct {
	struct net_row net;
	size_t at;
} carriers[] = {
	{{{[10] = 0xff, [11] = 0xff}, 96}, 12}, /* ::ffff:0:0/96, mapped */
	{{{0}, 96}, 12},			/* ::/96, compatible */
	{{{0x00, 0x64, 0xff, 0x9b}, 96}, 12},	/* 64:ff9b::/96, NAT64 */
	{{{0x20, 0x02}, 16}, 2},		/* 2002::/16, 6to4 */
};

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

static bool bits_equal(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	size_t whole = bits / 8;
	unsigned rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

static bool nets_contain(const struct net_row *nets, size_t n, const uint8_t *bytes)
{
	for (size_t i = 0; i < n; i++) {
		if (bits_equal(nets[i].bytes, bytes, nets[i].prefix))
			return true;
	}
	return false;
}

static unsigned family_bits(enum family family)
{
	return family == FAMILY_IPV4 ? 32 : family == FAMILY_IPV6 ? 128 : 0;
}

/* The IPv4 address inside `a`, or `a` itself. ::1 and :: are themselves, not 0.0.0.1. */
static struct address address_unwrap(const struct address *a)
{
	static const uint8_t zeros[15];
	struct address inner = {.family = FAMILY_IPV4, .port = a->port};

	if (a->family != FAMILY_IPV6 || (memcmp(a->bytes, zeros, 15) == 0 && a->bytes[15] <= 1))
		return *a;
	for (size_t i = 0; i < LENGTH(carriers); i++) {
		if (!bits_equal(a->bytes, carriers[i].net.bytes, carriers[i].net.prefix))
			continue;
		memcpy(inner.bytes, a->bytes + carriers[i].at, 4);
		return inner;
	}
	return *a;
}

bool address_parse_host(const char *host, uint16_t port, struct address *ret)
{
	struct address a = {.port = port};

	if (inet_pton(AF_INET, host, a.bytes) == 1)
		a.family = FAMILY_IPV4;
	else if (inet_pton(AF_INET6, host, a.bytes) == 1)
		a.family = FAMILY_IPV6;
	else
		return false;
	*ret = a;
	return true;
}

/* Where the host begins and ends in "host:port" or "[v6]:port"; NULL: neither of the two. */
static const char *host_find(const char *text, size_t *ret_n, const char **ret_port)
{
	const char *host = text[0] == '[' ? text + 1 : text;
	size_t n = strcspn(host, text[0] == '[' ? "]" : ":");
	const char *colon = host + n;

	if (text[0] == '[') {
		if (*colon != ']')
			return NULL;
		colon++;
	}
	if (n == 0 || *colon != ':')
		return NULL;
	*ret_n = n;
	*ret_port = colon + 1;
	return host;
}

/* "2001:db8::1:443" without brackets is refused: nobody can say where its port begins. */
bool address_split(const char *text, char *host, size_t host_max, uint16_t *ret_port)
{
	struct in6_addr ignored;
	const char *port_text;
	int64_t port;
	size_t n;
	const char *begin = host_find(text, &n, &port_text);

	if (begin == NULL || n >= host_max || !words_int(port_text, 1, UINT16_MAX, &port))
		return false;
	memcpy(host, begin, n);
	host[n] = '\0';
	if (text[0] == '[' && inet_pton(AF_INET6, host, &ignored) != 1)
		return false;
	*ret_port = (uint16_t)port;
	return true;
}

void address_print(const struct address *a, char text[ADDRESS_TEXT_MAX])
{
	char host[INET6_ADDRSTRLEN];
	int family = a->family == FAMILY_IPV6 ? AF_INET6 : AF_INET;

	if (family_bits(a->family) == 0 || !inet_ntop(family, a->bytes, host, sizeof host)) {
		memcpy(text, "-", sizeof "-");
		return;
	}
	(void)snprintf(text, ADDRESS_TEXT_MAX, family == AF_INET6 ? "[%s]:%u" : "%s:%u", host,
		       (unsigned)a->port); /* the longest is 53 bytes */
}

bool address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family && a->port == b->port &&
	       bits_equal(a->bytes, b->bytes, family_bits(a->family));
}

bool address_is_private(const struct address *a)
{
	struct address inner = address_unwrap(a);

	if (inner.family == FAMILY_IPV4)
		return nets_contain(private_ipv4, LENGTH(private_ipv4), inner.bytes);
	if (inner.family == FAMILY_IPV6)
		return nets_contain(private_ipv6, LENGTH(private_ipv6), inner.bytes);
	return false;
}

bool address_is_loopback(const struct address *a)
{
	static const uint8_t loopback_ipv6[16] = {[15] = 1};
	struct address inner = address_unwrap(a);

	if (inner.family == FAMILY_IPV4)
		return inner.bytes[0] == 127;
	return inner.family == FAMILY_IPV6 && memcmp(inner.bytes, loopback_ipv6, 16) == 0;
}

/* Bits behind the prefix are accepted and ignored: "10.1.2.3/8" means 10.0.0.0/8. */
bool address_net_parse(const char *text, struct address_net *ret)
{
	char host[INET6_ADDRSTRLEN];
	size_t n = strcspn(text, "/");
	struct address_net net;
	int64_t prefix;

	if (n >= sizeof host)
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	if (!address_parse_host(host, 0, &net.base))
		return false;
	prefix = family_bits(net.base.family);
	if (text[n] == '/' && !words_int(text + n + 1, 0, prefix, &prefix))
		return false;
	net.prefix = (unsigned)prefix;
	*ret = net;
	return true;
}

bool address_net_contains(const struct address_net *net, const struct address *a)
{
	assert(net->prefix <= family_bits(net->base.family));
	return net->base.family == a->family && family_bits(a->family) != 0 &&
	       bits_equal(net->base.bytes, a->bytes, net->prefix);
}
