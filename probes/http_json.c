/*
 * http_json.c - demands on a JSON body.
 *
 * A demand is a pointer (RFC 6901), a space, an operator, and for all but
 * `exists` and `absent` a space and a JSON scalar. A value of another type
 * than the demanded one is different from it, and never less nor more. Where
 * nothing is, every demand but `absent` fails, != too: an API that has lost a
 * field has not kept it away from a value.
 */
#include "http_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shorewatch/json.h"

#define POINTER_MAX 400

enum operation { IS, IS_NOT, LESS, LESS_OR_IS, MORE, MORE_OR_IS, EXISTS, ABSENT };

static const struct operation_row {
	const char *word;
	bool has_value, has_order;
} operations[] = {
	[IS] = { "==", true, false },	  [IS_NOT] = { "!=", true, false },
	[LESS] = { "<", true, true },	  [LESS_OR_IS] = { "<=", true, true },
	[MORE] = { ">", true, true },	  [MORE_OR_IS] = { ">=", true, true },
	[EXISTS] = { "exists", false, false }, [ABSENT] = { "absent", false, false },
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

struct demand {
	char pointer[POINTER_MAX];
	enum operation operation;
	struct json *value; /* NULL: the operation has none */
	char wanted[25];    /* the value as it was written, perhaps cut */
};

/* ---- reading ---- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* The operator's row when one stands at `text` alone, with a space before what follows. */
static const struct operation_row *operation_at(const char *text, const char **ret_rest)
{
	for (size_t i = 0; i < OPERATIONS; i++) {
		size_t n = strlen(operations[i].word);

		if (strncmp(text, operations[i].word, n) != 0)
			continue;
		if (text[n] != '\0' && !is_space(text[n]))
			continue;
		*ret_rest = text + n + strspn(text + n, " \t");
		return &operations[i];
	}
	return NULL;
}

/* Splits at the first operator between spaces: a pointer may hold spaces of its own. */
static const struct operation_row *split(const char *text, size_t *ret_pointer_n,
					 const char **ret_rest)
{
	for (size_t i = 0; text[i] != '\0'; i++) {
		const struct operation_row *row;

		if (i > 0 && !is_space(text[i - 1]))
			continue;
		row = operation_at(text + i, ret_rest);
		if (row == NULL)
			continue;
		while (i > 0 && is_space(text[i - 1]))
			i--;
		*ret_pointer_n = i;
		return row;
	}
	return NULL;
}

static const char *pointer_read(struct demand *demand, const char *text, size_t n)
{
	if (n >= sizeof(demand->pointer))
		return "its pointer is longer than 400 bytes";
	(void)snprintf(demand->pointer, sizeof(demand->pointer), "%.*s", (int)n, text);
	if (!json_pointer_is_fine(demand->pointer))
		return "its pointer must begin with \"/\"; ~ is written ~0, and / in a name ~1";
	return NULL;
}

static const char *value_read(struct demand *demand, const char *text)
{
	const struct operation_row *row = &operations[demand->operation];
	char why[JSON_WHY_MAX];
	double number;

	if (!row->has_value)
		return *text == '\0' ? NULL : "nothing follows exists and absent";
	(void)snprintf(demand->wanted, sizeof(demand->wanted), "%s", text);
	demand->value = json_parse(text, strlen(text), why);
	if (demand->value == NULL || json_type(demand->value) == JSON_ARRAY ||
	    json_type(demand->value) == JSON_OBJECT)
		return "its value must be a number, true, false, null or a text in \\\"quotes\\\"";
	if (row->has_order && !json_as_number(demand->value, &number))
		return "only numbers are less or more";
	return NULL;
}

static const char *demand_read(struct demand *demand, const char *text)
{
	const char *rest = NULL, *fault;
	size_t pointer_n = 0;
	const struct operation_row *row;

	text += strspn(text, " \t");
	row = split(text, &pointer_n, &rest);
	if (row == NULL)
		return "write \"/pointer OPERATOR value\" with one of == != < <= > >= exists "
		       "absent";
	demand->operation = (enum operation)(row - operations);
	fault = pointer_read(demand, text, pointer_n);
	return fault != NULL ? fault : value_read(demand, rest);
}

struct demand *demand_new(const char *text, char why[160])
{
	struct demand *demand = calloc(1, sizeof(*demand));
	const char *fault = demand != NULL ? demand_read(demand, text) : "no memory";

	if (fault == NULL)
		return demand;
	(void)snprintf(why, 160, "\"%.60s\": %s", text, fault);
	demand_free(demand);
	return NULL;
}

void demand_free(struct demand *demand)
{
	if (demand == NULL)
		return;
	json_free(demand->value);
	free(demand);
}

/* ---- judging ---- */

static bool is_same(const struct json *a, const struct json *b)
{
	double x, y;
	bool p, q;

	if (json_type(a) != json_type(b))
		return false;
	if (json_as_number(a, &x) && json_as_number(b, &y))
		return !(x < y) && !(x > y);
	if (json_as_bool(a, &p) && json_as_bool(b, &q))
		return p == q;
	if (json_type(a) == JSON_STRING)
		return strcmp(json_as_text(a), json_as_text(b)) == 0;
	return json_type(a) == JSON_NULL;
}

static bool is_ordered(enum operation operation, double x, double y)
{
	switch (operation) {
	case LESS:
		return x < y;
	case LESS_OR_IS:
		return x <= y;
	case MORE:
		return x > y;
	case MORE_OR_IS:
		return x >= y;
	case IS:
	case IS_NOT:
	case EXISTS:
	case ABSENT:
		break;
	}
	return false;
}

static bool is_met(const struct demand *demand, const struct json *found)
{
	double x, y;

	if (demand->operation == ABSENT || found == NULL)
		return demand->operation == ABSENT && found == NULL;
	if (demand->operation == EXISTS)
		return true;
	if (demand->operation == IS || demand->operation == IS_NOT)
		return is_same(found, demand->value) == (demand->operation == IS);
	return json_as_number(found, &x) && json_as_number(demand->value, &y) &&
	       is_ordered(demand->operation, x, y);
}

/* ---- saying ---- */

static void found_print(const struct json *found, char text[48])
{
	double number = 0;
	bool is_true = false;

	switch (json_type(found)) {
	case JSON_NULL:
		(void)snprintf(text, 48, "null");
		break;
	case JSON_BOOL:
		(void)json_as_bool(found, &is_true);
		(void)snprintf(text, 48, "%s", is_true ? "true" : "false");
		break;
	case JSON_NUMBER:
		(void)json_as_number(found, &number);
		(void)snprintf(text, 48, "%.15g", number);
		break;
	case JSON_STRING:
		(void)snprintf(text, 48, "\"%.32s\"", json_as_text(found));
		break;
	case JSON_ARRAY:
		(void)snprintf(text, 48, "a list of %zu", json_count(found));
		break;
	case JSON_OBJECT:
		(void)snprintf(text, 48, "an object");
		break;
	}
}

bool demand_holds(const struct demand *demand, const struct json *document, char note[NOTE_MAX])
{
	const struct json *found = json_at(document, demand->pointer);
	const struct operation_row *row = &operations[demand->operation];
	char text[48] = "missing";

	if (is_met(demand, found))
		return true;
	if (found != NULL)
		found_print(found, text);
	if (row->has_value)
		(void)snprintf(note, NOTE_MAX, "%.32s is %s, not %s%s%.24s", demand->pointer, text,
			       demand->operation == IS ? "" : row->word,
			       demand->operation == IS ? "" : " ", demand->wanted);
	else
		(void)snprintf(note, NOTE_MAX, "%.60s is %s", demand->pointer, text);
	return false;
}
