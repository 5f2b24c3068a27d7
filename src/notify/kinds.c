/*
 * kinds.c - the table of all kinds of channels, from kinds.def.
 */
#include <string.h>

#include "shorewatch/notify.h"

#define KIND(name) extern const struct notify_kind notify_##name;
#include "kinds.def"
#undef KIND

#define KIND(name) &notify_##name,
const struct notify_kind *const notify_kinds[] = {
#include "kinds.def"
};
#undef KIND

const size_t notify_kinds_n = sizeof(notify_kinds) / sizeof(notify_kinds[0]);

const struct notify_kind *notify_kind_find(const char *name)
{
	for (size_t i = 0; i < notify_kinds_n; i++) {
		if (strcmp(notify_kinds[i]->name, name) == 0)
			return notify_kinds[i];
	}
	return NULL;
}
