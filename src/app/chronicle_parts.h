/*
 * chronicle_parts.h - what chronicle.c has collected, for its two writers:
 * chronicle_text.c for people, chronicle_json.c for programs.
 */
#ifndef APP_CHRONICLE_PARTS_H
#define APP_CHRONICLE_PARTS_H

#include <stddef.h>

#include "app/chronicle.h"

#define CHRONICLE_ENTRIES_MAX  200
#define CHRONICLE_EVENTS_MAX   400
#define CHRONICLE_EVIDENCE_MAX 400
#define CHRONICLE_NAMES_MAX    512

/* One incident, wherever it was found. */
struct chronicle_entry {
	uint64_t id;
	char number[INCIDENT_NUMBER_MAX], stack[NAME_TEXT_MAX];
	char diagnosis[32], worst[32];
	char affected[CHRONICLE_NAMES_MAX]; /* "blog,misskey" */
	wall_t opened, closed;		    /* closed unset: open */
	usec_t lasted;			    /* by the boot clock, so far or in all; -1: not known */
	unsigned mails, members;
	const struct incident *incident; /* of the model; NULL: only the history knows it */
};

/* A failure that a verdict rests on. */
struct chronicle_failure {
	char name[NAME_TEXT_MAX], outcome[48], address[ADDRESS_TEXT_MAX], note[NOTE_MAX];
	wall_t started;
	usec_t total_us;
	usec_t phase_us[PHASE_COUNT];
	int status;
	int references_up, references; /* -1: not known */
	char *facts, *head, *body; /* of its exhibit, see exhibit.h; NULL: none is kept */
};

struct chronicle {
	const struct model *model;
	struct chronicle_entry entries[CHRONICLE_ENTRIES_MAX]; /* newest first */
	size_t n;
	/* of the one incident */
	struct incident_event events[CHRONICLE_EVENTS_MAX];
	size_t events_n;
	struct chronicle_failure failures[CHRONICLE_EVIDENCE_MAX];
	size_t failures_n;
	bool is_cut; /* there were more than these */
};

/* "first-failure", "mailed": the words of the history and of JSON. */
const char *chronicle_event_name(enum incident_event_kind kind);
/* A row of the history. False: a kind that only a newer version knows. */
struct store_event;
bool chronicle_event_read(const struct store_event *e, struct incident_event *ret);
/* How long it lasted, or has lasted. */
usec_t chronicle_span(const struct chronicle *c, const struct chronicle_entry *entry);
/* What the incident knows of a target or watchdog, and its name. False: it does not belong to it.
 */
bool chronicle_member(const struct chronicle *c, const struct chronicle_entry *entry,
		      size_t subject, const struct incident_member **ret, const char **ret_name);

void chronicle_list_text(const struct chronicle *c, struct buf *to);
void chronicle_one_text(const struct chronicle *c, struct buf *to);
void chronicle_list_json(const struct chronicle *c, struct buf *to);
void chronicle_one_json(const struct chronicle *c, struct buf *to);

#endif
