/*
 * spool_kill_test.c - killed at every step: no notice is lost and none is
 * there twice.
 *
 * A child leads two notices through their lives and says on a pipe what it has
 * been told is done. strace kills it at the first, second, ... call of each
 * system call that changes something; then the outbox must hold what the pipe
 * promises. Without strace, or where tracing is forbidden, this says so and is
 * skipped.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "fixture.h"
#include "io/spool.h"

#define LONG_BYTES (2 * SPOOL_SLOT_BYTES)
#define CALLS_MAX  200 /* of one kind in one life; far more than there are */
#define RECORD	   "ops@example.org 250 ok"

/* ---- the child: one life of two notices ---- */

enum step {
	NOTHING,
	PUT,
	BEGUN,
	RETURNED,
	AGAIN,
	FINISHED,
	LONG_PUT,
	LONG_BEGUN,
	LONG_FINISHED,
	STEPS
};

static const char *const step_letters = "?pbraFlBL";

static void say(enum step step)
{
	if (write(STDOUT_FILENO, &step_letters[step], 1) != 1)
		_exit(3);
}

static void must_be_done(int r, enum step step)
{
	if (r < 0)
		_exit(2);
	say(step);
}

static void notice_text(uint64_t id, char text[64])
{
	snprintf(text, 64, "notice %" PRIu64 "\n", id);
}

static int child_live(const char *box, uint64_t id)
{
	static char large[LONG_BYTES];
	struct spool *spool;
	char text[64];
	const wall_t at = { 1795600000000000 };

	if (spool_open(box, &spool) < 0 || spool_stock(spool) < 0)
		return 2;
	notice_text(id, text);
	memset(large, 'l', sizeof large);
	must_be_done(spool_put(spool, id, text, strlen(text)), PUT);
	must_be_done(spool_begin(spool, id), BEGUN);
	must_be_done(spool_return(spool, id), RETURNED);
	must_be_done(spool_begin(spool, id), AGAIN);
	must_be_done(spool_finish(spool, id, RECORD, at), FINISHED);
	must_be_done(spool_put(spool, id + 1, large, sizeof large), LONG_PUT);
	must_be_done(spool_begin(spool, id + 1), LONG_BEGUN);
	must_be_done(spool_finish(spool, id + 1, RECORD, at), LONG_FINISHED);
	spool_close(spool);
	return 0;
}

/* ---- running it under strace ---- */

struct life {
	enum step reached;
	bool is_killed;
};

static void strace_exec(const char *self, const char *box, uint64_t id, const char *call,
			unsigned when)
{
	char trace[64], inject[96], number[32];

	snprintf(trace, sizeof trace, "trace=%s", call);
	snprintf(inject, sizeof inject, "inject=%s:signal=KILL:when=%u", call, when);
	snprintf(number, sizeof number, "%" PRIu64, id);
	/* The leak checker cannot work in a traced process. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	execlp("strace", "strace", "-f", "-qq", "-o", "/dev/null", "-e", trace, "-e", inject, self,
	       "child", box, number, (char *)NULL);
	_exit(127);
}

static enum step steps_read(int fd)
{
	enum step reached = NOTHING;
	char letter;

	while (read(fd, &letter, 1) == 1) {
		reached++;
		if (letter != step_letters[reached])
			fail_msg("the child said '%c'", letter);
	}
	return reached;
}

static struct life child_run(const char *box, uint64_t id, const char *call, unsigned when)
{
	char self[1024];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	int said[2], status;
	struct life life;

	assert_true(n > 0 && pipe(said) == 0);
	self[n] = '\0';
	pid_t pid = fork();

	if (pid == 0) {
		dup2(said[1], STDOUT_FILENO);
		close(said[0]);
		close(said[1]);
		strace_exec(self, box, id, call, when);
	}
	close(said[1]);
	life.reached = steps_read(said[0]);
	close(said[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	life.is_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	if (!life.is_killed && (WEXITSTATUS(status) != 0 || life.reached != LONG_FINISHED))
		fail_msg("%s %u: the child ended with %d after '%c'", call, when,
			 WEXITSTATUS(status), step_letters[life.reached]);
	return life;
}

static bool can_trace(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execlp("strace", "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=none",
		       "true", (char *)NULL);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- what must be true afterwards ---- */

struct found {
	uint64_t id;
	unsigned fresh, inflight, sent; /* of the notice id */
	unsigned long_fresh, long_inflight, long_sent;
	bool is_damaged;
};

static void notice_found(void *ctx, uint64_t id, bool is_inflight, const char *bytes, size_t n)
{
	struct found *found = ctx;
	char text[64];

	notice_text(found->id, text);
	if (id == found->id) {
		(*(is_inflight ? &found->inflight : &found->fresh))++;
		found->is_damaged |= n != strlen(text) || memcmp(bytes, text, n) != 0;
	} else if (id == found->id + 1) {
		(*(is_inflight ? &found->long_inflight : &found->long_fresh))++;
		found->is_damaged |= n != LONG_BYTES;
	}
}

static void sent_found(void *ctx, uint64_t id, const char *record)
{
	struct found *found = ctx;

	found->is_damaged |= strcmp(record, RECORD) != 0;
	found->sent += id == found->id;
	found->long_sent += id == found->id + 1;
}

/* `places`: how the notice may lie there, of "-" (nowhere), new, inflight, sent. */
static bool lies_in(const char *places, unsigned fresh, unsigned inflight, unsigned sent)
{
	char is = fresh ? 'n' : inflight ? 'i' : sent ? 's' : '-';

	return fresh + inflight + sent <= 1 && strchr(places, is) != NULL;
}

/* By the last step the child was told is done; the one after it may have happened or not. */
static const struct {
	const char *first, *second;
} promises[STEPS] = {
	[NOTHING] = { "-n", "-" },  [PUT] = { "ni", "-" },	  [BEGUN] = { "in", "-" },
	[RETURNED] = { "ni", "-" }, [AGAIN] = { "is", "-" },	  [FINISHED] = { "s", "-n" },
	[LONG_PUT] = { "s", "ni" }, [LONG_BEGUN] = { "s", "is" }, [LONG_FINISHED] = { "s", "s" },
};

static void slots_check(const char *box)
{
	struct stat is;

	for (unsigned i = 0; i < SPOOL_SLOTS; i++) {
		assert_int_equal(lstat(folder_path(box, "free/%02u", i), &is), 0);
		assert_int_equal(is.st_size, SPOOL_SLOT_BYTES);
	}
}

static void outbox_check(const char *box, uint64_t id, enum step reached)
{
	struct found found = { .id = id };
	struct spool *spool;

	assert_int_equal(spool_open(box, &spool), 0);
	assert_int_equal(spool_stock(spool), 0);
	assert_int_equal(spool_scan(spool, notice_found, sent_found, &found), 0);
	assert_false(found.is_damaged);
	if (!lies_in(promises[reached].first, found.fresh, found.inflight, found.sent) ||
	    !lies_in(promises[reached].second, found.long_fresh, found.long_inflight,
		     found.long_sent))
		fail_msg("after '%c': first new %u inflight %u sent %u, second new %u inflight %u "
			 "sent %u",
			 step_letters[reached], found.fresh, found.inflight, found.sent,
			 found.long_fresh, found.long_inflight, found.long_sent);
	assert_int_equal(spool_finish(spool, id, RECORD, (wall_t){ 1 }), 0);
	assert_int_equal(spool_finish(spool, id + 1, RECORD, (wall_t){ 1 }), 0);
	slots_check(box);
	spool_close(spool);
}

static void killed_anywhere_nothing_is_lost_or_doubled(void **state)
{
	static const char *const calls[] = { "write", "pwrite64", "fsync", "renameat2",
					     "unlinkat" };
	char folder[FOLDER_MAX];
	struct spool *spool;
	unsigned kills = 0;
	uint64_t id = 1;

	(void)state;
	if (!can_trace()) {
		print_message("strace is missing or may not trace: no kills tried, skipped\n");
		skip();
	}
	folder_make(folder);
	assert_int_equal(spool_open(folder, &spool), 0);
	assert_int_equal(spool_stock(spool), 0);
	spool_close(spool);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		struct life life = { .is_killed = true };

		for (unsigned when = 1; life.is_killed; when++, id += 2) {
			assert_true(when < CALLS_MAX);
			life = child_run(folder, id, calls[i], when);
			outbox_check(folder, id, life.reached);
			kills += life.is_killed;
		}
	}
	print_message("%u kills\n", kills);
	assert_true(kills >= 30);
	folder_remove(folder);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_anywhere_nothing_is_lost_or_doubled),
	};

	if (argc == 4 && strcmp(argv[1], "child") == 0)
		return child_live(argv[2], strtoull(argv[3], NULL, 10));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
