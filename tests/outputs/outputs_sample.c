/*
 * outputs_sample.c - every file of the page, of every state, as the daemon
 * writes them: for checks by programs that are not ours (check.py).
 *
 * outputs_sample DIR: a folder for each state. outputs_sample DIR N GROUPS: one
 * report of N targets into DIR, then how long it took: the drawing in memory,
 * the first report, and the next one.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "app/sheaf.h"
#include "base/words.h"
#include "io/publish.h"
#include "model_many.h"
#include "model_quiet.h"
#include "past_fixture.h"
#include "render/page.h"

#define LONG_NAME (1u << 20)

static int failures;

/* One check's page with what a history would tell of its last day. */
static int past_write(const struct model *model, const char *folder)
{
	struct target_past past = past_make(model->now.wall);
	int r = 0;

	for (enum language l = 0; r == 0 && l < LANGUAGE_COUNT; l++) {
		struct buf name = BUF_INIT(256), page = BUF_INIT(1u << 24);

		page_file_name(model, "t/", model->plan->targets[MKAPI].name, l, &name);
		page_target(&(struct target_sources){ .model = model, .target = MKAPI, .past = &past },
			    l, &page);
		if (page_has_language(model, l))
			r = publish_files(folder,
					  &(struct publish_file){ .name = buf_text(&name),
								  .bytes = buf_text(&page),
								  .n = page.n },
					  1, 0);
		buf_done(&name);
		buf_done(&page);
	}
	return r;
}

static void report_write(const char *dir, const char *state, const struct model *model)
{
	const struct sources from = { .model = model, .store = NULL };
	char folder[2048];
	int r;

	(void)snprintf(folder, sizeof folder, "%s/%s", dir, state);
	r = sheaf_publish(&from, folder);
	if (r == 0)
		r = past_write(model, folder);
	if (r < 0) {
		(void)fprintf(stderr, "%s: %s\n", folder, strerror(-r));
		failures++;
	}
}

/* ---- hostile words ---- */

/* In every place that takes text from outside. */
static void hostile_words(struct fixture *f, const char *words)
{
	for (unsigned i = 0; i < SIX; i++) {
		f->target_plans[i].title = words;
		f->target_plans[i].group = words;
	}
	f->plan.page.title = words;
	f->plan.instance = words;
	for (size_t i = 0; i < FIXTURE_STACKS; i++)
		f->stack_plans[i].title = words;
	for (size_t i = 0; i < f->model.incidents_n; i++) {
		for (unsigned k = 0; k < f->incidents[i].log_n; k++)
			(void)words_copy(f->incidents[i].log[k].text,
					 sizeof f->incidents[i].log[k].text, words);
		event_add(&f->incidents[i], clock_of(14, 20, 0), EVENT_NOTE, "", 0, DIAGNOSIS_NONE);
		(void)words_copy(f->incidents[i].log[f->incidents[i].log_n - 1].text,
				 INCIDENT_TEXT_MAX, words);
	}
}

static void hostile_write(const char *dir, struct fixture *f)
{
	static const char *const words[] = {
		"<script>alert(1)</script>&amp;\"'</title></svg>]]>--><!--",
		"\xe2\x80\xaegnp.exe\xe2\x81\xa6 \xd8\x9c bidi \xe2\x80\x8f",
		"\x01\x02\x1b[31mred\x7f\xc2\x85\xc2\x9b\r\n\ttab \xef\xbf\xbe\xef\xbf\xbf",
		"broken \xff\xfe\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80 utf-8 \xe3\x81",
		"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80 \xf0\x9f\x8f\xb3 e\xcc\x81\xcc\x81 \xe5\x85\xa8",
		"",
	};
	char name[32], *longest = malloc(LONG_NAME + 1);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		model_stack_down(f);
		hostile_words(f, words[i]);
		(void)snprintf(name, sizeof name, "hostile-%zu", i);
		report_write(dir, name, &f->model);
	}
	if (!longest) {
		failures++;
		return;
	}
	memset(longest, '<', LONG_NAME);
	longest[LONG_NAME] = '\0';
	model_stack_down(f);
	hostile_words(f, longest);
	report_write(dir, "hostile-long", &f->model);
	free(longest);
}

/* ---- states ---- */

static void hidden_make(struct fixture *f)
{
	model_stack_down(f);
	f->target_plans[BLOG].is_hidden = true;
	f->target_plans[BLOG].title = "canary of what is hidden";
}

static void nameless_make(struct fixture *f)
{
	model_stack_down(f);
	f->plan.page.url = NULL;
}

static void kiosk_make(struct fixture *f)
{
	model_site_down(f);
	f->plan.page.has_kiosk = true;
	f->plan.page.is_left_out[LANGUAGE_JA] = true;
}

static void states_write(const char *dir, struct fixture *f)
{
	static const struct {
		const char *name;
		void (*make)(struct fixture *f);
	} states[] = {
		{ "up", model_up },		  { "stack-down", model_stack_down },
		{ "site-down", model_site_down }, { "family-down", model_family_down },
		{ "alarm", model_alarm_silent },  { "witnessed", model_witnessed },
		{ "isolated", model_isolated },	  { "unknown", model_unknown },
		{ "hidden", hidden_make },	  { "without-url", nameless_make },
		{ "kiosk", kiosk_make },
	};
	struct quiet quiet;

	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		states[i].make(f);
		report_write(dir, states[i].name, &f->model);
	}
	model_planned(f, &quiet);
	report_write(dir, "planned", &f->model);
	model_hushed(f, &quiet);
	report_write(dir, "hushed", &f->model);
}

static void model_stopped(struct fixture *f)
{
	model_stack_down(f);
	f->model.stopped = clock_of(14, 25, 0);
}

/* ---- many ---- */

static double cpu_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double wall_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

struct weight {
	size_t files, bytes;
};

static int weigh(void *ctx, const char *name, const struct buf *bytes)
{
	struct weight *weight = ctx;

	(void)name;
	weight->files++;
	weight->bytes += bytes->n;
	return 0;
}

/* One line a report: what, ms of the processor, ms in all. */
static void timed_report(const char *what, const struct sources *from, const char *dir,
			 struct ledger *ledger)
{
	double cpu = cpu_ms(), wall = wall_ms();
	struct sheaf sheaf;

	sheaf_begin(&sheaf, from, dir, ledger);
	while (sheaf_step(&sheaf))
		;
	if (sheaf_end(&sheaf) < 0)
		failures++;
	(void)printf("%s %.1f %.1f\n", what, cpu_ms() - cpu, wall_ms() - wall);
}

static void many_write(const char *dir, size_t n, size_t groups)
{
	struct many m;
	struct weight weight = { 0 };
	struct ledger *ledger = ledger_new();
	double cpu;

	many_make(&m, n, groups, model_up);
	m.plan.page.is_precompressed = getenv("PRECOMPRESS") != NULL;
	const struct sources from = { .model = &m.model, .store = NULL };

	cpu = cpu_ms();
	failures += sheaf_hand(&from, &(struct sheaf_taker){ &weight, weigh }) < 0;
	(void)printf("draw %.1f %zu %zu\n", cpu_ms() - cpu, weight.files, weight.bytes);
	timed_report("first", &from, dir, ledger);
	m.model.now.wall.us += 30 * USEC_PER_SEC;
	m.model.report++;
	timed_report("next", &from, dir, ledger);
	ledger_free(ledger);
	many_free(&m);
}

static bool number_read(const char *text, size_t *ret)
{
	int64_t n;

	if (!words_int(text, 1, 100000, &n))
		return false;
	*ret = (size_t)n;
	return true;
}

int main(int argc, char **argv)
{
	struct fixture *f = malloc(sizeof *f);
	size_t n, groups;

	fixture_zone();
	if (f && argc == 2) {
		states_write(argv[1], f);
		model_stopped(f);
		report_write(argv[1], "stopped", &f->model);
		hostile_write(argv[1], f);
	} else if (f && argc == 4 && number_read(argv[2], &n) && number_read(argv[3], &groups)) {
		many_write(argv[1], n, groups);
	} else {
		(void)fprintf(stderr, "usage: outputs_sample DIR [N GROUPS]\n");
		failures = 2;
	}
	free(f);
	return failures;
}
