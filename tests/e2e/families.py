#!/usr/bin/env python3
"""families.py PROGRAM - a site that is judged per family, with a real server on
127.0.0.1 and another on ::1 behind one name. The one on ::1 is stopped: one
mail says "IPv6 only", and IPv4 stays up. The other one is stopped as well: the
same incident gets worse. `family` is changed by HUP and back: the state of the
name is kept. Our own IPv6 is gone: nothing is judged by it. Needs no server.
"""

import email
import email.policy
import glob
import os
import re
import signal
import subprocess
import sys

from lab import Lab, demand, hold, is_listening, main, run, wait_for
from stand_ins import Listener, NameServer

CONFIG = """
instance = "families"; timezone = "UTC"; state_dir = "{folder}/state";
resolvers = [ "127.0.0.1:{dns}" ];
references = [ "127.0.0.1:{reference}", "[::1]:{reference}" ];
defaults = {{ interval = "1s"; timeout = "900ms"; connect_timeout = "500ms"; fall = 3;
  retest = [ "300ms", "300ms" ]; rise = 2; settle = "300ms"; }};
listen = {{ address = "127.0.0.1:{web}"; }};
page = {{ dir = "{folder}/page"; title = "Test"; }};
mail = {{ from = "watch@lab.test"; to = [ "ops@lab.test" ]; group_wait = "5s"; }};
targets = (
  {{ name = "blog"; title = "Blog"; {family} allow = [ "127.0.0.0/8", "::1" ];
    tcp = {{ address = "blog.lab.test:{site}"; }}; }},
  {{ name = "shop"; title = "Shop"; tcp = {{ address = "127.0.0.1:{shop}"; }}; }}
);
"""
BOTH = 'family = "both";'


class Watcher:
    """shorewatch with one site at 127.0.0.1 and ::1, and a reference of each family."""

    def __init__(self, lab, program):
        self.lab = lab
        self.program = program
        self.site = lab.port()
        self.ports = dict(dns=lab.port(), reference=lab.port(), shop=lab.port(), web=lab.port())
        lab.folder("state")
        names = {"blog.lab.test": "127.0.0.1"}
        self.names = NameServer(self.ports["dns"], names, {"blog.lab.test": "::1"})
        self.four, self.six = Listener(self.site), Listener(self.site, "::1")
        self.reference6 = Listener(self.ports["reference"], "::1")
        for listener in (self.four, self.six, Listener(self.ports["reference"]), self.reference6,
                         Listener(self.ports["shop"])):
            listener.start()
        self.configure(BOTH)
        env = dict(os.environ, ASAN_OPTIONS="abort_on_error=0:exitcode=99:detect_leaks=1",
                   UBSAN_OPTIONS="print_stacktrace=1")
        self.child = lab.start("shorewatch", [program, "run", "-c", self.config], env=env)
        wait_for("shorewatch listens", lambda: is_listening(self.ports["web"]), 20, [self.child])

    def configure(self, family):
        self.config = self.lab.write("shorewatch.cfg", CONFIG.format(
            folder=self.lab.dir, site=self.site, family=family, **self.ports))

    def hang_up(self):
        before = self.child.log().count("reload result=")
        self.child.signal(signal.SIGHUP)
        wait_for("the reload is told", lambda: self.child.log().count("reload result=") > before, 10, [self.child])

    def until(self, what, condition, limit=25):
        return wait_for(what, condition, limit, [self.child])

    def log_has(self, text):
        return text in self.child.log()

    def verdicts(self, target):
        """The states that it went through, as the log has them."""
        return re.findall(rf"verdict target={target} from=\S+ to=(\S+)", self.child.log())

    def is_up(self, target):
        found = self.verdicts(target)
        return bool(found) and found[-1] == "up"

    def subjects(self):
        """Of all mails, in the order in which they were made."""
        found = []
        for path in glob.glob(self.lab.path("state", "outbox", "**", "*.eml"), recursive=True):
            with open(path, encoding="utf-8") as file:
                found.append(email.message_from_file(file, policy=email.policy.default))
        found.sort(key=lambda mail: int(re.search(r"<[0-9a-f]+\.(\d+)\.", mail["Message-ID"])[1]))
        return [mail["Subject"] for mail in found]


def peace(watcher):
    watcher.until("both halves are up", lambda: watcher.is_up("blog") and watcher.is_up("blog-ipv6"))
    demand(not watcher.subjects(), f"a mail in peace: {watcher.subjects()}")


def only_ipv6(watcher):
    watcher.six.kill()
    watcher.until("it is mailed", watcher.subjects)
    demand(watcher.subjects() == ["DOWN: Blog (IPv6 only), connection refused"], watcher.subjects())
    hold("IPv4 stays up, and nothing else is mailed",
         lambda: watcher.is_up("blog") and len(watcher.subjects()) == 1, 4, [watcher.child])
    with open(watcher.lab.path("page", "index.html"), encoding="utf-8") as file:
        demand("<h1>Blog (IPv6 only) is down</h1>" in file.read(), "the page does not say so")


def both(watcher):
    watcher.four.kill()
    watcher.until("it is mailed", lambda: len(watcher.subjects()) == 2)
    demand(watcher.subjects()[1] == "DOWN: Blog, connection refused", watcher.subjects())


def recovery(watcher):
    watcher.four.start()
    watcher.six.start()
    watcher.until("it is mailed", lambda: len(watcher.subjects()) == 3)
    demand(watcher.subjects()[2].startswith("UP: Blog back after"), watcher.subjects())


def reloads(watcher):
    """No verdict of `blog` is lost: nothing is unknown again, in neither direction."""
    before = watcher.verdicts("blog")
    for family in ("", BOTH):
        watcher.configure(family)
        watcher.hang_up()
        hold("blog keeps its state", lambda: watcher.verdicts("blog") == before, 3, [watcher.child])
    watcher.until("the other half comes anew", lambda: watcher.verdicts("blog-ipv6")[-1] == "up")
    demand(len(watcher.subjects()) == 3, watcher.subjects())


def commands(watcher):
    told = run([watcher.program, "probe", "blog", "-c", watcher.config])
    demand(f"127.0.0.1:{watcher.site}" in told and f"[::1]:{watcher.site}" in told, told)
    told = run([watcher.program, "check", "-v", "-c", watcher.config])
    demand(re.search(r"^  blog +.*, IPv4\b", told, re.MULTILINE), told)
    demand(re.search(r"^  blog-ipv6 +.*, IPv6\b", told, re.MULTILINE), told)
    watcher.six.kill()
    done = subprocess.run([watcher.program, "probe", "blog", "-c", watcher.config], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30, check=False)
    watcher.six.start()
    demand(done.returncode == 1, f"one half is refused, and the status is {done.returncode}")


def own_ipv6_is_gone(watcher):
    watcher.until("it is calm", lambda: watcher.is_up("blog") and watcher.is_up("blog-ipv6"))
    told = len(watcher.subjects())
    watcher.reference6.kill()
    watcher.six.kill()
    hold("nobody is told", lambda: len(watcher.subjects()) == told, 8, [watcher.child])
    demand(watcher.verdicts("blog-ipv6")[-1] != "down", "it was called down")


def test():
    with Lab("families") as lab:
        watcher = Watcher(lab, sys.argv[1])
        for story in (peace, only_ipv6, both, recovery, reloads, commands, own_ipv6_is_gone):
            lab.say(story.__name__.replace("_", " "))
            story(watcher)
        status = watcher.child.end(limit=15)
        demand(status == 0, f"shorewatch ended with status {status}")


if len(sys.argv) != 2:
    sys.exit("usage: families.py PROGRAM")
main(test)
