/*
 * imap_reply.c - see imap_reply.h.
 */
#include "io/imap_reply.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/words.h"

#define NUMBER_DIGITS 10 /* of 32 bits */

/* ---- from bytes to responses ---- */

void imap_reader_init(struct imap_reader *reader)
{
	*reader = (struct imap_reader){ .is_whole = true };
	buf_init(&reader->text, IMAP_RESPONSE_MAX);
}

void imap_reader_done(struct imap_reader *reader)
{
	buf_done(&reader->text);
}

/* Up to `n` digits. False: there are none, or more than a number of 32 bits has. */
static bool number_take(const char **at, const char *end, uint32_t *ret)
{
	uint64_t value = 0;
	size_t n = 0;

	for (; *at < end && isdigit((unsigned char)**at); (*at)++) {
		value = value * 10 + (uint64_t)(**at - '0');
		if (++n > NUMBER_DIGITS)
			return false;
	}
	*ret = (uint32_t)value;
	return n > 0 && value <= UINT32_MAX;
}

/* "{n}" or "{n+}" ends the line: a literal of n bytes follows. */
static bool literal_announced(const char *line, const char *end, uint32_t *ret)
{
	const char *at = end;

	if (at == line || *--at != '}')
		return false;
	if (at > line && at[-1] == '+')
		at--;
	while (at > line && isdigit((unsigned char)at[-1]))
		at--;
	return at > line && at[-1] == '{' && number_take(&at, end, ret);
}

static enum imap_fed line_end(struct imap_reader *r)
{
	const char *end = r->text.data + r->text.n - 1; /* before the LF */
	uint32_t literal;

	if (end > r->text.data + r->line && end[-1] == '\r')
		end--;
	if (literal_announced(r->text.data + r->line, end, &literal)) {
		r->literal_left = literal;
		r->line = r->text.n + literal;
		return literal < IMAP_RESPONSE_MAX ? IMAP_FED_MORE : IMAP_FED_BROKEN;
	}
	r->text.n = (size_t)(end - r->text.data);
	r->text.data[r->text.n] = '\0';
	r->is_whole = true;
	return IMAP_FED_WHOLE;
}

static size_t piece_of(const struct imap_reader *r, const char *bytes, size_t n)
{
	const char *newline;

	if (r->literal_left > 0)
		return n < r->literal_left ? n : r->literal_left;
	newline = memchr(bytes, '\n', n);
	return newline != NULL ? (size_t)(newline - bytes) + 1 : n;
}

enum imap_fed imap_feed(struct imap_reader *r, const char *bytes, size_t n, size_t *ret_taken)
{
	enum imap_fed fed = IMAP_FED_MORE;
	size_t at = 0;

	if (r->is_whole) {
		buf_clear(&r->text);
		r->line = r->literal_left = 0;
		r->is_whole = false;
	}
	while (at < n && fed == IMAP_FED_MORE) {
		size_t piece = piece_of(r, bytes + at, n - at);

		buf_add(&r->text, bytes + at, piece);
		at += piece;
		if (buf_failed(&r->text))
			fed = IMAP_FED_BROKEN;
		else if (r->literal_left > 0)
			r->literal_left -= piece;
		else if (r->text.data[r->text.n - 1] == '\n')
			fed = line_end(r);
	}
	*ret_taken = at;
	return fed;
}

/* ---- what a response says ---- */

/* The word that stands there, whatever its case, and nothing behind it that belongs to it. */
static bool word_take(const char **at, const char *word)
{
	size_t n = strlen(word);

	if (strncasecmp(*at, word, n) != 0 || ((*at)[n] != ' ' && (*at)[n] != '\0'))
		return false;
	*at += n;
	*at += strspn(*at, " ");
	return true;
}

enum imap_status imap_status(const char *response, const char *tag)
{
	const char *at = response;

	if (word_take(&at, "*"))
		return word_take(&at, "BYE") ? IMAP_STATUS_BYE : IMAP_STATUS_NONE;
	if (!word_take(&at, tag))
		return IMAP_STATUS_NONE;
	return word_take(&at, "OK") ? IMAP_STATUS_OK : IMAP_STATUS_REFUSED;
}

/* Room for a higher one is made by forgetting the lowest. */
void imap_uids_add(struct imap_uids *uids, uint32_t uid)
{
	size_t at = uids->n;

	while (at > 0 && uids->of[at - 1] > uid)
		at--;
	if (at > 0 && uids->of[at - 1] == uid)
		return;
	if (uids->n == IMAP_UIDS_MAX) {
		if (at == 0)
			return;
		memmove(uids->of, uids->of + 1, --at * sizeof uids->of[0]);
	} else {
		memmove(uids->of + at + 1, uids->of + at, (uids->n++ - at) * sizeof uids->of[0]);
	}
	uids->of[at] = uid;
}

void imap_uids_print(const struct imap_uids *uids, struct buf *to)
{
	for (size_t i = 0; i < uids->n; i++)
		buf_printf(to, "%s%u", i > 0 ? "," : "", uids->of[i]);
}

bool imap_search(const struct buf *response, struct imap_uids *uids, bool *ret_is_broken)
{
	const char *at = buf_text(response), *end = at + response->n;
	uint32_t uid;

	*ret_is_broken = false;
	if (!word_take(&at, "*") || !word_take(&at, "SEARCH"))
		return false;
	while (at < end && !*ret_is_broken) {
		*ret_is_broken =
			!number_take(&at, end, &uid) || uid == 0 || (at < end && *at != ' ');
		if (!*ret_is_broken)
			imap_uids_add(uids, uid);
		at += at < end && *at == ' ' ? strspn(at, " ") : 0;
	}
	return true;
}

/* ---- the headers of a message ---- */

/* The end of the header's last line: what is folded goes on (RFC 5322 2.2.3). */
static const char *field_end(const char *at, const char *end)
{
	do {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		at = newline != NULL ? newline + 1 : end;
	} while (at < end && (*at == ' ' || *at == '\t'));
	return at;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Blanks in a row become one space, those at both ends none. Too long: "". */
static void value_unfold(const char *at, const char *end, char value[IMAP_VALUE_MAX])
{
	size_t n = 0;

	for (; at < end && n < IMAP_VALUE_MAX; at++) {
		if (!is_blank(*at))
			value[n++] = *at;
		else if (n > 0 && value[n - 1] != ' ')
			value[n++] = ' ';
	}
	if (n == IMAP_VALUE_MAX)
		n = 0;
	while (n > 0 && value[n - 1] == ' ')
		n--;
	value[n] = '\0';
}

static void value_find(const char *at, size_t n, const char *header, char value[IMAP_VALUE_MAX])
{
	const char *end = at + n, *next;
	size_t name = strlen(header);

	for (; at < end && value[0] == '\0'; at = next) {
		next = field_end(at, end);
		if ((size_t)(next - at) > name && at[name] == ':' &&
		    strncasecmp(at, header, name) == 0)
			value_unfold(at + name + 1, next, value);
	}
}

/* The bytes of the literal that begins at `*at`; NULL: none does. */
static const char *literal_take(const char **at, const char *end, size_t *ret_n)
{
	const char *p = *at + 1, *content;
	uint32_t n;

	if (!number_take(&p, end, &n))
		return NULL;
	p += p < end && *p == '+';
	if (p >= end || *p++ != '}')
		return NULL;
	p += p < end && *p == '\r';
	if (p >= end || *p++ != '\n' || (size_t)(end - p) < n)
		return NULL;
	content = p;
	*ret_n = n;
	*at = p + n;
	return content;
}

static const char *quoted_take(const char **at, const char *end, size_t *ret_n)
{
	const char *content = *at + 1, *p = content;

	while (p < end && *p != '"')
		p += *p == '\\' && p + 1 < end ? 2 : 1;
	*ret_n = (size_t)(p - content);
	*at = p < end ? p + 1 : end;
	return content;
}

static const char *string_take(const char **at, const char *end, size_t *ret_n)
{
	const char *content = NULL;

	if (**at == '"')
		return quoted_take(at, end, ret_n);
	if (**at == '{')
		content = literal_take(at, end, ret_n);
	if (content == NULL)
		(*at)++;
	return content;
}

static bool is_atom(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '.' || c == '\\' || c == '$';
}

/* "UID 7", in any order with the rest (RFC 9051 7.5.2). */
static void atom_take(const char **at, const char *end, uint32_t *uid)
{
	const char *from = *at, *number;
	uint32_t value;

	while (*at < end && is_atom(**at))
		(*at)++;
	if (*at - from != 3 || strncasecmp(from, "UID", 3) != 0 || *at >= end || **at != ' ')
		return;
	number = *at + 1;
	if (number_take(&number, end, &value))
		*uid = value;
}

bool imap_fetch(const struct buf *response, const char *header, struct imap_fetched *ret)
{
	const char *at = buf_text(response), *end = at + response->n;
	uint32_t number;

	*ret = (struct imap_fetched){ .uid = 0 };
	if (!word_take(&at, "*") || !number_take(&at, end, &number) || *at != ' ')
		return false;
	at++;
	if (!word_take(&at, "FETCH"))
		return false;
	while (at < end) {
		const char *content = NULL;
		size_t n = 0;

		if (is_atom(*at))
			atom_take(&at, end, &ret->uid);
		else
			content = string_take(&at, end, &n);
		if (content != NULL && ret->value[0] == '\0')
			value_find(content, n, header, ret->value);
	}
	return true;
}

/* ---- what we say ---- */

bool imap_quoted(struct buf *to, const char *text)
{
	buf_putc(to, '"');
	for (const char *c = text; *c != '\0'; c++) {
		if (*c < ' ' || *c > '~') /* 8-bit, too: such a name is written in another way */
			return false;
		if (*c == '"' || *c == '\\')
			buf_putc(to, '\\');
		buf_putc(to, *c);
	}
	buf_putc(to, '"');
	return true;
}
