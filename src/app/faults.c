/*
 * faults.c - see faults.h. The words are conf's, which has made what it quotes
 * harmless; they are whole, because the advice stands at their end.
 */
#include "app/faults.h"

#include "base/buf.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/words.h"

#define TEXT_MAX 4096

static void place_print(const struct diag_entry *e, struct buf *to)
{
	if (e->file && e->line)
		buf_printf(to, "%s:%u", e->file, e->line);
	else if (e->file)
		buf_puts(to, e->file);
}

static void entry_print(const struct diag_entry *e, struct buf *to)
{
	place_print(e, to);
	if (e->file)
		buf_puts(to, ": ");
	if (e->level == DIAG_WARNING)
		buf_puts(to, "warning: ");
	buf_puts(to, e->text);
}

static void entry_log(const struct diag_entry *e)
{
	struct buf place = BUF_INIT(TEXT_MAX);

	place_print(e, &place);
	log_line(e->level == DIAG_FAULT ? LOG_LEVEL_ERR : LOG_LEVEL_WARNING,
		 "config.%s%s%s what=\"%s\"", e->level == DIAG_FAULT ? "fault" : "warning",
		 place.n > 0 ? " at=" : "", buf_text(&place), e->text);
	buf_done(&place);
}

void faults_log(const struct diag *diag)
{
	for (const struct diag_entry *e = diag->first; e; e = e->next)
		entry_log(e);
}

void faults_print(const struct diag *diag, struct buf *to)
{
	for (const struct diag_entry *e = diag->first; e; e = e->next) {
		entry_print(e, to);
		buf_putc(to, '\n');
	}
}

void faults_first(const struct diag *diag, char *text, size_t max)
{
	struct buf line = BUF_INIT(TEXT_MAX);
	const struct diag_entry *e = diag->first;

	while (e && e->level != DIAG_FAULT)
		e = e->next;
	if (e)
		entry_print(e, &line);
	(void)words_copy(text, max, buf_text(&line)); /* what is cut shows it */
	buf_done(&line);
}
