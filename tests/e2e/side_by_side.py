#!/usr/bin/env python3
"""side_by_side.py PROGRAM - the same faults for shorewatch and for a real Alertmanager with its own mailer: what did
each deliver? Prints a table for people, and fails if shorewatch loses or doubles anything.

Each side has a relay of its own that follows the same script, and its spool is the truth. shorewatch sees the outage by
itself, the Alertmanager is told of it as by a Prometheus: at once, and again every minute, with the end repeated for
15 min. Everything runs sixty times as fast: shorewatch by its clock (so it has to be a build without sanitizers), the
Alertmanager by its settings, whose proportions are those of its defaults.
"""

import datetime
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "drill")]

from delivery import MINUTE, Post  # noqa: E402
from hostile import Hostile  # noqa: E402
from lab import demand, find, main, wait_for  # noqa: E402
from peers import Server  # noqa: E402

RATE = 60
ONCE = {"DOWN": 1, "UP": 1}
GOOD, GONE = "ops@lab.test", "gone@lab.test"
PATIENCE = 20  # seconds of ours for an Alertmanager to tell the end: what it is at takes ten of them
PAUSE = 6   # seconds of ours in which a second copy would show itself: a group_interval, and one more
BACK = 16   # minutes until shorewatch has tried again whatever waits

ALERTMANAGER = """
global: {{ resolve_timeout: 5s, smtp_smarthost: "127.0.0.1:{port}", smtp_from: alerts@lab.test, smtp_hello: lab.test,
          smtp_require_tls: false }}
route: {{ receiver: mail, group_by: ['...'], group_wait: 500ms, group_interval: 5s, repeat_interval: 4m }}
receivers:
  - name: mail
    email_configs:
{mailboxes}
"""
MAILBOX = "      - {{ to: '{to}', send_resolved: true }}\n"


class Prometheus(threading.Thread):
    """What one would send: the alert while it fires, its end for a while."""

    RESEND, ENDS_AFTER, ENDING = 1, 4, 15  # seconds: 60 s, four of these, 15 min

    def __init__(self, ports):
        super().__init__(daemon=True)
        self.ports = ports
        self.begun = self.ended = None
        self.is_over = threading.Event()

    def run(self):
        while not self.is_over.wait(self.RESEND):
            if self.begun and not (self.ended and time.time() > self.ended + self.ENDING):
                self.send()

    def fire(self):
        self.begun = time.time()
        self.send()

    def resolve(self):
        self.ended = time.time()
        self.send()

    def send(self):
        alert = {"labels": {"alertname": "SiteDown", "instance": "blog", "severity": "critical"},
                 "annotations": {"summary": "Blog is down"}, "startsAt": stamp(self.begun),
                 "endsAt": stamp(self.ended or time.time() + self.ENDS_AFTER)}
        for port in self.ports:
            request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v2/alerts", json.dumps([alert]).encode(),
                                             {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=10):
                pass


def stamp(when):
    return datetime.datetime.fromtimestamp(when, datetime.timezone.utc).isoformat()


class Alertmanager:
    """One with a relay of its own; `mailboxes` are its email_configs, each a list of addresses."""

    def __init__(self, lab, name, mailboxes, mode):
        self.relay = Hostile(lab, lab.port(), always=mode)
        self.relay.folder = lab.folder(f"{name}-spool")
        config = lab.write(f"{name}.yml", ALERTMANAGER.format(
            port=self.relay.port, mailboxes="".join(MAILBOX.format(to=", ".join(to)) for to in mailboxes)))
        port = lab.port()
        self.server = Server(lab, name, port, [
            find("prometheus-alertmanager", "alertmanager"), f"--config.file={config}",
            f"--storage.path={lab.folder(name)}", f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address="])
        self.server.start()

    def has_tried(self):
        """The relay was asked, or could not be."""
        return self.relay.sessions > 0 or "connection refused" in self.server.child.log()


class Contest(Post):
    """One outage of one site, told by shorewatch and by one or more Alertmanagers."""

    def __init__(self, program, name, recipients=(GOOD,), always="good", teams=None):
        super().__init__(program, f"side by side {name}", always=always, rate=RATE,
                         to=", ".join(f'"{one}"' for one in recipients))
        self.recipients = recipients
        self.teams = [Alertmanager(self.lab, f"alertmanager-{number}", mailboxes, always)
                      for number, mailboxes in enumerate(teams or [[recipients]])]
        self.relays = [self.relay] + [team.relay for team in self.teams]
        self.prometheus = Prometheus([team.server.port for team in self.teams])

    def __enter__(self):
        super().__enter__()
        self.reconnect()
        self.prometheus.start()
        return self

    def __exit__(self, kind, fault, trace):
        self.prometheus.is_over.set()
        self.prometheus.join()
        self.known = len(self.relay.spool)  # counted here, not by the drill
        if kind is None:
            self.kill()  # two seconds to end in are too few of ours
        try:
            super().__exit__(kind, fault, trace)
        finally:
            self.cut_off()

    def breaks(self):
        self.lead()
        self.shut()
        self.prometheus.fire()

    def is_back(self):
        self.open()
        self.prometheus.resolve()

    def everybody_has_tried(self):
        """Not only asked, but answered: both sides are given time to hear it."""
        self.until("shorewatch has tried", lambda: "delivery id=" in self.log(), self.within(5 * MINUTE))
        for team in self.teams:
            wait_for("the Alertmanager has tried", team.has_tried, 20, [team.server.child])

    def cut_off(self):
        for relay in self.relays:
            relay.close()

    def reconnect(self):
        for relay in self.relays:
            relay.open()

    def be_good(self):
        for relay in self.relays:
            relay.always = "good"

    def minutes(self, number):
        time.sleep(number * MINUTE / RATE)

    def counted(self, relay):
        """Recipient -> how many of each."""
        table = {one: {"DOWN": 0, "UP": 0} for one in self.recipients}
        for mail in relay.mails():
            state = "UP" if "RESOLVED" in mail.subject or mail.state == "UP" else "DOWN"
            for one in self.recipients:
                table[one][state] += one in mail.header("To")
        return table

    def settle(self):
        """Until the good one is told by everybody who ever will, and then long enough for a second copy."""
        for relay in self.relays:
            limit = self.within(BACK * MINUTE) if relay is self.relay else PATIENCE
            deadline = time.monotonic() + limit
            while self.counted(relay)[GOOD] != ONCE and time.monotonic() < deadline:
                time.sleep(0.2)  # what is lost is judged by the table
        time.sleep(PAUSE)
        return [self.counted(relay) for relay in self.relays]


# ---- the faults ----

def no_fault(program):
    """none"""
    with Contest(program, "control") as contest:
        contest.breaks()
        contest.everybody_has_tried()
        contest.minutes(5)
        contest.is_back()
        return contest.settle()


def refused_after_data(program):
    """relay answers `554` after DATA for 2 minutes"""
    with Contest(program, "554", always="enddata554") as contest:
        contest.breaks()
        contest.everybody_has_tried()
        contest.minutes(2)
        contest.be_good()
        contest.minutes(BACK + 5)
        contest.is_back()
        return contest.settle()


def relay_down(program):
    """relay down from before the outage until 15 minutes after it"""
    with Contest(program, "relay down") as contest:
        contest.cut_off()
        contest.breaks()
        contest.everybody_has_tried()
        contest.minutes(6)  # what waits for more than ten is told by one mail
        contest.is_back()
        contest.minutes(15)
        contest.reconnect()
        return contest.settle()


def bad_recipient(program):
    """one recipient of two is refused (`550`): what the other gets"""
    both = (GOOD, GONE)
    with Contest(program, "550", both, ("rcpt550", "gone@"), [[both], [[GOOD], [GONE]]]) as contest:
        contest.breaks()
        contest.everybody_has_tried()
        contest.minutes(10)
        contest.is_back()
        return contest.settle()


FAULTS = (no_fault, refused_after_data, relay_down, bad_recipient)


# ---- the table ----

def cell(table):
    """What reached the recipient that exists."""
    down, up = table[GOOD]["DOWN"], table[GOOD]["UP"]
    words = [f"{state} {count}×" if count > 1 else state for state, count in (("DOWN", down), ("UP", up)) if count]
    return " and ".join(words) if words else "nothing"


def row(fault, tables):
    ours, *theirs = tables
    words = "; ".join(cell(table) for table in theirs)
    if len(theirs) > 1:
        words += " if each has an `email_configs` of his own"
    return f"| {fault.__doc__} | {cell(ours)} | {words} |"


def version():
    text = subprocess.run([find("prometheus-alertmanager", "alertmanager"), "--version"], capture_output=True,
                          text=True, timeout=20, check=True)
    return (text.stdout + text.stderr).split("version ")[1].split()[0].split("+")[0]


def run(program):
    results = [(fault, fault(program)) for fault in FAULTS]
    print(f"| fault, while a site goes down and comes back | shorewatch | Alertmanager {version()} |\n|---|---|---|")
    for fault, tables in results:
        print(row(fault, tables))
    print(flush=True)
    control = results[0][1]
    demand(all(table[GOOD] == ONCE for table in control), f"the control is not told once: {control}")
    for fault, (ours, *_) in results:
        demand(ours[GOOD] == ONCE, f"shorewatch, {fault.__doc__}: {ours}")
        demand(not any(ours.get(GONE, {}).values()), f"the relay refused it, yet: {ours}")


if __name__ == "__main__":
    main(lambda: run(os.path.abspath(sys.argv[1])))
