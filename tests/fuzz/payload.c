/*
 * payload.c - Alertmanager's webhook body: any bytes, asked for two watchdogs.
 */
#include "fuzz.h"

#include "io/payload.h"

#define FAULT_MAX 160

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct pair home[] = { { "cluster", "home" } };
	char *body = fuzz_copy(data, size, 0), fault[FAULT_MAX] = "";
	struct payload *payload = payload_parse(body, size, fault, sizeof fault);

	PROMISE((payload == NULL) == (fault[0] != '\0'));
	PROMISE(memchr(fault, '\0', sizeof fault) && !strpbrk(fault, "\r\n"));
	if (payload) {
		enum payload_watchdog any = payload_find(payload, (struct pairs){ .n = 0 });
		enum payload_watchdog ours = payload_find(payload, (struct pairs){ home, 1 });

		PROMISE(ours == PAYLOAD_NOTHING || any != PAYLOAD_NOTHING);
		PROMISE(ours != PAYLOAD_FIRING || any == PAYLOAD_FIRING);
	}
	payload_free(payload);
	free(body);
	return 0;
}
