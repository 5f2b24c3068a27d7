/*
 * tls_lab.h - a site with a certificate of a test authority, for the kinds
 * that shake hands in TLS.
 */
#ifndef TESTS_PROBES_TLS_LAB_H
#define TESTS_PROBES_TLS_LAB_H

#include "probes/lab.h"

#include <unistd.h>

#include "io/certs.h"

struct site {
	struct cert ca, leaf;
	struct tls_peer tls;
	struct peer peer;
	char ca_file[64], address[80];
};

static inline void site_says_nothing(struct peer *peer, SSL *ssl)
{
	char byte;

	(void)peer;
	(void)SSL_read(ssl, &byte, 1); /* until the far side goes */
}

/* A certificate for `alt_name`, good until `until_s` from now; `serve` shows it. */
static inline void site_start(struct site *site, const char *alt_name, long until_s,
			      void (*serve)(struct peer *peer, int client))
{
	*site = (struct site){ .ca = cert_make("ca", NULL, NULL, -86400L, 86400L * 30) };
	site->leaf = cert_make("leaf", alt_name, &site->ca, -86400L * 2, until_s);
	site->tls = (struct tls_peer){ .cert = &site->leaf, .talk = site_says_nothing };
	site->peer.ctx = &site->tls;
	cert_write(&site->ca, site->ca_file);
	peer_start(&site->peer, serve);
	(void)snprintf(site->address, sizeof(site->address), "127.0.0.1:%u", site->peer.port);
}

static inline void site_stop(struct site *site)
{
	peer_stop(&site->peer);
	unlink(site->ca_file);
	cert_free(&site->leaf);
	cert_free(&site->ca);
}

/* Where the rows of `kind` say that a field is. */
static inline void *site_field(const struct probe_kind *kind, void *params, const char *name)
{
	const struct option *row = kind->options;

	while (strcmp(row->name, name) != 0)
		row++;
	return (char *)params + row->offset;
}

static inline void site_set(const struct probe_kind *kind, void *params, const char *name,
			    const char *value)
{
	*(const char **)site_field(kind, params, name) = value;
}

#endif
