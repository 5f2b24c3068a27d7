#!/usr/bin/env python3
"""outage.py PROGRAM STORY - the promise, with real peers on loopback: when the
whole stack is down, exactly one true mail goes out and the page says so; when
it is back, exactly one mail closes it. Nothing that happens to shorewatch in
between changes that: each story disturbs it in another phase of the outage.

The judge is the Maildir behind Postfix: what a person would have received.
"""

import re
import sys
import time

from lab import Lab, demand, main
from ship import Shore
from watcher import SILENT, TITLES

DOWN_LIMIT = 60  # seconds; due when the Watchdog is late, 12 s after its last beat
UP_LIMIT = 60    # two beats again, and every target twice
QUIET = 4        # seconds in which a wrong second mail would show itself


# ---- what a person reads ----

def check_down(mail, shore):
    demand(mail.state == "DOWN", f"not a DOWN: {mail}")
    demand(mail.diagnosis == "stack-down", f"not stack-down: {mail}")
    demand(mail.header("Importance").lower() == "high", f"{mail}: Importance is not high")
    demand(mail.header("References") == "", f"{mail}: the first mail of an incident refers to nothing")
    for title in (*TITLES.values(), "Watchdog alert"):
        demand(re.search(rf"^- {title}: \S", mail.text(), re.MULTILINE), f"{mail}: no evidence of {title}")
    failures = shore.watcher.failures()
    demand(failures == dict.fromkeys(TITLES, "connect-refused"), f"status.json's evidence: {failures}")


def check_up(mail, down, lasted):
    demand(mail.state == "UP", f"not an UP: {mail}")
    demand(down.id in mail.references(), f"{mail}: References lack {down.id}")
    demand(mail.id != down.id, f"{mail}: the Message-ID of its DOWN")
    demand(mail.header("Shorewatch-Incident") == down.header("Shorewatch-Incident"), f"{mail}: another incident")
    said = re.search(r"back after (?:(\d+) min)? ?(?:(\d+) s)?", mail.subject)
    demand(said and said.group(0).strip() != "back after", f"{mail}: no duration")
    seconds = int(said.group(1) or 0) * 60 + int(said.group(2) or 0)
    # It is over when the Watchdog's second beat is there, not when the last server was started.
    beyond = seconds - lasted
    demand(-5 <= beyond <= 40 or said.group(2) is None and abs(beyond) < 60, f"{mail}: it lasted {lasted:.0f} s")


# ---- phases, by what can be seen of them ----

class Outage:
    """One outage from its beginning to its end; `disturb` is called in every phase, by its name."""

    def __init__(self, shore, disturb):
        self.shore = shore
        self.disturb = disturb

    def states(self):
        return set(self.shore.watcher.states().values())

    def phase(self, name, is_there=None, limit=30):
        if is_there:
            self.shore.until(f"phase: {name}", is_there, limit, every=0.03)
        self.disturb(self.shore, name)

    def run(self):
        self.phase("up")
        self.shore.wait_all_up(40)
        down = self.go_down()
        lasted = self.come_back(down)
        self.phase("closed")
        self.shore.wait_all_up(40)
        self.shore.wait_for_watchdog("up", 60)
        self.shore.hold_peace(QUIET)
        return lasted

    def go_down(self):
        self.shore.ship.sink()
        self.began = time.monotonic()
        self.phase("suspect", lambda: "suspect" in self.states())
        self.phase("waiting", lambda: self.states() == {"down"}, 60)
        demand(not self.disturb.is_before("told") or len(self.shore.mails()) == len(self.shore.told),
               "the mail was already out: nothing was proved")
        down = self.shore.next_mail(DOWN_LIMIT)
        self.shore.lab.say(f"DOWN {time.monotonic() - self.began:.1f} s after the end of the cluster")
        check_down(down, self.shore)
        self.phase("told")
        self.shore.wait_for_page("v-stack", 40)
        self.shore.wait_for_watchdog("silent", 2 * SILENT)
        self.shore.hold_peace(QUIET)
        return down

    def come_back(self, down):
        lasted = time.monotonic() - self.began
        self.shore.ship.sail()
        back = time.monotonic()
        self.phase("recovering", lambda: "recovering" in self.states())
        up = self.shore.next_mail(UP_LIMIT)
        self.shore.lab.say(f"UP {time.monotonic() - back:.1f} s after the cluster was back")
        check_up(up, down, lasted)
        return lasted


# ---- disturbances ----

class Nothing:
    """Nobody touches it."""

    def __init__(self, *phases):
        self.phases = phases

    def is_before(self, phase):
        order = ("up", "suspect", "waiting", "told", "recovering", "closed")
        return any(order.index(mine) < order.index(phase) for mine in self.phases)

    def __call__(self, shore, phase):
        if phase in self.phases:
            self.act(shore, phase)

    def act(self, shore, phase):
        pass


class Kill(Nothing):
    def act(self, shore, phase):
        shore.watcher.kill()
        shore.lab.say(f"kill -9 in the phase: {phase}")
        shore.watcher.start()


class HangUp(Nothing):
    def act(self, shore, phase):
        shore.watcher.hang_up()
        shore.lab.say(f"HUP in the phase: {phase}")


def test(program, disturb):
    with Lab("outage") as lab:
        shore = Shore(lab, program)
        shore.peace()
        Outage(shore, disturb).run()
        mails = shore.mails()
        demand(len(mails) == 2, f"{len(mails)} mails after one outage")
        demand(len({mail.id for mail in mails}) == 2, "a mail arrived twice")
        shore.watcher.end()


STORIES = {
    "undisturbed": Nothing(),
    "kill_up": Kill("up", "closed"),
    "kill_suspect": Kill("suspect"),
    "kill_waiting": Kill("waiting"),
    "kill_told": Kill("told"),
    "kill_recovering": Kill("recovering"),
    "hup": HangUp("up", "suspect", "waiting", "told", "recovering", "closed"),
}

if len(sys.argv) != 3 or sys.argv[2] not in STORIES:
    sys.exit(f"usage: outage.py PROGRAM {'|'.join(STORIES)}")
main(lambda: test(sys.argv[1], STORIES[sys.argv[2]]))
