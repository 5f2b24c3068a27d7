/*
 * later.c - the table of keys that nothing acts on yet.
 *
 * A row goes away with the change that makes the key work.
 */
#include "conf/later.h"

#include <stddef.h>
#include <string.h>

static const struct later {
	const char *section, *key, *advice;
} rows[] = {
	{ "listen", "tls_cert", "put a proxy with TLS before it (`shorewatch snippets nginx`)" },
	{ "listen", "tls_key", "put a proxy with TLS before it (`shorewatch snippets nginx`)" },
};

const char *later_advice(const char *section, const char *key)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strcmp(rows[i].section, section) == 0 && strcmp(rows[i].key, key) == 0)
			return rows[i].advice;
	}
	return NULL;
}
