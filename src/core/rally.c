/*
 * rally.c - who is asked at once, and when.
 *
 * One failure calls the rest of its stack, what it depends on, its witnesses
 * and the references, so that the finding is ready when the verdict is.
 */
#include "core/engine_parts.h"
#include "core/schedule.h"

void check_due_now(struct engine *e, uint32_t index, mono_t at)
{
	if (!e->checks[index].is_running && !is_job(e, index))
		heap_set(&e->due, index, mono_min(at, heap_due(&e->due, index)));
}

void checks_ask_references(struct engine *e, struct now now)
{
	if (e->plan->references_n == 0 ||
	    mono_span(e->references_asked, now.mono) < REFERENCE_PAUSE)
		return;
	e->references_asked = now.mono;
	for (size_t i = 0; i < e->plan->references_n; i++)
		check_due_now(e, (uint32_t)(e->plan->targets_n + i), now.mono);
	doubt_ask(e, now);
}

/*
 * The rest of a suspect's stack, what it depends on, its witnesses and the
 * references are probed at once (ARCHITECTURE 4); what was probed a moment ago, as soon as its re-test
 * spacing has passed, so that the finding is ready when the verdict is. Those
 * that fail already, too: they may fail in another way now. A run that is under
 * way may have its answer from before: it is followed by another.
 */
void check_call(struct engine *e, uint32_t index, struct now now)
{
	struct check *c = &e->checks[index];
	mono_t spaced = mono_add(c->last_started, schedule_spacing(&e->plan->targets[index]));

	c->is_called = c->is_running;
	if (c->verdict.state == VERDICT_UP || verdict_is_failing(c->verdict.state))
		check_due_now(e, index, mono_reached(spaced, now.mono) ? now.mono : spaced);
}

void check_rally(struct engine *e, uint32_t index, struct now now)
{
	const struct target_plan *t = &e->plan->targets[index];
	const struct stack_state *stack = &e->stacks[t->stack];

	for (size_t i = 0; i < stack->targets_n; i++)
		check_call(e, stack->targets[i], now);
	for (size_t i = 0; i < t->parents.n; i++)
		check_call(e, t->parents.items[i], now);
	witnesses_ask(e, t->stack, now);
	checks_ask_references(e, now);
}
