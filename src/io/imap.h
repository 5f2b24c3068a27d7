/*
 * imap.h - looks for one mail in a mailbox over IMAP (RFC 9051, RFC 3501), and
 * removes it and its elders.
 *
 * A mail is ours when its header says so to the letter: what the server's
 * search has found is read before anything is made of it or removed.
 */
#ifndef IO_IMAP_H
#define IO_IMAP_H

#include "shorewatch/io.h"

struct imap_look_result {
	enum imap_verdict {
		IMAP_SEEN,
		IMAP_ABSENT,	 /* searched for, and not there */
		IMAP_NOT_LOOKED, /* not reached, not let in, or not understood: `words` say why */
	} verdict;
	size_t removed;	 /* how many of ours */
	char words[256]; /* the server's or ours; escaped by whoever shows it */
};

struct imap_look_spec {
	const char *host; /* verified against the certificate, sent as SNI */
	struct address address;
	bool is_implicit_tls; /* else STARTTLS, unless is_plain */
	bool is_plain;	      /* only ever towards loopback */
	const char *ca_file;  /* NULL: the system's; must live until on_done */
	const char *username, *password, *folder;
	/*
	 * A mail is one of ours when this header's value is `mark` and one word behind it, which is
	 * `word` in the one that is looked for. ASCII.
	 */
	const char *header, *mark, *word;
	void (*on_done)(void *ctx, const struct imap_look_result *result);
	void *ctx;
};

/* Ends by itself within a minute. NULL: on_done was already called. Texts are copied. */
struct io_exchange *imap_look_start(struct io *io, const struct imap_look_spec *spec);

#endif
