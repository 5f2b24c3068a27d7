#!/usr/bin/env python3
"""ingress.py PROGRAM STORY - every site is gone, and the cluster lives: its
beats arrive. What is said depends on what still answers at the edge.
"""

import sys
import time

from lab import Lab, demand, main
from ship import Shore

SAY_LIMIT = 60
UP_LIMIT = 60


def falls(shore, part, what, diagnosis, evidence):
    """One part dies and comes back: one DOWN of that name, one UP."""
    part.kill()
    since = time.monotonic()
    shore.lab.say(f"{what} is killed")
    down = shore.next_mail(SAY_LIMIT)
    shore.lab.say(f"{diagnosis}: {time.monotonic() - since:.1f} s after it began")
    demand(down.state == "DOWN" and down.diagnosis == diagnosis, f"not a DOWN of {diagnosis}: {down}")
    demand(shore.watcher.watchdog_state() == "up", "the beats were to go on")
    failures = {name: code for name, code in shore.watcher.failures().items() if code}
    demand(failures == evidence, f"the evidence is {failures}")
    shore.hold_peace(4)
    part.start()
    up = shore.next_mail(UP_LIMIT)
    demand(up.state == "UP" and down.id in up.references(), f"not the UP of {down}: {up}")
    shore.wait_all_up(30)


def refused(lab, program):
    """The API server answers all the time: the way in is fine. The ingress dies."""
    shore = Shore(lab, program)
    shore.peace()
    falls(shore, shore.ship.ingress, "the ingress", "backends-down",
          {"blog": "connect-refused", "misskey": "connect-refused"})
    shore.watcher.end()


def behind(lab, program):
    """The same, but it is the applications behind the ingress that die (502)."""
    shore = Shore(lab, program)
    shore.peace()
    falls(shore, shore.ship.applications, "what is behind the ingress", "backends-down",
          {"blog": "wait-status", "misskey": "wait-status"})
    shore.watcher.end()


def edge(lab, program):
    """The only edge that is watched is nginx itself: nothing answers, but the beats arrive."""
    shore = Shore(lab, program, edge="ingress")
    shore.peace()
    falls(shore, shore.ship.ingress, "nginx", "edge-down",
          {"blog": "connect-refused", "misskey": "connect-refused", "apiserver": "connect-refused"})
    shore.watcher.end()


def run(program, story):
    with Lab(f"ingress-{story.__name__}") as lab:
        story(lab, program)


STORIES = {story.__name__: story for story in (refused, behind, edge)}

if len(sys.argv) != 3 or sys.argv[2] not in STORIES:
    sys.exit(f"usage: ingress.py PROGRAM {'|'.join(STORIES)}")
main(lambda: run(sys.argv[1], STORIES[sys.argv[2]]))
