/*
 * witness_lab.h - one question to a witness on loopback that says what a
 * captured answer says.
 */
#ifndef TESTS_PROBES_WITNESS_LAB_H
#define TESTS_PROBES_WITNESS_LAB_H

#include "probes/lab.h"

#include <stdio.h>

#include "../../../probes/witness.h"

#define FIXTURE_MAX (64 * 1024)

struct said {
	const char *head; /* status line and headers, without Content-Length; ends in CRLF */
	const char *body;
	size_t chunk; /* 0: with Content-Length, else in chunks of so many bytes */
};

static inline const char *fixture(const char *name, char text[FIXTURE_MAX])
{
	char path[256];
	FILE *file;
	size_t n;

	(void)snprintf(path, sizeof(path), SOURCE_DIR "/tests/fixtures/alertmanager/%s.json", name);
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("no fixture %s", path);
	n = fread(text, 1, FIXTURE_MAX - 1, file);
	(void)fclose(file);
	text[n] = '\0';
	return text;
}

static inline void witness_says(struct peer *peer, int client)
{
	const struct said *said = peer->ctx;
	size_t n = strlen(said->body);
	char line[64];

	if (!peer_read_head(peer, client) || !peer_write(client, said->head))
		return;
	if (said->chunk == 0) {
		(void)snprintf(line, sizeof(line), "Content-Length: %zu\r\n\r\n", n);
		(void)(peer_write(client, line) && peer_write(client, said->body));
		return;
	}
	(void)peer_write(client, "Transfer-Encoding: chunked\r\n\r\n");
	for (size_t at = 0; at < n; at += said->chunk) {
		size_t piece = n - at < said->chunk ? n - at : said->chunk;

		(void)snprintf(line, sizeof(line), "%zx\r\n", piece);
		if (!peer_write(client, line) ||
		    !peer_write_bytes(client, said->body + at, piece) ||
		    !peer_write(client, "\r\n"))
			return;
	}
	(void)peer_write(client, "0\r\n\r\n");
}

/* `heard`, when not NULL, receives the request. */
static inline struct observation witness_probe(const char *kind, struct said said,
					       struct witness_params params, char *heard)
{
	struct peer peer = { .ctx = &said };
	struct observation seen;
	char url[200];

	peer_start(&peer, witness_says);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", peer.port,
		       params.url ? params.url : "");
	params.url = url;
	seen = lab_run(probe_kind_find(kind), &params, (struct target_plan){ 0 }, "");
	peer_stop(&peer);
	if (heard != NULL)
		memcpy(heard, peer.heard, peer.heard_n + 1);
	return seen;
}

static inline usec_t seconds(double s)
{
	return (usec_t)(s * (double)USEC_PER_SEC);
}

#endif
