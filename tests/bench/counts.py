"""counts.py - what does not depend on the machine: user instructions and system
calls of an HTTP probe, by valgrind (callgrind) and strace.

What a longer run has more than a shorter one, divided by the probes it made
more, so that start and end do not count. The loop and the worker thread are
added up. The targets are hidden: a report is drawn every 30 s, however many probes
there were, and how often a run draws one depends on the machine. What a report
costs is page.py's matter.
"""

import glob
import re

from bed import Daemon, demand, find, http_target, show, wait_for

TARGETS = 100           # once a second each, so nearly every probe has turns of its own
SHORT, LONG = 700, 2300  # probes
INSTRUCTIONS, CALLS = 115000, 22


def run_until(lab, far, name, probes, before):
    """How many probes were made in the end."""
    served = far.counts()[1]
    # Under valgrind a second is short.
    daemon = Daemon(lab, name, TARGETS, lambda i: http_target(far, i) + "; hidden = true", timeout="950ms",
                    before=before)
    wait_for(f"{probes} probes", lambda: far.counts()[1] - served >= probes, 200, [daemon.child])
    daemon.end()
    return far.counts()[1] - served


def instructions(lab, far, name, probes):
    output = lab.path(f"callgrind.{name}")
    made = run_until(lab, far, f"callgrind-{name}", probes,
                     [find("valgrind"), "--tool=callgrind", f"--callgrind-out-file={output}", "--separate-threads=yes"])
    sums = [thread_sum(path) for path in glob.glob(f"{output}-*")]
    demand(len(sums) > 1, "callgrind did not see both threads")
    return sum(sums), made


def thread_sum(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return int(re.findall(r"^totals: (\d+)", file.read(), re.M)[-1])


def calls(lab, far, name, probes):
    output = lab.path(f"strace.{name}")
    made = run_until(lab, far, f"strace-{name}", probes, [find("strace"), "-f", "-c", "-qq", "-o", output])
    with open(output, encoding="utf-8") as file:
        rows = {words[-1]: int(words[3]) for words in (line.split() for line in file)
                if len(words) >= 5 and words[3].isdigit() and words[-1] != "total"}
    return rows, made


def more(short, long):
    return (long[0] - short[0]) / (long[1] - short[1])


def measure(lab, far, _raw, rounds):
    used = [instructions(lab, far, name, probes) for name, probes in (("short", SHORT), ("long", LONG))]
    made = [calls(lab, far, name, probes) for name, probes in (("short", SHORT), ("long", LONG))]
    rows = {name: more((made[0][0].get(name, 0), made[0][1]), (n, made[1][1])) for name, n in made[1][0].items()}
    print(f"\ncounts: an HTTP probe of {TARGETS} a second")
    good = show("user instructions", [more(*used)], "", INSTRUCTIONS)
    good = show("system calls", [sum(rows.values())], "", CALLS) and good
    few = sorted(((n, name) for name, n in rows.items() if n >= 0.05), reverse=True)
    print("  " + ", ".join(f"{name} {n:.2f}" for n, name in few))
    return good
