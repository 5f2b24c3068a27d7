"""outbox.py - notices a second that are durable, beside the least that the disk
asks for; and a daemon that starts on thousands of them that wait: memory, time
to start, time to drain."""

import os
import socketserver
import threading
import time

from bed import Daemon, demand, is_listening, memory_kib, run, show, wait_for

N = 300           # notices a round
WAITING = 10000
RATIO = 3.0       # of the floor's time that a put may take: it syncs two folders, and a slot is larger than the mail
KNOWN = 4096      # OUTBOX_MAX of src/core/outbox.h: what is beyond it waits on the disk until there is room
START, DRAIN = 10, 240  # seconds
MEMORY = 160      # MiB

CONFIG = """
instance = "bench"; language = "en"; timezone = "UTC"; state_dir = "{state}"; references = [ ];
listen = {{ address = "127.0.0.1:{port}"; }};
mail = {{ from = "bench@lab.test"; to = [ "ops@lab.test" ];
  relays = ( {{ url = "smtp://127.0.0.1:{relay}"; starttls = "never"; }} ); }};
targets = ( {{ name = "self"; tcp = {{ address = "127.0.0.1:{port}"; }}; }} );
"""


class Session(socketserver.StreamRequestHandler):
    """The least that is a relay."""

    def handle(self):
        self.wfile.write(b"220 bench\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self.server.taken += 1
            self.wfile.write(b"250 yes\r\n")
            if verb == b"QUIT":
                return


class Relay(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64
    taken = 0


def pace():
    return os.path.join(os.path.dirname(Daemon.program), "tests", "outbox", "outbox_pace")


def rates(lab, rounds):
    """A round: microseconds for the floor, a whole life, a put."""
    found = []
    for number in range(rounds):
        folder = lab.folder(f"pace-{number}")
        found.append(tuple(map(float, run([pace(), "rate", folder, str(N)], limit=120).split())))
    return found


def start(lab, state, relay):
    port = lab.port()
    config = lab.write("outbox.cfg", CONFIG.format(state=state, port=port, relay=relay))
    began = time.monotonic()
    child = lab.start("outbox", [Daemon.program, "run", "-c", config])
    wait_for("the daemon listens", lambda: is_listening(port), 120, [child], every=0.01)
    return child, time.monotonic() - began


def life(lab, state):
    """(seconds to start, MiB, mails delivered, seconds to drain)"""
    port = lab.port()
    child, started = start(lab, state, port)
    time.sleep(1)
    memory = memory_kib(child.pid, "VmHWM") / 1024
    relay = Relay(("127.0.0.1", port), Session)
    child.signal(15)
    child.process.wait(30)
    threading.Thread(target=relay.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    began = time.monotonic()
    child, _ = start(lab, state, port)  # a restart tries everything at once
    last = 0, time.monotonic()
    while time.monotonic() - last[1] < 3:
        child.check()
        if relay.taken != last[0]:
            last = relay.taken, time.monotonic()
        time.sleep(0.05)
    child.end()
    relay.shutdown()
    relay.server_close()
    return started, memory, relay.taken, last[1] - began


def count(state):
    return sum(len(os.listdir(os.path.join(state, "outbox", folder))) for folder in ("new", "inflight"))


def measure(lab, _far, _raw, rounds):
    demand(os.access(pace(), os.X_OK), f"{pace()} is missing: build outbox_pace")
    found = rates(lab, rounds)
    print(f"\noutbox: {N} notices of 12 kB a round, {rounds} rounds: median (range)")
    show("the floor: write, sync, rename", [one[0] for one in found], "us")
    show("a notice durable", [one[2] for one in found], "us")
    show("a whole life of one", [one[1] for one in found], "us")
    show("durable notices a second", [1e6 / one[2] for one in found], "/s")
    good = show("times the floor", [one[2] / one[0] for one in found], "", RATIO)
    state = lab.folder("full")
    run([pace(), "fill", lab.folder("full", "outbox", mode=0o700), str(WAITING)], limit=600)
    started, memory, taken, drained = life(lab, state)
    print(f"{WAITING} wait; the outbox knows {KNOWN}, the others are looked for as these leave")
    good &= show("time to start", [started], "s", START)
    good &= show("memory at most", [memory], "MiB", MEMORY)
    show("mails delivered by one life", [taken], "")
    show("left on the disk", [count(state)], "")
    good &= show("time to drain them", [drained], "s", DRAIN)
    demand(taken == WAITING and count(state) == 0, f"{taken} delivered, {count(state)} left of {WAITING}")
    return good
