/*
 * store_buckets.c - quarter hours, summed from the raw rows.
 *
 * Heuristic: a quarter hour is summed once, one quarter hour after its end,
 * because rows reach the disk up to some minutes late; what comes later still
 * is counted in no bucket. Summing from what was written, rather than beside
 * the loop, costs the loop nothing and survives every kill: the next call goes
 * on where the table ends. 15 minutes divide every zone's offset, also +5:45,
 * so that local days are sums of whole buckets.
 *
 * Response times fall into 16 bins, each twice as wide as the one before:
 * below 1 ms, below 2 ms, ... 16.4 s and longer. On disk: the first bin that
 * is not empty, then the counts up to the last one, as store_passes.c writes
 * numbers; a quiet target takes five bytes.
 */
#include "io/store_buckets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "io/store_passes.h"
#include "io/store_sql.h"

#define QUARTER_SECONDS (QUARTER / USEC_PER_SEC)
#define QUARTERS_AT_ONCE 96
#define BINS_BYTES_MAX 256

struct sums {
	struct sql *sql;
	struct store_times *times; /* by the name's number */
	int64_t names;		   /* how many fit */
};

static unsigned bin_of(usec_t us)
{
	unsigned bin = 0;

	for (usec_t limit = USEC_PER_MS; us >= limit && bin < STORE_BINS - 1; limit *= 2)
		bin++;
	return bin;
}

/* ---- bins as bytes ---- */

static void bins_write(struct buf *to, const uint32_t bins[STORE_BINS])
{
	unsigned first = 0, end = STORE_BINS;

	while (first < STORE_BINS && bins[first] == 0)
		first++;
	while (end > first && bins[end - 1] == 0)
		end--;
	pass_number_write(to, first);
	for (unsigned i = first; i < end; i++)
		pass_number_write(to, bins[i]);
}

/* Damage counts as nothing: the counts beside the bins still hold. */
static void bins_add(uint32_t bins[STORE_BINS], const uint8_t *at, size_t n)
{
	uint64_t first, value;

	if (!pass_number_read(&at, &n, &first))
		return;
	while (first < STORE_BINS && pass_number_read(&at, &n, &value))
		bins[first++] += (uint32_t)value;
}

/* ---- what one quarter hour holds ---- */

static void count_pass(struct sums *s, const struct pass *pass)
{
	if (pass->name < 0 || pass->name >= s->names)
		return;
	s->times[pass->name].passes++;
	s->times[pass->name].bins[bin_of(pass->total_us)]++;
}

static int count_passes(struct sums *s, int64_t quarter)
{
	struct sqlite3_stmt *rows;
	struct pass pass;
	size_t n;
	int r = sql_prepare(s->sql, "SELECT second, observations FROM passes"
				    " WHERE second >= ?1 AND second < ?2", &rows);

	if (r < 0)
		return r;
	sql_bind_number(rows, 1, quarter * QUARTER_SECONDS);
	sql_bind_number(rows, 2, (quarter + 2) * QUARTER_SECONDS);
	while ((r = sql_step(rows)) == 1) {
		int64_t second = sql_number(rows, 0);
		const uint8_t *at = sql_blob(rows, 1, &n);

		while (pass_read(&at, &n, second, &pass))
			if (pass.started_us / QUARTER == quarter)
				count_pass(s, &pass);
	}
	sql_finalize(rows);
	return r;
}

static int count_failures(struct sums *s, int64_t quarter)
{
	struct sqlite3_stmt *rows;
	int r = sql_prepare(s->sql,
			    "SELECT names.id, count(*) FROM failures JOIN names USING(name)"
			    " WHERE started >= ?1 AND started < ?2 GROUP BY names.id",
			    &rows);

	if (r < 0)
		return r;
	sql_bind_number(rows, 1, quarter * QUARTER);
	sql_bind_number(rows, 2, (quarter + 1) * QUARTER);
	while ((r = sql_step(rows)) == 1)
		if (sql_number(rows, 0) < s->names)
			s->times[sql_number(rows, 0)].failures = (uint32_t)sql_number(rows, 1);
	sql_finalize(rows);
	return r;
}

static int write_rows(const struct sums *s, struct sqlite3_stmt *row, int64_t quarter)
{
	int r = 0;

	for (int64_t name = 0; r == 0 && name < s->names; name++) {
		const struct store_times *t = &s->times[name];
		struct buf bins = BUF_INIT(BINS_BYTES_MAX);

		if (t->passes == 0 && t->failures == 0)
			continue;
		bins_write(&bins, t->bins);
		sql_bind_number(row, 1, quarter);
		sql_bind_number(row, 2, name);
		sql_bind_number(row, 3, t->passes);
		sql_bind_number(row, 4, t->failures);
		sql_bind_blob(row, 5, buf_text(&bins), bins.n);
		r = sql_do(row);
		buf_done(&bins);
	}
	return r;
}

static int write_quarter(struct sums *s, struct sqlite3_stmt *row, int64_t quarter)
{
	int r;

	for (int64_t i = 0; i < s->names; i++)
		s->times[i] = (struct store_times){ 0 };
	r = count_passes(s, quarter);
	if (r == 0)
		r = count_failures(s, quarter);
	return r < 0 ? r : write_rows(s, row, quarter);
}

/* ---- which quarter hours ---- */

/* The first row's first column; -1: no row, or NULL in it. */
static int number_ask(struct sql *sql, const char *question, int64_t about, int64_t *ret)
{
	struct sqlite3_stmt *s;
	int r = sql_prepare(sql, question, &s);

	if (r < 0)
		return r;
	sql_bind_number(s, 1, about);
	r = sql_step(s);
	if (r == 1)
		*ret = sql_text(s, 0) ? sql_number(s, 0) : -1;
	sql_finalize(s);
	return r < 0 ? r : 0;
}

/*
 * After the last one that was summed; hours in which nothing ran are skipped,
 * and so are buckets of a future that a clock once claimed.
 */
static int first_quarter(struct sql *sql, int64_t now, int64_t *ret)
{
	return number_ask(
		sql,
		"WITH done(at) AS (SELECT ifnull(max(quarter) + 1, 0) FROM buckets"
		" WHERE quarter < ?1)"
		" SELECT min(quarter) FROM ("
		"SELECT max(min(second) / 900, (SELECT at FROM done)) AS quarter FROM passes"
		" WHERE second >= (SELECT at FROM done) * 900 UNION ALL"
		" SELECT min(started) / 900000000 FROM failures"
		" WHERE started >= (SELECT at FROM done) * 900000000)",
		now, ret);
}

static int sums_make(struct sums *s)
{
	int64_t most = 0;
	int r = sql_run(s->sql,
			"INSERT OR IGNORE INTO names(name) SELECT DISTINCT name FROM failures");

	if (r == 0)
		r = number_ask(s->sql, "SELECT max(id) FROM names WHERE id > ?1", 0, &most);
	if (r < 0)
		return r;
	s->names = most + 1;
	s->times = calloc((size_t)s->names + 1, sizeof *s->times);
	return s->times ? 0 : -ENOMEM;
}

int buckets_write(struct sql *sql, int64_t now)
{
	struct sums s = { .sql = sql };
	struct sqlite3_stmt *row = NULL;
	int64_t quarter = -1;
	int r = first_quarter(sql, now, &quarter);

	if (r < 0 || quarter < 0 || quarter >= now - 1)
		return r;
	r = sums_make(&s);
	if (r == 0)
		r = sql_prepare(
			sql,
			"INSERT OR IGNORE INTO buckets(quarter, name, passes, failures, bins)"
			" VALUES(?1,?2,?3,?4,?5)",
			&row);
	for (int i = 0; r == 0 && i < QUARTERS_AT_ONCE && quarter < now - 1; i++)
		r = write_quarter(&s, row, quarter++);
	sql_finalize(row);
	free(s.times);
	return r;
}

/* ---- local days ---- */

struct day {
	char *held; /* the name that is summed; NULL: none yet */
	int32_t day;
	struct store_times times;
	void (*each)(void *ctx, const char *name, int32_t day, const struct store_times *times);
	void *ctx;
};

static void day_tell(struct day *d)
{
	if (d->held)
		d->each(d->ctx, d->held, d->day, &d->times);
	free(d->held);
	d->held = NULL;
}

static bool day_is(const struct day *d, const char *name, int32_t day)
{
	return d->held && d->day == day && strcmp(d->held, name) == 0;
}

static int day_add(struct day *d, struct sqlite3_stmt *row)
{
	const char *name = sql_text(row, 0);
	int32_t day = calendar_day((wall_t){ sql_number(row, 1) * QUARTER });
	const uint8_t *bins;
	size_t n;

	if (!day_is(d, name, day)) {
		day_tell(d);
		d->held = strdup(name);
		d->day = day;
		d->times = (struct store_times){ 0 };
	}
	if (!d->held)
		return -ENOMEM;
	d->times.passes += (uint32_t)sql_number(row, 2);
	d->times.failures += (uint32_t)sql_number(row, 3);
	bins = sql_blob(row, 4, &n);
	bins_add(d->times.bins, bins, n);
	return 0;
}

int buckets_read(struct sql *sql, wall_t from, wall_t to,
		 void (*each)(void *ctx, const char *name, int32_t day,
			      const struct store_times *times),
		 void *ctx)
{
	struct day day = { .each = each, .ctx = ctx };
	struct sqlite3_stmt *rows;
	int r = sql_prepare(sql, "SELECT names.name, quarter, passes, failures, bins"
				 " FROM buckets JOIN names ON names.id = buckets.name"
				 " WHERE quarter >= ?1 AND quarter < ?2 ORDER BY 1, 2", &rows);
	int added = 0;

	if (r < 0)
		return r;
	sql_bind_number(rows, 1, (from.us + QUARTER - 1) / QUARTER);
	sql_bind_number(rows, 2, (to.us + QUARTER - 1) / QUARTER);
	while (added == 0 && (r = sql_step(rows)) == 1)
		added = day_add(&day, rows);
	day_tell(&day);
	sql_finalize(rows);
	return added < 0 ? added : r;
}
