/*
 * judge_days.c - the seconds of the days (I5): what is booked as down is what
 * has failed, within one interval for each outage; what nobody could see is
 * neither down nor up.
 *
 * For each site two sums are kept: the time that may be booked as down, which
 * is all of its failing and what passes until that is seen to be over; and the
 * time that must be, which is of failures that were surely found, without
 * trouble of ours. The same for the time that may count as observed.
 */
#include "sim.h"

#define ENDS_SEEN     (100 * SEC) /* a minute's pace, a timeout, and the run that was lost */
#define FIRST_SEEN    (10 * SEC)
#define UNSEEN_LEAST  (10 * MINUTE)
#define STORED_EVERY  (15 * MINUTE) /* what was booked since is lost with us */
#define SLACK_OF_LIFE (30 * MINUTE)

/* It may have been shown as failing from its first failed run to its next good one. */
void judge_days_grow(struct sim *s, int64_t span)
{
	struct judge *j = &s->judge;
	bool is_there = us_hears(s);

	for (int i = 0; i < s->setup->sites_n; i++) {
		struct host_truth *h = &j->hosts[i];
		bool is_down = verdict_is_failing(h->verdict);
		/* Without references nobody tells whose failures they are: they count as its own. */
		bool is_blamed = h->bad > 0 && !has_references(s, s->hosts[i].family);

		/* Cut off for a moment, we go on with what we believed. */
		if (s->quiet.is_planned[i])
			continue; /* neither up nor down */
		/* What began as ours, unknown to anybody, counts when it goes on as theirs. */
		if (is_there && (h->is_failing || h->is_doubtful || is_down || is_blamed ||
				 h->ours_n > 0))
			h->most += span;
		if (h->is_failing && !h->is_blocked && is_down)
			h->least += span;
	}
	if (!is_there)
		j->unseen += span;
}

static void judge_site_days(struct sim *s, const struct model *m, int site)
{
	const struct host_truth *h = &s->judge.hosts[site];
	uint32_t at = s->hosts[site].subject;
	struct day_sums sums;
	int64_t down, most, least;

	if (at == NONE_INDEX)
		return;
	sums = rollup_window(&m->rollups[at], m->rollups[at].newest, ROLLUP_DAYS);
	down = sums.down_s * SEC;
	most = h->most + (int64_t)h->spells * (ENDS_SEEN + interval_of(s, site));
	least = h->least - (int64_t)h->spells * (FIRST_SEEN + ENDS_SEEN + interval_of(s, site)) -
		(int64_t)s->judge.absences * STORED_EVERY;
	if (down > most + MINUTE)
		broken(s, WRONG_SUMS, "%s is booked down for %.0f s, and can have been for %.0f s",
		       s->hosts[site].name, (double)down / SEC, (double)most / SEC);
	if (down < least - MINUTE)
		broken(s, WRONG_SUMS, "%s is booked down for %.0f s, and was for %.0f s",
		       s->hosts[site].name, (double)down / SEC, (double)least / SEC);
	/* What passed while nobody was there, in long pieces, is not observed. */
	if (sums.observed_s * SEC > s->t - s->judge.unseen - s->quiet.planned_all[site] +
					    SLACK_OF_LIFE + (int64_t)h->spells * MINUTE +
					    (int64_t)s->judge.absences * UNSEEN_LEAST)
		broken(s, WRONG_SUMS, "%s is booked as observed for %.0f s of %.0f s, %.0f s unseen",
		       s->hosts[site].name, (double)sums.observed_s, (double)s->t / SEC,
		       (double)s->judge.unseen / SEC);
}

/* A clock that was set leaves seconds in days that never were; a site that was away lost some. */
void judge_days(struct sim *s, const struct model *m)
{
	if (s->judge.stepped != LONG_AGO || s->judge.removed != LONG_AGO ||
	    s->judge.lost_state != LONG_AGO)
		return;
	for (int i = 0; i < s->setup->sites_n; i++)
		judge_site_days(s, m, i);
}
