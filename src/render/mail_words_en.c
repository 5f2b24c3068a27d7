/*
 * mail_words_en.c - the mails in English: everything that is not about one matter.
 */
#include "render/mail_words.h"

const struct mail_words mail_words_en = {
	.matters = mail_matters_en,
	.of = " of “{name}”",
	.zone = " {name}",
	.moment_other_day = "{date}, {time}",
	.lead_sites_up = " The sites are up.",
	.subject_sites_up = ", sites are up",
	.subject_alone = ", {minute}{zone}",
	.sites_back = "The sites are back",
	.part_back = "Part of it is back",
	.names_more = "{names} and {n} more",
	.comma = ", ",
	.colon = ": ",
	.twice = "twice",
	.times = "{n} times",

	.drill_subject = "DRILL: ",
	.drill = "This is a drill: the outage is pretended, nothing real has failed.",
	.drill_step = "There is nothing to mend. Did this mail reach the right people, soon enough, "
		"and did it wake whom it should?",
	.demo_subject = "DEMO: ",
	.demo = "This is a demonstration: the cluster is pretended, nothing real has failed.",
	.storage = "The watcher cannot write to its disk; this mail was sent from memory.",
	.test_subject = "TEST: ",
	.test_lead = "This is a test: nothing is down.",
	.test_verdict = "If the whole stack{of} were down, a mail like this would come. The "
		"outage below is pretended; the checks, steps and links are yours.",
	.blind_subject = "BLIND: nothing observed {from}–{to}{zone}",
	.blind_lead = "Nothing was observed from {from} to {to}{zone}, {span}.",
	.blind_verdict = "The watcher’s own link was down. Nothing was judged in that time, and "
		"no check was called down for it; what failed and returned meanwhile is not known.",

	.blind_subject_references = "BLIND: nothing judged {from}–{to}{zone}",
	.blind_verdict_references = "The watcher’s references did not answer, so nothing was "
		"judged in that time; what failed and returned meanwhile is not known. Its mail "
		"relay has answered for a quarter of an hour, so from now on what fails is told, "
		"as unconfirmed.",

	.link_unchecked = "The watcher’s own link is not checked, so the fault may be on its side "
		"as well.",
	.link_relay = "This is unconfirmed: the watcher’s references do not answer either. Its mail "
		"relay does, so its own link probably works, and the references are blocked.",
	.link_silent = "The watcher’s own references do not answer either, so the fault may be on "
		"its side.",
	.site_alone = "It is the only check that counts here, so nothing tells whether more is "
		"affected.",
	.site_rest_planned = {
		"The other {planned} checks are under planned work and not judged, so nothing "
		"tells whether more is down.",
		"The other check is under planned work and not judged, so nothing tells whether "
		"more is down.",
	},
	.site_rest_unseen = {
		"The other {unseen} checks have not been seen lately, so nothing tells whether "
		"more is affected.",
		"The other check has not been seen lately, so nothing tells whether more is "
		"affected.",
	},
	.site_only = {
		"Only this check fails, {up} others answer.",
		"Only this check fails, {up} other answers.",
	},
	.job_silent = "No ping came in its time: it did not run, failed before its end, or its "
		"call "
		"did not get through.",
	.job_never = "No ping has ever come: it is not installed yet, or calls another address, or "
		"with another token.",
	.job_hangs = "It said that it began, and then nothing: it hangs, or was killed on the way.",
	.job_reported = "It ran, and said itself that it failed; its own log tells why.",
	.job_over = "It reported at {back} that all went well.",
	.site_phase = {
		[PHASE_DNS] = "Its name is not resolved as it should be, so look at the name "
			"first.",
		[PHASE_CONNECT] = "Its port is not reached: nothing listens there, or something "
			"before it is in the way.",
		[PHASE_TLS] = "Its port answers, but TLS fails: look at its certificate first.",
		[PHASE_SEND] = "Its port answers, so the path is fine and the application is not.",
		[PHASE_WAIT] = "Its server answers, so the path is fine and the application is "
			"not.",
		[PHASE_BODY] = "Its server answers, so the path is fine and the application is "
			"not.",
	},
	.sites_some = "{n} of {m} checks fail; the others answer, so it is not the whole stack.",
	.sites_unseen = {
		"{n} checks fail; the other {unseen} have not been seen lately, so nothing tells "
		"whether more is down.",
		"{n} checks fail; the other one has not been seen lately, so nothing tells whether "
		"it is down as well.",
	},
	.others_unseen = {
		"{unseen} checks have not been seen lately.",
		"One check has not been seen lately.",
	},
	.sites_all = "All {m} checks fail, but not in a way that says the whole stack is gone.",
	.site_dependents = {
		"{d} others that depend on it fail as well.",
		"Another one that depends on it fails as well.",
	},
	.sites_dependents = {
		"{n} checks fail by themselves, and {d} that depend on them.",
		"{n} checks fail by themselves, and one that depends on them.",
	},
	.flapping_subject = {
		"FLAPPING: {n} checks come and go", "FLAPPING: {who} comes and goes",
	},
	.flapping_subject_signal = "FLAPPING: the Watchdog signal comes and goes",
	.flapping_lead = {
		"{n} checks{of} come and go: since {at}{zone} they have failed and returned "
		"several times.",
		"{who} comes and goes: since {at}{zone} it has failed and returned several times.",
	},
	.flapping_lead_signal = "The Watchdog signal{of} comes and goes: since {at}{zone} it has "
		"stopped and returned several times.",
	.flapping_verdict = "There were at least {changes} changes within {within}, so not each of "
		"them is mailed any more.",
	.flapping_up = "Right now nothing of it fails.",
	.held = {
		[HELD_BY_UNKNOWN] = "Mails about it were held back from {held} on, by planned work, "
			"a silence, or a failure that it depends on; this one no longer is.",
		[HELD_BY_WINDOW] = "Mails about it were held back from {held} on, by planned work "
			"({what}); this one no longer is.",
		[HELD_BY_SILENCE] = "Mails about it were held back from {held} on, by a silence "
			"({what}); this one no longer is.",
		[HELD_BY_PARENT] = "Mails about it were held back from {held} on, because it "
			"depends on {what}, which failed; this one no longer is.",
	},
	.held_parent_bare = "Mails about it were held back from {held} on, because what it depends "
		"on had failed; this one no longer is.",
	.also_silent = "The cluster’s Watchdog alert is silent as well.",
	.also_accused = "Something is wrong with the cluster’s Watchdog alert as well, though its "
		"signals still come.",
	.blind_inside = "Nothing is down for visitors, but you are blind: if something breaks "
		"inside the cluster now, Alertmanager will probably not tell you.",
	.blind_inside_alone = "If something breaks inside the cluster now, Alertmanager will "
		"probably not tell you.",
	.perhaps_blind = "Nothing is down for visitors, but you may be blind: if something breaks "
		"inside the cluster now, perhaps nobody tells you.",
	.perhaps_blind_alone = "If something breaks inside the cluster now, perhaps nobody tells "
		"you.",
	.claims = {
		[CLAIM_RETURNING] = "One signal has come again; a single one may be an old one "
			"repeated.",
		[CLAIM_RESOLVED] = "Alertmanager reported the alert as ended, so it was alive "
			"then.",
		[CLAIM_STALE] = "Alertmanager answers when asked, but the alert that it shows is "
			"one that nobody renews.",
		[CLAIM_STALE_GONE] = "Alertmanager answers when asked, but nobody has renewed the "
			"alert, so it is gone from there by now.",
		[CLAIM_MISSING] = "Alertmanager answers when asked, but has no such alert.",
		[CLAIM_OWN_STALE] = "Prometheus answers when asked, but does not evaluate the "
			"alert any more.",
		[CLAIM_OWN_MISSING] = "Prometheus answers when asked, but the alert does not fire "
			"there.",
		[CLAIM_STALE_BEFORE] = "By what was last known, nobody renews the alert.",
		[CLAIM_PROMETHEUS_MUTE] = "Prometheus itself does not answer when asked.",
		[CLAIM_PROMETHEUS_FINE] = "Prometheus itself evaluates it, so it gets lost "
			"between the two.",
		[CLAIM_SUPPRESSED] = "Alertmanager answers when asked: a silence or an inhibition "
			"covers the Watchdog alert, and perhaps others.",
		[CLAIM_SUPPRESSED_BEFORE] = "By Alertmanager’s last answer of use, a silence or an "
			"inhibition covered the Watchdog alert, and perhaps others.",
		[CLAIM_LOST] = "Alertmanager shows the alert when asked, and the watcher’s own "
			"listener answers; it gets lost on the way: route, token, egress, or a "
			"firewall before the watcher.",
		[CLAIM_LOST_OR_OURS] = "Alertmanager shows the alert when asked; it gets lost on "
			"the way: route, token, egress, a firewall, or our way in.",
		[CLAIM_LOST_BEFORE] = "Alertmanager showed the alert when it was last asked with "
			"success; it gets lost on the way: route, token, egress, a firewall, or "
			"our way in.",
		[CLAIM_SHOWN] = "Alertmanager shows the alert when asked.",
		[CLAIM_UNASKED] = "What has failed is Prometheus, Alertmanager, or the way from "
			"there to here; the watcher’s own listener answers by its public name.",
		[CLAIM_UNASKED_OR_OURS] = "What has failed is Prometheus, Alertmanager, their way "
			"out, or our way in.",
		[CLAIM_UNASKED_LISTENER] = "The watcher’s own listener does not answer by its "
			"public name, so the fault may well be ours; whether Prometheus and "
			"Alertmanager work is not known.",
		[CLAIM_MUTE] = "Alertmanager does not answer when asked either.",
		[CLAIM_MUTE_BOTH] = "Neither Alertmanager nor Prometheus answers when asked.",
		[CLAIM_MUTE_HALF] = "Alertmanager does not answer when asked either; Prometheus "
			"does, and evaluates the alert.",
		[CLAIM_BROKEN] = "Alertmanager answers when asked, but says nothing of use.",
		[CLAIM_DISPUTED] = "Alertmanager answers when asked, but knows of no such alert, "
			"though its signals came: is the right one asked, with these labels?",
		[CLAIM_OWN_FINE] = "Prometheus evaluates the alert, so the fault is behind it: "
			"Alertmanager, or the way from there to here.",
		[CLAIM_OWN_MUTE] = "Prometheus does not answer when asked either.",
		[CLAIM_OWN_BROKEN] = "Prometheus answers when asked, but says nothing of use.",
		[CLAIM_LISTENER] = "Alertmanager shows the alert when asked, but the watcher’s own "
			"listener does not answer: the fault is ours.",
		[CLAIM_LISTENER_BACK] = "The watcher’s own listener did not answer. Now it does, "
			"and the next signal is awaited.",
		[CLAIM_LISTENER_BEFORE] = "The watcher’s own listener did not answer when it was "
			"last asked.",
		[CLAIM_LISTENER_ONLY] = "The watcher’s own listener does not answer by its public "
			"name: the fault is ours.",
		[CLAIM_LISTENER_TOO] = "The watcher’s own listener does not answer either, so "
			"part of the fault may be ours.",
	},
	.hint_few = {
		"But only {beats} signals have ever come: does the route inherit a repeat_interval "
		"of hours?",
		"But only one signal has ever come: does the route inherit a repeat_interval of "
		"hours?",
	},
	.hint_rare = "Before, signals came {cadence}, but they are due {every}, so this may be "
		"no more than a wrong setting: is repeat_interval a multiple of group_interval?",
	.hint_step = "In Alertmanager: is repeat_interval of this route shorter than its "
		"group_interval?",
	.last_answer = "The last answer of anything came at {last}.",
	.over_targets = "Everything that failed from {at} on has answered {times} in a row.",
	.over_both = "Everything that failed from {at} on has answered {times} in a row, and two "
		"Watchdog signals have arrived.",
	.over_watchdog = "Two Watchdog signals have arrived.",
	.over_both_accused = "Everything that failed from {at} on has answered {times} in a row, "
		"and "
		"nothing speaks against the Watchdog alert any more.",
	.over_accused = "Nothing speaks against the Watchdog alert any more.",

	.fails_title = "What fails: {n} of {m} (last good answer)",
	.back_title = "Back again: first answer",
	.up_title = "Still up",
	.evidence_title = "Evidence: first answer of each",
	.look_title = "Worth a look",
	.next_title = "Try next",
	.now_title = "Now",
	.failed = "{what} ({last})",
	.failed_after = "{what} after {took}",
	.failed_note = "{what}, {note} ({last})",
	.all_outside = "All {n} outside checks",
	.all_fail = "{what}",
	.and_more = "and {n} more: {groups}",
	.and_dependents = {
		"and {n} that depend on it: {names}", "and one that depends on it: {names}",
	},
	.group_count = "{group} {n}",
	.other_groups = "other groups {n}",
	.never = "never",
	.silent = "silent {span}, due {every} ({last})",
	.resolved = "reported as ended; silent {span}, due {every} ({last})",
	.silent_never = "never arrived, due {every}",
	.still_comes = "its signals still come (last {last})",
	.asked = "Asked at {time}",
	.pull = {
		[PULL_OK] = "{witness} shows the alert, the news {age} old",
		[PULL_STALE] = "{witness} still shows the alert, but the news is {age} old",
		[PULL_SUPPRESSED] = "{witness} holds the alert back{note}",
		[PULL_MISSING] = "{witness} answers, but has no such alert",
		[PULL_UNREACHABLE] = "{witness} does not answer{note}",
		[PULL_BROKEN] = "{witness} answers, but not as it should{note}",
	},
	.pull_stale_gone = "{witness} has dropped the alert; the last news was {age} old",
	.pull_disputed = "{witness} answers, but shows no such alert",
	.pull_prometheus_mute = "; Prometheus does not answer",
	.pull_prometheus_fine = "; Prometheus evaluates it",
	.pull_listener = "; our own listener does not answer",
	.answers = { "{names}: all answer", "{names}: answers" },
	.undetermined = "Not certain, checked again right now",
	.planned = "Planned work, not judged",
	.unobserved = "Not observed yet",
	.out_of_sight = "Out of sight, last seen well",
	.now_again = {
		"Nothing is known to be down; {n} checks are being looked at again now",
		"Nothing is known to be down; one check is being looked at again now",
	},
	.now_unseen = {
		"Nothing is known to be down, but {n} checks have not been seen lately",
		"Nothing is known to be down, but one check has not been seen lately",
	},
	.elsewhere = "Failing as another incident",
	.watchdog = "Watchdog",
	.beat_arrived = "arrived {last}",
	.beat_before = "last arrived {last}, before this began",
	.beat_none = "not set up for this stack, so nothing tells of the inside",
	.beat_never = "none has arrived yet",
	.own_link = "Watcher’s own link",
	.link_all = "{n} of {m} references answer",
	.link_some = "only {n} of {m} references answer",
	.link_none = "none of {m} references answers",
	.link_not_checked = "not checked, no references are configured",
	.first_answer = "{time} ({latency}{was})",
	.first_answer_code = "{time} (HTTP {code}, {latency}{was})",
	.first_answer_bare = "{time}",
	.was = ", was {median}",
	.slow = "{who} still answers {n} times slower than its median",
	.days_label = "90 days now",
	.days = "{who} {percent} %, down {span}",

	.cert_subject = "CERT: {left} left, {host_short}",
	.cert_renewed_subject = "CERT: renewed, {host_short}",
	.cert_lead = "The certificate of {host} expires in {left}, on {end}.",
	.cert_lead_soon = "The certificate of {host} expires in {left}, on {end}, {until}{zone}.",
	.cert_renewed_lead = "The certificate of {host} was renewed; the new one is valid until "
		"{end}.",
	.cert_host = "{names}",
	.cert_all_up = "Everything is up.",
	.cert_up = "The checks that meet it pass.",
	.cert_overdue = "A renewal was due about {ago} ago and has not happened.",
	.cert_not_renewed = "It has not been renewed yet.",
	.cert_renewed_verdict = "The old one, of which you were warned, is not shown to the "
		"watcher any more.",
	.cert_title = "Evidence",
	.cert_served = "Served to the watcher at {time}",
	.cert_digest = "SHA-256 begins {digest}",
	.cert_valid = "Valid",
	.cert_span = "{from} to {to}{zone}",
	.cert_on = "Shown by",
	.cert_steps = {
		"kubectl get certificate,challenge -A; read the events of the one that is not "
			"Ready",
		"Is port 80 open for the HTTP-01 challenge?",
		"If a newer one exists: has the server been told to load it?",
	},
	.cert_days = "{days} days",
	.cert_day = "{days} day",
	.and = " and ",
	.cert_next = "at {days}, or when it is renewed",
	.cert_next_last = "when it is renewed, or when a check fails for it",
	.cert_next_renewed = "none, until this one comes to its end",
	.cert_signature = "shorewatch on {instance} · {number} · mail {n} of this certificate",

	.self_subject = {
		[SELF_CONFIGURATION] = "WATCHER: configuration broken, old copy runs",
		[SELF_CLOCK] = "WATCHER: its clock is {off}",
		[SELF_MAIL] = "WATCHER: no mail leaves since {from}{zone}",
		[SELF_MAIL_BACK] = "WATCHER: mail leaves again",
		[SELF_CHANNEL] = "WATCHER: a channel fails since {from}{zone}",
		[SELF_CHANNEL_BACK] = "WATCHER: a channel works again",
		[SELF_STORAGE] = "WATCHER: nothing can be written to its disk",
		[SELF_CANARY] = "WATCHER: mail leaves, but does not arrive",
		[SELF_CANARY_BACK] = "WATCHER: mail arrives again",
		[SELF_CANARY_UNSEEN] = "WATCHER: the mail canary’s mailbox cannot be read",
	},
	.self_lead = {
		[SELF_CONFIGURATION] = "The watcher’s own configuration is broken; it runs with "
			"the "
			"last good copy.",
		[SELF_CLOCK] = "The watcher’s own clock is {off}, other hosts say.",
		[SELF_MAIL] = "Mail cannot leave: the oldest one waits since {from}{zone}.",
		[SELF_MAIL_BACK] = "Mail leaves again; it could not since {from}{zone}.",
		[SELF_CHANNEL] = "The channel {off} takes nothing since {from}{zone}.",
		[SELF_CHANNEL_BACK] = "The channel {off} takes notices again; it did not since "
			"{from}{zone}.",
		[SELF_STORAGE] = "For ten minutes the watcher could write nothing to its own disk.",
		[SELF_CANARY] = "Mail is lost: the relay took the test mail of {off}, and it is not "
			"in its mailbox.",
		[SELF_CANARY_BACK] = "Mail arrives again: the test mail was found at {off}.",
		[SELF_CANARY_UNSEEN] = "Since {off} the mailbox of the daily test mail could not be "
			"read.",
	},
	.self_verdict = {
		[SELF_CONFIGURATION] = "Everything is watched as that copy says. What was changed "
			"since then has no effect.",
		[SELF_CLOCK] = "Checks and outages go on, they are timed by another clock. Times "
			"in "
			"mails and on the page are wrong by as much, and no certificate is judged "
			"until it is right again.",
		[SELF_MAIL] = "Everything is watched as before, and each mail is tried again for "
			"seven days. Until they leave, outages are told by other ways only.",
		[SELF_MAIL_BACK] = "What waited is sent now.",
		[SELF_CHANNEL] = "Who is told by it alone is told nothing at present. What waits is "
			"tried again for seven days.",
		[SELF_CHANNEL_BACK] = "What waited is sent now.",
		[SELF_STORAGE] = "Everything is watched as before, and notices are sent from memory. "
			"The page keeps its old words, history has a hole, and a restart would "
			"forget what was not written.",
		[SELF_CANARY] = "Everything is watched as before. Mails about outages may be lost in "
			"the same way, though the relay takes them; other ways are not affected.",
		[SELF_CANARY_BACK] = "Mails that were sent meanwhile may be lost: the page has them all.",
		[SELF_CANARY_UNSEEN] = "Everything is watched as before. Whether mail arrives is not "
			"known at present; that it leaves is.",
	},
	.self_steps = {
		[SELF_CONFIGURATION] = {
			"shorewatch check; it names every fault with its file and line",
			"Then shorewatch reload",
		},
		[SELF_CLOCK] = {
			"timedatectl; is the clock synchronised?",
			"systemctl status systemd-timesyncd, or chronyc tracking",
		},
		[SELF_MAIL] = {
			"shorewatch mails; it shows each relay’s last word",
			"shorewatch test-mail; it shows the whole dialogue",
		},
		[SELF_CHANNEL] = {
			"shorewatch mails; it shows the last answer",
			"shorewatch test-mail with the channel’s name; it asks once more",
		},
		[SELF_STORAGE] = {
			"df -h and df -i of the state directory; is it full, or read-only?",
			"journalctl -u shorewatch; it names what failed first",
		},
		[SELF_CANARY] = {
			"Look into the mailbox’s spam folder and filters",
			"Ask the relay’s log what became of it: shorewatch status names it",
			"SPF, DKIM and blocklists; did the sender’s name or address change?",
		},
		[SELF_CANARY_UNSEEN] = {
			"shorewatch status; it tells what the server says",
			"Are canary.imap, user and password still right?",
		},
	},
	.self_fault = "First fault",
	.clock_ahead = "{span} ahead",
	.clock_behind = "{span} behind",

	.digest_subject = {
		"HELD BACK: {held} mails since {since}{zone}", "HELD BACK: one mail since {since}{zone}",
	},
	.digest_lead = {
		"{held} mails to you were held back since {since}{zone}: at most {cap} an hour go "
		"out.",
		"One mail to you was held back since {since}{zone}: at most {cap} an hour go out.",
	},
	.digest_verdict = "Only changes for the better, further members and repeats are held back; "
		"what was worse, and every recovery, has gone out. This is how it stands now.",
	.digest_title = "Open incidents",
	.digest_incident = "{headline}, since {at}",
	.digest_incident_of = "{headline}, since {at}: {names}",
	.digest_more = "and {n} more incidents",
	.merged = "No mail about it could be delivered since {waited}{zone}: this one tells all of it.",
	.held_back = {
		"{held} mails to you were held back since {since}{zone}: at most {cap} an hour go "
		"out. This one tells how it stands now.",
		"One mail to you was held back since {since}{zone}: at most {cap} an hour go out. "
		"This one tells how it stands now.",
	},

	.notes_title = "Noted",

	.runbook = "Runbook",
	.status_page = "Status page",
	.next = "Next mail",
	.next_down = "on recovery, or at {time} if it is still down",
	.next_silent = "on recovery, or at {time} if it is still silent",
	.next_down_later = "on recovery, or on {date}, {time}, if it is still down",
	.next_silent_later = "on recovery, or on {date}, {time}, if it is still silent",
	.next_flapping = "when it has been calm for {calm}, or at once if it gets worse",
	.next_unknown = "on recovery",
	.next_over = "none, unless something fails again",
	.next_blind = "when something fails, or changes",
	.next_test = "none, this was a test",
	.signature = "shorewatch on {instance}",
	.signature_incident = "shorewatch on {instance} · incident {number} · mail {n} of this "
		"incident",
};
