"""late.py - how late probes begin at 1,000 a second, beside a loop that only
wakes for due times. Both run with real-time priority on one core where we may,
else on a busy machine even the empty loop would be late by milliseconds."""

import os

from bed import SOURCE, Daemon, compile_c, priority, run, show

RATE = 1000
SPAN = 12    # seconds; the first third is not counted
ALLOWED = 1000  # microseconds more than the empty loop at the 99th percentile


def numbers(text):
    count, *late = map(int, text.split())
    return count, late


def nop_round(late):
    return numbers(run([*priority(0), late, "nop", str(RATE), str(SPAN * 2 // 3)]))[1]


def daemon_round(lab, late, number):
    port = lab.port()
    server = lab.start(f"late-far-{number}", [*priority(1), late, "serve", str(port), str(SPAN)])
    daemon = Daemon(lab, f"late-{number}", RATE, lambda i: f'http = {{ url = "http://127.0.0.1:{port}/t{i}"; }}',
                    before=priority(0))
    server.process.wait(SPAN + 20)
    worst = daemon.metric("shorewatch_loop_worst_turn_seconds") * 1e6
    daemon.end()
    return numbers(server.log())[1], worst


def measure(lab, _far, _raw, rounds):
    late = compile_c(lab, "late", os.path.join(SOURCE, "src/base/key.c"))
    if not priority(0):
        print("  !! without root: ordinary priority, so the machine's other work is in these numbers")
    seen = {name: [] for name in ("nop50", "nop99", "p50", "p99", "max", "more", "turn")}
    for number in range(rounds):
        nop50, nop99, _ = nop_round(late)
        (p50, p99, most), turn = daemon_round(lab, late, number)
        for name, value in zip(seen, (nop50, nop99, p50, p99, most, p99 - nop99, turn)):
            seen[name].append(value)
        lab.say(f"late round {number + 1}: nop p99 {nop99} us, shorewatch p99 {p99} us")
    print(f"\nlate: from due to accepted at the far side, {RATE} HTTP probes a second, {rounds} rounds: median (range)")
    show("nop p50", seen["nop50"], "us")
    show("nop p99", seen["nop99"], "us")
    show("shorewatch p50", seen["p50"], "us")
    show("shorewatch p99", seen["p99"], "us")
    show("shorewatch max", seen["max"], "us")
    show("longest turn of the loop", seen["turn"], "us")
    return show("p99 more than the empty loop's", seen["more"], "us", ALLOWED)

