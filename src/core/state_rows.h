/*
 * state_rows.h - the tables behind snapshot.c: one for each kind of line.
 */
#ifndef CORE_STATE_ROWS_H
#define CORE_STATE_ROWS_H

#include "core/engine_state.h"
#include "core/rows.h"

/* A trouble of ours that people were told of: a "self" line, named after the matter. */
struct self_line {
	uint64_t told;
};

/* What a channel was told of the incident on the lines before: a "told" line without a name. */
struct told_line {
	uint64_t channel; /* key_text() of its name, which may be a long address */
	struct telling telling;
};

/* A channel's own: a "channel" line without a name. */
struct channel_line {
	uint64_t channel; /* as above */
	struct channel_state state;
};

/* What belongs to no target, watchdog or incident. */
struct general {
	struct now saved;
	int number_day;
	unsigned number_count;
	uint64_t made, serial;
	struct now isolated; /* since when; unset: not */
	mono_t reviewed;
	/* what each channel was told stands behind each incident; an older program told everybody */
	bool is_by_channel;
	wall_t mail_trouble;
};

extern const struct row check_rows[], setback_rows[], job_rows[], deadman_rows[], witness_rows[];
extern const struct row pull_rows[];
extern const struct row silence_rows[], flap_rows[];
extern const struct row incident_rows[], event_rows[], member_rows[];
extern const struct row weekly_rows[], outage_rows[];
extern const struct row told_line_rows[], channel_line_rows[];
extern const struct row told_rows[], self_rows[], general_rows[];

#endif
