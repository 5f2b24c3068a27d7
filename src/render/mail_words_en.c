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

	.link_unchecked = "The watcher’s own link is not checked, so the fault may be on its side "
		"as well.",
	.link_silent = "The watcher’s own references do not answer either, so the fault may be on "
		"its side.",
	.site_alone = "It is the only check that counts here, so nothing tells whether more is "
		"affected.",
	.site_only = {
		"Only this check fails, {up} others answer.",
		"Only this check fails, {up} other answers.",
	},
	.site_phase = {
		[PHASE_DNS] = "Its name is not resolved as it should be, so look at the name "
			"first.",
		[PHASE_CONNECT] = "Its port is not reached: nothing listens there, or something "
			"before it refuses.",
		[PHASE_TLS] = "Its port answers, but TLS fails: look at its certificate first.",
		[PHASE_SEND] = "Its port answers, so the path is fine and the application is not.",
		[PHASE_WAIT] = "Its server answers, so the path is fine and the application is "
			"not.",
		[PHASE_BODY] = "Its server answers, so the path is fine and the application is "
			"not.",
	},
	.sites_some = "{n} of {m} checks fail; the others answer, so it is not the whole stack.",
	.sites_all = "All {m} checks fail, but not in a way that says the whole stack is gone.",
	.also_silent = "The cluster’s Watchdog alert is silent as well.",
	.blind_inside = "Nothing is down for visitors, but you are blind: if something breaks "
		"inside the cluster now, Alertmanager will probably not tell you.",
	.blind_inside_alone = "If something breaks inside the cluster now, Alertmanager will "
		"probably not tell you.",
	.last_answer = "The last answer of anything came at {last}.",
	.over_targets = "Everything that failed at {at} has answered {times} in a row.",
	.over_both = "Everything that failed at {at} has answered {times} in a row, and two "
		"Watchdog signals have arrived.",
	.over_watchdog = "Two Watchdog signals have arrived.",

	.fails_title = "What fails: {n} of {m} (last good answer)",
	.back_title = "Back again: first answer",
	.up_title = "Still up",
	.evidence_title = "Evidence: first answer of each",
	.look_title = "Worth a look",
	.next_title = "Try next",
	.now_title = "Now",
	.failed = "{what} ({last})",
	.failed_note = "{what}, {note} ({last})",
	.all_outside = "All {n} outside checks",
	.all_fail = "{what}",
	.and_more = "and {n} more: {groups}",
	.group_count = "{group} {n}",
	.other_groups = "other groups {n}",
	.never = "never",
	.silent = "silent {span}, due {every} ({last})",
	.resolved = "reported as ended; silent {span}, due {every} ({last})",
	.silent_never = "never arrived, due {every}",
	.answers = { "{names}: all answer", "{names}: answers" },
	.undetermined = "Not certain, checked again right now",
	.planned = "Planned work, not judged",
	.unobserved = "Not observed yet",
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

	.runbook = "Runbook",
	.status_page = "Status page",
	.next = "Next mail",
	.next_down = "on recovery, or at {time} if it is still down",
	.next_silent = "on recovery, or at {time} if it is still silent",
	.next_down_later = "on recovery, or on {date}, {time}, if it is still down",
	.next_silent_later = "on recovery, or on {date}, {time}, if it is still silent",
	.next_unknown = "on recovery",
	.next_over = "none, unless something fails again",
	.next_blind = "when something fails, or changes",
	.next_test = "none, this was a test",
	.signature = "shorewatch on {instance}",
	.signature_incident = "shorewatch on {instance} · incident {number} · mail {n} of this "
		"incident",
};
