/*
 * zone.h - a name server for tests: rows of records, over UDP and TCP on one
 * port of loopback. The first label of a name may order something else:
 * silent, nx, servfail, refused, cut (TC over UDP), liar (another id), wrong
 * (another question), garbage.
 */
#ifndef TESTS_IO_ZONE_H
#define TESTS_IO_ZONE_H

#include "io/peer.h"

struct zone_row {
	const char *name; /* "a.test" */
	unsigned type;
	const char *data; /* as on the wire */
	size_t n;
};

#define ZONE_ROW(name, type, data)                                                                 \
	{                                                                                          \
		name, type, data, sizeof(data) - 1                                                 \
	}

struct zone {
	const struct zone_row *rows; /* ends with a row without a name */
	int udp, tcp;
	uint16_t port;
	char at[32]; /* "127.0.0.1:port" */
	pthread_t udp_thread, tcp_thread;
	unsigned asked_udp, asked_tcp;
	bool has_seen_rd; /* every question had it */
	unsigned missing; /* the rcode of a name without any row; after zone_start() */
	uint16_t last_id;
};

struct message {
	unsigned char bytes[65536];
	size_t n;
};

static inline void message_put(struct message *m, const void *bytes, size_t n)
{
	assert(m->n + n <= sizeof(m->bytes));
	memcpy(m->bytes + m->n, bytes, n);
	m->n += n;
}

static inline void zone_answer(struct message *reply, const struct zone_row *row)
{
	const unsigned char head[] = {
		0xc0, 0x0c, (unsigned char)(row->type >> 8), (unsigned char)row->type, 0, 1, 0, 0,
		0,    60,   (unsigned char)(row->n >> 8),    (unsigned char)row->n
	};

	message_put(reply, head, sizeof(head));
	message_put(reply, row->data, row->n);
	reply->bytes[7]++;
}

/* The name in the question with dots; returns where its type stands. */
static inline size_t zone_name(const struct message *m, char name[256])
{
	size_t at = 12, n = 0;

	while (m->bytes[at] != 0) {
		if (n > 0)
			name[n++] = '.';
		memcpy(name + n, m->bytes + at + 1, m->bytes[at]);
		n += m->bytes[at];
		at += m->bytes[at] + 1u;
	}
	name[n] = '\0';
	return at + 1;
}

static inline bool zone_orders(const char *name, const char *label)
{
	return strncmp(name, label, strlen(label)) == 0 && name[strlen(label)] == '.';
}

static inline bool zone_has(const struct zone *zone, const char *name)
{
	for (const struct zone_row *row = zone->rows; row->name != NULL; row++) {
		if (strcasecmp(row->name, name) == 0)
			return true;
	}
	return false;
}

/* Makes the question the reply. False: say nothing. */
static inline bool zone_reply(struct zone *zone, struct message *m, bool is_udp)
{
	char name[256];
	size_t type_at;
	unsigned type;

	if (m->n < 17)
		return false;
	zone->has_seen_rd = zone->has_seen_rd && (m->bytes[2] & 1) != 0;
	zone->last_id = (uint16_t)(m->bytes[0] << 8 | m->bytes[1]);
	type_at = zone_name(m, name);
	type = (unsigned)m->bytes[type_at] << 8 | m->bytes[type_at + 1];
	m->n = type_at + 4;
	memset(m->bytes + 6, 0, 6);
	m->bytes[2] = 0x81;
	m->bytes[3] = (unsigned char)(0x80 | (zone_orders(name, "nx")	      ? 3
					      : zone_orders(name, "servfail") ? 2
					      : zone_orders(name, "refused")  ? 5
					      : zone_has(zone, name)	      ? 0
									      : zone->missing));
	for (const struct zone_row *row = zone->rows; row->name != NULL; row++) {
		if (strcasecmp(row->name, name) == 0 && row->type == type)
			zone_answer(m, row);
	}
	if (zone_orders(name, "garbage"))
		memset(m->bytes + type_at + 4, 0xff, m->n - type_at - 4);
	if (zone_orders(name, "liar"))
		m->bytes[1] ^= 0xff;
	if (zone_orders(name, "wrong"))
		m->bytes[13] ^= 1;
	if (zone_orders(name, "cut") && is_udp) {
		m->bytes[2] |= 2;
		m->bytes[7] = 0;
		m->n = type_at + 4;
	}
	return !zone_orders(name, "silent");
}

static inline void *zone_run_udp(void *ctx)
{
	struct zone *zone = ctx;
	static _Thread_local struct message m; /* several zones may serve at once */
	struct sockaddr_in from;

	for (;;) {
		socklen_t from_n = sizeof(from);
		ssize_t n = recvfrom(zone->udp, m.bytes, sizeof(m.bytes), 0,
				     (struct sockaddr *)&from, &from_n);

		if (n <= 1)
			return NULL;
		m.n = (size_t)n;
		zone->asked_udp++;
		if (zone_reply(zone, &m, true))
			(void)sendto(zone->udp, m.bytes, m.n, 0, (struct sockaddr *)&from,
				     sizeof(from));
	}
}

static inline bool zone_read(int client, void *bytes, size_t n)
{
	return recv(client, bytes, n, MSG_WAITALL) == (ssize_t)n;
}

static inline void *zone_run_tcp(void *ctx)
{
	struct zone *zone = ctx;
	static _Thread_local struct message m; /* several zones may serve at once */
	int client;

	while ((client = accept(zone->tcp, NULL, NULL)) >= 0) {
		unsigned char length[2];

		while (zone_read(client, length, 2)) {
			m.n = (size_t)length[0] << 8 | length[1];
			if (!zone_read(client, m.bytes, m.n))
				break;
			zone->asked_tcp++;
			if (!zone_reply(zone, &m, false))
				continue;
			length[0] = (unsigned char)(m.n >> 8);
			length[1] = (unsigned char)m.n;
			peer_write_bytes(client, length, 2);
			peer_write_bytes(client, m.bytes, m.n);
		}
		close(client);
	}
	return NULL;
}

static inline void zone_start(struct zone *zone, const struct zone_row *rows)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	*zone = (struct zone){ .rows = rows, .has_seen_rd = true };
	do { /* until a port is free in both */
		zone->tcp = peer_listen(SOCK_STREAM, &zone->port);
		zone->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		at.sin_port = htons(zone->port);
		if (bind(zone->udp, (struct sockaddr *)&at, sizeof(at)) == 0)
			break;
		close(zone->udp);
		close(zone->tcp);
	} while (true);
	(void)snprintf(zone->at, sizeof(zone->at), "127.0.0.1:%u", zone->port);
	assert(pthread_create(&zone->udp_thread, NULL, zone_run_udp, zone) == 0);
	assert(pthread_create(&zone->tcp_thread, NULL, zone_run_tcp, zone) == 0);
}

static inline void zone_stop(struct zone *zone)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(zone->port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	assert(sendto(zone->udp, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) == 1);
	pthread_join(zone->udp_thread, NULL);
	shutdown(zone->tcp, SHUT_RDWR);
	pthread_join(zone->tcp_thread, NULL);
	close(zone->udp);
	close(zone->tcp);
}

#endif
