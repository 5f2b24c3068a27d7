/*
 * http_expect.h - what is demanded of the answer's headers: "Content-Type: application/json".
 * Pure.
 */
#ifndef PROBES_HTTP_EXPECT_H
#define PROBES_HTTP_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/observation.h"
#include "shorewatch/option.h"

#define EXPECTS_MAX 16

/*
 * "Name: text": a header of that name must be there and hold the text; letters
 * are alike in both cases. "Name:" alone: it must be there.
 */
struct expects {
	const struct strings *texts; /* at most EXPECTS_MAX */
	uint32_t met;		     /* a bit a text */
	uint32_t differs;	     /* its header was there, with another value */
	char other[EXPECTS_MAX][48]; /* that value, perhaps cut */
};

bool expect_is_fine(const char *text);
void expects_init(struct expects *expects, const struct strings *texts);
void expects_see(struct expects *expects, const char *name, const char *value);
/* False: the note says which is not met. It may hold foreign bytes. */
bool expects_are_met(const struct expects *expects, char note[NOTE_MAX]);

#endif
