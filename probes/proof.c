/*
 * proof.c - see proof.h.
 *
 * Secrets: an answer's headers keep their values unless the name speaks of
 * something secret; what we sent ourselves as a secret is searched for in all
 * that is kept, because servers repeat what they do not understand. A secret
 * that is cut by the end of what is kept is found by its beginning.
 */
#include "proof.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "shorewatch/probe.h"
#include "vet.h"

#define HIDDEN	   "(hidden)"
#define SECRET_MIN 4 /* bytes; a shorter one would hide half of every text */

/* ---- names ---- */

static void words_fill(struct evidence *e, const struct io *io, const struct io_answer *answer)
{
	struct address servers[EVIDENCE_SERVERS_MAX];
	size_t n = answer->words_n < EVIDENCE_SERVERS_MAX ? answer->words_n : EVIDENCE_SERVERS_MAX;

	e->is_each_asked = n > 0;
	for (size_t i = 0; i < n; i++)
		e->words[i] = answer->words[i];
	if (n == 0)
		n = io_resolvers(io, servers, EVIDENCE_SERVERS_MAX);
	for (size_t i = 0; i < n && !e->is_each_asked; i++)
		e->words[i] = (struct io_word){ .server = servers[i], .cause = answer->cause };
	e->words_n = n;
}

void proof_answer(struct probe_run *run, const char *host, const struct io_answer *answer)
{
	struct evidence *e = probe_run_evidence(run);

	if (e == NULL)
		return;
	e->host[0] = '\0';
	e->answers_n = e->words_n = 0;
	if (vet_is_given(host))
		return;
	(void)snprintf(e->host, sizeof(e->host), "%s", host);
	words_fill(e, run->io, answer);
	e->is_remembered = answer->is_remembered;
	e->answers_n = answer->n;
	memcpy(e->answers, answer->address, answer->n * sizeof(answer->address[0]));
}

void proof_tries(struct probe_run *run, const char *host, const struct tries *tries)
{
	struct evidence *e = run->evidence != NULL ? run->evidence : probe_run_evidence(run);
	struct io_answer answer = { .cause = CAUSE_PASS, .n = tries->n };

	if (e == NULL || e->host[0] != '\0')
		return;
	memcpy(answer.address, tries->address, tries->n * sizeof(tries->address[0]));
	proof_answer(run, host, &answer);
}

/* ---- an answer ---- */

static void bytes_keep(char *to, size_t *n, size_t max, const void *bytes, size_t bytes_n)
{
	size_t room = max - *n;

	bytes_n = bytes_n < room ? bytes_n : room;
	memcpy(to + *n, bytes, bytes_n);
	*n += bytes_n;
}

static void head_keep(struct evidence *e, const char *text)
{
	bytes_keep(e->head, &e->head_n, sizeof(e->head), text, strlen(text));
}

void proof_begin(struct evidence *evidence)
{
	if (evidence == NULL)
		return;
	evidence->head_n = 0;
	evidence->body_n = 0;
}

static bool is_secret_header(const char *name)
{
	static const char *const words[] = { "cookie", "auth", "token", "secret", "key",
					     "session", "passw", "credential", "signature", NULL };

	for (size_t i = 0; words[i] != NULL; i++) {
		if (strcasestr(name, words[i]) != NULL)
			return true;
	}
	return false;
}

void proof_header(struct evidence *evidence, const char *name, const char *value)
{
	if (evidence == NULL)
		return;
	head_keep(evidence, name);
	head_keep(evidence, ": ");
	head_keep(evidence, is_secret_header(name) ? HIDDEN : value);
	head_keep(evidence, "\n");
}

void proof_body(struct evidence *evidence, const void *bytes, size_t n)
{
	if (evidence != NULL)
		bytes_keep(evidence->body, &evidence->body_n, sizeof(evidence->body), bytes, n);
}

/* ---- secrets ---- */

/* How much of the secret stands at the end of the text, at least SECRET_MIN bytes; else 0. */
static size_t tail_of(const char *text, size_t n, const char *secret, size_t secret_n)
{
	size_t most = secret_n - 1 < n ? secret_n - 1 : n;

	for (size_t k = most; k >= SECRET_MIN; k--) {
		if (memcmp(text + n - k, secret, k) == 0)
			return k;
	}
	return 0;
}

/* The word takes the secret's place, both cut to what there is room for. */
static void place_hide(char *text, size_t *n, size_t max, size_t at, size_t secret_n)
{
	size_t word = sizeof(HIDDEN) - 1, behind = *n - at - secret_n;

	word = word < max - at ? word : max - at;
	behind = behind < max - at - word ? behind : max - at - word;
	memmove(text + at + word, text + at + secret_n, behind);
	memcpy(text + at, HIDDEN, word);
	*n = at + word + behind;
}

static void text_hide(char *text, size_t *n, size_t max, const char *secret, size_t secret_n)
{
	size_t from = 0, tail;
	char *at;

	while ((at = memmem(text + from, *n - from, secret, secret_n)) != NULL) {
		size_t place = (size_t)(at - text);

		place_hide(text, n, max, place, secret_n);
		from = place + sizeof(HIDDEN) - 1;
		if (from >= *n)
			return;
	}
	tail = *n == max ? tail_of(text, *n, secret, secret_n) : 0;
	if (tail > 0)
		place_hide(text, n, max, *n - tail, tail);
}

void proof_hide(struct evidence *evidence, const char *secret)
{
	size_t secret_n = secret != NULL ? strlen(secret) : 0;

	if (evidence == NULL || secret_n < SECRET_MIN)
		return;
	text_hide(evidence->head, &evidence->head_n, sizeof(evidence->head), secret, secret_n);
	text_hide(evidence->body, &evidence->body_n, sizeof(evidence->body), secret, secret_n);
}
