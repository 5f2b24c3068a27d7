/*
 * store_past_test.c - incidents with their logs and evidence, as they come
 * back long after, and what retention leaves of them.
 */
#include "store_place.h"

static void observed_told(void *ctx, const struct store_observed *o)
{
	struct seen *seen = ctx;
	size_t at = strlen(seen->text);

	seen->n++;
	snprintf(seen->text + at, sizeof seen->text - at, "%s %s +%" PRId64 " %d/%d|", o->name,
		 o->outcome, (o->started.us - 1795600000 * USEC_PER_SEC) / USEC_PER_SEC,
		 o->references_up, o->references);
}

static void event_told(void *ctx, const struct store_event *e)
{
	struct seen *seen = ctx;
	size_t at = strlen(seen->text);

	seen->n++;
	snprintf(seen->text + at, sizeof seen->text - at, "%s %s %s %s %s %d %u|", e->kind,
		 e->subject, e->outcome, e->diagnosis, e->text, e->code, e->count);
}

static void incident_told(void *ctx, const struct store_incident *i)
{
	struct seen *seen = ctx;
	size_t at = strlen(seen->text);

	seen->n++;
	snprintf(seen->text + at, sizeof seen->text - at, "%s %s %s %s [%s] %u %u %lld|", i->number,
		 i->stack, i->diagnosis, i->worst, i->affected, i->mails, i->members,
		 (long long)i->lasted);
}

static struct seen evidence_of(struct place *place, uint64_t incident)
{
	struct seen seen = { 0 };

	assert_int_equal(store_load_evidence(place->store, incident, observed_told, &seen), 0);
	return seen;
}

static struct seen events_of(struct place *place, uint64_t incident)
{
	struct seen seen = { 0 };

	assert_int_equal(store_load_events(place->store, incident, event_told, &seen), 0);
	return seen;
}

static void fail_now(struct place *place, const char *name)
{
	struct observation fail = observation(place->now, 5000000);

	fail.outcome = (struct outcome){ PHASE_CONNECT, CAUSE_TIMEOUT };
	store_observation(place->store, name, &fail);
}

static struct store_event event(struct place *place, const char *kind, const char *subject)
{
	return (struct store_event){ .incident = 7,
				     .at = place->now.wall,
				     .kind = kind,
				     .subject = subject,
				     .outcome = "",
				     .diagnosis = "",
				     .text = "" };
}

static void open_incident(struct place *place, uint64_t id, const char *number, wall_t closed)
{
	const struct store_incident incident = {
		.id = id,
		.number = number,
		.stack = "home",
		.diagnosis = "site-down",
		.worst = "stack-down",
		.affected = "blog,misskey",
		.opened = place->now.wall,
		.closed = closed,
		.lasted = wall_is_set(closed) ? 13 * USEC_PER_SEC : -1,
		.mails = 2,
		.members = 2,
	};

	store_incident(place->store, &incident);
}

/* Six failures in a row; the verdict fell with the third. */
static void outage(struct place *place)
{
	struct store_event first = event(place, "first-failure", "blog");

	open_incident(place, 7, "20261125-1", (wall_t){ 0 });
	store_event(place->store, &first);
	store_references(place->store, 2, 3);
	for (int i = 0; i < 6; i++) {
		if (i == 2)
			/* told before its failure */
			store_evidence(place->store, "blog", place->now.wall);
		fail_now(place, "blog");
		fail_now(place, "elsewhere");
		later(place, 9 * USEC_PER_SEC);
		flush(place);
	}
}

/* ---- exhibits ---- */

static void exhibit_told(void *ctx, const struct store_observed *o)
{
	struct seen *seen = ctx;
	size_t at = strlen(seen->text);

	seen->n++;
	if (o->exhibit)
		snprintf(seen->text + at, sizeof seen->text - at, "%s %s %zu %zu %02x|",
			 o->exhibit->name, o->exhibit->facts, o->exhibit->head_n,
			 o->exhibit->body_n, o->exhibit->body_n > 1 ? o->exhibit->body[1] : 0xff);
	else
		snprintf(seen->text + at, sizeof seen->text - at, "%s -|", o->name);
}

static struct seen exhibits_of(struct place *place, uint64_t incident)
{
	struct seen seen = { 0 };

	assert_int_equal(store_load_evidence(place->store, incident, exhibit_told, &seen), 0);
	return seen;
}

static void keep_exhibit(struct place *place, const char *facts)
{
	store_exhibit(place->store, &(struct store_exhibit){ .name = "blog",
							     .started = place->now.wall,
							     .facts = facts,
							     .head = "A: b\n",
							     .head_n = 5,
							     .body = "a\0c",
							     .body_n = 3 });
}

/* Three failures make the verdict; a fourth, much later, still says why. */
static void outage_with_exhibits(struct place *place)
{
	struct store_event first = event(place, "first-failure", "blog");

	open_incident(place, 7, "20261125-1", (wall_t){ 0 });
	store_event(place->store, &first);
	for (int i = 0; i < 3; i++) {
		fail_now(place, "blog");
		if (i != 1)
			keep_exhibit(place, i == 0 ? "resolver one" : "resolver three");
		if (i == 2)
			store_evidence(place->store, "blog", place->now.wall);
		later(place, 9 * USEC_PER_SEC);
	}
	fail_now(place, "blog"); /* neither evidence nor an exhibit */
	later(place, USEC_PER_HOUR);
	fail_now(place, "blog");
	keep_exhibit(place, "resolver late");
	flush(place);
}

static void failures_come_with_their_exhibits(void **state)
{
	struct place *place = *state;

	outage_with_exhibits(place);
	assert_string_equal(exhibits_of(place, 7).text,
			    "blog resolver one 5 3 00|blog -|blog resolver three 5 3 00|"
			    "blog resolver late 5 3 00|");
	assert_int_equal(exhibits_of(place, 8).n, 0);
}

static void an_exhibit_goes_with_its_failure(void **state)
{
	struct place *place = *state;

	outage_with_exhibits(place);
	later(place, 20 * USEC_PER_DAY);
	store_prune(place->store, place->now, 14 * USEC_PER_DAY, 400 * USEC_PER_DAY);
	flush(place);
	assert_string_equal(exhibits_of(place, 7).text,
			    "blog resolver one 5 3 00|blog -|blog resolver three 5 3 00|");
}

static void the_failures_behind_a_verdict_are_its_evidence(void **state)
{
	struct place *place = *state;

	fail_now(place, "blog"); /* a blip an hour ago is none */
	flush(place);
	later(place, USEC_PER_HOUR - USEC_PER_SEC);
	outage(place);
	reopen(place);
	assert_string_equal(evidence_of(place, 7).text,
			    "blog connect-timeout +3600 2/3|blog connect-timeout +3610 2/3|"
			    "blog connect-timeout +3620 2/3|");
	assert_int_equal(evidence_of(place, 8).n, 0);
}

static void evidence_outlives_raw_rows_and_ends_with_its_incident(void **state)
{
	struct place *place = *state;

	outage(place);
	open_incident(place, 7, "20261125-1", place->now.wall);
	later(place, 20 * USEC_PER_DAY);
	store_prune(place->store, place->now, 14 * USEC_PER_DAY, 400 * USEC_PER_DAY);
	flush(place);
	assert_int_equal(observations_since(place, (wall_t){ 0 }).n, 3);
	assert_int_equal(evidence_of(place, 7).n, 3);
	assert_int_equal(events_of(place, 7).n, 1);
	later(place, 400 * USEC_PER_DAY);
	store_prune(place->store, place->now, 14 * USEC_PER_DAY, 400 * USEC_PER_DAY);
	flush(place);
	assert_int_equal(observations_since(place, (wall_t){ 0 }).n, 0);
	assert_int_equal(events_of(place, 7).n, 0);
	assert_int_equal(store_load_incident(place->store, "20261125-1", incident_told, NULL),
			 -ENOENT);
}

static void a_log_that_is_told_again_is_kept_once_and_in_order(void **state)
{
	struct place *place = *state;
	struct store_event first = event(place, "first-failure", "blog"),
			   second = event(place, "confirmed", "");
	struct store_event third = event(place, "note", "");

	first.outcome = "connect-timeout";
	second.diagnosis = "site-down";
	second.count = 1;
	third.text = "gone for \"lunch\"";
	open_incident(place, 7, "20261125-1", (wall_t){ 0 });
	store_event(place->store, &first);
	store_event(place->store, &second);
	flush(place);
	store_event(place->store, &first);
	store_event(place->store, &second);
	store_event(place->store, &third);
	flush(place);
	reopen(place);
	assert_string_equal(events_of(place, 7).text,
			    "first-failure blog connect-timeout   0 0|confirmed   site-down  0 1|"
			    "note    gone for \"lunch\" 0 0|");
}

static void past_incidents_are_read_newest_first(void **state)
{
	struct place *place = *state;
	struct seen all = { 0 }, two = { 0 }, one = { 0 };

	for (uint64_t i = 1; i <= 3; i++) {
		const char *numbers[] = { "20261125-1", "20261125-2", "20261126-1" };

		/* The clock was set back by an hour before the second ended. */
		wall_t closed = { i == 2 ? place->now.wall.us - USEC_PER_HOUR : 0 };

		open_incident(place, i, numbers[i - 1], closed);
		flush(place);
	}
	reopen(place);
	assert_int_equal(
		store_load_incidents(place->store, (wall_t){ 0 }, 100, incident_told, &all), 0);
	assert_string_equal(all.text, "20261126-1 home site-down stack-down [blog,misskey] 2 2 -1|"
				      "20261125-2 home site-down stack-down [blog,misskey] 2 2 "
				      "13000000|"
				      "20261125-1 home site-down stack-down [blog,misskey] 2 2 -1|");
	assert_int_equal(store_load_incidents(place->store, (wall_t){ 0 }, 2, incident_told, &two),
			 0);
	assert_int_equal(two.n, 2);
	assert_int_equal(store_load_incident(place->store, "20261125-2", incident_told, &one), 0);
	assert_int_equal(one.n, 1);
}

static void a_command_reads_what_a_stopped_daemon_left(void **state)
{
	struct place *place = *state;
	struct store *reading = NULL;
	struct seen seen = { 0 };

	outage(place);
	store_close(place->store);
	place->store = NULL;
	assert_int_equal(store_open_reading(place->path, &reading), 0);
	assert_int_equal(store_load_evidence(reading, 7, observed_told, &seen), 0);
	assert_int_equal(seen.n, 3);
	store_close(reading);
	assert_int_equal(store_open_reading(folder_path(place->folder, "nothing.db"), &reading),
			 -ENOENT);
	assert_int_not_equal(access(folder_path(place->folder, "nothing.db"), F_OK), 0);
}

static void a_command_that_reads_beside_a_daemon_is_told_so(void **state)
{
	struct place *place = *state;
	struct store *reading = NULL;
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(store_open_reading(place->path, &reading) == -EBUSY ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(the_failures_behind_a_verdict_are_its_evidence),
		placed(evidence_outlives_raw_rows_and_ends_with_its_incident),
		placed(a_log_that_is_told_again_is_kept_once_and_in_order),
		placed(past_incidents_are_read_newest_first),
		placed(a_command_reads_what_a_stopped_daemon_left),
		placed(a_command_that_reads_beside_a_daemon_is_told_so),
		placed(failures_come_with_their_exhibits),
		placed(an_exhibit_goes_with_its_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
