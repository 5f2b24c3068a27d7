"""loopback.py - a drill that needs no network of its own: the real program on
loopback, a site, three references, a relay, a sender of heartbeats.

Drill time (reliability.md 5): a minute at home is a second here, retests are
half a second and one; what is built into the program stays as it is. HOME is
the user's own time, for clocks that run fast.
"""

import json
import os
import re
import signal
import sqlite3
import subprocess
import time
import urllib.request

from alertmanager import Sender
import judge
from faketime import Usual
from lab import Failure, Lab, demand, hold, is_listening, wait_for
from onlooker import Onlooker
from relay import Relay
from stand_ins import Listener

TOKEN = "beat-token-for-this-drill-only"
FEW = 3      # descriptors
SLACK = 1.2  # a bound that is passed by more than a fifth has not held

DRILL = {"interval": "2s", "timeout": "1s", "connect_timeout": "500ms", "retest": '"500ms", "1s"', "settle": "1s",
         "group_wait": "1s", "period": "1s", "grace": "4s", "start_grace": "10s"}
HOME = {"interval": "60s", "timeout": "10s", "connect_timeout": "5s", "retest": '"10s", "20s"', "settle": "30s",
        "group_wait": "30s", "period": "60s", "grace": "240s", "start_grace": "600s"}

# reliability.md 5, in seconds of the profile
TDET, TMAIL, THB = 8, 11, 6
HOME_THB = 330
AFTER, HOME_AFTER = 3, 35  # of Tmail, what comes after Tdet: group_wait and the mail's way

CONFIG = """
instance = "drill"; language = "en"; timezone = "{zone}"; state_dir = "{state}"; references = [ {references} ];
defaults = {{ interval = "{interval}"; timeout = "{timeout}"; connect_timeout = "{connect_timeout}"; fall = 3;
  retest = [ {retest} ]; rise = 2; settle = "{settle}"; }};
listen = {{ address = "127.0.0.1:{port}"; }};
page = {{ title = "Drill"; url = "http://127.0.0.1:{port}/"; }};
mail = {{ from = "watch@lab.test"; to = [ {to} ]; group_wait = "{group_wait}"; relays = ( {relays} ); }};
stacks = ( {{ name = "home"; title = "Home cluster"; }} );
{watchdogs}
targets = ( {targets} );
{more}
"""
RELAY = '{{ url = "smtp://127.0.0.1:{port}"; starttls = "never"; }}'
WATCHDOG = """
watchdogs = ( {{ name = "home"; stack = "home"; token = "file:{token}"; period = "{period}"; grace = "{grace}";
  start_grace = "{start_grace}"; {pull} }} );
"""
SITE = """
  {{ name = "{name}"; title = "{title}"; stack = "home"; tcp = {{ address = "127.0.0.1:{port}"; }}; {more} }}"""


def site(name, port, more=""):
    return SITE.format(name=name, title=name.capitalize(), port=port, more=more)


class World:
    """`with World(program, "HB-01") as world:` - everything of one drill. What `measure` is told of is kept in
    `figures`: (what, seconds, bound)."""

    figures_of_all = None  # the runner's list, if there is one

    def __init__(self, program, name, clock=None, has_watchdog=True, **values):
        demand(os.access(program, os.X_OK), f"{program} does not exist: build it first")
        self.program, self.name = program, name
        self.lab = Lab("drill-" + re.sub("[^a-z0-9]+", "-", name.lower()))
        self.clock = clock or Usual()
        self.site = Listener(self.lab.port())
        self.references = [Listener(self.lab.port()) for _ in range(3)]
        self.relay = Relay(self.lab, self.lab.port())
        self.port = self.lab.port()
        self.beats = Sender(self.port, TOKEN)
        self.state = self.lab.folder("state")
        self.onlooker = Onlooker(os.path.join(self.state, "public"))
        self.has_watchdog = has_watchdog
        self.figures, self.injected = [], []
        self.causes = None         # how many incidents may come of what is injected; None: one of each fault
        self.untold_endings = 0    # incidents that end because their target was taken out
        self.is_mixed = False      # an older version takes part
        self.is_cut = False        # it is killed anywhere
        self.is_unseen = False     # the disk does not take the page
        self.unpublished = 0       # seconds of ours in which nobody lives long enough to renew it
        self.known = 0   # mails that the drill has spoken of
        self.starts = 0
        self.child = None
        self._calm_fds = 0, 0      # of which life, how many descriptors it had when all was well
        self._values = {**DRILL, "zone": "UTC", "pull": "", "more": "", "to": '"ops@lab.test"',
                        "relays": RELAY.format(port=self.relay.port), "targets": site("blog", self.site.port), **values}
        self.configure()

    def __enter__(self):
        self.lab.__enter__()
        for part in (self.site, *self.references):
            part.start()
        self.relay.open()
        self.onlooker.begin()
        return self

    def __exit__(self, kind, fault, trace):
        self.beats.stop()
        self.onlooker.stop()
        try:
            if kind is None:
                self.judge()
        except Failure as found:
            kind, fault, trace = Failure, found, found.__traceback__
            raise
        finally:  # nothing is left behind, whatever was found
            self.lab.__exit__(kind, fault, trace)
            self.relay.close()

    def configure(self, **values):
        """Writes the configuration; it is read at the next start or reload."""
        self._values.update(values)
        self.lab.folder("secrets", mode=0o700)
        token = self.lab.write("secrets/token", TOKEN + "\n", 0o600)
        watchdogs = WATCHDOG.format(token=token, **self._values) if self.has_watchdog else ""
        self.config = self.lab.write("shorewatch.cfg", CONFIG.format(
            state=self.state, port=self.port, watchdogs=watchdogs,
            references=", ".join(f'"127.0.0.1:{part.port}"' for part in self.references), **self._values))

    # ---- the daemon ----

    def start(self, *before, program=None, env=(), is_reachable=True):
        """Gives the time when it listened; where loopback itself is down, when it said that it has begun."""
        self.starts += 1
        env = dict(os.environ, NO_COLOR="1", ASAN_OPTIONS="abort_on_error=0:exitcode=99:detect_leaks=1",
                   UBSAN_OPTIONS="print_stacktrace=1", **self.clock.environment(), **dict(env))
        self.child = self.lab.start(f"shorewatch-{self.starts}",
                                    [*before, program or self.program, "run", "-c", self.config], env=env)
        if is_reachable:
            wait_for("shorewatch listens", lambda: is_listening(self.port), 20, [self.child], every=0.02)
        else:
            wait_for("shorewatch begins", lambda: "start version=" in self.child.log(), 20, [self.child], every=0.02)
        return time.monotonic()

    def pid(self):
        """The daemon's own, also when another program has started it."""
        with open(f"/proc/{self.child.pid}/task/{self.child.pid}/children", encoding="ascii") as file:
            below = file.read().split()
        return int(below[0]) if below else self.child.pid

    def pause(self):
        os.kill(self.pid(), signal.SIGSTOP)
        self.inject("stopped")

    def go_on(self):
        os.kill(self.pid(), signal.SIGCONT)
        self.inject("continued", is_fault=False)

    def kill(self):
        self.child.kill()

    def end(self):
        status = self.child.end(limit=15)
        demand(status == 0, f"shorewatch ended with status {status}")

    def reload(self, result="done"):
        """HUP; gives what was logged since."""
        before = len(self.child.log())
        self.child.signal(signal.SIGHUP)
        wait_for(f"the reload is {result}", lambda: f"reload result={result}" in self.child.log()[before:], 10,
                 [self.child], every=0.02)
        return self.child.log()[before:]

    def run(self, *words, limit=30):
        """(status, standard output, standard error) of one command."""
        done = subprocess.run([self.program, *words, "-c", self.config], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=limit, check=False, env=dict(os.environ, NO_COLOR="1"))
        return done.returncode, done.stdout, done.stderr

    # ---- what it shows ----

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.read().decode()

    def metric(self, name):
        """The largest sample of that name; None: there is none."""
        found = re.findall(rf"^{name}(?:\{{[^}}]*\}})? ([-+0-9.eE]+)$", self.get("/metrics"), re.M)
        return max(map(float, found)) if found else None

    def watchdog(self):
        found = re.search(r'^shorewatch_deadman_state\{[^}]*state="([a-z]+)"\} 1$', self.get("/metrics"), re.M)
        return found.group(1) if found else ""

    def status(self):
        try:
            with open(os.path.join(self.state, "public", "status.json"), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return {"targets": []}

    def states(self):
        return {target["id"]: target["state"] for target in self.status()["targets"]}

    def page(self):
        """The words on the page, without their markup."""
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.get("/")))

    def history(self, question):
        with sqlite3.connect(f"file:{self.state}/history.db?mode=ro", uri=True) as base:
            return base.execute(question).fetchall()

    def log(self):
        """Of all lives of the daemon."""
        return "".join(self._log_of(life) for life in range(1, self.starts + 1))

    def _log_of(self, life):
        with open(self.lab.path(f"shorewatch-{life}.log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    # ---- waiting and measuring ----

    def say(self, text):
        self.lab.say(f"{self.name} {text}")

    def inject(self, what, is_fault=True):
        if is_fault:
            self.injected.append((time.monotonic(), what))
        self.say(what)

    def until(self, what, condition, limit, every=0.05):
        wait_for(what, condition, limit, [self.child], every)

    def measure(self, what, seconds, bound):
        """In seconds of the daemon's own clock; a fifth more than the bound is a failure."""
        self.figures.append((what, seconds, bound))
        if self.figures_of_all is not None:
            self.figures_of_all.append((what, seconds, bound))
        self.say(f"{what}: {seconds:.1f} s, bound {bound} s")
        demand(seconds <= bound * SLACK, f"{what}: {seconds:.1f} s, and the bound is {bound} s")

    def mail(self, since, bound, what="mail"):
        """The one mail that is due now; its delay since `since` is measured."""
        limit = bound * SLACK / self.clock.rate + 2
        before, found = self._failures(), []

        def is_there():
            if not found and len(self._failures()) > len(before):
                found.append((time.monotonic(), self._failures()[len(before)]))
            return len(self.relay.spool) > self.known

        wait_for(what, is_there, limit, every=0.02)
        when, mail = self.relay.spool[self.known]
        self.known += 1
        self._measure_detection(since, bound, found)
        self.measure(f"{what} {mail.state} {mail.diagnosis}", (when - since) * self.clock.rate, bound)
        return mail

    def _failures(self):
        """Everything that this life has found to have failed."""
        return re.findall(r"^verdict target=\S+ from=\S+ to=(down|silent) ", self.child.log(), re.M)

    def _measure_detection(self, since, bound, found):
        """Until the verdict. What is between it and the mail is not its own: a silence's bound is that of its verdict."""
        for when, verdict in found:
            after = 0 if verdict == "silent" else HOME_AFTER if self._values["interval"] == HOME["interval"] else AFTER
            self.measure(f"found {verdict}", (when - since) * self.clock.rate, bound - after)

    def quiet(self, span, what="no mail"):
        """For so many seconds of ours nothing is mailed that the drill does not know."""
        hold(f"{what}: {[str(mail) for mail in self.relay.mails()[self.known:]]}",
             lambda: len(self.relay.spool) == self.known, span, every=0.1)

    def is_calm(self):
        states = self.states()
        return bool(states) and set(states.values()) == {"up"} and (not self.has_watchdog or self.watchdog() == "up")

    def calm(self, every=1, limit=20):
        """Beats come, everything is up, and nobody was mailed."""
        if self.has_watchdog:
            self.beats.begin(every)
        self.until("everything is up", self.is_calm, limit)
        self.quiet(0.3)
        self._calm_fds = self.starts, self._fds()

    def stop_beats(self):
        """Gives the time of the last one that was taken."""
        self.beats.stop()
        time.sleep(0.2)  # the last one may be on its way
        self.inject("the last beat")
        return self.beats.last

    def shut(self, part=None):
        (part or self.site).kill()
        self.inject("the site is dead" if part is None else "shut")
        return time.monotonic()

    def open(self, part=None):
        (part or self.site).start()
        self.inject("the site is back" if part is None else "open", is_fault=False)
        return time.monotonic()

    # ---- what holds after every drill ----

    def _fds(self):
        return len(os.listdir(f"/proc/{self.pid()}/fd"))

    def _demand_no_leak(self):
        """I8: as many descriptors as when all was well, but for what a probe and a mail have open just now."""
        life, before = self._calm_fds
        if life == self.starts:
            self.until(f"no more descriptors than {before}, and a few", lambda: self._fds() <= before + FEW, 20)

    def judge(self):
        """Alive or well ended, nothing mailed that the drill does not know, and what judge.py says to all it left."""
        if self.child.is_running():
            self.quiet(0.5, "an unexpected mail")
            self._demand_no_leak()
            self.end()
        faults = judge.faults_of(self.told())
        demand(not faults, "\n".join(["the history does not hold:", *faults]))

    def told(self):
        """Everything that is left of a drill that has ended."""
        self.onlooker.look()
        return judge.History(
            logs=[self._log_of(life) for life in range(1, self.starts + 1)], mails=list(self.relay.spool),
            seen=self.onlooker.seen, faults_seen=self.onlooker.faults, incidents=self._incidents(),
            waiting=self._waiting(), causes=len(self.injected) if self.causes is None else self.causes,
            first_fault=self.injected[0][0] if self.injected else None, untold_endings=self.untold_endings,
            is_mixed=self.is_mixed, is_cut=self.is_cut, is_unseen=self.is_unseen,
            recipients=self._values["to"].count("@"), patience=self._patience(), rate=self.clock.rate)

    def _incidents(self):
        status, out, err = self.run("incidents", "--json")
        demand(status == 0, f"incidents: {status}\n{err}")
        return json.loads(out)["incidents"]

    def _waiting(self):
        """Ids of the notices in the queue."""
        folder = os.path.join(self.state, "outbox")
        return {found.group(0) for part in ("new", "inflight") if os.path.isdir(os.path.join(folder, part))
                for name in os.listdir(os.path.join(folder, part)) if (found := re.search("[0-9a-f]{16}", name))}

    def _patience(self):
        """An incident waits for group_wait before anybody is told, and settles before it is over."""
        seconds = sum(int(self._values[key].rstrip("s")) for key in ("group_wait", "settle"))
        return judge.PATIENCE + self.unpublished + seconds / self.clock.rate


__all__ = ["DRILL", "Failure", "HOME", "HOME_AFTER", "HOME_THB", "RELAY", "SLACK", "TDET", "THB", "TMAIL", "World", "demand", "hold", "site", "wait_for"]
