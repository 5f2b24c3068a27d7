#!/usr/bin/env python3
"""silent_dns.py PROGRAM - the only resolver falls silent. The loop must not
stop for it, what is known by name is still reached at its last good address,
and an outage of the cluster is still mailed, to a relay known by name. That
relay has never been used before: its name has to be looked up in good times.
"""

import sys

from lab import Lab, demand, main
from ship import Shore
from watcher import PATIENT

WORST_TURN = "shorewatch_loop_worst_turn_seconds"
LAG_LIMIT = 0.2   # seconds
QUESTIONS = 30    # in vain: each of two names, several tries a probe, a probe every 10 s
MAIL_LIMIT = 120  # seconds: every resolution now ends only at its own limit


def silence(shore):
    """Every name was looked up before; for some time nothing else happens, and every target is asked
    for again by its name, in vain."""
    shore.names.is_silent = True
    shore.lab.say("the resolver is silent")
    shore.until("shorewatch asks the silent resolver", lambda: shore.names.swallowed > 0, 30)
    began = shore.names.swallowed
    shore.until("it has asked for a while", lambda: shore.names.swallowed >= began + QUESTIONS, 120)
    demand(not shore.mails(), f"a mail was sent: {shore.mails()}")
    states = shore.watcher.states()
    demand(states.get("apiserver") == "up", f"the target given as an address is {states.get('apiserver')}")
    demand("down" not in states.values(), f"our resolver's silence was held against a target: {states}")


def check_loop(shore):
    worst = shore.watcher.metric(WORST_TURN)
    shore.lab.say(f"the loop's worst turn: {worst * 1000:.0f} ms")
    demand(worst < LAG_LIMIT, f"the loop stood still for {worst:.3f} s")


def outage(shore):
    swallowed = shore.names.swallowed
    shore.ship.sink()
    down = shore.next_mail(MAIL_LIMIT)
    demand(down.state == "DOWN", f"not a DOWN: {down}")
    demand(shore.names.swallowed > swallowed, "no question was asked meanwhile: nothing was proved")


def recovery_with_silent_dns(shore):
    shore.ship.sail()
    up = shore.next_mail(MAIL_LIMIT)
    demand(up.state == "UP", f"not an UP: {up}")


def test():
    with Lab("silent-dns") as lab:
        shore = Shore(lab, sys.argv[1], pace=PATIENT)
        shore.peace()
        silence(shore)
        check_loop(shore)
        outage(shore)
        recovery_with_silent_dns(shore)
        check_loop(shore)
        shore.watcher.end()


if len(sys.argv) != 2:
    sys.exit("usage: silent_dns.py PROGRAM")
main(test)
