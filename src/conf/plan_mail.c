/*
 * plan_mail.c - who is told, and in whose name.
 *
 * Without relays mails become files in state_dir/outbox; then a missing
 * sender or recipient is filled in, so that a first try needs no mail at all.
 * With relays both must be given: a guess could reach somebody else.
 */
#include "conf/plan_parts.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/words.h"
#include "conf/forms.h"
#include "conf/loader.h"
#include "conf/plan_channel.h"
#include "conf/plan_relay.h"
#include "conf/settings.h"
#include "conf/times.h"

#define FILE_SENDER    "shorewatch@localhost"
#define FILE_RECIPIENT "root@localhost"
#define HOST_BYTES     128 /* with the terminator; what an incident keeps of it */

struct mail_params {
	const char *from;
	usec_t group_wait;
	struct strings repeat;
	int64_t cap;
	int subject;
	const char *weekly;
};

static const char *const subjects[] = { "fact", "stable", NULL };

static const struct option mail_options[] = {
	{ "from", OPTION_STRING, offsetof(struct mail_params, from),
	  .help = "\"Name <local@domain>\" or \"local@domain\"; a real mailbox, so that bounces "
		  "show" },
	{ "group_wait", OPTION_DURATION, offsetof(struct mail_params, group_wait),
	  .fallback = "60s", .min = 0, .max = 10 * USEC_PER_MIN,
	  .help = "at most, so that one mail carries the whole finding; \"0s\": at once" },
	{ "repeat", OPTION_STRINGS, offsetof(struct mail_params, repeat), .fallback = "1h, 4h, 12h",
	  .help = "while it stays down, counted from the first mail; after the last one daily" },
	{ "cap", OPTION_INT, offsetof(struct mail_params, cap), .fallback = "10", .min = 1,
	  .max = 1000, .help = "mails an hour and recipient" },
	{ "subject", OPTION_WORD, offsetof(struct mail_params, subject), .fallback = "fact",
	  .words = subjects,
	  .help = "fact: each mail says what is true now; stable: an incident keeps its first "
		  "one" },
	{ "weekly", OPTION_STRING, offsetof(struct mail_params, weekly),
	  .help = "such as \"Mon 09:00\", by the clock of `timezone`: outages, uptime and "
		  "deliveries of the seven days before; default: never" },
	{ .name = NULL },
};

static const struct section_part mail_parts[] = {
	{ "to",
	  "addresses, or groups { address = \"...\"; language = \"ja\"; } in round brackets" },
	{ "relays", "tried in order; none: mails become files in state_dir/outbox" },
	{ .name = NULL },
};

const struct section section_mail = {
	.name = "mail",
	.place = "mail = { ... };",
	.summary = "who is told, and how",
	.options = mail_options,
	.parts = mail_parts,
};

static const struct option recipient_options[] = {
	{ "address", OPTION_STRING, offsetof(struct channel_params, name), .is_required = true,
	  .help = "local@domain" },
	CHANNEL_ROWS
};

const struct section section_recipient = {
	.name = "recipient",
	.place = "to = ( \"a@example.com\", { address = \"b@example.com\"; language = \"ja\"; } );",
	.summary = "one who is told",
	.options = recipient_options,
};

/* ---- sender ---- */

static const char *trimmed(struct loader *l, const char *text, size_t n)
{
	while (n > 0 && isspace((unsigned char)text[0])) {
		text++;
		n--;
	}
	while (n > 0 && isspace((unsigned char)text[n - 1]))
		n--;
	return arena_strndup(l->arena, text, n);
}

/* The address of "Name <address>" or "address". NULL: neither form. */
static const char *sender_address(struct loader *l, const char *from)
{
	const char *open = strchr(from, '<');
	const char *close = open != NULL ? strchr(open, '>') : NULL;
	const char *address;

	if (!form_is_line(from) || (open != NULL) != (strchr(from, '>') != NULL))
		return NULL;
	if (open == NULL)
		address = trimmed(l, from, strlen(from));
	else if (close == NULL || close[1 + strspn(close + 1, " \t")] != '\0')
		return NULL;
	else
		address = arena_strndup(l->arena, open + 1, (size_t)(close - open - 1));
	return form_is_mail_address(address) ? address : NULL;
}

static void sender_read(struct builder *b, const struct setting *at, const char *from)
{
	struct mail_plan *mail = &b->plan->mail;

	mail->from = from != NULL ? from : FILE_SENDER;
	mail->from_address = from != NULL ? sender_address(b->l, from) : FILE_SENDER;
	if (from == NULL && mail->relays_n > 0)
		fault_at(b->l, at,
			 "mail needs from = \"Name <local@domain>\": an address that the "
			 "relay lets you send as");
	else if (mail->from_address == NULL)
		fault_at(b->l, setting_find(at, "from"),
			 "mail.from: \"%.80s\" must be \"Name "
			 "<local@domain>\" or \"local@domain\"",
			 loader_shown(b->l, from));
}

/* ---- recipients ---- */

static bool is_listed(const struct mail_plan *mail, const char *address)
{
	for (size_t i = 0; i < mail->to_n; i++) {
		if (strcasecmp(mail->to[i].address, address) == 0)
			return true;
	}
	return false;
}

/* Both of one: an address is a channel as well. */
struct recipients {
	struct recipient_plan *to;
	struct channel_plan *channels;
};

static void recipient_add(struct builder *b, const struct setting *at,
			  const struct channel_plan *channel, const struct recipients *list)
{
	struct mail_plan *mail = &b->plan->mail;
	const char *address = channel->name;

	if (!form_is_mail_address(address))
		fault_at(b->l, at,
			 "mail.to: \"%.80s\" must be a plain address, local@domain, "
			 "without spaces, brackets or line breaks",
			 loader_shown(b->l, address));
	else if (is_listed(mail, address))
		fault_at(b->l, at, "mail.to: \"%s\" stands twice; remove one", address);
	else {
		list->channels[b->plan->channels_n++] = *channel;
		list->to[mail->to_n++] = (struct recipient_plan){ address, channel->language };
	}
}

static void recipient_read(struct builder *b, const struct setting *at,
			   const struct recipients *list)
{
	struct channel_params p = { .language = (int)b->plan->language };
	struct channel_plan channel;

	if (at->type == SETTING_TEXT) {
		channel = (struct channel_plan){ .name = at->text, .language = b->plan->language,
						 .file = at->file, .line = at->line };
		recipient_add(b, at, &channel, list);
		return;
	}
	if (at->type != SETTING_GROUP) {
		fault_at(b->l, at, "mail.to must be addresses in quotes, not %s",
			 setting_type_name(at->type));
		return;
	}
	options_read(b->l, &section_recipient, at, &p);
	channel = channel_make(b, "recipient", at, &p);
	if (p.name != NULL)
		recipient_add(b, setting_find(at, "address"), &channel, list);
}

static size_t elements_of(const struct setting *list)
{
	size_t n = 0;

	if (list == NULL || list->type != SETTING_LIST)
		return list != NULL;
	for (const struct setting *s = list->first; s != NULL; s = s->next)
		n++;
	return n;
}

static void recipients_read(struct builder *b, const struct setting *at)
{
	const struct setting *to = setting_find(at, "to");
	size_t n = elements_of(to);
	struct recipients list = {
		.to = arena_alloc(b->l->arena, n + 1, sizeof *list.to),
		.channels = arena_alloc(b->l->arena, n + 1, sizeof *list.channels),
	};
	const struct channel_plan nobody = { .name = FILE_RECIPIENT,
					     .language = b->plan->language };

	b->plan->mail.to = list.to;
	b->plan->channels = list.channels;
	for (size_t i = 0; i < n; i++)
		recipient_read(b, setting_element(to, i), &list);
	if (n > 0)
		return;
	if (b->plan->mail.relays_n > 0)
		fault_at(b->l, to != NULL ? to : at,
			 "mail needs to = [ \"you@example.com\" ]: who "
			 "is to be told");
	else if (b->channels.n == 0) /* somebody is told otherwise */
		recipient_add(b, NULL, &nobody, &list);
}

/* ---- the rest ---- */

static void repeat_read(struct builder *b, const struct setting *at, struct strings repeat)
{
	struct mail_plan *mail = &b->plan->mail;
	size_t most = sizeof mail->repeat / sizeof mail->repeat[0];
	const struct setting *list = setting_find(at, "repeat");
	usec_t before = 0;

	if (repeat.n > most) {
		fault_at(b->l, list,
			 "mail.repeat: at most %zu times; after the last one it is "
			 "repeated daily",
			 most);
		return;
	}
	for (size_t i = 0; i < repeat.n; i++) {
		usec_t span;

		if (!words_duration(repeat.v[i], &span) || span < USEC_PER_MIN ||
		    span > 30 * USEC_PER_DAY || span <= before) {
			fault_at(b->l, setting_element(list, i),
				 "mail.repeat: \"%.40s\" must be a "
				 "time from 1m to 30d and longer than the one before",
				 loader_shown(b->l, repeat.v[i]));
			return;
		}
		mail->repeat[i] = before = span;
	}
}

/* A moment that has no length: nothing is under way after it. */
static void weekly_read(struct builder *b, const struct setting *at, const char *weekly)
{
	struct window_plan *w = arena_alloc(b->l->arena, 1, sizeof *w);
	char fault[TIMES_FAULT_MAX];

	if (weekly == NULL)
		return;
	*w = (struct window_plan){ .name = "weekly", .ends = WINDOW_CLOCK_NONE, .duration = 1 };
	if (times_week_moment(weekly, &w->begins, fault))
		b->plan->mail.weekly = w;
	else
		fault_at(b->l, setting_find(at, "weekly"), "mail.weekly: %s",
			 loader_shown(b->l, fault));
}

/* Whatever the instance is called: what does not fit into a host name becomes a hyphen. */
static const char *instance_host(struct loader *l, const char *instance)
{
	char *host = arena_strndup(l->arena, instance, strnlen(instance, HOST_BYTES - 1));

	for (char *c = host; *c != '\0'; c++) {
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '.')
			*c = '-';
	}
	if (form_is_message_host(host))
		return host;
	for (char *c = host; *c != '\0'; c++) {
		if (*c == '.')
			*c = '-';
	}
	return form_is_message_host(host) ? host : "shorewatch";
}

/* Message-IDs should be ours for good: the page's name lives longer than this machine's. */
static const char *message_host(struct builder *b, const char *from)
{
	const struct plan *plan = b->plan;
	struct url url;
	const char *domain = NULL;

	if (plan->page.url != NULL && form_url(plan->page.url, &url) &&
	    form_is_message_host(url.host))
		return arena_strdup(b->l->arena, url.host);
	if (from != NULL && plan->mail.from_address != NULL)
		domain = form_mail_domain(plan->mail.from_address);
	if (domain != NULL && form_is_message_host(domain))
		return domain;
	return instance_host(b->l, plan->instance);
}

void plan_mail_read(struct builder *b)
{
	const struct setting *at = setting_find(b->roots[0], "mail");
	struct mail_params p = { .from = NULL };

	options_read(b->l, &section_mail, at, &p);
	b->plan->mail.group_wait = p.group_wait;
	b->plan->mail.cap = (unsigned)p.cap;
	b->plan->mail.is_subject_stable = p.subject == 1;
	repeat_read(b, at, p.repeat);
	weekly_read(b, at, p.weekly);
	plan_relays_read(b, setting_find(at, "relays"));
	sender_read(b, at, p.from);
	recipients_read(b, at);
	b->plan->mail.host = message_host(b, p.from);
}
