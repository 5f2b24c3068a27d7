/*
 * brief.c - see brief.h.
 *
 * Every sentence is the mail's: the subject, and the parts that both writers
 * of a mail write from, but for the few that say that it is one
 * (message_words.c). What a machine reads stands beside it as values.
 */
#include "render/brief.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "render/mail_parts.h"
#include "render/speech.h"

#define LINE_BYTES_MAX 16384

static struct buf *text_of(struct brief *b, enum brief_text which)
{
	return &b->texts[which];
}

static const char *said(const struct brief *b, enum brief_text which)
{
	return buf_text(&b->texts[which]);
}

/* ---- what it belongs to ---- */

/* One key for all that is said of one cause; what belongs to none stands by itself. */
static void write_thread(const struct notice *notice, struct buf *to)
{
	if (notice->incident != 0)
		buf_printf(to, "%016" PRIx64, notice->incident);
	else if (notice->kind == NOTICE_CERTIFICATE)
		buf_printf(to, "cert-%016" PRIx64, notice->fingerprint);
	else
		buf_printf(to, "%016" PRIx64, notice->id);
}

static void write_stack(struct brief *b, const struct mail_case *c)
{
	text_line(text_of(b, BRIEF_STACK), c->notice->stack);
	if (c->stack != NONE_INDEX && !c->plan->stacks[c->stack].is_implicit)
		text_line(text_of(b, BRIEF_STACK_TITLE), c->plan->stacks[c->stack].title);
}

/* ---- the mail's own words ---- */

static bool is_link(const struct mail_parts *p, size_t i, const char *label)
{
	return p->v[i].kind == PART_LINK && strcmp(mail_part_label(p, i), label) == 0;
}

static void take_part(struct brief *b, const struct mail_parts *p, const struct mail_case *c,
		      size_t i)
{
	if (p->v[i].kind == PART_LEAD)
		buf_puts(text_of(b, BRIEF_LEAD), mail_part_text(p, i));
	else if (p->v[i].kind == PART_SIGNATURE)
		buf_puts(text_of(b, BRIEF_FOOTER), mail_part_text(p, i));
	else if (is_link(p, i, c->words->status_page))
		buf_puts(text_of(b, BRIEF_PAGE), mail_part_text(p, i));
	else if (is_link(p, i, c->words->runbook))
		buf_puts(text_of(b, BRIEF_RUNBOOK), mail_part_text(p, i));
}

/* The signature is a mail's custom: it stays apart, and the text ends before it. */
static void take_parts(struct brief *b, struct mail_parts *p, const struct mail_case *c)
{
	for (size_t i = 0; i < p->n; i++)
		take_part(b, p, c, i);
	if (p->n > 0 && p->v[p->n - 1].kind == PART_SIGNATURE)
		p->n--;
	mail_write_text(p, c, text_of(b, BRIEF_TEXT));
	text_of(b, BRIEF_TEXT)->has_failed |= buf_failed(&p->text);
}

/* ---- members ---- */

/* The place of one more; NULL: it is only counted. */
static struct notify_member *member_add(struct brief *b, const char *name, struct buf **ret_title,
					struct buf **ret_reason)
{
	size_t n = b->words.members_n;

	b->words.members_all++;
	if (n == NOTIFY_MEMBERS_MAX)
		return NULL;
	b->words.members_n++;
	b->members[n].name = name;
	*ret_title = &b->titles[n];
	*ret_reason = &b->reasons[n];
	return &b->members[n];
}

static void add_target(struct brief *b, const struct mail_case *c, uint32_t target, bool is_failing)
{
	struct incident_member m = mail_member(c, target);
	struct buf *title, *reason;
	struct notify_member *member =
		member_add(b, c->plan->targets[target].name, &title, &reason);

	if (member == NULL)
		return;
	member->is_failing = is_failing;
	member->outcome = outcome_code(m.outcome);
	member->code = m.code;
	speech_target(title, c->language, c->plan, target);
	speech_failure_short(reason, c->language, m.outcome, m.code, m.took);
}

/* Its line of the mail says how long it is silent, or when it spoke again. */
static void add_watchdog(struct brief *b, const struct mail_case *c, const struct mail_parts *p,
			 uint32_t watchdog)
{
	struct buf *title, *reason;
	struct notify_member *member =
		member_add(b, c->plan->watchdogs[watchdog].name, &title, &reason);

	if (member == NULL)
		return;
	member->is_watchdog = true;
	member->is_failing = c->change != CHANGE_OVER;
	speech_watchdog(title, c->language, c->plan, watchdog);
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].kind == PART_ITEM && reason->n == 0 &&
		    strcmp(mail_part_label(p, i), buf_text(title)) == 0)
			buf_puts(reason, mail_part_text(p, i));
}

static void add_members(struct brief *b, const struct mail_case *c, const struct mail_parts *p)
{
	for (uint32_t i = 0; i < c->plan->targets_n; i++) {
		enum standing standing = mail_standing(c, i);
		bool fails = standing == STANDS_FAILING || standing == STANDS_DEPENDENT;

		if (fails || standing == STANDS_RETURNED)
			add_target(b, c, i, fails && c->change != CHANGE_OVER);
	}
	for (uint32_t i = 0; i < c->plan->watchdogs_n; i++)
		if (mail_watchdog_fails(c, i))
			add_watchdog(b, c, p, i);
}

static uint32_t target_named(const struct plan *plan, const char *name, size_t n)
{
	for (uint32_t i = 0; i < plan->targets_n; i++)
		if (strlen(plan->targets[i].name) == n &&
		    memcmp(plan->targets[i].name, name, n) == 0)
			return i;
	return NONE_INDEX;
}

static void add_named(struct brief *b, const struct mail_case *c, uint32_t target)
{
	struct buf *title, *reason;
	struct notify_member *member =
		member_add(b, c->plan->targets[target].name, &title, &reason);

	if (member != NULL)
		speech_target(title, c->language, c->plan, target);
}

/* Who shows a certificate; and after a restart, when the members are forgotten, their names. */
static void add_affected(struct brief *b, const struct mail_case *c)
{
	for (const char *at = c->notice->affected; *at != '\0'; at += *at == ',') {
		size_t n = strcspn(at, ",");
		uint32_t target = target_named(c->plan, at, n);

		if (target != NONE_INDEX)
			add_named(b, c, target);
		at += n;
	}
}

static void point_members(struct brief *b)
{
	for (size_t i = 0; i < b->words.members_n; i++) {
		b->members[i].title = buf_text(&b->titles[i]);
		b->members[i].reason = buf_text(&b->reasons[i]);
		if (b->members[i].outcome == NULL)
			b->members[i].outcome = "";
	}
	b->words.members = b->members;
}

/* ---- values ---- */

static const enum notify_level levels[] = {
	[COLOUR_DOWN] = NOTIFY_DOWN,
	[COLOUR_SILENT] = NOTIFY_WARNING,
	[COLOUR_UP] = NOTIFY_UP,
};

static void point_texts(struct brief *b)
{
	struct notify_words *w = &b->words;

	w->thread = said(b, BRIEF_THREAD);
	w->incident = said(b, BRIEF_NUMBER);
	w->instance = said(b, BRIEF_INSTANCE);
	w->subject = said(b, BRIEF_SUBJECT);
	w->lead = said(b, BRIEF_LEAD);
	w->text = said(b, BRIEF_TEXT);
	w->footer = said(b, BRIEF_FOOTER);
	w->stack = said(b, BRIEF_STACK);
	w->stack_title = said(b, BRIEF_STACK_TITLE);
	w->page_url = said(b, BRIEF_PAGE);
	w->runbook_url = said(b, BRIEF_RUNBOOK);
}

static unsigned level_bit(enum diagnosis finding)
{
	if (finding == DIAGNOSIS_NONE)
		return 0;
	return 1u << (diagnosis_is_pipeline(finding) ? NOTIFY_WARNING : NOTIFY_DOWN);
}

/* The log forgets in time, but not the first finding nor the worst. */
static unsigned levels_told(const struct mail_case *c, enum notify_level level)
{
	const struct incident *i = c->incident;
	unsigned told = 1u << level;

	if (c->notice->kind == NOTICE_CERTIFICATE)
		told |= 1u << NOTIFY_WARNING; /* also of what is renewed now */
	told |= level_bit(c->notice->diagnosis);
	if (i == NULL)
		return told;
	told |= level_bit(i->first_finding) | level_bit(i->worst);
	for (unsigned k = 0; k < i->log_n; k++)
		if (i->log[k].kind == EVENT_MAILED || i->log[k].kind == EVENT_STILL)
			told |= level_bit(i->log[k].diagnosis);
	return told;
}

static void take_times(struct notify_words *w, const struct mail_case *c)
{
	const struct notice *n = c->notice;

	w->created = n->created.wall;
	w->opened = n->kind == NOTICE_BLIND ? n->from : n->opened.wall;
	if (n->kind == NOTICE_BLIND)
		w->ended = n->to;
	else if (w->is_over && c->incident != NULL)
		w->ended = c->incident->closed.wall;
	if (n->kind == NOTICE_CERTIFICATE)
		w->expires = n->to;
}

static void take_values(struct notify_words *w, const struct mail_case *c,
			const struct mail_parts *p)
{
	const struct notice *n = c->notice;

	w->language = c->language;
	w->kind = notice_kind_name(n->kind);
	w->diagnosis = mail_diagnosis_word(c);
	w->level = levels[p->colour];
	w->levels_told = levels_told(c, w->level);
	w->id = n->id;
	w->seq = n->seq;
	w->is_important = n->is_important;
	w->is_over = n->kind == NOTICE_RECOVERED;
	w->is_drill = n->is_drill;
	w->is_test = n->kind == NOTICE_TEST;
	take_times(w, c);
}

static void brief_begin(struct brief *b)
{
	*b = (struct brief){ 0 };
	for (int i = 0; i < BRIEF_TEXTS; i++)
		buf_init(&b->texts[i], i == BRIEF_TEXT ? MAIL_BYTES_MAX : LINE_BYTES_MAX);
	for (int i = 0; i < NOTIFY_MEMBERS_MAX; i++) {
		buf_init(&b->titles[i], LINE_BYTES_MAX);
		buf_init(&b->reasons[i], LINE_BYTES_MAX);
	}
}

void brief_init(struct brief *b, const struct mail_request *request)
{
	struct mail_parts parts;
	struct mail_case c;

	brief_begin(b);
	mail_case_init_message(&c, request);
	mail_parts_build(&parts, &c);
	write_thread(c.notice, text_of(b, BRIEF_THREAD));
	text_line(text_of(b, BRIEF_NUMBER), c.notice->incident != 0 ? c.notice->number : "");
	text_line(text_of(b, BRIEF_INSTANCE), c.plan->instance);
	mail_write_subject(&c, text_of(b, BRIEF_SUBJECT));
	write_stack(b, &c);
	take_values(&b->words, &c, &parts);
	add_members(b, &c, &parts);
	if (b->words.members_all == 0)
		add_affected(b, &c);
	take_parts(b, &parts, &c);
	point_texts(b);
	point_members(b);
	mail_parts_done(&parts);
	mail_case_done(&c);
}

void brief_done(struct brief *b)
{
	for (int i = 0; i < BRIEF_TEXTS; i++)
		buf_done(&b->texts[i]);
	for (int i = 0; i < NOTIFY_MEMBERS_MAX; i++) {
		buf_done(&b->titles[i]);
		buf_done(&b->reasons[i]);
	}
}

bool brief_failed(const struct brief *b)
{
	bool has_failed = false;

	for (int i = 0; i < BRIEF_TEXTS; i++)
		has_failed |= buf_failed(&b->texts[i]);
	for (int i = 0; i < NOTIFY_MEMBERS_MAX; i++)
		has_failed |= buf_failed(&b->titles[i]) || buf_failed(&b->reasons[i]);
	return has_failed;
}
