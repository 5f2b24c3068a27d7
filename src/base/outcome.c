/*
 * outcome.c - the words for how a run ended, and whose fault it was.
 *
 * One row a cause. The codes are joined by the compiler, so that a code is
 * static text and two equal outcomes have the very same words everywhere.
 */
#include "shorewatch/outcome.h"

#include <assert.h>
#include <string.h>

struct cause_row {
	const char *codes[PHASE_COUNT];
	enum fault fault;
};

#define ROW(name, whose)                                                                           \
	{                                                                                          \
		.codes =                                                                           \
			{                                                                          \
				[PHASE_DNS] = "dns-" name,   [PHASE_CONNECT] = "connect-" name,    \
				[PHASE_TLS] = "tls-" name,   [PHASE_SEND] = "send-" name,          \
				[PHASE_WAIT] = "wait-" name, [PHASE_BODY] = "body-" name,          \
			},                                                                         \
		.fault = (whose),                                                                  \
	}

static const struct cause_row causes[CAUSE_COUNT] = {
	/* A pass is a pass in whatever phase the kind of probe ends: its code is the bare word. */
	[CAUSE_PASS] = {.codes = {"pass", "pass", "pass", "pass", "pass", "pass"},
			.fault = FAULT_NONE},
	[CAUSE_TIMEOUT] = ROW("timeout", FAULT_TARGET),
	[CAUSE_REFUSED] = ROW("refused", FAULT_TARGET),
	[CAUSE_RESET] = ROW("reset", FAULT_TARGET),
	[CAUSE_UNREACHABLE] = ROW("unreachable", FAULT_TARGET),
	[CAUSE_NXDOMAIN] = ROW("nxdomain", FAULT_TARGET),
	[CAUSE_NODATA] = ROW("nodata", FAULT_TARGET),
	[CAUSE_SERVFAIL] = ROW("servfail", FAULT_TARGET),
	[CAUSE_FORBIDDEN] = ROW("forbidden", FAULT_TARGET),
	[CAUSE_CERTIFICATE] = ROW("certificate", FAULT_TARGET),
	[CAUSE_EXPIRED] = ROW("expired", FAULT_TARGET),
	[CAUSE_HANDSHAKE] = ROW("handshake", FAULT_TARGET),
	[CAUSE_STATUS] = ROW("status", FAULT_TARGET),
	[CAUSE_MISMATCH] = ROW("mismatch", FAULT_TARGET),
	[CAUSE_REDIRECT] = ROW("redirect", FAULT_TARGET),
	[CAUSE_PROTOCOL] = ROW("protocol", FAULT_TARGET),
	[CAUSE_SILENT] = ROW("silent", FAULT_TARGET),
	[CAUSE_REPORTED] = ROW("reported", FAULT_TARGET),
	[CAUSE_RESOLVER] = ROW("resolver", FAULT_VANTAGE),
	[CAUSE_CUT] = ROW("cut", FAULT_VANTAGE),
	[CAUSE_LOCAL] = ROW("local", FAULT_VANTAGE),
	[CAUSE_LAGGED] = ROW("lagged", FAULT_VANTAGE),
	[CAUSE_ABORTED] = ROW("aborted", FAULT_VANTAGE),
};

static const char *const phases[PHASE_COUNT] = {
	[PHASE_DNS] = "dns",   [PHASE_CONNECT] = "connect", [PHASE_TLS] = "tls",
	[PHASE_SEND] = "send", [PHASE_WAIT] = "wait",	    [PHASE_BODY] = "body",
};

static const struct cause_row *cause_row(struct outcome o)
{
	assert((unsigned)o.cause < CAUSE_COUNT);
	assert((unsigned)o.phase < PHASE_COUNT);
	return &causes[o.cause];
}

const char *outcome_code(struct outcome o)
{
	return cause_row(o)->codes[o.phase];
}

/* Phases are walked from the last to the first, so that "pass" comes back in the last one. */
bool outcome_parse(const char *code, struct outcome *ret)
{
	for (int cause = 0; cause < CAUSE_COUNT; cause++) {
		for (int phase = PHASE_COUNT - 1; phase >= 0; phase--) {
			if (strcmp(code, causes[cause].codes[phase]) != 0)
				continue;
			*ret = (struct outcome){(enum phase)phase, (enum cause)cause};
			return true;
		}
	}
	return false;
}

enum fault outcome_fault(struct outcome o)
{
	return cause_row(o)->fault;
}

const char *phase_name(enum phase p)
{
	assert((unsigned)p < PHASE_COUNT);
	return phases[p];
}
