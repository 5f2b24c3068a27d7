/*
 * http_json.h - what is demanded of a JSON body: "/pong > 0".
 */
#ifndef PROBES_HTTP_JSON_H
#define PROBES_HTTP_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/observation.h"
#include "shorewatch/option.h"

#define DEMANDS_MAX 16

struct json;
struct demand;

/* One demand, owned by the caller. NULL: `why` (at most 160 bytes) says what to write instead. */
struct demand *demand_new(const char *text, char why[160]);
void demand_free(struct demand *demand);
/* False: the note says what is there instead. It may hold foreign bytes. */
bool demand_holds(const struct demand *demand, const struct json *document, char note[NOTE_MAX]);

#endif
