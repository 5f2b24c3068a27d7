/*
 * evidence.h - what a failed run has seen, beyond the observation: for a person
 * who is to believe it.
 *
 * The runner owns it. There is none of a run that passes, nor of most failures
 * of a long outage (probe_run_evidence()). Foreign bytes in it are as they came
 * and are escaped by whoever shows them; but our own secrets, should a server
 * give them back, are not in it.
 */
#ifndef SHOREWATCH_EVIDENCE_H
#define SHOREWATCH_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/io.h"

#define EVIDENCE_HOST_MAX    256
#define EVIDENCE_SERVERS_MAX 4
#define EVIDENCE_CHAIN_MAX   4
#define EVIDENCE_SUBJECT_MAX 96
#define EVIDENCE_HEAD_MAX    1100
#define EVIDENCE_BODY_MAX    700

/* A certificate as it was sent. */
struct evidence_link {
	uint8_t sha256[32];
	wall_t not_before, not_after;
	char subject[EVIDENCE_SUBJECT_MAX]; /* foreign text; "CN=blog.example.org" */
};

struct evidence {
	char host[EVIDENCE_HOST_MAX]; /* the name that was resolved; "": an address was given */
	/* Our resolvers in their order; the cause is PASS when nobody had to say it by himself. */
	struct io_word words[EVIDENCE_SERVERS_MAX];
	size_t words_n;
	bool is_each_asked; /* the causes above are what each of them said */
	bool is_remembered; /* no resolver answered: these are the last good addresses */
	struct address answers[IO_ADDRESSES_MAX];
	size_t answers_n;
	struct evidence_link chain[EVIDENCE_CHAIN_MAX]; /* the leaf first */
	size_t chain_n;
	int verify_error; /* OpenSSL's X509_V_ERR_...; 0: none, or the chain was not looked at */
	char head[EVIDENCE_HEAD_MAX]; /* "Server: nginx\nDate: ...\n", the first headers */
	size_t head_n;
	char body[EVIDENCE_BODY_MAX]; /* its first bytes */
	size_t body_n;
};

#endif
