/*
 * dns.c - what a name server answers for one name and type.
 *
 * A server that is named in the configuration is what is watched: all that it
 * says or does not say is its own. Without one our resolvers are asked for the
 * zone, and their silence is ours. Only records count as an answer of what is
 * behind the name: an error tells that a name server lives, nothing more.
 */
#include <stdio.h>
#include <string.h>

#include "dns_expect.h"
#include "fault.h"
#include "proof.h"
#include "shorewatch/io.h"
#include "shorewatch/probe.h"

#define DNS_PORT     53
#define ENDPOINT_MAX 360

struct dns_params {
	const char *name, *server;
	int type; /* enum io_record */
	struct strings expect;

	/* by dns_check(), from the above */
	struct address at; /* FAMILY_ANY: our resolvers */
	char endpoint[ENDPOINT_MAX];
};

static const char *const types[] = {
	[IO_RECORD_A] = "A",	 [IO_RECORD_AAAA] = "AAAA",
	[IO_RECORD_MX] = "MX",	 [IO_RECORD_NS] = "NS",
	[IO_RECORD_TXT] = "TXT", [IO_RECORD_CNAME] = "CNAME",
	[IO_RECORD_SOA] = "SOA", [IO_RECORD_CAA] = "CAA",
	[IO_RECORD_SRV] = "SRV", NULL,
};

static const struct option dns_options[] = {
	{ .name = "name",
	  .type = OPTION_STRING,
	  .offset = offsetof(struct dns_params, name),
	  .is_required = true,
	  .help = "the name that is asked for" },
	{ .name = "type",
	  .type = OPTION_WORD,
	  .offset = offsetof(struct dns_params, type),
	  .fallback = "A",
	  .words = types,
	  .help = "of the records" },
	{ .name = "server",
	  .type = OPTION_STRING,
	  .offset = offsetof(struct dns_params, server),
	  .help = "address[:port] of the name server to ask; without it our resolvers are asked" },
	{ .name = "expect",
	  .type = OPTION_STRINGS,
	  .offset = offsetof(struct dns_params, expect),
	  .help = "each must be among the answers, as in a zone file; one word of it is enough" },
	{ .name = NULL },
};

/* ---- what the configuration says ---- */

/* RFC 1035 2.3.4. Underscores are common (SRV, DKIM), and "*" is a name of its own. */
static bool is_name(const char *name)
{
	size_t label = 0, n = strlen(name);

	if (n == 0 || n > 253)
		return false;
	for (const char *c = name; *c != '\0'; c++) {
		if (*c <= ' ' || *c >= 0x7f || strchr("\\\"/:@", *c) != NULL)
			return false;
		label = *c == '.' ? 0 : label + 1;
		if (label > 63 || (*c == '.' && (c == name || c[-1] == '.')))
			return false;
	}
	return true;
}

static bool server_read(const char *text, struct address *ret)
{
	char host[64];
	uint16_t port;

	return address_parse_host(text, DNS_PORT, ret) ||
	       (address_split(text, host, sizeof(host), &port) &&
		address_parse_host(host, port, ret));
}

/* As RFC 4501 writes it. */
static void endpoint_print(struct dns_params *params)
{
	char server[ADDRESS_TEXT_MAX];

	address_print(&params->at, server);
	(void)snprintf(params->endpoint, sizeof(params->endpoint), "dns://%s/%s?type=%s",
		       params->server != NULL ? server : "", params->name, types[params->type]);
}

static bool dns_check(void *ctx, struct option_fault *fault)
{
	struct dns_params *params = ctx;
	struct address literal;

	if (address_parse_host(params->name, 0, &literal))
		return fault_say(fault, "name",
				 "is an address; a name is asked for, such as \"example.com\"");
	if (!is_name(params->name))
		return fault_say(fault, "name",
				 "write a name, such as \"_imaps._tcp.example.com\"");
	if (params->server != NULL && !server_read(params->server, &params->at))
		return fault_say(
			fault, "server",
			"write an address, such as \"192.0.2.53\" or \"[2001:db8::53]:53\"; "
			"a name would have to be asked for itself");
	endpoint_print(params);
	return dns_expect_check(&params->expect, (enum io_record)params->type, fault);
}

static const char *dns_endpoint(const void *params)
{
	return ((const struct dns_params *)params)->endpoint;
}

/* ---- the answer ---- */

/* "MX: no such record", "the server says REFUSED". */
static void denial_note(struct probe_run *run, enum cause cause, const char *note)
{
	const struct dns_params *params = run->params;
	char text[NOTE_MAX];

	if (note[0] != '\0')
		(void)snprintf(text, sizeof(text), "the server says %.60s", note);
	else if (cause == CAUSE_NODATA)
		(void)snprintf(text, sizeof(text), "there is no %s record", types[params->type]);
	else
		return;
	probe_run_note(run, text);
}

/* Who was asked, and what he said. */
static void prove(struct probe_run *run, const struct io_lookup_result *result)
{
	const struct dns_params *params = run->params;
	const struct io_answer answer = { .cause = result->cause };
	struct evidence *evidence;

	proof_answer(run, params->name, &answer);
	evidence = run->evidence;
	if (evidence == NULL)
		return;
	if (params->server != NULL) {
		evidence->words[0] = (struct io_word){ params->at, result->cause };
		evidence->words_n = 1;
		evidence->is_each_asked = true;
	}
	for (size_t i = 0; i < result->n; i++)
		proof_header(evidence, types[params->type], result->texts[i]);
}

static void answer_judge(struct probe_run *run, const struct io_lookup_result *result)
{
	const struct dns_params *params = run->params;
	const struct dns_answers answers = { .texts = result->texts,
					     .n = result->n,
					     .record = (enum io_record)params->type };
	enum cause cause = CAUSE_PASS;
	char note[NOTE_MAX];

	if (!dns_expect_is_met(&params->expect, &answers, note)) {
		probe_run_note(run, note);
		cause = result->is_cut ? CAUSE_CUT : CAUSE_MISMATCH;
		prove(run, result);
	}
	run->seen.is_reached = true;
	probe_run_finish(run, (struct outcome){ PHASE_DNS, cause });
}

struct dns_run {
	struct io_lookup *lookup;
};

static void on_done(void *ctx, const struct io_lookup_result *result)
{
	struct probe_run *run = ctx;
	struct dns_run *dns = run->scratch;

	dns->lookup = NULL;
	if (result->cause == CAUSE_PASS) {
		answer_judge(run, result);
		return;
	}
	denial_note(run, result->cause, result->note);
	prove(run, result);
	probe_run_finish(run, (struct outcome){ PHASE_DNS, result->cause });
}

static void dns_start(struct probe_run *run)
{
	const struct dns_params *params = run->params;
	struct dns_run *dns = run->scratch;
	const struct io_lookup_spec spec = { .name = params->name,
					     .record = (enum io_record)params->type,
					     .server = params->at,
					     .on_done = on_done,
					     .ctx = run };
	struct io_lookup *lookup;

	run->seen.address = params->at;
	if (params->at.family != FAMILY_ANY)
		run->overdue = CAUSE_TIMEOUT;
	lookup = io_lookup_start(run->io, &spec);
	/* NULL: on_done has been here. */
	if (lookup != NULL)
		dns->lookup = lookup;
}

static void dns_cancel(struct probe_run *run)
{
	struct dns_run *dns = run->scratch;

	if (io_lookup_denial(dns->lookup) != CAUSE_PASS)
		run->overdue = io_lookup_denial(dns->lookup);
	prove(run, &(struct io_lookup_result){
			   .cause = run->overdue != CAUSE_PASS ? run->overdue : CAUSE_RESOLVER });
	io_lookup_cancel(dns->lookup);
}

const struct probe_kind probe_dns = {
	.name = "dns",
	.summary = "records of a name, asked of one name server or of our resolvers",
	.options = dns_options,
	.params_bytes = sizeof(struct dns_params),
	.scratch_bytes = sizeof(struct dns_run),
	.check = dns_check,
	.endpoint = dns_endpoint,
	.start = dns_start,
	.cancel = dns_cancel,
};
