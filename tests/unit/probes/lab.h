/*
 * lab.h - one run of a kind against far sides on loopback.
 */
#ifndef TESTS_PROBES_LAB_H
#define TESTS_PROBES_LAB_H

#include "io/turns.h"

#include <stdlib.h>
#include <string.h>

#include "io/peer.h"
#include "io/runs.h"

struct lab {
	bool is_over;
	struct observation seen;
};

static inline void lab_seen(void *ctx, const struct observation *observation)
{
	struct lab *lab = ctx;

	assert_false(lab->is_over);
	lab->seen = *observation;
	lab->is_over = true;
}

/* The defaults of the option rows that the tests need; conf does this from the rows. */
static inline void lab_check(const struct probe_kind *kind, void *params)
{
	struct option_fault fault = { .option = NULL };

	if (!kind->check(params, &fault))
		fail_msg("%s: %s", fault.option, fault.text);
}

/*
 * `target` gives what a test wants to set; kind, params and missing times are filled in.
 * `names` are lines of io_names_load(): what names had last.
 */
static inline struct observation lab_run_asking(const struct probe_kind *kind, void *params,
						struct target_plan target, const char *names,
						const char *const *resolvers, size_t n)
{
	struct io *io = turns_io(resolvers, n);
	struct lab lab = { .is_over = false };
	struct runs *runs = runs_new(io, 4, lab_seen, &lab);

	io_names_load(io, names);
	lab_check(kind, params);
	target.kind = kind;
	target.params = params;
	if (target.timeout == 0)
		target.timeout = 10 * USEC_PER_SEC;
	if (target.connect_timeout == 0)
		target.connect_timeout = 5 * USEC_PER_SEC;
	runs_start(runs, 0, &target);
	turns_until(io, &lab.is_over);
	runs_free(runs);
	io_free(io);
	if (kind->release != NULL)
		kind->release(params);
	return lab.seen;
}

/* No resolver answers: names lead to what they had last. */
static inline struct observation lab_run(const struct probe_kind *kind, void *params,
					 struct target_plan target, const char *names)
{
	return lab_run_asking(kind, params, target, names, NULL, 0);
}

static inline void assert_outcome(const struct observation *seen, const char *expected)
{
	assert_string_equal(outcome_code(seen->outcome), expected);
}

#endif
