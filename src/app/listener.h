/*
 * listener.h - the receiver bound to the engine: beats in, metrics and health out.
 */
#ifndef APP_LISTENER_H
#define APP_LISTENER_H

struct daemon;
struct receiver;

/* NULL with *ret_why: why, and what to do. */
struct receiver *listener_new(struct daemon *d, const char *page_dir, const char **ret_why);

/* Every turn: whether requests were lost for want of memory or descriptors, which /healthz tells. */
void listener_look(struct daemon *d);

#endif
