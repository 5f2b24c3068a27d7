/*
 * page_affected.c - see page_affected.h.
 */
#include "render/page_affected.h"

#include <string.h>

#include "base/buf.h"
#include "render/speech.h"

/* The place of the other half of `target` among those who were part of it; affected_n: none. */
static unsigned twin_place(const struct model *m, const struct incident *i,
			   const struct target_plan *target)
{
	uint32_t twin = target_twin(m->plan, (uint32_t)(target - m->plan->targets));
	unsigned k = 0;

	while (k < i->affected_n &&
	       (twin == NONE_INDEX || strcmp(i->affected[k], m->plan->targets[twin].name) != 0))
		k++;
	return k;
}

const struct target_plan *affected_target(const struct model *m, const struct incident *i,
					  unsigned k)
{
	const struct target_plan *t = facts_target(m, i->affected[k]);

	return t != NULL && twin_place(m, i, t) >= k ? t : NULL;
}

static bool is_told_before(const struct model *m, const struct incident *i, unsigned k)
{
	const struct target_plan *t = facts_target(m, i->affected[k]);

	return t != NULL && twin_place(m, i, t) < k;
}

/*
 * The first half has the name that the site had before it was judged per family, so what is old may
 * have been all of it; of the second it is known that it was only that.
 */
void affected_name(struct buf *to, const struct sheet *s, const struct incident *i,
		   const struct target_plan *t)
{
	bool is_second = target_is_second(s->model->plan, (uint32_t)(t - s->model->plan->targets));
	bool is_whole = twin_place(s->model, i, t) < i->affected_n;

	speech_half(to, s->language, t, is_second && !is_whole ? HALF_ITSELF : HALF_BOTH);
}

const struct target_plan *affected_only(const struct model *m, const struct incident *i)
{
	const struct target_plan *only = NULL;

	for (unsigned k = 0; k < i->affected_n; k++) {
		const struct target_plan *t = affected_target(m, i, k);

		if (t != NULL && only != NULL)
			return NULL;
		only = t != NULL ? t : only;
	}
	return only;
}

static bool has_hidden(const struct plan *plan)
{
	for (size_t i = 0; i < plan->targets_n; i++)
		if (plan->targets[i].is_hidden)
			return true;
	return false;
}

unsigned affected_count(const struct model *m, const struct incident *incident)
{
	unsigned hidden = 0, named = 0;

	for (unsigned i = 0; i < incident->affected_n; i++) {
		hidden += facts_target(m, incident->affected[i]) == NULL &&
			  !facts_is_watchdog(m, incident->affected[i]);
		named += !is_told_before(m, incident, i);
	}
	/* Those without a name here might be hidden ones: where there are such, nobody is counted. */
	if (hidden > 0 || incident->members < named || has_hidden(m->plan))
		return named - hidden;
	return incident->members;
}
