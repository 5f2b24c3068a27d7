/*
 * logins.c - see logins.h.
 */
#include "app/logins.h"

#include <string.h>

#include "base/key.h"
#include "base/words.h"

#define LOGIN_AGAIN USEC_PER_SEC /* how often the others look whether the first one is done */

/* Never 0. */
static uint64_t key_of(const struct relay_plan *relay)
{
	const char *const texts[] = { relay->host, relay->username, relay->password };
	uint64_t key = relay->port;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i])
			key = key_hash(texts[i], strlen(texts[i]) + 1, key);
	return key | 1;
}

static struct login *login_find(struct logins *logins, const struct relay_plan *relay)
{
	uint64_t key = key_of(relay);

	for (size_t i = 0; i < LOGINS_MAX; i++)
		if (logins->of[i].key == key)
			return &logins->of[i];
	return NULL;
}

static struct login *login_of(struct logins *logins, const struct relay_plan *relay)
{
	struct login *login = login_find(logins, relay);

	if (login)
		return login;
	login = &logins->of[logins->oldest];
	logins->oldest = (logins->oldest + 1) % LOGINS_MAX;
	*login = (struct login){ .key = key_of(relay) };
	return login;
}

static enum login_turn ask(struct login *login, enum login_state state, mono_t until)
{
	login->state = state;
	login->until = until;
	return LOGIN_NOW;
}

enum login_turn logins_turn(struct logins *logins, const struct relay_plan *relay, struct now now,
			    mono_t *ret_until, const char **ret_reply)
{
	struct login *login = login_of(logins, relay);
	bool is_over = mono_reached(login->until, now.mono);

	*ret_until = login->until;
	*ret_reply = login->reply;
	switch (login->state) {
	case LOGIN_GOOD:
		return LOGIN_NOW;
	case LOGIN_UNKNOWN:
		return relay->username
			       ? ask(login, LOGIN_TRIED, mono_add(now.mono, LOGIN_PATIENCE))
			       : LOGIN_NOW;
	case LOGIN_TRIED:
		*ret_until = mono_min(login->until, mono_add(now.mono, LOGIN_AGAIN));
		return is_over ? LOGIN_NOW : LOGIN_SOON;
	case LOGIN_REFUSED:
		return is_over ? ask(login, LOGIN_REFUSED, mono_add(now.mono, LOGIN_REST))
			       : LOGIN_RESTS;
	}
	return LOGIN_NOW;
}

/* RFC 4954 6: authentication is required, its mechanism too weak, refused, or wants encryption. */
static bool is_about_login(const struct io_mail_result *result)
{
	int code = result->code;

	return result->verdict == MAIL_LATER &&
	       (code == 530 || code == 534 || code == 535 || code == 538);
}

/* It has heard of a mail, whatever it thinks of it: greylisting comes after the login. */
static bool has_let_us_in(const struct io_mail_result *result)
{
	return result->verdict != MAIL_LATER || (result->code >= 450 && result->code <= 452);
}

void logins_heard(struct logins *logins, const struct relay_plan *relay,
		  const struct io_mail_result *result, const char *reply, struct now now)
{
	struct login *login = login_of(logins, relay);

	if (is_about_login(result)) {
		login->state = LOGIN_REFUSED;
		login->until = mono_add(now.mono, LOGIN_REST);
		(void)words_copy(login->reply, sizeof login->reply, reply);
	} else if (has_let_us_in(result)) {
		login->state = LOGIN_GOOD;
	} else if (login->state == LOGIN_TRIED) {
		login->state = LOGIN_UNKNOWN;
	}
}
