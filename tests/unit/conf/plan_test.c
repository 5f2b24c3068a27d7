/*
 * plan_test.c - what a sound configuration means: defaults, bounds, and how
 * values give way to each other.
 */
#include "lab.h"

#include "shorewatch/diagnosis.h"
#include "shorewatch/notify.h"

#define TARGET(more)                                                                               \
	"targets = ( { name = \"a\"; tcp = { address = \"192.0.2.1:22\"; }; " more " } );\n"
#define RELAYED(more)                                                                              \
	ONE_TARGET "mail = { from = \"Watch <w@mail.example.com>\"; to = \"b@example.com\"; "      \
		   "relays = ( { url = \"smtps://mail.example.com\"; } ); " more " };\n"

static const struct target_plan *target_of(struct lab *lab, const char *text)
{
	return &lab_plan(lab, text)->targets[0];
}

/* ---- a target ---- */

static void a_target_has_the_built_in_defaults(void **state)
{
	const struct target_plan *t = target_of(*state, TARGET(""));

	assert_string_equal(t->title, "a");
	assert_string_equal(t->group, "Checks");
	assert_null(t->link);
	assert_int_equal(t->role, ROLE_TARGET);
	assert_int_equal(t->layer, LAYER_UNSET);
	assert_int_equal(t->family, FAMILY_ANY);
	assert_int_equal(t->interval, 60 * USEC_PER_SEC);
	assert_int_equal(t->timeout, 10 * USEC_PER_SEC);
	assert_int_equal(t->connect_timeout, 5 * USEC_PER_SEC);
	assert_int_equal(t->fall, 3);
	assert_int_equal(t->retests, 2);
	assert_int_equal(t->retest[0], 10 * USEC_PER_SEC);
	assert_int_equal(t->retest[1], 20 * USEC_PER_SEC);
	assert_int_equal(t->rise, 2);
	assert_int_equal(t->settle, 30 * USEC_PER_SEC);
	assert_int_equal(t->slow, 0);
	assert_false(t->is_hidden);
	assert_string_equal(t->kind->name, "tcp");
	assert_int_equal(t->line, 1);
}

static void every_key_of_a_target_arrives(void **state)
{
	const struct target_plan *t = target_of(
		*state,
		"stacks = ( { name = \"home\"; } );\n" TARGET(
			"title = \"A\"; stack = \"home\"; group = \"G\"; layer = \"edge\"; "
			"interval = \"2m\";"
			"timeout = \"20s\"; connect_timeout = \"3s\"; fall = 2; retest = [ \"7s\" "
			"];"
			"rise = 4; settle = \"0s\"; slow = \"2s\"; family = \"ipv6\";"
			"link = \"https://a.example.com/\"; hidden = true;"
			"runbook = \"https://r.example.com/\"; try_next = [ \"look\", \"think\" ];"
			"allow = [ \"10.0.0.0/8\", \"2001:db8::1\" ];"));

	assert_string_equal(t->title, "A");
	assert_string_equal(t->group, "G");
	assert_int_equal(t->layer, LAYER_EDGE);
	assert_int_equal(t->interval, 120 * USEC_PER_SEC);
	assert_int_equal(t->timeout, 20 * USEC_PER_SEC);
	assert_int_equal(t->connect_timeout, 3 * USEC_PER_SEC);
	assert_int_equal(t->fall, 2);
	assert_int_equal(t->retests, 1);
	assert_int_equal(t->retest[0], 7 * USEC_PER_SEC);
	assert_int_equal(t->rise, 4);
	assert_int_equal(t->settle, 0);
	assert_int_equal(t->slow, 2 * USEC_PER_SEC);
	assert_int_equal(t->family, FAMILY_IPV6);
	assert_string_equal(t->link, "https://a.example.com/");
	assert_string_equal(t->runbook, "https://r.example.com/");
	assert_int_equal(t->try_next.n, 2);
	assert_string_equal(t->try_next.v[1], "think");
	assert_true(t->is_hidden);
	assert_int_equal(t->allow_n, 2);
	assert_int_equal(t->allow[0].prefix, 8);
}

static void defaults_hold_for_all_and_a_target_overrules_them(void **state)
{
	const struct plan *plan = lab_plan(
		*state, "defaults = { interval = \"5m\"; group = \"G\"; fall = 5; };\n"
			"targets = ( { name = \"a\"; tcp = { address = \"192.0.2.1:22\"; }; },\n"
			"{ name = \"b\"; fall = 1; tcp = { address = \"192.0.2.1:23\"; }; } );\n");

	assert_int_equal(plan->targets[0].interval, 5 * USEC_PER_MIN);
	assert_string_equal(plan->targets[1].group, "G");
	assert_int_equal(plan->targets[0].fall, 5);
	assert_int_equal(plan->targets[1].fall, 1);
}

static void the_least_and_the_longest_interval_are_accepted(void **state)
{
	struct lab *lab = *state;

	assert_int_equal(target_of(lab, TARGET("interval = \"1s\";"))->interval, USEC_PER_SEC);
	generation_drop(lab->generation);
	assert_int_equal(target_of(lab, TARGET("interval = \"24h\";"))->interval, USEC_PER_DAY);
}

static void the_bounds_of_fall_are_accepted(void **state)
{
	struct lab *lab = *state;

	assert_int_equal(target_of(lab, TARGET("fall = 1;"))->fall, 1);
	generation_drop(lab->generation);
	assert_int_equal(target_of(lab, TARGET("fall = 10;"))->fall, 10);
}

static void a_name_of_63_characters_is_accepted_and_64_are_not(void **state)
{
	struct lab *lab = *state;
	const char *form =
		"targets = ( { name = \"%s%s\"; tcp = { address = \"192.0.2.1:22\"; }; } );";
	const char *most = "abcdefghijklmnopqrstuvwxyz0123456789-abcdefghijklmnopqrstuvwxyz";
	char text[256];

	(void)snprintf(text, sizeof text, form, most, "");
	assert_string_equal(target_of(lab, text)->name, most);
	generation_drop(lab->generation);
	(void)snprintf(text, sizeof text, form, most, "x");
	assert_null(lab_load_text(lab, text));
	lab_expect_told(lab, "1 to 63");
}

/* ---- times that give way ---- */

static void a_short_interval_alone_shortens_what_depends_on_it(void **state)
{
	const struct target_plan *t = target_of(*state, TARGET("interval = \"5s\";"));

	assert_int_equal(t->timeout, 4500 * USEC_PER_MS);
	assert_int_equal(t->connect_timeout, 2250 * USEC_PER_MS);
	assert_int_equal(t->retest[0], 5 * USEC_PER_SEC);
	assert_int_equal(t->retest[1], 5 * USEC_PER_SEC);
}

static void a_short_interval_overrules_times_of_the_defaults(void **state)
{
	const struct target_plan *t = target_of(
		*state, "defaults = { interval = \"60s\"; timeout = \"10s\"; connect_timeout = "
			"\"5s\"; retest = [ \"10s\", \"20s\" ]; };\n" TARGET("interval = \"2s\";"));

	assert_int_equal(t->timeout, 1800 * USEC_PER_MS);
	assert_int_equal(t->connect_timeout, 900 * USEC_PER_MS);
	assert_int_equal(t->retest[0], 2 * USEC_PER_SEC);
}

static void a_short_timeout_alone_shortens_the_connect_timeout(void **state)
{
	const struct target_plan *t = target_of(*state, TARGET("timeout = \"4s\";"));

	assert_int_equal(t->timeout, 4 * USEC_PER_SEC);
	assert_int_equal(t->connect_timeout, 2 * USEC_PER_SEC);
}

static void a_timeout_just_below_the_interval_is_accepted(void **state)
{
	const struct target_plan *t = target_of(
		*state,
		TARGET("interval = \"1s\"; timeout = \"999ms\"; connect_timeout = \"999ms\";"));

	assert_int_equal(t->timeout, 999 * USEC_PER_MS);
	assert_int_equal(t->connect_timeout, 999 * USEC_PER_MS);
}

static void a_retest_as_long_as_the_interval_is_accepted(void **state)
{
	const struct target_plan *t =
		target_of(*state, TARGET("interval = \"10s\"; retest = \"10s\";"));

	assert_int_equal(t->retests, 1);
	assert_int_equal(t->retest[0], 10 * USEC_PER_SEC);
}

static void no_retest_at_all_is_accepted(void **state)
{
	assert_int_equal(target_of(*state, TARGET("fall = 1; retest = [ ];"))->retests, 0);
}

/* ---- stacks ---- */

static void targets_without_a_stack_share_an_implicit_one(void **state)
{
	const struct plan *plan = lab_plan(*state, TARGET(""));

	assert_int_equal(plan->stacks_n, 1);
	assert_string_equal(plan->stacks[0].name, "default");
	assert_string_equal(plan->stacks[0].title, "All checks");
	assert_true(plan->stacks[0].is_implicit);
	assert_int_equal(plan->targets[0].stack, 0);
}

static void the_implicit_stack_is_called_like_the_page(void **state)
{
	const struct plan *plan =
		lab_plan(*state, TARGET("") "page = { title = \"My servers\"; };");

	assert_string_equal(plan->stacks[0].title, "My servers");
}

static void no_implicit_stack_is_made_when_all_have_one(void **state)
{
	const struct plan *plan = lab_plan(
		*state,
		"stacks = ( { name = \"x\"; }, { name = \"y\"; } );" TARGET("stack = \"y\";"));

	assert_int_equal(plan->stacks_n, 2);
	assert_int_equal(plan->targets[0].stack, 1);
	assert_string_equal(plan->stacks[1].title, "y");
}

static void a_configured_stack_called_default_takes_those_without_one(void **state)
{
	const struct plan *plan =
		lab_plan(*state, "stacks = ( { name = \"default\"; title = \"D\"; } );" TARGET(""));

	assert_int_equal(plan->stacks_n, 1);
	assert_false(plan->stacks[0].is_implicit);
	assert_string_equal(plan->stacks[0].title, "D");
}

/* ---- references ---- */

static void six_references_stand_behind_the_targets(void **state)
{
	const struct plan *plan = lab_plan(*state, TARGET(""));
	const struct target_plan *r = &plan->targets[plan->targets_n];

	assert_int_equal(plan->targets_n, 1);
	assert_int_equal(plan->references_n, 6);
	assert_string_equal(r->name, "reference-1");
	assert_string_equal(r->title, "1.1.1.1:443");
	assert_int_equal(r->role, ROLE_REFERENCE);
	assert_string_equal(r->kind->name, "tcp");
	assert_string_equal(r->kind->endpoint(r->params), "1.1.1.1:443");
	assert_int_equal(r->stack, NONE_INDEX);
	assert_int_equal(r->interval, 60 * USEC_PER_SEC);
	assert_int_equal(r->timeout, 5 * USEC_PER_SEC);
	assert_int_equal(r->fall, 1);
	assert_int_equal(r->retests, 0);
	assert_int_equal(r->family, FAMILY_IPV4);
	assert_string_equal(r[5].name, "reference-6");
	assert_string_equal(r[5].kind->endpoint(r[5].params), "[2620:fe::fe]:443");
	assert_int_equal(r[5].family, FAMILY_IPV6);
}

static void references_keep_pace_with_the_quickest_target(void **state)
{
	const struct plan *plan = lab_plan(*state, TARGET("interval = \"2s\";"));

	assert_int_equal(plan->targets[1].interval, 2 * USEC_PER_SEC);
	assert_int_equal(plan->targets[1].timeout, 1800 * USEC_PER_MS);
}

static void references_keep_their_pace_beside_slow_targets(void **state)
{
	const struct plan *plan = lab_plan(*state, TARGET("interval = \"1h\";"));

	assert_int_equal(plan->targets[1].interval, 60 * USEC_PER_SEC);
}

static void an_empty_list_of_references_is_warned_about(void **state)
{
	struct lab *lab = *state;

	assert_int_equal(lab_plan(lab, TARGET("") "references = [ ];")->references_n, 0);
	lab_expect_told(lab, "test.cfg:2: warning: no references");
}

/* ---- watchdogs ---- */

static void a_watchdog_has_the_built_in_defaults(void **state)
{
	const struct plan *plan = lab_plan(
		*state, "watchdogs = ( { name = \"home\"; token = \"env:CONF_TEST_TOKEN\"; } );");
	const struct watchdog_plan *w = &plan->watchdogs[0];

	assert_int_equal(plan->watchdogs_n, 1);
	assert_int_equal(plan->targets_n, 0);
	assert_string_equal(w->hook, "home");
	assert_int_equal(w->period, 60 * USEC_PER_SEC);
	assert_int_equal(w->grace, 240 * USEC_PER_SEC);
	assert_int_equal(w->start_grace, 10 * USEC_PER_MIN);
	assert_true(w->resolved_is_down);
	assert_int_equal(w->labels.n, 0);
	assert_true(plan->stacks[w->stack].is_implicit);
}

/* ---- jobs that report themselves ---- */

#define PING(more)                                                                                 \
	"pings = ( { name = \"backup\"; token = \"env:CONF_TEST_TOKEN\"; " more " } );\n"

static void a_ping_is_a_target_behind_those_that_are_probed(void **state)
{
	const struct plan *plan = lab_plan(*state, PING("period = \"1d\";") TARGET(""));
	const struct target_plan *t = &plan->targets[1];

	assert_int_equal(plan->targets_n, 2);
	assert_int_equal(plan->pings_n, 1);
	assert_true(plan->references_n > 0);
	assert_int_equal(plan->targets[2].role, ROLE_REFERENCE);
	assert_null(plan->targets[0].ping);
	assert_int_equal(t->role, ROLE_TARGET);
	assert_string_equal(t->name, "backup");
	assert_string_equal(t->title, "backup");
	assert_string_equal(t->group, "Jobs");
	assert_string_equal(t->kind->name, "ping");
	assert_int_equal(t->fall, 1);
	assert_int_equal(t->rise, 1);
	assert_int_equal(t->settle, 0);
	assert_int_equal(t->retests, 0);
	assert_true(plan->stacks[t->stack].is_implicit);
	assert_int_equal(t->ping->period, USEC_PER_DAY);
	assert_int_equal(t->ping->grace, USEC_PER_HOUR);
	assert_string_equal(t->ping->token, "0123456789abcdef0123456789abcdef");
	assert_string_equal(t->kind->endpoint(t->params), "http://127.0.0.1:8080/ping/backup");
}

static void a_pings_built_in_grace_gives_way_to_its_period(void **state)
{
	const struct plan *plan =
		lab_plan(*state, "pings = ( { name = \"x\"; token = \"env:CONF_TEST_TOKEN\"; "
				 "period = \"5m\"; },\n{ name = \"y\"; token = "
				 "\"env:CONF_TEST_OTHER\"; period = \"5m\"; grace = \"2h\"; } );");

	assert_int_equal(plan->targets[0].ping->grace, 5 * USEC_PER_MIN);
	assert_int_equal(plan->targets[1].ping->grace, 2 * USEC_PER_HOUR);
}

static void a_ping_has_what_a_target_has(void **state)
{
	const struct plan *plan = lab_plan(
		*state,
		"stacks = ( { name = \"s\"; } );\n"
		"listen = { public_url = \"https://status.example.com/x\"; };\n" PING(
			"period = \"1d\"; title = \"Backup\"; group = \"G\"; stack = \"s\"; "
			"link = \"https://a.example.com/\"; runbook = \"https://b.example.com/\"; "
			"try_next = \"look\"; hidden = true;"));
	const struct target_plan *t = &plan->targets[0];

	assert_string_equal(t->title, "Backup");
	assert_string_equal(t->group, "G");
	assert_string_equal(plan->stacks[t->stack].name, "s");
	assert_string_equal(t->link, "https://a.example.com/");
	assert_string_equal(t->runbook, "https://b.example.com/");
	assert_int_equal(t->try_next.n, 1);
	assert_true(t->is_hidden);
	assert_string_equal(t->ping->url, "https://status.example.com/x/ping/backup");
}

static void watchdogs_may_share_a_hook_by_their_labels(void **state)
{
	const struct plan *plan =
		lab_plan(*state, "watchdogs = ( { name = \"x\"; hook = \"am\"; token = "
				 "\"env:CONF_TEST_TOKEN\"; labels = \"cluster=x\"; },\n"
				 "{ name = \"y\"; hook = \"am\"; token = \"env:CONF_TEST_TOKEN\"; "
				 "labels = [ \"cluster=y\", \"expr=a=b\" ]; } );");

	assert_string_equal(plan->watchdogs[0].labels.v[0].value, "x");
	assert_string_equal(plan->watchdogs[1].labels.v[1].name, "expr");
	assert_string_equal(plan->watchdogs[1].labels.v[1].value, "a=b");
}

/* ---- witnesses ---- */

#define PULLED(more, pull)                                                                         \
	"stacks = ( { name = \"s\"; } );\nlisten = { " more " };\n"                                \
	"watchdogs = ( { name = \"home\"; stack = \"s\"; token = \"env:CONF_TEST_TOKEN\"; labels " \
	"= "                                                                                       \
	"\"cluster=x\";\npull = { " pull " }; } );\n"
#define BOTH "alertmanager = \"https://am.example.com/x\"; prometheus = \"https://p.example.com\"; "

static const struct target_plan *witness_of(const struct plan *plan, size_t index)
{
	assert_true(index < plan->witnesses_n);
	return &plan->targets[plan->targets_n + plan->references_n + index];
}

static void pull_makes_two_witnesses_behind_the_references(void **state)
{
	const struct plan *plan = lab_plan(*state, TARGET("") PULLED("", BOTH));
	const struct target_plan *am = witness_of(plan, 0), *prometheus = witness_of(plan, 1);

	assert_int_equal(plan->targets_n, 1);
	assert_int_equal(plan->references_n, 6);
	assert_int_equal(plan->witnesses_n, 2);
	assert_string_equal(am->name, "witness-home-alertmanager");
	assert_string_equal(am->kind->name, "alertmanager");
	assert_string_equal(am->kind->endpoint(am->params), "https://am.example.com/x");
	assert_int_equal(am->role, ROLE_ALERTMANAGER);
	assert_int_equal(am->watchdog, 0);
	assert_string_equal(plan->stacks[am->stack].name, "s");
	assert_int_equal(am->interval, 60 * USEC_PER_SEC);
	assert_int_equal(am->timeout, 10 * USEC_PER_SEC);
	assert_int_equal(am->fall, 2);
	assert_int_equal(am->retests, 0);
	assert_string_equal(prometheus->name, "witness-home-prometheus");
	assert_int_equal(prometheus->role, ROLE_PROMETHEUS);
	assert_string_equal(prometheus->kind->endpoint(prometheus->params),
			    "https://p.example.com");
}

/* The pull side of the program reads these fields by its own rows. */
static const void *param_of(const struct target_plan *t, const char *name)
{
	for (const struct option *row = t->kind->options; row->name != NULL; row++) {
		if (strcmp(row->name, name) == 0)
			return (const char *)t->params + row->offset;
	}
	return NULL;
}

static void a_witness_knows_the_labels_and_who_we_are(void **state)
{
	const struct plan *plan = lab_plan(
		*state,
		PULLED("", BOTH "auth = { basic = \"me\"; password = \"env:CONF_TEST_TOKEN\"; }; "
				"ca_file = \"/dev/null\"; allow = [ \"10.0.0.0/8\" ];"));

	for (size_t i = 0; i < 2; i++) {
		const struct target_plan *t = witness_of(plan, i);
		const struct pairs *labels = param_of(t, "labels");
		const struct auth *auth = *(const struct auth *const *)param_of(t, "auth");

		assert_int_equal(labels->n, 1);
		assert_string_equal(labels->v[0].name, "cluster");
		assert_string_equal(labels->v[0].value, "x");
		assert_string_equal(auth->user, "me");
		assert_string_equal(auth->password, "0123456789abcdef0123456789abcdef");
		assert_null(auth->bearer);
		assert_string_equal(*(const char *const *)param_of(t, "ca_file"), "/dev/null");
		assert_int_equal(t->allow_n, 1);
	}
}

static void one_of_the_two_may_be_asked_alone(void **state)
{
	const struct plan *plan =
		lab_plan(*state, PULLED("", "prometheus = \"https://p.example.com\"; "));

	assert_int_equal(plan->witnesses_n, 1);
	assert_int_equal(witness_of(plan, 0)->role, ROLE_PROMETHEUS);
}

static void a_pull_keeps_pace_with_quick_beats_on_loopback(void **state)
{
	const struct plan *plan = lab_plan(
		*state, "watchdogs = ( { name = \"x\"; token = \"env:CONF_TEST_TOKEN\"; period = "
			"\"2s\"; pull = { alertmanager = \"http://127.0.0.1:9093\"; }; } );");

	assert_int_equal(witness_of(plan, 0)->interval, 2 * USEC_PER_SEC);
	assert_int_equal(witness_of(plan, 0)->timeout, 1800 * USEC_PER_MS);
}

static void a_stranger_is_asked_every_ten_seconds_at_most(void **state)
{
	const struct plan *plan = lab_plan(
		*state, "watchdogs = ( { name = \"x\"; token = \"env:CONF_TEST_TOKEN\"; period = "
			"\"2s\"; pull = { alertmanager = \"https://am.example.com\"; }; } );");

	assert_int_equal(witness_of(plan, 0)->interval, 10 * USEC_PER_SEC);
}

static void a_public_listener_is_its_own_witness(void **state)
{
	const struct plan *plan =
		lab_plan(*state, PULLED("public_url = \"https://status.example.com/\";", BOTH));
	const struct target_plan *t = witness_of(plan, 2);

	assert_int_equal(plan->witnesses_n, 3);
	assert_int_equal(t->role, ROLE_LISTENER);
	assert_string_equal(t->name, "witness-listener");
	assert_string_equal(t->kind->name, "http");
	assert_string_equal(t->kind->endpoint(t->params), "https://status.example.com/healthz");
	assert_int_equal(t->watchdog, NONE_INDEX);
	assert_int_equal(t->stack, NONE_INDEX);
	assert_int_equal(t->fall, 2);
	assert_int_equal(t->allow_n, 2); /* our own name may lead to this machine's inside */
}

static void a_public_url_without_a_listener_is_nobodys_witness(void **state)
{
	const struct plan *plan =
		lab_plan(*state, TARGET("") "listen = { address = \"\"; public_url = "
					    "\"https://status.example.com\"; };");

	assert_int_equal(plan->witnesses_n, 0);
}

static void credentials_in_the_clear_are_warned_about(void **state)
{
	struct lab *lab = *state;

	(void)lab_plan(lab,
		       PULLED("", "\nalertmanager = \"http://am.example.com\"; auth = { bearer = "
				  "\"env:CONF_TEST_TOKEN\"; };"));
	lab_expect_told(lab,
			"test.cfg:5: warning: pull.auth travels to am.example.com in the clear");
}

static void a_target_may_say_who_we_are(void **state)
{
	const struct target_plan *t =
		target_of(*state, "targets = ( { name = \"a\"; http = { url = "
				  "\"https://a.example.com/\"; auth = { bearer = "
				  "\"env:CONF_TEST_TOKEN\"; }; }; } );");
	const struct auth *auth = *(const struct auth *const *)param_of(t, "auth");

	assert_string_equal(auth->bearer, "0123456789abcdef0123456789abcdef");
	assert_null(auth->user);
	assert_null(auth->password);
}

/* ---- this watcher ---- */

static void a_heartbeat_goes_where_it_is_told(void **state)
{
	struct lab *lab = *state;

	assert_null(lab_plan(lab, TARGET(""))->heartbeat_url);
	generation_drop(lab->generation);
	assert_string_equal(
		lab_plan(lab, TARGET("") "heartbeat_url = \"https://hc.example.org/ping/0a1b\";")
			->heartbeat_url,
		"https://hc.example.org/ping/0a1b");
	lab_expect_untold(lab, "heartbeat_url");
}

#define CANARY(more)                                                                               \
	RELAYED("") "canary = { to = \"c@example.net\"; imap = \"imaps://imap.example.net\"; "        \
		    "user = \"c\"; password = \"env:CONF_TEST_TOKEN\"; " more " };\n"

static void a_canary_has_its_defaults(void **state)
{
	struct lab *lab = *state;
	const struct canary_plan *canary;

	assert_null(lab_plan(lab, RELAYED(""))->canary);
	generation_drop(lab->generation);
	assert_int_equal(setenv("CONF_TEST_TOKEN", "a-secret-of-this-test", 1), 0);
	canary = lab_plan(lab, CANARY(""))->canary;
	assert_string_equal(canary->to, "c@example.net");
	assert_int_equal(canary->at->begins.hours, 1u << 6);
	assert_int_equal(canary->at->begins.minutes, UINT64_C(1) << 40);
	assert_int_equal(canary->within, 15 * USEC_PER_MIN);
	assert_true(canary->is_implicit_tls);
	assert_string_equal(canary->host, "imap.example.net");
	assert_int_equal(canary->port, 993);
	assert_string_equal(canary->password, "a-secret-of-this-test");
	assert_string_equal(canary->folder, "INBOX");
	assert_null(canary->ca_file);
}

static void a_canary_without_a_second_way_is_warned_about(void **state)
{
	struct lab *lab = *state;

	assert_int_equal(setenv("CONF_TEST_TOKEN", "a-secret-of-this-test", 1), 0);
	(void)lab_plan(lab, CANARY(""));
	lab_expect_told(lab, "canary: when mail is broken nobody is told of it but by mail");
}

static void a_heartbeat_in_the_clear_is_warned_about_but_not_on_loopback(void **state)
{
	struct lab *lab = *state;

	(void)lab_plan(lab, TARGET("") "heartbeat_url = \"http://127.0.0.1:80/ping\";");
	lab_expect_untold(lab, "heartbeat_url");
	generation_drop(lab->generation);
	(void)lab_plan(lab, TARGET("") "heartbeat_url = \"http://hc.example.org/ping/canary\";");
	lab_expect_told(lab,
			"test.cfg:2: warning: heartbeat_url goes to hc.example.org in the clear");
	lab_expect_untold(lab, "canary");
}

static void the_watcher_has_the_built_in_defaults(void **state)
{
	const struct plan *plan = lab_plan(*state, TARGET(""));
	char host[256];

	assert_int_equal(gethostname(host, sizeof host), 0);
	assert_string_equal(plan->instance, host);
	assert_string_equal(plan->page.title, host);
	assert_string_equal(plan->state_dir, "/var/lib/shorewatch");
	assert_null(plan->page.dir);
	assert_int_equal(plan->page.days, 90);
	assert_string_equal(plan->listen.address, "127.0.0.1:8080");
	assert_int_equal(plan->language, LANGUAGE_EN);
	assert_int_equal(plan->resolvers.n, 0);
	assert_int_equal(plan->retention_raw, 14 * USEC_PER_DAY);
	assert_non_null(plan->timezone);
}

static void relative_folders_lie_beside_the_configuration(void **state)
{
	struct lab *lab = *state;
	const struct plan *plan =
		lab_plan(lab, TARGET("") "state_dir = \"state\"; page = { dir = \"/srv/p\"; };");

	assert_string_equal(plan->state_dir, lab_path(lab, "state"));
	assert_string_equal(plan->page.dir, "/srv/p");
}

static void an_empty_address_turns_the_listener_off(void **state)
{
	assert_null(lab_plan(*state, TARGET("") "listen = { address = \"\"; };")->listen.address);
}

static void a_zone_and_utc_are_known(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_plan(lab, TARGET("") "timezone = \"UTC\";")->timezone, "UTC");
	generation_drop(lab->generation);
	assert_string_equal(lab_plan(lab, TARGET("") "timezone = \"Asia/Kathmandu\";")->timezone,
			    "Asia/Kathmandu");
}

/* ---- mail ---- */

static void without_mail_settings_mails_become_files(void **state)
{
	struct lab *lab = *state;
	const struct mail_plan *mail = &lab_plan(lab, TARGET("") "instance = \"vps tokyo\";")->mail;

	assert_int_equal(mail->relays_n, 0);
	assert_int_equal(mail->to_n, 1);
	assert_string_equal(mail->from_address, "shorewatch@localhost");
	assert_string_equal(mail->host, "vps-tokyo");
	assert_int_equal(mail->group_wait, 60 * USEC_PER_SEC);
	assert_int_equal(mail->repeat[0], USEC_PER_HOUR);
	assert_int_equal(mail->repeat[2], 12 * USEC_PER_HOUR);
	assert_int_equal(mail->repeat[3], 0);
	assert_int_equal(mail->cap, 10);
	lab_expect_told(lab, "warning: no relay");
}

static void the_sender_may_have_a_name(void **state)
{
	const struct mail_plan *mail = &lab_plan(*state, RELAYED(""))->mail;

	assert_string_equal(mail->from, "Watch <w@mail.example.com>");
	assert_string_equal(mail->from_address, "w@mail.example.com");
	assert_string_equal(mail->host, "mail.example.com");
}

static void message_ids_prefer_the_pages_host(void **state)
{
	const struct plan *plan = lab_plan(
		*state, RELAYED("") "page = { url = \"https://status.example.com:8443/x/\"; };");

	assert_string_equal(plan->mail.host, "status.example.com");
}

static void recipients_have_the_plans_language_or_their_own(void **state)
{
	const struct mail_plan *mail =
		&lab_plan(*state, ONE_TARGET "language = \"ja\"; mail = { to = ( \"a@example.com\","
					     "{ address = \"b@example.com\"; language = \"en\"; }, "
					     "{ address = \"c@example.com\"; } ); };")
			 ->mail;

	assert_int_equal(mail->to_n, 3);
	assert_int_equal(mail->to[0].language, LANGUAGE_JA);
	assert_int_equal(mail->to[1].language, LANGUAGE_EN);
	assert_int_equal(mail->to[2].language, LANGUAGE_JA);
}

static void addresses_are_the_first_channels_and_have_their_terms(void **state)
{
	const struct plan *plan = lab_plan(
		*state,
		ONE_TARGET "mail = { to = ( \"a@example.com\", { address = \"b@example.com\";"
			   "after = \"30m\"; only = \"stack-down\"; quiet = [ \"22:00-07:00\","
			   "\"Sat,Sun 07:00-10:00\" ]; } ); };\n"
			   "channels = ( { name = \"phone\"; language = \"ja\"; ntfy = { url = "
			   "\"https://ntfy.example/alerts\"; }; only = [ \"stack-down\","
			   "\"unreachable\" ]; } );");

	assert_int_equal(plan->channels_n, 3);
	assert_string_equal(plan->channels[0].name, "a@example.com");
	assert_int_equal(plan->channels[0].after, 0);
	assert_int_equal(plan->channels[0].quiet_n, 0);
	assert_string_equal(plan->channels[1].name, "b@example.com");
	assert_null(plan->channels[1].kind);
	assert_int_equal(plan->channels[1].after, 30 * USEC_PER_MIN);
	assert_int_equal(plan->channels[1].only, 1u << DIAGNOSIS_STACK_DOWN);
	assert_int_equal(plan->channels[1].quiet_n, 2);
	assert_int_equal(plan->channels[1].quiet[0].ends, 7 * 60);
	assert_string_equal(plan->channels[2].name, "phone");
	assert_string_equal(plan->channels[2].kind->name, "ntfy");
	assert_int_equal(plan->channels[2].language, LANGUAGE_JA);
	assert_int_equal(plan->channels[2].only,
			 1u << DIAGNOSIS_STACK_DOWN | 1u << DIAGNOSIS_UNREACHABLE);
}

static void where_somebody_is_told_otherwise_no_file_is_written(void **state)
{
	const struct plan *plan =
		lab_plan(*state, ONE_TARGET "channels = ( { name = \"phone\"; ntfy = { url = "
					    "\"https://ntfy.example/alerts\"; }; } );");

	assert_int_equal(plan->mail.to_n, 0);
	assert_int_equal(plan->channels_n, 1);
}

static void that_nobody_is_told_at_once_is_said(void **state)
{
	struct lab *lab = *state;

	(void)lab_plan(lab, ONE_TARGET "mail = { to = ( { address = \"a@example.com\"; after = "
				       "\"1h\"; }, { address = \"b@example.com\"; only = "
				       "\"stack-down\"; } ); };");
	lab_expect_told(lab, "nobody is told at once of edge-down");
}

static void relays_have_their_usual_ports(void **state)
{
	const struct mail_plan *mail =
		&lab_plan(*state, ONE_TARGET
			  "mail = { from = \"a@example.com\"; to = \"b@example.com\"; relays = (\n"
			  "{ url = \"smtps://one.example.com\"; }, { url = "
			  "\"smtp://two.example.com/\"; },\n"
			  "{ url = \"smtp://[2001:db8::1]:2525\"; }, { url = "
			  "\"smtp://localhost:25\"; starttls = \"never\"; } ); };")
			 ->mail;

	assert_int_equal(mail->relays_n, 4);
	assert_int_equal(mail->relays[0].port, 465);
	assert_true(mail->relays[0].is_implicit_tls);
	assert_int_equal(mail->relays[1].port, 587);
	assert_int_equal(mail->relays[1].starttls, STARTTLS_REQUIRED);
	assert_string_equal(mail->relays[2].host, "2001:db8::1");
	assert_int_equal(mail->relays[2].port, 2525);
	assert_int_equal(mail->relays[3].starttls, STARTTLS_NEVER);
}

static void an_address_of_254_characters_is_accepted_and_255_are_not(void **state)
{
	struct lab *lab = *state;
	char local[256], text[512];

	memset(local, 'a', sizeof local);
	local[254 - 12] = '\0'; /* "@example.com" */
	(void)snprintf(text, sizeof text, ONE_TARGET "mail = { to = \"%s@example.com\"; };", local);
	assert_int_equal(lab_plan(lab, text)->mail.to_n, 1);
	generation_drop(lab->generation);
	(void)snprintf(text, sizeof text, ONE_TARGET "mail = { to = \"a%s@example.com\"; };",
		       local);
	assert_null(lab_load_text(lab, text));
	lab_expect_told(lab, "a plain address");
}

static void subjects_tell_facts_unless_threads_are_wanted(void **state)
{
	struct lab *lab = *state;

	assert_false(lab_plan(lab, RELAYED(""))->mail.is_subject_stable);
	generation_drop(lab->generation);
	assert_false(lab_plan(lab, RELAYED("subject = \"fact\";"))->mail.is_subject_stable);
	generation_drop(lab->generation);
	assert_true(lab_plan(lab, RELAYED("subject = \"stable\";"))->mail.is_subject_stable);
}

static void repeats_may_be_chosen(void **state)
{
	struct lab *lab = *state;
	const struct mail_plan *mail =
		&lab_plan(lab, RELAYED("repeat = [ \"30m\" ]; cap = 3; group_wait = \"0s\";"))
			 ->mail;

	assert_int_equal(mail->repeat[0], 30 * USEC_PER_MIN);
	assert_int_equal(mail->repeat[1], 0);
	assert_int_equal(mail->cap, 3);
	assert_int_equal(mail->group_wait, 0);
}

/* ---- warnings ---- */

static void a_sound_and_complete_configuration_is_not_warned_about(void **state)
{
	struct lab *lab = *state;

	(void)lab_plan(lab, RELAYED("") "page = { url = \"https://status.example.com/\"; };\n"
					"watchdogs = ( { name = \"home\"; token = "
					"\"env:CONF_TEST_TOKEN\"; } );");
	assert_string_equal(lab_told(lab), "");
}

static void a_short_interval_is_warned_about_but_not_on_loopback(void **state)
{
	struct lab *lab = *state;

	(void)lab_plan(lab,
		       "targets = (\n{ name = \"a\"; tcp = { address = \"192.0.2.1:22\"; "
		       "};\ninterval = \"9s\"; },\n"
		       "{ name = \"b\"; tcp = { address = \"[::1]:22\"; }; interval = \"1s\"; },\n"
		       "{ name = \"c\"; http = { url = \"http://localhost:80/\"; }; interval = "
		       "\"1s\"; },\n"
		       "{ name = \"d\"; http = { url = \"https://d.example.com/\"; }; interval = "
		       "\"10s\"; } );");
	lab_expect_told(lab, "test.cfg:3: warning: target \"a\" is probed every 9s");
	lab_expect_untold(lab, "\"b\"");
	lab_expect_untold(lab, "\"c\"");
	lab_expect_untold(lab, "\"d\"");
}

static void retests_that_are_never_used_are_warned_about(void **state)
{
	struct lab *lab = *state;

	(void)lab_plan(lab, TARGET("fall = 2;\nretest = [ \"5s\", \"5s\" ];"));
	lab_expect_told(lab, "test.cfg:2: warning: target \"a\" is down after 2 failures");
}

static void a_listener_for_the_world_is_warned_about(void **state)
{
	struct lab *lab = *state;

	(void)lab_plan(lab, ONE_TARGET
		       "listen = { address = \"0.0.0.0:8080\"; };\n"
		       "watchdogs = ( { name = \"home\"; token = \"env:CONF_TEST_TOKEN\"; } );");
	lab_expect_told(lab, "test.cfg:2: warning: the listener speaks plain HTTP");
}

static void a_watchdog_that_a_restart_would_silence_is_warned_about(void **state)
{
	struct lab *lab = *state;

	(void)lab_plan(lab, "watchdogs = (\n{ name = \"x\"; token = \"env:CONF_TEST_TOKEN\"; grace "
			    "= \"150s\"; } );");
	lab_expect_told(lab, "test.cfg:1: warning: watchdog \"x\" is silent after 210s");
}

static void a_stack_without_members_is_warned_about(void **state)
{
	struct lab *lab = *state;

	(void)lab_plan(lab, ONE_TARGET "stacks = ( { name = \"empty\"; } );");
	lab_expect_told(lab, "test.cfg:2: warning: nothing belongs to the stack \"empty\"");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, lab_open, lab_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_target_has_the_built_in_defaults),
		TEST(every_key_of_a_target_arrives),
		TEST(defaults_hold_for_all_and_a_target_overrules_them),
		TEST(the_least_and_the_longest_interval_are_accepted),
		TEST(the_bounds_of_fall_are_accepted),
		TEST(a_name_of_63_characters_is_accepted_and_64_are_not),
		TEST(a_short_interval_alone_shortens_what_depends_on_it),
		TEST(a_short_interval_overrules_times_of_the_defaults),
		TEST(a_short_timeout_alone_shortens_the_connect_timeout),
		TEST(a_timeout_just_below_the_interval_is_accepted),
		TEST(a_retest_as_long_as_the_interval_is_accepted),
		TEST(no_retest_at_all_is_accepted),
		TEST(targets_without_a_stack_share_an_implicit_one),
		TEST(the_implicit_stack_is_called_like_the_page),
		TEST(no_implicit_stack_is_made_when_all_have_one),
		TEST(a_configured_stack_called_default_takes_those_without_one),
		TEST(six_references_stand_behind_the_targets),
		TEST(references_keep_pace_with_the_quickest_target),
		TEST(references_keep_their_pace_beside_slow_targets),
		TEST(an_empty_list_of_references_is_warned_about),
		TEST(a_watchdog_has_the_built_in_defaults),
		TEST(a_ping_is_a_target_behind_those_that_are_probed),
		TEST(a_pings_built_in_grace_gives_way_to_its_period),
		TEST(a_ping_has_what_a_target_has),
		TEST(watchdogs_may_share_a_hook_by_their_labels),
		TEST(pull_makes_two_witnesses_behind_the_references),
		TEST(a_witness_knows_the_labels_and_who_we_are),
		TEST(one_of_the_two_may_be_asked_alone),
		TEST(a_pull_keeps_pace_with_quick_beats_on_loopback),
		TEST(a_stranger_is_asked_every_ten_seconds_at_most),
		TEST(a_public_listener_is_its_own_witness),
		TEST(a_public_url_without_a_listener_is_nobodys_witness),
		TEST(credentials_in_the_clear_are_warned_about),
		TEST(a_target_may_say_who_we_are),
		TEST(a_heartbeat_goes_where_it_is_told),
		TEST(a_canary_has_its_defaults),
		TEST(a_canary_without_a_second_way_is_warned_about),
		TEST(a_heartbeat_in_the_clear_is_warned_about_but_not_on_loopback),
		TEST(subjects_tell_facts_unless_threads_are_wanted),
		TEST(the_watcher_has_the_built_in_defaults),
		TEST(relative_folders_lie_beside_the_configuration),
		TEST(an_empty_address_turns_the_listener_off),
		TEST(a_zone_and_utc_are_known),
		TEST(without_mail_settings_mails_become_files),
		TEST(the_sender_may_have_a_name),
		TEST(message_ids_prefer_the_pages_host),
		TEST(recipients_have_the_plans_language_or_their_own),
		TEST(addresses_are_the_first_channels_and_have_their_terms),
		TEST(where_somebody_is_told_otherwise_no_file_is_written),
		TEST(that_nobody_is_told_at_once_is_said),
		TEST(relays_have_their_usual_ports),
		TEST(an_address_of_254_characters_is_accepted_and_255_are_not),
		TEST(repeats_may_be_chosen),
		TEST(a_sound_and_complete_configuration_is_not_warned_about),
		TEST(a_short_interval_is_warned_about_but_not_on_loopback),
		TEST(retests_that_are_never_used_are_warned_about),
		TEST(a_listener_for_the_world_is_warned_about),
		TEST(a_watchdog_that_a_restart_would_silence_is_warned_about),
		TEST(a_stack_without_members_is_warned_about),
	};

	if (setenv("CONF_TEST_TOKEN", "0123456789abcdef0123456789abcdef", 1) != 0 ||
	    setenv("CONF_TEST_OTHER", "fedcba9876543210fedcba9876543210", 1) != 0)
		return 1;
	return cmocka_run_group_tests_name("conf.plan", tests, NULL, NULL);
}
