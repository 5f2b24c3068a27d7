/*
 * print_plan.c - what will be done, for people, before it is done.
 *
 * Holds back whatever could be a secret: tokens and passwords are never
 * touched, and of the heartbeat's URL, which is a key to somebody else's
 * house, only the host is shown.
 */
#include "conf/conf.h"

#include <string.h>

#include "base/buf.h"
#include "base/recurrence.h"
#include "base/text.h"
#include "base/words.h"
#include "conf/forms.h"
#include "shorewatch/diagnosis.h"
#include "shorewatch/notify.h"

#define LABEL_COLUMNS 12
#define TEXT_MAX      32

static void put_spaces(struct buf *to, size_t n)
{
	while (n-- > 0)
		buf_putc(to, ' ');
}

/* A cell: at least one space behind it. */
static void put_cell(struct buf *to, const char *text, size_t columns)
{
	size_t n = text_columns(text);

	text_line(to, text);
	put_spaces(to, n < columns ? columns - n : 1);
}

static void put_span(struct buf *to, usec_t span)
{
	char text[TEXT_MAX];

	words_print_duration(span, text, sizeof text);
	buf_puts(to, text);
}

static void put_span_cell(struct buf *to, usec_t span, size_t columns)
{
	char text[TEXT_MAX];

	words_print_duration(span, text, sizeof text);
	put_cell(to, text, columns);
}

static void put_label(struct buf *to, const char *label)
{
	put_cell(to, label, LABEL_COLUMNS);
}

/* A user and password in front of a host stay here. */
static void put_url(struct buf *to, const char *text)
{
	struct url url;

	if (form_url(text, &url) && url.has_userinfo)
		buf_printf(to, "%s://%s%s", url.scheme, url.host, url.rest);
	else
		text_line(to, text);
}

/* ---- this watcher ---- */

static void print_heartbeat(const struct plan *plan, struct buf *to)
{
	struct url url;

	put_label(to, "heartbeat");
	if (plan->heartbeat_url != NULL && form_url(plan->heartbeat_url, &url))
		buf_printf(to, "to %s while everything due is done\n", url.host);
	else
		buf_puts(to, "none: nobody notices when this machine is gone\n");
}

static void print_watcher(const struct plan *plan, struct buf *to)
{
	put_label(to, "instance");
	text_line(to, plan->instance);
	buf_printf(to, ", times in %s, language %s\n", plan->timezone,
		   plan->language == LANGUAGE_JA ? "ja" : "en");
	put_label(to, "state");
	text_line(to, plan->state_dir);
	buf_puts(to, ", every result for ");
	put_span(to, plan->retention_raw);
	buf_puts(to, ", sums for ");
	put_span(to, plan->retention_buckets);
	buf_puts(to, "\n");
	put_label(to, "resolvers");
	for (size_t i = 0; i < plan->resolvers.n; i++)
		buf_printf(to, "%s%s", i > 0 ? ", " : "", plan->resolvers.v[i]);
	buf_puts(to, plan->resolvers.n > 0 ? "\n" : "the system's\n");
	print_heartbeat(plan, to);
}

static void print_page(const struct plan *plan, struct buf *to)
{
	put_label(to, "page");
	buf_puts(to, "\"");
	text_line(to, plan->page.title);
	buf_puts(to, "\", files in ");
	text_line(to, plan->page.dir != NULL ? plan->page.dir : plan->state_dir);
	buf_printf(to, "%s, %u days", plan->page.dir != NULL ? "" : "/public", plan->page.days);
	buf_printf(to, "%s%s", plan->page.url != NULL ? ", found at " : "",
		   plan->page.url != NULL ? plan->page.url : "");
	buf_puts(to, plan->page.is_noindex ? ", not for search engines" : "");
	buf_puts(to, plan->page.is_public_errors_full ? ", with the targets' own words\n" : "\n");
	put_label(to, "listener");
	buf_puts(to, plan->listen.address != NULL ? plan->listen.address : "none");
	if (plan->listen.public_url != NULL)
		buf_printf(to, ", reached as %s", plan->listen.public_url);
	if (plan->listen.address != NULL)
		buf_puts(to, plan->listen.metrics_token != NULL ? ", /metrics with a token"
								: ", /metrics on loopback only");
	buf_puts(to, "\n");
}

/* ---- mail ---- */

static void print_recipients(const struct plan *plan, struct buf *to)
{
	const struct mail_plan *mail = &plan->mail;

	put_label(to, "mail");
	buf_puts(to, "from ");
	text_line(to, mail->from);
	buf_puts(to, " to ");
	for (size_t i = 0; i < mail->to_n; i++)
		buf_printf(to, "%s%s%s", i > 0 ? ", " : "", mail->to[i].address,
			   mail->to[i].language == LANGUAGE_JA ? " (ja)" : "");
	buf_puts(to, mail->to_n > 0 ? "\n" : "nobody\n");
}

/* What holds of only some of those who are told. */
static bool has_terms(const struct channel_plan *c)
{
	return c->after > 0 || c->only != 0 || c->quiet_n > 0;
}

static void put_only(const struct channel_plan *c, struct buf *to)
{
	const char *before = ", only of ";

	for (int d = 0; d < DIAGNOSIS_COUNT; d++) {
		if ((c->only & 1u << d) == 0)
			continue;
		buf_printf(to, "%s%s", before, diagnosis_name((enum diagnosis)d));
		before = ", ";
	}
}

static void put_terms(const struct channel_plan *c, struct buf *to)
{
	if (c->after > 0) {
		buf_puts(to, ", after ");
		put_span(to, c->after);
	}
	put_only(c, to);
	if (c->quiet_n > 0)
		buf_puts(to, ", with quiet hours");
	buf_puts(to, "\n");
}

static void print_channel(const struct channel_plan *c, struct buf *to)
{
	put_label(to, c->kind != NULL ? "channel" : "");
	buf_puts(to, c->name);
	if (c->kind != NULL) {
		buf_printf(to, ": %s at ", c->kind->name);
		put_url(to, c->kind->endpoint(c->params));
		buf_puts(to, c->language == LANGUAGE_JA ? " (ja)" : "");
	}
	put_terms(c, to);
}

static void print_terms(const struct plan *plan, struct buf *to)
{
	for (size_t i = 0; i < plan->mail.to_n; i++) {
		if (has_terms(&plan->channels[i]))
			print_channel(&plan->channels[i], to);
	}
}

static void print_relay(const struct relay_plan *relay, struct buf *to)
{
	const char *starttls = relay->starttls == STARTTLS_NEVER ? "no TLS" : "STARTTLS";
	bool is_v6 = strchr(relay->host, ':') != NULL;

	put_label(to, "");
	buf_printf(to, "through %s%s%s:%u with %s%s\n", is_v6 ? "[" : "", relay->host,
		   is_v6 ? "]" : "", relay->port, relay->is_implicit_tls ? "TLS" : starttls,
		   relay->username != NULL ? ", logged in" : "");
}

static void print_rhythm(const struct plan *plan, struct buf *to)
{
	const struct mail_plan *mail = &plan->mail;
	size_t most = sizeof mail->repeat / sizeof mail->repeat[0];

	put_label(to, "");
	buf_puts(to, "waits ");
	put_span(to, mail->group_wait);
	buf_puts(to, " for the whole finding, repeated");
	for (size_t i = 0; i < most && mail->repeat[i] > 0; i++) {
		buf_puts(to, i > 0 ? ", " : " after ");
		put_span(to, mail->repeat[i]);
	}
	buf_printf(to, "%s daily, at most %u an hour%s\n", mail->repeat[0] > 0 ? ", then" : "",
		   mail->cap,
		   mail->is_subject_stable ? ", under the subject of the first one" : "");
}

static void print_mail(const struct plan *plan, struct buf *to)
{
	print_recipients(plan, to);
	print_terms(plan, to);
	for (size_t i = 0; i < plan->mail.relays_n; i++)
		print_relay(&plan->mail.relays[i], to);
	if (plan->mail.relays_n == 0 && plan->mail.to_n > 0) {
		put_label(to, "");
		buf_puts(to, "as .eml files in ");
		text_line(to, plan->state_dir);
		buf_puts(to, "/outbox\n");
	}
	print_rhythm(plan, to);
	for (size_t i = plan->mail.to_n; i < plan->channels_n; i++)
		print_channel(&plan->channels[i], to);
}

/* At which minute of the day; it is one of each day. */
static void put_daily(const struct recurrence *r, struct buf *to)
{
	int minute = recurrence_minute_from(r, 0);

	buf_printf(to, "%02d:%02d", minute / 60, minute % 60);
}

static void print_canary(const struct canary_plan *c, struct buf *to)
{
	bool is_v6 = c != NULL && strchr(c->host, ':') != NULL;

	if (c == NULL)
		return;
	put_label(to, "canary");
	buf_puts(to, "at ");
	put_daily(&c->at->begins, to);
	buf_printf(to, " to %s, looked for within ", c->to);
	put_span(to, c->within);
	buf_printf(to, " at %s%s%s:%u with %s\n", is_v6 ? "[" : "", c->host, is_v6 ? "]" : "",
		   c->port, c->is_implicit_tls ? "TLS" : "STARTTLS");
}

/* ---- stacks ---- */

static size_t name_columns(const struct plan *plan)
{
	size_t most = strlen("target");

	for (size_t i = 0; i < plan->targets_n; i++) {
		size_t n = strlen(plan->targets[i].name);

		most = n > most ? n : most;
	}
	return most + 2;
}

static const char *layer_name(enum layer layer)
{
	switch (layer) {
	case LAYER_UNSET:
		return "auto";
	case LAYER_SERVICE:
		return "service";
	case LAYER_EDGE:
		return "edge";
	}
	return "";
}

static bool is_wide(const struct target_plan *t)
{
	return t->family == FAMILY_ANY || t->family == FAMILY_BOTH;
}

/* How we show who we are; never with what. */
static const struct auth *auth_of(const struct target_plan *t)
{
	for (const struct option *row = t->kind->options; row->name != NULL; row++) {
		if (row->type == OPTION_AUTH)
			return *(const struct auth *const *)((const char *)t->params + row->offset);
	}
	return NULL;
}

static void put_auth(const struct auth *auth, struct buf *to)
{
	if (auth == NULL)
		return;
	buf_puts(to, auth->user != NULL ? ", logged in as " : ", with a bearer token");
	text_line(to, auth->user != NULL ? auth->user : "");
}

/* An address without its port, and how much of it counts. */
static void put_net(const struct address_net *net, struct buf *to)
{
	char text[ADDRESS_TEXT_MAX];
	bool is_v6 = net->base.family == FAMILY_IPV6;

	address_print(&net->base, text);
	buf_add(to, text + is_v6, strcspn(text, is_v6 ? "]" : ":") - is_v6);
	buf_printf(to, "/%u", net->prefix);
}

static void put_nets(const struct target_plan *t, struct buf *to)
{
	for (size_t i = 0; i < t->allow_n; i++) {
		buf_puts(to, i > 0 ? " " : ", may lead to ");
		put_net(&t->allow[i], to);
	}
}

/* What only some targets have; of a half everybody sees the other one below or above it. */
static void put_particulars(const struct target_plan *t, bool is_half, struct buf *to)
{
	put_auth(auth_of(t), to);
	if (!is_wide(t))
		buf_printf(to, ", %s%s", t->family == FAMILY_IPV4 ? "IPv4" : "IPv6",
			   is_half ? "" : " only");
	if (t->slow > 0) {
		buf_puts(to, ", slow after ");
		put_span(to, t->slow);
	}
	put_nets(t, to);
	buf_puts(to, t->is_hidden ? " (hidden)\n" : "\n");
}

static void put_parents(const struct plan *plan, const struct target_plan *t, struct buf *to)
{
	for (size_t i = 0; i < t->parents.n; i++)
		buf_printf(to, "%s%s", i > 0 ? " " : ", depends on ",
			   plan->targets[t->parents.items[i]].name);
}

static void print_target(const struct plan *plan, const struct target_plan *t, size_t columns,
			 struct buf *to)
{
	put_spaces(to, 2);
	put_cell(to, t->name, columns);
	put_span_cell(to, t->interval, 9);
	put_span_cell(to, t->timeout, 9);
	buf_printf(to, "%-6u", t->fall);
	put_cell(to, layer_name(t->layer), 9);
	put_url(to, t->kind->endpoint(t->params));
	put_parents(plan, t, to);
	put_particulars(t, target_twin(plan, (uint32_t)(t - plan->targets)) != NONE_INDEX, to);
}

static void print_targets(const struct plan *plan, size_t stack, struct buf *to)
{
	size_t columns = name_columns(plan);
	bool has_head = false;

	for (size_t i = 0; i < plan->targets_n; i++) {
		if (plan->targets[i].stack != stack || plan->targets[i].ping != NULL)
			continue;
		if (!has_head) {
			put_spaces(to, 2);
			put_cell(to, "target", columns);
			buf_puts(to, "every    timeout  fall  layer    endpoint\n");
			has_head = true;
		}
		print_target(plan, &plan->targets[i], columns, to);
	}
}

/* Where Alertmanager sends to; ready to paste when public_url is set. */
static void put_hook_url(const struct plan *plan, const struct watchdog_plan *w, struct buf *to)
{
	const char *base = plan->listen.public_url;

	if (base == NULL) {
		buf_printf(to, "http://%s/hook/%s", plan->listen.address, w->hook);
		return;
	}
	buf_printf(to, "%s%shook/%s", base, base[strlen(base) - 1] == '/' ? "" : "/", w->hook);
}

static const struct target_plan *witnesses_of(const struct plan *plan)
{
	return plan->targets + plan->targets_n + plan->references_n;
}

static void print_witness(const struct target_plan *t, struct buf *to)
{
	buf_printf(to, "    %s asked every ", t->role == ROLE_LISTENER ? t->title : t->kind->name);
	put_span(to, t->interval);
	buf_puts(to, ": ");
	put_url(to, t->kind->endpoint(t->params));
	if (t->role == ROLE_LISTENER)
		buf_puts(to, "\n");
	else
		put_particulars(t, false, to);
}

static void print_watchdog(const struct plan *plan, const struct watchdog_plan *w, struct buf *to)
{
	buf_printf(to, "  watchdog %s: late after ", w->name);
	put_span(to, 2 * w->period);
	buf_puts(to, ", silent after ");
	put_span(to, w->period + w->grace);
	for (size_t i = 0; i < w->labels.n; i++) {
		buf_printf(to, "%s%s=", i > 0 ? ", " : "; only with ", w->labels.v[i].name);
		text_line(to, w->labels.v[i].value);
	}
	buf_puts(to, "\n    Alertmanager's webhook url: ");
	put_hook_url(plan, w, to);
	buf_puts(to, "\n");
	for (size_t i = 0; i < plan->witnesses_n; i++) {
		if (witnesses_of(plan)[i].watchdog == (uint32_t)(w - plan->watchdogs))
			print_witness(&witnesses_of(plan)[i], to);
	}
}

static void print_ping(const struct target_plan *t, struct buf *to)
{
	buf_printf(to, "  ping %s: every ", t->name);
	put_span(to, t->ping->period);
	buf_puts(to, ", down when overdue or running for ");
	put_span(to, t->ping->grace);
	buf_puts(to, t->is_hidden ? " (hidden)\n" : "\n");
	buf_printf(to, "    the job calls: %s, /start, /fail\n", t->ping->url);
}

static void print_stack(const struct plan *plan, size_t stack, struct buf *to)
{
	buf_printf(to, "\nstack %s \"", plan->stacks[stack].name);
	text_line(to, plan->stacks[stack].title);
	buf_puts(to, "\"\n");
	print_targets(plan, stack, to);
	for (size_t i = 0; i < plan->targets_n; i++) {
		if (plan->targets[i].stack == stack && plan->targets[i].ping != NULL)
			print_ping(&plan->targets[i], to);
	}
	for (size_t i = 0; i < plan->watchdogs_n; i++) {
		if (plan->watchdogs[i].stack == stack)
			print_watchdog(plan, &plan->watchdogs[i], to);
	}
}

static void print_references(const struct plan *plan, struct buf *to)
{
	const struct target_plan *references = plan->targets + plan->targets_n;

	if (plan->references_n == 0) {
		buf_puts(to, "\nno references: our own link is not checked\n");
		return;
	}
	buf_puts(to, "\nreferences, every ");
	put_span(to, references[0].interval);
	buf_puts(to, "\n");
	for (size_t i = 0; i < plan->references_n; i++)
		buf_printf(to, "  %s\n", references[i].title);
}

static void print_listener(const struct plan *plan, struct buf *to)
{
	for (size_t i = 0; i < plan->witnesses_n; i++) {
		if (witnesses_of(plan)[i].role == ROLE_LISTENER) {
			buf_puts(to, "\n");
			print_witness(&witnesses_of(plan)[i], to);
		}
	}
}

void conf_print_plan(const struct plan *plan, struct buf *to)
{
	print_watcher(plan, to);
	print_page(plan, to);
	print_mail(plan, to);
	print_canary(plan->canary, to);
	for (size_t i = 0; i < plan->stacks_n; i++)
		print_stack(plan, i, to);
	print_references(plan, to);
	print_listener(plan, to);
}
