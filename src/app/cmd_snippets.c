/*
 * cmd_snippets.c - `snippets`: the other side's configuration, ready to paste,
 * filled in from ours. Secrets are not printed.
 *
 * What our configuration does not say stands there as an example, and a line at
 * the top says what must be filled in: a snippet with a wrong address looks
 * right for as long as nobody needs it.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "app/cli.h"
#include "app/snippet_web.h"
#include "base/words.h"

#define EXAMPLE_URL "https://status.example.net"

/* The address others use, without a '/' at its end. */
static int public_url(const struct plan *plan, const char **ret)
{
	const char *url = plan->listen.public_url ? plan->listen.public_url : EXAMPLE_URL;
	size_t n = strlen(url);

	*ret = url;
	return (int)(n > 0 && url[n - 1] == '/' ? n - 1 : n);
}

static void print_example_warning(const struct plan *plan)
{
	if (!plan->listen.public_url)
		(void)printf("# FILL IN: listen.public_url is not set, so that \"" EXAMPLE_URL
			     "\" below is only an example;\n"
			     "# set it and ask again, or write the address by which the cluster "
			     "reaches shorewatch.\n");
}

/* ---- Alertmanager ---- */

static bool same_hook_before(const struct plan *plan, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(plan->watchdogs[i].hook, plan->watchdogs[index].hook) == 0)
			return true;
	return false;
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
		     "              authorization: { credentials_file: "
		     "/etc/alertmanager/secrets/shorewatch-token/token }\n",
		     n, url, w->hook);
}

/* Values of kube-prometheus-stack; lists replace the chart's, so they are whole (watchdog.md 10).
 */
static int print_alertmanager(const struct plan *plan)
{
	if (plan->watchdogs_n == 0) {
		(void)fprintf(
			stderr,
			"shorewatch snippets: %s has no watchdog; add one to watchdogs first\n",
			plan->file);
		return EXIT_BAD_NEWS;
	}
	print_example_warning(plan);
	for (size_t i = 0; i < plan->watchdogs_n; i++) {
		if (same_hook_before(plan, i))
			continue;
		(void)printf("# values.yaml of kube-prometheus-stack, for the watchdog \"%s\".\n"
			     "# The token: kubectl -n monitoring create secret generic "
			     "shorewatch-token --from-file=token\n"
			     "alertmanager:\n"
			     "  alertmanagerSpec:\n"
			     "    secrets: [shorewatch-token]\n"
			     "  config:\n"
			     "    global:                             # yours\n"
			     "      smtp_smarthost: 'smtp.example.com:587'\n"
			     "      smtp_from: 'alertmanager@example.com'\n"
			     "    route:\n"
			     "      receiver: alert-email             # yours\n"
			     "      routes:                           # replaces the chart's, "
			     "which sends the Watchdog to null\n"
			     "        - receiver: shorewatch\n"
			     "          matchers: [ 'alertname = \"Watchdog\"' ]\n"
			     "          group_by: ['...']\n"
			     "          group_wait: 0s\n"
			     "          group_interval: %llds           # the real cadence\n"
			     "          repeat_interval: %llds          # below group_interval, "
			     "above the peers' 15 s\n"
			     "        - receiver: 'null'\n"
			     "          matchers: [ 'alertname = \"InfoInhibitor\"' ]\n"
			     "    receivers:                          # replaces the chart's: keep "
			     "'null' and add yours\n"
			     "      - name: 'null'\n"
			     "      - name: alert-email               # yours\n"
			     "        email_configs: [ { to: 'you@example.com', send_resolved: "
			     "true } ]\n",
			     plan->watchdogs[i].name,
			     (long long)(plan->watchdogs[i].period / USEC_PER_SEC),
			     (long long)(plan->watchdogs[i].period / USEC_PER_SEC / 2));
		print_receiver(plan, &plan->watchdogs[i]);
	}
	return EXIT_GOOD;
}

/* ---- Prometheus ---- */

/* "https://host:port/path" in its parts; the port is part of the host. */
struct place {
	const char *scheme;
	int host_n, path_n;
	const char *host, *path;
	bool has_port;
};

static struct place place_of(const struct plan *plan)
{
	struct place place = { .scheme = "https" };
	const char *url;
	int n = public_url(plan, &url);
	const char *host = strstr(url, "://");

	if (strncasecmp(url, "http://", 7) == 0)
		place.scheme = "http";
	host = host ? host + 3 : url;
	place.host = host;
	place.host_n = (int)strcspn(host, "/");
	if (place.host_n > n - (int)(host - url))
		place.host_n = n - (int)(host - url);
	place.path = host + place.host_n;
	place.path_n = n - (int)(place.path - url);
	place.has_port = memchr(host, ':', (size_t)place.host_n) != NULL;
	return place;
}

static void print_scrape(const struct plan *plan)
{
	struct place place = place_of(plan);

	(void)printf("scrape_configs:\n"
		     "  - job_name: shorewatch\n"
		     "    scrape_interval: 1m\n"
		     "    scheme: %s\n"
		     "    metrics_path: %.*s/metrics\n",
		     place.scheme, place.path_n, place.path);
	if (plan->listen.metrics_token)
		(void)printf("    authorization:\n"
			     "      credentials_file: "
			     "/etc/prometheus/secrets/shorewatch-metrics/token\n");
	else
		(void)printf("    # Without listen.metrics_token /metrics answers on loopback "
			     "only: set one, put it into a\n"
			     "    # file, and add here   authorization: { credentials_file: "
			     "/path/of/that/file }\n");
	(void)printf("    static_configs:\n"
		     "      - targets: ['%.*s%s']\n",
		     place.host_n, place.host,
		     place.has_port			 ? ""
		     : strcmp(place.scheme, "http") == 0 ? ":80"
							 : ":443");
}

/* The watcher watches the cluster; these let the cluster tell that nobody watches it any more. */
static const char rules[] =
	"groups:\n"
	"  - name: shorewatch\n"
	"    rules:\n"
	"      - alert: ShorewatchGone\n"
	"        expr: absent(up{job=\"shorewatch\"}) or up{job=\"shorewatch\"} == 0\n"
	"        for: 5m\n"
	"        labels: { severity: warning }\n"
	"        annotations:\n"
	"          summary: The watcher outside does not answer, so nobody would tell of an outage "
	"of everything.\n"
	"      - alert: ShorewatchStuck\n"
	"        expr: time() - shorewatch_report_timestamp_seconds{job=\"shorewatch\"} > 300\n"
	"        for: 2m\n"
	"        labels: { severity: warning }\n"
	"        annotations:\n"
	"          summary: The watcher outside answers, but its report is older than 5 minutes.\n"
	"      - alert: ShorewatchMailBroken\n"
	"        expr: shorewatch_mail_broken{job=\"shorewatch\"} == 1\n"
	"        for: 5m\n"
	"        labels: { severity: warning }\n"
	"        annotations:\n"
	"          summary: The watcher outside has mails that it cannot deliver; \"shorewatch "
	"mails\" there says why.\n"
	"      - alert: ShorewatchStorageFailing\n"
	"        expr: shorewatch_storage_failing{job=\"shorewatch\"} == 1\n"
	"        for: 10m\n"
	"        labels: { severity: warning }\n"
	"        annotations:\n"
	"          summary: The watcher outside cannot write its state.\n";

static int print_prometheus(const struct plan *plan)
{
	if (!plan->listen.address) {
		(void)fprintf(stderr,
			      "shorewatch snippets: listen.address in %s is empty; without a "
			      "listener there is no /metrics\n",
			      plan->file);
		return EXIT_BAD_NEWS;
	}
	print_example_warning(plan);
	(void)printf("# Two parts. For kube-prometheus-stack: the job goes below\n"
		     "# prometheus.prometheusSpec.additionalScrapeConfigs, the groups below "
		     "additionalPrometheusRulesMap.shorewatch.\n"
		     "# ---- prometheus.yml ----\n");
	print_scrape(plan);
	(void)printf("---\n# ---- a file of rule_files ----\n%s", rules);
	return EXIT_GOOD;
}

/* ---- which ---- */

static const struct snippet {
	const char *name;
	int (*print)(const struct plan *plan);
} snippets[] = {
	{ "alertmanager", print_alertmanager },
	{ "prometheus", print_prometheus },
	{ "nginx", snippet_nginx },
	{ "caddy", snippet_caddy },
};

#define SNIPPETS_N (sizeof snippets / sizeof snippets[0])

static int refuse(const char *name)
{
	const char *names[SNIPPETS_N + 1] = { NULL };
	const char *near;

	for (size_t i = 0; i < SNIPPETS_N; i++)
		names[i] = snippets[i].name;
	near = words_nearest(name, names);
	(void)fprintf(stderr,
		      "shorewatch snippets: there is no \"%s\"%s%s%s; say alertmanager, prometheus, "
		      "nginx or caddy\n",
		      name, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return EXIT_USAGE;
}

int command_snippets(const struct arguments *a)
{
	struct generation *generation;
	int status;

	for (size_t i = 0; i < SNIPPETS_N; i++) {
		if (strcmp(snippets[i].name, a->words[0]) != 0)
			continue;
		generation = cli_load_plain(a);
		status = generation ? snippets[i].print(&generation->plan) : EXIT_BAD_NEWS;
		generation_drop(generation);
		return status;
	}
	return refuse(a->words[0]);
}
