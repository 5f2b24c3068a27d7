/*
 * courier_write.c - a notice becomes the bytes that its channel is handed: a
 * mail, or what its kind makes of the same words. Never with a secret in them:
 * they lie on the disk, and leave as they are at every attempt.
 */
#include "app/courier_write.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "render/brief.h"

const struct channel_plan *courier_channel(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->channels_n; i++)
		if (strcmp(plan->channels[i].name, name) == 0)
			return &plan->channels[i];
	return NULL;
}

bool courier_is_mail(const char *recipient)
{
	return strchr(recipient, '@') != NULL;
}

static void write_by_kind(const struct channel_plan *channel, const struct mail_request *request,
			  struct buf *to)
{
	/* On the heap: it is large, and the loop's stack is not only ours. */
	struct brief *brief = malloc(sizeof *brief);

	if (!brief) {
		to->has_failed = true;
		return;
	}
	brief_init(brief, request);
	channel->kind->write(&brief->words, channel->params, to);
	to->has_failed |= brief_failed(brief);
	brief_done(brief);
	free(brief);
}

static void write_once(const struct channel_plan *channel, const struct mail_request *request,
		       struct buf *to)
{
	if (channel && channel->kind)
		write_by_kind(channel, request, to);
	else
		mail_render(request, to);
}

static bool is_same(const struct buf *a, const struct buf *b)
{
	return !buf_failed(a) && !buf_failed(b) && a->n == b->n &&
	       memcmp(buf_text(a), buf_text(b), a->n) == 0;
}

/*
 * Sentences are put together from many small texts, and one that finds no memory leaves a word out
 * ("down since ."): what looks whole need not be. The same inputs give the same bytes, so it is
 * written twice, and only what is the same both times is whole.
 */
char *courier_write(const struct model *model, const struct plan *plan,
		    const struct notice *notice, const struct incident *incident, size_t *ret_n)
{
	const struct channel_plan *channel = courier_channel(plan, notice->recipient);
	struct mail_request request = { model, incident, notice,
					channel ? channel->language : plan->language };
	struct buf message = BUF_INIT(COURIER_MESSAGE_MAX), again = BUF_INIT(COURIER_MESSAGE_MAX);

	write_once(channel, &request, &message);
	write_once(channel, &request, &again);
	message.has_failed |= !is_same(&message, &again);
	buf_done(&again);
	return buf_take(&message, ret_n);
}
