"""page.py - what a report costs: all files of the page for 20, 1,000 and 10,000
targets, drawn and written, beside the floor of writing the same bytes.

"draw" is the drawing alone, in memory; "first" a report into an empty folder,
"next" the one 30 s later, of which most files have not changed. The floor writes
the bytes of the first report to temporary names and renames them, one after the
other, and syncs those that the program syncs.
"""

import os
import shutil
import subprocess
import tempfile
import time

from bed import SOURCE, Daemon, demand, show

SIZES = ((20, 4), (1000, 20), (10000, 20))
NEXT_MS = 3000       # of a processor, for the next report of 10,000 targets: a tenth of the 30 s between two
RATIO = 12           # of the floor's time that a first report may take
LIGHT = ("badge", "api", "feed", "t/", "g/", "incidents/")


def sample_of():
    """Beside the program: build/release/shorewatch, build/release/tests/outputs/outputs_sample."""
    path = os.path.join(os.path.dirname(os.path.abspath(Daemon.program)), "tests", "outputs", "outputs_sample")
    demand(os.access(path, os.X_OK), f"{path} is missing: build it")
    return path


def files_of(folder):
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                yield os.path.relpath(path, folder), file.read()


def floor_ms(files, folder):
    for name, _ in files:
        os.makedirs(os.path.join(folder, os.path.dirname(name)), exist_ok=True)
    began = time.monotonic()
    for name, text in files:
        path = os.path.join(folder, name)
        fd = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        os.write(fd, text)
        if not name.startswith(LIGHT):
            os.fsync(fd)
        os.close(fd)
        os.rename(path + ".new", path)
    return (time.monotonic() - began) * 1000


def one(sample, targets, groups, folder):
    done = subprocess.run([sample, folder, str(targets), str(groups)], check=True, capture_output=True, text=True)
    rows = {line.split()[0]: [float(word) for word in line.split()[1:]] for line in done.stdout.splitlines()}
    files = list(files_of(folder))
    floor = floor_ms(files, folder + "-floor")
    shutil.rmtree(folder)
    shutil.rmtree(folder + "-floor")
    return {"draw": rows["draw"][0], "files": len(files), "bytes": sum(len(text) for _, text in files),
            "first": rows["first"][1], "next": rows["next"][1], "next_cpu": rows["next"][0], "floor": floor}


def measure(_lab, _far, _raw, rounds):
    sample, is_good = sample_of(), True
    with tempfile.TemporaryDirectory() as place:
        for targets, groups in SIZES:
            found = [one(sample, targets, groups, os.path.join(place, "page")) for _ in range(rounds)]
            print(f"\npage: {targets} targets in {groups} groups, {found[0]['files']} files, {found[0]['bytes'] / 1e6:.2f} MB, "
                  f"{rounds} rounds: median (range)")
            show("the floor: write, sync, rename", [got["floor"] for got in found], "ms")
            show("all files drawn in memory", [got["draw"] for got in found], "ms")
            show("a first report", [got["first"] for got in found], "ms")
            is_good &= show("times the floor", [(got["first"]) / got["floor"] for got in found], "", RATIO)
            show("the next report", [got["next"] for got in found], "ms")
            is_good &= show("of a processor", [got["next_cpu"] for got in found], "ms", NEXT_MS)
    return is_good
