/*
 * control_drill.c - the daemon's side of `drill`.
 *
 *   drill begin              its id, in hex
 *   drill look ID FROM       "running N" or "over N", then the steps from number FROM to N
 *   drill json look ID 0     all of it
 *   drill end ID             no further than needed
 *
 * One question has one answer, and soon; so whoever follows a drill asks again
 * and again, and it goes on without him.
 */
#include <inttypes.h>
#include <string.h>

#include "app/cli.h"
#include "app/control_parts.h"
#include "app/drill.h"
#include "base/words.h"

#define STEP_MAX 100000

static void begin(struct request *r)
{
	struct daemon *d = r->control->daemon;
	struct buf why = BUF_INIT(1024);
	struct drill *drill = drill_begin(d, &why);

	if (drill) {
		drill_free(d->drill); /* the one before, which is over */
		d->drill = drill;
		buf_printf(&r->out, "%016" PRIx64 "\n", drill_id(drill));
	} else {
		request_refuse(r, buf_text(&why));
	}
	buf_done(&why);
}

/* "ID" and, in a word behind it, a number. */
static bool which_read(const char *at, uint64_t *ret_id, int64_t *ret_from)
{
	size_t n = strcspn(at, " ");
	char id[20];

	if (n >= sizeof id)
		return false;
	memcpy(id, at, n);
	id[n] = '\0';
	*ret_from = 0;
	return words_hex64(id, ret_id) &&
	       (at[n] == '\0' || words_int(at + n + 1, 0, STEP_MAX, ret_from));
}

static void look(struct request *r, const struct drill *drill, size_t from)
{
	bool is_running = drill_is_running(drill);

	if (r->is_json)
		drill_write_json(drill, &r->out);
	else {
		buf_printf(&r->out, "%s %zu\n", is_running ? "running" : "over",
			   drill_steps(drill));
		drill_write_steps(drill, from, &r->out);
	}
	if (is_running)
		return;
	drill_write_faults(drill, &r->err);
	r->status = drill_has_passed(drill) ? EXIT_GOOD : EXIT_BAD_NEWS;
}

void on_drill(struct request *r)
{
	struct daemon *d = r->control->daemon;
	const char *words = strchrnul(r->rest, ' ');
	bool is_look = strncmp(r->rest, "look ", 5) == 0;
	uint64_t id;
	int64_t from;

	if (strcmp(r->rest, "begin") == 0)
		begin(r);
	else if (!words[0] || !which_read(words + 1, &id, &from) ||
		 (!is_look && strncmp(r->rest, "end ", 4) != 0))
		request_refuse(r, "the running daemon is of another version: restart it");
	else if (!d->drill || drill_id(d->drill) != id)
		request_refuse(r, "another drill has begun meanwhile, or the daemon was restarted");
	else if (is_look)
		look(r, d->drill, (size_t)from);
	else
		drill_end(d->drill, d->now);
}
