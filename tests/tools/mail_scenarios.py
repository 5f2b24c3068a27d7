#!/usr/bin/env python3
"""mail_scenarios.py - every mail of every scenario, read by the strict parser.

usage: mail_scenarios.py RUNNER [FILE.scn ...]

By default all of tests/scenarios. Whether a scenario holds is told by its own
test; here only its mails are read (mail_check.py).
"""
import glob
import os
import subprocess
import sys
import tempfile

import mail_check

SCENARIOS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "scenarios", "*.scn")
LIMIT = 120  # seconds for one file; most take milliseconds
LEAST = 100  # mails that differ in more than digits, of all files


def live(runner, paths, mails):
    environment = dict(os.environ, SCENARIO_MAILS=mails)
    for path in paths:
        try:
            subprocess.run([runner, path], env=environment, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            print(f"{path}: does not end")
            return False
    return True


def main(arguments):
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    paths = arguments[1:] or sorted(glob.glob(SCENARIOS))
    with tempfile.TemporaryDirectory() as folder:
        mails = os.path.join(folder, "mails")
        if not live(arguments[0], paths, mails):
            return 1
        least = LEAST if len(arguments) == 1 else 1
        return mail_check.main(["--framed", mails, str(least)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
