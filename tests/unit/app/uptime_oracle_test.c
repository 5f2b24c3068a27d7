/*
 * uptime_oracle_test.c - the uptime that a check's page shows, beside one that
 * was counted slot by slot (status-page.md 4).
 *
 * A random history is told twice: to the rollup in the order in which the
 * engine books it, late where it is not certain at once, and to an array that
 * has one byte for each minute or second. Days, sums, floors and texts of the
 * oracle are its own; only the page's text is compared.
 */
#include "io/store_place.h"
#include "render/model_fixture.h"

#include "app/recent.h"

#define SPAN_MIN    (92 * 24 * 60) /* a history's: more than any window */
#define NOWS	    12		   /* instants in each zone */
#define COARSE	    6		   /* histories of minutes at each; at every third one of seconds as well */
#define YEARS_BEGIN INT64_C(1767225600) /* 2026-01-01 */
#define YEARS_MIN   (2 * 365 * 24 * 60)
#define DAY_S	    86400
#define STEP_S	    900 /* of a long stretch, and of the marks */
#define MARKED_S    (27 * 3600)
#define TEXT_BYTES  96

enum truth { NOTHING, UP, SLOW, DOWN, PLANNED };

struct oracle {
	int64_t base_s;	      /* when slot 0 begins */
	int64_t unit_s, n;    /* of a slot; how many there are */
	int64_t at;	      /* slots told so far */
	uint8_t *truth;	      /* n of them */
	uint8_t *days_back;   /* of each minute: 0 is today */
	int64_t marked;	      /* the slot of the first mark of the last 24 h; -1: none */
	bool is_suspect;      /* nothing is settled: no mark */
	uint64_t seed;
	char name[NAME_TEXT_MAX];
	struct fixture *f;
	struct place *place;
};

static uint64_t dice(struct oracle *o, uint64_t sides)
{
	o->seed ^= o->seed << 13;
	o->seed ^= o->seed >> 7;
	o->seed ^= o->seed << 17;
	return o->seed % sides;
}

static int64_t at_least_one(int64_t slots)
{
	return slots > 0 ? slots : 1;
}

/* ---- days of the zone ---- */

static struct tm clock_at(int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	assert_non_null(localtime_r(&t, &tm));
	return tm;
}

static void days_count(struct oracle *o)
{
	int date = clock_at(o->base_s + SPAN_MIN * 60).tm_mday, back = 0;

	for (int64_t minute = SPAN_MIN; minute-- > 0;) {
		int before = clock_at(o->base_s + minute * 60).tm_mday;

		back += before != date;
		date = before;
		o->days_back[minute] = (uint8_t)back;
	}
}

static bool is_changed(int64_t from, int64_t to)
{
	return clock_at(from).tm_gmtoff != clock_at(to).tm_gmtoff;
}

/*
 * Where clocks change: some on the last day before a week's window, some in the week; the second
 * is at midnight, the others are anywhen.
 */
static void now_choose(struct oracle *o, unsigned which)
{
	int64_t now = 0;

	for (int tries = 0; tries < 2000; tries++) {
		now = YEARS_BEGIN + (int64_t)dice(o, YEARS_MIN) * 60;
		if (which % 2 == 1 ||
		    (which % 4 == 0 ? is_changed(now - 8 * DAY_S, now - 7 * DAY_S)
				    : is_changed(now - 6 * DAY_S, now)))
			break;
	}
	if (which == 1)
		now = calendar_day_start(calendar_day(wall_of(now))).us / USEC_PER_SEC;
	o->base_s = now - SPAN_MIN * 60;
}

/* ---- telling a history ---- */

static struct rollup *rollup_of(struct oracle *o)
{
	return &o->f->rollups[BLOG];
}

/* Somewhere in the first second of the slot. */
static wall_t instant(struct oracle *o, int64_t slot)
{
	return (wall_t){ (o->base_s + slot * o->unit_s) * USEC_PER_SEC +
			 (usec_t)dice(o, USEC_PER_SEC) };
}

static void mark_sometimes(struct oracle *o)
{
	int64_t left_s = (o->n - o->at) * o->unit_s;
	wall_t at = wall_of(o->base_s + o->at * o->unit_s);
	struct day_sums sums = rollup_day(rollup_of(o), calendar_day(at));

	if (left_s > MARKED_S || o->is_suspect)
		return;
	store_mark(o->place->store, o->name, at, calendar_day(at),
		   &(struct store_day){ sums.observed_s, sums.down_s, sums.slow_s,
					sums.planned_s });
	if (o->marked < 0 && left_s <= DAY_S)
		o->marked = o->at;
}

static void truth_set(struct oracle *o, int64_t from, int64_t to, enum truth as)
{
	memset(o->truth + from, as, (size_t)(to - from));
}

/* So many slots from here on, but no more than are left. */
static int64_t stretch(struct oracle *o, int64_t slots, enum truth as)
{
	int64_t end = o->at + slots < o->n ? o->at + slots : o->n;

	truth_set(o, o->at, end, as);
	return end;
}

static void steadily(struct oracle *o, int64_t slots, enum truth as, enum booking booked)
{
	int64_t end = stretch(o, slots, as);

	while (o->at < end) {
		int64_t step = at_least_one((int64_t)dice(o, STEP_S) / o->unit_s);

		o->at = o->at + step < end ? o->at + step : end;
		rollup_book(rollup_of(o), instant(o, o->at), booked);
		mark_sometimes(o);
	}
}

/* The rollup hears of what it was only at the end. */
static void doubtfully(struct oracle *o, int64_t slots, enum truth as, enum booking booked)
{
	o->at = stretch(o, slots, as);
	rollup_book(rollup_of(o), instant(o, o->at), booked);
	mark_sometimes(o);
}

static int64_t some(struct oracle *o, int64_t seconds)
{
	return at_least_one((int64_t)dice(o, (uint64_t)seconds) / o->unit_s);
}

static void tell_up(struct oracle *o)
{
	steadily(o, some(o, 6 * DAY_S), UP, BOOK_UP);
}

static void tell_slow(struct oracle *o)
{
	steadily(o, some(o, 8000), SLOW, BOOK_SLOW);
}

static void tell_unseen(struct oracle *o)
{
	steadily(o, some(o, dice(o, 20) == 0 ? 50 * DAY_S : DAY_S), NOTHING, BOOK_UNOBSERVED);
}

static void tell_planned(struct oracle *o)
{
	steadily(o, some(o, 4 * 3600), PLANNED, BOOK_PLANNED);
}

static void tell_false_alarm(struct oracle *o)
{
	doubtfully(o, some(o, 180), UP, BOOK_UP);
}

/* Found out late, over late as well; sometimes it came back for a moment only. */
static void tell_outage(struct oracle *o)
{
	doubtfully(o, some(o, 180), DOWN, BOOK_DOWN);
	steadily(o, some(o, dice(o, 8) == 0 ? 3 * DAY_S : 7200), DOWN, BOOK_DOWN);
	if (dice(o, 2) == 0)
		doubtfully(o, some(o, 120), DOWN, BOOK_DOWN);
	doubtfully(o, some(o, 120), UP, BOOK_UP);
}

/* Booked as up, and turns out to have been down. */
static void tell_refuted(struct oracle *o)
{
	int64_t from = o->at, down;

	if (o->n - o->at < 100)
		return;
	/* No mark in between: it would hold what is refuted afterwards. */
	o->is_suspect = true;
	steadily(o, some(o, 1800), UP, BOOK_UP);
	down = from + (int64_t)dice(o, (uint64_t)(o->at - from) + 1);
	rollup_refute(rollup_of(o), wall_of(o->base_s + down * o->unit_s));
	truth_set(o, down, o->at, DOWN);
	o->is_suspect = false;
	steadily(o, some(o, 1800), DOWN, BOOK_DOWN);
}

/* Another life: the days come from the history, and our absence was not observed. */
static void tell_restart(struct oracle *o)
{
	struct rollup *r = rollup_of(o);
	struct day_sums days[ROLLUP_DAYS];
	int32_t newest = r->newest;

	for (int i = 0; i < ROLLUP_DAYS; i++)
		days[i] = rollup_day(r, newest - i);
	rollup_init(r, &o->f->daybook);
	for (int i = ROLLUP_DAYS; newest != 0 && i-- > 0;)
		if (days[i].observed_s + days[i].planned_s > 0)
			rollup_restore(r, newest - i, &days[i]);
	o->at = stretch(o, some(o, 3600), NOTHING);
	rollup_book(r, instant(o, o->at), BOOK_UP);
}

static void (*const chapters[])(struct oracle *) = {
	tell_up,     tell_up,	       tell_up,	    tell_slow,	  tell_unseen, tell_planned,
	tell_outage, tell_false_alarm, tell_outage, tell_refuted, tell_restart,
};

/* Down but for one slot: less than a thousandth of a percent, and yet not nothing. */
static void tell_dark(struct oracle *o)
{
	steadily(o, o->n - 1 - (int64_t)dice(o, 80 * DAY_S) / o->unit_s, DOWN, BOOK_DOWN);
	steadily(o, 1, UP, BOOK_UP);
	steadily(o, o->n, DOWN, BOOK_DOWN);
}

/* Of every fourth one nothing is known before some day, and every eighth is never down. */
static void history_tell(struct oracle *o, unsigned which)
{
	struct rollup *r = rollup_of(o);
	bool is_calm = which % 8 == 1;

	o->f->daybook = (struct daybook){ .odd = o->f->odd };
	for (size_t i = 0; i < FIXTURE_TARGETS + FIXTURE_WATCHDOGS; i++)
		rollup_init(&o->f->rollups[i], &o->f->daybook);
	o->at = which % 4 == 2 ? (int64_t)dice(o, (uint64_t)o->n) : 0;
	o->marked = -1;
	memset(o->truth, NOTHING, (size_t)o->n);
	rollup_book(r, instant(o, o->at), BOOK_UP);
	if (which % 8 == 5)
		tell_dark(o);
	while (o->at < o->n) {
		uint64_t chapter = dice(o, sizeof chapters / sizeof *chapters);

		chapters[is_calm ? chapter % 6 : chapter](o);
	}
}

/* ---- counting ---- */

struct count {
	uint64_t of[PLANNED + 1]; /* seconds */
};

static struct count days_of(const struct oracle *o, unsigned days)
{
	struct count c = { { 0 } };

	for (int64_t slot = o->n; slot-- > 0;) {
		if (o->days_back[slot * o->unit_s / 60] >= days)
			break;
		c.of[o->truth[slot]] += (uint64_t)o->unit_s;
	}
	return c;
}

/* How long the last `days` days are, of which today is up to now. */
static uint64_t span_of(const struct oracle *o, unsigned days)
{
	int64_t minutes = 0;

	while (minutes < SPAN_MIN && o->days_back[SPAN_MIN - 1 - minutes] < days)
		minutes++;
	return (uint64_t)(minutes * 60 - (SPAN_MIN * 60 - o->n * o->unit_s));
}

static struct count since_mark(const struct oracle *o)
{
	struct count c = { { 0 } };

	for (int64_t slot = o->marked < 0 ? o->n : o->marked; slot < o->n; slot++)
		c.of[o->truth[slot]] += (uint64_t)o->unit_s;
	return c;
}

/* "99.905 %": floored; a whole hundred only without a second down, nothing only without one up. */
static void percent_say(char *to, const struct count *c)
{
	uint64_t up = c->of[UP] + c->of[SLOW], all = up + c->of[DOWN];
	uint64_t thousandths = all > 0 ? up * 100000 / all : 0;

	if (all == 0)
		(void)snprintf(to, TEXT_BYTES, "–");
	else if (c->of[DOWN] == 0)
		(void)snprintf(to, TEXT_BYTES, "100 %%");
	else if (up == 0)
		(void)snprintf(to, TEXT_BYTES, "0 %%");
	else
		(void)snprintf(to, TEXT_BYTES, "%d.%03d %%", (int)(thousandths / 1000),
			       thousandths > 0 ? (int)(thousandths % 1000) : 1);
}

/* ", observed 41 %": how much of a window, when that is under half. */
static void share_say(char *to, const struct count *c, uint64_t span_s)
{
	uint64_t seen = c->of[UP] + c->of[SLOW] + c->of[DOWN], of = span_s - c->of[PLANNED];

	to[0] = '\0';
	if (seen > 0 && seen * 2 < of && seen * 100 < of)
		(void)snprintf(to, TEXT_BYTES, ", observed under 1 %%");
	else if (seen > 0 && seen * 2 < of)
		(void)snprintf(to, TEXT_BYTES, ", observed %d %%", (int)(seen * 100 / of));
}

/* ---- the page ---- */

static char *page_of(struct oracle *o)
{
	struct buf page = BUF_INIT(1 << 20);
	struct target_past past;
	struct sources from = { .model = &o->f->model, .store = o->place->store };
	char *text;

	o->f->target_plans[BLOG].name = o->name;
	o->f->model.now = now_of(wall_of(o->base_s + o->n * o->unit_s));
	assert_true(recent_past(&from, BLOG, &past));
	page_target(&(struct target_sources){ .model = &o->f->model, .target = BLOG, .past = &past },
		    LANGUAGE_EN, &page);
	text = strdup(buf_text(&page));
	assert_non_null(text);
	buf_done(&page);
	return text;
}

static void must_say(const struct oracle *o, const char *page, const char *said)
{
	if (strstr(page, said))
		return;
	print_error("%s, zone %s, now %lld: the page does not say %s\n", o->name, getenv("TZ"),
		    (long long)(o->base_s + o->n * o->unit_s), said);
	fail();
}

/* "down 2 h 0 min", or that there was none, and after it the share. */
static void number_compare(const struct oracle *o, const char *page, const char *window,
			   const struct count *c, uint64_t span_s)
{
	bool is_seen = c->of[UP] + c->of[SLOW] + c->of[DOWN] > 0;
	char percent[TEXT_BYTES], share[TEXT_BYTES], said[3 * TEXT_BYTES];
	const char *begins, *ends;

	percent_say(percent, c);
	share_say(share, c, span_s);
	(void)snprintf(said, sizeof said, "<dt>%s</dt><dd>%s<span class=\"x\">%s", window, percent,
		       !is_seen		 ? "not observed<"
		       : !c->of[DOWN]	 ? "no downtime"
					 : "down ");
	must_say(o, page, said);
	begins = strstr(page, said) + strlen(said) - 1;
	ends = strchr(begins, '<');
	assert_non_null(ends);
	(void)snprintf(said, sizeof said, "%.*s", (int)(ends - begins), begins);
	if (share[0] == '\0' ? strstr(said, "observed") != NULL : strstr(said, share) == NULL) {
		print_error("%s, %s: the page says \"%s\" and not \"%s\"\n", o->name, window, said,
			    share);
		fail();
	}
}

/* Of the quarter also below its bars, with how much of it was observed when that is little. */
static void bars_compare(const struct oracle *o, const char *page, const struct count *c)
{
	uint64_t seen = c->of[UP] + c->of[SLOW] + c->of[DOWN];
	char percent[TEXT_BYTES], share[TEXT_BYTES], said[3 * TEXT_BYTES];

	percent_say(percent, c);
	share_say(share, c, span_of(o, 90));
	(void)snprintf(said, sizeof said, "<b>%s</b> %s 90 days%s</span>", percent,
		       seen > 0 ? "up over" : "nothing observed in", share);
	must_say(o, page, said);
}

static void history_compare(struct oracle *o)
{
	struct count day = since_mark(o), week = days_of(o, 7), month = days_of(o, 30),
		     quarter = days_of(o, 90);
	char *page = page_of(o);

	number_compare(o, page, "24 hours", &day, DAY_S);
	number_compare(o, page, "7 days", &week, span_of(o, 7));
	number_compare(o, page, "30 days", &month, span_of(o, 30));
	number_compare(o, page, "90 days", &quarter, span_of(o, 90));
	bars_compare(o, page, &quarter);
	free(page);
}

/* ---- the histories of a zone ---- */

static void history_check(struct oracle *o, unsigned now, unsigned which, bool is_fine)
{
	/* At midnight the day has begun; some seconds before, it would be another one. */
	bool is_midnight = o->days_back[SPAN_MIN - 1] > 0;

	o->unit_s = is_fine ? 1 : 60;
	o->n = SPAN_MIN * 60 / o->unit_s - (is_fine && !is_midnight ? (int64_t)dice(o, 60) : 0);
	(void)snprintf(o->name, sizeof o->name, "h%u-%u", now, which);
	history_tell(o, which);
	later(o->place, USEC_PER_SEC);
	store_flush(o->place->store, o->place->now, false);
	history_compare(o);
}

static void zone_check(void **state, const char *zone, uint64_t seed)
{
	struct oracle o = { .seed = seed, .place = *state };

	o.f = malloc(sizeof *o.f);
	o.truth = malloc(SPAN_MIN * 60);
	o.days_back = malloc(SPAN_MIN);
	assert_true(o.f && o.truth && o.days_back);
	model_up(o.f);
	assert_int_equal(setenv("TZ", zone, 1), 0); /* the model has another one */
	tzset();
	for (unsigned now = 0; now < NOWS; now++) {
		now_choose(&o, now);
		days_count(&o);
		for (unsigned which = 0; which < COARSE; which++)
			history_check(&o, now, which, false);
		if (now % 3 == 0)
			history_check(&o, now, COARSE, true);
	}
	free(o.days_back);
	free(o.truth);
	free(o.f);
}

static void in_berlin(void **state)
{
	zone_check(state, "Europe/Berlin", 0x5eed0001);
}

static void in_new_york(void **state)
{
	zone_check(state, "America/New_York", 0x5eed0002);
}

static void in_tokyo(void **state)
{
	zone_check(state, "Asia/Tokyo", 0x5eed0003);
}

/* Its clocks change by half an hour. */
static void on_lord_howe(void **state)
{
	zone_check(state, "Australia/Lord_Howe", 0x5eed0004);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		placed(in_berlin),
		placed(in_new_york),
		placed(in_tokyo),
		placed(on_lord_howe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
