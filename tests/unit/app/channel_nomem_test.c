/*
 * channel_nomem_test.c - the n-th allocation fails, for every n, while a notice
 * becomes the bytes of each kind of channel and of a mail: they are whole, or
 * there are none, so that they are written again (SR-42). Nothing leaks.
 */
#include "render/mail_fixture.h"

#include "app/courier_write.h"
#include "shortage.h"
#include "shorewatch/notify.h"

#define PLACES 5000 /* far more allocations than there are */
#define ROW 20	    /* that fail one after the other */
#define PARAMS_MAX 4096

static _Alignas(16) char params[PARAMS_MAX];

static void down(struct world *w)
{
	world_fail_all(w, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_silence(w, DEADMAN_LATE, at(14, 1, 6));
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_NONE);
}

/* As the engine and the courier have it: a channel is known by its name. */
static char *write_short_of(struct world *w, const struct notify_kind *kind, unsigned place,
			    unsigned row, size_t *ret_n, unsigned *ret_count)
{
	struct channel_plan channel = { .name = "team", .kind = kind, .params = params,
					.language = LANGUAGE_JA };
	char *bytes;

	w->plan.channels = kind != NULL ? &channel : NULL;
	w->plan.channels_n = kind != NULL;
	(void)snprintf(w->notice.recipient, sizeof w->notice.recipient, "%s",
		       kind != NULL ? "team" : "ops@lab.test");
	shortage_begin(place, row);
	bytes = courier_write(&w->model, &w->plan, &w->notice, &w->incident, ret_n);
	*ret_count = shortage_end();
	w->plan.channels = NULL;
	w->plan.channels_n = 0;
	return bytes;
}

static void try_each(const struct notify_kind *kind, unsigned row)
{
	struct world *w = world_new();
	unsigned count, none, failed = 0, step = row > 1 ? row / 4 : 1;
	size_t whole_n, n;
	char *whole, *is;

	down(w);
	whole = write_short_of(w, kind, 0, 0, &whole_n, &count);
	assert_non_null(whole);
	assert_in_range(count, 2, PLACES);
	for (unsigned place = 1; place <= count; place += step) {
		is = write_short_of(w, kind, place, row, &n, &none);
		if (is != NULL && (n != whole_n || memcmp(is, whole, n) != 0))
			fail_msg("%s, allocation %u: %.*s", kind != NULL ? kind->name : "mail",
				 place, (int)n, is);
		failed += is == NULL;
		free(is);
	}
	assert_in_range(failed, count / step / 2, count);
	free(whole);
	free(w);
}

static void every_kind_of_channel_writes_all_or_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < notify_kinds_n; i++) {
		try_each(notify_kinds[i], 1);
		try_each(notify_kinds[i], ROW);
	}
}

static void so_does_a_mail(void **state)
{
	(void)state;
	try_each(NULL, 1);
	try_each(NULL, ROW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_channel_writes_all_or_nothing),
		cmocka_unit_test(so_does_a_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
