/*
 * plan_relay.c - the doors through which mail leaves.
 *
 * Encrypted and verified, or not at all: plain SMTP is for a relay on this
 * very machine (ARCHITECTURE 6: never silently plain).
 */
#include "conf/plan_relay.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "conf/forms.h"
#include "conf/loader.h"
#include "conf/settings.h"

#define PORT_SMTPS	465 /* RFC 8314 3.3 */
#define PORT_SUBMISSION 587 /* RFC 6409 3.1 */

static const char *const starttls_words[] = { "required", "never", NULL };

struct relay_params {
	const char *url, *username, *password, *ca_file;
	int starttls;
};

static const struct option relay_options[] = {
	{ "url", OPTION_STRING, offsetof(struct relay_params, url), .is_required = true,
	  .help = "smtps://host[:465], or smtp://host[:587] with STARTTLS" },
	{ "username", OPTION_STRING, offsetof(struct relay_params, username),
	  .help = "default: no authentication" },
	{ "password", OPTION_SECRET, offsetof(struct relay_params, password),
	  .help = "belongs to the username" },
	{ "starttls", OPTION_WORD, offsetof(struct relay_params, starttls), .fallback = "required",
	  .words = starttls_words,
	  .help = "of smtp://; never: unencrypted, only to a relay on loopback" },
	{ "ca_file", OPTION_PATH, offsetof(struct relay_params, ca_file),
	  .help = "certificates that are trusted instead of the system's" },
	{ .name = NULL },
};

const struct section section_relay = {
	.name = "relay",
	.place = "relays = ( { url = \"smtps://mail.example.com\"; ... } );",
	.summary = "a mail server that takes our mails",
	.options = relay_options,
};

/* The URL is not shown in a fault: a password may stand in it. */
static bool relay_url(struct builder *b, const struct setting *at, const char *text,
		      struct url *ret)
{
	bool is_known = form_url(text, ret) &&
			(strcmp(ret->scheme, "smtp") == 0 || strcmp(ret->scheme, "smtps") == 0);

	if (!is_known)
		fault_at(b->l, at, "relay.url must be smtps://host[:465] or smtp://host[:587]");
	else if (ret->has_userinfo)
		fault_at(b->l, at,
			 "relay.url must not hold a user or password; give username and "
			 "password = \"credential:NAME\" beside it");
	else if (strcmp(ret->rest, "") != 0 && strcmp(ret->rest, "/") != 0)
		fault_at(b->l, at, "relay.url ends after host and port; remove what follows");
	else
		return true;
	return false;
}

static void relay_check_starttls(struct builder *b, const struct setting *at,
				 const struct relay_plan *relay)
{
	const struct setting *starttls = setting_find(at, "starttls");

	if (starttls == NULL)
		return;
	if (relay->is_implicit_tls)
		fault_at(b->l, starttls,
			 "starttls: smtps:// is encrypted from its first byte; "
			 "remove starttls, or write smtp://");
	else if (relay->starttls == STARTTLS_NEVER && !form_is_loopback(relay->host))
		fault_at(b->l, starttls,
			 "starttls: \"never\" would send mail and password in the "
			 "clear; it is only for a relay on loopback, such as smtp://localhost:25");
}

static void relay_check_login(struct builder *b, const struct setting *at,
			      const struct relay_params *p)
{
	bool has_password = setting_find(at, "password") != NULL;

	if (p->username != NULL && !has_password)
		fault_at(b->l, at,
			 "relay: username needs password = \"credential:NAME\" or "
			 "\"file:PATH\" beside it");
	else if (p->username == NULL && has_password)
		fault_at(b->l, at, "relay: password needs username = \"...\" beside it");
	check_line(b->l, at, "username", p->username);
}

static void relay_take(struct builder *b, const struct setting *at, const struct relay_params *p,
		       const struct url *url, struct relay_plan *relay)
{
	bool is_implicit_tls = strcmp(url->scheme, "smtps") == 0;
	uint16_t usual = is_implicit_tls ? PORT_SMTPS : PORT_SUBMISSION;

	*relay = (struct relay_plan){
		.url = p->url,
		.is_implicit_tls = is_implicit_tls,
		.host = arena_strdup(b->l->arena, url->host),
		.port = url->port != 0 ? url->port : usual,
		.username = p->username,
		.password = p->password,
		.starttls = (enum starttls)p->starttls,
		.ca_file = p->ca_file,
	};
	relay_check_starttls(b, at, relay);
}

static void relay_read(struct builder *b, const struct setting *at, struct relay_plan *relay)
{
	struct relay_params p = { .url = NULL };
	struct url url;

	options_read(b->l, &section_relay, at, &p);
	relay_check_login(b, at, &p);
	if (p.url != NULL && relay_url(b, setting_find(at, "url"), p.url, &url))
		relay_take(b, at, &p, &url, relay);
}

void plan_relays_read(struct builder *b, const struct setting *list)
{
	struct mail_plan *mail = &b->plan->mail;
	struct relay_plan *relays;
	size_t n = 0;

	if (list == NULL)
		return;
	if (list->type != SETTING_LIST) {
		fault_at(b->l, list, "relays must be a list in round brackets: %s",
			 section_relay.place);
		return;
	}
	for (const struct setting *s = list->first; s != NULL; s = s->next)
		n++;
	relays = arena_alloc(b->l->arena, n + 1, sizeof *relays);
	for (const struct setting *s = list->first; s != NULL; s = s->next) {
		if (options_is_group(b->l, s, section_relay.place))
			relay_read(b, s, &relays[mail->relays_n++]);
	}
	mail->relays = relays;
}
