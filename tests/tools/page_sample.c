/*
 * page_sample.c - sample pages of every state into a folder, to be looked at.
 *
 * Not a test: people and browsers judge what it writes. One sub-folder a
 * state, each a whole page with both languages, style, favicons and JSON.
 *
 * page_sample DIR
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "model_many.h"
#include "model_quiet.h"
#include "render/page.h"

#define FILE_CAP (4 * 1024 * 1024)

static int failures;

static void file_write(const char *folder, const char *name, const void *bytes, size_t n)
{
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	if (file == NULL || fwrite(bytes, 1, n, file) != n)
		failures++;
	if (file != NULL && fclose(file) != 0)
		failures++;
}

static void buf_write(const char *folder, const char *name, struct buf *b)
{
	if (buf_failed(b))
		failures++;
	else
		file_write(folder, name, buf_text(b), b->n);
	buf_done(b);
}

static void alive_write(const char *folder, const struct model *model)
{
	static const char picture[] =
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"400\"/>\n";
	char path[4096], name[64];

	(void)snprintf(path, sizeof path, "%s/alive", folder);
	(void)mkdir(path, 0755);
	(void)snprintf(name, sizeof name, "alive/%llu.svg", (unsigned long long)model->report + 1);
	file_write(folder, name, picture, sizeof picture - 1);
}

static void page_write(const char *dir, const char *state, const struct model *model)
{
	static const char *const icons[] = { "up", "slow", "down", "maint", "unknown" };
	char folder[2048], name[64];
	struct buf b = BUF_INIT(FILE_CAP);

	(void)snprintf(folder, sizeof folder, "%s/%s", dir, state);
	if (mkdir(folder, 0755) != 0 && errno != EEXIST)
		failures++;
	page_index(model, LANGUAGE_EN, &b);
	buf_write(folder, "index.html", &b);
	page_index(model, LANGUAGE_JA, &b);
	buf_write(folder, "index.ja.html", &b);
	page_status_json(model, &b);
	buf_write(folder, "status.json", &b);
	page_metrics(model, &b);
	buf_write(folder, "metrics.txt", &b);
	file_write(folder, page_style_name(), style_css, style_css_bytes);
	for (size_t i = 0; i < sizeof icons / sizeof *icons; i++) {
		(void)snprintf(name, sizeof name, "favicon-%s.svg", icons[i]);
		page_favicon(icons[i], &b);
		buf_write(folder, name, &b);
	}
	alive_write(folder, model);
}

static void model_mixed(struct fixture *f)
{
	model_site_down(f);
	target_suspect(f, BLOG, 1);
	f->targets[MKWEB].state = VERDICT_RECOVERING;
	f->targets[MKWEB].failure = (struct outcome){ PHASE_TLS, CAUSE_EXPIRED };
	f->targets[KAPI].is_slow = true;
	f->target_plans[KAPI].slow = 2 * USEC_PER_SEC;
	f->targets[INGRESS].state = VERDICT_PAUSED;
	target_unknown(f, SSH);
	f->deadmen[0].state = DEADMAN_LATE;
	f->model.is_mail_broken = true;
	f->model.oldest_notice = clock_of(14, 10, 12);
	f->model.mail_hold = HOLD_UNREACHED;
	f->model.is_storage_failing = true;
	f->model.vantage = VANTAGE_UNCHECKED;
}

static void model_slow(struct fixture *f)
{
	model_up(f);
	f->targets[MKAPI].is_slow = true;
	f->targets[MKAPI].median_us = 2600 * USEC_PER_MS;
	rollup_day_was(&f->rollups[MKAPI], 0, 60, 1110, 0, 0);
}

static void model_two_stacks(struct fixture *f)
{
	model_stack_down(f);
	f->plan.stacks_n = 2;
	f->target_plans[BLOG].stack = 1;
	finding_is(f, 1, DIAGNOSIS_SITE_DOWN, clock_of(14, 1, 40));
	(void)incident_begin(f, DIAGNOSIS_SITE_DOWN, clock_of(14, 1, 40));
	f->incidents[1].id = 2;
	f->members[BLOG].incident = 2;
	incident_affect(&f->incidents[1], "blog");
	event_add(&f->incidents[1], clock_of(14, 1, 40), EVENT_FIRST_FAILURE, "blog", 1,
		  DIAGNOSIS_NONE);
}

/* 150 checks in 8 groups, as many kinds of not simply up as there are. */
static void many_write(const char *dir)
{
	const struct outcome timeout = { PHASE_CONNECT, CAUSE_TIMEOUT };
	struct many m;

	many_make(&m, 150, 8, model_site_down);
	for (unsigned i = 0; i < 150; i++) {
		m.views[i] = m.base->targets[BLOG];
		m.views[i].plan = &m.plans[i];
	}
	for (unsigned i = 3; i < 150; i += 29) {
		m.views[i] = m.base->targets[MKAPI];
		m.views[i].plan = &m.plans[i];
	}
	m.views[32].failure = timeout;
	m.views[8].state = VERDICT_SUSPECT;
	m.views[8].streak = 1;
	m.views[17].is_slow = true;
	m.plans[17].slow = 2 * USEC_PER_SEC;
	m.views[21].state = VERDICT_PAUSED;
	m.views[30].state = VERDICT_UNKNOWN;
	m.views[44].certificate = (struct certificate){
		.not_before = wall_of(FIXTURE_TODAY - 84 * 86400),
		.not_after = wall_of(FIXTURE_TODAY + 6 * 86400), .fingerprint = 7,
	};
	page_write(dir, "many", &m.model);
	many_free(&m);
}

static void many_down_write(const char *dir)
{
	struct many m;

	many_make(&m, 1000, 120, model_stack_down);
	page_write(dir, "many-down", &m.model);
	many_free(&m);
}

/* What the operator has planned, and said. */
static void quiet_write(const char *dir, struct fixture *f)
{
	struct quiet quiet;

	model_planned(f, &quiet);
	page_write(dir, "planned", &f->model);
	model_hushed(f, &quiet);
	page_write(dir, "hushed", &f->model);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*make)(struct fixture *f);
	} states[] = {
		{ "up", model_up },		    { "outage", model_stack_down },
		{ "site", model_site_down },	    { "alarm", model_alarm_silent },
		{ "isolated", model_isolated },	    { "unknown", model_unknown },
		{ "mixed", model_mixed },	    { "slow", model_slow },
		{ "two-stacks", model_two_stacks }, { "witnessed", model_witnessed },
	};
	struct fixture *f = malloc(sizeof *f);

	if (argc != 2 || f == NULL) {
		(void)fprintf(stderr, "usage: page_sample DIR\n");
		free(f);
		return 2;
	}
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		states[i].make(f);
		page_write(argv[1], states[i].name, &f->model);
	}
	quiet_write(argv[1], f);
	many_write(argv[1]);
	many_down_write(argv[1]);
	free(f);
	return failures == 0 ? 0 : 1;
}
