/*
 * story_fixture.h - incidents with their whole logs, for pages of their own.
 */
#ifndef TESTS_STORY_FIXTURE_H
#define TESTS_STORY_FIXTURE_H

#include "model_fixture.h"
#include "render/history_page.h"
#include "render/incident_page.h"

#define STORY_EVENTS 12

/* Must not be moved while the story is in use. */
struct telling_fixture {
	struct incident_event events[STORY_EVENTS];
	struct story story;
};

static inline void story_of(struct telling_fixture *t, const struct incident *incident)
{
	t->story = (struct story){ .incident = incident,
				   .events = incident->log,
				   .events_n = incident->log_n };
}

static inline struct incident_event *story_add(struct telling_fixture *t, wall_t at,
					       enum incident_event_kind kind, const char *subject)
{
	struct incident_event *event = &t->events[t->story.events_n++];

	*event = (struct incident_event){
		.at = at, .kind = kind, .count = 1, .outcome = { PHASE_CONNECT, CAUSE_TIMEOUT }
	};
	(void)snprintf(event->subject, sizeof event->subject, "%s", subject);
	return event;
}

/* The stack's outage of the mocks' past, as the history tells of it: also of whom it came to. */
static inline void story_past(struct fixture *f, struct telling_fixture *t)
{
	const struct incident *incident = &f->past[3];
	wall_t opened = incident->opened.wall;
	const usec_t minute = USEC_PER_MIN;

	t->story = (struct story){ .incident = incident, .events = t->events };
	(void)story_add(t, opened, EVENT_FIRST_FAILURE, "blog");
	story_add(t, (wall_t){ opened.us + minute }, EVENT_CONFIRMED, "")->count = 4;
	story_add(t, (wall_t){ opened.us + 2 * minute }, EVENT_DIAGNOSIS, "")->diagnosis =
		DIAGNOSIS_STACK_DOWN;
	(void)story_add(t, (wall_t){ opened.us + 2 * minute }, EVENT_MAILED, "");
	(void)story_add(t, (wall_t){ opened.us + 3 * minute }, EVENT_JOINED, "ingress");
	(void)story_add(t, (wall_t){ opened.us + 4 * minute }, EVENT_JOINED, "blog");
	incident_text(story_add(t, (wall_t){ opened.us + 20 * minute }, EVENT_NOTE, "")->text,
		      "The power is out in the whole street.");
	incident_text(story_add(t, (wall_t){ opened.us + 70 * minute }, EVENT_NOTE, "")->text,
		      "The power is back; nodes are starting.");
	(void)story_add(t, (wall_t){ opened.us + 76 * minute }, EVENT_RETURNED, "blog");
	(void)story_add(t, incident->closed.wall, EVENT_CLOSED, "");
}

/* The fixture's past, as a history. */
static inline const struct incident *history_at(void *ctx, size_t which)
{
	const struct fixture *f = ctx;

	return &f->past[which];
}

static inline struct history history_of(struct fixture *f)
{
	return (struct history){ .n = f->model.past_n, .at = history_at, .ctx = f };
}

#endif
