/*
 * fate.h - shared fate: where the things live that an alarm needs, held against
 * where the targets live. Pure; who lives where is fate_look.h's to find out.
 */
#ifndef APP_FATE_H
#define APP_FATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/address.h"

struct buf;

#define FATE_ADDRESSES_MAX 32 /* of one host, both families */
#define FATE_SERVERS_MAX   16 /* name servers of one zone */
#define FATE_ZONES_MAX	   9  /* a name's own, and those that its aliases lead through */
#define FATE_SHOWN	   3  /* targets named in one warning */

/* What is ours, the worst to lose first. */
enum fate_part {
	FATE_OURSELVES,
	FATE_RELAY,
	FATE_RECIPIENT,
	FATE_RESOLVER,
	FATE_REFERENCE,
	FATE_LISTENER,
	FATE_PAGE,
	FATE_HEARTBEAT,
	FATE_PARTS,
	FATE_TARGET = FATE_PARTS, /* what it is held against */
};

/* What two things have in common, the closest first. */
enum fate_tie { FATE_ADDRESS, FATE_NETWORK, FATE_SERVERS, FATE_TIES };

/* A zone of the DNS and who answers for it; all names in lower case, without the last dot. */
struct fate_zone {
	const char *name;
	const char *servers[FATE_SERVERS_MAX];
	size_t n;
};

struct fate_host {
	const char *name; /* or an address */
	struct address addresses[FATE_ADDRESSES_MAX];
	size_t n;
	const struct fate_zone *zones[FATE_ZONES_MAX];
	size_t zones_n;
};

struct fate_home {
	const struct fate_host *host;
	bool is_name_only; /* the name is needed, not what lives at its addresses */
};

struct fate_thing {
	enum fate_part part;
	const char *name; /* what the configuration calls it */
	const char *file; /* where it stands there; NULL: nowhere */
	unsigned line;
	uint16_t port;
	const struct fate_home *homes;
	size_t homes_n;
};

struct fate {
	const struct fate_thing *ours;
	size_t ours_n;
	const struct fate_thing *targets;
	size_t targets_n;
};

/* One thing of ours, and the targets that have the same in common with it. */
struct fate_finding {
	const struct fate_thing *ours;
	enum fate_tie tie;
	const struct fate_host *host;	/* of ours, where it was found first */
	struct address address;		/* of ours; FATE_SERVERS: none */
	const struct fate_zone *zone;	/* of ours; FATE_SERVERS only */
	size_t servers[FATE_SERVERS_MAX], servers_n; /* of that zone, in common; their places */
	bool has_more;			/* other addresses, networks or zones as well */
	bool has_others;		/* of the same part, that do not share this fate */
	const char *targets[FATE_SHOWN]; /* the first names */
	size_t targets_n;
};

/*
 * Each finding once, the worst first. A target is told of in its closest tie only. Two things on
 * loopback have their address in common only with their port: everything that is tried out on one
 * machine lives there. Networks count between public addresses only.
 */
typedef void fate_on_finding(void *ctx, const struct fate_finding *finding);
void fate_find(const struct fate *fate, fate_on_finding *on_finding, void *ctx);

/* One line for a person: what is shared, what that means, what to do. No line break. */
void fate_say(const struct fate_finding *finding, struct buf *to);

#endif
