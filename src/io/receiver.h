/*
 * receiver.h - what listens: beats from Alertmanager, jobs that report themselves,
 * the page, health, metrics.
 */
#ifndef IO_RECEIVER_H
#define IO_RECEIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shorewatch/io.h"
#include "shorewatch/plan.h"

struct buf;
struct receiver;

struct receiver_hooks {
	void *ctx;
	/* A counted beat for plan.watchdogs[watchdog]; `by`: see engine_beat(). */
	void (*on_beat)(void *ctx, uint32_t watchdog, bool is_firing, enum family by);
	/* The job plan.targets[target] says how it went. */
	void (*on_ping)(void *ctx, uint32_t target, enum ping ping, enum family by);
	/* Prometheus text for /metrics. */
	void (*on_metrics)(void *ctx, struct buf *to);
	/* A line for /healthz; false: not healthy, answered as 503. */
	bool (*on_health)(void *ctx, struct buf *to);
};

/*
 * Listens on plan.listen.address (port 0: any), serves files of `page_dir`.
 * NULL with *ret_error: why, and what to do.
 */
struct receiver *receiver_new(struct io *io, const struct plan *plan, const char *page_dir,
			      const struct receiver_hooks *hooks, const char **ret_error);
void receiver_free(struct receiver *receiver);
/* Take another generation's hooks, tokens and labels; the address stays. */
void receiver_plan_set(struct receiver *receiver, const struct plan *plan);
/* The newest report's number: /alive/N.svg is answered from memory. */
void receiver_report_set(struct receiver *receiver, uint64_t report);
uint16_t receiver_port(const struct receiver *receiver);
/* Where this machine reaches it: on loopback when it listens on all addresses. */
struct address receiver_address(const struct receiver *receiver);

struct receiver_stats {
	uint64_t requests, beats, pings, rejected_auth, rejected_malformed, ignored, refused_full;
	/* by ourselves, for want of memory or descriptors; each may have been a beat */
	uint64_t lost;
};
struct receiver_stats receiver_stats(const struct receiver *receiver);

#endif
