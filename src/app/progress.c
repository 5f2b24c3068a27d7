/*
 * progress.c - the conditions a-e of reliability.md 7, as a pure function.
 *
 * Heuristic. A restart is a remedy for a loop that spins without getting on,
 * a schedule, a queue or a listener that has forgotten somebody. It is none
 * for what the world does to us, and between two starts nobody watches;
 * therefore:
 *  - Lateness while more probes are due than may run is the mass outage that
 *    we are here for: reported (DECISIONS 2). Beyond 30 s even a crowded loop
 *    is not late but away.
 *  - A disk that stalls is reported: a new process would wait for the same one.
 *  - A listener counts as stuck only when it has answered in this life: where
 *    our own request cannot reach it (a firewall on loopback) a restart would
 *    be followed by another one, for ever.
 */
#include "app/progress.h"

#include <stddef.h>

#include "base/buf.h"

#define LAG_MAX (5 * USEC_PER_SEC)
#define CROWDED_LAG_MAX (30 * USEC_PER_SEC)
#define MAIL_LATE_MAX (60 * USEC_PER_SEC)
#define LISTENER_SILENT_MAX (60 * USEC_PER_SEC)
#define DISK_AGE_MAX (10 * USEC_PER_MIN)

static const struct {
	enum stuck stuck;
	const char *words;
} sentences[] = {
	{ STUCK_LOOP, "the loop lags" },
	{ STUCK_PROBES, "probes are not started" },
	{ STUCK_MAIL, "mail is not tried" },
	{ STUCK_LISTENER, "the listener does not answer" },
	{ STUCK_DISK, "the disk does not answer" },
	{ STUCK_DEAF, "the listener has never answered a request of our own" },
	{ STUCK_CROWD, "probes are late: more are due than may run at once" },
};

unsigned progress_judge(const struct progress_facts *f)
{
	unsigned stuck = 0;
	bool is_late = f->lag >= LAG_MAX || f->probe_late > 0;

	if (f->lag >= (f->is_crowded ? CROWDED_LAG_MAX : LAG_MAX))
		stuck |= STUCK_LOOP;
	if (f->probe_late > 0 && !f->is_crowded)
		stuck |= STUCK_PROBES;
	if (is_late && f->is_crowded)
		stuck |= STUCK_CROWD;
	if (f->mail_late > MAIL_LATE_MAX)
		stuck |= STUCK_MAIL;
	if (f->is_listening && f->listener_silent > LISTENER_SILENT_MAX)
		stuck |= f->has_answered ? STUCK_LISTENER : STUCK_DEAF;
	if (f->disk_age > DISK_AGE_MAX)
		stuck |= STUCK_DISK;
	return stuck;
}

bool progress_is_fatal(unsigned stuck)
{
	return (stuck & (STUCK_LOOP | STUCK_PROBES | STUCK_MAIL | STUCK_LISTENER)) != 0;
}

bool progress_is_unsound(unsigned stuck)
{
	return (stuck & ~(unsigned)STUCK_CROWD) != 0;
}

void progress_print(unsigned stuck, struct buf *to)
{
	const char *comma = "";

	for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
		if ((stuck & sentences[i].stuck) == 0)
			continue;
		buf_printf(to, "%s%s", comma, sentences[i].words);
		comma = ", ";
	}
}
