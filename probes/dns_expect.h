/*
 * dns_expect.h - records held against what is expected of them. Pure.
 */
#ifndef PROBES_DNS_EXPECT_H
#define PROBES_DNS_EXPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/io.h"
#include "shorewatch/observation.h"
#include "shorewatch/option.h"

struct dns_answers {
	const char *const *texts; /* as io_lookup_result has them */
	size_t n;
	enum io_record record;
};

/* False: `fault` says which cannot be meant. */
bool dns_expect_check(const struct strings *expect, enum io_record record,
		      struct option_fault *fault);
/* Each is among the answers. False: the note says which is not, and what came. */
bool dns_expect_is_met(const struct strings *expect, const struct dns_answers *answers,
		       char note[NOTE_MAX]);

#endif
