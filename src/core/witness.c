/*
 * witness.c - one answer, and for how long it has been the same.
 *
 * Pure. It tells what was said and not what follows from it, which is pull.c's:
 * there every span is explained.
 */
#include "core/witness.h"

#include <assert.h>

#include "base/words.h"

#define AGE_MARGIN USEC_PER_SEC

static mono_t later(mono_t a, mono_t b)
{
	return a.us > b.us ? a : b;
}

void witness_init(struct witness *w, usec_t valid)
{
	*w = (struct witness){
		.valid = valid, .since = MONO_NEVER, .news = MONO_NEVER, .dated = MONO_NEVER
	};
}

/* An ingress that has nobody behind it says so by these (RFC 9110 15.6.3 to 15.6.5). */
static bool is_nobody_behind(int status)
{
	return status == 502 || status == 503 || status == 504;
}

bool witness_is_silent(const struct observation *o)
{
	switch (o->outcome.cause) {
	case CAUSE_TIMEOUT:
	case CAUSE_REFUSED:
	case CAUSE_RESET:
	case CAUSE_UNREACHABLE:
	case CAUSE_NXDOMAIN:
	case CAUSE_NODATA:
	case CAUSE_SERVFAIL:
		return true;
	case CAUSE_STATUS:
		return is_nobody_behind(o->code);
	case CAUSE_PASS:
	case CAUSE_FORBIDDEN:
	case CAUSE_CERTIFICATE:
	case CAUSE_EXPIRED:
	case CAUSE_HANDSHAKE:
	case CAUSE_MISMATCH:
	case CAUSE_REDIRECT:
	case CAUSE_PROTOCOL:
	case CAUSE_SILENT:
	case CAUSE_REPORTED:
	case CAUSE_RESOLVER:
	case CAUSE_CUT:
	case CAUSE_LOCAL:
	case CAUSE_LAGGED:
	case CAUSE_ABORTED:
	case CAUSE_COUNT:
		break;
	}
	return false;
}

static void say(struct witness *w, enum said said, struct now started, const char *note)
{
	if (w->said != said) {
		w->said = said;
		w->times = 0;
		w->since = started.mono;
	}
	w->times++;
	w->asked = started;
	words_copy(w->note, sizeof w->note, note);
}

/* An answer that a cache repeats is as old as the first time we saw its Date. */
static usec_t age_of(struct witness *w, const struct observation *o)
{
	if (!wall_is_set(o->date) || o->date.us != w->date.us) {
		w->date = o->date;
		w->dated = o->ended;
		return o->age_us;
	}
	return o->age_us + mono_span(w->dated, o->ended);
}

static enum said said_by(const struct observation *o, usec_t age, usec_t stale)
{
	if (o->outcome.cause != CAUSE_PASS)
		return SAID_BROKEN;
	switch (o->testimony) {
	case TESTIMONY_ACTIVE:
		return age > stale ? SAID_OLD : SAID_FRESH;
	case TESTIMONY_SUPPRESSED:
		return age > stale ? SAID_OLD : SAID_SUPPRESSED;
	case TESTIMONY_ABSENT:
		return SAID_ABSENT;
	case TESTIMONY_NONE:
		break;
	}
	return SAID_BROKEN;
}

static void keep_news(struct witness *w, const struct observation *o)
{
	mono_t news = { o->ended.us - w->age };

	w->news = w->news.us != INT64_MAX ? later(w->news, news) : news;
}

void witness_hear(struct witness *w, const struct pull_rule *rule, const struct observation *o)
{
	usec_t age = age_of(w, o);
	enum said said = said_by(o, age, pull_stale_after(rule));

	assert(!witness_is_silent(o));
	say(w, said, o->started, o->note);
	if (said == SAID_FRESH || said == SAID_SUPPRESSED || said == SAID_OLD) {
		w->age = age;
		keep_news(w, o);
	}
	if (said == SAID_FRESH || said == SAID_SUPPRESSED)
		w->without_news = 0;
	else if (said == SAID_OLD || (said == SAID_ABSENT && w->without_news > 0))
		w->without_news++;
}

void witness_greet(struct witness *w, struct now started)
{
	say(w, SAID_FRESH, started, "");
}

void witness_miss(struct witness *w, struct now started, const char *note)
{
	say(w, SAID_UNREACHABLE, started, note);
}

void witness_excuse(struct witness *w, usec_t span)
{
	w->since = mono_add(w->since, span);
	w->news = mono_add(w->news, span);
}

bool witness_is_current(const struct witness *w, mono_t now)
{
	return w && w->said != SAID_NOTHING && mono_span(w->asked.mono, now) <= w->valid;
}

bool witness_needs_confirmation(const struct witness *w)
{
	if (w->said == SAID_OLD)
		return w->without_news == 1;
	return (w->said == SAID_UNREACHABLE || w->said == SAID_BROKEN) && w->times == 1;
}

mono_t witness_decides(const struct witness *w, const struct pull_rule *rule)
{
	switch (w->said) {
	case SAID_FRESH:
	case SAID_SUPPRESSED:
		return mono_add(w->asked.mono, pull_stale_after(rule) - w->age + AGE_MARGIN);
	case SAID_ABSENT:
	case SAID_UNREACHABLE:
		return mono_add(w->since, pull_hold(rule));
	case SAID_NOTHING:
	case SAID_OLD:
	case SAID_BROKEN:
	case SAID_COUNT:
		break;
	}
	return MONO_NEVER;
}

usec_t witness_lasted(const struct witness *w)
{
	return mono_span(w->since, w->asked.mono);
}

enum listener listener_judge(const struct witness *w, enum listener was, mono_t now)
{
	if (!witness_is_current(w, now))
		return LISTENER_UNKNOWN;
	if (w->said == SAID_FRESH)
		return LISTENER_OK;
	return w->times >= 2 ? LISTENER_FAILS : was;
}
