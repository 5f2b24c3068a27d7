/*
 * target_chart.c - response times of the last 24 hours: the median as a line,
 * up to p95 as a band, failed checks as marks; on a logarithmic scale, since
 * 100 ms beside 5 s is what is to be seen. The same as a table for everybody
 * else.
 *
 * Heuristic: four equal steps hold the lowest median and the highest p95; a
 * step is a factor of two, of the root of ten, or of ten.
 */
#include <math.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"
#include "render/speech.h"
#include "render/target_parts.h"

#define WIDTH	   720.0
#define HEIGHT	   200.0
#define PITCH	   (WIDTH / TARGET_QUARTERS)
#define STEPS	   4
#define QUARTER	   (15 * USEC_PER_MIN)
#define ROWS	   12 /* of the table: two hours each */
#define PER_ROW	   (TARGET_QUARTERS / ROWS)
#define MARK_WIDE  6.0
#define MARK_HIGH  16.0

struct scale {
	double low, factor; /* microseconds at the bottom; from one line to the next */
};

static wall_t quarter_start(const struct target_past *past, unsigned quarter)
{
	return (wall_t){ past->ends.us - (usec_t)(TARGET_QUARTERS - quarter) * QUARTER };
}

/* ---- the scale ---- */

/* The largest of 1, 2, 5 times a power of ten that is not above `us`. */
static double round_below(double us)
{
	double power = pow(10, floor(log10(us))), lead = us / power;

	return power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
}

static struct scale scale_choose(const struct target_past *past)
{
	const double factors[] = { 2, sqrt(10) };
	usec_t least = INT64_MAX, most = 1;
	struct scale scale = { .factor = 10 };

	for (unsigned i = 0; i < TARGET_QUARTERS; i++) {
		const struct target_quarter *q = &past->quarters[i];

		if (q->passes == 0)
			continue;
		least = q->median < least ? q->median : least;
		most = q->p95 > most ? q->p95 : most;
	}
	scale.low = round_below(least > 0 && least < INT64_MAX ? (double)least : 1);
	for (size_t i = 2; i-- > 0;)
		if (scale.low * pow(factors[i], STEPS) >= (double)most)
			scale.factor = factors[i];
	return scale;
}

static double height_of(const struct scale *scale, usec_t us)
{
	double share = log((us > 0 ? (double)us : 1) / scale->low) / log(scale->factor) / STEPS;

	return HEIGHT * (1 - (share < 0 ? 0 : share > 1 ? 1 : share));
}

/* ---- the picture ---- */

static void point_write(struct buf *to, char pen, unsigned quarter, double y)
{
	buf_printf(to, "%c%.1f %.1f", pen, (quarter + 0.5) * PITCH, y);
}

/* From `from` on so many quarters have times. */
static unsigned run_of(const struct target_past *past, unsigned from)
{
	unsigned n = 0;

	while (from + n < TARGET_QUARTERS && past->quarters[from + n].passes > 0)
		n++;
	return n;
}

/* What one line of the picture shows of a quarter. */
typedef usec_t (*measure)(const struct target_quarter *quarter);

static usec_t median_of(const struct target_quarter *quarter)
{
	return quarter->median;
}

static usec_t p95_of(const struct target_quarter *quarter)
{
	return quarter->p95;
}

static void line_add(struct buf *to, const struct target_past *past, const struct scale *scale,
		     measure of, unsigned from, unsigned n)
{
	for (unsigned i = from; i < from + n; i++)
		point_write(to, i == from ? 'M' : 'L', i, height_of(scale, of(&past->quarters[i])));
	if (n == 1)
		buf_printf(to, "h%.1f", PITCH / 2);
}

/* Up along p95, back along the median. */
static void band_add(struct buf *to, const struct target_past *past, const struct scale *scale,
		     unsigned from, unsigned n)
{
	line_add(to, past, scale, p95_of, from, n);
	for (unsigned i = from + n; i-- > from;)
		point_write(to, 'L', i, height_of(scale, past->quarters[i].median));
	buf_puts(to, "Z");
}

static void line_write(struct buf *to, const struct target_past *past, const struct scale *scale,
		       const char *class, measure of)
{
	buf_printf(to, "          <path class=\"%s\" d=\"", class);
	for (unsigned i = 0, n; i < TARGET_QUARTERS; i += n > 0 ? n : 1) {
		n = run_of(past, i);
		if (of)
			line_add(to, past, scale, of, i, n);
		else if (n > 1)
			band_add(to, past, scale, i, n);
	}
	buf_puts(to, "\"/>\n");
}

static void marks_write(struct buf *to, const struct target_past *past)
{
	if (past->failures == 0)
		return;
	buf_puts(to, "          <path class=\"fail\" d=\"");
	for (unsigned i = 0; i < TARGET_QUARTERS; i++)
		if (past->quarters[i].failures > 0)
			buf_printf(to, "M%.1f %.0fh%.0fv%.0fh-%.0fz",
				   (i + 0.5) * PITCH - MARK_WIDE / 2, HEIGHT - MARK_HIGH, MARK_WIDE,
				   MARK_HIGH, MARK_WIDE);
	buf_puts(to, "\"/>\n");
}

static void picture_write(const struct subject *u, const struct scale *scale)
{
	struct buf *to = u->sheet->to;

	buf_puts(to, "        <svg viewBox=\"0 0 720 200\" preserveAspectRatio=\"none\" "
		     "aria-hidden=\"true\">\n"
		     "          <path class=\"grid\" d=\"M0 0H720M0 50H720M0 100H720M0 150H720"
		     "M0 200H720\"/>\n");
	line_write(to, u->past, scale, "band", NULL);
	line_write(to, u->past, scale, "edge", p95_of);
	line_write(to, u->past, scale, "mid", median_of);
	marks_write(to, u->past);
	buf_puts(to, "        </svg>\n");
}

static void heights_label(const struct sheet *s, const struct scale *scale)
{
	buf_puts(s->to, "        <div class=\"ylab\" aria-hidden=\"true\">");
	for (int i = STEPS; i >= 0; i--) {
		buf_printf(s->to, "<span class=\"y%d\">", i);
		target_write_latency(s, (usec_t)(scale->low * pow(scale->factor, i)));
		buf_puts(s->to, "</span>");
	}
	buf_puts(s->to, "</div>\n");
}

/* Five moments of the last 24 hours, evenly spaced; without their date, so that a phone has room. */
static void hours_label(const struct subject *u)
{
	const struct sheet *s = u->sheet;

	buf_puts(s->to, "        <div class=\"xlab\" aria-hidden=\"true\">");
	for (unsigned i = 0; i <= STEPS; i++) {
		buf_puts(s->to, "<span>");
		calendar_print_minute(s->to,
				      quarter_start(u->past, i * TARGET_QUARTERS / STEPS));
		buf_puts(s->to, "</span>");
	}
	buf_puts(s->to, "</div>\n");
}

static void legend_write(const struct sheet *s)
{
	static const struct {
		const char *picture;
		enum word word;
	} keys[] = {
		{ "<path class=\"mid\" d=\"M0 5h18\"/>", WORD_T_MEDIAN_KEY },
		{ "<path class=\"band\" d=\"M0 1h18v9H0z\"/><path class=\"edge\" d=\"M0 1h18\"/>",
		  WORD_T_P95_KEY },
		{ "<path class=\"fail\" d=\"M6 0h6v10H6z\"/>", WORD_T_FAILED_KEY },
	};

	buf_puts(s->to, "      <p class=\"leg\" aria-hidden=\"true\">");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		buf_printf(s->to, "<span><svg viewBox=\"0 0 18 10\">%s</svg>", keys[i].picture);
		page_put(s, keys[i].word);
		buf_puts(s->to, "</span>");
	}
	buf_puts(s->to, "<span>");
	page_put(s, WORD_T_LOG_SCALE);
	buf_puts(s->to, "</span></p>\n");
}

/* ---- the words ---- */

static void caption_write(const struct subject *u)
{
	const struct sheet *s = u->sheet;
	const struct target_past *past = u->past;

	buf_puts(s->to, "      <figcaption>");
	if (past->passes > 0)
		page_say(s, past->p95 > 0 ? WORD_T_TIMES : WORD_T_TIMES_FEW,
			 HOLES(hole_latency("median", past->median), hole_latency("p95", past->p95),
			       hole_number("n", past->passes)));
	else
		page_put(s, WORD_T_TIMES_NONE);
	if (past->failures > 0) {
		page_put(s, WORD_SPACE);
		page_say(s, word_for(WORD_T_FAILED_ONE, past->failures),
			 HOLES(hole_number("n", past->failures)));
	}
	buf_puts(s->to, "</figcaption>\n");
}

/* ---- the table ---- */

static void heads_write(const struct sheet *s)
{
	buf_puts(s->to, "          <thead><tr><th scope=\"col\">");
	page_say(s, WORD_T_COL_TIME, HOLES(hole_zone("zone", s->model->now.wall)));
	buf_puts(s->to, "</th><th scope=\"col\">");
	page_put(s, WORD_T_COL_MEDIAN);
	buf_puts(s->to, "</th><th scope=\"col\">");
	page_put(s, WORD_T_COL_P95);
	buf_puts(s->to, "</th><th scope=\"col\">");
	page_put(s, WORD_T_COL_FAILED);
	buf_puts(s->to, "</th></tr></thead>\n");
}

/* Of the quarters of a row: the middle one of their medians, the worst p95, all failures. */
static struct target_quarter row_sum(const struct target_past *past, unsigned row)
{
	struct target_quarter sum = { 0 };
	usec_t medians[PER_ROW];
	unsigned n = 0;

	for (unsigned i = row * PER_ROW; i < (row + 1) * PER_ROW; i++) {
		const struct target_quarter *q = &past->quarters[i];
		unsigned at = n;

		sum.failures += q->failures;
		sum.p95 = q->p95 > sum.p95 ? q->p95 : sum.p95;
		if (q->passes == 0)
			continue;
		for (; at > 0 && medians[at - 1] > q->median; at--)
			medians[at] = medians[at - 1];
		medians[at] = q->median;
		n++;
	}
	sum.median = n > 0 ? medians[(n - 1) / 2] : 0;
	return sum;
}

static void row_write(const struct subject *u, unsigned row)
{
	const struct sheet *s = u->sheet;
	struct target_quarter sum = row_sum(u->past, row);
	struct buf from = BUF_INIT(64), until = BUF_INIT(64);

	page_write_minute(&from, s, quarter_start(u->past, row * PER_ROW));
	calendar_print_minute(&until, quarter_start(u->past, (row + 1) * PER_ROW));
	buf_puts(s->to, "          <tr><th scope=\"row\" class=\"nw\">");
	text_html(s->to, buf_text(&from));
	buf_puts(s->to, "–");
	text_html(s->to, buf_text(&until));
	buf_puts(s->to, "</th><td>");
	target_write_latency(s, sum.median);
	buf_puts(s->to, "</td><td>");
	target_write_latency(s, sum.p95);
	buf_printf(s->to, "</td><td>%u</td></tr>\n", sum.failures);
	buf_done(&from);
	buf_done(&until);
}

static void table_write(const struct subject *u)
{
	const struct sheet *s = u->sheet;

	buf_puts(s->to, "      <details>\n        <summary>");
	page_put(s, WORD_T_TABLE);
	buf_puts(s->to, "</summary>\n        <div class=\"scroll\"><table>\n");
	heads_write(s);
	buf_puts(s->to, "          <tbody>\n");
	for (unsigned i = 0; i < ROWS; i++)
		row_write(u, i);
	buf_puts(s->to, "          </tbody>\n        </table></div>\n      </details>\n");
}

void target_chart(const struct subject *u)
{
	struct scale scale;

	if (!u->past || u->past->passes + u->past->failures == 0)
		return;
	scale = scale_choose(u->past);
	target_section(u->sheet, "s-rt", WORD_T_RESPONSE);
	buf_puts(u->sheet->to, "    <figure class=\"chart\">\n");
	caption_write(u);
	buf_puts(u->sheet->to, "      <div class=\"plot chart\">\n");
	picture_write(u, &scale);
	heights_label(u->sheet, &scale);
	hours_label(u);
	buf_puts(u->sheet->to, "      </div>\n");
	legend_write(u->sheet);
	table_write(u);
	buf_puts(u->sheet->to, "    </figure>\n");
	target_section_end(u->sheet);
}
