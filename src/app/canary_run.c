/*
 * canary_run.c - see canary_run.h. What there is to do is core/canary.c's to
 * say; here it is done, one thing at a time, and logged.
 *
 * Looked at once a second at most: its times are minutes and days, and a clock that
 * was set shows within that second.
 */
#include "app/canary_run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

#include "app/canary_file.h"
#include "app/canary_look.h"
#include "app/canary_send.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/log.h"
#include "base/text.h"
#include "base/words.h"

#define PAUSE	     USEC_PER_SEC
#define WORDS_MAX    1024
#define DETAIL_MAX   64
#define BACK_IS_NEWS USEC_PER_DAY /* an engine that has lost its state tells it no later */

struct canary_run {
	struct io *io;
	struct canary_file *file;
	struct canary_send *send;
	struct canary_looker *looker;
	struct canary canary;
	struct canary_rule rule;       /* of the look under way; its window lives in `generation` */
	struct generation *generation; /* held for a look; else NULL */
	char words[CANARY_WORDS_MAX];  /* why the last look was none */
	mono_t next;
	bool is_ready;	 /* its state has been read */
	bool is_to_send; /* made, and its state is on the way to the disk */
	bool is_stopped;
};

static void keep(struct canary_run *r)
{
	canary_file_keep(r->file, &r->canary, io_now(r->io));
	r->next = io_now(r->io).mono;
}

static void print_safe(const char *words, struct buf *to)
{
	buf_init(to, WORDS_MAX);
	text_line(to, words);
}

/* ---- made and sent ---- */

/* A nonce that others could guess would be no proof, and two alike would be none either. */
static bool nonce_make(char nonce[CANARY_NONCE_MAX])
{
	uint64_t random[2];
	struct buf text = BUF_INIT(CANARY_NONCE_MAX);

	if (getrandom(random, sizeof random, GRND_NONBLOCK) != sizeof random)
		return false; /* early boot: in a moment */
	buf_printf(&text, "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
	(void)words_copy(nonce, CANARY_NONCE_MAX, buf_text(&text));
	buf_done(&text);
	return true;
}

static void make(struct canary_run *r, struct now now)
{
	char nonce[CANARY_NONCE_MAX];

	if (!nonce_make(nonce))
		return;
	canary_make(&r->canary, nonce, now);
	r->is_to_send = true;
	keep(r);
}

static void on_sent(void *ctx, enum canary_sent sent, const char *words)
{
	static const char *const told[] = {
		[CANARY_ACCEPTED] = "a relay has taken it",
		[CANARY_IN_DOUBT] = "a relay may have taken it; that it does not come says "
				    "nothing then",
		[CANARY_NOT_SENT] = "no relay takes it; the next one is made tomorrow",
	};
	struct canary_run *r = ctx;
	struct buf safe;

	print_safe(words, &safe);
	log_line(sent == CANARY_ACCEPTED ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
		 "canary nonce=%s what=\"%s\" reply=\"%s\"", r->canary.nonce, told[sent],
		 buf_text(&safe));
	buf_done(&safe);
	canary_sent(&r->canary, sent, io_now(r->io));
	keep(r);
}

/* Not before its state is kept: a crash loop would send it again and again. */
static void send_when_kept(struct canary_run *r, struct generation *generation)
{
	int error;

	if (!canary_file_is_kept(r->file, &error))
		return;
	r->is_to_send = false;
	if (error < 0)
		on_sent(r, CANARY_NOT_SENT, "its state cannot be kept, so it is not sent");
	else if (!generation->plan.canary || generation->plan.mail.relays_n == 0)
		on_sent(r, CANARY_NOT_SENT, "it is not wanted any more");
	else
		canary_send_start(r->send, generation, r->canary.nonce, r->canary.made.wall);
}

/* ---- looked for ---- */

static void tell_news(const struct canary_run *r, enum canary_news news, const char *words)
{
	const struct canary *c = &r->canary;

	switch (news) {
	case CANARY_NO_NEWS:
		break;
	case CANARY_CAME:
	case CANARY_CAME_AGAIN:
		log_line(news == CANARY_CAME ? LOG_LEVEL_INFO : LOG_LEVEL_NOTICE,
			 "canary nonce=%s delay_s=%lld what=\"%s\"", c->nonce,
			 (long long)(c->delay / USEC_PER_SEC),
			 news == CANARY_CAME ? "found" : "found: mail arrives again");
		break;
	case CANARY_IS_LOST:
	case CANARY_IS_LOST_TOO:
		log_err("canary nonce=%s what=\"a relay has taken it, and it is not in its "
			"mailbox: "
			"mail is broken\"",
			c->nonce);
		break;
	case CANARY_UNSEEN:
	case CANARY_UNSEEN_LONG:
		log_warning("canary nonce=%s what=\"it could not be looked for%s\" reply=\"%s\"",
			    c->nonce, news == CANARY_UNSEEN ? "" : " for three days", words);
		break;
	}
}

static void on_looked(void *ctx, enum canary_look look, size_t removed, const char *words)
{
	struct canary_run *r = ctx;
	enum canary_news news;
	struct buf safe;

	print_safe(words, &safe);
	log_debug("canary nonce=%s look=%d removed=%zu reply=\"%s\"", r->canary.nonce, look,
		  removed, buf_text(&safe));
	(void)words_copy(r->words, sizeof r->words,
			 look == CANARY_NOT_LOOKED ? buf_text(&safe) : "");
	news = canary_looked(&r->canary, &r->rule, look, io_now(r->io));
	tell_news(r, news, buf_text(&safe));
	buf_done(&safe);
	generation_drop(r->generation);
	r->generation = NULL;
	keep(r);
}

static void look(struct canary_run *r, struct generation *generation)
{
	r->generation = generation_hold(generation);
	r->rule = (struct canary_rule){ generation->plan.canary->at,
					generation->plan.canary->within };
	canary_looker_start(r->looker, generation, r->canary.nonce, r->canary.failures);
}

/* ---- told ---- */

/* The same words as long as it lasts, so that it is told once. */
static void tell(struct engine *engine, enum self_matter matter, wall_t since, struct now now)
{
	struct buf detail = BUF_INIT(DETAIL_MAX);

	if (wall_is_set(since)) {
		calendar_print_date(&detail, calendar_day(since));
		buf_putc(&detail, ' ');
		calendar_print_minute(&detail, since);
		buf_putc(&detail, ' ');
		calendar_print_zone(&detail, since);
	}
	engine_self(engine, matter, wall_is_set(since) ? buf_text(&detail) : NULL, now);
	buf_done(&detail);
}

static void tell_all(const struct canary_run *r, bool is_wanted, struct engine *engine,
		     struct now now)
{
	const struct canary *c = &r->canary;
	const wall_t unset = { 0 };
	bool is_lost = is_wanted && wall_is_set(c->lost);
	bool is_back = is_wanted && !is_lost && wall_span(c->again, now.wall) < BACK_IS_NEWS;

	tell(engine, SELF_CANARY, is_lost ? c->lost : unset, now);
	tell(engine, SELF_CANARY_BACK, is_back ? c->again : unset, now);
	tell(engine, SELF_CANARY_UNSEEN, is_wanted && c->is_unseen_long ? c->unseen.wall : unset,
	     now);
}

/* ---- turns ---- */

static mono_t act(struct canary_run *r, struct generation *generation, struct now now)
{
	const struct canary_plan *plan = generation->plan.canary;
	struct canary_rule rule = { plan->at, plan->within };
	wall_t moment = r->canary.moment;
	mono_t wake;

	switch (canary_advance(&r->canary, &rule, now, &wake)) {
	case CANARY_WAIT:
		break;
	case CANARY_MAKE:
		make(r, now);
		break;
	case CANARY_LOOK:
		look(r, generation);
		break;
	}
	if (r->canary.moment.us != moment.us && !r->is_to_send)
		keep(r); /* one was passed over */
	return mono_min(wake, mono_add(now.mono, PAUSE));
}

mono_t canary_run_advance(struct canary_run *r, struct generation *generation,
			  struct engine *engine, struct now now)
{
	bool is_wanted = generation->plan.canary != NULL;

	if (r->is_stopped || !mono_reached(r->next, now.mono))
		return r->is_stopped ? MONO_NEVER : r->next;
	r->next = mono_add(now.mono, PAUSE);
	if (!r->is_ready)
		r->is_ready = canary_file_take(r->file, now, &r->canary);
	if (!r->is_ready)
		return r->next;
	if (r->is_to_send)
		send_when_kept(r, generation);
	else if (is_wanted)
		r->next = mono_min(r->next, act(r, generation, now));
	tell_all(r, is_wanted, engine, now);
	return r->next;
}

struct canary_view canary_run_view(const struct canary_run *r, const struct plan *plan)
{
	struct canary_view view = { .is_wanted = false };

	if (!plan->canary)
		return view;
	view = canary_view(&r->canary);
	(void)words_copy(view.words, sizeof view.words, r->words);
	return view;
}

/* ---- life ---- */

void canary_run_stop(struct canary_run *r)
{
	r->is_stopped = true;
}

struct canary_run *canary_run_new(struct io *io, struct worker *worker, const char *state_dir)
{
	struct canary_run *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->io = io;
	r->send = canary_send_new(io, on_sent, r);
	r->looker = canary_looker_new(io, on_looked, r);
	/* The last one: the worker has it from here on. */
	if (r->send && r->looker)
		r->file = canary_file_new(worker, state_dir);
	if (r->file)
		return r;
	canary_run_free(r);
	return NULL;
}

void canary_run_free(struct canary_run *r)
{
	if (!r)
		return;
	canary_send_free(r->send);
	canary_looker_free(r->looker);
	if (r->generation)
		generation_drop(r->generation);
	canary_file_free(r->file);
	free(r);
}
