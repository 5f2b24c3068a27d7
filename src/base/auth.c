/*
 * auth.c - see shorewatch/auth.h.
 */
#include "shorewatch/auth.h"

#include <stdio.h>
#include <string.h>

#define PAIR_MAX  1280 /* "user:password"; base64 makes it a third longer */
#define TOKEN_MAX 1900

/* A secret that was not read (`check` reads none) is as good as an empty one here. */
static const char *secret_text(const char *secret)
{
	return secret != NULL ? secret : "";
}

static bool has_controls(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	}
	return false;
}

static const char *basic_fault(const struct auth *auth)
{
	const char *password = secret_text(auth->password);

	if (strchr(auth->user, ':') != NULL)
		return "a user name cannot hold a colon (RFC 7617)";
	if (has_controls(auth->user) || has_controls(password))
		return "a control character or line break in user or password";
	if (strlen(auth->user) + strlen(password) + 2 > PAIR_MAX)
		return "user and password are longer than 1278 bytes";
	return NULL;
}

static const char *bearer_fault(const char *bearer)
{
	for (const char *c = bearer; *c != '\0'; c++) {
		if (*c <= ' ' || *c >= 0x7f)
			return "a token holds no spaces, line breaks nor other than ASCII";
	}
	return strlen(bearer) > TOKEN_MAX ? "the token is longer than 1900 bytes" : NULL;
}

const char *auth_fault(const struct auth *auth)
{
	return auth->user != NULL ? basic_fault(auth) : bearer_fault(secret_text(auth->bearer));
}

static void base64_print(const unsigned char *bytes, size_t n, char *to)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned long three = (unsigned long)bytes[i] << 16;

		if (i + 1 < n)
			three |= (unsigned long)bytes[i + 1] << 8;
		if (i + 2 < n)
			three |= bytes[i + 2];
		*to++ = digits[three >> 18 & 63];
		*to++ = digits[three >> 12 & 63];
		*to++ = i + 1 < n ? digits[three >> 6 & 63] : '=';
		*to++ = i + 2 < n ? digits[three & 63] : '=';
	}
	*to = '\0';
}

void auth_print(const struct auth *auth, char value[AUTH_HEADER_MAX])
{
	char pair[PAIR_MAX];
	int n;

	if (auth->user == NULL) {
		(void)snprintf(value, AUTH_HEADER_MAX, "Bearer %s", secret_text(auth->bearer));
		return;
	}
	n = snprintf(pair, sizeof(pair), "%s:%s", auth->user, secret_text(auth->password));
	(void)snprintf(value, AUTH_HEADER_MAX, "Basic ");
	base64_print((const unsigned char *)pair, (size_t)n, value + strlen(value));
	explicit_bzero(pair, sizeof(pair));
}
