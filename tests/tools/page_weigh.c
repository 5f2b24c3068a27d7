/*
 * page_weigh.c - what a report costs: bytes, time and memory for 20 to 10,000
 * targets in 20 groups, each with ten special days.
 *
 * Not a test: times are a machine's own (page_weight_test.c bounds the bytes).
 * "heap" is the most that was allocated at once while drawing, counted by
 * wrapping the allocator at link time; the model itself is not in it.
 *
 * page_weigh
 */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "model_many.h"
#include "render/page.h"

#define FILE_CAP (64u << 20)
#define GROUPS	 20
#define ROUNDS	 5

/* ---- the allocator, counted ---- */

static size_t held, most;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);

static void *taken(void *p)
{
	held += malloc_usable_size(p);
	most = held > most ? held : most;
	return p;
}

void *__wrap_malloc(size_t n)
{
	return taken(__real_malloc(n));
}

void *__wrap_calloc(size_t n, size_t size)
{
	return taken(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t n)
{
	size_t was = malloc_usable_size(p);
	void *to = __real_realloc(p, n);

	held -= to != NULL ? was : 0;
	return to != NULL ? taken(to) : NULL;
}

void __wrap_free(void *p)
{
	held -= malloc_usable_size(p);
	__real_free(p);
}

/* ---- weighing ---- */

static size_t page_draw(const struct model *model)
{
	struct buf b = BUF_INIT(FILE_CAP);
	size_t n;

	page_index(model, LANGUAGE_EN, &b);
	n = buf_failed(&b) ? 0 : b.n;
	buf_done(&b);
	return n;
}

static void part_count(void *ctx, struct buf *to)
{
	size_t *n = ctx;

	*n += to->n;
	buf_clear(to);
}

/* In parts, as the daemon writes it. */
static size_t json_draw(const struct model *model)
{
	struct buf b = BUF_INIT(FILE_CAP);
	size_t n = 0;
	const struct page_drain drain = { &n, part_count };

	page_status_json_drained(model, &b, &drain);
	part_count(&n, &b);
	buf_done(&b);
	return n;
}

static double cpu_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The quickest of some rounds: the others were disturbed. */
static void weigh(const char *what, const struct model *model,
		  size_t (*draw)(const struct model *model))
{
	double best = 1e9;
	size_t n = 0, before = held;

	most = held;
	for (unsigned i = 0; i < ROUNDS; i++) {
		double from = cpu_ms(), span;

		n = draw(model);
		span = cpu_ms() - from;
		best = span < best ? span : best;
	}
	(void)printf("  %-6s %10zu B %8.1f ms  heap %8zu KiB", what, n, best,
		     (most - before) >> 10);
}

int main(void)
{
	static const size_t counts[] = { 20, 100, 101, 1000, 10000 };

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct many m;

		many_make(&m, counts[i], GROUPS, model_up);
		(void)printf("%6zu targets", counts[i]);
		weigh("index", &m.model, page_draw);
		weigh("status", &m.model, json_draw);
		(void)printf("\n");
		many_free(&m);
	}
	return 0;
}
