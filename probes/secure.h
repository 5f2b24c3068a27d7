/*
 * secure.h - one TLS handshake for the kinds that want nothing but that: tls,
 * and tcp with STARTTLS.
 */
#ifndef PROBES_SECURE_H
#define PROBES_SECURE_H

#include "shorewatch/io.h"
#include "tries.h"

struct probe_run;

#define SECURE_HOST_MAX 256

struct secure_spec {
	const char *address;	 /* "host:port", checked */
	const char *server_name; /* NULL: the host */
	const char *ca_file;	 /* NULL: the system's */
	enum io_starttls starttls;
};

struct secure {
	struct probe_run *run;
	struct secure_spec spec;
	struct io_query *query;
	struct io_exchange *exchange;
	struct nameless *nameless;
	struct tries tries;
	char host[SECURE_HOST_MAX];
	uint16_t port;
};

/* Finishes the run. `secure` lies in its scratch, zeroed. */
void secure_start(struct secure *secure, struct probe_run *run, const struct secure_spec *spec);
void secure_cancel(struct secure *secure);
/* Can a certificate be for it, and TLS ask for it? NULL: yes; else what is wrong, static text. */
const char *secure_name_fault(const char *server_name);

#endif
