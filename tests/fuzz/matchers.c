/*
 * matchers.c - what a body and its headers are held against: the first line as
 * a Perl expression, as a demand on JSON, as a header's expectation; the rest
 * as the body. Both may be hostile: the body always is.
 */
#include "fuzz.h"

#include "../../probes/http_expect.h"
#include "../../probes/http_json.h"
#include "shorewatch/json.h"
#include "shorewatch/pattern.h"

#define WHY_MAX 160

static void try_pattern(const char *expression, const char *body, size_t n)
{
	char why[PATTERN_WHY_MAX] = "";
	struct pattern *pattern = pattern_new(expression, why);

	PROMISE(pattern || why[0] != '\0');
	PROMISE(memchr(why, '\0', sizeof why));
	if (pattern)
		(void)pattern_match(pattern, body, n);
	pattern_free(pattern);
}

static void try_demand(const char *text, const char *body, size_t n)
{
	char why[WHY_MAX] = "", parse_why[JSON_WHY_MAX], note[NOTE_MAX] = "";
	struct demand *demand = demand_new(text, why);
	struct json *document = json_parse(body, n, parse_why);

	PROMISE(demand || why[0] != '\0');
	PROMISE(memchr(why, '\0', sizeof why));
	if (demand && document)
		PROMISE(demand_holds(demand, document, note) || note[0] != '\0');
	PROMISE(memchr(note, '\0', sizeof note));
	demand_free(demand);
	json_free(document);
}

static void try_header(const char *text, const char *value)
{
	struct strings texts = { &text, 1 };
	char note[NOTE_MAX] = "";
	struct expects expects;

	if (!expect_is_fine(text))
		return;
	expects_init(&expects, &texts);
	expects_see(&expects, "Content-Type", value);
	expects_see(&expects, "Server", value);
	PROMISE(expects_are_met(&expects, note) || note[0] != '\0');
	PROMISE(memchr(note, '\0', sizeof note));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_line(&data, &size);
	char *body = fuzz_copy(data, size, 0), *value = fuzz_copy(data, size, 1);

	try_pattern(text, body, size);
	try_demand(text, body, size);
	try_header(text, value);
	free(text);
	free(body);
	free(value);
	return 0;
}
