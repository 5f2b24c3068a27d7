/*
 * fate_look.h - who lives where: names looked up through our own resolvers,
 * side by side, with one deadline for all.
 */
#ifndef APP_FATE_LOOK_H
#define APP_FATE_LOOK_H

#include "app/fate.h"
#include "shorewatch/option.h"
#include "shorewatch/time.h"

struct arena;
struct buf;
struct fate_look;

/* Everything it makes lives in `arena`. */
struct fate_look *fate_look_new(struct arena *arena);
/*
 * The host of this name, or address; asked for once, however often it is wanted. Its addresses
 * and zones are there after fate_look_run(). What is wanted first is asked for first.
 */
const struct fate_host *fate_look_host(struct fate_look *look, const char *name);
/* Only its zones are wanted. */
const struct fate_host *fate_look_name(struct fate_look *look, const char *name);
/* Where mail for this domain arrives (RFC 5321 5.1): `thing` gets its homes in fate_look_run(). */
void fate_look_mail(struct fate_look *look, const char *domain, struct fate_thing *thing);

/* Returns when everything is known or `patience` is over. False: nothing could be asked, `why`
 * says why. */
bool fate_look_run(struct fate_look *look, struct strings resolvers, usec_t patience,
		   const char **why);
/* False: whatever was asked, no resolver of ours has said anything. */
bool fate_look_has_answers(const struct fate_look *look);
/* "a.example (no answer), b.example (no such name) and 3 more"; nothing when all was found. */
void fate_look_missing(const struct fate_look *look, struct buf *to);

#endif
