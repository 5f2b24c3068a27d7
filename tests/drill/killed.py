"""killed.py - DU-01 and DU-02 of reliability.md 6: killed at any system call, and
again and again.
"""

import collections
import contextlib
import os
import random
import re
import time

import judge
from lab import find, run
from loopback import TMAIL, World, demand, site, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
QUICK = {"interval": "1s", "timeout": "500ms", "connect_timeout": "300ms", "retest": '"100ms"', "settle": "0s",
         "group_wait": "0s"}  # an outage is told within two seconds, and its end
RING_BYTES = 512  # a record
WORLDS = 8       # at once: they mostly wait
STORY = 60       # seconds for a mail when the program was killed on its way
KILLED = 128 + 9  # the reaper's status
KILLS = 10       # on the way into an outage, and on the way out
LIFE = 0.8       # seconds, at most, that it lives in between
FEW_PLACES = 24  # of the calls at which it is killed, where not each one is tried


# ---- killed at every system call ----

def quick_world(program, name, **values):
    world = World(program, name, has_watchdog=False, **{**QUICK, **values})
    world.excused, world.is_cut, world.is_unseen = set(), True, True
    world.configure(targets=site("blog", world.site.port, "fall = 2; rise = 1;"))
    return world


def reaper(lab):
    path = lab.path("reaper")
    run([find("cc"), "-O2", "-std=c17", "-D_GNU_SOURCE", os.path.join(HERE, "reaper.c"), "-o", path])
    return path


def start_doomed(world, tool, at):
    """It dies at its call number `at`, counted from when the file `since` is there."""
    world.start(tool, str(at), world.lab.path("since"), world.lab.path("count"))


def recorded(world):
    """Ids that the ring has as delivered, as it lies there."""
    with open(os.path.join(world.state, "outbox", "ring"), "rb") as file:
        ring = file.read()
    heads = (ring[at:at + 16] for at in range(0, len(ring), RING_BYTES))
    return {head.decode() for head in heads if re.fullmatch(rb"[0-9a-f]{16}", head)}


def go_on_after_death(world):
    """As systemd would; with nobody after it. What the relay had by then, and the ring not, may come twice."""
    if not world.child.is_running():
        world.inject(f"it was killed, status {world.child.process.returncode}", is_fault=False)
        world.excused |= set(arrived(world)) - recorded(world)
        world.start()


def arrived(world):
    return [judge.notice_of(mail) for mail in world.relay.mails()]


def has_mailed(world, state):
    go_on_after_death(world)
    return any(mail.state == state for mail in world.relay.mails())


def is_quiet(world):
    """Nothing waits any more: what was delivered has its record."""
    go_on_after_death(world)
    return not world._waiting()


def each(worlds, what, condition):
    for world in worlds:
        wait_for(f"{world.name}: {what}", lambda w=world: condition(w), STORY, every=0.02)


def outage_of(worlds):
    """One outage from its first failure to the record of its last mail."""
    for world in worlds:
        world.lab.write("since", "")
        world.shut()
    each(worlds, "a DOWN", lambda world: has_mailed(world, "DOWN"))
    for world in worlds:
        world.open()
    each(worlds, "an UP", lambda world: has_mailed(world, "UP"))
    each(worlds, "nothing waits", is_quiet)
    for world in worlds:
        world.known = len(world.relay.spool)
        world.quiet(0.2)


def doubles(world):
    """How many; only of what was accepted and not recorded yet when it was killed."""
    twice = [notice for notice, count in collections.Counter(arrived(world)).items() if count > 1]
    demand(set(twice) <= world.excused, f"{world.name}: came twice without a doubt: {twice}")
    return len(twice)


def end_or_go_on(world):
    """The end has system calls, too."""
    if world.starts == 1 and world.child.end(15) == KILLED:
        go_on_after_death(world)


def killed_at(program, places):
    """How many mails came twice, and how many died, of so many worlds with a place each."""
    with contextlib.ExitStack() as stack:
        worlds = [stack.enter_context(quick_world(program, f"DU-01 {at}")) for at in places]
        tool = reaper(worlds[0].lab)
        for world, at in zip(worlds, places):
            start_doomed(world, tool, at)
        for world in worlds:
            world.calm()
        outage_of(worlds)
        for world in worlds:
            end_or_go_on(world)
        return sum(map(doubles, worlds)), sum(world.starts > 1 for world in worlds)


def calls_of(program):
    """Of an outage that nobody disturbs."""
    with quick_world(program, "DU-01 counted") as world:
        start_doomed(world, reaper(world.lab), 0)
        world.calm()
        outage_of([world])
        world.end()
        with open(world.lab.path("count"), encoding="ascii") as file:
            lines = file.read().splitlines()
        world.say(f"{lines[0]} calls; number and count: {', '.join(lines[1:])}")
        return int(lines[0])


def killed_at_each(program, places):
    twice = kills = 0
    for first in range(0, len(places), WORLDS):
        found = killed_at(program, places[first:first + WORLDS])
        twice, kills = twice + found[0], kills + found[1]
        last = places[min(first + WORLDS, len(places)) - 1]
        print(f"to call {last}: {kills} kills, {twice} mails twice", flush=True)
    demand(kills > len(places) / 2, f"{kills} kills at {len(places)} places")


def du_01(program):
    """Killed at some of the system calls of an outage: nothing is lost, nothing doubled without a doubt."""
    calls = calls_of(program)
    dice = random.Random(int(os.environ.get("DRILL_SEED", "1")))
    killed_at_each(program, sorted(dice.sample(range(1, calls + 1), FEW_PLACES)))


def du_01_every(program):
    """Killed at each system call of enqueue, state change, send and finish; from DRILL_FIRST on."""
    killed_at_each(program, range(int(os.environ.get("DRILL_FIRST", "1")), calls_of(program) + 1))


# ---- killed again and again ----

def kill_often(world, dice):
    """So often, each time after less than a second of life; what the relay had by then, and the ring not, is excused."""
    for _ in range(KILLS):
        time.sleep(dice.uniform(0, LIFE))
        world.kill()
        go_on_after_death(world)


def du_02_of(program, outages):
    dice = random.Random(int(os.environ.get("DRILL_SEED", "1")))
    twice = 0
    for number in range(outages):
        with quick_world(program, f"DU-02 {number}") as world:
            world.unpublished = 2 * KILLS * LIFE  # and a start each: no life is long enough to renew the page
            world.start()
            world.calm()
            world.shut()
            kill_often(world, dice)
            each([world], "a DOWN", lambda world: has_mailed(world, "DOWN"))
            world.open()
            kill_often(world, dice)
            each([world], "an UP", lambda world: has_mailed(world, "UP"))
            each([world], "nothing waits", is_quiet)
            world.known = len(world.relay.spool)
            twice += doubles(world)
    print(f"{2 * KILLS * outages} kills, {twice} mails twice", flush=True)


def du_02(program):
    """Killed ten times on the way into an outage and ten times on the way out: one DOWN, one UP."""
    du_02_of(program, 2)


def du_02_all(program):
    """500 kills during 50 transitions."""
    du_02_of(program, 25)


DRILLS = {"DU-01": du_01, "DU-02": du_02, "DU-01-every": du_01_every, "DU-02-all": du_02_all}
GATE = ()
LONG = {"DU-01-every": 5400, "DU-02-all": 2700}  # seconds that it may take
RELEASE = tuple(DRILLS)
