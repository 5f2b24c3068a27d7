/*
 * plan.h - one loaded configuration, as plain values.
 *
 * Made by conf in one arena, never changed afterwards, read by engine, probes,
 * notifiers and renderers. Every pointer lives as long as the generation.
 */
#ifndef SHOREWATCH_PLAN_H
#define SHOREWATCH_PLAN_H

#include "shorewatch/address.h"
#include "shorewatch/option.h"
#include "shorewatch/probe.h"
#include "shorewatch/time.h"
#include "shorewatch/window.h"

enum language { LANGUAGE_EN, LANGUAGE_JA, LANGUAGE_COUNT };

enum layer {
	LAYER_UNSET, /* edge evidence through the phase in which it fails, else a service */
	LAYER_SERVICE,
	LAYER_EDGE,
};

/*
 * Who is probed, and how the answer is judged. References tell whether WE are
 * online; witnesses are asked about a deadman: its Alertmanager, its
 * Prometheus, and our own listener by its public name.
 */
enum role {
	ROLE_TARGET,
	ROLE_REFERENCE,
	ROLE_ALERTMANAGER,
	ROLE_PROMETHEUS,
	ROLE_LISTENER,
	ROLE_RELAY, /* a mail relay, asked only while the references are silent */
};

#define RETEST_MAX 4
#define NAME_TEXT_MAX 64 /* a `name` and its terminator */
#define NONE_INDEX UINT32_MAX

/* What a job says when it calls /ping/NAME: it went well, /start, /fail. */
enum ping { PING_OK, PING_START, PING_FAIL };

/* A job that reports itself: a target which nobody probes. The params of its kind, too. */
struct ping_plan {
	const char *url;	    /* what the job calls */
	const char *token;	    /* secret, never printed */
	/* from one report to the next; silent, or hanging, when so much more has passed */
	usec_t period, grace;
};

/* Places in plan.targets. */
struct indices {
	const uint32_t *items;
	size_t n;
};

struct target_plan {
	const char *name;	    /* [a-z0-9-]{1,63}, the key that state follows */
	const char *title;	    /* for people; the name when not given */
	const char *group;	    /* for people; never NULL */
	const char *link, *runbook; /* NULL: none */
	struct strings try_next;
	enum role role;
	enum layer layer;
	uint32_t stack;		    /* index into plan.stacks, always valid for ROLE_TARGET */
	/* index into plan.watchdogs: ROLE_ALERTMANAGER, ROLE_PROMETHEUS */
	uint32_t watchdog;
	usec_t interval, timeout, connect_timeout, settle;
	usec_t slow;		    /* 0: no limit */
	usec_t retest[RETEST_MAX];
	unsigned retests;
	unsigned fall, rise;
	enum family family;	    /* it is probed by; never FAMILY_BOTH: that is two */
	/*
	 * The place of the other half of a target that is judged per family; NONE_INDEX: it has
	 * none. To be read by target_twin().
	 */
	uint32_t twin;
	bool is_hidden;
	const struct address_net *allow; /* private nets a name may lead to */
	size_t allow_n;
	const struct probe_kind *kind;
	const void *params;
	const struct ping_plan *ping; /* NULL: it is probed */
	/* depends_on: while one of them fails, its failure is no news */
	struct indices parents;
	const char *file;	    /* where it was defined, for messages */
	unsigned line;
};

struct stack_plan {
	const char *name, *title;
	const char *runbook;
	struct strings try_next;
	bool is_implicit;	    /* holds the targets that name no stack */
};

struct watchdog_plan {
	const char *name;
	const char *hook;	    /* path below /hook/; the name when not given */
	uint32_t stack;
	const char *token;	    /* secret, never printed */
	struct pairs labels;	    /* all must be equal */
	usec_t period, grace, start_grace;
	bool resolved_is_down;
};

struct listen_plan {
	const char *address;	    /* "127.0.0.1:8080"; NULL: no listener */
	const char *public_url;
	const char *metrics_token;  /* NULL: /metrics only on loopback */
};

struct page_plan {
	const char *dir;	    /* NULL: state_dir/public */
	const char *title;
	const char *url;	    /* NULL: not known, no links in mails */
	unsigned days;
	bool is_noindex;
	bool is_public_errors_full;
	bool is_precompressed;	    /* NAME.gz beside each file */
	bool has_kiosk;		    /* kiosk.html: the page, loading itself again */
	bool is_left_out[LANGUAGE_COUNT]; /* no page in this language; never the default one */
	/* who may show it in a frame, as a Content-Security-Policy; NULL: nobody */
	const char *frame_policy;
};

enum starttls { STARTTLS_REQUIRED, STARTTLS_NEVER };

struct relay_plan {
	const char *url;	    /* as written */
	bool is_implicit_tls;	    /* smtps:// */
	const char *host;
	uint16_t port;
	const char *username, *password; /* NULL: no AUTH */
	enum starttls starttls;	    /* smtp:// only */
	const char *ca_file;	    /* NULL: the system's */
};

struct recipient_plan {
	const char *address;
	enum language language;
};

struct notify_kind;

/* One way to one recipient: an address of mail.to, or one of `channels`. */
struct channel_plan {
	const char *name;	   /* as notices call it: the address, or its own name */
	const struct notify_kind *kind; /* NULL: by mail */
	const void *params;	   /* the kind's */
	enum language language;
	/* told only of what is still open, and known to nobody, so long after the first notice */
	usec_t after;
	uint32_t only;		   /* 1 << diagnosis of each it is told of; 0: of all */
	/* hours in which only the worst is told; what was held is told at their end */
	const struct window_plan *quiet;
	size_t quiet_n;
	const char *file;	   /* where it was defined, for messages */
	unsigned line;
};

struct mail_plan {
	const char *from;	    /* "Name <local@domain>" or "local@domain" as written */
	const char *from_address;   /* local@domain, the envelope's sender */
	const char *host;	    /* right side of the Message-ID */
	const struct recipient_plan *to; /* those of plan.channels that are told by mail */
	size_t to_n;
	const struct relay_plan *relays;
	size_t relays_n;	    /* 0: .eml files */
	usec_t group_wait;
	usec_t repeat[4];	    /* from the first mail: 1h, 4h, 12h, then every 24h */
	unsigned cap;		    /* mails an hour and recipient */
	/* when a week is summed up, each span of no length; NULL: never */
	const struct window_plan *weekly;
	/* every mail of an incident repeats the first subject with Re: */
	bool is_subject_stable;
};

/* Once a day a mail to a mailbox that we can read (core/canary.h). */
struct canary_plan {
	const char *to;		    /* local@domain */
	const struct window_plan *at; /* a moment of each day, of no length */
	usec_t within;
	bool is_implicit_tls;	    /* imaps://, else STARTTLS */
	const char *host;	    /* of the mailbox's server */
	uint16_t port;
	const char *user, *password, *folder;
	const char *ca_file;	    /* NULL: the system's */
};

struct plan {
	const char *file;	    /* the configuration's path */
	const char *instance, *timezone, *state_dir;
	enum language language;
	struct strings resolvers;   /* empty: the system's */
	const struct target_plan *targets; /* targets first, then references, then witnesses */
	size_t targets_n;	    /* ROLE_TARGET */
	size_t pings_n;		    /* the last ones of these: they report themselves */
	size_t references_n;	    /* ROLE_REFERENCE, at targets[targets_n ...] */
	size_t witnesses_n;	    /* the other roles, at targets[targets_n + references_n ...] */
	/* called while everything due is done; NULL: nobody watches us */
	const char *heartbeat_url;
	const struct stack_plan *stacks;
	size_t stacks_n;
	const struct watchdog_plan *watchdogs;
	size_t watchdogs_n;
	const struct window_plan *windows;
	size_t windows_n;
	struct listen_plan listen;
	struct page_plan page;
	struct mail_plan mail;
	const struct canary_plan *canary; /* NULL: none */
	const struct channel_plan *channels; /* the addresses of mail.to first, in their order */
	size_t channels_n;
	usec_t retention_raw, retention_buckets;
};

#define TWIN_SUFFIX "-ipv6" /* NAME is probed by IPv4, NAME-ipv6 by IPv6 */

/*
 * A target with family = "both" is two for the engine, one for people: the
 * place of its other half, or NONE_INDEX. `index` may be of any role.
 */
static inline uint32_t target_twin(const struct plan *plan, uint32_t index)
{
	uint32_t twin = plan->targets[index].twin;

	/* They name each other: a plan that was made without twins has zeroes there. */
	return twin < plan->targets_n && twin != index && plan->targets[twin].twin == index
		       ? twin
		       : NONE_INDEX;
}

/* The second half of a pair, which people do not count: the first stands for both. */
static inline bool target_is_second(const struct plan *plan, uint32_t index)
{
	return target_twin(plan, index) != NONE_INDEX &&
	       plan->targets[index].family == FAMILY_IPV6;
}

#endif
