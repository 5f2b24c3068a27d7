/*
 * exhibit.h - the evidence of one failed run, as it is stored and told.
 */
#ifndef APP_EXHIBIT_H
#define APP_EXHIBIT_H

#include <stdint.h>

#include "shorewatch/evidence.h"
#include "shorewatch/observation.h"
#include "shorewatch/plan.h"

struct buf;
struct json_writer;

/* What is known at the moment of a failure. */
struct exhibit {
	const struct plan *plan;
	const struct observation *seen;
	const struct evidence *evidence;
	uint32_t references_up; /* a bit for each of the plan's references that answered last */
};

/*
 * Lines of "key value", in the order in which things happened; a key may come
 * several times. Foreign text in them is cleaned.
 *
 *   name N   resolver ADDRESS [WORD]   remembered yes   answer ADDRESS   address ADDRESS FAMILY
 *   reached yes|no   address_good yes   verify_error NUMBER
 *   certificate SHA256 FROM TO SUBJECT   reference ENDPOINT answers|silent   again COMMAND
 */
void exhibit_print(const struct exhibit *exhibit, struct buf *to);

/* Told again, from such lines and from the answer's first bytes as C strings; "" none. */
void exhibit_text(const char *facts, const char *head, const char *body, struct buf *to);
/* Members "facts", "head" and "body" of the object that is open. */
void exhibit_json(const char *facts, const char *head, const char *body, struct json_writer *w);

#endif
