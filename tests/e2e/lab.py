"""lab.py - what every end-to-end test stands on: one temporary folder, free
ports, child processes that are ended by their own pid, waiting with a limit.

Nothing here knows shorewatch or a peer. Standard library only.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time


class Failure(Exception):
    """The thing under test did not do what it promises."""


class Lab:
    """A test's own world; `with Lab(...)` leaves nothing running behind it."""

    def __init__(self, name):
        self.name = name
        self.began = time.monotonic()
        self.dir = tempfile.mkdtemp(prefix=f"shorewatch-{name}-")
        os.chmod(self.dir, 0o755)  # servers drop to their own users inside it
        self.children = []
        self.endings = []
        self._guard, self._ports = _claim_ports()

    def __enter__(self):
        signal.signal(signal.SIGTERM, _on_term)
        return self

    def __exit__(self, kind, fault, trace):
        for ending in reversed(self.endings):
            ending()
        for child in reversed(self.children):
            child.end()
        self._guard.close()
        if kind is not None:
            self.show_logs()
        if os.environ.get("SHOREWATCH_LAB") == "keep":
            self.say(f"everything is kept in {self.dir}")
        else:
            shutil.rmtree(self.dir, ignore_errors=True)

    def say(self, text):
        print(f"[{time.monotonic() - self.began:6.1f} s] {text}", flush=True)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def folder(self, *parts, mode=0o755):
        path = self.path(*parts)
        os.makedirs(path, exist_ok=True)
        os.chmod(path, mode)
        return path

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def port(self, *kinds):
        """A port that is free now (TCP, or for all the kinds given), and no other lab's."""
        for port in self._ports:
            if all(_is_free(port, kind) for kind in kinds or (socket.SOCK_STREAM,)):
                return port
        raise Failure("no free port is left")

    def start(self, name, command, **options):
        child = Child(self, name, command, **options)
        self.children.append(child)
        return child

    def on_end(self, action):
        self.endings.append(action)

    def show_logs(self, last_lines=60):
        for root, _, names in sorted(os.walk(self.dir)):
            for name in sorted(names):
                if name.endswith(".log"):
                    with open(os.path.join(root, name), encoding="utf-8", errors="replace") as file:
                        lines = file.read().splitlines()[-last_lines:]
                    print(f"---- {name} (last {len(lines)} lines)", file=sys.stderr)
                    print("\n".join(lines), file=sys.stderr)


PORTS_A_LAB = 48


def _claim_ports():
    """A block of ports for one lab. Its first one stays bound as long as the lab lives: another lab's
    server must never appear where a server of ours is down just now. They come from below the range
    that clients are given, so that no connection takes one, either."""
    for first in random.sample(range(20000, 32000, PORTS_A_LAB), 200):
        guard = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            guard.bind(("127.0.0.1", first))
        except OSError:
            guard.close()
            continue
        return guard, iter(range(first + 1, first + PORTS_A_LAB))
    raise Failure("no free block of ports is left")


def _is_free(port, kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Child:
    """A process we started; it is only ever signalled by its pid."""

    def __init__(self, lab, name, command, env=None, log=None, cwd=None):
        self.lab = lab
        self.name = name
        self.command = command
        self.log_path = log or lab.path(f"{name}.log")
        self._log = open(self.log_path, "ab")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self._log,
                                        stderr=subprocess.STDOUT, env=env, cwd=cwd or lab.dir,
                                        start_new_session=True)

    @property
    def pid(self):
        return self.process.pid

    def is_running(self):
        return self.process.poll() is None

    def check(self):
        if not self.is_running():
            raise Failure(f"{self.name} ended by itself, status {self.process.returncode}")

    def signal(self, number):
        if self.is_running():
            self.process.send_signal(number)

    def kill(self):
        """As a power cut would, with everything it has started: an nginx worker outlives its master."""
        self._kill_group()
        self.process.wait()
        self._log.close()

    def _kill_group(self):
        """The child leads a session of its own, so that its pid is also the group's."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # all of them have ended

    def end(self, limit=10):
        """Ask, wait, insist. Gives the exit status."""
        if self.is_running():
            self.process.terminate()
            try:
                self.process.wait(limit)
            except subprocess.TimeoutExpired:
                self.lab.say(f"{self.name} does not end, killing it")
                self._kill_group()
                self.process.wait()
        self._log.close()
        return self.process.returncode

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()


def _on_term(_number, _frame):
    raise KeyboardInterrupt("terminated")


def run(command, limit=60, **options):
    """One short command; its output is shown only when it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=limit, check=False, text=True, **options)
    if done.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def wait_for(what, condition, limit, children=(), every=0.1):
    """Poll until condition() is true; its value is given back. A dead child ends the wait."""
    deadline = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        for child in children:
            child.check()
        if time.monotonic() >= deadline:
            raise Failure(f"waited {limit} s in vain for: {what}")
        time.sleep(every)


def hold(what, condition, span, children=(), every=0.25):
    """condition() must stay true for `span` seconds."""
    deadline = time.monotonic() + span
    while time.monotonic() < deadline:
        if not condition():
            raise Failure(f"did not hold for {span} s: {what}")
        for child in children:
            child.check()
        time.sleep(every)


def is_listening(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def demand(truth, text):
    if not truth:
        raise Failure(text)


def find(*names):
    """The first of these programs that exists. A missing peer is a failure, never a skip."""
    path = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
    for name in names:
        found = shutil.which(name, path=path)
        if found:
            return found
    raise Failure(f"{names[0]} is not installed; tests/run installs it")


def main(test):
    """Run test() and turn its end into an exit status."""
    try:
        test()
    except Failure as fault:
        print(f"FAILED: {fault}", file=sys.stderr, flush=True)
        sys.exit(1)
    print("passed", flush=True)
