/*
 * summary.c - see summary.h: the documents, and their heads.
 *
 * Every document names the page and when it was last updated, which is the
 * report's own time: a client sees by it when the watcher has stopped.
 */
#include "render/summary.h"

#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "render/summary_parts.h"

#define ISO_SECONDS 19 /* characters of "2026-11-21T14:25:12" */

/* ---- members ---- */

void null_field(struct document *d, const char *key)
{
	json_key(&d->json, key);
	json_null(&d->json);
}

void summary_time(struct document *d, const char *key, wall_t at)
{
	struct buf iso = BUF_INIT(64), time = BUF_INIT(64);

	if (wall_is_set(at)) {
		calendar_print_iso(&iso, at);
		buf_add(&time, buf_text(&iso), ISO_SECONDS);
		buf_puts(&time, ".000");
		buf_puts(&time, buf_text(&iso) + ISO_SECONDS);
	}
	text_field(d, key, wall_is_set(at) ? buf_text(&time) : NULL);
	buf_done(&iso);
	buf_done(&time);
}

void summary_page_id(struct document *d, const char *key)
{
	const char *url = d->model->plan->page.url;
	const char *host = url != NULL ? strstr(url, "://") : NULL;
	struct buf id = BUF_INIT(1024);

	if (host != NULL)
		buf_add(&id, host + 3, strcspn(host + 3, "/:?#"));
	text_field(d, key, id.n > 0 && !buf_failed(&id) ? buf_text(&id) : "page");
	buf_done(&id);
}

void summary_link(struct document *d, const char *key, const char *folder, const char *name)
{
	const char *url = d->model->plan->page.url;
	struct buf link = BUF_INIT(LINE_MAX_BYTES);

	if (url != NULL) {
		buf_puts(&link, url);
		if (url[0] == '\0' || url[strlen(url) - 1] != '/')
			buf_putc(&link, '/');
		buf_printf(&link, "%s%s.html", folder, name);
	}
	text_field(d, key, url != NULL ? buf_text(&link) : NULL);
	buf_done(&link);
}

/* ---- heads ---- */

static void page_write(struct document *d)
{
	json_key(&d->json, "page");
	json_object(&d->json);
	summary_page_id(d, "id");
	text_field(d, "name", page_title(d->model));
	text_field(d, "url", d->model->plan->page.url);
	text_field(d, "time_zone", d->model->plan->timezone);
	summary_time(d, "updated_at", d->model->now.wall);
	json_object_end(&d->json);
}

/* status-page.md 3: how each finding, or else each look, is called there. */
static const char *const indicators[DIAGNOSIS_COUNT] = {
	[DIAGNOSIS_ISOLATED] = "minor",		[DIAGNOSIS_STACK_DOWN] = "critical",
	[DIAGNOSIS_EDGE_DOWN] = "critical",	[DIAGNOSIS_BACKENDS_DOWN] = "major",
	[DIAGNOSIS_UNREACHABLE] = "critical",	[DIAGNOSIS_DNS_FAULT] = "major",
	[DIAGNOSIS_SITE_DOWN] = "major",	[DIAGNOSIS_PROMETHEUS_DEAD] = "minor",
	[DIAGNOSIS_WATCHDOG_SILENCED] = "minor", [DIAGNOSIS_BEATS_LOST] = "minor",
	[DIAGNOSIS_LISTENER_BROKEN] = "minor",	[DIAGNOSIS_ALERTING_DEAD] = "minor",
};

static const char *indicator_of(const struct facts *f)
{
	static const char *const calm[LOOK_COUNT] = {
		[LOOK_UP] = "none",	 [LOOK_SLOW] = "minor", [LOOK_MAINT] = "maintenance",
		[LOOK_UNKNOWN] = "none", [LOOK_SITE] = "major", [LOOK_STACK] = "critical",
	};

	return indicators[f->finding] != NULL ? indicators[f->finding] : calm[f->look];
}

static void status_write(struct document *d)
{
	struct buf headline = BUF_INIT(LINE_MAX_BYTES);
	const struct sheet s = { .model = d->model, .facts = d->facts,
					 .language = d->model->plan->language, .to = &headline };

	page_write_headline(&headline, &s);
	json_key(&d->json, "status");
	json_object(&d->json);
	text_field(d, "indicator", indicator_of(d->facts));
	text_field(d, "description", buf_text(&headline));
	json_object_end(&d->json);
	buf_done(&headline);
}

/* ---- documents ---- */

static const struct part {
	const char *name;
	bool has_status, has_components, has_incidents, has_past, has_active, has_upcoming;
} parts[SUMMARY_PARTS] = {
	[SUMMARY_WHOLE] = { .name = "api/v2/summary.json",
			    .has_status = true,
			    .has_components = true,
			    .has_incidents = true,
			    .has_active = true,
			    .has_upcoming = true },
	[SUMMARY_STATUS] = { .name = "api/v2/status.json", .has_status = true },
	[SUMMARY_COMPONENTS] = { .name = "api/v2/components.json", .has_components = true },
	[SUMMARY_INCIDENTS] = { .name = "api/v2/incidents.json",
				.has_incidents = true,
				.has_past = true },
	[SUMMARY_UNRESOLVED] = { .name = "api/v2/incidents/unresolved.json",
				 .has_incidents = true },
	[SUMMARY_MAINTENANCES] = { .name = "api/v2/scheduled-maintenances.json",
				   .has_active = true,
				   .has_upcoming = true },
	[SUMMARY_UPCOMING] = { .name = "api/v2/scheduled-maintenances/upcoming.json",
			       .has_upcoming = true },
	[SUMMARY_ACTIVE] = { .name = "api/v2/scheduled-maintenances/active.json",
			     .has_active = true },
};

const char *summary_name(enum summary_part part)
{
	return parts[part].name;
}

void summary_draw(const struct model *model, enum summary_part part, struct buf *to,
		  const struct page_drain *drain)
{
	const struct part *p = &parts[part];
	struct facts facts;

	facts_gather(model, &facts);
	struct document d = { .model = model, .facts = &facts, .drain = drain };

	json_begin(&d.json, to);
	json_object(&d.json);
	page_write(&d);
	if (p->has_components)
		summary_components(&d);
	if (p->has_incidents)
		summary_incidents(&d, p->has_past);
	if (p->has_active || p->has_upcoming)
		summary_maintenances(&d, p->has_active, p->has_upcoming);
	if (p->has_status)
		status_write(&d);
	json_object_end(&d.json);
	buf_putc(to, '\n');
}
