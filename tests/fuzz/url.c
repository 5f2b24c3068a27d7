/*
 * url.c - any line as a URL, and the rest as a Location header seen from it:
 * what was understood is understood again, and no redirect leaves http.
 */
#include "fuzz.h"

#include "../../probes/http_redirect.h"
#include "../../probes/http_url.h"

static void read_again(const struct url *url)
{
	struct url again;

	PROMISE(strncmp(url->text, url->is_tls ? "https://" : "http://", url->is_tls ? 8 : 7) == 0);
	PROMISE(url->path_at < URL_MAX && url->text[url->path_at] == '/');
	for (const char *c = url->text; *c != '\0'; c++)
		PROMISE((unsigned char)*c > ' ' && (unsigned char)*c < 0x7f);
	PROMISE(url_read(url->text, &again) == NULL);
	PROMISE(strcmp(again.text, url->text) == 0 && url_same_origin(url, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = { 301, 302, 303, 307, 308 };
	char *first = fuzz_line(&data, &size), *location = fuzz_copy(data, size, 1);
	struct url url;

	if (!url_read(first, &url)) {
		read_again(&url);
		for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
			struct hop hop = { .url = url, .has_body = true };

			if (!redirect_follow(&hop, statuses[i], location))
				read_again(&hop.url);
			else
				PROMISE(strcmp(hop.url.text, url.text) == 0);
		}
	}
	free(first);
	free(location);
	return 0;
}
