"""freezer.py - a process that is not there for a while: stopped by a signal, or
frozen by its control group (of version 2 where the machine has that alone).
Both are context managers.
"""

import os
import signal

from machine import Skip

ROOT = "/sys/fs/cgroup"


class Stopped:
    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGCONT)


def is_unified():
    return os.path.exists(f"{ROOT}/cgroup.controllers")


class Group:
    """A control group of one controller for one process; it goes away with the lab."""

    def __init__(self, lab, controller):
        if is_unified() and controller != "freezer":
            raise Skip(f"this machine has control groups of version 2, where the drill knows no {controller}")
        self.above = ROOT if is_unified() else os.path.join(ROOT, controller)
        self.path = os.path.join(self.above, os.path.basename(lab.dir))
        try:
            os.mkdir(self.path)
        except OSError as fault:
            raise Skip(f"this machine allows no control group: {fault}") from fault
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
                with open(os.path.join(self.above, "cgroup.procs"), "w", encoding="ascii") as file:
                    file.write(pid)
            os.rmdir(self.path)
        except OSError:
            pass  # gone, or its last process is just ending


class Frozen:
    def __init__(self, lab, pid):
        self.group = Group(lab, "freezer")
        self.group.add(pid)

    def __enter__(self):
        self.group.write(*(("cgroup.freeze", 1) if is_unified() else ("freezer.state", "FROZEN")))

    def __exit__(self, *_):
        self.group.write(*(("cgroup.freeze", 0) if is_unified() else ("freezer.state", "THAWED")))
