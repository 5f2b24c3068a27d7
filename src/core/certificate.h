/*
 * certificate.h - when the end of a certificate is near enough to be told, and
 * what has been told already.
 */
#ifndef CORE_CERTIFICATE_H
#define CORE_CERTIFICATE_H

#include <stddef.h>
#include <stdint.h>

#include "shorewatch/observation.h"

#define CERTIFICATE_STEPS 5			/* 21, 14, 7, 3, 1 days */
#define CERTIFICATE_RENEWED CERTIFICATE_STEPS	/* the `seq` of the mail that ends the thread */

/*
 * How long before its end a step is reached: its days, but never more than a
 * quarter of the lifetime, so that a certificate made for six days is not
 * complained of on the day it is made (DECISIONS 2). `step`: 0 .. CERTIFICATE_STEPS - 1.
 */
usec_t certificate_ahead(const struct certificate *c, int step);
/* The last step reached at `at`; -1: none yet, over already, or its end is not known. */
int certificate_step(const struct certificate *c, wall_t at);
/* The span until it reaches a further step, or its end; 0: it has ended or is not known. */
usec_t certificate_until_next(const struct certificate *c, wall_t at);

/* One certificate that people have been told of. */
struct certificate_told {
	uint64_t fingerprint;
	wall_t not_after;
	uint32_t steps;	/* 1 << step of each mail, CERTIFICATE_RENEWED among them */
};

/* Memory belongs to the caller. When it is full, the one that ends first is forgotten. */
struct certificate_ledger {
	struct certificate_told *v;
	size_t n, max;
};

/* NULL: nothing was told of it. */
struct certificate_told *ledger_find(const struct certificate_ledger *ledger, uint64_t fingerprint);
/* Its entry, made when there is none yet. */
struct certificate_told *ledger_open(struct certificate_ledger *ledger, uint64_t fingerprint,
				     wall_t not_after);
/* This step, or a later one, was told. NULL is fine. */
bool ledger_has(const struct certificate_told *told, int step);
/* The last step that was told; -1: none. NULL is fine. */
int ledger_last(const struct certificate_told *told);

#endif
