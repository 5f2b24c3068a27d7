/*
 * places.c - see places.h. Without faults the elements of a list are those of
 * the plan, one by one and in the same order.
 */
#include "conf/places.h"

#include "base/arena.h"
#include "conf/settings.h"

static struct conf_place place_of(const struct setting *at)
{
	if (at == NULL)
		return (struct conf_place){ .file = NULL };
	return (struct conf_place){ at->file, at->line };
}

/* Of n elements; of a group what is called `key` in it, where that is there. */
static const struct conf_place *list_places(const struct setting *list, size_t n, const char *key,
					    struct arena *arena)
{
	struct conf_place *places = arena_alloc(arena, n + 1, sizeof(*places));

	for (size_t i = 0; i < n; i++) {
		const struct setting *at = setting_element(list, i);
		const struct setting *member = NULL;

		if (at != NULL && at->type == SETTING_GROUP)
			member = setting_find(at, key);
		places[i] = place_of(member != NULL ? member : at);
	}
	return places;
}

struct conf_places places_of(const struct plan *plan, const struct setting *root,
			     struct arena *arena)
{
	const struct setting *mail = setting_find(root, "mail");
	const struct setting *relays = setting_find(mail, "relays"), *to = setting_find(mail, "to");
	const struct setting *resolvers = setting_find(root, "resolvers");

	return (struct conf_places){
		.relays = list_places(relays, plan->mail.relays_n, "url", arena),
		.recipients = list_places(to, plan->mail.to_n, "address", arena),
		.resolvers = list_places(resolvers, plan->resolvers.n, "", arena),
		.public_url = place_of(setting_find(setting_find(root, "listen"), "public_url")),
		.page_url = place_of(setting_find(setting_find(root, "page"), "url")),
		.heartbeat_url = place_of(setting_find(root, "heartbeat_url")),
	};
}
