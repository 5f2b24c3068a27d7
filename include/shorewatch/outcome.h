/*
 * outcome.h - how a run ended: the phase it was in and the cause that ended it.
 *
 * An outcome is data about the world, never an error of ours. The table in
 * src/base/outcome.c says for every cause whose fault it is.
 */
#ifndef SHOREWATCH_OUTCOME_H
#define SHOREWATCH_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

enum phase {
	PHASE_DNS,
	PHASE_CONNECT,
	PHASE_TLS,
	PHASE_SEND,
	PHASE_WAIT, /* for the first byte of the answer */
	PHASE_BODY,
	PHASE_COUNT,
};

enum cause {
	CAUSE_PASS,
	CAUSE_TIMEOUT,
	CAUSE_REFUSED,
	CAUSE_RESET,	   /* or closed before anything came */
	CAUSE_UNREACHABLE, /* host or network */
	CAUSE_NXDOMAIN,
	CAUSE_NODATA,	   /* the name exists, no address of the wanted family */
	CAUSE_SERVFAIL,
	CAUSE_FORBIDDEN,   /* the answer is an address we refuse to connect to (SR-02, SR-05) */
	CAUSE_CERTIFICATE, /* does not verify; the note says why */
	CAUSE_EXPIRED,	   /* the certificate has expired */
	CAUSE_HANDSHAKE,   /* TLS failed otherwise */
	CAUSE_STATUS,	   /* another HTTP status than expected; observation.code */
	CAUSE_MISMATCH,	   /* the content is not what was expected */
	CAUSE_REDIRECT,	   /* too many, a loop, or to a scheme we refuse */
	CAUSE_PROTOCOL,	   /* not the protocol spoken, or broken framing */
	/*
	 * nobody spoke: a job did not report in time, in PHASE_WAIT not at all, in PHASE_BODY
	 * not its end; in PHASE_CONNECT no echo came back
	 */
	CAUSE_SILENT,
	CAUSE_REPORTED,	   /* a job said itself that it failed */
	/* below: not the target's fault, the run is inconclusive */
	CAUSE_RESOLVER,	   /* none of our resolvers answered */
	CAUSE_CUT,	   /* our own limit cut the answer before it could match */
	CAUSE_LOCAL,	   /* no descriptor, port or memory; errno in the note */
	CAUSE_LAGGED,	   /* our loop was late, so a timeout proves nothing */
	CAUSE_ABORTED,	   /* reload, shutdown, loop gap */
	CAUSE_COUNT,
};

enum fault { FAULT_NONE, FAULT_TARGET, FAULT_VANTAGE };

struct outcome {
	enum phase phase; /* the phase that ended it; for CAUSE_PASS the last one */
	enum cause cause;
};

/* "connect-timeout", "pass"; the words of scenarios, logs and JSON. Static text. */
const char *outcome_code(struct outcome o);
/* Back from outcome_code's text. False: no such outcome. */
bool outcome_parse(const char *code, struct outcome *ret);
enum fault outcome_fault(struct outcome o);
const char *phase_name(enum phase p);

#endif
