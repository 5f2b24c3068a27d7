/*
 * config.c - any text as a whole configuration: loaded and printed, or refused
 * with at least one fault that says why.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "conf/conf.h"

#define PLAN_MAX (4u << 20)

static void look(const struct generation *generation)
{
	struct buf text = BUF_INIT(PLAN_MAX);

	conf_print_plan(&generation->plan, &text);
	PROMISE(generation->plan.state_dir != NULL);
	buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, 1);
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	generation = conf_load_text(text, "fuzz.cfg", &diag);
	PROMISE((generation == NULL) == (diag.faults > 0));
	for (const struct diag_entry *e = diag.first; e; e = e->next)
		PROMISE(e->text && e->text[0] != '\0' && !strpbrk(e->text, "\r\n\033"));
	if (generation)
		look(generation);
	generation_drop(generation);
	arena_free(arena);
	free(text);
	return 0;
}
