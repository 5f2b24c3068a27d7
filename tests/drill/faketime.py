"""faketime.py - other clocks for the daemon, by libfaketime: none of this
reaches anybody else on the machine.

With a sanitizer the preload would hang or fail: drills that need another clock
are told to use the optimised build (reliability.md 3).
"""

import datetime
import glob
import os
import time
import zoneinfo

from lab import Failure


def library():
    for folder in ("/usr/lib/*", "/usr/lib", "/usr/lib64"):
        for found in glob.glob(f"{folder}/faketime/libfaketime.so.1"):
            return found
    raise Failure("libfaketime is not installed (package libfaketime)")


class Usual:
    """The clock as it is."""

    rate = 1

    def environment(self):
        return {}


class Steps(Usual):
    """The wall clock can be set; the clock that counts since the start goes on as if nothing had been."""

    def __init__(self, lab, begin="+0"):
        self._lab = lab
        self.set(begin)

    def set(self, to):
        """`+3600`, `-3600`, `+60d`, or `@1970-01-01 00:10:00`: it stands there and goes on."""
        # A reader must never find the file empty.
        os.replace(self._lab.write("faketime.new", f"{to}\n"), self._lab.path("faketime"))

    def environment(self):
        return {"LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": self._lab.path("faketime"), "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


class From(Usual):
    """The daemon begins at this time, in UTC, whenever it is started, and goes on at the usual pace."""

    def __init__(self, at):
        self.at = at

    def environment(self):
        return {"LD_PRELOAD": library(), "FAKETIME": f"@{self.at}", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}


class Fast(Usual):
    """All clocks run so many times as fast; a daemon that is started again goes on from there."""

    def __init__(self, rate, at=None, zone="UTC"):
        self.rate, self.zone = rate, zone
        self._began = time.monotonic()
        self._at = at if at is not None else time.time()

    def now(self):
        return self._at + (time.monotonic() - self._began) * self.rate

    def environment(self):
        # libfaketime reads the time again now and then, in the zone that the daemon has set by then.
        at = datetime.datetime.fromtimestamp(self.now(), zoneinfo.ZoneInfo(self.zone)).strftime("%Y-%m-%d %H:%M:%S")
        return {"LD_PRELOAD": library(), "FAKETIME": f"@{at} x{self.rate}", "TZ": self.zone}
