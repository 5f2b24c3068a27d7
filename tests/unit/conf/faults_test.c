/*
 * faults_test.c - broken configurations: each tells its one fault, at its line,
 * with what to do about it.
 */
#include "lab.h"

struct broken {
	const char *name; /* the test's */
	const char *text;
	const char *place; /* "test.cfg:2:" */
	const char *advice;
};

#define TARGET(more)                                                                               \
	"targets = (\n{ name = \"a\"; tcp = { address = \"127.0.0.1:22\"; };\n" more " } );\n"
#define RELAY(relay)                                                                               \
	ONE_TARGET                                                                                 \
	"mail = { from = \"a@example.com\"; to = \"b@example.com\";\nrelays = (\n" relay "\n); "   \
	"};\n"

#define PULL(pull)                                                                                 \
	ONE_TARGET                                                                                 \
	"watchdogs = ( { name = \"x\"; token = \"env:CONF_TEST_TOKEN\";\npull = { " pull           \
	" }; } );\n"
#define PING(more)                                                                                 \
	ONE_TARGET                                                                                 \
	"pings = ( { name = \"backup\"; token = \"env:CONF_TEST_TOKEN\";\n" more " } );\n"
#define AUTH(auth)                                                                                 \
	"targets = ( { name = \"a\"; http = { url = \"https://a.example.com/\";\nauth = { " auth   \
	" }; }; } );\n"
#define REFERENCES_8(net)                                                                          \
	"\"192.0." net ".1:443\", \"192.0." net ".2:443\", \"192.0." net ".3:443\", \"192.0." net  \
	".4:443\", \"192.0." net ".5:443\", \"192.0." net ".6:443\", \"192.0." net                 \
	".7:443\", \"192.0." net ".8:443\", "
#define REFERENCES_33                                                                              \
	REFERENCES_8("1")                                                                          \
	REFERENCES_8("2") REFERENCES_8("3") REFERENCES_8("4") "\"192.0.5.1:443\" ];"

#define RELAYED                                                                                    \
	ONE_TARGET                                                                                 \
	"mail = { from = \"a@example.com\"; to = \"b@example.com\"; relays = ( { url = "            \
	"\"smtps://mail.example.com\"; } ); };\n"
#define CANARY(rest) "canary = { " rest " };"
#define TO	     "to = \"c@example.net\"; "
#define IMAP	     "imap = \"imaps://i.example.net\"; "
#define LOGIN	     "user = \"c\"; password = \"env:CONF_TEST_TOKEN\"; "

static const struct broken brokens[] = {
	/* the text itself */
	{ "a_byte_order_mark_is_named", "\xef\xbb\xbf" ONE_TARGET, "test.cfg:1:", "without BOM" },
	{ "a_text_without_its_closing_quote_is_told_where_it_begins",
	  ONE_TARGET "instance = \"tokyo;\nlanguage = \"en\";\n",
	  "test.cfg:2:", "no closing quote" },
	{ "an_open_quote_on_the_last_line_is_told", ONE_TARGET "\ninstance = \"tokyo",
	  "test.cfg:3:", "no closing quote" },
	{ "a_comment_that_never_ends_is_told_where_it_begins", ONE_TARGET "/* to do\n\n",
	  "test.cfg:2:", "end it with */" },
	{ "a_number_beyond_32_bits_is_refused", ONE_TARGET "page = {\ndays = 4294967386; };\n",
	  "test.cfg:3:", "at most 2147483647" },
	{ "the_first_number_beyond_32_bits_is_refused", ONE_TARGET "page = { days = 2147483648; };",
	  "test.cfg:2:", "too large" },
	{ "a_hexadecimal_number_beyond_32_bits_is_refused",
	  ONE_TARGET "page = { days = 0x10000005A; };", "test.cfg:2:", "too large" },
	{ "a_number_beyond_64_bits_is_refused",
	  ONE_TARGET "page = { days = 99999999999999999999L; };", "test.cfg:2:", "too large" },
	{ "a_comma_after_the_last_element_is_named", ONE_TARGET "resolvers = [\n\"192.0.2.1\",\n];",
	  "test.cfg:3:", "remove the comma" },
	{ "a_time_without_quotes_is_shown_with_them", ONE_TARGET "defaults = { interval = 60s; };",
	  "test.cfg:2:", "\"60s\"" },
	{ "an_address_without_quotes_is_shown_with_them", ONE_TARGET "resolvers = [ 192.0.2.1 ];",
	  "test.cfg:2:", "\"192.0.2.1\"" },
	{ "a_word_without_quotes_is_told", ONE_TARGET "language = en;",
	  "test.cfg:2:", "needs quotes" },
	{ "a_bracket_that_is_never_closed_is_told_where_it_opens",
	  ONE_TARGET "page = {\ndays = 90;\n", "test.cfg:2:", "never closed" },
	{ "a_bracket_of_another_sort_names_the_line_of_its_partner",
	  "targets = (\n{ name = \"a\" );\n", "test.cfg:2:", "the { of line 2" },
	{ "a_bracket_too_many_is_told", ONE_TARGET "};\n", "test.cfg:2:", "closes nothing" },
	{ "nesting_without_end_is_refused",
	  "a = ((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))));",
	  "test.cfg:1:", "nested too deep" },
	{ "the_same_name_twice_in_a_group_is_told", ONE_TARGET "page = { days = 90;\ndays = 80; };",
	  "test.cfg:3:", "keep one of them" },
	{ "what_libconfig_does_not_understand_has_its_line", ONE_TARGET "\npage == { };",
	  "test.cfg:3:", "missing quote, bracket" },
	{ "a_text_where_a_name_belongs_is_told", ONE_TARGET "page = { \"days\" = 90; };",
	  "test.cfg:2:", "missing quote, comma or name =" },
	{ "a_missing_comma_between_texts_and_groups_is_told",
	  ONE_TARGET "mail = { to = ( { address = \"a@example.com\"; }\n\"b@example.com\" ); };",
	  "test.cfg:3:", "missing quote, comma or name =" },
	{ "a_mixed_array_says_how_to_mend_it", ONE_TARGET "resolvers = [ \"192.0.2.1\", 5 ];",
	  "test.cfg:2:", "of one type" },
	/* keys and values */
	{ "an_unknown_key_has_a_suggestion", ONE_TARGET "timezon = \"UTC\";",
	  "test.cfg:2:", "did you mean \"timezone\"" },
	{ "an_unknown_key_far_from_any_other_names_the_reference", ONE_TARGET "kiosk = true;",
	  "test.cfg:2:", "shorewatch options main" },
	{ "a_key_that_this_version_does_not_act_on_says_what_to_do_instead",
	  ONE_TARGET "listen = { tls_cert = \"a.pem\"; };",
	  "test.cfg:2:", "remove it; put a proxy with TLS" },
	{ "an_unknown_key_of_a_kind_has_a_suggestion",
	  "targets = ( { name = \"a\"; tcp = { address = \"127.0.0.1:22\";\nexpct = \"SSH-\"; }; } "
	  ");",
	  "test.cfg:2:", "did you mean \"expect\"" },
	{ "a_number_where_a_text_belongs_is_told", ONE_TARGET "instance = 5;",
	  "test.cfg:2:", "a text in quotes, not a number" },
	{ "a_time_without_a_unit_is_told", TARGET("interval = 60;"),
	  "test.cfg:3:", "such as \"90s\"" },
	{ "a_text_that_is_no_time_is_told", TARGET("interval = \"60 sec\";"),
	  "test.cfg:3:", "a whole number with ms, s, m, h or d" },
	{ "a_text_where_a_number_belongs_is_told", TARGET("fall = \"3\";"),
	  "test.cfg:3:", "without quotes" },
	{ "a_text_where_true_or_false_belongs_is_told", TARGET("hidden = \"true\";"),
	  "test.cfg:3:", "true or false" },
	{ "a_group_where_a_list_belongs_is_told", ONE_TARGET "stacks = { name = \"home\"; };",
	  "test.cfg:2:", "list in round brackets" },
	{ "a_text_where_a_group_belongs_is_told", ONE_TARGET "page = \"status\";",
	  "test.cfg:2:", "page = { ... };" },
	{ "an_element_that_is_no_group_is_told", ONE_TARGET "stacks = ( \"home\" );",
	  "test.cfg:2:", "must be a group" },
	{ "an_unknown_word_lists_the_known_ones", ONE_TARGET "language = \"de\";",
	  "test.cfg:2:", "\"en\", \"ja\"" },
	{ "an_unknown_time_zone_says_what_one_looks_like", ONE_TARGET "timezone = \"Asia/Tokio\";",
	  "test.cfg:2:", "\"Asia/Tokyo\"" },
	{ "a_time_zone_outside_of_its_folder_is_refused",
	  ONE_TARGET "timezone = \"../../../etc/passwd\";",
	  "test.cfg:2:", "not known on this machine" },
	{ "an_interval_below_a_second_is_refused", TARGET("interval = \"999ms\";"),
	  "test.cfg:3:", "give 1s to 1d" },
	{ "an_interval_above_a_day_is_refused", TARGET("interval = \"25h\";"),
	  "test.cfg:3:", "give 1s to 1d" },
	{ "fall_must_be_at_least_one", TARGET("fall = 0;"), "test.cfg:3:", "give 1 to 10" },
	{ "fall_must_be_at_most_ten", TARGET("fall = 11;"), "test.cfg:3:", "give 1 to 10" },
	{ "an_instance_of_several_lines_is_refused", ONE_TARGET "instance = \"a\\nBcc: b\";",
	  "test.cfg:2:", "one line of text" },
	{ "a_resolver_by_name_is_refused", ONE_TARGET "resolvers = [\n\"dns.example.com\" ];",
	  "test.cfg:3:", "not an address" },
	/* times that contradict each other */
	{ "a_timeout_as_long_as_the_interval_is_refused",
	  TARGET("interval = \"30s\";\ntimeout = \"30s\";"),
	  "test.cfg:4:", "shorter than the interval, which is \"30s\"" },
	{ "a_timeout_longer_than_the_built_in_interval_is_refused", TARGET("timeout = \"90s\";"),
	  "test.cfg:3:", "shorter than the interval" },
	{ "a_timeout_in_the_defaults_is_told_once_and_there",
	  "defaults = {\ninterval = \"10s\";\ntimeout = \"10s\"; };\n"
	  "targets = ( { name = \"a\"; tcp = { address = \"127.0.0.1:22\"; }; },\n"
	  "{ name = \"b\"; tcp = { address = \"127.0.0.1:22\"; }; } );",
	  "test.cfg:3:", "shorter than the interval" },
	{ "a_connect_timeout_longer_than_the_timeout_is_refused",
	  TARGET("timeout = \"4s\";\nconnect_timeout = \"5s\";"),
	  "test.cfg:4:", "at most the timeout" },
	{ "a_retest_longer_than_the_interval_is_refused",
	  TARGET("interval = \"10s\";\nretest = [ \"5s\", \"11s\" ];"),
	  "test.cfg:4:", "at most the interval" },
	{ "a_retest_longer_than_a_minute_is_refused",
	  TARGET("interval = \"5m\";\nretest = [ \"61s\" ];"), "test.cfg:4:", "from 100ms to 60s" },
	{ "a_fifth_retest_is_refused",
	  TARGET("fall = 9;\nretest = [ \"1s\", \"2s\", \"3s\", \"4s\", \"5s\" ];"),
	  "test.cfg:4:", "at most 4 times" },
	{ "a_limit_for_slow_beyond_the_timeout_is_refused", TARGET("slow = \"10s\";"),
	  "test.cfg:3:", "shorter than the timeout" },
	/* names, stacks, kinds */
	{ "nothing_to_watch_is_a_fault", "instance = \"a\";", "test.cfg:", "nothing is watched" },
	{ "a_target_without_a_name_is_told",
	  "targets = (\n{ tcp = { address = \"127.0.0.1:22\"; }; } );",
	  "test.cfg:2:", "target needs name" },
	{ "a_name_in_capitals_is_refused",
	  "targets = ( {\nname = \"Blog\"; tcp = { address = \"127.0.0.1:22\"; }; } );",
	  "test.cfg:2:", "1 to 63 of a-z, 0-9 and -" },
	{ "a_reserved_name_is_refused",
	  "targets = ( {\nname = \"reference-1\"; tcp = { address = \"127.0.0.1:22\"; }; } );",
	  "test.cfg:2:", "choose another" },
	{ "a_doubled_target_names_the_line_of_the_first",
	  "targets = (\n{ name = \"a\"; tcp = { address = \"127.0.0.1:22\"; }; },\n"
	  "{ name = \"b\"; tcp = { address = \"127.0.0.1:22\"; }; },\n"
	  "{ name = \"a\"; tcp = { address = \"127.0.0.1:22\"; }; } );",
	  "test.cfg:4:", "test.cfg:2; give this one another" },
	{ "a_doubled_stack_is_told",
	  "targets = ( { name = \"a\"; stack = \"s\"; tcp = { address = \"127.0.0.1:22\"; }; } );\n"
	  "stacks = ( { name = \"s\"; },\n{ name = \"s\"; } );",
	  "test.cfg:3:", "already the name of the stack" },
	{ "an_unknown_stack_has_a_suggestion",
	  "stacks = ( { name = \"home\"; } );\n" TARGET("stack = \"hom\";"),
	  "test.cfg:4:", "did you mean \"home\"" },
	{ "a_stack_that_nobody_defined_says_where_to_define_it", TARGET("stack = \"home\";"),
	  "test.cfg:3:", "add it to stacks" },
	{ "a_target_of_two_kinds_is_refused",
	  TARGET("http = { url = \"https://a.example.com/\"; };"),
	  "test.cfg:3:", "a target of its own" },
	{ "a_target_of_no_kind_lists_the_kinds", "targets = (\n{ name = \"a\"; } );",
	  "test.cfg:2:", "nothing about how to probe it" },
	{ "an_unknown_kind_has_a_suggestion",
	  "targets = (\n{ name = \"a\";\nhtpp = { url = \"https://a.example.com/\"; }; } );",
	  "test.cfg:3:", "did you mean \"http\"" },
	{ "a_kind_without_its_group_is_told",
	  "targets = ( { name = \"a\";\ntcp = \"127.0.0.1:22\"; } );",
	  "test.cfg:2:", "tcp = { ... };" },
	{ "a_kind_without_its_required_option_is_told",
	  "targets = ( { name = \"a\";\nhttp = { method = \"GET\"; }; } );",
	  "test.cfg:2:", "http needs url" },
	{ "what_a_kind_refuses_is_told_at_the_options_line",
	  "targets = ( { name = \"a\"; http = {\nmethod = \"GET\";\nurl = "
	  "\"ftp://a.example.com/\"; }; } );",
	  "test.cfg:3:", "http.url: " },
	{ "an_address_without_a_port_is_told_at_its_line",
	  "targets = ( { name = \"a\"; tcp = {\naddress = \"127.0.0.1\"; }; } );",
	  "test.cfg:2:", "tcp.address: " },
	{ "a_file_of_certificates_that_is_not_there_is_told",
	  "targets = ( { name = \"a\"; http = { url = \"https://a.example.com/\";\n"
	  "ca_file = \"none.pem\"; }; } );",
	  "test.cfg:2:", "cannot be read" },
	{ "a_network_that_is_none_is_told", TARGET("allow = [ \"10.0.0.0/8\",\n\"10.0.0.0/33\" ];"),
	  "test.cfg:4:", "not a network" },
	{ "a_link_that_is_no_url_is_told", TARGET("link = \"blog.example.com\";"),
	  "test.cfg:3:", "must be a whole URL" },
	{ "a_link_that_would_run_in_the_reader_is_refused",
	  TARGET("link = \"javascript:alert(1)\";"), "test.cfg:3:", "must be a whole URL" },
	/* references */
	{ "a_reference_by_name_is_refused",
	  ONE_TARGET "references = [ \"192.0.2.1:443\",\n\"one.example.com:443\" ];",
	  "test.cfg:3:", "would need the DNS" },
	{ "a_reference_without_a_port_is_refused", ONE_TARGET "references = [ \"192.0.2.1\" ];",
	  "test.cfg:2:", "an address with its port" },
	{ "a_doubled_reference_is_refused",
	  ONE_TARGET "references = [ \"192.0.2.1:443\",\n\"192.0.2.1:443\" ];",
	  "test.cfg:3:", "one voice" },
	/* watchdogs and listener */
	{ "a_watchdog_without_a_token_is_refused",
	  ONE_TARGET "watchdogs = (\n{ name = \"home\"; } );",
	  "test.cfg:3:", "watchdog needs token" },
	{ "a_token_in_the_configuration_is_refused",
	  ONE_TARGET "watchdogs = ( { name = \"home\";\ntoken = \"hunter2\"; } );",
	  "test.cfg:3:", "must not stand in the configuration" },
	{ "a_token_in_an_unset_variable_is_told",
	  ONE_TARGET "watchdogs = ( { name = \"home\";\ntoken = \"env:CONF_TEST_UNSET\"; } );",
	  "test.cfg:3:", "CONF_TEST_UNSET is not set" },
	{ "a_watchdog_called_like_a_target_is_refused",
	  ONE_TARGET "watchdogs = (\n{ name = \"a\"; token = \"env:CONF_TEST_TOKEN\"; } );",
	  "test.cfg:3:", "history follows the name" },
	{ "a_watchdog_without_a_listener_is_refused",
	  ONE_TARGET "listen = { address = \"\"; };\n"
		     "watchdogs = ( { name = \"home\"; token = \"env:CONF_TEST_TOKEN\"; } );",
	  "test.cfg:3:", "set listen.address" },
	/* jobs that report themselves */
	{ "a_ping_without_a_period_is_refused", PING(""), "test.cfg:2:", "ping needs period" },
	{ "a_ping_without_a_token_is_refused",
	  ONE_TARGET "pings = (\n{ name = \"backup\"; period = \"1d\"; } );",
	  "test.cfg:3:", "ping needs token" },
	{ "a_pings_token_in_the_configuration_is_refused",
	  ONE_TARGET "pings = ( { name = \"x\"; period = \"1d\";\ntoken = \"hunter2\"; } );",
	  "test.cfg:3:", "must not stand in the configuration" },
	{ "an_unknown_key_of_a_ping_has_a_suggestion", PING("period = \"1d\";\ngroop = \"x\";"),
	  "test.cfg:4:", "did you mean \"group\"" },
	{ "a_ping_is_not_probed", PING("period = \"1d\";\ninterval = \"60s\";"),
	  "test.cfg:4:", "ping.interval is not known" },
	{ "a_ping_called_like_a_target_is_refused",
	  ONE_TARGET "pings = (\n{ name = \"a\"; period = \"1d\"; token = "
		     "\"env:CONF_TEST_TOKEN\"; } );",
	  "test.cfg:3:", "history follows the name" },
	{ "a_watchdog_called_like_a_ping_is_refused",
	  PING("period = \"1d\";") "watchdogs = (\n{ name = \"backup\"; token = "
				   "\"env:CONF_TEST_OTHER\"; } );",
	  "test.cfg:5:", "history follows the name" },
	{ "a_ping_named_like_one_of_ours_is_refused",
	  ONE_TARGET "pings = (\n{ name = \"witness-x\"; period = \"1d\"; token = "
		     "\"env:CONF_TEST_TOKEN\"; } );",
	  "test.cfg:3:", "are kept for shorewatch's own checks" },
	{ "a_ping_without_a_listener_is_refused",
	  "listen = { address = \"\"; };\n" PING("period = \"1d\";"),
	  "test.cfg:3:", "set listen.address" },
	{ "one_token_for_two_pings_is_refused",
	  ONE_TARGET
	  "pings = ( { name = \"x\"; period = \"1d\"; token = \"env:CONF_TEST_TOKEN\"; },\n"
	  "{ name = \"y\"; period = \"1d\"; token = \"env:CONF_TEST_TOKEN\"; } );",
	  "test.cfg:3:", "opens one job only" },
	{ "one_token_for_a_ping_and_a_watchdog_is_refused",
	  ONE_TARGET
	  "watchdogs = ( { name = \"home\"; token = \"env:CONF_TEST_TOKEN\"; } );\n"
	  "pings = ( { name = \"x\"; period = \"1d\";\ntoken = \"env:CONF_TEST_TOKEN\"; } );",
	  "test.cfg:4:", "could send its beats" },
	{ "a_target_cannot_be_a_ping",
	  "targets = ( { name = \"a\";\nping = { period = \"1d\"; }; } );",
	  "test.cfg:2:", "stands in a list of its own" },
	{ "a_label_without_its_value_is_refused",
	  ONE_TARGET "watchdogs = ( { name = \"home\"; token = \"env:CONF_TEST_TOKEN\";\n"
		     "labels = [ \"cluster\" ]; } );",
	  "test.cfg:3:", "\"cluster=home\"" },
	{ "two_watchdogs_that_hear_the_same_are_refused",
	  ONE_TARGET "watchdogs = ( { name = \"x\"; token = \"env:CONF_TEST_TOKEN\"; },\n"
		     "{ name = \"y\"; hook = \"x\"; token = \"env:CONF_TEST_TOKEN\"; } );",
	  "test.cfg:3:", "same hook, same labels" },
	{ "one_token_for_two_hooks_is_refused",
	  ONE_TARGET "watchdogs = ( { name = \"x\"; token = \"env:CONF_TEST_TOKEN\"; },\n"
		     "{ name = \"y\"; token = \"env:CONF_TEST_TOKEN\"; } );",
	  "test.cfg:3:", "opens one hook only" },
	{ "a_pull_without_anybody_to_ask_is_refused", PULL("interval = \"60s\";"),
	  "test.cfg:3:", "pull needs alertmanager" },
	{ "an_unknown_key_of_pull_has_a_suggestion",
	  PULL("alertmanager = \"https://am.example.com\";\nprometeus = "
	       "\"https://p.example.com\";"),
	  "test.cfg:4:", "did you mean \"prometheus\"" },
	{ "a_pull_url_with_a_password_is_refused",
	  PULL("alertmanager = \"https://me:hunter2@am.example.com\";"),
	  "test.cfg:3:", "without user or password" },
	{ "a_pull_url_that_is_no_url_is_refused", PULL("alertmanager = \"am.example.com\";"),
	  "test.cfg:3:", "alertmanager must be a whole URL" },
	{ "a_pull_slower_than_the_beats_is_refused",
	  PULL("alertmanager = \"https://am.example.com\";\ninterval = \"61s\";"),
	  "test.cfg:4:", "at most the period, which is \"1m\"" },
	{ "a_pull_of_a_stranger_every_five_seconds_is_refused",
	  PULL("alertmanager = \"https://am.example.com\";\ninterval = \"9s\";"),
	  "test.cfg:4:", "from 10s on" },
	{ "a_pull_to_a_network_that_is_none_is_refused",
	  PULL("alertmanager = \"https://am.example.com\";\nallow = \"10.0.0.0/33\";"),
	  "test.cfg:4:", "not a network" },
	{ "a_witness_is_no_target",
	  "targets = ( { name = \"a\";\nalertmanager = { url = \"https://am.example.com\"; }; } );",
	  "test.cfg:2:", "is about a watchdog" },
	{ "a_name_kept_for_witnesses_is_refused",
	  "targets = ( {\nname = \"witness-x\"; tcp = { address = \"127.0.0.1:22\"; }; } );",
	  "test.cfg:2:", "choose another" },
	{ "a_watchdog_with_pull_has_a_shorter_name",
	  ONE_TARGET "watchdogs = ( {\nname = \"abcdefghijklmnopqrstuvwxyz0123456789abcdefg\";\n"
		     "token = \"env:CONF_TEST_TOKEN\"; pull = { alertmanager = "
		     "\"https://am.example.com\"; }; } );",
	  "test.cfg:3:", "at most 42 characters" },
	{ "more_references_than_are_counted_are_refused",
	  ONE_TARGET "references = [ " REFERENCES_33, "test.cfg:2:", "at most 32" },
	/* who we are */
	{ "a_login_without_a_password_is_refused", AUTH("basic = \"me\";"),
	  "test.cfg:2:", "http.auth must be a group" },
	{ "a_login_and_a_token_at_once_are_refused",
	  AUTH("basic = \"me\"; password = \"env:CONF_TEST_TOKEN\"; bearer = "
	       "\"env:CONF_TEST_TOKEN\";"),
	  "test.cfg:2:", "http.auth must be a group" },
	{ "a_user_with_a_colon_is_refused",
	  AUTH("password = \"env:CONF_TEST_TOKEN\";\nbasic = \"me:you\";"),
	  "test.cfg:3:", "without a colon" },
	{ "a_password_in_auth_is_not_repeated", AUTH("\nbearer = \"hunter2\";"),
	  "test.cfg:3:", "must not stand in the configuration" },
	{ "an_unknown_key_of_auth_has_a_suggestion",
	  AUTH("bearer = \"env:CONF_TEST_TOKEN\";\nbeerer = \"x\";"),
	  "test.cfg:3:", "http.auth.beerer is not known to this version; did you mean \"bearer\"" },
	/* keys of later versions say what to do now */
	{ "quiet_hours_are_written_by_the_clock",
	  ONE_TARGET
	  "mail = { to = ( { address = \"a@example.com\";\nquiet = \"at night\"; } ); };",
	  "test.cfg:3:", "is no day of the week" },
	{ "a_channel_has_no_address_for_a_name",
	  ONE_TARGET "channels = ( {\nname = \"a@example.com\"; ntfy = { url = "
		     "\"https://ntfy.example/a\"; }; } );",
	  "test.cfg:3:", "must be 1 to 63 of" },
	{ "channels_stand_in_the_main_list",
	  ONE_TARGET "channels = { name = \"phone\"; };", "test.cfg:2:", "round brackets" },
	{ "a_weekly_summary_needs_a_time", ONE_TARGET "mail = { weekly = \"Mon\"; };",
	  "test.cfg:2:", "write such as \"Mon 09:00\"" },
	{ "a_weekly_summary_needs_a_day", ONE_TARGET "mail = { weekly = \"Mondey 09:00\"; };",
	  "test.cfg:2:", "did you mean \"Mon\"?" },
	{ "a_weekly_summary_comes_once_a_week", ONE_TARGET "mail = { weekly = \"daily 09:00\"; };",
	  "test.cfg:2:", "write such as \"Mon 09:00\"" },
	{ "a_weekly_summary_has_no_end", ONE_TARGET "mail = { weekly = \"Mon 09:00-10:00\"; };",
	  "test.cfg:2:", "mail.weekly" },
	{ "a_frame_with_a_path_is_refused",
	  ONE_TARGET "page = { frame_ancestors = [ \"https://a.example/x\" ]; };", "test.cfg:2:",
	  "frame_ancestors: \"https://a.example/x\" must be" },
	{ "a_frame_that_would_end_the_header_is_refused",
	  ONE_TARGET "page = { frame_ancestors = [ \"https://a.example; x\" ]; };", "test.cfg:2:",
	  "must be \"self\" or a site" },
	{ "a_language_that_is_not_ours_is_refused",
	  ONE_TARGET "page = { languages = [ \"en\", \"de\" ]; };", "test.cfg:2:",
	  "languages: \"de\" must be one of en, ja" },
	{ "the_page_is_written_in_its_own_language",
	  ONE_TARGET "page = { languages = [ \"ja\" ]; };", "test.cfg:2:",
	  "\"en\" is missing, the language of index.html" },
	{ "a_name_server_by_name_is_refused",
	  "targets = ( { name = \"a\";\ndns = { name = \"a.test\"; server = \"ns.test\"; }; } );",
	  "test.cfg:2:", "write an address" },
	{ "a_ping_has_no_port",
	  "targets = ( { name = \"a\";\nicmp = { address = \"192.0.2.1:7\"; }; } );",
	  "test.cfg:2:", "without a port" },
	{ "starttls_says_its_own_words",
	  "targets = ( { name = \"a\";\ntcp = { address = \"a.test:25\"; starttls = \"smtp\"; "
	  "expect = \"220\"; }; } );",
	  "test.cfg:2:", "take send and expect away" },
	{ "the_listeners_own_tls_comes_later", ONE_TARGET "listen = { tls_cert = \"a.pem\"; };",
	  "test.cfg:2:", "put a proxy with TLS before it" },
	{ "an_address_has_not_both_families", TARGET("family = \"both\";"), "test.cfg:3:",
	  "one family only" },
	/* this watcher */
	{ "a_heartbeat_that_is_no_url_is_refused", ONE_TARGET "heartbeat_url = \"hc.example.org\";",
	  "test.cfg:2:", "heartbeat_url must be a whole URL" },
	{ "a_canary_needs_a_relay", ONE_TARGET "\n" CANARY(TO IMAP LOGIN), "test.cfg:3:",
	  "canary needs mail.relays" },
	{ "a_canary_needs_an_address", RELAYED CANARY("to = \"c\"; " IMAP LOGIN), "test.cfg:3:",
	  "canary.to: \"c\" must be a plain address" },
	{ "a_canary_needs_a_mailbox", RELAYED CANARY(TO LOGIN), "test.cfg:3:", "imap" },
	{ "a_canary_needs_a_login", RELAYED CANARY(TO IMAP "user = \"c\"; "), "test.cfg:3:",
	  "password" },
	{ "a_canary_is_read_over_imap",
	  RELAYED CANARY(TO LOGIN "imap = \"pop3s://i.example.net\";"), "test.cfg:3:",
	  "canary.imap must be imaps://host" },
	{ "a_canarys_password_is_no_part_of_its_url",
	  RELAYED CANARY(TO LOGIN "imap = \"imaps://c:x@i.example.net\";"), "test.cfg:3:",
	  "must not hold a user or password" },
	{ "a_canarys_folder_is_no_part_of_its_url",
	  RELAYED CANARY(TO LOGIN "imap = \"imaps://i.example.net/INBOX\";"), "test.cfg:3:",
	  "canary.imap ends after host and port" },
	{ "a_canary_is_sent_once_a_day", RELAYED CANARY(TO IMAP LOGIN "at = \"Mon 06:40\";"),
	  "test.cfg:3:", "canary.at: \"Mon 06:40\" must be a time by the clock" },
	{ "a_canary_has_an_hour_of_the_day", RELAYED CANARY(TO IMAP LOGIN "at = \"24:00\";"),
	  "test.cfg:3:", "canary.at: \"24:00\"" },
	{ "a_canary_comes_within_hours", RELAYED CANARY(TO IMAP LOGIN "within = \"2d\";"),
	  "test.cfg:3:", "within" },
	{ "a_canarys_folder_is_ascii",
	  RELAYED CANARY(TO IMAP LOGIN "folder = \"Entw\xc3\xbcrfe\";"), "test.cfg:3:",
	  "canary.folder must be a name of plain ASCII" },
	{ "an_unknown_key_of_a_canary_is_told", RELAYED CANARY(TO IMAP LOGIN "usr = \"c\";"),
	  "test.cfg:3:", "usr" },
	{ "an_unknown_subject_lists_the_known_ones", ONE_TARGET "mail = { subject = \"short\"; };",
	  "test.cfg:2:", "\"fact\", \"stable\"" },
	{ "a_state_dir_below_a_file_is_refused", ONE_TARGET "state_dir = \"/dev/null/x/y\";",
	  "test.cfg:2:", "/dev/null is a file" },
	{ "a_state_dir_of_the_kernel_is_refused", ONE_TARGET "state_dir = \"/proc/self/x\";",
	  "test.cfg:2:", "belongs to the kernel (/proc)" },
	{ "a_listener_by_name_is_refused",
	  ONE_TARGET "listen = {\naddress = \"localhost:8080\"; };",
	  "test.cfg:3:", "\"127.0.0.1:8080\"" },
	{ "a_page_url_with_a_password_is_refused",
	  ONE_TARGET "page = { url = \"https://me:hunter2@status.example.com/\"; };",
	  "test.cfg:2:", "without user or password" },
	{ "more_days_than_are_kept_are_refused", ONE_TARGET "page = {\ndays = 91; };",
	  "test.cfg:3:", "give 1 to 90" },
	/* mail */
	{ "a_relay_without_a_sender_is_refused",
	  ONE_TARGET "mail = { to = \"b@example.com\"; relays = ( { url = "
		     "\"smtps://mail.example.com\"; } ); };",
	  "test.cfg:2:", "mail needs from" },
	{ "a_relay_without_a_recipient_is_refused",
	  ONE_TARGET "mail = { from = \"b@example.com\"; relays = ( { url = "
		     "\"smtps://mail.example.com\"; } ); };",
	  "test.cfg:2:", "mail needs to" },
	{ "a_recipient_with_a_line_break_is_refused",
	  ONE_TARGET "mail = { to = [ \"a@example.com\",\n\"b@example.com\\r\\nRSET\" ]; };",
	  "test.cfg:3:", "without spaces, brackets or line breaks" },
	{ "a_recipient_with_a_space_is_refused", ONE_TARGET "mail = { to = \"a b@example.com\"; };",
	  "test.cfg:2:", "a plain address" },
	{ "a_recipient_with_brackets_is_refused",
	  ONE_TARGET "mail = { to = \"<b@example.com>\"; };", "test.cfg:2:", "a plain address" },
	{ "a_recipient_in_a_group_is_judged_as_well",
	  ONE_TARGET "mail = { to = ( {\naddress = \"b@\"; } ); };",
	  "test.cfg:3:", "a plain address" },
	{ "a_doubled_recipient_is_told",
	  ONE_TARGET "mail = { to = [ \"b@example.com\",\n\"B@example.com\" ]; };",
	  "test.cfg:3:", "stands twice" },
	{ "a_sender_without_an_address_is_refused", ONE_TARGET "mail = {\nfrom = \"Watch\"; };",
	  "test.cfg:3:", "Name <local@domain>" },
	{ "a_sender_with_a_line_break_is_refused",
	  ONE_TARGET "mail = {\nfrom = \"W\\nBcc: x <a@example.com>\"; };",
	  "test.cfg:3:", "Name <local@domain>" },
	{ "repeats_must_grow", ONE_TARGET "mail = { repeat = [ \"1h\",\n\"1h\" ]; };",
	  "test.cfg:3:", "longer than the one before" },
	{ "a_relay_without_tls_elsewhere_is_refused",
	  RELAY("{ url = \"smtp://mail.example.com:25\";\nstarttls = \"never\"; }"),
	  "test.cfg:5:", "only for a relay on loopback" },
	{ "starttls_beside_smtps_is_refused",
	  RELAY("{ url = \"smtps://mail.example.com\";\nstarttls = \"required\"; }"),
	  "test.cfg:5:", "encrypted from its first byte" },
	{ "a_relay_of_another_scheme_is_refused", RELAY("{ url = \"https://mail.example.com\"; }"),
	  "test.cfg:4:", "smtps://host[:465]" },
	{ "a_password_in_a_relays_url_is_refused",
	  RELAY("{ url = \"smtps://me:hunter2@mail.example.com\"; }"),
	  "test.cfg:4:", "must not hold a user or password" },
	{ "a_relay_with_a_path_is_refused", RELAY("{ url = \"smtps://mail.example.com/x\"; }"),
	  "test.cfg:4:", "remove what follows" },
	{ "a_username_without_a_password_is_told",
	  RELAY("{ url = \"smtps://mail.example.com\"; username = \"me\"; }"),
	  "test.cfg:4:", "username needs password" },
	{ "a_relay_port_beyond_65535_is_refused",
	  RELAY("{ url = \"smtps://mail.example.com:70000\"; }"),
	  "test.cfg:4:", "smtps://host[:465]" },
};

#define BROKENS (sizeof brokens / sizeof brokens[0])

/* The fixture hands the lab over; the case comes from the table by its place in it. */
struct case_state {
	const struct broken *broken;
	void *lab;
};

static int case_open(void **state)
{
	struct case_state *s = *state;

	return lab_open(&s->lab);
}

static int case_close(void **state)
{
	struct case_state *s = *state;

	return lab_close(&s->lab);
}

static void one_fault_at_its_line_with_advice(void **state)
{
	const struct case_state *s = *state;
	struct lab *lab = s->lab;

	assert_null(lab_load_text(lab, s->broken->text));
	lab_expect_faults(lab, 1);
	lab_expect_told(lab, s->broken->place);
	lab_expect_told(lab, s->broken->advice);
	lab_expect_untold(lab, "hunter2");
}

int main(void)
{
	struct CMUnitTest tests[BROKENS];
	struct case_state states[BROKENS];

	if (setenv("CONF_TEST_TOKEN", "0123456789abcdef0123456789abcdef", 1) != 0 ||
	    setenv("CONF_TEST_OTHER", "fedcba9876543210fedcba9876543210", 1) != 0)
		return 1;
	for (size_t i = 0; i < BROKENS; i++) {
		states[i] = (struct case_state){ &brokens[i], NULL };
		tests[i] = (struct CMUnitTest){ brokens[i].name, one_fault_at_its_line_with_advice,
						case_open, case_close, &states[i] };
	}
	return cmocka_run_group_tests_name("conf.faults", tests, NULL, NULL);
}
