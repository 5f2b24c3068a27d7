#!/usr/bin/env python3
"""broken.py PROGRAM - every configuration of tests/fixtures/broken, met by the
real program: `check` tells all its faults, each with file, line and advice,
and no other; a HUP with it leaves a running shorewatch as it was. Then a good
one is taken. Needs no server.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys

from lab import Lab, demand, is_listening, main, wait_for
from stand_ins import Listener

FOLDER = os.path.join(os.path.dirname(__file__), "..", "fixtures", "broken")
LEAST = 30

GOOD = """
instance = "broken"; timezone = "UTC"; state_dir = "{folder}/state"; references = [];
listen = {{ address = "127.0.0.1:{web}"; }}; page = {{ dir = "{folder}/page"; }};
targets = ( {{ name = "first"; retest = [ "100ms" ]; tcp = {{ address = "127.0.0.1:{target}"; }}; }}{more} );
"""
SECOND = """,
  {{ name = "second"; tcp = {{ address = "127.0.0.1:{target}"; }}; }}"""


class Fixture:
    """One broken file, and the faults that its first lines expect: (line, words)."""

    def __init__(self, name):
        self.path = os.path.join(FOLDER, name)
        self.name = name
        with open(self.path, "rb") as file:
            text = file.read().decode("utf-8", errors="replace").replace("\0", "")
        self.faults = [(int(line), words) for line, words in
                       re.findall(r"^\ufeff?# fault: (\d+): (.*)$", text, re.MULTILINE)]
        demand(self.faults, f"{name} does not say what is wrong with it")

    def compare(self, told):
        """`told`: (line, words) of each fault, in order."""
        fits = len(told) == len(self.faults) and all(
            said[0] == expected[0] and expected[1] in said[1] for said, expected in zip(told, self.faults))
        demand(fits, f"{self.name}: told {told}, not {self.faults}")


def fixtures():
    found = [Fixture(name) for name in sorted(os.listdir(FOLDER)) if name.endswith(".cfg")]
    demand(len(found) >= LEAST, f"only {len(found)} broken configurations")
    return found


# ---- check ----

def faults_of_check(program, path):
    done = subprocess.run([program, "check", "-c", path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=30, check=False, text=True, errors="replace")
    demand(done.returncode == 1, f"check of {path} ended with {done.returncode}:\n{done.stderr}")
    told = []
    for line in done.stderr.splitlines():
        place = re.match(re.escape(path) + r":(?:(\d+):)? (?!warning: )(.*)$", line)
        if place:
            told.append((int(place.group(1) or 0), place.group(2)))
        else:
            demand(re.match(r"(.*: )?warning: |\d+ faults$", line), f"check of {path} says: {line}")
    return told


def check_all(lab, program):
    for fixture in fixtures():
        fixture.compare(faults_of_check(program, fixture.path))
    lab.say(f"check: {len(fixtures())} broken configurations, every fault with its line and words")


# ---- HUP ----

class Running:
    """A shorewatch whose configuration file is written over again and again."""

    def __init__(self, lab, program):
        self.lab = lab
        self.program = program
        self.target = Listener(lab.port())
        self.target.start()
        self.web = lab.port()
        self.write_good()
        self.child = lab.start("shorewatch", [program, "run", "-c", self.path])
        wait_for("it listens", lambda: is_listening(self.web), 20, [self.child])
        wait_for("it has a status", self.names, 20, [self.child])

    @property
    def path(self):
        return self.lab.path("live.cfg")

    def write_good(self, more=""):
        self.lab.write("live.cfg", GOOD.format(folder=self.lab.dir, web=self.web, target=self.target.port,
                                               more=more.format(target=self.target.port)))

    def names(self):
        try:
            with open(self.lab.path("page", "status.json"), encoding="utf-8") as file:
                return [target["id"] for target in json.load(file)["targets"]]
        except FileNotFoundError:
            return []

    def hang_up(self, result):
        """What was logged since."""
        before = len(self.child.log())
        self.child.signal(signal.SIGHUP)
        wait_for(f"the reload is {result}", lambda: f"reload result={result}" in self.child.log()[before:], 10,
                 [self.child], every=0.02)
        return self.child.log()[before:]

    def is_probing(self):
        """It goes on with what it had: asked to probe now, it does (not more often than it re-tests)."""
        before = self.target.accepted

        def is_probed():
            self.child.signal(signal.SIGUSR1)
            return self.target.accepted > before

        wait_for("the target is probed", is_probed, 10, [self.child], every=0.05)

    def is_reached(self, fixture):
        """By a command, too, for which the file is as faulty."""
        done = subprocess.run([self.program, "status", "-c", self.path, "--state-dir", self.lab.path("state")],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False, text=True)
        demand("first" in done.stdout and done.stderr == "", f"{fixture.name}: {done}")

    def refuse(self, fixture):
        shutil.copyfile(fixture.path, self.path)
        said = self.hang_up("refused")
        told = [(int(line or 0), words) for line, words in
                re.findall(r'config\.fault at="?' + re.escape(self.path) + r'(?::(\d+))?"? what="(.*)"$', said, re.MULTILINE)]
        fixture.compare([(line, words.replace('\\"', '"')) for line, words in told])
        demand(self.names() == ["first"], f"{fixture.name}: the targets are {self.names()}")
        self.is_reached(fixture)
        self.is_probing()


def hang_up_all(lab, program):
    running = Running(lab, program)
    for fixture in fixtures():
        running.refuse(fixture)
    lab.say(f"HUP: {len(fixtures())} times refused, and what ran ran on")
    running.write_good(SECOND)
    running.hang_up("done")
    wait_for("the new target is there", lambda: running.names() == ["first", "second"], 10, [running.child])
    demand(running.child.end() == 0, "it did not end with 0")
    lab.say("HUP: a good one is taken")


def test(program):
    with Lab("broken") as lab:
        check_all(lab, program)
        hang_up_all(lab, program)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: broken.py PROGRAM")
    main(lambda: test(sys.argv[1]))
