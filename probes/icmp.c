/*
 * icmp.c - one echo, there and back.
 *
 * It says that a machine and the way to it are alive, and nothing of what runs
 * on it; many networks drop echoes. An answer is the connection here: without
 * one the run ends in PHASE_CONNECT.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "proof.h"
#include "http_url.h"
#include "shorewatch/io.h"
#include "shorewatch/plan.h"
#include "shorewatch/probe.h"
#include "tries.h"
#include "vet.h"

#define FORBIDDEN_NOTE                                                                             \
	"echoes are forbidden to our group: allow it in net.ipv4.ping_group_range (sysctl)"

struct icmp_params {
	const char *address;
};

struct icmp_run {
	struct io_query *query;
	struct io_echo *echo;
	struct tries tries;
};

static const struct option icmp_options[] = {
	{ .name = "address",
	  .type = OPTION_STRING,
	  .offset = offsetof(struct icmp_params, address),
	  .is_required = true,
	  .help = "a name or an address; the sysctl net.ipv4.ping_group_range must allow our "
		  "group" },
	{ .name = NULL },
};

static bool icmp_check(void *ctx, struct option_fault *fault)
{
	const struct icmp_params *params = ctx;
	char text[URL_HOST_MAX + 16];
	struct address address;
	struct url url;

	if (address_parse_host(params->address, 0, &address))
		return true;
	if ((size_t)snprintf(text, sizeof(text), "http://%s/", params->address) >= sizeof(text) ||
	    url_read(text, &url) != NULL || strpbrk(params->address, "/?#:@[]") != NULL)
		return fault_say(fault, "address",
				 "write a host name or an address, without a port");
	return true;
}

static const char *icmp_endpoint(const void *params)
{
	return ((const struct icmp_params *)params)->address;
}

static void icmp_send(struct probe_run *run);

static void on_done(void *ctx, enum cause cause, const char *note)
{
	struct probe_run *run = ctx;
	struct icmp_run *icmp = run->scratch;

	icmp->echo = NULL;
	run->seen.is_reached = cause == CAUSE_PASS;
	if (cause == CAUSE_LOCAL && strcmp(note, "EACCES") == 0) {
		probe_run_note(run, FORBIDDEN_NOTE);
	} else if (cause != CAUSE_PASS && tries_go_on(&icmp->tries, run, &cause, note)) {
		icmp_send(run);
		return;
	}
	if (cause != CAUSE_PASS)
		proof_tries(run, ((const struct icmp_params *)run->params)->address, &icmp->tries);
	probe_run_finish(run, (struct outcome){ PHASE_CONNECT, cause });
}

static void icmp_send(struct probe_run *run)
{
	const struct icmp_params *params = run->params;
	struct icmp_run *icmp = run->scratch;
	const struct address *address = tries_address(&icmp->tries);
	const struct io_echo_spec spec = { .address = *address, .on_done = on_done, .ctx = run };
	struct io_echo *echo;

	run->seen.address = *address;
	if (!vet_is_given(params->address) && !vet_allows(run->target, address)) {
		vet_note(run, address);
		probe_run_finish(run, (struct outcome){ PHASE_DNS, CAUSE_FORBIDDEN });
		return;
	}
	probe_run_enter(run, PHASE_CONNECT);
	run->overdue = CAUSE_SILENT; /* nothing was connected that could time out */
	echo = io_echo_start(run->io, &spec);
	/* NULL: on_done has been here, and perhaps the next address is on its way. */
	if (echo != NULL)
		icmp->echo = echo;
}

static void on_answer(void *ctx, const struct io_answer *answer)
{
	struct probe_run *run = ctx;
	struct icmp_run *icmp = run->scratch;

	icmp->query = NULL;
	if (answer->is_remembered)
		probe_run_note(run, "no resolver answers; the last good address was used");
	if (answer->cause != CAUSE_PASS) {
		proof_answer(run, ((const struct icmp_params *)run->params)->address, answer);
		probe_run_finish(run, (struct outcome){ PHASE_DNS, answer->cause });
		return;
	}
	tries_begin(&icmp->tries, NULL, answer);
	icmp_send(run);
}

static void icmp_start(struct probe_run *run)
{
	const struct icmp_params *params = run->params;
	struct icmp_run *icmp = run->scratch;

	icmp->query = io_resolve_turn(run->io, params->address, 0, run->target->family,
				      tries_turn(run), on_answer, run);
}

static void icmp_cancel(struct probe_run *run)
{
	struct icmp_run *icmp = run->scratch;

	io_query_cancel(icmp->query);
	io_echo_cancel(icmp->echo);
	if (run->phase != PHASE_CONNECT)
		return;
	if (icmp->tries.at == 0)
		probe_run_note(run, "no echo came back");
	tries_give_up(&icmp->tries, run);
	proof_tries(run, ((const struct icmp_params *)run->params)->address, &icmp->tries);
}

const struct probe_kind probe_icmp = {
	.name = "icmp",
	.summary = "an echo (ping): the machine and the way to it, not what runs there",
	.options = icmp_options,
	.params_bytes = sizeof(struct icmp_params),
	.scratch_bytes = sizeof(struct icmp_run),
	.check = icmp_check,
	.endpoint = icmp_endpoint,
	.start = icmp_start,
	.cancel = icmp_cancel,
};
