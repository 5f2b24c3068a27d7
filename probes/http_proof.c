/*
 * http_proof.c - what of a request is a secret, should the answer repeat it:
 * who we are, as we know it and as it is sent, the request's body, and every
 * header of ours but those that are known to be harmless.
 */
#include "http_proof.h"

#include <string.h>
#include <strings.h>

#include "proof.h"
#include "shorewatch/auth.h"

static bool is_harmless(const char *name)
{
	static const char *const names[] = { "Accept", "Accept-Language", "Content-Type",
					     "User-Agent", "Host", NULL };

	for (size_t i = 0; names[i] != NULL; i++) {
		if (strcasecmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static void auth_hide(struct evidence *evidence, const struct auth *auth)
{
	char value[AUTH_HEADER_MAX];

	auth_print(auth, value);
	proof_hide(evidence, strchr(value, ' ') + 1); /* behind "Basic" or "Bearer" */
	explicit_bzero(value, sizeof(value));
	proof_hide(evidence, auth->password);
}

void http_proof_hide(struct evidence *evidence, const struct http_params *params)
{
	if (evidence == NULL || evidence->head_n + evidence->body_n == 0)
		return;
	if (params->auth != NULL)
		auth_hide(evidence, params->auth);
	for (size_t i = 0; i < params->headers.n; i++) {
		if (!is_harmless(params->headers.v[i].name))
			proof_hide(evidence, params->headers.v[i].value);
	}
	proof_hide(evidence, params->body);
}
