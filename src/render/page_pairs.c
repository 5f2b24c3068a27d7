/*
 * page_pairs.c - sites that are judged per family, to the public: two rows, one
 * name and one count. Which half is meant is said where only one of them is.
 */
#include "render/page_facts.h"

static uint32_t index_of(const struct model *model, const struct target_view *target)
{
	return (uint32_t)(target->plan - model->plan->targets);
}

const struct target_view *facts_twin(const struct model *model,
				     const struct target_view *target)
{
	uint32_t twin = target_twin(model->plan, index_of(model, target));

	return twin != NONE_INDEX ? &model->targets[twin] : NULL;
}

bool facts_is_slow(const struct model *model, const struct target_view *target)
{
	return target->is_slow && facts_state(model, target) == VERDICT_UP;
}

/* The same is wrong with both. */
static bool fare_alike(const struct model *model, const struct target_view *a,
		       const struct target_view *b)
{
	bool fails = verdict_is_failing(facts_state(model, a));

	if (fails != verdict_is_failing(facts_state(model, b)))
		return false;
	return fails || facts_is_slow(model, a) == facts_is_slow(model, b);
}

bool facts_is_second(const struct model *model, const struct target_view *target)
{
	return target_is_second(model->plan, index_of(model, target)) &&
	       fare_alike(model, target, facts_twin(model, target));
}

bool facts_is_partial(const struct model *model, const struct target_view *target)
{
	const struct target_view *twin = facts_twin(model, target);

	return twin != NULL && facts_state(model, twin) == VERDICT_UP &&
	       verdict_is_failing(facts_state(model, target));
}

void facts_name(struct buf *to, enum language language, const struct model *model,
		const struct target_view *target)
{
	const struct target_view *twin = facts_twin(model, target);
	enum half half = HALF_BOTH;

	if (twin != NULL && !fare_alike(model, target, twin))
		half = facts_is_partial(model, target) ? HALF_ONLY : HALF_ITSELF;
	speech_half(to, language, target->plan, half);
}

/* The worse half speaks for the pair; of what is not looked at, the other one. */
static int rank_of(enum verdict_state state)
{
	static const int ranks[VERDICT_COUNT] = {
		[VERDICT_PAUSED] = 0, [VERDICT_UNKNOWN] = 1,	[VERDICT_UP] = 2,
		[VERDICT_SUSPECT] = 3, [VERDICT_RECOVERING] = 4, [VERDICT_DOWN] = 5,
	};

	return ranks[state];
}

enum verdict_state facts_state_of_pair(const struct model *model,
				       const struct target_view *target)
{
	const struct target_view *twin = facts_twin(model, target);
	enum verdict_state state = facts_state(model, target), other;

	other = twin != NULL ? facts_state(model, twin) : state;
	return rank_of(other) > rank_of(state) ? other : state;
}
