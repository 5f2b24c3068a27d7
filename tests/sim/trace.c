/*
 * trace.c - a setup as text, and back.
 *
 *   setup seed=7 until=86400 wall=1790000000 group_wait=60 recipients=1 relays=1 listener=1 stacks=1
 *   site stack=0 interval=60 timeout=10 slow=0 layer=edge named=1 family=4
 *   job stack=0 period=3600 grace=600
 *   watchdog stack=0 period=60 grace=240 group_interval=60 repeat_interval=30 pull=2
 *   reference family=4
 *   window ..., certificate-of-sites ...: see quiet_trace.c
 *   cluster which=0 from=3600.250000 to=4000 variant=3 by=0
 *
 * Times are seconds. '#' begins a comment. Whatever is not named is 0.
 */
#include "sim.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 512

static const char *const names[ORDEAL_KINDS] = {
	[ORDEAL_SERVICE] = "service",	     [ORDEAL_ROUTE] = "route",
	[ORDEAL_CERTIFICATE] = "certificate", [ORDEAL_LOSS] = "loss",
	[ORDEAL_LATENCY] = "latency",	     [ORDEAL_INGRESS] = "ingress",
	[ORDEAL_EDGE] = "edge",		     [ORDEAL_CLUSTER] = "cluster",
	[ORDEAL_UPLINK] = "uplink",	     [ORDEAL_ZONE] = "zone",
	[ORDEAL_PROMETHEUS] = "prometheus",   [ORDEAL_SILENCE] = "silence",
	[ORDEAL_PULL_PATH] = "pull-path",     [ORDEAL_PUSH_PATH] = "push-path",
	[ORDEAL_ALERTMANAGER] = "alertmanager", [ORDEAL_JOB] = "job-broken",
	[ORDEAL_REFERENCE] = "reference-broken", [ORDEAL_LISTENER] = "listener",
	[ORDEAL_RESOLVER] = "resolver",	     [ORDEAL_OWN_LINK] = "own-link",
	[ORDEAL_OWN_LOSS] = "own-loss",	     [ORDEAL_RELAY] = "relay",
	[ORDEAL_DISK] = "disk",		     [ORDEAL_ABSENCE] = "absence",
	[ORDEAL_SUSPEND] = "suspend",	     [ORDEAL_RELOAD] = "reload",
	[ORDEAL_STEP] = "step",	     [ORDEAL_HUSH] = "hush",
	[ORDEAL_ACK] = "acknowledge",	     [ORDEAL_RENEW] = "renew",
};

const char *ordeal_name(enum ordeal_kind kind)
{
	return names[kind];
}

/* ---- writing ---- */

void trace_seconds(FILE *to, const char *name, int64_t us)
{
	if (us % SEC == 0)
		fprintf(to, " %s=%" PRId64, name, us / SEC);
	else
		fprintf(to, " %s=%.6f", name, (double)us / SEC);
}

static void write_site(const struct site_setup *site, FILE *to)
{
	fprintf(to, "site stack=%d", site->stack);
	trace_seconds(to, "interval", site->interval);
	trace_seconds(to, "timeout", site->timeout);
	trace_seconds(to, "slow", site->slow);
	fprintf(to, " layer=%d named=%d family=%d", site->is_edge ? 2 : site->is_service,
		site->is_named, site->family);
	if (site->parents)
		fprintf(to, " parents=%u", site->parents);
	if (site->cert)
		fprintf(to, " certificate=%d", site->cert);
	fputc('\n', to);
}

static void write_watchdog(const struct watchdog_setup *w, int stack, FILE *to)
{
	if (!w->is_there)
		return;
	fprintf(to, "watchdog stack=%d", stack);
	trace_seconds(to, "period", w->period);
	trace_seconds(to, "grace", w->grace);
	trace_seconds(to, "group_interval", w->group_interval);
	trace_seconds(to, "repeat_interval", w->repeat_interval);
	fprintf(to, " pull=%d\n", w->has_pull + w->has_prometheus);
}

static void write_ordeal(const struct ordeal *f, FILE *to)
{
	fprintf(to, "%s which=%d", names[f->kind], f->which);
	trace_seconds(to, "from", f->from);
	trace_seconds(to, "to", f->to);
	fprintf(to, " variant=%u", f->variant);
	trace_seconds(to, "by", f->by);
	fputc('\n', to);
}

void setup_write(const struct setup *u, FILE *to)
{
	fprintf(to, "setup seed=%" PRIu64, u->seed);
	trace_seconds(to, "until", u->until);
	trace_seconds(to, "wall", u->wall);
	trace_seconds(to, "group_wait", u->group_wait);
	fprintf(to, " recipients=%d relays=%d listener=%d stacks=%d\n", u->recipients, u->relays,
		u->has_listener, u->stacks_n);
	for (int i = 0; i < u->sites_n; i++)
		write_site(&u->sites[i], to);
	for (int i = 0; i < u->jobs_n; i++) {
		fprintf(to, "job stack=%d", u->jobs[i].stack);
		trace_seconds(to, "period", u->jobs[i].period);
		trace_seconds(to, "grace", u->jobs[i].grace);
		fputc('\n', to);
	}
	for (int i = 0; i < u->stacks_n; i++)
		write_watchdog(&u->watchdogs[i], i, to);
	for (int i = 0; i < u->refs_n; i++)
		fprintf(to, "reference family=%d\n", u->refs[i]);
	quiet_write(u, to);
	for (size_t i = 0; i < u->ordeals_n; i++)
		write_ordeal(&u->ordeals[i], to);
}

/* ---- reading ---- */

int64_t trace_micros(const char *line, const char *name)
{
	char key[40];
	const char *at;
	char *end;
	int64_t whole, micro = 0, scale = SEC;
	bool is_negative;

	(void)snprintf(key, sizeof key, " %s=", name);
	at = strstr(line, key);
	if (!at)
		return 0;
	at += strlen(key);
	is_negative = *at == '-';
	whole = strtoll(at + is_negative, &end, 10);
	for (at = end + 1; *end == '.' && *at >= '0' && *at <= '9' && scale > 1; at++) {
		scale /= 10;
		micro += (*at - '0') * scale;
	}
	return (is_negative ? -1 : 1) * (whole * SEC + micro);
}

static int64_t number(const char *line, const char *name)
{
	return trace_micros(line, name) / SEC;
}

static uint64_t big(const char *line, const char *name)
{
	char key[40];
	const char *at;

	(void)snprintf(key, sizeof key, " %s=", name);
	at = strstr(line, key);
	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

static bool read_setup(struct setup *u, const char *line)
{
	u->seed = big(line, "seed");
	u->until = trace_micros(line, "until");
	u->wall = trace_micros(line, "wall");
	u->group_wait = trace_micros(line, "group_wait");
	u->recipients = (int)number(line, "recipients");
	u->relays = (int)number(line, "relays");
	u->has_listener = number(line, "listener") != 0;
	u->stacks_n = (int)number(line, "stacks");
	return u->stacks_n >= 1 && u->stacks_n <= STACKS_MAX && u->recipients >= 1 &&
	       u->recipients <= 2 && u->relays >= 1 && u->relays <= 2;
}

static bool read_site(struct setup *u, const char *line)
{
	if (u->sites_n == SITES_MAX)
		return false;
	u->sites[u->sites_n++] = (struct site_setup){
		.stack = (int)number(line, "stack"),
		.interval = trace_micros(line, "interval"),
		.timeout = trace_micros(line, "timeout"),
		.slow = trace_micros(line, "slow"),
		.is_edge = number(line, "layer") == 2,
		.is_service = number(line, "layer") == 1,
		.is_named = number(line, "named") != 0,
		.family = (int)number(line, "family"),
		.parents = (unsigned)number(line, "parents") & ((1u << u->sites_n) - 1),
		.cert = (int)number(line, "certificate"),
	};
	return u->sites[u->sites_n - 1].cert <= CERTS_MAX;
}

static bool read_job(struct setup *u, const char *line)
{
	if (u->jobs_n == JOBS_MAX)
		return false;
	u->jobs[u->jobs_n++] = (struct job_setup){ .stack = (int)number(line, "stack"),
						   .period = trace_micros(line, "period"),
						   .grace = trace_micros(line, "grace") };
	return true;
}

static bool read_watchdog(struct setup *u, const char *line)
{
	int64_t stack = number(line, "stack");

	if (stack < 0 || stack >= STACKS_MAX)
		return false;
	u->watchdogs[stack] = (struct watchdog_setup){
		.is_there = true,
		.has_pull = number(line, "pull") > 0,
		.has_prometheus = number(line, "pull") > 1,
		.period = trace_micros(line, "period"),
		.grace = trace_micros(line, "grace"),
		.group_interval = trace_micros(line, "group_interval"),
		.repeat_interval = trace_micros(line, "repeat_interval"),
	};
	return true;
}

static bool read_reference(struct setup *u, const char *line)
{
	if (u->refs_n == REFS_MAX)
		return false;
	u->refs[u->refs_n++] = (int)number(line, "family");
	return true;
}

static bool read_ordeal(struct setup *u, const char *what, const char *line)
{
	for (int kind = 0; kind < ORDEAL_KINDS; kind++) {
		if (strcmp(names[kind], what) != 0 || u->ordeals_n == ORDEALS_MAX)
			continue;
		u->ordeals[u->ordeals_n++] = (struct ordeal){
			.kind = (enum ordeal_kind)kind,
			.which = (int)number(line, "which"),
			.from = trace_micros(line, "from"),
			.to = trace_micros(line, "to"),
			.variant = (unsigned)number(line, "variant"),
			.by = trace_micros(line, "by"),
		};
		return true;
	}
	return false;
}

static bool read_line(struct setup *u, const char *line)
{
	static const struct {
		const char *what;
		bool (*read)(struct setup *u, const char *line);
	} readers[] = {
		{ "setup", read_setup },       { "site", read_site },
		{ "job", read_job },	       { "watchdog", read_watchdog },
		{ "reference", read_reference }, { "window", window_read },
		{ "certificate-of-sites", cert_read },
	};
	char what[32];
	size_t n = strcspn(line, " \n");

	if (n == 0 || line[0] == '#')
		return true;
	(void)snprintf(what, sizeof what, "%.*s", (int)n, line);
	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
		if (strcmp(readers[i].what, what) == 0)
			return readers[i].read(u, line);
	return read_ordeal(u, what, line);
}

bool setup_read(const char *file, struct setup *ret)
{
	char line[LINE_MAX_BYTES];
	FILE *from = fopen(file, "r");
	unsigned number_of_line = 0;
	bool is_good = true;

	*ret = (struct setup){ .seed = 0 };
	if (!from) {
		fprintf(stderr, "%s: cannot be read\n", file);
		return false;
	}
	while (is_good && fgets(line, sizeof line, from)) {
		number_of_line++;
		is_good = read_line(ret, line);
	}
	(void)fclose(from);
	if (!is_good)
		fprintf(stderr, "%s:%u: not understood\n", file, number_of_line);
	return is_good && ret->stacks_n > 0 && ret->sites_n + ret->jobs_n > 0;
}
