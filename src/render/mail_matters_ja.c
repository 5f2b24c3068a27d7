/*
 * mail_matters_ja.c - what each matter is called in its mails, in Japanese.
 */
#include "render/mail_words.h"

const struct matter_words mail_matters_ja[MATTER_COUNT] = {
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
		.claim_variant = "外部からはほとんど応答がなく、監視パイプラインも途絶しています。まだ応答するものは下に示します。",
		.side = "監視側の回線は正常なので、原因はサーバー側（電源、回線、ルーター、またはクラスター全体）にあります。",
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
			"{of}どのチェックも外部から応答しませんが、クラスターは生きています（{at}{zone} から）。",
			"{of}どのチェックも外部から応答しなくなりました。クラスターは生きています（{at}{zone} から）。",
			"{of}クラスターは再び稼働していますが、外部からはまだ何も応答しません（{at}{zone} から）。",
			[CHANGE_STILL] = "{of}どのチェックも外部から応答しない状態が続いています（ここまで {span}）。クラスターは生きています。",
			[CHANGE_OVER] = "{of}すべてが外部から再び応答しています（{back}{zone}、停止 {span}）。",
		},
		.claim = "外部からは何にも到達できませんが、クラスターの Watchdog の信号は届いています。クラスターは動いており、外へ出ることもできます。",
		.side = "監視側の回線は正常なので、原因は入口（ルーター、ポート転送、ファイアウォール、ロードバランサー、アドレスの変更）にあります。",
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
		.claim = "入口は応答しており、経路は正常です。その先のサイトがすべて失敗しているので、原因はルーティング、アプリケーション、"
			"またはその共通の土台にあります。",
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
			"{of}どのチェックも外部から応答しません（{at}{zone} から）。",
			"{of}どのチェックも外部から応答しなくなりました（{at}{zone} から）。",
			"{of}どのチェックもまだ外部から応答しません（{at}{zone} から）。クラスターの生死は再び不明です。",
			[CHANGE_STILL] = "{of}どのチェックも外部から応答しない状態が続いています（ここまで {span}）。",
			[CHANGE_OVER] = "{of}すべてが再び応答しています（{back}{zone}、停止 {span}）。",
		},
		.claim = "クラスターが生きているかどうかは、次の Watchdog の信号が届くか途絶えるかで決まります。分かり次第、続けてお知らせします。",
		.claim_variant = "このスタックからは Watchdog の信号を受け取っていないため、クラスターが生きているかどうかは分かりません。",
		.side = "監視側の回線は正常なので、原因はサーバー側（電源、回線、ルーター、またはクラスター全体）にあります。",
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
		.claim = "最後に分かっていたアドレスは応答しており、サーバーと経路は正常です。原因はゾーン、ネームサーバー、またはドメインの登録にあります。",
		.steps = {
			"dig +trace 名前 で、どのサーバーが応答しない、または NXDOMAIN を返すか",
			"レジストラ：ドメインの期限切れや停止がないか",
			"ゾーン：最後に何を変えたか。署名は正しいか",
		},
	},
	[MATTER_SITE] = {
		.subject = {
			"【停止】{who}（{what}）",
			[CHANGE_MILDER] = "【一部復旧】{who} は停止中",
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
	[MATTER_SITE_FAMILY] = {
		.subject = {
			"【停止】{who}（{what}）",
			[CHANGE_MILDER] = "【一部復旧】{who} は停止中",
			[CHANGE_STILL] = "【継続】{who} 停止 {roughly}",
		},
		.lead = {
			"{who} が停止しています（{at}{zone} から）。",
			[CHANGE_MILDER] = "{partly}、{who} は停止したままです（{at}{zone} から）。",
			[CHANGE_STILL] = "{who} の停止が続いています（ここまで {span}）。",
		},
		.claim = "{other} では応答しているため、問題は {family} の経路側にあります"
			"（{record} レコード、ルーティング、ファイアウォール）。",
		.steps = {
			"別のネットワークから curl -{digit} で届くか確認",
			"dig NAME {record} で、アドレスがいまのサーバーのものか確認",
			"ルーター、回線、ファイアウォールの {family} 設定が {minute} ごろ変わっていないか確認",
		},
	},
	[MATTER_JOB] = {
		.subject = {
			"【停止】{who}（{what}）",
			[CHANGE_MILDER] = "【一部復旧】{who} は停止中",
			[CHANGE_STILL] = "【継続】{who} 停止 {roughly}",
			[CHANGE_OVER] = "【復旧】{who} 復旧、停止{span}",
		},
		.lead = {
			"ジョブ {who} が停止しています（{what}、{at}{zone} から）。",
			[CHANGE_MILDER] = "{partly}、ジョブ {who} は停止したままです（{what}、{at}{zone} から）。",
			[CHANGE_STILL] = "ジョブ {who} の停止が続いています（ここまで {span}）。",
			[CHANGE_OVER] = "ジョブ {who} が復旧しました（{back}{zone}、停止 {span}）。",
		},
		.steps = {
			"実行するマシンで、ジョブが動いたかとそのログを確認",
			"ping を手で呼んでみる（401 はトークン違い、404 は名前違い）",
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
	[MATTER_SITES_FAMILY] = {
		.subject = {
			"【停止】{family}のみ{n}件：{names}",
			[CHANGE_MILDER] = "【一部復旧】{family}のみ{n}件停止中：{names}",
			[CHANGE_MORE] = "【停止】{family}のみ計{n}件に拡大：{names}",
			[CHANGE_STILL] = "【継続】{family}のみ{n}件停止 {roughly}",
		},
		.lead = {
			"{n} 件が {family} でのみ停止しています（{at}{zone} から）：{names}。",
			[CHANGE_MILDER] = "{partly}、{n} 件は {family} でのみ停止したままです"
				"（{at}{zone} から）：{names}。",
			[CHANGE_MORE] = "{family} でのみの停止は {n} 件に広がりました"
				"（最初は {at}{zone} から）：{names}。",
			[CHANGE_STILL] = "{family} でのみ {n} 件の停止が続いています"
				"（ここまで {span}）：{names}。",
		},
		.claim = "{other} ではすべて応答しているため、サーバーは正常です。"
			"共通する {family} の経路（ルーティング、回線、ファイアウォール）に問題があります。",
		.steps = {
			"別のネットワークから ping -{digit} でルーターに届くか確認",
			"ルーターの {family} アドレスとデフォルトルートを確認",
			"ルーター、回線、ファイアウォールの {family} 設定が {minute} ごろ変わっていないか確認",
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
			"【途絶】Prometheus からの信号なし{fact}",
			[CHANGE_MILDER] = "【一部復旧】サイト復旧、Prometheus は途絶中",
			[CHANGE_STILL] = "【継続】Prometheus 途絶 {roughly}",
			[CHANGE_OVER] = "【復旧】Watchdog 復旧、途絶{span}",
		},
		.lead = {
			"クラスターの Watchdog アラートが Prometheus から更新されていません（{at}{zone} から）。{sites}",
			[CHANGE_MILDER] = "{partly}、Watchdog アラートは Prometheus から更新されていません（{at}{zone} から）。",
			[CHANGE_STILL] = "Watchdog アラートが Prometheus から更新されない状態が続いています（ここまで {span}）。{sites}",
			[CHANGE_OVER] = "Watchdog が復旧しました（{back}{zone}、途絶 {span}）。",
		},
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
			"Watchdog がサイレンスまたは抑止で止められています（最後の信号は {at}{zone}）。{sites}",
			[CHANGE_MILDER] = "{partly}、Watchdog はサイレンスまたは抑止で止められています（最後の信号は {at}{zone}）。",
			[CHANGE_STILL] = "Watchdog がサイレンスまたは抑止で止められたままです（ここまで {span}）。{sites}",
			[CHANGE_OVER] = "Watchdog が復旧しました（{back}{zone}、途絶 {span}）。",
		},
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
		},
		.lead = {
			"Watchdog が一度も届いていません（{at}{zone} から待機）。{sites}",
			[CHANGE_MILDER] = "{partly}、Watchdog は一度も届いていません。",
			[CHANGE_STILL] = "Watchdog がまだ一度も届いていません（ここまで {span}）。{sites}",
		},
		.claim = "よくある原因は、Watchdog の送信先がない、トークンが違う、まだ null の送信先に流れている、のいずれかです。",
		.steps = {
			"送信先：Alertmanager の route で、null より前に Watchdog がここへ向いているか",
			"トークン：両側で同じか。違えば 401 で答えている",
			"shorewatch snippets alertmanager の出力と実際の設定を比べる",
		},
	},
};
