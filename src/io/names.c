/*
 * names.c - a sorted table of names and their last good addresses.
 *
 * The names come from the configuration and from redirects, that is from
 * outside: the table has an end, and the name unseen for longest makes room.
 */
#include "io/names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define NAMES_MAX 16384
#define HOST_MAX  256 /* with its terminator; a DNS name has at most 253 characters */

struct name {
	char host[HOST_MAX];
	uint64_t seen; /* a count of puts, not a time */
	struct address v4[NAMES_ADDRESSES_MAX], v6[NAMES_ADDRESSES_MAX];
	size_t v4_n, v6_n;
};

struct names {
	struct name **rows; /* by host */
	size_t n, room;
	uint64_t puts;
};

struct names *names_new(void)
{
	return calloc(1, sizeof(struct names));
}

void names_free(struct names *names)
{
	if (names == NULL)
		return;
	for (size_t i = 0; i < names->n; i++)
		free(names->rows[i]);
	free(names->rows);
	free(names);
}

/* The place of `host`, or where it belongs. */
static size_t place_find(const struct names *names, const char *host, bool *ret_is_there)
{
	size_t low = 0, high = names->n;

	*ret_is_there = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(host, names->rows[middle]->host);

		if (order == 0) {
			*ret_is_there = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void oldest_drop(struct names *names)
{
	size_t oldest = 0;

	for (size_t i = 1; i < names->n; i++) {
		if (names->rows[i]->seen < names->rows[oldest]->seen)
			oldest = i;
	}
	free(names->rows[oldest]);
	names->n--;
	memmove(&names->rows[oldest], &names->rows[oldest + 1],
		(names->n - oldest) * sizeof(names->rows[0]));
}

static bool room_make(struct names *names)
{
	size_t room = names->room == 0 ? 64 : names->room * 2;
	struct name **rows;

	if (names->n == NAMES_MAX)
		oldest_drop(names);
	if (names->n < names->room)
		return true;
	rows = reallocarray(names->rows, room, sizeof(rows[0]));
	if (rows == NULL)
		return false;
	names->rows = rows;
	names->room = room;
	return true;
}

static struct name *name_take(struct names *names, const char *host)
{
	bool is_there;
	size_t at = place_find(names, host, &is_there);
	struct name *name;

	if (is_there)
		return names->rows[at];
	if (strlen(host) >= HOST_MAX || !room_make(names))
		return NULL;
	name = calloc(1, sizeof(*name));
	if (name == NULL)
		return NULL;
	memcpy(name->host, host, strlen(host) + 1);
	at = place_find(names, host, &is_there); /* making room may have moved it */
	memmove(&names->rows[at + 1], &names->rows[at], (names->n - at) * sizeof(names->rows[0]));
	names->rows[at] = name;
	names->n++;
	return name;
}

void names_put(struct names *names, const char *host, enum family family,
	       const struct address *addresses, size_t n)
{
	struct name *name = name_take(names, host);

	if (name == NULL)
		return;
	name->seen = ++names->puts;
	n = n < NAMES_ADDRESSES_MAX ? n : NAMES_ADDRESSES_MAX;
	if (family == FAMILY_IPV6) {
		memcpy(name->v6, addresses, n * sizeof(addresses[0]));
		name->v6_n = n;
	} else {
		memcpy(name->v4, addresses, n * sizeof(addresses[0]));
		name->v4_n = n;
	}
}

static size_t addresses_copy(struct address *ret, size_t max, const struct address *from, size_t n,
			     uint16_t port)
{
	size_t copied = 0;

	for (; copied < n && copied < max; copied++) {
		ret[copied] = from[copied];
		ret[copied].port = port;
	}
	return copied;
}

size_t names_get(const struct names *names, const char *host, enum family family, uint16_t port,
		 struct address *ret, size_t max)
{
	bool is_there;
	size_t at = place_find(names, host, &is_there);
	const struct name *name;
	size_t n = 0;

	if (!is_there)
		return 0;
	name = names->rows[at];
	if (family != FAMILY_IPV6)
		n = addresses_copy(ret, max, name->v4, name->v4_n, port);
	if (family != FAMILY_IPV4)
		n += addresses_copy(ret + n, max - n, name->v6, name->v6_n, port);
	return n;
}

/* ---- as text ---- */

/* address_print() writes "1.2.3.4:0" and "[v6]:0"; only the address itself is kept. */
static void address_save(struct buf *to, const char *host, char digit, struct address address)
{
	char text[ADDRESS_TEXT_MAX], *begin = text, *end;

	address.port = 0;
	address_print(&address, text);
	end = strrchr(text, ':');
	if (end == NULL)
		return;
	if (*begin == '[') {
		begin++;
		end--;
	}
	buf_printf(to, "%s %c %.*s\n", host, digit, (int)(end - begin), begin);
}

void names_save(const struct names *names, struct buf *to)
{
	for (size_t i = 0; i < names->n; i++) {
		const struct name *name = names->rows[i];

		for (size_t k = 0; k < name->v4_n; k++)
			address_save(to, name->host, '4', name->v4[k]);
		for (size_t k = 0; k < name->v6_n; k++)
			address_save(to, name->host, '6', name->v6[k]);
	}
}

static void address_load(struct names *names, const char *host, const struct address *address)
{
	struct name *name = name_take(names, host);
	bool is_v6 = address->family == FAMILY_IPV6;
	size_t *n;

	if (name == NULL)
		return;
	n = is_v6 ? &name->v6_n : &name->v4_n;
	if (*n < NAMES_ADDRESSES_MAX)
		(is_v6 ? name->v6 : name->v4)[(*n)++] = *address;
}

static void line_load(struct names *names, char *line)
{
	char *rest = line;
	const char *host = strsep(&rest, " ");
	const char *family = strsep(&rest, " ");
	struct address address;

	if (family == NULL || rest == NULL || *host == '\0')
		return;
	if (address_parse_host(rest, 0, &address))
		address_load(names, host, &address);
}

void names_load(struct names *names, const char *text)
{
	char *copy = strdup(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		line_load(names, line);
	free(copy);
}
