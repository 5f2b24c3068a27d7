"""namespace.py - a network namespace of a drill's own: whatever this process
starts meanwhile, threads and children, lives in it; its links are down.
"""

import ctypes
import os

from lab import Failure, run

CLONE_NEWNET = 0x40000000


def _call(function, *words):
    if function(*words) != 0:
        raise Failure(f"a network namespace needs root: {os.strerror(ctypes.get_errno())}")


class Own:
    def __enter__(self):
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        _call(self._libc.unshare, CLONE_NEWNET)
        return self

    def __exit__(self, *_):
        _call(self._libc.setns, self._before, CLONE_NEWNET)
        os.close(self._before)


def link(name, state):
    run(["ip", "link", "set", name, state])
