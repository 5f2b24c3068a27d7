/*
 * merge.c - an end that tells what could not be told before.
 *
 * When nobody took the DOWN for more than ten minutes and all of it is over by
 * now, one mail is enough: the UP says that nothing could leave, and what waits
 * of its incident for the same recipient is told with it. Until the UP is
 * accepted none of that is gone; what is in doubt, or on its way, is never merged.
 */
#include <string.h>

#include "core/outbox.h"

#define MERGE_AFTER (10 * USEC_PER_MIN)

bool outbox_precedes(const struct notice *a, const struct notice *b)
{
	if (a->incident == 0 || a->incident != b->incident || a->seq >= b->seq)
		return false;
	return strcmp(a->recipient, b->recipient) == 0;
}

static bool is_untouched(const struct outbox_entry *entry)
{
	return entry->state == OUTBOX_WAITING && !entry->is_in_doubt && !entry->may_be_there;
}

/* Its quiet hours are not over: nobody has tried to send it yet. */
static bool is_to_rest(const struct outbox_entry *entry, struct now now)
{
	return entry->notice.not_before.us > now.wall.us;
}

/* In this life, or since a life before. */
static bool has_waited(const struct outbox_entry *entry, struct now now)
{
	return mono_span(entry->added, now.mono) >= MERGE_AFTER ||
	       wall_span(entry->notice.created.wall, now.wall) >= MERGE_AFTER;
}

wall_t outbox_merges(const struct outbox *o, const struct notice *notice, struct now now)
{
	const struct outbox_entry *first = NULL;

	if (notice->kind != NOTICE_RECOVERED || notice->is_drill || !outbox_is_mail(notice))
		return (wall_t){ 0 };
	for (size_t i = 0; o->n > 0 && i < o->used; i++) {
		const struct outbox_entry *entry = &o->entries[i];

		if (entry->state == OUTBOX_FREE || !outbox_precedes(&entry->notice, notice))
			continue;
		if (!is_untouched(entry) || !entry->is_durable || is_to_rest(entry, now))
			return (wall_t){ 0 };
		if (entry->notice.kind == NOTICE_DOWN)
			first = entry;
	}
	return first && has_waited(first, now) ? first->notice.created.wall : (wall_t){ 0 };
}

void outbox_link_end(struct outbox *o, struct outbox_entry *entry)
{
	for (size_t i = 0; i < o->used; i++) {
		struct outbox_entry *other = &o->entries[i];

		if (other->state == OUTBOX_FREE)
			continue;
		if (wall_is_set(entry->notice.merges) &&
		    outbox_precedes(&other->notice, &entry->notice))
			other->end = entry;
		if (wall_is_set(other->notice.merges) &&
		    outbox_precedes(&entry->notice, &other->notice))
			entry->end = other;
	}
}

void outbox_unlink_end(struct outbox *o, const struct outbox_entry *entry)
{
	for (size_t i = 0; i < o->used; i++)
		if (o->entries[i].end == entry)
			o->entries[i].end = NULL;
}

/* An end that a crash would lose tells nothing for others. */
bool outbox_is_told_by_end(const struct outbox_entry *entry)
{
	return entry->end && is_untouched(entry) &&
	       (entry->end->is_durable || entry->end->state == OUTBOX_STORING);
}

struct outbox_entry *outbox_told_by(struct outbox *o, const struct notice *end)
{
	for (size_t i = 0; i < o->used; i++)
		if (is_untouched(&o->entries[i]) &&
		    outbox_precedes(&o->entries[i].notice, end))
			return &o->entries[i];
	return NULL;
}
