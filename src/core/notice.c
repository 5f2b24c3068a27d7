/*
 * notice.c - a notice's identity, and the head of its file.
 */
#include "core/notice.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/key.h"
#include "core/fields.h"

#define MAGIC "shorewatch-notice 1"

static const char *const kind_names[NOTICE_KINDS] = {
	[NOTICE_DOWN] = "down",		  [NOTICE_CHANGE] = "change",
	[NOTICE_REPEAT] = "repeat",	  [NOTICE_RECOVERED] = "recovered",
	[NOTICE_BLIND] = "blind",	  [NOTICE_TEST] = "test",
	[NOTICE_CERTIFICATE] = "certificate", [NOTICE_SELF] = "self",
	[NOTICE_WEEK] = "week",		  [NOTICE_DIGEST] = "digest",
};

static const char *const matter_names[SELF_MATTERS] = {
	[SELF_NONE] = "none",
	[SELF_CONFIGURATION] = "configuration",
	[SELF_CLOCK] = "clock",
	[SELF_MAIL] = "mail",
	[SELF_MAIL_BACK] = "mail-back",
	[SELF_CHANNEL] = "channel",
	[SELF_CHANNEL_BACK] = "channel-back",
	[SELF_STORAGE] = "storage",
	[SELF_CANARY] = "canary",
	[SELF_CANARY_BACK] = "canary-back",
	[SELF_CANARY_UNSEEN] = "canary-unseen",
};

const char *notice_kind_name(enum notice_kind kind)
{
	return kind_names[kind];
}

const char *self_matter_name(enum self_matter matter)
{
	return matter_names[matter];
}

/* How far a clock is off is measured a little differently each time. */
uint64_t self_key(enum self_matter matter, const char *detail)
{
	uint64_t key = key_mix(key_text(matter == SELF_CLOCK ? "" : detail) + (uint64_t)matter);

	return key ? key : 1;
}

static uint64_t cause_of(const struct notice *notice)
{
	if (notice->incident != 0)
		return notice->incident;
	switch (notice->kind) {
	case NOTICE_CERTIFICATE:
		return key_mix(notice->fingerprint + (uint64_t)notice->kind);
	case NOTICE_SELF:
		if (wall_is_set(notice->from))
			return key_mix(self_key(notice->matter, notice->detail) +
				       (uint64_t)notice->from.us);
		/* Days of UTC: those of a calendar may differ after a reload. */
		return key_mix(self_key(notice->matter, notice->detail) +
			       (uint64_t)(notice->created.wall.us / USEC_PER_DAY));
	case NOTICE_BLIND:
		/* Killed right after it was told, the next life finds the same end of it. */
		return key_mix((uint64_t)notice->from.us ^ (uint64_t)notice->kind);
	case NOTICE_WEEK:
		/* One week is summed up once, whoever counts it again after a crash. */
		return key_mix((uint64_t)notice->to.us ^ (uint64_t)notice->kind);
	case NOTICE_DIGEST:
		return key_mix((uint64_t)notice->held_from.us ^ (uint64_t)notice->kind);
	case NOTICE_DOWN:
	case NOTICE_CHANGE:
	case NOTICE_REPEAT:
	case NOTICE_RECOVERED:
	case NOTICE_TEST:
	case NOTICE_KINDS:
		break;
	}
	return key_mix((uint64_t)notice->created.wall.us ^ (uint64_t)notice->kind);
}

uint64_t notice_id(const struct notice *notice)
{
	uint64_t cause = cause_of(notice);
	/*
	 * Mixed again: the hash begins with seed ^ first letter, so that the next seq to another
	 * letter could meet.
	 */
	uint64_t id = key_hash(notice->recipient, strlen(notice->recipient),
			       key_mix(key_mix(cause) + notice->seq));

	return id ? id : 1;
}

void notice_message_id(const struct notice *notice, uint32_t seq, struct buf *to)
{
	bool is_thread = notice->incident != 0 || notice->kind == NOTICE_CERTIFICATE;
	uint64_t cause = is_thread ? cause_of(notice) : notice->id;
	uint64_t recipient = key_text(notice->recipient);

	buf_printf(to, "<%016" PRIx64 ".%" PRIu32 ".%08" PRIx32 "@%s>", cause, seq,
		   (uint32_t)recipient, notice->host);
}

void notice_write(const struct notice *notice, unsigned attempts, struct buf *to)
{
	buf_puts(to, MAGIC "\n");
	buf_printf(to, "id %016" PRIx64 "\n", notice->id);
	buf_printf(to, "incident %016" PRIx64 "\n", notice->incident);
	buf_printf(to, "seq %" PRIu32 "\n", notice->seq);
	buf_printf(to, "serial %016" PRIx64 "\n", notice->serial);
	buf_printf(to, "kind %s\n", kind_names[notice->kind]);
	buf_printf(to, "diagnosis %s\n", diagnosis_name(notice->diagnosis));
	buf_printf(to, "important %d\n", notice->is_important);
	if (notice->is_partial)
		buf_puts(to, "partial 1\n");
	buf_puts(to, "created");
	fields_put_now(to, notice->created);
	buf_printf(to, "\nrecipient %s\n", notice->recipient);
	buf_printf(to, "number %s\n", notice->number[0] ? notice->number : "-");
	buf_printf(to, "stack %s\n", notice->stack[0] ? notice->stack : "-");
	buf_printf(to, "host %s\n", notice->host[0] ? notice->host : "-");
	buf_puts(to, "opened");
	fields_put_now(to, notice->opened);
	buf_printf(to, "\naffected %s", notice->affected[0] ? notice->affected : "-");
	buf_printf(to, "\nspan %" PRId64 " %" PRId64 "\n", notice->from.us, notice->to.us);
	buf_printf(to, "certificate %016" PRIx64 " %" PRIu32 "\n", notice->fingerprint,
		   notice->told);
	buf_printf(to, "matter %s\n", matter_names[notice->matter]);
	buf_printf(to, "detail %s\n", notice->detail);
	buf_printf(to, "drill %d\n", notice->is_drill);
	if (notice->held > 0)
		buf_printf(to, "held %" PRIu32 " %" PRId64 "\n", notice->held,
			   notice->held_from.us);
	if (wall_is_set(notice->not_before))
		buf_printf(to, "not-before %" PRId64 "\n", notice->not_before.us);
	if (wall_is_set(notice->merges))
		buf_printf(to, "merges %" PRId64 "\n", notice->merges.us);
	buf_printf(to, "attempts %u\n\n", attempts);
}

static enum notice_kind read_kind(struct fields *f)
{
	char word[16];

	fields_word(f, word, sizeof word);
	for (int i = 0; i < NOTICE_KINDS; i++)
		if (strcmp(word, kind_names[i]) == 0)
			return (enum notice_kind)i;
	f->has_failed = true;
	return NOTICE_TEST;
}

static enum diagnosis read_diagnosis(struct fields *f)
{
	char word[32];
	enum diagnosis d = DIAGNOSIS_NONE;

	fields_word(f, word, sizeof word);
	if (!diagnosis_parse(word, &d))
		f->has_failed = true;
	return d;
}

static enum self_matter read_matter(struct fields *f)
{
	char word[32];

	fields_word(f, word, sizeof word);
	for (int i = 0; i < SELF_MATTERS; i++)
		if (strcmp(word, matter_names[i]) == 0)
			return (enum self_matter)i;
	f->has_failed = true;
	return SELF_NONE;
}

/* The rest of its line, which may hold spaces. */
static void read_detail(struct fields *f, char detail[NOTICE_AFFECTED_MAX])
{
	size_t n = (size_t)(f->end - f->at);

	if (n > 0 && *f->at == ' ')
		f->at++, n--;
	if (n >= NOTICE_AFFECTED_MAX || memchr(f->at, '\0', n)) {
		f->has_failed = true;
		return;
	}
	memcpy(detail, f->at, n);
	detail[n] = '\0';
}

static void read_line(const char *key, struct fields *f, struct notice *n, unsigned *attempts)
{
	if (strcmp(key, "id") == 0)
		n->id = fields_hex(f);
	else if (strcmp(key, "incident") == 0)
		n->incident = fields_hex(f);
	else if (strcmp(key, "seq") == 0)
		n->seq = fields_count(f);
	else if (strcmp(key, "serial") == 0)
		n->serial = fields_hex(f);
	else if (strcmp(key, "kind") == 0)
		n->kind = read_kind(f);
	else if (strcmp(key, "diagnosis") == 0)
		n->diagnosis = read_diagnosis(f);
	else if (strcmp(key, "important") == 0)
		n->is_important = fields_bool(f);
	else if (strcmp(key, "partial") == 0)
		n->is_partial = fields_bool(f);
	else if (strcmp(key, "created") == 0)
		n->created = fields_now(f);
	else if (strcmp(key, "recipient") == 0)
		fields_word(f, n->recipient, sizeof n->recipient);
	else if (strcmp(key, "number") == 0)
		fields_word(f, n->number, sizeof n->number);
	else if (strcmp(key, "stack") == 0)
		fields_word(f, n->stack, sizeof n->stack);
	else if (strcmp(key, "host") == 0)
		fields_word(f, n->host, sizeof n->host);
	else if (strcmp(key, "opened") == 0)
		n->opened = fields_now(f);
	else if (strcmp(key, "affected") == 0)
		fields_word(f, n->affected, sizeof n->affected);
	else if (strcmp(key, "span") == 0)
		n->from = fields_wall(f), n->to = fields_wall(f);
	else if (strcmp(key, "certificate") == 0)
		n->fingerprint = fields_hex(f), n->told = fields_count(f);
	else if (strcmp(key, "matter") == 0)
		n->matter = read_matter(f);
	else if (strcmp(key, "detail") == 0)
		read_detail(f, n->detail);
	else if (strcmp(key, "drill") == 0)
		n->is_drill = fields_bool(f);
	else if (strcmp(key, "held") == 0)
		n->held = fields_count(f), n->held_from = fields_wall(f);
	else if (strcmp(key, "not-before") == 0)
		n->not_before = fields_wall(f);
	else if (strcmp(key, "merges") == 0)
		n->merges = fields_wall(f);
	else if (strcmp(key, "attempts") == 0)
		*attempts = fields_count(f);
}

static size_t line_length(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	return newline ? (size_t)(newline - at) : SIZE_MAX;
}

long notice_read(const char *text, size_t n, struct notice *ret, unsigned *ret_attempts)
{
	const char *at = text, *end = text + n;
	struct notice notice = { 0 };
	unsigned attempts = 0;
	size_t length = line_length(at, end);

	if (length != strlen(MAGIC) || memcmp(at, MAGIC, length) != 0)
		return -EBADMSG;
	for (at += length + 1; (length = line_length(at, end)) != 0; at += length + 1) {
		struct fields f;
		char key[32];

		if (length == SIZE_MAX)
			return -EBADMSG;
		f = fields_of(at, length);
		fields_word(&f, key, sizeof key);
		read_line(key, &f, &notice, &attempts);
		if (f.has_failed)
			return -EBADMSG;
	}
	if (notice.id == 0 || notice.recipient[0] == '\0')
		return -EBADMSG;
	*ret = notice;
	*ret_attempts = attempts;
	return (long)(at + 1 - text);
}
