"""onlooker.py - what a visitor of the page would have seen: every 200 ms the
published status.json and index.html are looked at, without asking the daemon.
"""

import errno
import html
import json
import os
import re
import threading
import time

PACE = 0.2         # seconds between two looks
LARGE = 1 << 20    # bytes: a crowd's page is drawn by a machine that has enough to do
LARGE_PACE = 5


class Snapshot:
    """`status` is the report; `headline` the page's own, where the page is of the same report."""

    def __init__(self, when, status, headline=None):
        self.when, self.status, self.headline = when, status, headline

    @property
    def is_isolated(self):
        return self.status["watcher"]["vantage"] == "isolated"

    @property
    def finding(self):
        return self.status["diagnosis"]["id"]

    def open_incidents(self):
        return [one for one in self.status["incidents"] if one["state"] == "open"]

    def subjects(self):
        """name -> (state, what is counted against it)"""
        rows = self.status["targets"] + self.status["watchdogs"]
        return {row["id"]: (row["state"], row["uptime"]["90d"]["down_s"]) for row in rows}


def headline_of(page, report):
    """The words at the top of a page that is of that report, else None."""
    if f"alive/{report + 1}.svg" not in page:
        return None
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)
    return html.unescape(re.sub(r"<[^>]*>", "", found.group(1)).strip()) if found else ""


class Onlooker:
    """begin() ... stop(): `seen` holds a Snapshot of each report that was met, `faults` what was no whole file."""

    def __init__(self, folder):
        self._folder = folder
        self.seen, self.faults = [], []
        self._known = None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def begin(self):
        self._thread.start()

    def stop(self):
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self):
        pace = PACE
        while not self._is_over.wait(pace):
            pace = LARGE_PACE if self.look() > LARGE else PACE

    def look(self):
        """Gives the size of the report, in bytes."""
        try:
            with open(os.path.join(self._folder, "status.json"), "rb") as file:
                at = os.fstat(file.fileno())
                key = at.st_ino, at.st_mtime_ns
                if key != self._known:
                    self._known = key
                    self._take(file.read())
        except OSError as fault:
            if fault.errno not in (errno.ENOENT, errno.EIO):  # a disk that is dead shows nobody a page
                raise
            return 0
        return at.st_size

    def _take(self, raw):
        try:
            status = json.loads(raw)
        except ValueError as fault:
            self.faults.append(f"status.json is not whole ({fault}): {raw[-60:]!r}")
            return
        with open(os.path.join(self._folder, "index.html"), encoding="utf-8") as file:
            page = file.read()
        if not page.rstrip().endswith("</html>"):
            self.faults.append(f"index.html is not whole: {page[-60:]!r}")
        self.seen.append(Snapshot(time.monotonic(), status, headline_of(page, status["report"])))


__all__ = ["Onlooker", "Snapshot", "headline_of"]
