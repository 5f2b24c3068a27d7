/*
 * records.c - what a name server replies: a byte for the type that was asked,
 * the message. What is made of it can be shown, and every text ends.
 */
#include "fuzz.h"

#include "io/records.h"

static void texts_look(const struct records *records)
{
	PROMISE(records->n <= RECORDS_MAX);
	for (size_t i = 0; i < records->n; i++) {
		const char *text = records->texts[i];

		PROMISE(strlen(text) <= RECORDS_BYTES_MAX);
		for (; *text != '\0'; text++)
			PROMISE((unsigned char)*text >= ' ' && *text != 0x7f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum io_record record = size > 0 ? (enum io_record)(data[0] % (IO_RECORD_SRV + 1))
					 : IO_RECORD_A;
	struct records records;
	char *message;

	data += size > 0;
	size -= size > 0;
	message = fuzz_copy(data, size, 0);
	if (!records_read(&records, record, (const unsigned char *)message, size))
		PROMISE(records.n <= RECORDS_MAX);
	texts_look(&records);
	records_done(&records);
	free(message);
	return 0;
}
