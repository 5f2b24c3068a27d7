/*
 * control_parts.h - between control.c, control_hush.c,
 * control_drill.c and control_errand.c: a
 * request under way, and errands to the worker.
 */
#ifndef APP_CONTROL_PARTS_H
#define APP_CONTROL_PARTS_H

#include <stdint.h>

#include "app/control.h"
#include "app/daemon.h"
#include "base/buf.h"
#include "io/control.h"

#define CONTROL_TEXT_MAX   (48u << 20)
#define CONTROL_ANSWER_MAX (2 * CONTROL_TEXT_MAX + 4096)

struct control {
	struct daemon *daemon;
	struct io_control *socket;
};

struct request {
	struct control *control;
	uint64_t talk;
	const char *rest; /* of the line, behind the verb and "json" */
	bool is_json;
	int status;
	struct buf out, err;
};

void control_answer(struct control *control, uint64_t talk, int status, struct buf *out,
		    struct buf *err);

/* Bad news, and one line that says why. */
void request_refuse(struct request *request, const char *why);

/* control_hush.c */
void on_silence(struct request *request);
void on_unsilence(struct request *request);
void on_ack(struct request *request);

/* control_hush_json.c: the answers of the same, for programs. */
/* The silences that last, as shorewatch.silences/1. */
void hush_put_silences(const struct model *model, struct buf *to);
/* The incident by its number, as shorewatch.ack/1. */
void hush_put_ack(const struct model *model, const char *number, const char *words,
		  struct buf *to);
/* The silence holds back mails of this open incident. */
bool hush_holds(const struct model *model, const struct silence *silence,
		const struct incident *incident);

/* control_drill.c */
void on_drill(struct request *request);

struct errand;
typedef void errand_work(struct errand *errand);

/* Runs `work` on the worker with copies of what it needs, then answers. False: no memory. */
bool errand_send(const struct request *request, errand_work *work);
errand_work errand_incidents, errand_mails, errand_pages;

#endif
