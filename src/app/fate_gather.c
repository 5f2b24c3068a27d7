/*
 * fate_gather.c - see fate_gather.h.
 *
 * A target that is nothing but our own page is not held against us: of course
 * it dies with itself. Jobs that report themselves live nowhere that we know,
 * and without a relay nobody's mailbox is needed.
 */
#include "app/fate_gather.h"

#include <string.h>
#include <strings.h>

#include "app/fate_machine.h"
#include "base/arena.h"
#include "conf/forms.h"
#include "conf/options.h"

#define PORT_DNS  53
#define PORT_SMTP 25

struct gathering {
	const struct generation *generation;
	const struct plan *plan;
	struct fate_look *look;
	struct arena *arena;
	struct fate_thing *ours, *targets;
	size_t ours_n, targets_n;
};

/* ---- things ---- */

static struct fate_thing *ours_add(struct gathering *g, enum fate_part part, const char *name,
				   struct conf_place place)
{
	struct fate_thing *thing = &g->ours[g->ours_n++];

	*thing = (struct fate_thing){
		.part = part, .name = name, .file = place.file, .line = place.line
	};
	return thing;
}

static void thing_lives(struct gathering *g, struct fate_thing *thing, const struct fate_host *host,
			bool is_name_only)
{
	struct fate_home *home = arena_alloc(g->arena, 1, sizeof(*home));

	*home = (struct fate_home){ host, is_name_only };
	thing->homes = home;
	thing->homes_n = 1;
}

static uint16_t url_port(const struct url *url)
{
	if (url->port != 0)
		return url->port;
	return strcmp(url->scheme, "https") == 0 ? 443 : 80;
}

/* "host:port", "[v6]:port" or "host". */
static void thing_lives_at(struct gathering *g, struct fate_thing *thing, const char *text)
{
	char host[FORM_HOST_MAX];
	struct address address;
	const char *name = text;

	if (!address_parse_host(text, 0, &address) &&
	    address_split(text, host, sizeof(host), &thing->port))
		name = host;
	thing_lives(g, thing, fate_look_host(g->look, name), false);
}

static void thing_lives_at_url(struct gathering *g, struct fate_thing *thing, const char *text)
{
	struct url url;

	if (!form_url(text, &url))
		return;
	thing->port = url_port(&url);
	thing_lives(g, thing, fate_look_host(g->look, url.host), false);
}

/* ---- ours ---- */

static void gather_ourselves(struct gathering *g)
{
	const struct conf_place everywhere = { g->plan->file, 0 };
	struct fate_thing *thing = ours_add(g, FATE_OURSELVES, "this machine", everywhere);
	struct fate_host *host = arena_alloc(g->arena, 1, sizeof(*host));

	host->name = thing->name;
	host->n = fate_machine_addresses(host->addresses, FATE_ADDRESSES_MAX);
	thing_lives(g, thing, host, false);
}

static void gather_relays(struct gathering *g)
{
	const struct mail_plan *mail = &g->plan->mail;

	for (size_t i = 0; i < mail->relays_n; i++) {
		struct fate_thing *thing = ours_add(g, FATE_RELAY, mail->relays[i].host,
						    g->generation->places.relays[i]);

		thing->port = mail->relays[i].port;
		thing_lives(g, thing, fate_look_host(g->look, mail->relays[i].host), false);
	}
}

/* "ops@example.org and 2 more": those of one domain get their mail at the same place. */
static const char *mailboxes_name(struct gathering *g, size_t first)
{
	const struct mail_plan *mail = &g->plan->mail;
	const char *domain = form_mail_domain(mail->to[first].address);
	size_t more = 0;

	for (size_t i = first + 1; i < mail->to_n; i++)
		more += strcasecmp(form_mail_domain(mail->to[i].address), domain) == 0;
	if (more == 0)
		return mail->to[first].address;
	return arena_printf(g->arena, "%s and %zu more", mail->to[first].address, more);
}

static bool is_first_of_domain(const struct mail_plan *mail, size_t index)
{
	const char *domain = form_mail_domain(mail->to[index].address);

	for (size_t i = 0; i < index; i++) {
		if (strcasecmp(form_mail_domain(mail->to[i].address), domain) == 0)
			return false;
	}
	return true;
}

static void gather_recipients(struct gathering *g)
{
	const struct mail_plan *mail = &g->plan->mail;

	for (size_t i = 0; i < mail->to_n && mail->relays_n > 0; i++) {
		struct fate_thing *thing;

		if (!is_first_of_domain(mail, i))
			continue;
		thing = ours_add(g, FATE_RECIPIENT, mailboxes_name(g, i),
				 g->generation->places.recipients[i]);
		thing->port = PORT_SMTP;
		fate_look_mail(g->look, form_mail_domain(mail->to[i].address), thing);
	}
}

static void resolver_add(struct gathering *g, const char *text, struct conf_place place)
{
	struct fate_thing *thing = ours_add(g, FATE_RESOLVER, text, place);

	thing->port = PORT_DNS;
	thing_lives_at(g, thing, text);
}

static void gather_resolvers(struct gathering *g)
{
	const struct conf_place resolv_conf = { FATE_RESOLV_CONF, 0 };
	char system[FATE_RESOLVERS_MAX][ADDRESS_TEXT_MAX];
	size_t n = g->plan->resolvers.n;

	for (size_t i = 0; i < n; i++)
		resolver_add(g, g->plan->resolvers.v[i], g->generation->places.resolvers[i]);
	n = n == 0 ? fate_machine_resolvers(system) : 0;
	for (size_t i = 0; i < n; i++)
		resolver_add(g, arena_strdup(g->arena, system[i]), resolv_conf);
}

static void gather_references(struct gathering *g)
{
	const struct plan *plan = g->plan;

	for (size_t i = 0; i < plan->references_n; i++) {
		const struct target_plan *t = &plan->targets[plan->targets_n + i];
		const struct conf_place place = { t->file, t->line };

		thing_lives_at(g, ours_add(g, FATE_REFERENCE, t->title, place),
			       t->kind->endpoint(t->params));
	}
}

static void gather_url(struct gathering *g, enum fate_part part, const char *url,
		       struct conf_place place)
{
	if (url != NULL)
		thing_lives_at_url(g, ours_add(g, part, url, place), url);
}

static void gather_ours(struct gathering *g)
{
	const struct plan *plan = g->plan;
	const struct conf_places *places = &g->generation->places;
	size_t most = 4 + plan->mail.relays_n + plan->mail.to_n + plan->references_n +
		      plan->resolvers.n + FATE_RESOLVERS_MAX;

	g->ours = arena_alloc(g->arena, most, sizeof(*g->ours));
	gather_ourselves(g);
	gather_relays(g);
	gather_recipients(g);
	gather_resolvers(g);
	gather_references(g);
	gather_url(g, FATE_LISTENER, plan->listen.public_url, places->public_url);
	gather_url(g, FATE_PAGE, plan->page.url, places->page_url);
	gather_url(g, FATE_HEARTBEAT, plan->heartbeat_url, places->heartbeat_url);
}

/* ---- targets ---- */

/* What one of a kind's options holds. NULL: nothing, or the kind has none of this name. */
static const char *param_text(const struct target_plan *t, const char *option)
{
	const struct option *row = options_find(t->kind->options, option);
	const char *text = NULL;

	if (row != NULL && row->type == OPTION_STRING)
		memcpy(&text, (const char *)t->params + row->offset, sizeof(text));
	return text;
}

/* A zone lives where its name servers do, unless one server of it is what is watched. */
static void zone_lives(struct gathering *g, struct fate_thing *thing, const struct target_plan *t)
{
	const char *server = param_text(t, "server"), *name = param_text(t, "name");

	thing->port = PORT_DNS;
	if (server != NULL)
		thing_lives_at(g, thing, server);
	else if (name != NULL)
		thing_lives(g, thing, fate_look_name(g->look, name), true);
}

/* Where a probe connects to says `address`, in every kind that has it; else its URL. */
static void target_lives(struct gathering *g, struct fate_thing *thing, const struct target_plan *t)
{
	const char *address = param_text(t, "address");

	if (strcmp(t->kind->name, "dns") == 0)
		zone_lives(g, thing, t);
	else if (address != NULL)
		thing_lives_at(g, thing, address);
	else
		thing_lives_at_url(g, thing, t->kind->endpoint(t->params));
}

/* Witnesses, too, if it is the cluster that they are; others are ours. */
static bool is_watched(const struct target_plan *t)
{
	return t->ping == NULL && (t->role == ROLE_TARGET || t->role == ROLE_ALERTMANAGER ||
				   t->role == ROLE_PROMETHEUS);
}

static bool is_our_page(const struct plan *plan, const struct target_plan *t)
{
	return plan->page.url != NULL && strcmp(t->kind->endpoint(t->params), plan->page.url) == 0;
}

static void target_add(struct gathering *g, const struct target_plan *t, const char *name)
{
	struct fate_thing *thing = &g->targets[g->targets_n];

	if (!is_watched(t) || is_our_page(g->plan, t))
		return;
	*thing = (struct fate_thing){
		.part = FATE_TARGET, .name = name, .file = t->file, .line = t->line
	};
	target_lives(g, thing, t);
	g->targets_n++;
}

static void gather_targets(struct gathering *g)
{
	const struct plan *plan = g->plan;
	size_t witnesses = plan->targets_n + plan->references_n;

	g->targets =
		arena_alloc(g->arena, plan->targets_n + plan->witnesses_n + 1, sizeof(*g->targets));
	/* A name is looked up by both families anyway: the halves of a pair live in one place. */
	for (uint32_t i = 0; i < plan->targets_n; i++)
		if (!target_is_second(plan, i))
			target_add(g, &plan->targets[i], plan->targets[i].name);
	for (size_t i = 0; i < plan->witnesses_n; i++)
		target_add(g, &plan->targets[witnesses + i], plan->targets[witnesses + i].title);
}

struct fate fate_gather(const struct generation *generation, struct fate_look *look,
			struct arena *arena)
{
	struct gathering g = {
		.generation = generation, .plan = &generation->plan, .look = look, .arena = arena
	};

	gather_ours(&g);
	gather_targets(&g);
	return (struct fate){ g.ours, g.ours_n, g.targets, g.targets_n };
}
