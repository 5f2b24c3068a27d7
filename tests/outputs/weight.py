#!/usr/bin/env python3
"""weight.py SAMPLE - what a phone has to fetch: the page and its style, compressed as the daemon writes them.

20 targets, and 1,000 in 20 groups, each with ten special days: 30 KB at most (status-page.md 8). Every page that a
crowd's report holds is looked at as well: none may be heavier than the index may be.
"""

import glob
import gzip
import os
import subprocess
import sys
import tempfile

BOUND = 30 * 1024
CASES = ((20, 4), (1000, 20))


def packed(path):
    """Bytes of the compressed file beside it, which must be the same page."""
    with open(path + ".gz", "rb") as file:
        text = file.read()
    with open(path, "rb") as file:
        if gzip.decompress(text) != file.read():
            sys.exit(f"{path}.gz is another file")
    return len(text)


def weigh(folder, sample, targets, groups):
    subprocess.run([sample, folder, str(targets), str(groups)], check=True, stdout=subprocess.DEVNULL,
                   env=dict(os.environ, PRECOMPRESS="1"))
    style = packed(glob.glob(os.path.join(folder, "style.*.css"))[0])
    for name in ("index.html", "index.ja.html"):
        page = packed(os.path.join(folder, name))
        print(f"{targets} targets: {name} {page} + style {style} = {page + style} bytes, at most {BOUND}")
        if page + style > BOUND:
            sys.exit("too heavy")
    pages = glob.glob(os.path.join(folder, "*", "*.html")) + glob.glob(os.path.join(folder, "history*.html"))
    heaviest = max(pages, key=packed, default=None)
    if heaviest:
        print(f"{len(pages)} other pages, the heaviest {os.path.relpath(heaviest, folder)}: {packed(heaviest)} bytes")
        if packed(heaviest) + style > BOUND:
            sys.exit("too heavy")


if __name__ == "__main__":
    for number, count in CASES:
        with tempfile.TemporaryDirectory() as place:
            weigh(place, sys.argv[1], number, count)
