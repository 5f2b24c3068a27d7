/*
 * tls.c - a TLS handshake with any server that speaks TLS from the first byte,
 * and the certificate it shows.
 */
#include <stddef.h>

#include "fault.h"
#include "secure.h"
#include "shorewatch/probe.h"

struct tls_params {
	const char *address, *server_name, *ca_file;
};

static const struct option tls_options[] = {
	{ .name = "address",
	  .type = OPTION_STRING,
	  .offset = offsetof(struct tls_params, address),
	  .is_required = true,
	  .help = "where to connect, host:port or [v6]:port" },
	{ .name = "server_name",
	  .type = OPTION_STRING,
	  .offset = offsetof(struct tls_params, server_name),
	  .help = "whom the certificate must be for, and who is asked for; without it the host" },
	{ .name = "ca_file",
	  .type = OPTION_PATH,
	  .offset = offsetof(struct tls_params, ca_file),
	  .help = "believe these authorities (PEM) instead of the system's" },
	{ .name = NULL },
};

static bool tls_check(void *ctx, struct option_fault *fault)
{
	const struct tls_params *params = ctx;
	char host[SECURE_HOST_MAX];
	const char *wrong;
	uint16_t port;

	if (!address_split(params->address, host, sizeof(host), &port))
		return fault_say(fault, "address",
				 "write host:port or [v6]:port, such as \"mail.example.com:993\"");
	wrong = params->server_name != NULL ? secure_name_fault(params->server_name) : NULL;
	if (wrong != NULL)
		return fault_say(fault, "server_name", wrong);
	wrong = params->server_name == NULL ? secure_name_fault(host) : NULL;
	return wrong == NULL || fault_say(fault, "address", wrong);
}

static const char *tls_endpoint(const void *params)
{
	return ((const struct tls_params *)params)->address;
}

static void tls_start(struct probe_run *run)
{
	const struct tls_params *params = run->params;
	const struct secure_spec spec = { .address = params->address,
					  .server_name = params->server_name,
					  .ca_file = params->ca_file };

	secure_start(run->scratch, run, &spec);
}

static void tls_cancel(struct probe_run *run)
{
	secure_cancel(run->scratch);
}

const struct probe_kind probe_tls = {
	.name = "tls",
	.summary = "a TLS handshake, and the certificate that is shown",
	.options = tls_options,
	.params_bytes = sizeof(struct tls_params),
	.scratch_bytes = sizeof(struct secure),
	.check = tls_check,
	.endpoint = tls_endpoint,
	.start = tls_start,
	.cancel = tls_cancel,
};
