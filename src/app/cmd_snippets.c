/*
 * cmd_snippets.c - `snippets`: the other side's configuration, ready to paste,
 * filled in from ours. Secrets are not printed.
 */
#include <stdio.h>
#include <string.h>

#include "app/cli.h"

/* The address others use, without a '/' at its end. */
static int public_url(const struct plan *plan, const char **ret)
{
	const char *url = plan->listen.public_url ? plan->listen.public_url : "https://status.example.net";
	size_t n = strlen(url);

	*ret = url;
	return (int)(n > 0 && url[n - 1] == '/' ? n - 1 : n);
}

static int same_hook_before(const struct plan *plan, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(plan->watchdogs[i].hook, plan->watchdogs[index].hook) == 0)
			return 1;
	return 0;
}

static void print_receiver(const struct plan *plan, const struct watchdog_plan *w)
{
	const char *url;
	int n = public_url(plan, &url);

	(void)printf("      - name: shorewatch\n"
		     "        webhook_configs:\n"
		     "          - url: %.*s/hook/%s\n"
		     "            http_config:\n"
		     "              follow_redirects: false\n"
		     "              authorization: { credentials_file: /etc/alertmanager/secrets/shorewatch-token/token }\n",
		     n, url, w->hook);
}

/* Values of kube-prometheus-stack; lists replace the chart's, so they are whole (watchdog.md 10). */
static int print_alertmanager(const struct plan *plan)
{
	if (plan->watchdogs_n == 0) {
		(void)fprintf(stderr, "shorewatch snippets: the configuration has no watchdog; add one to watchdogs first\n");
		return EXIT_BAD_NEWS;
	}
	for (size_t i = 0; i < plan->watchdogs_n; i++) {
		if (same_hook_before(plan, i))
			continue;
		(void)printf("# values.yaml of kube-prometheus-stack, for the watchdog \"%s\".\n"
			     "# The token: kubectl -n monitoring create secret generic shorewatch-token --from-file=token\n"
			     "alertmanager:\n"
			     "  alertmanagerSpec:\n"
			     "    secrets: [shorewatch-token]\n"
			     "  config:\n"
			     "    route:\n"
			     "      receiver: alert-email             # yours\n"
			     "      routes:                           # replaces the chart's, which sends the Watchdog to null\n"
			     "        - receiver: shorewatch\n"
			     "          matchers: [ 'alertname = \"Watchdog\"' ]\n"
			     "          group_by: ['...']\n"
			     "          group_wait: 0s\n"
			     "          group_interval: %llds           # the real cadence\n"
			     "          repeat_interval: %llds          # below group_interval, above the peers' 15 s\n"
			     "        - receiver: 'null'\n"
			     "          matchers: [ 'alertname = \"InfoInhibitor\"' ]\n"
			     "    receivers:                          # replaces the chart's: keep 'null' and add yours\n"
			     "      - name: 'null'\n"
			     "      - name: alert-email               # yours\n"
			     "        email_configs: [ { to: 'you@example.com', send_resolved: true } ]\n",
			     plan->watchdogs[i].name, (long long)(plan->watchdogs[i].period / USEC_PER_SEC),
			     (long long)(plan->watchdogs[i].period / USEC_PER_SEC / 2));
		print_receiver(plan, &plan->watchdogs[i]);
	}
	return EXIT_GOOD;
}

static int print_nginx(const struct plan *plan)
{
	if (!plan->listen.address) {
		(void)fprintf(stderr, "shorewatch snippets: listen.address is empty; there is nothing to put nginx before\n");
		return EXIT_BAD_NEWS;
	}
	(void)printf("# In a server { } with your certificate.\n"
		     "location / {\n"
		     "    proxy_pass http://%s;\n"
		     "    proxy_set_header Host $host;\n"
		     "    proxy_set_header X-Forwarded-For $remote_addr;   # /metrics then needs its token\n"
		     "    proxy_read_timeout 15s;\n"
		     "    client_max_body_size 1m;\n"
		     "}\n",
		     plan->listen.address);
	return EXIT_GOOD;
}

static const struct snippet {
	const char *name;
	int (*print)(const struct plan *plan);
} snippets[] = {
	{ "alertmanager", print_alertmanager },
	{ "nginx", print_nginx },
};

int command_snippets(const struct arguments *a)
{
	struct generation *generation = NULL;
	int status = EXIT_USAGE;

	for (size_t i = 0; i < sizeof snippets / sizeof snippets[0]; i++) {
		if (strcmp(snippets[i].name, a->words[0]) != 0)
			continue;
		generation = cli_load(a->config, false);
		status = generation ? snippets[i].print(&generation->plan) : EXIT_BAD_NEWS;
		if (generation)
			generation_drop(generation);
		return status;
	}
	(void)fprintf(stderr, "shorewatch snippets: there is no \"%s\"; say alertmanager or nginx\n", a->words[0]);
	return status;
}
