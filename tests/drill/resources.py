"""resources.py - RS-01 to RS-03 of reliability.md 6: too few descriptors, no
memory, very many targets.
"""

import contextlib
import importlib.util
import os
import random
import re
import signal
import socket
import sys
import time

from freezer import Group
from lab import find, run
from loopback import HOME, TMAIL, World, demand, site, wait_for
from web import Web

HERE = os.path.dirname(os.path.abspath(__file__))
MANY = 500
DESCRIPTORS = 64


def rs_01(program):
    """64 descriptors for 500 targets: fewer probes at once, none of them held against a target, and a true outage
    is still mailed while strangers keep our listener's doors open."""
    with World(program, "RS-01", interval="10s", timeout="5s", connect_timeout="2s") as world:
        web = Web("127.0.10.5", world.lab.port(), delay=0.1)
        web.start()
        rows = [f'  {{ name = "t{i}"; stack = "home"; http = {{ url = "{web.url()}{i}"; }}; }}' for i in range(MANY)]
        world.configure(targets=",\n".join([site("blog", world.site.port, 'interval = "2s";'), *rows]))
        world.start("prlimit", f"--nofile={DESCRIPTORS}:{DESCRIPTORS}")
        world.calm(limit=30)
        fds = f"/proc/{world.pid()}/fd"
        most = 0
        for _ in range(20):
            most = max(most, len(os.listdir(fds)))
            time.sleep(0.1)
        world.say(f"at most {most} descriptors of {DESCRIPTORS}")
        strangers = [socket.create_connection(("127.0.0.1", world.port)) for _ in range(DESCRIPTORS)]
        mail = world.mail(world.shut(), TMAIL)
        demand(mail.state == "DOWN" and "Blog" in mail.subject, f"{mail}")
        for stranger in strangers:
            stranger.close()
        demand(world.log().count("to=suspect") == 1, "a target was held to have failed")
        demand(most <= DESCRIPTORS - 4, "no reserve is left")


# ---- memory ----

WORLDS = 16
ROUNDS = 2
ALLOCATIONS = 2000   # of an outage from its first failure to its end, about
AGAIN = 60           # seconds until the outbox tries a second time: one allocation may have cost the first attempt


def preload(lab):
    path = lab.path("nomem.so")
    run([find("cc"), "-O2", "-shared", "-fPIC", os.path.join(HERE, "nomem.c"), "-o", path])
    return path


def short_of_memory(world, at, more=()):
    """What start() needs for it; memory is short while world.lab.path("short") exists."""
    return {"LD_PRELOAD": preload(world.lab), "NOMEM_AT": str(at), "NOMEM_WHEN": world.lab.path("short"), **dict(more)}


def restart_if_dead(world):
    """As systemd would."""
    if not world.child.is_running():
        world.inject(f"it ended, status {world.child.process.returncode}")
        world.start()


def has_told(world, state):
    restart_if_dead(world)
    return any(mail.state == state for mail in world.relay.mails())


def outage_without_memory(worlds):
    began = [world.shut() for world in worlds]
    for world, at in zip(worlds, began):
        wait_for(f"{world.name}: a DOWN", lambda w=world: has_told(w, "DOWN"), AGAIN + 2 * TMAIL)
        world.measure("mail DOWN", world.relay.spool[0][0] - at, AGAIN + 2 * TMAIL)
    time.sleep(2)
    for world in worlds:
        world.open()
    for world in worlds:
        wait_for(f"{world.name}: an UP", lambda w=world: has_told(w, "UP"), AGAIN + 2 * TMAIL)
        world.known = len(world.relay.spool)
        incidents = {mail.header("Shorewatch-Incident") for mail in world.relay.mails()}
        demand(len(incidents) == 1, f"{world.name}: {world.relay.mails()}")


def rs_02(program):
    """Some allocation of an outage fails, another one in each world: whether it lives on or is started again, one
    DOWN and one UP arrive."""
    seed = int(os.environ.get("DRILL_SEED", "1"))
    dice = random.Random(seed)
    for number in range(ROUNDS):
        with contextlib.ExitStack() as stack:
            worlds = []
            for i in range(WORLDS):
                at = dice.randrange(1, ALLOCATIONS)
                world = World(program, f"RS-02 {number}.{i} at {at} seed {seed}", period="3s", grace="12s")
                worlds.append(stack.enter_context(world))
                world.start(env=short_of_memory(world, at))
                world.beats.begin(1)  # the last of them may begin when the first one's grace is over
            for world in worlds:
                world.calm()
                world.lab.write("short", "")
            outage_without_memory(worlds)


def memory_away(program, name, **more):
    with World(program, name, period="10s", grace="50s") as world:
        world.start(env=short_of_memory(world, 1, {"NOMEM_STICKY": "1", **more}))
        world.calm()
        began = world.shut()
        world.until("the first failure", lambda: "to=suspect" in world.log(), TMAIL, every=0.01)
        world.lab.write("short", "")
        world.inject("no memory")
        time.sleep(3)
        os.unlink(world.lab.path("short"))
        world.inject("memory is back")
        wait_for("a DOWN", lambda: has_told(world, "DOWN"), 2 * TMAIL)
        world.measure("mail DOWN", world.relay.spool[0][0] - began, 2 * TMAIL)
        world.open()
        wait_for("an UP", lambda: has_told(world, "UP"), 2 * TMAIL)
        world.known = len(world.relay.spool)
        incidents = {mail.header("Shorewatch-Incident") for mail in world.relay.mails()}
        demand(len(incidents) == 1, f"{[str(mail) for mail in world.relay.mails()]}")


def rs_02_away(program):
    """No memory at all from the first failure on, for some seconds; then it is back: nothing is lost."""
    memory_away(program, "RS-02 away")


def rs_02_short(program):
    """Nothing of 4 KiB and more for some seconds: it cannot even write its mail, and does so afterwards."""
    memory_away(program, "RS-02 short", NOMEM_ABOVE="4096")


HOG = "import time; kept = []\nwhile True: kept.append(bytearray(1 << 20)); time.sleep(0.001)"


def rs_02_oom(program):
    """32 MiB for everything, and the kernel kills us for a neighbour's greed while a mail waits for its relay: after
    the restart it arrives, once, and so does its end."""
    with World(program, "RS-02 oom") as world:
        group = Group(world.lab, "memory")
        group.write("memory.limit_in_bytes", 32 << 20)
        world.start()
        group.add(world.pid())
        world.calm()
        world.relay.close()
        began = world.shut()
        world.until("the notice waits", lambda: "result=later" in world.log(), 2 * TMAIL)
        with open(f"/proc/{world.pid()}/oom_score_adj", "w", encoding="ascii") as file:
            file.write("1000")
        hog = world.lab.start("hog", ["sh", "-c", f'echo $$ > {group.path}/cgroup.procs; exec python3 -c "{HOG}"'])
        wait_for("the kernel kills it", lambda: not world.child.is_running(), 20)
        demand(world.child.process.returncode == -signal.SIGKILL, f"status {world.child.process.returncode}")
        hog.kill()
        world.inject("killed by the kernel")
        world.relay.open()
        again = world.start()
        world.mail(again, TMAIL)
        mail = world.mail(world.open(), TMAIL)
        demand(mail.state == "UP", f"{mail}")
        world.beats.begin(1)


# ---- very many ----

TARGETS = 10000
A_FILE = 1000


def bench():
    """tests/bench: nginx at 64 addresses, and what a process has used."""
    folder = os.path.join(HERE, "..", "bench")
    sys.path.append(folder)  # what it imports itself; its own name is taken by ours
    spec = importlib.util.spec_from_file_location("bench_bed", os.path.join(folder, "bed.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_targets(world, far, bed):
    folder = world.lab.folder("targets")
    for first in range(0, TARGETS, A_FILE):
        rows = ",\n".join(f'  {{ name = "t{i}"; stack = "home"; {bed.http_target(far, i)}; }}'
                          for i in range(first, first + A_FILE))
        world.lab.write(f"targets/{first}.cfg", f"targets = (\n{rows}\n);\n")
    return f'targets_dir = "{folder}";'


class Cost:
    """CPU, memory and the loop's longest turn, from here to tell()."""

    def __init__(self, world, bed):
        self.world, self.bed = world, bed
        self.used, self.began = bed.cpu_us(world.pid()), time.monotonic()

    def tell(self, what):
        world, bed = self.world, self.bed
        span = time.monotonic() - self.began
        world.measure(f"{what}: CPU, % of a core", (bed.cpu_us(world.pid()) - self.used) / span / 1e4, 50)
        world.measure(f"{what}: RSS at most, MiB", bed.memory_kib(world.pid(), "VmHWM") / 1024, 256)
        world.measure(f"{what}: longest turn, ms", world.metric("shorewatch_loop_worst_turn_seconds") * 1000, 200)


def rs_03(program):
    """10,000 targets once a minute: all up, then all down at once: one mail."""
    bed = bench()
    with World(program, "RS-03", has_watchdog=False, **HOME) as world:
        far = bed.Far(world.lab)
        world.configure(more=write_targets(world, far, bed))
        world.start(*bed.priority(0))  # the machine's other work is no lag of ours

        def count_up():
            return len(re.findall(r"^shorewatch_target_up\{[^}]*\} 1$", world.get("/metrics"), re.M))

        world.until("all are up", lambda: count_up() > TARGETS, 120, every=3)
        cost = Cost(world, bed)
        time.sleep(60)
        cost.tell("all up")
        cost = Cost(world, bed)
        far.child.kill()
        mail = world.mail(world.shut(), 2 * 187)
        demand("and" in mail.text() and len(mail.raw) < 1 << 20, f"{mail}: {len(mail.raw)} bytes")
        world.quiet(150)
        cost.tell("all down")
        demand(count_up() == 0, f"{count_up()} are still up")


DRILLS = {"RS-01": rs_01, "RS-02": rs_02, "RS-02-away": rs_02_away, "RS-02-short": rs_02_short, "RS-02-oom": rs_02_oom,
          "RS-03": rs_03}
GATE = ("RS-01",)
RELEASE = tuple(name for name in DRILLS if name != "RS-01")
