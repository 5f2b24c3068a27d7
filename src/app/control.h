/*
 * control.h - what commands may ask a running daemon, and how it is written.
 *
 *   asked     shorewatch/1 VERB [WORDS]
 *   answered  shorewatch/1 STATUS OUT ERR
 *             OUT bytes for standard output, ERR bytes for standard error
 *
 * STATUS is the command's exit status. The version is of these two lines: it
 * changes when an older command could misread an answer.
 */
#ifndef APP_CONTROL_H
#define APP_CONTROL_H

#define CONTROL_GREETING "shorewatch/1 "

struct control;
struct daemon;

/* Opens STATE_DIR/control, under the outbox's lock. NULL: logged, and the daemon goes on without.
 */
struct control *control_new(struct daemon *d);
/* After the worker's end: its last answers come here. NULL is fine. */
void control_free(struct control *control);

#endif
