"""memory.py - resident memory: 10,000 idle targets with 90 days of history and
the page, and what a probe in flight takes."""

import socket
import threading

from bed import Daemon, demand, http_target, show, time

IDLE = 10000
BUSY = 1000
BOUND = 28 * 1024  # KiB
SETTLE = 20        # seconds until what was made at the start is gone again


class Hang:
    """Accepts, reads, never answers; counts what is open."""

    def __init__(self, port):
        self.open = 0
        self._lock = threading.Lock()
        listening = socket.create_server(("127.0.0.1", port), backlog=4096)
        threading.Thread(target=self._serve, args=(listening,), daemon=True).start()

    def _serve(self, listening):
        while True:
            client, _ = listening.accept()
            threading.Thread(target=self._hold, args=(client,), daemon=True).start()

    def _hold(self, client):
        with self._lock:
            self.open += 1
        try:
            while client.recv(4096):
                pass
        except OSError:
            pass
        client.close()
        with self._lock:
            self.open -= 1


def idle(lab, far, n):
    """(KiB at rest, the most it ever was, longest turn in ms)"""
    daemon = Daemon(lab, f"idle-{n}", n, lambda i: http_target(far, i, f"/status/{i}"), interval="1h", timeout="10s",
                    has_history=True)
    time.sleep(SETTLE)
    seen = sorted(daemon.memory_kib() for _ in range(20) if time.sleep(0.5) is None)
    most, turn = daemon.memory_kib("VmHWM"), daemon.metric("shorewatch_loop_worst_turn_seconds") * 1000
    daemon.end()
    return seen[len(seen) // 2], most, turn


def in_flight(lab, far):
    """KiB a probe that waits for its answer."""
    port = lab.port()
    hang = Hang(port)
    daemon = Daemon(lab, "busy", BUSY, lambda i: f'http = {{ url = "http://127.0.0.1:{port}/"; }}', interval="12s",
                    timeout="10s")
    most, at_most, before = 0, 0, daemon.memory_kib()
    for _ in range(26):
        time.sleep(0.5)
        if hang.open >= most:
            most, at_most = hang.open, max(at_most, daemon.memory_kib())
    daemon.end()
    demand(most > BUSY / 4, f"only {most} of {BUSY} probes were in flight at once")
    return (at_most - before) / most


def measure(lab, far, _raw, rounds):
    few, _, _ = idle(lab, far, 10)
    rest, most, turn = idle(lab, far, IDLE)
    each = in_flight(lab, far)
    print(f"\nmemory: resident, the real daemon with history and page")
    show("10 targets", [few], "KiB")
    good = show(f"{IDLE} targets, idle", [rest], "KiB", BOUND)
    show("  a target", [(rest - few) * 1024 / (IDLE - 10)], "B")
    show("  the most (reading, drawing)", [most], "KiB")
    show("  longest turn of the loop", [turn], "ms")
    show("an HTTP probe in flight", [each], "KiB")
    return good
