/*
 * kinds.c - the table of all kinds, from kinds.def.
 */
#include <string.h>

#include "shorewatch/probe.h"

#define KIND(name) extern const struct probe_kind probe_##name;
#include "kinds.def"
#undef KIND

#define KIND(name) &probe_##name,
const struct probe_kind *const probe_kinds[] = {
#include "kinds.def"
};
#undef KIND

const size_t probe_kinds_n = sizeof(probe_kinds) / sizeof(probe_kinds[0]);

const struct probe_kind *probe_kind_find(const char *name)
{
	for (size_t i = 0; i < probe_kinds_n; i++) {
		if (strcmp(probe_kinds[i]->name, name) == 0)
			return probe_kinds[i];
	}
	return NULL;
}
