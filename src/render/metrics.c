/*
 * metrics.c - the model as Prometheus text (exposition format 0.0.4).
 *
 * A metric is a row: name, help, type, and what writes its samples. It names
 * hidden targets too: /metrics is for loopback or behind a token
 * (DECISIONS 4). A value that is not known is left out, never guessed.
 */
#include <inttypes.h>

#include "base/buf.h"
#include "base/text.h"
#include "render/page.h"
#include "render/page_facts.h"

struct metric {
	const char *name, *type, *help;
	void (*write)(const struct metric *metric, const struct model *model, struct buf *to);
};

/* ---- samples ---- */

static void label_write(struct buf *to, const char *name, const char *value)
{
	buf_printf(to, "%s=\"", name);
	text_label(to, value);
	buf_putc(to, '"');
}

static void target_labels(const struct metric *metric, const struct model *m, size_t target,
			  struct buf *to)
{
	const struct target_plan *plan = m->targets[target].plan;

	buf_printf(to, "%s{", metric->name);
	label_write(to, "target", plan->name);
	buf_putc(to, ',');
	label_write(to, "stack", m->plan->stacks[plan->stack].name);
	if (target_twin(m->plan, (uint32_t)target) != NONE_INDEX) {
		buf_putc(to, ',');
		label_write(to, "family", plan->family == FAMILY_IPV6 ? "ipv6" : "ipv4");
	}
}

static void watchdog_labels(const struct metric *metric, const struct model *m, size_t watchdog,
			    struct buf *to)
{
	const struct watchdog_plan *plan = m->deadmen[watchdog].plan;

	buf_printf(to, "%s{", metric->name);
	label_write(to, "watchdog", plan->name);
	buf_putc(to, ',');
	label_write(to, "stack", m->plan->stacks[plan->stack].name);
}

/* Seconds with microseconds, without floating point. */
static void seconds_write(struct buf *to, usec_t span)
{
	usec_t us = span > 0 ? span : 0;

	buf_printf(to, "%" PRId64 ".%06" PRId64 "\n", us / USEC_PER_SEC, us % USEC_PER_SEC);
}

static void number_write(const struct metric *metric, struct buf *to, uint64_t n)
{
	buf_printf(to, "%s %" PRIu64 "\n", metric->name, n);
}

/* ---- targets ---- */

static bool is_planned(const struct target_view *t)
{
	return t->state == VERDICT_PAUSED || wall_is_set(t->planned_until);
}

/* Absent while unknown or in planned work: neither 0 nor 1 would be true. */
static void target_up(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->targets_n; i++) {
		enum verdict_state state = m->targets[i].state;

		if (state == VERDICT_UNKNOWN || is_planned(&m->targets[i]))
			continue;
		target_labels(metric, m, i, to);
		buf_printf(to, "} %d\n", verdict_is_failing(state) ? 0 : 1);
	}
}

static void target_state(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->targets_n; i++) {
		target_labels(metric, m, i, to);
		buf_putc(to, ',');
		label_write(to, "state", verdict_name(m->targets[i].state));
		buf_puts(to, "} 1\n");
	}
}

/* Where no window is configured nothing can ever be planned. */
static void target_planned(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; m->plan->windows_n > 0 && i < m->plan->targets_n; i++) {
		target_labels(metric, m, i, to);
		buf_printf(to, "} %d\n", is_planned(&m->targets[i]));
	}
}

static void target_slow(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->targets_n; i++) {
		if (m->targets[i].plan->slow == 0)
			continue;
		target_labels(metric, m, i, to);
		buf_printf(to, "} %d\n", m->targets[i].is_slow);
	}
}

static void probe_duration(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->targets_n; i++) {
		const struct target_view *t = &m->targets[i];

		/* How long a job took is known when it said that it began. */
		if (!wall_is_set(t->last_ok) || (t->plan->ping && t->ok_total_us == 0))
			continue;
		target_labels(metric, m, i, to);
		buf_puts(to, "} ");
		seconds_write(to, m->targets[i].ok_total_us);
	}
}

static void probe_phase(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->targets_n; i++) {
		const struct target_view *t = &m->targets[i];

		for (enum phase p = 0; wall_is_set(t->last_ok) && !t->plan->ping && p < PHASE_COUNT;
		     p++) {
			if (t->ok_phase_us[p] == PHASE_NOT_REACHED)
				continue;
			target_labels(metric, m, i, to);
			buf_putc(to, ',');
			label_write(to, "phase", phase_name(p));
			buf_puts(to, "} ");
			seconds_write(to, t->ok_phase_us[p]);
		}
	}
}

/* One sample a target, for a time it may not have. */
static void target_time(const struct metric *metric, const struct model *m, struct buf *to,
			size_t target, wall_t at)
{
	if (!wall_is_set(at))
		return;
	target_labels(metric, m, target, to);
	buf_puts(to, "} ");
	seconds_write(to, at.us);
}

static void probe_last(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->targets_n; i++)
		target_time(metric, m, to, i, m->targets[i].last_seen);
}

static void certificate_end(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->targets_n; i++)
		target_time(metric, m, to, i, m->targets[i].certificate.not_after);
}

/* ---- Watchdogs ---- */

static void deadman_silence(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->watchdogs_n; i++) {
		if (!wall_is_set(m->deadmen[i].last))
			continue;
		watchdog_labels(metric, m, i, to);
		buf_puts(to, "} ");
		seconds_write(to, wall_span(m->deadmen[i].last, m->now.wall));
	}
}

static void deadman_state_of(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->watchdogs_n; i++) {
		watchdog_labels(metric, m, i, to);
		buf_putc(to, ',');
		label_write(to, "state", deadman_name(m->deadmen[i].state));
		buf_puts(to, "} 1\n");
	}
}

static void deadman_beats(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->watchdogs_n; i++) {
		watchdog_labels(metric, m, i, to);
		buf_printf(to, "} %" PRIu64 "\n", m->deadmen[i].beats);
	}
}

static void deadman_cadence_of(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->watchdogs_n; i++) {
		if (m->deadmen[i].cadence == 0)
			continue;
		watchdog_labels(metric, m, i, to);
		buf_puts(to, "} ");
		seconds_write(to, m->deadmen[i].cadence);
	}
}

static void deadman_period(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->watchdogs_n; i++) {
		watchdog_labels(metric, m, i, to);
		buf_puts(to, "} ");
		seconds_write(to, m->plan->watchdogs[i].period);
	}
}

static void pull_state(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->watchdogs_n; i++) {
		if (m->deadmen[i].pull == PULL_NONE)
			continue;
		watchdog_labels(metric, m, i, to);
		buf_putc(to, ',');
		label_write(to, "state", facts_pull_name(m->deadmen[i].pull));
		buf_puts(to, "} 1\n");
	}
}

static void pull_age(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->watchdogs_n; i++) {
		if ((m->deadmen[i].pull != PULL_OK && m->deadmen[i].pull != PULL_STALE) ||
		    m->deadmen[i].pull_age < 0)
			continue;
		watchdog_labels(metric, m, i, to);
		buf_puts(to, "} ");
		seconds_write(to, m->deadmen[i].pull_age);
	}
}

/* ---- the watcher ---- */

/* 1 answers by its public name, 0 does not; absent while nobody has asked. */
static void listener_ok(const struct metric *metric, const struct model *m, struct buf *to)
{
	if (m->listener == LISTENER_OK || m->listener == LISTENER_FAILS)
		number_write(metric, to, m->listener == LISTENER_OK);
}

static void configuration_broken(const struct metric *metric, const struct model *m, struct buf *to)
{
	number_write(metric, to, m->trouble != NULL);
}

static void clock_wrong(const struct metric *metric, const struct model *m, struct buf *to)
{
	number_write(metric, to, m->is_clock_wrong);
}

static void drill_running(const struct metric *metric, const struct model *m, struct buf *to)
{
	number_write(metric, to, m->is_drill);
}

static void stack_diagnosis(const struct metric *metric, const struct model *m, struct buf *to)
{
	for (size_t i = 0; i < m->plan->stacks_n; i++) {
		buf_printf(to, "%s{", metric->name);
		label_write(to, "stack", m->plan->stacks[i].name);
		buf_putc(to, ',');
		label_write(to, "diagnosis", diagnosis_name(m->stacks[i].finding.primary));
		buf_puts(to, "} 1\n");
	}
}

/* 1 sees, 0 is isolated; absent when no references are configured. */
static void vantage_ok(const struct metric *metric, const struct model *m, struct buf *to)
{
	if (m->vantage != VANTAGE_UNCHECKED)
		number_write(metric, to, m->vantage == VANTAGE_OK);
}

static void references_up(const struct metric *metric, const struct model *m, struct buf *to)
{
	number_write(metric, to, m->references_up);
}

static void references_all(const struct metric *metric, const struct model *m, struct buf *to)
{
	number_write(metric, to, m->references);
}

static void incidents_open(const struct metric *metric, const struct model *m, struct buf *to)
{
	number_write(metric, to, m->incidents_n);
}

static void silences(const struct metric *metric, const struct model *m, struct buf *to)
{
	number_write(metric, to, m->silences_n);
}

static void notices_waiting(const struct metric *metric, const struct model *m, struct buf *to)
{
	number_write(metric, to, m->waiting_notices);
}

static void notice_age(const struct metric *metric, const struct model *m, struct buf *to)
{
	buf_printf(to, "%s ", metric->name);
	seconds_write(to, wall_is_set(m->oldest_notice) ?
				  wall_span(m->oldest_notice, m->now.wall) : 0);
}

static void mail_broken(const struct metric *metric, const struct model *m, struct buf *to)
{
	number_write(metric, to, model_is_mail_broken(m));
}

/* Absent until the first one has come. */
static void canary_delay(const struct metric *metric, const struct model *m, struct buf *to)
{
	if (!m->canary.is_wanted || !wall_is_set(m->canary.found))
		return;
	buf_printf(to, "%s ", metric->name);
	seconds_write(to, m->canary.delay);
}

static void canary_last(const struct metric *metric, const struct model *m, struct buf *to)
{
	if (!m->canary.is_wanted || !wall_is_set(m->canary.found))
		return;
	buf_printf(to, "%s ", metric->name);
	seconds_write(to, m->canary.found.us);
}

static void storage_failing(const struct metric *metric, const struct model *m, struct buf *to)
{
	number_write(metric, to, m->is_storage_failing);
}

static void report_number(const struct metric *metric, const struct model *m, struct buf *to)
{
	number_write(metric, to, m->report);
}

static void report_time(const struct metric *metric, const struct model *m, struct buf *to)
{
	buf_printf(to, "%s ", metric->name);
	seconds_write(to, m->now.wall.us);
}

static void build_info(const struct metric *metric, const struct model *m, struct buf *to)
{
	(void)m;
	buf_printf(to, "%s{version=\"%s\"} 1\n", metric->name, SHOREWATCH_VERSION);
}

static const struct metric metrics[] = {
	{ "shorewatch_target_up", "gauge",
	  "1 up, 0 down; absent while unknown or in planned work.", target_up },
	{ "shorewatch_target_state", "gauge", "The target's verdict, as a label.", target_state },
	{ "shorewatch_target_planned", "gauge",
	  "1 while planned work is under way; absent when no window is configured.",
	  target_planned },
	{ "shorewatch_target_slow", "gauge",
	  "1 while the target answers slower than its limit.", target_slow },
	{ "shorewatch_probe_duration_seconds", "gauge",
	  "How long the last good check took.", probe_duration },
	{ "shorewatch_probe_phase_seconds", "gauge",
	  "How long each phase of the last good check took.", probe_phase },
	{ "shorewatch_probe_timestamp_seconds", "gauge",
	  "Start of the last finished check.", probe_last },
	{ "shorewatch_certificate_not_after_seconds", "gauge",
	  "End of validity of the certificate last seen.", certificate_end },
	{ "shorewatch_deadman_seconds_since_beat", "gauge",
	  "Time since the Watchdog's last signal; absent before the first.", deadman_silence },
	{ "shorewatch_deadman_state", "gauge", "The deadman's state, as a label.",
	  deadman_state_of },
	{ "shorewatch_deadman_beats_total", "counter", "Signals received.", deadman_beats },
	{ "shorewatch_deadman_cadence_seconds", "gauge",
	  "Median gap between the last signals; absent while too few have come.",
	  deadman_cadence_of },
	{ "shorewatch_deadman_period_seconds", "gauge",
	  "How often signals are expected.", deadman_period },
	{ "shorewatch_deadman_pull", "gauge",
	  "What the Watchdog's witnesses say when asked, as a label.", pull_state },
	{ "shorewatch_deadman_pull_age_seconds", "gauge",
	  "How old the witness's news of the Watchdog is.", pull_age },
	{ "shorewatch_stack_diagnosis", "gauge", "What is wrong with a stack, as a label.",
	  stack_diagnosis },
	{ "shorewatch_vantage_ok", "gauge",
	  "1 when the watcher's own link works, 0 when isolated; absent when not checked.",
	  vantage_ok },
	{ "shorewatch_references_up", "gauge", "References that answer.", references_up },
	{ "shorewatch_references", "gauge", "References configured.", references_all },
	{ "shorewatch_incidents_open", "gauge", "Open incidents.", incidents_open },
	{ "shorewatch_silences", "gauge", "Silences that hold back mails.", silences },
	{ "shorewatch_notices_waiting", "gauge", "Notices that are not delivered yet.",
	  notices_waiting },
	{ "shorewatch_notice_oldest_seconds", "gauge", "Age of the oldest waiting notice.",
	  notice_age },
	{ "shorewatch_mail_broken", "gauge", "1 when mail cannot leave, or does not arrive.",
	  mail_broken },
	{ "shorewatch_canary_delay_seconds", "gauge",
	  "How long the last mail canary took; absent before the first one came.", canary_delay },
	{ "shorewatch_canary_last_success_timestamp_seconds", "gauge",
	  "When the last mail canary was found; absent before the first one came.", canary_last },
	{ "shorewatch_storage_failing", "gauge", "1 when the state cannot be written.",
	  storage_failing },
	{ "shorewatch_listener_ok", "gauge",
	  "1 when our own listener answers by its public name, 0 when not; absent when not asked.",
	  listener_ok },
	{ "shorewatch_configuration_broken", "gauge",
	  "1 while the last good copy runs in place of a broken configuration.",
	  configuration_broken },
	{ "shorewatch_clock_wrong", "gauge", "1 when other hosts say that it is another day.",
	  clock_wrong },
	{ "shorewatch_drill_running", "gauge", "1 while a drill runs: shorewatch drill.",
	  drill_running },
	{ "shorewatch_reports_total", "counter", "Number of the last report.", report_number },
	{ "shorewatch_report_timestamp_seconds", "gauge", "When the last report was written.",
	  report_time },
	{ "shorewatch_build_info", "gauge", "The program's version, as a label.", build_info },
};

void page_metrics(const struct model *model, struct buf *to)
{
	for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
		buf_printf(to, "# HELP %s %s\n# TYPE %s %s\n", metrics[i].name, metrics[i].help,
			   metrics[i].name, metrics[i].type);
		metrics[i].write(&metrics[i], model, to);
	}
}
