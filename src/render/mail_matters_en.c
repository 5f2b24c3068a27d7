/*
 * mail_matters_en.c - what each matter is called in its mails, in English.
 */
#include "render/mail_words.h"

const struct matter_words mail_matters_en[MATTER_COUNT] = {
	[MATTER_STACK] = {
		.subject = {
			"DOWN: whole stack{of}, since {minute}{zone}",
			"DOWN: now the whole stack{of}, since {minute}{zone}",
			[CHANGE_STILL] = "STILL DOWN: whole stack{of}, {roughly}",
			[CHANGE_OVER] = "UP: whole stack{of} back after {span}",
		},
		.lead = {
			"The whole stack{of} is down since {at}{zone}.",
			"Now the whole stack{of} is down; it began at {at}{zone}.",
			[CHANGE_STILL] = "The whole stack{of} is still down, {span} so far.",
			[CHANGE_OVER] = "The whole stack{of} is back since {back}{zone}, after "
				"{span}.",
		},
		.claim = "Cluster unreachable from outside; monitoring pipeline silent.",
		.claim_variant = "Hardly anything answers from outside; monitoring pipeline "
			"silent. What still answers is listed below.",
		.side = "The watcher’s own link works, so the fault is on the server side: power, "
			"uplink, router, or the whole cluster.",
		.steps = {
			"Power and uplink: does the router answer from another network?",
			"If it does: open the node’s console, then kubectl get nodes",
			"If it does not: call somebody on site, or the provider",
		},
	},
	[MATTER_EDGE] = {
		.subject = {
			"DOWN: every way in{of}, cluster alive",
			"DOWN: now every way in{of}, cluster alive",
			"PARTLY UP: cluster alive{of}, nothing answers yet",
			[CHANGE_STILL] = "STILL DOWN: every way in{of}, {roughly}",
			[CHANGE_OVER] = "UP: every way in{of} back after {span}",
		},
		.lead = {
			"Nothing{of} answers from outside since {at}{zone}, but the cluster is "
			"alive.",
			"Now nothing{of} answers from outside, but the cluster is alive; it began "
			"at {at}{zone}.",
			"The cluster{of} is alive again, but still nothing answers from outside "
			"since {at}{zone}.",
			[CHANGE_STILL] = "Still nothing{of} answers from outside, {span} so far; "
				"the cluster is alive.",
			[CHANGE_OVER] = "Everything{of} answers from outside again since "
				"{back}{zone}, after {span}.",
		},
		.claim = "Nothing can be reached from outside, yet the cluster’s Watchdog signal "
			"arrives: it runs, and it has a way out.",
		.side = "The watcher’s own link works, so the fault is on the way in: router, "
			"port forwarding, firewall, load balancer, or a changed address.",
		.steps = {
			"Router and firewall: are the ports still forwarded to the ingress?",
			"Public address: has it changed? Compare it with the DNS records",
			"From inside: does the ingress answer on its service address?",
		},
	},
	[MATTER_BACKENDS] = {
		.subject = {
			"DOWN: all sites{of}, ingress answers",
			"DOWN: now all sites{of}, ingress answers",
			"PARTLY UP: ingress back{of}, all sites still down",
			[CHANGE_STILL] = "STILL DOWN: all sites{of}, {roughly}",
			[CHANGE_OVER] = "UP: all sites{of} back after {span}",
		},
		.lead = {
			"All sites{of} are down behind the ingress since {at}{zone}.",
			"Now all sites{of} are down behind the ingress; it began at {at}{zone}.",
			"The way in is back; all sites{of} behind the ingress are still down "
			"since {at}{zone}.",
			[CHANGE_STILL] = "All sites{of} are still down behind the ingress, {span} "
				"so far.",
			[CHANGE_OVER] = "All sites{of} are back since {back}{zone}, after {span}.",
		},
		.claim = "Something answers at the edge, so the path is fine; every site behind "
			"it fails: its routes, the applications, or what they all need.",
		.steps = {
			"kubectl get pods -A; what is not Running, and since when?",
			"kubectl get nodes; is one gone, or out of memory or disk?",
			"What do all sites share: database, storage, one node?",
		},
	},
	[MATTER_UNREACHABLE] = {
		.subject = {
			"DOWN: everything outside{of}, since {minute}{zone}",
			"DOWN: now everything outside{of}, since {minute}{zone}",
			[CHANGE_STILL] = "STILL DOWN: everything outside{of}, {roughly}",
			[CHANGE_OVER] = "UP: everything{of} back after {span}",
		},
		.lead = {
			"Nothing{of} answers from outside since {at}{zone}.",
			"Now nothing{of} answers from outside; it began at {at}{zone}.",
			"Still nothing{of} answers from outside since {at}{zone}; whether the "
			"cluster is alive is open again.",
			[CHANGE_STILL] = "Still nothing{of} answers from outside, {span} so far.",
			[CHANGE_OVER] = "Everything{of} answers again since {back}{zone}, after "
				"{span}.",
		},
		.claim = "Whether the cluster is alive will be known when its next Watchdog "
			"signal comes or is missed; then you are told so.",
		.claim_variant = "No Watchdog alert has been heard from this stack, so it cannot "
			"be told whether the cluster is alive.",
		.side = "The watcher’s own link works, so the fault is on the server side: power, "
			"uplink, router, or the whole cluster.",
		.steps = {
			"Power and uplink: does the router answer from another network?",
			"If it does: open the node’s console, then kubectl get nodes",
			"If it does not: call somebody on site, or the provider",
		},
	},
	[MATTER_DNS] = {
		.subject = {
			"DOWN: names{of} do not resolve, addresses answer",
			"DOWN: now names{of}, addresses answer",
			"PARTLY UP: addresses answer{of}, names do not",
			[CHANGE_STILL] = "STILL DOWN: names{of}, {roughly}",
			[CHANGE_OVER] = "UP: names{of} resolve again after {span}",
		},
		.lead = {
			"Names{of} do not resolve since {at}{zone}; their addresses answer.",
			"Now names{of} do not resolve, though their addresses answer; it began at "
			"{at}{zone}.",
			"The addresses{of} answer again; the names do not resolve since "
			"{at}{zone}.",
			[CHANGE_STILL] = "Names{of} still do not resolve, {span} so far.",
			[CHANGE_OVER] = "Names{of} resolve again since {back}{zone}, after {span}.",
		},
		.claim = "The last known addresses answer, so servers and path are fine; the "
			"fault is in the zone, its name servers, or the registration.",
		.steps = {
			"dig +trace NAME; which server stops answering, or says NXDOMAIN?",
			"Registrar: has the domain expired, or been put on hold?",
			"Zone: what was changed last, and is it signed correctly?",
		},
	},
	[MATTER_SITE] = {
		.subject = {
			"DOWN: {who}, {what}",
			[CHANGE_MILDER] = "PARTLY UP: {who} still down",
			[CHANGE_STILL] = "STILL DOWN: {who}, {roughly}",
			[CHANGE_OVER] = "UP: {who} back after {span}",
		},
		.lead = {
			"{who} is down since {at}{zone}.",
			[CHANGE_MILDER] = "{partly}; {who} is still away since {at}{zone}.",
			[CHANGE_STILL] = "{who} is still down, {span} so far.",
			[CHANGE_OVER] = "{who} is back since {back}{zone}, after {span}.",
		},
		.steps = {
			"Open it yourself, from another network",
			"kubectl get pods -A; look for restarts around {minute}",
		},
	},
	[MATTER_SITE_FAMILY] = {
		.subject = {
			"DOWN: {who}, {what}",
			[CHANGE_MILDER] = "PARTLY UP: {who} still down",
			[CHANGE_STILL] = "STILL DOWN: {who}, {roughly}",
		},
		.lead = {
			"{who} is down since {at}{zone}.",
			[CHANGE_MILDER] = "{partly}; {who} is still away since {at}{zone}.",
			[CHANGE_STILL] = "{who} is still down, {span} so far.",
		},
		.claim = "It answers over {other}, so what is broken is its way in over {family}: "
			"the {record} record, the route, or a firewall.",
		.steps = {
			"From another network: does curl -{digit} reach it?",
			"dig NAME {record}; is that still the address of the machine?",
			"Router, provider, firewall: was {family} changed around {minute}?",
		},
	},
	[MATTER_JOB] = {
		.subject = {
			"DOWN: {who}, {what}",
			[CHANGE_MILDER] = "PARTLY UP: {who} still down",
			[CHANGE_STILL] = "STILL DOWN: {who}, {roughly}",
			[CHANGE_OVER] = "UP: {who} back after {span}",
		},
		.lead = {
			"The job {who} {what}; down since {at}{zone}.",
			[CHANGE_MILDER] = "{partly}; the job {who} {what}, down since {at}{zone}.",
			[CHANGE_STILL] = "The job {who} is still down, {span} so far.",
			[CHANGE_OVER] = "The job {who} is back since {back}{zone}, after {span}.",
		},
		.steps = {
			"On its machine: did it run, and what does its own log say?",
			"Call its ping by hand: 401 means a wrong token, 404 a wrong name",
		},
	},
	[MATTER_SITES] = {
		.subject = {
			"DOWN: {n} checks, {names}",
			[CHANGE_MILDER] = "PARTLY UP: {n} checks still down, {names}",
			[CHANGE_MORE] = "DOWN: now {n} checks, {names}",
			[CHANGE_STILL] = "STILL DOWN: {n} checks, {roughly}",
			[CHANGE_OVER] = "UP: {n} checks back after {span}",
		},
		.lead = {
			"{n} checks are down since {at}{zone}: {names}.",
			[CHANGE_MILDER] = "{partly}; {n} checks are still down since {at}{zone}: "
				"{names}.",
			[CHANGE_MORE] = "Now {n} checks are down, the first since {at}{zone}: "
				"{names}.",
			[CHANGE_STILL] = "{n} checks are still down, {span} so far: {names}.",
			[CHANGE_OVER] = "{n} checks are back since {back}{zone}, after {span}: "
				"{names}.",
		},
		.steps = {
			"What do they share: a node, a database, a name, a certificate?",
			"kubectl get pods -A; look for restarts around {minute}",
		},
	},
	[MATTER_SITES_FAMILY] = {
		.subject = {
			"DOWN: {n} checks, {family} only, {names}",
			[CHANGE_MILDER] = "PARTLY UP: {n} still down by {family}, {names}",
			[CHANGE_MORE] = "DOWN: now {n} checks, {family} only, {names}",
			[CHANGE_STILL] = "STILL DOWN: {n} checks, {family} only, {roughly}",
		},
		.lead = {
			"{n} checks are down over {family} only, since {at}{zone}: {names}.",
			[CHANGE_MILDER] = "{partly}; over {family} {n} checks are still down since "
				"{at}{zone}: {names}.",
			[CHANGE_MORE] = "Now {n} checks are down over {family} only, the first "
				"since {at}{zone}: {names}.",
			[CHANGE_STILL] = "{n} checks are still down over {family} only, {span} so "
				"far: {names}.",
		},
		.claim = "Over {other} all of them answer, so the servers are fine; what they "
			"share is their way in over {family}: route, provider, or a firewall.",
		.steps = {
			"From another network: does ping -{digit} reach the router?",
			"Router: does it still have its {family} addresses and its default route?",
			"Router, provider, firewall: was {family} changed around {minute}?",
		},
	},
	[MATTER_UNCONFIRMED] = {
		.subject = {
			"UNCONFIRMED: {n} checks fail, own link as well",
			[CHANGE_STILL] = "STILL UNCONFIRMED: {n} checks fail, {roughly}",
			[CHANGE_OVER] = "UP: {n} checks back after {span}",
		},
		.lead = {
			"{n} checks fail since {at}{zone}, but so do the watcher’s references.",
			[CHANGE_STILL] = "{n} checks still fail, {span} so far, and so do the "
				"watcher’s references.",
			[CHANGE_OVER] = "{n} checks are back since {back}{zone}, after {span}.",
		},
		.claim = "Unconfirmed: nothing proves on which side the fault is.",
		.steps = {
			"Open a site yourself, from a network that is not the watcher’s",
			"Watcher: does its provider report an outage?",
		},
	},
	[MATTER_PROMETHEUS] = {
		.subject = {
			"SILENT: Prometheus sends no Watchdog{fact}",
			[CHANGE_MILDER] = "PARTLY UP: sites back, Prometheus still silent",
			[CHANGE_STILL] = "STILL SILENT: Prometheus, {roughly}",
			[CHANGE_OVER] = "UP: Watchdog back after {span}",
		},
		.lead = {
			"Prometheus has not renewed the cluster’s Watchdog alert since "
			"{at}{zone}.{sites}",
			[CHANGE_MILDER] = "{partly}; Prometheus has not renewed the cluster’s "
				"Watchdog alert since {at}{zone}.",
			[CHANGE_STILL] = "Prometheus still does not renew the cluster’s Watchdog "
				"alert, {span} so far.{sites}",
			[CHANGE_OVER] = "The cluster’s Watchdog alert is back since {back}{zone}, "
				"after {span}.",
		},
		.steps = {
			"kubectl -n monitoring get pods; is Prometheus running, or out of memory?",
			"Prometheus: is its disk full, or does it replay its log?",
			"In Prometheus: is the alert Watchdog firing?",
		},
	},
	[MATTER_SILENCED] = {
		.subject = {
			"SILENT: Watchdog silenced{fact}",
			[CHANGE_MILDER] = "PARTLY UP: sites back, Watchdog silenced",
			[CHANGE_STILL] = "STILL SILENT: Watchdog silenced, {roughly}",
			[CHANGE_OVER] = "UP: Watchdog back after {span}",
		},
		.lead = {
			"The cluster’s Watchdog alert is silenced or inhibited; last signal "
			"{at}{zone}.{sites}",
			[CHANGE_MILDER] = "{partly}; the cluster’s Watchdog alert is silenced or "
				"inhibited, last signal {at}{zone}.",
			[CHANGE_STILL] = "The cluster’s Watchdog alert is still silenced or "
				"inhibited, {span} so far.{sites}",
			[CHANGE_OVER] = "The cluster’s Watchdog alert is back since {back}{zone}, "
				"after {span}.",
		},
		.steps = {
			"In Alertmanager: which silence or inhibition matches Watchdog?",
			"Exclude Watchdog from blanket silences: alertname!=\"Watchdog\"",
		},
	},
	[MATTER_BEATS_LOST] = {
		.subject = {
			"SILENT: Watchdog does not arrive{fact}",
			[CHANGE_MILDER] = "PARTLY UP: sites back, Watchdog still silent",
			[CHANGE_STILL] = "STILL SILENT: Watchdog, {roughly}",
			[CHANGE_OVER] = "UP: Watchdog back after {span}",
		},
		.lead = {
			"The cluster’s Watchdog alert fires but has not arrived since "
			"{at}{zone}.{sites}",
			[CHANGE_MILDER] = "{partly}; the cluster’s Watchdog alert has not arrived "
				"since {at}{zone}.",
			[CHANGE_STILL] = "The cluster’s Watchdog alert still does not arrive, "
				"{span} so far.{sites}",
			[CHANGE_OVER] = "The cluster’s Watchdog alert is back since {back}{zone}, "
				"after {span}.",
		},
		.steps = {
			"In Alertmanager: does the route for Watchdog still point here?",
			"Token: the same on both sides? A wrong one is answered with 401",
			"Egress: may the cluster still reach this watcher?",
		},
	},
	[MATTER_LISTENER] = {
		.subject = {
			"SILENT: our own listener fails{fact}",
			[CHANGE_MILDER] = "PARTLY UP: sites back, our listener fails",
			[CHANGE_STILL] = "STILL SILENT: our own listener, {roughly}",
			[CHANGE_OVER] = "UP: Watchdog back after {span}",
		},
		.lead = {
			"The watcher cannot hear the cluster since {at}{zone}.{sites}",
			[CHANGE_MILDER] = "{partly}; the watcher cannot hear the cluster since "
				"{at}{zone}.",
			[CHANGE_STILL] = "The watcher still cannot hear the cluster, {span} so "
				"far.{sites}",
			[CHANGE_OVER] = "The watcher hears the cluster again since {back}{zone}, "
				"after {span}.",
		},
		.steps = {
			"On the watcher: does the proxy before shorewatch run, and its "
			"certificate verify?",
			"journalctl -u shorewatch; what happened at {minute}?",
		},
	},
	[MATTER_ALERTING] = {
		.subject = {
			"SILENT: Watchdog stopped{fact}",
			[CHANGE_MILDER] = "PARTLY UP: sites back, Watchdog still silent",
			[CHANGE_STILL] = "STILL SILENT: Watchdog, {roughly}",
			[CHANGE_OVER] = "UP: Watchdog back after {span}",
		},
		.lead = {
			"The cluster’s Watchdog alert stopped arriving at {at}{zone}.{sites}",
			[CHANGE_MILDER] = "{partly}; the cluster’s Watchdog alert is still silent "
				"since {at}{zone}.",
			[CHANGE_STILL] = "The cluster’s Watchdog alert is still silent, {span} so "
				"far.{sites}",
			[CHANGE_OVER] = "The cluster’s Watchdog alert is back since {back}{zone}, "
				"after {span}.",
		},
		.steps = {
			"kubectl -n monitoring get pods; is Prometheus running, or out of memory?",
			"In Prometheus: is the alert Watchdog firing?",
			"In Alertmanager: does the route for Watchdog still point here?",
		},
	},
	[MATTER_NEVER] = {
		.subject = {
			"SILENT: Watchdog never came{fact}",
			[CHANGE_MILDER] = "PARTLY UP: sites back, Watchdog never came",
			[CHANGE_STILL] = "STILL SILENT: Watchdog never came, {roughly}",
		},
		.lead = {
			"The cluster’s Watchdog alert has never arrived; awaited since "
			"{at}{zone}.{sites}",
			[CHANGE_MILDER] = "{partly}; the cluster’s Watchdog alert has never "
				"arrived.",
			[CHANGE_STILL] = "The cluster’s Watchdog alert has still never arrived, "
				"{span} so far.{sites}",
		},
		.claim = "The usual causes: the route for Watchdog is missing, the token is "
			"wrong, or the alert still goes to the null receiver.",
		.steps = {
			"Route: does Alertmanager send Watchdog here, before any route to null?",
			"Token: the same on both sides? A wrong one is answered with 401",
			"shorewatch snippets alertmanager; compare it with what is deployed",
		},
	},
};
