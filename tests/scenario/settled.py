#!/usr/bin/env python3
"""settled.py - an engine that looks less finds the same.

    settled.py RUNNER LOOKING [FILE.scn ...] [--jobs N]

src/core/settled.c spares the looks that would find nothing. LOOKING is the same
runner with an engine that always looks (looking/looking.c). Both live through
each file, by default through all of tests/scenarios and all lives of matrix.py;
what they do, save, tell and show must be the same at the same times (trace.c).
"""
import argparse
import concurrent.futures
import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
SCENARIOS = os.path.join(os.path.dirname(HERE), 'scenarios', '*.scn')
SHOWN = 4  # lines around the first difference
LIMIT = 120  # seconds for one file; most take milliseconds
LEAST = 1000  # lines of all traces; fewer, and nothing was compared


def trace(runner, path):
    """Exit status and output; None: it did not end."""
    try:
        done = subprocess.run([runner, '--trace', path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return None, b''
    return done.returncode, done.stdout


def first_difference(one, other):
    """The lines of both from a little before it."""
    one, other = one.decode().splitlines(), other.decode().splitlines()
    at = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    lines = ['    both     ' + line for line in one[max(0, at - SHOWN):at]]
    lines += ['    settled  ' + line for line in one[at:at + SHOWN]]
    return lines + ['    looking  ' + line for line in other[at:at + SHOWN]]


def compare(runners, path):
    """Returns how many lines were compared, and what is wrong."""
    (settled, one), (looking, other) = (trace(runner, path) for runner in runners)
    if settled not in (0, 1) or settled != looking:
        return 0, ['FAULT %s: exit status %s and %s' % (path, settled, looking)]
    fault = [] if one == other else ['FAULT %s: they are not the same' % path] + first_difference(one, other)
    return one.count(b'\n'), fault


def lives(runner, folder):
    """Those of the matrix, whose own findings are its own test's."""
    subprocess.run([sys.executable, os.path.join(HERE, 'matrix.py'), runner, '--keep', folder],
                   stdout=subprocess.DEVNULL, check=False)
    return sorted(glob.glob(os.path.join(folder, '*.scn')))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('runner')
    parser.add_argument('looking')
    parser.add_argument('files', nargs='*')
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    runners = options.runner, options.looking
    for program in runners:
        if not os.access(program, os.X_OK):
            sys.exit('%s is missing: cmake --preset release && cmake --build --preset release '
                     '--target scenario scenario_looking' % program)
    with tempfile.TemporaryDirectory() as folder:
        files = options.files or sorted(glob.glob(SCENARIOS)) + lives(options.runner, folder)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            results = list(pool.map(lambda path: compare(runners, path), files))
    faults = [fault for _, fault in results if fault]
    for fault in faults:
        print('\n'.join(fault))
    lines = sum(n for n, _ in results)
    print('%d files, %d lines, %d faults' % (len(files), lines, len(faults)))
    return 1 if faults or lines < LEAST else 0


if __name__ == '__main__':
    sys.exit(main())
