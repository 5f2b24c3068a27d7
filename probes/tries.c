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
#include <string.h>

#include "shorewatch/probe.h"

void tries_begin(struct tries *tries, const struct io_answer *answer)
{
	memcpy(tries->address, answer->address, sizeof(tries->address));
	tries->n = answer->n;
	tries->at = 0;
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
	if (tries->at == 0)
		return;
	failure_keep(tries, CAUSE_TIMEOUT, "no answer in time");
	run->overdue = failure_tell(tries, run);
}
