/*
 * mail_parts.c - what a mail says, in which order (email.md, "Body").
 */
#include "render/mail_parts.h"

#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "core/flap.h"
#include "render/speech.h"

#define PARTS_BYTES_MAX (256 * 1024)
#define PART_BYTES_MAX 32768

static size_t text_add(struct mail_parts *p, const char *text)
{
	size_t at = p->text.n;

	buf_add(&p->text, text, strlen(text) + 1);
	return at;
}

void mail_parts_add(struct mail_parts *p, enum mail_part_kind kind, const char *label,
		    const char *text)
{
	struct mail_part *part = &p->v[p->n];

	if (p->n == MAIL_PARTS_MAX) {
		p->text.has_failed = true;
		return;
	}
	part->kind = kind;
	part->label = text_add(p, label);
	part->text = text_add(p, text);
	p->n++;
}

/* One sentence of the case as a part of its own. */
static void add_sentence(struct mail_parts *p, const struct mail_case *c, enum mail_part_kind kind,
			 const char *label, const char *wording)
{
	struct buf text = BUF_INIT(PART_BYTES_MAX);

	mail_say(c, &text, wording);
	mail_parts_add(p, kind, label, buf_text(&text));
	buf_done(&text);
}

/* ---- head ---- */

static const char *lead_of(const struct mail_case *c)
{
	if (c->notice->kind == NOTICE_BLIND)
		return c->words->blind_lead;
	if (c->notice->kind == NOTICE_CERTIFICATE)
		return mail_certificate_lead(c);
	if (c->notice->kind == NOTICE_SELF)
		return c->words->self_lead[c->notice->matter];
	if (c->notice->kind == NOTICE_WEEK)
		return mail_week_lead(c);
	if (c->notice->kind == NOTICE_DIGEST)
		return wording_for(&c->words->digest_lead, c->notice->held);
	return c->is_pretended ? c->words->test_lead : mail_lead_wording(c);
}

static void add_marks(struct mail_parts *p, const struct mail_case *c)
{
	if (c->model->is_demo)
		add_sentence(p, c, PART_MARK, "", c->words->demo);
}

static void add_verdict(struct mail_parts *p, const struct mail_case *c)
{
	struct buf verdict = BUF_INIT(PART_BYTES_MAX);

	mail_verdict(c, &verdict);
	mail_parts_add(p, PART_VERDICT, "", buf_text(&verdict));
	buf_done(&verdict);
	if (c->model->is_storage_failing)
		add_sentence(p, c, PART_MARK, "", c->words->storage);
	if (c->notice->held > 0 && c->notice->kind != NOTICE_DIGEST)
		add_sentence(p, c, PART_MARK, "",
			     wording_for(&c->words->held_back, c->notice->held));
	if (wall_is_set(c->notice->merges))
		add_sentence(p, c, PART_MARK, "", c->words->merged);
}

/* It belongs to no incident. */
static bool is_aside(const struct mail_case *c)
{
	return c->notice->kind == NOTICE_BLIND || c->notice->kind == NOTICE_CERTIFICATE ||
	       c->notice->kind == NOTICE_SELF || c->notice->kind == NOTICE_WEEK ||
	       c->notice->kind == NOTICE_DIGEST;
}

static enum mail_colour colour_of(const struct mail_case *c)
{
	if (c->change == CHANGE_OVER || mail_is_renewal(c) || c->notice->kind == NOTICE_WEEK)
		return COLOUR_UP;
	if (is_aside(c) || mail_is_silence(c))
		return COLOUR_SILENT;
	return COLOUR_DOWN;
}

/* ---- links and the end ---- */

/* One site by itself has its own instructions; anything wider the stack's. */
static const char *runbook_of(const struct mail_case *c)
{
	const char *runbook = NULL;

	if ((c->matter == MATTER_SITE || c->matter == MATTER_SITE_FAMILY ||
	     c->matter == MATTER_JOB) &&
	    c->first != NONE_INDEX)
		runbook = c->plan->targets[c->first].runbook;
	if (runbook == NULL && c->stack != NONE_INDEX)
		runbook = c->plan->stacks[c->stack].runbook;
	if (runbook == NULL && c->first != NONE_INDEX)
		runbook = c->plan->targets[c->first].runbook;
	return runbook;
}

static void add_link(struct mail_parts *p, const char *label, const char *address)
{
	struct buf clean = BUF_INIT(PART_BYTES_MAX);

	text_line(&clean, address);
	mail_parts_add(p, PART_LINK, label, buf_text(&clean));
	buf_done(&clean);
}

/* The page's default language has the plain name (page.h). */
static void add_page(struct mail_parts *p, const struct mail_case *c)
{
	static const char *const names[LANGUAGE_COUNT] = {
		[LANGUAGE_EN] = "index.en.html",
		[LANGUAGE_JA] = "index.ja.html",
	};
	struct buf address = BUF_INIT(PART_BYTES_MAX);
	const char *url = c->plan->page.url;

	if (url == NULL || url[0] == '\0')
		return;
	buf_puts(&address, url);
	if (url[strlen(url) - 1] != '/')
		buf_putc(&address, '/');
	if (c->language != c->plan->language)
		buf_puts(&address, names[c->language]);
	add_link(p, c->words->status_page, buf_text(&address));
	buf_done(&address);
}

static void add_links(struct mail_parts *p, const struct mail_case *c)
{
	const char *runbook = runbook_of(c);
	bool is_wanted = c->notice->kind == NOTICE_CERTIFICATE ? !mail_is_renewal(c) : !is_aside(c);

	if (runbook != NULL && c->change != CHANGE_OVER && is_wanted)
		add_link(p, c->words->runbook, runbook);
	add_page(p, c);
}

/* When the next repeat comes, on the wall clock; unset: never. */
static wall_t next_repeat(const struct mail_case *c)
{
	struct now created = c->notice->created;
	mono_t next = c->incident ? incident_next_repeat(c->incident, &c->plan->mail) : MONO_NEVER;
	usec_t until;

	if (next.us == INT64_MAX && c->incident == NULL)
		return (wall_t){ 0 };
	/* Before its first mail is counted an incident cannot say: the first repeat is meant. */
	until = next.us == INT64_MAX ? c->plan->mail.repeat[0] : mono_span(created.mono, next);
	return until > 0 ? (wall_t){ created.wall.us + until } : (wall_t){ 0 };
}

/* Within a day the time alone says when. */
static const char *next_wording(const struct mail_case *c, wall_t next)
{
	const struct mail_words *w = c->words;
	bool is_near = wall_span(c->notice->created.wall, next) < USEC_PER_DAY;

	if (!wall_is_set(next))
		return w->next_unknown;
	if (mail_is_silence(c))
		return is_near ? w->next_silent : w->next_silent_later;
	return is_near ? w->next_down : w->next_down_later;
}

static void add_next_flapping(struct mail_parts *p, const struct mail_case *c)
{
	struct buf text = BUF_INIT(PART_BYTES_MAX);

	sentence_fill(&text, c->language, c->words->next_flapping,
		      HOLES(hole_span("calm", FLAP_CALM)));
	mail_parts_add(p, PART_NEXT, c->words->next, buf_text(&text));
	buf_done(&text);
}

static void add_next_going_on(struct mail_parts *p, const struct mail_case *c)
{
	struct buf date = BUF_INIT(256), text = BUF_INIT(PART_BYTES_MAX);
	wall_t next = next_repeat(c);

	speech_short_date(&date, c->language, calendar_day(next));
	sentence_fill(&text, c->language, next_wording(c, next),
		      HOLES(hole_minute("time", next), hole_own("date", buf_text(&date))));
	mail_parts_add(p, PART_NEXT, c->words->next, buf_text(&text));
	buf_done(&date);
	buf_done(&text);
}

static void add_next_filled(struct mail_parts *p, const struct mail_case *c,
			    void (*write)(const struct mail_case *c, struct buf *to))
{
	struct buf text = BUF_INIT(PART_BYTES_MAX);

	write(c, &text);
	mail_parts_add(p, PART_NEXT, c->words->next, buf_text(&text));
	buf_done(&text);
}

static void add_next(struct mail_parts *p, const struct mail_case *c)
{
	const struct mail_words *w = c->words;

	if (mail_is_flapping(c))
		add_next_flapping(p, c);
	else if (c->notice->is_drill && mail_is_going_on(c))
		mail_parts_add(p, PART_NEXT, w->next, w->next_unknown);
	else if (mail_is_going_on(c))
		add_next_going_on(p, c);
	else if (c->notice->kind == NOTICE_CERTIFICATE)
		add_next_filled(p, c, mail_certificate_next);
	else if (c->notice->kind == NOTICE_WEEK)
		add_next_filled(p, c, mail_week_next);
	else if (is_aside(c))
		mail_parts_add(p, PART_NEXT, w->next, w->next_blind);
	else
		mail_parts_add(p, PART_NEXT, w->next,
			       c->is_pretended ? w->next_test : w->next_over);
}

static const char *signature_wording(const struct mail_case *c)
{
	if (c->notice->kind == NOTICE_CERTIFICATE)
		return c->words->cert_signature;
	return c->notice->incident != 0 ? c->words->signature_incident : c->words->signature;
}

/* Earlier mails about this certificate. */
static unsigned mails_told(const struct mail_case *c)
{
	unsigned n = 0;

	for (uint32_t told = c->notice->told; told != 0; told >>= 1)
		n += told & 1;
	return n;
}

static void add_signature(struct mail_parts *p, const struct mail_case *c)
{
	struct buf text = BUF_INIT(PART_BYTES_MAX);
	bool is_certificate = c->notice->kind == NOTICE_CERTIFICATE;

	sentence_fill(
		&text, c->language, signature_wording(c),
		HOLES(hole_foreign("instance", c->plan->instance),
		      hole_foreign("number", c->notice->number),
		      hole_number("n", is_certificate ? mails_told(c) + 1 : c->notice->seq + 1)));
	mail_parts_add(p, PART_SIGNATURE, "", buf_text(&text));
	buf_done(&text);
}

/* ---- the body by kind ---- */

static void add_lists(struct mail_parts *p, const struct mail_case *c)
{
	switch (c->notice->kind) {
	case NOTICE_DOWN:
	case NOTICE_CHANGE:
	case NOTICE_TEST:
		mail_list_fails(p, c);
		mail_list_back(p, c);
		mail_list_up(p, c);
		mail_list_notes(p, c);
		mail_list_steps(p, c);
		break;
	case NOTICE_REPEAT: /* whoever is still at it has read the steps */
		mail_list_fails(p, c);
		mail_list_back(p, c);
		mail_list_up(p, c);
		mail_list_notes(p, c);
		break;
	case NOTICE_RECOVERED:
		mail_list_evidence(p, c);
		mail_list_look(p, c);
		mail_list_notes(p, c);
		break;
	case NOTICE_BLIND:
		mail_list_now(p, c);
		break;
	case NOTICE_CERTIFICATE:
		mail_list_certificate(p, c);
		break;
	case NOTICE_SELF:
		mail_list_self(p, c);
		break;
	case NOTICE_WEEK:
		mail_list_week(p, c);
		break;
	case NOTICE_DIGEST:
		mail_list_digest(p, c);
		break;
	case NOTICE_KINDS:
		break;
	}
}

void mail_parts_build(struct mail_parts *p, const struct mail_case *c)
{
	p->n = 0;
	p->colour = colour_of(c);
	buf_init(&p->text, PARTS_BYTES_MAX);
	/* Before anything else: whoever reads no further must not run. */
	if (c->notice->is_drill)
		add_sentence(p, c, PART_MARK, "", c->words->drill);
	add_sentence(p, c, PART_LEAD, "", lead_of(c));
	add_marks(p, c);
	add_verdict(p, c);
	add_lists(p, c);
	add_links(p, c);
	add_next(p, c);
	add_signature(p, c);
}

void mail_parts_done(struct mail_parts *p)
{
	buf_done(&p->text);
}

/* A part that did not fit has no text; the message as a whole is then refused. */
static const char *text_at(const struct mail_parts *p, size_t at)
{
	return at < p->text.n ? p->text.data + at : "";
}

const char *mail_part_label(const struct mail_parts *p, size_t i)
{
	return text_at(p, p->v[i].label);
}

const char *mail_part_text(const struct mail_parts *p, size_t i)
{
	return text_at(p, p->v[i].text);
}
