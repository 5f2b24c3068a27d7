/*
 * expect_mail.c - what a line may demand of the mails that a relay accepted.
 *
 *   mail count N|N..M [thread M] [to ADDRESS]      M threads, linked by Message-ID and References
 *   mail N DEMAND ...    last mail DEMAND ...    of the first recipient's, or "to ADDRESS"
 *   no mail
 * with DEMAND: subject "..."  body "..."  header "..."  no body "..."  no header "..."
 *              to ADDRESS  within SPAN of TIME  at FROM..TO
 *
 * Without "to" a count is that of every recipient: each must have got as many.
 */
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

static bool is_to(const struct delivered *d, const char *recipient)
{
	return strcmp(d->letter->notice.recipient, recipient) == 0;
}

static size_t count_to(const struct post *p, const char *recipient)
{
	size_t n = 0;

	for (size_t i = 0; i < p->delivered_n; i++)
		n += is_to(&p->delivered[i], recipient);
	return n;
}

/* From 1; NULL: there are not so many. */
static const struct delivered *mail_of(const struct post *p, const char *recipient, size_t n)
{
	for (size_t i = 0; i < p->delivered_n; i++)
		if (is_to(&p->delivered[i], recipient) && --n == 0)
			return &p->delivered[i];
	return NULL;
}

static void list_mails(struct scenario *s)
{
	for (size_t i = 0; i < s->post.delivered_n; i++) {
		const struct delivered *d = &s->post.delivered[i];

		journal_say(s, "mail %zu at %.3f to %s: %s", i + 1, (double)d->at / USEC_PER_SEC,
			    d->letter->notice.recipient, d->letter->subject);
	}
}

/* ---- counts and threads ---- */

static bool refers_to(const struct letter *letter, const struct letter *earlier)
{
	return letter->references && strstr(letter->references, earlier->message_id);
}

static bool is_linked(const struct post *p, const struct delivered *mail, const char *recipient)
{
	for (const struct delivered *d = p->delivered; d < mail; d++)
		if (is_to(d, recipient) &&
		    (d->letter == mail->letter || refers_to(mail->letter, d->letter)))
			return true;
	return false;
}

static size_t count_threads(const struct post *p, const char *recipient)
{
	size_t n = 0;

	for (size_t i = 0; i < p->delivered_n; i++)
		n += is_to(&p->delivered[i], recipient) &&
		     !is_linked(p, &p->delivered[i], recipient);
	return n;
}

/* "3" or "2..3" */
struct count {
	size_t from, to;
	char text[WORD_MAX];
};

static bool count_next(const char **at, struct count *ret)
{
	char *end;

	if (!word_next(at, ret->text))
		return false;
	ret->from = ret->to = strtoul(ret->text, &end, 10);
	if (strncmp(end, "..", 2) == 0)
		ret->to = strtoul(end + 2, &end, 10);
	return *end == '\0';
}

static bool expect_mails_to(struct scenario *s, const char *recipient, const struct count *n,
			    long threads)
{
	size_t is = count_to(&s->post, recipient);
	size_t threads_are = count_threads(&s->post, recipient);

	if (is < n->from || is > n->to) {
		list_mails(s);
		return scenario_fail(s, "expected %s mails to %s, there are %zu", n->text,
				     recipient, is);
	}
	if (threads >= 0 && threads_are != (size_t)threads) {
		list_mails(s);
		return scenario_fail(s, "expected %ld threads to %s, there are %zu", threads,
				     recipient, threads_are);
	}
	return true;
}

static bool expect_mail_count(struct scenario *s, const char *at)
{
	char word[WORD_MAX];
	struct count n;
	long threads = -1;

	if (!count_next(&at, &n))
		return scenario_misspelt(s, "how many?", at);
	if (word_is(&at, "thread") && word_next(&at, word))
		threads = strtol(word, NULL, 10);
	if (word_is(&at, "to") && word_next(&at, word))
		return expect_mails_to(s, word, &n, threads);
	for (size_t i = 0; i < s->plan->mail.to_n; i++)
		if (!expect_mails_to(s, s->plan->mail.to[i].address, &n, threads))
			return false;
	return true;
}

/* ---- one mail ---- */

static bool has_header(const struct letter *letter, const char *text)
{
	const char *end = strstr(letter->message, "\r\n\r\n");
	const char *found = strstr(letter->message, text);

	return found && end && found < end;
}

static bool demand_text(struct scenario *s, const char *what, const char *text, const char *in,
			bool is_wanted, bool is_there)
{
	if (is_there == is_wanted)
		return true;
	return scenario_fail(s, "expected %s%s \"%s\" in:\n%s", is_wanted ? "" : "no ", what, text,
			     in);
}

static bool demand_within(struct scenario *s, const char **at, const struct delivered *d)
{
	usec_t span, of;

	if (!span_next(at, &span) || !word_is(at, "of") || !span_next(at, &of))
		return scenario_misspelt(s, "within SPAN of TIME", *at);
	of += s->shift;
	return (d->at >= of && d->at <= of + span) ||
	       scenario_fail(s, "expected the mail within %.3f s, it took %.3f s",
			     (double)span / USEC_PER_SEC, (double)(d->at - of) / USEC_PER_SEC);
}

static bool demand_at(struct scenario *s, const char **at, const struct delivered *d)
{
	char word[WORD_MAX], *dots;
	usec_t from, to;

	if (!word_next(at, word) || !(dots = strstr(word, "..")))
		return scenario_misspelt(s, "at FROM..TO", *at);
	*dots = '\0';
	if (!span_parse(word, &from) || !span_parse(dots + 2, &to))
		return scenario_misspelt(s, "at FROM..TO", word);
	from += s->shift;
	to += s->shift;
	return (d->at >= from && d->at <= to) ||
	       scenario_fail(s, "expected the mail at another time than %.3f s",
			     (double)d->at / USEC_PER_SEC);
}

static bool demand(struct scenario *s, const char **at, const struct delivered *d)
{
	const struct letter *letter = d->letter;
	bool is_wanted = !word_is(at, "no");
	char what[WORD_MAX], text[WORD_MAX];

	if (!word_next(at, what))
		return scenario_misspelt(s, "what of the mail?", *at);
	if (strcmp(what, "within") == 0)
		return demand_within(s, at, d);
	if (strcmp(what, "at") == 0)
		return demand_at(s, at, d);
	if (!word_next(at, text))
		return scenario_misspelt(s, "which text?", what);
	if (strcmp(what, "subject") == 0)
		return demand_text(s, what, text, letter->subject, is_wanted,
				   strstr(letter->subject, text));
	if (strcmp(what, "body") == 0)
		return demand_text(s, what, text, letter->text, is_wanted,
				   strstr(letter->text, text));
	if (strcmp(what, "header") == 0)
		return demand_text(s, what, text, letter->message, is_wanted,
				   has_header(letter, text));
	if (strcmp(what, "to") == 0)
		return demand_text(s, what, text, letter->notice.recipient, is_wanted,
				   is_to(d, text));
	return scenario_misspelt(s, "a mail has no such thing", what);
}

static bool demand_all(struct scenario *s, const char *at, const struct delivered *d)
{
	while (*(at += strspn(at, " ")) != '\0')
		if (!demand(s, &at, d))
			return false;
	return true;
}

bool expect_mail(struct scenario *s, const char *at)
{
	const char *recipient = s->plan->mail.to[0].address;
	char word[WORD_MAX], other[WORD_MAX];
	const struct delivered *d;
	size_t n;

	if (word_is(&at, "count"))
		return expect_mail_count(s, at);
	if (!word_next(&at, word) || (n = strtoul(word, NULL, 10)) == 0)
		return scenario_misspelt(s, "which mail?", at);
	if (word_is(&at, "to") && word_next(&at, other))
		recipient = other;
	d = mail_of(&s->post, recipient, n);
	if (!d) {
		list_mails(s);
		return scenario_fail(s, "expected mail %zu to %s, there is none", n, recipient);
	}
	return demand_all(s, at, d);
}

bool expect_last_mail(struct scenario *s, const char *at)
{
	if (!word_is(&at, "mail"))
		return scenario_misspelt(s, "last what?", at);
	if (s->post.delivered_n == 0)
		return scenario_fail(s, "expected a mail, there is none");
	return demand_all(s, at, &s->post.delivered[s->post.delivered_n - 1]);
}

bool expect_no_mail(struct scenario *s, const char *at)
{
	(void)at;
	if (s->post.delivered_n == 0)
		return true;
	list_mails(s);
	return scenario_fail(s, "expected no mail, there are %zu", s->post.delivered_n);
}
