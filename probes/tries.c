/*
 * tries.c - which address next, and which failure is told.
 *
 * It is that of the first address, because it decides by which family the
 * failure is judged (observation.address). ENETUNREACH mostly comes from
 * ourselves, who have no way for that family, and gives place to any other
 * one: so a site that refuses by IPv4 does not hide behind our missing IPv6,
 * nor one that refuses by IPv6 behind our missing IPv4.
 */
#include "tries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seats.h"
#include "shorewatch/plan.h"
#include "shorewatch/probe.h"

#define TURN_TIME_MIN (3 * USEC_PER_SEC) /* three times what a dead resolver costs */

/* ---- the others, in a re-test ---- */

static void others_look(struct tries *tries, struct probe_run *run)
{
	tries->others = calloc(1, sizeof(*tries->others));
	if (tries->others == NULL)
		return; /* then nothing is said of them */
	for (size_t i = 1; i < tries->n; i++)
		seats_add(tries->others, run, &tries->address[i]);
	seats_start(tries->others, run->io);
}

/* "no answer in time; 192.0.2.2:443 answers, 1 of 2" */
static void others_note(const struct tries *tries, struct probe_run *run)
{
	const struct address *good = seats_good(tries->others);
	unsigned n = (unsigned)tries->others->n + 1, answer = (unsigned)tries->others->good;
	char other[ADDRESS_TEXT_MAX], note[NOTE_MAX];

	if (n == 1)
		return;
	if (good == NULL) {
		(void)snprintf(note, sizeof(note), "none of %u addresses answers in time", n);
	} else {
		address_print(good, other);
		(void)snprintf(note, sizeof(note), "no answer in time; %s answers, %u of %u", other,
			       answer, n);
	}
	probe_run_note(run, note);
}

void tries_done(struct tries *tries)
{
	if (tries->others == NULL)
		return;
	seats_cancel(tries->others);
	free(tries->others);
	tries->others = NULL;
}

/* ---- one after the other ---- */

unsigned tries_turn(const struct probe_run *run)
{
	return run->target->connect_timeout >= TURN_TIME_MIN ? run->failed_before : 0;
}

void tries_init(struct tries *tries)
{
	tries->n = tries->at = 0;
	tries->others = NULL;
}

void tries_begin(struct tries *tries, struct probe_run *run, const struct io_answer *answer)
{
	tries_done(tries); /* of the hop before */
	memcpy(tries->address, answer->address, answer->n * sizeof(tries->address[0]));
	tries->n = answer->n;
	tries->at = 0;
	if (run != NULL && run->failed_before > 0 && tries->n > 1)
		others_look(tries, run);
}

const struct address *tries_address(const struct tries *tries)
{
	return &tries->address[tries->at];
}

static void failure_keep(struct tries *tries, enum cause cause, const char *note)
{
	struct failure *failure = &tries->failures[tries->at];

	failure->cause = cause;
	(void)snprintf(failure->note, sizeof(failure->note), "%s", note);
}

static bool is_no_way(const struct failure *failure)
{
	return failure->cause == CAUSE_UNREACHABLE && strcmp(failure->note, "ENETUNREACH") == 0;
}

/* Which one counts. */
static size_t failure_first(const struct tries *tries)
{
	for (size_t i = 0; i <= tries->at; i++) {
		if (!is_no_way(&tries->failures[i]))
			return i;
	}
	return 0;
}

/* "ECONNREFUSED; [2001:db8::1]:443: ENETUNREACH", as many as there is room for. */
static void failures_note(const struct tries *tries, size_t first, struct probe_run *run)
{
	char address[ADDRESS_TEXT_MAX], note[NOTE_MAX];
	size_t n = (size_t)snprintf(note, sizeof(note), "%s", tries->failures[first].note);

	for (size_t i = 0; i <= tries->at && n < sizeof(note); i++) {
		if (i == first)
			continue;
		address_print(&tries->address[i], address);
		n += (size_t)snprintf(note + n, sizeof(note) - n, "; %s: %s", address,
				      tries->failures[i].note);
	}
	probe_run_note(run, note);
}

static enum cause failure_tell(const struct tries *tries, struct probe_run *run)
{
	size_t first = failure_first(tries);

	run->seen.address = tries->address[first];
	if (tries->at > 0 || tries->failures[first].note[0] != '\0')
		failures_note(tries, first, run);
	return tries->failures[first].cause;
}

static bool is_worth_another(enum cause cause)
{
	return cause == CAUSE_REFUSED || cause == CAUSE_RESET || cause == CAUSE_UNREACHABLE;
}

static void going_on_note(const struct tries *tries, struct probe_run *run)
{
	char address[ADDRESS_TEXT_MAX], note[NOTE_MAX];
	const char *why = tries->failures[tries->at].note;

	address_print(tries_address(tries), address);
	(void)snprintf(note, sizeof(note), "not at %s (%s)", address,
		       *why != '\0' ? why : "refused");
	probe_run_note(run, note);
}

bool tries_go_on(struct tries *tries, struct probe_run *run, enum cause *cause, const char *note)
{
	failure_keep(tries, *cause, note);
	if (is_worth_another(*cause) && tries->at + 1 < tries->n) {
		going_on_note(tries, run);
		tries->at++;
		return true;
	}
	*cause = failure_tell(tries, run);
	return false;
}

void tries_give_up(struct tries *tries, struct probe_run *run)
{
	if (tries->at == 0 && tries->others != NULL)
		others_note(tries, run);
	if (tries->at == 0)
		return;
	failure_keep(tries, CAUSE_TIMEOUT, "no answer in time");
	run->overdue = failure_tell(tries, run);
}
