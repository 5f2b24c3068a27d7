/*
 * job.h - the clock on a job that reports itself: when it is overdue, and when
 * a run of it that began has lasted too long.
 */
#ifndef CORE_JOB_H
#define CORE_JOB_H

#include <stdbool.h>

#include "shorewatch/time.h"

struct job_rule {
	usec_t period, grace;
};

struct job {
	struct now last;    /* its last report that all went well; wall unset: never */
	/* the silence is counted from here: that report or the start, put off by our absences */
	mono_t began;
	struct now started; /* of the run that is under way; wall unset: none is */
	usec_t put_off;	    /* by so much the end of that run */
};

/* What it did not do in time. */
struct job_lapse {
	mono_t deadline;
	struct now since; /* when it was due, or when the run that does not end began */
	bool is_hanging;  /* a run that does not end, rather than none */
};

void job_init(struct job *j, struct now now);
void job_start(struct job *j, struct now now);
/* It went well. Returns how long the run took; 0: it did not say when it began. */
usec_t job_end(struct job *j, struct now now);
/* It failed. Likewise. */
usec_t job_fail(struct job *j, struct now now);
/* What comes first, if nothing is reported until then. */
struct job_lapse job_lapse(const struct job *j, const struct job_rule *rule, struct now now);
/* Nobody listened for `span`: it does not count as silence. */
void job_excuse(struct job *j, usec_t span, mono_t now);
/* It is known to have reported while its state was lost: a whole window ahead. */
void job_trust(struct job *j, struct now now);

#endif
