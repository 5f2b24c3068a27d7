/*
 * tries.h - the addresses of a name, one after the other.
 *
 * The next one is tried only when one says no at once (refused, unreachable):
 * silence has used up the time to connect. So a name whose first machine is
 * gone is as good to us as to its visitors. IPv4 comes first.
 */
#ifndef PROBES_TRIES_H
#define PROBES_TRIES_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/io.h"

struct probe_run;
struct seats;

struct tries {
	struct address address[IO_ADDRESSES_MAX];
	size_t n, at; /* at: the one in use; those before it have failed */
	struct failure {
		enum cause cause;
		char note[24]; /* errno's name */
	} failures[IO_ADDRESSES_MAX];
	/* the addresses behind the first, looked at in a re-test; NULL: none are */
	struct seats *others;
};

/*
 * For io_resolve_turn(): which re-test this is. Where there is no time to wait for one dead
 * resolver and for the others as well, it is none, or it would never come to an end.
 */
unsigned tries_turn(const struct probe_run *run);
/* Where the scratch is not zeroed. */
void tries_init(struct tries *tries);
/*
 * In a re-test of `run`, what is behind the first address is connected to at the same time: should
 * that one be silent, the run fails as ever, but says which others answer. NULL: never.
 */
void tries_begin(struct tries *tries, struct probe_run *run, const struct io_answer *answer);
/* Before the run is over, however it ends. */
void tries_done(struct tries *tries);
const struct address *tries_address(const struct tries *tries);
/*
 * The address in use could not be connected to. True: another is in use now,
 * and the run's note tells of this one. False: that was the last; `*cause` and
 * the run's address are those of the failure that counts, and the note names
 * all of them.
 */
bool tries_go_on(struct tries *tries, struct probe_run *run, enum cause *cause, const char *note);
/*
 * The time to connect is over: the silence now does not undo what was heard before. The note says
 * what is known of the other addresses.
 */
void tries_give_up(struct tries *tries, struct probe_run *run);

#endif
