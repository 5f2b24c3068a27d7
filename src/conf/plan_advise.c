/*
 * plan_advise.c - what is allowed, and yet likely not meant.
 *
 * A warning must be worth reading every time `check` runs: each one names a
 * way to miss an outage, to lose a mail or to give away a token.
 */
#include "conf/plan_parts.h"

#include <string.h>

#include "base/words.h"
#include "conf/forms.h"
#include "conf/loader.h"
#include "conf/settings.h"

#define TEXT_MAX       32
#define INTERVAL_SHORT (10 * USEC_PER_SEC) /* what strangers' servers may find rude */
/* Both replicas of an Alertmanager away for a minute: 60 + 60 + 90 s (watchdog.md 9). */
#define SILENCE_BENIGN (210 * USEC_PER_SEC)

/* "https://host/..." or "host:port", as kinds name their endpoints. */
static bool is_loopback_endpoint(const char *endpoint)
{
	char host[FORM_HOST_MAX];
	struct url url;
	uint16_t port;

	if (form_url(endpoint, &url))
		return form_is_loopback(url.host);
	if (address_split(endpoint, host, sizeof host, &port))
		return form_is_loopback(host);
	return form_is_loopback(endpoint);
}

static void advise_interval(struct builder *b, const struct setting *at,
			    const struct target_plan *t)
{
	const struct setting *interval = setting_find(at, "interval");
	char text[TEXT_MAX];

	if (t->interval >= INTERVAL_SHORT || is_loopback_endpoint(t->kind->endpoint(t->params)))
		return;
	words_print_duration(t->interval, text, sizeof text);
	warn_at(b->l, interval != NULL ? interval : at,
		"target \"%s\" is probed every %s; below "
		"10s a firewall or rate limit may take it for an attack",
		t->name, text);
}

static void advise_retest(struct builder *b, const struct setting *at, const struct target_plan *t)
{
	const struct setting *retest = setting_find(at, "retest");

	if (retest != NULL && t->retests > t->fall - 1)
		warn_at(b->l, retest,
			"target \"%s\" is down after %u failures, so only the first "
			"%u of retest are used",
			t->name, t->fall, t->fall - 1);
}

/* What is said of one half of a pair holds for the other. */
static void advise_targets(struct builder *b)
{
	for (uint32_t i = 0; i < b->targets.n; i++) {
		if (target_is_second(b->plan, i))
			continue;
		advise_interval(b, b->targets.v[i], &b->plan->targets[i]);
		advise_retest(b, b->targets.v[i], &b->plan->targets[i]);
	}
}

static void advise_references(struct builder *b)
{
	if (b->plan->references_n == 0)
		warn_at(b->l, setting_find(b->roots[0], "references"),
			"no references: when our own "
			"link is lost, everything will look down and be mailed as down");
}

static bool is_stack_used(const struct plan *plan, size_t index)
{
	for (size_t i = 0; i < plan->targets_n; i++) {
		if (plan->targets[i].stack == index)
			return true;
	}
	for (size_t i = 0; i < plan->watchdogs_n; i++) {
		if (plan->watchdogs[i].stack == index)
			return true;
	}
	return false;
}

static void advise_stacks(struct builder *b)
{
	for (size_t i = 0; i < b->plan->stacks_n; i++) {
		if (!is_stack_used(b->plan, i))
			warn_at(b->l, setting_find(b->roots[0], "stacks"),
				"nothing belongs to the "
				"stack \"%s\"; give targets stack = \"%s\", or remove it",
				b->plan->stacks[i].name, b->plan->stacks[i].name);
	}
}

static void advise_silence(struct builder *b, const struct watchdog_plan *w)
{
	char text[TEXT_MAX];

	if (w->period + w->grace > SILENCE_BENIGN)
		return;
	words_print_duration(w->period + w->grace, text, sizeof text);
	warn_at(b->l, setting_find(b->roots[0], "watchdogs"),
		"watchdog \"%s\" is silent after "
		"%s, but restarts of Alertmanager alone can take 210s between beats; give it more "
		"grace",
		w->name, text);
}

static void advise_watchdogs(struct builder *b)
{
	if (b->plan->watchdogs_n == 0)
		warn_at(b->l, NULL,
			"no watchdog: when your Prometheus or Alertmanager dies while the "
			"sites go on, nobody is told (`shorewatch snippets alertmanager` shows "
			"how)");
	for (size_t i = 0; i < b->plan->watchdogs_n; i++)
		advise_silence(b, &b->plan->watchdogs[i]);
}

static bool is_reachable_from_outside(const char *listen)
{
	char host[FORM_HOST_MAX];
	struct address address;
	uint16_t port;

	return address_split(listen, host, sizeof host, &port) &&
	       address_parse_host(host, port, &address) && !address_is_loopback(&address);
}

static void advise_listen(struct builder *b)
{
	const struct listen_plan *listen = &b->plan->listen;
	const struct setting *at = setting_find(setting_find(b->roots[0], "listen"), "address");

	if (listen->address != NULL && is_reachable_from_outside(listen->address) &&
	    (b->plan->watchdogs_n + b->plan->pings_n > 0 || listen->metrics_token != NULL))
		warn_at(b->l, at,
			"the listener speaks plain HTTP on %s, so tokens travel in the "
			"clear; listen on 127.0.0.1 and put a proxy with TLS before it",
			listen->address);
}

static void advise_mail(struct builder *b)
{
	const struct setting *mail = setting_find(b->roots[0], "mail");

	if (b->plan->mail.relays_n == 0 && b->plan->mail.to_n > 0)
		warn_at(b->l, mail,
			"no relay: mails are written as .eml files into %s/outbox, and "
			"reach nobody; add mail.relays",
			b->plan->state_dir);
	else if (b->plan->page.url == NULL)
		warn_at(b->l, setting_find(b->roots[0], "page"),
			"page.url is not set: mails cannot "
			"link to the page");
}

void plan_advise(struct builder *b)
{
	advise_targets(b);
	advise_references(b);
	advise_stacks(b);
	advise_watchdogs(b);
	plan_windows_advise(b);
	advise_listen(b);
	advise_mail(b);
	plan_channels_advise(b);
}
