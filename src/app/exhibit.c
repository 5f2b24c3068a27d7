/*
 * exhibit.c - see exhibit.h: the lines are written here and nowhere else. How
 * they are shown is exhibit_say.c's.
 */
#include "app/exhibit.h"

#include "app/again.h"
#include "base/buf.h"
#include "base/calendar.h"
#include "base/text.h"

#define COMMAND_MAX 2000 /* bytes; a longer one would repeat nothing anyway once cut: left out */

static void put_address(const char *key, const struct address *address, struct buf *to)
{
	char text[ADDRESS_TEXT_MAX];

	address_print(address, text);
	buf_printf(to, "%s %s", key, text);
}

/* ---- the name ---- */

static const char *word_name(enum cause cause)
{
	const char *code = outcome_code((struct outcome){ PHASE_DNS, cause });

	return cause == CAUSE_PASS ? "knows it" : cause == CAUSE_RESOLVER ? "says nothing" : code + 4;
}

static void put_names(const struct evidence *e, struct buf *to)
{
	if (e->host[0] == '\0')
		return;
	buf_puts(to, "name ");
	text_line(to, e->host);
	buf_putc(to, '\n');
	for (size_t i = 0; i < e->words_n; i++) {
		put_address("resolver", &e->words[i].server, to);
		if (e->is_each_asked || (e->words_n == 1 && e->words[i].cause != CAUSE_PASS))
			buf_printf(to, " %s", word_name(e->words[i].cause));
		buf_putc(to, '\n');
	}
	if (e->is_remembered)
		buf_puts(to, "remembered yes\n");
	for (size_t i = 0; i < e->answers_n; i++) {
		put_address("answer", &e->answers[i], to);
		buf_putc(to, '\n');
	}
}

/* ---- the far side ---- */

static void put_reach(const struct observation *o, struct buf *to)
{
	if (o->address.family != FAMILY_ANY) {
		put_address("address", &o->address, to);
		buf_printf(to, " %s\n", o->address.family == FAMILY_IPV6 ? "IPv6" : "IPv4");
	}
	buf_printf(to, "reached %s\n", o->is_reached ? "yes" : "no");
	if (o->is_address_good)
		buf_puts(to, "address_good yes\n");
}

static void put_span(wall_t from, wall_t until, struct buf *to)
{
	buf_putc(to, ' ');
	calendar_print_iso(to, from);
	buf_putc(to, ' ');
	calendar_print_iso(to, until);
}

static void put_link(const struct evidence_link *link, struct buf *to)
{
	buf_puts(to, "certificate ");
	for (size_t i = 0; i < sizeof link->sha256; i++)
		buf_printf(to, "%02x", link->sha256[i]);
	put_span(link->not_before, link->not_after, to);
	buf_putc(to, ' ');
	text_line(to, link->subject);
	buf_putc(to, '\n');
}

/* Without the chain the leaf is known at least, by the beginning of its digest. */
static void put_chain(const struct exhibit *x, struct buf *to)
{
	const struct evidence *e = x->evidence;
	const struct certificate *leaf = &x->seen->certificate;

	if (e->verify_error != 0)
		buf_printf(to, "verify_error %d\n", e->verify_error);
	for (size_t i = 0; i < e->chain_n; i++)
		put_link(&e->chain[i], to);
	if (e->chain_n > 0 || !wall_is_set(leaf->not_after))
		return;
	buf_printf(to, "certificate %016llx", (unsigned long long)leaf->fingerprint);
	put_span(leaf->not_before, leaf->not_after, to);
	buf_putc(to, '\n');
}

/* ---- ours ---- */

static void put_references(const struct exhibit *x, struct buf *to)
{
	for (size_t i = 0; i < x->plan->references_n && i < 32; i++) {
		const struct target_plan *t = &x->plan->targets[x->plan->targets_n + i];

		buf_puts(to, "reference ");
		text_line(to, t->kind->endpoint(t->params));
		buf_puts(to, x->references_up >> i & 1 ? " answers\n" : " silent\n");
	}
}

static void put_command(const struct buf *command, struct buf *to)
{
	if (command->n > 0 && command->n <= COMMAND_MAX && !command->has_failed)
		buf_printf(to, "again %s\n", buf_text(command));
}

/* Of a name that failed, first how each resolver is asked for it. */
static void put_again(const struct exhibit *x, struct buf *to)
{
	const struct target_plan *t = &x->plan->targets[x->seen->target];
	const struct evidence *e = x->evidence;
	bool is_name = x->seen->outcome.phase == PHASE_DNS && e->host[0] != '\0';
	struct buf command = BUF_INIT(COMMAND_MAX + 1);

	for (size_t i = 0; is_name && i < e->words_n; i++) {
		buf_clear(&command);
		again_print_name(&e->words[i].server, e->host, t->family, &command);
		put_command(&command, to);
	}
	buf_clear(&command);
	again_print(&(struct again){ .target = t, .seen = x->seen, .is_kept = true }, &command);
	put_command(&command, to);
	buf_done(&command);
}

void exhibit_print(const struct exhibit *exhibit, struct buf *to)
{
	put_names(exhibit->evidence, to);
	put_reach(exhibit->seen, to);
	put_chain(exhibit, to);
	put_references(exhibit, to);
	put_again(exhibit, to);
}
