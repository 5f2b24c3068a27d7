/*
 * head.c - the first bytes of a connection to our receiver. What is said of
 * them must not depend on how much of them has come.
 */
#include "fuzz.h"

#include "io/receiver_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_copy(data, size, 0), answer[HEAD_ANSWER_MAX];
	struct head_fault fault = { 0 };
	enum head_verdict verdict = head_check(bytes, size, &fault);

	if (verdict == HEAD_BAD) {
		PROMISE(fault.status >= 400 && fault.status < 500 && fault.reason);
		PROMISE(head_answer(&fault, answer) < HEAD_ANSWER_MAX);
	}
	for (size_t part = 0; verdict == HEAD_FINE && part < size && part < 512; part++) {
		char *begun = fuzz_copy(data, part, 0);

		PROMISE(head_check(begun, part, &fault) != HEAD_BAD);
		free(begun);
	}
	free(bytes);
	return 0;
}
