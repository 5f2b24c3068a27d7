/*
 * fate_names.h - every name that is looked at, what it was asked, and what is
 * known of it. Pure; fate_look.c asks, fate_missing.c tells what is not known.
 */
#ifndef APP_FATE_NAMES_H
#define APP_FATE_NAMES_H

#include "app/fate.h"
#include "shorewatch/io.h"

struct arena;
struct buf;

#define FATE_MAIL_HOSTS_MAX 16
#define FATE_ALIASES_MAX    (FATE_ZONES_MAX - 1)

enum fate_question {
	FATE_ASK_IPV4,
	FATE_ASK_IPV6,
	FATE_ASK_MAIL,	/* MX */
	FATE_ASK_ALIAS, /* CNAME */
	FATE_ASK_ZONE,	/* NS */
	FATE_QUESTIONS,
};

struct fate_name {
	struct fate_host host; /* its zones only after fate_names_end() */
	struct fate_zone zone; /* begins here when it has servers */
	struct fate_name *alias;
	struct fate_name *above; /* without the first label; NULL until asked for, or a top level */
	struct fate_name *mail_hosts[FATE_MAIL_HOSTS_MAX];
	size_t mail_hosts_n;
	unsigned aliases; /* that lead here */
	bool takes_no_mail; /* RFC 7505 */
	struct fate_told {
		bool is_asked, is_over;
		enum cause cause; /* once over */
		bool is_cut;	  /* there is more than was looked at */
	} told[FATE_QUESTIONS];
	struct fate_name *next;	   /* in the order in which they were wanted */
	struct fate_name *chained; /* of the same hash */
};

#define FATE_BUCKETS 1024

struct fate_names {
	struct arena *arena;
	struct fate_name *first, **last;
	struct fate_name *buckets[FATE_BUCKETS];
};

void fate_names_init(struct fate_names *names, struct arena *arena);
/* The one of this name, made when it is new; of an address the host is known at once. */
struct fate_name *fate_names_get(struct fate_names *names, const char *text);
bool fate_name_is_address(const struct fate_name *name);
/* Two labels at least: others are top levels, or names of this machine or network. */
bool fate_name_is_asked(const struct fate_name *name);
/* The name above. NULL: it would be a top level. */
struct fate_name *fate_name_above(struct fate_names *names, struct fate_name *name);

/* What came back. Texts as io_lookup_start() gives them. */
void fate_name_add_addresses(struct fate_name *name, const struct io_answer *answer,
			     enum fate_question question);
void fate_name_add_servers(struct fate_names *names, struct fate_name *name,
			   const struct io_lookup_result *result);
void fate_name_add_mail_hosts(struct fate_names *names, struct fate_name *name,
			      const struct io_lookup_result *result);
/* The server knows that there is nothing. */
bool fate_cause_is_none(enum cause cause);

/* All answers are in: everything gets its order, and every host its zones. */
void fate_names_end(struct fate_names *names);
/* "a.example (no answer), b.example (no such name) and 3 more"; nothing: all was found. */
void fate_names_missing(const struct fate_names *names, struct buf *to);

#endif
