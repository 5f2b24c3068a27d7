/*
 * sheaf_test.c - reports one after the other: what has not changed is not drawn
 * again, what nobody names goes away, and no step is long.
 */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/outputs_parts.h"
#include "app/sheaf.h"
#include "app/tombstone.h"
#include "base/file.h"
#include "render/model_many.h"

#define STEPS_MAX 1000

struct place {
	char dir[64];
	struct many many;
	struct ledger *ledger;
};

static int place_make(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	fixture_zone();
	(void)snprintf(p->dir, sizeof p->dir, "/tmp/shorewatch-sheaf-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	many_make(&p->many, 200, 4, model_up);
	p->ledger = ledger_new();
	assert_non_null(p->ledger);
	*state = p;
	return 0;
}

static int entry_remove(const char *path, const struct stat *is, int kind, struct FTW *ftw)
{
	(void)is;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static int place_remove(void **state)
{
	struct place *p = *state;

	ledger_free(p->ledger);
	many_free(&p->many);
	(void)nftw(p->dir, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
	free(p);
	return 0;
}

/* One report; how many steps it took. */
static unsigned report(struct place *p)
{
	const struct sources from = { .model = &p->many.model, .store = NULL };
	struct sheaf sheaf;
	unsigned steps = 1;

	p->many.model.report++;
	sheaf_begin(&sheaf, &from, p->dir, p->ledger);
	for (; sheaf_step(&sheaf); steps++)
		assert_true(steps < STEPS_MAX);
	assert_int_equal(sheaf_end(&sheaf), 0);
	return steps;
}

static const char *path_of(const struct place *p, const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof path, "%s/%s", p->dir, name);
	return path;
}

static bool is_there(const struct place *p, const char *name)
{
	return access(path_of(p, name), F_OK) == 0;
}

static bool holds(const struct place *p, const char *name, const char *words)
{
	struct buf text = BUF_INIT(4u << 20);
	bool is_in;

	assert_int_equal(file_read(path_of(p, name), &text), 0);
	is_in = strstr(buf_text(&text), words) != NULL;
	buf_done(&text);
	return is_in;
}

static void break_file(const struct place *p, const char *name)
{
	FILE *file = fopen(path_of(p, name), "w");

	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

static void what_has_not_changed_is_not_drawn_again(void **state)
{
	struct place *p = *state;

	(void)report(p);
	assert_true(holds(p, "badge/target-7.svg", ">up<"));
	break_file(p, "badge/target-7.svg");
	p->many.model.now.wall.us += 30 * USEC_PER_SEC;
	(void)report(p);
	assert_false(holds(p, "badge/target-7.svg", ">up<")); /* nobody looked */
	p->many.views[7].state = VERDICT_DOWN;
	(void)report(p);
	assert_true(holds(p, "badge/target-7.svg", ">down<"));
	assert_true(holds(p, "badge/target-8.svg", ">up<"));
}

static void a_groups_page_follows_its_checks(void **state)
{
	struct place *p = *state;

	(void)report(p);
	assert_true(holds(p, "g/group-4.html", "50 of 50 up"));
	break_file(p, "g/group-3.html");
	p->many.views[7].state = VERDICT_DOWN;
	(void)report(p);
	assert_true(holds(p, "g/group-4.html", "49 of 50 up"));
	assert_false(holds(p, "g/group-3.html", "50 of 50 up")); /* nobody looked */
	p->many.plan.targets_n = 100;
	ledger_forget(p->ledger);
	(void)report(p);
	assert_false(is_there(p, "g/group-4.html") || is_there(p, "g/group-4.ja.html"));
}

static void what_was_broken_by_others_is_whole_again_within_an_hour(void **state)
{
	struct place *p = *state;

	(void)report(p);
	break_file(p, "badge/target-7.svg");
	p->many.model.now.wall.us += USEC_PER_HOUR;
	(void)report(p);
	assert_true(holds(p, "badge/target-7.svg", ">up<"));
}

static void another_configuration_draws_everything_and_removes_the_rest(void **state)
{
	struct place *p = *state;

	(void)report(p);
	break_file(p, "badge/target-7.svg");
	p->many.plan.targets_n = 100;
	ledger_forget(p->ledger);
	(void)report(p);
	assert_true(holds(p, "badge/target-7.svg", ">up<"));
	assert_true(is_there(p, "badge/target-99.svg") && is_there(p, "badge/target-99.json"));
	assert_false(is_there(p, "badge/target-100.svg") || is_there(p, "badge/target-100.json"));
}

/* Else the page of the language that was the other one would say "up" for ever. */
static void another_first_language_leaves_no_page_behind(void **state)
{
	struct place *p = *state;

	(void)report(p);
	assert_true(is_there(p, "index.ja.html"));
	p->many.plan.language = LANGUAGE_JA;
	ledger_forget(p->ledger);
	(void)report(p);
	assert_true(is_there(p, "index.html") && is_there(p, "index.en.html"));
	assert_false(is_there(p, "index.ja.html"));
	assert_true(holds(p, "index.html", "lang=\"ja\""));
}

static void what_becomes_hidden_is_removed(void **state)
{
	struct place *p = *state;

	(void)report(p);
	p->many.plans[7].is_hidden = true;
	ledger_forget(p->ledger);
	(void)report(p);
	assert_false(is_there(p, "badge/target-7.svg") || is_there(p, "badge/target-7.json"));
	assert_false(holds(p, "api/v2/summary.json", "\"target-7\""));
}

/* What waits behind a step is a mail that has to be on the disk. */
static void a_large_report_comes_in_many_steps(void **state)
{
	struct place *p = *state;

	assert_true(report(p) > 200 * 2 / 64);
	assert_true(report(p) < 20); /* little is left to draw */
}

static void the_picture_comes_last_and_only_of_a_whole_report(void **state)
{
	struct place *p = *state;
	const struct sources from = { .model = &p->many.model, .store = NULL };
	struct sheaf sheaf;
	char name[64];

	sheaf_begin(&sheaf, &from, p->dir, p->ledger);
	while (sheaf_step(&sheaf))
		assert_false(is_there(p, "alive"));
	assert_int_equal(sheaf_end(&sheaf), 0);
	(void)snprintf(name, sizeof name, "alive/%llu.svg",
		       (unsigned long long)p->many.model.report);
	assert_true(is_there(p, name));
	/* A folder stands where a file belongs. */
	assert_int_equal(unlink(path_of(p, "feed.atom")), 0);
	assert_int_equal(mkdir(path_of(p, "feed.atom"), 0755), 0);
	p->many.model.report++;
	sheaf_begin(&sheaf, &from, p->dir, p->ledger);
	while (sheaf_step(&sheaf))
		;
	assert_true(sheaf_end(&sheaf) < 0);
	(void)snprintf(name, sizeof name, "alive/%llu.svg",
		       (unsigned long long)p->many.model.report);
	assert_false(is_there(p, name));
}

static void a_tombstone_keeps_what_was_and_claims_nothing(void **state)
{
	struct place *p = *state;
	struct now then = p->many.model.now;
	struct model *model = tombstone_model(&p->many.model, then);
	struct sources from = { .model = model, .store = NULL };

	assert_non_null(model);
	assert_int_equal(sheaf_publish(&from, p->dir), 0);
	assert_false(is_there(p, "alive"));
	assert_true(holds(p, "status.json", "\"state\":\"unknown\""));
	assert_false(holds(p, "status.json", "\"state\":\"up\""));
	assert_true(holds(p, "status.json", "\"next_due\":null"));
	assert_true(holds(p, "index.html", "The watcher was stopped"));
	assert_false(holds(p, "index.html", "data-due"));
	free(model);
}

static uint64_t stamps_between(wall_t from, usec_t span, size_t which)
{
	wall_t until = { from.us + span };

	return stamp_slot(until, which, 100, USEC_PER_HOUR) -
	       stamp_slot(from, which, 100, USEC_PER_HOUR);
}

static void files_are_drawn_again_each_at_its_own_minute(void **state)
{
	wall_t now = { FIXTURE_NOW * USEC_PER_SEC };
	unsigned at_once = 0;

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		assert_int_equal(stamps_between(now, USEC_PER_HOUR, i), 1);
		at_once += stamps_between(now, 36 * USEC_PER_SEC, i) != 0;
	}
	assert_true(at_once <= 2);
}

static void a_stamp_tells_where_a_text_ends(void **state)
{
	(void)state;
	assert_true(stamp_text(stamp_text(STAMP_BEGIN, "ab"), "c") !=
		    stamp_text(stamp_text(STAMP_BEGIN, "a"), "bc"));
	assert_true(stamp_text(STAMP_BEGIN, NULL) == stamp_text(STAMP_BEGIN, ""));
	assert_true(stamp_mix(STAMP_BEGIN, 1) != stamp_mix(STAMP_BEGIN, 1ull << 56));
}

#define placed(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(what_has_not_changed_is_not_drawn_again),
		placed(a_groups_page_follows_its_checks),
		placed(what_was_broken_by_others_is_whole_again_within_an_hour),
		placed(another_configuration_draws_everything_and_removes_the_rest),
		placed(another_first_language_leaves_no_page_behind),
		placed(what_becomes_hidden_is_removed),
		placed(a_large_report_comes_in_many_steps),
		placed(the_picture_comes_last_and_only_of_a_whole_report),
		placed(a_tombstone_keeps_what_was_and_claims_nothing),
		cmocka_unit_test(files_are_drawn_again_each_at_its_own_minute),
		cmocka_unit_test(a_stamp_tells_where_a_text_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
