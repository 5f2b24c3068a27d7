/*
 * http_proof.h - the evidence of a failed http run, without its secrets.
 */
#ifndef PROBES_HTTP_PROOF_H
#define PROBES_HTTP_PROOF_H

#include "http_params.h"

struct evidence;

/* Once no more is to come. NULL is fine. */
void http_proof_hide(struct evidence *evidence, const struct http_params *params);

#endif
