/*
 * worker.c - one thread for what may wait for a disk.
 *
 * Owns the thread and two lists: jobs that wait or run, in order, and jobs
 * that are done and not yet reported. The thread tells the loop by an eventfd.
 * Times are the loop's: a job is as old as its place in the first list.
 */
#include "io/worker.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "io/loop.h"
#include "io/loop_fd.h"

struct worker_job {
	void *job;
	void (*work)(void *job);
	void (*on_done)(void *job);
	mono_t queued;
	struct worker_job *next;
};

struct job_list {
	struct worker_job *first, **end;
};

struct worker {
	struct io *io;
	struct io_fd *watch;
	int eventfd;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t has_work;
	struct job_list waiting; /* the first one may be running */
	struct job_list done;
	size_t waiting_n;
	bool is_ending;
};

static void list_add(struct job_list *list, struct worker_job *job)
{
	job->next = NULL;
	*list->end = job;
	list->end = &job->next;
}

static struct worker_job *list_take(struct job_list *list)
{
	struct worker_job *job = list->first;

	list->first = job->next;
	if (list->first == NULL)
		list->end = &list->first;
	return job;
}

/* ---- on the thread ---- */

static void loop_tell(struct worker *worker)
{
	const uint64_t one = 1;

	/* Fails only when it has been told already and has not looked yet. */
	if (write(worker->eventfd, &one, sizeof(one)) < 0)
		assert(errno == EAGAIN);
}

static void *worker_run(void *ctx)
{
	struct worker *worker = ctx;

	/* Probes go before paper work: whoever gave us a real-time priority meant the loop.
	 * Refused (a seccomp filter) means that nobody gave us one. */
	(void)sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){ .sched_priority = 0 });
	pthread_mutex_lock(&worker->lock);
	for (;;) {
		struct worker_job *job = worker->waiting.first;

		if (job != NULL) {
			pthread_mutex_unlock(&worker->lock);
			job->work(job->job);
			pthread_mutex_lock(&worker->lock);
			list_add(&worker->done, list_take(&worker->waiting));
			worker->waiting_n--;
			loop_tell(worker);
		} else if (worker->is_ending) {
			break;
		} else {
			pthread_cond_wait(&worker->has_work, &worker->lock);
		}
	}
	pthread_mutex_unlock(&worker->lock);
	return NULL;
}

/* ---- on the loop ---- */

static void done_report(struct worker *worker)
{
	struct worker_job *job;

	pthread_mutex_lock(&worker->lock);
	job = worker->done.first;
	worker->done = (struct job_list){ .end = &worker->done.first };
	pthread_mutex_unlock(&worker->lock);
	while (job != NULL) {
		struct worker_job *next = job->next;

		if (job->on_done != NULL)
			job->on_done(job->job);
		free(job);
		job = next;
	}
}

static void eventfd_ready(void *ctx, unsigned events)
{
	struct worker *worker = ctx;
	uint64_t times;

	(void)events;
	if (read(worker->eventfd, &times, sizeof(times)) < 0)
		return; /* somebody else's wake-up */
	done_report(worker);
}

/* Signals are the loop's: the thread blocks them all. */
static int thread_start(struct worker *worker)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&worker->thread, NULL, worker_run, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

struct worker *worker_new(struct io *io)
{
	struct worker *worker = calloc(1, sizeof(*worker));

	if (worker == NULL)
		return NULL;
	worker->io = io;
	worker->waiting.end = &worker->waiting.first;
	worker->done.end = &worker->done.first;
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->has_work, NULL);
	worker->eventfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (worker->eventfd >= 0)
		worker->watch =
			io_fd_watch(io, worker->eventfd, IO_READABLE, eventfd_ready, worker);
	if (worker->watch != NULL && thread_start(worker) == 0)
		return worker;
	io_fd_close(worker->watch);
	if (worker->eventfd >= 0)
		(void)close(worker->eventfd);
	free(worker);
	return NULL;
}

void worker_free(struct worker *worker)
{
	if (worker == NULL)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->is_ending = true;
	pthread_cond_signal(&worker->has_work);
	pthread_mutex_unlock(&worker->lock);
	pthread_join(worker->thread, NULL);
	done_report(worker);
	io_fd_close(worker->watch);
	(void)close(worker->eventfd); /* nothing in it can be lost */
	pthread_cond_destroy(&worker->has_work);
	pthread_mutex_destroy(&worker->lock);
	free(worker);
}

void worker_queue(struct worker *worker, void *job, void (*work)(void *job),
		  void (*on_done)(void *job))
{
	struct worker_job *entry = malloc(sizeof(*entry));

	if (entry == NULL)
		abort(); /* a notice that is never written would be worse than a restart */
	*entry = (struct worker_job){
		.job = job, .work = work, .on_done = on_done, .queued = io_now(worker->io).mono
	};
	pthread_mutex_lock(&worker->lock);
	assert(!worker->is_ending);
	list_add(&worker->waiting, entry);
	worker->waiting_n++;
	pthread_cond_signal(&worker->has_work);
	pthread_mutex_unlock(&worker->lock);
}

static bool is_idle(struct worker *worker)
{
	bool is;

	pthread_mutex_lock(&worker->lock);
	is = worker->waiting.first == NULL && worker->done.first == NULL;
	pthread_mutex_unlock(&worker->lock);
	return is;
}

bool worker_drain(struct worker *worker, usec_t patience)
{
	mono_t by = mono_add(io_clock().mono, patience);

	while (!is_idle(worker)) {
		struct pollfd told = { .fd = worker->eventfd, .events = POLLIN };
		usec_t left = mono_span(io_clock().mono, by);

		if (left <= 0)
			return false;
		/* by the clock, whatever it says */
		(void)poll(&told, 1, (int)(left / USEC_PER_MS) + 1);
		eventfd_ready(worker, IO_READABLE);
	}
	return true;
}

size_t worker_waiting(const struct worker *worker)
{
	pthread_mutex_t *lock = (pthread_mutex_t *)&worker->lock;
	size_t n;

	pthread_mutex_lock(lock);
	n = worker->waiting_n;
	pthread_mutex_unlock(lock);
	return n;
}

usec_t worker_age(const struct worker *worker)
{
	pthread_mutex_t *lock = (pthread_mutex_t *)&worker->lock;
	usec_t age = 0;

	pthread_mutex_lock(lock);
	if (worker->waiting.first != NULL)
		age = mono_span(worker->waiting.first->queued, io_now(worker->io).mono);
	pthread_mutex_unlock(lock);
	return age;
}
