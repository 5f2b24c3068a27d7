"""image.py - a disk of a drill's own: a file system in a file, mounted where
nobody else sees it. It can be filled, and its power can be cut: then only what
was synced is on it when it is mounted again (reliability.md 3).
"""

import ctypes
import errno
import os

from lab import Failure, demand, find, run
from machine import Skip

CLONE_NEWNS = 0x00020000
MIB = 1 << 20
SIZES = {"ext4": 64, "xfs": 320}  # MiB; the least that mkfs.xfs makes
MAKE = {"ext4": ["mkfs.ext4", "-qF", "-m", "0"], "xfs": ["mkfs.xfs", "-qf"]}
# ext4 writes its journal only when it is asked to, so that a cut shows every sync that is missing.
OPTIONS = {"ext4": "loop,commit=300", "xfs": "loop"}


def apart():
    """From here on what this process mounts is its own, and ends with it."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        raise Skip(f"this machine allows no mounts of one's own: {os.strerror(ctypes.get_errno())}")
    run(["mount", "--make-rprivate", "/"])


class Image:
    """Mounted at `path`, until the lab ends. `words` are more for mkfs."""

    def __init__(self, lab, kind, path, *words, mib=0):
        self.kind, self.path = kind, path
        self.file = lab.path(os.path.basename(path) + ".image")
        with open(self.file, "wb") as file:
            file.truncate((mib or SIZES[kind]) * MIB)
        run([find(MAKE[kind][0]), *MAKE[kind][1:], *words, self.file])
        self.is_mounted = False
        try:
            self.mount()
        except Failure as fault:
            raise Skip(f"this machine mounts no {kind} image: {fault}") from fault
        lab.on_end(self.forget)

    def mount(self):
        run(["mount", "-t", self.kind, "-o", OPTIONS[self.kind], self.file, self.path])
        os.chmod(self.path, 0o755)
        self.is_mounted = True

    def unmount(self):
        if self.is_mounted:
            run(["umount", self.path])
            self.is_mounted = False

    def forget(self):
        """Whoever still holds a file of it may end in peace."""
        if self.is_mounted:
            run(["umount", "-l", self.path])
            self.is_mounted = False

    def die(self):
        """From now on it takes nothing, and what was not synced is lost."""
        run([find("xfs_io"), "-x", "-c", "shutdown", self.path])

    def revive(self):
        """Nobody may have a file open on it."""
        self.unmount()
        self.mount()

    def fill(self):
        """To the last byte. What is written into is removed by empty()."""
        with open(os.path.join(self.path, "filling"), "wb", buffering=0) as file:
            for size in (MIB, 4096, 1):
                self._fill_by(file, bytes(size))

    @staticmethod
    def _fill_by(file, some):
        try:
            while True:
                file.write(some)
        except OSError as fault:
            demand(fault.errno == errno.ENOSPC, str(fault))

    def fill_inodes(self):
        """No file more can be made."""
        folder = os.path.join(self.path, "fillings")
        os.mkdir(folder)
        try:
            for number in range(1 << 20):
                with open(os.path.join(folder, str(number)), "wb"):
                    pass
        except OSError as fault:
            demand(fault.errno == errno.ENOSPC, str(fault))

    def empty(self):
        run(["rm", "-rf", os.path.join(self.path, "filling"), os.path.join(self.path, "fillings")])


__all__ = ["Image", "apart"]
