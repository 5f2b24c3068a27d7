/*
 * channel_words_test.c - what each kind of channel is told of each kind of
 * notice, and what hostile words become there.
 */
#include "app/channel_golden.h"

#include "core/certificate.h"

/* ---- cases ---- */

static void down(struct world *w)
{
	world_fail_all(w, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_silence(w, DEADMAN_LATE, at(14, 1, 6));
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_NONE);
}

/* The sites are back, and the pipeline stays silent. */
static void change(struct world *w)
{
	world_fail_all(w, PHASE_CONNECT, CAUSE_TIMEOUT, 0);
	world_time(w, at(14, 40, 0));
	for (uint32_t i = 0; i < SAMPLE_TARGETS; i++)
		world_return(w, i, at(14, 33, 10 + (int)i), i <= API ? 200 : 0, 400 * USEC_PER_MS);
	world_silence(w, DEADMAN_SILENT, at(14, 1, 6));
	w->incident.first_finding = DIAGNOSIS_STACK_DOWN;
	world_tell(w, NOTICE_CHANGE, DIAGNOSIS_ALERTING_DEAD, DIAGNOSIS_STACK_DOWN);
}

static void repeat(struct world *w)
{
	w->targets[API].runbook = "https://status.nagisa-watch.example/runbook.html#mkapi";
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	world_time(w, at(15, 3, 10));
	w->incident.repeats = 1;
	world_tell(w, NOTICE_REPEAT, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
}

static void recovered(struct world *w)
{
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
	world_time(w, at(14, 5, 2));
	world_return(w, API, at(14, 4, 2), 200, 151 * USEC_PER_MS);
	w->incident.log_n = 0;
	w->incident.state = INCIDENT_CLOSED;
	w->incident.closed = now_at(at(14, 4, 2));
	world_tell(w, NOTICE_RECOVERED, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_SITE_DOWN);
}

static void blind(struct world *w)
{
	outside_incident(w, NOTICE_BLIND);
	world_time(w, at(2, 31, 10));
	w->notice.from = at(2, 10, 4);
	w->notice.to = at(2, 31, 10);
	w->notice.id = notice_id(&w->notice);
}

static void certificate(struct world *w)
{
	outside_incident(w, NOTICE_CERTIFICATE);
	w->notice.seq = 1;
	w->notice.told = 1;
	w->notice.from = at_day(-69, 8, 41, 0);
	w->notice.to = at_day(35, 8, 41, 0);
	w->notice.fingerprint = 0x9f86d081884c7d65;
	(void)snprintf(w->notice.number, sizeof w->notice.number, "cert-9f86d081884c7d65");
	(void)snprintf(w->notice.affected, sizeof w->notice.affected, "mkweb,mkapi");
	w->views[MISSKEY].last_seen = at(14, 3, 7);
	w->views[MISSKEY].certificate = (struct certificate){
		.not_before = w->notice.from, .not_after = w->notice.to,
		.fingerprint = w->notice.fingerprint,
	};
	w->notice.id = notice_id(&w->notice);
}

static void renewed(struct world *w)
{
	certificate(w);
	w->notice.seq = CERTIFICATE_RENEWED;
	w->views[MISSKEY].certificate.fingerprint = 0x77;
	w->notice.id = notice_id(&w->notice);
}

static void ourselves(struct world *w)
{
	outside_incident(w, NOTICE_SELF);
	w->notice.matter = SELF_CONFIGURATION;
	(void)snprintf(w->notice.detail, sizeof w->notice.detail,
		       "targets.d/blog.cfg:12: unknown key \"intervall\"");
	w->notice.id = notice_id(&w->notice);
}

static void test(struct world *w)
{
	outside_incident(w, NOTICE_TEST);
}

static void drill(struct world *w)
{
	down(w);
	w->notice.is_drill = true;
}

static const struct channel_case cases[] = {
	{ "down", down },	{ "change", change },	{ "repeat", repeat },
	{ "recovered", recovered }, { "blind", blind }, { "certificate", certificate },
	{ "renewed", renewed }, { "self", ourselves },	{ "test", test },
	{ "drill", drill },
};

static void every_kind_tells_every_notice_as_written_down(void **state)
{
	(void)state;
	golden_of_all("", cases, sizeof cases / sizeof cases[0]);
}

/* ---- hostile words ---- */

static const char hostile[] =
	"@everyone <!channel> <@U024BE7LH> @here [x](https://evil.example) ![p](http://evil.example/p) "
	"</b>&amp;\"'\\`*_~|# \xe2\x80\xae" "evil\xe2\x80\xac {{.}} ${x} %s %n \xff\xfe";

static void down_with_hostile_words(struct world *w)
{
	w->targets[API].title = hostile;
	w->targets[BLOG].title = hostile;
	w->stacks[0].title = hostile;
	w->plan.instance = hostile;
	world_fail(w, BLOG, PHASE_TLS, CAUSE_CERTIFICATE, 0);
	w->views[BLOG].note = hostile;
	world_fail(w, API, PHASE_WAIT, CAUSE_STATUS, 504);
	world_tell(w, NOTICE_DOWN, DIAGNOSIS_SITE_DOWN, DIAGNOSIS_NONE);
}

static void assert_lacks(const char *kind, const char *body, const char *word)
{
	if (strstr(body, word) != NULL)
		fail_msg("%s says \"%s\": %s", kind, word, body);
}

/* In a footer Markdown means nothing. */
static void assert_defused_for_discord(const char *body)
{
	const char *footer = strstr(body, "\"footer\"");
	struct buf head = BUF_INIT(BODY_MAX);

	assert_non_null(footer);
	buf_add(&head, body, (size_t)(footer - body));
	assert_lacks("discord", buf_text(&head), " [x]");
	assert_lacks("discord", buf_text(&head), " <@");
	assert_lacks("discord", body, "@everyone");
	assert_non_null(strstr(body, "\"allowed_mentions\":{\"parse\":[]}"));
	buf_done(&head);
}

static void assert_defused(const struct notify_kind *kind, const char *body)
{
	assert_lacks(kind->name, body, "\xe2\x80\xae"); /* written from right to left */
	assert_lacks(kind->name, body, "\xff");
	if (strcmp(kind->name, "slack") == 0) {
		assert_lacks(kind->name, body, "<");
		assert_lacks(kind->name, body, "](");
		assert_lacks(kind->name, body, "@everyone");
		assert_lacks(kind->name, body, "@here");
	}
	if (strcmp(kind->name, "discord") == 0)
		assert_defused_for_discord(body);
	if (strcmp(kind->name, "telegram") == 0) {
		assert_lacks(kind->name, body, "parse_mode");
		assert_lacks(kind->name, body, "@everyone");
	}
}

static void hostile_words_are_shown_and_nothing_more(void **state)
{
	(void)state;
	for (size_t k = 0; k < notify_kinds_n; k++) {
		for (int l = 0; l < LANGUAGE_COUNT; l++) {
			struct buf body = BUF_INIT(BODY_MAX);
			struct world *w = world_new();

			down_with_hostile_words(w);
			write_body(notify_kinds[k], w, (enum language)l, &body);
			assert_defused(notify_kinds[k], buf_text(&body));
			buf_done(&body);
			free(w);
		}
	}
}

/* 64 targets with titles of a megabyte: every body stays within what its service takes. */
static void a_megabyte_of_words_is_cut(void **state)
{
	static const struct {
		const char *kind;
		size_t most;
	} bounds[] = {
		{ "ntfy", 8192 - 100 }, /* the topic is to be added */
		{ "slack", 16000 },	{ "discord", 24000 }, { "telegram", 20000 },
		{ "webhook", 65536 },	{ "alertmanager", 32768 },
	};
	const size_t n = 1024 * 1024;
	char *title = malloc(n + 1);

	(void)state;
	assert_non_null(title);
	for (size_t i = 0; i < n; i++)
		title[i] = "\"\\<&\n"[i % 5];
	title[n] = '\0';
	for (size_t k = 0; k < sizeof bounds / sizeof bounds[0]; k++) {
		struct buf body = BUF_INIT(BODY_MAX);
		struct world *w = world_new();

		for (uint32_t i = 0; i < WORLD_TARGETS - 1; i++)
			world_target(w, i, "name", title, title, LAYER_UNSET);
		w->plan.targets_n = WORLD_TARGETS - 1;
		w->stacks[0].title = w->plan.instance = title;
		down(w);
		write_body(notify_kind_find(bounds[k].kind), w, LANGUAGE_EN, &body);
		if (body.n > bounds[k].most)
			fail_msg("%s: %zu bytes", bounds[k].kind, body.n);
		buf_done(&body);
		free(w);
	}
	free(title);
}

/* ---- what a machine relies on ---- */

static void write_words(struct world *w, struct buf *to)
{
	write_body(notify_kind_find("alertmanager"), w, LANGUAGE_EN, to);
}

static void assert_alert(const struct json *alerts, size_t i, const char *severity, bool has_end)
{
	const struct json *alert = json_element(alerts, i);

	assert_string_equal(json_as_text(json_at(alert, "/labels/severity")), severity);
	assert_string_equal(json_as_text(json_at(alert, "/labels/incident")), "20261121-1");
	assert_string_equal(json_as_text(json_at(alert, "/labels/alertname")),
			    "ShorewatchIncident");
	assert_int_equal(json_member(alert, "endsAt") != NULL, has_end);
}

static struct json *alerts_of(void (*happens)(struct world *w))
{
	struct buf body = BUF_INIT(BODY_MAX);
	struct world *w = world_new();
	char why[JSON_WHY_MAX];
	struct json *alerts;

	happens(w);
	write_words(w, &body);
	alerts = json_parse(buf_text(&body), body.n, why);
	assert_non_null(alerts);
	buf_done(&body);
	free(w);
	return alerts;
}

static void a_changed_severity_leaves_no_alert_behind(void **state)
{
	struct json *first = alerts_of(down), *then = alerts_of(change);

	(void)state;
	assert_int_equal(json_count(first), 1);
	assert_alert(first, 0, "critical", false);
	assert_int_equal(json_count(then), 2);
	assert_alert(then, 0, "critical", true);
	assert_alert(then, 1, "warning", false);
	json_free(first);
	json_free(then);
}

static void recovered_after_a_change(struct world *w)
{
	change(w);
	w->notice.kind = NOTICE_RECOVERED;
	w->incident.state = INCIDENT_CLOSED;
	w->incident.closed = now_at(at(14, 50, 0));
	world_time(w, at(14, 50, 2));
}

static void the_end_ends_every_alert_there_was(void **state)
{
	struct json *alerts = alerts_of(recovered_after_a_change);

	(void)state;
	assert_int_equal(json_count(alerts), 2);
	assert_alert(alerts, 0, "critical", true);
	assert_alert(alerts, 1, "warning", true);
	json_free(alerts);
}

static void the_thread_is_the_incidents_and_the_id_the_notices(void **state)
{
	struct brief first, last;
	struct world *w = world_new();

	(void)state;
	down(w);
	brief_init(&first, &w->request);
	world_tell(w, NOTICE_REPEAT, DIAGNOSIS_STACK_DOWN, DIAGNOSIS_STACK_DOWN);
	brief_init(&last, &w->request);
	assert_string_equal(first.words.thread, last.words.thread);
	assert_true(first.words.id != last.words.id);
	assert_true(first.words.id == notice_id(&(struct notice){
						.incident = w->notice.incident, .seq = 0,
						.recipient = "owner@mailbox.example" }));
	brief_done(&first);
	brief_done(&last);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_tells_every_notice_as_written_down),
		cmocka_unit_test(hostile_words_are_shown_and_nothing_more),
		cmocka_unit_test(a_megabyte_of_words_is_cut),
		cmocka_unit_test(a_changed_severity_leaves_no_alert_behind),
		cmocka_unit_test(the_end_ends_every_alert_there_was),
		cmocka_unit_test(the_thread_is_the_incidents_and_the_id_the_notices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
