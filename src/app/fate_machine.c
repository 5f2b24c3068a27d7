/*
 * fate_machine.c - see fate_machine.h. What cannot be read is left out: there
 * is then nothing to compare.
 */
#include "app/fate_machine.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"

#define RESOLV_CONF_MAX (64u << 10)

static bool address_of(const struct sockaddr *from, struct address *ret)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	*ret = (struct address){ .family = FAMILY_ANY };
	if (from != NULL && from->sa_family == AF_INET) {
		memcpy(&v4, from, sizeof(v4));
		memcpy(ret->bytes, &v4.sin_addr, 4);
		ret->family = FAMILY_IPV4;
	} else if (from != NULL && from->sa_family == AF_INET6) {
		memcpy(&v6, from, sizeof(v6));
		memcpy(ret->bytes, &v6.sin6_addr, 16);
		ret->family = FAMILY_IPV6;
	}
	return ret->family != FAMILY_ANY && !address_is_loopback(ret);
}

size_t fate_machine_addresses(struct address *addresses, size_t max)
{
	struct ifaddrs *all = NULL;
	size_t n = 0;

	if (getifaddrs(&all) < 0)
		return 0;
	for (const struct ifaddrs *at = all; at != NULL && n < max; at = at->ifa_next) {
		if (address_of(at->ifa_addr, &addresses[n]))
			n++;
	}
	freeifaddrs(all);
	return n;
}

/* "nameserver 192.0.2.53" in n bytes. */
static bool server_of(const char *line, size_t n, char server[ADDRESS_TEXT_MAX])
{
	static const char key[] = "nameserver";
	size_t begin = sizeof(key) - 1;
	struct address address;

	if (n <= begin || memcmp(line, key, begin) != 0)
		return false;
	begin += strspn(line + begin, " \t");
	if (begin >= n || begin == sizeof(key) - 1)
		return false;
	n = strcspn(line + begin, " \t\r\n");
	(void)snprintf(server, ADDRESS_TEXT_MAX, "%.*s", n < 64 ? (int)n : 64, line + begin);
	return address_parse_host(server, 0, &address);
}

size_t fate_resolvers_read(const char *text, char servers[FATE_RESOLVERS_MAX][ADDRESS_TEXT_MAX])
{
	size_t n = 0, line_n;

	for (const char *line = text; *line != '\0' && n < FATE_RESOLVERS_MAX;
	     line += line_n + (line[line_n] != '\0')) {
		line_n = strcspn(line, "\n");
		if (server_of(line, line_n, servers[n]))
			n++;
	}
	return n;
}

size_t fate_machine_resolvers(char servers[FATE_RESOLVERS_MAX][ADDRESS_TEXT_MAX])
{
	struct buf text = BUF_INIT(RESOLV_CONF_MAX);
	size_t n = 0;

	if (file_read(FATE_RESOLV_CONF, &text) == 0)
		n = fate_resolvers_read(buf_text(&text), servers);
	buf_done(&text);
	return n;
}
