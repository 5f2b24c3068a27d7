/*
 * chronicle_test.c - how long an incident lasted is told by the boot clock,
 * whatever was done to the wall clock meanwhile; what an older program wrote
 * has nothing but the wall clock, and never lasted less than nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/chronicle.h"
#include "base/buf.h"
#include "io/fixture.h"
#include "io/store.h"

#define TEXT_CAP (1u << 20)

static const struct now noon = { { 5000 * USEC_PER_SEC }, { 1795600000 * USEC_PER_SEC } };
static const struct plan no_plan = { .language = LANGUAGE_EN };

static struct now after(struct now at, usec_t lasted, usec_t stepped)
{
	return (struct now){ { at.mono.us + lasted }, { at.wall.us + lasted + stepped } };
}

static struct incident incident_of(const char *number, struct now closed)
{
	struct incident i = { .state = INCIDENT_CLOSED,
			      .id = 7,
			      .opened = noon,
			      .closed = closed,
			      .finding = DIAGNOSIS_SITE_DOWN,
			      .worst = DIAGNOSIS_SITE_DOWN,
			      .mails = 2 };

	(void)snprintf(i.number, sizeof i.number, "%s", number);
	return i;
}

static void told_is(const struct model *model, struct store *store, const char *number,
		    bool is_json, const char *wanted)
{
	struct buf text = BUF_INIT(TEXT_CAP);

	if (number)
		assert_true(chronicle_one(model, store, number, is_json, &text));
	else
		chronicle_list(model, store, is_json, &text);
	if (!strstr(buf_text(&text), wanted))
		fail_msg("no \"%s\" in:\n%s", wanted, buf_text(&text));
	buf_done(&text);
}

static void an_hour_that_was_taken_back_is_not_missing(void **state)
{
	struct incident past = incident_of("20261125-1",
					   after(noon, 13 * USEC_PER_SEC, -USEC_PER_HOUR));
	struct model model = { .plan = &no_plan, .now = noon, .past = &past, .past_n = 1 };

	(void)state;
	told_is(&model, NULL, NULL, false, "  13 s ");
	told_is(&model, NULL, NULL, true, "\"duration_s\":13,");
	told_is(&model, NULL, "20261125-1", false, ", after 13 s\n");
	told_is(&model, NULL, "20261125-1", true, "\"duration_s\":13,");
}

static void an_hour_that_was_put_in_is_not_counted(void **state)
{
	struct incident open = incident_of("20261125-1", (struct now){ { 0 }, { 0 } });
	struct model model = { .plan = &no_plan,
			       .now = after(noon, 13 * USEC_PER_SEC, USEC_PER_HOUR),
			       .incidents = &open,
			       .incidents_n = 1 };

	(void)state;
	open.state = INCIDENT_OPEN;
	told_is(&model, NULL, "20261125-1", false, "\n  lasting   13 s\n");
	told_is(&model, NULL, NULL, true, "\"duration_s\":13,");
}

static void the_history_keeps_what_the_boot_clock_said(void **state)
{
	struct model model = { .plan = &no_plan, .now = noon };
	struct store_incident i = { .id = 7,
				    .number = "20261125-1",
				    .opened = noon.wall,
				    .closed = { noon.wall.us - USEC_PER_HOUR },
				    .lasted = 13 * USEC_PER_SEC };
	char folder[FOLDER_MAX], path[FOLDER_MAX + 16], note[512];
	struct store *store = NULL;

	(void)state;
	folder_make(folder);
	(void)snprintf(path, sizeof path, "%s/history.db", folder);
	assert_int_equal(store_open(path, NULL, noon, &store, note, sizeof note), 0);
	store_incident(store, &i);
	i = (struct store_incident){ .id = 8, .number = "20261125-2", .lasted = -1,
				     .opened = i.opened, .closed = i.closed };
	store_incident(store, &i);
	store_flush(store, noon, true);
	told_is(&model, store, "20261125-1", false, ", after 13 s\n");
	told_is(&model, store, "20261125-2", false, ", after 0 s\n");
	store_close(store);
	folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_hour_that_was_taken_back_is_not_missing),
		cmocka_unit_test(an_hour_that_was_put_in_is_not_counted),
		cmocka_unit_test(the_history_keeps_what_the_boot_clock_said),
	};

	(void)setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
