/*
 * vet.h - may this run connect to that address? (SR-02, SR-05)
 */
#ifndef PROBES_VET_H
#define PROBES_VET_H

#include <stdbool.h>

#include "shorewatch/address.h"

struct target_plan;
struct probe_run;

/* The configuration says itself where this leads: an address, or localhost. */
bool vet_is_given(const char *host);
/* Public, or under the target's `allow`. */
bool vet_allows(const struct target_plan *target, const struct address *address);
/* Notes what was refused; the outcome is the caller's. */
void vet_note(struct probe_run *run, const struct address *address);

#endif
