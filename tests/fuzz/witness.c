/*
 * witness.c - any bytes as what an Alertmanager or a Prometheus answers, met by
 * the real probe kinds in a world of which there is nothing else: the name is
 * known at once, and the answer comes in one turn.
 *
 * Input: a byte for status and pieces, a line for the Date header, the body.
 */
#include "fuzz.h"

#include "../../probes/witness.h"
#include "shorewatch/io.h"
#include "shorewatch/plan.h"

extern const struct probe_kind probe_alertmanager, probe_prometheus;

struct io {
	const uint8_t *body;
	size_t n, piece;
	const char *date;
	int status;
	unsigned finished;
};

/* ---- the world ---- */

struct now io_now(const struct io *io)
{
	(void)io;
	return (struct now){ { 1000 * USEC_PER_SEC }, { 1767225600 * USEC_PER_SEC } };
}

struct io_query *io_resolve(struct io *io, const char *host, uint16_t port, enum family family,
			    io_on_answer *on_answer, void *ctx)
{
	struct io_answer answer = { .cause = CAUSE_PASS, .n = 1 };

	(void)io, (void)family;
	PROMISE(strcmp(host, "127.0.0.1") == 0);
	PROMISE(address_parse_host(host, port, &answer.address[0]));
	on_answer(ctx, &answer);
	return NULL;
}

void io_query_cancel(struct io_query *query)
{
	(void)query;
}

/* Only re-tests of what has several addresses look at those: no witness does. */
struct io_socket *io_socket_start(struct io *io, const struct io_socket_spec *spec)
{
	(void)io, (void)spec;
	PROMISE(false);
	return NULL;
}

void io_socket_cancel(struct io_socket *socket)
{
	PROMISE(socket == NULL);
}

static bool send_body(const struct io *io, const struct io_http_spec *spec)
{
	for (size_t at = 0; at < io->n; at += io->piece) {
		size_t n = io->n - at < io->piece ? io->n - at : io->piece;

		if (!spec->on_body(spec->ctx, io->body + at, n))
			return false;
	}
	return true;
}

struct io_exchange *io_http_start(struct io *io, const struct io_http_spec *spec)
{
	struct io_http_result result = { .phase = PHASE_BODY,
					 .cause = CAUSE_PASS,
					 .is_reached = true };

	result.status = io->status;
	if (spec->on_header)
		(void)spec->on_header(spec->ctx, "Date", io->date);
	if (!send_body(io, spec))
		result.cause = CAUSE_CUT;
	spec->on_done(spec->ctx, &result);
	return NULL;
}

void io_exchange_cancel(struct io_exchange *exchange)
{
	(void)exchange;
}

void probe_run_enter(struct probe_run *run, enum phase phase)
{
	run->phase = phase;
}

void probe_run_note(struct probe_run *run, const char *text)
{
	(void)snprintf(run->seen.note, sizeof run->seen.note, "%s", text);
}

void probe_run_finish(struct probe_run *run, struct outcome outcome)
{
	run->io->finished++;
	run->seen.outcome = outcome;
}

/* ---- one question ---- */

static void check_answer(const struct io *io, const struct observation *seen)
{
	PROMISE(io->finished == 1);
	PROMISE(seen->age_us >= 0);
	PROMISE(seen->testimony == TESTIMONY_NONE || seen->outcome.cause == CAUSE_PASS);
	PROMISE(memchr(seen->note, '\0', sizeof seen->note));
}

static void ask(const struct probe_kind *kind, struct io *io)
{
	static const struct pair home[] = { { "cluster", "home" } };
	struct witness_params params = { .url = "http://127.0.0.1:9093", .labels = { home, 1 } };
	struct target_plan target = { .name = "witness", .kind = kind, .params = &params };
	struct probe_run run = { .io = io, .target = &target, .params = &params };
	struct option_fault fault;

	PROMISE(kind->check(&params, &fault));
	run.scratch = calloc(1, kind->scratch_bytes);
	PROMISE(run.scratch);
	io->finished = 0;
	kind->start(&run);
	check_answer(io, &run.seen);
	free(run.scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = { 200, 200, 200, 401, 403, 302, 503, 0 };
	struct io io = { .piece = size > 0 ? data[0] + 1u : 1,
			 .status = size > 0 ? statuses[data[0] % 8] : 200 };
	char *date;

	data += size > 0;
	size -= size > 0;
	date = fuzz_line(&data, &size);
	io.date = date;
	io.body = data;
	io.n = size;
	ask(&probe_alertmanager, &io);
	ask(&probe_prometheus, &io);
	free(date);
	return 0;
}
