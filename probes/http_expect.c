/*
 * http_expect.c - the answer's headers against what is demanded of them.
 */
#include "http_expect.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "http_token.h"

struct expect {
	const char *name, *wanted; /* wanted: "" when the header only has to be there */
	size_t name_n;
};

static struct expect expect_split(const char *text)
{
	size_t n = strcspn(text, ":");
	const char *wanted = text[n] == ':' ? text + n + 1 : text + n;

	return (struct expect){ text, wanted + strspn(wanted, " \t"), n };
}

bool expect_is_fine(const char *text)
{
	struct expect expect = expect_split(text);

	return text[expect.name_n] == ':' && token_is_fine(expect.name, expect.name_n) &&
	       !text_has_controls(expect.wanted);
}

void expects_init(struct expects *expects, const struct strings *texts)
{
	assert(texts->n <= EXPECTS_MAX);
	expects->texts = texts;
	expects->met = expects->differs = 0;
}

static bool is_named(const struct expect *expect, const char *name)
{
	return strlen(name) == expect->name_n &&
	       strncasecmp(name, expect->name, expect->name_n) == 0;
}

/* What a session is known by does not go into notes. */
static bool is_secret(const char *name)
{
	return strcasecmp(name, "Set-Cookie") == 0;
}

void expects_see(struct expects *expects, const char *name, const char *value)
{
	for (size_t i = 0; i < expects->texts->n; i++) {
		struct expect expect = expect_split(expects->texts->v[i]);

		if (!is_named(&expect, name))
			continue;
		if (strcasestr(value, expect.wanted) != NULL) {
			expects->met |= 1u << i;
			continue;
		}
		expects->differs |= 1u << i;
		(void)snprintf(expects->other[i], sizeof(expects->other[i]), "%s",
			       is_secret(name) ? "…" : value);
	}
}

static void unmet_print(const struct expects *expects, size_t i, char note[NOTE_MAX])
{
	struct expect expect = expect_split(expects->texts->v[i]);
	int name_n = expect.name_n > 30 ? 30 : (int)expect.name_n;

	if ((expects->differs >> i & 1) != 0)
		(void)snprintf(note, NOTE_MAX, "%.*s is \"%s\", without \"%.40s\"", name_n,
			       expect.name, expects->other[i], expect.wanted);
	else
		(void)snprintf(note, NOTE_MAX, "there is no header %.*s", name_n, expect.name);
}

bool expects_are_met(const struct expects *expects, char note[NOTE_MAX])
{
	for (size_t i = 0; i < expects->texts->n; i++) {
		if ((expects->met >> i & 1) != 0)
			continue;
		unmet_print(expects, i, note);
		return false;
	}
	return true;
}
