/*
 * probe_say.h - one run, told to a person or a program.
 */
#ifndef APP_PROBE_SAY_H
#define APP_PROBE_SAY_H

#include "shorewatch/io.h"
#include "shorewatch/observation.h"
#include "shorewatch/plan.h"

struct buf;

struct probe_seen {
	const struct target_plan *target;
	const char *title; /* for people: a target's name, or the URL that was given */
	struct observation seen;
	struct io_answer names; /* all its addresses; n = 0: not asked, or none */
};

/* "blog answers: 200 in 84 ms", "blog is down for us: TCP connection refused (192.0.2.1:443)" */
void probe_sentence(const struct probe_seen *p, struct buf *to);
/* Phases as bars, then certificate, addresses, the curl line, and the sentence at the end. */
void probe_text(const struct probe_seen *p, bool has_colour, struct buf *to);
void probe_json(const struct probe_seen *p, struct buf *to);

#endif
