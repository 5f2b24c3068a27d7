/*
 * answer.c - any bytes as what a channel's service answers, and as its
 * Retry-After: every answer is judged, and by its status in bounds.
 */
#include "fuzz.h"

#include "notify/answer.h"
#include "notify/fit.h"
#include "base/buf.h"
#include "shorewatch/json.h"

static bool is_ok(const struct answer *answer)
{
	bool ok = false;

	(void)json_as_bool(json_member(answer->json, "ok"), &ok); /* else it stays false */
	return ok;
}

static void judge(int status, const char *body, size_t n, usec_t retry_after,
		  answer_is_taken *is_taken)
{
	struct io_mail_result result;

	answer_judge(status, body, n, retry_after, is_taken, &result);
	PROMISE(result.code == status);
	PROMISE(memchr(result.reply, '\0', sizeof result.reply) != NULL);
	PROMISE(result.retry_after >= 0 && result.retry_after <= USEC_PER_DAY + 1);
	PROMISE(result.verdict != MAIL_IN_DOUBT);
	PROMISE(result.verdict != MAIL_ACCEPTED || (status >= 200 && status <= 299));
	PROMISE(result.verdict != MAIL_REFUSED || (status >= 300 && status <= 499));
}

/* Never longer than asked for, whatever it is made of. */
static void fit(const char *text)
{
	for (enum fit_place place = FIT_PLAIN; place <= FIT_DISCORD; place++) {
		struct buf to = BUF_INIT(4096);

		fit_text(&to, text, 40, FIT_BYTES, place);
		PROMISE(to.n <= 40 && !buf_failed(&to));
		buf_done(&to);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = { 200, 204, 302, 404, 429, 503 };
	char *header = fuzz_line(&data, &size), *body = fuzz_copy(data, size, 1);
	usec_t retry_after = answer_retry_after(header);

	PROMISE(retry_after >= 0 && retry_after <= USEC_PER_DAY);
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
		judge(statuses[i], body, size, retry_after, NULL);
		judge(statuses[i], body, size, retry_after, is_ok);
	}
	fit(body);
	free(header);
	free(body);
	return 0;
}
