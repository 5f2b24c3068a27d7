/*
 * channel_send KIND URL CASE NUMBER - one notice of a small world, made now,
 * handed to a real service at URL by a channel of that kind.
 *
 * CASE: down, still (as app/refresh.c tells it again), milder (the sites are
 * back, the Watchdog is silent), recovered, certificate, renewed. NUMBER tells
 * incidents apart. Exit status 0: the service has taken it.
 */
#include "mail_fixture.h"

#include "core/certificate.h"
#include "io/loop.h"
#include "render/brief.h"
#include "shorewatch/notify.h"

#define BODY_MAX (1024 * 1024)
#define PARAMS_MAX 4096

struct sending {
	struct io *io;
	struct io_mail_result result;
	bool is_over;
};

/* ---- cases ---- */

static void begin_now(struct world *w, unsigned number)
{
	struct now now = io_clock();

	w->incident.id = w->notice.incident = INCIDENT_ID + number;
	(void)snprintf(w->incident.number, sizeof w->incident.number, "20261121-%u", number);
	(void)snprintf(w->notice.number, sizeof w->notice.number, "20261121-%u", number);
	w->notice.created = w->model.now = now;
	now.wall.us -= USEC_PER_MIN;
	w->incident.opened = w->notice.opened = now;
	w->model.incidents = &w->incident;
	w->model.incidents_n = 1;
}

static void fail_all(struct world *w)
{
	world_fail_all(w, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	for (uint32_t i = 0; i < SAMPLE_TARGETS; i++)
		w->members[i].incident = w->incident.id;
}

static void down(struct world *w)
{
	fail_all(w);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_NONE);
}

static void still(struct world *w)
{
	fail_all(w);
	world_tell(w, NOTICE_REPEAT, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_STACK_DOWN);
}

static void milder(struct world *w)
{
	world_silence(w, DEADMAN_SILENT, w->notice.opened.wall);
	w->members[SAMPLE_TARGETS].incident = w->incident.id;
	w->incident.first_finding = DIAGNOSIS_STACK_DOWN;
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_ALERTING_DEAD, DIAGNOSIS_STACK_DOWN);
}

static void recovered(struct world *w)
{
	milder(w);
	w->members[SAMPLE_TARGETS].is_failing = false;
	w->incident.state = INCIDENT_CLOSED;
	w->incident.closed = w->notice.created;
	world_tell(w, NOTICE_RECOVERED, DIAGNOSIS_ALERTING_DEAD, DIAGNOSIS_ALERTING_DEAD);
}

static void certificate(struct world *w)
{
	w->request.incident = NULL;
	w->notice.incident = 0;
	w->notice.kind = NOTICE_CERTIFICATE;
	w->notice.fingerprint = 0x9f86d081884c7d65;
	w->notice.from.us = w->notice.created.wall.us - 80 * USEC_PER_DAY;
	w->notice.to.us = w->notice.created.wall.us + 10 * USEC_PER_DAY;
	(void)snprintf(w->notice.affected, sizeof w->notice.affected, "mkweb");
	w->notice.id = notice_id(&w->notice);
}

static void renewed(struct world *w)
{
	certificate(w);
	w->notice.seq = CERTIFICATE_RENEWED;
	w->notice.id = notice_id(&w->notice);
}

static const struct {
	const char *name;
	void (*happens)(struct world *w);
} cases[] = {
	{ "down", down },	    { "still", still },		  { "milder", milder },
	{ "recovered", recovered }, { "certificate", certificate }, { "renewed", renewed },
};

static bool happen(struct world *w, const char *name)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (strcmp(cases[i].name, name) != 0)
			continue;
		cases[i].happens(w);
		return true;
	}
	return false;
}

/* ---- sending ---- */

static void on_done(void *ctx, const struct io_mail_result *result)
{
	struct sending *s = ctx;

	s->result = *result;
	s->is_over = true;
	io_loop_wake(s->io);
}

static mono_t on_turn(void *ctx, struct now now)
{
	const struct sending *s = ctx;

	(void)now;
	if (s->is_over)
		io_loop_stop(s->io);
	return MONO_NEVER;
}

static const void *params_for(const struct notify_kind *kind, const char *url, void *params)
{
	struct option_fault fault;

	for (const struct option *o = kind->options; o->name != NULL; o++)
		if (strcmp(o->name, "url") == 0)
			*(const char **)((char *)params + o->offset) = url;
	if (!kind->check(params, &fault)) {
		fprintf(stderr, "%s: %s\n", fault.option, fault.text);
		exit(2);
	}
	return params;
}

static void send_body(struct sending *s, const struct notify_kind *kind, const void *params,
		      const struct buf *body)
{
	const struct io_loop_hooks hooks = { .ctx = s, .on_turn = on_turn };
	const struct notify_attempt attempt = {
		.io = s->io, .params = params, .message = buf_text(body),
		.message_bytes = body->n, .on_done = on_done, .ctx = s,
	};

	(void)kind->start(&attempt); /* it ends by itself */
	(void)io_loop_run(s->io, &hooks);
}

static void write_body(const struct notify_kind *kind, const void *params, const struct world *w,
		       bool is_state, struct buf *to)
{
	struct brief brief;

	brief_init(&brief, &w->request);
	if (is_state)
		brief.words.levels_told = 1u << brief.words.level; /* as app/refresh.c does */
	kind->write(&brief.words, params, to);
	brief_done(&brief);
}

int main(int argc, char **argv)
{
	static const char *const nobody[] = { "127.0.0.1:9" };
	const struct io_setup setup = { .resolvers = { nobody, 1 } };
	const struct notify_kind *kind = argc == 5 ? notify_kind_find(argv[1]) : NULL;
	_Alignas(16) char params[PARAMS_MAX] = { 0 };
	struct buf body = BUF_INIT(BODY_MAX);
	struct sending s = { .result = { .verdict = MAIL_LATER } };
	struct world *w;
	const char *error;

	if (kind == NULL) {
		fprintf(stderr, "usage: channel_send KIND URL CASE NUMBER\n");
		return 2;
	}
	w = world_new();
	begin_now(w, (unsigned)strtoul(argv[4], NULL, 10));
	if (!happen(w, argv[3]))
		return 2;
	write_body(kind, params_for(kind, argv[2], params), w, strcmp(argv[3], "still") == 0,
		   &body);
	s.io = io_new(&setup, &error);
	if (s.io == NULL)
		return 2;
	send_body(&s, kind, params, &body);
	printf("%s\n", s.result.reply);
	io_free(s.io);
	buf_done(&body);
	free(w);
	return s.result.verdict == MAIL_ACCEPTED ? 0 : 1;
}
