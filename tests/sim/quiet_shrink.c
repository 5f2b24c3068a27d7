/*
 * quiet_shrink.c - a setup without one of its sites: the numbers of those
 * behind it follow, wherever somebody is named by his number.
 */
#include "sim.h"

static bool is_of_site(int scope, int site)
{
	return scope == SCOPE_SITE + site;
}

static int followed(int scope, int site)
{
	return scope > SCOPE_SITE + site && scope < SCOPE_SITE + SITES_MAX ? scope - 1 : scope;
}

static bool is_about(const struct setup *u, int site)
{
	for (int i = 0; i < u->windows_n; i++)
		if (is_of_site(u->windows[i].scope, site))
			return true;
	for (size_t i = 0; i < u->ordeals_n; i++)
		if (u->ordeals[i].kind == ORDEAL_HUSH && is_of_site(u->ordeals[i].which, site))
			return true;
	return false;
}

bool quiet_without_site(struct setup *u, int site)
{
	unsigned before = (1u << site) - 1;

	if (is_about(u, site))
		return false;
	for (int i = 0; i < u->windows_n; i++)
		u->windows[i].scope = followed(u->windows[i].scope, site);
	for (size_t i = 0; i < u->ordeals_n; i++)
		if (u->ordeals[i].kind == ORDEAL_HUSH)
			u->ordeals[i].which = followed(u->ordeals[i].which, site);
	for (int i = 0; i < u->sites_n; i++) {
		unsigned *parents = &u->sites[i].parents;

		*parents = (*parents & before) | (*parents >> 1 & ~before);
	}
	return true;
}
