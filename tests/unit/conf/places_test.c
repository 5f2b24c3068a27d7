/*
 * places_test.c - where the parts of a plan were written.
 */
#include "lab.h"

#define CONFIG                                                                                     \
	"resolvers = [ \"192.0.2.53\",\n"                                                          \
	"  \"192.0.2.54\" ];\n"                                                                    \
	"heartbeat_url = \"https://hc.example.org/\";\n"                                           \
	"listen = { address = \"127.0.0.1:8080\";\n"                                               \
	"  public_url = \"https://in.example.org\"; };\n"                                          \
	"page = { title = \"P\";\n"                                                                \
	"  url = \"https://status.example.org/\"; };\n"                                            \
	"mail = { from = \"w@example.org\";\n"                                                     \
	"  to = ( \"a@example.org\",\n"                                                            \
	"    { language = \"en\";\n"                                                               \
	"      address = \"b@example.org\"; } );\n"                                                \
	"  relays = ( { url = \"smtps://one.example.org\"; },\n"                                   \
	"    { username = \"u\"; password = \"env:HOME\";\n"                                       \
	"      url = \"smtps://two.example.org\"; } ); };\n"                                       \
	"targets = ( { name = \"a\"; tcp = { address = \"192.0.2.1:22\"; }; } );\n"

static void expect_line(const struct conf_place *place, unsigned line)
{
	assert_non_null(place->file);
	assert_int_equal(place->line, line);
}

static void every_part_knows_its_line(void **state)
{
	struct lab *lab = *state;
	const struct conf_places *places;

	(void)lab_plan(lab, CONFIG);
	places = &lab->generation->places;
	expect_line(&places->resolvers[0], 1);
	expect_line(&places->resolvers[1], 2);
	expect_line(&places->heartbeat_url, 3);
	expect_line(&places->public_url, 5);
	expect_line(&places->page_url, 7);
	expect_line(&places->recipients[0], 9);
	expect_line(&places->recipients[1], 11);
	expect_line(&places->relays[0], 12);
	expect_line(&places->relays[1], 14);
}

static void what_is_built_in_stands_nowhere(void **state)
{
	struct lab *lab = *state;
	const struct conf_places *places;

	(void)lab_plan(lab,
		       "targets = ( { name = \"a\"; tcp = { address = \"192.0.2.1:22\"; }; } );\n");
	places = &lab->generation->places;
	assert_null(places->page_url.file);
	assert_null(places->heartbeat_url.file);
	assert_null(places->recipients[0].file); /* there is one: mails are files */
}

static void one_text_is_a_list_of_one(void **state)
{
	struct lab *lab = *state;

	(void)lab_plan(lab,
		       "resolvers = \"192.0.2.53\";\n\nmail = { to = \"a@example.org\"; };\n"
		       "targets = ( { name = \"a\"; tcp = { address = \"192.0.2.1:22\"; }; } );\n");
	expect_line(&lab->generation->places.resolvers[0], 1);
	expect_line(&lab->generation->places.recipients[0], 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_part_knows_its_line, lab_open, lab_close),
		cmocka_unit_test_setup_teardown(what_is_built_in_stands_nowhere, lab_open,
						lab_close),
		cmocka_unit_test_setup_teardown(one_text_is_a_list_of_one, lab_open, lab_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
