"""configuration.py - CF-01 to CF-06 of reliability.md 6: broken and good
configurations during an incident, restarts, other versions, a network that is
not up yet, and the mails that try the chain.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time

import broken
import namespace
from lab import Failure, find, is_listening, run
from loopback import TDET, TMAIL, World, demand, site, wait_for
from machine import demand_networks
from stand_ins import Listener

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))


FAULT = "configuration has a fault"


class Manager:
    """systemd's side of sd_notify: `told` holds (when, line)."""

    def __init__(self, lab):
        self.path = lab.path("notify")
        self.told = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            text = self._socket.recv(4096).decode()
            self.told += [(time.monotonic(), line) for line in text.splitlines()]

    def words(self, since):
        return [line for when, line in self.told if when >= since]


def refuse(world, manager, fixture):
    """One broken file, and how long its refusal took."""
    shutil.copyfile(fixture.path, world.config)
    began = time.monotonic()
    said = world.reload("refused")
    took = time.monotonic() - began
    faults = re.findall(r"config\.fault at=\"?\S*?shorewatch\.cfg(?::(\d+))?\"? ", said)
    expected = [str(line) if line else "" for line, _ in fixture.faults]
    demand(len(faults) == len(expected), f"{fixture.name}: {faults}, not {expected}")
    wait_for(f"{fixture.name}: READY=1", lambda: "READY=1" in manager.words(began), 10, every=0.01)
    words = manager.words(began)
    demand("RELOADING=1" in words and words.index("RELOADING=1") < words.index("READY=1"), f"{words}")
    return took


def cf_01(program):
    """Every broken file of tests/fixtures/broken, by HUP, during an incident: what runs stays in force; log, page and
    systemd are told, and `check` says 1."""
    with World(program, "CF-01") as world:
        manager = Manager(world.lab)
        world.start(env={"NOTIFY_SOCKET": manager.path})
        world.calm()
        down = world.mail(world.shut(), TMAIL)
        fixtures = broken.fixtures()
        slowest = max(refuse(world, manager, fixture) for fixture in fixtures)
        world.measure(f"slowest of {len(fixtures)} refusals", slowest, 1)
        demand(world.run("check")[0] == 1, "check does not say 1")
        world.until("the page says it", lambda: FAULT in world.page(), 30)
        with open(os.path.join(world.state, "status.txt"), encoding="utf-8") as file:
            told = file.read()  # file and line are not for the public
        demand(re.search(r"shorewatch\.cfg(:\d+)?: ", told), told)
        demand(world.states() == {"blog": "down"}, f"{world.states()}")
        world.configure()
        world.reload()
        up = world.mail(world.open(), TMAIL)
        demand(up.header("Shorewatch-Incident") == down.header("Shorewatch-Incident"), f"{up}")
        world.until("the page is content", lambda: FAULT not in world.page(), 30)


def cf_02(program):
    """A good file during an incident: one that fails is taken out, one has another interval, one another name. Who
    stays keeps what was known of it, and nobody is told that something removed is back."""
    with World(program, "CF-02") as world:
        ports = [world.lab.port() for _ in range(3)]
        sites = [Listener(port) for port in ports]
        for one in sites:
            one.start()
        names = ("first", "second", "third")
        world.configure(targets=",".join(site(name, port) for name, port in zip(names, ports)))
        world.start()
        world.calm()
        for one in sites[:2]:
            one.kill()
        world.inject("two sites are dead")
        world.mail(time.monotonic(), TMAIL)
        world.until("both are down", lambda: list(world.states().values()).count("down") == 2, TDET)
        world.configure(targets=",".join((site("second", ports[1], 'interval = "3s";'), site("other", ports[2]))))
        told = world.reload()
        for words in ("name=first change=removed", "name=second change=changed key=interval", "name=other change=added"):
            demand(words in told, told)
        world.until("the new name is known", lambda: world.states().get("other") == "up", TDET)
        demand(world.states()["second"] == "down", f"{world.states()}")
        world.quiet(2 * TDET)
        sites[1].start()
        up = world.mail(time.monotonic(), TMAIL)
        demand(up.state == "UP" and "first" not in up.text().lower().split("evidence")[0], f"{up}\n{up.text()}")
        demand("verdict target=second from=unknown" not in world.log().split("reload result=done")[1], "it began anew")


def cf_02_last(program):
    """What alone fails is taken out: its incident ends as that, without an UP."""
    with World(program, "CF-02 last") as world:
        port = world.lab.port()
        other = Listener(port)
        other.start()
        world.configure(targets=",".join((site("blog", world.site.port), site("other", port))))
        world.start()
        world.calm()
        world.mail(world.shut(), TMAIL)
        world.untold_endings = 1
        world.configure(targets=site("other", port))
        world.reload()
        world.until("the incident is over", lambda: "state=closed" in world.log(), TDET)
        world.quiet(TMAIL)
        incidents = json.loads(world.run("incidents", "--json")[1])["incidents"]
        demand([one["state"] for one in incidents] == ["closed"], f"{incidents}")


def cf_03(program):
    """Started again 20 times, by TERM and by kill in turn, in every state of an outage: one DOWN, one UP."""
    with World(program, "CF-03", period="3s", grace="12s") as world:  # a beat may meet a restart
        world.start()
        world.calm()
        began = back = None
        for number in range(20):
            if number == 3:
                began = world.shut()
            if number == 13:
                world.mail(began, TMAIL + 10 * 0.7, "mail, between restarts")
                back = world.open()
            world.end() if number % 2 else world.kill()
            world.start()
            time.sleep(0.5)
        demand(world.mail(back, TMAIL + 7 * 0.7).state == "UP", f"{world.relay.mails()}")
        world.calm()
        world.quiet(2)


# ---- other versions ----

OLD = "16d60e4"  # the history's version 1


def old_program(world):
    """The program as it was at that commit; built once where DRILL_OLD says, else for this drill only."""
    folder = os.path.join(os.environ.get("DRILL_OLD") or world.lab.folder("old"), OLD)
    built = os.path.join(folder, "build", "shorewatch")
    if not os.path.exists(built):
        os.makedirs(os.path.join(folder, "source"), exist_ok=True)
        archive = subprocess.run([find("git"), "-C", SOURCE, "archive", OLD], stdout=subprocess.PIPE, check=False)
        if archive.returncode != 0:
            raise Failure(f"the commit {OLD} is not here: CF-04 needs the whole history")
        subprocess.run(["tar", "x", "-C", os.path.join(folder, "source")], input=archive.stdout, check=True)
        run([find("cmake"), "-S", os.path.join(folder, "source"), "-B", os.path.join(folder, "build"), "-G", "Ninja",
             "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DBUILD_TESTING=OFF"], 120)
        run([find("ninja"), "-C", os.path.join(folder, "build"), "-j2", "shorewatch"], 900)
    return built


def stop_in_an_outage(world):
    """Its mail is in the queue, the incident in the state."""
    world.relay.close()
    opened = world.log().count("state=open")
    world.shut()
    world.until("an incident is open", lambda: world.log().count("state=open") > opened, 2 * TMAIL)
    time.sleep(1.5)  # the history is written once a second
    world.end()
    waiting = os.listdir(os.path.join(world.state, "outbox", "new"))
    demand(len(waiting) == 1, f"in the queue: {waiting}")
    world.relay.open()


def finish_the_outage(world, program):
    """Started as another version: the DOWN that waited, then the UP, each once."""
    down = world.mail(world.start(program=program), TMAIL)
    world.quiet(2)
    up = world.mail(world.open(), TMAIL)
    demand((down.state, up.state) == ("DOWN", "UP"), f"{down}, {up}")
    demand(up.header("Shorewatch-Incident") == down.header("Shorewatch-Incident"), f"{up}")


def cf_04(program):
    """An older version's open incident and queue are taken over, with a copy of its history; going back, the older
    one leaves the newer history alone and alerts on; and forward again."""
    with World(program, "CF-04", has_watchdog=False) as world:
        old = old_program(world)
        world.is_mixed = True
        world.start(program=old)
        world.calm()
        stop_in_an_outage(world)
        finish_the_outage(world, program)
        demand(os.path.exists(os.path.join(world.state, "history.db.v1")), "no copy of the older history was kept")
        stop_in_an_outage(world)
        before = world.history("PRAGMA user_version")
        finish_the_outage(world, old)
        down = world.mail(world.shut(), TMAIL, "mail by the older one,")
        demand(down.state == "DOWN" and world.history("PRAGMA user_version") == before, f"{down}")
        world.end()
        up_began = world.open()
        world.start()
        demand(world.mail(up_began, TMAIL).state == "UP", f"{world.relay.mails()}")
        world.quiet(3)
        demand(len(world.history("SELECT number FROM incidents")) >= 1, "the history was lost")


# ---- the first start ----

def cf_05(program):
    """Started before the network is: nothing is told, before or after the links come up."""
    demand_networks()
    with namespace.Own(), World(program, "CF-05", has_watchdog=False) as world:
        world.start(is_reachable=False)
        time.sleep(2 * TDET)
        demand("to=down" not in world.log(), "a target was judged without a network")
        namespace.link("lo", "up")
        world.inject("the links are up")
        world.until("it listens", lambda: is_listening(world.port), 60)
        world.until("everything is up", lambda: "to=up" in world.log(), 2 * TDET)
        world.quiet(TMAIL)
        demand("to=down" not in world.log(), "a target was held to have failed")


def cf_06(program):
    """`test-mail` and `drill` with a running daemon: their mails say what they are, and no incident is left."""
    with World(program, "CF-06") as world:
        world.start()
        world.calm()
        began = time.monotonic()
        status, out, err = world.run("test-mail")
        demand(status == 0 and "250" in out, f"{status}\n{out}{err}")
        demand(world.mail(began, TMAIL).state == "TEST", f"{world.relay.mails()}")
        began = time.monotonic()
        status, out, err = world.run("drill", limit=150)
        demand(status == 0, f"{status}\n{out}{err}")
        for _ in range(2):
            mail = world.mail(began, 3 * TMAIL)
            demand("DRILL" in mail.subject, f"{mail}")
        demand(world.states() == {"blog": "up"}, f"{world.states()}")
        demand("no incident" in world.run("incidents")[1], world.run("incidents")[1])
        demand(not os.listdir(os.path.join(world.state, "outbox", "new")), "something waits in the queue")


DRILLS = {"CF-01": cf_01, "CF-02": cf_02, "CF-02-last": cf_02_last, "CF-03": cf_03, "CF-04": cf_04, "CF-05": cf_05,
          "CF-06": cf_06}
GATE = ("CF-01", "CF-03")
RELEASE = ("CF-04",)
