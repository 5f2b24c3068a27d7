/*
 * lookup.c - one record looked up: a channel of its own for each, so that its
 * id and port are fresh and no server's silence is another one's.
 *
 * What one of our resolvers denies is put to others, one after the other, as
 * panel.c does for addresses: to all but the first, who is the one that was
 * heard, unless he is silent. Each has a second; two words, or the only one,
 * are believed (DECISIONS 2).
 *
 * The library only hands the reply over; whoever asked is told by our timer, a
 * moment later in the same turn, because he may end us.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/loop_fd.h"
#include "io/parts.h"
#include "io/query.h"
#include "io/records.h"
#include "io/resolve.h"
#include "shorewatch/io.h"

#define SECOND_US	(1 * USEC_PER_SEC)
#define OTHERS_MAX	2
#define NAME_TEXT_BYTES 1100 /* RFC 1035 5.1: of 255 bytes each may be written \DDD */

struct io_lookup {
	struct io *io;
	struct io_lookup_spec spec; /* the name is ours */
	char name[NAME_TEXT_BYTES];
	struct channel *channel;
	struct question *question; /* NULL: nothing is owed to us */
	struct io_timer *timer;
	struct address others[OTHERS_MAX];
	size_t others_n, others_at; /* at: who is asked next */
	enum cause denial;	    /* PASS: nobody has denied it */
	mono_t due;		    /* of the one who is asked about a denial */
	bool is_over;
	enum cause cause;
	const char *note;
	struct records records;
};

static bool is_ours(const struct io_lookup *lookup)
{
	return lookup->spec.server.family == FAMILY_ANY;
}

static void lookup_stop_asking(struct io_lookup *lookup)
{
	if (lookup->question != NULL)
		question_abandon(lookup->question);
	lookup->question = NULL;
	channel_free(lookup->channel);
	lookup->channel = NULL;
}

static void lookup_free(struct io_lookup *lookup)
{
	lookup_stop_asking(lookup);
	io_timer_free(lookup->timer);
	records_done(&lookup->records);
	free(lookup);
}

/* ---- the reply ---- */

/* RFC 1035 4.1.1, RFC 2136 2.2: what a cause does not tell apart. */
static const char *rcode_name(const unsigned char *reply, size_t n)
{
	static const char *const names[16] = {
		[1] = "FORMERR", [4] = "NOTIMP", [5] = "REFUSED", [9] = "NOTAUTH", [10] = "NOTZONE"
	};
	const char *name = n > 3 ? names[reply[3] & 15] : NULL;

	return name != NULL ? name : "";
}

/* Of our own resolvers, only what they know of the name counts. */
static enum cause cause_weigh(const struct io_lookup *lookup, enum cause cause, const char *rcode)
{
	bool is_useless = cause == CAUSE_TIMEOUT || cause == CAUSE_REFUSED ||
			  cause == CAUSE_PROTOCOL || *rcode != '\0';

	return is_ours(lookup) && is_useless ? CAUSE_RESOLVER : cause;
}

/* From inside the library. */
static void on_record(void *ctx, enum cause cause, const unsigned char *reply, size_t n)
{
	struct io_lookup *lookup = ctx;

	lookup->note = rcode_name(reply, n);
	if (cause == CAUSE_PASS && !records_read(&lookup->records, lookup->spec.record, reply, n))
		cause = CAUSE_PROTOCOL;
	else if (cause == CAUSE_PASS && lookup->records.n == 0)
		cause = CAUSE_NODATA; /* an alias that leads to nothing */
	lookup->cause = cause_weigh(lookup, cause, lookup->note);
	lookup->is_over = true;
}

/* ---- a second word ---- */

static bool is_denial(enum cause cause)
{
	return cause == CAUSE_NXDOMAIN || cause == CAUSE_NODATA || cause == CAUSE_SERVFAIL;
}

static void others_find(struct io_lookup *lookup)
{
	struct address servers[OTHERS_MAX + 1];
	size_t n = channel_servers(lookup->channel, servers, OTHERS_MAX + 1);

	for (size_t i = 1; i < n; i++)
		lookup->others[lookup->others_n++] = servers[i];
}

static bool other_ask(struct io_lookup *lookup);

/* Nobody else is left, or there is no memory to ask him: the first word stands. */
static bool other_next(struct io_lookup *lookup)
{
	while (lookup->others_at < lookup->others_n) {
		if (other_ask(lookup))
			return true;
	}
	lookup->cause = lookup->denial;
	lookup->note = "";
	return false;
}

/* It is over, but not certain: true when somebody else is being asked. */
static bool lookup_goes_on(struct io_lookup *lookup)
{
	if (lookup->denial == CAUSE_PASS) {
		if (!is_ours(lookup) || !is_denial(lookup->cause))
			return false;
		lookup->denial = lookup->cause;
		others_find(lookup);
		return other_next(lookup);
	}
	if (lookup->cause == CAUSE_PASS)
		return false;
	if (is_denial(lookup->cause))
		lookup->others_at = lookup->others_n;
	return other_next(lookup);
}

/* ---- time ---- */

static void lookup_arm(void *ctx)
{
	struct io_lookup *lookup = ctx;
	mono_t now = io_now(lookup->io).mono;
	usec_t wait = channel_wait(lookup->channel);

	if (lookup->is_over)
		io_timer_set(lookup->timer, now);
	else
		io_timer_set(lookup->timer, mono_min(lookup->due,
						     wait < 0 ? MONO_NEVER : mono_add(now, wait)));
}

static bool other_ask(struct io_lookup *lookup)
{
	const struct address *other = &lookup->others[lookup->others_at++];

	lookup_stop_asking(lookup);
	records_done(&lookup->records);
	lookup->records = (struct records){ .n = 0 };
	lookup->is_over = false;
	lookup->due = mono_add(io_now(lookup->io).mono, SECOND_US);
	lookup->channel = channel_new_exact(lookup->io, other, lookup_arm, lookup);
	return lookup->channel != NULL &&
	       channel_ask_record(lookup->channel, lookup->name, records_type(lookup->spec.record),
				  on_record, lookup, &lookup->question) == 0;
}

/* What he is told outlives us: he may look further up at once. */
static void lookup_tell(struct io_lookup *lookup)
{
	const struct io_lookup_spec spec = lookup->spec;
	struct records records = lookup->records;
	struct io_lookup_result result = { .cause = lookup->cause,
					   .texts = records.texts,
					   .n = records.n,
					   .is_cut = records.is_cut };

	(void)snprintf(result.note, sizeof(result.note), "%s", lookup->note);
	buf_init(&lookup->records.bytes, 0);
	lookup_free(lookup);
	spec.on_done(spec.ctx, &result);
	records_done(&records);
}

static void on_due(void *ctx)
{
	struct io_lookup *lookup = ctx;

	if (!lookup->is_over)
		channel_tick(lookup->channel);
	if (!lookup->is_over && mono_reached(lookup->due, io_now(lookup->io).mono)) {
		lookup->is_over = true;
		lookup->cause = CAUSE_RESOLVER;
	}
	if (lookup->is_over && !lookup_goes_on(lookup))
		lookup_tell(lookup);
	else
		lookup_arm(lookup);
}

/* ---- life ---- */

static bool lookup_ask(struct io_lookup *lookup, const char *name)
{
	struct address servers[SERVERS_MAX];
	size_t n = is_ours(lookup) ? resolver_servers(io_parts(lookup->io)->resolver, servers) : 0;

	if (snprintf(lookup->name, sizeof(lookup->name), "%s", name) >= (int)sizeof(lookup->name))
		return false;
	lookup->timer = io_timer_new(lookup->io, on_due, lookup);
	lookup->channel = is_ours(lookup) ? channel_new(lookup->io, servers, n, lookup_arm, lookup)
					  : channel_new_exact(lookup->io, &lookup->spec.server,
							      lookup_arm, lookup);
	return lookup->timer != NULL && lookup->channel != NULL &&
	       channel_ask_record(lookup->channel, lookup->name, records_type(lookup->spec.record),
				  on_record, lookup, &lookup->question) == 0;
}

struct io_lookup *io_lookup_start(struct io *io, const struct io_lookup_spec *spec)
{
	struct io_lookup *lookup = calloc(1, sizeof(*lookup));

	if (lookup != NULL) {
		lookup->io = io;
		lookup->spec = *spec;
		lookup->note = "";
		lookup->due = MONO_NEVER;
		if (lookup_ask(lookup, spec->name)) {
			lookup_arm(lookup);
			return lookup;
		}
		lookup_free(lookup);
	}
	spec->on_done(spec->ctx,
		      &(struct io_lookup_result){ .cause = CAUSE_LOCAL, .note = "ENOMEM" });
	return NULL;
}

enum cause io_lookup_denial(const struct io_lookup *lookup)
{
	return lookup != NULL ? lookup->denial : CAUSE_PASS;
}

void io_lookup_cancel(struct io_lookup *lookup)
{
	if (lookup != NULL)
		lookup_free(lookup);
}
