/*
 * tries.c - which address next, and which failure is told.
 *
 * What is told decides by which family the failure is judged: a refusal came
 * from over there, "unreachable" from some router, and ENETUNREACH mostly from
 * ourselves, who have no way for that family. So a site that refuses by IPv4
 * does not hide behind our missing IPv6.
 */
#include "tries.h"

#include <stdio.h>
#include <string.h>

#include "shorewatch/probe.h"

enum { WEIGHT_NO_WAY = 1, WEIGHT_UNREACHABLE, WEIGHT_REFUSED };

void tries_begin(struct tries *tries, const struct io_answer *answer)
{
	memcpy(tries->address, answer->address, sizeof(tries->address));
	tries->n = answer->n;
	tries->at = 0;
	tries->failed.weight = 0;
}

const struct address *tries_address(const struct tries *tries)
{
	return &tries->address[tries->at];
}

/* 0: no reason to try another one. */
static int failure_weight(enum cause cause, const char *note)
{
	if (cause == CAUSE_REFUSED || cause == CAUSE_RESET)
		return WEIGHT_REFUSED;
	if (cause == CAUSE_UNREACHABLE)
		return strcmp(note, "ENETUNREACH") == 0 ? WEIGHT_NO_WAY : WEIGHT_UNREACHABLE;
	return 0;
}

static void failure_keep(struct tries *tries, int weight, enum cause cause, const char *note)
{
	if (weight <= tries->failed.weight)
		return;
	tries->failed = (struct failed){ weight, *tries_address(tries), cause, "" };
	(void)snprintf(tries->failed.note, sizeof(tries->failed.note), "%s", note);
}

static void failure_note(const struct tries *tries, struct probe_run *run, const char *why)
{
	char address[ADDRESS_TEXT_MAX], note[NOTE_MAX];

	address_print(tries_address(tries), address);
	(void)snprintf(note, sizeof(note), "not at %s (%.40s)", address, why);
	probe_run_note(run, note);
}

bool tries_go_on(struct tries *tries, struct probe_run *run, enum cause *cause, const char *note)
{
	int weight = failure_weight(*cause, note);

	failure_keep(tries, weight, *cause, note);
	if (weight > 0 && tries->at + 1 < tries->n) {
		failure_note(tries, run, note[0] != '\0' ? note : "refused");
		tries->at++;
		return true;
	}
	if (tries->failed.weight > 0) {
		*cause = tries->failed.cause;
		run->seen.address = tries->failed.address;
		probe_run_note(run, tries->failed.note);
	} else if (note[0] != '\0') {
		probe_run_note(run, note);
	}
	return false;
}

void tries_give_up(const struct tries *tries, struct probe_run *run)
{
	if (tries->failed.weight > WEIGHT_NO_WAY)
		run->seen.address = tries->failed.address;
}
