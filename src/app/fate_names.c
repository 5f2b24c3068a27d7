/*
 * fate_names.c - see fate_names.h. Whatever one name leads to is bounded, and
 * what lies behind the bound is told as missing: an answer is foreign.
 */
#include "app/fate_names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/key.h"

/* ---- the table ---- */

void fate_names_init(struct fate_names *names, struct arena *arena)
{
	*names = (struct fate_names){ .arena = arena };
	names->last = &names->first;
}

/* In lower case, without the last dot. */
static const char *name_copy(struct fate_names *names, const char *text)
{
	size_t n = strlen(text);
	char *copy = arena_strndup(names->arena, text, n > 1 && text[n - 1] == '.' ? n - 1 : n);

	for (char *c = copy; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

static struct fate_name *name_add(struct fate_names *names, const char *text)
{
	struct fate_name *name = arena_alloc(names->arena, 1, sizeof(*name));

	name->host.name = name->zone.name = text;
	if (address_parse_host(text, 0, &name->host.addresses[0]))
		name->host.n = 1;
	*names->last = name;
	names->last = &name->next;
	return name;
}

struct fate_name *fate_names_get(struct fate_names *names, const char *text)
{
	const char *copy = name_copy(names, text);
	struct fate_name **link = &names->buckets[key_text(copy) % FATE_BUCKETS];

	while (*link != NULL && strcmp((*link)->host.name, copy) != 0)
		link = &(*link)->chained;
	if (*link == NULL)
		*link = name_add(names, copy);
	return *link;
}

bool fate_name_is_address(const struct fate_name *name)
{
	struct address address;

	return address_parse_host(name->host.name, 0, &address);
}

bool fate_name_is_asked(const struct fate_name *name)
{
	return !fate_name_is_address(name) && strchr(name->host.name, '.') != NULL &&
	       strcmp(name->host.name, ".") != 0;
}

struct fate_name *fate_name_above(struct fate_names *names, struct fate_name *name)
{
	const char *dot = strchr(name->host.name, '.');

	if (name->above == NULL && dot != NULL && strchr(dot + 1, '.') != NULL)
		name->above = fate_names_get(names, dot + 1);
	return name->above;
}

/* ---- what came back ---- */

bool fate_cause_is_none(enum cause cause)
{
	return cause == CAUSE_NODATA || cause == CAUSE_NXDOMAIN;
}

void fate_name_add_addresses(struct fate_name *name, const struct io_answer *answer,
			     enum fate_question question)
{
	struct fate_host *host = &name->host;

	for (size_t i = 0; i < answer->n && host->n < FATE_ADDRESSES_MAX; i++)
		host->addresses[host->n++] = answer->address[i];
	name->told[question].is_cut = answer->n == IO_ADDRESSES_MAX;
}

void fate_name_add_servers(struct fate_names *names, struct fate_name *name,
			   const struct io_lookup_result *result)
{
	struct fate_zone *zone = &name->zone;

	for (size_t i = 0; i < result->n && zone->n < FATE_SERVERS_MAX; i++)
		zone->servers[zone->n++] = name_copy(names, result->texts[i]);
	name->told[FATE_ASK_ZONE].is_cut = result->is_cut || result->n > zone->n;
}

/* "10 mx.example.org" -> "mx.example.org" */
static const char *mail_host(const char *text)
{
	const char *space = strchr(text, ' ');

	return space != NULL ? space + 1 : text;
}

void fate_name_add_mail_hosts(struct fate_names *names, struct fate_name *name,
			      const struct io_lookup_result *result)
{
	for (size_t i = 0; i < result->n && name->mail_hosts_n < FATE_MAIL_HOSTS_MAX; i++) {
		const char *host = mail_host(result->texts[i]);

		if (strcmp(host, ".") == 0)
			name->takes_no_mail = true;
		else
			name->mail_hosts[name->mail_hosts_n++] = fate_names_get(names, host);
	}
	name->told[FATE_ASK_MAIL].is_cut = result->is_cut || result->n > FATE_MAIL_HOSTS_MAX;
}

/* ---- zones ---- */

static const struct fate_zone *zone_of(const struct fate_name *name)
{
	const struct fate_name *at = name->alias != NULL ? name->above : name;

	while (at != NULL && at->zone.n == 0)
		at = at->above;
	return at != NULL ? &at->zone : NULL;
}

static bool has_zone(const struct fate_host *host, const struct fate_zone *zone)
{
	for (size_t i = 0; i < host->zones_n; i++) {
		if (host->zones[i] == zone)
			return true;
	}
	return false;
}

/* Its own zone and those of its aliases: a chain breaks at any of them. */
static void name_end(struct fate_name *name)
{
	struct fate_host *host = &name->host;
	const struct fate_name *at = name;

	for (unsigned i = 0; i < FATE_ZONES_MAX && at != NULL; i++, at = at->alias) {
		const struct fate_zone *zone = zone_of(at);

		if (zone != NULL && !has_zone(host, zone))
			host->zones[host->zones_n++] = zone;
	}
}

/* ---- order ---- */

static int addresses_order(const void *a, const void *b)
{
	const struct address *x = a, *y = b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	return memcmp(x->bytes, y->bytes, sizeof(x->bytes));
}

static int servers_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int names_order(const void *a, const void *b)
{
	const struct fate_name *const *x = a, *const *y = b;

	return strcmp((*x)->host.name, (*y)->host.name);
}

/* Servers turn the order of what they tell: the same facts are to be said in the same words. */
static void name_sort(struct fate_name *name)
{
	qsort(name->host.addresses, name->host.n, sizeof(name->host.addresses[0]), addresses_order);
	qsort(name->zone.servers, name->zone.n, sizeof(name->zone.servers[0]), servers_order);
	qsort(name->mail_hosts, name->mail_hosts_n, sizeof(name->mail_hosts[0]), names_order);
}

void fate_names_end(struct fate_names *names)
{
	for (struct fate_name *name = names->first; name != NULL; name = name->next) {
		name_sort(name);
		if (name->told[FATE_ASK_ALIAS].is_asked)
			name_end(name);
	}
}
