/*
 * page_words.c - the page's own catalogue: one row a sentence, all languages
 * side by side, so that none is forgotten.
 *
 * Whole sentences with named holes, never fragments glued together. No '<',
 * '>', '&' or '"' in here: the texts go between tags and into attributes as
 * they are (page_say.c).
 */
#include "render/page_words.h"

#include <assert.h>

static const char *const words[WORD_COUNT][LANGUAGE_COUNT] = {
	[WORD_SPACE] = { " ", "" },
	[WORD_COMMA] = { ", ", "、" },
	[WORD_STOP] = { ". ", "。" },
	[WORD_OTHER_DAY] = { "{day}, {time}", "{day} {time}" },
	[WORD_AND_MORE] = { "{names} and {n} more", "{names}、ほか {n} 件" },
	[WORD_LANGUAGE] = { "English", "日本語" },
	[WORD_LANGUAGE_CODE] = { "en", "ja" },

	[WORD_SKIP] = { "Skip to the checks", "各チェックへ移動" },
	[WORD_SKIP_HEAD] = { "Skip to the content", "本文へ移動" },
	[WORD_STALE_LABEL] = { "Age of this page", "この表示の鮮度" },
	[WORD_STALE] = { "This copy is more than 5 minutes old.",
			 "この表示は 5 分以上前のものです。" },
	[WORD_STALE_LOAD] = { "Load the current report", "最新の状況を読み込む" },
	[WORD_ALIVE] = { "The watcher has not written a newer report. It may have stopped: "
			 "do not rely on this page.",
			 "監視側から新しい報告が出ていません。監視が止まっている可能性があります。"
			 "この表示を信用しないでください。" },
	[WORD_NAV] = { "Page", "ページ" },
	[WORD_DESCRIPTION] = { "{headline}. {up} of {of} checks pass. Reported {time}.",
			       "{headline}。{of} 件中 {up} 件が正常。{time} 時点。" },

	[WORD_TITLE_ISOLATED] = { "UNKNOWN: the watcher is cut off", "監視側の回線断" },
	[WORD_TITLE_STACK_DOWN] = { "DOWN: whole stack", "全サービス停止中" },
	[WORD_TITLE_EDGE_DOWN] = { "DOWN: unreachable, cluster alive", "外部から到達不能" },
	[WORD_TITLE_BACKENDS_DOWN] = { "DOWN: all sites", "全サイト停止中" },
	[WORD_TITLE_UNREACHABLE] = { "DOWN: nothing answers", "外部から応答なし" },
	[WORD_TITLE_DNS_FAULT] = { "DOWN: names do not resolve", "名前解決の障害" },
	[WORD_TITLE_SITE_ONE] = { "DOWN: {title}", "停止中：{title}" },
	[WORD_TITLE_SITE_MANY] = { "DOWN: {n} checks", "{n} 件が停止中" },
	[WORD_TITLE_PIPELINE] = { "SILENT: cluster alarm", "クラスターの監視が沈黙" },
	[WORD_TITLE_UNKNOWN] = { "Not enough checks yet", "判定待ち" },
	[WORD_TITLE_STOPPED] = { "STOPPED: nobody watches", "監視停止中" },
	[WORD_TITLE_SLOW_ONE] = { "SLOW: {title}", "遅延：{title}" },
	[WORD_TITLE_SLOW_MANY] = { "SLOW: {n} checks", "{n} 件が遅延" },
	[WORD_TITLE_MAINT] = { "PLANNED: work in progress", "計画作業中" },
	[WORD_TITLE_UP] = { "All up", "すべて正常" },

	[WORD_HEAD_UNKNOWN] = { "Not enough checks yet", "まだ判定できません" },
	[WORD_HEAD_STOPPED] = { "The watcher was stopped", "監視は停止されています" },
	[WORD_HEAD_SLOW_ONE] = { "{title} is slow", "{title} の応答が遅れています" },
	[WORD_HEAD_SLOW_MANY] = { "{n} checks are slow", "{n} 件の応答が遅れています" },
	[WORD_HEAD_MAINT] = { "Planned work in progress", "計画作業中です" },
	[WORD_HEAD_PARTLY] = { "Everything checked so far is up", "確認できた範囲では正常です" },
	[WORD_STACK_LINE] = { "{stack}: {headline}", "{stack}：{headline}" },
	[WORD_STACK_IMPLICIT] = { "Other checks", "そのほかのチェック" },

	[WORD_LEDE_ISOLATED] = { "{up} of {of} references answer, so what follows is what was "
				 "last seen. Nothing is judged and nothing counts as down.",
				 "参照先の応答は {of} 件中 {up} 件です。以下は最後に見えた状況で、"
				 "判定は止めており、停止には数えません。" },
	[WORD_LEDE_NOTHING_ANSWERS] = { "None of the {of} outside checks gets an answer.",
					"外部からのチェック {of} 件のすべてに応答がありません。" },
	[WORD_LEDE_SOME_FAIL] = { "{failing} of {of} outside checks fail.",
				  "外部からのチェック {of} 件中 {failing} 件が失敗しています。" },
	[WORD_LEDE_ALL_AND_STOPPED] = { "No site and no cluster endpoint answers, and the Watchdog "
					"signal has stopped.",
					"公開サイトもクラスターの各入口も応答せず、"
					"Watchdog の信号も届いていません。" },
	[WORD_LEDE_ALL_AND_LATE] = { "No site and no cluster endpoint answers, and the Watchdog "
				     "signal is late.",
				     "公開サイトもクラスターの各入口も応答せず、"
				     "Watchdog の信号も遅れています。" },
	[WORD_LEDE_WATCHDOG_STOPPED] = { "The Watchdog signal from the cluster has stopped "
					 "as well.",
					 "クラスターからの Watchdog の信号も届いていません。" },
	[WORD_LEDE_WATCHDOG_LATE] = { "The Watchdog signal from the cluster is late as well.",
				      "クラスターからの Watchdog の信号も遅れています。" },
	[WORD_LEDE_WATCHDOG_NONE] = { "No Watchdog signal is set up that could tell whether the "
				      "cluster is alive.",
				      "クラスターの生死を知らせる Watchdog の信号は設定されていません。" },
	[WORD_LEDE_WATCHDOG_NEVER] = { "The Watchdog signal has never arrived, so it cannot tell "
				       "whether the cluster is alive.",
				       "Watchdog の信号は一度も届いておらず、"
				       "クラスターの生死はわかりません。" },
	[WORD_LEDE_WATCHDOG_OPEN] = { "The next Watchdog signal will tell whether the cluster is "
				      "alive.",
				      "クラスターの生死は次の Watchdog の信号で判定します。" },
	[WORD_LEDE_EDGE_DOWN] = { "The cluster still sends its Watchdog signal, so it is the way "
				  "in that is broken.",
				  "クラスターからの Watchdog の信号は届いているので、"
				  "切れているのは入口側です。" },
	[WORD_LEDE_BACKENDS_DOWN] = { "The way in still answers; what is behind it does not.",
				      "入口は応答していますが、その先が応答しません。" },
	[WORD_LEDE_DNS_FAULT] = { "The resolvers do not know the names, while the last known "
				  "addresses still answer.",
				  "名前解決に失敗していますが、直前までのアドレスは応答しています。" },
	[WORD_LEDE_SITE_ONE] = { "{failure}.",
				 "{failure}。" },
	[WORD_LEDE_REST_PLANNED_ONE] = { "{n} other check is under planned work and not judged.",
					 "ほかの {n} 件は計画作業中で、判定していません。" },
	[WORD_LEDE_REST_PLANNED_MANY] = { "The other {n} checks are under planned work and not "
					  "judged.",
					  "ほかの {n} 件は計画作業中で、判定していません。" },
	[WORD_LEDE_OTHER_FAMILY] = { "Over {family} it answers.",
				     "{family} では応答しています。" },
	[WORD_LEDE_SITE_MANY] = { "Failing: {names}.",
				  "停止しているのは {names} です。" },
	[WORD_LEDE_PROMETHEUS_DEAD] = { "Prometheus no longer fires its Watchdog alert.",
					"Prometheus が Watchdog アラートを発していません。" },
	[WORD_LEDE_WATCHDOG_SILENCED] = { "A silence or an inhibition in Alertmanager holds the "
					  "Watchdog alert back.",
					  "Alertmanager の silence か inhibition が Watchdog "
					  "アラートを止めています。" },
	[WORD_LEDE_BEATS_LOST] = { "The Watchdog alert fires, but its signal is lost between "
				   "Alertmanager and the watcher.",
				   "Watchdog アラートは発生していますが、信号が Alertmanager と"
				   "監視側のあいだで失われています。" },
	[WORD_LEDE_LISTENER_BROKEN] = { "The Watchdog alert fires, but the watcher’s own door does "
					"not open.",
					"Watchdog アラートは発生していますが、"
					"監視側の受け口が応答しません。" },
	[WORD_LEDE_ALERTING_DEAD] = { "The Watchdog signal has stopped: Alertmanager or its way "
				      "out, or the watcher’s way in.",
				      "Watchdog の信号が途絶えています。Alertmanager "
				      "かその送信経路、または監視側の受け口の障害です。" },
	[WORD_LEDE_OWN_LINK_OK] = { "The watcher’s own link works, so the fault is on the "
				    "server side.",
				    "監視側の回線は正常なので、原因はサーバー側にあります。" },
	[WORD_LEDE_UNCONFIRMED] = { "Unconfirmed: the watcher’s references do not answer either, but "
				    "its mail relay does.",
				    "未確認：監視側の参照先も応答しませんが、"
				    "メール中継サーバーは応答します。" },
	[WORD_LEDE_OWN_LINK_UNCHECKED] = { "The watcher’s own link is not checked, so the fault "
					   "may be on its side.",
					   "監視側の回線は確認していないので、"
					   "原因が監視側にある可能性もあります。" },
	[WORD_LEDE_UNKNOWN] = { "The watcher has just started. It judges when every check has run "
				"at least once.",
				"監視を始めたところです。各チェックが一巡すると判定します。" },
	[WORD_LEDE_STOPPED] = { "Nobody has watched since {time}. What is shown below was known before; "
				"of the present nothing is known.",
				"{time} 以降は監視されていません。以下はそれまでの記録で、"
				"現在の状態は分かりません。" },
	[WORD_LEDE_SLOW_ONE] = { "It answers, but slower than its limit of {limit}.",
				 "応答はありますが、上限の {limit}を超えています。" },
	[WORD_LEDE_SLOW_MANY] = { "They answer, but slower than their limits: {names}.",
				  "応答はありますが、上限を超えています：{names}。" },
	[WORD_LEDE_MAINT_ONE] = { "{n} check is in planned work and is not counted.",
				  "{n} 件が計画作業中で、集計から除いています。" },
	[WORD_LEDE_MAINT_MANY] = { "{n} checks are in planned work and are not counted.",
				   "{n} 件が計画作業中で、集計から除いています。" },
	[WORD_LEDE_MAINT_BEATS] = { "The Watchdog signal is in planned work and is not counted.",
				    "Watchdog の信号は計画作業中で、集計から除いています。" },
	[WORD_LEDE_PASS_ONE] = { "The one check passes.", "1 件のチェックは正常です。" },
	[WORD_LEDE_PASS_MANY] = { "All {n} checks pass.", "{n} 件のチェックはすべて正常です。" },
	[WORD_LEDE_PASS_BEATS] = { "All {n} checks pass, and the cluster is still sending its "
				   "Watchdog signal.",
				   "{n} 件のチェックはすべて正常で、"
				   "クラスターからの Watchdog の信号も届いています。" },
	[WORD_LEDE_PASS_SOME] = { "{up} of {of} checks pass.", "{of} 件中 {up} 件は正常です。" },
	[WORD_LEDE_SUSPECT_ONE] = { "{n} has just failed and is being checked again.",
				    "{n} 件は直前に失敗し、再確認中です。" },
	[WORD_LEDE_SUSPECT_MANY] = { "{n} have just failed and are being checked again.",
				     "{n} 件は直前に失敗し、再確認中です。" },
	[WORD_LEDE_UNSEEN_ONE] = { "{n} has not been observed yet.",
				   "{n} 件はまだ観測していません。" },
	[WORD_LEDE_UNSEEN_MANY] = { "{n} have not been observed yet.",
				    "{n} 件はまだ観測していません。" },
	[WORD_LEDE_BEATS_LATE] = { "The cluster’s Watchdog signal is late.",
				   "クラスターからの Watchdog の信号が遅れています。" },

	[WORD_DOWN_SINCE] = { "Down since", "停止した時刻" },
	[WORD_SINCE] = { "Since", "始まった時刻" },
	[WORD_SO_FAR] = { "So far", "経過" },
	[WORD_LAST_ANSWER_ANY] = { "Last answer from anything", "最後に応答があった時刻" },
	[WORD_REPORTED] = { "Reported", "報告" },
	[WORD_NEXT_DUE] = { "Next due", "次回予定" },
	[WORD_MAIL_BROKEN] = { "Mail cannot leave; the oldest notice waits since {time}.",
			       "メールを送信できていません。最も古い通知は {time} から待機中です。" },
	[WORD_MAIL_LOST] = { "Mail leaves, but does not arrive: the test mail of {time} is missing.",
			     "メールは送信できていますが、届いていません。{time} の確認用メールが見つかりません。" },
	[WORD_MAIL_UNREACHED] = { "No mail relay can be reached.",
				  "どのメール中継サーバーにも接続できません。" },
	[WORD_MAIL_PUT_OFF] = { "The mail relay says “later”.",
				"メール中継サーバーが受け付けを先送りしています。" },
	[WORD_MAIL_REFUSED] = { "The mail relay refuses it.",
				"メール中継サーバーが受け取りを拒否しています。" },
	[WORD_MAIL_IN_DOUBT] = { "Whether the mail relay took it is not known.",
				 "メール中継サーバーが受け取ったかどうか分かりません。" },
	[WORD_STORAGE] = { "The watcher cannot write to its disk. It goes on watching and mailing "
			   "from memory; history may have gaps.",
			   "監視側のディスクに書き込めません。監視とメールは続けていますが、"
			   "履歴が欠ける可能性があります。" },
	[WORD_TROUBLE] = { "The watcher’s own configuration has a fault; it works with the last "
			   "good copy.",
			   "監視側の設定に誤りがあるため、最後に正しかった設定で動いています。" },
	[WORD_CLOCK] = { "The watcher’s clock is wrong: times on this page are off.",
			 "監視側の時計がずれているため、この表示の時刻は正しくありません。" },
	[WORD_SILENCE_ALL] = { "No mails go out until {time}.",
			       "{time} までメールの送信を止めています。" },
	[WORD_SILENCE_ALL_WHY] = { "No mails go out until {time}: {text}",
				   "{time} までメールの送信を止めています：{text}" },
	[WORD_SILENCE] = { "Mails about {what} are held back until {time}.",
			   "{what} についてのメールは {time} まで保留しています。" },
	[WORD_SILENCE_WHY] = { "Mails about {what} are held back until {time}: {text}",
			       "{what} についてのメールは {time} まで保留しています：{text}" },
	[WORD_SILENCES_MORE] = { "Mails about other things are held back as well ({n} more).",
				 "ほかに {n} 件のメールの保留があります。" },
	[WORD_DRILL] = { "A drill is running: a pretended outage is being mailed, marked as a drill. "
			 "What is shown here is real.",
			 "訓練中です。見せかけの障害を「訓練」と明記してメールで送っています。"
			 "ここに表示しているのは実際の状態です。" },
	[WORD_DEMO] = { "This is a demonstration of shorewatch; the servers shown are not real.",
			"これは shorewatch の実演です。表示中のサーバーは実在しません。" },

	[WORD_SIGHT] = { "What the watcher can see", "監視側から見えているもの" },
	[WORD_SIGHT_SUB] = { "From one server outside, looking in.",
			     "外部の 1 台から見た結果です。" },
	[WORD_SIGHT_SUB_BEATS] = { "From one server outside the cluster, looking in; and one "
				   "signal coming out.",
				   "クラスターの外にある 1 台から内側を見た結果と、"
				   "内側から届く信号です。" },
	[WORD_SITES] = { "Public sites", "公開サイト" },
	[WORD_ENDPOINTS] = { "Cluster endpoints", "クラスターの入口" },
	[WORD_WATCHDOG] = { "Watchdog signal", "Watchdog の信号" },
	[WORD_WATCHDOG_NAMED] = { "Watchdog signal: {name}", "Watchdog の信号：{name}" },
	[WORD_OWN_LINK] = { "Watcher’s own link", "監視側の回線" },
	[WORD_ANSWER] = { "{up} of {of} answer", "{of} 件中 {up} 件が応答" },
	[WORD_REFERENCES] = { "{up} of {of} references answer", "参照先 {of} 件中 {up} 件が応答" },
	[WORD_NOT_CHECKED] = { "not checked", "確認していません" },
	[WORD_NOT_OBSERVED] = { "not observed", "観測なし" },
	[WORD_BEAT_ARRIVED] = { "arrived {time}", "{time} に受信" },
	[WORD_BEAT_LATE] = { "late, last {time}", "遅れています（最後は {time}）" },
	[WORD_BEAT_SILENT] = { "silent since {time}", "{time} から途絶" },
	[WORD_BEAT_NEVER] = { "never arrived", "一度も届いていません" },
	[WORD_BEAT_RESOLVED] = { "resolved {time}", "{time} に解除" },
	[WORD_BEAT_ONCE] = { "one has come {time}", "{time} に 1 回受信" },
	[WORD_BEAT_AWAITED] = { "none yet", "まだ届いていません" },

	[WORD_ASKED_OK] = { "{witness}: firing", "{witness} では発報中" },
	[WORD_ASKED_STALE] = { "{witness}: news {span} old",
			       "{witness} では{span}前の古い情報" },
	[WORD_ASKED_SUPPRESSED] = { "{witness}: silenced", "{witness} では抑止中" },
	[WORD_ASKED_MISSING] = { "{witness}: no such alert", "{witness} にアラートなし" },
	[WORD_ASKED_UNREACHABLE] = { "{witness}: no answer", "{witness} は応答なし" },
	[WORD_ASKED_BROKEN] = { "{witness}: no usable answer", "{witness} の応答が不正" },
	[WORD_ASKED_NO_NEWS] = { "{witness}: no news", "{witness} に新しい情報なし" },
	[WORD_PROMETHEUS_MUTE] = { "Prometheus: no answer", "Prometheus は応答なし" },
	[WORD_BEATS_RARE] = { "signals come {cadence}, expected {every}: is repeat_interval a "
			      "multiple of group_interval?",
			      "信号は {cadence}（本来は {every}）。repeat_interval が "
			      "group_interval の倍数になっていませんか" },
	[WORD_LISTENER_OK] = { "listener answers", "受信口は応答" },
	[WORD_LISTENER_FAILS] = { "own listener does not answer", "受信口は応答なし" },
	[WORD_LOG] = { "What happened", "経過" },
	[WORD_LOG_PAGE] = { "Incident {number} on a page of its own", "障害 {number} の詳細" },
	[WORD_OPERATOR] = { "Note from the operator", "管理者からの連絡" },

	[WORD_ACKNOWLEDGED] = { "Somebody is on it since {time}.", "{time} から対応中です。" },
	[WORD_ACKNOWLEDGED_WORDS] = { "Somebody is on it since {time}: {text}",
				      "{time} から対応中です：{text}" },
	[WORD_FLAPPING_INCIDENT] = { "It comes and goes ({n} changes or more within {span}). It is "
				     "over when it has been calm for {calm}.",
				     "停止と復旧を繰り返しています（{span}間に {n} 回以上）。"
				     "{calm}間落ち着けば終了とみなします。" },
	[WORD_HELD] = { "Its mails are held back.", "メールは保留しています。" },

	[WORD_PLAN] = { "Planned work", "計画作業" },
	[WORD_PLAN_NOW] = { "under way", "作業中" },
	[WORD_PLAN_OF] = { "Concerns {names}. What fails of it in that time is not counted, and no "
			   "mail is sent for it.",
			   "対象：{names}。この間の失敗は集計に含めず、メールも送りません。" },

	[WORD_CHECKS] = { "Checks", "各チェック" },
	[WORD_PIPELINE] = { "Monitoring pipeline", "監視パイプライン" },
	[WORD_GROUP_UP] = { "{up} of {of} up", "{of} 件中 {up} 件が稼働" },
	[WORD_GROUP_PLANNED] = { "planned work", "計画作業中" },
	[WORD_GROUPS] = { "Groups", "グループ" },
	[WORD_OTHER_GROUPS] = { "Other groups", "そのほかのグループ" },
	[WORD_COUNT_DOWN] = { "{n} down", "停止 {n} 件" },
	[WORD_COUNT_SLOW] = { "{n} slow", "遅延 {n} 件" },
	[WORD_COUNT_SUSPECT] = { "{n} being checked again", "再確認中 {n} 件" },
	[WORD_COUNT_PLANNED] = { "{n} in planned work", "計画作業中 {n} 件" },
	[WORD_COUNT_UNKNOWN] = { "{n} not observed", "観測なし {n} 件" },
	[WORD_UNUSUAL] = { "Out of the ordinary", "通常と異なるチェック" },
	[WORD_UNUSUAL_COUNT] = { "{n} of {of} checks", "{of} 件中 {n} 件" },
	[WORD_UNUSUAL_MORE] = { "and {n} more", "ほか {n} 件" },
	[WORD_LAST_ANSWER] = { "last answer {time}", "最後の応答 {time}" },
	[WORD_LAST_PING] = { "last ping {time}", "最後の報告 {time}" },
	[WORD_NEVER_PINGED] = { "no ping yet", "まだ報告なし" },
	[WORD_NEVER_ANSWERED] = { "no answer yet", "まだ応答なし" },
	[WORD_AGAIN_ONE] = { "{n} failure, checking again", "失敗 {n} 回、再確認中" },
	[WORD_AGAIN_MANY] = { "{n} failures, checking again", "失敗 {n} 回、再確認中" },
	[WORD_ANSWERED_ONCE] = { "answered once, checking again", "1 回応答、再確認中" },
	[WORD_OVER_LIMIT] = { "slower than {limit}", "{limit}を超過" },
	[WORD_CERTIFICATE_ENDS] = { "certificate ends {time}", "証明書は {time} まで" },
	[WORD_PAUSED] = { "planned work, not counted", "計画作業中（集計から除外）" },
	[WORD_PLANNED_UNTIL] = { "until {time}, not counted", "{time} まで（集計から除外）" },
	[WORD_PLANNED_FOR] = { "until {time} ({title}), not counted",
			       "{time} まで（{title}、集計から除外）" },
	[WORD_SILENCED_UNTIL] = { "mails held back until {time}", "メールは {time} まで保留" },
	[WORD_FLAPPING] = { "comes and goes: {n} changes or more within {span}",
			    "停止と復旧の繰り返し：{span}間に {n} 回以上" },
	[WORD_NOT_YET] = { "not observed yet", "まだ観測していません" },
	[WORD_NOT_NOW] = { "not observed right now", "現在は観測できていません" },
	[WORD_NO_SIGNAL_FOR] = { "no signal for {span}", "{span}間、信号なし" },
	[WORD_EXPECTED_EVERY] = { "expected {every}", "本来は {every}" },
	[WORD_NOTE] = { "{failure}: {note}", "{failure}：{note}" },

	[WORD_UPTIME] = { "{percent} up over {n} days", "{n} 日間の稼働率 {percent}" },
	[WORD_UPTIME_NONE] = { "{percent} nothing observed in {n} days",
			       "{n} 日間の観測なし {percent}" },
	[WORD_OBSERVED] = { "observed {n} %", "観測できた時間 {n} %" },
	[WORD_OBSERVED_LITTLE] = { "observed under 1 %", "観測できた時間 1 % 未満" },
	[WORD_TODAY] = { "today", "今日" },
	[WORD_BARS_LABEL] = { "{title}, last {n} days: ", "{title} の過去 {n} 日。" },
	[WORD_BARS_NONE] = { "no day with downtime", "停止した日はありません" },
	[WORD_BARS_ONE] = { "{n} day with downtime", "停止があった日は {n} 日" },
	[WORD_BARS_MANY] = { "{n} days with downtime", "停止があった日は {n} 日" },
	[WORD_DAY] = { "{day}: ", "{day}：" },
	[WORD_DAYS] = { "{day} to {end}: ", "{day}〜{end}：" },
	[WORD_DAY_DOWN] = { "down {span}", "停止 {span}" },
	[WORD_DAY_DOWN_MEAN] = { "down {span} on average ({n} of {of} checks)",
				 "停止 平均 {span}（{of} 件中 {n} 件）" },
	[WORD_DAY_SLOW_MEAN] = { "slow {span} on average", "遅延 平均 {span}" },
	[WORD_DAY_SLOW] = { "slow {span}", "遅延 {span}" },
	[WORD_DAY_PLANNED] = { "planned work {span}", "計画作業 {span}" },
	[WORD_DAY_UNOBSERVED] = { "not observed {span}", "観測なし {span}" },
	[WORD_DAY_BLANK] = { "not observed", "観測なし" },

	[WORD_PAST] = { "Past incidents", "過去の障害" },
	[WORD_PAST_TODAY] = { "Today", "今日" },
	[WORD_PAST_STACK_DOWN] = { "Whole stack down", "全サービス停止" },
	[WORD_PAST_EDGE_DOWN] = { "Unreachable from outside, cluster alive",
				  "外部から到達不能（クラスターは稼働）" },
	[WORD_PAST_BACKENDS_DOWN] = { "All sites down behind the ingress",
				      "Ingress の先のサイトがすべて停止" },
	[WORD_PAST_UNREACHABLE] = { "Nothing answered from outside", "外部からの応答なし" },
	[WORD_PAST_DNS_FAULT] = { "Names did not resolve", "名前解決の障害" },
	[WORD_PAST_SITE_ONE] = { "{title} down", "{title} の停止" },
	[WORD_PAST_SITE_MANY] = { "{n} checks down", "{n} 件の停止" },
	[WORD_PAST_SITE_NAMELESS] = { "A check that is no longer watched", "監視を終えた項目の停止" },
	[WORD_PAST_PROMETHEUS_DEAD] = { "Prometheus stopped its Watchdog alert",
					"Prometheus の Watchdog アラートが停止" },
	[WORD_PAST_WATCHDOG_SILENCED] = { "Watchdog alert silenced", "Watchdog アラートの抑止" },
	[WORD_PAST_BEATS_LOST] = { "Watchdog signal lost on its way", "Watchdog の信号が経路で喪失" },
	[WORD_PAST_LISTENER_BROKEN] = { "The watcher could not hear the cluster",
					"監視側が信号を受け取れず" },
	[WORD_PAST_ALERTING_DEAD] = { "Watchdog signal silent", "Watchdog の信号の途絶" },

	[WORD_KEY] = { "How to read the bars", "グラフの見方" },
	[WORD_KEY_UP] = { "Up all day", "終日正常" },
	[WORD_KEY_SLOW] = { "Slow: a low cap", "遅延：上端に低い印" },
	[WORD_KEY_DOWN] = { "Down: a tall cap, taller for longer",
			    "停止：上端に高い印（長いほど高い）" },
	[WORD_KEY_PLANNED] = { "Planned work: an open box", "計画作業：白抜きの箱" },
	[WORD_KEY_UNOBSERVED] = { "Not observed: a dashed foot", "観測なし：下端の破線" },
	[WORD_FINE_BARS] = { "One bar is one day, midnight to midnight {zone}. Percentages count "
			     "only the time the watcher was observing, leave planned work out, and "
			     "are always rounded down.",
			     "棒 1 本が 1 日（{zone} の 0 時〜24 時）です。稼働率は監視側が観測できた"
			     "時間だけで計算し、計画作業を除き、端数は必ず切り捨てます。" },
	[WORD_FINE_GROUPS] = { "The bar of a group is the average of its checks. Every check is in "
			       "status.json.",
			       "グループの棒は、属するチェックの平均です。"
			       "個々のチェックはすべて status.json にあります。" },
	[WORD_FINE_SLOW] = { "Slow counts as up. Response times are the median of the last 24 "
			     "hours.",
			     "遅延は稼働に数えます。応答時間は直近 24 時間の中央値です。" },
	[WORD_FINE_TIMES] = { "All times are {zone} ({offset}). A new report is written every {n} "
			      "seconds; if “next due” is long past on your clock, the watcher "
			      "itself has stopped.",
			      "時刻はすべて {zone}（{offset}）です。報告は {n} 秒ごとに更新されます。"
			      "「次回予定」を大きく過ぎている場合、監視側そのものが止まっています。" },
	[WORD_FINE_ZONE] = { "All times are {zone} ({offset}).", "時刻はすべて {zone}（{offset}）です。" },

	[WORD_I_OVER] = { "Over after {span}", "終了（{span}）" },
	[WORD_I_OPEN] = { "Not over yet, {span} so far", "継続中（これまでに {span}）" },
	[WORD_I_SPAN] = { "From {from} to {to}", "{from} から {to} まで" },
	[WORD_I_SINCE] = { "Since {time}", "{time} から" },
	[WORD_I_WHO] = { "Who was affected", "影響のあった範囲" },
	[WORD_I_CUT] = { "This log is longer than what is told here.",
			 "経過はここに示したものより長く続いています。" },

	[WORD_H_ALL] = { "All past incidents", "過去の障害をすべて見る" },
	[WORD_H_COUNT_ONE] = { "{n} incident is on record, of {date}.", "障害の記録は {n} 件、{date} のものです。" },
	[WORD_H_COUNT_MANY] = { "{n} incidents are on record, the oldest of {date}.",
				"障害の記録は {n} 件、最も古いものは {date} です。" },
	[WORD_H_NONE] = { "No incident is on record.", "記録されている障害はありません。" },
	[WORD_H_MONTH_ONE] = { "{n} incident", "{n} 件" },
	[WORD_H_MONTH_MANY] = { "{n} incidents", "{n} 件" },
	[WORD_H_CUT] = { "Older ones are not listed.", "これより古いものは表示していません。" },

	[WORD_G_REST] = { "The other checks of this group, in brief",
			  "このグループのそのほかのチェック（概要）" },

	[WORD_T_ALL] = { "All checks", "すべてのチェック" },
	[WORD_T_STATE] = { "{state} since {time}", "{state}（{time} から）" },
	[WORD_T_STATE_UP] = { "{state} since {time}, answering in {latency}",
			"{state}（{time} から）、応答 {latency}" },
	[WORD_T_UPTIME] = { "Uptime", "稼働率" },
	[WORD_T_HOURS] = { "{n} hours", "{n} 時間" },
	[WORD_T_DAYS] = { "{n} days", "{n} 日間" },
	[WORD_T_NO_DOWNTIME] = { "no downtime", "停止なし" },
	[WORD_T_SPECIAL_ONE] = { "{n} day with downtime, slowness or gaps",
			"停止・遅延・観測なしのあった日：{n} 日" },
	[WORD_T_SPECIAL_MANY] = { "{n} days with downtime, slowness or gaps",
			"停止・遅延・観測なしのあった日：{n} 日" },
	[WORD_T_RESPONSE] = { "Response time, last 24 hours", "応答時間（直近 24 時間）" },
	[WORD_T_TIMES] = { "Median {median}; 95 of 100 checks within {p95}.",
			"中央値 {median}、95 % は {p95} 以内。" },
	[WORD_T_TIMES_FEW] = { "Median {median} of {n} checks.", "{n} 回の中央値 {median}。" },
	[WORD_T_TIMES_NONE] = { "No check has passed.", "成功したチェックはありません。" },
	[WORD_T_FAILED_ONE] = { "{n} check failed.", "{n} 回失敗。" },
	[WORD_T_FAILED_MANY] = { "{n} checks failed.", "{n} 回失敗。" },
	[WORD_T_MEDIAN_KEY] = { "median", "中央値" },
	[WORD_T_P95_KEY] = { "up to p95", "95 パーセンタイルまで" },
	[WORD_T_FAILED_KEY] = { "failed check", "失敗" },
	[WORD_T_LOG_SCALE] = { "logarithmic scale", "対数目盛" },
	[WORD_T_TABLE] = { "The same as a table", "表で見る" },
	[WORD_T_COL_TIME] = { "Time ({zone})", "時刻（{zone}）" },
	[WORD_T_COL_MEDIAN] = { "Median", "中央値" },
	[WORD_T_COL_P95] = { "Worst p95", "最悪の p95" },
	[WORD_T_COL_FAILED] = { "Failed", "失敗" },
	[WORD_T_PHASES] = { "Where the time goes", "時間の内訳" },
	[WORD_T_LAST_GOOD] = { "Latest good check, {time}", "最後に成功したチェック（{time}）" },
	[WORD_T_COL_PHASE] = { "Phase", "段階" },
	[WORD_T_COL_LATEST] = { "Latest", "最新" },
	[WORD_T_PHASE_DNS] = { "DNS lookup", "名前解決" },
	[WORD_T_PHASE_CONNECT] = { "TCP connect", "TCP 接続" },
	[WORD_T_PHASE_TLS] = { "TLS handshake", "TLS ハンドシェイク" },
	[WORD_T_PHASE_WAIT] = { "Wait for first byte", "最初の応答まで" },
	[WORD_T_PHASE_BODY] = { "Receive body", "本文の受信" },
	[WORD_T_TOTAL] = { "Total", "合計" },
	[WORD_T_CHECKS] = { "Latest checks", "最近のチェック" },
	[WORD_T_COL_RESULT] = { "Result", "結果" },
	[WORD_T_PASSED] = { "Passed", "成功" },
	[WORD_T_FAILED] = { "Failed: {failure}", "失敗：{failure}" },
	[WORD_T_HOW] = { "How it is checked", "チェックの方法" },
	[WORD_T_LINK] = { "Address", "リンク" },
	[WORD_T_KIND] = { "Kind", "種類" },
	[WORD_T_RHYTHM] = { "Rhythm", "間隔" },
	[WORD_T_RHYTHM_ONE] = { "{every}, timeout {timeout}, down after {n} failure",
			"{every}、タイムアウト {timeout}、{n} 回の失敗で停止と判定" },
	[WORD_T_RHYTHM_MANY] = { "{every}, timeout {timeout}, down after {n} failures in a row",
			"{every}、タイムアウト {timeout}、連続 {n} 回の失敗で停止と判定" },
	[WORD_T_RHYTHM_JOB] = { "reports itself {every}, late after {grace} more",
			"{every}に自ら報告、{grace} 遅れると沈黙と判定" },
	[WORD_T_SLOW] = { "Slow when", "遅延の基準" },
	[WORD_T_SLOW_OVER] = { "over {limit}", "{limit} 超" },
	[WORD_T_CERTIFICATE] = { "Certificate", "証明書" },
	[WORD_T_CERTIFICATE_ENDS] = { "valid until {day} ({n} days)", "{day} まで有効（あと {n} 日）" },
	[WORD_T_CERTIFICATE_OVER] = { "expired on {day}", "{day} に期限切れ" },

	[WORD_WRITTEN_BY] = { "Written by shorewatch {version}", "shorewatch {version} が生成" },
};

const char *page_word(enum language language, enum word word)
{
	assert((unsigned)language < LANGUAGE_COUNT && (unsigned)word < WORD_COUNT);
	return words[word][language];
}
