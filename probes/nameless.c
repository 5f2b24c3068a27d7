/*
 * nameless.c - see nameless.h.
 */
#include "nameless.h"

#include <stdio.h>
#include <stdlib.h>

#include "seats.h"
#include "shorewatch/plan.h"
#include "shorewatch/probe.h"

#define LAST_MAX 8 /* as many as are remembered of a name */

struct nameless {
	struct probe_run *run;
	struct nameless_spec spec;
	struct seats seats;
};

static void note_address(struct probe_run *run, const struct address *address, const char *what)
{
	char text[ADDRESS_TEXT_MAX], note[NOTE_MAX];

	address_print(address, text);
	(void)snprintf(note, sizeof(note), "its last good address %s %s", text, what);
	probe_run_note(run, note);
}

static void nameless_end(struct nameless *nameless)
{
	const struct nameless_spec spec = nameless->spec;
	const struct address *good = seats_good(&nameless->seats);

	seats_cancel(&nameless->seats);
	nameless->run->seen.is_address_good = good != NULL;
	if (good != NULL)
		note_address(nameless->run, good, "answers");
	else
		note_address(nameless->run, &nameless->seats.seat[0].address,
			     "does not answer either");
	*spec.place = NULL;
	free(nameless);
	spec.on_over(spec.ctx, spec.cause);
}

static void on_change(void *ctx)
{
	struct nameless *nameless = ctx;

	if (nameless->seats.good > 0 || nameless->seats.open == 0)
		nameless_end(nameless);
}

static bool is_denial(enum cause cause)
{
	return cause == CAUSE_NXDOMAIN || cause == CAUSE_NODATA || cause == CAUSE_SERVFAIL;
}

/* NULL: no address of it is known, or no memory. */
static struct nameless *nameless_new(struct probe_run *run, const struct nameless_spec *spec)
{
	struct nameless *nameless = calloc(1, sizeof(*nameless));
	struct address last[LAST_MAX];
	size_t n = io_names_last(run->io, spec->host, spec->port, run->target->family, last,
				 LAST_MAX);

	if (nameless == NULL)
		return NULL;
	*nameless = (struct nameless){ .run = run, .spec = *spec };
	nameless->spec.host = NULL; /* it need not live longer */
	nameless->seats.on_change = on_change;
	nameless->seats.ctx = nameless;
	for (size_t i = 0; i < n; i++)
		seats_add(&nameless->seats, run, &last[i]);
	if (nameless->seats.n > 0)
		return nameless;
	free(nameless);
	return NULL;
}

void nameless_begin(struct probe_run *run, const struct nameless_spec *spec)
{
	struct nameless *nameless = is_denial(spec->cause) ? nameless_new(run, spec) : NULL;

	if (nameless == NULL) {
		spec->on_over(spec->ctx, spec->cause);
		return;
	}
	*spec->place = nameless;
	seats_start(&nameless->seats, run->io);
	on_change(nameless);
}

void nameless_cancel(struct nameless *nameless, struct probe_run *run, const struct io_query *query)
{
	enum cause denial = io_query_denial(query);

	if (denial != CAUSE_PASS)
		run->overdue = denial;
	if (nameless == NULL)
		return;
	run->overdue = nameless->spec.cause;
	note_address(run, &nameless->seats.seat[0].address, "does not answer either");
	seats_cancel(&nameless->seats);
	free(nameless);
}
