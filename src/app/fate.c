/*
 * fate.c - see fate.h. Everything of ours is held against every target.
 *
 * Values: /24 and /48 are the smallest networks that are routed by themselves,
 * so what lives in one of them mostly stands in one place. That is no more
 * true of private networks, which tunnels stretch over the world, nor of
 * translated addresses (RFC 6052), which are taken for what they carry. Of a
 * thing with several addresses or name servers one in common is enough to be
 * told; how much of it is shared, the words say.
 */
#include "app/fate.h"

#include <string.h>

#define NETWORK_BITS_IPV4 24
#define NETWORK_BITS_IPV6 48
#define TRANSLATED_BYTES  12 /* before the IPv4 address */

/* ---- addresses ---- */

static const uint8_t translated[][TRANSLATED_BYTES] = {
	{ 0x00, 0x64, 0xff, 0x9b },   /* RFC 6052, NAT64 */
	{ [10] = 0xff, [11] = 0xff }, /* RFC 4291 2.5.5.2, mapped */
};

static struct address carried(const struct address *a)
{
	struct address inner = { .family = FAMILY_IPV4, .port = a->port };

	for (size_t i = 0; i < sizeof(translated) / sizeof(translated[0]); i++) {
		if (a->family == FAMILY_IPV6 &&
		    memcmp(a->bytes, translated[i], TRANSLATED_BYTES) == 0) {
			memcpy(inner.bytes, a->bytes + TRANSLATED_BYTES, 4);
			return inner;
		}
	}
	return *a;
}

/* Loopback is among them, so what lives there has no neighbours. */
static bool is_private(const struct address *a)
{
	static const char *const nets[] = { "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
					    "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
					    "::/8",	      "fc00::/7",      "fe80::/10" };
	struct address_net net;

	for (size_t i = 0; i < sizeof(nets) / sizeof(nets[0]); i++) {
		if (address_net_parse(nets[i], &net) && address_net_contains(&net, a))
			return true;
	}
	return false;
}

static bool is_same_network(const struct address *a, const struct address *b)
{
	struct address_net net = { *a, a->family == FAMILY_IPV6 ? NETWORK_BITS_IPV6
								: NETWORK_BITS_IPV4 };

	return address_net_contains(&net, b) && !is_private(a);
}

/* True: `tie` is what the two have in common. */
static bool address_tie(const struct address *ours, uint16_t our_port, const struct address *theirs,
			uint16_t their_port, enum fate_tie *tie)
{
	struct address a = carried(ours), b = carried(theirs);

	a.port = b.port = 0;
	*tie = FATE_ADDRESS;
	if (address_equal(&a, &b))
		return !address_is_loopback(&a) || our_port == their_port;
	*tie = FATE_NETWORK;
	return is_same_network(&a, &b);
}

/* ---- one of ours and one target ---- */

/* What was found of a pair so far; `tie` is FATE_TIES while that is nothing. */
struct pair {
	const struct fate_thing *ours, *target;
	struct fate_finding best;
};

static void pair_addresses(struct pair *pair, const struct fate_host *ours,
			   const struct fate_host *theirs)
{
	enum fate_tie tie;

	for (size_t i = 0; i < ours->n && pair->best.tie != FATE_ADDRESS; i++) {
		for (size_t k = 0; k < theirs->n; k++) {
			if (!address_tie(&ours->addresses[i], pair->ours->port,
					 &theirs->addresses[k], pair->target->port, &tie) ||
			    tie >= pair->best.tie)
				continue;
			pair->best.tie = tie;
			pair->best.host = ours;
			pair->best.address = carried(&ours->addresses[i]);
		}
	}
}

static bool has_server(const struct fate_zone *zone, const char *server)
{
	for (size_t i = 0; i < zone->n; i++) {
		if (strcmp(zone->servers[i], server) == 0)
			return true;
	}
	return false;
}

static void pair_zones(struct pair *pair, const struct fate_host *ours,
		       const struct fate_zone *our_zone, const struct fate_zone *their_zone)
{
	struct fate_finding found = { .tie = FATE_SERVERS, .host = ours, .zone = our_zone };

	for (size_t i = 0; i < our_zone->n; i++) {
		if (has_server(their_zone, our_zone->servers[i]))
			found.servers[found.servers_n++] = i;
	}
	if (found.servers_n > 0 && found.servers_n > pair->best.servers_n)
		pair->best = found;
}

static void pair_names(struct pair *pair, const struct fate_host *ours,
		       const struct fate_host *theirs)
{
	for (size_t i = 0; i < ours->zones_n; i++) {
		for (size_t k = 0; k < theirs->zones_n; k++)
			pair_zones(pair, ours, ours->zones[i], theirs->zones[k]);
	}
}

/* The closest tie of all their homes. */
static void pair_compare(struct pair *pair)
{
	const struct fate_thing *ours = pair->ours, *target = pair->target;

	pair->best = (struct fate_finding){ .tie = FATE_TIES };
	for (size_t i = 0; i < ours->homes_n; i++) {
		for (size_t k = 0; k < target->homes_n; k++) {
			if (!ours->homes[i].is_name_only && !target->homes[k].is_name_only)
				pair_addresses(pair, ours->homes[i].host, target->homes[k].host);
		}
	}
	for (size_t i = 0; i < ours->homes_n && pair->best.tie >= FATE_SERVERS; i++) {
		for (size_t k = 0; k < target->homes_n; k++)
			pair_names(pair, ours->homes[i].host, target->homes[k].host);
	}
}

/* ---- one of ours and all targets ---- */

static bool is_same_place(const struct fate_finding *a, const struct fate_finding *b)
{
	struct address x = a->address, y = b->address;

	x.port = y.port = 0;
	if (a->tie == FATE_NETWORK)
		return is_same_network(&x, &y);
	return a->tie == FATE_SERVERS ? a->zone == b->zone : address_equal(&x, &y);
}

static void finding_join(struct fate_finding *all, const struct pair *pair)
{
	if (all->targets_n == 0)
		*all = pair->best;
	else if (!is_same_place(all, &pair->best))
		all->has_more = true;
	all->ours = pair->ours;
	if (all->targets_n < FATE_SHOWN)
		all->targets[all->targets_n] = pair->target->name;
	all->targets_n++;
}

static void thing_compare(const struct fate *fate, const struct fate_thing *ours,
			  struct fate_finding ties[FATE_TIES])
{
	memset(ties, 0, sizeof(ties[0]) * FATE_TIES);
	for (size_t i = 0; i < fate->targets_n; i++) {
		struct pair pair = { .ours = ours, .target = &fate->targets[i] };

		pair_compare(&pair);
		if (pair.best.tie != FATE_TIES)
			finding_join(&ties[pair.best.tie], &pair);
	}
}

/* Nobody knows where it lives: then it is no comfort. */
static bool has_address(const struct fate_thing *thing)
{
	for (size_t i = 0; i < thing->homes_n; i++) {
		if (!thing->homes[i].is_name_only && thing->homes[i].host->n > 0)
			return true;
	}
	return false;
}

/* Not with the targets in the way of `tie`, nor more closely. */
static bool lives_apart(const struct fate *fate, const struct fate_thing *thing, enum fate_tie tie)
{
	enum fate_tie farthest = tie == FATE_SERVERS ? FATE_SERVERS : FATE_NETWORK;
	struct fate_finding ties[FATE_TIES];
	size_t tied_n = 0;

	if (!has_address(thing))
		return false;
	thing_compare(fate, thing, ties);
	for (int i = 0; i <= (int)farthest; i++)
		tied_n += ties[i].targets_n;
	return tied_n == 0;
}

static bool has_others(const struct fate *fate, const struct fate_thing *thing, enum fate_tie tie)
{
	for (size_t i = 0; i < fate->ours_n; i++) {
		const struct fate_thing *other = &fate->ours[i];

		if (other != thing && other->part == thing->part && lives_apart(fate, other, tie))
			return true;
	}
	return false;
}

static void thing_tell(const struct fate *fate, const struct fate_thing *ours,
		       fate_on_finding *on_finding, void *ctx)
{
	struct fate_finding ties[FATE_TIES];

	thing_compare(fate, ours, ties);
	for (int tie = 0; tie < FATE_TIES; tie++) {
		if (ties[tie].targets_n == 0)
			continue;
		ties[tie].has_others = has_others(fate, ours, ties[tie].tie);
		on_finding(ctx, &ties[tie]);
	}
}

void fate_find(const struct fate *fate, fate_on_finding *on_finding, void *ctx)
{
	for (int part = 0; part < FATE_PARTS; part++) {
		for (size_t i = 0; i < fate->ours_n; i++) {
			if ((int)fate->ours[i].part == part)
				thing_tell(fate, &fate->ours[i], on_finding, ctx);
		}
	}
}
