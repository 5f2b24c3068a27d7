/*
 * pattern.c - regular expressions through PCRE2, the only file that knows it.
 *
 * Foreign bytes must not hold up the loop. PCRE2's own match limit is not
 * enough for that: it is counted anew at each place where a match may begin,
 * and repeating one character costs nothing in it, so that x[^y]*y over a
 * megabyte of x takes minutes. So every item of the expression calls us back,
 * and each call and each byte moved over is taken from one budget. Back
 * references compare bytes that no call shows; they are refused. There is no
 * JIT: it wants memory that is writable and executable, which the unit forbids.
 *
 * Bytes are matched, not characters: a body that is not UTF-8 is searched like
 * any other. A character beyond ASCII is then several items, and an expression
 * where this would show is refused.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "shorewatch/pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPRESSION_MAX 1024
/*
 * In nanoseconds, roughly, as measured: a call is 16 and a byte moved over 1 at most. An honest
 * expression over a megabyte with numbers in every line takes 20 million; 64 KiB end after 6 ms.
 */
#define BUDGET_BASE ((size_t)4 * 1000 * 1000)
#define BUDGET_BYTE 32
#define BUDGET_MAX  ((size_t)40 * 1000 * 1000)
#define CALL_COST   16
#define MATCH_LIMIT 1000000 /* at one place to begin */
#define DEPTH_LIMIT 20000
#define HEAP_LIMIT  8192 /* KiB; a level of depth takes about 200 bytes */

struct pattern {
	pcre2_code *code;
};

/* One search: what is left of the budget, and where the call before was. */
struct search {
	size_t budget, place;
};

/* ---- compiling ---- */

static bool is_repeat(const char *at)
{
	return *at == '?' || *at == '*' || *at == '+' ||
	       (*at == '{' && at[1] >= '0' && at[1] <= '9');
}

/* NULL: nothing in it shows that a character may be several bytes. */
static const char *bytes_fault(const char *expression, size_t *ret_at)
{
	const char *class = NULL; /* where the one we are in can end at the earliest */

	for (const char *c = expression; *c != '\0'; c++) {
		*ret_at = (size_t)(c - expression);
		if (*c == '\\' && c[1] != '\0')
			c++;
		else if ((unsigned char)*c < 0x80 && class != NULL)
			class = *c == ']' && c >= class ? NULL : class;
		else if (*c == '[')
			class = c + (c[1] == '^' ? 3 : 2); /* a ']' that comes first is meant */
		else if ((unsigned char)*c >= 0x80 && class != NULL)
			return "[…] takes ASCII only; write (?:é|è)";
		else if ((unsigned char)*c >= 0x80 && is_repeat(c + 1))
			return "to repeat a character beyond ASCII write (?:é)+";
	}
	return NULL;
}

static void explain(char why[PATTERN_WHY_MAX], const char *text, size_t at)
{
	(void)snprintf(why, PATTERN_WHY_MAX, "%s (at character %zu)", text, at + 1);
}

static pcre2_code *code_compile(const char *expression, char why[PATTERN_WHY_MAX])
{
	const uint32_t options = PCRE2_AUTO_CALLOUT | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP |
				 PCRE2_NEVER_BACKSLASH_C;
	PCRE2_UCHAR text[PATTERN_WHY_MAX - 32];
	PCRE2_SIZE at;
	int error;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED, options,
					 &error, &at, NULL);

	if (code == NULL) {
		(void)pcre2_get_error_message(error, text, sizeof(text));
		explain(why, (const char *)text, at);
	}
	return code;
}

static bool has_back_references(const pcre2_code *code)
{
	uint32_t highest = 0;

	(void)pcre2_pattern_info(code, PCRE2_INFO_BACKREFMAX, &highest);
	return highest > 0;
}

struct pattern *pattern_new(const char *expression, char why[PATTERN_WHY_MAX])
{
	struct pattern *pattern;
	size_t at = 0;
	const char *fault = strlen(expression) > EXPRESSION_MAX ? "longer than 1024 bytes"
								: bytes_fault(expression, &at);

	if (fault != NULL) {
		explain(why, fault, at);
		return NULL;
	}
	pattern = calloc(1, sizeof(*pattern));
	if (pattern == NULL) {
		(void)snprintf(why, PATTERN_WHY_MAX, "no memory");
		return NULL;
	}
	pattern->code = code_compile(expression, why);
	if (pattern->code != NULL && !has_back_references(pattern->code))
		return pattern;
	if (pattern->code != NULL)
		(void)snprintf(why, PATTERN_WHY_MAX,
			       "back references and conditions on groups cost too much");
	pattern_free(pattern);
	return NULL;
}

void pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	pcre2_code_free(pattern->code);
	free(pattern);
}

/* ---- matching ---- */

/* Between two items: 0 goes on, PCRE2_ERROR_CALLOUT ends the whole search. */
static int on_item(pcre2_callout_block *block, void *ctx)
{
	struct search *search = ctx;
	size_t place = block->current_position;
	size_t moved = place > search->place ? place - search->place : search->place - place;

	search->place = place;
	if (search->budget < moved + CALL_COST)
		return PCRE2_ERROR_CALLOUT;
	search->budget -= moved + CALL_COST;
	return 0;
}

static pcre2_match_context *limits_new(struct search *search)
{
	pcre2_match_context *limits = pcre2_match_context_create(NULL);

	if (limits == NULL)
		return NULL;
	(void)pcre2_set_match_limit(limits, MATCH_LIMIT);
	(void)pcre2_set_depth_limit(limits, DEPTH_LIMIT);
	(void)pcre2_set_heap_limit(limits, HEAP_LIMIT);
	(void)pcre2_set_callout(limits, on_item, search);
	return limits;
}

static size_t budget_for(size_t n)
{
	return n >= (BUDGET_MAX - BUDGET_BASE) / BUDGET_BYTE ? BUDGET_MAX
							     : BUDGET_BASE + n * BUDGET_BYTE;
}

enum pattern_verdict pattern_match(const struct pattern *pattern, const void *bytes, size_t n)
{
	struct search search = { .budget = budget_for(n) };
	pcre2_match_context *limits = limits_new(&search);
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	int r = PCRE2_ERROR_NOMEMORY;

	if (limits != NULL && data != NULL)
		r = pcre2_match(pattern->code, n > 0 ? bytes : "", n, 0, 0, data, limits);
	pcre2_match_data_free(data);
	pcre2_match_context_free(limits);
	if (r >= 0)
		return PATTERN_MATCHES;
	return r == PCRE2_ERROR_NOMATCH ? PATTERN_DIFFERS : PATTERN_GAVE_UP;
}
