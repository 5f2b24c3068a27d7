"""power.py - DU-03 of reliability.md 6: the power fails. The state lies on a file
system of its own, ext4 or XFS, that takes nothing any more from one instant on:
what was not synced by then is lost. The relay's spool survives, it is far away.
"""

import contextlib
import os
import random
import shutil
import sqlite3
import time

from image import Image, apart
from killed import arrived, doubles, each, has_mailed, is_quiet, quick_world, recorded
from lab import demand, wait_for

WORLDS = 4      # at once; each has a loop device
CUTS = 200
MAGIC = b"shorewatch-notice 1 "
SPAN = 3.5      # seconds from the first failure to about the last record


@contextlib.contextmanager
def worlds_on(program, name, kind):
    """Each with its state on a disk of its own, and all is well."""
    with contextlib.ExitStack() as stack:
        worlds = []
        for number in range(WORLDS):
            world = stack.enter_context(quick_world(program, f"{name} {number}"))
            world.image = Image(world.lab, kind, world.state)
            world.start()
            worlds.append(world)
        for world in worlds:
            world.calm()
        yield worlds


def cut(world):
    """Of the machine: the program first, because it must not see its disk die. Then it is started again."""
    world.kill()
    world.image.die()
    world.inject(f"no power; {len(world.relay.spool)} mails have arrived", is_fault=False)
    world.image.revive()
    look_at_what_is_left(world)
    world.start()


def look_at_what_is_left(world):
    """No notice is cut or empty, the database is whole, the page is an old or a new one."""
    world.excused |= set(arrived(world)) - recorded(world)
    box = os.path.join(world.state, "outbox")
    for folder in ("new", "inflight"):
        for name in os.listdir(os.path.join(box, folder)):
            with open(os.path.join(box, folder, name), "rb") as file:
                demand(name.startswith(".") or file.read(len(MAGIC)) == MAGIC, f"{folder}/{name} is no notice")
    demand(not os.listdir(os.path.join(box, "bad")), "a notice was damaged")
    demand_database(world)
    demand_page(world)


def demand_database(world):
    """On a copy: to look at it repairs it."""
    folder = world.lab.folder("copy")
    for name in os.listdir(world.state):
        if name.startswith("history.db"):
            shutil.copy(os.path.join(world.state, name), folder)
    if os.path.exists(os.path.join(folder, "history.db")):
        with contextlib.closing(sqlite3.connect(os.path.join(folder, "history.db"))) as base:
            demand(base.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the database is not whole")
    shutil.rmtree(folder)


def demand_page(world):
    for name, end in (("index.html", b"</html>"), ("status.json", b"}")):
        path = os.path.join(world.state, "public", name)
        if os.path.exists(path):
            with open(path, "rb") as file:
                demand(file.read().rstrip().endswith(end), f"{name} is not whole")


def cut_anywhere(worlds, dice):
    """At any instant of an outage, which goes on until it is told."""
    plan = sorted(((dice.uniform(0, SPAN), world) for world in worlds), key=lambda one: one[0])
    began = time.monotonic()
    for world in worlds:
        world.shut()
    for at, world in plan:
        time.sleep(max(0, began + at - time.monotonic()))
        cut(world)
    each(worlds, "a DOWN", lambda world: has_mailed(world, "DOWN"))
    for world in worlds:
        world.open()
    each(worlds, "an UP", lambda world: has_mailed(world, "UP"))


def cut_while_waiting(worlds, dice):
    """The relay is dead, and the outage is over when power returns: only the disk knows of it."""
    for world in worlds:
        world.relay.close()
        world.shut()
    for world in worlds:
        wait_for("it was tried", lambda w=world: "result=later" in w.log(), 20)
        time.sleep(dice.uniform(0, 0.3))
        world.open()
        world.relay.open()
        cut(world)
    each(worlds, "a DOWN", lambda world: has_mailed(world, "DOWN"))
    each(worlds, "an UP", lambda world: has_mailed(world, "UP"))


def cut_in_the_end(worlds, dice):
    """When the UP is being sent and recorded: nobody is told a third thing."""
    for world in worlds:
        world.shut()
    each(worlds, "a DOWN", lambda world: has_mailed(world, "DOWN"))
    for world in worlds:
        world.open()
        wait_for("it is over", lambda w=world: "kind=recovered" in w.log(), 20, every=0.001)
        time.sleep(dice.uniform(0, 0.05))
        cut(world)
    each(worlds, "an UP", lambda world: has_mailed(world, "UP"))


STORIES = (cut_anywhere, cut_while_waiting, cut_in_the_end)


def cuts(program, name, kind, rounds):
    apart()
    dice = random.Random(int(os.environ.get("DRILL_SEED", "1")))
    twice = 0
    for number in range(rounds):
        story = STORIES[number % len(STORIES)]
        with worlds_on(program, f"{name} {story.__name__} {number}", kind) as worlds:
            story(worlds, dice)
            each(worlds, "nothing waits", is_quiet)
            for world in worlds:
                world.known = len(world.relay.spool)
                world.quiet(0.2)
            twice += sum(map(doubles, worlds))
        print(f"{kind}: {(number + 1) * WORLDS} cuts, {twice} mails twice", flush=True)


def du_03(program):
    """The power fails in an outage, ext4 and XFS: what was promised is there, whole, and once."""
    cuts(program, "DU-03", "ext4", len(STORIES))
    cuts(program, "DU-03", "xfs", len(STORIES))


def du_03_ext4(program):
    """200 power cuts on ext4."""
    cuts(program, "DU-03", "ext4", CUTS // WORLDS)


def du_03_xfs(program):
    """200 power cuts on XFS."""
    cuts(program, "DU-03", "xfs", CUTS // WORLDS)


DRILLS = {"DU-03": du_03, "DU-03-ext4": du_03_ext4, "DU-03-xfs": du_03_xfs}
GATE = ()
LONG = {"DU-03-ext4": 3600, "DU-03-xfs": 3600}
RELEASE = tuple(DRILLS)
