/*
 * mail_standing.c - the lists about what does not fail: who answers, what
 * cannot be told, our own link.
 *
 * Absence of evidence is said, not left out.
 */
#include "render/mail_parts.h"

#include "base/text.h"
#include "render/speech.h"

#define ITEM_BYTES_MAX 32768
#define WATCHDOGS_MAX 6
#define STACKS_MAX 12

/* ---- targets ---- */

static void add_answering(struct mail_parts *p, const struct mail_case *c)
{
	struct buf names = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);
	unsigned n = mail_names_n(c, STANDS_UP);

	mail_names(c, &names, STANDS_UP, MAIL_NAMED_MAX);
	sentence_fill(&text, c->language, wording_for(&c->words->answers, n),
		      HOLES(hole_own("names", buf_text(&names))));
	if (n > 0)
		mail_parts_add(p, PART_ITEM, "", buf_text(&text));
	buf_done(&names);
	buf_done(&text);
}

static void add_others(struct mail_parts *p, const struct mail_case *c, enum standing standing,
		       const char *label)
{
	struct buf names = BUF_INIT(ITEM_BYTES_MAX);

	mail_names(c, &names, standing, MAIL_NAMED_MAX);
	if (mail_names_n(c, standing) > 0)
		mail_parts_add(p, PART_ITEM, label, buf_text(&names));
	buf_done(&names);
}

/* When each was last seen well, for what is said of it is as old as that. */
static void add_out_of_sight(struct mail_parts *p, const struct mail_case *c)
{
	struct buf text = BUF_INIT(ITEM_BYTES_MAX);
	unsigned n = 0;

	for (uint32_t i = 0; i < c->plan->targets_n; i++) {
		if (mail_standing(c, i) != STANDS_OUT_OF_SIGHT || n++ >= MAIL_NAMED_MAX)
			continue;
		if (n > 1)
			buf_puts(&text, c->words->comma);
		speech_half(&text, c->language, &c->plan->targets[i], mail_half(c, i));
		buf_putc(&text, ' ');
		mail_moment(c, &text, c->model->targets[i].last_ok);
	}
	if (n > 0)
		mail_parts_add(p, PART_ITEM, c->words->out_of_sight, buf_text(&text));
	mail_list_more(p, c, STANDS_OUT_OF_SIGHT);
	buf_done(&text);
}

/* ---- watchdogs ---- */

static const char *beat_wording(const struct mail_case *c, const struct deadman_view *view)
{
	if (!wall_is_set(view->last))
		return c->words->beat_never;
	return view->last.us < c->notice->opened.wall.us ? c->words->beat_before
							  : c->words->beat_arrived;
}

static void add_beat(struct mail_parts *p, const struct mail_case *c, uint32_t watchdog)
{
	const struct deadman_view *view = &c->model->deadmen[watchdog];
	struct buf label = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);
	struct buf last = BUF_INIT(256);

	speech_watchdog(&label, c->language, c->plan, watchdog);
	mail_moment(c, &last, view->last);
	sentence_fill(&text, c->language, beat_wording(c, view),
		      HOLES(hole_own("last", buf_text(&last))));
	mail_parts_add(p, PART_ITEM, buf_text(&label), buf_text(&text));
	buf_done(&label);
	buf_done(&last);
	buf_done(&text);
}

/* Where all of a stack is in question, it matters that nobody listens inside. */
static bool is_missed(const struct mail_case *c)
{
	for (uint32_t i = 0; i < c->plan->watchdogs_n; i++)
		if (mail_watchdog_is_of_stack(c, i))
			return false;
	return c->matter < MATTER_SITE;
}

static void add_beats(struct mail_parts *p, const struct mail_case *c)
{
	unsigned shown = 0;

	for (uint32_t i = 0; i < c->plan->watchdogs_n && shown < WATCHDOGS_MAX; i++) {
		if (!mail_watchdog_is_of_stack(c, i) || mail_watchdog_fails(c, i))
			continue;
		add_beat(p, c, i);
		shown++;
	}
	if (is_missed(c))
		mail_parts_add(p, PART_ITEM, c->words->watchdog, c->words->beat_none);
}

/* ---- our own link ---- */

/* A test is written by a process that has asked nobody: its answers are pretended as well. */
static unsigned references_of(const struct mail_case *c, unsigned *ret_up)
{
	unsigned configured = (unsigned)c->plan->references_n;

	*ret_up = c->is_pretended ? configured : c->model->references_up;
	if (c->is_pretended)
		return configured;
	return c->model->vantage == VANTAGE_UNCHECKED ? 0 : c->model->references;
}

static const char *link_wording(const struct mail_case *c, unsigned up, unsigned all)
{
	if (all == 0)
		return c->words->link_not_checked;
	if (up == 0)
		return c->words->link_none;
	return up == all ? c->words->link_all : c->words->link_some;
}

static void add_link(struct mail_parts *p, const struct mail_case *c)
{
	struct buf text = BUF_INIT(ITEM_BYTES_MAX);
	unsigned up, all = references_of(c, &up);

	sentence_fill(&text, c->language, link_wording(c, up, all),
		      HOLES(hole_number("n", up), hole_number("m", all)));
	mail_parts_add(p, PART_ITEM, c->words->own_link, buf_text(&text));
	buf_done(&text);
}

void mail_list_up(struct mail_parts *p, const struct mail_case *c)
{
	mail_parts_add(p, PART_TITLE, "", c->words->up_title);
	add_answering(p, c);
	add_beats(p, c);
	add_link(p, c);
	add_others(p, c, STANDS_UNDETERMINED, c->words->undetermined);
	add_others(p, c, STANDS_IN_OTHER, c->words->elsewhere);
	add_others(p, c, STANDS_PLANNED, c->words->planned);
	add_others(p, c, STANDS_UNOBSERVED, c->words->unobserved);
	add_out_of_sight(p, c);
}

/* ---- after a blindness ---- */

static bool fails(const struct mail_case *c, uint32_t target)
{
	return target != NONE_INDEX && verdict_is_failing(c->model->targets[target].state);
}

/* How many sites of a stack fail; the first one as it is called. */
static unsigned sites_failing(const struct mail_case *c, uint32_t stack, struct buf *ret_first)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < c->plan->targets_n; i++) {
		uint32_t twin = target_twin(c->plan, i);

		if (c->plan->targets[i].stack != stack || !fails(c, i) ||
		    (target_is_second(c->plan, i) && fails(c, twin)))
			continue;
		if (n++ == 0)
			speech_half(ret_first, c->language, &c->plan->targets[i],
				    twin == NONE_INDEX || fails(c, twin) ? HALF_BOTH : HALF_ITSELF);
	}
	return n;
}

/* Well by what was seen last; but while we were blind it was seen by nobody. */
static bool is_unseen(const struct mail_case *c, uint32_t target)
{
	const struct target_view *view = &c->model->targets[target];
	bool is_blind = c->notice->kind == NOTICE_BLIND && view->last_ok.us < c->notice->from.us;

	return view->state == VERDICT_UP && (is_blind || view->is_out_of_sight) &&
	       !view->plan->ping && !wall_is_set(view->planned_until);
}

/* Where nothing is known to fail: as far as that goes. False: all of it was seen. */
static bool write_unseen(const struct mail_case *c, struct buf *to, uint32_t stack)
{
	bool is_blind = c->notice->kind == NOTICE_BLIND;
	unsigned unseen = 0;

	for (uint32_t i = 0; i < c->plan->targets_n; i++) {
		if (c->plan->targets[i].stack != stack || target_is_second(c->plan, i))
			continue;
		unseen += mail_is_either(c, i, is_unseen);
	}
	if (unseen > 0)
		sentence_fill(to, c->language,
			      wording_for(is_blind ? &c->words->now_again : &c->words->now_unseen,
					  unseen),
			      HOLES(hole_number("n", unseen)));
	return unseen > 0;
}

static void write_headline(const struct mail_case *c, struct buf *to, uint32_t stack)
{
	const struct stack_view *view = &c->model->stacks[stack];
	const struct sight *s = &view->sight;
	struct buf first = BUF_INIT(ITEM_BYTES_MAX);
	unsigned failing = sites_failing(c, stack, &first);
	bool is_well = view->finding.primary == DIAGNOSIS_NONE;

	if (is_well && write_unseen(c, to, stack)) {
		buf_done(&first);
		return;
	}
	if (diagnosis_is_pipeline(view->finding.primary) && s->edge_up + s->service_up == 0)
		speech_headline_alone(to, c->language, view->finding.primary);
	else
		speech_headline(to, c->language, view->finding.primary,
				failing > 0 ? buf_text(&first) : NULL, failing);
	buf_done(&first);
}

static void add_stack(struct mail_parts *p, const struct mail_case *c, uint32_t stack,
		      bool is_named)
{
	struct buf label = BUF_INIT(ITEM_BYTES_MAX), text = BUF_INIT(ITEM_BYTES_MAX);

	if (is_named)
		text_line(&label, c->plan->stacks[stack].title);
	write_headline(c, &text, stack);
	mail_parts_add(p, PART_ITEM, buf_text(&label), buf_text(&text));
	buf_done(&label);
	buf_done(&text);
}

/* Something of it is up, fails, or may do either: an empty stack has nothing to tell. */
static bool is_observed(const struct mail_case *c, uint32_t stack)
{
	const struct sight *s = &c->model->stacks[stack].sight;

	unsigned edge = s->edge_up + s->edge_failing + s->edge_open;
	unsigned services = s->service_up + s->service_failing + s->service_open;

	return edge + services + s->jobs_failing > 0 || s->watchdog != WATCHDOG_NONE;
}

void mail_list_now(struct mail_parts *p, const struct mail_case *c)
{
	unsigned shown = 0;

	mail_parts_add(p, PART_TITLE, "", c->words->now_title);
	for (uint32_t i = 0; i < c->plan->stacks_n && shown < STACKS_MAX; i++) {
		if (!is_observed(c, i))
			continue;
		add_stack(p, c, i, c->plan->stacks_n > 1);
		shown++;
	}
	add_link(p, c);
}
