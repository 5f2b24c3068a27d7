/*
 * quiet_trace.c - planned work and certificates as lines of a trace, and back.
 *
 *   window scope=1 zone=1 from=0 until=0 minute=30 hours=4 days=0 months=0 weekdays=1
 *      duration=0 ends=240 (one line)
 *   certificate-of-sites from=-7000000 ends=776000
 *
 * A scope is a number: see enum scope_code. Hours, days, months and weekdays
 * are bits, 0 is each of them; ends=-1: it lasts for its duration.
 */
#include "sim.h"

static bool is_scope(int64_t scope)
{
	return (scope >= 0 && scope < SCOPE_DOG + STACKS_MAX) ||
	       (scope >= SCOPE_SITE && scope < SCOPE_SITE + SITES_MAX) ||
	       (scope >= SCOPE_JOB && scope < SCOPE_JOB + JOBS_MAX);
}

static void write_window(const struct window_setup *w, FILE *to)
{
	fprintf(to, "window scope=%d zone=%d", w->scope, (int)w->zone);
	trace_seconds(to, "from", w->from);
	trace_seconds(to, "until", w->until);
	fprintf(to, " minute=%d hours=%u days=%u months=%u weekdays=%u", w->minute, w->hours,
		w->days, w->months, w->weekdays);
	trace_seconds(to, "duration", w->duration);
	fprintf(to, " ends=%d\n", w->ends);
}

void quiet_write(const struct setup *u, FILE *to)
{
	for (int i = 0; i < u->windows_n; i++)
		write_window(&u->windows[i], to);
	for (int i = 0; i < u->certs_n; i++) {
		fprintf(to, "certificate-of-sites");
		trace_seconds(to, "from", u->certs[i].from);
		trace_seconds(to, "ends", u->certs[i].ends);
		fputc('\n', to);
	}
}

static unsigned bits(const char *line, const char *name)
{
	return (unsigned)(trace_micros(line, name) / SEC);
}

bool window_read(struct setup *u, const char *line)
{
	int64_t scope = trace_micros(line, "scope") / SEC, zone = trace_micros(line, "zone") / SEC;

	if (u->windows_n == WINDOWS_MAX || !is_scope(scope) || zone < 0 || zone >= ZONES)
		return false;
	u->windows[u->windows_n++] = (struct window_setup){
		.scope = (int)scope,
		.zone = (enum zone_code)zone,
		.from = trace_micros(line, "from"),
		.until = trace_micros(line, "until"),
		.minute = (int)bits(line, "minute"),
		.hours = bits(line, "hours"),
		.days = bits(line, "days"),
		.months = bits(line, "months"),
		.weekdays = bits(line, "weekdays"),
		.duration = trace_micros(line, "duration"),
		.ends = (int)(trace_micros(line, "ends") / SEC),
	};
	return true;
}

bool cert_read(struct setup *u, const char *line)
{
	if (u->certs_n == CERTS_MAX)
		return false;
	u->certs[u->certs_n++] = (struct cert_setup){ .from = trace_micros(line, "from"),
						      .ends = trace_micros(line, "ends") };
	return true;
}
