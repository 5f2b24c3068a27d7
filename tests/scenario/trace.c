/*
 * trace.c - all that a life does and shows, one line each (`scenario --trace`).
 *
 * Two runners that differ in nothing that matters print the same: every launch,
 * record, notice and mail with its time, and in between, every SAMPLE, what the
 * engine would have saved. Nothing is asked of the engine that changes it. Long
 * texts are told apart by their hash; settled.py compares.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/key.h"
#include "scenario.h"

#define SAMPLE	     (20 * USEC_PER_SEC)
#define SNAPSHOT_MAX (8u << 20)

void trace_text(const struct scenario *s, const char *what, const char *name, const void *bytes,
		size_t n)
{
	if (s->is_traced)
		printf("%10.3f  %s %s %016" PRIx64 "\n", (double)s->elapsed / USEC_PER_SEC, what,
		       name, key_hash(bytes, n, 0));
}

static void sample(const struct scenario *s)
{
	struct buf text = BUF_INIT(SNAPSHOT_MAX);

	engine_snapshot(s->engine, scenario_now(s), &text);
	trace_text(s, "holds", "", buf_text(&text), text.n);
	buf_done(&text);
}

void trace_until(struct scenario *s, usec_t until)
{
	while (s->is_traced && s->sampled + SAMPLE <= until) {
		s->sampled += SAMPLE;
		s->elapsed = s->sampled > s->elapsed ? s->sampled : s->elapsed;
		if (s->engine)
			sample(s);
	}
}
