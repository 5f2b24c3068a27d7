/*
 * fault.h - what an errno of a socket says: the far side's doing, or our own
 * want of descriptors, ports and memory (reliability.md 1.5 and 3).
 */
#ifndef IO_FAULT_H
#define IO_FAULT_H

#include <stdbool.h>

#include "shorewatch/outcome.h"

/* Never PASS; what is not known to come from the far side is CAUSE_LOCAL. */
enum cause fault_cause(int error);
/* Our own memory or descriptors have run out, which is over in a moment or never ours to mend. */
bool fault_is_shortage(int error);
/* The same of a CAUSE_LOCAL's note, which begins with the errno's name. */
bool fault_tells_shortage(const char *note);
/* "ECONNREFUSED"; static text, never NULL. */
const char *fault_name(int error);

#endif
