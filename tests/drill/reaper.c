/*
 * reaper.c - runs a program and kills it at its N-th system call.
 *
 *   reaper N SINCE COUNT PROGRAM [ARGUMENT ...]
 *
 * Calls of all threads are counted in the order in which they begin, from the
 * moment at which the file SINCE is there; before the N-th one happens, all of
 * it is killed, as by -9. With N = 0 nothing is killed. How many were counted,
 * and of each by number, is written to COUNT at the end. TERM and HUP are
 * handed on. Status: the program's; 137 when it was killed; 125: no tracing.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

#define CALLS 512 /* numbers of system calls are below that */
#define OPTIONS                                                                                    \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |  \
	 PTRACE_O_EXITKILL)

static volatile pid_t program;

static void pass_on(int number)
{
	kill(program, number);
}

static pid_t program_start(char **words)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(125);
	raise(SIGSTOP);
	execvp(words[0], words);
	_exit(127);
}

struct count {
	const char *since;
	bool is_on;
	unsigned long wanted, n, of[CALLS];
};

/* True: this is the one before which it has to die. */
static bool is_the_one(struct count *count, pid_t thread)
{
	struct ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) < 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return false;
	if (!count->is_on)
		count->is_on = access(count->since, F_OK) == 0;
	if (!count->is_on)
		return false;
	if (info.entry.nr < CALLS)
		count->of[info.entry.nr]++;
	return ++count->n == count->wanted;
}

/* The signal that the stopped thread is to be given; 0: none. */
static int signal_of(int status)
{
	int number = WSTOPSIG(status);

	if (number == (SIGTRAP | 0x80) || status >> 16 != 0)
		return 0;
	return number == SIGSTOP || number == SIGTRAP ? 0 : number;
}

/* The program's wait status. */
static int follow(struct count *count)
{
	int status, last = 0;
	pid_t thread;

	while ((thread = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (thread <= 0)
			continue;
		if (!WIFSTOPPED(status)) {
			if (thread == program)
				last = status;
			continue;
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) && is_the_one(count, thread))
			kill(program, SIGKILL);
		else
			(void)ptrace(PTRACE_SYSCALL, thread, NULL, (long)signal_of(status));
	}
	return last;
}

static void count_write(const struct count *count, const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return;
	fprintf(file, "%lu\n", count->n);
	for (int i = 0; i < CALLS; i++)
		if (count->of[i] > 0)
			fprintf(file, "%d %lu\n", i, count->of[i]);
	fclose(file);
}

int main(int argc, char **argv)
{
	static struct count count;
	int status;

	if (argc < 5)
		return 2;
	count.wanted = strtoul(argv[1], NULL, 10);
	count.since = argv[2];
	program = program_start(argv + 4);
	if (waitpid(program, &status, 0) != program || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, program, NULL, OPTIONS) < 0)
		return 125;
	signal(SIGTERM, pass_on);
	signal(SIGHUP, pass_on);
	(void)ptrace(PTRACE_SYSCALL, program, NULL, NULL);
	status = follow(&count);
	count_write(&count, argv[3]);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
