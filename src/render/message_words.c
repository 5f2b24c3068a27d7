/*
 * message_words.c - the sentences that call a mail a mail, for what is told in
 * another way: a chat, a telephone, somebody's Alertmanager.
 *
 * Everything else is said in the same words. Sentences about mail itself (that
 * none leaves, how many left in a week) stay as they are: they are true here,
 * too.
 */
#include "render/mail_words.h"

static void say_in_english(struct mail_words *w)
{
	w->drill_step = "There is nothing to mend. Did this message reach the right people, soon "
			"enough, and did it wake whom it should?";
	w->storage = "The watcher cannot write to its disk; this message was sent from memory.";
	w->test_verdict = "If the whole stack{of} were down, a message like this would come. The "
			  "outage below is pretended; the checks, steps and links are yours.";
	w->flapping_verdict = "There were at least {changes} changes within {within}, so not each "
			      "of them is told any more.";
	w->held[HELD_BY_UNKNOWN] = "Messages about it were held back from {held} on, by planned "
				   "work, a silence, or a failure that it depends on; this one no "
				   "longer is.";
	w->held[HELD_BY_WINDOW] = "Messages about it were held back from {held} on, by planned "
				  "work ({what}); this one no longer is.";
	w->held[HELD_BY_SILENCE] = "Messages about it were held back from {held} on, by a silence "
				   "({what}); this one no longer is.";
	w->held[HELD_BY_PARENT] = "Messages about it were held back from {held} on, because it "
				  "depends on {what}, which failed; this one no longer is.";
	w->held_parent_bare = "Messages about it were held back from {held} on, because what it "
			      "depends on had failed; this one no longer is.";
	w->cert_signature = "shorewatch on {instance} · {number} · message {n} of this "
			    "certificate";
	w->digest_subject = (struct wording){
		"HELD BACK: {held} messages since {since}{zone}",
		"HELD BACK: one message since {since}{zone}",
	};
	w->digest_lead = (struct wording){
		"{held} messages to you were held back since {since}{zone}: at most {cap} an hour "
		"go out.",
		"One message to you was held back since {since}{zone}: at most {cap} an hour go "
		"out.",
	};
	w->held_back = (struct wording){
		"{held} messages to you were held back since {since}{zone}: at most {cap} an hour "
		"go out. This one tells how it stands now.",
		"One message to you was held back since {since}{zone}: at most {cap} an hour go "
		"out. This one tells how it stands now.",
	};
	w->next = "Next message";
	w->signature_incident = "shorewatch on {instance} · incident {number} · message {n} of "
				"this incident";
}

static void say_in_japanese(struct mail_words *w)
{
	w->drill_step = "復旧作業は不要です。この通知が必要な人に十分早く届き、気づいてもらえたかを"
			"確かめてください。";
	w->storage = "監視側はディスクに書き込めません。この通知はメモリから送りました。";
	w->test_verdict = "{of}全サービスが停止すると、このような通知が届きます。下の障害は見せかけですが、"
			  "チェック、手順、リンクは設定どおりです。";
	w->flapping_verdict = "{within}のうちに {changes} 回以上変化したため、変化のたびの通知は止めます。";
	w->held[HELD_BY_UNKNOWN] = "この障害の通知は、計画作業、保留の指定、または依存先の障害のため {held} "
				   "から保留していました。この通知は保留の対象ではなくなったため送っています。";
	w->held[HELD_BY_WINDOW] = "この障害の通知は、計画作業（{what}）のため {held} から保留していました。"
				  "この通知は保留の対象ではなくなったため送っています。";
	w->held[HELD_BY_SILENCE] = "この障害の通知は、保留の指定（{what}）により {held} から保留していました。"
				   "この通知は保留の対象ではなくなったため送っています。";
	w->held[HELD_BY_PARENT] = "この障害の通知は、依存先の {what} の障害のため {held} から保留していました。"
				  "この通知は保留の対象ではなくなったため送っています。";
	w->held_parent_bare = "この障害の通知は、依存先の障害のため {held} から保留していました。"
			      "この通知は保留の対象ではなくなったため送っています。";
	w->cert_signature = "shorewatch（{instance}）・{number}・この証明書の {n} 件目";
	w->digest_subject = (struct wording){ "【保留分】{since}{zone}からの通知{held}件", NULL };
	w->digest_lead = (struct wording){
		"{since}{zone} からあなた宛ての通知 {held} 件を保留しました（1 時間に {cap} 件まで）。", NULL,
	};
	w->digest_verdict = "保留するのは、軽くなった変化、対象の追加、継続の知らせだけです。悪化と復旧の通知は"
			    "送っています。いまの状態は次のとおりです。";
	w->held_back = (struct wording){
		"{since}{zone} からあなた宛ての通知 {held} 件を保留しました（1 時間に {cap} 件まで）。"
		"この通知はいまの状態です。", NULL,
	};
	w->next = "次の通知";
	w->signature_incident = "shorewatch（{instance}）・障害番号 {number}・この障害の {n} 件目";
}

void message_words(enum language language, struct mail_words *words)
{
	if (language == LANGUAGE_JA)
		say_in_japanese(words);
	else
		say_in_english(words);
}
