/*
 * ending.c - what a transfer's end means.
 *
 * "Reached" is: TCP connected and anything came back. A certificate that does
 * not verify has come back; a reset or a silence in the handshake is nothing.
 */
#include "io/ending.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "io/fault.h"

#define TRIAL_BYTES                                                                                \
	(1024 * 1024) /* while this much is to be had, memory is not what was missing              \
		       */

/* The phase it ended in, as the library's clock has it: callbacks may have come late. */
static enum phase phase_ended(const struct ending *ending)
{
	if (ending->ends[PHASE_CONNECT] == 0)
		return PHASE_CONNECT;
	if (ending->is_tls && ending->ends[PHASE_TLS] == 0)
		return PHASE_TLS;
	return ending->phase > PHASE_TLS ? ending->phase : PHASE_SEND;
}

static void spans_fill(const struct ending *ending, struct io_http_result *result)
{
	usec_t before = 0;

	for (int p = PHASE_DNS; p < PHASE_COUNT; p++)
		result->phase_us[p] = PHASE_NOT_REACHED;
	for (enum phase p = PHASE_CONNECT; p <= result->phase; p++) {
		usec_t end = ending->ends[p == result->phase ? PHASE_BODY : p];

		if (p == PHASE_TLS && !ending->is_tls)
			continue;
		end = end > before ? end : before;
		result->phase_us[p] = end - before;
		before = end;
	}
}

/*
 * "error:0A000410:SSL routines::alert protocol version, errno 0": only what
 * OpenSSL wrote between the colons and the comma. Empty: nothing of the kind.
 */
static void reason_take(const char *words, char note[NOTE_MAX])
{
	const char *routines = *words != '\0' ? strstr(words, "SSL routines:") : NULL;
	const char *reason = routines != NULL ? strstr(routines, "::") : NULL;

	note[0] = '\0';
	if (reason != NULL)
		(void)snprintf(note, NOTE_MAX, "%.*s", (int)strcspn(reason + 2, ","), reason + 2);
}

/* In TLS 1.3 the peer judges our certificate only after our side of the handshake is over. */
static bool is_late_alert(const struct ending *ending, const char *reason)
{
	return ending->hint == ENDING_ERRNO && ending->is_tls && strstr(reason, " alert ") != NULL;
}

static bool has_memory(void)
{
	void *volatile trial = malloc(TRIAL_BYTES);

	free(trial);
	return trial != NULL;
}

/* OpenSSL's "error:0A0C0100:SSL routines::malloc failure", whichever of its routines it was. */
static bool is_out_of_memory(const struct ending *ending)
{
	return *ending->words != '\0' && strstr(ending->words, "::malloc failure") != NULL;
}

/* libcurl has no other word for it. Before the first byte there was no header at all. */
static bool is_endless_header(const struct ending *ending)
{
	return ending->hint == ENDING_MEMORY && !ending->is_session && ending->has_bytes &&
	       has_memory();
}

/* Corrects the cause; returns the note. `reason` is OpenSSL's. */
static const char *cause_refine(const struct ending *ending, const char *reason, enum cause *cause)
{
	const struct tls_seen *tls = ending->tls;

	if (ending->is_ours || (ending->hint == ENDING_ERRNO && ending->error != 0)) {
		*cause = fault_cause(ending->error);
		return fault_name(ending->error);
	}
	if (is_out_of_memory(ending)) {
		*cause = CAUSE_LOCAL;
		return fault_name(ENOMEM);
	}
	if (ending->hint == ENDING_HANDSHAKE && tls->has_answered)
		return reason;
	if (is_late_alert(ending, reason)) {
		*cause = CAUSE_HANDSHAKE;
		return reason;
	}
	if (ending->hint == ENDING_HANDSHAKE) {
		*cause = CAUSE_RESET;
		return "closed in the handshake";
	}
	if (ending->hint == ENDING_VERIFICATION && tls->cause != CAUSE_PASS) {
		*cause = tls->cause;
		return tls->note;
	}
	if (is_endless_header(ending)) {
		*cause = CAUSE_PROTOCOL;
		return "a header without end";
	}
	if (ending->status != 0 && ending->wanted == IO_HTTP_2 && ending->spoken != IO_HTTP_2) {
		*cause = CAUSE_PROTOCOL;
		return "the peer did not choose HTTP/2";
	}
	return ending->note;
}

struct io_http_result ending_result(const struct ending *ending)
{
	struct io_http_result result = {
		.phase = phase_ended(ending),
		.cause = ending->cause,
		.status = ending->status,
		.certificate = ending->tls->certificate,
		.version = ending->spoken,
		.is_reached = ending->has_bytes || ending->tls->has_answered,
	};
	char reason[NOTE_MAX];

	reason_take(ending->words, reason);
	(void)words_copy(result.note, sizeof(result.note),
			 cause_refine(ending, reason, &result.cause));
	spans_fill(ending, &result);
	return result;
}
