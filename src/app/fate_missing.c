/*
 * fate_missing.c - which names could not be looked at, and why, in one line.
 *
 * A name that has no answer at all is told once and not for each question.
 */
#include <string.h>

#include "app/fate_names.h"
#include "base/buf.h"
#include "base/text.h"

#define SHOWN 4

struct missing {
	struct buf *to;
	size_t n;
};

static void missing_add(struct missing *missing, const char *what, const struct fate_name *name,
			const char *why)
{
	if (missing->n++ >= SHOWN)
		return;
	buf_puts(missing->to, missing->n > 1 ? ", " : "");
	buf_puts(missing->to, what);
	text_line(missing->to, name->host.name);
	buf_puts(missing->to, why);
}

/* Whatever else it is, we were not told. */
static const char *reason(const struct fate_told *told)
{
	if (!told->is_over)
		return " (no answer in time)";
	switch ((int)told->cause) {
	case CAUSE_NXDOMAIN:
		return " (no such name)";
	case CAUSE_NODATA:
		return " (no address)";
	case CAUSE_SERVFAIL:
		return " (SERVFAIL: its name servers fail)";
	case CAUSE_LOCAL:
		return " (no descriptor or memory)";
	default:
		return " (no answer)";
	}
}

static bool is_unknown(const struct fate_told *told)
{
	return told->is_asked &&
	       (!told->is_over || (told->cause != CAUSE_PASS && !fate_cause_is_none(told->cause)));
}

/* True: nothing more needs to be said of this name. */
static bool addresses_missing(struct missing *missing, const struct fate_name *name)
{
	const struct fate_told *v4 = &name->told[FATE_ASK_IPV4], *v6 = &name->told[FATE_ASK_IPV6];

	if (!v4->is_asked)
		return false;
	if (name->host.n == 0) {
		missing_add(missing, "", name, reason(is_unknown(v6) ? v6 : v4));
		return true;
	}
	if (is_unknown(v4))
		missing_add(missing, "the IPv4 addresses of ", name, reason(v4));
	if (is_unknown(v6))
		missing_add(missing, "the IPv6 addresses of ", name, reason(v6));
	if (v4->is_cut || v6->is_cut)
		missing_add(missing, "", name, " (only its first 16 addresses were)");
	return false;
}

/* No MX is no lack: then mail goes to the host itself. */
static void mail_missing(struct missing *missing, const struct fate_name *name)
{
	const struct fate_told *mail = &name->told[FATE_ASK_MAIL];

	if (!mail->is_asked)
		return;
	if (is_unknown(mail) || mail->cause == CAUSE_NXDOMAIN)
		missing_add(missing, "the mail hosts of ", name, reason(mail));
	else if (name->takes_no_mail && name->mail_hosts_n == 0)
		missing_add(missing, "the mail hosts of ", name, " (it takes no mail)");
	else if (mail->is_cut)
		missing_add(missing, "the mail hosts of ", name, " (only the first 16 were)");
}

static void zone_missing(struct missing *missing, const struct fate_name *name)
{
	const struct fate_told *alias = &name->told[FATE_ASK_ALIAS];
	const struct fate_told *zone = &name->told[FATE_ASK_ZONE];

	if (is_unknown(alias))
		missing_add(missing, "the name servers of ", name, reason(alias));
	else if (is_unknown(zone))
		missing_add(missing, "the name servers of ", name, reason(zone));
	else if (alias->is_cut)
		missing_add(missing, "the aliases of ", name, " (only 8 were followed)");
	else if (zone->is_cut)
		missing_add(missing, "the name servers of ", name, " (only the first 16 were)");
}

void fate_names_missing(const struct fate_names *names, struct buf *to)
{
	struct missing missing = { .to = to };

	for (const struct fate_name *name = names->first; name != NULL; name = name->next) {
		mail_missing(&missing, name);
		if (!addresses_missing(&missing, name))
			zone_missing(&missing, name);
	}
	if (missing.n > SHOWN)
		buf_printf(to, " and %zu more", missing.n - SHOWN);
}
