/*
 * plan_witnesses.c - who is asked about a deadman besides its beats: its
 * Alertmanager, its Prometheus, and our own listener by its public name; and
 * about ourselves besides the references: the mail relays.
 *
 * A watchdog's `pull` becomes targets of the kinds "alertmanager" and
 * "prometheus", behind the references. They are never down by themselves: what
 * they see tells why beats stay away (watchdog.md 9). So one answer or two
 * silences are all that is asked of them, without re-tests.
 */
#include "conf/plan_parts.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/words.h"
#include "conf/forms.h"
#include "conf/loader.h"
#include "conf/settings.h"

#define WITNESS_TIMEOUT (10 * USEC_PER_SEC)
#define WITNESS_CONNECT (5 * USEC_PER_SEC)
#define WITNESS_FALL	2 /* unreachable after two polls */
#define LISTENER_PACE	(60 * USEC_PER_SEC)
#define RELAY_PACE	(30 * USEC_PER_SEC)
#define PULL_SHORTEST	(10 * USEC_PER_SEC) /* off loopback */
#define TEXT_MAX	32

struct pull_params {
	const char *alertmanager, *prometheus, *ca_file;
	const struct auth *auth;
	usec_t interval;
	struct strings allow;
};

static const struct option pull_options[] = {
	{ "alertmanager", OPTION_STRING, offsetof(struct pull_params, alertmanager),
	  .help = "its URL: whether it holds the Watchdog, and whether somebody silenced it" },
	{ "prometheus", OPTION_STRING, offsetof(struct pull_params, prometheus),
	  .help = "its URL: whether it is well" },
	{ "interval", OPTION_DURATION, offsetof(struct pull_params, interval), .fallback = "60s",
	  .min = USEC_PER_SEC, .max = 24 * USEC_PER_HOUR,
	  .help = "from one question to the next; at most the period, from 10s off loopback" },
	{ "auth", OPTION_AUTH, offsetof(struct pull_params, auth),
	  .help = "for both, when an Ingress asks for it" },
	{ "ca_file", OPTION_PATH, offsetof(struct pull_params, ca_file),
	  .help = "believe these authorities instead of the system's" },
	{ "allow", OPTION_STRINGS, offsetof(struct pull_params, allow),
	  .help = "private networks the names may lead to, such as \"10.0.0.0/8\"" },
	{ .name = NULL },
};

const struct section section_pull = {
	.name = "pull",
	.place = "pull = { alertmanager = \"https://...\"; ... }; in a watchdog",
	.summary = "where to ask when beats do not come",
	.options = pull_options,
};

/* One watchdog's pull on its way into the plan. */
struct pull {
	struct builder *b;
	const struct setting *at, *watchdog_at;
	const struct watchdog_plan *watchdog;
	struct pull_params params;
};

/* ---- params of a kind, from values that are read already ---- */

/* A kind that does not know the option does not need it. */
static void param_put(const struct probe_kind *kind, void *params, const char *name,
		      enum option_type type, const void *value, size_t bytes)
{
	const struct option *row = options_find(kind->options, name);

	if (row == NULL)
		return;
	assert(row->type == type);
	memcpy((char *)params + row->offset, value, bytes);
}

static void kind_judge(struct builder *b, const struct setting *at, struct target_plan *t,
		       void *params)
{
	struct option_fault fault = { .option = NULL };

	t->params = params;
	if (!options_check(b->l, t->kind, params, &fault))
		fault_at(b->l, at, "%s: %s", at != NULL && at->name != NULL ? at->name : "pull",
			 loader_shown(b->l, fault.text));
}

/* ---- witnesses ---- */

static struct target_plan *witness_add(struct builder *b, struct target_plan *all,
				       const struct setting *at)
{
	struct target_plan *t =
		&all[b->plan->targets_n + b->plan->references_n + b->plan->witnesses_n++];

	*t = (struct target_plan){
		.group = "Witnesses",
		.stack = NONE_INDEX,
		.watchdog = NONE_INDEX,
		.twin = NONE_INDEX,
		.fall = WITNESS_FALL,
		.rise = 1,
		.file = at != NULL ? at->file : b->l->file,
		.line = at != NULL ? at->line : 0,
	};
	return t;
}

static void witness_time(struct target_plan *t, usec_t interval)
{
	usec_t most = interval / 10 * 9;

	t->interval = interval;
	t->timeout = most < WITNESS_TIMEOUT ? most : WITNESS_TIMEOUT;
	t->connect_timeout = t->timeout / 2 < WITNESS_CONNECT ? t->timeout / 2 : WITNESS_CONNECT;
}

static bool is_near(const char *url)
{
	struct url parts;

	return url == NULL || (form_url(url, &parts) && form_is_loopback(parts.host));
}

static bool is_loopback_only(const struct pull_params *p)
{
	return is_near(p->alertmanager) && is_near(p->prometheus);
}

static const struct witness_form {
	const char *kind, *title;
	enum role role;
} forms[] = {
	{ "alertmanager", "Alertmanager", ROLE_ALERTMANAGER },
	{ "prometheus", "Prometheus", ROLE_PROMETHEUS },
};

static const char *witness_name(struct loader *l, const char *watchdog, const char *kind)
{
	return arena_printf(l->arena, WITNESS_PREFIX "%s-%s", watchdog, kind);
}

static void witness_make(struct pull *pull, const struct witness_form *form, const char *url,
			 struct target_plan *all)
{
	struct builder *b = pull->b;
	const struct watchdog_plan *w = pull->watchdog;
	const struct probe_kind *kind = probe_kind_find(form->kind);
	struct target_plan *t;
	void *params;

	assert(kind != NULL && kind->is_made);
	t = witness_add(b, all, pull->at);
	params = arena_alloc(b->l->arena, 1, kind->params_bytes);
	t->name = witness_name(b->l, w->name, form->kind);
	t->title = arena_printf(b->l->arena, "%s of %s", form->title, w->name);
	t->role = form->role;
	t->stack = w->stack;
	t->watchdog = (uint32_t)(w - b->plan->watchdogs);
	t->kind = kind;
	witness_time(t, pull->params.interval);
	plan_allow_read(b->l, pull->params.allow, setting_find(pull->at, "allow"), t);
	options_default(b->l, kind->options, params);
	param_put(kind, params, "url", OPTION_STRING, &url, sizeof url);
	param_put(kind, params, "auth", OPTION_AUTH, &pull->params.auth, sizeof pull->params.auth);
	param_put(kind, params, "ca_file", OPTION_PATH, &pull->params.ca_file,
		  sizeof pull->params.ca_file);
	param_put(kind, params, "labels", OPTION_PAIRS, &w->labels, sizeof w->labels);
	kind_judge(b, setting_find(pull->at, form->kind), t, params);
}

/* ---- a watchdog's pull ---- */

/* Built in, it gives way to the period; given, it must not be longer. */
static void pull_interval(struct pull *pull)
{
	const struct setting *at = setting_find(pull->at, "interval");
	usec_t least = is_loopback_only(&pull->params) ? USEC_PER_SEC : PULL_SHORTEST;
	usec_t period = pull->watchdog->period;
	char text[TEXT_MAX];

	if (at == NULL) {
		usec_t usual = pull->params.interval < period ? pull->params.interval : period;

		pull->params.interval = usual > least ? usual : least;
	} else if (pull->params.interval < least) {
		fault_at(pull->b->l, at,
			 "pull.interval: from 10s on, for a firewall or rate limit may take less "
			 "for an attack");
	} else if (pull->params.interval > period && period >= least) {
		words_print_duration(period, text, sizeof text);
		fault_at(pull->b->l, at,
			 "pull.interval must be at most the period, which is \"%s\": an older "
			 "answer tells nothing about the beat that is missing",
			 text);
	}
}

static void pull_check_auth(struct pull *pull)
{
	const char *urls[] = { pull->params.alertmanager, pull->params.prometheus };
	struct url url;

	for (size_t i = 0; i < 2 && pull->params.auth != NULL; i++) {
		if (urls[i] != NULL && !is_near(urls[i]) && form_url(urls[i], &url) &&
		    strcmp(url.scheme, "http") == 0)
			warn_at(pull->b->l, setting_find(pull->at, forms[i].kind),
				"pull.auth travels to %s in the clear; write https://", url.host);
	}
}

/* The longest name that can stand within a witness's. */
static void pull_check_name(struct pull *pull)
{
	size_t most = NAME_TEXT_MAX - 1 - strlen(WITNESS_PREFIX "-alertmanager");

	if (strlen(pull->watchdog->name) > most)
		fault_at(pull->b->l, setting_find(pull->watchdog_at, "name"),
			 "watchdog.name: with pull it may have at most %zu characters", most);
}

/* Left out of probes/kinds.def, a kind cannot be asked for. */
static void pull_check_kinds(struct pull *pull)
{
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		const struct setting *at = setting_find(pull->at, forms[i].kind);

		if (at != NULL && probe_kind_find(forms[i].kind) == NULL)
			fault_at(pull->b->l, at, "pull.%s is not known to this version; remove it",
				 forms[i].kind);
	}
}

/* True: worth making witnesses of. */
static bool pull_check(struct pull *pull)
{
	struct loader *l = pull->b->l;
	size_t faults = l->diag->faults;

	check_web_url(l, pull->at, "alertmanager", pull->params.alertmanager);
	check_web_url(l, pull->at, "prometheus", pull->params.prometheus);
	if (setting_find(pull->at, "alertmanager") == NULL &&
	    setting_find(pull->at, "prometheus") == NULL)
		fault_at(l, pull->at,
			 "pull needs alertmanager = \"https://...\" or prometheus = "
			 "\"https://...\": whom to ask");
	pull_check_kinds(pull);
	pull_check_name(pull);
	pull_interval(pull);
	pull_check_auth(pull);
	return l->diag->faults == faults;
}

/* `probe` names one of them; both have the same secret. */
static void pull_secrets(struct pull *pull)
{
	struct loader *l = pull->b->l;

	loader_secrets_for(l, witness_name(l, pull->watchdog->name, forms[0].kind));
	if (!l->reads_secrets)
		loader_secrets_for(l, witness_name(l, pull->watchdog->name, forms[1].kind));
}

static void pull_read(struct pull *pull, struct target_plan *all)
{
	struct loader *l = pull->b->l;
	size_t faults = l->diag->faults;

	pull_secrets(pull);
	options_read(l, &section_pull, pull->at, &pull->params);
	loader_secrets_for(l, NULL);
	if (l->diag->faults != faults || !pull_check(pull))
		return;
	if (pull->params.alertmanager != NULL)
		witness_make(pull, &forms[0], pull->params.alertmanager, all);
	if (pull->params.prometheus != NULL)
		witness_make(pull, &forms[1], pull->params.prometheus, all);
}

/* ---- our own listener ---- */

/* Through DNS, firewall and proxy, as Alertmanager comes in; so wherever our own name leads to,
 * be it this machine's inside, is fine. */
static void listener_make(struct builder *b, const char *public_url, struct target_plan *all)
{
	static const char *const anywhere[] = { "0.0.0.0/0", "::/0" };
	const struct setting *at = setting_find(setting_find(b->roots[0], "listen"), "public_url");
	const struct probe_kind *kind = probe_kind_find("http");
	struct target_plan *t = witness_add(b, all, at);
	const char *slash = public_url[strlen(public_url) - 1] == '/' ? "" : "/";
	const char *url = arena_printf(b->l->arena, "%s%shealthz", public_url, slash);
	void *params;

	assert(kind != NULL);
	params = arena_alloc(b->l->arena, 1, kind->params_bytes);
	t->name = WITNESS_PREFIX "listener";
	t->title = "Our own listener";
	t->role = ROLE_LISTENER;
	t->kind = kind;
	witness_time(t, LISTENER_PACE);
	plan_allow_read(b->l, (struct strings){ anywhere, 2 }, NULL, t);
	options_default(b->l, kind->options, params);
	param_put(kind, params, "url", OPTION_STRING, &url, sizeof url);
	kind_judge(b, at, t, params);
}

/* ---- mail relays ---- */

/* By a bare connection. What is on this machine says nothing about our link. */
static void relay_make(struct builder *b, const struct relay_plan *relay, size_t number,
		       struct target_plan *all)
{
	static const char *const anywhere[] = { "0.0.0.0/0", "::/0" };
	const struct setting *at = setting_find(setting_find(b->roots[0], "mail"), "relays");
	const struct probe_kind *kind = probe_kind_find("tcp");
	struct target_plan *t = witness_add(b, all, at);
	bool is_v6 = strchr(relay->host, ':') != NULL;
	const char *address = arena_printf(b->l->arena, is_v6 ? "[%s]:%u" : "%s:%u", relay->host,
					   (unsigned)relay->port);
	void *params;

	assert(kind != NULL);
	params = arena_alloc(b->l->arena, 1, kind->params_bytes);
	t->name = arena_printf(b->l->arena, WITNESS_PREFIX "relay-%zu", number);
	t->title = arena_printf(b->l->arena, "The mail relay %s", relay->host);
	t->role = ROLE_RELAY;
	t->kind = kind;
	witness_time(t, RELAY_PACE);
	plan_allow_read(b->l, (struct strings){ anywhere, 2 }, NULL, t);
	options_default(b->l, kind->options, params);
	param_put(kind, params, "address", OPTION_STRING, &address, sizeof address);
	kind_judge(b, at, t, params);
}

static void relays_make(struct builder *b, struct target_plan *all)
{
	const struct mail_plan *mail = &b->plan->mail;

	for (size_t i = 0; b->plan->references_n > 0 && i < mail->relays_n; i++)
		/* A faulty one has no host. */
		if (mail->relays[i].host != NULL && !form_is_loopback(mail->relays[i].host))
			relay_make(b, &mail->relays[i], i + 1, all);
}

static bool has_listener(const struct plan *plan)
{
	return plan->listen.address != NULL && plan->listen.public_url != NULL &&
	       form_is_web_url(plan->listen.public_url);
}

void plan_witnesses_read(struct builder *b)
{
	size_t behind = b->plan->targets_n + b->plan->references_n;
	struct target_plan *all =
		arena_alloc(b->l->arena, behind + 2 * b->watchdogs.n + 1 + b->plan->mail.relays_n,
			    sizeof *all);

	memcpy(all, b->plan->targets, behind * sizeof *all);
	b->plan->targets = all;
	for (size_t i = 0; i < b->watchdogs.n; i++) {
		struct pull pull = {
			.b = b,
			.at = setting_find(b->watchdogs.v[i], "pull"),
			.watchdog_at = b->watchdogs.v[i],
			.watchdog = &b->plan->watchdogs[i],
		};

		if (pull.at != NULL)
			pull_read(&pull, all);
	}
	if (has_listener(b->plan))
		listener_make(b, b->plan->listen.public_url, all);
	relays_make(b, all);
}
