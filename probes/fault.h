/*
 * fault.h - how a kind's check() says no.
 */
#ifndef PROBES_FAULT_H
#define PROBES_FAULT_H

#include <stdbool.h>
#include <stdio.h>

#include "shorewatch/option.h"

/* Always false, so that it can be returned. `text` says what to do. */
static inline bool fault_say(struct option_fault *fault, const char *option, const char *text)
{
	fault->option = option;
	(void)snprintf(fault->text, sizeof(fault->text), "%s", text);
	return false;
}

#endif
