#!/usr/bin/env python3
"""pipeline.py PROGRAM STORY - the sites answer all the time; parts of the
cluster's monitoring die, one after the other. What is a fault is told by its
name, in one mail; what is none (a replica of two) is told to nobody.
"""

import sys
import time

from lab import Lab, demand, main
from ship import Shore

SAY_LIMIT = 90  # seconds; the slowest, Prometheus by its "resolved" alone, is due after about 50
UP_LIMIT = 60

# Through the ingress, as from outside: by name, with TLS and a password, either replica.
PULL = """
  pull = {{ alertmanager = "https://am.lab.test:{port}"; prometheus = "https://prom.lab.test:{port}";
           auth = {{ basic = "watch"; password = "file:{secrets}/password"; }};
           ca_file = "{ca_file}"; allow = [ "127.0.0.0/8" ]; }};"""

# An alert lives 4 of these after Prometheus's end. What counts as stale is cut to period + grace, which
# in this drill is 30 s: so that there is anything to be seen before its end, it has to live longer.
LONG_RESEND = "15s"


def peace(lab, program, **cluster):
    shore = Shore(lab, program, **cluster)
    shore.peace()
    return shore


def told_once(shore, diagnosis, since, quiet=4):
    """One mail of that name, and the sites are said to be up."""
    mail = shore.next_mail(SAY_LIMIT)
    shore.lab.say(f"{diagnosis}: {time.monotonic() - since:.1f} s after it began")
    demand(mail.state == "SILENT" and mail.diagnosis == diagnosis, f"not a SILENT of {diagnosis}: {mail}")
    demand("sites are up" in mail.subject, f"{mail}: its subject does not say that the sites are up")
    demand(set(shore.watcher.states().values()) == {"up"}, f"a site is not up: {shore.watcher.states()}")
    shore.hold_peace(quiet)
    return mail


def closed_once(shore, down):
    up = shore.next_mail(UP_LIMIT)
    demand(up.state == "UP" and down.id in up.references(), f"not the UP of {down}: {up}")
    shore.wait_for_page("v-up", 30)
    shore.hold_peace(4)
    return up


# ---- stories ----

def replicas(lab, program):
    """Each of the two Alertmanagers is killed in turn: the other one goes on, and nobody hears of it."""
    shore = peace(lab, program)
    for replica in shore.ship.alertmanagers.pair:
        replica.kill()
        lab.say(f"{replica.name} is killed")
        shore.wait_for_beats(4, 45)
        demand(shore.watcher.watchdog_state() == "up", f"the Watchdog is {shore.watcher.watchdog_state()}")
        shore.ship.alertmanagers.start()
        shore.wait_for_beats(2, 30)
    demand("v-up" in shore.watcher.page_verdict().split(), "the page is not green")
    demand(not shore.mails(), "a mail was sent for one replica of two")
    shore.watcher.end()


def prometheus_dies(lab, program, **cluster):
    """The time it took until it was told."""
    shore = peace(lab, program, **cluster)
    shore.ship.prometheus.kill()
    since = time.monotonic()
    lab.say("Prometheus is killed; Alertmanager still repeats the alert for a while")
    down = told_once(shore, "prometheus-dead", since)
    took = time.monotonic() - since
    shore.ship.prometheus.start()
    closed_once(shore, down)
    shore.watcher.end()
    return took


def prometheus(lab, program):
    """By push alone: told by the `resolved` that Alertmanager sends when the alert has run out."""
    prometheus_dies(lab, program)


def prometheus_pulled(lab, program):
    """Who asks sees it before Alertmanager says anything: the alert grows old, Prometheus does not answer,
    while the beats go on."""
    took = prometheus_dies(lab, program, pull=PULL, resend=LONG_RESEND)
    demand(took < 55, f"it took {took:.0f} s: the alert had already run out, nothing was proved")


def alertmanagers(lab, program):
    shore = peace(lab, program)
    shore.ship.alertmanagers.kill()
    since = time.monotonic()
    lab.say("both Alertmanagers are killed")
    down = told_once(shore, "alerting-dead", since)
    shore.ship.alertmanagers.start()
    closed_once(shore, down)
    shore.watcher.end()


def silenced(lab, program):
    """Somebody silences everything: the sites are fine, and nobody would hear if they were not."""
    shore = peace(lab, program, pull=PULL)
    silence = shore.ship.alertmanagers.silence_watchdog("work on the rack")
    since = time.monotonic()
    lab.say(f"silence {silence}")
    down = told_once(shore, "watchdog-silenced", since)
    demand(silence in down.text(), f"{down}: the silence {silence} is not named")
    shore.ship.alertmanagers.unsilence(silence)
    closed_once(shore, down)
    shore.watcher.end()


def run(program, story):
    with Lab(f"pipeline-{story.__name__}") as lab:
        story(lab, program)


STORIES = {story.__name__: story for story in (replicas, prometheus, prometheus_pulled, alertmanagers, silenced)}

if len(sys.argv) != 3 or sys.argv[2] not in STORIES:
    sys.exit(f"usage: pipeline.py PROGRAM {'|'.join(STORIES)}")
main(lambda: run(sys.argv[1], STORIES[sys.argv[2]]))
