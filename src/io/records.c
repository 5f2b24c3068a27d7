/*
 * records.c - see records.h.
 *
 * Every byte of a reply is foreign: a cursor that has once left its bounds is
 * bad for good and reads only zeros, so that nothing behind it needs to look.
 * What a record holds is a row of letters, one for each field.
 */
#include "io/records.h"

#include <arpa/inet.h>
#include <string.h>

#define NAME_BYTES   255 /* RFC 1035 3.1 */
#define POINTER_MASK 0xc0u

/*
 * 4, 6 an address; b, h, w a number of one, two or four bytes; n a name; s one
 * string; t all strings to the end, joined (RFC 7208 3.3); r the rest as it is.
 */
static const struct record_row {
	unsigned type;
	const char *fields;
} rows[] = {
	[IO_RECORD_A] = { 1, "4" },	    [IO_RECORD_AAAA] = { 28, "6" },
	[IO_RECORD_MX] = { 15, "hn" },	    [IO_RECORD_NS] = { 2, "n" },
	[IO_RECORD_TXT] = { 16, "t" },	    [IO_RECORD_CNAME] = { 5, "n" },
	[IO_RECORD_SOA] = { 6, "nnwwwww" }, [IO_RECORD_CAA] = { 257, "bsr" },
	[IO_RECORD_SRV] = { 33, "hhhn" },
};

struct cursor {
	const unsigned char *message;
	size_t at, end;
	bool is_bad;
};

/* ---- bytes ---- */

/* NULL: there are not so many left. */
static const unsigned char *bytes_take(struct cursor *c, size_t n)
{
	const unsigned char *bytes = c->message + c->at;

	if (c->is_bad || n > c->end - c->at) {
		c->is_bad = true;
		return NULL;
	}
	c->at += n;
	return bytes;
}

static unsigned number_take(struct cursor *c, size_t bytes_n)
{
	const unsigned char *bytes = bytes_take(c, bytes_n);
	unsigned value = 0;

	for (size_t i = 0; bytes != NULL && i < bytes_n; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* As in a zone file: \. and \\, and \DDD for what cannot be printed. */
static void byte_put(struct buf *to, unsigned char c, const char *special)
{
	if (c < ' ' || c >= 0x7f)
		buf_printf(to, "\\%03u", c);
	else
		buf_printf(to, strchr(special, c) != NULL ? "\\%c" : "%c", c);
}

/* A text may be UTF-8, and then is shown as it is. */
static void text_put(struct buf *to, const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] >= 0x80)
			buf_putc(to, (char)bytes[i]);
		else
			byte_put(to, bytes[i], "");
	}
}

/* ---- names ---- */

/* A pointer leads back only (RFC 1035 4.1.4), so that no chain of them is endless. */
static void pointer_follow(struct cursor *name, unsigned first, size_t message_n, size_t *lowest)
{
	size_t target = (first & ~POINTER_MASK) << 8 | number_take(name, 1);

	if (target >= *lowest)
		name->is_bad = true;
	if (name->is_bad)
		return;
	*lowest = name->at = target;
	name->end = message_n;
}

static void label_put(struct cursor *c, size_t n, struct buf *to)
{
	const unsigned char *bytes = bytes_take(c, n);

	for (size_t i = 0; bytes != NULL && i < n; i++)
		byte_put(to, bytes[i], ".\\");
}

/* The labels of a name, without the last dot; "." is the root. */
static void name_take(struct cursor *c, size_t message_n, struct buf *to)
{
	struct cursor name = *c;
	size_t total = 0, lowest = c->at, behind = 0; /* the first pointer */
	unsigned n;

	while ((n = number_take(&name, 1)) != 0) {
		if ((n & POINTER_MASK) == POINTER_MASK) {
			behind = behind != 0 ? behind : name.at + 1;
			pointer_follow(&name, n, message_n, &lowest);
			continue;
		}
		total += n + 1;
		if ((n & POINTER_MASK) != 0 || total >= NAME_BYTES)
			name.is_bad = true;
		if (total > n + 1)
			buf_putc(to, '.');
		label_put(&name, n, to);
	}
	if (total == 0)
		buf_putc(to, '.');
	c->is_bad = name.is_bad;
	if (!c->is_bad)
		c->at = behind != 0 ? behind : name.at;
}

/* ---- what a record holds ---- */

static void address_put(struct cursor *c, int family, struct buf *to)
{
	const unsigned char *bytes = bytes_take(c, family == AF_INET6 ? 16 : 4);
	char text[INET6_ADDRSTRLEN];

	if (bytes != NULL && inet_ntop(family, bytes, text, sizeof(text)) != NULL)
		buf_puts(to, text);
}

static void string_put(struct cursor *c, struct buf *to)
{
	size_t n = number_take(c, 1);
	const unsigned char *bytes = bytes_take(c, n);

	if (bytes != NULL)
		text_put(to, bytes, n);
}

static void rest_put(struct cursor *c, struct buf *to)
{
	size_t n = c->end - c->at;

	text_put(to, c->message + c->at, n);
	c->at = c->end;
}

static void field_put(struct cursor *c, char field, size_t message_n, struct buf *to)
{
	switch (field) {
	case '4':
		address_put(c, AF_INET, to);
		break;
	case '6':
		address_put(c, AF_INET6, to);
		break;
	case 'b':
		buf_printf(to, "%u", number_take(c, 1));
		break;
	case 'h':
		buf_printf(to, "%u", number_take(c, 2));
		break;
	case 'w':
		buf_printf(to, "%u", number_take(c, 4));
		break;
	case 'n':
		name_take(c, message_n, to);
		break;
	case 's':
		string_put(c, to);
		break;
	case 't':
		while (!c->is_bad && c->at < c->end)
			string_put(c, to);
		break;
	default: /* r */
		rest_put(c, to);
		break;
	}
}

static void data_put(struct cursor data, const char *fields, size_t message_n, struct buf *to,
		     bool *ret_is_bad)
{
	for (const char *field = fields; *field != '\0' && !data.is_bad; field++) {
		if (field > fields)
			buf_putc(to, ' ');
		field_put(&data, *field, message_n, to);
	}
	*ret_is_bad = data.is_bad || data.at != data.end;
}

/* ---- the message ---- */

static void name_skip(struct cursor *c, size_t message_n)
{
	struct buf nowhere = BUF_INIT(0);

	name_take(c, message_n, &nowhere);
	buf_done(&nowhere);
}

/* A text that does not fit is left out, and said to be missing. */
static void record_add(struct records *to, size_t began)
{
	buf_putc(&to->bytes, '\0');
	if (buf_failed(&to->bytes) || to->n == RECORDS_MAX) {
		to->is_cut = true;
		return;
	}
	to->places[to->n++] = began;
}

static void record_take(struct cursor *c, const struct record_row *row, struct records *to)
{
	size_t message_n = c->end, began = to->bytes.n;
	unsigned type, class, n;

	name_skip(c, message_n);
	type = number_take(c, 2);
	class = number_take(c, 2);
	(void)number_take(c, 4); /* how long it may be kept: we keep nothing */
	n = number_take(c, 2);
	if (bytes_take(c, n) == NULL || type != row->type || class != 1 || to->is_cut)
		return;
	data_put((struct cursor){ c->message, c->at - n, c->at, false }, row->fields, message_n,
		 &to->bytes, &c->is_bad);
	if (!c->is_bad)
		record_add(to, began);
}

static void texts_place(struct records *records)
{
	for (size_t i = 0; i < records->n; i++)
		records->texts[i] = records->bytes.data + records->places[i];
}

bool records_read(struct records *to, enum io_record record, const unsigned char *reply, size_t n)
{
	struct cursor c = { reply, 0, n, false };
	unsigned questions, answers;

	*to = (struct records){ .bytes = BUF_INIT(RECORDS_BYTES_MAX) };
	(void)number_take(&c, 4); /* id and flags are c-ares's to look at */
	questions = number_take(&c, 2);
	answers = number_take(&c, 2);
	(void)number_take(&c, 4);
	for (unsigned i = 0; i < questions && !c.is_bad; i++) {
		name_skip(&c, n);
		(void)number_take(&c, 4);
	}
	for (unsigned i = 0; i < answers && !c.is_bad; i++)
		record_take(&c, &rows[record], to);
	texts_place(to);
	return !c.is_bad;
}

void records_done(struct records *records)
{
	buf_done(&records->bytes);
}

unsigned records_type(enum io_record record)
{
	return rows[record].type;
}
