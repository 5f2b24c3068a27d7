/*
 * nomem.c - the n-th allocation fails, for every n, on the whole way of a mail:
 * taken, written to the disk, handed to a relay, recorded. No crash, no leak,
 * nothing lost, nothing twice but in doubt (SR-42).
 *
 *   nomem [EVERY]     each EVERY-th allocation only
 *
 * Each n is a process of its own, so that what it leaks is seen and a crash
 * ends nobody else; then one that is short of nothing takes over, as after a
 * restart, with the same notice, as the engine would give it again. The relay
 * is ours and counts.
 */
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/courier.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/file.h"
#include "core/engine.h"
#include "io/fixture.h"
#include "io/loop.h"
#include "io/peer.h"
#include "io/spool.h"
#include "io/worker.h"
#include "shortage.h"

#define CREATED	  ((struct now){ { 3600 * USEC_PER_SEC }, { 1795600000 * USEC_PER_SEC } })
#define LIMIT	  (5 * USEC_PER_SEC) /* of one life */
#define HANGS	  20		     /* seconds until a life is held to hang */
#define CALM	  (30 * USEC_PER_MS)
#define LEAPS	  4 /* of the clock, when nothing goes on */
#define PLACES	  20000 /* far more allocations than there are */
#define NOT_BEGUN 64 /* status of a life that had no memory to begin with */

/* ---- the relay ---- */

static unsigned accepted; /* of the notice of this n; written by the relay's thread alone */

static void relay_serve(struct peer *peer, int client)
{
	char line[1024];
	bool is_content = false;

	peer_write(client, "220 relay\r\n");
	while (peer_read_line(peer, client, line, sizeof line)) {
		peer->heard_n = 0; /* nobody reads it, and it must not fill up */
		if (is_content && strcmp(line, ".") != 0)
			continue;
		__atomic_add_fetch(&accepted, is_content, __ATOMIC_SEQ_CST);
		is_content = !is_content && strcmp(line, "DATA") == 0;
		peer_write(client, is_content ? "354 go on\r\n" : "250 yes\r\n");
	}
}

/* ---- one life ---- */

struct life {
	struct io *io;
	struct worker *worker;
	struct generation *generation;
	struct engine *engine;
	struct courier *courier;
	mono_t calm_since, give_up;
	unsigned leaps;
};

static void on_launch(void *ctx, uint32_t target, struct now now)
{
	(void)ctx, (void)target, (void)now;
}

static void on_abort(void *ctx, uint32_t target)
{
	(void)ctx, (void)target;
}

static void on_record(void *ctx, const struct record *record)
{
	(void)ctx, (void)record;
}

static void on_deliver(void *ctx, const struct notice *notice, const struct incident *incident)
{
	(void)ctx, (void)notice, (void)incident;
}

static void on_publish(void *ctx)
{
	(void)ctx;
}

static const struct engine_effects effects = { NULL,	  on_launch,  on_abort,
					       on_record, on_deliver, on_publish };

static struct generation *generation_of(const char *folder, unsigned port)
{
	struct buf text = BUF_INIT(4096);
	struct arena *arena = arena_new();
	struct generation *generation;
	struct diag diag;

	diag_init(&diag, arena);
	buf_printf(&text,
		   "state_dir = \"%s\"; references = [];\n"
		   "mail = { from = \"watch@lab.test\"; to = [ \"ops@lab.test\" ];\n"
		   "  relays = ( { url = \"smtp://127.0.0.1:%u\"; starttls = \"never\"; } ); };\n"
		   "targets = ( { name = \"blog\"; tcp = { address = \"127.0.0.1:9\"; }; } );\n",
		   folder, port);
	generation = conf_load_text(buf_text(&text), "test", &diag);
	buf_done(&text);
	arena_free(arena);
	return generation;
}

static bool life_begin(struct life *life, const char *folder)
{
	const struct courier_hooks hooks = { .ctx = life };
	int r;

	life->worker = worker_new(life->io);
	if (life->worker)
		life->courier = courier_new(life->io, life->worker, folder, &hooks, &r);
	if (!life->courier)
		return false;
	courier_restore(life->courier, life->engine, io_clock());
	return true;
}

static void notice_take(struct life *life, uint64_t incident)
{
	struct notice notice = { .incident = incident,
				 .kind = NOTICE_TEST,
				 .created = CREATED,
				 .recipient = "ops@lab.test",
				 .host = "lab.test" };
	struct model model;

	notice.created.wall.us += (int64_t)incident * USEC_PER_SEC; /* a test mail's id is its time */
	notice.id = notice_id(&notice);
	engine_model(life->engine, notice.created, &model);
	courier_take(life->courier, life->generation, &model, &notice, NULL, notice.created);
}

/* When nothing goes on, the clock of one turn leaps, to what waits for its time. */
static mono_t on_turn(void *ctx, struct now now)
{
	static const usec_t leaps[LEAPS] = { 3 * USEC_PER_SEC, 61 * USEC_PER_SEC, 3 * USEC_PER_MIN,
					     10 * USEC_PER_MIN };
	struct life *life = ctx;
	mono_t real = io_clock().mono;
	bool is_calm = !courier_is_busy(life->courier);

	now = io_clock();
	if (!is_calm)
		life->calm_since = real;
	if (is_calm && mono_span(life->calm_since, real) > CALM && life->leaps < LEAPS) {
		now.mono = mono_add(now.mono, leaps[life->leaps++]);
		life->calm_since = real;
	}
	(void)courier_advance(life->courier, life->generation, now);
	if ((is_calm && life->leaps == LEAPS && mono_span(life->calm_since, real) > CALM) ||
	    mono_reached(life->give_up, real))
		io_loop_stop(life->io);
	return mono_add(real, 5 * USEC_PER_MS);
}

static void life_end(struct life *life)
{
	if (life->courier)
		courier_stop(life->courier);
	if (life->worker) {
		(void)worker_drain(life->worker, LIMIT); /* what it could not do is seen outside */
		worker_free(life->worker);
	}
	courier_free(life->courier);
	engine_free(life->engine);
	io_free(life->io);
	generation_drop(life->generation);
}

static void count_write(const char *folder, unsigned count)
{
	FILE *file = fopen(folder_path(folder, "count"), "w");

	if (!file)
		exit(EX_IOERR);
	fprintf(file, "%u\n", count);
	fclose(file);
}

/* The child: what it is given was ours to begin with, memory runs short afterwards. */
static int life_lead(const char *folder, unsigned port, uint64_t incident, unsigned at,
		     unsigned row)
{
	static const char *const nobody[] = { "127.0.0.1:9" };
	const struct io_setup io = { .resolvers = { nobody, 1 } };
	struct io_loop_hooks hooks = { NULL, on_turn, NULL };
	struct life life = { .calm_since = io_clock().mono };
	const char *why;

	alarm(HANGS);
	life.generation = generation_of(folder, port);
	life.io = io_new(&io, &why);
	life.engine = engine_new(&life.generation->plan, &effects, io_clock(), 1);
	shortage_begin(at, row);
	bool has_begun = life_begin(&life, folder);

	if (has_begun) {
		notice_take(&life, incident);
		hooks.ctx = &life;
		life.give_up = mono_add(io_clock().mono, LIMIT);
		(void)io_loop_run(life.io, &hooks); /* how far it came is seen outside */
	}
	life_end(&life);
	count_write(folder, shortage_end());
	return has_begun ? 0 : NOT_BEGUN;
}

/* ---- the one who looks ---- */

struct place {
	char folder[FOLDER_MAX];
	struct peer relay;
	unsigned notices, records; /* of the notice of this n */
	unsigned twice, deaths, not_begun;
};

static unsigned every = 1;

static int child_run(const struct place *place, uint64_t incident, unsigned at, unsigned row)
{
	char self[1024], words[4][24];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	int status;

	assert_true(n > 0);
	self[n] = '\0';
	snprintf(words[0], sizeof words[0], "%u", place->relay.port);
	snprintf(words[1], sizeof words[1], "%u", (unsigned)incident);
	snprintf(words[2], sizeof words[2], "%u", at);
	snprintf(words[3], sizeof words[3], "%u", row);
	pid_t pid = fork();

	if (pid == 0) {
		if (!freopen(folder_path(place->folder, "log"), "w", stderr))
			_exit(EX_IOERR);
		execl(self, self, "life", place->folder, words[0], words[1], words[2], words[3],
		      (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/*
 * It may end on purpose, to be started again: by a status, or where a job for the disk finds no
 * memory (io/worker.c) by abort(). That says nothing; an assertion, the allocator and a sanitizer
 * do.
 */
static bool is_death(const struct place *place, int status)
{
	static const char *const words[] = { "Assertion", "Sanitizer", "free()", "malloc", "runtime" };
	struct buf log = BUF_INIT(1u << 20);
	bool has_crashed = false;

	if (WIFEXITED(status))
		return WEXITSTATUS(status) == EX_OSERR;
	(void)file_read(folder_path(place->folder, "log"), &log); /* an empty one says nothing */
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		has_crashed |= strstr(buf_text(&log), words[i]) != NULL;
	buf_done(&log);
	return WTERMSIG(status) == SIGABRT && !has_crashed;
}

/* Allocations of the last life; 0: it did not come to its end. */
static unsigned count_read(const struct place *place)
{
	FILE *file = fopen(folder_path(place->folder, "count"), "r");
	unsigned count = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%u", &count) != 1)
		count = 0;
	fclose(file);
	unlink(folder_path(place->folder, "count"));
	return count;
}

static void on_notice(void *ctx, uint64_t id, bool is_inflight, const char *bytes, size_t n)
{
	struct place *place = ctx;

	(void)id, (void)is_inflight, (void)bytes, (void)n;
	place->notices++;
}

static void on_sent(void *ctx, uint64_t id, wall_t at, const char *record)
{
	struct place *place = ctx;

	(void)id, (void)at, (void)record;
	place->records++;
}

static void look(struct place *place)
{
	place->notices = place->records = 0;
	(void)spool_look(folder_path(place->folder, "outbox"), on_notice, on_sent, place);
}

/* Short at `at`, then restarted. True: there was such an allocation. */
static bool place_try(struct place *place, uint64_t incident, unsigned at, unsigned row)
{
	unsigned count, before, records = (unsigned)incident - 1; /* of those before it */
	int status;

	__atomic_store_n(&accepted, 0, __ATOMIC_SEQ_CST);
	status = child_run(place, incident, at, row);
	count = count_read(place);
	before = __atomic_load_n(&accepted, __ATOMIC_SEQ_CST);
	bool is_dead = is_death(place, status);
	bool has_not_begun = WIFEXITED(status) && WEXITSTATUS(status) == NOT_BEGUN;

	if (!is_dead && !has_not_begun && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		fail_msg("allocation %u (%u in a row): status %x", at, row, (unsigned)status);
	place->deaths += is_dead;
	place->not_begun += has_not_begun;
	look(place);
	bool is_recorded = place->records > records;

	assert_int_equal(child_run(place, incident, 0, 0), 0);
	look(place);
	if (accepted < 1 || accepted > (before > 0 && !is_recorded ? before + 1 : 1) ||
	    place->notices != 0 || place->records != records + 1)
		fail_msg("allocation %u (%u in a row): accepted %u then %u, recorded %d; %u wait, "
			 "%u records of %u", at, row, before, accepted, is_recorded, place->notices,
			 place->records, records + 1);
	place->twice += accepted > 1;
	return count == 0 || count >= at;
}

static void whatever_allocation_fails_the_mail_is_there_once(void **state)
{
	static const unsigned rows[] = { 1, 40 };
	struct place place = { 0 };
	uint64_t incident = 1;

	(void)state;
	folder_make(place.folder);
	peer_start(&place.relay, relay_serve);
	for (size_t i = 0; i < 2; i++) {
		unsigned at = 1;

		while (place_try(&place, incident++, at, rows[i])) {
			at += every;
			assert_true(at < PLACES);
		}
		print_message("%u in a row: %u allocations; so far %u ended for want of memory, %u "
			      "could not begin, %u mails twice in doubt\n",
			      rows[i], at - 1, place.deaths, place.not_begun, place.twice);
		assert_true(at > 50);
	}
	peer_stop(&place.relay);
	folder_remove(place.folder);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_allocation_fails_the_mail_is_there_once),
	};

	if (argc == 7 && strcmp(argv[1], "life") == 0)
		return life_lead(argv[2], (unsigned)strtoul(argv[3], NULL, 10), strtoull(argv[4], NULL, 10),
				 (unsigned)strtoul(argv[5], NULL, 10), (unsigned)strtoul(argv[6], NULL, 10));
	if (argc == 2)
		every = (unsigned)strtoul(argv[1], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
