/*
 * fate_look.c - see fate_look.h. Questions put to the DNS, and which one
 * follows from an answer.
 *
 * A name is asked for its addresses of both families, and for its alias; the
 * zone that it lies in is found by asking for NS, upwards from the name, or
 * from the one above when it is an alias (RFC 1034 3.6.2: an alias has nothing
 * else, and a resolver would answer for where it leads). A name of one label
 * is not asked: it would be a top level, and all share those.
 *
 * Values: of addresses 256 questions are open at once, of other records 128, for
 * each of those has a socket of its own; none for longer than 2.5 s. What
 * follows from an answer goes before what was wanted at first. So names that
 * never answer, be they hundreds, cannot use up the time of the others.
 */
#include "app/fate_look.h"

#include <string.h>

#include "app/fate_names.h"
#include "base/arena.h"
#include "base/buf.h"
#include "io/loop.h"

#define QUESTION_WAIT (5 * USEC_PER_SEC / 2)

struct question {
	struct fate_look *look;
	struct fate_name *name;
	enum fate_question kind;
	struct io_query *query;	  /* of the addresses */
	struct io_lookup *lookup; /* of the others */
	bool is_over;
	mono_t give_up;
	struct question *next;
};

struct queue {
	struct question *first, **last;
};

/* Questions that are put in the same way, and wait for each other. */
enum { LANE_ADDRESSES, LANE_RECORDS, LANES };

static const size_t open_max[LANES] = { 256, 128 };

enum { QUEUE_FOLLOWING, QUEUE_FIRST_WANTED, QUEUES };

/* Who gets what the MX of a domain turn out to be. */
struct mailbox {
	struct fate_name *domain;
	struct fate_thing *thing;
	struct mailbox *next;
};

struct fate_look {
	struct arena *arena;
	struct fate_names names;
	struct mailbox *mailboxes;
	struct queue waiting[LANES][QUEUES];
	struct question *open;
	size_t open_n[LANES], waiting_n, answers_n, asked_n;
	struct io *io; /* NULL: nothing is asked yet */
	mono_t deadline;
};

/* ---- what is wanted ---- */

static int lane_of(enum fate_question kind)
{
	return kind == FATE_ASK_IPV4 || kind == FATE_ASK_IPV6 ? LANE_ADDRESSES : LANE_RECORDS;
}

static void queue_add(struct queue *queue, struct question *question)
{
	if (queue->first == NULL)
		queue->last = &queue->first;
	*queue->last = question;
	queue->last = &question->next;
}

static struct question *queue_take(struct queue *queue)
{
	struct question *question = queue->first;

	if (question != NULL)
		queue->first = question->next;
	return question;
}

static void ask(struct fate_look *look, struct fate_name *name, enum fate_question kind)
{
	struct question *question;

	if (name->told[kind].is_asked)
		return;
	name->told[kind].is_asked = true;
	question = arena_alloc(look->arena, 1, sizeof(*question));
	*question = (struct question){ .look = look, .name = name, .kind = kind };
	queue_add(&look->waiting[lane_of(kind)]
				[look->io != NULL ? QUEUE_FOLLOWING : QUEUE_FIRST_WANTED],
		  question);
	look->waiting_n++;
	look->asked_n++;
}

static void ask_zones(struct fate_look *look, struct fate_name *name)
{
	if (fate_name_is_asked(name))
		ask(look, name, FATE_ASK_ALIAS);
}

static void ask_all(struct fate_look *look, struct fate_name *name)
{
	if (fate_name_is_address(name))
		return;
	ask(look, name, FATE_ASK_IPV4);
	ask(look, name, FATE_ASK_IPV6);
	ask_zones(look, name);
}

struct fate_look *fate_look_new(struct arena *arena)
{
	struct fate_look *look = arena_alloc(arena, 1, sizeof(*look));

	look->arena = arena;
	fate_names_init(&look->names, arena);
	return look;
}

const struct fate_host *fate_look_host(struct fate_look *look, const char *text)
{
	struct fate_name *name = fate_names_get(&look->names, text);

	ask_all(look, name);
	return &name->host;
}

const struct fate_host *fate_look_name(struct fate_look *look, const char *text)
{
	struct fate_name *name = fate_names_get(&look->names, text);

	ask_zones(look, name);
	return &name->host;
}

void fate_look_mail(struct fate_look *look, const char *domain, struct fate_thing *thing)
{
	struct mailbox *mailbox = arena_alloc(look->arena, 1, sizeof(*mailbox));

	*mailbox = (struct mailbox){ fate_names_get(&look->names, domain), thing, look->mailboxes };
	look->mailboxes = mailbox;
	if (fate_name_is_asked(mailbox->domain))
		ask(look, mailbox->domain, FATE_ASK_MAIL);
	else
		ask_all(look, mailbox->domain);
	ask_zones(look, mailbox->domain);
}

/* ---- answers ---- */

static void question_close(struct question *question)
{
	struct question **link = &question->look->open;

	while (*link != question)
		link = &(*link)->next;
	*link = question->next;
	question->look->open_n[lane_of(question->kind)]--;
}

static void answer_note(struct question *question, enum cause cause)
{
	struct fate_look *look = question->look;

	question->is_over = true;
	question->name->told[question->kind].is_over = true;
	question->name->told[question->kind].cause = cause;
	if (cause == CAUSE_PASS || cause == CAUSE_SERVFAIL || fate_cause_is_none(cause))
		look->answers_n++;
	question_close(question);
	if (look->io != NULL)
		io_loop_wake(look->io);
}

static void on_addresses(void *ctx, const struct io_answer *answer)
{
	struct question *question = ctx;

	if (answer->cause == CAUSE_PASS)
		fate_name_add_addresses(question->name, answer, question->kind);
	answer_note(question, answer->cause);
}

/* RFC 5321 5.1: without MX the domain itself is where mail arrives. */
static void on_mail(struct question *question, const struct io_lookup_result *result)
{
	struct fate_name *domain = question->name;

	if (result->cause == CAUSE_PASS)
		fate_name_add_mail_hosts(&question->look->names, domain, result);
	else if (result->cause == CAUSE_NODATA)
		domain->mail_hosts[domain->mail_hosts_n++] = domain;
	for (size_t i = 0; i < domain->mail_hosts_n; i++)
		ask_all(question->look, domain->mail_hosts[i]);
}

static void ask_zone_above(struct fate_look *look, struct fate_name *name)
{
	struct fate_name *above = fate_name_above(&look->names, name);

	if (above != NULL)
		ask(look, above, FATE_ASK_ZONE);
}

static void on_alias(struct question *question, const struct io_lookup_result *result)
{
	struct fate_look *look = question->look;
	struct fate_name *name = question->name, *alias;

	if (fate_cause_is_none(result->cause))
		ask(look, name, FATE_ASK_ZONE);
	if (result->cause != CAUSE_PASS)
		return;
	ask_zone_above(look, name);
	alias = fate_names_get(&look->names, result->texts[0]);
	name->alias = alias;
	if (alias->aliases == 0)
		alias->aliases = name->aliases + 1;
	if (alias->aliases < FATE_ALIASES_MAX)
		ask_zones(look, alias);
	else
		name->told[FATE_ASK_ALIAS].is_cut = true;
}

static void on_zone(struct question *question, const struct io_lookup_result *result)
{
	if (result->cause == CAUSE_PASS)
		fate_name_add_servers(&question->look->names, question->name, result);
	else if (fate_cause_is_none(result->cause))
		ask_zone_above(question->look, question->name);
}

/* ---- questions ---- */

static void on_records(void *ctx, const struct io_lookup_result *result);

static const struct kind {
	enum family family;    /* of the addresses that are asked for */
	enum io_record record; /* without `on_answer` nothing */
	void (*on_answer)(struct question *question, const struct io_lookup_result *result);
} kinds[FATE_QUESTIONS] = {
	[FATE_ASK_IPV4] = { FAMILY_IPV4, IO_RECORD_A, NULL },
	[FATE_ASK_IPV6] = { FAMILY_IPV6, IO_RECORD_AAAA, NULL },
	[FATE_ASK_MAIL] = { FAMILY_ANY, IO_RECORD_MX, on_mail },
	[FATE_ASK_ALIAS] = { FAMILY_ANY, IO_RECORD_CNAME, on_alias },
	[FATE_ASK_ZONE] = { FAMILY_ANY, IO_RECORD_NS, on_zone },
};

static void on_records(void *ctx, const struct io_lookup_result *result)
{
	struct question *question = ctx;

	kinds[question->kind].on_answer(question, result);
	answer_note(question, result->cause);
}

/* Its answer may come before it returns. */
static void question_put(struct question *question)
{
	const struct kind *kind = &kinds[question->kind];
	const char *name = question->name->host.name;
	struct io *io = question->look->io;
	const struct io_lookup_spec spec = {
		.name = name, .record = kind->record, .on_done = on_records, .ctx = question
	};
	struct io_lookup *lookup;
	struct io_query *query;

	if (kind->on_answer == NULL) {
		query = io_resolve(io, name, 0, kind->family, on_addresses, question);
		question->query = question->is_over ? NULL : query;
		return;
	}
	lookup = io_lookup_start(io, &spec);
	question->lookup = question->is_over ? NULL : lookup;
}

static void question_cancel(struct question *question)
{
	if (question->query != NULL)
		io_query_cancel(question->query);
	io_lookup_cancel(question->lookup);
}

/* ---- turns ---- */

static struct question *question_next(struct fate_look *look, int lane)
{
	struct question *question = NULL;

	for (int i = 0; i < QUEUES && question == NULL; i++)
		question = queue_take(&look->waiting[lane][i]);
	return question;
}

static void question_open(struct question *question, mono_t now)
{
	struct fate_look *look = question->look;

	question->next = look->open;
	question->give_up = mono_min(mono_add(now, QUESTION_WAIT), look->deadline);
	look->open = question;
	look->open_n[lane_of(question->kind)]++;
	look->waiting_n--;
	question_put(question);
}

static void questions_start(struct fate_look *look, mono_t now)
{
	struct question *question;

	for (int lane = 0; lane < LANES; lane++) {
		while (look->open_n[lane] < open_max[lane] &&
		       (question = question_next(look, lane)) != NULL)
			question_open(question, now);
	}
}

/* The earliest end of patience; what has none left is given up. */
static mono_t questions_review(struct fate_look *look, mono_t now)
{
	struct question *next;
	mono_t due = look->deadline;

	for (struct question *question = look->open; question != NULL; question = next) {
		next = question->next;
		if (mono_reached(question->give_up, now)) {
			question_cancel(question);
			answer_note(question, CAUSE_RESOLVER);
		} else {
			due = mono_min(due, question->give_up);
		}
	}
	return due;
}

static mono_t on_turn(void *ctx, struct now now)
{
	struct fate_look *look = ctx;
	mono_t due;

	due = questions_review(look, now.mono);
	if (!mono_reached(look->deadline, now.mono))
		questions_start(look, now.mono);
	if ((look->open == NULL && look->waiting_n == 0) || mono_reached(look->deadline, now.mono))
		io_loop_stop(look->io);
	return mono_min(due, mono_add(now.mono, QUESTION_WAIT));
}

/* ---- the end ---- */

static void mailbox_end(struct fate_look *look, struct mailbox *mailbox)
{
	const struct fate_name *domain = mailbox->domain;
	struct fate_home *homes =
		arena_alloc(look->arena, domain->mail_hosts_n + 1, sizeof(*homes));
	bool is_itself = !domain->told[FATE_ASK_MAIL].is_asked;

	homes[0] = (struct fate_home){ &domain->host, .is_name_only = !is_itself };
	for (size_t i = 0; i < domain->mail_hosts_n; i++)
		homes[i + 1] = (struct fate_home){ &domain->mail_hosts[i]->host, false };
	mailbox->thing->homes = homes;
	mailbox->thing->homes_n = domain->mail_hosts_n + 1;
}

bool fate_look_run(struct fate_look *look, struct strings resolvers, usec_t patience,
		   const char **why)
{
	const struct io_setup setup = { .resolvers = resolvers };
	const struct io_loop_hooks hooks = { .ctx = look, .on_turn = on_turn };

	look->io = io_new(&setup, why);
	if (look->io == NULL)
		return false;
	look->deadline = mono_add(io_clock().mono, patience);
	io_loop_wake(look->io);
	(void)io_loop_run(look->io, &hooks); /* what it did not bring is missing, and said to be */
	for (struct question *question = look->open; question != NULL; question = question->next)
		question_cancel(question);
	io_free(look->io);
	look->io = NULL;
	fate_names_end(&look->names);
	for (struct mailbox *mailbox = look->mailboxes; mailbox != NULL; mailbox = mailbox->next)
		mailbox_end(look, mailbox);
	return true;
}

bool fate_look_has_answers(const struct fate_look *look)
{
	return look->asked_n == 0 || look->answers_n > 0;
}

void fate_look_missing(const struct fate_look *look, struct buf *to)
{
	fate_names_missing(&look->names, to);
}
