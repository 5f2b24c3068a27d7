/*
 * mail_silence_test.c - every combination of what a Watchdog's signals, its
 * witnesses and our own listener can say, as the engine would judge it, and
 * what its mail says of that: nothing that is not known.
 */
#include "mail_fixture.h"

#include "core/diagnosis.h"
#include "render/mail_parts.h"

/* ---- one combination ---- */

struct known {
	enum deadman_state state;
	bool has_come;	    /* a signal, ever */
	enum pull pull;	    /* what is said now */
	enum pull found;    /* what was found, and not taken back */
	bool is_own;	    /* by Prometheus, its Alertmanager being mute or not asked */
	bool is_listed;
	enum pull prometheus;
	enum listener listener;
};

static enum watchdog_level level_of(const struct known *k)
{
	switch (k->state) {
	case DEADMAN_UP:
		return WATCHDOG_FRESH;
	case DEADMAN_LATE:
		return WATCHDOG_LATE;
	case DEADMAN_RESOLVED:
		return WATCHDOG_RESOLVED;
	case DEADMAN_SILENT:
	case DEADMAN_RETURNING:
		return WATCHDOG_SILENT;
	case DEADMAN_NEW:
	case DEADMAN_COUNT:
		break;
	}
	return WATCHDOG_NEVER;
}

/* As pull_effective() hands it to the diagnosis: Prometheus alone proves no whole. */
static enum diagnosis diagnosis_of(const struct known *k)
{
	struct sight sight = {
		.watchdog = level_of(k), .vantage = VANTAGE_OK, .listener = k->listener,
		.pull = k->found == PULL_OK && k->is_own ? PULL_NONE : k->found,
	};

	return diagnose(&sight).primary;
}

static void world_know(struct world *w, const struct known *k)
{
	struct deadman_view *d = &w->deadmen[0];

	world_opened(w, at(23, 15, 4));
	world_time(w, at(23, 20, 6));
	world_silence(w, k->state, k->has_come ? at(23, 15, 4) : (wall_t){ 0 });
	w->members[w->plan.targets_n] = (struct incident_member){
		.incident = INCIDENT_ID, .is_failing = true, .failing_since = at(23, 15, 4),
		.is_accused = k->state == DEADMAN_UP || k->state == DEADMAN_LATE,
	};
	d->beats = k->has_come ? 900 : 0;
	d->pull = k->pull;
	d->found = k->found;
	d->is_pull_own = k->is_own;
	d->is_listed = k->is_listed;
	d->prometheus = k->prometheus;
	d->pull_age = 200 * USEC_PER_SEC;
	d->pulled = k->pull == PULL_NONE ? (wall_t){ 0 } : at(23, 20, 1);
	w->model.listener = k->listener;
}

/* Subject and all that the mail claims; its steps ask, they do not claim. */
static void write_claims(struct world *w, enum language language, struct buf *to)
{
	static struct mail_parts parts;
	struct mail_case c;

	w->request.language = language;
	mail_case_init(&c, &w->request);
	mail_write_subject(&c, to);
	mail_parts_build(&parts, &c);
	for (size_t i = 0; i < parts.n; i++) {
		if (parts.v[i].kind == PART_STEP)
			continue;
		buf_putc(to, '\n');
		buf_puts(to, mail_part_text(&parts, i));
	}
	mail_parts_done(&parts);
	mail_case_done(&c);
}

/* ---- what may be said, and when ---- */

static bool alertmanager_answers(const struct known *k)
{
	return !k->is_own && k->pull != PULL_NONE && k->pull != PULL_UNREACHABLE;
}

static bool alertmanager_shows(const struct known *k)
{
	return !k->is_own && (k->pull == PULL_OK || (k->pull == PULL_STALE && k->is_listed));
}

static bool alertmanager_is_mute(const struct known *k)
{
	return !k->is_own && k->pull == PULL_UNREACHABLE;
}

static bool was_dead(const struct known *k)
{
	return k->state == DEADMAN_RESOLVED || k->found == PULL_STALE || k->found == PULL_MISSING;
}

static bool was_resolved(const struct known *k)
{
	return k->state == DEADMAN_RESOLVED;
}

static bool is_suppressed(const struct known *k)
{
	return k->found == PULL_SUPPRESSED;
}

static bool is_missing(const struct known *k)
{
	return k->pull == PULL_MISSING;
}

static bool prometheus_evaluates(const struct known *k)
{
	return k->prometheus == PULL_OK;
}

static bool prometheus_is_mute(const struct known *k)
{
	return k->prometheus == PULL_UNREACHABLE;
}

static bool listener_answers(const struct known *k)
{
	return k->listener == LISTENER_OK;
}

static bool listener_fails(const struct known *k)
{
	return k->listener == LISTENER_FAILS;
}

static bool listener_may_fail(const struct known *k)
{
	return k->listener != LISTENER_OK;
}

static bool never_came(const struct known *k)
{
	return !k->has_come;
}

static bool still_comes(const struct known *k)
{
	return k->state == DEADMAN_UP;
}

static bool stays_away(const struct known *k)
{
	return k->state != DEADMAN_UP;
}

static bool came_once_again(const struct known *k)
{
	return k->state == DEADMAN_RETURNING;
}

static bool is_inside_unknown(const struct known *k)
{
	return k->pull == PULL_NONE;
}

static const struct rule {
	const char *words;
	bool (*is_known)(const struct known *known);
} rules[] = {
	{ "Alertmanager answers", alertmanager_answers },
	{ "Alertmanager は照会に応答し", alertmanager_answers },
	{ "Alertmanager は応答する", alertmanager_answers },
	{ "Alertmanager shows the alert", alertmanager_shows },
	{ "Alertmanager still shows", alertmanager_shows },
	{ "the alert that it shows", alertmanager_shows },
	{ "Alertmanager に照会するとアラートはあ", alertmanager_shows },
	{ "Alertmanager にアラート", alertmanager_shows },
	{ "示しているのは", alertmanager_shows },
	{ "Alertmanager does not answer", alertmanager_is_mute },
	{ "Alertmanager は照会にも応答しません", alertmanager_is_mute },
	{ "Alertmanager が応答しない", alertmanager_is_mute },
	{ "Neither Alertmanager nor", alertmanager_is_mute },
	{ "Alertmanager も Prometheus も", alertmanager_is_mute },
	{ "has no such alert", is_missing },
	{ "renew", was_dead },
	{ "更新され", was_dead },
	{ "Prometheus sends no", was_dead },
	{ "Prometheus からの信号なし", was_dead },
	{ "you are blind", was_dead },
	{ "probably not tell", was_dead },
	{ "おそらく届きません", was_dead },
	{ "reported the alert as ended", was_resolved },
	{ "reported as ended", was_resolved },
	{ "終了の知らせ", was_resolved },
	{ "silence", is_suppressed },
	{ "inhibit", is_suppressed },
	{ "サイレンス", is_suppressed },
	{ "抑止", is_suppressed },
	{ "valuates", prometheus_evaluates },
	{ "評価して", prometheus_evaluates },
	{ "Prometheus does not answer", prometheus_is_mute },
	{ "Prometheus itself does not answer", prometheus_is_mute },
	{ "nor Prometheus answers", prometheus_is_mute },
	{ "Prometheus は応答なし", prometheus_is_mute },
	{ "Prometheus 自体は照会に応答しません", prometheus_is_mute },
	{ "listener answers", listener_answers },
	{ "受信口も応答してい", listener_answers },
	{ "受信口は公開名で応答し", listener_answers },
	{ "listener does not answer", listener_fails },
	{ "fault is ours", listener_fails },
	{ "cannot hear", listener_fails },
	{ "受信口は応答なし", listener_fails },
	{ "原因はこちら側", listener_fails },
	{ "our way in", listener_may_fail },
	{ "またはこちらの受信口", listener_may_fail },
	{ "never", never_came },
	{ "一度も", never_came },
	{ "still come", still_comes },
	{ "信号は届いている", still_comes },
	{ "does not arrive", stays_away },
	{ "届かない", stays_away },
	{ "silent ", stays_away },
	{ "come again", came_once_again },
	{ "再び 1 回届き", came_once_again },
	{ "What has failed is Prometheus", is_inside_unknown },
	{ "止まったのは Prometheus", is_inside_unknown },
};

#define RULES_N (sizeof rules / sizeof rules[0])

struct census {
	unsigned mails, said[RULES_N];
};

static void judge(const struct known *k, const char *text, struct census *census)
{
	for (size_t i = 0; i < RULES_N; i++) {
		if (strstr(text, rules[i].words) == NULL)
			continue;
		census->said[i]++;
		if (!rules[i].is_known(k))
			fail_msg("\"%s\" is not known: state %s pull %d found %d own %d listed %d "
				 "prometheus %d listener %d\n%s",
				 rules[i].words, deadman_name(k->state), k->pull, k->found,
				 k->is_own, k->is_listed, k->prometheus, k->listener, text);
	}
	assert_null(strchr(text, '{'));
	census->mails++;
}

static void tell(const struct known *k, struct census *census)
{
	enum diagnosis d = diagnosis_of(k);
	struct buf text = BUF_INIT(1u << 20);

	for (int language = 0; diagnosis_is_pipeline(d) && language < LANGUAGE_COUNT; language++) {
		struct world *w = world_new();

		world_know(w, k);
		world_tell(w, NOTICE_DOWN, d, DIAGNOSIS_NONE);
		buf_clear(&text);
		write_claims(w, (enum language)language, &text);
		assert_false(buf_failed(&text));
		judge(k, buf_text(&text), census);
		free(w);
	}
	buf_done(&text);
}

/* ---- all of them ---- */

/* Whether this can be: what the engine's own parts would never hand over together. */
static bool is_possible(const struct known *k)
{
	bool is_dead = k->pull == PULL_STALE || k->pull == PULL_MISSING;

	if (k->is_own && (k->pull == PULL_SUPPRESSED || k->pull == PULL_NONE))
		return false;
	if (k->is_own && k->prometheus != k->pull)
		return false;
	if (k->is_listed && k->pull != PULL_STALE)
		return false;
	/* What was found outlives silence and noise; of anything else it is what is said. */
	if (k->found != k->pull && (is_dead || k->pull == PULL_OK || k->pull == PULL_SUPPRESSED))
		return false;
	if (k->found != k->pull && k->found != PULL_STALE && k->found != PULL_MISSING)
		return false;
	return k->has_come || (k->state != DEADMAN_RETURNING && k->state != DEADMAN_UP &&
			       k->state != DEADMAN_LATE && k->state != DEADMAN_RESOLVED);
}

static void each_listener(struct known k, struct census *census)
{
	for (int i = 0; i < LISTENER_COUNT; i++) {
		k.listener = (enum listener)i;
		tell(&k, census);
	}
}

static void each_prometheus(struct known k, struct census *census)
{
	for (int i = 0; i < PULL_COUNT; i++) {
		k.prometheus = (enum pull)i;
		for (int flags = 0; flags < 8; flags++) {
			k.is_own = flags & 1;
			k.is_listed = flags & 2;
			k.has_come = flags & 4;
			if (i != PULL_SUPPRESSED && is_possible(&k))
				each_listener(k, census);
		}
	}
}

static void each_pull(struct known k, struct census *census)
{
	for (int pull = 0; pull < PULL_COUNT; pull++) {
		for (int found = 0; found < PULL_COUNT; found++) {
			k.pull = (enum pull)pull;
			k.found = (enum pull)found;
			each_prometheus(k, census);
		}
	}
}

static void no_mail_about_a_silence_says_what_is_not_known(void **state)
{
	struct census census = { 0 };

	(void)state;
	for (int i = 0; i < DEADMAN_COUNT; i++)
		each_pull((struct known){ .state = (enum deadman_state)i }, &census);
	assert_in_range(census.mails, 500, 5000);
	/* A rule whose words are never said watches over nothing. */
	for (size_t i = 0; i < RULES_N; i++)
		if (census.said[i] == 0)
			fail_msg("nobody says \"%s\" any more", rules[i].words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_mail_about_a_silence_says_what_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
