"""freezer.py - a process that is not there for a while: stopped by a signal, or
frozen by its control group (version 1). Both are context managers.
"""

import os
import signal

from lab import Failure

ROOT = "/sys/fs/cgroup"


class Stopped:
    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGCONT)


class Group:
    """A control group of one controller for one process; it goes away with the lab."""

    def __init__(self, lab, controller):
        self.path = os.path.join(ROOT, controller, os.path.basename(lab.dir))
        try:
            os.makedirs(self.path, exist_ok=True)
        except OSError as fault:
            raise Failure(f"no control group can be made: {fault}") from fault
        lab.on_end(self.remove)

    def write(self, name, value):
        with open(os.path.join(self.path, name), "w", encoding="ascii") as file:
            file.write(f"{value}\n")

    def read(self, name):
        with open(os.path.join(self.path, name), encoding="ascii") as file:
            return file.read().strip()

    def add(self, pid):
        self.write("cgroup.procs", pid)

    def remove(self):
        try:
            for pid in self.read("cgroup.procs").split():
                with open(os.path.join(os.path.dirname(self.path), "cgroup.procs"), "w", encoding="ascii") as file:
                    file.write(pid)
            os.rmdir(self.path)
        except OSError:
            pass  # gone, or its last process is just ending


class Frozen:
    def __init__(self, lab, pid):
        self.group = Group(lab, "freezer")
        self.group.add(pid)

    def __enter__(self):
        self.group.write("freezer.state", "FROZEN")

    def __exit__(self, *_):
        self.group.write("freezer.state", "THAWED")
