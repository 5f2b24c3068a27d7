/*
 * fate_words.c - a finding as one sentence: what is shared, what will happen
 * because of it, what to do. The last two are a row for each part and tie.
 */
#include <string.h>

#include "app/fate.h"
#include "base/buf.h"
#include "base/text.h"

#define SERVERS_SHOWN 2

/*
 * What follows; "when the host dies, " and its like stand before it. Where
 * `others` is there it is said instead, if others of its part live elsewhere.
 */
static const struct meaning {
	const char *alone, *others, *remedy;
} meanings[FATE_PARTS][FATE_TIES] = {
	[FATE_OURSELVES] = {
		{ "so does the watcher, and nobody is told", NULL,
		  "shorewatch has to run outside, on a machine that shares nothing with it" },
		{ "the watcher is cut off, too, and nobody is told", NULL,
		  "run shorewatch at another place" },
		{ NULL, NULL, NULL }, /* we have no name */
	},
	[FATE_RELAY] = {
		{ "so does your alarm", "this relay is gone, too, and only the others are left",
		  "use a relay elsewhere" },
		{ "so is your alarm", "this relay is gone, too, and only the others are left",
		  "use a relay elsewhere" },
		{ "your alarm leaves only while the relay's last address is remembered",
		  "this relay is found only while its last address is remembered",
		  "use a relay whose name is served elsewhere" },
	},
	[FATE_RECIPIENT] = {
		{ "nobody can read the alarm", "only the other recipients can read the alarm",
		  "add an address whose mail arrives elsewhere to mail.to" },
		{ "nobody can read the alarm", "only the other recipients can read the alarm",
		  "add an address whose mail arrives elsewhere to mail.to" },
		{ "the alarm waits at the relay until they are back",
		  "the alarm reaches only the other recipients",
		  "add an address of a domain that is served elsewhere to mail.to" },
	},
	[FATE_RESOLVER] = {
		{ "all names fail together, and only remembered addresses are left",
		  "this resolver is gone at the same moment", "use resolvers elsewhere" },
		{ "all names fail together, and only remembered addresses are left",
		  "this resolver is gone at the same moment", "use resolvers elsewhere" },
		{ NULL, NULL, NULL },
	},
	[FATE_REFERENCE] = {
		{ "it looks as if our own link were gone, and the alarm is held back",
		  "one voice less says that our own link is fine",
		  "use references that have nothing to do with the targets" },
		{ "it looks as if our own link were gone, and the alarm is held back",
		  "one voice less says that our own link is fine",
		  "use references that have nothing to do with the targets" },
		{ NULL, NULL, NULL },
	},
	[FATE_LISTENER] = {
		{ "no signal of the cluster comes in any more, however well it is", NULL,
		  "let listen.public_url lead to this machine" },
		{ "no signal of the cluster comes in any more, however well it is", NULL,
		  "let listen.public_url lead to another place" },
		{ "no signal of the cluster finds us any more, however well it is", NULL,
		  "give listen.public_url a name that is served elsewhere" },
	},
	[FATE_PAGE] = {
		{ "the page dies, too", NULL, "serve the page elsewhere" },
		{ "the page is gone, too", NULL, "serve the page elsewhere" },
		{ "nobody finds the page", NULL, "give the page a name that is served elsewhere" },
	},
	[FATE_HEARTBEAT] = {
		{ "nobody would notice if shorewatch died as well", NULL,
		  "let somebody elsewhere watch the watcher" },
		{ "nobody would notice if shorewatch died as well", NULL,
		  "let somebody elsewhere watch the watcher" },
		{ "nobody would notice if shorewatch died as well", NULL,
		  "let somebody watch the watcher whose name is served elsewhere" },
	},
};

static const char *const nouns[FATE_PARTS] = {
	[FATE_OURSELVES] = "this machine",   [FATE_RELAY] = "the relay ",
	[FATE_RECIPIENT] = "the mail host ", [FATE_RESOLVER] = "the resolver ",
	[FATE_REFERENCE] = "the reference ", [FATE_LISTENER] = "listen.public_url's host ",
	[FATE_PAGE] = "the page's host ",    [FATE_HEARTBEAT] = "heartbeat_url's host ",
};

/* ---- who ---- */

static void address_put(const struct address *address, struct buf *to)
{
	char text[ADDRESS_TEXT_MAX], *end;

	address_print(address, text);
	end = strrchr(text, address->family == FAMILY_IPV6 ? ']' : ':');
	if (end != NULL)
		*end = '\0';
	buf_puts(to, text + (text[0] == '['));
}

static bool is_address(const char *name)
{
	struct address address;

	return address_parse_host(name, 0, &address);
}

/* "(203.0.113.7)", where the name is not the address itself. */
static void put_address(const struct fate_finding *f, struct buf *to)
{
	bool is_shown = f->address.family != FAMILY_ANY && !is_address(f->host->name);

	if (!is_shown)
		return;
	buf_puts(to, " (");
	address_put(&f->address, to);
	buf_puts(to, f->has_more && f->tie == FATE_ADDRESS ? " and others)" : ")");
}

static void put_subject(const struct fate_finding *f, struct buf *to)
{
	const struct fate_thing *ours = f->ours;

	if (ours->part == FATE_RECIPIENT && f->tie == FATE_SERVERS) {
		buf_puts(to, "the mailbox ");
		text_line(to, ours->name);
		return;
	}
	buf_puts(to, nouns[ours->part]);
	if (ours->part == FATE_RESOLVER || ours->part == FATE_REFERENCE)
		text_line(to, ours->name);
	else if (ours->part != FATE_OURSELVES)
		text_line(to, f->host->name);
	put_address(f, to);
	if (ours->part == FATE_RECIPIENT) {
		buf_puts(to, " of ");
		text_line(to, ours->name);
	}
}

/* ---- what is shared ---- */

static void put_network(const struct fate_finding *f, struct buf *to)
{
	unsigned bits = f->address.family == FAMILY_IPV6 ? 48 : 24;
	struct address base = f->address;

	memset(base.bytes + bits / 8, 0, sizeof(base.bytes) - bits / 8);
	buf_puts(to, " is in the same network (");
	address_put(&base, to);
	buf_printf(to, "/%u%s) as ", bits, f->has_more ? " and others" : "");
}

static void put_servers(const struct fate_finding *f, struct buf *to)
{
	bool is_all = f->servers_n == f->zone->n;

	if (is_all)
		buf_printf(to, " has the same name server%s (", f->servers_n > 1 ? "s" : "");
	else
		buf_printf(to, " has %zu of its %zu name servers (", f->servers_n, f->zone->n);
	for (size_t i = 0; i < f->servers_n && i < SERVERS_SHOWN; i++) {
		buf_puts(to, i > 0 ? ", " : "");
		text_line(to, f->zone->servers[f->servers[i]]);
	}
	if (f->servers_n > SERVERS_SHOWN)
		buf_printf(to, " and %zu more", f->servers_n - SERVERS_SHOWN);
	buf_puts(to, is_all ? ") as " : ") in common with ");
}

/* "the target "blog"", "the targets blog, misskey and 3 more" */
static void put_targets(const struct fate_finding *f, struct buf *to)
{
	size_t n = f->targets_n, named = n > FATE_SHOWN ? FATE_SHOWN - 1 : n;

	if (n == 1) {
		buf_printf(to, "the target \"%s\"", f->targets[0]);
		return;
	}
	buf_puts(to, "the targets ");
	for (size_t i = 0; i < named; i++)
		buf_printf(to, "%s%s", i == 0 ? "" : i + 1 == n ? " and " : ", ", f->targets[i]);
	if (n > named)
		buf_printf(to, " and %zu more", n - named);
}

static void put_tie(const struct fate_finding *f, struct buf *to)
{
	switch (f->tie) {
	case FATE_ADDRESS:
		buf_puts(to, " has the same address as ");
		break;
	case FATE_NETWORK:
		put_network(f, to);
		break;
	case FATE_SERVERS:
		put_servers(f, to);
		break;
	case FATE_TIES:
		break;
	}
	put_targets(f, to);
}

/* ---- what follows ---- */

static const char *cause_of(const struct fate_finding *f)
{
	switch (f->tie) {
	case FATE_ADDRESS:
		return "when the host dies, ";
	case FATE_NETWORK:
		return "when that network is cut off, ";
	case FATE_SERVERS:
	case FATE_TIES:
		break;
	}
	return "when they fail, ";
}

void fate_say(const struct fate_finding *f, struct buf *to)
{
	const struct meaning *meaning = &meanings[f->ours->part][f->tie];

	put_subject(f, to);
	put_tie(f, to);
	buf_printf(to, ": %s%s; %s", cause_of(f),
		   f->has_others && meaning->others != NULL ? meaning->others : meaning->alone,
		   meaning->remedy);
}
