/*
 * fault.c - errno in, cause out.
 *
 * ENETUNREACH is shown both by our own dead link and by a router far away:
 * the references tell the two apart, not we. A value that is not in the table
 * is ours, because an alarm needs a cause that we understand.
 */
#include "io/fault.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const struct fault_row {
	int error;
	enum cause cause;
} fault_rows[] = {
	{ ECONNREFUSED, CAUSE_REFUSED },
	{ ECONNRESET, CAUSE_RESET },
	{ ECONNABORTED, CAUSE_RESET },
	{ EPIPE, CAUSE_RESET },
	{ ETIMEDOUT, CAUSE_TIMEOUT },
	{ EHOSTUNREACH, CAUSE_UNREACHABLE },
	{ ENETUNREACH, CAUSE_UNREACHABLE },
	{ EHOSTDOWN, CAUSE_UNREACHABLE },
	{ ENONET, CAUSE_UNREACHABLE },
	/* ICMP: protocol unreachable, and a parameter problem. */
	{ ENOPROTOOPT, CAUSE_UNREACHABLE },
	{ EPROTO, CAUSE_UNREACHABLE },
};

enum cause fault_cause(int error)
{
	for (size_t i = 0; i < sizeof(fault_rows) / sizeof(fault_rows[0]); i++) {
		if (fault_rows[i].error == error)
			return fault_rows[i].cause;
	}
	return CAUSE_LOCAL;
}

static const int shortages[] = { ENOMEM, ENOBUFS, EMFILE, ENFILE };

#define SHORTAGES (sizeof(shortages) / sizeof(shortages[0]))

bool fault_is_shortage(int error)
{
	for (size_t i = 0; i < SHORTAGES; i++) {
		if (shortages[i] == error)
			return true;
	}
	return false;
}

bool fault_tells_shortage(const char *note)
{
	for (size_t i = 0; i < SHORTAGES; i++) {
		const char *name = fault_name(shortages[i]);

		if (strncmp(note, name, strlen(name)) == 0)
			return true;
	}
	return false;
}

const char *fault_name(int error)
{
	const char *name = strerrorname_np(error);

	return name != NULL ? name : "unknown error";
}
