/*
 * cmd_test_mail.c - `test-mail`: one mail to each recipient through each
 * relay's door, with the dialogue in sight; or one notice by the channel that
 * was named, with its answer.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/ask.h"
#include "app/cli.h"
#include "app/courier_job.h"
#include "app/courier_write.h"
#include "app/recall.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "base/words.h"
#include "core/engine.h"
#include "io/loop.h"
#include "shorewatch/notify.h"

#define PATIENCE (11 * USEC_PER_MIN) /* longer than the final reply may take */

struct test {
	const struct generation *generation;
	struct io *io;
	struct io_mail_result result;
	mono_t give_up;
	bool is_done;
};

/* ---- one message ---- */

static struct notice notice_of(const struct plan *plan, const struct channel_plan *to,
			       struct now now)
{
	struct notice notice = { .kind = NOTICE_TEST, .diagnosis = DIAGNOSIS_NONE, .created = now };

	words_copy(notice.recipient, sizeof notice.recipient, to->name);
	words_copy(notice.host, sizeof notice.host, plan->mail.host);
	notice.id = notice_id(&notice);
	return notice;
}

static char *write_message(const struct plan *plan, const struct notice *notice, size_t *ret_n)
{
	struct engine_effects effects = effects_none();
	struct engine *engine = engine_new(plan, &effects, notice->created, 1);
	struct model model;
	char *message;

	engine_model(engine, notice->created, &model);
	message = courier_write(&model, plan, notice, NULL, ret_n);
	engine_free(engine);
	return message;
}

/* ---- sending ---- */

static void on_line(void *ctx, bool is_sent, const char *line, size_t n)
{
	struct buf shown = BUF_INIT(2048);
	char text[512];

	(void)ctx;
	(void)snprintf(text, sizeof text, "%.*s", (int)(n < sizeof text - 1 ? n : sizeof text - 1),
		       line);
	text_line(&shown, text);
	(void)printf("  %s %s\n", is_sent ? "->" : "<-", buf_text(&shown));
	buf_done(&shown);
}

static void on_done(void *ctx, const struct io_mail_result *result)
{
	struct test *t = ctx;

	t->result = *result;
	t->is_done = true;
	io_loop_stop(t->io);
}

static mono_t on_turn(void *ctx, struct now now)
{
	struct test *t = ctx;

	if (t->is_done || mono_reached(t->give_up, now.mono))
		io_loop_stop(t->io);
	return t->give_up;
}

/* Until it has ended. `kind`: NULL for a mail. */
static bool run(struct test *t, const struct notify_attempt *attempt,
		const struct notify_kind *kind)
{
	static const char *const words[] = { "accepted", "not taken now", "refused", "in doubt" };
	struct io_loop_hooks hooks = { .ctx = t, .on_turn = on_turn };
	struct notify_delivery *delivery;
	struct buf reply = BUF_INIT(2048);

	t->is_done = false;
	t->give_up = mono_add(io_clock().mono, PATIENCE);
	delivery = (kind ? kind->start : notify_smtp.start)(attempt);
	if (!t->is_done)
		(void)io_loop_run(t->io, &hooks);
	if (!t->is_done && delivery)
		(kind ? kind->cancel : notify_smtp.cancel)(delivery);
	text_line(&reply, t->result.reply);
	(void)printf("  %s: %s\n", t->is_done ? words[t->result.verdict] : "no answer",
		     buf_text(&reply));
	buf_done(&reply);
	return t->is_done && t->result.verdict == MAIL_ACCEPTED;
}

static bool send_through(struct test *t, unsigned route, const char *recipient, const char *message,
			 size_t n)
{
	struct notify_attempt attempt = {
		.io = t->io,
		.plan = &t->generation->plan,
		.recipient = recipient,
		.message = message,
		.message_bytes = n,
		.route = route,
		.on_line = on_line,
		.on_done = on_done,
		.ctx = t,
	};

	(void)printf("%s to %s\n", t->generation->plan.mail.relays[route].url, recipient);
	return run(t, &attempt, NULL);
}

static bool send_by_kind(struct test *t, const struct channel_plan *to, const struct notice *notice,
			 const char *message, size_t n)
{
	struct notify_attempt attempt = {
		.io = t->io,
		.plan = &t->generation->plan,
		.recipient = to->name,
		.message = message,
		.message_bytes = n,
		.params = to->params,
		.id = notice->id,
		.on_done = on_done,
		.ctx = t,
	};

	(void)printf("%s to %s: %s, %zu bytes\n", to->kind->name, to->name,
		     to->kind->endpoint(to->params), n);
	return run(t, &attempt, to->kind);
}

static bool send_one(struct test *t, const struct channel_plan *to)
{
	const struct plan *plan = &t->generation->plan;
	struct notice notice = notice_of(plan, to, io_clock());
	size_t n;
	char *message = write_message(plan, &notice, &n);
	bool is_good = message != NULL;

	if (message && to->kind)
		is_good = send_by_kind(t, to, &notice, message, n);
	for (unsigned i = 0; message && !to->kind && i < plan->mail.relays_n; i++)
		is_good &= send_through(t, i, to->name, message, n);
	free(message);
	return is_good;
}

static bool write_eml(const struct plan *plan, const struct channel_plan *to)
{
	struct notice notice = notice_of(plan, to, io_clock());
	struct buf dir = BUF_INIT(4096), name = BUF_INIT(200);
	char file[COURIER_NAME_MAX];
	size_t n;
	char *message = write_message(plan, &notice, &n);
	int fd, r;

	courier_file_name(&notice, file);
	buf_printf(&dir, "%s/outbox", plan->state_dir);
	buf_printf(&name, "%s.eml", file);
	r = message ? file_mkdir(buf_text(&dir), 0700) : -ENOMEM;
	fd = r < 0 ? r : file_open_dir(buf_text(&dir));
	r = fd < 0 ? fd : file_replace(fd, buf_text(&name), message, n, 0600, true);
	if (fd >= 0)
		(void)close(fd);
	if (r < 0)
		(void)fprintf(stderr, "shorewatch test-mail: cannot write %s/%s: %s\n",
			      buf_text(&dir), buf_text(&name), strerror(-r));
	else
		(void)printf("no relay is configured; written to %s/%s\n", buf_text(&dir),
			     buf_text(&name));
	free(message);
	buf_done(&dir);
	buf_done(&name);
	return r >= 0;
}

/* Those who are asked for: one, or whoever is told by mail. */
struct told {
	const struct channel_plan *v;
	size_t n;
};

static bool send_all(const struct generation *generation, const struct told *to)
{
	struct io_setup setup = { .resolvers = generation->plan.resolvers };
	struct test test = { .generation = generation };
	const char *why = NULL;
	bool is_good = true;

	test.io = io_new(&setup, &why);
	if (!test.io) {
		(void)fprintf(stderr, "shorewatch test-mail: %s\n", why);
		return false;
	}
	for (size_t i = 0; i < to->n; i++)
		is_good &= send_one(&test, &to->v[i]);
	io_free(test.io);
	return is_good;
}

static bool write_all(const struct plan *plan, const struct told *to)
{
	bool is_good = true;

	if (!ask_become_owner("test-mail", plan))
		return false; /* a folder of root's would lock the daemon out of its own outbox */
	for (size_t i = 0; i < to->n; i++)
		is_good &= write_eml(plan, &to->v[i]);
	return is_good;
}

static bool find_asked(const struct plan *plan, const struct arguments *a, struct told *ret)
{
	*ret = (struct told){ plan->channels, plan->mail.to_n };
	if (a->words_n > 0)
		*ret = (struct told){ courier_channel(plan, a->words[0]), 1 };
	if (ret->v && ret->n > 0)
		return true;
	if (a->words_n > 0)
		(void)fprintf(stderr,
			      "shorewatch test-mail: %s is neither an address of mail.to nor the "
			      "name of a channel\n",
			      a->words[0]);
	else
		(void)fprintf(stderr, "shorewatch test-mail: mail.to is empty; nobody would be "
				      "told of anything by mail%s\n",
			      plan->channels_n > 0 ? "; name a channel: test-mail NAME" : "");
	return false;
}

int command_test_mail(const struct arguments *a)
{
	struct conf_need need = { .secrets = CONF_SECRETS_SERVICE };
	struct generation *generation = cli_load(a->config, need);
	struct told to;
	bool is_good;

	if (!generation)
		return EXIT_BAD_NEWS;
	cli_set_zone(&generation->plan);
	is_good = find_asked(&generation->plan, a, &to);
	if (is_good && (to.v->kind || generation->plan.mail.relays_n > 0))
		is_good = send_all(generation, &to);
	else if (is_good)
		is_good = write_all(&generation->plan, &to);
	generation_drop(generation);
	return is_good ? EXIT_GOOD : EXIT_BAD_NEWS;
}
