/*
 * vet.c - a public name must not lead into a private net. What the
 * configuration names itself is fine; what an answer says never widens that.
 */
#include "vet.h"

#include <stdio.h>
#include <strings.h>

#include "shorewatch/plan.h"

bool vet_is_given(const char *host)
{
	struct address address;

	return address_parse_host(host, 0, &address) || strcasecmp(host, "localhost") == 0;
}

bool vet_allows(const struct target_plan *target, const struct address *address)
{
	if (!address_is_private(address))
		return true;
	for (size_t i = 0; i < target->allow_n; i++) {
		if (address_net_contains(&target->allow[i], address))
			return true;
	}
	return false;
}

void vet_note(struct probe_run *run, const struct address *address)
{
	char text[ADDRESS_TEXT_MAX], note[NOTE_MAX];

	address_print(address, text);
	(void)snprintf(note, sizeof(note), "leads to the private address %s", text);
	probe_run_note(run, note);
}
