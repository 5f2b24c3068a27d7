/*
 * plan_references.c - the hosts that tell whether we are online ourselves.
 *
 * By address only: a reference that needs DNS would fail with our resolvers
 * and look like a lost line. They are made into targets of kind tcp, without
 * re-tests: one answer or none is all that the vantage asks for.
 */
#include "conf/plan_parts.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "conf/forms.h"
#include "conf/loader.h"
#include "conf/settings.h"

#define REFERENCE_KIND	   "tcp"
#define REFERENCE_INTERVAL (60 * USEC_PER_SEC)
#define REFERENCE_TIMEOUT  (5 * USEC_PER_SEC)
#define REFERENCES_MOST	   32 /* what the vantage counts */

static bool reference_address(const char *text, struct address *ret)
{
	char host[FORM_HOST_MAX];
	uint16_t port;

	return address_split(text, host, sizeof host, &port) && port != 0 &&
	       address_parse_host(host, port, ret);
}

/* A vantage must be known at least as soon as the quickest target fails. */
static usec_t references_interval(const struct plan *plan)
{
	usec_t least = REFERENCE_INTERVAL;

	for (size_t i = 0; i < plan->targets_n; i++) {
		if (plan->targets[i].interval > 0 && plan->targets[i].interval < least)
			least = plan->targets[i].interval;
	}
	return least;
}

static usec_t references_timeout(usec_t interval)
{
	usec_t most = interval / 10 * 9;

	return most < REFERENCE_TIMEOUT ? most : REFERENCE_TIMEOUT;
}

static const void *reference_params(struct builder *b, const struct probe_kind *kind,
				    const char *text, const struct setting *at)
{
	const struct setting *group = setting_group_of(b->l, at, "address", text);
	void *params = arena_alloc(b->l->arena, 1, kind->params_bytes);
	struct option_fault fault = { .option = NULL };

	options_default(b->l, kind->options, params);
	options_values(b->l, kind->name, kind->options, group, params);
	if (!options_check(b->l, kind, params, &fault))
		fault_at(b->l, at, "references: %s", loader_shown(b->l, fault.text));
	return params;
}

static void reference_make(struct builder *b, const char *text, const struct setting *at,
			   const struct address *address, struct target_plan *t)
{
	const struct probe_kind *kind = probe_kind_find(REFERENCE_KIND);
	usec_t interval = references_interval(b->plan);

	assert(kind != NULL);
	*t = (struct target_plan){
		.name = arena_printf(b->l->arena, REFERENCE_PREFIX "%zu",
				     b->plan->references_n + 1),
		.title = text,
		.group = "References",
		.role = ROLE_REFERENCE,
		.stack = NONE_INDEX,
		.watchdog = NONE_INDEX,
		.twin = NONE_INDEX,
		.interval = interval,
		.timeout = references_timeout(interval),
		.connect_timeout = references_timeout(interval),
		.fall = 1,
		.rise = 1,
		.family = address->family,
		.kind = kind,
		.params = reference_params(b, kind, text, at),
		.file = at != NULL ? at->file : b->l->file,
		.line = at != NULL ? at->line : 0,
	};
	b->plan->references_n++;
}

static bool is_doubled(const struct address *all, size_t n, const struct address *address)
{
	for (size_t i = 0; i < n; i++) {
		if (address_equal(&all[i], address))
			return true;
	}
	return false;
}

static void reference_read(struct builder *b, const char *text, const struct setting *at,
			   struct address *seen, struct target_plan *t)
{
	size_t n = b->plan->references_n;

	if (!reference_address(text, &seen[n]))
		fault_at(b->l, at,
			 "references: \"%.80s\" must be an address with its port, such as "
			 "\"192.0.2.1:443\" or \"[2001:db8::1]:443\"; a name would need the DNS "
			 "that "
			 "may be gone",
			 loader_shown(b->l, text));
	else if (is_doubled(seen, n, &seen[n]))
		fault_at(b->l, at, "references: \"%s\" stands twice, but has one voice; remove one",
			 text);
	else
		reference_make(b, text, at, &seen[n], t);
}

void plan_references_read(struct builder *b, struct strings addresses, const struct setting *list)
{
	size_t targets_n = b->plan->targets_n;
	struct target_plan *all =
		arena_alloc(b->l->scratch, targets_n + addresses.n + 1, sizeof *all);
	struct address *seen = arena_alloc(b->l->scratch, addresses.n + 1, sizeof *seen);

	memcpy(all, b->plan->targets, targets_n * sizeof *all);
	if (addresses.n > REFERENCES_MOST) {
		fault_at(b->l, list, "references: at most %d; three operators are enough",
			 REFERENCES_MOST);
		addresses.n = 0;
	}
	for (size_t i = 0; i < addresses.n; i++)
		reference_read(b, addresses.v[i], setting_element(list, i), seen,
			       &all[targets_n + b->plan->references_n]);
	b->plan->targets = all;
}
