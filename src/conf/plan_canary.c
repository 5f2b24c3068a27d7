/*
 * plan_canary.c - the mail canary: to which mailbox, when, and how we read it.
 *
 * Encrypted and verified: imaps, or imap with STARTTLS, and nothing else.
 */
#include "conf/plan_parts.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "conf/forms.h"
#include "conf/loader.h"
#include "conf/settings.h"
#include "conf/times.h"

#define PORT_IMAPS 993 /* RFC 8314 3.2 */
#define PORT_IMAP  143 /* RFC 9051 2.1 */

struct canary_params {
	const char *to, *at, *imap, *user, *password, *folder, *ca_file;
	usec_t within;
};

static const struct option canary_options[] = {
	{ "to", OPTION_STRING, offsetof(struct canary_params, to), .is_required = true,
	  .help = "local@domain, whose mailbox is read; best its own one, with another provider" },
	{ "at", OPTION_STRING, offsetof(struct canary_params, at), .fallback = "06:40",
	  .help = "when one is sent each day, by the clock of `timezone`" },
	{ "within", OPTION_DURATION, offsetof(struct canary_params, within), .fallback = "15m",
	  .min = 10 * USEC_PER_SEC, .max = 12 * USEC_PER_HOUR,
	  .help = "so long after the relay has taken it, it is there; else mail counts as broken" },
	{ "imap", OPTION_STRING, offsetof(struct canary_params, imap), .is_required = true,
	  .help = "imaps://host[:993], or imap://host[:143] with STARTTLS" },
	{ "user", OPTION_STRING, offsetof(struct canary_params, user), .is_required = true,
	  .help = "of the mailbox" },
	{ "password", OPTION_SECRET, offsetof(struct canary_params, password), .is_required = true,
	  .help = "belongs to the user" },
	{ "folder", OPTION_STRING, offsetof(struct canary_params, folder), .fallback = "INBOX",
	  .help = "where it arrives; what is found of ours there is removed" },
	{ "ca_file", OPTION_PATH, offsetof(struct canary_params, ca_file),
	  .help = "certificates that are trusted instead of the system's" },
	{ .name = NULL },
};

const struct section section_canary = {
	.name = "canary",
	.place = "canary = { to = \"canary@example.net\"; imap = \"imaps://imap.example.net\"; "
		 "... };",
	.summary = "a mail a day to a mailbox that we read: what relays take and nobody gets is "
		   "told by the other ways",
	.options = canary_options,
};

/* The URL is not shown in a fault: a password may stand in it. */
static bool imap_url(struct builder *b, const struct setting *at, const char *text, struct url *ret)
{
	bool is_known = form_url(text, ret) &&
			(strcmp(ret->scheme, "imap") == 0 || strcmp(ret->scheme, "imaps") == 0);

	if (!is_known)
		fault_at(b->l, at, "canary.imap must be imaps://host[:993] or imap://host[:143]");
	else if (ret->has_userinfo)
		fault_at(b->l, at,
			 "canary.imap must not hold a user or password; give user and "
			 "password = \"credential:NAME\" beside it");
	else if (strcmp(ret->rest, "") != 0 && strcmp(ret->rest, "/") != 0)
		fault_at(b->l, at,
			 "canary.imap ends after host and port; a folder is given by folder = "
			 "\"INBOX\"");
	else
		return true;
	return false;
}

static void server_read(struct builder *b, const struct setting *at, const char *imap,
			struct canary_plan *canary)
{
	struct url url;

	if (imap == NULL || !imap_url(b, setting_find(at, "imap"), imap, &url))
		return;
	canary->is_implicit_tls = strcmp(url.scheme, "imaps") == 0;
	canary->host = arena_strdup(b->l->arena, url.host);
	canary->port = url.port;
	if (url.port == 0)
		canary->port = canary->is_implicit_tls ? PORT_IMAPS : PORT_IMAP;
}

/* A moment that has no length: nothing is under way after it. */
static const struct window_plan *moment_read(struct builder *b, const struct setting *at,
					     const char *text)
{
	struct window_plan *w = arena_alloc(b->l->arena, 1, sizeof *w);
	char fault[TIMES_FAULT_MAX];

	*w = (struct window_plan){ .name = "canary", .ends = WINDOW_CLOCK_NONE, .duration = 1 };
	if (!times_day_moment(text, &w->begins, fault))
		fault_at(b->l, setting_find(at, "at"), "canary.at: %s", loader_shown(b->l, fault));
	return w;
}

/* Other letters are written in another way there (RFC 3501 5.1.3). */
static void check_folder(struct builder *b, const struct setting *at, const char *folder)
{
	const char *c = folder;

	while (*c >= ' ' && *c <= '~')
		c++;
	if (*c != '\0' || c == folder)
		fault_at(b->l, setting_find(at, "folder"),
			 "canary.folder must be a name of plain ASCII, as the server has it");
}

static void check_mail(struct builder *b, const struct setting *at, const char *to)
{
	if (to != NULL && !form_is_mail_address(to))
		fault_at(b->l, setting_find(at, "to"),
			 "canary.to: \"%.80s\" must be a plain address, local@domain, without "
			 "spaces, brackets or line breaks",
			 loader_shown(b->l, to));
	if (b->plan->mail.relays_n == 0)
		fault_at(b->l, at,
			 "canary needs mail.relays: without a relay no mail leaves that could "
			 "arrive");
}

/* It can only tell of broken mail by what is no mail. */
static void check_second_way(struct builder *b, const struct setting *at)
{
	if (b->plan->channels_n == b->plan->mail.to_n)
		warn_at(b->l, at,
			"canary: when mail is broken nobody is told of it but by mail; add "
			"channels = ( { name = \"phone\"; ntfy = { ... }; } ); the page and "
			"/metrics show it");
}

void plan_canary_read(struct builder *b)
{
	const struct setting *at = setting_find(b->roots[0], "canary");
	struct canary_params p = { .to = NULL };
	struct canary_plan *canary;

	if (at == NULL)
		return;
	options_read(b->l, &section_canary, at, &p);
	check_mail(b, at, p.to);
	check_folder(b, at, p.folder);
	check_line(b->l, at, "user", p.user);
	check_second_way(b, at);
	canary = arena_alloc(b->l->arena, 1, sizeof *canary);
	*canary = (struct canary_plan){ .to = p.to,
					.at = moment_read(b, at, p.at),
					.within = p.within,
					.user = p.user,
					.password = p.password,
					.folder = p.folder,
					.ca_file = p.ca_file };
	server_read(b, at, p.imap, canary);
	b->plan->canary = canary;
}
