/*
 * mail_words_ja.c - the mails in Japanese.
 */
#include "render/mail_words.h"

const struct mail_words mail_words_ja = {
	.matters = {
		[MATTER_STACK] = {
			.subject = {
				"【停止】{of}全サービス応答なし {minute}{zone}から",
				"【停止】{of}全サービスに拡大 {minute}{zone}から",
				[CHANGE_STILL] = "【継続】{of}全サービス停止 {roughly}",
				[CHANGE_OVER] = "【復旧】{of}全サービス復旧、停止{span}",
			},
			.lead = {
				"{of}全サービスが停止しています（{at}{zone} から）。",
				"{of}障害が全サービスに広がりました（{at}{zone} から）。",
				[CHANGE_STILL] = "{of}全サービスの停止が続いています（ここまで {span}）。",
				[CHANGE_OVER] = "{of}全サービスが復旧しました（{back}{zone}、停止 {span}）。",
			},
			.claim = "クラスターは外部から到達できず、監視パイプラインも途絶しています。",
			.claim_variant = "外部からはほとんど応答がなく、監視パイプラインも途絶しています。まだ応答する"
					 "ものは下に示します。",
			.side = "監視側の回線は正常なので、原因はサーバー側（電源、回線、ルーター、またはクラスター"
				"全体）にあります。",
			.steps = {
				"電源と回線を確認。別のネットワークからルーターは応答するか",
				"応答する場合：ノードのコンソールに入り kubectl get nodes",
				"応答しない場合：現地の人、または回線事業者に連絡",
			},
		},
		[MATTER_EDGE] = {
			.subject = {
				"【停止】{of}外部から到達不可、クラスターは稼働",
				"【停止】{of}外部からすべて不通、クラスターは稼働",
				"【一部復旧】{of}クラスターは稼働、外部は不通",
				[CHANGE_STILL] = "【継続】{of}外部から到達不可 {roughly}",
				[CHANGE_OVER] = "【復旧】{of}外部から到達可、停止{span}",
			},
			.lead = {
				"外部から{of}何も応答しませんが、クラスターは生きています（{at}{zone} から）。",
				"外部から{of}何も応答しなくなりました。クラスターは生きています（{at}{zone} から）。",
				"{of}クラスターは再び稼働していますが、外部からはまだ何も応答しません（{at}{zone} から）。",
				[CHANGE_STILL] = "外部から{of}何も応答しない状態が続いています（ここまで {span}）。"
						 "クラスターは生きています。",
				[CHANGE_OVER] = "{of}すべてが外部から再び応答しています（{back}{zone}、停止 {span}）。",
			},
			.claim = "外部からは何にも到達できませんが、クラスターの Watchdog の信号は届いています。"
				 "クラスターは動いており、外へ出ることもできます。",
			.side = "監視側の回線は正常なので、原因は入口（ルーター、ポート転送、ファイアウォール、"
				"ロードバランサー、アドレスの変更）にあります。",
			.steps = {
				"ルーターとファイアウォール：ポートはまだ Ingress に転送されているか",
				"グローバルアドレス：変わっていないか。DNS の記録と比べる",
				"内側から：Ingress はサービスのアドレスで応答するか",
			},
		},
		[MATTER_BACKENDS] = {
			.subject = {
				"【停止】{of}全サイト、Ingress は応答",
				"【停止】{of}全サイトに拡大、Ingress は応答",
				"【一部復旧】{of}Ingress は応答、全サイト停止中",
				[CHANGE_STILL] = "【継続】{of}全サイト停止 {roughly}",
				[CHANGE_OVER] = "【復旧】{of}全サイト復旧、停止{span}",
			},
			.lead = {
				"{of}Ingress の先のサイトがすべて停止しています（{at}{zone} から）。",
				"{of}Ingress の先のサイトすべてに障害が広がりました（{at}{zone} から）。",
				"{of}入口は復旧しましたが、Ingress の先のサイトはすべて停止したままです（{at}{zone} から）。",
				[CHANGE_STILL] = "{of}Ingress の先の全サイトの停止が続いています（ここまで {span}）。",
				[CHANGE_OVER] = "{of}全サイトが復旧しました（{back}{zone}、停止 {span}）。",
			},
			.claim = "入口は応答しており、経路は正常です。その先のサイトがすべて失敗しているので、原因は"
				 "ルーティング、アプリケーション、またはその共通の土台にあります。",
			.steps = {
				"kubectl get pods -A で Running でないものと、その時刻を確認",
				"kubectl get nodes で落ちたノード、メモリとディスクの不足を確認",
				"全サイトに共通するもの：データベース、ストレージ、特定のノード",
			},
		},
		[MATTER_UNREACHABLE] = {
			.subject = {
				"【停止】{of}外部からの応答なし {minute}{zone}から",
				"【停止】{of}外部からすべて応答なし {minute}{zone}から",
				[CHANGE_STILL] = "【継続】{of}外部からの応答なし {roughly}",
				[CHANGE_OVER] = "【復旧】{of}外部からの応答あり、停止{span}",
			},
			.lead = {
				"外部から{of}何も応答しません（{at}{zone} から）。",
				"外部から{of}何も応答しなくなりました（{at}{zone} から）。",
				"外部からはまだ{of}何も応答しません（{at}{zone} から）。クラスターの生死は再び不明です。",
				[CHANGE_STILL] = "外部から{of}何も応答しない状態が続いています（ここまで {span}）。",
				[CHANGE_OVER] = "{of}すべてが再び応答しています（{back}{zone}、停止 {span}）。",
			},
			.claim = "クラスターが生きているかどうかは、次の Watchdog の信号が届くか途絶えるかで決まります。"
				 "分かり次第、続きのメールを送ります。",
			.claim_variant = "このスタックからは Watchdog の信号を受け取っていないため、クラスターが生きて"
					 "いるかどうかは分かりません。",
			.side = "監視側の回線は正常なので、原因はサーバー側（電源、回線、ルーター、またはクラスター"
				"全体）にあります。",
			.steps = {
				"電源と回線を確認。別のネットワークからルーターは応答するか",
				"応答する場合：ノードのコンソールに入り kubectl get nodes",
				"応答しない場合：現地の人、または回線事業者に連絡",
			},
		},
		[MATTER_DNS] = {
			.subject = {
				"【停止】{of}名前が引けない、アドレスは応答",
				"【停止】{of}名前も引けない、アドレスは応答",
				"【一部復旧】{of}アドレスは応答、名前が引けない",
				[CHANGE_STILL] = "【継続】{of}名前が引けない {roughly}",
				[CHANGE_OVER] = "【復旧】{of}名前が引ける、停止{span}",
			},
			.lead = {
				"{of}名前が引けません（{at}{zone} から）。アドレスは応答しています。",
				"{of}名前も引けなくなりました（{at}{zone} から）。アドレスは応答しています。",
				"{of}アドレスは再び応答していますが、名前が引けません（{at}{zone} から）。",
				[CHANGE_STILL] = "{of}名前が引けない状態が続いています（ここまで {span}）。",
				[CHANGE_OVER] = "{of}名前が再び引けるようになりました（{back}{zone}、停止 {span}）。",
			},
			.claim = "最後に分かっていたアドレスは応答しており、サーバーと経路は正常です。原因はゾーン、"
				 "ネームサーバー、またはドメインの登録にあります。",
			.steps = {
				"dig +trace 名前 で、どのサーバーが応答しない、または NXDOMAIN を返すか",
				"レジストラ：ドメインの期限切れや停止がないか",
				"ゾーン：最後に何を変えたか。署名は正しいか",
			},
		},
		[MATTER_SITE] = {
			.subject = {
				"【停止】{who}（{what}）",
				[CHANGE_MILDER] = "【一部復旧】{who} は停止中（{what}）",
				[CHANGE_STILL] = "【継続】{who} 停止 {roughly}",
				[CHANGE_OVER] = "【復旧】{who} 復旧、停止{span}",
			},
			.lead = {
				"{who} が停止しています（{at}{zone} から）。",
				[CHANGE_MILDER] = "{partly}、{who} は停止したままです（{at}{zone} から）。",
				[CHANGE_STILL] = "{who} の停止が続いています（ここまで {span}）。",
				[CHANGE_OVER] = "{who} が復旧しました（{back}{zone}、停止 {span}）。",
			},
			.steps = {
				"別のネットワークから自分で開いてみる",
				"kubectl get pods -A で {minute} ごろの再起動を確認",
			},
		},
		[MATTER_SITES] = {
			.subject = {
				"【停止】{n}件：{names}",
				[CHANGE_MILDER] = "【一部復旧】{n}件は停止中：{names}",
				[CHANGE_MORE] = "【停止】計{n}件に拡大：{names}",
				[CHANGE_STILL] = "【継続】{n}件停止 {roughly}",
				[CHANGE_OVER] = "【復旧】{n}件復旧、停止{span}",
			},
			.lead = {
				"{n} 件が停止しています（{at}{zone} から）：{names}。",
				[CHANGE_MILDER] = "{partly}、{n} 件は停止したままです（{at}{zone} から）：{names}。",
				[CHANGE_MORE] = "停止は {n} 件に広がりました（最初は {at}{zone} から）：{names}。",
				[CHANGE_STILL] = "{n} 件の停止が続いています（ここまで {span}）：{names}。",
				[CHANGE_OVER] = "{n} 件が復旧しました（{back}{zone}、停止 {span}）：{names}。",
			},
			.steps = {
				"共通するもの：ノード、データベース、名前、証明書",
				"kubectl get pods -A で {minute} ごろの再起動を確認",
			},
		},
		[MATTER_UNCONFIRMED] = {
			.subject = {
				"【未確認】{n}件失敗、監視側の回線も不通",
				[CHANGE_STILL] = "【未確認】{n}件失敗が継続 {roughly}",
				[CHANGE_OVER] = "【復旧】{n}件復旧、停止{span}",
			},
			.lead = {
				"{n} 件が失敗していますが、監視側の参照先も応答しません（{at}{zone} から）。",
				[CHANGE_STILL] = "{n} 件の失敗が続き、監視側の参照先も応答しません（ここまで {span}）。",
				[CHANGE_OVER] = "{n} 件が復旧しました（{back}{zone}、停止 {span}）。",
			},
			.claim = "未確認：どちら側の障害かを示すものがありません。",
			.steps = {
				"監視側とは別のネットワークから自分でサイトを開いてみる",
				"監視側：事業者が障害を発表していないか",
			},
		},
		[MATTER_PROMETHEUS] = {
			.subject = {
				"【途絶】Prometheus が停止{fact}",
				[CHANGE_MILDER] = "【一部復旧】サイト復旧、Prometheus は途絶中",
				[CHANGE_STILL] = "【継続】Prometheus 途絶 {roughly}",
				[CHANGE_OVER] = "【復旧】Watchdog 復旧、途絶{span}",
			},
			.lead = {
				"クラスターの Prometheus からの Watchdog が {at}{zone} に止まりました。{sites}",
				[CHANGE_MILDER] = "{partly}、クラスターの Prometheus は途絶したままです（{at}{zone} から）。",
				[CHANGE_STILL] = "クラスターの Prometheus の途絶が続いています（ここまで {span}）。{sites}",
				[CHANGE_OVER] = "Watchdog が復旧しました（{back}{zone}、途絶 {span}）。",
			},
			.claim = "Alertmanager は動いており、アラートの終了を知らせてきました。",
			.claim_variant = "Alertmanager は動いていますが、更新されないアラートを繰り返しているだけです。",
			.steps = {
				"kubectl -n monitoring get pods で Prometheus が動いているか（メモリ不足で落ちていないか）",
				"Prometheus：ディスクが満杯でないか、ログの再生中でないか",
				"Prometheus で Watchdog が firing になっているか",
			},
		},
		[MATTER_SILENCED] = {
			.subject = {
				"【途絶】Watchdog がサイレンス中{fact}",
				[CHANGE_MILDER] = "【一部復旧】サイト復旧、Watchdog は沈黙中",
				[CHANGE_STILL] = "【継続】Watchdog がサイレンス中 {roughly}",
				[CHANGE_OVER] = "【復旧】Watchdog 復旧、途絶{span}",
			},
			.lead = {
				"Watchdog がサイレンスされています（{at}{zone} から）。{sites}",
				[CHANGE_MILDER] = "{partly}、Watchdog はサイレンスされています（{at}{zone} から）。",
				[CHANGE_STILL] = "Watchdog のサイレンスが続いています（ここまで {span}）。{sites}",
				[CHANGE_OVER] = "Watchdog が復旧しました（{back}{zone}、途絶 {span}）。",
			},
			.claim = "Alertmanager は動いていますが、サイレンスまたは抑止が Watchdog を、場合によってはほかの"
				 "アラートも止めています。",
			.steps = {
				"Alertmanager で Watchdog に当たるサイレンスと抑止を確認",
				"広いサイレンスから Watchdog を除く：alertname!=\"Watchdog\"",
			},
		},
		[MATTER_BEATS_LOST] = {
			.subject = {
				"【途絶】Watchdog が届かない{fact}",
				[CHANGE_MILDER] = "【一部復旧】サイト復旧、Watchdog は途絶中",
				[CHANGE_STILL] = "【継続】Watchdog 途絶 {roughly}",
				[CHANGE_OVER] = "【復旧】Watchdog 復旧、途絶{span}",
			},
			.lead = {
				"Watchdog は発報中ですが、{at}{zone} を最後に届いていません。{sites}",
				[CHANGE_MILDER] = "{partly}、Watchdog は {at}{zone} を最後に届いていません。",
				[CHANGE_STILL] = "Watchdog が届かない状態が続いています（ここまで {span}）。{sites}",
				[CHANGE_OVER] = "Watchdog が復旧しました（{back}{zone}、途絶 {span}）。",
			},
			.claim = "Alertmanager に尋ねるとアラートはあり、監視側も待ち受けています。途中（送信先、トークン、"
				 "外向きの通信、監視側の前のファイアウォール）で失われています。",
			.steps = {
				"Alertmanager で Watchdog の送信先がここになっているか",
				"トークン：両側で同じか。違えば 401 で答えている",
				"外向きの通信：クラスターからこの監視側に届くか",
			},
		},
		[MATTER_LISTENER] = {
			.subject = {
				"【途絶】監視側が受信できない{fact}",
				[CHANGE_MILDER] = "【一部復旧】サイト復旧、監視側が受信不可",
				[CHANGE_STILL] = "【継続】監視側が受信できない {roughly}",
				[CHANGE_OVER] = "【復旧】Watchdog 復旧、途絶{span}",
			},
			.lead = {
				"監視側がクラスターの信号を受け取れません（{at}{zone} から）。{sites}",
				[CHANGE_MILDER] = "{partly}、監視側がクラスターの信号を受け取れません（{at}{zone} から）。",
				[CHANGE_STILL] = "監視側が信号を受け取れない状態が続いています（ここまで {span}）。{sites}",
				[CHANGE_OVER] = "監視側が再びクラスターの信号を受け取っています（{back}{zone}、途絶 {span}）。",
			},
			.claim = "Alertmanager に尋ねるとアラートはありますが、監視側の受信口が応答しません。原因はこちら側に"
				 "あります。",
			.steps = {
				"監視側で shorewatch の前のプロキシと、その証明書を確認",
				"journalctl -u shorewatch で {minute} ごろの記録を確認",
			},
		},
		[MATTER_ALERTING] = {
			.subject = {
				"【途絶】Watchdog が届かない{fact}",
				[CHANGE_MILDER] = "【一部復旧】サイト復旧、Watchdog は途絶中",
				[CHANGE_STILL] = "【継続】Watchdog 途絶 {roughly}",
				[CHANGE_OVER] = "【復旧】Watchdog 復旧、途絶{span}",
			},
			.lead = {
				"Watchdog が {at}{zone} を最後に届いていません。{sites}",
				[CHANGE_MILDER] = "{partly}、Watchdog は {at}{zone} を最後に届いていません。",
				[CHANGE_STILL] = "Watchdog の途絶が続いています（ここまで {span}）。{sites}",
				[CHANGE_OVER] = "Watchdog が復旧しました（{back}{zone}、途絶 {span}）。",
			},
			.claim = "止まったのは Prometheus、Alertmanager、その外向きの通信、またはこちらの受信口です。",
			.claim_variant = "Alertmanager に尋ねても応答がありません。",
			.steps = {
				"kubectl -n monitoring get pods で Prometheus が動いているか（メモリ不足で落ちていないか）",
				"Prometheus で Watchdog が firing になっているか",
				"Alertmanager で Watchdog の送信先がここになっているか",
			},
		},
		[MATTER_NEVER] = {
			.subject = {
				"【途絶】Watchdog が一度も来ない{fact}",
				[CHANGE_MILDER] = "【一部復旧】サイト復旧、Watchdog は未着",
				[CHANGE_STILL] = "【継続】Watchdog が一度も来ない {roughly}",
				[CHANGE_OVER] = "【復旧】Watchdog が到着、待ち{span}",
			},
			.lead = {
				"Watchdog が一度も届いていません（{at}{zone} から待機）。{sites}",
				[CHANGE_MILDER] = "{partly}、Watchdog は一度も届いていません。",
				[CHANGE_STILL] = "Watchdog がまだ一度も届いていません（ここまで {span}）。{sites}",
				[CHANGE_OVER] = "Watchdog が届くようになりました（{back}{zone}、待ち {span}）。",
			},
			.claim = "よくある原因は、Watchdog の送信先がない、トークンが違う、まだ null の送信先に流れている、の"
				 "いずれかです。",
			.steps = {
				"送信先：Alertmanager の route で、null より前に Watchdog がここへ向いているか",
				"トークン：両側で同じか。違えば 401 で答えている",
				"shorewatch snippets alertmanager の出力と実際の設定を比べる",
			},
		},
	},

	.of = "{name} の",
	.zone = " {name}",
	.moment_other_day = "{date} {time}",
	.lead_sites_up = "サイトは動いています。",
	.subject_sites_up = "、サイトは稼働",
	.subject_alone = " {minute}{zone}から",
	.sites_back = "サイトは復旧しましたが",
	.part_back = "一部は復旧しましたが",
	.names_more = "{names} ほか {n} 件",
	.comma = "、",
	.colon = "：",
	.twice = "2 回",
	.times = "{n} 回",

	.drill_subject = "【訓練】",
	.drill = "これは訓練です。障害は見せかけで、実際には何も止まっていません。",
	.demo_subject = "【デモ】",
	.demo = "これはデモです。クラスターは見せかけで、実際には何も止まっていません。",
	.storage = "監視側はディスクに書き込めません。このメールはメモリから送りました。",
	.test_subject = "【テスト】",
	.test_lead = "これはテストです。何も止まっていません。",
	.test_verdict = "{of}全サービスが停止すると、このようなメールが届きます。下の障害は見せかけですが、チェック、"
			"手順、リンクは設定どおりです。",
	.blind_subject = "【観測不能】{from}〜{to}{zone} 監視側の回線断",
	.blind_lead = "{from} から {to}{zone} まで、何も観測できませんでした（{span}）。",
	.blind_verdict = "監視側の回線が切れていました。その間は何も判定しておらず、停止とみなしたものもありません。"
			 "その間に起きて終わった障害は分かりません。",

	.link_unchecked = "監視側の回線は確認していないため、原因が監視側にある可能性もあります。",
	.link_silent = "監視側の参照先も応答しないため、原因が監視側にある可能性があります。",
	.site_alone = "判定に使えるチェックはこれだけなので、ほかに影響があるかどうかは分かりません。",
	.site_only = { "失敗しているのはこのチェックだけで、ほかの {up} 件は応答しています。", NULL },
	.site_phase = {
		[PHASE_DNS] = "名前が正しく引けていないので、まず名前を確認してください。",
		[PHASE_CONNECT] = "ポートに到達できません。待ち受けがないか、手前で拒まれています。",
		[PHASE_TLS] = "ポートは応答しますが TLS に失敗しています。まず証明書を確認してください。",
		[PHASE_SEND] = "ポートは応答しており、経路ではなくアプリケーションに問題があります。",
		[PHASE_WAIT] = "サーバーは応答しており、経路ではなくアプリケーションに問題があります。",
		[PHASE_BODY] = "サーバーは応答しており、経路ではなくアプリケーションに問題があります。",
	},
	.sites_some = "{m} 件中 {n} 件が失敗していますが、ほかは応答しており、全体の停止ではありません。",
	.sites_all = "{m} 件すべてが失敗していますが、全体の停止を示すものではありません。",
	.also_silent = "Watchdog も途絶しています。",
	.blind_inside = "訪問者への影響はありませんが、監視の目が失われています。今クラスター内で障害が起きても、"
			"Alertmanager からの通知はおそらく届きません。",
	.blind_inside_alone = "今クラスター内で障害が起きても、Alertmanager からの通知はおそらく届きません。",
	.last_answer = "最後に何かが応答したのは {last} です。",
	.over_targets = "{at} に失敗したものすべてが {times}続けて応答しました。",
	.over_both = "{at} に失敗したものすべてが {times}続けて応答し、Watchdog の信号も 2 回届きました。",
	.over_watchdog = "Watchdog の信号が 2 回届きました。",

	.fails_title = "応答しないもの：{m} 件中 {n} 件（最後の正常応答）",
	.back_title = "復旧したもの：最初に応答した時刻",
	.up_title = "動いているもの",
	.evidence_title = "根拠：最初に応答した時刻",
	.look_title = "気になる点",
	.next_title = "次に試すこと",
	.now_title = "現在",
	.failed = "{what}（{last}）",
	.failed_note = "{what}、{note}（{last}）",
	.all_outside = "外部からの {n} 件すべて",
	.all_fail = "{what}",
	.and_more = "ほか {n} 件：{groups}",
	.group_count = "{group} {n} 件",
	.other_groups = "その他 {n} 件",
	.never = "応答の記録なし",
	.silent = "{span}届かず、本来は {every}（{last}）",
	.resolved = "{span}前に終了の知らせ、本来は {every}（{last}）",
	.silent_never = "一度も届かず、本来は {every}",
	.answers = { "{names}：すべて応答", "{names}：応答" },
	.undetermined = "未確定、再確認中",
	.planned = "計画作業、判定の対象外",
	.unobserved = "まだ観測なし",
	.elsewhere = "別の障害として停止中",
	.watchdog = "Watchdog",
	.beat_arrived = "{last} に到着",
	.beat_before = "最後の到着は {last}、この障害より前",
	.beat_none = "このスタックには設定がなく、内側のことは分からない",
	.beat_never = "まだ一度も届いていない",
	.own_link = "監視側の回線",
	.link_all = "参照先 {n} 件とも応答",
	.link_some = "参照先 {m} 件中 {n} 件だけが応答",
	.link_not_checked = "確認していない（参照先の設定なし）",
	.first_answer = "{time}（{latency}{was}）",
	.first_answer_code = "{time}（HTTP {code}、{latency}{was}）",
	.first_answer_bare = "{time}",
	.was = "。普段は {median}",
	.slow = "{who} はまだ普段の {n} 倍の時間がかかっています",
	.days_label = "直近 90 日",
	.days = "{who} の稼働率は {percent} %、停止 {span}",

	.runbook = "手順書",
	.status_page = "状況ページ",
	.next = "次のメール",
	.next_down = "復旧時。続いていれば {time}",
	.next_silent = "復旧時。途絶が続いていれば {time}",
	.next_never_down = "復旧時",
	.next_over = "再び失敗しない限り、送りません",
	.next_test = "ありません。これはテストです",
	.signature = "shorewatch（{instance}）",
	.signature_incident = "shorewatch（{instance}）・障害番号 {number}・この障害の {n} 通目",
};
