/*
 * imap_reply.h - IMAP responses out of a stream of foreign bytes (RFC 9051 7,
 * RFC 3501 7), with the literals that stand in them. Pure.
 *
 * Only as much of the grammar as a search and its headers need; what is not
 * understood is passed over. Everything is bounded.
 */
#ifndef IO_IMAP_REPLY_H
#define IO_IMAP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define IMAP_RESPONSE_MAX (64 * 1024)

struct imap_reader {
	struct buf text;     /* the response so far; whole: without its last line end */
	size_t literal_left; /* bytes of a literal that are still to come */
	size_t line;	     /* where the line begins that is being read */
	bool is_whole;	     /* the next byte begins another response */
};

void imap_reader_init(struct imap_reader *reader);
void imap_reader_done(struct imap_reader *reader);

enum imap_fed {
	IMAP_FED_MORE,	 /* all bytes are taken, the response is not whole */
	IMAP_FED_WHOLE,	 /* reader->text is a response; a literal stands in it as it came */
	IMAP_FED_BROKEN, /* too long, or no memory */
};

/* `ret_taken`: how many of the bytes. */
enum imap_fed imap_feed(struct imap_reader *reader, const char *bytes, size_t n, size_t *ret_taken);

enum imap_status {
	IMAP_STATUS_NONE, /* not the tagged one */
	IMAP_STATUS_OK,
	IMAP_STATUS_REFUSED, /* NO, BAD, and whatever else is said under our tag */
	IMAP_STATUS_BYE,
};

enum imap_status imap_status(const char *response, const char *tag);

#define IMAP_UIDS_MAX 64

struct imap_uids {
	uint32_t of[IMAP_UIDS_MAX]; /* ascending; of more the highest, which are the newest */
	size_t n;
};

void imap_uids_add(struct imap_uids *uids, uint32_t uid);
/* "7,9,12" */
void imap_uids_print(const struct imap_uids *uids, struct buf *to);
/*
 * Adds those of "* SEARCH 7 9". False: it is no such response. `ret_is_broken`: it is one, with
 * something in it that is no uid.
 */
bool imap_search(const struct buf *response, struct imap_uids *uids, bool *ret_is_broken);

#define IMAP_VALUE_MAX 512

/* One message of "* 3 FETCH (UID 7 BODY[...] {n} ...)". */
struct imap_fetched {
	uint32_t uid;		    /* 0: none is told */
	char value[IMAP_VALUE_MAX]; /* of the header, unfolded; "": it has none, or a longer one */
};

/* False: it is no such response. */
bool imap_fetch(const struct buf *response, const char *header, struct imap_fetched *ret);

/* `text` as a quoted string (RFC 9051 4.3). False: it holds what cannot stand in one. */
bool imap_quoted(struct buf *to, const char *text);

#endif
