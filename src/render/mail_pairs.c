/*
 * mail_pairs.c - sites that are judged per family, in a mail: two targets, one
 * name. Which half is meant is said where only one of them is.
 */
#include "render/mail_case.h"

/* The worse half speaks for the pair; what is not looked at, for nobody. */
static int rank_of(enum standing standing)
{
	static const int ranks[] = {
		[STANDS_ELSEWHERE_STACK] = 0, [STANDS_PLANNED] = 1,	 [STANDS_UNOBSERVED] = 2,
		[STANDS_OUT_OF_SIGHT] = 3,    [STANDS_UP] = 4,		 [STANDS_RETURNED] = 5,
		[STANDS_UNDETERMINED] = 6,    [STANDS_IN_OTHER] = 7,	 [STANDS_DEPENDENT] = 8,
		[STANDS_FAILING] = 9,
	};

	return ranks[standing];
}

enum standing mail_standing_of_pair(const struct mail_case *c, uint32_t target)
{
	enum standing standing = mail_standing(c, target), other;
	uint32_t twin = target_twin(c->plan, target);

	if (twin == NONE_INDEX)
		return standing;
	other = mail_standing(c, twin);
	return rank_of(other) > rank_of(standing) ? other : standing;
}

bool mail_is_flapping_member(const struct mail_case *c, uint32_t target)
{
	return mail_is_member(c, target) && c->model->targets[target].is_flapping;
}

bool mail_is_either(const struct mail_case *c, uint32_t target,
		    bool (*holds)(const struct mail_case *c, uint32_t target))
{
	uint32_t twin = target_twin(c->plan, target);

	return holds(c, target) || (twin != NONE_INDEX && holds(c, twin));
}

/* Both are meant alike. */
static bool stand_together(const struct mail_case *c, uint32_t a, uint32_t b)
{
	if (c->change == CHANGE_FLAPPING && mail_is_flapping_member(c, a))
		return mail_is_flapping_member(c, b);
	return mail_standing(c, a) == mail_standing(c, b);
}

bool mail_is_second(const struct mail_case *c, uint32_t target)
{
	return target_is_second(c->plan, target) &&
	       stand_together(c, target, target_twin(c->plan, target));
}

/* "Only" is said where it is known: the other half answers. */
static enum half half_of_failing(const struct mail_case *c, uint32_t twin)
{
	switch (mail_standing(c, twin)) {
	case STANDS_UP:
	case STANDS_RETURNED:
		return HALF_ONLY;
	case STANDS_FAILING:
	case STANDS_DEPENDENT:
	case STANDS_IN_OTHER:
		return HALF_BOTH;
	case STANDS_ELSEWHERE_STACK:
	case STANDS_UNDETERMINED:
	case STANDS_PLANNED:
	case STANDS_UNOBSERVED:
	case STANDS_OUT_OF_SIGHT:
		break;
	}
	return HALF_ITSELF;
}

enum half mail_half(const struct mail_case *c, uint32_t target)
{
	uint32_t twin = target_twin(c->plan, target);
	enum standing standing = mail_standing(c, target);
	bool is_failing = standing == STANDS_FAILING || standing == STANDS_DEPENDENT;

	if (twin == NONE_INDEX || stand_together(c, target, twin))
		return HALF_BOTH;
	if (is_failing && mail_is_going_on(c) && c->change != CHANGE_FLAPPING)
		return half_of_failing(c, twin);
	return HALF_ITSELF;
}

bool mail_is_by_family(const struct mail_case *c)
{
	for (uint32_t i = 0; i < c->plan->targets_n; i++) {
		if (mail_standing(c, i) != STANDS_FAILING)
			continue;
		if (mail_half(c, i) != HALF_ONLY ||
		    c->plan->targets[i].family != c->plan->targets[c->first].family)
			return false;
	}
	return c->first != NONE_INDEX;
}

unsigned mail_names_n(const struct mail_case *c, enum standing standing)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < c->plan->targets_n; i++)
		n += mail_standing(c, i) == standing && !mail_is_second(c, i);
	return n;
}
