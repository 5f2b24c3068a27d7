/*
 * proof.h - what the kinds write into the evidence of a run that fails.
 */
#ifndef PROBES_PROOF_H
#define PROBES_PROOF_H

#include "shorewatch/evidence.h"
#include "tries.h"

struct probe_run;

/* What a name led to. When it has failed, or when the run before this one has. */
void proof_answer(struct probe_run *run, const char *host, const struct io_answer *answer);
/* The same, as far as it is still known, when what came after it has failed. */
void proof_tries(struct probe_run *run, const char *host, const struct tries *tries);

/* For `evidence` NULL these do nothing. */

/* Of the answer's head; those that may hold a secret keep their name only. */
void proof_header(struct evidence *evidence, const char *name, const char *value);
void proof_body(struct evidence *evidence, const void *bytes, size_t n);
/* Another answer comes: nothing of the one before stays. */
void proof_begin(struct evidence *evidence);
/* Wherever a server gave this back to us, a word stands instead. NULL, or too short: nothing. */
void proof_hide(struct evidence *evidence, const char *secret);

#endif
