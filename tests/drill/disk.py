"""disk.py - DU-04 to DU-11 of reliability.md 6: a disk that refuses, is full, is
stuck or dies; a database that lies broken; a page read while it is written; a
second instance.
"""

import contextlib
import os
import signal
import sqlite3
import subprocess
import threading
import time

from faketime import Fast
from image import Image, apart
from lab import find, run
from loopback import HOME, TMAIL, World, demand, wait_for

STUCK = 90      # seconds that one fsync takes
PATIENCE = 5    # of the outbox with the disk (DECISIONS 3)
LAG_MS = 200    # a turn of the loop, whatever the disk does
AGAIN = 60      # seconds until the outbox tries a second time
PAGES = 3000    # times that the page is read
RATE = 30       # of the clock, where something lasts
TOLD = 10 * 60  # seconds after which a failing disk is worth a mail of its own


class Injected:
    """While it is entered, system calls of the daemon are tampered with: strace's words for it."""

    def __init__(self, world, words):
        self.world, self.words = world, words

    def __enter__(self):
        world = self.world
        self.tracer = world.lab.start(f"strace-{time.monotonic_ns()}", [
            find("strace"), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={self.words.partition(':')[0]}", "-e",
            f"inject={self.words}", "-p", str(world.pid())])
        wait_for("the daemon is traced", self._is_traced, 10, [self.tracer], every=0.02)
        world.inject(f"injected {self.words}", is_fault=False)
        return self

    def _is_traced(self):
        """All its threads are."""
        folder = f"/proc/{self.world.pid()}/task"
        for thread in os.listdir(folder):
            with open(os.path.join(folder, thread, "status"), encoding="ascii") as file:
                if "TracerPid:\t0\n" in file.read():
                    return False
        return True

    def __exit__(self, *_):
        """Let go as soon as no call is held any more."""
        self.tracer.signal(signal.SIGINT)
        self.tracer.process.wait(2 * STUCK)
        self.world.inject("injected no more", is_fault=False)


def outage(world, more=0):
    """One DOWN, one UP; each may take so much longer."""
    mail = world.mail(world.shut(), TMAIL + more)
    demand(mail.state == "DOWN", f"{mail}")
    mail = world.mail(world.open(), TMAIL + more)
    demand(mail.state == "UP", f"{mail}")


def is_failing(world):
    """As the metrics say, which need no disk; the page is a file and keeps its old words."""
    return world.metric("shorewatch_storage_failing") == 1


def killed_and_back(world):
    world.kill()
    world.inject("killed", is_fault=False)
    world.relay.open()
    return world.start()


@contextlib.contextmanager
def disk(program, name, kind="ext4", *words, mib=0):
    """A world whose state lies on a disk of its own."""
    apart()
    with World(program, name, has_watchdog=False) as world:
        image = Image(world.lab, kind, world.state, *words, mib=mib)
        yield world, image


# ---- a disk that refuses ----

def du_04_once(program):
    """One fsync fails: another file is tried, and the notice is as durable as ever."""
    with World(program, "DU-04 once", has_watchdog=False) as world:
        world.start()
        world.calm()
        world.relay.close()
        with Injected(world, "fsync,fdatasync:error=EIO:when=1"):
            began = world.shut()
            world.until("it waits", lambda: "result=later" in world.log(), TMAIL + PATIENCE)
        demand(len(world._waiting()) == 1, f"{world._waiting()} is on the disk")
        killed_and_back(world)
        mail = world.mail(began, 2 * TMAIL)
        demand(mail.state == "DOWN", f"{mail}")
        demand(world.mail(world.open(), TMAIL).state == "UP", "no UP")


def du_04(program):
    """Every fsync fails: sent from memory, and metrics and mail say so; then it works again."""
    with World(program, "DU-04", has_watchdog=False) as world:
        world.start()
        world.calm()
        with Injected(world, "fsync,fdatasync:error=EIO"):
            mail = world.mail(world.shut(), TMAIL)
            demand(mail.state == "DOWN", f"{mail}")
            world.until("the metrics say it", lambda: is_failing(world), 10)
            mail = world.mail(world.open(), TMAIL)
            demand(mail.state == "UP" and "sent from memory" in mail.text(), mail.text())
        world.until("it works again", lambda: not is_failing(world), AGAIN + 10)
        demand("works again" in world.log(), "nobody said that it works again")
        demand("sent from memory" not in world.mail(world.shut(), TMAIL).text(), "the next one is still from memory")


def du_04_told(program):
    """The disk refuses for ten minutes: one mail tells of it, from memory, and none when nothing is new."""
    with World(program, "DU-04 told", clock=Fast(RATE), has_watchdog=False, **HOME) as world:
        world.start()
        world.calm(limit=30)
        with Injected(world, "fsync,fdatasync:error=EIO"):
            began = time.monotonic()
            mail = world.mail(began, TOLD + TMAIL * RATE)
            demand(mail.state == "WATCHER" and "disk" in mail.header("Subject"), f"{mail}")
            demand((time.monotonic() - began) * RATE >= TOLD, "that was too early")
            world.quiet(3 * 60 / RATE)
        world.until("it works again", lambda: not is_failing(world), AGAIN + 10)
        world.quiet(1)


def du_04_memory(program):
    """A disk that refuses for a while, a relay that is dead, and then we are killed: what was known from memory alone
    is on the disk as soon as that works again, and is delivered."""
    with World(program, "DU-04 memory", has_watchdog=False) as world:
        world.start()
        world.calm()
        world.relay.close()
        with Injected(world, "fsync,fdatasync:error=EIO"):
            began = world.shut()
            world.until("it waits", lambda: "result=later" in world.log(), TMAIL)
        world.until("it is on the disk", lambda: len(world._waiting()) == 1, 2 * AGAIN)
        world.open()
        killed_and_back(world)
        demand(world.mail(began, 3 * TMAIL + AGAIN).state == "DOWN", "no DOWN")
        demand(world.mail(began, 3 * TMAIL + AGAIN).state == "UP", "no UP")


def du_07(program):
    """The disk dies under us: both mails leave from memory; alive again, it tells nobody a second time."""
    with disk(program, "DU-07") as (world, image):
        world.start()
        world.calm()
        image.die()
        world.inject("the disk is dead", is_fault=False)
        outage(world)
        demand(is_failing(world), "the metrics do not say it")
        world.kill()
        image.revive()
        world.start()
        world.quiet(3)


# ---- a full one ----

def full(program, name, fill, *words):
    with disk(program, name, "ext4", *words, mib=24) as (world, image):
        world.start()
        world.calm()
        fill(image)
        world.inject("full", is_fault=False)
        world.relay.close()
        began = world.shut()
        world.until("it waits", lambda: "result=later" in world.child.log(), TMAIL + PATIENCE)
        demand(len(world._waiting()) == 1, f"{world._waiting()} is on the disk")
        killed_and_back(world)
        demand(world.mail(began, 2 * TMAIL).state == "DOWN", "no DOWN")
        demand(world.mail(world.open(), TMAIL).state == "UP", "no UP")
        image.empty()


def du_05(program):
    """The disk is full before and during an outage: by the slots that were taken in time every mail is durable."""
    full(program, "DU-05", Image.fill)


def du_05_inodes(program):
    """No inode is left: the same."""
    full(program, "DU-05 inodes", Image.fill_inodes, "-N", "256")


def du_05_during(program):
    """It becomes full while an outage is told: its end is told as well."""
    with disk(program, "DU-05 during", mib=24) as (world, image):
        world.start()
        world.calm()
        demand(world.mail(world.shut(), TMAIL).state == "DOWN", "no DOWN")
        image.fill()
        world.inject("full", is_fault=False)
        demand(world.mail(world.open(), TMAIL).state == "UP", "no UP")
        image.empty()


def du_06(program):
    """Full at the start, with two notices from before: each arrives, once."""
    with disk(program, "DU-06", mib=24) as (world, image):
        world.start()
        world.calm()
        world.relay.close()
        began = world.shut()
        world.until("the DOWN waits", lambda: len(world._waiting()) == 1, TMAIL)
        world.open()
        world.until("the UP waits", lambda: len(world._waiting()) == 2, TMAIL)
        world.end()
        image.fill()
        world.inject("full", is_fault=False)
        world.relay.open()
        world.start()
        wait_for("both", lambda: len(world.relay.spool) == 2, TMAIL, [world.child])
        world.measure("both mails", time.monotonic() - began, 4 * TMAIL)
        world.known = 2
        world.quiet(2)
        image.empty()


# ---- a stuck one ----

def du_08(program):
    """Each fsync takes 90 s: probes go on, no turn of the loop is long, mails leave in time."""
    with World(program, "DU-08", has_watchdog=False) as world:
        world.is_unseen = True
        world.start()
        world.calm()
        with Injected(world, f"fsync,fdatasync:delay_enter={STUCK * 1000000}:when=1..2"):
            before = world.site.accepted
            outage(world, PATIENCE)
            time.sleep(10)
            demand(world.site.accepted - before >= 5, "the probes stand still")
            world.measure("longest turn, ms", world.metric("shorewatch_loop_worst_turn_seconds") * 1000, LAG_MS)
            demand(is_failing(world), "the metrics do not say it")
        world.until("the disk answers again", lambda: not is_failing(world), AGAIN)
        demand(world.mail(world.shut(), TMAIL).state == "DOWN", "no DOWN")


# ---- a broken database ----

def broken_database(program, name, breaks):
    with World(program, name, has_watchdog=False) as world:
        world.start()
        world.calm()
        world.relay.close()
        began = world.shut()
        world.until("it waits", lambda: len(world._waiting()) == 1, TMAIL)
        world.kill()
        path = os.path.join(world.state, "history.db")
        with breaks(path):
            world.inject(name, is_fault=False)
            world.relay.open()
            world.start()
            demand(world.mail(began, 3 * TMAIL).state == "DOWN", "no DOWN")
            demand(world.mail(world.open(), TMAIL).state == "UP", "no UP")
        world.is_mixed = True  # numbers of the incidents begin anew with the history


@contextlib.contextmanager
def scribbled(path):
    with open(path, "r+b") as file:
        file.write(os.urandom(os.path.getsize(path)))
    for more in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path + more)
    yield
    demand(any("history" in name and name != "history.db" for name in os.listdir(os.path.dirname(path))),
           "the broken one was not kept")


@contextlib.contextmanager
def removed(path):
    for more in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path + more)
    yield


@contextlib.contextmanager
def locked(path):
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.execute("BEGIN EXCLUSIVE")
        yield
        base.rollback()


def du_09_corrupt(program):
    """The database is noise: it is set aside, and what waits is delivered as if nothing had been."""
    broken_database(program, "DU-09 corrupt", scribbled)


def du_09_deleted(program):
    """The database is gone: the open incident is known from its notice."""
    broken_database(program, "DU-09 deleted", removed)


def du_09_locked(program):
    """Another process holds the database: alarms are not affected."""
    broken_database(program, "DU-09 locked", locked)


# ---- the page, and a second one ----

class Reader:
    """Reads the page's files as fast as it can, as many visitors would."""

    def __init__(self, folder):
        self.folder, self.read, self.faults = folder, 0, []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._go, daemon=True)

    def _go(self):
        while not self._is_over.is_set():
            for name, end in (("index.html", b"</html>"), ("status.json", b"}")):
                with contextlib.suppress(FileNotFoundError), open(os.path.join(self.folder, name), "rb") as file:
                    if not file.read().rstrip().endswith(end):
                        self.faults.append(name)
                    self.read += 1
            time.sleep(0.001)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        self._thread.join()


def du_10(program):
    """Read a thousand times a second while it is written, and while the writer is killed: always whole."""
    with World(program, "DU-10", has_watchdog=False) as world:
        with Reader(os.path.join(world.state, "public")) as reader:
            world.start()
            world.calm()
            outage(world)
            for _ in range(5):
                world.kill()
                world.start()
            wait_for("it was read often enough", lambda: reader.read > PAGES, 60)
        demand(not reader.faults, f"not whole: {reader.faults[:5]}")
        world.say(f"read {reader.read} times")


def du_11(program):
    """A second instance on the same state ends at once and says why; nobody is told twice."""
    with World(program, "DU-11", has_watchdog=False) as world:
        world.start()
        world.calm()
        began = time.monotonic()
        done = subprocess.run([program, "run", "-c", world.config], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=20, check=False)
        world.measure("the second one ends", time.monotonic() - began, 1)
        demand(done.returncode != 0 and "another" in done.stdout + done.stderr, f"{done}")
        outage(world)


DRILLS = {"DU-04": du_04, "DU-04-once": du_04_once, "DU-04-told": du_04_told, "DU-04-memory": du_04_memory,
          "DU-05": du_05,
          "DU-05-inodes": du_05_inodes, "DU-05-during": du_05_during, "DU-06": du_06, "DU-07": du_07, "DU-08": du_08,
          "DU-09-corrupt": du_09_corrupt, "DU-09-deleted": du_09_deleted, "DU-09-locked": du_09_locked,
          "DU-10": du_10, "DU-11": du_11}
GATE = ("DU-11",)
RELEASE = tuple(DRILLS)
