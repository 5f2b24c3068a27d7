/*
 * canary_mail.c - see canary_mail.h. Nobody needs to read it, so it is in one
 * language and of plain ASCII.
 */
#include "render/canary_mail.h"

#include <inttypes.h>

#include "base/calendar.h"
#include "base/key.h"
#include "render/mime.h"

/* Of the instance and its host: watchers that share a mailbox leave each other's alone. */
void canary_mark(const struct plan *plan, struct buf *to)
{
	uint64_t key = key_mix(key_text(plan->instance) ^ key_mix(key_text(plan->mail.host)));

	buf_printf(to, "id=%016" PRIx64 "; nonce=", key);
}

static void write_id(const struct plan *plan, const char *nonce, struct buf *to)
{
	struct buf id = BUF_INIT(512);

	buf_printf(&id, "<canary.%s@%s>", nonce, plan->mail.host);
	mime_token(to, "Message-ID", buf_text(&id));
	buf_done(&id);
}

static void write_names(const struct plan *plan, const char *nonce, struct buf *to)
{
	struct buf subject = BUF_INIT(256), mark = BUF_INIT(256);

	buf_printf(&subject, "shorewatch canary %s", nonce);
	canary_mark(plan, &mark);
	mime_words(to, "Subject", buf_text(&subject));
	buf_printf(to, CANARY_HEADER ": %s%s\r\n", buf_text(&mark), nonce);
	buf_done(&subject);
	buf_done(&mark);
}

void canary_mail(const struct plan *plan, const char *nonce, wall_t made, struct buf *to)
{
	mime_token(to, "From", plan->mail.from_address);
	mime_token(to, "To", plan->canary->to);
	write_names(plan, nonce, to);
	buf_puts(to, "Date: ");
	calendar_print_rfc5322(to, made);
	buf_puts(to, "\r\n");
	write_id(plan, nonce, to);
	mime_token(to, "Auto-Submitted", "auto-generated"); /* RFC 3834 */
	mime_token(to, "X-Auto-Response-Suppress", "All");
	mime_token(to, "MIME-Version", "1.0");
	buf_puts(to, "Content-Type: text/plain; charset=\"us-ascii\"\r\n\r\n"
		     "Once a day the watcher sends this mail to see whether mail arrives.\r\n"
		     "It is looked for here and removed again; nobody needs to read it.\r\n");
}
